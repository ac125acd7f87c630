"""The own records of a person who is erased: they are hidden, removed, or kept where a duty asks for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any

import attrs

from contactcore.mapping.contacts import CONTACTS
from contactcore.mapping.entity_type import EntityType
from contactcore.mapping.trash import trashed_of
from contactcore.model import Person
from contactcore.model.job import Job
from contactcore.model.privacy import Retention
from contactcore.rules.access import RESTRICTED
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.privacy import erasure_plan
from contactcore.workspace.privacy.erasure_plan import MANY, Done
from contactcore.workspace.privacy.retention import kinds_kept, retentions
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.repository import Loaded, Repository
from contactcore.workspace.trash.discarding import FOLLOWERS, discard_each
from contactcore.workspace.trash.finding import TrashFinder
from contactcore.workspace.trash.purging import note_loss

__all__ = [
    "belonging",
    "give_own_roots",
    "has_some",
    "hide_person",
    "owner_ids",
    "reduce_person",
    "remove_records",
    "remove_some",
]

_PLACEHOLDER = "…"
"""The name of a reduced person whose name need not be kept."""


def hide_person(transaction: Transaction, job: Job) -> None:
    """Move the person to the trash, where nobody finds it, not even in the history.

    Records of which there may be very many stay where they are: nobody reaches them without the person.
    """
    contacts = ContactRepository(transaction)
    locked = contacts.lock_any(job.key)
    trashed = trashed_of(locked.stored)
    if trashed is None:
        discard_each(transaction, [locked], job.id, staying=[entity_type.name for entity_type in MANY])
    elif trashed.root != job.id or not trashed.hidden:
        hidden = attrs.evolve(trashed, root=job.id, hidden=True)
        contacts.put(locked.entity, locked.stored, trashed=hidden, event="")


def remove_some(transaction: Transaction, entity_type: EntityType[Any], id: str) -> Done:
    """Remove some records of the person, with their history; those that must be kept leave the trash."""
    repository: Repository[Any] = Repository(transaction, entity_type)
    kept = entity_type.name in kinds_kept(retentions(transaction, id))
    batch = erasure_plan.BATCH
    deleted = repository.owned_by(id, trashed=True, at_once=batch)
    found = [*islice(deleted if kept else chain(repository.owned_by(id, at_once=batch), deleted), batch)]
    for one in found:
        if kept:
            _bring_back(repository, one.stored.id)
        else:
            repository.remove(one.entity, one.stored, event="")
            if entity_type.kept_in_history:
                transaction.purged.add((entity_type.name, one.stored.id))
    removed = 0 if kept else len(found)
    return Done(removed, {entity_type.name: removed}, None if len(found) < batch else "")


def has_some(transaction: Transaction, id: str, kinds: frozenset[str]) -> bool:
    """Whether the person still has records of the types that were removed before the last step."""
    repositories = [Repository[Any](transaction, one) for one in MANY if one.name not in kinds]
    return any(True for one in repositories for _ in one.owned_by(id, at_once=1))


def belonging(
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


def remove_records(
    transaction: Transaction, person: Loaded[Any], kinds: frozenset[str], erased: Counter[str]
) -> list[tuple[EntityType[Any], str]]:
    """Remove the records that belong to the person, except those of the kinds that are kept.

    Returns:
        The type and the id of each record that is kept, its owners and items first.
    """
    finder, id = TrashFinder(transaction), person.stored.id
    for entity_type, one in belonging(transaction, id, kinds, kept=False):
        repository: Repository[Any] = Repository(transaction, entity_type)
        note_loss(finder, repository, one, {id: person})
        repository.remove(one.entity, one.stored, event="")
        erased[entity_type.name] += 1
    return [(one_type, one.stored.id) for one_type, one in belonging(transaction, id, kinds, kept=True)][::-1]


def give_own_roots(transaction: Transaction, id: str) -> None:
    """Give records that were deleted together with the person a root of their own, so that they can be restored."""
    finder = TrashFinder(transaction)
    for entity_type in (CONTACTS, *FOLLOWERS):
        repository: Repository[Any] = Repository(transaction, entity_type)
        for one in list(finder.with_root(repository, id)):
            trashed = trashed_of(one.stored)
            owners = [owner for owner in owner_ids(entity_type, one.entity) if owner != id]
            if trashed is None or one.stored.id == id or len(owners) < len(owner_ids(entity_type, one.entity)):
                continue
            root = owners[0] if owners else one.stored.id
            locked = repository.lock_any(one.stored.id)
            repository.put(locked.entity, locked.stored, trashed=attrs.evolve(trashed, root=root), event="")


def reduce_person(
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


def owner_ids(entity_type: EntityType[Any], entity: Any) -> tuple[str, ...]:
    """The ids of the contacts that a record belongs to; none for a contact and for what belongs to nobody."""
    return entity_type.owner_ids(entity) if entity_type.owners else ()
