"""The rows of a file, one after the other, as contacts that are planned and stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from contactcore.formats.card_rows.card_mapper import CardMapper
from contactcore.formats.contact_rows.mapped_row import MappedRow
from contactcore.formats.contact_rows.table_rows import TableRows
from contactcore.formats.tabular import RawRow, Table
from contactcore.formats.vcard import ReadCard
from contactcore.mapping.index_context import IndexContext
from contactcore.workspace.imports.plan import Plan
from contactcore.workspace.imports.row_worker import RowWorker
from contactcore.workspace.matching.sent_rows import RowUnpacker, SentRow

__all__ = ["FedRow", "RowFeed"]

FedRow = RawRow | SentRow | ReadCard
"""A row as it was read, with its number, its position in the file and the byte after it."""


class RowFeed:
    """Reads the rows of the file of a plan, and maps them.

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
        self._map: Callable[[Any], MappedRow]
        mapper = plan.mapper(settings, new_id)
        if isinstance(mapper, CardMapper):
            self._map = mapper.map_row
        else:
            self._map = TableRows(plan.options, settings, new_id, mapper).mapped
            self._unpack = RowUnpacker(plan.options, new_id).mapped

    def rows(self, position: str) -> Iterator[FedRow]:
        """The rows as they were read.

        Args:
            position: The position of a row; the rows behind it follow. `""` for all rows.
        """
        table = self._plan.table
        if not isinstance(table, Table):
            yield from table.rows(after=position or None, country=self._plan.country)
        elif self._workers > 1:
            yield from self._rows_of_two(table, position)
        else:
            yield from table.raw_rows(after=position or None)

    def _rows_of_two(self, table: Table, position: str) -> Iterator[RawRow | SentRow]:
        """The rows from a second process; those that come before it is ahead, and what it leaves, from this one."""
        worker = RowWorker(self._plan.options, self._settings)
        last: RawRow | SentRow | None = None
        try:
            if worker.start(position):
                own = table.raw_rows(after=position or None)
                while not worker.is_ahead(last.number if last is not None else 0):
                    last = next(own, None)
                    if last is None:
                        return
                    yield last
                sent = worker.rows(last.number if last is not None else 0)
                try:
                    while True:
                        last = next(sent)
                        yield last
                except StopIteration as end:
                    if end.value:
                        return
        finally:
            worker.stop()
        yield from table.raw_rows(after=(last.position if last is not None else position) or None)

    def map_row(self, row: Any) -> MappedRow:
        """The contact of a row, or the reasons why it is rejected.

        Args:
            row: One of `rows`.
        """
        return self._unpack(row) if type(row) is SentRow else self._map(row)
