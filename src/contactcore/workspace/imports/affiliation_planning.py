"""Plans of affiliations: the companies that a person of a row acts for, and the placeholders of unknown ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from contactcore.formats.contact_rows.mapped_row import Employer, MappedRow
from contactcore.formats.contact_rows.native_columns import PRIMARY
from contactcore.formats.contact_rows.row_problems import RowProblem, storable
from contactcore.mapping.indexed_names import folded
from contactcore.mapping.packed_names import unpack_name
from contactcore.model import Affiliation
from contactcore.read_only import EMPTY
from contactcore.workspace.imports.batch_plan import PlannedAffiliation
from contactcore.workspace.imports.batch_state import BatchState
from contactcore.workspace.imports.merging import changed_values, merged, place_of
from contactcore.workspace.imports.run_memory import KEPT, NAMED, OPEN
from contactcore.workspace.imports.staged_contacts import StagedContact, company_name
from contactcore.workspace.matching.match_keys import company_key, firm_key
from contactcore.workspace.repositories.affiliations import AffiliationRepository

__all__ = ["AffiliationPlanner"]


class AffiliationPlanner:
    """Plans the affiliations of one batch.

    Args:
        state: The state of the batch.
    """

    def __init__(self, state: BatchState) -> None:
        self._state = state
        self._has_primary: dict[str, bool] = {}
        self._with_places: set[str] = set()
        self._pairs: dict[tuple[str, str], PlannedAffiliation] = {}
        self._called: dict[int, list[str]] = {}
        self._companies: tuple[int, list[str]] = (0, [])

    def load_places(self, person: StagedContact) -> None:
        """Read the companies for which a stored person acts, unless the row of the person has read them."""
        if person.is_stored and person.id not in self._with_places:
            found = AffiliationRepository(self._state.transaction).of_person(person.id)
            stored = {one.entity.contact_id: place_of(one.entity) for one in found}
            person.places = {**stored, **person.places}
        self._with_places.add(person.id)

    def affiliate(self, row: MappedRow, person: StagedContact) -> bool:
        """Plan the affiliations of a person with the companies of a row; returns whether anything changes."""
        changed = False
        companies: list[str] = []
        self._companies = (row.number, companies)
        for place, employer in enumerate(row.employers if person.kind == "person" else ()):
            before = self._state.previous.unseen.get((row.number, place))
            if before is not None and not person.of_file:
                # The previous run made the person a contact person there. The actor must not learn what changed since.
                self._state.batch.unseen.append(before)
                companies.append("")
                continue
            company = self._company_of(row, place, person)
            self._state.note_unseen(row, place, company)
            has_place = company is not None and company.id != person.id
            companies.append(company.id if company is not None and has_place else "")
            self._note_name(row, place, employer, company if has_place else None)
            if company is None or not has_place:
                continue
            values = {"position": employer.position, "department": employer.department, **employer.details}
            if company.id in person.places:
                self._resolve_site(row, values, company)
                changed = self.change(row, person, company, values) or changed
                continue
            primary = self._state.names_primary and self._is_primary(row, employer, company)
            if employer.details:
                self._complete(row, employer, company, values)
            planned = PlannedAffiliation(person, company, values, primary)
            self._state.batch.affiliations.append(planned)
            self._pairs[person.id, company.id] = planned
            person.places[company.id] = values
            changed = True
        return changed

    def _company_of(self, row: MappedRow, place: int, person: StagedContact) -> StagedContact | None:
        """The company that a person of a row acts for; None for one that may not be changed."""
        employer = row.employers[place]
        previous = self._previous_company(row, place, person)
        if previous is None:
            return self.company(row, employer)
        if not self._state.may_change(previous):
            self._note_read_only(row, employer)
            return None
        return previous

    def _previous_company(self, row: MappedRow, place: int, person: StagedContact) -> StagedContact | None:
        """The company that the previous run found for an employer of a row, if the actor sees it; else None.

        A company that the actor does not see is found by nothing, even if the previous run made it. Otherwise the
        number of companies that the repetition makes would say what became of it.
        """
        unseen = self._state.previous.unseen.get((row.number, place))
        known = unseen.id if unseen is not None else self._state.previous.companies.get((row.number, place), "")
        return self._state.load(known) if unseen is not None or known in person.places else None

    def _note_name(self, row: MappedRow, place: int, employer: Employer, company: StagedContact | None) -> None:
        """Note by which names an employer of a row is found later, unless that is its name in the row."""
        name, division = ("", "") if company is None else company_name(company)
        if company is not None and not division and not employer.id:
            if row.number in self._called:
                self._called[row.number].append(employer.name)
            return
        called = self._called.setdefault(row.number, [one.name for one in row.employers[:place]])
        if company is not None:
            # A person whom a row names by an id as an employer is none by whose name people are found.
            name = company.entity.display_name if division else name
            called.append(name if company.kind == "company" else "")

    def companies_of(self, row: MappedRow) -> list[str]:
        """The ids of the companies that a row names and in which its person has a place, in their sequence.

        Args:
            row: The row that was planned last.

        Returns:
            The ids, `""` for an employer without one; none for a row without affiliations.
        """
        number, companies = self._companies
        return companies if number == row.number else []

    def employers_of(self, row: MappedRow) -> list[str] | None:
        """The names of the companies in which the person of a row has a place, by which later rows find the person.

        Args:
            row: A row whose affiliations were planned.

        Returns:
            The names; None if they are those of the employers in the row.
        """
        return self._called.get(row.number)

    def has_only_place(self, row: MappedRow, keys: Sequence[str]) -> bool:
        """Whether a row has no key but a name of its employer by which its new person is not found.

        The company may be called otherwise, such as with a division, and the actor may not see it, or not give places
        there. One that the row names by an id may get another name by its own row below.

        Args:
            row: A row whose affiliations were planned.
            keys: Its `lookup_keys`.
        """
        if not row.employers or any(key[0] not in "ai" for key in keys):
            return False
        unseen = self._state.batch.unseen
        if unseen and unseen[-1].number == row.number:
            return True
        called = self._called.get(row.number)
        if called is None or row.employers[0].id:
            return called is not None
        return folded(row.employers[0].name) not in map(folded, called[:1])

    def _complete(self, row: MappedRow, employer: Employer, company: StagedContact, values: dict[str, Any]) -> None:
        """Complete the values of a new affiliation that only a native file gives."""
        self._resolve_site(row, values, company)
        if "purposes" in values:
            values["purposes"] = self._free_purposes(values["purposes"], company)
        if self._was_primary(employer, company):
            # The rule keeps the flag where it was as long as nobody acts for the company (PER-3).
            values["primary_sequence"] = 1

    def _resolve_site(self, row: MappedRow, values: dict[str, Any], company: StagedContact) -> None:
        """Replace the id that the file gives a site by its id in the workspace; a note says that there is none."""
        own = values.pop("site_id", "")
        if own:
            site = self._state.parts.by_id("site", self._state.id_of("site", own) or own, company)
            if site is not None:
                values["site_id"] = site.entity.id
            else:
                reason = "This is none of the sites of the contact, so the affiliation names no site. Import the site."
                self._state.batch.problems.append(
                    RowProblem(row.line, "Site ID", storable(own), reason, "site-unknown")
                )

    def _free_purposes(self, purposes: Sequence[str], company: StagedContact) -> tuple[str, ...]:
        """The purposes for which nobody whom the actor sees is primary at a company yet; the row takes them."""
        batch, memory = self._state.batch.primaries, self._state.memory.primaries
        keys = {f"{company.id}|{purpose}": purpose for purpose in purposes}
        taken = {purpose for key, purpose in keys.items() if key in batch or memory.get(key) is not None}
        if company.is_stored:
            seen = AffiliationRepository(self._state.transaction).seen_of_contact(company.id)
            taken |= {purpose for one in seen for purpose in one.entity.purposes}
        batch |= {key: NAMED for key, purpose in keys.items() if purpose not in taken}
        return tuple(purpose for purpose in keys.values() if purpose not in taken)

    def change(
        self,
        row: MappedRow,
        person: StagedContact,
        company: StagedContact,
        values: Mapping[str, Any],
        *,
        noted: bool = True,
    ) -> bool:
        """Plan the values that a row gives the place of a person in a company; returns whether anything changes.

        Args:
            row: The row.
            person: The person.
            company: The company, in which the person has a place.
            values: The values of the row by field; an empty value says nothing.
            noted: Whether the report shows the changes; True by default.
        """
        before = Affiliation.restore(person.places[company.id])
        cleared = {one.partition(".")[2] for one in row.cleared if one.startswith("affiliation.")}
        overwrite = self._state.plan.policy == "overwrite"
        changes, kept = changed_values(before, values, overwrite=overwrite, cleared=cleared)
        after, refused = merged(before, changes)
        for name, value in (*kept, *refused):
            self._state.note_kept(row, name, value)
        if after is before:
            return False
        if noted:
            self._state.note_changes(row, person, changes, before, after)
        planned = self._pairs.get((person.id, company.id))
        if planned is None:
            planned = self._pairs[person.id, company.id] = PlannedAffiliation(person, company, EMPTY, new=False)
            self._state.batch.affiliations.append(planned)
        planned.values = {**planned.values, **changes}
        person.places[company.id] = {**person.places[company.id], **changes}
        return True

    def _is_primary(self, row: MappedRow, employer: Employer, company: StagedContact) -> bool:
        """Whether a new contact person becomes the primary one because the file says so.

        The file decides for companies without contact persons. For all others the directory has decided. People whom
        the actor does not see count as none, as they do when a person is added by hand (ACC-3).
        """
        named = employer.primary and self._acts_today(employer)
        decided = self._state.batch.primaries.get(company.id)
        if decided is None:
            decided = self._state.memory.primaries.get(company.id)
        if decided is None:
            if not company.new and company.id not in self._has_primary:
                self._read_primaries([company.id])
            decided = KEPT if self._has_primary.get(company.id) else OPEN
        primary = named and decided == OPEN
        self._state.batch.primaries[company.id] = NAMED if primary else decided
        if named and not primary:
            reason = f"{company.entity.display_name} has another primary contact person already, who stays primary."
            self._state.batch.problems.append(RowProblem(row.line, PRIMARY, "yes", reason, "kept-existing"))
        return primary

    def _was_primary(self, employer: Employer, company: StagedContact) -> bool:
        """Whether a former contact person still has the flag of a company without other contact persons."""
        return (
            employer.primary and self._state.batch.primaries.get(company.id) == OPEN and not self._acts_today(employer)
        )

    def _acts_today(self, employer: Employer) -> bool:
        """Whether the person acts for the employer today. The rule chooses among people who no longer do (PER-3)."""
        days = {name: employer.details[name] for name in ("start", "end", "active") if name in employer.details}
        return not days or Affiliation(**days).is_current(self._state.transaction.today)

    def _read_primaries(self, ids: Sequence[str]) -> None:
        """Read which stored companies have a primary contact person that the actor sees."""
        found = AffiliationRepository(self._state.transaction).seen_primaries(ids)
        self._has_primary |= {id: id in found for id in ids}

    def company(self, row: MappedRow, employer: Employer) -> StagedContact | None:
        """The company with the id or the name of an employer, or a new one; None for one that may not be changed."""
        key = company_key(employer.name)
        named = self._state.by_own_id(employer.id) if employer.id else None
        if named is not None:
            if not self._state.may_change(named):
                self._note_read_only(row, employer)
                return None
            return named
        if not employer.name:
            reason = "No contact has this id. Import its row first, or name the company."
            problem = RowProblem(row.line, "Company ID", storable(employer.id), reason, "owner-unknown")
            self._state.batch.problems.append(problem)
            return None
        id = self._state.company_called(employer.name) or self._state.only_firm(employer.name)
        staged = self._placeholder(row, employer, key) if id is None else self._state.load(id)
        if staged is None or not self._state.may_change(staged):
            self._note_read_only(row, employer)
            return None
        return staged

    def firm_keys(self, staged: StagedContact) -> list[str]:
        """The keys by which later rows find a company by its name without its division; none without a division.

        Args:
            staged: A company that a row created or changed.
        """
        name, division = company_name(staged)
        if not (name and division):
            return []
        return [firm_key(name)]

    def _note_read_only(self, row: MappedRow, employer: Employer) -> None:
        reason = "You may not change this company, so nobody was made its contact person. Ask a responsible user."
        self._state.batch.problems.append(RowProblem(row.line, "", storable(employer.name), reason, "read-only"))

    def _placeholder(self, row: MappedRow, employer: Employer, key: str) -> StagedContact:
        """A new placeholder company."""
        # The row mapper has cleaned the name.
        company = self._state.placeholder(self._state.transaction.new_id(), employer.name)
        staged = StagedContact(company, self._state.access[True], new=True, line=row.line)
        if employer.indexed is not None and self._state.takes_derived:
            staged.indexed = unpack_name(employer.indexed, company)
        self._state.add_created(staged)
        self._state.staged.add(staged, (key, f"i:{employer.id}") if employer.id else (key,))
        self._state.note_id("contact", employer.id, staged.id)
        self._state.batch.placeholders.append(staged.id)
        return staged

    def load_known(self, rows: Sequence[MappedRow]) -> None:
        """Read all companies of the rows, and the contacts of the previous run, in one call."""
        names = dict.fromkeys(employer.name for row in rows for employer in row.employers if employer.name)
        ids = list(
            dict.fromkeys(
                id
                for name in names
                if (id := self._state.directory.find(company_key(name)) or self._state.directory.firm(name))
            )
        )
        previous = self._state.previous
        ids = list(dict.fromkeys((*ids, *(one.id for one in previous.unseen.values()))))
        wanted = list(dict.fromkeys((*ids, *previous.unkeyed.values(), *previous.companies.values())))
        found = self._state.contacts.get_many(wanted)
        for id in wanted:
            self._state.loaded[id] = self._state.staged_copy(id, found)
        if self._state.names_primary:
            self._read_primaries(ids)
