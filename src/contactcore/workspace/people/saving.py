"""Changes of contact persons: checked before the first write, then stored, with the primary flag judged at the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

from contactcore.errors import Conflict, Invalid, NotFound, Problem
from contactcore.frozen import frozen
from contactcore.model import Affiliation, Company, Person
from contactcore.rules.primary import enforce
from contactcore.rules.spelling import same_contact
from contactcore.workspace.kernel.slugs import affiliation_problems
from contactcore.workspace.kernel.transaction import Transaction, id_of
from contactcore.workspace.people.places import site_problems
from contactcore.workspace.people.shown import as_seen, as_seen_with_person
from contactcore.workspace.repositories.affiliations import AffiliationRepository
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.merging import merge_changes
from contactcore.workspace.repositories.repository import Loaded

__all__ = ["PRIMARY_STAYS", "Change", "SavedPeople", "primary_problems"]

_KEPT = ("version", "contact_id", "person_id", "since", "primary", "primary_sequence", "revision", "purposes")
"""The fields of an affiliation that a change does not store, because the library maintains them."""

PRIMARY_STAYS = "The primary contact person cannot be unset: make another one primary, or name a successor."


@frozen(kw_only=True)
class Change:
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


def primary_problems(changes: Sequence[Change]) -> Iterator[Problem]:
    """The problems of the primary flags of a list of people, judged at the end.

    Args:
        changes: The changes of the people of one contact.
    """
    chosen = [index for index, change in enumerate(changes) if change.chosen]
    for index in chosen[1:]:
        message = "Only one contact person is primary: make one of these primary."
        yield Problem("primary-twice", f"rows[{index}].primary", message, value=True)
    if not chosen:
        for index, change in enumerate(changes):
            if change.unset:
                yield Problem("primary-stays", f"rows[{index}].primary", PRIMARY_STAYS, value=False)


class SavedPeople:
    """The changes of contact persons in one transaction.

    Args:
        transaction: The transaction of the actor.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._contacts = ContactRepository(transaction)
        self._affiliations = AffiliationRepository(transaction)

    def lock_for_change(self, affiliation: str | Affiliation) -> Loaded[Affiliation]:
        """Return an affiliation of a contact that the actor may change, with the contact locked.

        The lock prevents two writers from moving the primary flag at the same time. The affiliation is read after the
        contact is locked, so that it is up to date.
        """
        self._contacts.lock_for_change(self._affiliations.get(affiliation).contact_id)
        return self._affiliations.load(affiliation)

    def successor(self, contact_id: str, successor: str | Affiliation | None) -> str | None:
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

    def prepared(self, affiliation: Affiliation, loaded: Loaded[Affiliation]) -> Change:
        """A change of an affiliation whose contact is locked, after every check but that of the primary flag.

        Raises:
            Conflict: another version of the affiliation, or of the changed person, is stored.
            Forbidden: `read-only` for the changed person.
            Invalid: the problems of the affiliation and the person.
        """
        current = loaded.entity
        seen = as_seen(self._transaction, current.contact_id, current)
        if (affiliation.id, affiliation.version) != (current.id, current.revision):
            raise Conflict(affiliation, as_seen_with_person(self._transaction, current))
        was = seen.primary if affiliation.primary_when_read is None else affiliation.primary_when_read
        fixed = attrs.evolve(affiliation, **{name: getattr(current, name) for name in _KEPT})
        if affiliation.site_id == affiliation.site_when_read:
            fixed = attrs.evolve(fixed, site_id=current.site_id)
        problems = [*_fixed_problems(affiliation, current)]
        if fixed.site_id != current.site_id:
            problems += site_problems(self._transaction, current.contact_id, fixed.site_id)
        problems += affiliation_problems(self._transaction.settings, fixed, current)
        person = None
        try:
            person = None if problems else self._changed_person(affiliation)
        except Invalid as error:
            problems += error.under("person").problems
        if problems:
            raise Invalid(problems)
        return Change(
            entity=fixed,
            before=loaded,
            person=person,
            chosen=affiliation.primary and not was,
            unset=was and seen.primary and not affiliation.primary,
        )

    def merged(self, affiliation: Affiliation, loaded: Loaded[Affiliation]) -> tuple[Affiliation, tuple[str, ...]]:
        """A changed affiliation with the changes that others made since it was read, and the fields of those.

        The person is saved with its own version, and is not merged.

        Raises:
            Conflict: both changed the same fields.
        """
        ignored = {"primary", "purposes"}
        if affiliation.site_id == affiliation.site_when_read:
            # The copy lacks a site that is in the trash.
            ignored.add("site_id")
        merged: tuple[Affiliation, tuple[str, ...]] = merge_changes(self._transaction, affiliation, loaded, ignored)
        return merged

    def store(self, change: Change) -> None:
        """Store a prepared change. The person comes first, because that may still be refused."""
        if change.person is not None:
            before = change.person[1].entity
            person = self._contacts.change(*change.person)
            if person.emails != before.emails:
                from contactcore.workspace.repositories.logins import LoginRepository

                LoginRepository(self._transaction).follow_change(before, person)
        if change.entity != change.before.entity:
            self._affiliations.put(change.entity, change.before.stored)
            self.follow_address(change.before.entity, change.entity)

    def stored(self, id: str) -> Affiliation:
        """A stored affiliation, even if the actor has just given its person away."""
        return as_seen_with_person(self._transaction, self._affiliations.load_any(id).entity)

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
        if (person.id, person.version) != (locked.entity.id, locked.entity.version):
            raise Conflict(person, locked.entity)
        return self._contacts.prepare(person, locked.entity), locked

    def check_chosen(
        self, contact_id: str, changed: Sequence[Affiliation], chosen: str | None, *, leaving: bool = False
    ) -> None:
        """Refuse a person who cannot become primary, before the first write."""
        if chosen is None:
            return
        ids = {one.id for one in changed}
        everybody = [one.entity for one in self._affiliations.of_contact(contact_id) if one.entity.id not in ids]
        enforce(everybody if leaving else [*everybody, *changed], self._transaction.today, chosen)

    def follow_address(self, before: Affiliation, after: Affiliation) -> None:
        """Move the login of a person to the corrected work address, if it has no password (POR-9)."""
        if before.email == after.email:
            return
        person = self._contacts.get_many([after.person_id])[after.person_id].entity
        if isinstance(person, Person):
            lost = {before.email.key} if before.email is not None else set()
            from contactcore.workspace.repositories.logins import LoginRepository

            LoginRepository(self._transaction).follow(person, after, lost)


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
