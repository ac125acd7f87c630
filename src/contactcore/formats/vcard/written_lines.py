"""What both writers of cards know: properties that are no lines, parameters beside a value, profiles and positions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from contactcore.formats.vcard.content_lines import ContentLine, components, escape
from contactcore.formats.vcard.extras import GROUP, LINES, NAME, UNMAPPED, VALUE
from contactcore.formats.vcard.social_lines import profile_line
from contactcore.frozen import frozen
from contactcore.text import fold as folded
from contactcore.values import SocialProfile

__all__ = [
    "KEPT_BESIDE",
    "NEVER",
    "ONCE",
    "Position",
    "is_text_uid",
    "position_lines",
    "profile_beside",
    "with_parameters",
]

NEVER: Final = frozenset(("BEGIN", "END", "VERSION", UNMAPPED))
"""Properties of `unmapped` that are no lines of a card."""
ONCE: Final = frozenset(("REV", "PRODID", "CREATED"))
"""Properties of which a card has at most one."""
KEPT_BESIDE: Final = frozenset((GROUP, VALUE, LINES, NAME, "X-SEX"))
"""Parameters of the entry in `unmapped` that are no parameters of a card."""


@frozen
class Position:
    """The place of a person in a company, for ORG and TITLE.

    Attributes:
        company: The name of the company.
        department: The department; `""` for unknown.
        title: The position; `""` for unknown.
    """

    company: str
    department: str = ""
    title: str = ""


def with_parameters(line: ContentLine, more: Mapping[str, tuple[str, ...]]) -> ContentLine:
    """The line with more parameters; types are added to its own, and any other parameter replaces its own.

    Args:
        line: The line.
        more: The parameters.

    >>> str(with_parameters(ContentLine("TEL", "1", {"TYPE": ("work",)}), {"TYPE": ("fax",), "PREF": ("1",)}))
    'TEL;TYPE=work,fax;PREF=1:1'
    """
    if not more:
        return line
    if not line.parameters:
        return ContentLine(line.name, line.value, more, line.group)
    joined = dict(line.parameters)
    for name, given in more.items():
        joined[name] = tuple(dict.fromkeys((*joined.get(name, ()), *given))) if name == "TYPE" else given
    return ContentLine(line.name, line.value, joined, line.group)


def profile_beside(profile: SocialProfile, version: str, found: Mapping[str, tuple[str, ...]]) -> ContentLine:
    """The line of a profile with the parameters that are kept beside it.

    Args:
        profile: The profile.
        version: `"3.0"` or `"4.0"`.
        found: The parameters; none for a profile without any.
    """
    line = profile_line(profile, version)
    if not found:
        return line
    given = {name: one for name, one in found.items() if name not in KEPT_BESIDE}
    if NAME in found:
        line = ContentLine(found[NAME][0], found[VALUE][0])
    elif version == "3.0":
        given.pop("SERVICE-TYPE", None)
    return with_parameters(line, given)


def position_lines(
    positions: Sequence[Position],
    organizations: Sequence[ContentLine],
    titles: Sequence[ContentLine],
    new_group: Callable[[], str],
) -> Iterator[ContentLine]:
    """ORG and TITLE of each place that no kept line names; a group joins the two if there are several.

    Args:
        positions: The places.
        organizations: The kept lines of ORG.
        titles: The kept lines of TITLE.
        new_group: Returns a group that no line of the card has.
    """
    if not positions:
        return
    known = {folded((components(line.value) or [""])[0]) for line in organizations}
    named = {folded(line.text) for line in titles}
    for place in positions:
        group = new_group() if len(positions) > 1 else ""
        if folded(place.company) not in known:
            parts = (place.company, place.department) if place.department else (place.company,)
            yield ContentLine("ORG", ";".join(map(escape, parts)), group=group)
        if place.title and folded(place.title) not in named:
            yield ContentLine("TITLE", escape(place.title), group=group)


def is_text_uid(uid: str, version: str) -> bool:
    """Whether UID is no URI, which version 4.0 has to say.

    Args:
        uid: The UID.
        version: `"3.0"` or `"4.0"`.

    >>> is_text_uid("jane", "4.0"), is_text_uid("urn:uuid:1", "4.0"), is_text_uid("jane", "3.0")
    (True, False, False)
    """
    return version == "4.0" and not uid.lower().startswith(("urn:", "http://", "https://"))
