"""Contact persons: people who act for a contact, and their authorities (PER-1 to PER-5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal, overload

import attrs

from contactcore.errors import Conflict, Invalid, Problem
from contactcore.model import Affiliation, Authority, Contact, Person, Site
from contactcore.rules.access import audience_within
from contactcore.values import EmailAddress
from contactcore.workspace.kernel.arguments import AS_STORED, MAY_BE_NEW, check_arguments
from contactcore.workspace.kernel.days import read_day
from contactcore.workspace.kernel.slugs import AUTHORITIES, AuthoritySlug, PurposeSlug
from contactcore.workspace.kernel.transaction import id_of
from contactcore.workspace.people.adding import AddedPeople
from contactcore.workspace.people.authorising import day_before, without
from contactcore.workspace.people.saving import PRIMARY_STAYS, Change, primary_problems
from contactcore.workspace.people.shown import as_seen, as_seen_with_person
from contactcore.workspace.people.views import PeopleViews
from contactcore.workspace.repositories.merging import MergedSave

__all__ = ["People"]


@check_arguments()
class People(PeopleViews):
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

    def add(
        self,
        contact: Annotated[str | Contact, AS_STORED],
        person: Annotated[str | Person | Affiliation, MAY_BE_NEW, AS_STORED],
        *,
        primary: bool = False,
        site: Annotated[str | Site | None, AS_STORED] = None,
        **details: Any,
    ) -> Affiliation:
        """Add a contact person: let a person act for a contact (PER-1, PER-2).

        The first contact person of a contact becomes primary. A new person is not listed in the directory. Unless the
        new person has an access policy or responsible users, the contact's are copied.

        Args:
            contact: The contact, or its id.
            person: A new person, a stored person, one of their affiliations, an id, or an e-mail address. An address
                selects the visible person who has or had it. If there is none, a new person with this address is added.
                A new `Affiliation` gives the details and its `person`.
            primary: Whether this person becomes the primary contact person; False by default. The person must act for
                the contact today.
            site: The site of the contact where the person acts, or its id (the detail `site_id`); None, the default,
                for none in particular.
            details: Fields of the affiliation: `position`, `department`, `information`, `email`, `phone`, `retired`,
                `authorities`, `permissions`, `notifications`, `start`, `end`, `site_id`.

        Returns:
            The stored affiliation, with its `person`.

        Raises:
            NotFound: the actor may not see the contact or the person, or there is none.
            Forbidden: `read-only` if the actor may not change the contact.
            Duplicate: the person acts for the contact already.
            Invalid: `person-ambiguous` if several people have the e-mail address; `person-by-name` for a name as text;
                `not-a-person`, `acts-for-self`, `detail-unknown`, `primary-not-current`; `site-unknown` for a site that
                is none of the contact's; `edit-not-stored` for a
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
        client = self._contacts.lock_for_change(contact)
        people = AddedPeople(self._transaction)
        if site is not None:
            details["site_id"] = id_of(site)
        # Everything that may be refused is checked before the first write.
        draft = people.draft(client.entity, person, details, primary=primary)
        (added,) = people.store(client, [draft])
        return as_seen(self._transaction, added.contact_id, added)

    @overload
    def save(
        self,
        affiliation: Affiliation,
        *,
        successor: str | Affiliation | None = None,
        merge_changes: Literal[False] = False,
    ) -> Affiliation: ...
    @overload
    def save(
        self, affiliation: Affiliation, *, successor: str | Affiliation | None = None, merge_changes: Literal[True]
    ) -> MergedSave[Affiliation]: ...
    def save(
        self,
        affiliation: Affiliation,
        *,
        successor: Annotated[str | Affiliation | None, AS_STORED] = None,
        merge_changes: bool = False,
    ) -> Affiliation | MergedSave[Affiliation]:
        """Store a changed affiliation, and its person if that was changed too.

        A change of `primary` to True makes this person the primary contact person. A change to False needs a
        `successor`, because a contact with contact persons always has a primary one. If the primary person gets an end
        date or `active=False`, the primary flag passes to the successor, else to the most senior current person
        (PER-3). If the flag was moved since the affiliation was read, and this call does not change it, it stays where
        it is.

        Args:
            affiliation: The affiliation as it was read, changed with `attrs.evolve`.
            successor: The affiliation that becomes primary in place of this one, or its id; None by default.
            merge_changes: Whether changes of others in other fields of the affiliation are kept, as for
                `contacts.save`; False by default. The person is not merged.

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
                `power-unknown` for a slug that the stored affiliation does not have; `site-unknown` for a change to a
                site that is none of the contact's; the problems of the person.

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
        locked = self._saved.lock_for_change(affiliation)
        current = locked.entity
        merged: tuple[str, ...] = ()
        if merge_changes:
            affiliation, merged = self._saved.merged(affiliation, locked)
        change = self._saved.prepared(affiliation, locked)
        # The flag may have moved since the affiliation was read, as when a form with several people is saved. Then the
        # change to False takes nothing away.
        if change.unset and successor is None:
            raise Invalid("primary-stays", PRIMARY_STAYS, path="primary", value=False)
        chosen = current.id if change.chosen else self._saved.successor(current.contact_id, successor)
        self._saved.check_chosen(current.contact_id, [change.entity], chosen)
        self._saved.store(change)
        self._affiliations.reassign(current.contact_id, chosen)
        saved = self._saved.stored(current.id)
        return MergedSave(saved, merged) if merge_changes else saved

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
        changes: list[Change] = []
        problems: list[Problem] = []
        for index, row in enumerate(rows):
            try:
                if any(row.id == known.entity.id for known in changes):
                    raise Invalid("row-twice", "Give each affiliation once.", value=row.id)  # noqa: TRY301
                loaded = self._affiliations.load(row)
                if loaded.entity.contact_id != client.id:
                    message = "This affiliation belongs to another contact: save it there."
                    raise Invalid("affiliation-elsewhere", message, value=row.id)  # noqa: TRY301
                changes.append(self._saved.prepared(row, loaded))
            except Invalid as error:
                problems.extend(error.under(f"rows[{index}]").problems)
        if not problems:
            problems.extend(primary_problems(changes))
        if problems:
            raise Invalid(problems)
        chosen = next((change.entity.id for change in changes if change.chosen), None)
        try:
            self._saved.check_chosen(client.id, [change.entity for change in changes], chosen)
        except Invalid as error:
            index = next(index for index, change in enumerate(changes) if change.chosen)
            raise error.under(f"rows[{index}]") from None
        for change in changes:
            self._saved.store(change)
        self._affiliations.reassign(client.id, chosen)
        return tuple(self._saved.stored(change.entity.id) for change in changes)

    def make_primary(self, affiliation: Annotated[str | Affiliation, AS_STORED]) -> Affiliation:
        """Make a person the primary contact person of the contact (PER-3).

        Args:
            affiliation: The affiliation, or its id.

        Returns:
            The stored affiliation, with its `person`.

        Raises:
            NotFound, Forbidden: as `save`.
            Invalid: `primary-not-current` if the person does not act for the contact today.

        >>> from contactcore import Company, Person, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        ...     jane = session.people.add(bois, Person("Jane", "Doe"), position="CFO")
        ...     karl = session.people.add(bois, Person("Karl", "Roe"))
        ...     moved = session.people.make_primary(karl)
        ...     session.people.primary(bois).person.display_name
        'Karl Roe'
        """
        transaction = self._transaction
        current, _ = self._saved.lock_for_change(affiliation)
        if current.is_current(transaction.today) or not as_seen(self._transaction, current.contact_id, current).primary:
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

        >>> from contactcore import Company, Person, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        ...     jane = session.people.add(bois, Person("Jane", "Doe"), position="CFO")
        ...     karl = session.people.add(bois, Person("Karl", "Roe"))
        ...     session.people.remove(jane)
        ...     [(one.person.display_name, one.primary) for one in session.people.list(bois)]
        [('Karl Roe', True)]
        """
        current, stored = self._saved.lock_for_change(affiliation)
        read = (
            (affiliation.id, affiliation.version)
            if isinstance(affiliation, Affiliation)
            else (current.id, current.revision)
        )
        if read != (current.id, current.revision):
            raise Conflict(affiliation, as_seen_with_person(self._transaction, current))
        chosen = self._saved.successor(current.contact_id, successor)
        self._saved.check_chosen(current.contact_id, [current], chosen, leaving=True)
        self._affiliations.remove(current, stored)
        self._saved.follow_address(current, attrs.evolve(current, email=None))
        self._affiliations.reassign(current.contact_id, chosen)

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

        >>> from contactcore import Company, Person, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        ...     jane = session.people.add(bois, Person("Jane", "Doe"), position="CFO")
        ...     granted = session.people.grant(jane, "collect-mail")
        ...     bool(session.people.may(granted, "collect-mail", bois))
        True
        """
        self._transaction.require_writing()
        wanted = Authority(slug=authority) if isinstance(authority, str) else authority
        current = self.get(affiliation)
        return self.save(attrs.evolve(current, authorities=(*current.authorities, wanted)))

    def withdraw(
        self,
        affiliation: Annotated[str | Affiliation, AS_STORED],
        authority: AuthoritySlug,
        *,
        on: date | str | None = None,
    ) -> Affiliation:
        """End an authority from a day on (PER-5); `may` has an example.

        Args:
            affiliation: The affiliation, or its id.
            authority: The slug of the granted authority.
            on: The first day without the authority, or its text in ISO 8601; today by default. Earlier days keep it.

        Returns:
            The stored affiliation, with its `person`.

        Raises:
            NotFound, Forbidden, Conflict: as `save`.
            Invalid: `power-unknown`; `power-not-granted` if the person was never granted it; `date-syntax`,
                `date-too-early`.

        >>> from contactcore import Company, Person, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        ...     jane = session.people.add(bois, Person("Jane", "Doe"), position="CFO")
        ...     granted = session.people.grant(jane, "collect-mail")
        ...     ended = session.people.withdraw(granted, "collect-mail")
        ...     bool(session.people.may(ended, "collect-mail", bois))
        False
        """
        self._transaction.require_writing()
        first_day = self._transaction.today if on is None else read_day(on, "on")
        current = self.get(affiliation)
        if all(grant.slug != authority for grant in current.authorities):
            granted = ", ".join(dict.fromkeys(grant.slug for grant in current.authorities)) or "(none)"
            message = f"The person was never granted this authority. Granted: {granted}."
            raise Invalid("power-not-granted", message, path="authority", value=authority)
        return self.save(without(current, authority, first_day))

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
        chosen, _ = self._saved.lock_for_change(affiliation)
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
        on: date | str | None = None,
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
            on: The first day at the new contact, or its text in ISO 8601; today by default.
            retire: Addresses of the person that end with the old affiliation; none by default.
            details: Fields of the new affiliation, as for `add`, except `start`. The old affiliation keeps its site,
                and the new one has none unless `site_id` names one of the new contact's.

        Returns:
            The new affiliation, with its `person`.

        Raises:
            NotFound, Forbidden, Duplicate: as `add` and `save`. All refusals come before the first write.
            Invalid: as `add` and `save`; `dates-reversed` if the old affiliation begins later; `date-syntax`,
                `date-too-early`.

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
        first_day = transaction.today if on is None else read_day(on, "on")
        old = self.get(affiliation)
        self._contacts.lock_for_change(old.contact_id)
        person = self._contacts.get(old.person_id)
        ending = [address if isinstance(address, EmailAddress) else EmailAddress(address) for address in retire]
        keys = {address.key for address in (*ending, *([old.email] if old.email else []))}
        leaving = [address for address in person.emails if address.key in keys]
        work = old.email or next(iter(leaving), None)
        known = {address.key for address in (*([work] if work else []), *old.retired)}
        last_day = day_before(first_day)
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
                from contactcore.workspace.repositories.logins import LoginRepository

                LoginRepository(transaction).follow(changed, lost=keys)
        return self.get(new.id)
