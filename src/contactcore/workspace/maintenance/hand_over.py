"""Handing over: what a user who leaves looked after goes to another user, in one job of short transactions (ACC-5).

Each transaction takes records that still name the user. A killed job therefore resumes when it is called again. The job
ends when no contact names the user any more, not even one that the user got while the job ran.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import attrs

from contactcore.errors import Conflict, Invalid, NotFound, collect
from contactcore.frozen import frozen
from contactcore.mapping.entities import ENTITIES
from contactcore.mapping.kinds import TRASH_ORDER
from contactcore.mapping.trash import Trashed, trashed_of
from contactcore.model import Contact
from contactcore.model.conversion import user_name
from contactcore.model.job import Job
from contactcore.model.message import Grounds
from contactcore.rules.access import handed_over
from contactcore.storage import SYSTEM, Query
from contactcore.workspace.kernel.retry import Retry
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.kernel.transactions import Transactions
from contactcore.workspace.repositories.contacts import ContactRepository, notify_of_job
from contactcore.workspace.repositories.forms import FormRepository
from contactcore.workspace.repositories.jobs import HAND_OVER, HANDED, IMPORT, JobRepository
from contactcore.workspace.repositories.repository import Loaded, Repository
from contactcore.workspace.repositories.settings import lock_settings

__all__ = ["SEVERAL_LETTER", "HandedOver", "count_hand_over", "hand_over"]

SEVERAL_LETTER = "responsible-several"

_BATCH = 50
"""The maximum number of records that one transaction hands over."""
_TRASHED = tuple(entity_type for entity_type in ENTITIES if TRASH_ORDER in entity_type.kind.orders)
"""The types of entities that may be in the trash."""
# Somebody changed or purged a record after it was found. A new transaction finds the others.
_RETRY = Retry(errors=(Conflict, NotFound))
_RUNS_ELSEWHERE = "The same handing over runs elsewhere. Wait until it ends, or stop it first."


@frozen(kw_only=True)
class HandedOver:
    """The numbers of a handing over, or those of its preview; a run that was killed counts too.

    Attributes:
        id: The id of the job; `""` for a preview.
        contacts: The number of contacts that the directory lists themselves.
        people: The number of contact persons who are not listed.
        trash: The number of contacts and people in the trash.
        imports: The number of imports, complete or not.
        jobs: The number of other jobs, such as bulk acts.

    >>> HandedOver(contacts=2, people=1).total
    3
    """

    id: str = ""
    contacts: int = 0
    people: int = 0
    trash: int = 0
    imports: int = 0
    jobs: int = 0

    @property
    def total(self) -> int:
        """The sum of all numbers."""
        return self.contacts + self.people + self.trash + self.imports + self.jobs


@frozen
class _Users:
    """The user who leaves, and the user who takes over."""

    leaving: str
    to: str

    def replaced(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """The names of responsible users after the handing over, sorted, each once."""
        return tuple(sorted({self.to if name == self.leaving else name for name in names}))


def hand_over(
    transactions: Transactions, user: str, to: str, progress: Callable[[int], object] | None = None
) -> HandedOver:
    """Hand over, or resume a killed job; see `Maintenance.hand_over`."""
    users = _checked(transactions, user, to)
    job = transactions.run(partial(_begin, users=users), _RETRY)
    while job.state == "running":
        job = transactions.run(partial(_step, job=job, users=users), _RETRY)
        if progress is not None:
            progress(_numbers(job).total)
    transactions.tidy()
    return _numbers(job)


def count_hand_over(transactions: Transactions, user: str, to: str) -> HandedOver:
    """Count what `hand_over` would hand over now; see `Maintenance.preview_hand_over`."""
    users = _checked(transactions, user, to)
    with transactions.reading() as transaction:
        query = _named(transaction, users.leaving)
        (named,) = transaction.reader.count(query)
        (people,) = transaction.reader.count(attrs.evolve(query, where=(frozenset({"role:person"}),)))
        deleted = ContactRepository(transaction).find(trashed=True)
        trash = sum(users.leaving in one.entity.responsibles for one in deleted)
        names = [one.entity.name for one in JobRepository(transaction).of_user(users.leaving)]
    imports = names.count(IMPORT)
    return HandedOver(contacts=named - people, people=people, trash=trash, imports=imports, jobs=len(names) - imports)


def _checked(transactions: Transactions, user: str, to: str) -> _Users:
    with transactions.reading() as transaction:
        transaction.check_admin("hand over what another user looks after")
        leaving, taking = collect(("user", lambda: user_name(user)), ("to", lambda: user_name(to)))
        if leaving == taking:
            raise Invalid("same-user", "Name another user, who takes over.", path="to", value=to)
        problems = tuple(ContactRepository(transaction).user_problems([taking]))
    if problems:
        raise Invalid(attrs.evolve(problem, path="to") for problem in problems)
    return _Users(leaving, taking)


def _begin(transaction: Transaction, users: _Users) -> Job:
    # The lock makes two calls of the same handing over share one job.
    lock_settings(transaction)
    # Forms come first: a contact that a form makes meanwhile for the user who leaves is found below.
    FormRepository(transaction).replace_responsible(users.replaced)
    return JobRepository(transaction).begin(HAND_OVER, f"{users.leaving}\n{users.to}")


def _numbers(job: Job) -> HandedOver:
    names = ("contacts", "people", "trash", "imports", "jobs")
    return HandedOver(id=job.id, **{name: job.counts.get(name, 0) for name in names})


def _named(transaction: Transaction, user: str) -> Query:
    """The query for the contacts outside the trash for which a user is responsible."""
    access = frozenset({f"responsible:{user}"})
    return Query(kind="contact", order=transaction.order, access=access, limit=_BATCH)


def _step(transaction: Transaction, job: Job, users: _Users) -> Job:
    """Hand over some records: contacts first, then jobs, then the trash, and contacts that were added meanwhile."""
    jobs = JobRepository(transaction)
    jobs.lock_as(job, _RUNS_ELSEWHERE)
    transaction.cause = (HAND_OVER, job.id)
    counts = dict(job.counts)
    cursor = job.cursor
    entries: list[tuple[str, Any]] = []
    if _hand_over_contacts(transaction, job, users, counts, entries) or _hand_over_jobs(jobs, job, users, counts):
        return jobs.save(attrs.evolve(jobs.add_parts(job, entries), counts=counts))
    if cursor != "end":
        cursor = _hand_over_trash(transaction, cursor, users, counts)
        return jobs.save(attrs.evolve(job, counts=counts, cursor=cursor))
    transaction.publish("user.handed-over", job.id, user=users.leaving, to=users.to)
    return jobs.save(attrs.evolve(job, state="done"))


def _hand_over_contacts(
    transaction: Transaction, job: Job, users: _Users, counts: dict[str, int], entries: list[tuple[str, Any]]
) -> bool:
    """Hand over contacts outside the trash, and return whether there were any.

    The job keeps their versions, so that the undo of an import knows that nobody changed anything else.
    """
    contacts = ContactRepository(transaction)
    found = [card.id for card in transaction.reader.find(_named(transaction, users.leaving)).cards]
    for id in sorted(found):
        locked = contacts.lock_any(id)
        if trashed_of(locked.stored) is not None or users.leaving not in locked.entity.responsibles:
            continue
        if "told" not in counts:
            grounds = Grounds(kind="several", user=users.to, import_id=job.id)
            notify_of_job(transaction, SEVERAL_LETTER, users.to, grounds)
            counts["told"] = 1
        wanted = attrs.evolve(locked.entity, responsibles=users.replaced(locked.entity.responsibles))
        # The other fields are not prepared again, because a value that is refused today must not keep the contact.
        contacts.change(wanted, locked, notify=False)
        entries.append((HANDED, [id, locked.stored.version]))
        _add(counts, "contacts" if locked.entity.listed else "people")
    return bool(found)


def _hand_over_jobs(jobs: JobRepository, job: Job, users: _Users, counts: dict[str, int]) -> bool:
    """Hand over jobs and their parts, and return whether there were any."""
    # An admin may hand over their own contacts, and this job stays with its actor.
    found = [one for one, _ in zip(jobs.of_user(users.leaving, without=job.id), range(_BATCH), strict=False)]
    for one in found:
        jobs.hand_over(one.stored.id, users.to)
        _add(counts, "imports" if one.entity.name == IMPORT else "jobs")
    return bool(found) or jobs.hand_over_parts(users.leaving, users.to, _BATCH, without=job.id) > 0


def _hand_over_trash(transaction: Transaction, cursor: str, users: _Users, counts: dict[str, int]) -> str:
    """Hand over deleted records behind a cursor, and return the next cursor; `"end"` behind the last one."""
    name, _, after = cursor.partition(" ")
    names = [entity_type.name for entity_type in _TRASHED]
    index = names.index(name) if name in names else 0
    repository: Repository[object] = Repository(transaction, _TRASHED[index])
    query = Query(kind=names[index], order=TRASH_ORDER.name, access=SYSTEM, after=after or None, limit=_BATCH)
    found = transaction.reader.find(query)
    for id in sorted(card.id for card in found.cards):
        locked = repository.lock_any(id)
        for entity, trashed in _handed_over(locked, users):
            repository.put(entity, locked.stored, trashed=trashed, event="")
            if isinstance(entity, Contact):
                _add(counts, "trash")
    if found.more:
        return f"{names[index]} {found.last}"
    return f"{names[index + 1]} " if index + 1 < len(names) else "end"


def _handed_over(locked: Loaded[object], users: _Users) -> Iterator[tuple[object, Trashed]]:
    """Yield a deleted entity as the other user gets it; nothing if the entity does not name the user who leaves."""
    trashed, entity = trashed_of(locked.stored), locked.entity
    if trashed is None:
        return
    access = handed_over(frozenset(trashed.access), users.leaving, users.to)
    if isinstance(entity, Contact) and users.leaving in entity.responsibles:
        entity = attrs.evolve(entity, responsibles=users.replaced(entity.responsibles))
    if entity is not locked.entity or access != frozenset(trashed.access):
        lost = ((kind, handed_over(frozenset(terms), users.leaving, users.to)) for kind, terms in trashed.lost)
        noted = tuple((kind, tuple(sorted(terms))) for kind, terms in lost)
        yield entity, attrs.evolve(trashed, access=tuple(sorted(access)), lost=noted)


def _add(counts: dict[str, int], name: str) -> None:
    counts[name] = counts.get(name, 0) + 1
