"""Reading an unknown table: its format is detected once, then its rows are streamed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as AnyMapping
from itertools import zip_longest
from typing import NamedTuple

import attrs

from contactcore.errors import Invalid, Problem
from contactcore.formats.drafts import Draft
from contactcore.formats.tabular.detection import SAMPLE_BYTES, Detected, Layout, detect_layout
from contactcore.formats.tabular.drafting import Drafter
from contactcore.formats.tabular.encodings import Encoding, detect_encoding, known_encoding
from contactcore.formats.tabular.fields import REASON
from contactcore.formats.tabular.mapping import Column, Mapping, read_mapping, unique_headers
from contactcore.formats.tabular.records import MAX_COLUMNS, RecordReader
from contactcore.formats.tabular.signatures import refuse_other_files
from contactcore.formats.tabular.sources import Source, source_of
from contactcore.formats.tabular.workbooks import Sheet, SheetReader, is_workbook, open_sheet
from contactcore.frozen import frozen
from contactcore.values.written_dates import assumed, order_assumed

__all__ = ["RawRow", "Row", "Table", "is_date", "read"]

_SAMPLED_ROWS = 100
_MAGIC_BYTES = 4_096
_LONGEST_SAMPLE = 10_000
_PATH = re.compile(
    r"(?:~?[\\/]|[A-Za-z]:[\\/]|\.{1,2}[\\/])?[^\n\t;,|]{0,4096}\.(?:csv|tsv|txt|tab|xls[xm]?|ods|vcf|json)|~?/\S{1,4096}"
)
_END_OF_FILE = ["\x1a"]
"""The end of a file in DOS, and in old programs to this day."""


@frozen(slots=True)
class Row:
    """One row of a table.

    Attributes:
        line: The 1-based line of the file where it starts.
        number: 1 for the first row below the header; blank rows are not counted.
        cells: The cells with their blanks, without the apostrophes that `write` puts before formulas.
        draft: The content of the row.
        problems: Notes and errors; `path` is the column, `facts["line"]` the line and `facts["severity"]` `"note"` or
            `"error"`.
        offset: The byte after the row.
        next_line: The line after it.
    """

    line: int
    number: int
    cells: list[str]
    draft: Draft
    problems: tuple[Problem, ...]
    offset: int
    next_line: int

    @property
    def refused(self) -> bool:
        """Whether the row must not be imported, because it breaks a limit."""
        return any(problem.facts.get("severity") == "error" for problem in self.problems)

    @property
    def position(self) -> str:
        """The place after this row, as a short text that can be stored, for `Table.rows(after=...)`."""
        return f"{self.offset}.{self.next_line}.{self.number}"


class RawRow(NamedTuple):
    """One row of a table, split into cells, without a draft; the attributes are those of `Row`."""

    line: int
    number: int
    cells: list[str]
    problems: tuple[Problem, ...]
    offset: int
    next_line: int

    @property
    def position(self) -> str:
        """The place after this row, for `Table.rows(after=...)`."""
        return f"{self.offset}.{self.next_line}.{self.number}"


@frozen
class Table:
    """A file of a known format. Its rows can be read from any place, and more than once.

    Attributes:
        detected: Encoding, delimiter, header and so on.
        mapping: The field of each column.
        problems: Notes about the file as a whole; never an error.
    """

    detected: Detected
    mapping: Mapping
    problems: tuple[Problem, ...]
    encoding: Encoding = attrs.field(repr=False)
    _source: Source = attrs.field(repr=False)
    _layout: Layout = attrs.field(repr=False)
    _start: tuple[int, int] = attrs.field(repr=False)

    def with_mapping(self, changes: AnyMapping[str, str]) -> Table:
        """The same table with other fields for some columns.

        Raises:
            Invalid: `mapping-header`, `mapping-field`.
        """
        return attrs.evolve(self, mapping=self.mapping.with_fields(changes))

    def sample(self, header: str) -> tuple[str, ...]:
        """The cells of a column in the first rows.

        Args:
            header: One of `detected.columns`.
        """
        index = self.detected.columns.index(header)
        rows = self._layout.records[0 if self._layout.header_record is None else 1 :][:_SAMPLED_ROWS]
        return tuple(row[index] for row in rows if index < len(row))

    def rows(self, start: int = 0, *, after: str | None = None) -> Iterator[Row]:
        r"""The rows, read one at a time; memory does not grow with the file.

        Args:
            start: The number of rows to skip. They are split into cells, and no drafts are made of them.
            after: A `Row.position`. Reading begins at that byte, and nothing before it is read.

        Raises:
            Invalid: `position` for a text that is no position.

        >>> table = read("Name\nJo\nAl\nSue\n")
        >>> first = next(table.rows())
        >>> [row.cells for row in table.rows(after=first.position)]
        [['Al'], ['Sue']]
        """
        draft_of = Drafter(self.mapping).draft
        for raw in self.raw_rows(start, after=after):
            draft, notes = draft_of(raw.line, raw.cells)
            problems = (*raw.problems, *notes) if notes else raw.problems
            yield Row(raw.line, raw.number, raw.cells, draft, problems, raw.offset, raw.next_line)

    def raw_rows(self, start: int = 0, *, after: str | None = None) -> Iterator[RawRow]:
        r"""The rows, split into cells; the arguments and the refusal are those of `rows`.

        >>> [raw.cells for raw in read("Name\nJo\nAl\n").raw_rows()]
        [['Jo'], ['Al']]
        """
        offset, line, number = (*self._start, 0) if after is None else _parse_position(after)
        with self._source.open(offset) as stream:
            records = _records(stream, self.encoding, self._layout, self.detected, offset, line)
            for cells in records:
                problems = records.problems
                if (not any(map(str.strip, cells)) and not problems) or cells == _END_OF_FILE:
                    continue
                number += 1
                if number <= start:
                    continue
                yield RawRow(records.start, number, cells, problems, records.offset, records.line)

    def __iter__(self) -> Iterator[Row]:
        return self.rows()


def _parse_position(text: str) -> tuple[int, int, int]:
    try:
        offset, line, number = map(int, text.split("."))
    except (ValueError, AttributeError):
        offset = line = number = -1
    if offset < 0 or line < 1 or number < 0:
        raise Invalid("position", "This is no position of a row. Use Row.position.", path="after", value=text)
    return offset, line, number


_IN_SHEET = Encoding("utf-8", b"", "sheet", "cp1252")
"""The encoding of the rows of a workbook, which are no text of the file."""


def _records(
    stream: object, encoding: Encoding, layout: Layout, detected: Detected, offset: int, line: int
) -> RecordReader | SheetReader:
    if encoding == _IN_SHEET:
        return SheetReader(stream, offset=offset, line=line)  # type: ignore[arg-type] # a binary file, opened by Source
    return RecordReader(
        stream,  # type: ignore[arg-type] # a binary file, opened by Source
        encoding=encoding.name,
        fallback=encoding.fallback,
        delimiter=layout.delimiter,
        quotechar=layout.quotechar,
        spaced=layout.spaced,
        wrapped=layout.wrapped,
        returns=detected.newline == "\r" and not encoding.wide,
        width=len(detected.columns),
        offset=offset,
        line=line,
    )


def _sample(source: Source, language: str, given: str | None) -> tuple[bytes, bool, Encoding]:
    """Return the beginning of the file, whether this is the whole file, and its encoding."""
    with source.open() as stream:
        sample = stream.read(SAMPLE_BYTES)
        whole = len(sample) < SAMPLE_BYTES
        accented = sample
        if not whole and sample.isascii() and given is None:
            while (chunk := stream.read(1 << 20)) and chunk.isascii():
                pass
            accented = _around_accents(chunk) or sample
    if source.text:
        return sample, whole, Encoding("utf-8", b"", "given", "cp1252")
    if given is not None:
        return sample, whole, known_encoding(given, sample, language)
    return (
        sample,
        whole,
        detect_encoding(sample if accented is sample or not accented.strip(b"\0") else accented, language),
    )


def _around_accents(chunk: bytes) -> bytes:
    """Return the lines of a chunk from the first line with a non-ASCII byte."""
    first = len(chunk) - len(chunk.lstrip(bytes(range(128))))
    return chunk[chunk.rfind(b"\n", 0, first) + 1 :][:SAMPLE_BYTES] if first < len(chunk) else b""


def _newline(text: str) -> str:
    if "\r\n" in text:
        return "\r\n"
    return "\r" if "\r" in text and "\n" not in text else "\n"


def _note(code: str, message: str) -> Problem:
    return Problem(code, "", message, None, {"line": 0, "severity": "note"})


def read(
    source: object,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    quotechar: str | None = None,
    header: bool | None = None,
    mapping: Mapping | AnyMapping[str, str] | None = None,
    language: str = "en",
    country: str | None = None,
    sheet: str | None = None,
) -> Table:
    r"""Open the table in a CSV or TSV file of unknown format, or in a workbook (IMP-1, IMP-10).

    Args:
        source: Path (`os.PathLike`), bytes, text (`str`), or a binary file object.
        encoding: Encoding of the file; None to detect it.
        delimiter: Delimiter of the file; None to detect it.
        quotechar: Quote of the file, `""` for none; None to detect it.
        header: True if the first record is the header, False if there is no header, None to detect it.
        mapping: Header -> field for some columns, or a whole `Mapping`; it overrides the detected fields.
        language: Language of the workspace (ISO 639-1); `"en"` by default.
        country: Country of the workspace (ISO 3166), which decides the order of day and month; None for unknown.
        sheet: Name of the sheet of a workbook; None for the first one that is not hidden and has rows.

    Raises:
        Invalid: `not-a-table` for other kinds of files, `too-many-columns`, `file-missing`, `file-unreadable`,
            `file-irregular`, `file-too-large`, `source`, `encoding-unknown`, `delimiter`, `quotechar`,
            `mapping-header`, `mapping-field`; `sheet-unknown`, also for a file that is no workbook;
            `workbook-encrypted`, `workbook-too-large`, `workbook-unreadable`, `extra-missing`.

    >>> table = read("Name;E-mail\nJo Doe;jo@x.fr\n")
    >>> table.detected.delimiter, [row.draft.emails[0].text for row in table]
    (';', ['jo@x.fr'])
    """
    origin = source_of(source)
    workbook = _workbook(origin, sheet)
    if workbook is not None:
        origin, whole, found, delimiter, quotechar = workbook.source, False, _IN_SHEET, ",", '"'
        text = _as_text(workbook.first)
    else:
        sample, whole, found = _sample(origin, language, encoding)
        refuse_other_files(sample, surely_text=found.wide or bool(found.bom) or found.how == "given")
        text = sample.removeprefix(found.bom).decode(found.name, "replace")
        if not whole:
            text = text[: max(text.rfind("\n"), text.rfind("\r")) + 1] or text
    layout = detect_layout(text, delimiter=delimiter, quotechar=quotechar, header=header)
    detected = Detected(
        encoding=found.codec,
        encoding_how=found.how,
        delimiter=layout.delimiter,
        quotechar=layout.quotechar,
        header_line=None,
        preamble=tuple(layout.delimiter.join(row).strip(layout.delimiter) for row in layout.preamble),
        columns=(),
        newline=_newline(text),
    )
    detected, start = _with_header(origin, found, layout, detected)
    named = layout.header_record is not None
    width = len(detected.columns)
    data = [row[:width] for row in layout.records[1 if named else 0 :][:_SAMPLED_ROWS]]
    samples = list(zip_longest(*data, fillvalue=""))
    columns = read_mapping(detected.columns, samples, language, country=country, named=named)
    if isinstance(mapping, Mapping):
        columns = columns.with_fields(mapping.as_dict())
    elif mapping:
        columns = columns.with_fields(mapping)
    notes = [*(workbook.notes if workbook else ()), *_file_notes(text, whole, layout, columns, samples)]
    if origin.text and whole and _PATH.fullmatch(text.strip()):
        notes.append(_note("text-may-be-path", "This text is read as a table, but it looks like a path. Give a Path."))
    return Table(detected, columns, tuple(notes), found, origin, layout, start)


def _workbook(origin: Source, sheet: str | None) -> Sheet | None:
    """The sheet of a workbook; None for any other file.

    Raises:
        Invalid: `sheet-unknown` if a sheet is named and the file is no workbook.
    """
    with origin.open() as stream:
        beginning = stream.read(_MAGIC_BYTES)
    if not origin.text and is_workbook(beginning, origin):
        return open_sheet(origin, sheet)
    if sheet is not None:
        raise Invalid("sheet-unknown", "Only a workbook has sheets: leave the name out.", path="sheet", value=sheet)
    return None


def _as_text(rows: Sequence[Sequence[str]]) -> str:
    """The first rows of a sheet as CSV, from which the layout is detected."""
    out = io.StringIO()
    csv.writer(out).writerows([cell[:_LONGEST_SAMPLE] for cell in row] for row in rows)
    return out.getvalue()


def _with_header(
    origin: Source, found: Encoding, layout: Layout, detected: Detected
) -> tuple[Detected, tuple[int, int]]:
    """Read the header, and return the byte and the line where the rows begin."""
    first = (len(found.bom), 1)
    above = layout.header_record if layout.header_record is not None else -1
    columns = unique_headers([])  # of a file whose rows are all empty
    with origin.open(len(found.bom)) as stream:
        records = _records(stream, found, layout, detected, *first)
        rows = iter(records)
        for _ in range(layout.sep_lines):
            next(rows, None)
            first = (records.offset, records.line)
        if layout.header_record is None:
            width = max(map(len, layout.records), default=0)
            _check_width(width)
            columns = unique_headers([""] * width)
        for cells in rows:
            if layout.header_record is None:
                break
            if any(map(str.strip, cells)):
                above -= 1
            if above < 0:
                _check_width(len(cells))
                columns = unique_headers(cells)
                first = (records.offset, records.line)
                detected = attrs.evolve(detected, header_line=records.start)
                break
    return attrs.evolve(detected, columns=columns), first


def _check_width(width: int) -> None:
    if width > MAX_COLUMNS:
        raise Invalid(
            "too-many-columns",
            f"The file has more than {MAX_COLUMNS:,} columns. Check the delimiter.",
            path="file",
            value=width,
        )


def _file_notes(
    text: str, whole: bool, layout: Layout, mapping: Mapping, samples: Sequence[Sequence[str]]
) -> Iterator[Problem]:
    if whole and not text.strip("\ufeff\0 \t\r\n"):
        yield _note("file-empty", "The file is empty: there is nothing to import.")
    elif layout.header_record is None:
        yield _note(
            "no-header", "The file has no header. Its columns were recognised by their cells: check the mapping."
        )
    elif whole and len(layout.records) < 2:
        yield _note("no-rows", "The file has a header and no rows: there is nothing to import.")
    if mapping.columns and mapping.columns[-1] == Column(REASON, "drop", "header"):
        message = f"The last column, {REASON}, has the reasons of an earlier import and is left out. Map it to keep it."
        yield _note("reasons-left-out", message)
    for column, cells in zip(mapping.columns, samples, strict=False):
        unsure = assumed(cells) if is_date(column.field) else None
        if unsure is not None:
            note = _note("date-order-assumed", order_assumed(unsure, day_first=mapping.day_first))
            yield attrs.evolve(note, path=column.header, value=unsure)


def is_date(field: str) -> bool:
    """Return whether the cells of a field are dates."""
    return field in {"birthday", "anniversary"} or (field.startswith("dates[") and not field.endswith(".label"))
