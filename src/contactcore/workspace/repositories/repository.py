"""The repository: the one place where the entities of a type are read, locked, stored, versioned and published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from contactcore.errors import NotFound
from contactcore.mapping.contacts import CONTACTS
from contactcore.mapping.entity_type import EntityType, Placement
from contactcore.mapping.indexed_names import IndexedName
from contactcore.mapping.trash import Trashed, trashed_of
from contactcore.rules.access import may_see
from contactcore.storage import SYSTEM, Access, Query, Record, Stored
from contactcore.workspace.kernel.transaction import Transaction, id_of

__all__ = ["Loaded", "Owner", "Owners", "Repository"]

E = TypeVar("E")

_IDS_AT_ONCE = 100


class Loaded(NamedTuple, Generic[E]):
    """An entity, with the record that it was read from."""

    entity: E
    stored: Stored

    @property
    def access(self) -> frozenset[str]:
        """The access terms of the record."""
        return self.stored.access


class Owner(Protocol):
    """A contact that other entities belong to, with its access terms; `Loaded` is one."""

    @property
    def entity(self) -> Any:
        """The contact."""

    @property
    def access(self) -> frozenset[str]:
        """Its access terms."""


Owners = Mapping[str, Owner]
"""Id of a contact -> the contact."""


class Repository(Generic[E]):
    """The entities of one type in one transaction.

    `get`, `load` and `lock` answer the actor. All other methods serve the rules and include what the actor may not
    see: their answers are never shown as they are.

    Args:
        transaction: The transaction that reads and writes.
        entity_type: The type.
    """

    def __init__(self, transaction: Transaction, entity_type: EntityType[E]) -> None:
        self.transaction = transaction
        self.type = entity_type

    # Reading

    def seen(self, record: object) -> Stored:
        """The record of an entity that the actor sees, where the entity itself is not needed.

        Args:
            record: The entity, any object with its `id`, or the id.

        Raises:
            NotFound: there is none, it is in the trash, or the actor may not see it.
        """
        id = id_of(record)
        (stored,) = self.stored([id])
        if stored is None or not may_see(self.transaction.actor, stored.access):
            raise NotFound(self.type.name, id)
        return stored

    def load(self, record: object) -> Loaded[E]:
        """An entity that the actor sees, with its record.

        Raises:
            NotFound: as `seen`.
        """
        return self.loaded(self.seen(record))

    def get(self, record: object) -> E:
        """An entity that the actor sees.

        Raises:
            NotFound: as `seen`.
        """
        return self.load(record).entity

    def get_many(self, ids: Iterable[str]) -> dict[str, Loaded[E]]:
        """Entities by id, without those that are missing or in the trash."""
        wanted = list(dict.fromkeys(ids))
        return {
            stored.id: self.loaded(stored)
            for stored in self.stored(wanted)
            if stored is not None and trashed_of(stored) is None
        }

    def load_any(self, id: str) -> Loaded[E]:
        """An entity that is not in the trash, whether or not the actor sees it.

        Raises:
            NotFound: there is none.
        """
        found = self.get_many([id])
        if id not in found:
            raise NotFound(self.type.name, id)
        return found[id]

    def stored(self, ids: Sequence[str]) -> list[Stored | None]:
        """The records with these ids, the trash included; None for each that is missing.

        Nobody changes a record that this transaction has locked, so a locked record is not read again.
        """
        locked, kind = self.transaction.locked, self.type.name
        missing = [id for id in ids if (kind, id) not in locked]
        read = dict(zip(missing, self.transaction.reader.get(kind, missing), strict=True)) if missing else {}
        return [read[id] if id in read else locked[kind, id] for id in ids]

    def loaded(self, stored: Stored) -> Loaded[E]:
        """The entity of a record that was read."""
        return Loaded(self.type.load(stored, self.transaction.index_context), stored)

    def find(self, *groups: frozenset[str], access: Access = SYSTEM, trashed: bool = False) -> Iterator[Loaded[E]]:
        """All entities that have a term of each group, in the order of the type.

        Args:
            groups: Sets of terms.
            access: Access terms, of which a record must carry one; all records by default.
            trashed: Whether the entities in the trash are meant, and no others.
        """
        query = Query(kind=self.type.name, order=self._order(trashed=trashed), access=access, where=groups)
        for stored in self.transaction.every(query):
            yield self.loaded(stored)

    def owned_by(self, *owner_ids: str, trashed: bool = False) -> Iterator[Loaded[E]]:
        """The entities that belong to any of some contacts, each once."""
        known: set[str] = set()
        rest = iter(sorted(set(owner_ids)))
        prefix = "was:" if trashed else ""
        while ids := list(islice(rest, _IDS_AT_ONCE)):
            group = frozenset(f"{prefix}{reference}:{id}" for id in ids for reference in self.type.owners)
            for one in self.find(group, trashed=trashed):
                if one.stored.id not in known:
                    known.add(one.stored.id)
                    yield one

    def _order(self, *, trashed: bool) -> str:
        if trashed:
            return "trash"
        return self.transaction.order if self.type.order else "added"

    # Writing

    def lock(self, record: object) -> Loaded[E]:
        """An entity that the actor sees, locked until the transaction ends.

        Raises:
            NotFound: as `seen`.
        """
        return self.lock_seen(self.seen(record))

    def lock_seen(self, seen: Stored) -> Loaded[E]:
        """As `lock`, for an entity whose record `seen` gave."""
        locked = self.lock_any(seen.id)
        if not may_see(self.transaction.actor, locked.access):
            raise NotFound(self.type.name, seen.id)
        return locked

    def lock_any(self, id: str, version: int | None = None) -> Loaded[E]:
        """An entity, whether or not the actor sees it, locked until the transaction ends.

        Args:
            id: The id.
            version: The version that it must have; any by default.

        Raises:
            NotFound: there is none.
            Conflict: it has another version.
        """
        transaction, key = self.transaction, (self.type.name, id)
        held = transaction.locked.get(key)
        if held is None or (version is not None and held.version != version):
            with transaction.refusals(None):
                held = transaction.locked[key] = transaction.writer.lock(self.type.name, id, version)
        return self.loaded(held)

    def add(self, entity: E, *, owners: Owners | None = None, event: str = "added", **data: str) -> E:
        """Store a new entity whose id and version are set.

        Args:
            entity: The entity.
            owners: Its owners, where they were read already.
            event: The last part of the name of the event; `""` for none.
            data: More ids for the event.

        Raises:
            Duplicate: a unique key is taken.
            NotFound: a reference points to nothing.
        """
        transaction = self.transaction
        record = self.record(entity, owners=owners)
        with transaction.refusals(entity):
            transaction.writer.insert([record])
        # Nobody else sees it before the transaction ends, so it is as good as locked.
        transaction.locked[record.kind, record.id] = record.stored()
        self.publish(event, entity, **data)
        return entity

    def add_many(
        self,
        entities: Sequence[E],
        *,
        owners: Owners | None = None,
        access: Mapping[str, frozenset[str]] | None = None,
        indexed_names: dict[str, IndexedName] | None = None,
    ) -> None:
        """Store new entities at once, without events.

        Args:
            entities: The entities, whose ids and versions are set.
            owners: All of their owners, where they were read already.
            access: The access terms of each by id, where they were worked out already.
            indexed_names: The indexed names of contacts and owners that were worked out already, by id.

        Raises:
            Duplicate, NotFound: as `add`.
        """
        if not entities:
            return
        transaction = self.transaction
        known = self._owners(entities) if owners is None else owners
        names = {} if indexed_names is None else indexed_names
        terms = access or {}
        records = [
            self.record(one, owners=known, access=terms.get(self.type.id_of(one)), indexed_names=names)
            for one in entities
        ]
        with transaction.refusals(None):
            transaction.writer.insert(records)

    def put(
        self,
        entity: E,
        before: Stored,
        *,
        owners: Owners | None = None,
        trashed: Trashed | None = None,
        event: str = "changed",
        **data: str,
    ) -> E:
        """Store a changed entity, one version further.

        Args:
            entity: The entity as it is to be, with the version that is stored.
            before: The record that is stored.
            owners: Its owners, where they were read already.
            trashed: Given when it goes to the trash.
            event: The last part of the name of the event; `""` for none.
            data: More ids for the event.

        Returns:
            The stored entity.

        Raises:
            Conflict: another version is stored.
            Duplicate, NotFound: as `add`.
        """
        ready = self.type.raised(entity)
        self.replace(ready, before, self.record(ready, before.access, owners=owners, trashed=trashed))
        self.publish(event, ready, **data)
        return ready

    def replace(self, entity: E, before: Stored, record: Record) -> None:
        """Put the derived record of an entity in the place of the stored one.

        Raises:
            Conflict, Duplicate, NotFound: as `put`.
        """
        transaction = self.transaction
        with transaction.refusals(entity):
            transaction.writer.replace(record, before.version)
        self._remember(record)

    def remove(self, entity: E, stored: Stored, *, event: str = "removed", **data: str) -> None:
        """Remove an entity for good.

        Raises:
            Conflict: another version is stored.
            NotFound: it is gone, or another record refers to it.
        """
        transaction = self.transaction
        with transaction.refusals(entity):
            transaction.writer.delete(self.type.name, stored.id, stored.version)
        transaction.locked.pop((self.type.name, stored.id), None)
        self.publish(event, entity, **data)

    def reindex(self, stored: Iterable[Stored], *, owners: Owners | None = None) -> int:
        """Derive records anew from their bodies, under the settings in force and from their owners as they are now.

        Args:
            stored: The records, in the trash or not.
            owners: Some of their owners, where they were read already.

        Returns:
            The number of records.
        """
        transaction = self.transaction
        records = self.derived(stored, owners=owners)
        if records:
            with transaction.refusals(None):
                transaction.writer.reindex(records)
        for record in records:
            transaction.locked.pop((self.type.name, record.id), None)
        return len(records)

    def derived(self, stored: Iterable[Stored], *, owners: Owners | None = None) -> list[Record]:
        """Records derived anew from their bodies; nothing is written. The arguments are those of `reindex`."""
        read = list(stored)
        entities = [self.type.load_as_stored(one, self.transaction.index_context) for one in read]
        pairs = list(zip(entities, read, strict=True))
        known = self._owners([entity for entity, one in pairs if trashed_of(one) is None], owners)
        return [self.record(entity, one.access, owners=known, trashed=trashed_of(one)) for entity, one in pairs]

    def record(
        self,
        entity: E,
        stored: frozenset[str] = frozenset(),
        *,
        owners: Owners | None = None,
        access: frozenset[str] | None = None,
        trashed: Trashed | None = None,
        indexed_names: dict[str, IndexedName] | None = None,
    ) -> Record:
        """The record of an entity.

        Args:
            entity: The entity.
            stored: The access terms that it has now.
            owners: Its owners, where they were read already.
            access: The access terms that it gets, where they were worked out already.
            trashed: Given while it is in the trash.
            indexed_names: Indexed names that were worked out already, by the id of the contact.
        """
        context = self.transaction.index_context
        names = {} if indexed_names is None else indexed_names
        if trashed is not None:
            before = frozenset(trashed.access)
            return self.type.record(entity, Placement(context=context, access=before, trashed=trashed))
        its: dict[str, Owner] = {}
        if self.type.depends_on_owners:
            known = self._owners([entity]) if owners is None else owners
            its = {name: known[id] for name, id in zip(self.type.owners, self.type.owner_ids(entity), strict=True)}
        if access is None:
            terms = tuple(owner.access for owner in its.values())
            access = self.type.access(entity, context.settings, stored, terms)
        contacts = {name: owner.entity for name, owner in its.items()}
        return self.type.record(entity, Placement(context=context, access=access, owners=contacts, indexed_names=names))

    def publish(self, event: str, entity: E, **data: str) -> None:
        """Publish an event about an entity: ids and codes only.

        Args:
            event: The last part of its name; `""` publishes nothing.
            entity: The entity.
            data: More ids.
        """
        if event:
            self.transaction.publish(
                f"{self.type.name}.{event}", self.type.id_of(entity), **self.type.event_data(entity), **data
            )

    def _owners(self, entities: Sequence[E], known: Owners | None = None) -> dict[str, Owner]:
        """The owners of entities that depend on theirs, those in the trash included."""
        owners: dict[str, Owner] = dict(known or {})
        if not self.type.depends_on_owners:
            return owners
        wanted = {id for entity in entities for id in self.type.owner_ids(entity)} - owners.keys()
        contacts: Repository[Any] = Repository(self.transaction, CONTACTS)
        for stored in contacts.stored(sorted(wanted)):
            if stored is not None:
                owners[stored.id] = contacts.loaded(stored)
        return owners

    def _remember(self, record: Record) -> None:
        key = (record.kind, record.id)
        if key in self.transaction.locked:
            self.transaction.locked[key] = record.stored()
