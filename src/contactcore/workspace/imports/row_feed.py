"""The rows of a file, one after the other, as contacts that are planned and stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from contactcore.formats.card_rows.card_mapper import CardMapper
from contactcore.formats.contact_rows.mapped_row import MappedRow
from contactcore.formats.contact_rows.plain_contacts import PlainContacts
from contactcore.formats.contact_rows.plain_rows import PlainRows
from contactcore.formats.contact_rows.row_mapper import RowMapper
from contactcore.formats.tabular import Drafter, RawRow, Row, Table
from contactcore.formats.vcard import ReadCard
from contactcore.mapping.index_context import IndexContext
from contactcore.workspace.imports.plan import Plan
from contactcore.workspace.imports.row_worker import RowWorker, SentRow, indexed_name

__all__ = ["FedRow", "RowFeed"]

FedRow = RawRow | SentRow | ReadCard
"""A row as it was read, with its number, its position in the file and the byte after it."""


class RowFeed:
    """Reads the rows of the file of a plan, and maps them.

    A plain row is mapped the quick way. Every other row, and so every fault of a cell, goes through the drafts and the
    row mapper.

    Args:
        plan: The plan of the import.
        index_context: The index context of the workspace.
        new_id: Source of ids.
        workers: The number of processes; from 2 on, a second process reads the file.
    """

    def __init__(self, plan: Plan, index_context: IndexContext, new_id: Callable[[], str], *, workers: int = 1) -> None:
        settings = index_context.settings
        self._plan = plan
        self._settings = settings
        self._workers = workers
        self._mapper = plan.mapper(settings, new_id)
        table = plan.table
        if isinstance(table, Table) and isinstance(self._mapper, RowMapper):
            self._draft = Drafter(table.mapping).draft
            self._plain = PlainRows(plan.options, settings)
            self._contacts = PlainContacts(plan.options, new_id)

    def rows(self, position: str) -> Iterator[FedRow]:
        """The rows as they were read.

        Args:
            position: The position of a row; the rows behind it follow. `""` for all rows.
        """
        table = self._plan.table
        if isinstance(table, Table):
            yield from self._rows_of_table(table, position)
        else:
            yield from table.rows(after=position or None, country=self._plan.country)

    def _rows_of_table(self, table: Table, position: str) -> Iterator[RawRow | SentRow]:
        """The rows from a second process, and what it leaves from this one."""
        if self._workers > 1:
            sent = RowWorker(self._plan.options, self._settings).rows(position)
            try:
                while True:
                    row = next(sent)
                    position = row.position
                    yield row
            except StopIteration as end:
                if end.value:
                    return
            finally:
                sent.close()
        yield from table.raw_rows(after=position or None)

    def map_row(self, row: Any) -> MappedRow:
        """The contact of a row, or the reasons why it is rejected.

        Args:
            row: One of `rows`.
        """
        if isinstance(self._mapper, CardMapper):
            return self._mapper.map_row(row)
        if isinstance(row, SentRow) and row.plain is not None:
            derive = None if row.name is None else partial(indexed_name, row.name)
            return self._contacts.mapped(row.line, row.number, row.plain, derive)
        plain = None if row.problems else self._plain.read(row.cells)
        if plain is not None:
            return self._contacts.mapped(row.line, row.number, plain)
        draft, notes = self._draft(row.line, row.cells)
        problems = (*row.problems, *notes)
        return self._mapper.map_row(Row(row.line, row.number, row.cells, draft, problems, row.offset, row.next_line))
