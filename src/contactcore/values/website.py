"""Web addresses that are safe as links: http and https only."""

from __future__ import annotations

import re
import unicodedata
from typing import NoReturn

from contactcore.errors import Invalid
from contactcore.frozen import frozen
from contactcore.values.kind import clean_kind_field
from contactcore.values.texts import clean_line

__all__ = ["Website", "accept_plain", "clean_url"]

_LIMIT = 2_000
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(?!\d+(?:[/?#]|$))")
_UNSAFE = frozenset('"<>\\^`{}')
_ADDRESS = re.compile(r"\[[0-9A-Fa-f:.]+\]")
_LABEL = r"[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?"
_PLAIN = re.compile(rf"(https?://)({_LABEL}(?:\.{_LABEL})*+)((?:[/?#][A-Za-z0-9!$%&'()*+,\-./:;=?@_~|#]*+)?)", re.ASCII)
_HOST_LIMIT = 253


def _refuse(text: str, code: str, reason: str) -> NoReturn:
    raise Invalid(code, reason, value=text[:200])


def _is_label(label: str) -> bool:
    inner = label.replace("-", "").replace("_", "")
    return (
        0 < len(label) <= 63
        and not label.startswith("-")
        and not label.endswith("-")
        and all(unicodedata.category(c)[0] in "LNM" for c in inner)
    )


def _host(text: str, host: str, *, explicit: bool) -> str:
    if host.startswith("["):
        if _ADDRESS.fullmatch(host):
            return host.lower()
        _refuse(text, "website-host", "The address in brackets cannot be read; give the site's name.")
    lowered = unicodedata.normalize("NFKC", host).lower()
    lowered = unicodedata.normalize("NFKC", lowered).replace("\u3002", ".").removesuffix(".")
    labels = lowered.split(".")
    if len(lowered) > _HOST_LIMIT or not all(_is_label(label) for label in labels):
        _refuse(text, "website-host", "The site's name cannot be read; give an address like https://example.org.")
    if len(labels) < 2 and not explicit:
        _refuse(text, "website-host", "The site's name needs a dot; give an address like https://example.org.")
    return lowered


def _port(text: str, port: str, scheme: str) -> str:
    if not port:
        return ""
    if not (port.isascii() and port.isdigit() and len(port) <= 5 and 0 < int(port) < 65_536):
        _refuse(text, "website-host", "The port must be a number from 1 to 65535.")
    number = str(int(port))
    return "" if number == {"http": "80", "https": "443"}[scheme] else ":" + number


def accept_plain(text: str) -> str:
    """The normal spelling of a plain URL; `""` if the URL has to be taken apart.

    Args:
        text: The URL.

    >>> accept_plain("https://example.org/"), accept_plain("HTTPS://Example.org/")
    ('https://example.org', '')
    """
    found = _PLAIN.fullmatch(text)
    if found is None or len(text) > _LIMIT or found.end(2) - found.start(2) > _HOST_LIMIT:
        return ""
    return text[:-1] if found[3] == "/" else text


def clean_url(text: str) -> str:
    """The URL with its scheme, in its normal spelling.

    Args:
        text: The URL, with or without `https://`; at most 2,000 characters.

    Raises:
        Invalid: `website-empty`, `website-scheme`, `website-syntax` (whitespace inside), `website-host`,
            `website-credentials`, and the codes of `contactcore.values.texts`.

    >>> clean_url("Example.ORG/Über?q=1")
    'https://example.org/Über?q=1'
    """
    if type(text) is str and (plain := accept_plain(text)):
        return plain
    from urllib.parse import quote, urlsplit

    line = clean_line(text, limit=_LIMIT, exact=True)
    if not line:
        _refuse(text, "website-empty", "A web address is needed, like https://example.org.")
    if any(c.isspace() for c in line):
        _refuse(text, "website-syntax", "A web address has no spaces; give one address alone.")
    scheme = _SCHEME.match(line)
    explicit = scheme is not None
    if scheme is not None:
        rest = line[scheme.end() :]
        if scheme.group(1).lower() not in ("http", "https") or not rest.startswith("//"):
            _refuse(text, "website-scheme", "Only addresses that begin with https:// or http:// are accepted.")
        name = scheme.group(1).lower()
    else:
        name, rest = "https", "//" + line.removeprefix("//")
    try:
        parts = urlsplit(f"{name}:{rest}")
    except ValueError:  # unbalanced brackets, or characters that normalise to separators
        _refuse(text, "website-host", "The site's name cannot be read; give an address like https://example.org.")
    if "@" in parts.netloc:
        _refuse(text, "website-credentials", "The address holds a login name or is an e-mail; give the site alone.")
    bracket = parts.netloc.rfind("]")
    host, colon, port = parts.netloc[bracket + 1 :].partition(":")
    host = _host(text, parts.netloc[: bracket + 1] + host, explicit=explicit)
    place = host + (_port(text, port, name) if colon else "")
    tail = rest[2 + len(parts.netloc) :]
    safe = "".join(quote(c) if c in _UNSAFE or not c.isprintable() else c for c in tail)
    url = f"{name}://{place}{'' if safe == '/' else safe}"
    return clean_line(url, limit=_LIMIT)


@frozen(init=False)
class Website:
    """One web address that is safe as a link.

    An address with a user name and a password (`https://me:secret@…`) is refused, because many people read a
    directory. Characters outside ASCII are kept unencoded.

    Args:
        url: The URL; without `http://` or `https://`, it gets `https://`.
        kind: `"work"`, `"blog"` or any other word, stored as a slug; `""` for unknown.

    Raises:
        Invalid: The codes of `clean_url`, and of `clean_kind` with the path `kind`.

    >>> str(Website("example.com/x")), Website("http://www.Example.com/x/").key
    ('https://example.com/x', 'example.com/x')

    Source: DIR-3; RFC 3986.
    """

    url: str
    kind: str = ""

    def __init__(self, url: str, kind: str = "") -> None:
        self.__attrs_init__(clean_url(url), clean_kind_field(kind))

    @classmethod
    def restore(cls, url: str, kind: str = "") -> Website:
        """Rebuilds a stored address without validating it.

        Args:
            url: The result of `str()`.
            kind: The kind, a slug; `""` for unknown.
        """
        self = cls.__new__(cls)
        self.__attrs_init__(url, kind)
        return self

    @property
    def key(self) -> str:
        """The form that all spellings of one address share: without scheme, `www.` and trailing slashes."""
        return self.url.partition("://")[2].removeprefix("www.").rstrip("/")

    def __str__(self) -> str:
        return self.url
