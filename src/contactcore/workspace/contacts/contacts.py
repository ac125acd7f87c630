"""Contacts: add, read, change, delete, page, search."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

import attrs

from contactcore.errors import Conflict, Invalid
from contactcore.model import AccessPolicy, Company, Contact, Person
from contactcore.rules.preparation import offered, with_access
from contactcore.workspace.contacts.directory import Directory, Filters, Page
from contactcore.workspace.contacts.prefill import Prefill, prefill
from contactcore.workspace.contacts.search import Hit, search
from contactcore.workspace.kernel.arguments import check_arguments
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.affiliations import AffiliationRepository
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.repository import Loaded
from contactcore.workspace.trash.trash import discard

__all__ = ["Contacts"]

_C = TypeVar("_C", bound=Person | Company)

_KEPT_IN_ANOTHER = ("type", "categories", "tags", "currency", "responsibles", "access")


@check_arguments()
class Contacts:
    """The contacts of a workspace, as one actor sees them.

    >>> from contactcore import User, Workspace
    >>> from contactcore_memory import MemoryStorage
    >>> with Workspace(MemoryStorage(), "acme", country="FR").write(User("amelie")) as session:
    ...     bois = session.contacts.add(Company("Bois & Fils", phones=["01 44 55 66 77"]))
    ...     south = session.contacts.add(session.contacts.another(bois, name="Bois Sud"))
    ...     renamed = session.contacts.save(attrs.evolve(south, division="Marseille"))
    ...     opened = session.contacts.share(bois.id, "shared-read")
    ...     session.contacts.delete(renamed)
    ...     [str(phone) for phone in session.contacts.get(bois.id).phones]
    ...     [card.name for card in session.contacts.page()], session.contacts.count(), session.contacts.letters()["B"]
    ...     [hit.name for hit in session.contacts.search("fil")]
    ['+33144556677']
    (['Bois & Fils'], 1, 1)
    ['Bois & Fils']
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._repository = ContactRepository(transaction)

    def add(self, contact: _C) -> _C:
        """Store a new contact; the actor becomes responsible for it where nobody is named (ACC-1).

        Args:
            contact: Without an id. National phone numbers are read with the workspace's country.

        Returns:
            The stored contact, with its id, version 1, and the defaults filled in.

        Raises:
            Invalid: all problems at once; `already-stored` for a contact that has an id.
        """
        if contact.id:
            raise Invalid("already-stored", "Use save to change a stored contact.", path="id", value=contact.id)
        return self._repository.add_prepared(self._repository.prepare(contact))

    def get(self, contact: str | Contact) -> Person | Company:
        """The contact with this id.

        Raises:
            NotFound: there is none that the actor may see.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").read(User("amelie")) as session:
        ...     session.contacts.get("42")
        Traceback (most recent call last):
        contactcore.errors.NotFound: There is no contact '42' that you may see.
        """
        return self._repository.get(contact)

    def save(self, contact: _C, *, with_people: bool = False) -> _C:
        """Store a changed contact (DIR-11, DIR-15).

        Args:
            contact: As read, and changed with `attrs.evolve`.
            with_people: Whether its contact persons get its access and responsibles too (PER-1), as far as the actor
                may change theirs.

        Returns:
            The stored contact, one version further; the very same version when nothing was changed.

        Raises:
            Conflict: somebody else changed it first; carries both versions.
            NotFound: there is none that the actor may see.
            Forbidden: `read-only`, or `access-change` when somebody who is neither responsible nor an admin changes
                who may see it.
            Invalid: all problems at once.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     read = session.contacts.add(Company("Bois & Fils"))
        ...     changed = session.contacts.save(attrs.evolve(read, division="North"))
        ...     try:
        ...         session.contacts.save(attrs.evolve(read, division="South"))
        ...     except Conflict as conflict:
        ...         changed.version, conflict.stored.division
        (2, 'North')
        """
        if not contact.id:
            raise Invalid("not-stored", "Use add to store a new contact.", path="id", value=contact.id)
        locked = self._lock_as_read(contact)
        before = locked.entity
        if contact.kind != before.kind:
            raise Invalid("kind-change", f"This is a {before.kind}; add a new contact instead.", path="kind")
        ready = self._repository.change(self._repository.prepare(contact, before), locked)
        if with_people:
            self._take_along(ready)
        return ready

    def delete(self, contact: str | Contact, *, successors: dict[str, str] | None = None) -> None:
        """Move a contact to the trash with everything under it (DIR-11).

        Its mere contact persons go with it unless they act for somebody else too. Where the deleted person was the
        primary contact person of somebody, a successor is appointed (PER-3).

        Args:
            contact: The contact, or its id. An entity must be of the stored version.
            successors: Id of a contact -> id of the affiliation that becomes its primary one.

        Raises:
            Conflict, NotFound, Forbidden: as `save`.
        """
        discard(self._transaction, self._lock_as_read(contact), successors or {})

    def share(
        self,
        contact: str | Contact,
        access: AccessPolicy | str = AccessPolicy.SHARED_READ,
        *,
        responsibles: Iterable[str] | None = None,
        with_people: bool = False,
    ) -> Person | Company:
        """Set who may see and change a contact (ACC-2).

        Args:
            contact: The contact, or its id.
            access: Open for reading by default.
            responsibles: Names of users, in place of the present ones; None to keep them.
            with_people: Whether its contact persons get the same.

        Raises:
            NotFound, Forbidden, Invalid: as `save`.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> workspace, amelie, bob = Workspace(MemoryStorage(), name="acme"), User("amelie"), User("bob")
        >>> with workspace.write(amelie) as session:
        ...     client = session.contacts.add(Company("Bois & Fils"))
        >>> with workspace.read(bob) as session:
        ...     session.contacts.count()
        0
        >>> with workspace.write(amelie) as session:
        ...     opened = session.contacts.share(client, "shared-read")
        >>> with workspace.read(bob) as session:
        ...     session.contacts.count()
        1
        """
        locked = self._repository.lock_for_change(contact)
        before = locked.entity
        wanted = attrs.evolve(
            before,
            access=access,
            responsibles=before.responsibles if responsibles is None else responsibles,
        )
        ready = self._repository.change(with_access(wanted, before), locked)
        if with_people:
            self._take_along(ready)
        return ready

    def prefill(self, contact: str | Contact) -> Prefill:
        """What the host's other modules fill in about a contact: names, contact details, billing address (DIR-12).

        Raises:
            NotFound: there is none that the actor may see.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme", currency="EUR").write(User("amelie")) as session:
        ...     client = session.contacts.add(Company("Bois & Fils", emails=["office@bois.fr"]))
        ...     known = session.contacts.prefill(client)
        ...     known.name, str(known.emails[0]), known.currency
        ('Bois & Fils', 'office@bois.fr', 'EUR')
        """
        return prefill(self._transaction, contact)

    def another(self, contact: _C, **details: Any) -> _C:
        """A new contact for "save and create another": type, categories, tags, currency, responsible, access (DIR-13).

        Args:
            contact: The one that was just saved.
            details: What the new one has of its own (`given_name="Joan"`, `name="Bois Sud"`, `emails=[...]`).

        Returns:
            A contact that is not stored yet.

        Raises:
            Invalid: all problems at once.
        """
        unknown = sorted(set(details) - {field.name for field in attrs.fields(type(contact))})
        if unknown:
            raise Invalid("detail-unknown", f"A {contact.kind} has no {unknown[0]!r}.", path=unknown[0])
        kept = {name: getattr(contact, name) for name in _KEPT_IN_ANOTHER}
        # What is not offered any more stays with those who have it, but no new contact can get it.
        settings = self._transaction.settings
        kept["type"] = kept["type"] if kept["type"] in offered(settings.types) else ""
        kept["categories"] = tuple(slug for slug in kept["categories"] if slug in offered(settings.categories))
        return type(contact)(**{**kept, **details})

    def page(
        self,
        *,
        letter: str | None = None,
        limit: int = 50,
        after: str | None = None,
        before: str | None = None,
        **filters: Any,
    ) -> Page:
        """One page of the directory, in the order of the workspace's language (DIR-9).

        Args:
            letter: An index letter (`session.contacts.letters()` lists them); None or `"All"` for the whole directory.
            limit: Lines on the page, 1 to 1,000.
            after: The `next` cursor of the page before.
            before: The `previous` cursor of the page behind.
            filters: See `Filters`: `kind`, `type`, `category`, `tag`, `responsible`, `access`, `role`.

        Raises:
            Invalid: `letter-unknown`, `limit-out-of-range`, `cursor-unreadable`, `cursor-outdated` (the language of the
                workspace was changed: begin at the first page), ...

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     added = [session.contacts.add(Company(name)) for name in ("Mill", "Bois", "Sud")]
        ...     first = session.contacts.page(limit=2)
        ...     [card.name for card in first], [card.name for card in session.contacts.page(limit=2, after=first.next)]
        (['Bois', 'Mill'], ['Sud'])
        """
        return Directory(self._transaction).page(_filters(filters), letter, limit, after, before)

    def letters(self, **filters: Any) -> dict[str, int]:
        """How many contacts stand under each index letter, in directory order (DIR-9).

        Args:
            filters: As for `page`.

        Raises:
            Invalid: as `page` for its filters.
        """
        return Directory(self._transaction).letters(_filters(filters))

    def count(self, *, letter: str | None = None, **filters: Any) -> int:
        """How many contacts there are that the actor may see.

        Args:
            letter: Only those under this index letter; by default all.
            filters: As for `page`.

        Raises:
            Invalid: as `page` for its letter and filters.
        """
        return Directory(self._transaction).count(_filters(filters), letter)

    def search(self, text: str, *, limit: int = 20, **filters: Any) -> tuple[Hit, ...]:
        """Search as you type (DIR-10).

        Args:
            text: The beginnings of words: of a name, a contact person, an e-mail, a tag; or digits of a phone number.
            limit: Hits, 1 to 200.
            filters: As for `page`.

        Returns:
            Names that begin with the text first, each group in directory order; every hit says what matched.

        Raises:
            Invalid: `limit-out-of-range`, and as `page` for its filters.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     client = session.contacts.add(Company("Bois & Fils"))
        ...     jane = session.people.add(client, Person("Jane", "Doe"))
        ...     (hit,) = session.contacts.search("jan")
        ...     hit.card.name, [(one.by, one.text) for one in hit.matched]
        ('Bois & Fils', [('person', 'Jane Doe')])
        """
        return search(self._transaction, text, _filters(filters), limit)

    def _lock_as_read(self, contact: str | Contact) -> Loaded[Person | Company]:
        """The contact, locked for a change that was made from the version that is stored."""
        locked = self._repository.lock_for_change(contact)
        if isinstance(contact, Contact) and contact.version != locked.stored.version:
            raise Conflict(contact, locked.entity)
        return locked

    def _take_along(self, contact: Person | Company) -> None:
        """Give the contact persons of a contact its access and responsible users, as far as the actor may."""
        actor = self._transaction.actor
        joined = AffiliationRepository(self._transaction).of_contact(contact.id)
        people = self._repository.get_many(one.entity.person_id for one in joined)
        for person in (one.entity for one in people.values()):
            if actor.admin or actor.name in person.responsibles:
                locked = self._repository.lock_for_change(person.id)
                # Only the access moves: a value that is refused today must not stand in its way.
                wanted = attrs.evolve(locked.entity, access=contact.access, responsibles=contact.responsibles)
                # One letter tells of the client; one more for each of its people would tell nothing new.
                self._repository.change(wanted, locked, notify=False)


_UNFILTERED = Filters()
_FILTERS = frozenset(field.name for field in attrs.fields(Filters))


def _filters(named: dict[str, Any]) -> Filters:
    if not named:
        return _UNFILTERED
    unknown = sorted(named.keys() - _FILTERS)
    if unknown:
        raise Invalid("filter-unknown", f"Filters are {', '.join(sorted(_FILTERS))}.", path=unknown[0])
    return Filters(**named)
