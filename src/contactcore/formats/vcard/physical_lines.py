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
from contactcore.formats.vcard.line_blocks import (
    BASE64,
    BINARY,
    BOM,
    CODINGS,
    QUOTED,
    QUOTED_PRINTABLE,
    joined,
    value_of,
    with_soft_breaks,
)
from contactcore.read_only import ReadOnlyDict

__all__ = ["LineReader", "ReadsBytes"]


class ReadsBytes(Protocol):
    """Anything that bytes are read from."""

    def read(self, size: int, /) -> bytes:
        """The next bytes, at most `size` of them; none at the end."""


Report = Callable[[str, str, int, str, str], None]
"""Receives code, reason, line, property and value."""

_START = re.compile(rb"[ \t]*+(?:[\w-]++\.)?[\w-]++[ \t]*+[;:]")
_FRAME = re.compile(rb"[ \t]*+(?:BEGIN|END)[ \t]*+:", re.IGNORECASE)
_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/]{4,}={0,2}[ \t]*")
_CHUNK = 1 << 18
_SHOWN = 100
_UNIT = 4
"""Bytes that a chunk of UTF-16 or UTF-32 is a multiple of."""
_UTF8 = frozenset(("utf-8", "utf8"))
_LONGEST_HEAD = 1 << 14
"""Bytes of a line in which its name and parameters are looked for, while it is put together."""
_FULL = 70
"""Bytes from which a line without a name counts as the rest of the line before, which lost its leading space."""


_Physical = tuple[int, int, bytes, bool]
"""The number of a line, the byte where it starts, its bytes without its end, and whether it was cut."""
_Block = tuple[int, int, bytes, bool | bytes]
r"""Such a line; or a line with the blank lines and folded parts behind it, joined by `\n`, and the file's line end."""
_NEXT_BLOCK = re.compile(rb"\n(?=[^ \t\n])")
_LARGEST_BLOCK = 1 << 21
"""Bytes that are searched for the end of a block. The rest of such a file is read line by line."""


class _Logical:
    """An unfolded line: where it starts, and its parts."""

    __slots__ = ("_head", "_headed", "_named", "line", "offset", "parts", "size", "too_long")

    def __init__(self, line: int, offset: int, part: bytes) -> None:
        self.line: int = line
        self.offset: int = offset
        self.parts = [part]
        self.size = len(part)
        self.too_long = False
        self._head, self._headed, self._named = b"", 0, False

    def add(self, part: bytes) -> None:
        """Add the next part; the parts beyond the limit are dropped."""
        self.size += len(part)
        if self.size > LONGEST_LINE:
            self.too_long = True
        else:
            self.parts.append(part)

    def is_property(self) -> bool:
        """Whether the line has a name and a colon."""
        if not self._named:
            head = self._read_head()
            if b":" not in head and len(head) > _LONGEST_HEAD:
                head = b"".join(self.parts)
            self._named = b":" in head and _START.match(head) is not None
        return self._named

    def matches(self, pattern: re.Pattern[bytes]) -> bool:
        """Whether a pattern of name and parameters matches the line."""
        return pattern.match(self._read_head()) is not None

    def _read_head(self) -> bytes:
        """The parts up to the one with the first colon.

        They are asked for again with each part of a long value. Joining all parts each time would make a file of many
        short parts quadratic.
        """
        if b":" in self._head or len(self._head) > _LONGEST_HEAD:
            return self._head
        for part in self.parts[self._headed : -1]:
            self._head += part
            self._headed += 1
            if b":" in part or len(self._head) > _LONGEST_HEAD:
                return self._head
        # A soft line break is taken off the last part when another one follows.
        return self._head + self.parts[-1]


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
        self._rest: _Block | None = None
        self._end = line, offset
        self.offset: int = offset
        self.line: int = line
        self.previous_offset: int = offset

    def lines(self) -> Iterator[ContentLine]:
        """Each content line; a line without a name and a colon has the name `""`.

        Most lines have a head that other lines have too, and the next line has a name. Such a line is whole, and costs
        one look into a table; `_slow_lines` judges all others.
        """
        fast = self._codec == "utf-8"
        heads, new = self._plain if fast else {}, tuple.__new__
        blocks = chain(self._blocks(), (None,))
        held, known = next(blocks), None
        for following in blocks:
            if held is None:
                break
            number, offset, raw, cut = held
            # Folds are spaces too, which a value in base64 loses anyway.
            whole = raw if b"\n" not in raw or (known is not None and known[3] == BINARY) else joined(raw)
            after, starts = None, following is None
            if following is not None:
                place = following[2].find(b":")
                after = heads.get(following[2][:place]) if place > 0 else None
                starts = after is not None or self._starts(following[2])
            if starts and whole is not None and cut is not True and len(raw) <= LONGEST_LINE:
                place = whole.find(b":")
                known = known or (heads.get(whole[:place]) if place > 0 else None)
                value = None
                if known is not None:
                    name, parameters, group, coding = known
                    value = value_of(coding, whole, place + 1)
                if value is not None or (b"\n" not in whole and self._is_whole(whole, place)):
                    self.line, self.offset = self._end if following is None else following[:2]
                    self.previous_offset = offset
                    if value is not None:
                        yield new(ContentLine, (name, value, parameters, group, number))
                    else:
                        yield self._decoded(number, whole)
                        if fast and whole.isascii():
                            self._learn(whole)
                    held, known = following, after
                    continue
            self._rest = following
            lines = self._group(held, blocks)
            yield from self._slow_lines(lines)
            if fast and raw.isascii():
                self._learn(raw.partition(b"\n")[0])
            held, known = self._rest, None

    @staticmethod
    def _is_whole(whole: bytes, place: int) -> bool:
        """Whether a line that begins a property ends in front of another one."""
        return place > 0 and whole[-1:] != b"=" and whole[:1] not in (b" ", b"\t") and _START.match(whole) is not None

    def _starts(self, text: bytes) -> bool:
        """Whether a block begins a property, so that no line before it goes on there."""
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
        encoding = known.parameter("ENCODING").upper()
        coding = CODINGS.get(encoding)
        if coding is None or known.parameter("CHARSET").lower() not in ("", *_UTF8):
            return
        if [bool(pattern.match(raw)) for pattern in (QUOTED_PRINTABLE, BASE64)] != [
            coding == QUOTED,
            coding == BINARY,
        ]:
            return
        if encoding or "CHARSET" in parameters:
            rest = {name: given for name, given in parameters.items() if name not in ("CHARSET", "ENCODING")}
            parameters = ReadOnlyDict({**rest, "ENCODING": ("b",)} if coding == BINARY else rest)
        if len(self._plain) >= MOST_HEADS:
            self._plain.clear()
        self._plain[raw[:place]] = known.name, parameters, known.group, coding

    def _group(self, first: _Block, blocks: Iterator[_Block | None]) -> Iterator[_Physical]:
        """The lines of a block and those behind it, up to one that begins a property, which becomes `_rest`."""
        last, following, goes_on = first, self._rest, False
        while True:
            number, offset, raw, cut = last
            if isinstance(cut, bool):
                yield number, offset, raw, cut
                goes_on = raw.endswith(b"=")
            else:
                for text in raw.split(b"\n"):
                    if goes_on or not (text.isspace() or not text):
                        whole = text.removeprefix(BOM)
                        goes_on = whole.endswith(b"=")
                        yield number, offset, whole, False
                    number += 1
                    offset += len(text) + len(cut)
            if following is None or (raw[-1:] != b"=" and self._starts(following[2])):
                break
            last, following = following, next(blocks, None)
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

    def _blocks(self) -> Iterator[_Block]:
        """Each line with the folded parts and the blank lines behind it; single lines behind an unusual line end."""
        number, offset, rest, goes_on = self.line, self.offset, b"", False
        while not self._wide:
            chunk = self._stream.read(max(_CHUNK, len(rest)))
            data = rest + chunk if rest else chunk
            if not chunk:
                rest = data
                break
            ends = data.count(b"\r\n")
            if len(data) > _LARGEST_BLOCK or data.count(b"\r") - data.endswith(b"\r") != ends:
                rest = data
                break
            if ends and ends != data.count(b"\n"):
                rest = data
                break
            text = data.translate(None, b"\r") if ends else data
            blocks = _NEXT_BLOCK.split(text)
            rest = blocks.pop()
            if ends:
                rest = rest.replace(b"\n", b"\r\n") + (b"\r" if data.endswith(b"\r") else b"")
            if b"=\n" in text:
                blocks = with_soft_breaks(blocks)
            end = b"\r\n" if ends else b"\n"
            for raw in blocks:
                yield number, offset, raw, end
                count = raw.count(b"\n") + 1
                number += count
                offset += len(raw) + (count + 1 if ends else 1)
            if blocks:
                goes_on = blocks[-1].endswith(b"=")
        yield from self._physical(number, offset, rest, goes_on=goes_on)

    def _physical(self, number: int, offset: int, rest: bytes = b"", *, goes_on: bool = False) -> Iterator[_Physical]:
        """Each line without its end.

        A blank line is left out unless it may end a value in quoted-printable.

        Args:
            number: The number of the first line.
            offset: The byte where it starts.
            rest: Bytes that were read already.
            goes_on: Whether the line before may end with a soft line break.
        """
        wide = self._wide
        for raw, cut in self._raw_lines(rest):
            if goes_on or not raw.isspace():
                # Files that were joined have a byte order mark in front of each part.
                text = raw.rstrip(b"\r\n").removeprefix(BOM)
                goes_on = text.endswith(b"=")
                yield number, offset, text, cut > 0
            number += 1
            offset += (self._size(raw) if wide else len(raw)) + cut
        self._end = number, offset

    def _raw_lines(self, first: bytes) -> Iterator[tuple[bytes, int]]:
        """Each line with its end, and the number of bytes that were taken out of it because it is too long.

        Args:
            first: Bytes that were read already.
        """
        rest, cut, start = b"", 0, b""
        for chunk in chain((first,) if first else (), self._chunks()):
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
