"""Social profiles as X-SOCIALPROFILE (3.0), SOCIALPROFILE (RFC 9554) and IMPP (RFC 4770)."""

from __future__ import annotations

from contactcore.formats.vcard.content_lines import ContentLine, escape
from contactcore.values import SOCIAL_SERVICES, SocialProfile

__all__ = ["profile_line", "profile_of"]

_SERVICE = ("SERVICE-TYPE", "X-SERVICE-TYPE")


def profile_of(line: ContentLine) -> SocialProfile | None:
    """The profile of a property; None for a messenger that the library does not know.

    Raises:
        Invalid: The codes of `SocialProfile`.

    >>> profile_of(ContentLine("IMPP", "skype:jane")).service
    'skype'
    """
    text = line.text.strip()
    service = next(filter(None, map(line.parameter, _SERVICE)), "")
    if not service and line.name == "X-SOCIALPROFILE":
        service = next((kind for kind in line.types if kind not in ("pref", "home", "work")), "")
    if line.name == "IMPP":
        scheme, colon, rest = text.partition(":")
        service = (service or scheme if colon else service).lower()
        if service not in SOCIAL_SERVICES:
            return None
        if not text.lower().startswith(("http:", "https:")):
            text = rest.removeprefix("//") if colon else text
    user = line.parameter("USERNAME") or line.parameter("X-USER")
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
