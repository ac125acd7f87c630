"""Writing what was decided on a batch of rows: contacts, affiliations with exactly one primary, tags, the feed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import attrs

from contactcore.mapping.affiliations import affiliation_record
from contactcore.mapping.contacts import record_of
from contactcore.mapping.indexed_names import IndexedName, indexed_name_of
from contactcore.model import Affiliation, Person
from contactcore.rules.access import audience_within, intersection
from contactcore.rules.primary import enforce
from contactcore.storage import Record, Stored
from contactcore.workspace.imports.planning import BatchPlan, PlannedAffiliation
from contactcore.workspace.imports.staged_contacts import Entry
from contactcore.workspace.kernel.ids import timestamp
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories import affiliations
from contactcore.workspace.repositories.tags import remember_tags

__all__ = ["write_decisions"]


def write_decisions(transaction: Transaction, import_id: str, decisions: BatchPlan) -> list[tuple[str, Any]]:
    """Write a batch in the transaction in which it was decided on.

    Companies of the directory that get contact persons are held first, so that nobody else gives them a primary one
    meanwhile. The feed gets one event for the batch, `contacts.imported`, with all ids.

    Returns:
        What is to be remembered beside the contacts, each under the name of its list: `joined`, the id of an
        affiliation that was made; `positions`, the id of one that was filled in, with its revision, position and
        department before.
    """
    index_context = transaction.index_context
    held = {joint.company.id: joint.company for joint in decisions.affiliations_planned if joint.company.is_stored}
    held |= {joint.person.id: joint.person for joint in decisions.affiliations_planned if joint.person.is_stored}
    with transaction.refusals(import_id):
        for id, entry in sorted((held | decisions.changed).items()):
            transaction.writer.lock("contact", id, entry.before.version if entry.before else None)
        indexed_names = {entry.id: indexed_name_of(entry.contact, index_context) for entry in decisions.made}
        records = [
            record_of(entry.contact, index_context, entry.access, indexed_name=indexed_names[entry.id])
            for entry in decisions.made
        ]
        new = [joint for joint in decisions.affiliations_planned if joint.new]
        joined = list(_affiliations(transaction, new, indexed_names))
        transaction.writer.insert([*records, *joined])
    changed = [
        _replace(transaction, entry) for entry in decisions.changed.values() if entry.before is not entry.contact
    ]
    written: list[tuple[str, Any]] = [("joined", record.id) for record in joined]
    for joint in decisions.affiliations_planned:
        if not joint.new:
            written += [("positions", before) for before in _fill_affiliation(transaction, joint)]
    touched = [*decisions.made, *decisions.changed.values()]
    remember_tags(transaction, {tag.key: tag for entry in touched for tag in entry.contact.tags}.values())
    transaction.publish(
        "contacts.imported",
        import_id,
        added=[entry.id for entry in decisions.made],
        changed=[id for id in changed if id],
        affiliations=[record.id for record in joined],
    )
    return written


def _replace(transaction: Transaction, entry: Entry) -> str:
    before = entry.before
    if before is None:
        raise AssertionError("what is replaced was read")
    entry.contact = attrs.evolve(entry.contact, version=before.version + 1)
    with transaction.refusals(entry.contact):
        transaction.writer.replace(record_of(entry.contact, transaction.index_context, entry.access), before.version)
    if affiliations.looks_different(before, entry.contact):
        affiliations.refresh(transaction, entry.contact, entry.access)
    return entry.id


def _affiliations(
    transaction: Transaction, affiliations_planned: Sequence[PlannedAffiliation], indexed_names: dict[str, IndexedName]
) -> Iterable[Record]:
    """The records of new affiliations, the primary ones marked (PER-3)."""
    index_context = transaction.index_context
    by_company: dict[str, list[PlannedAffiliation]] = defaultdict(list)
    for joint in affiliations_planned:
        by_company[joint.company.id].append(joint)
    since = timestamp(transaction.now)
    intersections: dict[tuple[frozenset[str], frozenset[str]], frozenset[str]] = {}
    first = _first_mark(transaction)
    known = (id for id, group in by_company.items() if group[0].company.is_stored)
    holders = affiliations.current_primaries(transaction, known)
    for company_id, group in by_company.items():
        company = group[0].company
        joined: dict[str, tuple[dict[str, Any], PlannedAffiliation, frozenset[str]]] = {}
        for joint in group:
            pair = (company.access, joint.person.access)
            access = intersections.get(pair)
            if access is None:
                access = intersections[pair] = intersection(*pair)
            # Position and department were cleaned when the row was judged.
            id = transaction.new_id()
            values = {
                "id": id,
                "version": 1,
                "contact_id": company_id,
                "person_id": joint.person.id,
                "position": joint.position,
                "department": joint.department,
                "since": since,
            }
            joined[id] = (values, joint, access)
        if not company.is_stored and len({access for _, _, access in joined.values()}) == 1:
            joined[min(joined)][0].update(first)
            placed = [Affiliation.restore(values) for values, _, _ in joined.values()]
        else:
            fresh = [Affiliation.restore(values) for values, _, _ in joined.values()]
            terms = {id: access for id, (_, _, access) in joined.items()}
            placed = _placed(transaction, company, fresh, terms, holders.get(company_id))
        for affiliation in placed:
            _, joint, access = joined[affiliation.id]
            person = joint.person.contact
            if isinstance(person, Person):
                for end in (company.contact, person):
                    if end.id not in indexed_names:
                        indexed_names[end.id] = indexed_name_of(end, index_context)
                both = (indexed_names[company_id], indexed_names[person.id])
                yield affiliation_record(
                    affiliation, company.contact, person, index_context, access, indexed_names=both
                )


def _first_mark(transaction: Transaction) -> dict[str, Any]:
    """The mark of the first of a new company's people, as the rule puts it where whoever sees one sees them all.

    They come at one moment, so the first is the one with the first id. Asked once: it says the same for every company.
    """
    people = [Affiliation.restore({"id": "1"}), Affiliation.restore({"id": "2"})]
    marked = enforce(people, transaction.today).affiliations[0]
    return {"primary": marked.primary, "primary_sequence": marked.primary_sequence}


def _placed(
    transaction: Transaction,
    company: Entry,
    fresh: list[Affiliation],
    access: dict[str, frozenset[str]],
    holder: tuple[Affiliation, Stored] | None,
) -> list[Affiliation]:
    """The new affiliations of a company, the mark where the rule puts it; moves it among the old ones if it must."""
    new = set(access)
    if company.is_stored:
        stands = holder is not None and holder[0].is_current(transaction.today)
        if holder and stands and all(audience_within(terms, holder[1].access) for terms in access.values()):
            # Nothing moves, and the others need not be read: a company may have very many people.
            return fresh
        known = affiliations.all_of(transaction, company.id)
        access |= {one.id: stored.access for one, stored in known}
        fresh = [*(one for one, _ in known), *fresh]
    outcome = enforce(fresh, transaction.today, None, access)
    for moved in outcome.changed:
        if moved.id not in new:
            affiliations.store(transaction, moved, edited=False)
    return [one for one in outcome.affiliations if one.id in new]


def _fill_affiliation(transaction: Transaction, joint: PlannedAffiliation) -> Iterator[list[Any]]:
    """Write a position that a row told of an affiliation that was there; give what there was before."""
    for one, _ in affiliations.of_person(transaction, joint.person.id):
        if one.contact_id == joint.company.id:
            filled = attrs.evolve(one, position=joint.position, department=joint.department)
            if filled != one:
                affiliations.store(transaction, filled)
                yield [one.id, one.revision or one.version, one.position, one.department]
