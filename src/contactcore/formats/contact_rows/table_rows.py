"""The rows of a table as contacts: the quick way for plain rows, and drafts and the row mapper for all others."""

from __future__ import annotations

from collections.abc import Callable

from contactcore.formats.contact_rows.mapped_row import MappedRow
from contactcore.formats.contact_rows.mapping_options import MappingOptions
from contactcore.formats.contact_rows.plain_contacts import PlainContacts
from contactcore.formats.contact_rows.plain_rows import PlainRow, PlainRows
from contactcore.formats.contact_rows.row_mapper import RowMapper
from contactcore.formats.tabular import Drafter, RawRow, Row
from contactcore.model import Settings

__all__ = ["TableRows"]


class TableRows:
    """Maps the rows of one table.

    A plain row is mapped the quick way. Every other row, and so every fault of a cell, goes through the drafts and the
    row mapper.

    Args:
        options: The decisions of the import.
        settings: The settings of the workspace.
        new_id: Source of ids.
        mapper: The row mapper with these three.
    """

    def __init__(
        self, options: MappingOptions, settings: Settings, new_id: Callable[[], str], mapper: RowMapper
    ) -> None:
        self._draft = Drafter(options.columns.table.mapping).draft
        self._mapper = mapper
        self._plain = PlainRows(options, settings)
        self._contacts = PlainContacts(options, new_id)

    def plain(self, row: RawRow) -> PlainRow | None:
        """The content of a row; None for a row that is not plain.

        Args:
            row: The row.
        """
        return None if row.problems else self._plain.read(row.cells)

    def mapped(self, row: RawRow) -> MappedRow:
        """The contact of a row, or the reasons why it is rejected.

        Args:
            row: The row.
        """
        plain = self.plain(row)
        if plain is not None:
            return self._contacts.mapped(row.line, row.number, plain)
        return self.judged(row)

    def judged(self, row: RawRow) -> MappedRow:
        """The contact of a row that is not plain, or the reasons why it is rejected.

        Args:
            row: The row.
        """
        draft, notes = self._draft(row.line, row.cells)
        problems = (*row.problems, *notes)
        return self._mapper.map_row(Row(row.line, row.number, row.cells, draft, problems, row.offset, row.next_line))
