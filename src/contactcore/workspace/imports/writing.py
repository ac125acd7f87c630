"""Storing the plan of a batch: contacts, affiliations with exactly one primary, tags, the feed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from contactcore.errors import Invalid
from contactcore.mapping.contacts import body_of
from contactcore.mapping.indexed_names import IndexedName
from contactcore.model import Affiliation, Person, User
from contactcore.rules.access import intersection
from contactcore.rules.primary import enforce
from contactcore.workspace.imports.plan import Plan
from contactcore.workspace.imports.planning import BatchPlan, PlannedAffiliation
from contactcore.workspace.imports.staged_contacts import StagedContact
from contactcore.workspace.kernel.ids import timestamp
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.affiliations import AffiliationRepository
from contactcore.workspace.repositories.contacts import ContactRepository, looks_different, shown_actor
from contactcore.workspace.repositories.logins import LoginRepository
from contactcore.workspace.repositories.messages import enqueue_letter
from contactcore.workspace.repositories.tags import remember_tags

__all__ = ["notify_of_import", "store_batch"]

Entry = tuple[str, Any]
"""The name of a list of a part, and an entry of it."""


def store_batch(transaction: Transaction, import_id: str, batch: BatchPlan) -> list[Entry]:
    """Store a batch in the transaction in which it was planned.

    Companies of the directory that get contact persons are locked first, so that nobody else gives them a primary one
    meanwhile. The feed gets one event for the batch, `contacts.imported`, with all ids.

    Returns:
        What the import remembers of the batch, each entry under the name of its list.
    """
    contacts, affiliations = ContactRepository(transaction), AffiliationRepository(transaction)
    touched = {end.id: end for one in batch.affiliations for end in (one.company, one.person) if end.is_stored}
    for id, staged in sorted((touched | batch.changed).items()):
        contacts.lock_any(id, staged.before.version if staged.before else None)
    names: dict[str, IndexedName] = {}
    made = {staged.id: staged for staged in batch.made}
    access = {id: staged.access for id, staged in made.items()}
    contacts.add_many([staged.entity for staged in batch.made], access=access, indexed_names=names)
    new = [one for one in batch.affiliations if one.new]
    joined, terms = _affiliations(transaction, new)
    owners = made | {end.id: end for one in new for end in (one.company, one.person)}
    affiliations.add_many(joined, owners=owners, access=terms, indexed_names=names)
    known = {one.person.id for one in new if one.person.is_stored}
    if known:
        LoginRepository(transaction).judge_new(one for one in joined if one.person_id in known)
    entries = [*_of_rows(batch), *_of_changes(batch)]
    changed = [_change(contacts, staged) for staged in batch.changed.values() if staged.before is not staged.entity]
    entries += [("joined", one.id) for one in joined]
    for one in batch.affiliations:
        if not one.new:
            entries += [("positions", before) for before in _fill_in(affiliations, one)]
    stored = [*batch.made, *batch.changed.values()]
    remember_tags(transaction, {tag.key: tag for staged in stored for tag in staged.entity.tags}.values())
    transaction.publish(
        "contacts.imported",
        import_id,
        added=list(made),
        changed=changed,
        affiliations=[one.id for one in joined],
    )
    return entries


def notify_of_import(transaction: Transaction, import_id: str, plan: Plan) -> None:
    """Tell the users who become responsible for the contacts of an import, once for all of them (NOT-5).

    The feed gets an event `responsible.assigned` for each of them, but not for the actor. A letter goes to each whose
    address the host knows.
    """
    actor = transaction.actor
    for user in plan.responsibles:
        if isinstance(actor, User) and user == actor.name:
            continue
        transaction.publish("responsible.assigned", import_id, user=user)
        to = transaction.letter_configuration.user(user)
        if to is not None:
            try:
                enqueue_letter(transaction, "responsible-imported", to, {"by": shown_actor(transaction)})
            except Invalid:
                # A letter that cannot be written never undoes the import.
                transaction.publish("responsible.letter-unwritten", import_id, user=user)


def _of_rows(batch: BatchPlan) -> Iterator[Entry]:
    """What is remembered of the rows and of the contacts that were made."""
    yield from (("problems", problem.as_list()) for problem in batch.problems)
    yield from (("rejects", list(reject)) for reject in batch.rejects)
    yield from (("people" if isinstance(one.entity, Person) else "companies", one.id) for one in batch.made)
    yield from (("placeholders", id) for id in batch.placeholders)
    yield from (("completed", id) for id in batch.completed)
    yield from (("unkeyed", list(row)) for row in batch.unkeyed)


def _of_changes(batch: BatchPlan) -> Iterator[Entry]:
    """The contacts that are changed as they were before, so that the import can be undone."""
    for staged in batch.changed.values():
        if staged.before is not None and staged.before is not staged.entity:
            yield "changed", [staged.id, staged.before.version, body_of(staged.before).decode()]


def _change(contacts: ContactRepository, staged: StagedContact) -> str:
    """Store a contact that rows changed, without an event of its own; returns its id."""
    (record,) = contacts.stored([staged.id])
    if record is None or staged.before is None:
        raise AssertionError("a contact that rows changed was read and locked")
    staged.entity = contacts.put(staged.entity, record, event="")
    if looks_different(staged.before, staged.entity):
        contacts.reindex_owned(staged.entity, record)
    if isinstance(staged.entity, Person) and staged.entity.emails != staged.before.emails:
        LoginRepository(contacts.transaction).follow(staged.entity)
    return staged.id


def _affiliations(
    transaction: Transaction, planned: Sequence[PlannedAffiliation]
) -> tuple[list[Affiliation], dict[str, frozenset[str]]]:
    """New affiliations with the primary flag where the rule puts it (PER-3), and their access terms by id.

    Flags that move among the affiliations of a stored company are stored here.
    """
    repository = AffiliationRepository(transaction)
    by_company: dict[str, list[PlannedAffiliation]] = defaultdict(list)
    for one in planned:
        by_company[one.company.id].append(one)
    since = timestamp(transaction.now)
    memo: dict[tuple[frozenset[str], frozenset[str]], frozenset[str]] = {}
    first = _first_of_many(transaction)
    current = repository.current_primaries(id for id, group in by_company.items() if group[0].company.is_stored)
    joined: list[Affiliation] = []
    access: dict[str, frozenset[str]] = {}
    for company_id, group in by_company.items():
        company = group[0].company
        fresh: dict[str, dict[str, Any]] = {}
        terms: dict[str, frozenset[str]] = {}
        for one in group:
            pair = (company.access, one.person.access)
            if pair not in memo:
                memo[pair] = intersection(*pair)
            id = transaction.new_id()
            terms[id] = memo[pair]
            # Position and department were cleaned when the row was mapped.
            fresh[id] = {
                "id": id,
                "version": 1,
                "contact_id": company_id,
                "person_id": one.person.id,
                "position": one.position,
                "department": one.department,
                "since": since,
            }
        access |= terms
        if company.is_stored:
            new = list(map(Affiliation.restore, fresh.values()))
            placed, moved = repository.placed(new, terms, current.get(company_id))
            repository.move_flags(moved)
            joined += placed
        elif len(set(terms.values())) == 1:
            fresh[min(fresh)].update(first)
            joined += map(Affiliation.restore, fresh.values())
        else:
            joined += enforce(
                list(map(Affiliation.restore, fresh.values())), transaction.today, None, terms
            ).affiliations
    return joined, access


def _first_of_many(transaction: Transaction) -> Mapping[str, Any]:
    """The flag of the first of a new company's people, as the rule puts it where every viewer sees all of them.

    They come at one moment, so the first is the one with the first id. The answer is the same for every company.
    """
    people = [Affiliation.restore({"id": "1"}), Affiliation.restore({"id": "2"})]
    first = enforce(people, transaction.today).affiliations[0]
    return {"primary": first.primary, "primary_sequence": first.primary_sequence}


def _fill_in(affiliations: AffiliationRepository, planned: PlannedAffiliation) -> Iterable[list[Any]]:
    """Store the position of an affiliation that was there; gives what there was before."""
    for one in affiliations.of_person(planned.person.id):
        before = one.entity
        if before.contact_id == planned.company.id:
            filled = attrs.evolve(before, position=planned.position, department=planned.department)
            if filled != before:
                affiliations.put(filled, one.stored)
                yield [before.id, before.revision or before.version, before.position, before.department]
