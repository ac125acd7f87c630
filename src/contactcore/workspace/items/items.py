"""The service of items: the things and beings that are served under contacts (SIT-2 to SIT-8)."""

from __future__ import annotations

from typing import Annotated, Any

import attrs

from contactcore.errors import Invalid
from contactcore.mapping.entities import ENTITIES
from contactcore.mapping.items import ITEMS
from contactcore.mapping.trash import trashed_of
from contactcore.model import Contact, Item
from contactcore.rules.belonging import prepare_item
from contactcore.workspace.kernel.arguments import MAY_BE_NEW, check_arguments
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.belonging import BelongingRepository
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.repository import Repository

__all__ = ["Items"]

_PARTS = tuple(entity_type for entity_type in ENTITIES if entity_type.part_of == "item")
"""The types of the entities that belong to an item, and move with it to another contact."""


@check_arguments()
class Items:
    """The items of contacts, as one actor sees them; `session.items` is this service.

    An item has the access of its contact. A change of an item needs the right to change its contact.

    >>> from contactcore import Item, Person, User, Workspace
    >>> from contactcore_memory import MemoryStorage
    >>> with Workspace(MemoryStorage(), "acme").write(User("amelie")) as session:
    ...     jane = session.contacts.add(Person("Jane", "Doe"))
    ...     rex = session.items.add(jane, Item("Rex"))
    ...     mia = session.items.add(jane, Item("Mia"))
    ...     session.items.delete(rex)
    ...     [item.name for item in session.items.of(jane)], [hit.name for hit in session.contacts.search("mia")]
    (['Mia'], ['Jane Doe'])

    Source: SIT-2 to SIT-8.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._contacts = ContactRepository(transaction)
        self._items: BelongingRepository[Item] = BelongingRepository(transaction, ITEMS)

    def add(self, contact: str | Contact, item: Annotated[Item, MAY_BE_NEW]) -> Item:
        """Store a new item of a contact (SIT-4).

        Args:
            contact: The contact, or its id.
            item: An item without an id.

        Returns:
            The stored item, with its id, version 1 and its contact.

        Raises:
            NotFound: There is no such contact, or the actor may not see it.
            Forbidden: `read-only`, `read-only-session`, `portal-reads-only`.
            Invalid: One error lists all problems, such as `item-type-unknown` and `field-required`; `already-stored`
                for an item that has an id; `themself-twice` for a second item that stands for its contact.
        """
        owner = self._contacts.lock_for_change(contact)
        ready, more = prepare_item(item, self._transaction.settings, owner.entity)
        problems = (*self._items.problems_of_new(item), *more)
        if problems:
            raise Invalid(problems)
        self._check_themself(ready, owner.entity.id)
        return self._items.add_new(ready, owner)

    def get(self, item: str | Item) -> Item:
        """The item with an id.

        Args:
            item: The item, or its id.

        Raises:
            NotFound: The item does not exist, is in the trash, or its contact is hidden from the actor.
        """
        return self._items.get(item)

    def of(self, contact: str | Contact) -> tuple[Item, ...]:
        """The items of a contact, in the sequence in which they were added.

        Args:
            contact: The contact, or its id.

        Raises:
            NotFound: There is no such contact, or the actor may not see it.
        """
        return tuple(one.entity for one in self._items.of(self._contacts.seen(contact).id))

    def save(self, item: Item) -> Item:
        """Store a changed item; a change of somebody else is never overwritten (DIR-15).

        Args:
            item: An item that this service returned, changed with `attrs.evolve`.

        Returns:
            The stored item with the next version; the same version if nothing changed.

        Raises:
            Conflict: Somebody else changed the item after it was read. The error has both, as `mine` and `stored`.
            NotFound: As `get`.
            Forbidden: As `add`.
            Invalid: One error lists all problems; `contact-change` if the item names another contact.
        """
        locked, owner = self._items.lock_with_owner(item)
        before = locked.entity
        if item.contact_id != before.contact_id:
            message = "Use move to give the item to another contact."
            raise Invalid("contact-change", message, path="contact_id", value=item.contact_id)
        ready, problems = prepare_item(
            attrs.evolve(item, since=before.since), self._transaction.settings, owner.entity, before
        )
        if problems:
            raise Invalid(problems)
        if ready.of_themself and not before.of_themself:
            self._check_themself(ready, owner.entity.id)
        if ready == before:
            return before
        return self._items.put(ready, locked.stored, owners={owner.entity.id: owner})

    def move(self, item: str | Item, contact: str | Contact) -> Item:
        """Give an item to another contact, with everything that belongs to it; no contact is changed (SIT-7).

        Entries of an account stay with the contact that owes them.

        Args:
            item: The item, or its id. An item must have the stored version.
            contact: The new contact, or its id.

        Returns:
            The stored item.

        Raises:
            Conflict, NotFound: As `save`.
            Forbidden: `read-only` if the actor may not change both contacts.
            Invalid: `themself-moved` for an item that stands for its own contact.

        >>> from contactcore import Item, Person, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme").write(User("amelie")) as session:
        ...     jane, joan = session.contacts.add(Person("Jane", "Doe")), session.contacts.add(Person("Joan", "Roe"))
        ...     rex = session.items.add(jane, Item("Rex"))
        ...     moved = session.items.move(rex, joan)
        ...     session.items.of(jane), [item.name for item in session.items.of(joan)]
        ((), ['Rex'])
        """
        seen, target = self._items.load(item), self._contacts.seen(contact)
        # Both contacts are locked in the order of their ids, so that two opposite moves do not wait for each other.
        locked_contacts = {id: self._contacts.lock_for_change(id) for id in sorted({seen.entity.contact_id, target.id})}
        locked, _ = self._items.lock_with_owner(item)
        owner = locked_contacts[target.id]
        if locked.entity.contact_id == target.id:
            return locked.entity
        if locked.entity.of_themself:
            message = "This item stands for its own contact: add another item instead."
            raise Invalid("themself-moved", message, path="item", value=locked.entity.id)
        parts = [
            (repository, one)
            for entity_type in _PARTS
            for repository in [Repository[Any](self._transaction, entity_type)]
            for one in repository.parts_of(locked.entity.id)
        ]
        owners = {target.id: owner}
        moved = self._items.put(
            attrs.evolve(locked.entity, contact_id=target.id), locked.stored, owners=owners, event="moved"
        )
        for repository, one in parts:
            entity, trashed = repository.type.moved(one.entity, target.id), trashed_of(one.stored)
            if trashed is not None:
                trashed = attrs.evolve(trashed, access=tuple(sorted(owner.access)))
            repository.put(entity, one.stored, trashed=trashed, event="moved")
        return moved

    def delete(self, item: str | Item) -> None:
        """Move an item to the trash, with what belongs to it; `session.trash.restore` brings everything back (SIT-7).

        The contact and its other items do not change, even if this was the last item.

        Args:
            item: The item, or its id. An item must have the stored version.

        Raises:
            Conflict, NotFound, Forbidden: As `save`.
        """
        locked, owner = self._items.lock_with_owner(item)
        self._items.discard(locked, owner)

    def _check_themself(self, item: Item, contact_id: str) -> None:
        """Refuse a second item that stands for its contact."""
        if item.of_themself and any(True for _ in self._items.find(frozenset({f"self:{contact_id}"}))):
            message = "The contact has such an item already: add this one without the flag."
            raise Invalid("themself-twice", message, path="of_themself", value=True)
