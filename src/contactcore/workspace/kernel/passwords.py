"""Passwords and tokens of the portal; the only module that imports argon2 (POR-2, POR-4)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from contactcore.errors import Invalid, StorageError, check_text
from contactcore.values.texts import IGNORABLE

if TYPE_CHECKING:
    from argon2 import PasswordHasher

__all__ = ["Passwords", "token_digest"]

_SHORTEST = 8
_LONGEST = 1_000
_MOST_CODE_POINTS = 4 * _LONGEST
"""A longer text is refused without normalization, which would cost time."""
_TOKEN_BYTES = 32
_SALT_BYTES = 16
_SURROGATE = re.compile("[\ud800-\udfff]")


# The hashes of OpenSSL take a while to load, and only the portal and forms need them.
def token_bytes(count: int) -> bytes:
    """Random bytes of `secrets.token_bytes`."""
    import secrets

    return secrets.token_bytes(count)


class Passwords:
    """The parameters for hashing passwords, and the source of new tokens.

    Passwords are hashed with Argon2id. The defaults are those of the OWASP Password Storage Cheat Sheet. A hash with
    other parameters is replaced at the next login. Each attempt costs one verification, even if there is no such login,
    so that its duration reveals nothing.

    A password has 8 to 1,000 characters of any kind except NUL, without rules of composition (OWASP Authentication
    Cheat Sheet). A new one is neither blank nor the login name, which an attacker tries first. It is converted to the
    Unicode form NFKC, so that it is the same from every keyboard (NIST SP 800-63B, 5.1.1.2). It is not trimmed.

    Args:
        memory: The memory of one hash in KiB; 19,456 by default.
        iterations: The number of passes over the memory; 2 by default.
        parallelism: The number of lanes; 1 by default.
        random: A function that returns a given number of random bytes, for salts and tokens; `secrets.token_bytes` by
            default.

    >>> from contactcore.workspace.kernel.passwords import Passwords
    >>> passwords = Passwords(memory=8, iterations=1)  # fast, and too weak for real use
    >>> stored = passwords.hash(passwords.check("correct horse"))
    >>> passwords.verify(stored, "correct horse"), passwords.verify(stored, "wrong password")
    (True, False)
    """

    def __init__(
        self,
        *,
        memory: int = 19_456,
        iterations: int = 2,
        parallelism: int = 1,
        random: Callable[[int], bytes] = token_bytes,
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
                "The portal needs its extra: pip install 'contactcore[portal]'.", "extra-missing", {"extra": "portal"}
            ) from None
        return PasswordHasher(time_cost=self._iterations, memory_cost=self._memory, parallelism=self._parallelism)

    @cached_property
    def _dummy_hash(self) -> str:
        """A hash to verify against if there is no login."""
        return self._hasher.hash(self._random(_TOKEN_BYTES), salt=self._random(_SALT_BYTES))

    def check(self, password: str, path: str = "password") -> str:
        """Return a password in its normal form, or refuse it. No refusal carries the password.

        Args:
            password: The password as it was typed.
            path: The path of the refusal; `"password"` by default.

        Raises:
            Invalid: `password-type`, `password-too-short`, `password-too-long`, `password-nul`, `password-surrogate`.

        >>> from contactcore.workspace.kernel.passwords import Passwords
        >>> Passwords().check("ｐassword１")
        'password1'
        """
        if not isinstance(password, str):
            raise Invalid("password-type", "A password is text.", path=path)
        if len(password) > _MOST_CODE_POINTS:
            self._refuse_length(path)
        if "\0" in password:
            raise Invalid("password-nul", "A password cannot hold the NUL character.", path=path)
        if _SURROGATE.search(password):
            raise Invalid("password-surrogate", "A lone surrogate is half a character and not text.", path=path)
        normal = unicodedata.normalize("NFKC", password)
        if len(normal) < _SHORTEST:
            raise Invalid(
                "password-too-short",
                f"Choose a password of at least {_SHORTEST} characters.",
                path=path,
                facts={"limit": _SHORTEST},
            )
        if len(normal) > _LONGEST:
            self._refuse_length(path)
        return normal

    def choose(self, password: str, login_name: str, path: str = "password") -> str:
        """Return a new password in its normal form, or refuse it. No refusal carries the password.

        Args:
            password: The password as it was typed.
            login_name: The e-mail address of the login.
            path: The path of the refusal; `"password"` by default.

        Raises:
            Invalid: as `check`; `password-blank` for one of which nothing can be seen; `password-is-login` for the
                login name, or its part before the @-sign, in any case and with blanks around it.

        >>> from contactcore.workspace.kernel.passwords import Passwords
        >>> Passwords().choose(" Jane@Bois.fr", "jane@bois.fr")
        Traceback (most recent call last):
        contactcore.errors.Invalid: password: Choose a password that is not the login name.
        """
        normal = self.check(password, path)
        if not IGNORABLE.sub("", normal).strip():
            raise Invalid("password-blank", "Choose a password with characters that can be seen.", path=path)
        check_text(login_name=login_name)
        name = unicodedata.normalize("NFKC", login_name).casefold()
        if normal.strip().casefold() in {name, name.rpartition("@")[0]}:
            raise Invalid("password-is-login", "Choose a password that is not the login name.", path=path)
        return normal

    def _refuse_length(self, path: str) -> None:
        raise Invalid(
            "password-too-long",
            f"Choose a password of at most {_LONGEST:,} characters.",
            path=path,
            facts={"limit": _LONGEST},
        )

    def hash(self, password: str) -> str:
        """Return the hash of a password in its normal form, with a new salt."""
        return self._hasher.hash(password, salt=self._random(_SALT_BYTES))

    def verify(self, stored: str, password: object) -> bool:
        """Return whether a password belongs to a hash; the cost is the same for every answer.

        Args:
            stored: The hash; `""` if there is none, which gives False.
            password: The password as it was typed; anything that `check` refuses gives False.
        """
        # The hasher comes first: without the extra it raises the error that names it.
        dummy = self._dummy_hash
        from argon2.exceptions import InvalidHashError, VerificationError

        try:
            normal = self.check(password)  # type: ignore[arg-type] # it refuses other types
        except Invalid:
            stored, normal = "", "-"
        try:
            return self._hasher.verify(stored or dummy, normal) and bool(stored)
        except (VerificationError, InvalidHashError):
            return False

    def outdated(self, stored: str) -> bool:
        """Return whether a hash was made with parameters other than these."""
        return self._hasher.check_needs_rehash(stored)

    def token(self) -> str:
        """Return a new token of 256 random bits, which is safe in a URL."""
        from base64 import urlsafe_b64encode

        return urlsafe_b64encode(self._random(_TOKEN_BYTES)).decode().rstrip("=")


def token_digest(token: object) -> str:
    """Return the SHA-256 of a token in hexadecimal digits; only this digest is stored.

    Args:
        token: The token as it was received; anything but text counts as empty text.

    >>> len(token_digest("abc"))
    64
    """
    from hashlib import sha256

    text = token if isinstance(token, str) else ""
    return sha256(text.encode(errors="surrogatepass")).hexdigest()
