"""Preparation of rows: what the settings and the rights of the actor leave of a mapped row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from contactcore.errors import Problem
from contactcore.formats.contact_rows.mapped_row import MappedRow
from contactcore.formats.contact_rows.native_columns import AFFILIATION_TEXTS
from contactcore.formats.contact_rows.row_problems import HARMLESS, RowProblem, storable
from contactcore.model import Affiliation, Company, Person
from contactcore.model.restoring import altered
from contactcore.rules.access import contact_access, may_see
from contactcore.rules.preparation import prepare
from contactcore.workspace.imports.batch_state import MISSING, BatchState, problems_of
from contactcore.workspace.kernel.slugs import affiliation_problems
from contactcore.workspace.repositories.suppressions import SuppressionRepository, at_work

__all__ = ["RowPreparer"]


class RowPreparer:
    """Prepares the mapped rows of one batch.

    Args:
        state: The state of the batch.
    """

    def __init__(self, state: BatchState) -> None:
        self._state = state
        self.missing: dict[int, list[Problem]] = {}

    def prepared(self, row: MappedRow) -> MappedRow:
        """The row with its contact prepared for storage, as every contact is, and with the problems of its cells.

        In a strict import a row with any fault has no contact. A required field that the row lacks is no fault of the
        row yet, because the stored contact may have it.
        """
        plain = row.plain
        if (
            plain is not None
            and self._state.is_plain
            and not plain.has_slugs
            and (not plain.fields or self._state.has_same_fields)
        ):
            return row
        if row.contact is None:
            return row
        contact: Person | Company | None
        if row.record:
            return self._with_known_slugs(row)
        contact, found = prepare(row.contact, self._state.transaction.settings, entry=self._state.plan.strict)
        problems = row.problems
        if contact.responsibles != self._state.responsibles or contact.access is not self._state.plan.access:
            contact, more = self._with_own_rights(row, contact)
            problems += more
        if self._state.names_primary and any(employer.details for employer in row.employers):
            row = self._with_known_slugs(attrs.evolve(row, problems=problems))
            problems = row.problems
        missing = [problem for problem in found if problem.code == MISSING]
        if found:
            problems += problems_of(row, (problem for problem in found if problem.code != MISSING))
        if problems and self._state.plan.strict and any(problem.code not in HARMLESS for problem in problems):
            contact = None
            problems += problems_of(row, missing)
        elif missing:
            self.missing[row.number] = missing
        if contact is row.contact and problems == row.problems:
            return row
        return attrs.evolve(row, contact=contact, problems=problems)

    def _with_own_rights(
        self, row: MappedRow, contact: Person | Company
    ) -> tuple[Person | Company, tuple[RowProblem, ...]]:
        """The contact with the access policy and the responsible users of its row, as far as the actor may give them.

        The actor must see the contact afterwards; else those of the plan apply.
        """
        problems = tuple(self._state.contacts.user_problems(contact.responsibles, self._state.plan.responsibles))
        access = contact.access or self._state.plan.access
        terms = contact_access(access, contact.responsibles, listed=contact.listed)
        if not problems and may_see(self._state.transaction.actor, terms):
            return contact, ()
        column, text = "Responsible users", "; ".join(contact.responsibles)
        reasons = [problem.message for problem in problems] or ["You would not see this contact."]
        reason = f"{reasons[0]} The contact gets the access policy and the responsible users of this import."
        values: dict[str, Any] = {"access": self._state.plan.access, "responsibles": self._state.responsibles}
        if not self._state.names_primary:  # a file of another program, whose cell no other column repeats
            column = self._state.plan.column_of("responsible")
            values["unmapped"] = {**contact.unmapped, column: text}
        code = problems[0].code if problems else "access-unseen"
        return altered(contact, values), (RowProblem(row.line, column, storable(text), reason, code),)

    def _with_known_slugs(self, row: MappedRow) -> MappedRow:
        """The row without authorities, modules, topics and purposes that the workspace does not know."""
        employers, problems = [], list(row.problems)
        for employer in row.employers:
            details = dict(employer.details)
            for problem in affiliation_problems(self._state.transaction.settings, Affiliation(**details)):
                name = problem.path.partition("[")[0].partition(".")[0]
                if details.pop(name, None) is not None:
                    column = next((one for one, field in AFFILIATION_TEXTS.items() if field == name), name)
                    problems.append(RowProblem.of(problem, row.line, column))
            employers.append(attrs.evolve(employer, details=details))
        return attrs.evolve(row, employers=tuple(employers), problems=tuple(problems))

    def erased(self, rows: Sequence[MappedRow]) -> set[int]:
        """The numbers of the rows about somebody who was erased, and must not come back unasked (IMP-8)."""
        suppressions = SuppressionRepository(self._state.transaction)
        if not suppressions.has_marks:
            return set()
        with_contacts = [(row.number, _recognisable(row, row.contact)) for row in rows if row.contact is not None]
        marked = suppressions.are_marked([contact for _, contact in with_contacts])
        return {number for (number, _), is_marked in zip(with_contacts, marked, strict=True) if is_marked}


def _recognisable(row: MappedRow, contact: Person | Company) -> Person | Company:
    """The contact of a row with all by which an erased person is recognised: at work, and by the id in our files."""
    known = at_work(contact, [Affiliation(**one.details) for one in row.employers if one.details])
    return altered(known, {"id": row.own_id}) if row.own_id else known
