"""Writing Excel workbooks in constant memory, with XlsxWriter (IMP-10)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from contactcore.errors import Invalid
from contactcore.formats.tabular.destinations import destination
from contactcore.formats.tabular.workbooks import MAKER

__all__ = ["LONGEST_CELL", "is_plain", "write_workbook"]

LONGEST_CELL = 32_000
"""Units of UTF-16 of a cell; Excel takes 32,767."""
_LONGEST_LINE = 16_000
"""Characters of a line of a text with several lines; LibreOffice breaks a line of 16,375 characters in two."""
_MOST_ROWS = 1_048_575
_MOST_COLUMNS = 16_384
_ODD = re.compile("_x[0-9A-Fa-f]{4}_|[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\ufffe\\uffff\\U0001fffe\\U0001ffff]")
"""Texts that the format cannot hold, or that a reader takes for an escape."""


def is_plain(text: str) -> bool:
    """Whether a cell of a workbook holds a text exactly.

    >>> is_plain("Bois & Fils"), is_plain("_x0041_")
    (True, False)
    """
    if len(text) > LONGEST_CELL // 2 and len(text.encode("utf-16-le", "surrogatepass")) > 2 * LONGEST_CELL:
        return False
    if len(text) > _LONGEST_LINE and "\n" in text and max(map(len, text.split("\n"))) > _LONGEST_LINE:
        return False
    return ("_x" not in text and text.isascii() and text.isprintable()) or _ODD.search(text) is None


def write_workbook(rows: Iterable[Mapping[str, str] | Sequence[str]], out: object, headers: Sequence[str]) -> int:
    """Write a table as an Excel workbook with one sheet; every cell is a text, so that nothing is run or rounded.

    Args:
        rows: Mappings header -> cell, or cells in the order of the headers.
        out: Path of a file, which is replaced when the workbook is complete, or a binary file object.
        headers: The cells of the first row.

    Returns:
        The number of rows, without the header.

    Raises:
        Invalid: `rows-too-many` for more rows or columns than a sheet has; `text-too-long` for a cell beyond
            `LONGEST_CELL` that Excel would cut; `extra-missing`; `file-unwritable`, `out`.
    """
    try:
        import xlsxwriter  # type: ignore[import-untyped]
    except ImportError:
        message = "Workbooks need XlsxWriter: pip install 'contactcore[excel]'."
        raise Invalid("extra-missing", message, path="out", facts={"extra": "excel"}) from None
    if len(headers) > _MOST_COLUMNS:
        raise Invalid("rows-too-many", f"A sheet has {_MOST_COLUMNS:,} columns. Write CSV.", path="out")
    count = 0
    with destination(out) as stream:
        book = xlsxwriter.Workbook(stream, {"constant_memory": True})
        try:
            book.set_properties({"author": MAKER})
            text = book.add_format({"num_format": "@"})
            page = book.add_worksheet("Contacts")
            page.set_column(0, max(len(headers) - 1, 0), 18, text)
            page.freeze_panes(1, 0)
            _write_row(page, 0, headers, book.add_format({"num_format": "@", "bold": True}))
            for row in rows:
                count += 1
                if count > _MOST_ROWS:
                    message = f"A sheet has {_MOST_ROWS:,} rows below its header. Write CSV, or narrow the export."
                    raise Invalid("rows-too-many", message, path="out")
                _write_row(
                    page, count, [row.get(one, "") for one in headers] if isinstance(row, Mapping) else row, text
                )
        finally:
            book.close()
    return count


def _write_row(page: Any, place: int, cells: Sequence[str], style: Any) -> None:
    for column, cell in enumerate(cells):
        if cell and page.write_string(place, column, cell, style):
            message = "A cell is longer than the 32,767 characters that Excel keeps. Write CSV."
            raise Invalid("text-too-long", message, path=f"rows[{place}]", value=cell[:200], facts={"limit": 32_767})
