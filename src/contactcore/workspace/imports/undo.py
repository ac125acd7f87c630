"""Undoing an import as a whole: a job of many short transactions (IMP-3).

Each transaction takes back some entries of the import's parts, and stores how far it got in the job of the import. A
caller who repeats a killed attempt goes on there, and two who undo the same import share the work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import islice
from time import monotonic, sleep
from typing import Any, Protocol, TypeVar

import attrs

from contactcore.errors import Conflict, NotFound
from contactcore.mapping.indexed_names import name_in
from contactcore.model.job import Job
from contactcore.rules.access import may_see
from contactcore.workspace.imports.changes import ImportChanges, changes_of
from contactcore.workspace.imports.counts import UndoCounts
from contactcore.workspace.imports.undo_report import REASONS, Kept, UndoProgress, UndoReport
from contactcore.workspace.imports.undo_steps import UndoTransaction
from contactcore.workspace.imports.writing import IMPORTED_LETTER
from contactcore.workspace.kernel.retry import Retry
from contactcore.workspace.kernel.transaction import Transaction, Transactions
from contactcore.workspace.repositories.affiliations import AffiliationRepository
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.jobs import JobRepository, job_parts
from contactcore.workspace.repositories.messages import MessageRepository
from contactcore.workspace.repositories.repository import Repository

__all__ = ["undo_import"]

_T = TypeVar("_T")

SIZE = 200
"""Entries that one transaction takes back."""

# A faster writer is a reason why something stays: the next transaction finds it.
_RETRY = Retry(errors=(Conflict, NotFound))
_NAMES_AT_ONCE = 500
_PAUSE = 0.02


class Locking(Protocol):
    """Runs a function in a writing transaction that keeps imports away, again when others were faster."""

    def __call__(self, function: Callable[[Transaction], _T], /) -> _T: ...


def undo_import(
    id: str, transactions: Transactions, locking: Locking, progress: Callable[[UndoProgress], object] | None = None
) -> UndoReport:
    """Undo an import, or go on where a killed attempt stopped.

    Args:
        id: The id of the import.
        transactions: Opens the transactions of the actor.
        locking: Runs a function in a writing transaction of the actor.
        progress: Called after each transaction.

    Raises:
        NotFound: there is no such import, or it is somebody else's.
    """
    with transactions.reading() as transaction:
        job = _seen(transaction, id)
    undone_before = job.state == "undone"
    if not undone_before:
        job = _undo(locking(partial(_begin, id=id)), transactions, locking, progress)
    numbers = _numbers(job)
    return UndoReport(**attrs.asdict(numbers), id=id, kept=tuple(_kept(job, transactions)), undone_before=undone_before)


def _seen(transaction: Transaction, id: str) -> Job:
    try:
        job = JobRepository(transaction).get(id)
    except NotFound:
        job = None
    if job is None or job.name != "import":
        raise NotFound("import", id)
    return job


def _begin(transaction: Transaction, id: str) -> Job:
    """Stop the import: nothing is added to it from now on, and its file may be imported anew."""
    jobs = JobRepository(transaction)
    job = jobs.lock_any(id).entity
    if job.state in {"undoing", "undone"}:
        return job
    return jobs.save(attrs.evolve(job, state="undoing", undone={"parts": job.parts, "size": SIZE, "done": 0}))


def _numbers(job: Job) -> UndoCounts:
    return UndoCounts(**{field.name: job.undone.get(field.name, 0) for field in attrs.fields(UndoCounts)})


def _undo(
    job: Job, transactions: Transactions, locking: Locking, progress: Callable[[UndoProgress], object] | None
) -> Job:
    changes = changes_of(transactions.reading, job.id, job.undone["parts"], job.undone["size"])
    while job.state != "undone":
        begun = monotonic()
        job = _RETRY(partial(locking, partial(_step, id=job.id, changes=changes)))
        if progress is not None:
            numbers = attrs.asdict(_numbers(job))
            progress(UndoProgress(**numbers, done=job.undone["done"], total=len(changes.steps)))
        # Where a file has one writer at a time, a waiting writer only looks now and then: leave it some time.
        sleep(min(_PAUSE, (monotonic() - begun) / 10))
    return job


def _step(transaction: Transaction, id: str, changes: ImportChanges) -> Job:
    """Take back the next step. The last one publishes the end of it."""
    jobs = JobRepository(transaction)
    job = jobs.lock_any(id).entity
    if job.state == "undone":
        return job
    numbers: dict[str, int] = dict(job.undone)
    if numbers["done"] < len(changes.steps):
        step = changes.steps[numbers["done"]]
        undo = UndoTransaction(transaction, changes)
        undo.run(step, jobs.part(id, step.part))
        numbers |= attrs.asdict(_numbers(job).plus(undo.removed, undo.restored, undo.affiliations))
        numbers["done"] += 1
        job = jobs.add_parts(job, [("kept", list(one)) for one in undo.kept])
    if numbers["done"] >= len(changes.steps):
        job = attrs.evolve(job, state="undone")
        transaction.publish("import.undone", id)
        if job.parts == numbers["parts"]:  # nothing stays that the users whom the import named would look after
            MessageRepository(transaction).withdraw(id, (IMPORTED_LETTER,), "The import was undone.")
    return jobs.save(attrs.evolve(job, undone=numbers))


def _kept(job: Job, transactions: Transactions) -> Iterator[Kept]:
    """Everything that stayed, each once, with its name where the actor sees it."""
    codes: dict[tuple[str, str], str] = {}
    for part in job_parts(transactions.reading, job.id, job.undone["parts"], job.parts):
        for kind, id, code in part.get("kept", ()):
            codes.setdefault((kind, id), code)
    rest = iter(codes.items())
    while page := list(islice(rest, _NAMES_AT_ONCE)):
        with transactions.reading() as transaction:
            names = {
                repository.type.name: _names(
                    transaction, repository, [id for (kind, id), _ in page if kind == repository.type.name]
                )
                for repository in (ContactRepository(transaction), AffiliationRepository(transaction))
            }
        for (kind, id), code in page:
            yield Kept(id, kind, names[kind].get(id, ""), REASONS[code], code)


def _names(transaction: Transaction, repository: Repository[Any], ids: Iterable[str]) -> Mapping[str, str]:
    """The names of contacts, or of the people of affiliations, that the actor sees, by id."""
    actor, language = transaction.actor, transaction.index_context.language
    seen = {id: one.entity for id, one in repository.get_many(ids).items() if may_see(actor, one.access)}
    contact_of = {id: getattr(entity, "person_id", id) for id, entity in seen.items()}
    contacts = ContactRepository(transaction).get_many(contact_of.values())
    return {id: name_in(contacts[of].entity, language) for id, of in contact_of.items() if of in contacts}
