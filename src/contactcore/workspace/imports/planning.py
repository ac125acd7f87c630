"""What becomes of each row: the one piece of code that a dry run and a run share (IMP-3).

It reads and never writes. `StagedContacts` holds what earlier rows of the file make, `DirectoryKeys` what the directory
holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from contactcore.formats.contact_rows.mapped_row import Employer, MappedRow
from contactcore.formats.contact_rows.merge_missing import merge_missing
from contactcore.formats.contact_rows.row_problems import RowProblem, storable
from contactcore.mapping.contacts import contact_of, fits_in_record
from contactcore.mapping.trash import trashed_of
from contactcore.model import Company, Contact, Person
from contactcore.rules.access import contact_access, may_change, may_see
from contactcore.storage import Stored
from contactcore.text import fold
from contactcore.workspace.imports.plan import Plan
from contactcore.workspace.imports.staged_contacts import CompactHashMap, Entry, StagedContacts
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.matching.directory_keys import DirectoryKeys
from contactcore.workspace.matching.match_keys import company_key, lookup_keys, match_keys, match_name
from contactcore.workspace.repositories import affiliations

__all__ = ["BatchPlan", "BatchPlanner", "PlannedAffiliation"]


@attrs.define(eq=False)
class PlannedAffiliation:
    """A person who is to act for a company from now on, or whose position there is filled in.

    Attributes:
        person, company: Both ends.
        position, department: As the row says.
        new: Whether the affiliation is to be made.
    """

    person: Entry
    company: Entry
    position: str
    department: str
    new: bool = True


@attrs.define(eq=False)
class BatchPlan:
    """What the rows of one batch come to.

    Attributes:
        created, updated, skipped, rejected: Numbers of rows; together all of them.
        people_created, companies_created: What the rows make.
        problems: What is to be reported, in the order of the rows.
        rejects: Number and reason of each rejected row.
        made: New contacts.
        changed: Contacts of the directory that get something, by id.
        affiliations_planned: Affiliations.
        stubs: Ids of companies that were made for a person's sake and know nothing but their name.
        filled: Ids of such companies that a row of their own has described since.
        bare: Number of each row that has nothing to be found by, with the id of its contact.
    """

    created: int = 0
    updated: int = 0
    skipped: int = 0
    rejected: int = 0
    people_created: int = 0
    companies_created: int = 0
    problems: list[RowProblem] = attrs.field(factory=list)
    rejects: list[tuple[int, str]] = attrs.field(factory=list)
    made: list[Entry] = attrs.field(factory=list)
    changed: dict[str, Entry] = attrs.field(factory=dict)
    affiliations_planned: list[PlannedAffiliation] = attrs.field(factory=list)
    stubs: list[str] = attrs.field(factory=list)
    filled: list[str] = attrs.field(factory=list)
    bare: list[tuple[int, str]] = attrs.field(factory=list)

    @property
    def rows(self) -> int:
        """How many rows there were."""
        return self.created + self.updated + self.skipped + self.rejected


@attrs.frozen
class _Match:
    """The contact that a row is about, and what tells it."""

    id: str
    by: str
    value: str
    entry: Entry | None = None

    @property
    def whom(self) -> str:
        """The contact, as a reason names it."""
        return f"the contact of line {self.entry.line}" if self.entry and self.entry.new else f"contact {self.id}"


def _value_of(key: str) -> str:
    return key.split(":", 2)[-1].partition("|")[0]


def _reachable(entry: Entry | None) -> bool:
    return entry is not None and bool(entry.contact.emails)


class BatchPlanner:
    """Decides on one batch.

    Args:
        transaction: At whose moment the directory is looked at, and for whose actor.
        plan: The import.
        known: What the rows so far have made.
        stubs: Companies that this import made for a person's sake: 1 for one that nothing else is known of.
        before: Number of each bare row, with the id of the contact that an earlier run of the import made of it.
    """

    def __init__(
        self,
        transaction: Transaction,
        plan: Plan,
        known: StagedContacts,
        stubs: CompactHashMap,
        before: Mapping[int, str],
    ) -> None:
        self._transaction = transaction
        self._plan = plan
        self._known = known
        self._stubs = stubs
        self._before = before
        self._language = transaction.index_context.language
        self._directory = DirectoryKeys(transaction)
        self._access = {
            listed: contact_access(plan.access, plan.responsibles, listed=listed) for listed in (True, False)
        }
        self._loaded: dict[str, Entry | None] = {}
        self._made_earlier: dict[str, Entry] = {}
        self.decisions = BatchPlan()

    def decide(self, rows: Sequence[MappedRow]) -> BatchPlan:
        """Decide on rows, in their order."""
        self._directory.load(rows)
        self._load_companies(rows)
        for row in rows:
            self.decisions.problems.extend(row.problems)
            if row.contact is None:
                self.decisions.rejected += 1
                reason = "; ".join(
                    dict.fromkeys(f"{p.column}: {p.reason}" if p.column else p.reason for p in row.problems)
                )
                self.decisions.rejects.append((row.number, reason or "This row cannot be read."))
            else:
                self._row(row, row.contact)
        return self.decisions

    def _row(self, row: MappedRow, contact: Person | Company) -> None:
        wanted = self._wanted(row)
        match = self._match(row, wanted) if wanted else self._match_before(row, contact)
        if match is None:
            self._create(row, contact, bare=not wanted)
            return
        stub = isinstance(contact, Company) and self._is_stub(match.id)
        if self._plan.policy == "create" and not stub:
            self._create(row, contact, bare=not wanted)
            self._note(row, "possible-duplicate", f"Made although {match.whom} has the same {match.by}.", match.value)
            return
        if not wanted:
            self.decisions.bare.append((row.number, match.id))
        if self._plan.policy == "skip" and not stub:
            self.decisions.skipped += 1
            self._note(row, "duplicate", f"Skipped: {match.whom} has the same {match.by}.", match.value)
            return
        entry = self._at_hand(match.entry) or self._entry(match.id)
        if entry is None or not (entry.new or may_change(self._transaction.actor, entry.access)):
            self.decisions.skipped += 1
            reason = f"Skipped: you may read {match.whom}, which has the same {match.by}, but not change it."
            self._note(row, "read-only", reason, match.value)
            return
        if stub:
            self.decisions.filled.append(match.id)
        self._update(row, contact, entry, match.value)

    def _is_stub(self, id: str) -> bool:
        return id not in self.decisions.filled and (id in self.decisions.stubs or self._stubs.get(id) == 1)

    def _wanted(self, row: MappedRow) -> list[tuple[str, str]]:
        wanted = lookup_keys(row, self._directory.name(row))
        if row.own_id:
            wanted.insert(0, (f"i:{row.own_id}", "id"))
        return wanted

    def _match(self, row: MappedRow, wanted: Sequence[tuple[str, str]]) -> _Match | None:
        """The contact that a row is about, as its surest key tells."""
        emails = bool(row.contact and row.contact.emails)
        stored, made = self._directory.find, self._known.find
        for key, by in wanted:
            id = stored(key)
            # A namesake at the same company who got an e-mail from an earlier row is another person.
            if id is not None and not (key[0] == "a" and emails and _reachable(self._known.changed(id))):
                return _Match(id, by, _value_of(key))
            entry = made(key)
            if entry is not None and not (key[0] == "a" and emails and _reachable(entry)):
                return _Match(entry.id, by, _value_of(key), entry)
        return None

    def _match_before(self, row: MappedRow, contact: Person | Company) -> _Match | None:
        """The contact of a row that has nothing to be found by, where an earlier run imported the same row."""
        id = self._before.get(row.number)
        if id is None or self._entry(id) is None:
            return None
        return _Match(id, "row, imported before", contact.display_name)

    def _create(self, row: MappedRow, contact: Person | Company, *, bare: bool = False) -> None:
        entry = Entry(contact, self._access[contact.listed], new=True, line=row.line)
        self.decisions.created += 1
        self._make(entry)
        self._join(row, entry)
        self._remember(entry, row)
        if bare:
            self.decisions.bare.append((row.number, entry.id))

    def _make(self, entry: Entry) -> None:
        self.decisions.made.append(entry)
        if isinstance(entry.contact, Person):
            self.decisions.people_created += 1
        else:
            self.decisions.companies_created += 1

    def _remember(self, entry: Entry, row: MappedRow) -> None:
        contact = entry.contact
        name = self._directory.name(row) if contact is row.contact else match_name(contact, self._language)
        keys = match_keys(contact, name, [employer.name for employer in row.employers])
        if row.own_id:
            keys.append(f"i:{row.own_id}")
        self._known.add(entry, keys)

    def _update(self, row: MappedRow, contact: Person | Company, entry: Entry, value: str) -> None:
        kind = type(entry.contact)
        if not isinstance(contact, kind):
            # Only a row without any name finds the other kind; what it says fits both.
            contact = kind(**{field.name: getattr(contact, field.name) for field in attrs.fields(Contact)})
        after, differing = merge_missing(entry.contact, contact, fits=fits_in_record)
        for name, other in differing:
            self._kept(row, name, other)
        changed = after is not entry.contact
        entry.contact = after
        changed = self._join(row, entry) or changed
        if changed:
            self.decisions.updated += 1
            if entry.is_stored:
                self.decisions.changed[entry.id] = entry
            self._remember(entry, row)
        else:
            self.decisions.skipped += 1
            self._note(row, "nothing-new", "Skipped: this row adds nothing to the contact.", value)

    def _join(self, row: MappedRow, person: Entry) -> bool:
        """Let a person act for the companies that a row names; whether that changes anything."""
        changed = False
        for employer in row.employers if isinstance(person.contact, Person) else ():
            company = self._company(row, employer)
            if company is None or company.id == person.id:
                continue
            there = person.joined.get(company.id)
            said = (employer.position, employer.department)
            if there is None:
                self.decisions.affiliations_planned.append(PlannedAffiliation(person, company, *said))
                person.joined[company.id] = said
                changed = True
                continue
            for name, old, new in zip(("position", "department"), there, said, strict=True):
                if old and new and fold(old) != fold(new):
                    self._kept(row, name, new)
            if (filled := (there[0] or said[0], there[1] or said[1])) != there:
                self.decisions.affiliations_planned.append(PlannedAffiliation(person, company, *filled, new=False))
                person.joined[company.id] = filled
                changed = True
        return changed

    def _company(self, row: MappedRow, employer: Employer) -> Entry | None:
        """The company of that name that the actor sees, else a new one; None where it may not be changed."""
        key = company_key(employer.name)
        id = self._directory.find(key)
        entry = self._at_hand(self._known.find(key)) if id is None else self._entry(id)
        if entry is None and id is None:
            # The name was cleaned when the row was judged.
            company = Company.restore(
                {
                    "name": employer.name,
                    "id": self._transaction.new_id(),
                    "version": 1,
                    "access": self._plan.access,
                    "responsibles": self._plan.responsibles,
                }
            )
            entry = Entry(company, self._access[True], new=True, line=row.line)
            self._make(entry)
            self._known.add(entry, (key,))
            self.decisions.stubs.append(entry.id)
        if entry is None or not (entry.new or may_change(self._transaction.actor, entry.access)):
            reason = "You may not change this company, so nobody was made its contact person. Ask a responsible user."
            self.decisions.problems.append(RowProblem(row.line, "", storable(employer.name), reason, "read-only"))
            return None
        return entry

    def _at_hand(self, entry: Entry | None) -> Entry | None:
        """A contact that the file made, as it is stored by now where an earlier batch of a run made it.

        Only an actor who does not see what they make comes here with one: others find it in the directory.
        """
        if entry is None or entry.ordinal is None or not entry.new:
            return entry
        known = self._made_earlier.setdefault(entry.id, entry)
        if known is entry:
            (stored,) = self._transaction.reader.get("contact", [entry.id])
            if stored is not None and trashed_of(stored) is None:
                entry.contact = entry.before = contact_of(stored, self._transaction.index_context)
                entry.access = stored.access
        return known

    def _entry(self, id: str) -> Entry | None:
        """A contact of the directory, or one that the file made, as it stands now."""
        known = self._known.changed(id)
        if known is not None:
            return known
        if id not in self._loaded:
            self._loaded[id] = self._load(id)
        return self._loaded[id]

    def _load_companies(self, rows: Sequence[MappedRow]) -> None:
        """Read the companies that rows name at once."""
        names = dict.fromkeys(employer.name for row in rows for employer in row.employers)
        ids = list(dict.fromkeys(id for name in names if (id := self._directory.find(company_key(name)))))
        for id, stored in zip(ids, self._transaction.reader.get("contact", ids), strict=True):
            self._loaded[id] = self._entry_of(id, stored)

    def _load(self, id: str) -> Entry | None:
        (stored,) = self._transaction.reader.get("contact", [id])
        return self._entry_of(id, stored)

    def _entry_of(self, id: str, stored: Stored | None) -> Entry | None:
        if stored is None or trashed_of(stored) is not None or not may_see(self._transaction.actor, stored.access):
            return None
        contact = contact_of(stored, self._transaction.index_context)
        joined = {}
        if isinstance(contact, Person) and self._plan.policy == "update":
            joined = {
                one.contact_id: (one.position, one.department)
                for one, _ in affiliations.of_person(self._transaction, id)
            }
        return Entry(contact, stored.access, new=False, before=contact, joined=joined)

    def _kept(self, row: MappedRow, name: str, value: object) -> None:
        text = storable(value if isinstance(value, str) else str(value or ""))
        reason = "The contact says something else here, and an update never overwrites: change it by hand."
        column = self._plan.column_of(name)
        self.decisions.problems.append(RowProblem(row.line, column, text, reason, "kept-existing"))

    def _note(self, row: MappedRow, code: str, reason: str, value: str) -> None:
        self.decisions.problems.append(RowProblem(row.line, "", storable(value), reason, code))
