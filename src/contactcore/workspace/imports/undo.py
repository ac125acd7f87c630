"""The undo of an import as a whole: a job of many short transactions (IMP-3).

Each transaction reverts one undo step and stores the progress in the job of the import. A repeated call therefore
resumes a killed undo, and two callers who undo the same import share the work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import islice
from time import monotonic, sleep
from typing import Any, Protocol, TypeVar

import attrs

from contactcore.errors import Conflict, NotFound
from contactcore.mapping.affiliations import AFFILIATIONS
from contactcore.mapping.contacts import CONTACTS
from contactcore.mapping.entity_type import EntityType
from contactcore.mapping.indexed_names import name_in
from contactcore.mapping.trash import trashed_of
from contactcore.model.job import Job
from contactcore.workspace.imports.changes import ImportChanges, changes_of
from contactcore.workspace.imports.counts import UndoCounts
from contactcore.workspace.imports.part_planning import PART_TYPES
from contactcore.workspace.imports.undo_report import REASONS, Kept, UndoProgress, UndoReport
from contactcore.workspace.imports.undo_steps import UndoTransaction, sees
from contactcore.workspace.imports.writing import IMPORTED_LETTER
from contactcore.workspace.kernel.retry import Retry
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.kernel.transactions import Transactions
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.jobs import IMPORT, JobRepository, job_parts
from contactcore.workspace.repositories.messages import MessageRepository
from contactcore.workspace.repositories.repository import Repository

__all__ = ["undo_import"]

_T = TypeVar("_T")

SIZE = 200
"""The maximum number of entries that one transaction reverts."""

# After a change by somebody else, a new transaction finds the reason to keep the record.
_RETRY = Retry(errors=(Conflict, NotFound))
_NAMES_PER_TRANSACTION = 500
_PAUSE = 0.02


class Locking(Protocol):
    """A function that runs another one in a writing transaction that locks out imports; it retries after conflicts."""

    def __call__(self, function: Callable[[Transaction], _T], /) -> _T: ...


def undo_import(
    id: str, transactions: Transactions, locking: Locking, progress: Callable[[UndoProgress], object] | None = None
) -> UndoReport:
    """Undo an import, or resume a killed undo; see `Imports.undo`.

    Args:
        id: The id of the import.
        transactions: The transactions of the actor.
        locking: The function that runs another one in a writing transaction of the actor.
        progress: The function that is called after each transaction; None for no calls.

    Raises:
        NotFound: The import does not exist, or another user ran it and the actor is no admin.
    """
    with transactions.reading() as transaction:
        job = _import_job(transaction, id)
    undone_before = job.state == "undone"
    if not undone_before:
        job = _undo(locking(partial(_begin_undo, id=id)), transactions, locking, progress)
    kept, hidden = _kept(job, transactions)
    numbers = _numbers(job).plus(hidden=hidden)
    return UndoReport(**attrs.asdict(numbers), id=id, kept=kept, undone_before=undone_before)


def _import_job(transaction: Transaction, id: str) -> Job:
    try:
        job = JobRepository(transaction).get(id)
    except NotFound:
        job = None
    if job is None or job.name != IMPORT:
        raise NotFound("import", id)
    return job


def _begin_undo(transaction: Transaction, id: str) -> Job:
    """Stop the import: it gets no more parts, and its file can be imported again."""
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
        # A storage with one writer at a time lets waiting writers try only now and then. The pause gives them time.
        sleep(min(_PAUSE, (monotonic() - begun) / 10))
    return job


def _step(transaction: Transaction, id: str, changes: ImportChanges) -> Job:
    """Revert the next undo step; the last one publishes the end of the undo."""
    jobs = JobRepository(transaction)
    job = jobs.lock_any(id).entity
    if job.state == "undone":
        return job
    transaction.cause = ("undo", id)
    numbers: dict[str, int] = dict(job.undone)
    if numbers["done"] < len(changes.steps):
        step = changes.steps[numbers["done"]]
        undo = UndoTransaction(transaction, changes, id, job.started)
        undo.run(step, jobs.part(id, step.part))
        numbers |= attrs.asdict(_numbers(job).plus(*undo.numbers))
        numbers["done"] += 1
        job = jobs.add_parts(job, [("kept", list(one)) for one in undo.kept])
    if numbers["done"] >= len(changes.steps):
        job = attrs.evolve(job, state="undone")
        transaction.publish("import.undone", id)
        if job.parts == numbers["parts"]:  # nothing stays that the users whom the import named would look after
            MessageRepository(transaction).withdraw(id, (IMPORTED_LETTER,), "The import was undone.", "import-undone")
    return jobs.save(attrs.evolve(job, undone=numbers))


def _kept(job: Job, transactions: Transactions) -> tuple[tuple[Kept, ...], int]:
    """The records that the undo kept and that the actor sees, each once, and the number of the other contacts."""
    codes: dict[tuple[str, str], str] = {}
    for part in job_parts(transactions.reading, job.id, job.undone["parts"], job.parts):
        for kind, id, code in part.get("kept", ()):
            codes.setdefault((kind, id), code)
    kept: list[Kept] = []
    hidden = 0
    remaining = iter(codes.items())
    while page := list(islice(remaining, _NAMES_PER_TRANSACTION)):
        with transactions.reading() as transaction:
            types: tuple[EntityType[Any], ...] = (CONTACTS, AFFILIATIONS, *PART_TYPES.values())
            names = {
                one.name: _names(
                    transaction,
                    Repository(transaction, one),
                    [id for (kind, id), _ in page if kind == one.name],
                )
                for one in types
            }
        for (kind, id), code in page:
            if id in names[kind]:
                kept.append(Kept(id, kind, names[kind][id], REASONS[code], code))
            elif kind == CONTACTS.name:
                hidden += 1
    return tuple(kept), hidden


def _names(transaction: Transaction, repository: Repository[Any], ids: Iterable[str]) -> Mapping[str, str]:
    """The names of contacts, or of the persons of affiliations, by the ids of records that the actor sees.

    The name is `""` for a record in the trash, and that of its contact for a site or an item.
    """
    actor, language = transaction.actor, transaction.index_context.language
    seen = [one for one in repository.stored([*ids]) if one is not None and sees(actor, one)]
    entities = {one.id: repository.loaded(one).entity for one in seen if trashed_of(one) is None}
    contact_ids = {
        id: getattr(entity, "person_id", "") or getattr(entity, "contact_id", id) for id, entity in entities.items()
    }
    contacts = ContactRepository(transaction).get_many(contact_ids.values())
    return dict.fromkeys((one.id for one in seen), "") | {
        id: name_in(contacts[contact_id].entity, language)
        for id, contact_id in contact_ids.items()
        if contact_id in contacts
    }
