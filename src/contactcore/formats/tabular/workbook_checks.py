"""Checks of a workbook before a library opens it: its real size, its used area, and what a reader would leave out.

A workbook is a ZIP archive that an attacker may have written. It may unpack to more than fits into memory, and one cell
in its last row makes a reader fill the rows above with empty cells.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO
from xml.parsers import expat

import attrs

from contactcore.errors import Invalid

__all__ = [
    "LARGEST_FILE",
    "LARGEST_SHEET",
    "SheetFacts",
    "check_archive",
    "facts_of_ods",
    "facts_of_xlsx",
    "unreadable",
]

LARGEST_FILE = 200_000_000
"""Bytes of a workbook."""
LARGEST_CONTENT = 500_000_000
"""Bytes of an unpacked workbook."""
LARGEST_SHEET = 20_000_000
"""Cells of the used area of a sheet, empty ones included."""
_MOST_ENTRIES = 10_000
_CHUNK = 1 << 20
_LONGEST_TAG = 4_096

_CELL = re.compile(rb"<(?:\w+:)?c\b([^<>]*?)(/?)>")
_PLACE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row\b[^<>]*\bhidden="(?:1|true)"')
_ERROR = re.compile(rb'\bt="e"')
_NO_VALUE = re.compile(
    rb"<(?:\w+:)?f\b[^<>]*(?:/>|>[^<]*</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")


@attrs.define
class SheetFacts:
    """What the text of a sheet says and a reader of values does not.

    Attributes:
        errors: The number of cells with an error such as `#REF!`.
        formulas: The number of formulas, whose last values are read.
        unknown: The number of formulas without a value.
        hidden_rows: The number of hidden rows, which are read as all others.
    """

    errors: int = 0
    formulas: int = 0
    unknown: int = 0
    hidden_rows: int = 0


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


def _pieces(part: Any) -> Iterator[bytes]:
    """The text of a part in pieces that end before a tag."""
    rest = b""
    while chunk := part.read(_CHUNK):
        text = rest + chunk
        cut = text.rfind(b"<c", 0, -1) if len(text) > _LONGEST_TAG else -1
        cut = cut if cut > 0 else len(text)
        yield text[:cut]
        rest = text[cut:]
        if len(rest) > 4 * _CHUNK:
            yield rest
            rest = b""
    if rest:
        yield rest


def facts_of_xlsx(archive: zipfile.ZipFile, name: str) -> SheetFacts:
    """What the text of a sheet of an Excel workbook says.

    Args:
        archive: The workbook.
        name: The name of the part of the sheet.

    Raises:
        Invalid: `workbook-too-large`, `workbook-unreadable`.
    """
    facts = SheetFacts()
    first_row = first_column = 10**9
    last_row = last_column = 0
    try:
        with archive.open(name) as part:
            for text in _pieces(part):
                facts.hidden_rows += len(_HIDDEN_ROW.findall(text))
                if _FORMULA.search(text):
                    facts.formulas += len(_FORMULA.findall(text))
                    facts.unknown += len(_NO_VALUE.findall(text))
                for attributes, empty in _CELL.findall(text):
                    if empty:
                        continue
                    if b't="e"' in attributes:
                        facts.errors += 1
                    place = _PLACE.search(attributes)
                    if place is not None:
                        row, column = int(place[2]), _column(place[1])
                        first_row, last_row = min(first_row, row), max(last_row, row)
                        first_column, last_column = min(first_column, column), max(last_column, column)
    except (OSError, RuntimeError, ValueError, KeyError, zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise unreadable(str(error)) from error
    if last_row:
        _check_area((last_row - first_row + 1) * (last_column - first_column + 1))
    return facts


def _column(letters: bytes) -> int:
    """The number of a column.

    >>> _column(b"A"), _column(b"XFD")
    (1, 16384)
    """
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _check_area(cells: int) -> None:
    if cells > LARGEST_SHEET:
        message = f"The used area of the sheet has more than {LARGEST_SHEET:,} cells. Delete the cells far away, "
        raise _too_large(f"{message}or save the sheet as CSV.", cells)


def facts_of_ods(archive: zipfile.ZipFile) -> SheetFacts:  # noqa: C901 - the handlers of one parser
    """What the text of an OpenDocument workbook says of all its sheets.

    Args:
        archive: The workbook.

    Raises:
        Invalid: `workbook-too-large`, `workbook-unreadable`.
    """
    facts = SheetFacts()
    state = {"rows": 0, "width": 0, "repeat": 1, "cells": 0, "pending": 0}

    def start(tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "table":
            state.update(rows=0, width=0, pending=0)
        elif name == "table-row":
            state["repeat"] = _times(attributes, "number-rows-repeated")
            state["cells"] = 0
            facts.hidden_rows += attributes.get("table:visibility") == "collapse"
        elif name in {"table-cell", "covered-table-cell"}:
            times = _times(attributes, "number-columns-repeated")
            filled = any(key.endswith("value-type") for key in attributes)
            state["pending"] += times
            if filled:
                state["cells"] = state["pending"]
            if any(key.endswith(":formula") for key in attributes):
                facts.formulas += 1
                facts.unknown += not filled

    def end(tag: str) -> None:
        if tag.rpartition(":")[2] == "table-row":
            state["pending"] = 0
            state["rows"] += state["repeat"]
            if state["cells"]:
                state["width"] = max(state["width"], state["cells"])
                _check_area(state["rows"] * state["width"])

    def refuse(*_: object) -> None:
        raise unreadable("it defines entities of its own")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = refuse
    try:
        with archive.open("content.xml") as part:
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
        KeyError,
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
    ) as error:
        raise unreadable(str(error)) from error
    return facts


def _times(attributes: dict[str, str], name: str) -> int:
    for key, value in attributes.items():
        if key.endswith(name):
            return int(value) if value.isdecimal() and len(value) < 10 else 1
    return 1
