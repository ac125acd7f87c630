"""Profiles on social services: a handle and a URL, each derived from the other."""

from __future__ import annotations

import re

from contactcore.errors import Invalid
from contactcore.frozen import frozen
from contactcore.values.kind import clean_kind
from contactcore.values.texts import clean_line
from contactcore.values.website import clean_url

__all__ = ["SOCIAL_SERVICES", "SocialProfile"]

_LIMIT = 2_000


@frozen
class _Service:
    """The profile URLs of a service.

    Attributes:
        hosts: The host names of the service.
        path: The pattern of the path of a profile; its group is the handle.
        url: The template of a profile URL; `""` if the service has none.
    """

    hosts: tuple[str, ...]
    path: str
    url: str


def _service(hosts: str, path: str, url: str) -> _Service:
    return _Service(tuple(hosts.split()), path, url)


_HANDLE = r"/@?([\w.%+-]+)/?"
_SERVICES = {
    "linkedin": _service("linkedin.com", r"/((?:in|company|school|pub)/[\w.%-]+)(?:/.*)?", "https://linkedin.com/{}"),
    "x": _service("x.com twitter.com", _HANDLE, "https://x.com/{}"),
    "facebook": _service("facebook.com fb.com m.facebook.com", _HANDLE, "https://facebook.com/{}"),
    "instagram": _service("instagram.com", _HANDLE, "https://instagram.com/{}"),
    "xing": _service("xing.com", r"/(?:profile/)?([\w.%-]+)/?", "https://xing.com/profile/{}"),
    "github": _service("github.com", _HANDLE, "https://github.com/{}"),
    "youtube": _service("youtube.com m.youtube.com", _HANDLE, "https://youtube.com/@{}"),
    "tiktok": _service("tiktok.com", _HANDLE, "https://tiktok.com/@{}"),
    "whatsapp": _service("wa.me", r"/\+?(\d+)/?", "https://wa.me/{}"),
    "telegram": _service("t.me telegram.me", _HANDLE, "https://t.me/{}"),
    "mastodon": _service("", r"/@([\w.-]+)/?", ""),
    "skype": _service("", "(?!)", ""),
}
_SYNONYMS = {"twitter": "x", "x-twitter": "x", "linked-in": "linkedin", "fb": "facebook", "insta": "instagram"}
_HOSTS = {host: name for name, service in _SERVICES.items() for host in service.hosts}
SOCIAL_SERVICES = tuple(_SERVICES)
"""The services whose URLs are known; any other slug is stored as it is."""

_URL = re.compile(r"https?://", re.IGNORECASE)
_FEDERATED = re.compile(r"@?([\w.-]+)@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)")
_PLAIN_HANDLE = re.compile(r"[\w./%-]+")


def _read_url(url: str, service: str) -> tuple[str, str]:
    """The service and the handle of a URL.

    The given service is kept if the URL does not name a known one; the handle is `""` if the URL has none.
    """
    from urllib.parse import unquote

    host, slash, path = url.partition("://")[2].partition("/")
    host = host.removeprefix("www.")
    known = _HOSTS.get(host) or _HOSTS.get(host.partition(".")[2], "")
    if known and service in ("", known):
        match = re.fullmatch(_SERVICES[known].path, slash + path.partition("?")[0].partition("#")[0])
        handle = unquote(match.group(1)) if match else ""
        return known, handle if _PLAIN_HANDLE.fullmatch(handle) else ""
    if service == "mastodon":
        match = re.fullmatch(_SERVICES["mastodon"].path, slash + path)
        return service, f"{match.group(1)}@{host}" if match else ""
    return service or host, ""


def _address(service: str, handle: str) -> str:
    """The URL of a handle; `""` if the service has none or the URL would contain another handle."""
    url = _write_url(service, handle)
    try:
        url = clean_url(url) if url else ""
    except Invalid:
        return ""
    found = _read_url(url, service)[1] if url else ""
    return url if found.casefold() == handle.casefold() else ""


def _write_url(service: str, handle: str) -> str:
    if service == "mastodon":
        match = _FEDERATED.fullmatch(handle)
        return f"https://{match.group(2).lower()}/@{match.group(1)}" if match else ""
    known = _SERVICES.get(service)
    if known is None or not known.url or not _PLAIN_HANDLE.fullmatch(handle):
        return ""
    return known.url.format(handle)


@frozen(init=False)
class SocialProfile:
    """A profile on a social service.

    Args:
        service: A known service (`SOCIAL_SERVICES`) or any other word; `""` if `text` is a URL that names the service.
        text: The handle, with or without `@`, or the URL of the profile.

    Attributes:
        handle: The handle without `@`; `""` if the URL contains none.
        url: The URL of the profile; `""` if the service has no known URLs.

    Raises:
        Invalid: `social-empty`, `social-service` (a handle without a service), and the codes of `clean_url`.

    >>> profile = SocialProfile("", "https://www.linkedin.com/in/jane-doe/")
    >>> profile.service, profile.handle, str(profile)
    ('linkedin', 'in/jane-doe', 'https://linkedin.com/in/jane-doe')
    >>> SocialProfile("twitter", "@jane") == SocialProfile("x", "https://x.com/jane")
    True

    Source: DIR-3, PIC-4.
    """

    service: str
    handle: str
    url: str

    def __init__(self, service: str, text: str) -> None:
        try:
            name = clean_kind(service)
        except Invalid as error:
            raise error.under("service") from None
        name = _SYNONYMS.get(name, name)
        line = clean_line(text, limit=_LIMIT)
        bare = line.lstrip("@").strip()
        if not bare:
            raise Invalid("social-empty", "Give the profile's handle or its address.", value=text)
        host = line.partition("/")[0].lower().removeprefix("www.")
        if _URL.match(line) or ("/" in line and host in _HOSTS):
            url = clean_url(line)
            name, handle = _read_url(url, name)
            self.__attrs_init__(name, handle, (_address(name, handle) if handle else "") or url)
            return
        if not name:
            message = "Name the service of this handle, or give its address."
            raise Invalid("social-service", message, path="service", value=text)
        if name == "linkedin" and "/" not in bare and _PLAIN_HANDLE.fullmatch(bare):
            bare = f"in/{bare}"  # the path of a person; companies and schools have other paths
        self.__attrs_init__(name, bare, _address(name, bare))

    @classmethod
    def restore(cls, service: str, handle: str, url: str) -> SocialProfile:
        """Rebuilds a stored profile without validating it.

        Args:
            service: The service, a slug.
            handle: The handle; `""` for none.
            url: The URL; `""` for none.
        """
        self = cls.__new__(cls)
        self.__attrs_init__(service, handle, url)
        return self

    @property
    def key(self) -> str:
        """The form that all spellings of one profile share."""
        return f"{self.service}:{(self.handle or self.url).casefold()}"

    def __str__(self) -> str:
        return self.url or self.handle
