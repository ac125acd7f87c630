"""Workbooks: a sheet of an Excel or OpenDocument file as a source of rows, read by python-calamine (IMP-10).

The sheet is read once and written to a temporary file, a row to a line. Its rows are then read as those of a CSV file:
one at a time, from any place. Cells are typed in a workbook. Dates become `2026-01-31`, whole numbers have no point,
and truth values are `true` and `false`.
"""

from __future__ import annotations

import io
import json
import posixpath
import tempfile
import weakref
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO, cast

from contactcore.errors import Invalid, Problem
from contactcore.formats.tabular.cells import revive
from contactcore.formats.tabular.records import MAX_CELL
from contactcore.formats.tabular.sources import Source
from contactcore.formats.tabular.workbook_checks import (
    LARGEST_FILE,
    SheetFacts,
    check_archive,
    check_shared_texts,
    facts_of_ods,
    facts_of_xlsx,
    part_name,
    unreadable,
    with_plain_breaks,
)
from contactcore.formats.tabular.xls_checks import check_xls
from contactcore.frozen import frozen

__all__ = ["MAKER", "Sheet", "SheetReader", "is_workbook", "open_sheet"]

MAKER = "contactcore"
"""The author of the workbooks that an export writes. Their cells are texts as they are, without apostrophes."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IN_MEMORY = 8_000_000
_EXACT = 10**15
"""The first number that a spreadsheet rounds, because it keeps 15 digits."""


@frozen
class Sheet:
    """A sheet that was read.

    Attributes:
        name: Its name.
        source: Its rows, each a line of JSON.
        notes: Notes about the workbook as a whole.
        first: The cells of the first rows.
    """

    name: str
    source: Source
    notes: tuple[Problem, ...]
    first: tuple[tuple[str, ...], ...]


def is_workbook(sample: bytes, source: Source) -> bool:
    """Whether a file is a workbook, whatever its name says.

    Args:
        sample: The beginning of the file.
        source: The file.
    """
    if sample.startswith(_OLE):
        return True
    if not sample.startswith(b"PK\x03\x04"):
        return False
    with source.open() as stream:
        try:
            names = set(zipfile.ZipFile(stream).namelist())
        except (OSError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile):
            return b"xl/" in sample or b"opendocument.spreadsheet" in sample
    return not names.isdisjoint(("xl/workbook.xml", "xl/workbook.bin")) or (
        "content.xml" in names and b"opendocument.spreadsheet" in sample[:200]
    )


def _library() -> Any:
    try:
        import python_calamine
    except ImportError:
        message = "Workbooks need python-calamine: pip install 'contactcore[excel]'."
        raise Invalid("extra-missing", message, path="file", facts={"extra": "excel"}) from None
    return python_calamine


def open_sheet(source: Source, sheet: str | None) -> Sheet:
    """Read a sheet of a workbook.

    Args:
        source: The file.
        sheet: The name of the sheet; None for the first one that is not hidden and has rows.

    Raises:
        Invalid: `sheet-unknown`, `workbook-encrypted`, `workbook-too-large`, `workbook-unreadable`, `extra-missing`.
    """
    calamine = _library()
    with source.open() as stream:
        data = stream.read(LARGEST_FILE + 1)
    file = io.BytesIO(data)
    archive = check_archive(file, len(data)) if data[:2] == b"PK" else None
    if archive is None and len(data) > LARGEST_FILE:
        raise Invalid("workbook-too-large", f"The workbook has more than {LARGEST_FILE:,} bytes.", path="file")
    if data.startswith(_OLE):
        check_xls(data)
    is_ods = archive is not None and "content.xml" in archive.namelist()
    if archive is not None and any(part_name(name) == "xl/workbook.bin" for name in archive.namelist()):
        raise unreadable("it is a binary workbook (.xlsb), whose size cannot be checked")
    if archive is not None:
        check_shared_texts(archive)
    checked = facts_of_ods(archive) if archive is not None and is_ods else None
    opened: BinaryIO = with_plain_breaks(archive) if archive is not None and checked and checked.breaks else file
    opened.seek(0)
    workbook = _guarded(calamine, lambda: calamine.load_workbook(opened))
    metadata = list(workbook.sheets_metadata)
    names = [one.name for one in metadata if str(one.typ).endswith("WorkSheet")]
    hidden = [one.name for one in metadata if not str(one.visible).endswith(".Visible")]
    if sheet is not None and sheet not in names:
        message = f"The workbook has the sheets {', '.join(map(repr, names)) or '(none)'}. Name one of them."
        raise Invalid("sheet-unknown", message, path="sheet", value=sheet)
    candidates = [sheet] if sheet is not None else [name for name in names if name not in hidden]
    chosen, found, facts = "", None, SheetFacts()
    filled: list[str] = []
    for name in candidates:
        if archive is not None and checked is None:
            facts_here = _facts_here(archive, name, [one.name for one in metadata])
        else:
            facts_here = checked or SheetFacts()
        one = _guarded(calamine, lambda name=name: workbook.get_sheet_by_name(name))
        if found is None or (found.height == 0 and one.height):
            chosen, found, facts = name, one, facts_here
        if one.height:
            filled.append(name)
    notes = [
        *_sheet_notes(chosen, filled, hidden if sheet is None else [], _merged(found) + facts.merged),
        *_fact_notes(facts),
    ]
    ours = archive is not None and _is_ours(archive)
    rows = iter(()) if found is None else _rows(found, ours=ours)
    read: Sheet = _guarded(calamine, lambda: _spooled(chosen, rows, notes))
    return read


def _guarded(calamine: Any, act: Any) -> Any:
    """The result of an act of the library, whose errors are refusals."""
    try:
        return act()
    except (Invalid, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except calamine.PasswordError:
        message = "The workbook is encrypted. Open it in a spreadsheet program and save it without a password."
        raise Invalid("workbook-encrypted", message, path="file") from None
    except BaseException as error:  # noqa: BLE001 - a panic of the library is no Exception
        raise unreadable(str(error) or type(error).__name__) from None


def _facts_here(archive: zipfile.ZipFile, name: str, names: list[str]) -> SheetFacts:
    """The facts of a sheet, by its part of the archive. A sheet whose part is unknown cannot be checked."""
    parts = _parts(archive)
    part = dict(parts).get(name)
    if part is None and len(parts) == len(names):
        part = parts[names.index(name)][1]
    if part is None:
        raise unreadable("the parts of its sheets cannot be told apart")
    return facts_of_xlsx(archive, part)


def _parts(archive: zipfile.ZipFile) -> list[tuple[str, str | None]]:
    """The name of each sheet and its part of the archive."""
    from xml.etree import ElementTree as ET

    entries = {part_name(entry): entry for entry in archive.namelist()}
    try:
        book = archive.read(entries["xl/workbook.xml"])
        links = archive.read(entries["xl/_rels/workbook.xml.rels"])
        if b"<!DOCTYPE" in book or b"<!DOCTYPE" in links or len(book) + len(links) > _IN_MEMORY:
            return []
        # Without a document type there are no entities that could grow.
        targets = {one.get("Id"): one.get("Target", "") for one in ET.fromstring(links)}  # noqa: S314
        sheets = [one for one in ET.fromstring(book).iter() if one.tag.rpartition("}")[2] == "sheet"]  # noqa: S314
    except (LookupError, ValueError, ET.ParseError, OSError, RuntimeError, zipfile.BadZipFile):
        return []
    found: list[tuple[str, str | None]] = []
    for one in sheets:
        id = next((value for key, value in one.attrib.items() if key.endswith("}id")), None)
        target = targets.get(id, "").replace("\\", "/")
        path = posixpath.normpath(target.lstrip("/") if target.startswith("/") else f"xl/{target}")
        found.append((one.get("name", ""), entries.get(path.lower())))
    return found


def _is_ours(archive: zipfile.ZipFile) -> bool:
    try:
        return f">{MAKER}</dc:creator>".encode() in archive.read("docProps/core.xml")[:_IN_MEMORY]
    except (KeyError, OSError, RuntimeError, zipfile.BadZipFile):
        return False


def _note(code: str, message: str) -> Problem:
    return Problem(code, "", message, None, {"line": 0, "severity": "note"})


def _sheet_notes(chosen: str, filled: list[str], hidden: list[str], merged: int) -> Iterator[Problem]:
    others = [name for name in filled if name != chosen]
    if others:
        message = (
            f"Only the sheet {chosen!r} is imported. Choose another one by its name: {', '.join(map(repr, others))}."
        )
        yield _note("sheets-left-out", message)
    if hidden:
        message = f"Hidden sheets are left out: {', '.join(map(repr, hidden))}. Choose one by its name to import it."
        yield _note("sheets-hidden", message)
    if merged:
        message = f"The sheet has {merged:,} merged areas. Only the first cell of each has the value."
        yield _note("cells-merged", message)


def _merged(sheet: Any) -> int:
    """The number of merged areas of an Excel sheet; 0 for other workbooks, whose facts have it."""
    return len(getattr(sheet, "merged_cell_ranges", None) or ())


def _fact_notes(facts: SheetFacts) -> Iterator[Problem]:
    if facts.unknown:
        message = f"{facts.unknown:,} formulas have no value and are read as empty cells. "
        yield _note("formulas-without-value", f"{message}Open the file in a spreadsheet program and save it.")
    if facts.formulas > facts.unknown:
        number = facts.formulas - facts.unknown
        yield _note("formulas", f"Of {number:,} formulas the values are imported that the file holds.")
    if facts.errors:
        message = f"{facts.errors:,} cells have an error such as #REF! and are read as empty cells. Mend them there."
        yield _note("cells-with-errors", message)
    if facts.hidden_rows:
        yield _note("rows-hidden", f"{facts.hidden_rows:,} rows are hidden in the sheet. They are imported too.")
    if facts.hidden_columns:
        message = f"{facts.hidden_columns:,} columns are hidden in the sheet. They are imported too."
        yield _note("columns-hidden", message)


def _rows(sheet: Any, *, ours: bool) -> Iterator[tuple[int, list[str], list[str]]]:
    """The number of each row that is not empty, its cells, and the numbers in it that were rounded."""
    for number, row in enumerate(sheet.iter_rows(), start=1):
        rounded: list[str] = []
        cells = [_text(cell, rounded, ours=ours) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield number, cells, rounded


def _text(cell: Any, rounded: list[str], *, ours: bool) -> str:
    if isinstance(cell, str):
        # Spreadsheets keep the apostrophes that a CSV export puts before formulas.
        return cell if ours else revive(cell)
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, (int, float)):
        return _number(cell, rounded)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "seconds")
    if isinstance(cell, (date, time, timedelta)):
        return _duration(cell) if isinstance(cell, timedelta) else cell.isoformat()
    return "" if cell is None else str(cell)


def _duration(cell: timedelta) -> str:
    """A duration in hours, minutes and seconds, as a spreadsheet shows it.

    >>> _duration(timedelta(days=1, hours=12, minutes=15))
    '36:15:00'
    """
    seconds = round(cell.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _number(cell: float, rounded: list[str]) -> str:
    """A number as programs write it; one of more than 15 digits is noted.

    >>> _number(33144556677.0, []), _number(1.5, [])
    ('33144556677', '1.5')
    """
    text = str(int(cell)) if cell == cell and abs(cell) != float("inf") and cell == int(cell) else repr(cell)  # noqa: PLR0124 - NaN
    if abs(cell) >= _EXACT:
        rounded.append(text)
    return text


def _spooled(name: str, rows: Iterator[tuple[int, list[str], list[str]]], notes: list[Problem]) -> Sheet:
    spool = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed with its source
    first: list[tuple[str, ...]] = []
    for number, cells, rounded in rows:
        problems = [["number-rounded", text] for text in rounded]
        if max(map(len, cells)) > MAX_CELL:
            cells[:] = [cell[:200] if len(cell) > MAX_CELL else cell for cell in cells]
            problems.append(["cell-too-long", ""])
        if len(first) < _SAMPLED:
            first.append(tuple(cells))
        spool.write(
            json.dumps([number, cells, problems], separators=(",", ":")).encode("ascii", "surrogatepass") + b"\n"
        )
    spool.seek(0)
    kept = Source(stream=cast("BinaryIO", spool), text=True)
    weakref.finalize(kept, spool.close)
    return Sheet(name, kept, tuple(notes), tuple(first))


_SAMPLED = 200
_PROBLEMS = {
    "number-rounded": (
        "A spreadsheet keeps 15 digits of a number. Format the column as text and enter it again.",
        "note",
    ),
    "cell-too-long": (f"A cell is longer than {MAX_CELL:,} characters. Shorten it and import the row again.", "error"),
}


class SheetReader:
    """Reads the rows of a sheet, one at a time; it has the attributes of a `RecordReader`.

    Args:
        stream: The rows of the sheet, positioned at `offset`.
        offset: The position in bytes.
        line: The number of the row behind the last one.

    Attributes:
        start: The number of the row in the sheet.
        problems: Notes and errors about the row.
        offset: The position behind the row.
        line: The number of the row behind it.
    """

    def __init__(self, stream: BinaryIO, *, offset: int = 0, line: int = 1) -> None:
        self._stream = stream
        self.start: int = line
        self.problems: tuple[Problem, ...] = ()
        self.offset: int = offset
        self.line: int = line

    def __iter__(self) -> Iterator[list[str]]:
        for text in self._stream:
            number, cells, problems = json.loads(text)
            self.start, self.line = number, number + 1
            self.offset += len(text)
            self.problems = tuple(
                Problem(code, "", _PROBLEMS[code][0], value or None, {"line": number, "severity": _PROBLEMS[code][1]})
                for code, value in problems
            )
            yield cells
