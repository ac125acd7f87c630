"""From bytes to content lines: encodings, folds, quoted-printable, and damage; memory does not grow with the file.

Bytes are unfolded before they are decoded, because some programs fold in the middle of a character.
"""

from __future__ import annotations

import binascii
import codecs
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import chain
from typing import Protocol

from contactcore.errors import Invalid
from contactcore.formats.tabular.encodings import Encoding, text_codec
from contactcore.formats.vcard.content_lines import MOST_HEADS, ContentLine, HeadCache, parse_line
from contactcore.formats.vcard.limits import LONGEST_LINE
from contactcore.read_only import ReadOnlyDict

__all__ = ["BASE64", "QUOTED_PRINTABLE", "LineReader", "ReadsBytes"]


class ReadsBytes(Protocol):
    """Anything that bytes are read from."""

    def read(self, size: int, /) -> bytes:
        """The next bytes, at most `size` of them; none at the end."""


Report = Callable[[str, str, int, str, str], None]
"""Receives code, reason, line, property and value."""

_START = re.compile(rb"[ \t]*+(?:[\w-]++\.)?[\w-]++[ \t]*+[;:]")
_FRAME = re.compile(rb"[ \t]*+(?:BEGIN|END)[ \t]*+:", re.IGNORECASE)
QUOTED_PRINTABLE = re.compile(rb"[^:]*;[ \t]*(?:ENCODING[ \t]*=[ \t]*)?\"?QUOTED-PRINTABLE", re.IGNORECASE)
BASE64 = re.compile(rb"[^:]*;[ \t]*(?:ENCODING[ \t]*=[ \t]*)?\"?(?:BASE64|B)\"?[ \t]*[;:]", re.IGNORECASE)
_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/]{4,}={0,2}[ \t]*")
_BOM = b"\xef\xbb\xbf"
_CHUNK = 1 << 18
_SHOWN = 100
_UNIT = 4
"""Bytes that a chunk of UTF-16 or UTF-32 is a multiple of."""
_UTF8 = frozenset(("utf-8", "utf8"))
_LARGEST_FOLDED = 1_000_000
"""Bytes of folded lines that are joined at once."""
_FULL = 70
"""Bytes from which a line without a name counts as the rest of the line before, which lost its leading space."""


_Physical = tuple[int, int, bytes, bool]
"""The number of a line, the byte where it starts, its bytes without its end, and whether it was cut."""


def _at_most(physical: Iterator[_Physical], size: int) -> Iterator[_Physical]:
    """The lines up to a number of bytes; the rest stays in the iterator."""
    for line in physical:
        yield line
        size -= len(line[2]) + 1
        if size < 0:
            return


def _unfolded(parts: list[_Physical]) -> bytes | None:
    """The only property of lines that are its folded parts; None if there is anything else."""
    first = parts[0][2]
    size = sum([len(part[2]) + 1 for part in parts])
    if (
        _START.match(first) is None
        or first[:1] in (b" ", b"\t")
        or parts[0][3]
        or size > min(_LARGEST_FOLDED, LONGEST_LINE)
    ):
        return None
    if first[-1:] == b"=" and QUOTED_PRINTABLE.match(first) is not None:
        return _without_soft_breaks(parts)
    texts, last = [first], first
    for _, _, text, cut in parts[1:]:
        if cut or text[:1] not in (b" ", b"\t") or text.isspace() or last[-1:] == b"=":
            return None
        texts.append(text[1:])
        last = text
    whole = b"".join(texts)
    return whole if b":" in whole else None


def _without_soft_breaks(parts: list[_Physical]) -> bytes | None:
    """The only property of lines in quoted-printable; None unless each of them but the last has a soft line break."""
    texts = [text for _, _, text, _ in parts]
    if not all(texts) or any(cut for *_, cut in parts) or texts[-1][-1:] == b"=":
        return None
    if any(text[-1:] != b"=" for text in texts[:-1]):
        return None
    whole = b"".join([text[:-1] for text in texts[:-1]]) + texts[-1]
    return whole if b":" in whole else None


class _Logical:
    """An unfolded line: where it starts, and its parts."""

    __slots__ = ("line", "offset", "parts", "size", "too_long")

    def __init__(self, line: int, offset: int, part: bytes) -> None:
        self.line: int = line
        self.offset: int = offset
        self.parts = [part]
        self.size = len(part)
        self.too_long = False

    def add(self, part: bytes) -> None:
        """Add the next part; the parts beyond the limit are dropped."""
        self.size += len(part)
        if self.size > LONGEST_LINE:
            self.too_long = True
        else:
            self.parts.append(part)

    def is_property(self) -> bool:
        """Whether the line has a name and a colon."""
        first = self.parts[0] if len(self.parts) == 1 else b"".join(self.parts)
        return _START.match(first) is not None and b":" in first

    def matches(self, pattern: re.Pattern[bytes]) -> bool:
        return pattern.match(self.parts[0] if len(self.parts) == 1 else b"".join(self.parts)) is not None


class LineReader:
    """Reads the content lines of a stream of bytes.

    Args:
        stream: An open binary stream, positioned at `offset`.
        encoding: The encoding of the bytes.
        report: Called with each problem.
        text: Whether the bytes are encoded from text, so that a charset is meant for quoted-printable alone.
        offset: The byte position of `stream`.
        line: The number of the line that starts there.
        heads: The heads that an earlier reader of the same file has learned; None, the default, for none.

    Attributes:
        offset: The byte after the line that was yielded last, and after blank lines below it.
        line: The number of the line that starts there.
        previous_offset: The byte where the line starts that was yielded last.
    """

    def __init__(
        self,
        stream: ReadsBytes,
        encoding: Encoding,
        report: Report,
        *,
        text: bool = False,
        offset: int = 0,
        line: int = 1,
        heads: HeadCache | None = None,
    ) -> None:
        self._stream = stream
        self._report = report
        self._text = text
        self._wide = encoding.name if encoding.wide else ""
        certain = (encoding.bom or encoding.how == "given") and not encoding.wide
        self._codec = encoding.name if certain else "utf-8"
        self._fallback = encoding.fallback if encoding.name == "utf-8" or encoding.wide else encoding.name
        self._heads = HeadCache() if heads is None else heads
        self._plain = self._heads.plain
        self._rest: _Physical | None = None
        self._end = line, offset
        self.offset: int = offset
        self.line: int = line
        self.previous_offset: int = offset

    def lines(self) -> Iterator[ContentLine]:
        """Each content line; a line without a name and a colon has the name `""`.

        Most lines are one physical line with a head that other lines have too, and the next line has a name. Such a
        line is whole, and costs one look into a table; `_slow_lines` judges all others.
        """
        heads, new, fast = self._plain, tuple.__new__, self._codec == "utf-8"
        physical = self._physical()
        held = next(physical, None)
        while held is not None:
            number, offset, raw, cut = held
            following = next(physical, None)
            if (
                raw[-1:] != b"="
                and not cut
                and len(raw) <= LONGEST_LINE
                and (following is None or self._starts(following[2]))
            ):
                place = raw.find(b":")
                known = heads.get(raw[:place]) if fast else None
                if known is not None:
                    try:
                        value = raw[place + 1 :].decode()
                    except UnicodeDecodeError:
                        known = None
                if known is not None:
                    name, parameters, group = known
                    self.line, self.offset = self._end if following is None else following[:2]
                    self.previous_offset = offset
                    yield new(ContentLine, (name, value, parameters, group, number))
                    held = following
                    continue
                if place > 0 and raw[:1] not in (b" ", b"\t") and _START.match(raw) is not None:
                    self.line, self.offset = self._end if following is None else following[:2]
                    self.previous_offset = offset
                    yield self._decoded(number, raw)
                    if fast and raw.isascii():
                        self._learn(raw)
                    held = following
                    continue
            self._rest = following
            lines = self._group(held, physical)
            parts = list(_at_most(lines, _LARGEST_FOLDED))
            folded = _unfolded(parts) if len(parts) > 1 else None
            if folded is not None:
                self.line, self.offset = self._end if self._rest is None else self._rest[:2]
                self.previous_offset = offset
                yield self._decoded(number, folded)
            else:
                yield from self._slow_lines(chain(parts, lines))
            if fast and raw.isascii():
                self._learn(raw)
            held = self._rest

    def _starts(self, text: bytes) -> bool:
        """Whether a physical line begins a property, so that no line before it goes on there."""
        place = text.find(b":")
        if place <= 0:
            return False
        return text[:place] in self._plain or (text[:1] not in (b" ", b"\t") and _START.match(text) is not None)

    def _learn(self, raw: bytes) -> None:
        """Remember the head of a line, if nothing but its value differs in other lines with this head."""
        place = raw.find(b":")
        known = self._heads.known(raw[:place].decode()) if place > 0 and _START.match(raw) else None
        if known is None or raw[:1] in (b" ", b"\t"):
            return
        parameters = known.parameters
        if "CHARSET" in parameters and known.parameter("CHARSET").lower() in _UTF8:
            parameters = ReadOnlyDict({name: given for name, given in parameters.items() if name != "CHARSET"})
        if "ENCODING" not in parameters and "CHARSET" not in parameters:
            if len(self._plain) >= MOST_HEADS:
                self._plain.clear()
            self._plain[raw[:place]] = known.name, parameters, known.group

    def _group(self, first: _Physical, physical: Iterator[_Physical]) -> Iterator[_Physical]:
        """A physical line and those behind it, up to one that begins a property, which becomes `_rest`."""
        last, following = first, self._rest
        yield first
        while following is not None and (last[2][-1:] == b"=" or not self._starts(following[2])):
            yield following
            last, following = following, next(physical, None)
        self._rest = following

    def _slow_lines(self, physical: Iterator[_Physical]) -> Iterator[ContentLine]:
        for logical in self._joined(physical):
            number = logical.line
            raw = logical.parts[0] if len(logical.parts) == 1 else b"".join(logical.parts)
            if logical.too_long:
                reason = f"The line has more than {LONGEST_LINE:,} bytes and was left out: shorten it."
                name = raw[:20].partition(b":")[0].partition(b";")[0].decode("ascii", "replace")
                self._report("vcard-line-too-long", reason, number, name, "")
                continue
            yield self._decoded(number, raw)

    # Physical lines

    def _chunks(self) -> Iterator[bytes]:
        read = self._stream.read
        if not self._wide:
            while chunk := read(_CHUNK):
                yield chunk
            return
        decoder = codecs.getincrementaldecoder(self._wide)("replace")
        while chunk := read(_CHUNK * _UNIT):
            yield decoder.decode(chunk).encode("utf-8", "surrogatepass")
        yield decoder.decode(b"", final=True).encode("utf-8", "surrogatepass")

    def _size(self, data: bytes) -> int:
        """The size in the file of bytes that are UTF-8 here."""
        return len(data.decode("utf-8", "surrogatepass").encode(self._wide, "replace")) if self._wide else len(data)

    def _physical(self) -> Iterator[_Physical]:
        """Each line without its end.

        A blank line is left out unless it may end a value in quoted-printable.
        """
        number, offset = self.line, self.offset
        wide, goes_on = self._wide, False
        for raw, cut in self._raw_lines():
            if goes_on or not raw.isspace():
                # Files that were joined have a byte order mark in front of each part.
                text = raw.rstrip(b"\r\n").removeprefix(_BOM)
                goes_on = text.endswith(b"=")
                yield number, offset, text, cut > 0
            number += 1
            offset += (self._size(raw) if wide else len(raw)) + cut
        self._end = number, offset

    def _raw_lines(self) -> Iterator[tuple[bytes, int]]:
        """Each line with its end, and the number of bytes that were taken out of it because it is too long."""
        rest, cut, start = b"", 0, b""
        for chunk in self._chunks():
            lines = (rest + chunk if rest else chunk).splitlines(keepends=True)
            # The last line may go on, and a carriage return may be half a line end.
            rest = lines.pop() if lines and not lines[-1].endswith(b"\n") else b""
            if cut and lines:
                yield start + lines.pop(0), cut
                cut = 0
            for raw in lines:
                yield raw, 0
            if len(rest) > LONGEST_LINE:
                # Nothing but the start of an endless line is kept.
                start = start if cut else self._start_of(rest)
                cut += self._size(rest if cut else rest[len(start) :])
                rest = b""
        if rest or cut:
            yield (start + rest if cut else rest), cut

    def _start_of(self, line: bytes) -> bytes:
        end = _SHOWN
        while self._wide and line[end] & 0xC0 == 0x80:
            end -= 1  # the size of a character is that in the file
        return line[:end]

    @staticmethod
    def _unfolded(physical: Iterator[_Physical]) -> Iterator[_Logical]:
        logical: _Logical | None = None
        for number, offset, text, cut in physical:
            if logical is not None:
                last = logical.parts[-1]
                if last.endswith(b"=") and logical.matches(QUOTED_PRINTABLE):
                    logical.parts[-1] = last[:-1]
                    logical.add(text)
                    continue
                if text[:1] in (b" ", b"\t") and not text.isspace():
                    logical.add(text[1:])
                    continue
                if b":" not in text and _BASE64_LINE.fullmatch(text) and logical.matches(BASE64):
                    logical.add(text.strip())
                    continue
                if not text or text.isspace():
                    continue
                yield logical
            elif not text or text.isspace():
                continue
            logical = _Logical(number, offset, text)
            if logical.size > LONGEST_LINE or cut:
                logical.parts, logical.too_long = [text[:_SHOWN]], True
        if logical is not None:
            yield logical

    def _joined(self, physical: Iterator[_Physical]) -> Iterator[_Logical]:
        """The unfolded lines; one without a name belongs to the line before, which lost its fold."""
        held: _Logical | None = None
        for logical in self._unfolded(physical):
            if held is not None:
                if not logical.is_property() and held.is_property() and not _FRAME.match(held.parts[0]):
                    shown = b"".join(logical.parts)[:500]
                    reason = "The line has no name and was joined to the line before."
                    self._report("vcard-fold", reason, logical.line, "", shown.decode("utf-8", "replace"))
                    if len(held.parts[-1]) < _FULL:
                        held.add(b"\\n")
                    for part in logical.parts:
                        held.add(part)
                    held.too_long = held.too_long or logical.too_long
                    continue
                self.line, self.offset, self.previous_offset = logical.line, logical.offset, held.offset
                yield held
            held = logical
        if held is not None:
            self.line, self.offset = self._end if self._rest is None else self._rest[:2]
            self.previous_offset = held.offset
            yield held

    # Characters

    def _decoded(self, number: int, raw: bytes) -> ContentLine:
        try:
            text = raw.decode(self._codec) if not self._text else raw.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            text = ""
        line = self._heads.parse(text, number) if text else self._foreign(raw, number)
        if line is None:
            return ContentLine("", text or self._characters(raw, number, "", ""), number=number)
        parameters = line.parameters
        if not parameters or not ("ENCODING" in parameters or "CHARSET" in parameters):
            return line
        return self._in_its_encoding(line, raw, number)

    def _foreign(self, raw: bytes, number: int) -> ContentLine | None:
        """The property of a line whose bytes are not those of the file's encoding."""
        plain = parse_line(raw.decode("latin-1"), number)
        if plain is None:
            return None
        if plain.parameter("ENCODING").upper() == "QUOTED-PRINTABLE":
            return plain
        return parse_line(self._characters(raw, number, plain.parameter("CHARSET"), plain.name), number)

    def _in_its_encoding(self, line: ContentLine, raw: bytes, number: int) -> ContentLine:
        charset = line.parameter("CHARSET")
        encoding = line.parameter("ENCODING").upper()
        value = line.value
        parameters = {key: one for key, one in line.parameters.items() if key not in ("CHARSET", "ENCODING")}
        if encoding == "QUOTED-PRINTABLE":
            data = binascii.a2b_qp(
                value.encode("utf-8", "surrogatepass") if value.isascii() else raw[raw.find(b":") + 1 :]
            )
            value = self._characters(data, number, charset, line.name)
            value = value.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")
        elif charset and not self._text and not self._wide and not raw.isascii():
            whole = parse_line(self._characters(raw, number, charset, line.name), number)
            value = line.value if whole is None else whole.value
        if encoding in ("B", "BASE64"):
            parameters["ENCODING"] = ("b",)
            value = "".join(value.split())
        return ContentLine(line.name, value, parameters, line.group, number)

    def _characters(self, data: bytes, number: int, charset: str, name: str) -> str:
        """The characters of bytes in a charset, else in the file's encoding, else in an older code page."""
        if charset:
            # An unknown name and bytes in another encoding are decoded like a value without a charset.
            with suppress(Invalid, ValueError):
                return data.decode(text_codec(charset))
        with suppress(UnicodeDecodeError):
            return data.decode(self._codec)
        text = data.decode(self._fallback, "replace")
        reason = f"The bytes are no UTF-8 and were read as {self._fallback}: check the letters."
        self._report("vcard-encoding", reason, number, name, text)
        return text
