"""The service of items: the things and beings that are served under contacts (SIT-2 to SIT-8)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal, overload

import attrs

from contactcore.errors import Invalid, Problem, collect
from contactcore.frozen import frozen
from contactcore.mapping.entities import ENTITIES
from contactcore.mapping.index_keys import term
from contactcore.mapping.item_roles import ITEM_ROLES
from contactcore.mapping.items import ITEMS
from contactcore.mapping.trash import trashed_of
from contactcore.model import Company, Contact, Item, ItemRole, Person
from contactcore.rules.access import may_see, read_terms
from contactcore.rules.belonging import prepare_item, role_problems
from contactcore.values import EmailAddress
from contactcore.workspace.items.directory import ItemCard, ItemDirectory, ItemPage
from contactcore.workspace.kernel.arguments import AS_STORED, MAY_BE_NEW, check_arguments
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.affiliations import AffiliationRepository
from contactcore.workspace.repositories.belonging import BelongingRepository
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.merging import MergedSave
from contactcore.workspace.repositories.repository import Repository

__all__ = ["Items", "Responsibility"]

_PARTS = tuple(entity_type for entity_type in ENTITIES if entity_type.part_of == "item")
"""The types of the entities that belong to an item, and move with it to another contact."""


@frozen
class Responsibility:
    """A role of a contact for an item, with both.

    Attributes:
        role: The role.
        item: The item.
        contact: The responsible contact, which has the role.
    """

    role: ItemRole
    item: Item
    contact: Person | Company


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
        self._roles: BelongingRepository[ItemRole] = BelongingRepository(transaction, ITEM_ROLES)

    def add(self, contact: Annotated[str | Contact, AS_STORED], item: Annotated[Item, MAY_BE_NEW]) -> Item:
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

        >>> from contactcore import Company, Item, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        ...     van = session.items.add(bois, Item("Van"))
        ...     van.name, van.version
        ('Van', 1)
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

        >>> from contactcore import Company, Item, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        ...     van = session.items.add(bois, Item("Van"))
        ...     session.items.get(van.id).name
        'Van'
        """
        return self._items.get(item)

    def of(self, contact: str | Contact) -> tuple[Item, ...]:
        """The items of a contact, in the sequence in which they were added.

        Args:
            contact: The contact, or its id.

        Raises:
            NotFound: There is no such contact, or the actor may not see it.

        >>> from contactcore import Company, Item, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        ...     van = session.items.add(bois, Item("Van"))
        ...     [one.name for one in session.items.of(bois)]
        ['Van']
        """
        return tuple(one.entity for one in self._items.of(self._contacts.seen(contact).id))

    def page(
        self,
        *,
        letter: str | None = None,
        limit: int = 50,
        after: str | None = None,
        before: str | None = None,
        type: str | None = None,
        status: str | None = None,
    ) -> ItemPage:
        """One page of the directory of items, by name, in the order of the workspace's language (SIT-8).

        A page costs the same at any position and with any number of items.

        Args:
            letter: An index letter from `letters()`; None, the default, or `"All"` for all items.
            limit: The number of items on the page, 1 to 1,000; 50 by default.
            after: The cursor `ItemPage.next` of the preceding page; None for the first page.
            before: The cursor `ItemPage.previous` of the following page; None by default.
            type: The slug of an item type; None, the default, for all.
            status: `"open"` or `"closed"`; None, the default, for both.

        Raises:
            Invalid: `letter-unknown`, `limit-out-of-range`, `two-cursors`, `cursor-unreadable`, `cursor-outdated`,
                `item-type-unknown`, `status-unknown`.

        >>> from contactcore import Item, Person, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme").write(User("amelie")) as session:
        ...     jane = session.contacts.add(Person("Jane", "Doe"), items=[Item("Rex"), Item("Mia")])
        ...     [(card.name, card.contact) for card in session.items.page()]
        [('Mia', 'Jane Doe'), ('Rex', 'Jane Doe')]
        """
        return self._directory(type, status).page(letter, limit, after, before)

    def letters(self, *, type: str | None = None, status: str | None = None) -> dict[str, int]:
        """The number of items under each index letter, in the order of the letters (SIT-8).

        The cost grows with the number of items that the actor sees.

        Args:
            type, status: As for `page`.

        Raises:
            Invalid: `item-type-unknown`, `status-unknown`.
        """
        return self._directory(type, status).pages.letters()

    def count(self, *, letter: str | None = None, type: str | None = None, status: str | None = None) -> int:
        """The number of items that the actor sees; the cost grows with that number.

        Args:
            letter, type, status: As for `page`.

        Raises:
            Invalid: `letter-unknown`, `item-type-unknown`, `status-unknown`.
        """
        return self._directory(type, status).pages.count(letter)

    def search(
        self, text: str, *, limit: int = 20, type: str | None = None, status: str | None = None
    ) -> tuple[ItemCard, ...]:
        """The items that a text finds while a user types it, each with its contact, as a picker shows them (SIT-8).

        An item is found if each word of the text is the prefix of a word of its name or of its contact's name.

        Args:
            text: The text of a search box.
            limit: The maximum number of items, 1 to 200; 20 by default.
            type, status: As for `page`.

        Returns:
            The cards, in the order of the contacts.

        Raises:
            Invalid: `limit-out-of-range`, `item-type-unknown`, `status-unknown`.

        >>> from contactcore import Item, Person, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme").write(User("amelie")) as session:
        ...     jane = session.contacts.add(Person("Jane", "Doe"), items=[Item("Rex"), Item("Mia")])
        ...     [card.name for card in session.items.search("re doe")]
        ['Rex']
        """
        return self._directory(type, status).search(text, limit)

    def owners_at(self, email: EmailAddress | str) -> tuple[Person | Company, ...]:
        """The contacts to which an item of the person at an e-mail address can belong, to pick one (SIT-4).

        These are the contacts that have the address, and the contacts for which somebody with this address acts.

        Args:
            email: The e-mail address.

        Returns:
            The contacts that the actor sees, each once; those with the address first. Empty if there is none: then
            `contacts.add` stores the contact with the item.

        Raises:
            Invalid: `email-syntax`.

        >>> from contactcore import Item, Person, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme").write(User("amelie")) as session:
        ...     jane = session.contacts.add(Person("Jane", "Doe", emails=["jane@doe.org"]))
        ...     (found,) = session.items.owners_at("Jane@doe.org")
        ...     session.items.add(found, Item("Rex")).contact_id == jane.id
        True
        """
        (address,) = collect(("email", lambda: email if isinstance(email, EmailAddress) else EmailAddress(email)))
        actor, wanted = self._transaction.actor, frozenset({term("email", address.key)})
        contacts = list(self._contacts.find(wanted, access=read_terms(actor)))
        affiliations = AffiliationRepository(self._transaction)
        acting = [one.entity for one in affiliations.find(wanted, access=read_terms(actor))]
        for person in contacts:
            if isinstance(person.entity, Person):
                acting += [one.entity for one in affiliations.of_person(person.entity.id) if may_see(actor, one.access)]
        today = self._transaction.today
        clients = self._contacts.get_many(one.contact_id for one in acting if one.is_current(today))
        found = {one.entity.id: one.entity for one in (*contacts, *clients.values())}
        return tuple(found.values())

    @overload
    def save(self, item: Item, *, merge_changes: Literal[False] = False) -> Item: ...
    @overload
    def save(self, item: Item, *, merge_changes: Literal[True]) -> MergedSave[Item]: ...
    def save(self, item: Item, *, merge_changes: bool = False) -> Item | MergedSave[Item]:
        """Store a changed item; a change of somebody else is never overwritten (DIR-15).

        Args:
            item: An item that this service returned, changed with `attrs.evolve`.
            merge_changes: Whether changes of others in other fields are kept, as for `contacts.save`.

        Returns:
            The stored item with the next version; the same version if nothing changed.

        Raises:
            Conflict: Somebody else changed the item after it was read. The error has both, as `mine` and `stored`.
            NotFound: As `get`.
            Forbidden: As `add`.
            Invalid: One error lists all problems; `contact-change` if the item names another contact.

        >>> import attrs
        >>> from contactcore import Company, Item, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        ...     van = session.items.add(bois, Item("Van"))
        ...     session.items.save(attrs.evolve(van, name="New")).version
        2
        """

        def prepare(changed: Item, before: Item, owner: Contact) -> tuple[Item, Iterable[Problem]]:
            ready, problems = prepare_item(changed, self._transaction.settings, owner, before)
            if ready.of_themself and not before.of_themself and not problems:
                self._check_themself(ready, owner.id)
            return ready, problems

        saved = self._items.save(
            item,
            prepare,
            fixed={"contact_id": "Use move to give the item to another contact."},
            merge_changes=merge_changes,
        )
        return saved if merge_changes else saved.record

    def move(self, item: Annotated[str | Item, AS_STORED], contact: Annotated[str | Contact, AS_STORED]) -> Item:
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

    def delete(self, item: Annotated[str | Item, AS_STORED]) -> None:
        """Move an item to the trash, with what belongs to it; `session.trash.restore` brings everything back (SIT-7).

        The contact and its other items do not change, even if this was the last item.

        Args:
            item: The item, or its id. An item must have the stored version.

        Raises:
            Conflict, NotFound, Forbidden: As `save`.

        >>> from contactcore import Company, Item, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        ...     van = session.items.add(bois, Item("Van"))
        ...     session.items.delete(van)
        ...     session.items.of(bois)
        ()
        """
        self._items.delete(item)

    def assign(
        self,
        item: Annotated[str | Item, AS_STORED],
        contact: Annotated[str | Contact, AS_STORED],
        role: str,
        *,
        information: str = "",
    ) -> ItemRole:
        """Make a contact responsible for an item, in a role such as guardian or payer (SIT-2).

        The owner of the item may have a role too. The role decides which notices about the item the contact gets
        (NOT-4).

        Args:
            item: The item, or its id. An item must have the stored version.
            contact: The responsible contact, a person or a company, or its id.
            role: The slug of one of the roles in `session.settings.item_roles`, such as `"guardian"`.
            information: Free text; `""` by default.

        Returns:
            The stored role, with its id and version 1.

        Raises:
            Conflict, NotFound: As `save`; `NotFound` for a contact that the actor may not see, too.
            Forbidden: `read-only` if the actor may not change the contact of the item.
            Invalid: `item-role-unknown`; `item-role-twice` if the contact has this role for the item; the problems of
                the text.

        >>> from contactcore import Item, Person, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme").write(User("amelie")) as session:
        ...     jane = session.contacts.add(Person("Jane", "Doe"), items=[Item("Tom")])
        ...     (tom,), joan = session.items.of(jane), session.contacts.add(Person("Joan", "Roe"))
        ...     assigned = session.items.assign(tom, joan, "guardian", information="after school")
        ...     [(one.contact.display_name, one.role.role) for one in session.items.roles(tom)]
        [('Joan Roe', 'guardian')]
        """
        seen, holder = self._items.load(item), self._contacts.seen(contact)
        # Both contacts are locked in the order of their ids, so that two opposite calls do not wait for each other.
        for id in sorted({seen.entity.contact_id, holder.id}):
            (self._contacts.lock_for_change if id == seen.entity.contact_id else self._contacts.lock)(id)
        locked, owner = self._items.lock_with_owner(item)
        new = ItemRole(item_id=locked.entity.id, holder_id=holder.id, role=role, information=information)
        self._check_role(new)
        return self._roles.add_new(new, owner)

    def roles(self, item: str | Item) -> tuple[Responsibility, ...]:
        """The roles of contacts for an item, in the sequence in which they were assigned.

        Args:
            item: The item, or its id.

        Returns:
            The roles of the contacts that the actor sees, each with the contact.

        Raises:
            NotFound: As `get`.
        """
        return self._responsibilities(f"item:{self._items.seen(item).id}")

    def responsible_for(self, contact: str | Contact) -> tuple[Responsibility, ...]:
        """The roles that a contact has for items, its own items included, in the sequence in which they were assigned.

        Args:
            contact: The responsible contact, or its id.

        Returns:
            The roles for the items that the actor sees, each with the item.

        Raises:
            NotFound: There is no such contact, or the actor may not see it.

        >>> from contactcore import Item, Person, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme").write(User("amelie")) as session:
        ...     jane = session.contacts.add(Person("Jane", "Doe"), items=[Item("Rex")])
        ...     assigned = session.items.assign(session.items.of(jane)[0], jane, "payer")
        ...     [(one.item.name, one.role.role) for one in session.items.responsible_for(jane)]
        [('Rex', 'payer')]
        """
        return self._responsibilities(f"holder:{self._contacts.seen(contact).id}")

    def save_role(self, role: ItemRole) -> ItemRole:
        """Store a changed role or information of a responsible contact (DIR-15).

        Args:
            role: A role that this service returned, changed with `attrs.evolve`.

        Returns:
            The stored role with the next version; the same version if nothing changed.

        Raises:
            Conflict: Somebody else changed it after it was read. The error has both, as `mine` and `stored`.
            NotFound: There is no such role, or the actor does not see both the item and the responsible contact.
            Forbidden: As `assign`.
            Invalid: As `assign`; `contact-change` for another item or another contact.
        """

        def prepare(changed: ItemRole, before: ItemRole, _: Contact) -> tuple[ItemRole, Iterable[Problem]]:
            self._check_role(changed, before)
            return changed, ()

        advice = "Unassign this role, and assign the other one."
        fixed = dict.fromkeys(("item_id", "contact_id", "holder_id"), advice)
        return self._roles.save(role, prepare, fixed=fixed).record

    def unassign(self, role: Annotated[str | ItemRole, AS_STORED]) -> None:
        """Take a role for an item from a contact; the contact and the item stay.

        Args:
            role: The role, or its id. A role must have the stored version.

        Raises:
            Conflict, NotFound, Forbidden: As `save_role`.

        >>> from contactcore import Item, Person, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme").write(User("amelie")) as session:
        ...     jane = session.contacts.add(Person("Jane", "Doe"), items=[Item("Rex")])
        ...     (rex,) = session.items.of(jane)
        ...     session.items.unassign(session.items.assign(rex, jane, "payer"))
        ...     session.items.roles(rex)
        ()
        """
        locked, _ = self._roles.lock_with_owner(role)
        self._roles.remove(locked.entity, locked.stored)

    def _responsibilities(self, term: str) -> tuple[Responsibility, ...]:
        found = [one.entity for one in self._roles.find(frozenset({term}), access=read_terms(self._transaction.actor))]
        contacts = self._contacts.get_many(one.holder_id for one in found)
        items = self._items.get_many(one.item_id for one in found)
        return tuple(Responsibility(one, items[one.item_id].entity, contacts[one.holder_id].entity) for one in found)

    def _check_role(self, role: ItemRole, before: ItemRole | None = None) -> None:
        others = (one.entity for one in self._roles.find(frozenset({f"item:{role.item_id}"})))
        problems = (*role_problems(role, self._transaction.settings, others, before),)
        if problems:
            raise Invalid(problems)

    def _directory(self, type: str | None, status: str | None) -> ItemDirectory:
        return ItemDirectory(self._transaction, type=type, status=status)

    def _check_themself(self, item: Item, contact_id: str) -> None:
        """Refuse a second item that stands for its contact."""
        if item.of_themself and any(True for _ in self._items.find(frozenset({f"self:{contact_id}"}))):
            message = "The contact has such an item already: add this one without the flag."
            raise Invalid("themself-twice", message, path="of_themself", value=True)
