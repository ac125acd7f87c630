"""Batch plans: the changes that a batch of rows makes; a preview and an import plan by this code (IMP-3).

A `BatchPlanner` reads and never writes. It looks up contacts in the directory by `DirectoryKeys`, and contacts of
earlier rows of the file in `StagedContacts`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from hashlib import sha256
from typing import Any

import attrs

from contactcore.errors import Problem
from contactcore.formats.contact_rows.mapped_row import Employer, MappedRow, RowPicture
from contactcore.formats.contact_rows.merge_missing import merge_missing, overwrite
from contactcore.formats.contact_rows.native_columns import AFFILIATION_TEXTS, ID, PRIMARY
from contactcore.formats.contact_rows.row_problems import HARMLESS, RowProblem, storable
from contactcore.formats.pictures import PreparedPicture
from contactcore.formats.vcard.uids import uid_of
from contactcore.mapping.contacts import fits_in_record
from contactcore.model import Affiliation, Company, Contact, Item, Person, Site
from contactcore.model.restoring import altered
from contactcore.read_only import EMPTY
from contactcore.rules.access import contact_access, import_access, may_change, may_see, read_terms
from contactcore.rules.preparation import prepare
from contactcore.text import fold
from contactcore.values import Tag
from contactcore.workspace.imports.compact_hash_map import CompactHashMap
from contactcore.workspace.imports.counts import ImportCounts
from contactcore.workspace.imports.merging import changed_values, merged, shown
from contactcore.workspace.imports.own_ids import OwnIds
from contactcore.workspace.imports.part_planning import PartPlanner, PlannedPart, part_name
from contactcore.workspace.imports.plan import Plan
from contactcore.workspace.imports.previous_run import ROW, PreviousRows, Unseen
from contactcore.workspace.imports.staged_contacts import StagedContact, StagedContacts
from contactcore.workspace.kernel.slugs import affiliation_problems
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.matching.directory_keys import DirectoryKeys
from contactcore.workspace.matching.match_keys import company_key, lookup_keys, match_keys, match_name
from contactcore.workspace.matching.name_agreement import names_agree
from contactcore.workspace.repositories.affiliations import AffiliationRepository
from contactcore.workspace.repositories.contacts import ContactRepository, with_known_tags
from contactcore.workspace.repositories.pictures import PictureRepository
from contactcore.workspace.repositories.repository import Loaded
from contactcore.workspace.repositories.suppressions import ERASED, ERASED_MESSAGE, SuppressionRepository, at_work
from contactcore.workspace.repositories.tags import Audience
from contactcore.workspace.trash.matches import TrashMatch, restorable_by_email

__all__ = ["BatchPlan", "BatchPlanner", "PlannedAffiliation", "PlannedPicture", "RunMemory", "Spelling", "counts_of"]

Spelling = Callable[[Tag, Audience], Tag]
"""A function that returns a tag in the spelling that every group of an audience knows."""


@attrs.define(eq=False)
class PlannedAffiliation:
    """An affiliation that a batch creates, or whose position it fills in.

    Attributes:
        person: The person.
        company: The company that the person acts for.
        position: The position of the person there; `""` for unknown.
        department: The department of the person there; `""` for unknown.
        primary: Whether the file makes the person the primary contact person, and may do so.
        new: Whether the batch creates the affiliation; True by default.
        details: The other fields of the affiliation that the file gives, by name.
    """

    person: StagedContact
    company: StagedContact
    position: str
    department: str
    primary: bool = False
    new: bool = True
    details: Mapping[str, Any] = EMPTY


@attrs.frozen(eq=False)
class PlannedPicture:
    """A picture that a batch stores.

    Attributes:
        owner: The contact that gets it.
        prepared: The picture.
        before: The name of the file that the contact shows when the batch is planned; `""` for no picture.
    """

    owner: StagedContact
    prepared: PreparedPicture
    before: str


@attrs.define(eq=False)
class BatchPlan:
    """The changes that one batch of rows makes.

    Attributes:
        outcomes: The numbers that the batch adds to `ImportCounts`, by name.
        problems: The problems of the rows, in their order.
        rejects: The numbers of the rejected rows, each with its reason.
        created: The new contacts.
        changed: The stored contacts that the batch changes, by id.
        affiliations: The affiliations that the batch creates or fills in.
        placeholders: The ids of new placeholder companies.
        completed: The ids of placeholder companies that a row of their own describes.
        unkeyed: The numbers of the unkeyed rows, each with the id of its contact.
        unseen: The contacts of the rows that the actor does not see.
        primaries: The companies that get contact persons from a file that names the primary ones: the number by which
            `RunMemory.primaries` knows each, by id.
        ids: The ids of the records that rows created or found, by the kind and the id of the file.
        parts: The sites and items that the batch creates or changes, by id.
        changes: The line, the id, the name and the field of each changed value, with the value before and after.
        responsibles: The users whom rows make responsible for new contacts.
        pictures: The pictures that contacts get, by the ids of these.
    """

    outcomes: Counter[str] = attrs.field(factory=Counter)
    problems: list[RowProblem] = attrs.field(factory=list)
    rejects: list[tuple[int, str]] = attrs.field(factory=list)
    created: list[StagedContact] = attrs.field(factory=list)
    changed: dict[str, StagedContact] = attrs.field(factory=dict)
    affiliations: list[PlannedAffiliation] = attrs.field(factory=list)
    placeholders: list[str] = attrs.field(factory=list)
    completed: list[str] = attrs.field(factory=list)
    unkeyed: list[tuple[int, str]] = attrs.field(factory=list)
    unseen: list[Unseen] = attrs.field(factory=list)
    primaries: dict[str, int] = attrs.field(factory=dict)
    ids: dict[str, str] = attrs.field(factory=dict)
    parts: dict[str, PlannedPart] = attrs.field(factory=dict)
    changes: list[tuple[int, str, str, str, str, str]] = attrs.field(factory=list)
    responsibles: set[str] = attrs.field(factory=set)
    pictures: dict[str, PlannedPicture] = attrs.field(factory=dict)

    def added_to(self, numbers: Mapping[str, int]) -> dict[str, int]:
        """The sums of the numbers of an import and the numbers of this batch.

        Args:
            numbers: The numbers of the import so far, by name. `problems` is the number of problems.
        """
        sums = Counter(numbers)
        sums.update(self.outcomes)
        sums["problems"] += len(self.problems)
        sums["changes"] += len(self.changes)
        return dict(sums)


def counts_of(numbers: Mapping[str, int]) -> ImportCounts:
    """The public numbers of an import.

    Args:
        numbers: The numbers of the import by name, with others; missing numbers are 0.
    """
    return ImportCounts(**{field.name: numbers.get(field.name, 0) for field in attrs.fields(ImportCounts)})


OPEN, NAMED, KEPT = range(3)
"""Who decides about the primary contact person of a company: the next row, an earlier row, the directory."""


@attrs.frozen(eq=False)
class RunMemory:
    """The data of earlier batches that later batches need.

    Attributes:
        staged: The contacts that earlier rows created or changed.
        placeholders: The ids of the placeholder companies of this import: 1 for a placeholder, 0 for a completed one.
        spell: The function that returns the known spelling of a tag.
        primaries: The companies that get contact persons from a file that names the primary ones, by id: `OPEN` until
            a row names the primary one, then `NAMED`; `KEPT` for a company that had contact persons before.
        ids: The ids of the records that earlier rows created or found, by the kind and the id of the file.
        known_parts: The sites and items of earlier batches of a preview, by the key of `PartPlanner`.
        told: The users whom an earlier batch told that they look after contacts of the import.
        file_ids: A function that returns the ids of the contacts in the file, with the number 1.
    """

    staged: StagedContacts
    placeholders: CompactHashMap
    spell: Spelling
    primaries: CompactHashMap = attrs.field(factory=CompactHashMap)
    ids: OwnIds = attrs.field(factory=OwnIds)
    known_parts: CompactHashMap = attrs.field(factory=CompactHashMap)
    told: set[str] = attrs.field(factory=set)
    file_ids: Callable[[], CompactHashMap] = CompactHashMap

    def end_batch(self, plan: BatchPlan) -> None:
        """Keep the data of a completed batch that later batches need.

        Args:
            plan: The plan of the batch.
        """
        self.note_placeholders(plan.placeholders, plan.completed)
        self.note_primaries(plan.primaries.items())
        for own, id in plan.ids.items():
            self.ids.put(own, id)
        self.staged.end_batch()

    def note_primaries(self, entries: Iterable[Sequence[Any]]) -> None:
        """Note companies that get contact persons from a file that names the primary ones.

        Args:
            entries: The id of each company, and its number.
        """
        for id, number in entries:
            self.primaries.put(id, number)

    def note_placeholders(self, created: Sequence[str], completed: Sequence[str]) -> None:
        """Note new and completed placeholder companies.

        Args:
            created: The ids of new placeholders.
            completed: The ids of completed placeholders.
        """
        for id in created:
            self.placeholders.put(id, 1)
        for id in completed:
            self.placeholders.put(id, 0)


@attrs.frozen
class _Match:
    """The contact that matches a row, and the match key.

    Attributes:
        id: The id of the contact.
        by: The description of the key, such as `"email"`.
        value: The value of the key, for the report.
        staged: The contact, if an earlier row staged it; else None.
    """

    id: str
    by: str
    value: str
    staged: StagedContact | None = None

    @property
    def description(self) -> str:
        """The words for the contact in the reason of a problem."""
        from_file = self.staged is not None and self.staged.new
        return f"the contact of line {self.staged.line}" if self.staged and from_file else f"contact {self.id}"


_MISSING = "field-required"


def _value_of(key: str) -> str:
    return key.split(":", 2)[-1].partition("|")[0]


def _problems_of(row: MappedRow, problems: Iterable[Problem]) -> tuple[RowProblem, ...]:
    return tuple(
        RowProblem(row.line, "", "", problem.message, problem.code, facts=problem.facts) for problem in problems
    )


def _has_email(staged: StagedContact | None) -> bool:
    return staged is not None and bool(staged.entity.emails)


class BatchPlanner:
    """The planner of one batch.

    Args:
        transaction: The transaction that reads the directory.
        plan: The plan of the import.
        memory: The data of earlier batches.
        import_id: The id of the import; `""` for a preview.
        previous: The contacts of the rows in the previous run.

    Attributes:
        batch: The plan of the batch.
    """

    def __init__(
        self, transaction: Transaction, plan: Plan, memory: RunMemory, import_id: str, previous: PreviousRows
    ) -> None:
        self._transaction = transaction
        self._plan = plan
        self._memory = memory
        self._staged = memory.staged
        self._previous = previous
        self._import_id = import_id
        self._language = transaction.index_context.language
        self._contacts = ContactRepository(transaction)
        self._access = {
            listed: contact_access(plan.access, plan.responsibles, listed=listed) for listed in (True, False)
        }
        self._responsibles = tuple(sorted(plan.responsibles))
        self._own = frozenset[str]()
        if import_id and not may_see(transaction.actor, self._access[True]):
            # The actor may not see the new contacts. The run finds them by the access term of the import.
            self._own = import_access(import_id)
            self._access = {listed: access | self._own for listed, access in self._access.items()}
        self._directory = DirectoryKeys(transaction, read_terms(transaction.actor) | self._own)
        # Employers that earlier runs made for others are found by the terms of these runs, but only by their ids.
        makers = {one.import_id for one in previous.unseen.values()}
        self._made = self._own.union(*map(import_access, makers))
        self._loaded: dict[str, StagedContact | None] = {}
        self._names_primary = plan.options.columns.names_primary
        self._has_primary: dict[str, bool] = {}
        self._first_problem = 0
        self._missing: dict[int, list[Problem]] = {}
        self._restorable: dict[str, TrashMatch] = {}
        self._with_places: set[str] = set()
        self._pairs: dict[tuple[str, str], PlannedAffiliation] = {}
        self.batch: BatchPlan = BatchPlan()
        self._claims: dict[str, str] = {}
        self._other_names: dict[int, tuple[str, str, StagedContact | None]] = {}

    def plan_rows(self, rows: Sequence[MappedRow]) -> BatchPlan:
        """The plan of the rows, which are planned in their sequence.

        Args:
            rows: The mapped rows of the batch.
        """
        prepared = [self._prepared(row) for row in rows]
        self._directory.load(prepared)
        self._load_known(prepared)
        self._restorable = restorable_by_email(self._transaction, (one.contact for one in prepared if one.contact))
        erased = self._erased(prepared)
        for row in prepared:
            if row.number == 1:
                self.batch.problems.extend(self._plan.guesses)
                settings = self._transaction.settings
                self.batch.problems.extend(self._plan.assumed_orders(settings))
                self.batch.problems.extend(self._plan.gone_fields(settings))
            self._first_problem = len(self.batch.problems)
            if row.number in erased:
                # The cells of the row are not noted, because the report is stored.
                self.batch.problems.append(RowProblem(row.line, "", "", ERASED_MESSAGE, ERASED))
                self._reject(row)
                continue
            self.batch.problems.extend(row.problems)
            if row.record:
                self._plan_record(row)
            elif row.contact is None:
                self._reject(row)
            else:
                self._plan_row(row, row.contact)
        return self.batch

    def _erased(self, rows: Sequence[MappedRow]) -> set[int]:
        """The numbers of the rows about somebody who was erased, and must not come back unasked (IMP-8)."""
        with_contacts = [
            (row.number, at_work(row.contact, [Affiliation(**one.details) for one in row.employers]))
            for row in rows
            if row.contact is not None
        ]
        marked = SuppressionRepository(self._transaction).are_marked([contact for _, contact in with_contacts])
        return {number for (number, _), is_marked in zip(with_contacts, marked, strict=True) if is_marked}

    def _prepared(self, row: MappedRow) -> MappedRow:
        """The row with its contact prepared for storage, as every contact is, and with the problems of its cells.

        In a strict import a row with any fault has no contact. A required field that the row lacks is no fault of the
        row yet, because the stored contact may have it.
        """
        if row.contact is None:
            return row
        contact: Person | Company | None
        if row.record:
            return self._with_known_slugs(row)
        contact, found = prepare(row.contact, self._transaction.settings, entry=self._plan.strict)
        problems = row.problems
        if contact.responsibles != self._responsibles or contact.access is not self._plan.access:
            contact, more = self._with_own_rights(row, contact)
            problems += more
        if self._names_primary and any(employer.details for employer in row.employers):
            row = self._with_known_slugs(attrs.evolve(row, problems=problems))
            problems = row.problems
        missing = [problem for problem in found if problem.code == _MISSING]
        if found:
            problems += _problems_of(row, (problem for problem in found if problem.code != _MISSING))
        if problems and self._plan.strict and any(problem.code not in HARMLESS for problem in problems):
            contact = None
            problems += _problems_of(row, missing)
        elif missing:
            self._missing[row.number] = missing
        if contact is row.contact and problems == row.problems:
            return row
        return attrs.evolve(row, contact=contact, problems=problems)

    def _with_own_rights(
        self, row: MappedRow, contact: Person | Company
    ) -> tuple[Person | Company, tuple[RowProblem, ...]]:
        """The contact with the access policy and the responsible users of its row, as far as the actor may give them.

        The actor must see the contact afterwards; else those of the plan apply.
        """
        problems = tuple(self._contacts.user_problems(contact.responsibles, self._plan.responsibles))
        access = contact.access or self._plan.access
        terms = contact_access(access, contact.responsibles, listed=contact.listed)
        if not problems and may_see(self._transaction.actor, terms):
            return contact, ()
        column, text = "Responsible users", "; ".join(contact.responsibles)
        reasons = [problem.message for problem in problems] or ["You would not see this contact."]
        reason = f"{reasons[0]} The contact gets the access policy and the responsible users of this import."
        values: dict[str, Any] = {"access": self._plan.access, "responsibles": self._responsibles}
        if not self._names_primary:  # a file of another program, whose cell no other column repeats
            column = self._plan.column_of("responsible")
            values["unmapped"] = {**contact.unmapped, column: text}
        code = problems[0].code if problems else "access-unseen"
        return altered(contact, values), (RowProblem(row.line, column, storable(text), reason, code),)

    def _with_known_slugs(self, row: MappedRow) -> MappedRow:
        """The row without authorities, modules, topics and purposes that the workspace does not know."""
        employers, problems = [], list(row.problems)
        for employer in row.employers:
            details = dict(employer.details)
            for problem in affiliation_problems(self._transaction.settings, Affiliation(**details)):
                name = problem.path.partition("[")[0].partition(".")[0]
                if details.pop(name, None) is not None:
                    column = next((one for one, field in AFFILIATION_TEXTS.items() if field == name), name)
                    problems.append(RowProblem.of(problem, row.line, column))
            employers.append(attrs.evolve(employer, details=details))
        return attrs.evolve(row, employers=tuple(employers), problems=tuple(problems))

    def _reject(self, row: MappedRow) -> None:
        """Reject a row. Notes on its cells are dropped, because none of them is stored."""
        problems = self.batch.problems
        problems[self._first_problem :] = [
            attrs.evolve(one, rejected=True) for one in problems[self._first_problem :] if one.code not in HARMLESS
        ]
        self.batch.outcomes["rejected"] += 1
        of_row = problems[self._first_problem :]
        reasons = (f"{one.column}: {one.reason}" if one.column else one.reason for one in of_row)
        self.batch.rejects.append((row.number, " ".join(dict.fromkeys(reasons)) or "This row cannot be read."))

    def _plan_row(self, row: MappedRow, contact: Person | Company) -> None:
        unseen = self._previous_unseen(row)
        if unseen and self._plan.policy != "create":
            self.batch.unseen.extend(unseen)
            self.batch.outcomes["skipped"] += 1
            self._note(row, "duplicate", "Skipped: you imported this row before.", contact.display_name)
            return
        keys = self._lookup_keys(row)
        match = (self._match(row, keys) if keys else None) or self._match_previous(row, contact)
        if match is not None:
            self._note_unseen(row, ROW, match.staged or (self._load(match.id) if self._own else None))
            self._plan_match(row, contact, match, unkeyed=not keys)
        elif self._create(row, contact, unkeyed=not keys) and unseen:
            reason = "Created although you imported this row before."
            self._note(row, "possible-duplicate", reason, contact.display_name)

    @cached_property
    def _parts(self) -> PartPlanner:
        return PartPlanner(self._transaction, self.batch.parts)

    def _plan_record(self, row: MappedRow) -> None:
        """Plan a row that describes an affiliation, a site or an item of a contact."""
        owner = self._owner(row)
        if owner is None:
            reason = "No contact has the id or the name in this row. Import the row of the contact first."
            self.batch.problems.append(RowProblem(row.line, ID, storable(row.own_id), reason, "owner-unknown"))
        if owner is None or (row.part is None and not row.employers) or self._is_faulty(row):
            self._reject(row)
        elif row.part is not None:
            self._plan_part(row, row.part, owner)
        elif not isinstance(owner.entity, Person):
            reason = "Only a person can act for a contact. Give the Contact ID of the person."
            self.batch.problems.append(RowProblem(row.line, ID, storable(row.own_id), reason, "not-a-person"))
            self._reject(row)
        else:
            self._plan_affiliation(row, owner)

    def _is_faulty(self, row: MappedRow) -> bool:
        return self._plan.strict and any(problem.code not in HARMLESS for problem in row.problems)

    def _owner(self, row: MappedRow) -> StagedContact | None:
        """The contact to which the record of a row belongs; None for none that the actor sees."""
        if row.own_id:
            found = self._by_own_id(row.own_id)
            if found is not None:
                return found
        match = self._match(attrs.evolve(row, own_id=""), lookup_keys(row, self._directory.name(row)))
        return None if match is None else match.staged or self._load(match.id)

    def _plan_affiliation(self, row: MappedRow, person: StagedContact) -> None:
        self._load_places(person)
        (employer,) = row.employers
        changes = self._plan.policy in {"update", "overwrite"}
        company = self._company(row, employer)
        if company is None or company.id == person.id:
            self._reject(row)
        elif company.id in person.places and not changes:
            self.batch.outcomes["skipped"] += 1
            reason = f"Skipped: this person acts for {company.entity.display_name} already."
            self._note(row, "duplicate", reason, person.entity.display_name)
        elif not self._affiliate(row, person):
            self.batch.outcomes["skipped"] += 1
            self._note(row, "nothing-new", "Skipped: this row adds nothing to the affiliation.", employer.name)
        else:
            self.batch.outcomes["updated"] += 1
            self._staged.add(person, ())

    def _load_places(self, person: StagedContact) -> None:
        """Read the companies for which a stored person acts, unless the row of the person has read them."""
        if person.is_stored and person.id not in self._with_places:
            found = AffiliationRepository(self._transaction).of_person(person.id)
            stored = {one.entity.contact_id: (one.entity.position, one.entity.department) for one in found}
            person.places = {**stored, **person.places}
        self._with_places.add(person.id)

    def _plan_part(self, row: MappedRow, part: Site | Item, owner: StagedContact) -> None:
        kind, own, policy = part.kind, part.id, self._plan.policy
        if not self._may_change(owner):
            self.batch.outcomes["skipped"] += 1
            self._note(row, "read-only", "Skipped: you may not change the contact.", owner.entity.display_name)
            return
        found = self._parts.by_id(kind, self._id_of(kind, own) or own, owner) if own else None
        if found is None and not own:
            found = self._parts.same(part, owner)
        key = f"{kind}:{own or part_name(part)}|{owner.id}"
        if found is None and self._memory.known_parts.get(key) is not None:
            self.batch.outcomes["skipped"] += 1  # a preview knows only that an earlier batch makes it
            self._note(row, "duplicate", "Skipped: an earlier row has it.", part_name(part))
        elif found is None or policy == "create":
            if self._create_part(row, part, owner, key):
                self.batch.outcomes["updated"] += 1
            else:
                self._reject(row)
        elif policy == "skip":
            self.batch.outcomes["skipped"] += 1
            self._note(row, "duplicate", f"Skipped: the contact has this {kind}.", part_name(part))
        else:
            self._update_part(row, part, found)

    def _add_parts(self, row: MappedRow, staged: StagedContact) -> bool:
        """Plan the site and the item that the row of a contact names; returns whether one of them is new.

        The site of a person with a company is one of the company's, and the person acts there.
        """
        added = False
        for part in row.added:
            owner = staged
            if isinstance(part, Site) and row.employers and isinstance(staged.entity, Person):
                owner = self._company(row, row.employers[0]) or staged
            found = self._parts.same(part, owner)
            key = f"{part.kind}:{part_name(part)}|{owner.id}"
            if found is None and self._memory.known_parts.get(key) is None:
                if not self._create_part(row, part, owner, key):
                    continue
                added = True
                found = self._parts.same(part, owner)
            if owner is not staged and found is not None and self.batch.affiliations:
                last = self.batch.affiliations[-1]
                if last.new and last.person is staged and last.company.id == owner.id:
                    last.details = {**last.details, "site_id": found.entity.id}
        return added

    def _create_part(self, row: MappedRow, part: Site | Item, owner: StagedContact, key: str) -> bool:
        """Plan a new site or item; returns False if a strict import refuses it."""
        ready, problems = self._prepared_part(row, part, owner)
        if self._plan.strict and problems:
            return False
        id = self._transaction.new_id()
        self._note_id(part.kind, part.id, id)
        values = {"id": id, "version": 1, "contact_id": owner.id, "since": self._transaction.now}
        self.batch.parts[id] = PlannedPart(owner, attrs.evolve(ready, **values))
        if not self._import_id:
            self._memory.known_parts.put(key, 1)
        return True

    def _prepared_part(self, row: MappedRow, part: Site | Item, owner: StagedContact, before: Any = None) -> Any:
        """The part without the values that the workspace refuses, and whether there are any."""
        ready, problems = self._parts.prepared(part, owner, before)
        faults = [problem for problem in problems if problem.code != _MISSING or self._plan.strict]
        self.batch.problems.extend(_problems_of(row, faults))
        names = {problem.path.partition("[")[0].partition(".")[0] for problem in problems if problem.code != _MISSING}
        fields = {problem.path.removeprefix("fields.") for problem in problems if problem.path.startswith("fields.")}
        values: dict[str, Any] = {}
        if "type" in names:
            values["type"] = "" if before is None else before.type
        if fields:
            values["fields"] = {slug: value for slug, value in part.fields.items() if slug not in fields}
        if values:
            ready, _ = self._parts.prepared(attrs.evolve(part, **values), owner, before)
        return ready, bool(faults)

    def _update_part(self, row: MappedRow, part: Site | Item, found: PlannedPart) -> None:
        overwrite = self._plan.policy == "overwrite"
        after, kept = self._parts.changed(found, part, overwrite=overwrite, cleared=row.cleared)
        for name, value in kept:
            self._note_kept(row, name, value)
        if after is not found.entity:
            after, _ = self._prepared_part(row, after, found.owner, found.entity)
        if after == found.entity:
            self.batch.outcomes["skipped"] += 1
            self._note(row, "nothing-new", "Skipped: this row adds nothing.", part_name(part))
            return
        names = [field.name for field in attrs.fields(type(after)) if field.name != "since"]
        changes = {name: getattr(after, name) for name in names if getattr(after, name) != getattr(found.entity, name)}
        self._note_changes(row, found.owner, changes, found.entity, after)
        found.entity = after
        self.batch.parts[after.id] = found
        self.batch.outcomes["updated"] += 1

    def _note_changed_contact(self, row: MappedRow, staged: StagedContact, after: Person | Company) -> None:
        before = staged.entity
        if after is not before:
            names = [field.name for field in attrs.fields(type(before))]
            changed = [name for name in names if getattr(after, name) != getattr(before, name)]
            self._note_changes(row, staged, changed, before, after)

    def _note_changes(
        self, row: MappedRow, staged: StagedContact, changes: Iterable[str], before: object, after: object
    ) -> None:
        """Note the changed fields of a record, each with its value before and after."""
        kind = getattr(before, "kind", "affiliation")
        prefix = "" if kind in {"person", "company"} else f"{kind}."
        name = staged.entity.display_name
        for field in changes:
            values = (storable(shown(getattr(one, field))) for one in (before, after))
            old, new = values
            self.batch.changes.append((row.line, staged.id, name, f"{prefix}{field}", old, new))

    def _plan_match(self, row: MappedRow, contact: Person | Company, match: _Match, *, unkeyed: bool) -> None:
        """Plan a row whose contact exists, in the directory or by an earlier row."""
        if contact.external_id == uid_of("", match.id):
            contact = altered(contact, {"external_id": ""})  # the id of the contact itself
        placeholder = isinstance(contact, Company) and self._is_placeholder(match.id)
        if self._plan.policy == "create" and not placeholder:
            if self._create(row, contact, unkeyed=unkeyed):
                reason = f"Created although {match.description} has the same {match.by}."
                self._note(row, "possible-duplicate", reason, match.value)
            return
        if unkeyed:
            self.batch.unkeyed.append((row.number, match.id))
        if self._plan.policy == "skip" and not placeholder:
            self.batch.outcomes["skipped"] += 1
            self._note(row, "duplicate", f"Skipped: {match.description} has the same {match.by}.", match.value)
            return
        staged = match.staged or self._load(match.id)
        if staged is None or not self._may_change(staged):
            self.batch.outcomes["skipped"] += 1
            reason = f"Skipped: you may read {match.description}, which has the same {match.by}, but not change it."
            self._note(row, "read-only", reason, match.value)
            return
        if self._update(row, contact, staged, match.value) and placeholder:
            self.batch.completed.append(match.id)

    def _may_change(self, staged: StagedContact) -> bool:
        return staged.new or bool(self._made & staged.access or may_change(self._transaction.actor, staged.access))

    def _is_placeholder(self, id: str) -> bool:
        if id in self.batch.completed:
            return False
        return id in self.batch.placeholders or self._memory.placeholders.get(id) == 1

    def _lookup_keys(self, row: MappedRow) -> list[tuple[str, str]]:
        keys = lookup_keys(row, self._directory.name(row))
        if row.own_id:
            keys.insert(0, (f"i:{row.own_id}", "id"))
        return keys

    def _match(self, row: MappedRow, keys: Sequence[tuple[str, str]]) -> _Match | None:
        """The contact that matches a row by the most reliable of its keys; None without a match."""
        emails = bool(row.contact and row.contact.emails)
        find_stored, find_staged = self._directory.find, self._staged.find
        if row.own_id and (id := self._id_of("contact", row.own_id)):
            return _Match(id, "id", row.own_id, find_staged(f"i:{row.own_id}"))
        for key, by in keys:
            id = find_stored(key)
            # A namesake at the same company whose e-mail address an earlier row added is another person.
            other = key[0] == "a" and emails
            if id is not None and not (other and _has_email(self._staged.changed(id))) and self._may_be(row, key, id):
                return _Match(id, by, _value_of(key))
            staged = find_staged(key)
            if staged is not None and not (other and _has_email(staged)) and self._may_be(row, key, staged.id, staged):
                return _Match(staged.id, by, _value_of(key), staged)
        return None

    def _may_be(self, row: MappedRow, key: str, id: str, staged: StagedContact | None = None) -> bool:
        """Whether a contact with a key of a row may be the contact of the row."""
        if row.own_id and key[0] != "i" and self._is_of_another_row(id, row.own_id):
            return False
        if key[0] != "e" or "|" in key:
            return True
        name = self._directory.name(row)
        known = self._directory.called(id) if staged is None else match_name(staged.entity, self._language)
        if not name or not known or name == known:
            return True
        agree = names_agree(name, known)
        if agree and not names_agree(name, known, whole=True):
            # Two rows of one file are two people unless their whole names agree.
            agree = not (self._is_of_this_file(id) if staged is None else staged.new)
        if not agree:
            self._other_names[row.number] = (_value_of(key), id if staged is None or not staged.new else "", staged)
        return agree

    def _note_other_name(self, row: MappedRow) -> None:
        email, id, other = self._other_names[row.number]
        named = f"contact {id}" if id else f"the contact of line {other.line if other else 0}"
        self._note(row, "same-email", f"Same e-mail, another name: created beside {named}.", email)

    def _is_of_this_file(self, id: str) -> bool:
        """Whether an earlier batch of this import created a stored contact."""
        staged = self._load(id)
        return staged is not None and staged.entity.source == f"import:{self._import_id}"

    def _id_of(self, kind: str, own: str) -> str | None:
        """The id of a record that the file calls otherwise, if an earlier row created or found it; else None."""
        key = f"{kind}:{own}"
        return self.batch.ids.get(key) or self._memory.ids.get(key)

    def _note_id(self, kind: str, own: str, id: str) -> None:
        """Note the record that a row with an id of its own created or found."""
        if own and own != id:
            self.batch.ids[f"{kind}:{own}"] = id
            self._claims[id] = own

    def _is_of_another_row(self, id: str, own: str) -> bool:
        """Whether a contact is that of another row of the file. Rows with different ids are never duplicates."""
        if id in self._claims:
            return self._claims[id] != own
        if self._memory.ids.is_of_another(id, f"contact:{own}"):
            return True
        return id != own and self._memory.file_ids().get(id) is not None

    def _previous_unseen(self, row: MappedRow) -> list[Unseen]:
        """The contacts of a row in the previous run if the actor does not see the contact of the row, else none."""
        own = self._previous.unseen.get((row.number, ROW))
        if own is None or self._sees(self._load(own.id)):
            return []
        employers = range(len(row.employers))
        return [one for place in (ROW, *employers) if (one := self._previous.unseen.get((row.number, place)))]

    def _sees(self, staged: StagedContact | None) -> bool:
        return staged is not None and bool(may_see(self._transaction.actor, staged.access))

    def _note_unseen(self, row: MappedRow, place: int, staged: StagedContact | None) -> None:
        """Note a contact that the import makes or finds, and that its actor does not see."""
        if self._own and staged is not None and not self._sees(staged):
            known = self._previous.unseen.get((row.number, place))
            maker = known.import_id if known is not None and known.id == staged.id else self._import_id
            self.batch.unseen.append(Unseen(row.number, place, staged.id, maker))

    def _match_previous(self, row: MappedRow, contact: Person | Company) -> _Match | None:
        """The contact of the same row in the previous run, if the actor sees it and no key has found one; else None."""
        unseen = self._previous.unseen.get((row.number, ROW))
        id = unseen.id if unseen is not None else self._previous.unkeyed.get(row.number)
        if id is None or not self._sees(self._load(id)):
            return None
        return _Match(id, "row, imported before", contact.display_name)

    def _lacks_required(self, row: MappedRow, contact: Person | Company) -> bool:
        """Report the required fields that a contact lacks; returns whether a strict import rejects the row for them."""
        required = self._missing.get(row.number, ())
        missing = [one for one in required if one.path.removeprefix("fields.") not in contact.fields]
        problems = _problems_of(row, missing)
        self.batch.problems.extend(problems)
        if not problems or not self._plan.strict:
            return False
        self._reject(row)
        return True

    def _create(self, row: MappedRow, contact: Person | Company, *, unkeyed: bool = False) -> bool:
        """Plan a new contact; returns False if the row is rejected."""
        if self._lacks_required(row, contact):
            return False
        spelled = with_known_tags(contact, None, self._memory.spell)
        if spelled is not contact:
            contact, row = spelled, attrs.evolve(row, contact=spelled)
        staged = StagedContact(contact, self._access_of(contact), new=True, line=row.line)
        if row.number in self._other_names:
            self._note_other_name(row)
        if row.own_id:
            self._note_id("contact", row.own_id, staged.id)
        self.batch.outcomes["created"] += 1
        self._add_created(staged)
        self._note_unseen(row, ROW, staged)
        self._affiliate(row, staged)
        self._add_to(row, staged, noted=False)
        self._stage(staged, row)
        if unkeyed:
            self.batch.unkeyed.append((row.number, staged.id))
        self._note_restorable(row, contact)
        return True

    def _note_restorable(self, row: MappedRow, contact: Person | Company) -> None:
        """Note that a deleted contact, which the actor may restore, has an address of a new one."""
        for email in contact.emails:
            match = self._restorable.get(f"{contact.kind}:{email.key}")
            if match is not None:
                reason = f"Created, although the trash has contact {match.id} with the same email: you may restore it."
                self._note(row, "restorable", reason, email.text)
                return

    def _access_of(self, contact: Person | Company) -> frozenset[str]:
        """The access terms of a new contact."""
        plan = self._plan
        if contact.access is plan.access and contact.responsibles == self._responsibles:
            return self._access[contact.listed]
        self.batch.responsibles.update(contact.responsibles)
        return contact_access(contact.access or plan.access, contact.responsibles, listed=contact.listed)

    def _add_created(self, staged: StagedContact) -> None:
        self.batch.created.append(staged)
        self.batch.outcomes["people_created" if isinstance(staged.entity, Person) else "companies_created"] += 1

    def _stage(self, staged: StagedContact, row: MappedRow) -> None:
        contact = staged.entity
        name = self._directory.name(row) if contact is row.contact else match_name(contact, self._language)
        keys = match_keys(contact, name, [employer.name for employer in row.employers])
        if row.own_id:
            keys.append(f"i:{row.own_id}")
        self._staged.add(staged, keys)

    def _update(self, row: MappedRow, contact: Person | Company, staged: StagedContact, value: str) -> bool:
        """Plan the values that a row adds to a contact; returns False if the row is rejected."""
        kind = type(staged.entity)
        same_kind = isinstance(contact, kind)
        if not same_kind:
            # Only a row without a name matches the other kind, and its fields are fields of both kinds.
            contact = kind(**{field.name: getattr(contact, field.name) for field in attrs.fields(Contact)})
        if contact.tags:
            # Their spelling may reveal nothing to those who see the stored contact.
            audience = {"access": staged.entity.access, "responsibles": staged.entity.responsibles}
            contact = with_known_tags(altered(contact, audience), staged.entity, self._memory.spell)
        if self._plan.policy == "overwrite":
            after, differing = overwrite(staged.entity, contact, row.cleared, fits=fits_in_record)
        else:
            after, differing = merge_missing(staged.entity, contact, fits=fits_in_record)
        if same_kind and self._lacks_required(row, after):
            return False
        if after.tags is not staged.entity.tags:
            # The users who see this contact must know the spelling. They may be others than those of the plan.
            after = with_known_tags(after, staged.entity, self._memory.spell)
        for name, given in differing:
            self._note_kept(row, name, given)
        changed = after is not staged.entity
        self._note_changed_contact(row, staged, after)
        staged.entity = after
        changed = self._affiliate(row, staged) or changed
        changed = self._add_to(row, staged, noted=True) or changed
        if changed:
            self.batch.outcomes["updated"] += 1
            if staged.is_stored:
                self.batch.changed[staged.id] = staged
            self._stage(staged, row)
        else:
            self.batch.outcomes["skipped"] += 1
            self._note(row, "nothing-new", "Skipped: this row adds nothing to the contact.", value)
        return True

    def _add_to(self, row: MappedRow, staged: StagedContact, *, noted: bool) -> bool:
        """Plan the site, the item and the picture of a row; returns whether any of them is new."""
        added = self._add_parts(row, staged) if row.added else False
        if row.picture is None:
            return added
        return self._set_picture(row, row.picture, staged, noted=noted) or added

    def _set_picture(self, row: MappedRow, picture: RowPicture, staged: StagedContact, *, noted: bool) -> bool:
        """Plan the picture of a contact; returns whether it gets the picture.

        Args:
            row: The row.
            picture: Its picture.
            staged: The contact.
            noted: Whether the picture is a change of a contact that exists.
        """
        known = self._shown_picture(staged)
        shown = sha256(picture.prepared.data).hexdigest()
        if known in {shown, picture.digest}:
            return False
        if known and self._plan.policy != "overwrite":
            reason = "The contact has another picture, and an update never overwrites: set it by hand."
            self.batch.problems.append(RowProblem(picture.line, picture.column, "", reason, "kept-existing"))
            return False
        planned = self.batch.pictures.get(staged.id)
        self.batch.outcomes["pictures"] += 1
        before = known if planned is None else planned.before
        self.batch.pictures[staged.id] = PlannedPicture(staged, picture.prepared, before)
        if noted:
            one = picture.prepared
            after = f"{one.media_type}, {one.width} x {one.height}"
            old = "another picture" if known else ""
            self.batch.changes.append((row.line, staged.id, staged.entity.display_name, "picture", old, after))
        staged.picture = shown
        return True

    def _shown_picture(self, staged: StagedContact) -> str:
        """The name of the file that a contact shows as its picture after the earlier rows; `""` for no picture."""
        if staged.picture is None:
            stored = PictureRepository(self._transaction).of_owner(staged.id) if staged.is_stored else None
            staged.picture = stored.entity.shown_file if stored is not None else ""
        return staged.picture

    def _affiliate(self, row: MappedRow, person: StagedContact) -> bool:
        """Plan the affiliations of a person with the companies of a row; returns whether anything changes."""
        changed = False
        for place, employer in enumerate(row.employers if isinstance(person.entity, Person) else ()):
            before = self._previous.unseen.get((row.number, place))
            if before is not None and not person.new:
                # The previous run made the person a contact person there. The actor must not learn what changed since.
                self.batch.unseen.append(before)
                continue
            company = (self._load(before.id) if before is not None else None) or self._company(row, employer)
            self._note_unseen(row, place, company)
            if company is None or company.id == person.id:
                continue
            known = person.places.get(company.id)
            given = (employer.position, employer.department)
            if known is None:
                primary = self._names_primary and self._is_primary(row, employer, company)
                details = self._new_details(row, employer, company) if employer.details else EMPTY
                planned = PlannedAffiliation(person, company, *given, primary, details=details)
                self.batch.affiliations.append(planned)
                if self._names_primary:
                    self._pairs[person.id, company.id] = planned
                person.places[company.id] = given
                changed = True
                continue
            if self._plan.policy == "overwrite" or employer.details:
                changed = self._change_affiliation(row, employer, person, company) or changed
                continue
            for name, old, new in zip(("position", "department"), known, given, strict=True):
                if old and new and fold(old) != fold(new):
                    self._note_kept(row, name, new)
            if (merged := (known[0] or given[0], known[1] or given[1])) != known:
                self.batch.affiliations.append(PlannedAffiliation(person, company, *merged, new=False))
                person.places[company.id] = merged
                changed = True
        return changed

    def _new_details(self, row: MappedRow, employer: Employer, company: StagedContact) -> dict[str, Any]:
        """The fields of a new affiliation that only a native file gives, with the site of the workspace."""
        details = dict(employer.details)
        self._resolve_site(row, details, company)
        if "purposes" in details:
            details["purposes"] = self._free_purposes(details["purposes"], company)
        if self._was_primary(employer, company):
            # The rule keeps the flag where it was as long as nobody acts for the company (PER-3).
            details["primary_sequence"] = 1
        return details

    def _resolve_site(self, row: MappedRow, details: dict[str, Any], company: StagedContact) -> None:
        own = details.pop("site_id", "")
        if own:
            site = self._parts.by_id("site", self._id_of("site", own) or own, company)
            if site is not None:
                details["site_id"] = site.entity.id
            else:
                reason = "This is none of the sites of the contact, so the affiliation names no site. Import the site."
                self.batch.problems.append(RowProblem(row.line, "Site ID", storable(own), reason, "site-unknown"))

    def _free_purposes(self, purposes: Sequence[str], company: StagedContact) -> tuple[str, ...]:
        """The purposes for which nobody whom the actor sees is primary at a company yet."""
        taken = {
            purpose
            for (_, company_id), one in self._pairs.items()
            if company_id == company.id
            for purpose in one.details.get("purposes", ())
        }
        if company.is_stored:
            seen = AffiliationRepository(self._transaction).seen_of_contact(company.id)
            taken |= {purpose for one in seen for purpose in one.entity.purposes}
        return tuple(purpose for purpose in purposes if purpose not in taken)

    def _change_affiliation(
        self, row: MappedRow, employer: Employer, person: StagedContact, company: StagedContact
    ) -> bool:
        """Plan the values that a row gives an affiliation that exists; returns whether anything changes."""
        planned = self._pairs.get((person.id, company.id))
        before = self._known_affiliation(person, company, planned)
        if before is None:
            return False
        values = {"position": employer.position, "department": employer.department, **employer.details}
        self._resolve_site(row, values, company)
        cleared = {one.partition(".")[2] for one in row.cleared if one.startswith("affiliation.")}
        overwrite = self._plan.policy == "overwrite"
        changes, kept = changed_values(before, values, overwrite=overwrite, cleared=cleared)
        after, refused = merged(before, changes)
        for name, value in (*kept, *refused):
            self._note_kept(row, name, value)
        if after is before:
            return False
        self._note_changes(row, person, changes, before, after)
        if planned is None:
            planned = PlannedAffiliation(person, company, "", "", new=False)
            self.batch.affiliations.append(planned)
            self._pairs[person.id, company.id] = planned
        planned.position, planned.department = after.position, after.department
        rest = {name: value for name, value in changes.items() if name not in {"position", "department"}}
        planned.details = {**planned.details, **rest}
        person.places[company.id] = (after.position, after.department)
        return True

    def _known_affiliation(
        self, person: StagedContact, company: StagedContact, planned: PlannedAffiliation | None
    ) -> Affiliation | None:
        """The affiliation of a person with a company as it is after the earlier rows; None for that of a preview."""
        stored = None
        if person.is_stored and company.is_stored:
            stored = AffiliationRepository(self._transaction).between(company.id, person.id)
        if planned is None:
            return stored
        places = {"position": planned.position, "department": planned.department}
        return attrs.evolve(stored or Affiliation(), **{**places, **planned.details})

    def _is_primary(self, row: MappedRow, employer: Employer, company: StagedContact) -> bool:
        """Whether a new contact person becomes the primary one because the file says so.

        The file decides for companies without contact persons. For all others the directory has decided. People whom
        the actor does not see count as none, as they do when a person is added by hand (ACC-3).
        """
        named = employer.primary and self._acts_today(employer)
        decided = self.batch.primaries.get(company.id)
        if decided is None:
            decided = self._memory.primaries.get(company.id)
        if decided is None:
            if not company.new and company.id not in self._has_primary:
                self._read_primaries([company.id])
            decided = KEPT if self._has_primary.get(company.id) else OPEN
        primary = named and decided == OPEN
        self.batch.primaries[company.id] = NAMED if primary else decided
        if named and not primary:
            reason = f"{company.entity.display_name} has another primary contact person already, who stays primary."
            self.batch.problems.append(RowProblem(row.line, PRIMARY, "yes", reason, "kept-existing"))
        return primary

    def _was_primary(self, employer: Employer, company: StagedContact) -> bool:
        """Whether a former contact person still has the flag of a company without other contact persons."""
        return employer.primary and self.batch.primaries.get(company.id) == OPEN and not self._acts_today(employer)

    def _acts_today(self, employer: Employer) -> bool:
        """Whether the person acts for the employer today. The rule chooses among people who no longer do (PER-3)."""
        days = {name: employer.details[name] for name in ("start", "end", "active") if name in employer.details}
        return not days or Affiliation(**days).is_current(self._transaction.today)

    def _read_primaries(self, ids: Sequence[str]) -> None:
        """Read which stored companies have a primary contact person that the actor sees."""
        found = AffiliationRepository(self._transaction).seen_primaries(ids)
        self._has_primary |= {id: id in found for id in ids}

    def _company(self, row: MappedRow, employer: Employer) -> StagedContact | None:
        """The company with the id or the name of an employer, or a new one; None for one that may not be changed."""
        key = company_key(employer.name)
        named = self._by_own_id(employer.id) if employer.id else None
        if named is not None:
            if not self._may_change(named):
                self._note_read_only(row, employer)
                return None
            return named
        if not employer.name:
            reason = "No contact has this id. Import its row first, or name the company."
            problem = RowProblem(row.line, "Company ID", storable(employer.id), reason, "owner-unknown")
            self.batch.problems.append(problem)
            return None
        id = self._directory.find(key)
        staged = self._staged.find(key) if id is None else self._load(id)
        if staged is None and id is None and (id := self._directory.firm(employer.name)) is not None:
            staged = self._load(id)
        if staged is None and id is None:
            staged = self._placeholder(row, employer, key)
        if staged is None or not self._may_change(staged):
            self._note_read_only(row, employer)
            return None
        return staged

    def _note_read_only(self, row: MappedRow, employer: Employer) -> None:
        reason = "You may not change this company, so nobody was made its contact person. Ask a responsible user."
        self.batch.problems.append(RowProblem(row.line, "", storable(employer.name), reason, "read-only"))

    def _by_own_id(self, own: str) -> StagedContact | None:
        """The contact that the file calls by an id, as an earlier row made it or as it is stored; None for none."""
        staged = self._staged.find(f"i:{own}")
        if staged is not None:
            return staged
        id = self._id_of("contact", own) or self._directory.find(f"i:{own}")
        return None if id is None else self._load(id)

    def _placeholder(self, row: MappedRow, employer: Employer, key: str) -> StagedContact:
        """A new placeholder company."""
        # The row mapper has cleaned the name.
        values: dict[str, Any] = {
            "name": employer.name,
            "id": self._transaction.new_id(),
            "version": 1,
            "access": self._plan.access,
            "responsibles": self._plan.responsibles,
        }
        staged = StagedContact(Company.restore(values), self._access[True], new=True, line=row.line)
        self._add_created(staged)
        self._staged.add(staged, (key, f"i:{employer.id}") if employer.id else (key,))
        self._note_id("contact", employer.id, staged.id)
        self.batch.placeholders.append(staged.id)
        return staged

    def _load(self, id: str) -> StagedContact | None:
        """A contact with this id, with the changes of earlier rows; None for none that the actor sees."""
        changed = self._staged.changed(id)
        if changed is not None:
            return changed
        if id not in self._loaded:
            self._loaded[id] = self._staged_copy(id, self._contacts.get_many([id]))
        return self._loaded[id]

    def _load_known(self, rows: Sequence[MappedRow]) -> None:
        """Read all companies of the rows, and the contacts of the previous run, in one call."""
        names = dict.fromkeys(employer.name for row in rows for employer in row.employers if employer.name)
        ids = list(
            dict.fromkeys(
                id for name in names if (id := self._directory.find(company_key(name)) or self._directory.firm(name))
            )
        )
        ids = list(dict.fromkeys((*ids, *(one.id for one in self._previous.unseen.values()))))
        found = self._contacts.get_many(ids)
        for id in ids:
            self._loaded[id] = self._staged_copy(id, found)
        if self._names_primary:
            self._read_primaries(ids)

    def _staged_copy(self, id: str, found: Mapping[str, Loaded[Person | Company]]) -> StagedContact | None:
        if id not in found:
            return None
        contact, access = found[id].entity, found[id].access
        if not (self._made & access or may_see(self._transaction.actor, access)):
            return None
        places = {}
        if isinstance(contact, Person) and self._plan.policy in {"update", "overwrite"}:
            affiliations = AffiliationRepository(self._transaction).of_person(id)
            places = {one.entity.contact_id: (one.entity.position, one.entity.department) for one in affiliations}
        return StagedContact(contact, access, new=False, before=contact, places=places)

    def _note_kept(self, row: MappedRow, name: str, value: object) -> None:
        text = storable(value if isinstance(value, str) else str(value or ""))
        reason = "The contact says something else here, and an update never overwrites: change it by hand."
        self.batch.problems.append(RowProblem(row.line, self._plan.column_of(name), text, reason, "kept-existing"))

    def _note(self, row: MappedRow, code: str, reason: str, value: str) -> None:
        self.batch.problems.append(RowProblem(row.line, "", storable(value), reason, code))
