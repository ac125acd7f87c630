r"""The characters that a text may contain: one policy for all values and all storages.

PostgreSQL cannot store U+0000, and UTF-8 cannot encode a lone surrogate. Every storage therefore refuses both, each
with its own code. A line break inside a one-line value usually comes from copying and becomes a
space. Other control characters show that bytes were decoded wrongly, so they are refused. Format characters such as
bidirectional marks (U+200E, U+200F) belong to the spelling of some names and are stored unchanged. The controls that
embed, override or isolate a direction (U+202A to U+202E, U+2066 to U+2069) are no spelling: programs put them around a
text that they show or copy, and they make a name look like another one, or turn around the text behind it. A one-line
text loses them; a note, which stands alone, keeps them. A program that shows a text next to other text isolates it
(U+2068 … U+2069). A text of nothing but invisible characters is empty, like one of spaces.
"""

from __future__ import annotations

import re
import unicodedata

from contactcore.errors import Invalid

__all__ = ["DIRECTIONS", "IGNORABLE", "LINE_LIMIT", "TEXT_LIMIT", "clean_line", "clean_text", "refuse_unstorable"]

LINE_LIMIT = 1_000
"""The maximum length of a name or another one-line text, in code points."""

TEXT_LIMIT = 100_000
"""The maximum length of a note, in code points."""

_RAW_FACTOR = 4
"""A text longer than this multiple of its limit is refused unread; up to here, surrounding whitespace is free."""

_VALUE_LIMIT = 200
"""The maximum length of the refused text that an error contains, in characters."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_BREAKS = re.compile("[\t\n\v\f\r\x85\u2028\u2029]+")
_LINE_ENDS = re.compile("\r\n|[\v\f\r\x85\u2028\u2029]")
_IGNORABLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff"
)
"""The characters that Unicode calls ignorable by default, beside spaces."""
IGNORABLE = re.compile(f"[{_IGNORABLE}]")
"""A character that nobody sees, and that is no space."""
_INVISIBLE = re.compile(rf"[\s{_IGNORABLE}]*")
"""A text without any visible character."""
DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""A control that embeds, overrides or isolates a direction."""
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
_CONTROL_IN_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")


def refuse_unstorable(text: object) -> str:
    r"""Returns the text unchanged if every storage can store it.

    Args:
        text: Any object.

    Raises:
        Invalid: `text-type` for an object that is not a string, `text-nul` for U+0000, `text-surrogate` for a lone
            surrogate.

    >>> refuse_unstorable("a\0b")
    Traceback (most recent call last):
    contactcore.errors.Invalid: A text cannot hold the NUL character; remove it. (got 'a\x00b')
    """
    if not isinstance(text, str):
        raise Invalid("text-type", "A text is needed here; give a string.", value=text)
    if text.isascii():
        if "\0" not in text:
            return text
    elif "\0" not in text and _SURROGATE.search(text) is None:
        return text
    if "\0" in text:
        raise Invalid("text-nul", "A text cannot hold the NUL character; remove it.", value=text[:_VALUE_LIMIT])
    raise Invalid(
        "text-surrogate",
        "The text contains half of a character (a lone surrogate); decode it again from its bytes.",
        value=text[:_VALUE_LIMIT],
    )


def _refuse_long(text: str, length: int, limit: int) -> None:
    if length > limit:
        raise Invalid(
            "text-too-long",
            f"The text has {length:,} characters; shorten it to {limit:,}.",
            value=text[:_VALUE_LIMIT],
            facts={"limit": limit, "length": length},
        )


def clean_line(text: str, *, limit: int = LINE_LIMIT, exact: bool = False) -> str:
    r"""The text on one line: in NFC, without surrounding whitespace; a run of line breaks and tabs becomes one space.

    Controls of direction are left out.

    Args:
        text: Any text; its inner spaces are kept.
        limit: The maximum length of the result in code points; 1,000 by default.
        exact: Whether controls of direction stay, as in a name that is compared with stored ones, or in a web address;
            False by default.

    Raises:
        Invalid: `text-too-long` (facts `limit`, `length`), `text-control` for other control characters, and the codes
            of `refuse_unstorable`.

    >>> clean_line("  12, rue Vauban\r\n69006 Lyon ")
    '12, rue Vauban 69006 Lyon'
    """
    if type(text) is str and len(text) <= limit and text.isprintable():
        # A printable text has no control characters, line breaks or surrogates, and no whitespace but U+0020.
        line = text.strip(" ") if text.isascii() else _visible(unicodedata.normalize("NFC", text))
        if len(line) <= limit:
            return line
    refuse_unstorable(text)
    if len(text) > limit * _RAW_FACTOR:
        _refuse_long(text, len(text), limit)
    if text.isascii() and text.isprintable():
        line = text.strip(" ")
    else:
        line = _BREAKS.sub(" ", text if exact else DIRECTIONS.sub("", text))
        if _CONTROL.search(line):
            _refuse_control(text)
        line = _visible(unicodedata.normalize("NFC", line))
    if len(line) > limit:
        _refuse_long(text, len(line), limit)
    return line


def clean_text(text: str, *, limit: int = TEXT_LIMIT) -> str:
    r"""The text on any number of lines: in NFC, with `\n` as line break, without surrounding whitespace.

    Args:
        text: Any text; tabs and inner spaces are kept.
        limit: The maximum length of the result in code points; 100,000 by default.

    Raises:
        Invalid: The codes of `clean_line`.

    >>> clean_text("Call back.\r\nAfter 6\u2028pm ")
    'Call back.\nAfter 6\npm'
    """
    if type(text) is str and len(text) <= limit and text.isprintable():
        lines = text.strip(" ") if text.isascii() else _visible(unicodedata.normalize("NFC", text))
        if len(lines) <= limit:
            return lines
    refuse_unstorable(text)
    if len(text) > limit * _RAW_FACTOR:
        _refuse_long(text, len(text), limit)
    if text.isascii() and text.isprintable():
        lines = text.strip(" ")
    else:
        if _CONTROL_IN_TEXT.search(text):
            _refuse_control(text)
        lines = _visible(unicodedata.normalize("NFC", _LINE_ENDS.sub("\n", text)))
    if len(lines) > limit:
        _refuse_long(text, len(lines), limit)
    return lines


def _visible(text: str) -> str:
    """The text without surrounding whitespace; `""` if nothing of it can be seen."""
    stripped = text.strip()
    return "" if _INVISIBLE.fullmatch(stripped) else stripped


def _refuse_control(text: str) -> None:
    found = _CONTROL_IN_TEXT.search(text) or _CONTROL.search(text)
    shown = f"U+{ord(found.group()):04X}" if found else "one"
    raise Invalid(
        "text-control",
        f"The text contains a control character ({shown}); remove it, or read the file in its real encoding.",
        value=text[:_VALUE_LIMIT],
    )
