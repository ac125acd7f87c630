"""Contact persons: who acts for a contact (PER-1 to PER-3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from contactcore.errors import Conflict, Duplicate, Invalid, NotFound
from contactcore.mapping.affiliations import affiliation_of
from contactcore.mapping.contacts import record_of
from contactcore.model import Affiliation, Company, Contact, Person
from contactcore.rules.access import access_of, may_see
from contactcore.rules.primary import acting, enforce
from contactcore.storage import Stored
from contactcore.workspace import affiliations
from contactcore.workspace.identity import timestamp
from contactcore.workspace.preparation import prepare, read_phones
from contactcore.workspace.tags import remember_tags
from contactcore.workspace.transaction import Transaction, id_of

__all__ = ["People"]


class People:
    """The contact persons of contacts, as one actor sees them.

    An affiliation is seen by who sees both its contact and its person. Which of several is primary is answered among
    those that the actor sees, so that a hidden person leaves no gap that would tell of them (ACC-3).
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(
        self, contact: str | Contact, person: str | Person, *, primary: bool = False, **details: Any
    ) -> Affiliation:
        """Let a person act for a contact.

        A new person starts with a copy of the contact's access and responsible users unless they have their own, and
        is a mere contact person, not listed in the directory. The first contact person is primary by itself.

        Args:
            contact: The contact, or its id.
            person: A new person, or one that is stored, or an id.
            primary: Whether the mark moves to this one.
            details: Of the affiliation: `position`, `department`, `information`, `email`, `phone`, `start`, `end`.

        Returns:
            The affiliation, with its `person`.

        Raises:
            NotFound, Forbidden: the contact or person cannot be seen, or the contact not be changed.
            Duplicate: the person acts for the contact already.
            Invalid: all problems at once.
        """
        transaction = self._transaction
        client, _ = transaction.contact_to_change(contact)
        if isinstance(person, Person) and not person.id:
            acting_person = self._add_person(client, person)
        else:
            acting_person = self._known_person(person)
        if acting_person.id == client.id:
            raise Invalid("acts-for-self", "A person cannot be a contact person of themselves.", path="person")
        known = [affiliation for affiliation, _ in affiliations.all_of(transaction, client.id)]
        twin = next((one for one in known if one.person_id == acting_person.id), None)
        if twin is not None:
            raise Duplicate(f"the contact person {acting_person.display_name}", twin.id)
        new = self._new(client, acting_person, details)
        outcome = enforce([*known, new], transaction.today, new.id if primary else None)
        placed = next(one for one in outcome.affiliations if one.id == new.id)
        with transaction.refusals(new):
            transaction.writer.insert([affiliations.record_for(transaction, placed)])
        for moved in outcome.changed:
            if moved.id != placed.id:
                affiliations.store(transaction, moved)
        transaction.publish("affiliation.added", placed.id, contact=client.id, person=acting_person.id)
        return self._shown(client.id, placed)

    def list(self, contact: str | Contact, *, current: bool = False) -> tuple[Affiliation, ...]:
        """The contact persons of a contact that the actor sees, the primary first, then by how long they stand.

        Args:
            contact: The contact, or its id.
            current: Only those who act for it today.

        Raises:
            NotFound: there is no such contact that the actor may see.
        """
        client, _ = self._transaction.contact(contact)
        seen = self._marked(self._seen(affiliations.all_of(self._transaction, client.id)))
        kept = [one for one in seen if not current or one.is_current(self._transaction.today)]
        return tuple(sorted(kept, key=lambda one: (not one.primary, one.standing)))

    def primary(self, contact: str | Contact) -> Affiliation | None:
        """The primary contact person of a contact among those that the actor sees (PER-3), or None."""
        return next((one for one in self.list(contact) if one.primary), None)

    def of(self, person: str | Contact) -> tuple[Affiliation, ...]:
        """The affiliations of a person with contacts that the actor sees, the longest-standing first."""
        found, _ = self._transaction.contact(person)
        seen = self._seen(affiliations.of_person(self._transaction, found.id))
        return tuple(sorted((self._shown(one.contact_id, one) for one in seen), key=lambda one: one.standing))

    def get(self, affiliation: str | Affiliation) -> Affiliation:
        """The affiliation with this id, with its person.

        Raises:
            NotFound: there is none that the actor may see.
        """
        found, _ = self._load(affiliation)
        return self._shown(found.contact_id, found)

    def save(self, affiliation: Affiliation, *, successor: str | Affiliation | None = None) -> Affiliation:
        """Store a changed affiliation.

        Setting `primary` moves the mark to this one. Taking it away needs a `successor`: the only one, and whoever is
        not replaced, stays primary. An end date or `active=False` lets the mark pass on (PER-3).

        Raises:
            Conflict, NotFound, Forbidden, Invalid: as `Contacts.save`; `primary-stays` when the mark is taken away and
                nobody is named.
        """
        transaction = self._transaction
        current, stored = self._load_to_change(affiliation)
        if affiliation.version != stored.version:
            raise Conflict(affiliation, self._shown(current.contact_id, current))
        was = self._shown(current.contact_id, current).primary
        if was and not affiliation.primary and successor is None:
            message = "The primary contact person cannot be unset: make another one primary, or name a successor."
            raise Invalid("primary-stays", message, path="primary", value=False)
        fixed = attrs.evolve(
            affiliation,
            contact_id=current.contact_id,
            person_id=current.person_id,
            since=current.since,
            primary=current.primary,
        )
        chosen = None if successor is None else id_of(successor)
        if affiliation.primary and not was:
            chosen = affiliation.id
        if fixed != current:
            fixed = affiliations.store(transaction, fixed)
        rest = [one for one, _ in affiliations.all_of(transaction, current.contact_id)]
        affiliations.appoint(transaction, rest, chosen)
        return self.get(affiliation.id)

    def make_primary(self, affiliation: str | Affiliation) -> Affiliation:
        """Move the mark to this one (PER-3).

        Raises:
            NotFound, Forbidden, Invalid: as `save`.
        """
        current, _ = self._load_to_change(affiliation)
        everybody = [one for one, _ in affiliations.all_of(self._transaction, current.contact_id)]
        affiliations.appoint(self._transaction, everybody, current.id)
        return self.get(current.id)

    def remove(self, affiliation: str | Affiliation, *, successor: str | Affiliation | None = None) -> None:
        """End that a person acts for a contact, as if it had never been; `save` with an `end` keeps it on file.

        Args:
            affiliation: The affiliation, or its id.
            successor: Who becomes primary if the primary one leaves; the longest-standing by default (PER-3).

        Raises:
            NotFound, Forbidden, Invalid, Conflict: as `save`.
        """
        transaction = self._transaction
        current, stored = self._load_to_change(affiliation)
        if isinstance(affiliation, Affiliation) and affiliation.version != stored.version:
            raise Conflict(affiliation, current)
        with transaction.refusals(affiliation):
            transaction.writer.delete("affiliation", current.id, stored.version)
        transaction.publish("affiliation.removed", current.id, contact=current.contact_id, person=current.person_id)
        rest = [one for one, _ in affiliations.all_of(transaction, current.contact_id)]
        affiliations.appoint(transaction, rest, None if successor is None else id_of(successor))

    def _add_person(self, client: Person | Company, person: Person) -> Person:
        transaction = self._transaction
        with_access = attrs.evolve(
            person,
            listed=False,
            access=person.access or client.access,
            responsibles=person.responsibles or client.responsibles,
        )
        ready = attrs.evolve(prepare(transaction, with_access), id=transaction.new_id(), version=1)
        access = access_of(ready, transaction.settings.default_access)
        with transaction.refusals(person):
            transaction.writer.insert([record_of(ready, transaction.derivation, access)])
        remember_tags(transaction, ready.tags)
        transaction.publish("contact.added", ready.id)
        return ready

    def _known_person(self, person: str | Person) -> Person:
        known, _ = self._transaction.contact(person)
        if not isinstance(known, Person):
            raise Invalid("not-a-person", "Only a person can act for a contact.", path="person", value=known.id)
        with self._transaction.refusals(person):
            self._transaction.writer.require("contact", known.id)
        return known

    def _new(self, client: Contact, person: Person, details: dict[str, Any]) -> Affiliation:
        allowed = {"position", "department", "information", "email", "phone", "start", "end"}
        unknown = sorted(set(details) - allowed)
        if unknown:
            raise Invalid("detail-unknown", f"Details are {', '.join(sorted(allowed))}.", path=unknown[0])
        if isinstance(details.get("phone"), str) and details["phone"]:
            try:
                (details["phone"],) = read_phones([details["phone"]], self._transaction.settings.country)
            except Invalid as error:
                raise Invalid(attrs.evolve(problem, path="phone") for problem in error.problems) from None
        return Affiliation(
            id=self._transaction.new_id(),
            version=1,
            contact_id=client.id,
            person_id=person.id,
            since=timestamp(self._transaction.now),
            **details,
        )

    def _load(self, affiliation: str | Affiliation) -> tuple[Affiliation, Stored]:
        id = id_of(affiliation)
        (stored,) = self._transaction.reader.get("affiliation", [id])
        if stored is None or not may_see(self._transaction.actor, stored.access):
            raise NotFound("affiliation", id)
        return affiliation_of(stored), stored

    def _load_to_change(self, affiliation: str | Affiliation) -> tuple[Affiliation, Stored]:
        found, _ = self._load(affiliation)
        # Holding the contact is what keeps two writers from moving the mark at once; then read again what it guards.
        self._transaction.contact_to_change(found.contact_id)
        return self._load(affiliation)

    def _seen(self, found: Sequence[tuple[Affiliation, Stored]]) -> tuple[Affiliation, ...]:
        actor = self._transaction.actor
        seen = [affiliation for affiliation, stored in found if may_see(actor, stored.access)]
        people = self._transaction.contacts(affiliation.person_id for affiliation in seen)
        return tuple(
            attrs.evolve(affiliation, person=person)
            for affiliation in seen
            if isinstance(person := people[affiliation.person_id][0], Person)
        )

    def _marked(self, seen: Sequence[Affiliation]) -> tuple[Affiliation, ...]:
        primary = acting(seen, self._transaction.today)
        return tuple(attrs.evolve(one, primary=one is primary) for one in seen)

    def _shown(self, contact_id: str, affiliation: Affiliation) -> Affiliation:
        """The affiliation as the actor sees it among the others of its contact."""
        everybody = self._marked(self._seen(affiliations.all_of(self._transaction, contact_id)))
        return next(one for one in everybody if one.id == affiliation.id)
