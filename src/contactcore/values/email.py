"""E-mail addresses: two patterns accept plain addresses, and email-validator validates all others.

This is the only module that imports email-validator. Two regular expressions and a cache of domains accept nearly
every address of a real file in a few microseconds. They never refuse: the library decides on every address that they
do not accept. A property test proves that both give the same results.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import NoReturn

import attrs

from contactcore.errors import Invalid
from contactcore.values.kind import clean_kind_field
from contactcore.values.texts import refuse_unstorable

__all__ = ["EmailAddress", "accept_plain", "email_key"]

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
"""Mailboxes that RFC 2142 defines as case-insensitive; email-validator writes them in lower case."""

_DOTS = re.compile("[\u3002\uff0e\uff61]")
_DISPLAY_NAME = re.compile(r"<\s*([^<>@\s]+@[^<>@\s]+)\s*>")
_EDGES = " \t\u00a0\u3000\u200b\u200e\u200f\u202a\u202c\u2060\ufeff"
"""Spaces and invisible characters around copied addresses; no line breaks, because they could inject headers."""


@functools.lru_cache(maxsize=4096)
def _plain_domain(domain: str) -> str:
    """The domain in lower case if it is plain and valid, else `""`."""
    lowered = domain.lower()
    if len(lowered) <= _DOMAIN_LIMIT and _PLAIN_DOMAIN.fullmatch(lowered):
        return lowered
    return ""


def accept_plain(text: str) -> str:
    """The normal form of an address that is plain and valid; `""` if the library must validate it.

    Args:
        text: The address, without surrounding spaces.

    >>> accept_plain("Jo@EXAMPLE.org"), accept_plain("jo@")
    ('Jo@example.org', '')
    """
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


def email_key(text: str) -> str:
    """The key of an address.

    Args:
        text: The address in its normal form.

    >>> email_key("Jo@example.org")
    'jo@example.org'
    """
    if text.isascii():
        return text.lower()
    # Lower case may leave a mark apart from its letter, and it has two forms of the Greek sigma.
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).lower()).replace("ς", "σ")


def _by_library(text: str) -> str:
    """The normal form that email-validator returns; raises its refusal.

    The library refuses domains that are reserved for special uses (`.invalid`, `.test`, `.local`, RFC 6761). These
    domains are valid by syntax and occur in real files. They are therefore replaced by an ordinary name of the same
    length before the call.
    """
    from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

    local, at, domain = text.rpartition("@")
    domain = _DOTS.sub(".", domain)
    lowered = domain.lower()
    special = next((name for name in SPECIAL_USE_DOMAIN_NAMES if lowered.endswith("." + name)), "")
    substitute = domain
    if special:
        substitute = domain[: -len(special)] + re.sub("[a-z]", "x", special)
    try:
        normal = validate_email(local + at + substitute, check_deliverability=False, strict=True).normalized
    except EmailNotValidError as error:
        _refuse(text, str(error))
    except (ValueError, IndexError):  # raised by idna for hostile labels
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
    normal = accept_plain(text)
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
            facts={"address": inner.group(1)},
        )
    normal = _by_library(text)
    if normal != text and _by_library(normal) != normal:
        _refuse(given, "The address has no stable spelling")
    return normal


@attrs.frozen(init=False)
class EmailAddress:
    """One mailbox in its normal spelling: NFC, with the domain in lower case and in Unicode.

    Args:
        text: The address. Spaces around it and a leading `mailto:` are removed. The local part keeps its case, except
            for the mailboxes of RFC 2142 (`INFO@`).
        kind: `"work"`, `"home"` or any other word, stored as a slug; `""` for unknown.

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
        # A plain address has no surrounding characters, so it needs no cleaning first.
        normal = accept_plain(text) if type(text) is str else ""
        self.__attrs_init__(normal or _parse(text), clean_kind_field(kind))

    @classmethod
    def restore(cls, text: str, kind: str = "") -> EmailAddress:
        """Rebuilds a stored address without validating it.

        A stored address stays readable even if a newer release of the library would refuse it.

        Args:
            text: The result of `str()`.
            kind: The kind, a slug; `""` for unknown.

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
        """The form that all spellings of one mailbox share, for search and for uniqueness (POR-1).

        Only the case is folded. Servers may keep mailboxes apart by any other difference, such as `ß` and `ss`.

        >>> EmailAddress("STRASSE@x.fr").key == EmailAddress("straße@x.fr").key
        False
        """
        return email_key(self.text)

    def with_kind(self, kind: str) -> EmailAddress:
        """The same address with another kind.

        Args:
            kind: `"work"`, `"home"` or any other word; `""` for unknown.

        Raises:
            Invalid: As for `clean_kind`, with the path `kind`.

        >>> EmailAddress("jo@bois.fr").with_kind("work").kind
        'work'
        """
        return self.restore(self.text, clean_kind_field(kind))

    def __str__(self) -> str:
        return self.text
