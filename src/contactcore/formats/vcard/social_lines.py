"""Social profiles as X-SOCIALPROFILE (3.0), SOCIALPROFILE (RFC 9554) and IMPP (RFC 4770)."""

from __future__ import annotations

from contactcore.formats.vcard.content_lines import ContentLine, escape
from contactcore.values import SOCIAL_SERVICES, SocialProfile

__all__ = ["profile_line", "profile_of", "service_types"]

_SERVICE = ("SERVICE-TYPE", "X-SERVICE-TYPE")
_USER = ("USERNAME", "X-USER")


def service_types(line: ContentLine) -> tuple[str, ...]:
    """The types that name a service, as Apple's address book writes it.

    >>> service_types(ContentLine("X-SOCIALPROFILE", "jane", {"TYPE": ("pref", "twitter")}))
    ('twitter',)
    """
    named = (kind for kind in line.types if kind not in ("pref", "home", "work"))
    return tuple(named) if line.name == "X-SOCIALPROFILE" else ()


def profile_of(line: ContentLine) -> SocialProfile | None:
    """The profile of a property; None for a messenger that the library does not know.

    Raises:
        Invalid: The codes of `SocialProfile`.

    >>> profile_of(ContentLine("IMPP", "skype:jane")).service
    'skype'
    """
    text = line.text.strip()
    service = next(filter(None, map(line.parameter, _SERVICE)), "")
    if not service:
        service = next(iter(service_types(line)), "")
    if line.name == "IMPP":
        scheme, colon, rest = text.partition(":")
        service = (service or scheme if colon else service).lower()
        if service not in SOCIAL_SERVICES:
            return None
        if not text.lower().startswith(("http:", "https:")):
            text = rest.removeprefix("//") if colon else text
    user = next(filter(None, map(line.parameter, _USER)), "")
    profile = SocialProfile(service, text)
    if user and not profile.handle:
        named = SocialProfile(profile.service, user)
        return SocialProfile.restore(profile.service, named.handle, profile.url)
    return profile


def profile_line(profile: SocialProfile, version: str) -> ContentLine:
    """The property of a profile.

    Args:
        profile: The profile.
        version: `"3.0"` or `"4.0"`.

    >>> str(profile_line(SocialProfile("github", "jane"), "4.0"))
    'SOCIALPROFILE;SERVICE-TYPE=github:https://github.com/jane'
    """
    parameters: dict[str, tuple[str, ...]] = {}
    name = "SOCIALPROFILE" if version == "4.0" else "X-SOCIALPROFILE"
    if profile.service:
        parameters["SERVICE-TYPE" if version == "4.0" else "TYPE"] = (profile.service,)
    if profile.url:
        return ContentLine(name, profile.url, parameters)
    if version == "4.0":
        parameters["VALUE"] = ("text",)
    return ContentLine(name, escape(profile.handle), parameters)
