"""Writing tables that spreadsheets open without running formulas, and that `read` reads back exactly (IMP-4)."""

from __future__ import annotations

import csv
import io
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO, cast

from contactcore.errors import Invalid
from contactcore.formats.tabular.cells import defuse
from contactcore.formats.tabular.destinations import destination
from contactcore.formats.tabular.detection import check_delimiter
from contactcore.formats.tabular.encodings import text_codec
from contactcore.formats.tabular.fields import REASON
from contactcore.formats.tabular.reading import Row, Table

__all__ = ["write", "write_rejects"]

_IN_MEMORY = 8_000_000
_PHONE = re.compile(r"\+[\d (). -]+")
"""A number in international form, of which a spreadsheet can make nothing worse than a number."""
_LABELS = {
    "full_name": "Full name",
    "given": "First name",
    "family": "Last name",
    "emails": "E-mail",
    "phones": "Phone",
    "websites": "Website",
}


def _cell(value: object, line: int, *, phones: bool = False) -> str:
    text = "" if value is None else str(value)
    if "\0" in text or (not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text)):
        raise Invalid(
            "text-character",
            "A cell holds NUL or half a character pair, which no table can hold. Take it out.",
            path=f"rows[{line}]",
            value=text[:200],
        )
    return text if phones and _PHONE.fullmatch(text) else defuse(text)


def write(
    rows: Iterable[Sequence[object] | Mapping[str, object]],
    out: object,
    headers: Sequence[str],
    *,
    delimiter: str = ",",
    encoding: str = "utf-8-sig",
    newline: str = "\r\n",
    phones: bool = False,
) -> int:
    r"""Write a table.

    A cell that a spreadsheet would run as a formula gets a leading apostrophe, which `read` removes. Every text is read
    back exactly, including phone numbers that begin with a plus.

    Args:
        rows: Sequences in the order of the headers, or mappings header -> cell; None is an empty cell.
        out: Path of a file, which is replaced when the table is complete, or a binary file object, which stays open.
        headers: Cells of the first line.
        delimiter: Delimiter of the cells, one character; a comma by default.
        encoding: Python codec; `"utf-8-sig"` by default, whose byte order mark lets Excel recognise UTF-8.
        newline: End of each row; `"\r\n"` by default.
        phones: Whether phone numbers in international form get no apostrophe, for programs that would keep it; False by
            default.

    Returns:
        Number of rows, without the header.

    Raises:
        Invalid: `text-character` for NUL and lone surrogates; `encoding-unable` for a character that the encoding does
            not contain; `file-unwritable`, `out`, `delimiter`, `encoding-unknown`.

    >>> out = io.BytesIO()
    >>> write([["+33 1 44", "=1+1"]], out, ["Phone", "Note"], encoding="utf-8")
    1
    >>> out.getvalue()
    b"Phone,Note\r\n'+33 1 44,'=1+1\r\n"
    """
    check_delimiter(delimiter)
    text_codec(encoding)
    count = 0
    with destination(out) as stream:
        text = io.TextIOWrapper(stream, encoding=encoding, newline="")
        try:
            writer = csv.writer(text, delimiter=delimiter, lineterminator=newline)
            quoting = csv.writer(text, delimiter=delimiter, lineterminator=newline, quoting=csv.QUOTE_ALL)
            writer.writerow([_cell(header, 0) for header in headers])
            for row in rows:
                count += 1
                cells = [row.get(header) for header in headers] if isinstance(row, Mapping) else row
                texts = [_cell(cell, count, phones=phones) for cell in cells]
                # An unquoted U+FEFF at the start of a line is read as the byte order mark of an appended file.
                (quoting if texts and texts[0][:1] == "\ufeff" else writer).writerow(texts)
            text.flush()
        except UnicodeEncodeError as error:
            raise Invalid(
                "encoding-unable",
                f"{encoding} has no {error.object[error.start]!r}. Write the file as utf-8-sig.",
                path=f"rows[{count}]",
                value=error.object[error.start],
            ) from error
        finally:
            text.detach()
    return count


def write_rejects(table: Table, rejected: Iterable[tuple[Row, str]], out: object) -> int:
    r"""Write rejected rows unchanged, with the reason in a last column (IMP-2).

    The columns, the delimiter and the encoding of the file are kept, which allows it to be corrected and imported
    again. If the encoding cannot encode a reason, UTF-8 is used. A file without a header gets a header.

    Args:
        table: Table of the rows.
        rejected: Rows with their reasons.
        out: Path of a file, or a binary file object, which stays open.

    Returns:
        Number of rows, without the header.

    Raises:
        Invalid: `file-unwritable`, `out`.

    >>> from contactcore.formats.tabular.reading import read
    >>> table, out = read("Name;E-mail\nJo;jo@\n"), io.BytesIO()
    >>> write_rejects(table, [(row, "This is no e-mail address.") for row in table], out)
    1
    >>> out.getvalue().decode()
    'Name;E-mail;Reason\nJo;jo@;This is no e-mail address.\n'
    """
    columns = list(table.detected.columns)
    if table.detected.header_line is None:
        columns = [_LABELS.get(column.field, column.header) for column in table.mapping.columns]
    has_reason = bool(columns) and columns[-1] == REASON
    if has_reason:
        columns.pop()
    width = len(columns)
    codec = table.encoding.codec

    def lines() -> Iterator[list[str]]:
        for row, reason in rejected:
            cells = row.cells[:width] + [""] * (width - len(row.cells))
            yield [*cells, reason, *row.cells[width + has_reason :]]

    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as spool, destination(out) as stream:
        plain = cast("Any", spool)
        count = write(
            lines(),
            plain,
            [*columns, REASON],
            delimiter=table.detected.delimiter,
            encoding="utf-8",
            newline="\n" if table.detected.newline == "\n" else "\r\n",
        )
        if not _can_encode(plain, codec):
            codec = "utf-8-sig"
        spool.seek(0)
        source = io.TextIOWrapper(plain, encoding="utf-8", newline="")
        target = io.TextIOWrapper(stream, encoding=codec, newline="")
        shutil.copyfileobj(source, target)
        target.detach()
        source.detach()
    return count


def _can_encode(spool: BinaryIO, codec: str) -> bool:
    spool.seek(0)
    reader = io.TextIOWrapper(spool, encoding="utf-8", newline="")
    try:
        while chunk := reader.read(1 << 18):
            chunk.encode(codec)
    except UnicodeEncodeError:
        return False
    finally:
        reader.detach()
    return True
