"""E-mail addresses: plain ones are accepted at once, all others are judged by email-validator.

This is the only module that imports email-validator. Two regular expressions and a cache of domains accept
nearly every address of a real file in a few microseconds; whatever they do not accept, and so every
refusal, is the library's own (design, section 7). A property test holds the two equal.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import NoReturn

import attrs

from contactcore.errors import Invalid
from contactcore.values.kind import own_kind
from contactcore.values.texts import refuse_unstorable

__all__ = ["EmailAddress"]

_RAW_LIMIT = 2_000
_ADDRESS_LIMIT = 254
_LOCAL_LIMIT = 64
_DOMAIN_LIMIT = 253

_ATOM = r"[a-zA-Z0-9_!#$%&'*+\-/=?^`{|}~]+"
_PLAIN = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@([A-Za-z0-9.-]+)")
_LABEL = r"(?!..--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_PLAIN_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.(?!..--)(?:[a-z0-9][a-z0-9-]{{0,61}})?[a-z]")
_ROLES = frozenset(
    (
        *("info", "marketing", "sales", "support", "abuse", "noc", "security", "postmaster", "hostmaster"),
        *("usenet", "news", "webmaster", "www", "uucp", "ftp"),
    )
)
"""Mailboxes that RFC 2142 makes the same in any case; the library writes them in lower case."""

_DOTS = re.compile("[\u3002\uff0e\uff61]")
_DISPLAY_NAME = re.compile(r"<\s*([^<>@\s]+@[^<>@\s]+)\s*>")
_EDGES = " \t\u00a0\u3000\u200b\u200e\u200f\u202a\u202c\u2060\ufeff"
"""Blanks and invisible marks that copying leaves around an address; no line breaks, which inject headers."""


@functools.lru_cache(maxsize=4096)
def _plain_domain(domain: str) -> str:
    """The domain in lower case if it is plainly right, else `""`."""
    lowered = domain.lower()
    if len(lowered) <= _DOMAIN_LIMIT and _PLAIN_DOMAIN.fullmatch(lowered):
        return lowered
    return ""


def _accept_plain(text: str) -> str:
    """The normal form of an address that is plainly right, else `""`: the library must judge it."""
    match = _PLAIN.fullmatch(text)
    if match is None or len(text) > _ADDRESS_LIMIT:
        return ""
    local, domain = match.groups()
    lowered = _plain_domain(domain)
    if not lowered or len(local) > _LOCAL_LIMIT:
        return ""
    if len(local) <= 10 and local.lower() in _ROLES:
        local = local.lower()
    return f"{local}@{lowered}"


def _by_library(text: str) -> str:
    """The normal form that email-validator gives, or its refusal.

    The library refuses names that are reserved for special uses (`.invalid`, `.test`, `.local`, RFC 6761).
    They are right by syntax and real files hold them, so it is shown an ordinary name of the same length
    in their place.
    """
    from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

    local, at, domain = text.rpartition("@")
    domain = _DOTS.sub(".", domain)
    lowered = domain.lower()
    special = next((name for name in SPECIAL_USE_DOMAIN_NAMES if lowered.endswith("." + name)), "")
    shown = domain
    if special:
        shown = domain[: -len(special)] + re.sub("[a-z]", "x", special)
    try:
        normal = validate_email(local + at + shown, check_deliverability=False, strict=True).normalized
    except EmailNotValidError as error:
        _refuse(text, str(error))
    except (ValueError, IndexError):  # idna on hostile labels
        _refuse(text, "The part after the @-sign cannot be read.")
    return normal[: -len(special)] + special if special else normal


def _refuse(text: str, reason: str) -> NoReturn:
    raise Invalid("email-syntax", f"{reason.rstrip('.')}. Give one address like name@example.org.", value=text)


def _parse(text: str) -> str:
    given = text
    text = refuse_unstorable(text).strip(_EDGES)
    if text[:7].lower() == "mailto:":
        from urllib.parse import unquote

        text = unquote(text[7:].partition("?")[0]).strip(_EDGES)
        refuse_unstorable(text)
    normal = _accept_plain(text)
    if normal:
        return normal
    if not text:
        raise Invalid("email-empty", "An e-mail address is needed, like name@example.org.", value=given[:200])
    if len(text) > _RAW_LIMIT:
        raise Invalid(
            "email-too-long",
            f"An e-mail address has at most {_ADDRESS_LIMIT} characters.",
            value=given[:200],
            facts={"limit": _ADDRESS_LIMIT, "length": len(text)},
        )
    inner = _DISPLAY_NAME.search(text)
    if inner:
        raise Invalid(
            "email-display-name",
            f"Give the address alone ({inner.group(1)}), and the name in the name's own field.",
            value=given,
        )
    normal = _by_library(text)
    if normal != text and _by_library(normal) != normal:
        _refuse(given, "The address has no stable spelling")
    return normal


@attrs.frozen(init=False)
class EmailAddress:
    """One mailbox in its normal spelling: composed (NFC), its domain in lower case and in Unicode.

    Args:
        text: The address; blanks around it and `mailto:` are taken off. The case of the part before the
            @-sign is kept, but for the mailboxes of RFC 2142 (`INFO@`).
        kind: `"work"`, `"home"` or any word; a slug.

    Raises:
        Invalid: `email-empty`, `email-syntax`, `email-too-long`, `email-display-name` (`Jo <jo@x.fr>`), and
            the codes of `contactcore.values.texts`.

    >>> str(EmailAddress(" mailto:Jo.Doe@EXAMPLE.org "))
    'Jo.Doe@example.org'
    >>> EmailAddress("Jo@example.org").key == EmailAddress("jo@example.org").key
    True

    Source: DIR-3, POR-1; RFC 5321, RFC 6531.
    """

    text: str
    kind: str = ""

    def __init__(self, text: str, kind: str = "") -> None:
        # What is plainly an address has nothing around it that must be looked at first.
        normal = _accept_plain(text) if type(text) is str else ""
        self.__attrs_init__(normal or _parse(text), own_kind(kind))

    @classmethod
    def restore(cls, text: str, kind: str = "") -> EmailAddress:
        """The address that `str()` gave earlier, taken as it is.

        Stored addresses must stay readable when a newer library would refuse them.

        >>> EmailAddress.restore("jo@example.org") == EmailAddress("jo@example.org")
        True
        """
        self = cls.__new__(cls)
        self.__attrs_init__(text, kind)
        return self

    @property
    def local(self) -> str:
        """The part before the @-sign."""
        return self.text.rpartition("@")[0]

    @property
    def domain(self) -> str:
        """The part after the @-sign, in lower case."""
        return self.text.rpartition("@")[2]

    @property
    def key(self) -> str:
        """What two spellings of one mailbox share: for finding and for uniqueness (POR-1)."""
        text = self.text
        if text.isascii():
            return text.lower()
        normal = unicodedata.normalize("NFKC", text).casefold()
        return unicodedata.normalize("NFKC", normal)

    def with_kind(self, kind: str) -> EmailAddress:
        """The same address with another kind."""
        return self.restore(self.text, own_kind(kind))

    def __str__(self) -> str:
        return self.text
