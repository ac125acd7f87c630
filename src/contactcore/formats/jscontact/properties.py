"""The properties of JSContact and vCard that mean the same (RFC 9555 sections 2 and 3)."""

from __future__ import annotations

from collections.abc import Mapping

from contactcore.frozen import frozen
from contactcore.read_only import ReadOnlyDict

__all__ = ["ADDRESS_KINDS", "CONTEXTS", "FEATURES", "LISTS", "NAME_KINDS", "PREFIXES", "SIMPLE", "ListProperty"]


@frozen
class ListProperty:
    """A property of JSContact whose entries are lines of a card.

    Attributes:
        name: The property of the JSContact card.
        line: The property of the vCard.
        value: The member that is the value of the line.
        kind: The `kind` of the entries; `""` for none.
        is_uri: Whether the value is an address.
        prefix: The beginning of the ids of new entries.
    """

    name: str
    line: str
    value: str
    kind: str = ""
    is_uri: bool = False
    prefix: str = ""


LISTS: tuple[ListProperty, ...] = (
    ListProperty("emails", "EMAIL", "address", prefix="e"),
    ListProperty("phones", "TEL", "number", prefix="p"),
    ListProperty("onlineServices", "SOCIALPROFILE", "uri", is_uri=True, prefix="os"),
    ListProperty("onlineServices", "IMPP", "uri", is_uri=True, prefix="os"),
    ListProperty("preferredLanguages", "LANG", "language", prefix="l"),
    ListProperty("titles", "TITLE", "name", "title", prefix="t"),
    ListProperty("titles", "ROLE", "name", "role", prefix="t"),
    ListProperty("notes", "NOTE", "note", prefix="n"),
    ListProperty("links", "URL", "uri", is_uri=True, prefix="k"),
    ListProperty("links", "CONTACT-URI", "uri", "contact", is_uri=True, prefix="k"),
    ListProperty("calendars", "CALURI", "uri", "calendar", is_uri=True, prefix="c"),
    ListProperty("calendars", "FBURL", "uri", "freeBusy", is_uri=True, prefix="c"),
    ListProperty("schedulingAddresses", "CALADRURI", "uri", is_uri=True, prefix="s"),
    ListProperty("cryptoKeys", "KEY", "uri", is_uri=True, prefix="y"),
    ListProperty("directories", "SOURCE", "uri", "entry", is_uri=True, prefix="d"),
    ListProperty("directories", "ORG-DIRECTORY", "uri", "directory", is_uri=True, prefix="d"),
    ListProperty("media", "PHOTO", "uri", "photo", is_uri=True, prefix="m"),
    ListProperty("media", "LOGO", "uri", "logo", is_uri=True, prefix="m"),
    ListProperty("media", "SOUND", "uri", "sound", is_uri=True, prefix="m"),
    ListProperty("personalInfo", "EXPERTISE", "value", "expertise", prefix="i"),
    ListProperty("personalInfo", "HOBBY", "value", "hobby", prefix="i"),
    ListProperty("personalInfo", "INTEREST", "value", "interest", prefix="i"),
)

PREFIXES: Mapping[str, str] = ReadOnlyDict(
    {
        **{one.name: one.prefix for one in LISTS},
        "organizations": "o",
        "nicknames": "nick",
        "addresses": "a",
        "anniversaries": "y",
    }
)
"""Property of JSContact -> the beginning of the ids of new entries."""

SIMPLE: Mapping[str, str] = ReadOnlyDict({"uid": "UID", "prodId": "PRODID", "language": "LANGUAGE"})
"""Property of JSContact -> property of vCard, for texts."""

CONTEXTS: Mapping[str, str] = ReadOnlyDict(
    {"work": "work", "private": "home", "billing": "billing", "delivery": "delivery"}
)
"""Context -> TYPE."""

FEATURES: Mapping[str, str] = ReadOnlyDict(
    {
        "voice": "voice",
        "fax": "fax",
        "mobile": "cell",
        "video": "video",
        "pager": "pager",
        "text": "text",
        "textphone": "textphone",
        "main-number": "main-number",
    }
)
"""Feature of a phone number -> TYPE."""

NAME_KINDS = ("surname", "given", "given2", "title", "credential", "surname2", "generation")
"""The kinds of the components of a name, in the order of N (RFC 9554 section 2.2)."""

ADDRESS_KINDS = (
    *("postOfficeBox", "apartment", "name", "locality", "region", "postcode", "country"),
    *("room", "apartment", "floor", "number", "name", "building", "block", "subdistrict", "district", "landmark"),
    "direction",
)
"""The kinds of the components of an address, in the order of ADR (RFC 9554 section 2.1)."""
