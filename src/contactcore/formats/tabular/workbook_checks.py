"""Checks of a workbook before a library opens it: its real size, its used area, and what a reader would leave out.

A workbook is a ZIP archive that an attacker may have written. It may unpack to more than fits into memory, and one cell
in its last row makes a reader fill the rows above with empty cells.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from array import array
from collections.abc import Sequence
from typing import Any, BinaryIO
from xml.parsers import expat

import attrs

from contactcore.errors import Invalid

__all__ = [
    "LARGEST_FILE",
    "LARGEST_SHEET",
    "SheetFacts",
    "check_archive",
    "check_area",
    "check_shared_texts",
    "facts_of_ods",
    "facts_of_xlsx",
    "part_name",
    "unreadable",
    "with_plain_breaks",
]

LARGEST_FILE = 200_000_000
"""Bytes of a workbook."""
LARGEST_CONTENT = 500_000_000
"""Bytes of an unpacked workbook."""
LARGEST_SHEET = 20_000_000
"""Cells of the used area of a sheet, empty ones included."""
_MOST_ENTRIES = 10_000
_CHUNK = 1 << 20
_DIGITS = 10
"""The first number of digits that no count or place of a sheet has."""
_ENDLESS = 10**_DIGITS
"""A count that cannot be read. A reader may take it for any number."""
_LAST_COLUMN = 1_024
_ROWS, _COLUMNS = 1_048_576, 16_384
"""The grid of a sheet of Excel."""

_PLACE = re.compile(r"([A-Za-z]{1,3})0*+([0-9]{1,7})")
_ITEM_END = b"</si>"
_BREAK = re.compile(rb"<(?:[\w-]+:)?(tab|line-break)(?:\s[^<>]*)?(?:/>|></(?:[\w-]+:)?(?:tab|line-break)>)")
_YES = frozenset(("1", "true"))


@attrs.define
class SheetFacts:
    """The facts in the text of a sheet that a reader of values does not report.

    Attributes:
        errors: The number of cells with an error such as `#REF!`.
        formulas: The number of formulas, whose last values are read.
        unknown: The number of formulas without a value.
        hidden_rows: The number of hidden rows, which are read as all others.
        hidden_columns: The number of hidden columns, which are read as all others.
        merged: The number of merged areas of an OpenDocument workbook; the reader knows those of an Excel workbook.
        breaks: Whether an OpenDocument workbook has tabs or line breaks that the reader leaves out.
    """

    errors: int = 0
    formulas: int = 0
    unknown: int = 0
    hidden_rows: int = 0
    hidden_columns: int = 0
    merged: int = 0
    breaks: bool = False


def _too_large(message: str, value: object = None) -> Invalid:
    return Invalid("workbook-too-large", message, path="file", value=value)


def unreadable(reason: str) -> Invalid:
    """The refusal of a damaged workbook.

    Args:
        reason: The reason, in the words of a library.
    """
    message = f"The workbook cannot be read: {reason[:200]}. Open it in a spreadsheet program and save it again."
    return Invalid("workbook-unreadable", message, path="file")


def check_archive(stream: BinaryIO, size: int) -> zipfile.ZipFile:
    """The archive of a workbook, after its real size is measured without keeping it.

    Args:
        stream: The file.
        size: Its size in bytes.

    Raises:
        Invalid: `workbook-too-large`, `workbook-unreadable`.
    """
    if size > LARGEST_FILE:
        raise _too_large(f"The workbook has more than {LARGEST_FILE:,} bytes. Save the sheet as CSV.", size)
    try:
        archive = zipfile.ZipFile(stream)
        entries = archive.infolist()
        if len(entries) > _MOST_ENTRIES:
            raise _too_large(f"The workbook has more than {_MOST_ENTRIES:,} parts.", len(entries))
        if len({part_name(entry.filename) for entry in entries}) < len(entries):
            raise unreadable("it has two parts of one name, of which every reader chooses another one")
        total = sum(_real_size(stream, entry) for entry in entries)
    except (OSError, RuntimeError, NotImplementedError, ValueError, zipfile.BadZipFile, zlib.error, EOFError) as error:
        if isinstance(error, Invalid):
            raise
        raise unreadable(str(error)) from error
    if total > LARGEST_CONTENT:
        raise _too_large(f"The workbook unpacks to more than {LARGEST_CONTENT:,} bytes. Save the sheet as CSV.")
    return archive


def _real_size(stream: BinaryIO, entry: zipfile.ZipInfo) -> int:
    """The size of an unpacked part. The archive may say less than it holds, so the part is unpacked."""
    if entry.flag_bits & 1:
        raise unreadable("it is encrypted")
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise unreadable("its compression is not that of workbooks")
    if entry.compress_type == zipfile.ZIP_STORED:
        return entry.compress_size
    stream.seek(entry.header_offset + 26)
    lengths = stream.read(4)
    stream.seek(int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little"), 1)
    left, size, unpacker = entry.compress_size, 0, zlib.decompressobj(-15)
    while left > 0 and not unpacker.eof:
        data = stream.read(min(left, _CHUNK))
        if not data:
            break
        left -= len(data)
        while data:
            size += len(unpacker.decompress(data, _CHUNK))
            data = unpacker.unconsumed_tail
            if size > LARGEST_CONTENT:
                raise _too_large(f"The workbook unpacks to more than {LARGEST_CONTENT:,} bytes. Save the sheet as CSV.")
    return size


def _parsed(archive: zipfile.ZipFile, name: str, parser: Any) -> None:
    """Parse a part of the archive with the handlers of a parser; a part with a document type is refused."""

    def refuse(*_: object) -> None:
        raise unreadable("it defines entities of its own")

    parser.StartDoctypeDeclHandler = refuse
    try:
        with archive.open(name) as part:
            while chunk := part.read(_CHUNK):
                parser.Parse(chunk, False)  # noqa: FBT003 - an argument of expat
            parser.Parse(b"", True)  # noqa: FBT003 - an argument of expat
    except Invalid:
        raise
    except (
        expat.ExpatError,
        OSError,
        RuntimeError,
        ValueError,
        LookupError,  # a part that is not there, or names an encoding that nobody knows
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
    ) as error:
        raise unreadable(str(error)) from error


class _SheetScan:
    """Handlers of a parser that reads a sheet of an Excel workbook.

    Args:
        lengths: The lengths of the shared texts, whose sum over all cells is limited; empty, the default, for no sum.
    """

    def __init__(self, lengths: Sequence[int] = ()) -> None:
        self.facts = SheetFacts()
        self.shared = 0
        self._lengths = lengths
        self._characters = 0
        self._row = self._column = 0
        self._rows = [10**9, 0]
        self._columns = [10**9, 0]
        self._filled = self._is_shared = self._has_formula = False
        self._depth = ""
        self._value = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "c":
            self._cell(attributes)
        elif name in {"v", "f", "is"}:
            self._filled = True
            self._depth, self._value = name, ""
            if name == "f":
                self.facts.formulas += 1
                self._has_formula = True
        elif name == "row":
            number = attributes.get("r")
            self._row = self._row + 1 if number is None else _number(number)
            self._column = 0
            self._check_place()
            self.facts.hidden_rows += attributes.get("hidden") in _YES
        elif name == "col" and attributes.get("hidden") in _YES:
            first, last = (_times(attributes, end) for end in ("min", "max"))
            # A column to the end of the sheet is the rest of it, which has no cells.
            self.facts.hidden_columns += last - first + 1 if first <= last < _LAST_COLUMN else 1

    def _cell(self, attributes: dict[str, str]) -> None:
        text = attributes.get("r")
        if text is None:
            self._column += 1
        else:
            place = _PLACE.fullmatch(text)
            if place is None:
                raise unreadable("a cell has no place that a sheet has")
            self._row, self._column = int(place[2]), _column(place[1].upper().encode())
        self._check_place()
        self._filled = self._has_formula = False
        self._value = ""
        kind = attributes.get("t")
        self._is_shared = kind == "s"
        self.facts.errors += kind == "e"

    def _check_place(self) -> None:
        # A reader fills the rows above, and ends the process where there is no memory for them.
        if self._row > _ROWS or self._column > _COLUMNS:
            raise unreadable("a cell lies outside of the rows and columns that a sheet has")

    def data(self, text: str) -> None:
        if self._depth == "v":
            self._value += text

    def end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name == "c" and self._filled:
            self._rows = [min(self._rows[0], self._row), max(self._rows[1], self._row)]
            self._columns = [min(self._columns[0], self._column), max(self._columns[1], self._column)]
            self.facts.unknown += self._has_formula and not self._value
            if self._is_shared:
                self._add_shared()
        elif name in {"v", "f", "is"}:
            self._depth = ""

    def _add_shared(self) -> None:
        self.shared += 1
        number = self._value.strip()
        if self._lengths and number.isdecimal() and len(number) < _DIGITS and int(number) < len(self._lengths):
            self._characters += self._lengths[int(number)]
            _check_text(self._characters)

    def check(self) -> None:
        if self._rows[1]:
            height, width = self._rows[1] - self._rows[0] + 1, self._columns[1] - self._columns[0] + 1
            check_area(height * width)


def facts_of_xlsx(archive: zipfile.ZipFile, name: str) -> SheetFacts:
    """The facts in the text of a sheet of an Excel workbook.

    Args:
        archive: The workbook.
        name: The name of the part of the sheet.

    Raises:
        Invalid: `workbook-too-large`, `workbook-unreadable`.
    """
    scan = _scanned(archive, name, _SheetScan())
    part = _shared_texts(archive)
    # A text that the workbook holds once is copied into each cell that shows it.
    if part is not None and scan.shared * _longest(archive, part) > LARGEST_CONTENT:
        _scanned(archive, name, _SheetScan(_lengths(archive, part)))
    return scan.facts


def _scanned(archive: zipfile.ZipFile, name: str, scan: _SheetScan) -> _SheetScan:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = scan.start, scan.end
    parser.CharacterDataHandler = scan.data
    _parsed(archive, name, parser)
    scan.check()
    return scan


def check_shared_texts(archive: zipfile.ZipFile) -> None:
    """Refuse a workbook that says that it has more shared texts than any sheet has cells.

    A reader makes room for all of them before it reads the first one, and ends the process where there is no memory.

    Args:
        archive: The workbook.

    Raises:
        Invalid: `workbook-unreadable`.
    """
    counts = [0]

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "sst":
            counts.extend(_number(value) for key, value in attributes.items() if key.lower().endswith("count"))

    name = _shared_texts(archive)
    if name is not None:
        parser = expat.ParserCreate()
        parser.StartElementHandler = start
        _parsed(archive, name, parser)
    if max(counts) > LARGEST_SHEET:
        raise unreadable("it says that it has more texts than it can have")


def _shared_texts(archive: zipfile.ZipFile) -> str | None:
    return next((name for name in archive.namelist() if part_name(name) == "xl/sharedstrings.xml"), None)


def part_name(entry: str) -> str:
    """The name of a part, of which readers compare neither the case nor the kind of the slashes.

    Args:
        entry: The name of an entry of the archive.
    """
    return entry.replace("\\", "/").lower()


def _longest(archive: zipfile.ZipFile, name: str) -> int:
    """A length that no shared text exceeds."""
    longest, rest = 0, b""
    try:
        with archive.open(name) as part:
            while chunk := part.read(_CHUNK):
                *items, rest = (rest + chunk).split(_ITEM_END)
                longest = max(longest, len(rest), *map(len, items))
                if longest > 4 * _CHUNK:
                    return LARGEST_CONTENT
    except (OSError, RuntimeError, ValueError, KeyError, zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise unreadable(str(error)) from error
    return longest


def _lengths(archive: zipfile.ZipFile, name: str) -> Sequence[int]:
    """The length of each shared text."""
    lengths = array("Q")

    def start(tag: str, _: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "si":
            lengths.append(0)

    def data(text: str) -> None:
        if lengths:
            lengths[-1] += len(text)

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.CharacterDataHandler = start, data
    _parsed(archive, name, parser)
    return lengths


def _column(letters: bytes) -> int:
    """The number of a column.

    >>> _column(b"A"), _column(b"XFD")
    (1, 16384)
    """
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _check_text(characters: int) -> None:
    if characters > LARGEST_CONTENT:
        message = f"The cells of the sheet have more than {LARGEST_CONTENT:,} characters. Save the sheet as CSV."
        raise _too_large(message, characters)


def check_area(cells: int) -> None:
    """Refuse a sheet with more cells than `LARGEST_SHEET`.

    Args:
        cells: The number of cells of the used area.

    Raises:
        Invalid: `workbook-too-large`.
    """
    if cells > LARGEST_SHEET:
        message = f"The used area of the sheet has more than {LARGEST_SHEET:,} cells. Delete the cells far away, "
        raise _too_large(f"{message}or save the sheet as CSV.", cells)


def facts_of_ods(archive: zipfile.ZipFile) -> SheetFacts:  # noqa: C901 - the handlers of one parser
    """The facts in the text of an OpenDocument workbook about all its sheets.

    Args:
        archive: The workbook.

    Raises:
        Invalid: `workbook-too-large`, `workbook-unreadable`.
    """
    facts = SheetFacts()
    state = {"rows": 0, "width": 0, "repeat": 1, "cells": 0, "pending": 0, "times": 1, "text": 0, "row": 0, "all": 0}

    def start(tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "table":
            state.update(rows=0, width=0, pending=0)
        elif name == "table-column":
            if attributes.get("table:visibility") == "collapse":
                facts.hidden_columns += _times(attributes, "number-columns-repeated")
        elif name == "table-row":
            state.update(repeat=_times(attributes, "number-rows-repeated"), cells=0, row=0)
            facts.hidden_rows += attributes.get("table:visibility") == "collapse"
        elif name in _ODS_CELLS:
            times = _times(attributes, "number-columns-repeated")
            filled = any(key.endswith("value-type") for key in attributes)
            text = sum(len(value) for key, value in attributes.items() if key.endswith("-value"))
            state.update(pending=state["pending"] + times, times=times, text=text)
            if filled:
                state["cells"] = state["pending"]
            if any(key.endswith(":formula") for key in attributes):
                facts.formulas += 1
                facts.unknown += not filled
            facts.errors += attributes.get("calcext:value-type") == "error"
            facts.merged += any(_times(attributes, f"number-{side}-spanned") > 1 for side in ("columns", "rows"))
        elif name == "s":
            state["text"] += _times(attributes, ":c")
            _check_text(state["text"])
        elif name in {"tab", "line-break"}:
            facts.breaks = True

    def data(text: str) -> None:
        state["text"] += len(text)

    def end(tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name in _ODS_CELLS:
            state["row"] += state["text"] * state["times"]
        elif name == "table-row":
            state["pending"] = 0
            state["rows"] += state["repeat"]
            state["all"] += state["row"] * state["repeat"]
            _check_text(state["all"])
            if state["cells"]:
                state["width"] = max(state["width"], state["cells"])
                check_area(state["rows"] * state["width"])

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, data
    _parsed(archive, "content.xml", parser)
    return facts


_ODS_CELLS = frozenset(("table-cell", "covered-table-cell"))


def with_plain_breaks(archive: zipfile.ZipFile) -> BinaryIO:
    """An OpenDocument workbook whose tabs and line breaks are characters, because the reader leaves out their tags.

    Args:
        archive: The workbook.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy:
        for entry in archive.infolist():
            with archive.open(entry) as part, copy.open(entry.filename, "w", force_zip64=True) as target:
                rest = b""
                while chunk := part.read(_CHUNK):
                    text = rest + chunk
                    cut = len(text) if entry.filename != "content.xml" or len(text) > 2 * _CHUNK else text.rfind(b"<")
                    target.write(_BREAK.sub(_character, text[:cut]) if entry.filename == "content.xml" else text[:cut])
                    rest = text[cut:]
                target.write(rest)
    out.seek(0)
    return out


def _character(match: re.Match[bytes]) -> bytes:
    return b"&#9;" if match[1] == b"tab" else b"&#10;"


def _times(attributes: dict[str, str], name: str) -> int:
    # Two attributes may have the name in different namespaces, and only one of them counts.
    return max((_number(value) for key, value in attributes.items() if key.endswith(name)), default=1)


def _number(text: str) -> int:
    """The number in an attribute; `_ENDLESS` for anything else.

    >>> _number("12"), _number("+12") == _number("4000000000") == _ENDLESS
    (12, True)
    """
    return int(text) if text.isascii() and text.isdecimal() and len(text) < _DIGITS else _ENDLESS
