"""The repository: the one place where the entities of a type are read, locked, stored, versioned and published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, Protocol, TypeVar

import attrs

from contactcore.errors import NotFound
from contactcore.mapping.entity_type import EntityType, Placement
from contactcore.mapping.trash import Trashed, trashed_of
from contactcore.model import PortalUser
from contactcore.model.restoring import altered
from contactcore.rules.access import may_see
from contactcore.storage import LARGEST_PAGE, SYSTEM, Access, Query, Record, Stored
from contactcore.workspace.kernel.transaction import Transaction, id_of, removed_meanwhile

if TYPE_CHECKING:
    from contactcore.mapping.indexed_names import IndexedName

__all__ = ["Loaded", "Owner", "Owners", "Repository"]

E = TypeVar("E")

_IDS_AT_ONCE = 100
_MERGED = frozenset({"contact", "affiliation"})
"""The kinds of the records whose ids lead to another record once they are merged into it."""


# The first session of a workspace writes settings and an act. These belong to no contact, need no files and lead
# nowhere, so what that takes is loaded for entities that do.


class Loaded(NamedTuple, Generic[E]):
    """An entity and the record that it was read from."""

    entity: E
    stored: Stored

    @property
    def access(self) -> frozenset[str]:
        """The access terms of the record."""
        return self.stored.access


def _with_seen(one: E, attribute: str, seen: Mapping[str, str]) -> E:
    """An entity with the id of the record that the actor sees in place of the one that it names; `""` for none."""
    named = getattr(one, attribute)
    shown = seen.get(named, "")
    return one if named == shown else altered(one, {attribute: shown})


class Owner(Protocol):
    """A contact that other entities belong to, with its access terms; a `Loaded` contact is one."""

    @property
    def entity(self) -> Any:
        """The contact."""

    @property
    def access(self) -> frozenset[str]:
        """The access terms of the contact."""


Owners = Mapping[str, Owner]
"""Id of a contact -> the contact."""


class Repository(Generic[E]):
    """The entities of one type in one transaction.

    `seen`, `load`, `get` and `lock` respect what the actor may see. All other methods serve the rules and include
    hidden entities, so their results must not be shown unfiltered.

    Args:
        transaction: The transaction that reads and writes.
        entity_type: The type of the entities.
    """

    def __init__(self, transaction: Transaction, entity_type: EntityType[E]) -> None:
        self.transaction = transaction
        self.type = entity_type

    # Reading

    def seen(self, record: object) -> Stored:
        """Return the record of an entity that the actor sees, if the entity itself is not needed.

        Args:
            record: The entity, any object with its `id`, or the id.

        Raises:
            NotFound: there is no such entity, it is in the trash, or the actor may not see it.
        """
        id = id_of(record)
        return self._visible(self._present(id), id)

    def load(self, record: object) -> Loaded[E]:
        """Return an entity that the actor sees, with its record.

        Raises:
            NotFound: as `seen`.
        """
        id = id_of(record)
        stored = self.transaction.just_read = self._visible(self._present(id), id)
        return self.loaded(stored)

    def get(self, record: object) -> E:
        """Return an entity that the actor sees, as the actor sees it.

        Raises:
            NotFound: as `seen`.
        """
        (entity,) = self.shown([self.load(record).entity])
        return entity

    def shown(self, entities: Sequence[E]) -> list[E]:
        """Return entities without the ids of records that they name and that the actor does not see."""
        shown = list(entities)
        for attribute, kind in self.type.mentions.items():
            ids = sorted({id for one in shown if (id := getattr(one, attribute))})
            read = self.transaction.reader.get(kind, ids) if ids else []
            found = dict(zip(ids, read, strict=True))
            if kind in _MERGED and None in read:
                from contactcore.workspace.repositories.redirects import redirected

                found |= redirected(self.transaction, kind, [id for id, one in found.items() if one is None])
            seen = {
                id: one.id
                for id, one in found.items()
                if one is not None and may_see(self.transaction.actor, one.access)
            }
            shown = [_with_seen(one, attribute, seen) for one in shown]
        return shown

    def get_many(self, ids: Iterable[str]) -> dict[str, Loaded[E]]:
        """Return entities by id, except those that are missing or in the trash."""
        wanted = list(dict.fromkeys(ids))
        return {
            stored.id: self.loaded(stored)
            for stored in self.stored(wanted)
            if stored is not None and trashed_of(stored) is None
        }

    def load_any(self, id: str) -> Loaded[E]:
        """Return an entity that is not in the trash, even if the actor does not see it.

        Raises:
            NotFound: there is none.
        """
        found = self.get_many([id])
        if id not in found:
            raise NotFound(self.type.name, id)
        return found[id]

    def stored(self, ids: Sequence[str]) -> list[Stored | None]:
        """Return the records with these ids, those in the trash included; None for each that is missing.

        A record that this transaction has locked is not read again, because nobody else changes it; nor is the record
        that a snapshot gave last.
        """
        transaction, kind = self.transaction, self.type.name
        locked, ahead = transaction.locked, transaction.read_ahead
        transaction.announce_settings()
        if not locked and not ahead:
            last = transaction.just_read
            if last is not None and transaction.reader.is_snapshot and ids == [last.id] and last.kind == kind:
                return [last]
            return self.transaction.reader.get(kind, ids)
        known = {id: locked.get((kind, id)) or ahead.pop((kind, id), None) for id in ids}
        missing = [id for id in ids if known[id] is None]
        if missing:
            known.update(zip(missing, self.transaction.reader.get(kind, missing), strict=True))
        return [known[id] for id in ids]

    def present(self, ids: Sequence[str]) -> list[Stored | None]:
        """As `stored`, with the record that a missing one was merged into in its place; the same one never twice."""
        found = dict(zip(ids, self.stored(ids), strict=True))
        missing = [id for id, one in found.items() if one is None]
        if missing and self.type.name in _MERGED:
            from contactcore.workspace.repositories.redirects import redirected

            known = {one.id for one in found.values() if one is not None}
            for id, one in redirected(self.transaction, self.type.name, missing).items():
                if one.id not in known:
                    known.add(one.id)
                    found[id] = one
        return [found[id] for id in ids]

    def _present(self, id: str) -> Stored | None:
        (stored,) = self.present([id])
        return stored

    def _visible(self, stored: Stored | None, id: str) -> Stored:
        if stored is None or not may_see(self.transaction.actor, self._access_of(stored)):
            raise NotFound(self.type.name, id)
        return stored

    def _access_of(self, stored: Stored) -> frozenset[str]:
        """The access terms of a record, or of its owner if the record is reached through it."""
        if not self.type.reached_through_owner:
            return stored.access
        from contactcore.mapping.contacts import CONTACTS

        (owner,) = Repository(self.transaction, CONTACTS).stored([stored.owner])
        return frozenset() if owner is None or trashed_of(stored) is not None else owner.access

    def loaded(self, stored: Stored) -> Loaded[E]:
        """Return the entity of a record that was read, with the record; reduced for a portal user (POR-8)."""
        transaction = self.transaction
        context = transaction.index_context
        known = transaction.last_loaded
        if known is not None and known[1] is context and known[0] == stored:
            entity = known[2]
        else:
            entity = self.type.load(stored, context)
            transaction.last_loaded = (stored, context, entity)
        if self.type.for_client is not None and isinstance(transaction.actor, PortalUser):
            entity = self.type.for_client(entity, transaction.settings)
        return Loaded(entity, stored)

    def find(
        self,
        *groups: frozenset[str],
        access: Access = SYSTEM,
        trashed: bool = False,
        at_once: int = LARGEST_PAGE,
    ) -> Iterator[Loaded[E]]:
        """Yield all entities that have a term of each group, in the order of the type.

        Args:
            groups: Sets of terms.
            access: Access terms, of which a record must have at least one; all records by default.
            trashed: Whether to return the entities in the trash, and only these; False by default.
            at_once: The number of records that are read at once, fewer for large ones; 1,000 by default.
        """
        yield from map(self.loaded, self.find_stored(*groups, access=access, trashed=trashed, at_once=at_once))

    def find_stored(
        self,
        *groups: frozenset[str],
        access: Access = SYSTEM,
        trashed: bool = False,
        at_once: int = LARGEST_PAGE,
    ) -> Iterator[Stored]:
        """Yield the records of the same entities; the arguments are those of `find`."""
        query = self._query(*groups, access=access, trashed=trashed, at_once=at_once)
        self.transaction.announce_settings()
        while True:
            found = self.transaction.reader.find_records(query)
            yield from found.records
            if not found.more:
                return
            query = attrs.evolve(query, after=found.last)

    def announce_find(self, *groups: frozenset[str]) -> None:
        """Say that `find` with these groups follows, so that a server answers it with the next question."""
        self.transaction.reader.announce(records=[self._query(*groups)])

    def announce_owned_by(self, owner_id: str, references: Sequence[str] | None = None) -> None:
        """Say that `owned_by` of this contact follows, so that a server answers it with the next question."""
        self.announce_find(self._owned_group([owner_id], references))

    def _query(
        self,
        *groups: frozenset[str],
        access: Access = SYSTEM,
        trashed: bool = False,
        at_once: int = LARGEST_PAGE,
    ) -> Query:
        order = self._order(trashed=trashed)
        return Query(kind=self.type.name, order=order, access=access, where=groups, limit=at_once)

    def _owned_group(
        self, ids: Iterable[str], references: Sequence[str] | None = None, prefix: str = ""
    ) -> frozenset[str]:
        names = self.type.owners if references is None else references
        return frozenset(f"{prefix}{reference}:{id}" for id in ids for reference in names)

    def count(self, *groups: frozenset[str]) -> int:
        """Return the number of entities outside the trash that have a term of each group."""
        query = Query(kind=self.type.name, order=self._order(trashed=False), access=SYSTEM, where=groups)
        (number,) = self.transaction.reader.count(query)
        return number

    def owned_by(
        self,
        *owner_ids: str,
        references: Sequence[str] | None = None,
        trashed: bool = False,
        at_once: int = LARGEST_PAGE,
    ) -> Iterator[Loaded[E]]:
        """Yield the entities that belong to at least one of these contacts, each once.

        Args:
            owner_ids: The ids of the contacts.
            references: The references by which they belong to it; None (the default) for any.
            trashed, at_once: As for `find`.
        """
        known: set[str] = set()
        rest = iter(sorted(set(owner_ids)))
        prefix = "was:" if trashed else ""
        while ids := list(islice(rest, _IDS_AT_ONCE)):
            group = self._owned_group(ids, references, prefix)
            for one in self.find(group, trashed=trashed, at_once=at_once):
                if one.stored.id not in known:
                    known.add(one.stored.id)
                    yield one

    def parts_of(self, id: str) -> list[Loaded[E]]:
        """Return the entities that belong to one that is not a contact, such as an item; those in the trash last."""
        term = f"{self.type.part_of}:{id}"
        return [*self.find(frozenset({term})), *self.find(frozenset({f"was:{term}"}), trashed=True)]

    def _order(self, *, trashed: bool) -> str:
        if trashed:
            return "trash"
        return self.transaction.order if self.type.order else self.type.plain_order

    # Writing

    def lock(self, record: object) -> Loaded[E]:
        """Lock an entity that the actor sees, until the transaction ends.

        Raises:
            NotFound: as `seen`.
        """
        return self.lock_seen(self.seen(record))

    def lock_seen(self, seen: Stored) -> Loaded[E]:
        """As `lock`, for an entity whose record `seen` gave.

        Raises:
            NotFound: the entity went to the trash, or the actor may no longer see it.
            StorageError: `storage-retry` if another transaction removed the record since it was read. The id of a
                merged contact leads to the one that stayed, so the same act in a new transaction has its proper answer.
        """
        locked = self.lock_any(seen.id)
        self._visible(locked.stored, seen.id)
        return locked

    def lock_any(self, id: str, version: int | None = None) -> Loaded[E]:
        """Lock an entity that was read before until the transaction ends, even if the actor does not see it.

        Args:
            id: The id of the entity.
            version: The version that the entity must have; None (the default) for any.

        Raises:
            StorageError: `storage-retry` if another transaction removed the entity since it was read. The caller may
                not know its id, and the same act in a new transaction has its proper answer.
            Conflict: the entity has another version.
        """
        try:
            return self._lock(id, version)
        except NotFound:
            raise removed_meanwhile() from None

    def _lock(self, id: str, version: int | None = None) -> Loaded[E]:
        transaction, key = self.transaction, (self.type.name, id)
        known = transaction.locked.get(key)
        if known is None or (version is not None and known.version != version):
            with transaction.refusals(None):
                known = transaction.locked[key] = transaction.writer.lock(self.type.name, id, version)
        return self.loaded(known)

    def add(self, entity: E, *, event: str = "added", fresh: bool = False) -> E:
        """Store a new entity.

        Args:
            entity: The entity, with its id and version.
            event: The last part of the name of the event; `""` for no event.
            fresh: Whether the id was drawn for it, so that nobody waits to learn that it was free; False by default.

        Raises:
            Duplicate: the id or a unique key is taken.
            NotFound: the entity refers to a missing record.
        """
        transaction = self.transaction
        record = self.record(entity)
        with transaction.refusals(entity):
            if fresh:
                transaction.writer.insert_fresh([record])
            else:
                transaction.writer.insert([record])
        # No other transaction sees the record before this one ends, which has the effect of a lock.
        transaction.locked[record.kind, record.id] = record.stored()
        if self.type.kept_in_history:
            transaction.remember(None, record, self.type.owner_ids(entity))
        self.publish(event, entity)
        return entity

    def add_many(
        self,
        entities: Sequence[E],
        *,
        owners: Owners | None = None,
        access: Mapping[str, frozenset[str]] | None = None,
        indexed_names: dict[str, IndexedName] | None = None,
        fresh: bool = False,
    ) -> None:
        """Store several new entities without events.

        Args:
            entities: The entities, with their ids and versions.
            owners: All owners of the entities, if they were read already.
            access: The access terms of each entity by id, if they were computed already.
            indexed_names: Indexed names of contacts and owners by id, as far as they were computed already.
            fresh: As for `add`.

        Raises:
            Duplicate, NotFound: as `add`.
        """
        if not entities:
            return
        known = self._owners(entities) if owners is None else owners
        names = {} if indexed_names is None else indexed_names
        records = [*self._new_records(entities, known, access or {}, names)]
        self.add_records(records, map(self.type.owner_ids, entities), fresh=fresh)

    def add_records(
        self, records: Sequence[Record], owner_ids: Iterable[tuple[str, ...]], *, fresh: bool = False
    ) -> None:
        """Store the records of several new entities without events.

        Args:
            records: The records, as `record` returns them.
            owner_ids: The ids of the owners of each entity.
            fresh: As for `add`.

        Raises:
            Duplicate, NotFound: as `add`.
        """
        if not records:
            return
        transaction = self.transaction
        with transaction.refusals(None):
            if fresh:
                transaction.writer.insert_fresh(records)
            else:
                transaction.writer.insert(records)
        if self.type.kept_in_history:
            transaction.remember_added(zip(records, owner_ids, strict=True))

    def _new_records(
        self,
        entities: Sequence[E],
        owners: Owners,
        access: Mapping[str, frozenset[str]],
        names: dict[str, IndexedName],
    ) -> Iterator[Record]:
        """The records of several entities, as `record` returns each of them."""
        context = self.transaction.index_context
        make, references = self.type.record, self.type.owners if self.type.depends_on_owners else ()
        id_of, owner_ids, access_of = self.type.id_of, self.type.owner_ids, self.type.access
        contacts: dict[str, Any] = {}
        for entity in entities:
            its = [owners[id] for id in owner_ids(entity)] if references else []
            terms = access.get(id_of(entity))
            if terms is None:
                terms = access_of(entity, context.settings, frozenset(), tuple([owner.access for owner in its]))
            if its:
                contacts = {name: owner.entity for name, owner in zip(references, its, strict=True)}
            yield make(entity, Placement(context=context, access=terms, owners=contacts, indexed_names=names))

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
        """Store a changed entity, with the next version.

        Args:
            entity: The changed entity, with the version that is stored.
            before: The stored record.
            owners: The owners of the entity, if they were read already.
            trashed: The details of the deletion, if the entity moves to the trash.
            event: The last part of the name of the event; `""` for no event.
            data: More ids for the event.

        Returns:
            The stored entity.

        Raises:
            Conflict: another version is stored.
            Duplicate, NotFound: as `add`.
        """
        ready = self.type.raised(entity)
        self.replace(ready, before, self.record(ready, before.access, owners=owners, trashed=trashed))
        if self.type.files is not None:
            from contactcore.workspace.repositories.kept_files import drop_unused

            needed = self.type.files(ready)
            former = self.type.files(self.type.load(before, self.transaction.index_context))
            drop_unused(self.transaction, {*former}.difference(needed))
        self.publish(event, ready, **data)
        return ready

    def replace(self, entity: E, before: Stored, record: Record) -> None:
        """Replace the stored record of an entity by another record, without an event.

        Args:
            entity: The entity, for the error.
            before: The stored record.
            record: The new record.

        Raises:
            Conflict, Duplicate, NotFound: as `put`.
        """
        transaction = self.transaction
        with transaction.refusals(entity):
            transaction.writer.replace(record, before.version)
        transaction.replaced.setdefault((record.kind, record.id), []).append(before)
        if self.type.kept_in_history:
            transaction.remember(before, record)
        self._remember(record)

    def remove(self, entity: E, stored: Stored, *, event: str = "removed", **data: str) -> None:
        """Remove an entity for good.

        Args:
            entity: The entity.
            stored: The stored record.
            event: The last part of the name of the event; `""` for no event.
            data: More ids for the event.

        Raises:
            Conflict: another version is stored.
            NotFound: the entity is missing, or another record refers to it.
        """
        transaction = self.transaction
        with transaction.refusals(entity):
            transaction.writer.delete(self.type.name, stored.id, stored.version)
        transaction.locked.pop((self.type.name, stored.id), None)
        if self.type.kept_in_history:
            transaction.remember(stored, None)
            if trashed_of(stored) is not None:
                transaction.purged.add((self.type.name, stored.id))
        if self.type.files is not None:
            from contactcore.workspace.repositories.kept_files import drop_unused

            drop_unused(transaction, self.type.files(entity))
        self.publish(event, entity, **data)

    def reindex(self, stored: Iterable[Stored], *, owners: Owners | None = None) -> int:
        """Compute the index values of records again, from their bodies, the settings and their owners, and store them.

        Args:
            stored: The records, in the trash or not.
            owners: Owners of the records, as far as they were read already.

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
        """Return the records that `reindex` would store, from the same arguments, without storing them."""
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
        """Return the record of an entity.

        Args:
            entity: The entity.
            stored: The access terms of the stored record; none by default.
            owners: The owners of the entity, if they were read already.
            access: The new access terms, if they were computed already.
            trashed: The details of the deletion, if the entity is in the trash.
            indexed_names: Indexed names by the id of the contact, as far as they were computed already.
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
        """Publish an event about an entity; it carries ids and codes, no personal data.

        Args:
            event: The last part of the name of the event; `""` publishes nothing.
            entity: The entity.
            data: More ids.
        """
        if event:
            self.transaction.publish(
                f"{self.type.name}.{event}", self.type.id_of(entity), **self.type.event_data(entity), **data
            )

    def _owners(self, entities: Sequence[E], known: Owners | None = None) -> dict[str, Owner]:
        """The owners of the entities, those in the trash included; empty for types that do not depend on owners."""
        owners: dict[str, Owner] = dict(known or {})
        if not self.type.depends_on_owners:
            return owners
        from contactcore.mapping.contacts import CONTACTS

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
