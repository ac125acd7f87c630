"""Plans of the rows that describe an affiliation, a site or an item of a contact (IMP-9)."""

from __future__ import annotations

from functools import partial
from typing import Any

import attrs

from contactcore.formats.contact_rows.mapped_row import MappedRow
from contactcore.formats.contact_rows.native_columns import ID
from contactcore.formats.contact_rows.row_problems import HARMLESS, RowProblem, storable
from contactcore.model import Item, Person, Site
from contactcore.workspace.imports.affiliation_planning import AffiliationPlanner
from contactcore.workspace.imports.batch_state import MISSING, BatchState, problems_of
from contactcore.workspace.imports.part_planning import PlannedPart, part_name
from contactcore.workspace.imports.previous_run import ROW
from contactcore.workspace.imports.row_matching import RowMatcher
from contactcore.workspace.imports.staged_contacts import StagedContact

__all__ = ["RecordPlanner"]


class RecordPlanner:
    """Plans the records of contacts in one batch.

    Args:
        state: The state of the batch.
        matcher: The matcher of the batch.
        affiliations: The planner of its affiliations.
    """

    def __init__(self, state: BatchState, matcher: RowMatcher, affiliations: AffiliationPlanner) -> None:
        self._state = state
        self._matcher = matcher
        self._affiliations = affiliations

    def plan_record(self, row: MappedRow) -> None:
        """Plan a row that describes an affiliation, a site or an item of a contact."""
        unseen = self._matcher.previous_unseen(row)
        if unseen and self._state.plan.policy != "create":
            self._state.skip_imported(row, unseen, "; ".join(_names(row)))
            return
        owner = self._owner(row)
        if owner is None:
            reason = "No contact has the id or the name in this row. Import the row of the contact first."
            self._state.batch.problems.append(RowProblem(row.line, ID, storable(row.own_id), reason, "owner-unknown"))
        if owner is None or (row.part is None and not row.employers) or self._is_faulty(row):
            self._state.reject(row)
            return
        rejected = self._state.batch.outcomes["rejected"]
        self._plan_record_of(row, owner)
        if self._state.batch.outcomes["rejected"] == rejected:
            self._state.note_unseen(row, ROW, owner)

    def _plan_record_of(self, row: MappedRow, owner: StagedContact) -> None:
        if row.part is not None:
            self._plan_part(row, row.part, owner)
        elif not isinstance(owner.entity, Person):
            reason = "Only a person can act for a contact. Give the Contact ID of the person."
            self._state.batch.problems.append(RowProblem(row.line, ID, storable(row.own_id), reason, "not-a-person"))
            self._state.reject(row)
        else:
            self._plan_affiliation(row, owner)

    def _is_faulty(self, row: MappedRow) -> bool:
        return self._state.plan.strict and any(problem.code not in HARMLESS for problem in row.problems)

    def _owner(self, row: MappedRow) -> StagedContact | None:
        """The contact to which the record of a row belongs; None for none that the actor sees."""
        if row.own_id:
            found = self._state.by_own_id(row.own_id)
            if found is not None:
                return found
        named = attrs.evolve(row, own_id="")
        match = self._matcher.match(named, self._matcher.lookup_keys(named))
        return None if match is None else match.staged or self._state.load(match.id)

    def _plan_affiliation(self, row: MappedRow, person: StagedContact) -> None:
        (employer,) = row.employers
        before = self._state.previous.unseen.get((row.number, 0))
        if before is not None and not person.of_file:
            self._state.skip_imported(row, [before], employer.name)
            return
        self._affiliations.load_places(person)
        changes = self._state.plan.policy in {"update", "overwrite"}
        company = self._affiliations.company(row, employer)
        if company is None or company.id == person.id:
            self._state.reject(row)
        elif company.id in person.places and not changes:
            self._state.note_unseen(row, 0, company)
            self._state.batch.outcomes["skipped"] += 1
            reason = f"Skipped: this person acts for {company.entity.display_name} already."
            self._state.note(row, "duplicate", reason, person.entity.display_name)
        elif not self._affiliations.affiliate(row, person):
            self._state.batch.outcomes["skipped"] += 1
            self._state.note(row, "nothing-new", "Skipped: this row adds nothing to the affiliation.", employer.name)
        else:
            self._state.batch.outcomes["updated"] += 1
            self._state.staged.add(person, ())

    def _plan_part(self, row: MappedRow, part: Site | Item, owner: StagedContact) -> None:
        kind, own, policy = part.kind, part.id, self._state.plan.policy
        if not self._state.may_change(owner):
            self._state.batch.outcomes["skipped"] += 1
            self._state.note(row, "read-only", "Skipped: you may not change the contact.", owner.entity.display_name)
            return
        found = self._state.parts.by_id(kind, self._state.id_of(kind, own) or own, owner) if own else None
        if found is None:
            is_other = partial(self._state.is_of_another_row, kind, own)
            found = self._state.parts.same(part, owner, is_other if own else None)
        if found is None or policy == "create":
            if self._create_part(row, part, owner):
                self._state.batch.outcomes["updated"] += 1
            else:
                self._state.reject(row)
        elif policy == "skip":
            self._state.note_id(kind, own, found.entity.id)
            self._state.batch.outcomes["skipped"] += 1
            self._state.note(row, "duplicate", f"Skipped: the contact has this {kind}.", part_name(part))
        else:
            self._state.note_id(kind, own, found.entity.id)
            self._update_part(row, part, found)

    def add_parts(self, row: MappedRow, staged: StagedContact, *, noted: bool) -> bool:
        """Plan the site and the item that the row of a contact names; returns whether anything changes.

        The site of a person with a company is one of the company's, and the person acts there.

        Args:
            row: The row.
            staged: The contact.
            noted: Whether the contact existed before the row, so that the report shows what changes.
        """
        changed = False
        for part in row.added:
            owner = staged
            if isinstance(part, Site) and row.employers and isinstance(staged.entity, Person):
                owner = self._affiliations.company(row, row.employers[0]) or staged
            found = self._state.parts.same(part, owner)
            if found is None:
                if not self._create_part(row, part, owner):
                    continue
                changed = True
                found = self._state.parts.same(part, owner)
            if owner.id in staged.places and found is not None:
                values = {"site_id": found.entity.id}
                changed = self._affiliations.change(row, staged, owner, values, noted=noted) or changed
        return changed

    def note_left_out(self, row: MappedRow, staged: StagedContact | None) -> None:
        """Note the site and the item that a skipped row names and that its contact does not have.

        Args:
            row: The row.
            staged: The contact that it found; None for one that the actor does not see.
        """
        if staged is None:
            return
        for part in row.added:
            is_of_company = isinstance(part, Site) and row.employers and isinstance(staged.entity, Person)
            if not is_of_company and self._state.parts.same(part, staged) is None:
                reason = (
                    f"Left out with its row: the contact exists, without this {part.kind}. The policy update adds it."
                )
                self._state.note(row, "part-left-out", reason, part_name(part))

    def _create_part(self, row: MappedRow, part: Site | Item, owner: StagedContact) -> bool:
        """Plan a new site or item; returns False if a strict import refuses it."""
        ready, problems = self._prepared_part(row, part, owner)
        if self._state.plan.strict and problems:
            return False
        id = self._state.transaction.new_id()
        self._state.note_id(part.kind, part.id, id)
        values = {"id": id, "version": 1, "contact_id": owner.id, "since": self._state.transaction.now}
        self._state.parts.put(PlannedPart(owner, attrs.evolve(ready, **values)))
        return True

    def _prepared_part(self, row: MappedRow, part: Site | Item, owner: StagedContact, before: Any = None) -> Any:
        """The part without the values that the workspace refuses, and whether there are any."""
        ready, problems = self._state.parts.prepared(part, owner, before)
        faults = [problem for problem in problems if problem.code != MISSING or self._state.plan.strict]
        self._state.batch.problems.extend(problems_of(row, faults))
        names = {problem.path.partition("[")[0].partition(".")[0] for problem in problems if problem.code != MISSING}
        fields = {problem.path.removeprefix("fields.") for problem in problems if problem.path.startswith("fields.")}
        values: dict[str, Any] = {}
        if "type" in names:
            values["type"] = "" if before is None else before.type
        if "of_themself" in names:
            values["of_themself"] = False
        if fields:
            values["fields"] = {slug: value for slug, value in part.fields.items() if slug not in fields}
        if values:
            ready, _ = self._state.parts.prepared(attrs.evolve(part, **values), owner, before)
        return ready, bool(faults)

    def _update_part(self, row: MappedRow, part: Site | Item, found: PlannedPart) -> None:
        overwrite = self._state.plan.policy == "overwrite"
        after, kept = self._state.parts.changed(found, part, overwrite=overwrite, cleared=row.cleared)
        for name, value in kept:
            self._state.note_kept(row, name, value)
        if after is not found.entity:
            after, _ = self._prepared_part(row, after, found.owner, found.entity)
        if after == found.entity:
            self._state.batch.outcomes["skipped"] += 1
            self._state.note(row, "nothing-new", "Skipped: this row adds nothing.", part_name(part))
            return
        names = [field.name for field in attrs.fields(type(after)) if field.name != "since"]
        changes = {name: getattr(after, name) for name in names if getattr(after, name) != getattr(found.entity, name)}
        self._state.note_changes(row, found.owner, changes, found.entity, after)
        found.entity = after
        self._state.parts.put(found)
        self._state.batch.outcomes["updated"] += 1


def _names(row: MappedRow) -> list[str]:
    """The name of the site or the item of a row, or those of its employers."""
    return [part_name(row.part)] if row.part is not None else [employer.name for employer in row.employers]
