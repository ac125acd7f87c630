"""Undoing an import as a whole: a job of many short transactions (IMP-3).

Each transaction takes back some entries of the import's parts, and stores how far it got in the record of the import:
whoever repeats a killed attempt goes on there, and two who undo the same import share the work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice
from time import monotonic, sleep
from typing import Protocol, TypeVar

import attrs

from contactcore.errors import Conflict, NotFound
from contactcore.mapping.affiliations import affiliation_of
from contactcore.mapping.indexed_names import name_in
from contactcore.rules.access import may_see
from contactcore.storage import Stored
from contactcore.workspace.imports.changes import ImportChanges, load_part, load_parts, trace
from contactcore.workspace.imports.undo_report import REASONS, Kept, UndoProgress, UndoReport
from contactcore.workspace.imports.undo_steps import UndoTransaction
from contactcore.workspace.kernel.transaction import Transaction, TransactionFactory
from contactcore.workspace.repositories.imports import Job, Undoing, job_of, part_record

__all__ = ["undo_import"]

_T = TypeVar("_T")

SIZE = 200
_ATTEMPTS = 20
_NAMES_AT_ONCE = 500
_PAUSE = 0.02


class Repeated(Protocol):
    """Runs a function in a writing transaction, again when others were faster."""

    def __call__(self, function: Callable[[Transaction], _T], /) -> _T: ...


def undo_import(
    id: str, reading: TransactionFactory, repeated: Repeated, tell: Callable[[UndoProgress], object] | None = None
) -> UndoReport:
    """Undo an import, or go on where a killed attempt stopped.

    Args:
        id: Of the import.
        reading: Opens a reading transaction of the actor.
        repeated: Runs a writing transaction of the actor.
        tell: Called after each transaction.

    Raises:
        NotFound: there is no such import, or somebody else's.
    """
    with reading() as transaction:
        (stored,) = transaction.reader.get("import", [id])
        job = _seen(transaction, id, stored)
    undone_before = job.state == "undone"
    if not undone_before:
        job = _undo(_begin(id, repeated), reading, repeated, tell)
    return UndoReport(
        id=id,
        removed=job.undoing.removed,
        restored=job.undoing.restored,
        affiliations=job.undoing.affiliations,
        kept=tuple(_kept(job, reading)),
        undone_before=undone_before,
    )


def _seen(transaction: Transaction, id: str, stored: Stored | None) -> Job:
    if stored is None or not may_see(transaction.actor, stored.access):
        raise NotFound("import", id)
    return job_of(stored)


def _begin(id: str, repeated: Repeated) -> Job:
    """Stop the import, wherever it is: nothing is added to it from now on, and its file may be imported anew."""

    def begin(transaction: Transaction) -> Job:
        job = _hold(transaction, id)
        if job.state in {"undoing", "undone"}:
            return job
        return _store(transaction, attrs.evolve(job, state="undoing", undoing=Undoing(parts=job.parts, size=SIZE)))

    return repeated(begin)


def _undo(
    job: Job, reading: TransactionFactory, repeated: Repeated, tell: Callable[[UndoProgress], object] | None
) -> Job:
    traces = trace(reading, job.id, job.undoing.parts, job.undoing.size)
    while job.state != "undone":
        begun = monotonic()
        job = _again(repeated, partial(_step, id=job.id, traces=traces))
        if tell is not None:
            undoing = job.undoing
            tell(
                UndoProgress(
                    removed=undoing.removed,
                    restored=undoing.restored,
                    affiliations=undoing.affiliations,
                    done=undoing.done,
                    total=len(traces.chunks),
                )
            )
        # Where one writer at a time holds the file, whoever waits only looks now and then: leave the door open a while.
        sleep(min(_PAUSE, (monotonic() - begun) / 10))
    return job


def _again(repeated: Repeated, function: Callable[[Transaction], _T]) -> _T:
    """Run a function in transactions until nobody is faster: the next one finds what stays because of them."""
    for attempt in range(_ATTEMPTS):
        try:
            return repeated(function)
        except (Conflict, NotFound):
            if attempt == _ATTEMPTS - 1:
                raise
    raise AssertionError("every attempt returns or raises")


def _step(transaction: Transaction, id: str, traces: ImportChanges) -> Job:
    """Take back the next chunk, and tell the feed behind the last one."""
    job = _hold(transaction, id)
    if job.state == "undone":
        return job
    undoing = job.undoing
    if undoing.done < len(traces.chunks):
        chunk = traces.chunks[undoing.done]
        reversal = UndoTransaction(transaction, traces)
        reversal.undo(chunk, load_part(transaction.reader, id, chunk.part))
        undoing = attrs.evolve(
            undoing,
            done=undoing.done + 1,
            removed=undoing.removed + reversal.removed,
            restored=undoing.restored + reversal.restored,
            affiliations=undoing.affiliations + reversal.affiliations,
        )
        if reversal.kept:
            transaction.writer.insert([part_record(job, job.parts, {"kept": reversal.kept})])
            job = attrs.evolve(job, parts=job.parts + 1)
    if undoing.done >= len(traces.chunks):
        job = attrs.evolve(job, state="undone")
        transaction.publish("import.undone", id)
    return _store(transaction, attrs.evolve(job, undoing=undoing))


def _hold(transaction: Transaction, id: str) -> Job:
    with transaction.refusals(id):
        return job_of(transaction.writer.lock("import", id))


def _store(transaction: Transaction, job: Job) -> Job:
    further = attrs.evolve(job, version=job.version + 1)
    with transaction.refusals(None):
        transaction.writer.replace(further.record(), job.version)
    return further


def _kept(job: Job, reading: TransactionFactory) -> Iterator[Kept]:
    """What stayed, each once, with its name where the actor sees it."""
    told: dict[tuple[str, str], str] = {}
    for part in load_parts(reading, job.id, job.undoing.parts, job.parts):
        for kind, id, code in part.get("kept", ()):
            told.setdefault((kind, id), code)
    rest = iter(told.items())
    while page := list(islice(rest, _NAMES_AT_ONCE)):
        with reading() as transaction:
            names = {
                kind: _names(transaction, kind, [id for (one, id), _ in page if one == kind])
                for kind in ("contact", "affiliation")
            }
        for (kind, id), code in page:
            yield Kept(id, kind, names[kind].get(id, ""), REASONS[code], code)


def _names(transaction: Transaction, kind: str, ids: Iterable[str]) -> dict[str, str]:
    wanted = [
        stored
        for stored in transaction.reader.get(kind, list(ids))
        if stored is not None and may_see(transaction.actor, stored.access)
    ]
    of = {one.id: affiliation_of(one).person_id if kind == "affiliation" else one.id for one in wanted}
    people = transaction.contacts(of.values())
    language = transaction.index_context.language
    return {id: name_in(people[contact][0], language) for id, contact in of.items() if contact in people}
