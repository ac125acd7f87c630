"""The records of others that name a person who is erased: they lose what they say about the person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import attrs

from contactcore.mapping.entity_type import EntityType
from contactcore.mapping.interactions import INTERACTIONS, without_texts_about
from contactcore.mapping.jobs import JOB_PARTS
from contactcore.mapping.messages import MESSAGES
from contactcore.mapping.subject import Subject
from contactcore.mapping.trash import trashed_of
from contactcore.model import Company, Person
from contactcore.model.job import Job
from contactcore.storage import Stored
from contactcore.workspace.kernel.transaction import RecordedChange, Transaction
from contactcore.workspace.privacy import erasure_plan
from contactcore.workspace.privacy.erasure_plan import NAMING, RAN, Done
from contactcore.workspace.privacy.own_records import belonging, owner_ids
from contactcore.workspace.privacy.retention import kinds_kept, retentions
from contactcore.workspace.privacy.subjects import records_naming
from contactcore.workspace.repositories.forgetting import NEVER_NOTED, PARTS_AT_ONCE, forget_in_page, forget_in_parts
from contactcore.workspace.repositories.history import HistoryRepository
from contactcore.workspace.repositories.jobs import IMPORT, JobRepository, part_ids
from contactcore.workspace.repositories.messages import MessageRepository
from contactcore.workspace.repositories.repository import Loaded, Repository

__all__ = ["forget_earlier", "forget_in_records", "forget_late_notes", "forget_late_records", "forget_notes"]


def forget_earlier(transaction: Transaction, subject: Subject, after: str | None) -> Done:
    """Redact the history of records that named the person once, on a page of the history."""
    history = HistoryRepository(transaction)
    naming, seen, following = history.once_naming(subject.ids, after=after, limit=erasure_plan.BATCH)
    interactions = Repository(transaction, INTERACTIONS)
    changed = 0
    for id in sorted(interactions.get_many(sorted(naming))):
        locked = interactions.lock_any(id)
        kept = without_texts_about(locked.entity, subject)
        if subject.id != locked.entity.contact_id and kept is not locked.entity:
            _replace(interactions, kept, locked.stored)
            changed += 1
    history.redact(naming, subject.redacted)
    return Done(seen, {INTERACTIONS.name: changed}, following)


def forget_notes(transaction: Transaction, subject: Subject, after: str | None) -> Done:
    """Forget the person in a few parts of jobs, all of which are read: their texts may name anybody."""
    page = forget_in_page(transaction, *_noted(transaction, subject), after=after)
    return Done(page.seen, {JOB_PARTS.name: page.changed}, page.next)


def forget_late_records(transaction: Transaction, subject: Subject, erased: Counter[str]) -> None:
    """Forget the person in records, such as letters, that were added while the job looked through the others."""
    for entity_type in NAMING:
        forget_in_records(transaction, entity_type, records_naming(transaction, entity_type, subject), subject, erased)


def forget_late_notes(transaction: Transaction, job: Job, subject: Subject, erased: Counter[str]) -> None:
    """Forget the person in what imports noted since the erasure began; earlier notes were looked through before."""
    jobs = JobRepository(transaction)
    # A release before this one stored the id alone.
    noted = {
        (one if isinstance(one, str) else one[0]): 0 if isinstance(one, str) else one[1]
        for number in range(job.parts)
        for one in jobs.part(job.id, number).get(RAN, ())
    }
    imports = [one.entity for one in jobs.find(frozenset({f"name:{IMPORT}"}))]
    late = [
        part
        for one in imports
        if one.id in noted or one.started >= job.started
        for part in part_ids(one, noted.get(one.id, 0))
    ]
    for start in range(0, len(late), PARTS_AT_ONCE):
        page = late[start : start + PARTS_AT_ONCE]
        erased[JOB_PARTS.name] += forget_in_parts(transaction, *_noted(transaction, subject), page)


def forget_in_records(
    transaction: Transaction,
    entity_type: EntityType[Any],
    records: Iterable[Loaded[Any]],
    subject: Subject,
    erased: Counter[str],
) -> None:
    """Remove what records of others say about the person."""
    repository: Repository[Any] = Repository(transaction, entity_type)
    without = entity_type.forget
    if without is None:
        return
    wanted = [
        one
        for one in records
        if subject.id not in owner_ids(entity_type, one.entity) and without(one.entity, subject) is not one.entity
    ]
    if entity_type is MESSAGES:
        MessageRepository(transaction).lock_sharers(one.entity for one in wanted)
    for one in wanted:
        locked = repository.lock_any(one.stored.id)
        kept = without(locked.entity, subject)
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


def _noted(transaction: Transaction, subject: Subject) -> tuple[list[Person | Company], list[str]]:
    """The contacts that notes may name, and the ids of the records that are removed and of which notes have values."""
    person = [] if subject.person is None else [subject.person]
    kinds = kinds_kept(retentions(transaction, subject.id)) | NEVER_NOTED
    removed = [one.stored.id for _, one in belonging(transaction, subject.id, kinds, kept=False)]
    return [*person, *subject.former], [*subject.ids, *removed]


def _replace(repository: Repository[Any], kept: Any, before: Stored) -> None:
    """Replace a record; the history notes the new version, and none of the former values."""
    transaction, ready = repository.transaction, repository.type.raised(kept)
    record = repository.record(ready, before.access, trashed=trashed_of(before))
    repository.replace(ready, before, record)
    if repository.type.kept_in_history:
        blank = attrs.evolve(record.stored(), version=before.version)
        transaction.changes[record.kind, record.id] = RecordedChange(blank, record)
    repository.publish("erased", ready)
