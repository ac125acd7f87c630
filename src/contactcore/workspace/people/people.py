"""Contact persons: who acts for a contact (PER-1 to PER-3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from contactcore.errors import Conflict, Duplicate, Invalid, NotFound, Problem
from contactcore.mapping.affiliations import affiliation_of
from contactcore.mapping.contacts import record_of
from contactcore.model import Affiliation, Company, Contact, Person
from contactcore.model.restoring import altered
from contactcore.rules.access import access_of, audience_within, intersection, may_see
from contactcore.rules.primary import effective_primary, enforce
from contactcore.storage import Stored
from contactcore.workspace.kernel.arguments import check_arguments
from contactcore.workspace.kernel.ids import timestamp
from contactcore.workspace.kernel.transaction import Transaction, id_of
from contactcore.workspace.people.authorities import AuthoritiesPart, without_overtaken
from contactcore.workspace.repositories import affiliations
from contactcore.workspace.repositories.logins import open_to_portal_of
from contactcore.workspace.repositories.preparation import prepare, read_phones
from contactcore.workspace.repositories.tags import remember_tags

__all__ = ["People"]

_KEPT_BY_LIBRARY = (
    "version",
    "contact_id",
    "person_id",
    "since",
    "primary",
    "primary_sequence",
    "revision",
    "purposes",
)
_NO_DETAIL = {*_KEPT_BY_LIBRARY, "id", "person", "active", "primary_when_read"}
_DETAILS = tuple(field.name for field in attrs.fields(Affiliation) if field.name not in _NO_DETAIL)


@check_arguments()
class People(AuthoritiesPart):
    """The contact persons of contacts, as one actor sees them.

    An affiliation is seen by who sees both its contact and its person. Which of several is primary is answered among
    those that the actor sees, so that a hidden person leaves no gap that would tell of them (ACC-3).

    >>> from contactcore import Company, User, Workspace
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

    Source: PER-1 to PER-3.
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
            person: A new person, one that is stored, an id, or an e-mail address: then the one visible person who has
                or had it is found, and a new one is made only where there is nobody.
            primary: Whether the mark moves to this one, who must act for the contact today.
            details: Of the affiliation: `position`, `department`, `information`, `email`, `phone`, `start`, `end`, ...

        Returns:
            The affiliation, with its `person`.

        Raises:
            NotFound, Forbidden: the contact or person cannot be seen, or the contact not be changed.
            Duplicate: the person acts for the contact already.
            Invalid: `person-ambiguous`: several people have the e-mail address.
            Invalid: all problems at once.
        """
        transaction = self._transaction
        client, stored = transaction.lock_contact_for_change(contact)
        if isinstance(person, str) and "@" in person:
            person = self._person_at(person)
        # Whatever can be refused is refused before anything is written.
        if isinstance(person, Person) and not person.id:
            try:
                acting_person = self._new_person(client, person)
            except Invalid as error:
                raise Invalid([*error.problems, *self._faults(client, details)]) from None
            access = access_of(acting_person, transaction.settings.default_access)
        else:
            acting_person, access = self._known_person(client, person)
        new = self._new(client, details)
        if primary:
            enforce([new], transaction.today, new.id)
        if acting_person.id == "":
            acting_person = self._store_person(acting_person, access)
        new = attrs.evolve(new, id=transaction.new_id(), person_id=acting_person.id)
        placed = self._place(new, intersection(stored.access, access), chosen=new.id if primary else None)
        open_to_portal_of(transaction, acting_person.id, client.id)
        transaction.publish("affiliation.added", placed.id, contact=client.id, person=acting_person.id)
        return self._shown(client.id, attrs.evolve(placed, person=acting_person))

    def list(self, contact: str | Contact, *, current: bool = False) -> tuple[Affiliation, ...]:
        """The contact persons of a contact that the actor sees, the primary first, then by how long they stand.

        Args:
            contact: The contact, or its id.
            current: Only those who act for it today.

        Raises:
            NotFound: there is no such contact that the actor may see.
        """
        client = self._transaction.seen(contact)
        reached = self._reached(affiliations.all_of(self._transaction, client.id))
        seen = self._marked(self._seen(without_overtaken(reached, self._transaction.today)))
        kept = [one for one in seen if not current or one.is_current(self._transaction.today)]
        return tuple(sorted(kept, key=lambda one: (not one.primary, one.seniority)))

    def primary(self, contact: str | Contact) -> Affiliation | None:
        """The primary contact person of a contact among those that the actor sees (PER-3), or None.

        Raises:
            NotFound: as `list`.
        """
        return next((one for one in self.list(contact) if one.primary), None)

    def of(self, person: str | Contact) -> tuple[Affiliation, ...]:
        """The affiliations of a person with contacts that the actor sees, the longest-standing first.

        Raises:
            NotFound: there is no such person that the actor may see.
        """
        found, _ = self._transaction.contact(person)
        seen = self._seen(affiliations.of_person(self._transaction, found.id))
        return tuple(sorted((self._shown(one.contact_id, one) for one in seen), key=lambda one: one.seniority))

    def get(self, affiliation: str | Affiliation) -> Affiliation:
        """The affiliation with this id, with its person.

        Raises:
            NotFound: there is none that the actor may see.
        """
        loaded = self._load(affiliation)
        (seen,) = self._seen([loaded])
        return self._shown(seen.contact_id, seen)

    def save(self, affiliation: Affiliation, *, successor: str | Affiliation | None = None) -> Affiliation:
        """Store a changed affiliation.

        Setting `primary` moves the mark to this one. Taking it away needs a `successor`: the only one, and whoever is
        not replaced, stays primary. An end date or `active=False` lets the mark pass on (PER-3). A mark that was moved
        meanwhile and is not touched here stays where it is.

        Args:
            affiliation: As read, and changed with `attrs.evolve`.
            successor: The affiliation, or its id, that becomes primary in place of this one.

        Raises:
            Conflict, NotFound, Forbidden, Invalid: as `Contacts.save`; `primary-stays` when the mark is taken away and
                nobody is named.
        """
        transaction = self._transaction
        current, _ = self._load_to_change(affiliation)
        seen = self._shown(current.contact_id, current)
        if affiliation.version != current.revision:
            raise Conflict(affiliation, self.get(current.id))
        was = seen.primary if affiliation.primary_when_read is None else affiliation.primary_when_read
        # Who lost the mark meanwhile, as when a whole form of people is saved, has none to be taken away.
        if was and seen.primary and not affiliation.primary and successor is None:
            message = "The primary contact person cannot be unset: make another one primary, or name a successor."
            raise Invalid("primary-stays", message, path="primary", value=False)
        fixed = attrs.evolve(affiliation, **{name: getattr(current, name) for name in _KEPT_BY_LIBRARY})
        chosen = self._successor(current.contact_id, successor)
        if affiliation.primary and not was:
            chosen = current.id
        self._check_choice(current.contact_id, fixed, chosen)
        if fixed != current:
            affiliations.store(transaction, fixed)
        self._reassign(current.contact_id, chosen)
        return self.get(current.id)

    def make_primary(self, affiliation: str | Affiliation) -> Affiliation:
        """Move the mark to this one (PER-3).

        Raises:
            NotFound, Forbidden, Invalid: as `save`; `primary-not-current` for who does not act for the contact today.
        """
        transaction = self._transaction
        current, _ = self._load_to_change(affiliation)
        if current.is_current(transaction.today) or not self._shown(current.contact_id, current).primary:
            self._reassign(current.contact_id, current.id)
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
        if isinstance(affiliation, Affiliation) and affiliation.version != current.revision:
            raise Conflict(affiliation, self.get(current.id))
        chosen = self._successor(current.contact_id, successor)
        self._check_choice(current.contact_id, current, chosen, leaving=True)
        with transaction.refusals(affiliation):
            transaction.writer.delete("affiliation", current.id, stored.version)
        transaction.publish("affiliation.removed", current.id, contact=current.contact_id, person=current.person_id)
        self._reassign(current.contact_id, chosen)

    def _person_at(self, email: str) -> str | Person:
        found = self.recognise(email)
        if len(found) > 1:
            message = "Several people have this address: choose one of them."
            raise Invalid("person-ambiguous", message, path="person", value=email)
        return found[0].id if found else Person(emails=[email])

    def _new_person(self, client: Person | Company, person: Person) -> Person:
        """A person as they will be stored."""
        with_access = attrs.evolve(
            person,
            listed=False,
            access=person.access or client.access,
            responsibles=person.responsibles or client.responsibles,
        )
        return prepare(self._transaction, with_access)

    def _store_person(self, person: Person, access: frozenset[str]) -> Person:
        transaction = self._transaction
        ready = attrs.evolve(person, id=transaction.new_id(), version=1)
        with transaction.refusals(person):
            transaction.writer.insert([record_of(ready, transaction.index_context, access)])
        remember_tags(transaction, ready.tags)
        transaction.publish("contact.added", ready.id)
        return ready

    def _known_person(self, client: Contact, person: str | Person) -> tuple[Person, frozenset[str]]:
        message = "Only a person can act for a contact."
        if isinstance(person, Company) and not person.id:
            raise Invalid("not-a-person", message, path="person", value=person.display_name)
        known, stored = self._transaction.lock_contact(person)
        if not isinstance(known, Person):
            raise Invalid("not-a-person", message, path="person", value=known.id)
        if known.id == client.id:
            raise Invalid("acts-for-self", "A person cannot be a contact person of themselves.", path="person")
        twin = affiliations.between(self._transaction, client.id, known.id)
        if twin is not None:
            raise Duplicate(f"the contact person {known.display_name}", twin.id)
        return known, stored.access

    def _new(self, client: Contact, details: dict[str, Any]) -> Affiliation:
        unknown = sorted(set(details) - set(_DETAILS))
        if unknown:
            raise Invalid("detail-unknown", f"Details are {', '.join(sorted(_DETAILS))}.", path=unknown[0])
        read, problems = dict(details), list[Problem]()
        if isinstance(read.get("phone"), str) and read["phone"]:
            try:
                (read["phone"],) = read_phones([read["phone"]], self._transaction.settings.country)
            except Invalid as error:
                problems.extend(attrs.evolve(problem, path="phone") for problem in error.problems)
                del read["phone"]
        try:
            new = Affiliation(
                version=1,
                contact_id=client.id,
                since=timestamp(self._transaction.now),
                **read,
            )
        except Invalid as error:
            problems.extend(error.problems)
        if problems:
            raise Invalid(problems)
        return new

    def _faults(self, client: Contact, details: dict[str, Any]) -> tuple[Problem, ...]:
        try:
            self._new(client, details)
        except Invalid as error:
            return error.problems
        return ()

    def _place(self, new: Affiliation, access: frozenset[str], chosen: str | None) -> Affiliation:
        """Store a new affiliation, and the marks that it moves."""
        transaction = self._transaction
        holder = affiliations.current_primary(transaction, new.contact_id)
        if (
            holder
            and holder[0].is_current(transaction.today)
            and audience_within(access, holder[1].access)
            and not chosen
        ):
            # Nothing moves, and the others need not be read: a company may have thousands of people.
            placed = new
            changed: Sequence[Affiliation] = ()
        else:
            known = affiliations.all_of(transaction, new.contact_id)
            everybody = {one.id: stored.access for one, stored in known} | {new.id: access}
            outcome = enforce([*(one for one, _ in known), new], transaction.today, chosen, everybody)
            placed = next(one for one in outcome.affiliations if one.id == new.id)
            changed = [one for one in outcome.changed if one.id != new.id]
        with transaction.refusals(new):
            transaction.writer.insert([affiliations.record_for(transaction, placed)])
        for moved in changed:
            affiliations.store(transaction, moved, edited=False)
        if placed.primary:
            transaction.publish("primary.moved", placed.contact_id, affiliation=placed.id)
        return placed

    def _reassign(self, contact_id: str, chosen: str | None) -> None:
        everybody = affiliations.all_of(self._transaction, contact_id)
        access = {one.id: stored.access for one, stored in everybody}
        affiliations.reassign(self._transaction, [one for one, _ in everybody], chosen, access)

    def _successor(self, contact_id: str, successor: str | Affiliation | None) -> str | None:
        """The id of who was named, if the actor sees them act for the contact."""
        if successor is None:
            return None
        try:
            found, _ = self._load(successor)
        except NotFound:
            found = None
        if found is None or found.contact_id != contact_id:
            message = "Choose one of the contact's own contact persons."
            raise Invalid("primary-unknown", message, path="successor", value=id_of(successor))
        return found.id

    def _check_choice(
        self, contact_id: str, changed: Affiliation, chosen: str | None, *, leaving: bool = False
    ) -> None:
        """Refuse a choice before anything is written."""
        if chosen is None:
            return
        everybody = [one for one, _ in affiliations.all_of(self._transaction, contact_id) if one.id != changed.id]
        enforce(everybody if leaving else [*everybody, changed], self._transaction.today, chosen)

    def _load(self, affiliation: str | Affiliation) -> tuple[Affiliation, Stored]:
        id = id_of(affiliation)
        (stored,) = self._transaction.reader.get("affiliation", [id])
        if stored is None or not may_see(self._transaction.actor, stored.access):
            raise NotFound("affiliation", id)
        return affiliation_of(stored), stored

    def _load_to_change(self, affiliation: str | Affiliation) -> tuple[Affiliation, Stored]:
        found, _ = self._load(affiliation)
        # Holding the contact is what keeps two writers from moving the mark at once; then read again what it guards.
        self._transaction.lock_contact_for_change(found.contact_id)
        return self._load(affiliation)

    def _reached(self, found: Sequence[tuple[Affiliation, Stored]]) -> Sequence[tuple[Affiliation, Stored]]:
        actor = self._transaction.actor
        return [(affiliation, stored) for affiliation, stored in found if may_see(actor, stored.access)]

    def _seen(self, found: Sequence[tuple[Affiliation, Stored]]) -> tuple[Affiliation, ...]:
        seen = [affiliation for affiliation, _ in self._reached(found)]
        people = self._transaction.contacts(affiliation.person_id for affiliation in seen)
        return tuple(
            altered(affiliation, {"person": person})
            for affiliation in seen
            if isinstance(person := people[affiliation.person_id][0], Person)
        )

    def _marked(self, seen: Sequence[Affiliation]) -> tuple[Affiliation, ...]:
        primary = effective_primary(seen, self._transaction.today)
        return tuple(_shown(one, primary=primary is not None and one.id == primary.id) for one in seen)

    def _shown(self, contact_id: str, affiliation: Affiliation) -> Affiliation:
        """The affiliation as the actor sees it among the others of its contact."""
        transaction = self._transaction
        holder = affiliations.current_primary(transaction, contact_id)
        if holder and may_see(transaction.actor, holder[1].access) and holder[0].is_current(transaction.today):
            return _shown(affiliation, primary=holder[0].id == affiliation.id)
        everybody = affiliations.all_of(transaction, contact_id)
        seen = [one for one, stored in everybody if may_see(transaction.actor, stored.access)]
        primary = effective_primary(seen, transaction.today)
        return _shown(affiliation, primary=primary is not None and primary.id == affiliation.id)


def _shown(affiliation: Affiliation, *, primary: bool) -> Affiliation:
    """What people are given: nothing that would tell of who is hidden."""
    version = affiliation.revision or affiliation.version
    mark = {"primary": primary, "primary_when_read": primary}
    return altered(affiliation, {**mark, "version": version, "revision": 0, "primary_sequence": 0})
