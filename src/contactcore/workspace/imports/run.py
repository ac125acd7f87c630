"""One pass over the rows of a file, batch after batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import attrs

from contactcore.formats.contact_rows.mapped_row import MappedRow
from contactcore.formats.contact_rows.row_mapper import RowMapper
from contactcore.formats.tabular import Row
from contactcore.workspace.imports.plan import Plan
from contactcore.workspace.imports.planning import BatchPlan, BatchPlanner
from contactcore.workspace.imports.report import Progress
from contactcore.workspace.imports.staged_contacts import CompactHashMap, StagedContacts
from contactcore.workspace.kernel.gc_pause import gc_paused
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.imports import Counts, remember_placeholders

__all__ = ["Batch", "PreviousRun", "Run", "Tell"]

Tell = Callable[[Progress], object]


@attrs.frozen
class Batch:
    """Some rows that are decided on together.

    Attributes:
        rows: What was made of each.
        last: The last of them, as it was read.
        final: Whether the file ends with it.
        before: Of rows that have nothing to be found by: number, and the contact that an earlier run made of it.
    """

    rows: list[MappedRow]
    last: Row
    final: bool
    before: Mapping[int, str]


@attrs.define(eq=False)
class Run:
    """One pass over the rows of a plan.

    Attributes:
        plan: The import.
        judge: What turns its rows into contacts.
        known: What the rows so far have made.
        stubs: Companies that this import made for a person's sake.
        tell: Called after each batch.
        size: Bytes of the file.
        together: Rows of a batch.
        earlier: What a run of the same import made that was done before.
        id: Of the import; `""` for a dry run.
    """

    plan: Plan
    judge: RowMapper
    known: StagedContacts
    stubs: CompactHashMap
    tell: Tell | None
    size: int
    together: int
    earlier: PreviousRun
    id: str = ""

    def batches(self, position: str) -> Iterator[Batch]:
        """The rows behind a position, judged."""
        rows = self.plan.table.rows(after=position or None)
        row = next(rows, None)
        while row is not None:
            # Each row is let go of once it is judged, and only one is read ahead: that is how we know the last batch.
            judged = []
            with gc_paused():
                for _ in range(self.together):
                    judged.append(self.judge.map_row(row))
                    last, row = row, next(rows, None)
                    if row is None:
                        break
            yield Batch(judged, last, row is None, self.earlier.until(last.number))

    def decide(self, transaction: Transaction, batch: Batch) -> BatchPlan:
        """What becomes of the rows of one batch."""
        return BatchPlanner(transaction, self.plan, self.known, self.stubs, batch.before).decide(batch.rows)

    def done(self, decisions: BatchPlan, counts: Counts, last: Row) -> None:
        """A batch is settled: remember what later ones need, and tell."""
        remember_placeholders(self.stubs, decisions.stubs, decisions.filled)
        self.known.end_batch()
        if self.tell is not None:
            self.tell(
                Progress(
                    rows=counts.rows,
                    created=counts.created,
                    updated=counts.updated,
                    skipped=counts.skipped,
                    rejected=counts.rejected,
                    bytes_read=last.offset,
                    bytes_total=self.size,
                    id=self.id,
                )
            )


class PreviousRun:
    """What an earlier run of the same import made of rows that have nothing to be found by, told along with the file.

    Whoever does not know that an import ended, because its process was killed just then, repeats it; and even so
    nothing may be doubled (IMP-3). What has an e-mail, a phone or a company is found by that.

    Args:
        parts: Its parts, in order.

    >>> earlier = PreviousRun(iter([{"bare": [[2, "a"], [5, "b"]]}, {"bare": [[9, "c"]]}]))
    >>> earlier.until(4), earlier.until(9)
    ({2: 'a'}, {5: 'b', 9: 'c'})
    """

    def __init__(self, parts: Iterator[Mapping[str, Any]]) -> None:
        self._rows = ((number, id) for part in parts for number, id in part.get("bare", ()))
        self._next: tuple[int, str] | None = None

    def until(self, number: int) -> dict[int, str]:
        """Number and contact of each such row up to this number, without those that were told already."""
        found = {}
        self._next = self._next or next(self._rows, None)
        while self._next is not None and self._next[0] <= number:
            found[self._next[0]] = self._next[1]
            self._next = next(self._rows, None)
        return found
