"""Pointers into a card, and the values that only JSContact knows, as JSPROP of vCard (RFC 9555 section 2.15.1)."""

from __future__ import annotations

import json
from typing import Any

from contactcore.formats.jscontact.properties import PREFIXES
from contactcore.formats.vcard.content_lines import ContentLine, escape

__all__ = ["pointer", "property_line", "put"]


def pointer(*names: str) -> str:
    """The pointer to a member.

    >>> pointer("phones", "p1", "example.com/a")
    'phones/p1/example.com~1a'
    """
    return "/".join(name.replace("~", "~0").replace("/", "~1") for name in names)


def property_line(path: str, value: object, number: int = 0) -> ContentLine:
    """The line of a value that vCard has no property for.

    >>> str(property_line("example.com:a", {"b": 1}))
    'JSPROP;JSPTR="example.com:a":{"b":1}'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return ContentLine("JSPROP", escape(text), {"JSPTR": (path,)}, number=number)


def put(card: dict[str, Any], line: ContentLine) -> bool:
    """Put the value of a JSPROP where its pointer says; False if that place is gone, or holds another value.

    Args:
        card: The card.
        line: The property.
    """
    names = [name.replace("~1", "/").replace("~0", "~") for name in line.parameter("JSPTR").split("/")]
    try:
        value = json.loads(line.text)
    except (ValueError, RecursionError):
        return False
    if len(names) == 2 and names[0] in PREFIXES:
        card.setdefault(names[0], {})
    place: Any = card
    for name in names[:-1]:
        place = place.get(name) if isinstance(place, dict) else None
    if not isinstance(place, dict) or not names[-1]:
        return False
    known = place.setdefault(names[-1], value)
    if known is not value and isinstance(known, dict) and isinstance(value, dict):
        place[names[-1]] = value | known
        return True
    return known is value or known == value
