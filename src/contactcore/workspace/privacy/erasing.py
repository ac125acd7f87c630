"""Erasing: a person, and all that is held on the person, is removed for good (IMP-8).

An erasure is a job of short transactions. The first one marks the person, so that no import brings it back, and moves
it to the trash, where nobody finds it. The next ones look through the records of others that name people, and remove
interactions and entries of the account, of which a person may have very many. The last one removes the person with
everything else that belongs to it. A killed job resumes when it is called again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, islice
from typing import Any

import attrs

from contactcore.errors import Conflict, Invalid, NotFound, StorageError
from contactcore.mapping.account import ACCOUNT_ENTRIES
from contactcore.mapping.contacts import CONTACTS
from contactcore.mapping.entities import ENTITIES
from contactcore.mapping.entity_type import EntityType
from contactcore.mapping.interactions import INTERACTIONS, without_texts_about
from contactcore.mapping.jobs import JOB_PARTS
from contactcore.mapping.messages import MESSAGES
from contactcore.mapping.subject import Subject
from contactcore.mapping.trash import trashed_of
from contactcore.model import Affiliation, Company, Contact, Person
from contactcore.model.job import Job
from contactcore.model.privacy import ErasureReceipt, Retention
from contactcore.rules.access import RESTRICTED
from contactcore.storage import Stored
from contactcore.values.moment import parse_moment
from contactcore.workspace.kernel.arguments import check_arguments
from contactcore.workspace.kernel.blocking import check_not_blocked
from contactcore.workspace.kernel.edits import refuse_edited
from contactcore.workspace.kernel.logs import follows_jobs
from contactcore.workspace.kernel.retry import Retry
from contactcore.workspace.kernel.transaction import RecordedChange, Transaction, Transactions, person_id_of
from contactcore.workspace.privacy.subjects import (
    check_derived,
    find_person,
    former_details,
    pages_of,
    records_naming,
    subject_of,
    under_all_names,
)
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.forgetting import (
    NEVER_NOTED,
    PARTS_AT_ONCE,
    forget_in_page,
    forget_in_parts,
    forget_undone,
)
from contactcore.workspace.repositories.history import HistoryRepository
from contactcore.workspace.repositories.jobs import JobRepository, part_ids
from contactcore.workspace.repositories.logins import LoginRepository
from contactcore.workspace.repositories.messages import MessageRepository
from contactcore.workspace.repositories.repository import Loaded, Repository
from contactcore.workspace.repositories.suppressions import SuppressionRepository
from contactcore.workspace.trash.discarding import FOLLOWERS, discard_each
from contactcore.workspace.trash.finding import TrashFinder
from contactcore.workspace.trash.purging import note_loss

__all__ = ["ERASE", "Erasures", "receipt_of", "retentions"]

ERASE = "erase"
"""The name of the jobs that erase people."""

_KEPT = "kept"
"""The list in the parts of such a job: the reasons for what is kept."""

_RAN = "ran"
"""The list in the parts of such a job: the imports that ran when the erasure began, each with its number of parts."""

_IMPORT = "import"
"""The name of the jobs that import."""

_MERGE = "merge"
"""The name of the jobs that merge contacts."""

_UNFINISHED = frozenset({"running", "undoing"})
"""The states of a merge of which some records are with another contact than at its beginning or its end."""

_BATCH = 200
"""The maximum number of records that one transaction looks through, or removes before the last one."""

_PLACEHOLDER = "…"
"""The name of a reduced person whose name need not be kept."""

# Somebody changed or purged a record after it was found. A new transaction finds the others.
_RETRY = Retry(errors=(Conflict, NotFound))

_NAMING: tuple[EntityType[Any], ...] = tuple(entity_type for entity_type in ENTITIES if entity_type.forget is not None)
"""The types whose records may name people whom they do not belong to."""

_EARLIER = len(_NAMING)
"""The step behind these types: records of others that named the person once, by the history."""

_NOTES = _EARLIER + 1
"""The step after that: what imports and bulk acts noted."""

_MANY: tuple[EntityType[Any], ...] = (INTERACTIONS, ACCOUNT_ENTRIES)
"""The types of which a person may have very many. They are reached through the person alone, and are `NEVER_NOTED`."""

_OWN = _NOTES + 1
"""The first of the steps after that, one for each of these types: the records of the person."""


@check_arguments()
class Erasures:
    """The erasures of one admin; `workspace.privacy(actor)` returns this service.

    An erasure runs outside any session. Others read and write meanwhile.

    >>> from contactcore import Person, User, Workspace
    >>> from contactcore_memory import MemoryStorage
    >>> workspace, root = Workspace(MemoryStorage(), name="acme"), User("root", admin=True)
    >>> with workspace.write(root) as session:
    ...     jane = session.contacts.add(Person("Jane", "Doe", emails=["jane@doe.org"]))
    >>> receipt = workspace.privacy(root).erase(jane)
    >>> receipt.state, receipt.erased["contact"]
    ('erased', 1)
    >>> with workspace.read(root) as session:
    ...     session.contacts.count(), session.trash.list()
    (0, ())

    Source: IMP-8.
    """

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    @follows_jobs
    def erase(
        self, person: str | Contact | Affiliation, *, progress: Callable[[int], object] | None = None
    ) -> ErasureReceipt:
        """Erase all that is held on a person, listed or only a contact person, in the trash or not.

        - The person goes with all that belongs to it: affiliations, sites, items, interactions, pictures, submissions,
          consents, roles, accounts, logins, and the history of all of these. Another contact person becomes primary
          where the person was.
        - Queued letters to or about the person are withdrawn. Those that were sent stay as empty records.
        - Interactions of others that name the person lose the name; notes of imports and bulk acts lose the values.
        - Data of others stays, also if they share an address or a name, and so do the contact persons of the person.
        - A salted mark keeps imports, cards and forms from bringing the person back.

        What a duty of the application keeps (`Host.retention`) is reduced to what it names. Only admins see the rest.

        A killed erasure resumes when it is called again. Call `storage.scrub()` afterwards to erase the bytes in the
        files too.

        Args:
            person: The person, an affiliation of the person, or the id.
            progress: A function that is called after each transaction, with the number of records that were looked
                through so far; None, the default, for no calls.

        Returns:
            The receipt; that of the earlier erasure if the person is erased already.

        Raises:
            Forbidden: `admin-only`; `blocked-by-host` if the application needs the person (`Host.blockers`).
            NotFound: There is no such person, and none was erased.
            Invalid: `not-a-person` for a company; `edit-not-stored` for a changed copy; `merge-unfinished` if a merge
                of the person, or its undo, was stopped; `index-outdated` if a new release needs `change_language` once.
            StorageError: `blockers-failed`, `retention-failed`; the storage cannot be written. The next call resumes.
            Conflict: Another process runs the same erasure.
        """
        id = person_id_of(person)
        with self._transactions.reading() as transaction:
            transaction.check_admin("erase people")
            refuse_edited(transaction, person, "person")
        begun = self._transactions.run(partial(_begin, id=id), _RETRY)
        if isinstance(begun, ErasureReceipt):
            return begun
        job = begun
        with self._transactions.reading() as transaction:
            # The history of the person may be long. Nobody changes the person any more, so it is read once.
            former = former_details(transaction, job.key)
        self._transactions.run(partial(_mark_former, id=job.key, former=former), _RETRY)
        while job.state == "running":
            job = self._transactions.run(partial(_step, job=job, former=former), _RETRY)
            if progress is not None:
                progress(job.counts.get("seen", 0))
        self._transactions.tidy()
        with self._transactions.reading() as transaction:
            return receipt_of(transaction, job)


def retentions(transaction: Transaction, id: str) -> tuple[Retention, ...]:
    """Return what the application must keep of a person; nothing without `Host.retention`.

    Args:
        transaction: The transaction of the actor.
        id: The id of the person.

    Raises:
        StorageError: `retention-failed` if the function of the application raises an error, or answers something else
            than `Retention` values.
    """
    function = transaction.host.retention
    if function is None:
        return ()
    try:
        answer: tuple[object, ...] = tuple(function(transaction.workspace, id))
    except Exception as error:
        raise _failure(f"failed ({type(error).__name__})") from error
    found = tuple(one for one in answer if isinstance(one, Retention))
    if len(found) != len(answer):
        raise _failure("gave something else than Retention values")
    return tuple(one for one in found if one.until is None or one.until >= transaction.today)


def _failure(what: str) -> StorageError:
    message = f"Nothing was erased: the retention function of the application {what}. Correct it, and try again."
    return StorageError(message, "retention-failed")


def receipt_of(transaction: Transaction, job: Job) -> ErasureReceipt:
    """Return the receipt of an erasure.

    Args:
        transaction: A transaction of an admin.
        job: The job of the erasure.
    """
    jobs = JobRepository(transaction)
    kept = [reason for number in range(job.parts) for reason in jobs.part(job.id, number).get(_KEPT, ())]
    erased = {name.removeprefix("erased:"): n for name, n in job.counts.items() if name.startswith("erased:")}
    state = "running" if job.state == "running" else "reduced" if kept else "erased"
    return ErasureReceipt(
        id=job.id,
        person_id=job.key,
        state=state,
        requested=parse_moment(job.started),
        by=job.actor,
        erased=erased,
        kept=tuple(dict.fromkeys(kept)),
    )


def _begin(transaction: Transaction, id: str) -> Job | ErasureReceipt:
    """Begin an erasure or resume it; the receipt of the last one if the person is gone already."""
    transaction.check_admin("erase people")
    transaction.require_writing()
    jobs = JobRepository(transaction)
    # Nobody finds a person who is being erased. One who was merged into another person has the job of that person.
    (present,) = ContactRepository(transaction).present([id])
    running = jobs.running_with(ERASE, id if present is None else present.id)
    if running is not None:
        return running
    try:
        found = find_person(transaction, id)
    except NotFound:
        last = jobs.last_done(ERASE, id)
        if not last:
            raise
        return receipt_of(transaction, jobs.get_many([last])[last].entity)
    check_derived(transaction)
    # The person may have been merged into another contact since, which has all that the person had.
    id = found.stored.id
    check_not_blocked(transaction, id, act="erased")
    retentions(transaction, id)
    # Behind the lock no merge begins.
    ContactRepository(transaction).lock_any(id)
    _check_no_merge(transaction, id)
    # A batch of an import that read the directory before ends before the person is marked.
    ran = [(one.id, one.parts) for one in jobs.running(_IMPORT)]
    subject = subject_of(transaction, id, former=())
    if subject.person is not None:
        SuppressionRepository(transaction).keep(subject.person, subject.alone)
    job = jobs.begin(ERASE, id)
    if ran:
        job = jobs.save(jobs.add_parts(job, [(_RAN, list(one)) for one in ran]))
    _hide(transaction, job)
    return job


def _mark_former(transaction: Transaction, id: str, former: Sequence[Person | Company]) -> None:
    """Mark the person under the names, addresses and numbers of former times, so that no old file brings it back.

    An address that the person no longer has may be somebody else's now, so that it counts together with the name only.
    """
    marks = SuppressionRepository(transaction)
    for one in under_all_names(subject_of(transaction, id, former=former)) if former else ():
        marks.keep(one, frozenset())


def _check_no_merge(transaction: Transaction, id: str) -> None:
    """Refuse to erase somebody some of whose records are those of another contact meanwhile, or the other way round.

    Raises:
        Invalid: `merge-unfinished`.
    """
    for one in JobRepository(transaction).find(frozenset({f"name:{_MERGE}"})):
        if one.entity.state in _UNFINISHED and id in one.entity.key.split("\n"):
            message = (
                "A merge of this person, or its undo, was stopped. Undo the merge with this id, or apply it again, and "
                "erase the person then."
            )
            raise Invalid("merge-unfinished", message, path="person", value=one.entity.id)


def _hide(transaction: Transaction, job: Job) -> None:
    """Move the person to the trash, where nobody finds it, not even in the history.

    Records of which there may be very many stay where they are: nobody reaches them without the person.
    """
    contacts = ContactRepository(transaction)
    locked = contacts.lock_any(job.key)
    trashed = trashed_of(locked.stored)
    if trashed is None:
        discard_each(transaction, [locked], job.id, staying=[entity_type.name for entity_type in _MANY])
    elif trashed.root != job.id or not trashed.hidden:
        hidden = attrs.evolve(trashed, root=job.id, hidden=True)
        contacts.put(locked.entity, locked.stored, trashed=hidden, event="")


def _step(transaction: Transaction, job: Job, former: Sequence[Person | Company]) -> Job:
    jobs = JobRepository(transaction)
    jobs.lock_as(job, "The same erasure runs elsewhere. Wait until it ends, or stop it first.")
    place, _, after = job.cursor.partition("|")
    index = int(place or 0)
    if index >= _OWN + len(_MANY):
        return jobs.save(_finish(transaction, job, former))
    subject = subject_of(transaction, job.key, former=former)
    if index >= _OWN:
        done = _remove_some(transaction, _MANY[index - _OWN], subject.id)
    elif index == _EARLIER:
        done = _forget_earlier(transaction, subject, after or None)
    elif index == _NOTES:
        done = _forget_notes(transaction, subject, after or None)
    else:
        entity_type = _NAMING[index]
        page = pages_of(transaction, entity_type, subject, after=after or None, limit=_BATCH)
        erased: Counter[str] = Counter()
        _forget(transaction, entity_type, page.records, subject, erased)
        done = _Done(len(page.records), erased, page.next)
    erased_counts = {f"erased:{kind}": number for kind, number in done.erased.items() if number}
    counts = _sum(job.counts, {"seen": done.seen, **erased_counts})
    cursor = f"{index}|{done.next}" if done.next is not None else f"{index + 1}|"
    return jobs.save(attrs.evolve(job, cursor=cursor, counts=counts))


@attrs.frozen
class _Done:
    """The work of one transaction.

    Attributes:
        seen: The number of records that were looked through.
        erased: The number of records that were removed or changed, by kind.
        next: The position behind them; None at the end.
    """

    seen: int
    erased: Mapping[str, int]
    next: str | None


def _forget_earlier(transaction: Transaction, subject: Subject, after: str | None) -> _Done:
    """Redact the history of records that named the person once, on a page of the history."""
    history = HistoryRepository(transaction)
    naming, seen, following = history.once_naming(subject.ids, after=after, limit=_BATCH)
    interactions = Repository(transaction, INTERACTIONS)
    changed = 0
    for id in sorted(interactions.get_many(sorted(naming))):
        locked = interactions.lock_any(id)
        kept = without_texts_about(locked.entity, subject)
        if subject.id != locked.entity.contact_id and kept is not locked.entity:
            _replace(interactions, kept, locked.stored)
            changed += 1
    history.redact(naming, subject.redacted)
    return _Done(seen, {INTERACTIONS.name: changed}, following)


def _forget_notes(transaction: Transaction, subject: Subject, after: str | None) -> _Done:
    """Forget the person in a few parts of jobs, all of which are read: their texts may name anybody."""
    page = forget_in_page(transaction, *_noted(transaction, subject), after=after)
    return _Done(page.seen, {JOB_PARTS.name: page.changed}, page.next)


def _noted(transaction: Transaction, subject: Subject) -> tuple[list[Person | Company], list[str]]:
    """The contacts that notes may name, and the ids of the records that are removed and of which notes have values."""
    person = [] if subject.person is None else [subject.person]
    kinds = _kinds_kept(retentions(transaction, subject.id)) | NEVER_NOTED
    removed = [one.stored.id for _, one in _belonging(transaction, subject.id, kinds, kept=False)]
    return [*person, *subject.former], [*subject.ids, *removed]


def _remove_some(transaction: Transaction, entity_type: EntityType[Any], id: str) -> _Done:
    """Remove some records of the person, with their history; those that must be kept leave the trash."""
    repository: Repository[Any] = Repository(transaction, entity_type)
    kept = entity_type.name in _kinds_kept(retentions(transaction, id))
    deleted = repository.owned_by(id, trashed=True, at_once=_BATCH)
    found = [*islice(deleted if kept else chain(repository.owned_by(id, at_once=_BATCH), deleted), _BATCH)]
    for one in found:
        if kept:
            _bring_back(repository, one.stored.id)
        else:
            repository.remove(one.entity, one.stored, event="")
            if entity_type.kept_in_history:
                transaction.purged.add((entity_type.name, one.stored.id))
    removed = 0 if kept else len(found)
    return _Done(removed, {entity_type.name: removed}, None if len(found) < _BATCH else "")


def _sum(counts: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    total = Counter(counts)
    total.update(more)
    return dict(total)


def _forget(
    transaction: Transaction,
    entity_type: EntityType[Any],
    records: Iterable[Loaded[Any]],
    subject: Subject,
    erased: Counter[str],
) -> None:
    """Remove what records of others say about the person."""
    repository: Repository[Any] = Repository(transaction, entity_type)
    forget = entity_type.forget
    if forget is None:
        return
    wanted = [
        one
        for one in records
        if subject.id not in _owner_ids(entity_type, one.entity) and forget(one.entity, subject) is not one.entity
    ]
    if entity_type is MESSAGES:
        MessageRepository(transaction).lock_sharers(one.entity for one in wanted)
    for one in wanted:
        locked = repository.lock_any(one.stored.id)
        kept = forget(locked.entity, subject)
        if kept is locked.entity:
            continue
        erased[entity_type.name] += 1
        if kept is None:
            repository.remove(locked.entity, locked.stored)
            if entity_type.kept_in_history:
                transaction.purged.add((entity_type.name, one.stored.id))
            continue
        _replace(repository, kept, locked.stored)
        if entity_type.kept_in_history:
            HistoryRepository(transaction).redact([one.stored.id], subject.redacted)
        if entity_type is MESSAGES:
            MessageRepository(transaction).drop_attachments(locked.entity)


def _owner_ids(entity_type: EntityType[Any], entity: Any) -> tuple[str, ...]:
    return entity_type.owner_ids(entity) if entity_type.owners else ()


def _replace(repository: Repository[Any], kept: Any, before: Stored) -> None:
    """Replace a record; the history notes the new version, and none of the former values."""
    transaction, ready = repository.transaction, repository.type.raised(kept)
    record = repository.record(ready, before.access, trashed=trashed_of(before))
    repository.replace(ready, before, record)
    if repository.type.kept_in_history:
        blank = attrs.evolve(record.stored(), version=before.version)
        transaction.changes[record.kind, record.id] = RecordedChange(blank, record)
    repository.publish("erased", ready)


def _finish(transaction: Transaction, job: Job, former: Sequence[Person | Company]) -> Job:
    """Remove the person and all that belongs to it, or reduce it to what must be kept; the job as it is then."""
    id, erased = job.key, Counter[str]()
    jobs, contacts = JobRepository(transaction), ContactRepository(transaction)
    if contacts.stored([id]) == [None]:
        # Somebody purged the person meanwhile, with all that belonged to it.
        return attrs.evolve(job, state="done", cursor="")
    _hide(transaction, job)
    kept = retentions(transaction, id)
    if _has_some(transaction, id, _kinds_kept(kept)):
        # A duty to keep them has ended meanwhile.
        return attrs.evolve(job, cursor=f"{_OWN}|")
    subject = subject_of(transaction, id, former=former)
    person = contacts.lock_any(id)
    _late_records(transaction, subject, erased)
    _late_notes(transaction, job, subject, erased)
    LoginRepository(transaction).remove_all(id)
    rest = _remove_records(transaction, person, _kinds_kept(kept), erased)
    _give_own_roots(transaction, id)
    forget_undone(transaction, HistoryRepository(transaction).forget_merges(subject.ids))
    # What was merged into the person is in the history under its former id.
    transaction.purged.update((CONTACTS.name, one) for one in subject.absorbed)
    person = contacts.lock_any(id)
    if kept and isinstance(person.entity, Person):
        _reduce(transaction, person, kept, rest)
        contacts.publish("reduced", person.entity)
        job = jobs.add_parts(job, [(_KEPT, str(one)) for one in kept])
    else:
        contacts.remove(person.entity, person.stored, event="erased")
        erased["contact"] += 1
    counts = _sum(job.counts, {f"erased:{kind}": number for kind, number in erased.items() if number})
    return attrs.evolve(job, state="done", cursor="", counts=counts)


def _has_some(transaction: Transaction, id: str, kinds: frozenset[str]) -> bool:
    """Whether the person still has records of the types that were removed before the last step."""
    repositories = [Repository[Any](transaction, one) for one in _MANY if one.name not in kinds]
    return any(True for one in repositories for _ in one.owned_by(id, at_once=1))


def _late_records(transaction: Transaction, subject: Subject, erased: Counter[str]) -> None:
    """Forget the person in records, such as letters, that were added while the job looked through the others."""
    for entity_type in _NAMING:
        _forget(transaction, entity_type, records_naming(transaction, entity_type, subject), subject, erased)


def _late_notes(transaction: Transaction, job: Job, subject: Subject, erased: Counter[str]) -> None:
    """Forget the person in what imports noted since the erasure began; earlier notes were looked through before."""
    jobs = JobRepository(transaction)
    # A release before this one stored the id alone.
    noted = {
        (one if isinstance(one, str) else one[0]): 0 if isinstance(one, str) else one[1]
        for number in range(job.parts)
        for one in jobs.part(job.id, number).get(_RAN, ())
    }
    imports = [one.entity for one in jobs.find(frozenset({f"name:{_IMPORT}"}))]
    late = [
        part
        for one in imports
        if one.id in noted or one.started >= job.started
        for part in part_ids(one, noted.get(one.id, 0))
    ]
    for start in range(0, len(late), PARTS_AT_ONCE):
        page = late[start : start + PARTS_AT_ONCE]
        erased[JOB_PARTS.name] += forget_in_parts(transaction, *_noted(transaction, subject), page)


def _kinds_kept(kept: Iterable[Retention]) -> frozenset[str]:
    kinds = {name for one in kept for name in one.records}
    # An interaction refers to its item.
    return frozenset(kinds | ({"item"} if "interaction" in kinds else set()))


def _belonging(
    transaction: Transaction, id: str, kinds: frozenset[str], *, kept: bool
) -> Iterator[tuple[EntityType[Any], Loaded[Any]]]:
    """The records that belong to the person and are kept, or those that go; an entity before those it refers to.

    Args:
        transaction: The transaction.
        id: The id of the person, who is in the trash.
        kinds: The kinds of records that are kept.
        kept: Whether the records that are kept are meant.
    """
    for entity_type in reversed(FOLLOWERS):
        for one in list(Repository[Any](transaction, entity_type).owned_by(id, trashed=True)):
            if kept == (entity_type.name in kinds and entity_type.owner_ids(one.entity) == (id,)):
                yield entity_type, one


def _remove_records(
    transaction: Transaction, person: Loaded[Any], kinds: frozenset[str], erased: Counter[str]
) -> list[tuple[EntityType[Any], str]]:
    """Remove the records that belong to the person, except those of the kinds that are kept.

    Returns:
        The type and the id of each record that is kept, its owners and items first.
    """
    finder, id = TrashFinder(transaction), person.stored.id
    for entity_type, one in _belonging(transaction, id, kinds, kept=False):
        repository: Repository[Any] = Repository(transaction, entity_type)
        note_loss(finder, repository, one, {id: person})
        repository.remove(one.entity, one.stored, event="")
        erased[entity_type.name] += 1
    return [(one_type, one.stored.id) for one_type, one in _belonging(transaction, id, kinds, kept=True)][::-1]


def _give_own_roots(transaction: Transaction, id: str) -> None:
    """Give records that were deleted together with the person a root of their own, so that they can be restored."""
    finder = TrashFinder(transaction)
    for entity_type in (CONTACTS, *FOLLOWERS):
        repository: Repository[Any] = Repository(transaction, entity_type)
        for one in list(finder.with_root(repository, id)):
            trashed = trashed_of(one.stored)
            owners = [owner for owner in _owner_ids(entity_type, one.entity) if owner != id]
            if trashed is None or one.stored.id == id or len(owners) < len(_owner_ids(entity_type, one.entity)):
                continue
            root = owners[0] if owners else one.stored.id
            locked = repository.lock_any(one.stored.id)
            repository.put(locked.entity, locked.stored, trashed=attrs.evolve(trashed, root=root), event="")


def _reduce(
    transaction: Transaction,
    person: Loaded[Any],
    kept: Iterable[Retention],
    rest: Iterable[tuple[EntityType[Any], str]],
) -> None:
    """Bring the person back with the fields that must be kept, and nothing else; only admins see it."""
    contacts, entity = ContactRepository(transaction), person.entity
    fields = {name: getattr(entity, name) for name in sorted({name for one in kept for name in one.fields})}
    own = {"id": entity.id, "version": entity.version, "added_at": entity.added_at, "source": entity.source}
    reduced = Person.restore({**own, **fields})
    if any(True for _ in reduced.own_problems()):
        reduced = Person.restore({**own, **fields, "family_name": _PLACEHOLDER})
    ready = contacts.type.raised(reduced)
    record = contacts.record(ready, frozenset({RESTRICTED}))
    contacts.replace(ready, person.stored, record)
    # The history forgets what the person was.
    transaction.purged.add((CONTACTS.name, entity.id))
    for entity_type, id in rest:
        _bring_back(Repository(transaction, entity_type), id)


def _bring_back(repository: Repository[Any], id: str) -> None:
    """Bring a record that must be kept out of the trash."""
    locked = repository.lock_any(id)
    restored = repository.type.raised(locked.entity)
    # What is derived from the contact is derived from the reduced one.
    repository.replace(restored, locked.stored, repository.record(restored, locked.stored.access))
