"""Passwords and tokens: the only module that imports argon2 (POR-2, POR-4)."""

from __future__ import annotations

import re
import secrets
import unicodedata
from base64 import urlsafe_b64encode
from collections.abc import Callable
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING

from contactcore.errors import Invalid, StorageError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

__all__ = ["LONGEST_PASSWORD", "SHORTEST_PASSWORD", "Passwords", "token_digest"]

SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 1_000
_GROWTH = 4
_TOKEN_BYTES = 32
_SALT_BYTES = 16
_SURROGATE = re.compile("[\ud800-\udfff]")


class Passwords:
    """How passwords are hashed and tokens made.

    Passwords are hashed with Argon2id. The defaults are the figures of the OWASP Password Storage Cheat Sheet; a hash
    that was made with other ones is made anew at the next login. Every check costs one verification, also of a login
    that does not exist, so that the time it takes tells nothing.

    A password has 8 to 1,000 characters of any sort but NUL (OWASP Authentication Cheat Sheet: no rules of
    composition). It is brought to the Unicode form NFKC first, so that it is the same from every keyboard
    (NIST SP 800-63B, 5.1.1.2); it is not trimmed.

    Args:
        memory: In KiB.
        iterations: Passes over the memory.
        parallelism: Lanes.
        random: Gives so many random bytes, for salts and tokens.
    """

    def __init__(
        self,
        *,
        memory: int = 19_456,
        iterations: int = 2,
        parallelism: int = 1,
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._memory = memory
        self._iterations = iterations
        self._parallelism = parallelism
        self._random = random

    def __repr__(self) -> str:
        return f"Passwords(memory={self._memory}, iterations={self._iterations}, parallelism={self._parallelism})"

    @cached_property
    def _hasher(self) -> PasswordHasher:
        try:
            from argon2 import PasswordHasher
        except ImportError:
            raise StorageError(
                "The portal needs its extra: pip install 'contactcore[portal]'.", "extra-missing"
            ) from None
        return PasswordHasher(time_cost=self._iterations, memory_cost=self._memory, parallelism=self._parallelism)

    @cached_property
    def _nobodys(self) -> str:
        """A hash to verify against where there is no login."""
        return self._hasher.hash(self._random(_TOKEN_BYTES), salt=self._random(_SALT_BYTES))

    def check(self, password: str, path: str = "password") -> str:
        """The password in its normal form. The refusals do not carry it.

        Raises:
            Invalid: `password-type`, `password-too-short`, `password-too-long`, `password-nul`, `password-surrogate`.

        >>> Passwords().check("ｐassword１")
        'password1'
        """
        if not isinstance(password, str):
            raise Invalid("password-type", "A password is text.", path=path)
        if len(password) > LONGEST_PASSWORD * _GROWTH:
            self._refuse_length(path)
        if "\0" in password:
            raise Invalid("password-nul", "A password cannot hold the NUL character.", path=path)
        if _SURROGATE.search(password):
            raise Invalid("password-surrogate", "Half of a character (a lone surrogate) is no text.", path=path)
        normal = unicodedata.normalize("NFKC", password)
        if len(normal) < SHORTEST_PASSWORD:
            raise Invalid(
                "password-too-short",
                f"Choose a password of at least {SHORTEST_PASSWORD} characters.",
                path=path,
                facts={"limit": SHORTEST_PASSWORD},
            )
        if len(normal) > LONGEST_PASSWORD:
            self._refuse_length(path)
        return normal

    def _refuse_length(self, path: str) -> None:
        raise Invalid(
            "password-too-long",
            f"Choose a password of at most {LONGEST_PASSWORD:,} characters.",
            path=path,
            facts={"limit": LONGEST_PASSWORD},
        )

    def hash(self, password: str) -> str:
        """The hash of a password that `check` gave back."""
        return self._hasher.hash(password, salt=self._random(_SALT_BYTES))

    def verify(self, stored: str, password: object) -> bool:
        """Whether a password is the one that was hashed; costs the same whatever the answer.

        Args:
            stored: The hash; `""` where there is none, and then the answer is no.
            password: Whatever was typed.
        """
        from argon2.exceptions import InvalidHashError, VerificationError

        nobodys = self._nobodys
        try:
            normal = self.check(password)  # type: ignore[arg-type] # it refuses what is no text
        except Invalid:
            stored, normal = "", "-"
        try:
            return self._hasher.verify(stored or nobodys, normal) and bool(stored)
        except (VerificationError, InvalidHashError):
            return False

    def outdated(self, stored: str) -> bool:
        """Whether a hash was made with other parameters than the present ones."""
        return self._hasher.check_needs_rehash(stored)

    def token(self) -> str:
        """A new token of 256 random bits, safe in an address."""
        return urlsafe_b64encode(self._random(_TOKEN_BYTES)).decode().rstrip("=")


def token_digest(token: object) -> str:
    """What is kept of a token: its SHA-256 in hexadecimal digits.

    >>> len(token_digest("abc"))
    64
    """
    text = token if isinstance(token, str) else ""
    return sha256(text.encode(errors="surrogatepass")).hexdigest()
