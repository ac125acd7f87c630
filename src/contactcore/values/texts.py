r"""What a text may be made of: one policy for every value and every storage.

PostgreSQL keeps no U+0000 and no program can encode a lone surrogate, so both are refused by name, on every
storage (design, section 4). Line breaks inside a one-line value are an accident of copying and become a
blank; other control characters mean that the wrong bytes were read, so they are refused. Format characters,
bidirectional marks among them, are part of how some names are written and are stored unchanged: a program
that shows them next to other text isolates them (U+2068 … U+2069).
"""

from __future__ import annotations

import re
import unicodedata

from contactcore.errors import Invalid

__all__ = ["LINE_LIMIT", "TEXT_LIMIT", "clean_line", "clean_text", "refuse_unstorable"]

LINE_LIMIT = 1_000
"""Code points that a name or another one-line text may have."""

TEXT_LIMIT = 100_000
"""Code points that a note may have."""

_GROWTH = 4
"""A text is refused unread beyond this multiple of its limit; blanks around it may count up to here."""

_SHOWN = 200
"""Characters of a refused text that the error carries."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_BREAKS = re.compile("[\t\n\v\f\r\x85\u2028\u2029]+")
_LINE_ENDS = re.compile("\r\n|[\v\f\r\x85\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
_CONTROL_IN_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")


def refuse_unstorable(text: object) -> str:
    r"""The text itself, once it is known that every storage can hold it.

    Args:
        text: What was given; anything but a string is refused.

    Raises:
        Invalid: `text-type` for what is no string, `text-nul` for U+0000, `text-surrogate` for half of a
            character pair.

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
        raise Invalid("text-nul", "A text cannot hold the NUL character; remove it.", value=text[:_SHOWN])
    raise Invalid(
        "text-surrogate",
        "The text holds half of a character (a lone surrogate); decode it anew from its bytes.",
        value=text[:_SHOWN],
    )


def _refuse_long(text: str, length: int, limit: int) -> None:
    if length > limit:
        raise Invalid(
            "text-too-long",
            f"The text has {length:,} characters; shorten it to {limit:,}.",
            value=text[:_SHOWN],
            facts={"limit": limit, "length": length},
        )


def clean_line(text: str, *, limit: int = LINE_LIMIT) -> str:
    r"""The text on one line: NFC, no blanks around it, line breaks and tabs turned into one blank.

    Args:
        text: Anything; blanks inside it are kept.
        limit: Code points that the result may have.

    Raises:
        Invalid: `text-too-long` (facts `limit`, `length`), `text-control` for other control characters,
            and what `refuse_unstorable` refuses.

    >>> clean_line("  12, rue Vauban\r\n69006 Lyon ")
    '12, rue Vauban 69006 Lyon'
    """
    if type(text) is str and len(text) <= limit and text.isprintable():
        # What is printable has no controls, no line breaks, no surrogates and no blanks but U+0020.
        line = (text if text.isascii() else unicodedata.normalize("NFC", text)).strip(" ")
        if len(line) <= limit:
            return line
    refuse_unstorable(text)
    if len(text) > limit * _GROWTH:
        _refuse_long(text, len(text), limit)
    if text.isascii() and text.isprintable():
        line = text.strip(" ")
    else:
        line = _BREAKS.sub(" ", text)
        if _CONTROL.search(line):
            _refuse_control(text)
        line = unicodedata.normalize("NFC", line).strip()
    if len(line) > limit:
        _refuse_long(text, len(line), limit)
    return line


def clean_text(text: str, *, limit: int = TEXT_LIMIT) -> str:
    r"""The text on any number of lines: NFC, lines ended by `\n`, no blanks around the whole.

    Args:
        text: Anything; tabs and inner blanks are kept.
        limit: Code points that the result may have.

    Raises:
        Invalid: As `clean_line` does.

    >>> clean_text("Call back.\r\nAfter 6\u2028pm ")
    'Call back.\nAfter 6\npm'
    """
    if type(text) is str and len(text) <= limit and text.isprintable():
        lines = (text if text.isascii() else unicodedata.normalize("NFC", text)).strip(" ")
        if len(lines) <= limit:
            return lines
    refuse_unstorable(text)
    if len(text) > limit * _GROWTH:
        _refuse_long(text, len(text), limit)
    if text.isascii() and text.isprintable():
        lines = text.strip(" ")
    else:
        if _CONTROL_IN_TEXT.search(text):
            _refuse_control(text)
        lines = unicodedata.normalize("NFC", _LINE_ENDS.sub("\n", text)).strip()
    if len(lines) > limit:
        _refuse_long(text, len(lines), limit)
    return lines


def _refuse_control(text: str) -> None:
    found = _CONTROL_IN_TEXT.search(text) or _CONTROL.search(text)
    shown = f"U+{ord(found.group()):04X}" if found else "one"
    raise Invalid(
        "text-control",
        f"The text holds a control character ({shown}); remove it, or read the file in its real encoding.",
        value=text[:_SHOWN],
    )
