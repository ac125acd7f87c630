"""One pass over the rows of a file: batch after batch, the next one judged while the last one is being kept."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Generic, TypeVar

import attrs

from contactcore.formats.tabular import Row
from contactcore.workspace.collector import paused_collector
from contactcore.workspace.import_decisions import Decider, Decisions
from contactcore.workspace.import_job import Counts, remember_stubs
from contactcore.workspace.import_plan import Plan
from contactcore.workspace.import_report import Progress
from contactcore.workspace.judging import Judge, Judged
from contactcore.workspace.known_contacts import Digests, KnownContacts
from contactcore.workspace.transaction import Transaction

__all__ = ["Ahead", "Batch", "Run", "Tell"]

Tell = Callable[[Progress], object]
_T = TypeVar("_T")


@attrs.frozen
class Batch:
    """Some rows that are decided on together.

    Attributes:
        rows: What was made of each.
        last: The last of them, as it was read.
        final: Whether the file ends with it.
    """

    rows: list[Judged]
    last: Row
    final: bool


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
        id: Of the import; `""` for a dry run.
    """

    plan: Plan
    judge: Judge
    known: KnownContacts
    stubs: Digests
    tell: Tell | None
    size: int
    together: int
    id: str = ""

    def batches(self, position: str) -> Iterator[Batch]:
        """The rows behind a position, judged."""
        rows = self.plan.table.rows(after=position or None)
        row = next(rows, None)
        while row is not None:
            # Each row is let go of once it is judged, and only one is read ahead: that is how we know the last batch.
            judged = []
            with paused_collector():
                for _ in range(self.together):
                    judged.append(self.judge.judge(row))
                    last, row = row, next(rows, None)
                    if row is None:
                        break
            yield Batch(judged, last, final=row is None)

    def decide(self, transaction: Transaction, rows: list[Judged]) -> Decisions:
        """What becomes of the rows of one batch."""
        return Decider(transaction, self.plan, self.known, self.stubs).decide(rows)

    def done(self, decisions: Decisions, counts: Counts, last: Row) -> None:
        """A batch is settled: remember what later ones need, and tell."""
        remember_stubs(self.stubs, decisions.stubs, decisions.filled)
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


class Ahead(Generic[_T]):
    """An iterator whose next item can be begun in a thread of its own, while the caller waits for something else.

    A commit waits for the disk or a server and lets other threads run meanwhile, and most of what it waits for takes as
    long as judging the next batch. At most one item is made ahead, so that memory stays flat.

    Args:
        items: None of them is None; only ever advanced by one thread at a time.

    >>> with Ahead(iter("ab")) as letters:
    ...     letters.begin()
    ...     list(letters)
    ['a', 'b']
    """

    def __init__(self, items: Iterator[_T]) -> None:
        self._items = items
        self._made: _T | None = None
        self._error: BaseException | None = None
        self._begun = False
        self._left = False
        # Both are held while nothing was begun: a thread that waits already begins sooner than one that is to be made.
        self._start, self._end = threading.Lock(), threading.Lock()
        self._start.acquire()
        self._end.acquire()
        self._thread = threading.Thread(target=self._work, name="contactcore-import", daemon=True)

    def __enter__(self) -> Ahead[_T]:
        return self

    def __exit__(self, *_: object) -> None:
        # An interrupt from the keyboard may have come anywhere, so that nothing is known of the locks but what is seen.
        self._left = True
        with suppress(RuntimeError):  # what was begun last has not been taken up yet, and now it never will be
            self._start.release()
        if self._thread.is_alive():
            self._thread.join()

    def __iter__(self) -> Iterator[_T]:
        return self

    def __next__(self) -> _T:
        """The next item, made here unless it was begun.

        Raises:
            StopIteration: there is none.
        """
        if not self._begun:
            return next(self._items)
        self._end.acquire()
        self._begun = False
        made, error, self._made, self._error = self._made, self._error, None, None
        if error is not None:
            raise error
        if made is None:
            raise StopIteration
        return made

    def begin(self) -> None:
        """Begin the next item, unless that was done already; where no thread can be had it is made when asked for."""
        if self._begun:
            return
        if not self._thread.is_alive():
            try:
                self._thread.start()
            except RuntimeError:
                return
        self._begun = True
        self._start.release()

    def _work(self) -> None:
        while self._start.acquire() and not self._left:
            try:
                self._made = next(self._items, None)
            except BaseException as error:  # noqa: BLE001 - it is raised again where the item is asked for
                self._error = error
            self._end.release()
