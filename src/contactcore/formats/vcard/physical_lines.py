"""From bytes or text to content lines: encodings, folds, quoted-printable, and damage.

Bytes are unfolded before they are decoded, because some programs fold in the middle of a character.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Callable, Iterator
from contextlib import suppress

from contactcore.errors import Invalid
from contactcore.formats.tabular.encodings import detect_encoding, text_codec
from contactcore.formats.vcard.content_lines import ContentLine, parse_line
from contactcore.formats.vcard.limits import LONGEST_LINE, LONGEST_TEXT

__all__ = ["LineReader"]

Report = Callable[[str, str, int, str, str], None]
"""Receives code, reason, line, property and value."""

_LINE = re.compile(r"([^\r\n]*+)(?:\r\n|\r|\n|\Z)")
_QUOTED_PRINTABLE = re.compile(r"[^:]*;[ \t]*(?:ENCODING[ \t]*=[ \t]*)?\"?QUOTED-PRINTABLE", re.IGNORECASE)
_BASE64 = re.compile(r"[^:]*;[ \t]*(?:ENCODING[ \t]*=[ \t]*)?\"?(?:BASE64|B)\"?[ \t]*[;:]", re.IGNORECASE)
_BASE64_LINE = re.compile(r"[A-Za-z0-9+/]{4,}={0,2}[ \t]*")
_SAMPLE = 1 << 18
_FULL = 70
"""Characters from which a line without a name counts as the rest of the line before, which lost its leading space."""


class LineReader:
    """Reads the content lines of bytes or a text.

    Args:
        source: Bytes in UTF-8, UTF-16 or a code page, or a text.
        report: Called with each problem.

    Raises:
        Invalid: `vcard-type`, `vcard-too-large`.
    """

    def __init__(self, source: str | bytes | bytearray | memoryview, report: Report) -> None:
        self._report = report
        self._codec = ""
        self._fallback = "cp1252"
        if isinstance(source, bytearray | memoryview):
            source = bytes(source)
        if not isinstance(source, str | bytes):
            raise Invalid("vcard-type", "Give the vCards as bytes or text.", value=type(source).__name__)
        if len(source) > LONGEST_TEXT:
            reason = f"The vCards have more than {LONGEST_TEXT:,} bytes or characters: split the file."
            raise Invalid("vcard-too-large", reason, facts={"limit": LONGEST_TEXT})
        self._text = source.removeprefix("\ufeff") if isinstance(source, str) else self._opened(source)

    def _opened(self, data: bytes) -> str:
        found = detect_encoding(data[:_SAMPLE])
        if found.wide or (found.bom and found.name != "utf-8"):
            return data[len(found.bom) :].decode(found.name, "replace")
        self._codec = "utf-8"
        self._fallback = found.fallback if found.name == "utf-8" else found.name
        # Each byte becomes one character, so that lines can be unfolded before they are decoded.
        return data[len(found.bom) :].decode("latin-1")

    def lines(self) -> Iterator[ContentLine]:
        """Each content line; a line without a name and a colon has the name `""`."""
        for number, text in self._unfolded():
            if len(text) > LONGEST_LINE:
                reason = f"The line has more than {LONGEST_LINE:,} characters and was left out: shorten it."
                self._report("vcard-line-too-long", reason, number, text[:20].partition(":")[0], "")
                continue
            line = self._decoded(number, text)
            yield line or ContentLine("", self._characters(text, number, ""), number=number)

    def _physical(self) -> Iterator[tuple[int, str]]:
        number = 0
        end = len(self._text)
        place = 0
        while place < end:
            match = _LINE.match(self._text, place)
            if match is None:
                raise AssertionError("each text has a line")
            number += 1
            place = match.end()
            yield number, match[1]

    def _unfolded(self) -> Iterator[tuple[int, str]]:
        parts: list[str] = []
        start, quoted, binary = 0, False, False
        for number, text in self._physical():
            if parts and quoted and parts[-1].endswith("="):
                parts[-1] = parts[-1][:-1]
                parts.append(text)
                continue
            if parts and text[:1] in (" ", "\t") and text.strip():
                parts.append(text.strip() if binary else text[1:])
                continue
            if not text.strip():
                continue
            if parts and binary and _BASE64_LINE.fullmatch(text):
                parts.append(text.strip())
                continue
            if parts and parse_line(text) is None and parse_line(parts[0]) is not None:
                full = len(parts[-1]) >= _FULL
                self._report("vcard-fold", "The line has no name and was joined to the line before.", number, "", text)
                parts.append(text if full else f"\\n{text}")
                continue
            if parts:
                yield start, "".join(parts)
            parts, start = [text], number
            quoted, binary = _QUOTED_PRINTABLE.match(text) is not None, _BASE64.match(text) is not None
        if parts:
            yield start, "".join(parts)

    def _decoded(self, number: int, text: str) -> ContentLine | None:
        line = parse_line(text, number)
        if line is None:
            return None
        charset = line.parameter("CHARSET")
        encoding = line.parameter("ENCODING").upper()
        if encoding == "QUOTED-PRINTABLE":
            value = self._unquoted(line, charset)
        elif self._codec:
            whole = parse_line(self._characters(text, number, charset), number)
            if whole is None:
                return None
            line, value = whole, whole.value
        else:
            value = line.value
        parameters = {key: one for key, one in line.parameters.items() if key not in ("CHARSET", "ENCODING")}
        if encoding in ("B", "BASE64"):
            parameters["ENCODING"] = ("b",)
            value = "".join(value.split())
        return ContentLine(line.name, value, parameters, line.group, number)

    def _unquoted(self, line: ContentLine, charset: str) -> str:
        raw = line.value.encode("latin-1", "replace") if self._codec else line.value.encode("utf-8", "surrogatepass")
        decoded = self._decode(binascii.a2b_qp(raw), line.number, charset, line.name)
        return decoded.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")

    def _characters(self, text: str, number: int, charset: str) -> str:
        """The characters of a line that is still bytes."""
        if not self._codec or (text.isascii() and not charset):
            return text
        return self._decode(text.encode("latin-1"), number, charset, text.partition(":")[0].partition(";")[0])

    def _decode(self, data: bytes, number: int, charset: str, name: str) -> str:
        if charset:
            # An unknown name and bytes in another encoding are decoded like a value without a charset.
            with suppress(Invalid, ValueError):
                return data.decode(text_codec(charset))
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            text = data.decode(self._fallback, "replace")
        reason = f"The bytes are no UTF-8 and were read as {self._fallback}: check the letters."
        self._report("vcard-encoding", reason, number, name, text)
        return text
