"""What contact persons may do, for which purposes they are primary, and where they go (PER-4, PER-5)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import attrs

from contactcore.errors import Invalid
from contactcore.mapping.affiliations import affiliation_of
from contactcore.mapping.contacts import contact_of
from contactcore.mapping.terms import term
from contactcore.model import Affiliation, Authority, Contact, Person
from contactcore.rules.access import audience_within, read_terms
from contactcore.rules.authorities import AuthorityDecision, may
from contactcore.storage import LARGEST_PAGE, Query, Stored
from contactcore.values import EmailAddress
from contactcore.workspace.kernel.arguments import check_arguments
from contactcore.workspace.kernel.transaction import Transaction, id_of
from contactcore.workspace.repositories import affiliations
from contactcore.workspace.repositories.contacts import store_contact
from contactcore.workspace.repositories.preparation import prepare

__all__ = ["AuthoritiesPart", "check_authority", "check_purpose", "without_overtaken"]


@check_arguments()
class AuthoritiesPart(ABC):
    """The part of `People` that is about authorities, purposes and changes of employer."""

    _transaction: Transaction

    @abstractmethod
    def add(
        self, contact: str | Contact, person: str | Person, *, primary: bool = False, **details: Any
    ) -> Affiliation:
        """See `People.add`."""

    @abstractmethod
    def list(self, contact: str | Contact, *, current: bool = False) -> tuple[Affiliation, ...]:
        """See `People.list`."""

    @abstractmethod
    def get(self, affiliation: str | Affiliation) -> Affiliation:
        """See `People.get`."""

    @abstractmethod
    def save(self, affiliation: Affiliation, *, successor: str | Affiliation | None = None) -> Affiliation:
        """See `People.save`."""

    def may(
        self,
        person: str | Person,
        authority: str,
        contact: str | Contact,
        *,
        on: date | None = None,
        together_with: Sequence[str | Person] = (),
    ) -> AuthorityDecision:
        """Whether a person may do something in the name of a contact, on a day, with the grant or the reason.

        Args:
            person: Who.
            authority: `"contact"`, `"collect-mail"`, `"represent"`, or one of the workspace's own.
            contact: For whom.
            on: The day; today by default. Past days are answered as they were (PER-5).
            together_with: Who acts together with the person, where an authority is held jointly.

        Raises:
            NotFound: there is no such contact that the actor may see.
            Invalid: `power-unknown`.

        >>> from contactcore import Company, User, Workspace
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
        check_authority(transaction, authority)
        others = [id_of(one) for one in together_with]
        return may(id_of(person), authority, self.list(contact), on or transaction.today, others)

    def grant(self, affiliation: str | Affiliation, authority: Authority | str) -> Affiliation:
        """Give somebody an authority (PER-4); `may` has an example.

        Args:
            affiliation: The affiliation, or its id.
            authority: With its days, or the authority alone: without an end, held by oneself.

        Raises:
            NotFound, Forbidden, Conflict: as `save`.
            Invalid: `power-unknown`.
        """
        wanted = Authority(slug=authority) if isinstance(authority, str) else authority
        check_authority(self._transaction, wanted.slug)
        current = self.get(affiliation)
        return self.save(attrs.evolve(current, authorities=(*current.authorities, wanted)))

    def withdraw(self, affiliation: str | Affiliation, authority: str, *, on: date | None = None) -> Affiliation:
        """End an authority: from `on` (today by default) it holds no more; before, it stays as it was (PER-5).

        Args:
            affiliation: The affiliation, or its id.
            authority: What was granted.
            on: The first day on which it does not hold any more.

        Raises:
            NotFound, Forbidden, Conflict: as `save`.
            Invalid: `power-unknown`, `date-too-early`.
        """
        check_authority(self._transaction, authority)
        current = self.get(affiliation)
        last_day = _day_before(on or self._transaction.today)
        kept = []
        for grant in current.authorities:
            if grant.slug != authority or (grant.end is not None and grant.end <= last_day):
                kept.append(grant)
            elif grant.start is None or grant.start <= last_day:
                # What was in force stays on file, so that past days are still answered rightly.
                kept.append(attrs.evolve(grant, end=last_day))
        return self.save(attrs.evolve(current, authorities=kept))

    def primary_for(self, contact: str | Contact, purpose: str) -> Affiliation | None:
        """Who is primary for a purpose such as `"billing"`, else the primary contact person, else None.

        Args:
            contact: The contact, or its id.
            purpose: One of the workspace's purposes.

        Raises:
            NotFound: there is no such contact that the actor may see.
            Invalid: `purpose-unknown`.
        """
        check_purpose(self._transaction, purpose)
        everybody = self.list(contact)
        for one in everybody:
            if purpose in one.purposes and one.is_current(self._transaction.today):
                return one
        return next((one for one in everybody if one.primary), None)

    def make_primary_for(self, affiliation: str | Affiliation, purpose: str, *, on: bool = True) -> Affiliation:
        """Make somebody the contact's primary person for a purpose, in place of whoever was; or, off, not any more.

        Args:
            affiliation: The affiliation, or its id.
            purpose: One of the workspace's purposes.
            on: False to take the purpose away from this one.

        Raises:
            NotFound, Forbidden: as `save`.
            Invalid: `purpose-unknown`, `primary-not-current`.

        >>> from contactcore import Company, User, Workspace
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
        check_purpose(transaction, purpose)
        chosen = self.get(affiliation)
        transaction.lock_contact_for_change(chosen.contact_id)
        if on and not chosen.is_current(transaction.today):
            raise Invalid("primary-not-current", "Choose somebody who still acts for the contact.", value=chosen.id)
        everybody = affiliations.all_of(transaction, chosen.contact_id)
        access = next(stored.access for one, stored in everybody if one.id == chosen.id)
        for one, stored in everybody:
            has, wanted = purpose in one.purposes, on and one.id == chosen.id
            # Whoever does not see the chosen one goes on seeing who was it before: nothing tells of the hidden (ACC-3).
            told = one.id == chosen.id or (on and audience_within(stored.access, access))
            if has != wanted and told:
                rest = [kept for kept in one.purposes if kept != purpose]
                moved = attrs.evolve(one, purposes=[*rest, purpose] if wanted else rest)
                affiliations.store(transaction, moved, edited=False)
        return self.get(chosen.id)

    def change_employer(
        self,
        affiliation: str | Affiliation,
        contact: str | Contact,
        *,
        on: date | None = None,
        retire: Sequence[str | EmailAddress] = (),
        **details: Any,
    ) -> Affiliation:
        """Let a person go from one contact to another in one act.

        The old affiliation ends the day before, unless it was over earlier; its work address, and those to retire,
        leave the person's own and stay with it: they are never written to again, but still recognised.

        Args:
            affiliation: The old one.
            contact: The new contact.
            on: The first day there; today by default.
            retire: Addresses of the person that end with the old affiliation.
            details: Of the new affiliation, but its first day.

        Returns:
            The new affiliation.

        Raises:
            NotFound, Forbidden, Duplicate, Invalid: as `add` and `save`; nothing is done then. `dates-reversed` when
                the old affiliation begins later.

        >>> from contactcore import Company, User, Workspace
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
        transaction.lock_contact_for_change(old.contact_id)
        person, _ = transaction.contact(old.person_id)
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
            before, _ = transaction.lock_contact_for_change(person.id)
            kept = [address for address in before.emails if address.key not in keys]
            moved = before, prepare(transaction, attrs.evolve(before, emails=kept), before)
        # Whatever is refused, is refused by now, or by `add` before it writes: nothing is left half done.
        new = self.add(contact, person.id, start=first_day, **details)
        self.save(ended)
        if moved is not None:
            store_contact(transaction, moved[1], moved[0])
        return self.get(new.id)

    def recognise(self, email: EmailAddress | str) -> tuple[Person, ...]:
        """The people who have or had an e-mail address, as far as the actor sees them; retired work addresses too.

        Raises:
            Invalid: what the address refuses.
        """
        address = email if isinstance(email, EmailAddress) else EmailAddress(email)
        return _holders_of(self._transaction, address)


def without_overtaken(seen: Sequence[tuple[Affiliation, Stored]], today: date) -> list[tuple[Affiliation, Stored]]:
    """Affiliations of one contact, each purpose with one of them only among those that are seen.

    Where somebody was made primary for a purpose whom not everybody sees, who was it before keeps it for the others:
    so of two that are seen, the one that fewer see was chosen later. Where that tells nothing, since they were chosen
    by users who did not see each other's choice, or were shared or restored later, the longest-standing has it.
    """
    winners = {}
    for purpose in {purpose for one, _ in seen for purpose in one.purposes}:
        holders = [(one, stored.access) for one, stored in seen if purpose in one.purposes]
        current = [access for one, access in holders if one.is_current(today)]
        left = [one for one, access in holders if not any(_is_narrower(other, access) for other in current)]
        winners[purpose] = min(left, key=lambda one: (not one.is_current(today), one.seniority)).id
    told = []
    for one, stored in seen:
        kept = [purpose for purpose in one.purposes if winners[purpose] == one.id]
        told.append((one if len(kept) == len(one.purposes) else attrs.evolve(one, purposes=kept), stored))
    return told


def _is_narrower(inner: frozenset[str], outer: frozenset[str]) -> bool:
    return audience_within(inner, outer) and not audience_within(outer, inner)


def _day_before(day: date) -> date:
    if day == date.min:
        raise Invalid(
            "date-too-early", "Give a later day: no day comes before this one.", path="on", value=day.isoformat()
        )
    return day - timedelta(days=1)


def check_authority(transaction: Transaction, authority: str) -> None:
    """Refuse an authority that the workspace does not know, so that a slip of the pen never answers "no".

    Raises:
        Invalid: `power-unknown`.
    """
    authorities = transaction.settings.authorities.slugs
    if authority not in authorities:
        raise Invalid("power-unknown", f"Authorities are {', '.join(authorities)}.", path="authority", value=authority)


def check_purpose(transaction: Transaction, purpose: str) -> None:
    """Refuse a purpose that the workspace does not know.

    Raises:
        Invalid: `purpose-unknown`.
    """
    purposes = transaction.settings.purposes.slugs
    if purpose not in purposes:
        raise Invalid("purpose-unknown", f"Purposes are {', '.join(purposes)}.", path="purpose", value=purpose)


def _holders_of(transaction: Transaction, address: EmailAddress) -> tuple[Person, ...]:
    found: dict[str, None] = {}
    for kind in ("contact", "affiliation"):
        query = Query(
            kind=kind,
            order=transaction.order,
            access=read_terms(transaction.actor),
            where=(frozenset({term("email", address.key)}),),
            limit=LARGEST_PAGE,
        )
        ids = [card.id for card in transaction.reader.find(query).cards]
        if kind == "contact":
            found |= dict.fromkeys(ids)
        else:
            found |= dict.fromkeys(
                affiliation_of(stored).person_id for stored in transaction.reader.get(kind, ids) if stored is not None
            )
    stored_people = transaction.reader.get("contact", list(found))
    people = (contact_of(stored, transaction.index_context) for stored in stored_people if stored is not None)
    return tuple(person for person in people if isinstance(person, Person))
