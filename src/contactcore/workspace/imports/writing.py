"""Writing: the plan of a batch is stored, with its contacts, affiliations, tags and one event."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import attrs

from contactcore.mapping.affiliations import plain_affiliation_record
from contactcore.mapping.contact_parts import derived_name
from contactcore.mapping.contacts import FirstStamps, body_of, plain_record
from contactcore.mapping.field_terms import field_terms
from contactcore.mapping.indexed_names import IndexedName, indexed_name_of
from contactcore.model import Affiliation
from contactcore.model.message import Grounds
from contactcore.model.restoring import altered, fill_in
from contactcore.rules.access import intersection
from contactcore.rules.primary import enforce
from contactcore.storage import Record
from contactcore.workspace.imports.batch_plan import BatchPlan, PlannedAffiliation
from contactcore.workspace.imports.part_planning import PART_TYPES
from contactcore.workspace.imports.staged_contacts import StagedContact
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.people.saving import SavedPeople
from contactcore.workspace.repositories.affiliations import AffiliationRepository
from contactcore.workspace.repositories.contacts import (
    ContactRepository,
    first_stamps,
    notify_of_job,
    stamps,
)
from contactcore.workspace.repositories.logins import LoginRepository
from contactcore.workspace.repositories.pictures import PictureRepository
from contactcore.workspace.repositories.repository import Repository
from contactcore.workspace.repositories.tags import remember_tags

__all__ = ["IMPORTED_LETTER", "notify_of_import", "store_batch"]

IMPORTED_LETTER = "responsible-imported"

_EVENT_BYTES = 500_000
"""The length of the ids after which a batch gets another event. The storage refuses events of over a million bytes."""

_TEXTS = frozenset(("position", "department"))
"""The values of a new affiliation of which a file says nothing else; the row mapper has cleaned them."""

Entry = tuple[str, Any]
"""The name of a list of a part, and one entry of the list."""


def store_batch(transaction: Transaction, import_id: str, batch: BatchPlan) -> list[Entry]:
    """Store a batch in the transaction that planned it.

    Stored contacts that get affiliations or changes are locked first, so that nobody else can move the primary flag of
    a company in the meantime. The feed gets the event `contacts.imported` with all ids, and several ones if these are
    very many.

    Args:
        transaction: The transaction.
        import_id: The id of the import.
        batch: The plan of the batch.

    Returns:
        The entries for the parts of the job, each with the name of its list.
    """
    transaction.cause = ("import", import_id)
    contacts, affiliations = ContactRepository(transaction), AffiliationRepository(transaction)
    touched = {end.id: end for one in batch.affiliations for end in (one.company, one.person) if end.is_stored}
    touched |= {one.owner.id: one.owner for one in batch.parts.values() if one.owner.is_stored}
    touched |= {one.owner.id: one.owner for one in batch.pictures.values() if one.owner.is_stored}
    for id, staged in sorted((touched | batch.changed).items()):
        contacts.lock_any(id, staged.before.version if staged.before else None)
    created = {staged.id: staged for staged in batch.created}
    names = _store_created(contacts, import_id, batch)
    parts = _store_parts(transaction, batch)
    new = [one for one in batch.affiliations if one.new]
    placed = _placed_affiliations(transaction, new)
    owners = created | {end.id: end for one in new for end in (one.company, one.person) if end.is_stored}
    _store_affiliations(affiliations, placed, owners, names)
    known = {one.person.id for one in new if one.person.is_stored}
    if known:
        entities = (one.entity for one in placed)
        LoginRepository(transaction).judge_new(one for one in entities if one.person_id in known)
    entries = [*_row_entries(batch), *_change_entries(batch), *parts]
    changed = [
        _store_changed(contacts, staged) for staged in batch.changed.values() if staged.before is not staged.entity
    ]
    entries += [("affiliations", one.id) for one in placed]
    entries += [("purposed", one.id) for one in placed if one.is_purposed]
    for one in batch.affiliations:
        if not one.new:
            entries += [("positions", before) for before in _fill_position(affiliations, one)]
    # A picture that replaces one of this import is undone with that one.
    own = PictureRepository(transaction).imported(batch.pictures, import_id)
    pictures = _store_pictures(transaction, import_id, batch)
    given = [one for id, one in batch.pictures.items() if id not in own]
    entries += [("pictures", [one.owner.id, bool(one.before)]) for one in given]
    stored = [*batch.created, *batch.changed.values()]
    remember_tags(transaction, {tag.key: tag for staged in stored for tag in staged.tags}.values())
    stored_ids = {"added": created, "changed": changed, "affiliations": [one.id for one in placed]}
    _publish(transaction, import_id, {**stored_ids, **_part_ids(batch), "pictures": pictures})
    return entries


def _publish(transaction: Transaction, import_id: str, ids: Mapping[str, Iterable[str]]) -> None:
    """Publish the event of a batch; several ones if it has more ids than one holds."""
    data, size = _event_data(), 0
    for name, some in ids.items():
        for id in some:
            if size > _EVENT_BYTES:
                transaction.publish("contacts.imported", import_id, **data)
                data, size = _event_data(), 0
            data.setdefault(name, []).append(id)
            size += len(id) + 4
    transaction.publish("contacts.imported", import_id, **data)


def _event_data() -> dict[str, list[str]]:
    return {"added": [], "changed": [], "affiliations": []}


def _store_created(contacts: ContactRepository, import_id: str, batch: BatchPlan) -> dict[str, IndexedName]:
    """Store the new contacts of a batch, and return their indexed names by id."""
    transaction, names = contacts.transaction, dict[str, IndexedName]()
    context, stamps = transaction.index_context, first_stamps(transaction, f"import:{import_id}")
    first = FirstStamps(
        source=stamps["source"],
        added_at=stamps["added_at"],
        added_by=stamps["added_by"],
        responsibles=batch.plain_responsibles or (),
    )
    records: list[Record] = []
    for staged in batch.created:
        plain = staged.plain
        if plain is None or batch.plain_responsibles is None:
            # The contact was made of a row, or as a placeholder, for this import alone.
            entity, source = staged.entity, staged.entity.source
            fill_in(entity, {**stamps, "source": source} if source else stamps)
            if staged.indexed is not None:
                names[staged.id] = staged.indexed
            records.append(contacts.record(entity, access=staged.access, indexed_names=names))
            continue
        name = staged.indexed
        parts = None if name is None else name.taken_parts(plain)
        if name is None or parts is None:
            name = derived_name(plain, context)
            parts = name.taken_parts(plain)
        if parts is None:
            raise AssertionError("the parts were derived from this contact")
        names[plain.id] = name
        terms = field_terms(plain.fields, context.settings)
        records.append(plain_record(plain.id, name, parts, first, staged.access, terms))
    contacts.add_records(records, [()] * len(records))
    return names


def _part_ids(batch: BatchPlan) -> dict[str, list[str]]:
    """The ids of the stored sites and items of a batch, for its event."""
    found: dict[str, list[str]] = defaultdict(list)
    for id, planned in batch.parts.items():
        found[f"{planned.entity.kind}s"].append(id)
    return found


def _store_pictures(transaction: Transaction, import_id: str, batch: BatchPlan) -> list[str]:
    """Store the pictures of a batch, whose contacts are stored and locked, and return their ids."""
    contacts, pictures = ContactRepository(transaction), PictureRepository(transaction)
    return [
        pictures.set_imported(one.prepared, contacts.lock_any(id), import_id, one.before).id
        for id, one in sorted(batch.pictures.items())
    ]


def _store_parts(transaction: Transaction, batch: BatchPlan) -> list[Entry]:
    """Store the sites and items of a batch, whose contacts are stored and locked."""
    entries: list[Entry] = []
    for kind, entity_type in PART_TYPES.items():
        repository: Repository[Any] = Repository(transaction, entity_type)
        planned = [one for one in batch.parts.values() if one.entity.kind == kind]
        new = [one for one in planned if one.before is None]
        repository.add_many([one.entity for one in new], owners={one.owner.id: one.owner for one in new})
        entries += [("parts", [kind, one.entity.id]) for one in new]
        for one in planned:
            if one.before is not None:
                stored = one.before.stored
                entries.append(("parts_changed", [kind, stored.id, stored.version, stored.body.decode()]))
                repository.put(one.entity, stored, owners={one.owner.id: one.owner}, event="")
    return entries


def notify_of_import(transaction: Transaction, import_id: str, users: Iterable[str]) -> None:
    """Notify each user who becomes responsible for the contacts of an import once for the whole import (NOT-5).

    The feed gets an event `responsible.assigned` for each user except the actor. Each user whose address the host knows
    also gets a letter.

    Args:
        transaction: The transaction that creates the first contacts of these users.
        import_id: The id of the import.
        users: The names of the users.
    """
    for user in users:
        grounds = Grounds(kind="import", user=user, import_id=import_id)
        notify_of_job(transaction, IMPORTED_LETTER, user, grounds)


def _row_entries(batch: BatchPlan) -> Iterator[Entry]:
    """The entries for the rows of a batch and for the contacts that it created."""
    yield from (("problems", problem.as_list()) for problem in batch.problems)
    yield from (("rejects", list(reject)) for reject in batch.rejects)
    yield from (("people" if one.kind == "person" else "companies", one.id) for one in batch.created)
    yield from (("placeholders", id) for id in batch.placeholders)
    yield from (("completed", id) for id in batch.completed)
    yield from (("unkeyed", list(row)) for row in batch.unkeyed)
    yield from (("unseen", list(one)) for one in batch.unseen)
    yield from (("primaries", list(one)) for one in batch.primaries.items())
    yield from (("ids", list(one)) for one in batch.ids.items())
    yield from (("found_ids", list(one)) for one in batch.found_ids.items())
    yield from (("spellings", one) for one in batch.spellings)
    yield from (("sourced", id) for id in batch.sourced)
    yield from (("changes", list(one)) for one in batch.changes)


def _change_entries(batch: BatchPlan) -> Iterator[Entry]:
    """The entries with the earlier values of the contacts that a batch changes; an undo restores them."""
    for staged in batch.changed.values():
        if staged.before is not None and staged.before is not staged.entity:
            yield "changed", [staged.id, staged.before.version, body_of(staged.before).decode()]


def _store_changed(contacts: ContactRepository, staged: StagedContact) -> str:
    """Store a contact that rows changed, without an event of its own, and return its id."""
    (record,) = contacts.stored([staged.id])
    if record is None or staged.before is None:
        raise AssertionError("a contact that rows changed was read and locked")
    changed = altered(staged.entity, stamps(contacts.transaction, "changed"))
    staged.entity = contacts.put(changed, record, event="")
    # A row never changes who sees a contact.
    contacts.reindex_owned(staged.entity, record, staged.before, moved=False)
    LoginRepository(contacts.transaction).follow_change(staged.before, staged.entity)
    return staged.id


@attrs.define(eq=False)
class _Placed:
    """A new affiliation with the primary flag of the rule (PER-3).

    Attributes:
        values: Its values by field. They are enough for its record if they are plain.
        access: Its access terms.
        is_plain: Whether the values are those of `plain_affiliation_record`.
        made: The affiliation, if it was made; else None.
    """

    values: Mapping[str, Any]
    access: frozenset[str]
    is_plain: bool
    made: Affiliation | None = None

    @property
    def id(self) -> str:
        """The id of the affiliation."""
        id: str = self.values["id"]
        return id

    @property
    def entity(self) -> Affiliation:
        """The affiliation."""
        if self.made is None:
            self.made = Affiliation.restore(self.values)
        return self.made

    @property
    def is_purposed(self) -> bool:
        """Whether the person is the primary one for some purpose."""
        return not self.is_plain and bool(self.entity.purposes)


def _store_affiliations(
    affiliations: AffiliationRepository,
    placed: Sequence[_Placed],
    owners: Mapping[str, StagedContact],
    names: dict[str, IndexedName],
) -> None:
    """Store new affiliations, whose contacts are stored.

    Args:
        affiliations: The repository.
        placed: The affiliations.
        owners: Their contacts and people by id.
        names: The indexed names of contacts by id, as far as they are known.
    """
    records: list[Record] = []
    context = affiliations.transaction.index_context
    for one in placed:
        contact_id, person_id = one.values["contact_id"], one.values["person_id"]
        client, person = names.get(contact_id), names.get(person_id)
        if one.is_plain and person is not None:
            if client is None:
                client = names[contact_id] = indexed_name_of(owners[contact_id].entity, context)
            records.append(plain_affiliation_record(one.values, client, person, one.access))
        else:
            records.append(affiliations.record(one.entity, owners=owners, access=one.access, indexed_names=names))
    affiliations.add_records(records, [(one.values["contact_id"], one.values["person_id"]) for one in placed])


def _placed_affiliations(transaction: Transaction, planned: Sequence[PlannedAffiliation]) -> list[_Placed]:
    """New affiliations with the primary flags of the rule (PER-3), and their access terms.

    If the flag of a stored company moves, the changed affiliations are stored here.
    """
    repository = AffiliationRepository(transaction)
    by_company: dict[str, list[PlannedAffiliation]] = defaultdict(list)
    for one in planned:
        by_company[one.company.id].append(one)
    for group in by_company.values():
        # The ids of a group follow its sequence, and of several new affiliations the smallest id is primary.
        if len(group) > 1:
            group.sort(key=lambda one: not one.primary)
    since = transaction.now.astimezone(UTC)
    memo: dict[tuple[frozenset[str], frozenset[str]], frozenset[str]] = {}
    primary_values = _primary_of_new_company(transaction)
    current = repository.current_primaries(id for id, group in by_company.items() if group[0].company.is_stored)
    affiliations: list[_Placed] = []
    for company_id, group in by_company.items():
        company = group[0].company
        new = [_placed(transaction.new_id(), since, one, memo) for one in group]
        alike = len(group) == 1 or len({one.access for one in new}) == 1
        if not company.is_stored and alike and not any(_is_limited(one) for one in group):
            first = min(new, key=lambda one: one.id)
            first.values = {**first.values, **primary_values}
            affiliations += new
            continue
        entities, terms = [one.entity for one in new], {one.id: one.access for one in new}
        # A later row may have said that the primary one no longer acts there.
        chosen = new[0].id if group[0].primary and entities[0].is_current(transaction.today) else None
        if company.is_stored:
            decided, moved = repository.placed(entities, terms, current.get(company_id), chosen)
            repository.move_flags(moved)
        else:
            decided = [*enforce(entities, transaction.today, chosen, terms).affiliations]
        placed = {one.id: one for one in new}
        for entity in decided:
            as_planned = placed[entity.id]
            # Mostly another one is primary and stays so, and the new ones are as they were.
            as_planned.is_plain = as_planned.is_plain and entity is as_planned.entity
            as_planned.made = entity
            affiliations.append(as_planned)
    return affiliations


def _placed(
    id: str,
    since: datetime,
    planned: PlannedAffiliation,
    memo: dict[tuple[frozenset[str], frozenset[str]], frozenset[str]],
) -> _Placed:
    """A new affiliation without the primary flag.

    Args:
        id: Its id.
        since: The time when it is added, in UTC.
        planned: Its plan.
        memo: The access terms of a person's place by those of the company and the person, as far as they are known.
    """
    pair = (planned.company.access, planned.person.access)
    access = memo.get(pair)
    if access is None:
        access = memo[pair] = intersection(*pair)
    values = {
        "id": id,
        "version": 1,
        "contact_id": planned.company.id,
        "person_id": planned.person.id,
        "since": since,
        **planned.values,
    }
    return _Placed(values, access, is_plain=planned.values.keys() == _TEXTS)


def _is_limited(planned: PlannedAffiliation) -> bool:
    """Whether a person may not act for the company today, or has another seniority than the other new ones."""
    return not planned.values.keys().isdisjoint(("start", "end", "active"))


def _primary_of_new_company(transaction: Transaction) -> Mapping[str, Any]:
    """The values that the rule sets on the primary affiliation of a new company if every viewer sees all of its people.

    All affiliations are created at one time, so the primary one has the smallest id. The values are the same for every
    company, and are therefore computed once for a batch.
    """
    people = [Affiliation.restore({"id": "1"}), Affiliation.restore({"id": "2"})]
    first = enforce(people, transaction.today).affiliations[0]
    return {"primary": first.primary, "primary_sequence": first.primary_sequence}


def _fill_position(affiliations: AffiliationRepository, planned: PlannedAffiliation) -> Iterable[list[Any]]:
    """Change a stored affiliation, and return an entry with its earlier values."""
    today = affiliations.transaction.today
    for one in affiliations.of_person(planned.person.id):
        before = one.entity
        if before.contact_id == planned.company.id:
            changed = attrs.evolve(before, **planned.values)
            if changed != before:
                affiliations.put(changed, one.stored)
                if changed.email != before.email:
                    SavedPeople(affiliations.transaction).follow_address(before, changed)
                # The body says whose affiliation it is, for an erasure after the affiliation is gone.
                body = one.stored.body.decode()
                yield [before.id, before.revision or before.version, before.position, before.department, body]
                if changed.is_current(today) != before.is_current(today):
                    affiliations.reassign(before.contact_id)
