"""Import runs: one pass over the rows of a file, batch by batch; a preview and an import run this loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import attrs

from contactcore.formats.contact_rows.mapped_row import MappedRow
from contactcore.frozen import frozen
from contactcore.workspace.imports.batch_plan import BatchPlan
from contactcore.workspace.imports.batch_size import BatchSize
from contactcore.workspace.imports.counts import ImportCounts
from contactcore.workspace.imports.plan import Plan
from contactcore.workspace.imports.planning import BatchPlanner
from contactcore.workspace.imports.previous_run import PreviousRows, PreviousRun
from contactcore.workspace.imports.report import Progress
from contactcore.workspace.imports.row_feed import FedRow, RowFeed
from contactcore.workspace.imports.run_memory import RunMemory
from contactcore.workspace.kernel.gc_pause import gc_paused
from contactcore.workspace.kernel.transaction import Transaction

__all__ = ["Batch", "ImportRun", "ProgressCallback"]

ProgressCallback = Callable[[Progress], object]
"""A function that is called after each batch."""


_MOST_PICTURE_BYTES = 16_000_000
"""The bytes of pictures from which a batch gets no further row, so that memory does not grow with the pictures."""


@frozen
class Batch:
    """The rows that one transaction plans and stores.

    Attributes:
        rows: The mapped rows.
        last: The last row, as it was read.
        final: Whether it is the last row of the file.
        previous: The contacts of these rows in the previous run.
    """

    rows: list[MappedRow]
    last: FedRow
    final: bool
    previous: PreviousRows


@attrs.define(eq=False)
class ImportRun:
    """One pass over the rows of a file.

    Attributes:
        plan: The plan of the import.
        feed: The rows of the file.
        memory: The data of earlier batches that later batches need.
        previous: The previous run of the same import.
        progress_callback: The function that is called after each batch; None for no calls.
        size: The size of the file, in bytes.
        batch_size: The maximum number of rows of the next batch.
        id: The id of the import; `""` for a preview.
    """

    plan: Plan
    feed: RowFeed
    memory: RunMemory
    previous: PreviousRun
    progress_callback: ProgressCallback | None
    size: int
    batch_size: BatchSize
    id: str = ""

    def process(self, position: str, step: Callable[[Batch], tuple[BatchPlan, ImportCounts]]) -> int:
        """Process all rows from a position on, batch by batch.

        Args:
            position: The position of the first row; `""` for the beginning of the file.
            step: The function that plans a batch, and in an import also stores it. It returns the plan of the batch and
                the numbers of the import so far.

        Returns:
            The number of rows that were read.
        """
        read = 0
        rows = self.feed.rows(position)
        row = next(rows, None)
        while row is not None:
            # The batch is released before the collector is resumed, which would otherwise search all of it at once.
            with gc_paused():
                batch, row = self._batch(row, rows)
                plan, counts = step(batch)
                read += len(batch.rows)
                self.memory.end_batch(plan)
                offset = batch.last.offset
                # The frames that an error of a library keeps in a cycle know the list too.
                batch.rows.clear()
                del batch, plan
            if self.progress_callback is not None:
                numbers = attrs.asdict(counts)
                self.progress_callback(Progress(**numbers, bytes_read=offset, bytes_total=self.size, id=self.id))
        return read

    def plan_batch(self, transaction: Transaction, batch: Batch) -> BatchPlan:
        """The plan of one batch.

        Args:
            transaction: The transaction that reads the directory.
            batch: The batch.
        """
        return BatchPlanner(transaction, self.plan, self.memory, self.id, batch.previous).plan_rows(batch.rows)

    def _batch(self, row: FedRow, rows: Iterator[FedRow]) -> tuple[Batch, FedRow | None]:
        """The batch that begins with a row, and the first row behind it; None at the end of the file."""
        map_row = self.feed.map_row
        # A row is released when it is mapped. One row is read ahead, so that the last batch is known as the last.
        mapped: list[MappedRow] = []
        size, most = 0, self.batch_size.rows
        while True:
            mapped.append(map_row(row))
            following = next(rows, None)
            size += one.size if (one := mapped[-1].picture) is not None else 0
            if following is None or len(mapped) >= most or size >= _MOST_PICTURE_BYTES:
                return Batch(
                    mapped, row, following is None, self.previous.rows(mapped[0].number, row.number)
                ), following
            row = following
