"""A scanner that finds the placeholders of a text, and refuses everything that a template engine would run."""

from __future__ import annotations

import re

from contactcore.errors import Invalid, shorten

__all__ = ["MOST_PLACEHOLDERS", "scan"]

MOST_PLACEHOLDERS = 10_000
"""Greatest number of placeholders in a template."""

_OPENING = re.compile(r"\{[{%#]")
_NAME = re.compile(r"[^\W\d][\w-]*(?:\[(?:\d{1,4}|n)\])?(?:\.[\w-]+(?:\[(?:\d{1,4}|n)\])?)*")
_LONGEST_NAME = 200
_CLOSING = {"{%": "%}", "{#": "#}"}


def scan(text: str) -> list[tuple[int, int, str]]:
    """Find the placeholders of a text.

    Args:
        text: Template, or a part of one.

    Returns:
        Start, end (exclusive) and name of each placeholder, in sequence; positions count characters.

    Raises:
        Invalid: `template-construct` for statements, comments, and double braces that contain anything but a name;
            `template-syntax` for braces that are not closed; `template-too-many` for more than 10,000 placeholders.

    >>> scan("Dear {{ client.name }},")
    [(5, 22, 'client.name')]
    """
    found: list[tuple[int, int, str]] = []
    position = 0
    while match := _OPENING.search(text, position):
        start = match.start()
        opening = match.group()
        end = text.find("}}" if opening == "{{" else _CLOSING[opening], start + 2)
        if opening != "{{":
            raise _construct(text[start : end + 2 if end > 0 else None])
        if end < 0:
            message = "A placeholder is opened and never closed: write {{ client.name }}."
            raise Invalid("template-syntax", message, value=text[start : start + _LONGEST_NAME])
        name = text[start + 2 : end].strip()
        if len(name) > _LONGEST_NAME or not _NAME.fullmatch(name):
            raise _construct(text[start : end + 2])
        if len(found) >= MOST_PLACEHOLDERS:
            raise Invalid(
                "template-too-many",
                f"A template is limited to {MOST_PLACEHOLDERS:,} placeholders.",
                facts={"limit": MOST_PLACEHOLDERS},
            )
        found.append((start, end + 2, name))
        position = end + 2
    return found


def _construct(found: str) -> Invalid:
    shown = found[:_LONGEST_NAME]
    return Invalid(
        "template-construct",
        f"{shorten(shown)} is no placeholder. A template holds names such as {{{{ client.name }}}}: no filters, calls, "
        "expressions, statements or comments.",
        value=shown,
        facts={"construct": shown},
    )
