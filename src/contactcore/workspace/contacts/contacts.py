"""The service of contacts: add, read, change, delete, page through the directory, search."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, TypeVar, overload

import attrs

from contactcore.errors import Conflict, Invalid, collect
from contactcore.model import AccessPolicy, Company, Contact, Person
from contactcore.model.restoring import altered
from contactcore.rules.access import access_of, audience_within, may_see
from contactcore.rules.portal_view import check_staff
from contactcore.rules.preparation import offered, with_access
from contactcore.workspace.contacts.directory import Directory, Filters, Page
from contactcore.workspace.contacts.prefill import Prefill, prefill
from contactcore.workspace.contacts.search import Hit, search
from contactcore.workspace.kernel.arguments import AS_STORED, check_arguments
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.affiliations import AffiliationRepository
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.logins import LoginRepository
from contactcore.workspace.repositories.repository import Loaded
from contactcore.workspace.trash.trash import discard

__all__ = ["Contacts"]

_C = TypeVar("_C", bound=Contact)

_COPIED_TO_ANOTHER = ("type", "categories", "tags", "currency", "responsibles", "access")


@check_arguments()
class Contacts:
    """The contacts of a workspace, as one actor sees them; `session.contacts` is this service.

    A contact that the actor may not see does not exist for the actor: it is not found, not listed and not counted
    (ACC-3). An argument "the contact, or its id" may be any object with an `id`, such as a card or a hit.

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
        """Store a new contact.

        The actor becomes responsible for a contact without responsible users (ACC-1). A contact without an access
        policy gets the default of the workspace. Users who become responsible are notified (NOT-5).

        Args:
            contact: A person or a company without an id. National phone numbers are parsed with the workspace's
                country.

        Returns:
            The stored contact, with its id, version 1 and the defaults.

        Raises:
            Invalid: One error lists all problems, such as `type-unknown`, `category-unknown`, `field-required` or
                `name-required`; `already-stored` for a contact that has an id.
            Forbidden: `read-only-session`, `portal-reads-only`.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme", country="FR").write(User("amelie")) as session:
        ...     client = session.contacts.add(Company("Bois & Fils", phones=["01 44 55 66 77"]))
        ...     client.version, client.responsibles, client.access.value, str(client.phones[0])
        (1, ('amelie',), 'private', '+33144556677')
        """
        # A portal user is refused before the lists of the workspace are looked at, which the refusals would reveal.
        self._transaction.require_writing()
        if contact.id:
            raise Invalid("already-stored", "Use save to change a stored contact.", path="id", value=contact.id)
        return self._repository.add_prepared(self._repository.prepare(contact))

    @overload
    def get(self, contact: str | Contact) -> Person | Company: ...
    @overload
    def get(self, contact: str | Contact, kind: type[_C]) -> _C: ...
    def get(self, contact: str | Contact, kind: type[Any] = Contact) -> Any:
        """The contact with an id.

        Args:
            contact: The contact, or its id.
            kind: `Person` or `Company` if it must be one; either by default. Type checkers then know the class.

        Raises:
            NotFound: The contact does not exist, is in the trash, or is hidden from the actor.
            Invalid: `not-a-person`, `not-a-company` for a contact of the other kind; `kind-unknown`.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     client = session.contacts.add(Company("Bois & Fils", division="North"))
        ...     session.contacts.get(client.id, Company).division
        'North'
        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").read(User("amelie")) as session:
        ...     session.contacts.get("42")
        Traceback (most recent call last):
        contactcore.errors.NotFound: There is no contact '42' that you may see.
        """
        if kind not in (Contact, Person, Company):
            raise Invalid("kind-unknown", "Ask for Person or Company.", path="kind")
        found = self._repository.get(contact)
        if isinstance(found, kind):
            return found
        code = "not-a-person" if kind is Person else "not-a-company"
        raise Invalid(code, f"This is a {found.kind}.", path="contact", value=found.id)

    def save(self, contact: _C, *, with_people: bool | None = None) -> _C:
        """Store a changed contact; a change of somebody else is never overwritten (DIR-11, DIR-15).

        Args:
            contact: A contact that this service returned, changed with `attrs.evolve`.
            with_people: Whether its contact persons also get its access policy and its responsible users (PER-1). By
                default those do who are mere contact persons, if fewer users see the contact now or if its responsible
                users change (ACC-6): people who are not listed, act for no other contact that the actor sees, and are
                open to users who no longer see the contact, or had its former access. False leaves all people as they
                are. A person whose access the actor may not change is skipped.

        Returns:
            The stored contact with the next version; the same version if nothing changed.

        Raises:
            Conflict: Somebody else changed the contact after it was read. The error has both versions, as `mine` and
                `stored`.
            NotFound: As `get`.
            Forbidden: `read-only`; `access-change` if an actor who is neither responsible nor an admin changes the
                access policy or the responsible users; `read-only-session`, `portal-reads-only`.
            Invalid: One error lists all problems; `not-stored` for a contact without an id; `kind-change` for a person
                in place of a company; `responsible-missing` if the contact, or one of the people along, would lose its
                last responsible user; an admin may take the last one from a shared contact.

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
        prepared = self._repository.prepare(contact, before)
        people = self._people_along(prepared, locked, with_people)
        ready = self._repository.change(prepared, locked)
        if isinstance(ready, Person) and ready.emails != before.emails:
            lost = {email.key for email in before.emails} - {email.key for email in ready.emails}
            LoginRepository(self._transaction).follow(ready, lost=lost)
        self._share_people(ready, people)
        return ready

    def delete(self, contact: Annotated[str | Contact, AS_STORED], *, successors: dict[str, str] | None = None) -> None:
        """Move a contact to the trash, with the records that belong to it (DIR-11).

        A contact person who is not listed goes to the trash too, unless the person acts for another contact that the
        actor sees. If a deleted person was the primary contact person of a contact, a successor becomes primary
        (PER-3). `session.trash.restore` brings everything back.

        Args:
            contact: The contact, or its id. A contact must have the stored version.
            successors: The ids of the affiliations that become primary, by the id of their contact. By default the
                current affiliation with the greatest seniority becomes primary.

        Raises:
            Conflict, NotFound, Forbidden: As `save`.
            Invalid: `primary-unknown`, `primary-not-current` for a successor; nothing is deleted then.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     client = session.contacts.add(Company("Bois & Fils"))
        ...     session.contacts.delete(client)
        ...     session.contacts.count(), [card.name for card in session.trash.list()]
        (0, ['Bois & Fils'])
        """
        discard(self._transaction, self._lock_as_read(contact), successors or {})

    def share(
        self,
        contact: Annotated[str | Contact, AS_STORED],
        access: AccessPolicy | str = AccessPolicy.SHARED_READ,
        *,
        responsibles: Iterable[str] | None = None,
        with_people: bool | None = None,
    ) -> Person | Company:
        """Set the users who may see and change a contact (ACC-2).

        Args:
            contact: The contact, or its id.
            access: `"private"`, `"shared-read"` (the default) or `"shared-write"`.
            responsibles: The names of the responsible users; None, the default, keeps the present ones.
            with_people: As for `save`.

        Returns:
            The stored contact.

        Raises:
            NotFound, Forbidden: As `save`.
            Invalid: `access-unknown`, `user-name`, `user-unknown`; `responsible-missing` as `save`.

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
        (policy,) = collect(("access", lambda: AccessPolicy.parse(access)))
        locked = self._repository.lock_for_change(contact)
        before = locked.entity
        wanted = attrs.evolve(
            before,
            access=policy,
            responsibles=before.responsibles if responsibles is None else responsibles,
        )
        problems = tuple(self._repository.user_problems(wanted.responsibles, before.responsibles))
        if problems:
            raise Invalid(problems)
        prepared = with_access(wanted, before, admin=self._transaction.actor.admin)
        people = self._people_along(prepared, locked, with_people)
        ready = self._repository.change(prepared, locked)
        self._share_people(ready, people)
        return ready

    def prefill(self, contact: str | Contact) -> Prefill:
        """The data of a contact that other modules of the host copy: names, contact details, addresses (DIR-12).

        Args:
            contact: The contact, or its id.

        Raises:
            NotFound: As `get`.

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
        """A new contact for "save and create another", with some values of the contact that was saved (DIR-13).

        Without a name, an e-mail address and a phone number it is the draft for the empty form of the next contact.
        `attrs.evolve` fills it in, and `add` refuses it until it has one of them.

        Args:
            contact: The saved contact. The new contact has its kind, type, categories, tags, currency, responsible
                users and access policy. Archived and removed types and categories are left out.
            details: The other fields of the new contact by name, such as `name="Bois Sud"`.

        Returns:
            A contact that is not stored; `add` stores it.

        Raises:
            Invalid: `detail-unknown` for a field that the kind does not have; else the problems of the contact.
            Forbidden: `staff-only`.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils", tags=["VIP"]))
        ...     sud = session.contacts.another(bois, name="Bois Sud")
        ...     sud.name, [tag.text for tag in sud.tags], sud.id
        ('Bois Sud', ['VIP'], '')
        """
        check_staff(self._transaction.actor)
        known = {field.name for field in attrs.fields(type(contact))} - {"id", "version"}
        unknown = sorted(set(details) - known)
        if unknown:
            raise Invalid("detail-unknown", f"A {contact.kind} has no {unknown[0]!r}.", path=unknown[0])
        copied = {name: getattr(contact, name) for name in _COPIED_TO_ANOTHER}
        # An archived type or category stays on the contacts that have it, but no new contact can get it.
        settings = self._transaction.settings
        copied["type"] = copied["type"] if copied["type"] in offered(settings.types) else ""
        copied["categories"] = tuple(slug for slug in copied["categories"] if slug in offered(settings.categories))
        values = {**copied, **details}
        try:
            return type(contact)(**values)
        except Invalid as error:
            if [problem.code for problem in error.problems] != ["nameless"]:
                raise
        name = "name" if isinstance(contact, Company) else "given_name"
        return altered(type(contact)(**{**values, name: "-"}), {name: ""})

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

        A page costs the same at any position and with any number of contacts.

        Args:
            letter: An index letter from `letters()`; None, the default, or `"All"` for the whole directory.
            limit: The number of contacts on the page, 1 to 1,000; 50 by default.
            after: The cursor `Page.next` of the preceding page; None for the first page.
            before: The cursor `Page.previous` of the following page; None by default.
            filters: The fields of `Filters` by name: `kind`, `type`, `category`, `tag`, `responsible`, `access`,
                `role`. By default all listed contacts.

        Raises:
            Invalid: `letter-unknown`, `limit-out-of-range`, `two-cursors`, `cursor-unreadable`; `cursor-outdated` if
                the language of the workspace changed since; and, for a filter, `filter-unknown`, `filter-type`,
                `filter-empty`, `kind-unknown`, `type-unknown`, `category-unknown`, `role-unknown`, `access-unknown`;
                `filter-hidden` for a portal user.

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
        """The number of contacts under each index letter, in directory order (DIR-9).

        The cost grows with the number of contacts that the actor sees.

        Args:
            filters: As for `page`.

        Returns:
            The numbers by letter. Letters without contacts are included.

        Raises:
            Invalid: As `page`, for a filter.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme", language="fr").write(User("amelie")) as session:
        ...     added = [session.contacts.add(Company(name)) for name in ("Élan", "Est", "3M")]
        ...     {letter: count for letter, count in session.contacts.letters().items() if count}
        {'#': 1, 'E': 2}
        """
        return Directory(self._transaction).letters(_filters(filters))

    def count(self, *, letter: str | None = None, **filters: Any) -> int:
        """The number of contacts that the actor sees.

        The cost grows with that number.

        Args:
            letter: An index letter; None, the default, for the whole directory.
            filters: As for `page`.

        Raises:
            Invalid: As `page`, for a letter or a filter.
        """
        return Directory(self._transaction).count(_filters(filters), letter)

    def search(self, text: str, *, limit: int = 20, **filters: Any) -> tuple[Hit, ...]:
        """The contacts that a text finds while a user types it (DIR-10).

        A contact is found if each word of the text is the prefix of one of its words: of its name, its e-mail
        addresses, its tags, or the name of a contact person that the actor sees. Case and accents do not matter. Digits
        find phone numbers by their beginning, and four digits or more by their end.

        Args:
            text: The text of a search box.
            limit: The maximum number of hits, 1 to 200; 20 by default.
            filters: As for `page`.

        Returns:
            The hits: contacts whose name begins with the text, then all others, each group in directory order.
            `Hit.matched` lists the texts that matched.

        Raises:
            Invalid: `limit-out-of-range`; as `page`, for a filter.

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
        """A contact that the actor may change, locked, after a check that the caller read the stored version."""
        locked = self._repository.lock_for_change(contact)
        if isinstance(contact, Contact) and contact.version != locked.stored.version:
            raise Conflict(contact, locked.entity)
        return locked

    def _people_along(self, contact: Contact, before: Loaded[Person | Company], with_people: bool | None) -> list[str]:
        """The ids of the people who get the access and the responsible users of a contact.

        Args:
            contact: The contact as it will be stored.
            before: The stored contact, locked.
            with_people: As for `save`.

        Raises:
            Invalid: `responsible-missing`, before anything is stored.
        """
        default = self._transaction.settings.default_access
        now, former = access_of(contact, default), access_of(before.entity, default)
        changes = contact.responsibles != before.entity.responsibles or not audience_within(former, now)
        if with_people is False or not (with_people or changes):
            return []
        affiliations = AffiliationRepository(self._transaction)
        actor = self._transaction.actor
        people = self._repository.get_many(one.entity.person_id for one in affiliations.of_contact(contact.id))
        along = []
        for person in people.values():
            if not (actor.admin or actor.name in person.entity.responsibles):
                continue
            was_alike = (person.entity.access, person.entity.responsibles) == (
                before.entity.access,
                before.entity.responsibles,
            )
            left_behind = was_alike or not audience_within(person.access, now)
            if with_people or (left_behind and self._is_mere(person.entity, contact.id)):
                with_access(_with_access_of(contact, person.entity), person.entity, admin=actor.admin)
                along.append(person.entity.id)
        return along

    def _share_people(self, contact: Contact, people: Iterable[str]) -> None:
        """Set the access and the responsible users of a contact on its people.

        Args:
            contact: The contact as it is stored now.
            people: The result of `_people_along`.
        """
        for id in people:
            locked = self._repository.lock_for_change(id)
            # The person is not prepared again, because a value that is refused today must not prevent the change.
            # A new responsible user gets one letter, about the client, and none about each of its people.
            self._repository.change(_with_access_of(contact, locked.entity), locked, notify=False)

    def _is_mere(self, person: Person | Company, contact_id: str) -> bool:
        """Whether a person is only a contact person of one contact, as far as the actor sees.

        Hidden affiliations do not count, because the actor would learn of them from a person who stays behind (ACC-3).
        """
        if person.listed:
            return False
        actor, affiliations = self._transaction.actor, AffiliationRepository(self._transaction)
        others = (one for one in affiliations.owned_by(person.id) if one.entity.contact_id != contact_id)
        return not any(may_see(actor, one.access) for one in others)


def _with_access_of(contact: Contact, person: _C) -> _C:
    return attrs.evolve(person, access=contact.access, responsibles=contact.responsibles)


_UNFILTERED = Filters()
_FILTERS = frozenset(field.name for field in attrs.fields(Filters))


def _filters(named: dict[str, Any]) -> Filters:
    if not named:
        return _UNFILTERED
    unknown = sorted(named.keys() - _FILTERS)
    if unknown:
        raise Invalid("filter-unknown", f"Filters are {', '.join(sorted(_FILTERS))}.", path=unknown[0])
    return Filters(**named)
