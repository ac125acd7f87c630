"""Bytes to records: lines with their places, quoted cells, and recovery from broken quoting.

`csv.reader` splits the lines, and this module supervises it. An unclosed quote must not swallow the file, a huge cell
must not stop the reader, and no byte may disappear: a record that needed recovery has a problem.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterator
from typing import BinaryIO

from contactcore.errors import Problem
from contactcore.formats.tabular.cells import bare_text, revive

__all__ = ["MAX_CELL", "MAX_COLUMNS", "MAX_LINE", "MAX_QUOTED_LINES", "RecordReader"]

MAX_CELL = 1_000_000
"""Characters of one cell. A row with a longer cell is refused."""
MAX_LINE = 16_000_000
"""Bytes of one physical line. A longer line is refused as a whole."""
MAX_QUOTED_LINES = 1_000
"""Physical lines of one record. A longer record has an unclosed quote."""
_MAX_QUOTED_TEXT = 1_000_000
_MAX_SEARCHED = 4_000_000
_SUSPICIOUS_LINES = 20
MAX_COLUMNS = 10_000
"""Columns of a file."""

_WIDE = {"utf-16-le": 2, "utf-16-be": 2, "utf-32-le": 4, "utf-32-be": 4}


class _RunawayError(Exception):
    """A record is longer than a quoted cell may be."""


def _problem(code: str, message: str, line: int, severity: str, value: object = None) -> Problem:
    return Problem(code, "", message, value, {"line": line, "severity": severity})


class RecordReader:
    """Reads the records of a stream of bytes, one at a time, from a given place on.

    Iteration gives the cells of each record, without the apostrophes that `write` puts before formulas. As with
    `csv.reader`, the attributes describe the record that was read last.

    Args:
        stream: An open binary stream, positioned at `offset`.
        encoding: A codec that can decode from the start of any line. The name of a wide one includes its byte order.
        fallback: The codec for lines that `encoding` cannot decode.
        delimiter: One character.
        quotechar: One character, or `""` for files without quotes.
        spaced: Whether a blank follows each delimiter, before the quotes.
        wrapped: Whether each line is one quoted cell that contains the row.
        returns: Whether lines end in carriage returns alone, as on old Macs.
        width: The number of columns; 0 if it is not known yet.
        offset: The byte position of `stream`.
        line: The number of the line that starts there.

    Attributes:
        start: The 1-based line where the record starts.
        problems: Everything that was mended or refused; `facts["severity"]` is `"error"` if the row is refused.
        offset: The byte after the record.
        line: The line after the record.
    """

    def __init__(
        self,
        stream: BinaryIO,
        *,
        encoding: str,
        fallback: str,
        delimiter: str,
        quotechar: str,
        spaced: bool = False,
        wrapped: bool = False,
        returns: bool = False,
        width: int = 0,
        offset: int = 0,
        line: int = 1,
    ) -> None:
        self._stream = stream
        self._encoding = encoding
        self._fallback = fallback
        self._delimiter = delimiter
        self._quote = quotechar
        self._spaced = spaced
        self._wrapped = wrapped
        self._delimiters = width - 1
        self._back: deque[tuple[str, int]] = deque()
        self._pending: list[tuple[str, int]] = []
        self._notes: list[Problem] = []
        self.start: int = line
        self.problems: tuple[Problem, ...] = ()
        self.offset: int = offset
        self.line: int = line
        unit = _WIDE.get(encoding)
        self._raw = self._wide_lines(unit) if unit else self._narrow_lines(returns=returns)

    def _byte_lines(self) -> Iterator[tuple[bytes, int]]:
        readline = self._stream.readline
        while raw := readline(MAX_LINE):
            size = len(raw)
            if size == MAX_LINE and not raw.endswith(b"\n"):
                while (rest := readline(MAX_LINE)) and not rest.endswith(b"\n"):
                    size += len(rest)
                self._too_long()
                yield b"\n", size + len(rest)
            else:
                yield raw, size

    def _return_lines(self) -> Iterator[tuple[bytes, int]]:
        left = b""
        lost = 0
        while chunk := self._stream.read(1 << 18):
            *lines, left = (left + chunk).split(b"\r")
            for line in lines:
                yield line + b"\r", len(line) + 1 + lost
                lost = 0
            if len(left) > MAX_LINE:
                self._too_long()
                lost += len(left)
                left = b""
        if left or lost:
            yield left or b"\r", len(left) + lost

    def _narrow_lines(self, *, returns: bool) -> Iterator[tuple[str, int]]:
        for raw, size in self._return_lines() if returns else self._byte_lines():
            codec = self._encoding
            try:
                text = raw.decode(codec)
            except UnicodeDecodeError:
                text, codec = self._mend(raw)
            if "\r" in text and text.find("\r") < len(text) - (2 if text.endswith("\r\n") else 1):
                left = size
                pieces = io.StringIO(text, newline="").readlines()
                for piece in pieces[:-1]:
                    count = len(piece.encode(codec))
                    left -= count
                    yield piece, count
                yield pieces[-1], left
            else:
                yield text, size

    def _wide_lines(self, width: int) -> Iterator[tuple[str, int]]:
        encoding = self._encoding
        rest = ""
        left = b""
        lost = 0
        while True:
            chunk = self._stream.read(1 << 18)
            data = left + chunk
            usable = len(data) // width * width if chunk else len(data)
            if usable >= width and encoding.startswith("utf-16") and chunk:
                unit = int.from_bytes(data[usable - 2 : usable], "little" if encoding.endswith("le") else "big")
                usable -= 2 if 0xD800 <= unit <= 0xDBFF else 0
            left = data[usable:]
            text = rest + self._wide_text(data[:usable], width)
            lines = io.StringIO(text, newline="").readlines()
            rest = lines.pop() if chunk and lines else ""
            for line in lines:
                yield self._whole(line), len(line.encode(encoding, "surrogatepass")) + lost
                lost = 0
            if len(rest) > MAX_LINE:
                self._too_long()
                lost += len(rest.encode(encoding, "surrogatepass"))
                rest = ""
            if not chunk:
                return

    def _wide_text(self, data: bytes, width: int) -> str:
        odd = len(data) % width
        if odd:
            self._notes.append(
                _problem("encoding", "The file ends in half a character, which was left out.", self.line, "note")
            )
        try:
            return data[: len(data) - odd].decode(self._encoding, "surrogatepass")
        except UnicodeDecodeError:
            return data[: len(data) - odd].decode(self._encoding, "replace")

    def _whole(self, line: str) -> str:
        if line.isascii() or not any("\ud800" <= char <= "\udfff" for char in line):
            return line
        self._notes.append(
            _problem("encoding", "Half a character pair was replaced by U+FFFD.", self.line, "note", line[:200])
        )
        return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in line)

    def _too_long(self) -> None:
        self._notes.append(
            _problem(
                "line-too-long",
                f"A line is longer than {MAX_LINE:,} bytes. Check the file, or split it.",
                self.line,
                "error",
            )
        )

    def _mend(self, raw: bytes) -> tuple[str, str]:
        if self._encoding == "utf-8":
            try:
                text = raw.decode("utf-8", "surrogatepass")
            except UnicodeDecodeError:
                pass
            else:
                return self._whole(text), "utf-8"
        codec = self._fallback
        try:
            text = raw.decode(codec)
        except UnicodeDecodeError:
            codec = "latin-1"
            text = raw.decode(codec)
        self._notes.append(
            _problem(
                "encoding-mixed",
                f"This line is not {self._encoding}; it was read as {codec}. Check its accents.",
                self.line,
                "note",
                text.strip()[:200],
            )
        )
        return text, codec

    def _lines(self) -> Iterator[str]:
        """Lines for the parser; they stay pending until their record is complete."""
        back, pending, raw = self._back, self._pending, self._raw
        size = 0
        while True:
            if back:
                text, count = back.popleft()
            else:
                entry = next(raw, None)
                if entry is None:
                    return
                text, count = entry
            size = size + len(text) if pending else len(text)
            pending.append((text, count))
            if len(text) > MAX_COLUMNS and len(pending) == 1 and self._is_too_wide(text):
                raise _RunawayError
            if len(pending) > 1 and (len(pending) > MAX_QUOTED_LINES or size > _MAX_QUOTED_TEXT):
                raise _RunawayError
            # Where files were concatenated, the second one begins with its byte order mark.
            yield text[1:] if text[:1] == "\ufeff" and len(pending) == 1 else text

    def _is_too_wide(self, text: str) -> bool:
        """Whether a line without quotes has too many cells. Such a line is never split as a whole."""
        return text.count(self._delimiter) >= MAX_COLUMNS and not (self._quote and self._quote in text)

    def _cut(self, cells: list[str], line: int) -> list[str]:
        """The first cells of a record that has too many. One more cell than the limit stays, as a sign."""
        message = f"The row has more than {MAX_COLUMNS:,} cells. Check the delimiter, or split the row."
        self._notes.append(_problem("row-too-wide", message, line, "error"))
        return cells[: MAX_COLUMNS + 1]

    def _reader(self, lines: Iterator[str]) -> Iterator[list[str]]:
        if self._quote:
            return csv.reader(
                lines,
                delimiter=self._delimiter,
                quotechar=self._quote,
                skipinitialspace=self._spaced,
                strict=True,
            )
        return csv.reader(lines, delimiter=self._delimiter, quoting=csv.QUOTE_NONE)

    def __iter__(self) -> Iterator[list[str]]:  # noqa: C901 - one loop, kept in one piece for speed
        reader = self._reader(self._lines())
        pending, notes = self._pending, self._notes
        while True:
            start = self.line
            try:
                cells = next(reader)
            except StopIteration:
                return
            except (csv.Error, _RunawayError):
                if not pending:
                    return
                cells = self._recover(start)
                reader = self._reader(self._lines())
            if len(pending) > _SUSPICIOUS_LINES:
                if self._swallows_rows():
                    cells = self._first_alone(start)
                    reader = self._reader(self._lines())
                else:
                    message = f"This row reaches over {len(pending)} lines; check that its quotes are right."
                    notes.append(_problem("row-of-many-lines", message, start, "note"))
            clean = True
            for text, count in pending:
                self.offset += count
                self.line += 1
                if "'" in text or "\0" in text or '="' in text:
                    clean = False
            if self._wrapped and len(cells) == 1:
                cells = self._unwrapped(cells[0])
            if len(cells) > MAX_COLUMNS:
                cells = self._cut(cells, start)
            if not clean:
                cells = self._clean(cells, start)
            pending.clear()
            self.start = start
            self.problems = tuple(notes)
            notes.clear()
            yield cells

    def _unwrapped(self, line: str) -> list[str]:
        try:
            return next(csv.reader([line], delimiter=self._delimiter, quotechar=self._quote), [])
        except csv.Error:
            return line.split(self._delimiter)

    def _clean(self, cells: list[str], line: int) -> list[str]:
        if any("\0" in cell for cell in cells):
            self._notes.append(_problem("nul-removed", "NUL characters were taken out of this row.", line, "note"))
            cells = [cell.replace("\0", "") for cell in cells]
        return [bare_text(cell) if cell[:2] == '="' else revive(cell) if "'" in cell else cell for cell in cells]

    def _pull(self) -> None:
        """Add lines while the quotes of the record are unbalanced, up to the limit of a search."""
        quote = self._quote
        odd = sum(text.count(quote) for text, _ in self._pending) % 2 if quote else 0
        size = sum(len(text) for text, _ in self._pending)
        while odd and size <= _MAX_SEARCHED:
            entry = self._back.popleft() if self._back else next(self._raw, None)
            if entry is None:
                return
            self._pending.append(entry)
            odd ^= entry[0].count(quote) % 2
            size += len(entry[0])

    def _recover(self, line: int) -> list[str]:
        """Split a record that the parser refused: the whole record if its quoting is right, else its first line."""
        first = self._pending[0][0]
        if len(self._pending) == 1 and len(first) > MAX_COLUMNS and self._is_too_wide(first):
            return first.split(self._delimiter, MAX_COLUMNS)
        self._pull()
        texts = [text for text, _ in self._pending]
        whole = _split_quoted("".join(texts), self._delimiter, self._quote)
        if len(texts) > _SUSPICIOUS_LINES and self._swallows_rows():
            whole = None
        if whole is not None and (max(map(len, whole)) > MAX_CELL or len(texts) <= MAX_QUOTED_LINES):
            if max(map(len, whole)) > MAX_CELL:
                message = f"A cell is longer than {MAX_CELL:,} characters. Shorten it and import the row again."
                self._notes.append(_problem("cell-too-long", message, line, "error"))
            return whole
        return self._first_alone(line)

    def _swallows_rows(self) -> bool:
        """Whether most of the lines inside a quoted cell look like rows of the table."""
        if self._delimiters < 1:
            return False
        inside = [text for text, _ in self._pending[1:-1]]
        alike = sum(1 for text in inside if text.count(self._delimiter) == self._delimiters)
        return alike * 2 > len(inside)

    def _first_alone(self, line: int) -> list[str]:
        """Split the first pending line alone, with its quotes as plain characters, and return the others."""
        text = self._pending[0][0].rstrip("\r\n")
        self._back.extendleft(reversed(self._pending[1:]))
        del self._pending[1:]
        if self._quote and text.count(self._quote) % 2 == 0:
            message = "A quote stands inside a quoted cell; check this row."
            self._notes.append(_problem("quote-inside", message, line, "note", text[:200]))
            try:
                return next(csv.reader([text], delimiter=self._delimiter, quotechar=self._quote), [])
            except csv.Error:
                return text.split(self._delimiter)
        message = "A quote is opened and never closed; it was read as a plain character."
        self._notes.append(_problem("unclosed-quote", message, line, "note", text[:200]))
        return text.split(self._delimiter)


def _split_quoted(text: str, delimiter: str, quote: str) -> list[str] | None:
    """The cells of one well-quoted record, however long; None if its quoting is broken."""
    text = text.removesuffix("\n").removesuffix("\r")
    cells: list[str] = []
    at = 0
    while True:
        if quote and text.startswith(quote, at):
            end = at + 1
            while (end := text.find(quote, end)) >= 0 and text.startswith(quote, end + 1):
                end += 2
            if end < 0:
                return None
            cells.append(text[at + 1 : end].replace(quote * 2, quote))
            at = end + 1
            if at < len(text) and not text.startswith(delimiter, at):
                return None
        else:
            end = text.find(delimiter, at)
            end = len(text) if end < 0 else end
            if "\n" in text[at:end]:
                return None
            cells.append(text[at:end])
            at = end
        if at >= len(text):
            return cells
        at += 1
