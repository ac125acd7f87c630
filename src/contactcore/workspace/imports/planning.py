"""The plan of a batch of rows: the one piece of code that a dry run and a run share (IMP-3).

It reads and never writes. `StagedContacts` holds what earlier rows of the file make, `DirectoryKeys` what the directory
holds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs

from contactcore.formats.contact_rows.mapped_row import Employer, MappedRow
from contactcore.formats.contact_rows.merge_missing import merge_missing
from contactcore.formats.contact_rows.row_problems import HARMLESS, RowProblem, storable
from contactcore.mapping.contacts import fits_in_record
from contactcore.model import Company, Contact, Person
from contactcore.model.restoring import altered
from contactcore.rules.access import contact_access, import_access, may_change, may_see, read_terms
from contactcore.rules.preparation import prepare
from contactcore.text import fold
from contactcore.values import Tag
from contactcore.workspace.imports.compact_hash_map import CompactHashMap
from contactcore.workspace.imports.counts import ImportCounts
from contactcore.workspace.imports.plan import Plan
from contactcore.workspace.imports.staged_contacts import StagedContact, StagedContacts
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.matching.directory_keys import DirectoryKeys
from contactcore.workspace.matching.match_keys import company_key, lookup_keys, match_keys, match_name
from contactcore.workspace.repositories.affiliations import AffiliationRepository
from contactcore.workspace.repositories.contacts import ContactRepository, with_known_tags
from contactcore.workspace.repositories.repository import Loaded
from contactcore.workspace.repositories.tags import Audience

__all__ = ["BatchPlan", "BatchPlanner", "PlannedAffiliation", "RunMemory", "Spelling", "counts_of"]

Spelling = Callable[[Tag, Audience], Tag]
"""Gives a tag in the spelling that every group of an audience knows."""


@attrs.define(eq=False)
class PlannedAffiliation:
    """A person who is to act for a company, or whose position there is filled in.

    Attributes:
        person, company: Both owners.
        position, department: The person's place there.
        new: Whether the affiliation is to be made.
    """

    person: StagedContact
    company: StagedContact
    position: str
    department: str
    new: bool = True


@attrs.define(eq=False)
class BatchPlan:
    """The plan of one batch of rows.

    Attributes:
        outcomes: Name of a number of `ImportCounts` -> how much this batch adds to it.
        problems: What is to be reported, in the order of the rows.
        rejects: Number and reason of each rejected row.
        made: New contacts.
        changed: Contacts of the directory that get something, by id.
        affiliations: New affiliations, and those that are filled in.
        placeholders: Ids of companies that are made as employers and have nothing but a name.
        completed: Ids of such companies that a row of their own has described since.
        unkeyed: Number of each row that has nothing to be found by, with the id of its contact.
    """

    outcomes: Counter[str] = attrs.field(factory=Counter)
    problems: list[RowProblem] = attrs.field(factory=list)
    rejects: list[tuple[int, str]] = attrs.field(factory=list)
    made: list[StagedContact] = attrs.field(factory=list)
    changed: dict[str, StagedContact] = attrs.field(factory=dict)
    affiliations: list[PlannedAffiliation] = attrs.field(factory=list)
    placeholders: list[str] = attrs.field(factory=list)
    completed: list[str] = attrs.field(factory=list)
    unkeyed: list[tuple[int, str]] = attrs.field(factory=list)

    def added_to(self, numbers: Mapping[str, int]) -> dict[str, int]:
        """The numbers of an import with those of this batch; `problems` counts the faults and notes."""
        found = Counter(numbers)
        found.update(self.outcomes)
        found["problems"] += len(self.problems)
        return dict(found)


def counts_of(numbers: Mapping[str, int]) -> ImportCounts:
    """The numbers of an import as people are given them."""
    return ImportCounts(**{field.name: numbers.get(field.name, 0) for field in attrs.fields(ImportCounts)})


@attrs.frozen(eq=False)
class RunMemory:
    """What later rows of a file must know of earlier ones.

    Attributes:
        staged: The contacts that earlier rows made or changed.
        placeholders: Id of a company that this import made as an employer -> 1 while it has nothing but a name.
        spell: Gives the known spelling of a tag.
    """

    staged: StagedContacts
    placeholders: CompactHashMap
    spell: Spelling

    def end_batch(self, plan: BatchPlan) -> None:
        """Remember what later batches need of a batch that is done."""
        self.note_placeholders(plan.placeholders, plan.completed)
        self.staged.end_batch()

    def note_placeholders(self, made: Sequence[str], completed: Sequence[str]) -> None:
        """Note placeholder companies that were made, and those that a row described."""
        for id in made:
            self.placeholders.put(id, 1)
        for id in completed:
            self.placeholders.put(id, 0)


@attrs.frozen
class _Match:
    """The contact that a row is about, and the key that matched."""

    id: str
    by: str
    value: str
    staged: StagedContact | None = None

    @property
    def whom(self) -> str:
        """The contact, as a reason names it."""
        made_by_file = self.staged is not None and self.staged.new
        return f"the contact of line {self.staged.line}" if self.staged and made_by_file else f"contact {self.id}"


def _value_of(key: str) -> str:
    return key.split(":", 2)[-1].partition("|")[0]


def _has_email(staged: StagedContact | None) -> bool:
    return staged is not None and bool(staged.entity.emails)


class BatchPlanner:
    """Plans one batch.

    Args:
        transaction: Gives the directory as it is now, and the actor.
        plan: The import.
        memory: What earlier rows left.
        import_id: The id of the import; `""` for a dry run.
        previous: Number of each unkeyed row -> the contact that the previous run of the import made of it.
    """

    def __init__(
        self, transaction: Transaction, plan: Plan, memory: RunMemory, import_id: str, previous: Mapping[int, str]
    ) -> None:
        self._transaction = transaction
        self._plan = plan
        self._memory = memory
        self._staged = memory.staged
        self._previous = previous
        self._language = transaction.index_context.language
        self._contacts = ContactRepository(transaction)
        self._access = {
            listed: contact_access(plan.access, plan.responsibles, listed=listed) for listed in (True, False)
        }
        self._own = frozenset[str]()
        if import_id and not may_see(transaction.actor, self._access[True]):
            # The actor imports for others. The run finds its own contacts by the id of the import all the same.
            self._own = import_access(import_id)
            self._access = {listed: access | self._own for listed, access in self._access.items()}
        self._directory = DirectoryKeys(transaction, read_terms(transaction.actor) | self._own)
        self._loaded: dict[str, StagedContact | None] = {}
        self.batch = BatchPlan()

    def plan_rows(self, rows: Sequence[MappedRow]) -> BatchPlan:
        """Plan rows, in their order."""
        prepared = [self._prepared(row) for row in rows]
        self._directory.load(prepared)
        self._load_companies(prepared)
        for row in prepared:
            if row.number == 1:
                self.batch.problems.extend(self._plan.guesses)
            self.batch.problems.extend(row.problems)
            if row.contact is None:
                self._reject(row)
            else:
                self._plan_row(row, row.contact)
        return self.batch

    def _prepared(self, row: MappedRow) -> MappedRow:
        """The row with its contact as it is to be stored, prepared like every other contact."""
        if row.contact is None:
            return row
        ready, problems = prepare(row.contact, self._transaction.settings)
        contact: Person | Company | None = ready
        if not problems and contact is row.contact:
            return row
        found = tuple(RowProblem(row.line, "", "", problem.message, problem.code) for problem in problems)
        if self._plan.strict and any(problem.code not in HARMLESS for problem in found):
            contact = None
        return attrs.evolve(row, contact=contact, problems=(*row.problems, *found))

    def _reject(self, row: MappedRow) -> None:
        self.batch.outcomes["rejected"] += 1
        reasons = (f"{one.column}: {one.reason}" if one.column else one.reason for one in row.problems)
        self.batch.rejects.append((row.number, "; ".join(dict.fromkeys(reasons)) or "This row cannot be read."))

    def _plan_row(self, row: MappedRow, contact: Person | Company) -> None:
        wanted = self._wanted(row)
        match = self._match(row, wanted) if wanted else self._match_previous(row, contact)
        if match is None:
            self._create(row, contact, unkeyed=not wanted)
            return
        placeholder = isinstance(contact, Company) and self._is_placeholder(match.id)
        if self._plan.policy == "create" and not placeholder:
            self._create(row, contact, unkeyed=not wanted)
            self._note(row, "possible-duplicate", f"Made although {match.whom} has the same {match.by}.", match.value)
            return
        if not wanted:
            self.batch.unkeyed.append((row.number, match.id))
        if self._plan.policy == "skip" and not placeholder:
            self.batch.outcomes["skipped"] += 1
            self._note(row, "duplicate", f"Skipped: {match.whom} has the same {match.by}.", match.value)
            return
        staged = match.staged or self._load(match.id)
        if staged is None or not self._may_change(staged):
            self.batch.outcomes["skipped"] += 1
            reason = f"Skipped: you may read {match.whom}, which has the same {match.by}, but not change it."
            self._note(row, "read-only", reason, match.value)
            return
        if placeholder:
            self.batch.completed.append(match.id)
        self._update(row, contact, staged, match.value)

    def _may_change(self, staged: StagedContact) -> bool:
        return staged.new or bool(self._own & staged.access or may_change(self._transaction.actor, staged.access))

    def _is_placeholder(self, id: str) -> bool:
        if id in self.batch.completed:
            return False
        return id in self.batch.placeholders or self._memory.placeholders.get(id) == 1

    def _wanted(self, row: MappedRow) -> list[tuple[str, str]]:
        wanted = lookup_keys(row, self._directory.name(row))
        if row.own_id:
            wanted.insert(0, (f"i:{row.own_id}", "id"))
        return wanted

    def _match(self, row: MappedRow, wanted: Sequence[tuple[str, str]]) -> _Match | None:
        """The contact that a row is about, by the surest of its keys that matches."""
        emails = bool(row.contact and row.contact.emails)
        stored, made = self._directory.find, self._staged.find
        for key, by in wanted:
            id = stored(key)
            # A namesake at the same company who got an e-mail from an earlier row is another person.
            if id is not None and not (key[0] == "a" and emails and _has_email(self._staged.changed(id))):
                return _Match(id, by, _value_of(key))
            staged = made(key)
            if staged is not None and not (key[0] == "a" and emails and _has_email(staged)):
                return _Match(staged.id, by, _value_of(key), staged)
        return None

    def _match_previous(self, row: MappedRow, contact: Person | Company) -> _Match | None:
        """The contact of an unkeyed row, where the previous run imported the same row."""
        id = self._previous.get(row.number)
        if id is None or self._load(id) is None:
            return None
        return _Match(id, "row, imported before", contact.display_name)

    def _create(self, row: MappedRow, contact: Person | Company, *, unkeyed: bool = False) -> None:
        contact = with_known_tags(contact, None, self._memory.spell)
        staged = StagedContact(contact, self._access[contact.listed], new=True, line=row.line)
        self.batch.outcomes["created"] += 1
        self._make(staged)
        self._affiliate(row, staged)
        self._remember(staged, row)
        if unkeyed:
            self.batch.unkeyed.append((row.number, staged.id))

    def _make(self, staged: StagedContact) -> None:
        self.batch.made.append(staged)
        self.batch.outcomes["people_created" if isinstance(staged.entity, Person) else "companies_created"] += 1

    def _remember(self, staged: StagedContact, row: MappedRow) -> None:
        contact = staged.entity
        name = self._directory.name(row) if contact is row.contact else match_name(contact, self._language)
        keys = match_keys(contact, name, [employer.name for employer in row.employers])
        if row.own_id:
            keys.append(f"i:{row.own_id}")
        self._staged.add(staged, keys)

    def _update(self, row: MappedRow, contact: Person | Company, staged: StagedContact, value: str) -> None:
        kind = type(staged.entity)
        if not isinstance(contact, kind):
            # Only a row without any name matches the other kind. All of its values fit both.
            contact = kind(**{field.name: getattr(contact, field.name) for field in attrs.fields(Contact)})
        if contact.tags:
            # Their spelling may reveal nothing to those who see the stored contact.
            audience = {"access": staged.entity.access, "responsibles": staged.entity.responsibles}
            contact = with_known_tags(altered(contact, audience), staged.entity, self._memory.spell)
        after, differing = merge_missing(staged.entity, contact, fits=fits_in_record)
        for name, other in differing:
            self._note_kept(row, name, other)
        changed = after is not staged.entity
        staged.entity = after
        changed = self._affiliate(row, staged) or changed
        if changed:
            self.batch.outcomes["updated"] += 1
            if staged.is_stored:
                self.batch.changed[staged.id] = staged
            self._remember(staged, row)
        else:
            self.batch.outcomes["skipped"] += 1
            self._note(row, "nothing-new", "Skipped: this row adds nothing to the contact.", value)

    def _affiliate(self, row: MappedRow, person: StagedContact) -> bool:
        """Let a person act for the companies that a row names; returns whether that changes anything."""
        changed = False
        for employer in row.employers if isinstance(person.entity, Person) else ():
            company = self._company(row, employer)
            if company is None or company.id == person.id:
                continue
            there = person.places.get(company.id)
            said = (employer.position, employer.department)
            if there is None:
                self.batch.affiliations.append(PlannedAffiliation(person, company, *said))
                person.places[company.id] = said
                changed = True
                continue
            for name, old, new in zip(("position", "department"), there, said, strict=True):
                if old and new and fold(old) != fold(new):
                    self._note_kept(row, name, new)
            if (merged := (there[0] or said[0], there[1] or said[1])) != there:
                self.batch.affiliations.append(PlannedAffiliation(person, company, *merged, new=False))
                person.places[company.id] = merged
                changed = True
        return changed

    def _company(self, row: MappedRow, employer: Employer) -> StagedContact | None:
        """The company of that name that the actor sees, else a new one; None where it may not be changed."""
        key = company_key(employer.name)
        id = self._directory.find(key)
        staged = self._staged.find(key) if id is None else self._load(id)
        if staged is None and id is None:
            staged = self._placeholder(row, employer, key)
        if staged is None or not self._may_change(staged):
            reason = "You may not change this company, so nobody was made its contact person. Ask a responsible user."
            self.batch.problems.append(RowProblem(row.line, "", storable(employer.name), reason, "read-only"))
            return None
        return staged

    def _placeholder(self, row: MappedRow, employer: Employer, key: str) -> StagedContact:
        """A new company that has nothing but a name."""
        # The name was cleaned when the row was mapped.
        values: dict[str, Any] = {
            "name": employer.name,
            "id": self._transaction.new_id(),
            "version": 1,
            "access": self._plan.access,
            "responsibles": self._plan.responsibles,
        }
        staged = StagedContact(Company.restore(values), self._access[True], new=True, line=row.line)
        self._make(staged)
        self._staged.add(staged, (key,))
        self.batch.placeholders.append(staged.id)
        return staged

    def _load(self, id: str) -> StagedContact | None:
        """A contact of the directory, or one that the file made, as it stands now."""
        changed = self._staged.changed(id)
        if changed is not None:
            return changed
        if id not in self._loaded:
            self._loaded[id] = self._staged_copy(id, self._contacts.get_many([id]))
        return self._loaded[id]

    def _load_companies(self, rows: Sequence[MappedRow]) -> None:
        """Read the companies that rows name at once."""
        names = dict.fromkeys(employer.name for row in rows for employer in row.employers)
        ids = list(dict.fromkeys(id for name in names if (id := self._directory.find(company_key(name)))))
        found = self._contacts.get_many(ids)
        for id in ids:
            self._loaded[id] = self._staged_copy(id, found)

    def _staged_copy(self, id: str, found: Mapping[str, Loaded[Person | Company]]) -> StagedContact | None:
        if id not in found:
            return None
        contact, access = found[id].entity, found[id].access
        if not (self._own & access or may_see(self._transaction.actor, access)):
            return None
        places = {}
        if isinstance(contact, Person) and self._plan.policy == "update":
            joined = AffiliationRepository(self._transaction).of_person(id)
            places = {one.entity.contact_id: (one.entity.position, one.entity.department) for one in joined}
        return StagedContact(contact, access, new=False, before=contact, places=places)

    def _note_kept(self, row: MappedRow, name: str, value: object) -> None:
        text = storable(value if isinstance(value, str) else str(value or ""))
        reason = "The contact says something else here, and an update never overwrites: change it by hand."
        self.batch.problems.append(RowProblem(row.line, self._plan.column_of(name), text, reason, "kept-existing"))

    def _note(self, row: MappedRow, code: str, reason: str, value: str) -> None:
        self.batch.problems.append(RowProblem(row.line, "", storable(value), reason, code))
