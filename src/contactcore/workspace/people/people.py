"""Contact persons: people who act for a contact, and their authorities (PER-1 to PER-5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Annotated, Any

import attrs

from contactcore.errors import Conflict, Duplicate, Invalid, NotFound, Problem
from contactcore.mapping.terms import term
from contactcore.model import Affiliation, Authority, Company, Contact, Person, PortalUser
from contactcore.model.restoring import altered
from contactcore.rules.access import audience_within, intersection, may_see, read_terms
from contactcore.rules.authorities import AuthorityDecision, may
from contactcore.rules.edits import same_contact
from contactcore.rules.portal_view import check_staff
from contactcore.rules.preparation import read_phones
from contactcore.rules.primary import effective_primary, enforce
from contactcore.rules.purposes import with_own_purposes
from contactcore.storage import LARGEST_PAGE, Query
from contactcore.values import EmailAddress
from contactcore.workspace.kernel.arguments import AS_STORED, MAY_BE_NEW, check_arguments
from contactcore.workspace.kernel.slugs import AUTHORITIES, AuthoritySlug, PurposeSlug, affiliation_problems
from contactcore.workspace.kernel.transaction import Transaction, id_of, person_id_of
from contactcore.workspace.repositories.affiliations import AffiliationRepository
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.logins import LoginRepository
from contactcore.workspace.repositories.repository import Loaded

__all__ = ["People", "visible_people"]

_MAINTAINED_BY_LIBRARY = (
    "version",
    "contact_id",
    "person_id",
    "since",
    "primary",
    "primary_sequence",
    "revision",
    "purposes",
)
_WHEN_READ = {"primary_when_read", "purposes_when_read", "person_when_read"}
_NO_DETAIL = {*_MAINTAINED_BY_LIBRARY, *_WHEN_READ, "id", "person", "active"}
_DETAILS = tuple(field.name for field in attrs.fields(Affiliation) if field.name not in _NO_DETAIL)
"""The fields of an affiliation that a caller may give when it is added."""


_PRIMARY_STAYS = "The primary contact person cannot be unset: make another one primary, or name a successor."


@attrs.frozen(kw_only=True)
class _Change:
    """A checked change of an affiliation that is not stored yet.

    Attributes:
        entity: The changed affiliation.
        before: The stored affiliation.
        person: The changed person, prepared, with the stored person; None if the person did not change.
        chosen: Whether the caller makes this person primary.
        unset: Whether the caller takes the primary flag away from the person who has it.
    """

    entity: Affiliation
    before: Loaded[Affiliation]
    person: tuple[Person, Loaded[Person | Company]] | None
    chosen: bool
    unset: bool


def _primary_problems(changes: Sequence[_Change]) -> Iterator[Problem]:
    """The problems of the primary flags of a list of people, judged at the end."""
    chosen = [index for index, change in enumerate(changes) if change.chosen]
    for index in chosen[1:]:
        message = "Only one contact person is primary: make one of these primary."
        yield Problem("primary-twice", f"rows[{index}].primary", message, value=True)
    if not chosen:
        for index, change in enumerate(changes):
            if change.unset:
                yield Problem("primary-stays", f"rows[{index}].primary", _PRIMARY_STAYS, value=False)


@check_arguments()
class People:
    """The contact persons of contacts, as one actor sees them.

    An affiliation is visible to actors who see both its contact and its person. The primary contact person is
    determined among the affiliations that the actor sees, so that a hidden person is not revealed by a missing primary
    (ACC-3). A change of an affiliation needs the right to change its contact.

    >>> from contactcore import Company, Person, User, Workspace
    >>> from contactcore_memory import MemoryStorage
    >>> with Workspace(MemoryStorage(), "acme").write(User("amelie")) as session:
    ...     bois = session.contacts.add(Company("Bois & Fils"))
    ...     jane = session.people.add(bois, Person("Jane", "Doe"), position="Accountant")
    ...     joan = session.people.add(bois, Person("Joan", "Roe"), start="2026-01-01")
    ...     moved = session.people.make_primary(joan)
    ...     [(one.person.display_name, one.position, one.primary) for one in session.people.list(bois)]
    ...     session.people.remove(moved)
    ...     session.people.primary(bois).person.display_name
    [('Joan Roe', '', True), ('Jane Doe', 'Accountant', False)]
    'Jane Doe'

    Source: PER-1 to PER-5.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._contacts = ContactRepository(transaction)
        self._affiliations = AffiliationRepository(transaction)

    def add(
        self,
        contact: Annotated[str | Contact, AS_STORED],
        person: Annotated[str | Person | Affiliation, MAY_BE_NEW, AS_STORED],
        *,
        primary: bool = False,
        **details: Any,
    ) -> Affiliation:
        """Add a contact person: let a person act for a contact (PER-1, PER-2).

        The first contact person of a contact becomes primary. A new person is not listed in the directory. Unless the
        new person has an access policy or responsible users, the contact's are copied.

        Args:
            contact: The contact, or its id.
            person: A new person, a stored person, one of their affiliations, an id, or an e-mail address. An address
                selects the visible person who has or had it. If there is none, a new person with this address is added.
            primary: Whether this person becomes the primary contact person; False by default. The person must act for
                the contact today.
            details: Fields of the affiliation: `position`, `department`, `information`, `email`, `phone`, `retired`,
                `authorities`, `permissions`, `notifications`, `start`, `end`.

        Returns:
            The stored affiliation, with its `person`.

        Raises:
            NotFound: the actor may not see the contact or the person, or there is none.
            Forbidden: `read-only` if the actor may not change the contact.
            Duplicate: the person acts for the contact already.
            Invalid: `person-ambiguous` if several people have the e-mail address; `person-by-name` for a name as text;
                `not-a-person`, `acts-for-self`, `detail-unknown`, `primary-not-current`; `edit-not-stored` for a
                changed copy of a stored person; and the problems of the person and the details, all at once, such as
                `topic-unknown`, `module-unknown` and `power-unknown`.

        >>> from contactcore import Company, Person, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     client = session.contacts.add(Company("Bois & Fils"))
        ...     jane = session.people.add(client, Person("Jane", "Doe", emails=["jane@doe.org"]), position="CFO")
        ...     same = session.people.add(session.contacts.add(Company("Sud")), "jane@doe.org", start="2026-01-01")
        ...     jane.primary, same.person_id == jane.person_id
        (True, True)
        """
        transaction = self._transaction
        locked = self._contacts.lock_for_change(contact)
        client = locked.entity
        if isinstance(person, Affiliation):
            person = person.person_id
        elif isinstance(person, str) and "@" in person:
            person = self._person_at(person)
        # Everything that may be refused is checked before the first write.
        known: Loaded[Person | Company] | None = None
        if isinstance(person, Person) and not person.id:
            try:
                acting = self._new_person(client, person)
            except Invalid as error:
                raise Invalid([*error.problems, *self._detail_problems(client, details)]) from None
        else:
            acting, known = self._known_person(client, person)
        new = self._new_affiliation(client, details)
        if primary:
            enforce([new], transaction.today, new.id)
        if known is None:
            acting = self._contacts.add_prepared(acting, without_letter=client.responsibles)
            known = self._contacts.load_any(acting.id)
        new = attrs.evolve(new, id=transaction.new_id(), person_id=acting.id)
        access = intersection(locked.access, known.access)
        owners = {client.id: locked, acting.id: known}
        placed = self._affiliations.add_placed(new, access, new.id if primary else None, owners)
        LoginRepository(transaction).judge_new([placed])
        return self._as_seen(client.id, altered(placed, {"person": acting}))

    def list(self, contact: str | Contact, *, current: bool = False) -> tuple[Affiliation, ...]:
        """Return the contact persons of a contact that the actor sees: the primary one first, then by seniority.

        Args:
            contact: The contact, or its id.
            current: Whether to leave out people who do not act for the contact today; False by default.

        Raises:
            NotFound: there is no such contact, or the actor may not see it.
        """
        return visible_people(self._transaction, self._contacts.seen(contact).id, current=current)

    def primary(self, contact: str | Contact) -> Affiliation | None:
        """Return the primary contact person among those that the actor sees (PER-3), or None if there are none.

        Args:
            contact: The contact, or its id.

        Raises:
            NotFound: as `list`.
        """
        return next((one for one in self.list(contact) if one.primary), None)

    def of(self, person: str | Person | Affiliation) -> tuple[Affiliation, ...]:
        """Return the affiliations of a person that the actor sees, by seniority.

        Args:
            person: The person, one of their affiliations, or the id of the person.

        Raises:
            NotFound: there is no such person, or the actor may not see them.
            Invalid: `not-a-person`.
        """
        found, actor = self._contacts.get(person_id_of(person)), self._transaction.actor
        if not isinstance(found, Person):
            raise Invalid("not-a-person", "Only a person acts for contacts.", path="person", value=found.id)
        seen = [one.entity for one in self._affiliations.of_person(found.id) if may_see(actor, one.access)]
        shown = (self._as_seen(one.contact_id, one) for one in _with_people(self._transaction, seen))
        return tuple(sorted(shown, key=lambda one: one.seniority))

    def get(self, affiliation: str | Affiliation) -> Affiliation:
        """Return a stored affiliation, with its `person`.

        Args:
            affiliation: The affiliation, or its id.

        Raises:
            NotFound: there is none, or the actor may not see it.
        """
        return self._as_seen_with_person(self._affiliations.get(affiliation))

    def save(
        self, affiliation: Affiliation, *, successor: Annotated[str | Affiliation | None, AS_STORED] = None
    ) -> Affiliation:
        """Store a changed affiliation, and its person if that was changed too.

        A change of `primary` to True makes this person the primary contact person. A change to False needs a
        `successor`, because a contact with contact persons always has a primary one. If the primary person gets an end
        date or `active=False`, the primary flag passes to the successor, else to the most senior current person
        (PER-3). If the flag was moved since the affiliation was read, and this call does not change it, it stays where
        it is.

        Args:
            affiliation: The affiliation as it was read, changed with `attrs.evolve`.
            successor: The affiliation that becomes primary in place of this one, or its id; None by default.

        Returns:
            The stored affiliation, with its `person`.

        Raises:
            NotFound: there is no such affiliation, or the actor may not see it.
            Forbidden: `read-only` if the actor may not change the contact, or the changed person; `access-change` as
                for `contacts.save`.
            Conflict: another version of the affiliation, or of the changed person, is stored.
            Invalid: `primary-stays` if `primary` changes to False without a successor; `primary-unknown` and
                `primary-not-current` for a person who cannot become primary; `edit-not-stored` for a change of
                `contact_id`, `person_id`, `since` or `purposes`; `topic-unknown`, `module-unknown` and
                `power-unknown` for a slug that the stored affiliation does not have; the problems of the person.

        >>> import attrs
        >>> from contactcore import Company, Person, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     jane = session.people.add(session.contacts.add(Company("Bois & Fils")), Person("Jane", "Doe"))
        ...     promoted = attrs.evolve(jane, position="CFO", person=attrs.evolve(jane.person, prefix="Dr"))
        ...     saved = session.people.save(promoted)
        ...     saved.position, saved.person.display_name
        ('CFO', 'Dr Jane Doe')
        """
        current, stored = self._lock_for_change(affiliation)
        change = self._prepared(affiliation, Loaded(current, stored))
        # The flag may have moved since the affiliation was read, as when a form with several people is saved. Then the
        # change to False takes nothing away.
        if change.unset and successor is None:
            raise Invalid("primary-stays", _PRIMARY_STAYS, path="primary", value=False)
        chosen = current.id if change.chosen else self._successor(current.contact_id, successor)
        self._check_chosen(current.contact_id, [change.entity], chosen)
        self._store(change)
        self._affiliations.reassign(current.contact_id, chosen)
        return self._stored(current.id)

    def save_all(
        self, contact: Annotated[str | Contact, AS_STORED], rows: Sequence[Affiliation]
    ) -> tuple[Affiliation, ...]:
        """Store changed affiliations of one contact, as a form with several people sends them (PER-8).

        The primary flag is judged at the end, so the rows may come in any order. A row that is not among them stays as
        it is. Either all rows are stored or none.

        Args:
            contact: The contact, or its id.
            rows: Affiliations of the contact as they were read, changed with `attrs.evolve`. At most one of them may
                become primary.

        Returns:
            The stored affiliations, each with its `person`, in the order of the rows.

        Raises:
            NotFound, Forbidden, Conflict: as `save`.
            Invalid: one error lists the problems of all rows; as `save`, and `affiliation-elsewhere` for a row of
                another contact, `row-twice`, `primary-twice`.

        >>> import attrs
        >>> from contactcore import Company, Person, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        ...     people = [session.people.add(bois, Person(name)) for name in ("Jane", "Joan")]
        ...     rows = [attrs.evolve(one, primary=one.person.given_name == "Joan") for one in people]
        ...     [(one.person.given_name, one.primary) for one in session.people.save_all(bois, rows)]
        [('Jane', False), ('Joan', True)]
        """
        client = self._contacts.lock_for_change(contact).entity
        changes: list[_Change] = []
        problems: list[Problem] = []
        for index, row in enumerate(rows):
            try:
                if any(row.id == known.entity.id for known in changes):
                    raise Invalid("row-twice", "Give each affiliation once.", value=row.id)  # noqa: TRY301
                loaded = self._affiliations.load(row)
                if loaded.entity.contact_id != client.id:
                    message = "This affiliation belongs to another contact: save it there."
                    raise Invalid("affiliation-elsewhere", message, value=row.id)  # noqa: TRY301
                changes.append(self._prepared(row, loaded))
            except Invalid as error:
                problems.extend(error.under(f"rows[{index}]").problems)
        if not problems:
            problems.extend(_primary_problems(changes))
        if problems:
            raise Invalid(problems)
        chosen = next((change.entity.id for change in changes if change.chosen), None)
        try:
            self._check_chosen(client.id, [change.entity for change in changes], chosen)
        except Invalid as error:
            index = next(index for index, change in enumerate(changes) if change.chosen)
            raise error.under(f"rows[{index}]") from None
        for change in changes:
            self._store(change)
        self._affiliations.reassign(client.id, chosen)
        return tuple(self._stored(change.entity.id) for change in changes)

    def make_primary(self, affiliation: Annotated[str | Affiliation, AS_STORED]) -> Affiliation:
        """Make a person the primary contact person of the contact (PER-3).

        Args:
            affiliation: The affiliation, or its id.

        Returns:
            The stored affiliation, with its `person`.

        Raises:
            NotFound, Forbidden: as `save`.
            Invalid: `primary-not-current` if the person does not act for the contact today.
        """
        transaction = self._transaction
        current, _ = self._lock_for_change(affiliation)
        if current.is_current(transaction.today) or not self._as_seen(current.contact_id, current).primary:
            self._affiliations.reassign(current.contact_id, current.id)
        return self.get(current.id)

    def remove(
        self,
        affiliation: Annotated[str | Affiliation, AS_STORED],
        *,
        successor: Annotated[str | Affiliation | None, AS_STORED] = None,
    ) -> None:
        """Remove an affiliation without a trace; use `save` with an `end` to keep it on file.

        Args:
            affiliation: The affiliation, or its id. A changed or outdated affiliation is refused.
            successor: The affiliation that becomes primary if this one is primary, or its id; by default the most
                senior current one (PER-3).

        Raises:
            NotFound, Forbidden, Conflict: as `save`.
            Invalid: `primary-unknown`, `primary-not-current` for the successor.
        """
        current, stored = self._lock_for_change(affiliation)
        if isinstance(affiliation, Affiliation) and affiliation.version != current.revision:
            raise Conflict(affiliation, self._as_seen_with_person(current))
        chosen = self._successor(current.contact_id, successor)
        self._check_chosen(current.contact_id, [current], chosen, leaving=True)
        self._affiliations.remove(current, stored)
        self._follow_address(current, attrs.evolve(current, email=None))
        self._affiliations.reassign(current.contact_id, chosen)

    def may(
        self,
        person: str | Person | Affiliation,
        authority: AuthoritySlug,
        contact: str | Contact,
        *,
        on: date | None = None,
        together_with: Sequence[str | Person | Affiliation] = (),
    ) -> AuthorityDecision:
        """Decide whether a person has an authority for a contact on a day, with the grant or the reason (PER-4).

        Args:
            person: The person, one of their affiliations, or the id of the person.
            authority: The slug of the authority: `"contact"`, `"collect-mail"`, `"represent"`, or one that the
                workspace added.
            contact: The contact, or its id.
            on: The day; today by default. For a past day the authorities of that day count (PER-5).
            together_with: Other people who act together with the person, for an authority that is held jointly; none
                by default. A portal user asks about themselves alone.

        Returns:
            The decision, which is true if the person has the authority.

        Raises:
            NotFound: there is no such person or contact, or the actor may not see them.
            Invalid: `power-unknown`; `not-a-person` for a company.

        >>> from datetime import date
        >>> from contactcore import Authority, Company, Person, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     client = session.contacts.add(Company("Bois & Fils"))
        ...     jane = session.people.add(client, Person("Jane", "Doe"))
        ...     jane = session.people.grant(jane, Authority(slug="represent", start="2026-01-01"))
        ...     jane = session.people.withdraw(jane, "represent", on=date(2026, 4, 1))
        ...     days = date(2025, 12, 31), date(2026, 3, 31), date(2026, 4, 1)
        ...     [session.people.may(jane.person_id, "represent", client, on=day).reason for day in days]
        ['not-yet', 'sole', 'expired']
        """
        transaction = self._transaction
        day = on or transaction.today
        if isinstance(transaction.actor, PortalUser):
            # The answer leaves out the affiliation, which holds notes of staff, and the other people (POR-8).
            acting = person_id_of(person)
            if acting == id_of(contact) and self._acts_for_themself(contact):
                return AuthorityDecision(allowed=True, reason="self")
            answer = may(acting, authority, self._own_affiliations(contact), day)
            return AuthorityDecision(answer.allowed, answer.reason, answer.authority)
        affiliations = self.list(contact)
        if person_id_of(person) == id_of(contact) and isinstance(self._contacts.get(contact), Person):
            return AuthorityDecision(allowed=True, reason="self")
        others = self._visible_people(together_with, affiliations, "together_with[{}]")
        (acting,) = self._visible_people([person], affiliations, "person")
        return may(acting, authority, affiliations, day, others)

    def grant(
        self, affiliation: Annotated[str | Affiliation, AS_STORED], authority: Annotated[Authority | str, AUTHORITIES]
    ) -> Affiliation:
        """Grant an authority to a contact person (PER-4); `may` has an example.

        Args:
            affiliation: The affiliation, or its id.
            authority: The `Authority` with its days, or its slug for a sole authority without dates.

        Returns:
            The stored affiliation, with its `person`.

        Raises:
            NotFound, Forbidden, Conflict: as `save`.
            Invalid: `power-unknown`.
        """
        self._transaction.require_writing()
        wanted = Authority(slug=authority) if isinstance(authority, str) else authority
        current = self.get(affiliation)
        return self.save(attrs.evolve(current, authorities=(*current.authorities, wanted)))

    def withdraw(
        self, affiliation: Annotated[str | Affiliation, AS_STORED], authority: AuthoritySlug, *, on: date | None = None
    ) -> Affiliation:
        """End an authority from a day on (PER-5); `may` has an example.

        Args:
            affiliation: The affiliation, or its id.
            authority: The slug of the granted authority.
            on: The first day without the authority; today by default. Earlier days keep it.

        Returns:
            The stored affiliation, with its `person`.

        Raises:
            NotFound, Forbidden, Conflict: as `save`.
            Invalid: `power-unknown`; `power-not-granted` if the person was never granted it; `date-too-early`.
        """
        self._transaction.require_writing()
        current = self.get(affiliation)
        if all(grant.slug != authority for grant in current.authorities):
            granted = ", ".join(dict.fromkeys(grant.slug for grant in current.authorities)) or "(none)"
            message = f"The person was never granted this authority. Granted: {granted}."
            raise Invalid("power-not-granted", message, path="authority", value=authority)
        last_day = _day_before(on or self._transaction.today)
        kept = []
        for grant in current.authorities:
            if grant.slug != authority or (grant.end is not None and grant.end <= last_day):
                kept.append(grant)
            elif grant.start is None or grant.start <= last_day:
                # The former grant stays on file, because `may` answers questions about past days.
                kept.append(attrs.evolve(grant, end=last_day))
        return self.save(attrs.evolve(current, authorities=kept))

    def primary_for(self, contact: str | Contact, purpose: PurposeSlug) -> Affiliation | None:
        """Return the primary person for a purpose such as `"billing"`, else the primary contact person, else None.

        Args:
            contact: The contact, or its id.
            purpose: The slug of one of the workspace's purposes.

        Raises:
            NotFound: there is no such contact, or the actor may not see it.
            Forbidden: `staff-only` for a portal user.
            Invalid: `purpose-unknown`.
        """
        check_staff(self._transaction.actor)
        everybody = self.list(contact)
        for one in everybody:
            if purpose in one.purposes and one.is_current(self._transaction.today):
                return one
        return next((one for one in everybody if one.primary), None)

    def make_primary_for(
        self, affiliation: Annotated[str | Affiliation, AS_STORED], purpose: PurposeSlug, *, on: bool = True
    ) -> Affiliation:
        """Make a person the contact's primary person for a purpose, in place of the former one.

        Args:
            affiliation: The affiliation, or its id.
            purpose: The slug of one of the workspace's purposes.
            on: True by default; False takes the purpose away from this person.

        Returns:
            The stored affiliation, with its `person`.

        Raises:
            NotFound, Forbidden: as `save`.
            Invalid: `purpose-unknown`; `primary-not-current` if the person does not act for the contact today.

        >>> from contactcore import Company, Person, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     client = session.contacts.add(Company("Bois & Fils"))
        ...     jane = session.people.add(client, Person("Jane", "Doe"))
        ...     joan = session.people.add(client, Person("Joan", "Roe"))
        ...     session.people.primary_for(client, "billing").person.display_name
        ...     joan = session.people.make_primary_for(joan, "billing")
        ...     session.people.primary_for(client, "billing").person.display_name
        'Jane Doe'
        'Joan Roe'
        """
        transaction = self._transaction
        transaction.require_writing()
        chosen, _ = self._lock_for_change(affiliation)
        if on and not chosen.is_current(transaction.today):
            raise Invalid("primary-not-current", "Choose somebody who still acts for the contact.", value=chosen.id)
        everybody = self._affiliations.of_contact(chosen.contact_id)
        access = next(one.access for one in everybody if one.entity.id == chosen.id)
        moved = []
        for one in everybody:
            has, wanted = purpose in one.entity.purposes, on and one.entity.id == chosen.id
            # Actors who do not see the chosen person continue to see the former one, because a gap would reveal the
            # chosen person (ACC-3).
            changes = one.entity.id == chosen.id or (on and audience_within(one.access, access))
            if has != wanted and changes:
                rest = [kept for kept in one.entity.purposes if kept != purpose]
                moved.append(attrs.evolve(one.entity, purposes=[*rest, purpose] if wanted else rest))
        self._affiliations.move_flags(moved, {one.entity.id: one.stored for one in everybody})
        return self.get(chosen.id)

    def change_employer(
        self,
        affiliation: Annotated[str | Affiliation, AS_STORED],
        contact: Annotated[str | Contact, AS_STORED],
        *,
        on: date | None = None,
        retire: Sequence[str | EmailAddress] = (),
        **details: Any,
    ) -> Affiliation:
        """Move a person from one contact to another: end the old affiliation and add a new one.

        The old affiliation ends on the day before, unless it ended earlier. Its work address, and the addresses in
        `retire`, move from the person to the old affiliation. No message is sent to them any more, but `recognise`
        still finds the person by them.

        Args:
            affiliation: The old affiliation, or its id.
            contact: The new contact, or its id.
            on: The first day at the new contact; today by default.
            retire: Addresses of the person that end with the old affiliation; none by default.
            details: Fields of the new affiliation, as for `add`, except `start`.

        Returns:
            The new affiliation, with its `person`.

        Raises:
            NotFound, Forbidden, Duplicate: as `add` and `save`. All refusals come before the first write.
            Invalid: as `add` and `save`; `dates-reversed` if the old affiliation begins later; `date-too-early`.

        >>> from datetime import date
        >>> from contactcore import Company, Person, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     bois, sud = session.contacts.add(Company("Bois & Fils")), session.contacts.add(Company("Sud"))
        ...     jane = session.people.add(bois, Person("Jane", "Doe"), email="jane@bois.fr")
        ...     moved = session.people.change_employer(jane, sud, on=date(2026, 2, 1), email="jane@sud.fr")
        ...     str(session.people.get(jane).end), str(moved.start), str(moved.email)
        ...     [person.display_name for person in session.people.recognise("jane@bois.fr")]
        ('2026-01-31', '2026-02-01', 'jane@sud.fr')
        ['Jane Doe']
        """
        transaction = self._transaction
        if "start" in details:
            raise Invalid("detail-unknown", "The first day at the new contact is given by `on`.", path="start")
        first_day = on or transaction.today
        old = self.get(affiliation)
        self._contacts.lock_for_change(old.contact_id)
        person = self._contacts.get(old.person_id)
        ending = [address if isinstance(address, EmailAddress) else EmailAddress(address) for address in retire]
        keys = {address.key for address in (*ending, *([old.email] if old.email else []))}
        leaving = [address for address in person.emails if address.key in keys]
        work = old.email or next(iter(leaving), None)
        known = {address.key for address in (*([work] if work else []), *old.retired)}
        last_day = _day_before(first_day)
        ended = attrs.evolve(
            old,
            end=last_day if old.end is None else min(old.end, last_day),
            email=work,
            retired=[*old.retired, *(address for address in leaving if address.key not in known)],
        )
        moved = None
        if leaving:
            before = self._contacts.lock_for_change(person.id)
            kept = [address for address in before.entity.emails if address.key not in keys]
            moved = self._contacts.prepare(attrs.evolve(before.entity, emails=kept), before.entity), before
        # All refusals happen above, or in `add` before its first write, so nothing is left half done.
        new = self.add(contact, person.id, start=first_day, **details)
        self.save(ended)
        if moved is not None:
            changed = self._contacts.change(*moved)
            if isinstance(changed, Person):
                LoginRepository(transaction).follow(changed, lost=keys)
        return self.get(new.id)

    def recognise(self, email: EmailAddress | str) -> tuple[Person, ...]:
        """Return the people who have or had an e-mail address and whom the actor sees, retired work addresses included.

        Args:
            email: The e-mail address.

        Raises:
            Invalid: the problems of the address.
        """
        address = email if isinstance(email, EmailAddress) else EmailAddress(email)
        found: dict[str, None] = {}
        for repository in (self._contacts, self._affiliations):
            query = Query(
                kind=repository.type.name,
                order=self._transaction.order,
                access=read_terms(self._transaction.actor),
                where=(frozenset({term("email", address.key)}),),
                limit=LARGEST_PAGE,
            )
            ids = [card.id for card in self._transaction.reader.find(query).cards]
            if repository is self._affiliations:
                ids = [one.entity.person_id for one in self._affiliations.get_many(ids).values()]
            found |= dict.fromkeys(ids)
        people = (one.entity for one in self._contacts.get_many(found).values())
        return tuple(person for person in people if isinstance(person, Person))

    def _visible_people(
        self, people: Iterable[str | Person | Affiliation], affiliations: Iterable[Affiliation], path: str
    ) -> tuple[str, ...]:
        """The ids of people that the actor sees.

        Args:
            people: People, affiliations, or ids.
            affiliations: Affiliations that the actor sees; their people are not read again.
            path: The path of a person, with the place for a number.

        Raises:
            NotFound: the actor does not see a person, or there is none.
            Invalid: `not-a-person`.
        """
        known = {one.person_id for one in affiliations}
        ids = tuple(map(person_id_of, people))
        for index, id in enumerate(ids):
            if id not in known and not isinstance(self._contacts.get(id), Person):
                raise Invalid("not-a-person", "Only a person can have authorities.", path=path.format(index), value=id)
        return ids

    def _acts_for_themself(self, contact: str | Contact) -> bool:
        """Whether a portal user is the client."""
        return any(not one.id for one in self._own_affiliations(contact))

    def _own_affiliations(self, contact: str | Contact) -> Sequence[Affiliation]:
        """The affiliations through which a portal user acts for a contact."""
        actor, id = self._transaction.actor, self._contacts.seen(contact).id
        if not isinstance(actor, PortalUser):
            return ()
        return LoginRepository(self._transaction).usable_by(actor.login_id).get(id, ())

    def _follow_address(self, before: Affiliation, after: Affiliation) -> None:
        """Move the login of a person to the corrected work address, if it has no password (POR-9)."""
        if before.email == after.email:
            return
        person = self._contacts.get_many([after.person_id])[after.person_id].entity
        if isinstance(person, Person):
            lost = {before.email.key} if before.email is not None else set()
            LoginRepository(self._transaction).follow(person, after, lost)

    def _person_at(self, email: str) -> str | Person:
        found = self.recognise(email)
        if len(found) > 1:
            message = "Several people have this address: choose one of them."
            raise Invalid("person-ambiguous", message, path="person", value=email)
        return found[0].id if found else Person(emails=[email])

    def _new_person(self, client: Person | Company, person: Person) -> Person:
        """A prepared new contact person, by default with the client's access and responsible users."""
        with_access = attrs.evolve(
            person,
            listed=False,
            access=person.access or client.access,
            responsibles=person.responsibles or client.responsibles,
        )
        return self._contacts.prepare(with_access, known_users=client.responsibles)

    def _known_person(self, client: Contact, person: str | Person) -> tuple[Person, Loaded[Person | Company]]:
        message = "Only a person can act for a contact."
        if isinstance(person, Company) and not person.id:
            raise Invalid("not-a-person", message, path="person", value=person.display_name)
        try:
            known = self._contacts.lock(person)
        except NotFound:
            # No id has a blank. An application that passes on a name learns how to add a person.
            if isinstance(person, str) and any(map(str.isspace, person)):
                by_name = "Give a Person with this name; a text is an id or an e-mail address."
                raise Invalid("person-by-name", by_name, path="person", value=person) from None
            raise
        if not isinstance(known.entity, Person):
            raise Invalid("not-a-person", message, path="person", value=known.entity.id)
        if known.entity.id == client.id:
            raise Invalid("acts-for-self", "A person cannot be a contact person of themselves.", path="person")
        existing = self._affiliations.between(client.id, known.entity.id)
        if existing is not None:
            raise Duplicate(f"the contact person {known.entity.display_name}", existing.id)
        return known.entity, known

    def _new_affiliation(self, client: Contact, details: dict[str, Any]) -> Affiliation:
        unknown = sorted(set(details) - set(_DETAILS))
        if unknown:
            raise Invalid("detail-unknown", f"Details are {', '.join(sorted(_DETAILS))}.", path=unknown[0])
        read, problems = dict(details), list[Problem]()
        if isinstance(read.get("phone"), str) and read["phone"]:
            try:
                (read["phone"],) = read_phones([read["phone"]], (self._transaction.settings.country,))
            except Invalid as error:
                problems.extend(attrs.evolve(problem, path="phone") for problem in error.problems)
                del read["phone"]
        try:
            new = Affiliation(
                version=1,
                contact_id=client.id,
                since=self._transaction.now,
                **read,
            )
        except Invalid as error:
            problems.extend(error.problems)
        else:
            problems.extend(affiliation_problems(self._transaction.settings, new))
        if problems:
            raise Invalid(problems)
        return new

    def _detail_problems(self, client: Contact, details: dict[str, Any]) -> tuple[Problem, ...]:
        try:
            self._new_affiliation(client, details)
        except Invalid as error:
            return error.problems
        return ()

    def _successor(self, contact_id: str, successor: str | Affiliation | None) -> str | None:
        """The id of the named successor, if the actor sees that affiliation with the contact."""
        if successor is None:
            return None
        try:
            found = self._affiliations.get(successor)
        except NotFound:
            found = None
        if found is None or found.contact_id != contact_id:
            message = "Choose one of the contact's own contact persons."
            raise Invalid("primary-unknown", message, path="successor", value=id_of(successor))
        return found.id

    def _prepared(self, affiliation: Affiliation, loaded: Loaded[Affiliation]) -> _Change:
        """A change of an affiliation whose contact is locked, after every check but that of the primary flag.

        Raises:
            Conflict: another version of the affiliation, or of the changed person, is stored.
            Forbidden: `read-only` for the changed person.
            Invalid: the problems of the affiliation and the person.
        """
        current = loaded.entity
        seen = self._as_seen(current.contact_id, current)
        if affiliation.version != current.revision:
            raise Conflict(affiliation, self._as_seen_with_person(current))
        was = seen.primary if affiliation.primary_when_read is None else affiliation.primary_when_read
        fixed = attrs.evolve(affiliation, **{name: getattr(current, name) for name in _MAINTAINED_BY_LIBRARY})
        problems = [*_fixed_problems(affiliation, current)]
        problems += affiliation_problems(self._transaction.settings, fixed, current)
        person = None
        try:
            person = None if problems else self._changed_person(affiliation)
        except Invalid as error:
            problems += error.under("person").problems
        if problems:
            raise Invalid(problems)
        return _Change(
            entity=fixed,
            before=loaded,
            person=person,
            chosen=affiliation.primary and not was,
            unset=was and seen.primary and not affiliation.primary,
        )

    def _store(self, change: _Change) -> None:
        """Store a prepared change. The person comes first, because that may still be refused."""
        if change.person is not None:
            before = change.person[1].entity
            person = self._contacts.change(*change.person)
            if isinstance(person, Person) and person.emails != before.emails:
                lost = {email.key for email in before.emails} - {email.key for email in person.emails}
                LoginRepository(self._transaction).follow(person, lost=lost)
        if change.entity != change.before.entity:
            self._affiliations.put(change.entity, change.before.stored)
            self._follow_address(change.before.entity, change.entity)

    def _stored(self, id: str) -> Affiliation:
        """A stored affiliation, even if the actor has just given its person away."""
        return self._as_seen_with_person(self._affiliations.load_any(id).entity)

    def _changed_person(self, affiliation: Affiliation) -> tuple[Person, Loaded[Person | Company]] | None:
        """The person of an affiliation, prepared for storing, with the stored one; None if the caller changed nothing.

        Raises:
            Conflict: another version of the person is stored.
            Forbidden: `read-only`.
            Invalid: the problems of the person.
        """
        person, read = affiliation.person, affiliation.person_when_read
        if person is None or person is read:
            return None
        stored = self._contacts.load_any(affiliation.person_id)
        if same_contact(person, stored.entity if read is None else read):
            return None
        locked = self._contacts.lock_for_change(affiliation.person_id)
        if person.version != locked.entity.version:
            raise Conflict(person, locked.entity)
        return self._contacts.prepare(person, locked.entity), locked

    def _check_chosen(
        self, contact_id: str, changed: Sequence[Affiliation], chosen: str | None, *, leaving: bool = False
    ) -> None:
        """Refuse a person who cannot become primary, before the first write."""
        if chosen is None:
            return
        ids = {one.id for one in changed}
        everybody = [one.entity for one in self._affiliations.of_contact(contact_id) if one.entity.id not in ids]
        enforce(everybody if leaving else [*everybody, *changed], self._transaction.today, chosen)

    def _lock_for_change(self, affiliation: str | Affiliation) -> Loaded[Affiliation]:
        """Return an affiliation of a contact that the actor may change, with the contact locked.

        The lock prevents two writers from moving the primary flag at the same time. The affiliation is read after the
        contact is locked, so that it is up to date.
        """
        self._contacts.lock_for_change(self._affiliations.get(affiliation).contact_id)
        return self._affiliations.load(affiliation)

    def _as_seen_with_person(self, affiliation: Affiliation) -> Affiliation:
        (with_person,) = _with_people(self._transaction, [affiliation])
        return self._as_seen(affiliation.contact_id, with_person)

    def _as_seen(self, contact_id: str, affiliation: Affiliation) -> Affiliation:
        """The affiliation with the primary flag as the actor sees it among the affiliations of the contact."""
        transaction = self._transaction
        current = self._affiliations.current_primary(contact_id)
        if current and may_see(transaction.actor, current.access) and current.entity.is_current(transaction.today):
            return _visible_form(affiliation, primary=current.entity.id == affiliation.id)
        seen = (one.entity for one in self._affiliations.seen_of_contact(contact_id))
        primary = effective_primary(seen, transaction.today)
        return _visible_form(affiliation, primary=primary is not None and primary.id == affiliation.id)


def _visible_form(affiliation: Affiliation, *, primary: bool) -> Affiliation:
    """An affiliation without the fields that would reveal hidden affiliations."""
    version = affiliation.revision or affiliation.version
    as_read = {
        "primary_when_read": primary,
        "purposes_when_read": affiliation.purposes,
        "person_when_read": affiliation.person,
    }
    return altered(
        affiliation, {**as_read, "primary": primary, "version": version, "revision": 0, "primary_sequence": 0}
    )


def _fixed_problems(affiliation: Affiliation, stored: Affiliation) -> Iterator[Problem]:
    """The problems of changes that `save` does not store."""
    for name in ("contact_id", "person_id", "since"):
        if getattr(affiliation, name) != getattr(stored, name):
            message = "Saving does not change this; change_employer moves a person to another contact."
            yield Problem("edit-not-stored", name, message, getattr(affiliation, name))
    read = affiliation.purposes_when_read
    if affiliation.purposes != (stored.purposes if read is None else read):
        message = "Saving does not change the purposes; make_primary_for does."
        yield Problem("edit-not-stored", "purposes", message, affiliation.purposes)
    if affiliation.person is not None and affiliation.person.id != stored.person_id:
        message = "Saving does not put another person here: remove this one, and add the other."
        yield Problem("edit-not-stored", "person", message, affiliation.person.id)


def _day_before(day: date) -> date:
    if day == date.min:
        raise Invalid(
            "date-too-early", "Give a later day: no day comes before this one.", path="on", value=day.isoformat()
        )
    return day - timedelta(days=1)


def visible_people(transaction: Transaction, contact_id: str, *, current: bool = False) -> tuple[Affiliation, ...]:
    """Return the contact persons of a contact that the actor sees: the primary one first, then by seniority.

    Args:
        transaction: The transaction of the actor.
        contact_id: The id of a contact that the actor sees.
        current: Whether to leave out people who do not act for the contact today; False by default.
    """
    today = transaction.today
    seen = AffiliationRepository(transaction).seen_of_contact(contact_id)
    people = _with_people(transaction, with_own_purposes([(one.entity, one.access) for one in seen], today))
    primary = effective_primary(people, today)
    shown = [_visible_form(one, primary=primary is not None and one.id == primary.id) for one in people]
    kept = [one for one in shown if not current or one.is_current(today)]
    return tuple(sorted(kept, key=lambda one: (not one.primary, one.seniority)))


def _with_people(transaction: Transaction, seen: Iterable[Affiliation]) -> tuple[Affiliation, ...]:
    """Affiliations with their people."""
    found = tuple(seen)
    people = ContactRepository(transaction).get_many(one.person_id for one in found)
    return tuple(
        altered(one, {"person": person}) for one in found if isinstance(person := people[one.person_id].entity, Person)
    )
