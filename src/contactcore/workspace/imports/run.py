"""One pass over the rows of a file, batch after batch: a dry run and a run are the same loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import attrs

from contactcore.formats.contact_rows.mapped_row import MappedRow
from contactcore.formats.contact_rows.row_mapper import RowMapper
from contactcore.formats.tabular import Row
from contactcore.workspace.imports.counts import ImportCounts
from contactcore.workspace.imports.plan import Plan
from contactcore.workspace.imports.planning import BatchPlan, BatchPlanner, RunMemory
from contactcore.workspace.imports.report import Progress
from contactcore.workspace.kernel.gc_pause import gc_paused
from contactcore.workspace.kernel.transaction import Transaction

__all__ = ["Batch", "ImportRun", "PreviousRun", "ProgressCallback"]

ProgressCallback = Callable[[Progress], object]


@attrs.frozen
class Batch:
    """Some rows that are planned and stored together.

    Attributes:
        rows: The mapped rows.
        last: The last of them, as it was read.
        final: Whether the file ends with it.
        previous: Number of each unkeyed row -> the contact that the previous run of the import made of it.
    """

    rows: list[MappedRow]
    last: Row
    final: bool
    previous: Mapping[int, str]


@attrs.define(eq=False)
class ImportRun:
    """One pass over the rows of a plan.

    Attributes:
        plan: The import.
        mapper: Turns its rows into contacts.
        memory: What later rows must know of earlier ones.
        previous: The contacts that the previous run of the same import made.
        progress: Called after each batch; None for no calls.
        size: Bytes of the file.
        batch_size: Rows of a batch.
        id: The id of the import; `""` for a dry run.
    """

    plan: Plan
    mapper: RowMapper
    memory: RunMemory
    previous: PreviousRun
    progress: ProgressCallback | None
    size: int
    batch_size: int
    id: str = ""

    def go(self, position: str, step: Callable[[Batch], tuple[BatchPlan, ImportCounts]]) -> int:
        """Take the rows behind a position through a step, batch after batch.

        Args:
            position: Where the first row begins; `""` for the beginning of the file.
            step: Plans a batch, and stores it where this is no dry run; returns the plan, and the numbers so far.

        Returns:
            The number of rows.
        """
        read = 0
        for batch in self._batches(position):
            with gc_paused():
                plan, counts = step(batch)
            read += len(batch.rows)
            self.memory.end_batch(plan)
            if self.progress is not None:
                numbers = attrs.asdict(counts)
                self.progress(Progress(**numbers, bytes_read=batch.last.offset, bytes_total=self.size, id=self.id))
        return read

    def planned(self, transaction: Transaction, batch: Batch) -> BatchPlan:
        """The plan of one batch, from the directory as the transaction sees it."""
        return BatchPlanner(transaction, self.plan, self.memory, self.id, batch.previous).plan_rows(batch.rows)

    def _batches(self, position: str) -> Iterator[Batch]:
        rows = self.plan.table.rows(after=position or None)
        row = next(rows, None)
        while row is not None:
            # A row is released once it is mapped. One row is read ahead, to know which batch is the last.
            mapped = []
            with gc_paused():
                for _ in range(self.batch_size):
                    mapped.append(self.mapper.map_row(row))
                    last, row = row, next(rows, None)
                    if row is None:
                        break
            yield Batch(mapped, last, row is None, self.previous.until(last.number))


class PreviousRun:
    """The contacts that a finished run of the same import made of unkeyed rows, read along with the file.

    A caller whose process was killed as the import ended cannot know that it did, and repeats it. Nothing may be made
    twice then (IMP-3). A row with an e-mail, a phone or a company is found by these; an unkeyed row by its number.

    Args:
        parts: The parts of that run, in order.

    >>> previous = PreviousRun(iter([{"unkeyed": [[2, "a"], [5, "b"]]}, {"unkeyed": [[9, "c"]]}]))
    >>> previous.until(4), previous.until(9)
    ({2: 'a'}, {5: 'b', 9: 'c'})
    """

    def __init__(self, parts: Iterator[Mapping[str, Any]]) -> None:
        self._rows = ((number, id) for part in parts for number, id in part.get("unkeyed", ()))
        self._next: tuple[int, str] | None = None

    def until(self, number: int) -> dict[int, str]:
        """Number and contact of each such row up to this number, without those that were given already."""
        found = {}
        self._next = self._next or next(self._rows, None)
        while self._next is not None and self._next[0] <= number:
            found[self._next[0]] = self._next[1]
            self._next = next(self._rows, None)
        return found
