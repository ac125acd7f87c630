"""Records that belong to one contact: they are added, changed and listed under the rights of their contact."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

import attrs

from contactcore.errors import Conflict, Invalid, Problem
from contactcore.mapping.trash import Trashed, trashed_of
from contactcore.model import Company, Person
from contactcore.model.restoring import altered
from contactcore.workspace.kernel.ids import timestamp
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.merging import MergedSave
from contactcore.workspace.repositories.merging import merge_changes as merge
from contactcore.workspace.repositories.repository import Loaded, Repository

__all__ = ["BelongingRepository"]

E = TypeVar("E", bound=Any)


class BelongingRepository(Repository[E]):
    """The entities of one type, each of which belongs to one contact, in one transaction.

    A change locks the contact first, so that two changes of one contact never overlap, and two transactions that change
    several records of a contact lock them in the same order.
    """

    @property
    def _contacts(self) -> ContactRepository:
        return ContactRepository(self.transaction)

    def of(self, contact_id: str) -> Iterator[Loaded[E]]:
        """Yield the entities of a contact that the actor sees, in the sequence in which they were added."""
        return self.owned_by(contact_id)

    def add_new(self, entity: E, owner: Loaded[Person | Company], *, event: str = "added") -> E:
        """Store a new, prepared entity of a contact.

        Args:
            entity: The entity, without an id.
            owner: The contact, locked.
            event: The last part of the name of the event; `""` for no event.

        Returns:
            The stored entity, with its id, version 1 and its contact.
        """
        transaction = self.transaction
        new = {"id": transaction.new_id(), "version": 1, "contact_id": owner.entity.id}
        return self.add(attrs.evolve(entity, **new, since=transaction.now), event=event)

    def lock_with_owner(self, record: object) -> tuple[Loaded[E], Loaded[Person | Company]]:
        """Lock an entity and its contact, which the actor may change.

        Args:
            record: The entity as it was read, any object with its `id`, or the id.

        Raises:
            NotFound: there is no such entity, it is in the trash, or the actor may not see it.
            Forbidden: `read-only` if the actor sees the contact but may not change it.
            Conflict: the entity has another version than the one that was read.
        """
        seen = self.load(record)
        owner = self._contacts.lock_for_change(seen.entity.contact_id)
        locked = self.lock_seen(seen.stored)
        read = getattr(record, "version", None) if isinstance(record, type(locked.entity)) else None
        moved = locked.entity.contact_id != owner.entity.id
        if moved or (read is not None and read != locked.stored.version):
            (stored,) = self.shown([locked.entity])
            raise Conflict(record, stored)
        return locked, owner

    def save(
        self,
        entity: E,
        prepare: Callable[[E, E, Person | Company], tuple[E, Iterable[Problem]]],
        *,
        fixed: Mapping[str, str],
        written: Callable[[E], object] = lambda _: None,
        merge_changes: bool = False,
    ) -> MergedSave[E]:
        """Store a changed entity, whose contact the actor may change; nothing is stored if nothing changed.

        Args:
            entity: The entity as it was read, changed.
            prepare: A function of the changed entity, the stored one and their contact, all locked. It returns the
                entity ready to be stored and its problems.
            fixed: Names of attributes that no change may touch, each with the advice of the refusal.
            written: What two equal entities may still differ in; nothing by default.
            merge_changes: Whether changes that others made to other fields since the entity was read are kept; False by
                default, which refuses an entity that is not up to date.

        Returns:
            The stored entity with the next version, or with the same version if nothing changed; and the fields that
            others had changed.

        Raises:
            NotFound, Forbidden: as `lock_with_owner`.
            Conflict: as `lock_with_owner`; with `merge_changes` if both changed the same fields.
            Invalid: `contact-change` for a fixed attribute; the problems of the entity.
        """
        locked, owner = self.lock_with_owner(entity.id if merge_changes else entity)
        others: tuple[str, ...] = ()
        if merge_changes:
            entity, others = self._merged(entity, locked)
        before = locked.entity
        for name, advice in fixed.items():
            if getattr(entity, name) != getattr(before, name):
                raise Invalid("contact-change", advice, path=name, value=getattr(entity, name))
        ready, found = prepare(altered(entity, {"since": before.since}), before, owner.entity)
        problems = tuple(found)
        if problems:
            raise Invalid(problems)
        if ready == before and written(ready) == written(before):
            return MergedSave(before, others)
        return MergedSave(self.put(ready, locked.stored), others)

    def _merged(self, given: E, locked: Loaded[E]) -> tuple[E, tuple[str, ...]]:
        """An entity as an actor read and changed it, with the changes of others, and the fields of those.

        The copy of the actor lacks the ids of the records that the actor does not see. They stay as they are.
        """
        (shown,) = self.shown([locked.entity])
        hidden = {
            name: getattr(locked.entity, name)
            for name in self.type.mentions
            if not getattr(given, name) and not getattr(shown, name)
        }
        try:
            merged: tuple[E, tuple[str, ...]] = merge(self.transaction, altered(given, hidden), locked)
        except Conflict as error:
            # Neither does the merged copy name a record that the actor does not see.
            own = {name: getattr(given, name) for name in self.type.mentions if not getattr(shown, name)}
            copy = None if error.merged is None else altered(error.merged, own)
            raise Conflict(given, shown, str(error), error.fields, copy) from None
        return merged

    def delete(self, record: object) -> None:
        """Move an entity, whose contact the actor may change, to the trash.

        Args:
            record: The entity as it was read, any object with its `id`, or the id.

        Raises:
            NotFound, Forbidden, Conflict: as `lock_with_owner`.
        """
        self.discard(*self.lock_with_owner(record))

    def discard(self, locked: Loaded[E], owner: Loaded[Person | Company]) -> None:
        """Move an entity to the trash, with the entities that are part of it; the contact stays.

        Args:
            locked: The entity, locked.
            owner: Its contact, locked. Users who see the contact see the entity in the trash.
        """
        from contactcore.mapping.entities import ENTITIES

        transaction, root = self.transaction, self.type.id_of(locked.entity)
        trashed = Trashed(timestamp(transaction.now), transaction.actor.name, root, tuple(sorted(owner.access)))
        for entity_type in ENTITIES:
            if entity_type.part_of == self.type.name:
                parts: Repository[Any] = Repository(transaction, entity_type)
                for one in parts.parts_of(root):
                    if trashed_of(one.stored) is None:
                        # A part may be hidden from users who see the contact, and stays hidden in the trash.
                        of_part = attrs.evolve(trashed, access=tuple(sorted(one.access)))
                        parts.put(one.entity, one.stored, trashed=of_part, event="")
        self.put(locked.entity, locked.stored, trashed=trashed, event="deleted", root=root)

    @staticmethod
    def problems_of_new(entity: Any) -> tuple[Problem, ...]:
        """The problem of a new entity that is stored already: `already-stored`."""
        if not entity.id:
            return ()
        return (Problem("already-stored", "id", "Use save to change a stored record.", entity.id),)
