"""Affiliations in the storage: read, written, and kept in step with the two contacts that they join."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

import attrs

from contactcore.mapping.affiliations import affiliation_of, affiliation_record
from contactcore.model import Affiliation, Company, Contact, Person
from contactcore.rules.access import intersection, may_see
from contactcore.rules.primary import PrimaryAssignment, effective_primary, enforce
from contactcore.storage import SYSTEM, Query, Record, Stored
from contactcore.workspace.kernel.transaction import Transaction

__all__ = [
    "all_of",
    "between",
    "current_primaries",
    "current_primary",
    "looks_different",
    "of_any",
    "of_person",
    "people_of",
    "reassign",
    "record_for",
    "refresh",
    "seen_primaries",
    "store",
]

_AT_ONCE = 100


def all_of(transaction: Transaction, contact_id: str) -> list[tuple[Affiliation, Stored]]:
    """All affiliations of a contact, hidden ones included, in the sequence in which they were added; for the rules."""
    return list(_walk(transaction, {f"contact:{contact_id}"}))


def of_person(transaction: Transaction, person_id: str) -> list[tuple[Affiliation, Stored]]:
    """All affiliations of a person, hidden ones included; for the rules."""
    return list(_walk(transaction, {f"person:{person_id}"}))


def of_any(transaction: Transaction, ids: Iterable[str]) -> Iterator[tuple[Affiliation, Stored]]:
    """All affiliations that have one of some contacts at either end, hidden ones included, each once; for the rules."""
    known: set[str] = set()
    rest = iter(sorted(set(ids)))
    while group := {f"{end}:{id}" for id in islice(rest, _AT_ONCE) for end in ("contact", "person")}:
        for affiliation, stored in _walk(transaction, group):
            if affiliation.id not in known:
                known.add(affiliation.id)
                yield affiliation, stored


def between(transaction: Transaction, contact_id: str, person_id: str) -> Affiliation | None:
    """The affiliation that joins these two, or None; for the rules."""
    found = _walk(transaction, {f"contact:{contact_id}"}, {f"person:{person_id}"})
    return next((affiliation for affiliation, _ in found), None)


def current_primary(transaction: Transaction, contact_id: str) -> tuple[Affiliation, Stored] | None:
    """Who has the contact's mark, or None; for the rules. One look, however many people there are."""
    found = list(_walk(transaction, {f"primary:{contact_id}"}))
    return found[0] if len(found) == 1 else None


def current_primaries(transaction: Transaction, contact_ids: Iterable[str]) -> dict[str, tuple[Affiliation, Stored]]:
    """Who has the mark of each of some contacts; for the rules. Contacts whose mark is not on just one are left out."""
    found: dict[str, list[tuple[Affiliation, Stored]]] = {}
    rest = iter(sorted(contact_ids))
    while group := {f"primary:{id}" for id in islice(rest, _AT_ONCE)}:
        for affiliation, stored in _walk(transaction, group):
            found.setdefault(affiliation.contact_id, []).append((affiliation, stored))
    return {id: marked[0] for id, marked in found.items() if len(marked) == 1}


def seen_primaries(transaction: Transaction, contact_ids: Iterable[str]) -> dict[str, str]:
    """Contact -> the affiliation that is primary among those that the actor sees, by id; without those who see none."""
    ids = sorted(set(contact_ids))
    marked = current_primaries(transaction, ids)
    primaries = {}
    for id in ids:
        known = marked.get(id)
        if known and known[0].is_current(transaction.today) and may_see(transaction.actor, known[1].access):
            primaries[id] = known[0].id
            continue
        seen = (one for one, stored in all_of(transaction, id) if may_see(transaction.actor, stored.access))
        primary = effective_primary(seen, transaction.today)
        if primary is not None:
            primaries[id] = primary.id
    return primaries


def _walk(transaction: Transaction, *wanted: set[str]) -> Iterator[tuple[Affiliation, Stored]]:
    where = tuple(map(frozenset, wanted))
    for stored in transaction.every(Query(kind="affiliation", order=transaction.order, access=SYSTEM, where=where)):
        yield affiliation_of(stored), stored


def people_of(transaction: Transaction, contact: Contact) -> Iterator[Person]:
    """The contact persons of a contact, hidden ones included; for the rules."""
    ids = [affiliation.person_id for affiliation, _ in all_of(transaction, contact.id)]
    for person, _ in transaction.contacts(ids).values():
        if isinstance(person, Person):
            yield person


def looks_different(before: Contact, after: Contact) -> bool:
    """Whether anything changed that affiliations are found or shown by."""
    kept = ("emails", "phones")
    if any(getattr(before, name) != getattr(after, name) for name in kept) or before.language != after.language:
        return True
    if isinstance(before, Person) and isinstance(after, Person):
        return before.name != after.name
    return before.display_name != after.display_name


def refresh(transaction: Transaction, contact: Person | Company, access: frozenset[str]) -> None:
    """Derive the affiliations of a contact anew, after its name, its addresses or its access changed.

    Args:
        transaction: The transaction that changed the contact.
        contact: As it is stored now.
        access: Its access terms as they are stored now.
    """
    joined = all_of(transaction, contact.id)
    if isinstance(contact, Person):
        joined += of_person(transaction, contact.id)
    others = transaction.contacts(
        id for affiliation, _ in joined for id in (affiliation.contact_id, affiliation.person_id) if id != contact.id
    )
    known = {id: (other, stored.access) for id, (other, stored) in others.items()} | {contact.id: (contact, access)}
    records = []
    for affiliation, _ in joined:
        ends = (known.get(affiliation.contact_id), known.get(affiliation.person_id))
        if ends[0] and ends[1]:
            records.append(_derive(transaction, affiliation, ends[0], ends[1]))
    if records:
        with transaction.refusals(contact):
            transaction.writer.reindex(records)


def _derive(
    transaction: Transaction,
    affiliation: Affiliation,
    client: tuple[Contact, frozenset[str]],
    person: tuple[Contact, frozenset[str]],
) -> Record:
    acting = person[0]
    if not isinstance(acting, Person):
        raise TypeError(f"the affiliation {affiliation.id} names a company as its person")
    return affiliation_record(
        affiliation, client[0], acting, transaction.index_context, intersection(client[1], person[1])
    )


def record_for(transaction: Transaction, affiliation: Affiliation) -> Record:
    """The record of an affiliation, with both its ends read."""
    ends = transaction.contacts((affiliation.contact_id, affiliation.person_id))
    (client, client_stored), (person, person_stored) = ends[affiliation.contact_id], ends[affiliation.person_id]
    return _derive(transaction, affiliation, (client, client_stored.access), (person, person_stored.access))


def store(transaction: Transaction, affiliation: Affiliation, *, edited: bool = True) -> Affiliation:
    """Store a changed affiliation, one version further.

    Args:
        transaction: In which its contact is held.
        affiliation: As it is to be, with the version that is stored.
        edited: False where only the mark moved: a mark that went to somebody hidden must not show as a new version.
    """
    revision = (affiliation.revision or affiliation.version) + edited
    ready = attrs.evolve(affiliation, version=affiliation.version + 1, revision=revision)
    with transaction.refusals(affiliation):
        transaction.writer.replace(record_for(transaction, ready), affiliation.version)
    transaction.publish("affiliation.changed", ready.id, contact=ready.contact_id, person=ready.person_id)
    return ready


def reassign(
    transaction: Transaction,
    affiliations: Sequence[Affiliation],
    chosen: str | None = None,
    access: Mapping[str, frozenset[str]] | None = None,
) -> PrimaryAssignment:
    """Apply the rule of the primary contact person and store the marks that moved (PER-3).

    Args:
        transaction: In which the contact is held (`Writer.lock`).
        affiliations: All stored ones of the contact, as they are to stand.
        chosen: The id of the one that the caller wants.
        access: The access terms of each by id; None where everybody sees all of them.
    """
    outcome = enforce(affiliations, transaction.today, chosen, access)
    stored = _store_marks(transaction, outcome.changed)
    kept = tuple(stored.get(affiliation.id, affiliation) for affiliation in outcome.affiliations)
    primary = next((affiliation for affiliation in kept if affiliation.primary), None)
    return attrs.evolve(outcome, affiliations=kept, changed=tuple(stored.values()), primary=primary)


def _store_marks(transaction: Transaction, changed: Iterable[Affiliation]) -> dict[str, Affiliation]:
    """Store affiliations whose mark moved; by id."""
    stored = {}
    for affiliation in changed:
        stored[affiliation.id] = store(transaction, affiliation, edited=False)
        if affiliation.primary:
            transaction.publish("primary.moved", affiliation.contact_id, affiliation=affiliation.id)
    return stored
