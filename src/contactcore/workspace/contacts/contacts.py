"""The service of contacts: add, read, change, delete, page through the directory, search."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any, TypeVar, overload

import attrs

from contactcore.errors import Conflict, Invalid, Problem, collect
from contactcore.mapping.entity_type import EntityType
from contactcore.mapping.items import ITEMS
from contactcore.mapping.sites import SITES
from contactcore.model import AccessPolicy, Company, Contact, Item, Person, Site
from contactcore.model.restoring import altered
from contactcore.rules.belonging import prepare_item, prepare_site, second_for_themself
from contactcore.rules.portal_view import check_staff
from contactcore.rules.preparation import offered, with_access
from contactcore.workspace.contacts.changing import store_changed
from contactcore.workspace.contacts.directory import Directory, Page, filters_of
from contactcore.workspace.contacts.prefill import Prefill, prefill
from contactcore.workspace.contacts.search import Hit, search
from contactcore.workspace.kernel.arguments import AS_STORED, MAY_BE_NEW, check_arguments
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.belonging import BelongingRepository
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.repository import Loaded
from contactcore.workspace.trash.trash import discard

__all__ = ["Contacts"]

_C = TypeVar("_C", bound=Person | Company)

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

    def add(
        self,
        contact: _C,
        *,
        sites: Sequence[Annotated[Site, MAY_BE_NEW]] = (),
        items: Sequence[Annotated[Item, MAY_BE_NEW]] = (),
    ) -> _C:
        """Store a new contact, with its first sites and items (SIT-5).

        The actor becomes responsible for a contact without responsible users (ACC-1). A contact without an access
        policy gets the default of the workspace. Users who become responsible are notified (NOT-5).

        Args:
            contact: A person or a company without an id. National phone numbers are parsed with the workspace's
                country.
            sites, items: New sites and items of the contact; none by default. `session.sites.of` and
                `session.items.of` return them as they are stored.

        Returns:
            The stored contact, with its id, version 1 and the defaults.

        Raises:
            Invalid: One error lists all problems of all parts, such as `type-unknown`, `category-unknown`,
                `field-required` or `name-required`, and nothing is stored; `already-stored` for a part that has an id.
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
        ready, parts = self._prepared(contact, sites, items)
        stored = self._repository.add_prepared(ready)
        owner = self._repository.load_any(stored.id)
        for repository, part in parts:
            repository.add_new(part, owner)
        return stored

    def _prepared(
        self, contact: _C, sites: Sequence[Site], items: Sequence[Item]
    ) -> tuple[_C, list[tuple[BelongingRepository[Any], Site | Item]]]:
        """A new contact and its parts, prepared, each part with its repository."""
        problems: list[Problem] = []
        try:
            contact = self._repository.prepare(contact)
        except Invalid as error:
            problems.extend(error.problems)
        settings, parts = self._transaction.settings, []
        kinds: tuple[tuple[str, EntityType[Any], Callable[..., Any], Sequence[Any]], ...] = (
            ("sites", SITES, prepare_site, sites),
            ("items", ITEMS, prepare_item, items),
        )
        for name, entity_type, prepare, given in kinds:
            repository: BelongingRepository[Any] = BelongingRepository(self._transaction, entity_type)
            for index, part in enumerate(given):
                ready, more = prepare(part, settings, contact)
                found = (*repository.problems_of_new(part), *more)
                problems.extend(problem.under(f"{name}[{index}]") for problem in found)
                parts.append((repository, ready))
        problems.extend(second_for_themself(items))
        if problems:
            raise Invalid(problems)
        return contact, parts

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
                in place of a company; `responsible-missing` if a private contact would lose its last responsible user.

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
        ready = self._repository.prepare(contact, before)
        return store_changed(self._transaction, ready, locked, with_people=with_people).contact

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
            Invalid: `access-unknown`, `user-name`, `user-unknown`, `responsible-missing`.

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
        return store_changed(self._transaction, with_access(wanted, before), locked, with_people=with_people).contact

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
        return Directory(self._transaction).page(filters_of(filters), letter, limit, after, before)

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
        return Directory(self._transaction).letters(filters_of(filters))

    def count(self, *, letter: str | None = None, **filters: Any) -> int:
        """The number of contacts that the actor sees.

        The cost grows with that number.

        Args:
            letter: An index letter; None, the default, for the whole directory.
            filters: As for `page`.

        Raises:
            Invalid: As `page`, for a letter or a filter.
        """
        return Directory(self._transaction).count(filters_of(filters), letter)

    def search(self, text: str, *, limit: int = 20, **filters: Any) -> tuple[Hit, ...]:
        """The contacts that a text finds while a user types it (DIR-10).

        A contact is found if each word of the text is the prefix of one of its words: of its name, its e-mail
        addresses, its tags, or the name of a contact person that the actor sees. Case and accents do not matter. Digits
        find phone numbers.

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
        return search(self._transaction, text, filters_of(filters), limit)

    def _lock_as_read(self, contact: str | Contact) -> Loaded[Person | Company]:
        """A contact that the actor may change, locked, after a check that the caller read the stored version."""
        locked = self._repository.lock_for_change(contact)
        if isinstance(contact, Contact) and contact.version != locked.stored.version:
            raise Conflict(contact, locked.entity)
        return locked
