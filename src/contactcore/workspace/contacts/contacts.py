"""The service of contacts: add, read, change, delete, page through the directory, search."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar, overload

import attrs

from contactcore.errors import Conflict, Invalid, Problem, collect
from contactcore.model import AccessPolicy, Affiliation, Company, Contact, Item, Person, Site
from contactcore.rules.access import AccessDecision, check_staff, may_change, may_see
from contactcore.rules.preparation import with_access
from contactcore.storage import LARGEST_PAGE
from contactcore.workspace.contacts.changing import store_changed
from contactcore.workspace.contacts.directory import ContactCard, Directory, Filters, Page, PageOrder, filters_of
from contactcore.workspace.contacts.entering import check, enter, kind_change
from contactcore.workspace.contacts.prefill import Prefill, prefill
from contactcore.workspace.contacts.search import Hit, search
from contactcore.workspace.kernel.arguments import AS_STORED, MAY_BE_NEW, check_arguments
from contactcore.workspace.kernel.transaction import Transaction, id_of
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.merging import MergedSave
from contactcore.workspace.repositories.merging import merge_changes as merge
from contactcore.workspace.repositories.repository import Loaded

__all__ = ["Contacts"]

_C = TypeVar("_C", bound=Contact)


@check_arguments()
class Contacts:
    """The contacts of a workspace, as one actor sees them; `session.contacts` is this service.

    A contact that the actor may not see does not exist for the actor: it is not found, not listed and not counted
    (ACC-3). An argument "the contact, or its id" may be any object with an `id`, such as a card or a hit. Type checkers
    know cards and hits in `get` alone: give the other methods `card.id`.

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
        people: Sequence[Annotated[str | Person | Affiliation, MAY_BE_NEW, AS_STORED]] = (),
    ) -> _C:
        """Store a new contact, with its first sites, items and contact persons (SIT-5).

        The actor becomes responsible for a contact without responsible users (ACC-1). A contact without an access
        policy gets the default of the workspace. Users who become responsible are notified (NOT-5).

        Args:
            contact: A person or a company without an id. National phone numbers are parsed with the workspace's
                country.
            sites, items: New sites and items of the contact; none by default. `session.sites.of` and
                `session.items.of` return them as they are stored.
            people: The contact persons, each as for `session.people.add`: a new person, a stored one, an id, an e-mail
                address, or a new `Affiliation` with its details and its `person`; none by default. The first one is
                primary, unless an affiliation with `primary=True` is. An affiliation names a site of the same call by
                its position: `site_id="sites[0]"`.

        Returns:
            The stored contact, with its id, version 1 and the defaults.

        Raises:
            Invalid: One error lists all problems of all parts, such as `type-unknown`, `category-unknown`,
                `field-required` or `name-required`, each with its path (`people[0].emails[0]`), and nothing is stored;
                `already-stored` for a part that has an id; `person-twice`, `primary-twice`, `site-unknown`.
            NotFound: The actor may not see one of the people, or there is none.
            Forbidden: `read-only-session`, `portal-reads-only`.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme", country="FR").write(User("amelie")) as session:
        ...     client = session.contacts.add(Company("Bois & Fils", phones=["01 44 55 66 77"]))
        ...     client.version, client.responsibles, client.access.value, str(client.phones[0])
        (1, ('amelie',), 'private', '+33144556677')
        >>> from contactcore import Affiliation, Site, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     jane = Affiliation(position="CFO", site_id="sites[0]", person=Person("Jane", "Doe"))
        ...     client = session.contacts.add(Company("Bois"), sites=[Site("Mill")], people=["ann@bois.fr", jane])
        ...     [(one.person.display_name, one.position, one.primary) for one in session.people.list(client)]
        [('ann@bois.fr', '', True), ('Jane Doe', 'CFO', False)]
        """
        # A portal user is refused before the lists of the workspace are looked at, which the refusals would reveal.
        self._transaction.require_writing()
        if contact.id:
            raise Invalid("already-stored", "Use save to change a stored contact.", path="id", value=contact.id)
        return enter(self._transaction, contact, sites, items, people)

    def check(
        self,
        contact: Person | Company | Mapping[str, Any],
        *,
        sites: Sequence[Annotated[Site, MAY_BE_NEW] | Mapping[str, Any]] = (),
        items: Sequence[Annotated[Item, MAY_BE_NEW] | Mapping[str, Any]] = (),
        people: Sequence[Annotated[str | Person | Affiliation, MAY_BE_NEW, AS_STORED] | Mapping[str, Any]] = (),
    ) -> tuple[Problem, ...]:
        """All problems that storing a contact, with new parts, would have; nothing is stored (DIR-20).

        A form asks while it is filled in. Rights and versions are judged when the contact is stored.

        Args:
            contact: A new contact, a changed stored one, or plain data as `from_plain` takes them, half filled or
                wrong; with an `id` the data of a stored contact.
            sites, items, people: New sites, items and contact persons of the contact, as for `add`, or plain data with
                their `kind`, half filled or wrong; none by default.

        Returns:
            The problems of all parts, each with its field as path (`people[0].emails[0]`); empty if `add`, or `save`,
            would accept the contact.

        Raises:
            NotFound: The actor may not see the stored contact or one of the people.
            Duplicate: One of the people acts for the stored contact already.
            Forbidden: `staff-only` for a portal user.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").read(User("amelie")) as session:
        ...     half = {"kind": "company", "emails": ["office@"], "type": "partner"}
        ...     [(problem.path, problem.code) for problem in session.contacts.check(half)]
        [('emails[0]', 'email-syntax'), ('type', 'type-unknown')]
        >>> with Workspace(MemoryStorage(), name="acme").read(User("amelie")) as session:
        ...     jane = {"kind": "person", "given_name": "Jane", "emails": ["jane@"]}
        ...     [(one.path, one.code) for one in session.contacts.check(Company("Bois & Fils"), people=[jane])]
        [('people[0].emails[0]', 'email-syntax')]
        """
        check_staff(self._transaction.actor)
        return check(self._transaction, contact, sites, items, people)

    @overload
    def get(
        self, contact: str | Contact | ContactCard | Hit, *, as_of: datetime | str | None = None
    ) -> Person | Company: ...
    @overload
    def get(
        self, contact: str | Contact | ContactCard | Hit, kind: type[_C], *, as_of: datetime | str | None = None
    ) -> _C: ...
    def get(
        self,
        contact: str | Contact | ContactCard | Hit,
        kind: type[Any] = Contact,
        *,
        as_of: datetime | str | None = None,
    ) -> Any:
        """The contact with an id, as it is now or as it was (DIR-14).

        Args:
            contact: The contact, its id, a card of it from a page, or a hit of a search.
            kind: `Person` or `Company` if it must be one; either by default. Type checkers then know the class.
            as_of: A time with its time zone, or its text in ISO 8601, to get the contact as it was then; None, the
                default, for now. `session.history.as_of` also returns what belonged to it.

        Returns:
            The `Person` or `Company`.

        Raises:
            NotFound: The contact does not exist, is in the trash, or is hidden from the actor.
            Invalid: `not-a-person`, `not-a-company` for a contact of the other kind; `kind-unknown`; `time-syntax`,
                `time-without-zone`, `as-of-future`, `as-of-before`, `as-of-deleted`, `history-begins-later` for a time
                that has no answer.
            Forbidden: `staff-only` for a portal user who gives a time.

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
        found = self._repository.get(contact) if as_of is None else self._as_of(id_of(contact), as_of)
        if isinstance(found, kind):
            return found
        code = "not-a-person" if kind is Person else "not-a-company"
        raise Invalid(code, f"This is a {found.kind}.", path="contact", value=found.id)

    @overload
    def save(self, contact: _C, *, with_people: bool | None = None, merge_changes: Literal[False] = False) -> _C: ...
    @overload
    def save(self, contact: _C, *, with_people: bool | None = None, merge_changes: Literal[True]) -> MergedSave[_C]: ...
    @overload
    def save(self, contact: _C, *, with_people: bool | None = None, merge_changes: bool) -> _C | MergedSave[_C]: ...
    def save(self, contact: _C, *, with_people: bool | None = None, merge_changes: bool = False) -> Any:
        """Store a changed contact; a change of somebody else is never overwritten (DIR-11, DIR-15).

        Args:
            contact: A contact that this service returned, changed with `attrs.evolve`.
            with_people: Whether its contact persons also get its access policy and its responsible users (PER-1). True
                takes all of them along, and False none. None, the default, takes some along, and only if fewer users
                see the contact now or its responsible users change (ACC-6). These are people who are not listed and act
                for no other contact that the actor sees. They had the former access of the contact, or are open to
                users who no longer see it. A person whose access the actor may not change is always skipped.
            merge_changes: Whether changes that others made after the contact was read are kept, if they are in other
                fields; False by default. Each custom field counts alone; a list, such as the phones, counts as one.

        Returns:
            The stored contact with the next version; the same version if nothing changed. With `merge_changes` it is
            the `record` of a `MergedSave`, whose `merged` names the fields that others had changed.

        Raises:
            Conflict: Somebody else changed the contact after it was read. The error has both versions, as `mine` and
                `stored`, and the fields that differ. With `merge_changes`, only if both changed the same fields, which
                `fields` names, or if the history does not have the version that was read: it was trimmed, or the
                transaction that made this version replaced it itself.
            NotFound: As `get`.
            Forbidden: `read-only`; `access-change` if an actor who is neither responsible nor an admin changes the
                access policy or the responsible users; `read-only-session`, `portal-reads-only`.
            Invalid: One error lists all problems; `not-stored` for a contact without an id; `kind-change` for a person
                in place of a company, which `convert` does; `responsible-missing` if the contact, or one of the people
                along, would lose its last responsible user; an admin may take the last one from a shared contact.

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
        merged: tuple[str, ...] = ()
        if merge_changes:
            locked = self._repository.lock_for_change(contact)
            contact, merged = merge(self._transaction, contact, locked)
        else:
            locked = self._lock_as_read(contact)
        before = locked.entity
        if contact.kind != before.kind:
            raise Invalid([kind_change(before)])
        ready = self._repository.prepare(contact, before)
        stored = store_changed(self._transaction, ready, locked, with_people=with_people).contact
        return MergedSave(stored, merged) if merge_changes else stored

    def convert(self, contact: Annotated[str | Contact, AS_STORED], kind: str, **details: Any) -> Person | Company:
        """Mend a contact of the wrong kind: make a person a company, or a company a person (DIR-1).

        The contact keeps its id and everything that belongs to it: contact persons, sites, items, what is in the trash,
        waiting messages, and custom fields, which stay readable. The full name of a person becomes the name of the
        company. The name of a company is read as a full name, and is kept as the full name of the person.

        Args:
            contact: The contact, or its id. A contact must have the stored version.
            kind: `"company"` or `"person"`.
            details: Fields of the converted contact by name, such as `name="Doe & Co"` or a required custom field.

        Returns:
            The stored contact of the other kind, with the next version.

        Raises:
            Conflict, NotFound, Forbidden: As `save`.
            Invalid: One error says all that stands in the way: `acts-for-contacts` for a person who is somebody's
                contact person, `has-login` for a person with a login, `contact-restricted` for a restricted person,
                `conversion-loses` for a filled field that the other kind does not have (a birthday, a division);
                `kind-same`, `kind-unknown`, `detail-unknown`; and the problems of the converted contact, as for `save`.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     wrong = session.contacts.add(Person("Bois", "& Fils", emails=["office@bois.fr"]))
        ...     mended = session.contacts.convert(wrong, "company")
        ...     mended.kind, mended.name, mended.id == wrong.id, mended.version
        ('company', 'Bois & Fils', True, 2)
        """
        from contactcore.workspace.contacts.conversion import convert

        return convert(self._transaction, self._lock_as_read(contact), kind, details)

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
        from contactcore.workspace.trash.discarding import discard

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
        ready = with_access(wanted, before, admin=self._transaction.actor.admin)
        return store_changed(self._transaction, ready, locked, with_people=with_people).contact

    def may_change(self, contact: str | Contact) -> AccessDecision:
        """Whether the actor may change a contact and what belongs to it, with the reason, for the buttons of a screen.

        Args:
            contact: The contact, or its id.

        Returns:
            The decision, which is true if `save` would not be refused with `read-only`.

        Raises:
            NotFound: As `get`.
            Forbidden: `staff-only` for a portal user, who changes nothing.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> workspace = Workspace(MemoryStorage(), name="acme")
        >>> with workspace.write(User("amelie")) as session:
        ...     client = session.contacts.add(Company("Bois & Fils", access="shared-read"))
        ...     bool(session.contacts.may_change(client))
        True
        >>> with workspace.read(User("bob")) as session:
        ...     decision = session.contacts.may_change(client)
        ...     bool(decision), decision.reason
        (False, 'read-only')
        """
        check_staff(self._transaction.actor)
        return may_change(self._transaction.actor, self._repository.seen(contact).access)

    def prefill(self, contact: str | Contact) -> Prefill:
        """The data of a contact that other modules of the host copy: names, contact details, sites, items (DIR-12).

        A portal user gets what the client may know. The answer has the versions of all records that it was taken from,
        so that the host can tell whether its copy is outdated.

        Args:
            contact: The contact, or its id.

        Returns:
            The data, as a `Prefill`.

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
        from contactcore.workspace.contacts.another import another

        return another(self._transaction, contact, details)

    def page(
        self,
        *,
        letter: str | None = None,
        limit: int = 50,
        after: str | None = None,
        before: str | None = None,
        order: PageOrder = "name",
        **filters: Any,
    ) -> Page:
        """One page of the directory, in the order of the workspace's language (DIR-9).

        A page costs the same at any position and with any number of contacts.

        Args:
            letter: An index letter from `letters()`; None, the default, or `"All"` for the whole directory.
            limit: The number of contacts on the page, 1 to 1,000; 50 by default.
            after: The cursor `Page.next` of the preceding page; None for the first page.
            before: The cursor `Page.previous` of the following page; None by default.
            order: `"name"`, the default; `"added"` or `"changed"` for the newest first, which takes no letter and no
                filters but `responsible`, `access` and `role="any"`. Contacts without a known time are left out then.
            filters: The fields of `Filters` by name: `kind`, `type`, `category`, `tag`, `responsible`, `access`,
                `source`, `without`, `fields`, `role`. By default all listed contacts.

        Returns:
            The `Page`: its cards in `items`, and the cursors `next` and `previous`, which are None at the ends.

        Raises:
            Invalid: `letter-unknown`, `limit-out-of-range`, `two-cursors`, `cursor-unreadable`; `cursor-outdated` if
                the language of the workspace changed since; and, for a filter, `filter-unknown`, `filter-type`,
                `filter-empty`, `kind-unknown`, `type-unknown`, `category-unknown`, `role-unknown`, `access-unknown`;
                `source-unknown`, `without-unknown`, `field-unknown`, `field-not-filtered`; `order-unknown`,
                `order-with-filter`; `filter-hidden` for a portal user.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     added = [session.contacts.add(Company(name)) for name in ("Mill", "Bois", "Sud")]
        ...     first = session.contacts.page(limit=2)
        ...     [card.name for card in first], [card.name for card in session.contacts.page(limit=2, after=first.next)]
        (['Bois', 'Mill'], ['Sud'])
        """
        return Directory(self._transaction).page(filters_of(filters), letter, limit, after, before, order)

    def iterate(self, *, order: PageOrder = "name", **filters: Any) -> Iterator[ContactCard]:
        """All contacts of the directory, page by page, with constant memory.

        Args:
            order, filters: As for `page`.

        Raises:
            Invalid: As `page`.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     added = [session.contacts.add(Company(name)) for name in ("Mill", "Bois", "Sud")]
        ...     [card.name for card in session.contacts.iterate()]
        ['Bois', 'Mill', 'Sud']
        """
        wanted, directory = filters_of(filters), Directory(self._transaction)
        page = directory.page(wanted, None, LARGEST_PAGE, None, None, order)
        return _cards_of(directory, wanted, order, page)

    def get_many(self, contacts: Sequence[str | Contact]) -> tuple[ContactCard, ...]:
        """The lines of the directory for contacts by id, as a host shows them beside its own records.

        Args:
            contacts: At most 1,000 contacts, or their ids.

        Returns:
            The cards, each once, in the given sequence. Contacts that do not exist, are in the trash or are hidden from
            the actor are left out.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     bois, sud = [session.contacts.add(Company(name)) for name in ("Bois", "Sud")]
        ...     [card.name for card in session.contacts.get_many([sud.id, "42", bois.id])]
        ['Sud', 'Bois']
        """
        ids = list(dict.fromkeys(map(id_of, contacts)))
        found = self._repository.present(ids)
        seen = [one for one in found if one is not None and may_see(self._transaction.actor, one.access)]
        return Directory(self._transaction).cards(seen)

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

        Returns:
            The number.

        Raises:
            Invalid: As `page`, for a letter or a filter.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils", tags=["VIP"]))
        ...     session.contacts.count(tag="vip"), session.contacts.count(kind="person")
        (1, 0)
        """
        return Directory(self._transaction).count(filters_of(filters), letter)

    def search(self, text: str, *, limit: int = 20, **filters: Any) -> tuple[Hit, ...]:
        """The contacts that a text finds while a user types it (DIR-10).

        A contact is found if each word of the text is the prefix of one of its words: of its name, its e-mail
        addresses and its tags; of the name and the e-mail addresses of a contact person that the actor sees; of the
        name, the street, the city and the e-mail addresses of a site; of the name of an item. Case and accents do not
        matter. Digits find phone numbers by their beginning, and four digits or more by their end. The postal addresses
        of the contact itself are not searched.

        Args:
            text: The text of a search box. A text without a letter or digit, such as `""`, finds nothing.
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

    def _as_of(self, contact: str, as_of: datetime | str) -> Person | Company:
        check_staff(self._transaction.actor)
        from contactcore.workspace.repositories.earlier import EarlierStates

        stored, earlier = self._repository.seen(contact), EarlierStates(self._transaction)
        was: Person | Company = earlier.contact_at(stored, earlier.moment(as_of))
        return was

    def _lock_as_read(self, contact: str | Contact) -> Loaded[Person | Company]:
        """A contact that the actor may change, locked, after a check that the caller read the stored version."""
        contacts = self._repository
        announce = (lambda seen: contacts.announce_reindexing(seen, contact)) if isinstance(contact, Contact) else None
        locked = contacts.lock_for_change(contact, announce)
        as_read = locked.stored.id, locked.stored.version
        # A copy of a contact that was merged into this one is no copy of it.
        if isinstance(contact, Contact) and (contact.id, contact.version) != as_read:
            raise Conflict(contact, locked.entity)
        return locked


def _cards_of(directory: Directory, filters: Filters, order: PageOrder, page: Page) -> Iterator[ContactCard]:
    yield from page
    while page.next is not None:
        page = directory.page(filters, None, LARGEST_PAGE, page.next, None, order)
        yield from page
