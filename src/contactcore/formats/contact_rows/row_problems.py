"""Faults of cells and notes about rows, as the report of an import shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import attrs

from contactcore.errors import Problem, check_record
from contactcore.frozen import frozen
from contactcore.read_only import EMPTY, read_only
from contactcore.wording import message_of

__all__ = ["HARMLESS", "RowProblem", "storable"]

_SHOWN = 500

HARMLESS = frozenset(
    (
        *("column-guessed", "country-unknown", "date-order", "date-order-assumed", "duplicate", "kept-existing"),
        *("read-only", "nothing-new", "phone-unassigned", "possible-duplicate", "postal-code-completed"),
        *("restorable", "same-email"),
        *("picture-not-fetched", "picture-not-kept", "vcard-encoding", "vcard-fold", "vcard-unfinished"),
        *("jscontact-repeated", "jscontact-version", "vcard-version"),
    )
)
"""Codes of notes. A strict import does not reject a row for them, because no cell of the row is wrong."""

ProblemKind = Literal["note", "fault", "rejected"]


@frozen(slots=True)
class RowProblem:
    """One fault of one cell, or one note about a row (IMP-2).

    `kind` says what became of the row:

    - `"note"`: no cell is wrong. The row was imported, or skipped for the reason of the note.
    - `"fault"`: the cell could not be read. The row was imported without it; the text is among the contact's `unmapped`
      cells, unless no storage can hold it.
    - `"rejected"`: nothing of the row was imported, for this reason or together with others of the same line.

    Attributes:
        line: The 1-based line of the file where the row starts.
        column: The header of the column; `""` for the row as a whole.
        value: The cell, cut after 500 characters.
        reason: The fault, and the way to correct it or what the import did about it.
        code: Stable, machine-readable.
        rejected: Whether the row was rejected; False by default.
        facts: Named values for a translated message.

    >>> RowProblem(2, "Phone", "call me", "This is no phone number.", "phone-syntax").kind
    'fault'
    """

    line: int
    column: str
    value: str
    reason: str
    code: str
    rejected: bool = False
    facts: Mapping[str, Any] = attrs.field(default=EMPTY, converter=read_only, hash=False, repr=False)

    @property
    def kind(self) -> ProblemKind:
        """`"rejected"`, `"fault"` or `"note"`."""
        if self.rejected:
            return "rejected"
        return "note" if self.code in HARMLESS else "fault"

    def message_in(self, language: str) -> str:
        """The reason in a language (see `contactcore.errors.Problem.message_in`).

        Args:
            language: A BCP 47 tag such as `"fr"` or `"pl-PL"`. A language without a catalogue gets English.

        >>> RowProblem(2, "", "", "Skipped: you imported this row before.", "duplicate").message_in("fr")
        'Ignorée : le contact a déjà été importé, ou figure sur une ligne précédente.'
        """
        return message_of(self.code, language, self.facts, context="row", default=self.reason)

    def as_dict(self) -> dict[str, Any]:
        """The problem as a JSON object of the report.

        >>> RowProblem(2, "", "", "Skipped: you imported this row before.", "duplicate").as_dict()["kind"]
        'note'
        """
        return {
            "line": self.line,
            "column": self.column,
            "value": self.value,
            "reason": self.reason,
            "code": self.code,
            "kind": self.kind,
        }

    def as_list(self) -> list[Any]:
        """The problem as the record of an import stores it."""
        problem: list[Any] = [self.line, self.column, self.value, self.reason, self.code]
        if self.facts:
            return [*problem, self.rejected, Problem(self.code, "", "", facts=self.facts).stored_facts()]
        return [*problem, True] if self.rejected else problem

    @classmethod
    def of(cls, problem: Problem, line: int, column: str = "", value: str | None = None) -> RowProblem:
        """The problem of a value with its place in the file.

        Args:
            problem: The refusal of a value object, or a note of the reader of the file.
            line: The line of the row.
            column: The header of the column; the path of the problem by default.
            value: The cell; the value of the problem by default.

        Raises:
            Invalid: `record-type`.
        """
        check_record(Problem, problem=problem)
        text = value if value is not None else "" if problem.value is None else str(problem.value)
        facts = problem.facts
        if "severity" in facts:  # a note of the reader, whose place in the file is not part of the message
            facts = {name: fact for name, fact in facts.items() if name not in {"line", "severity"}}
        place = line, column or problem.path, storable(text)
        return cls(*place, problem.message, problem.code, facts=facts)


def storable(text: str) -> str:
    """A text that every storage can keep: cut, without NUL and lone surrogates."""
    cut = text[:_SHOWN]
    if cut.isprintable():
        return cut
    return cut.replace("\0", "\N{SYMBOL FOR NULL}").encode("utf-8", "replace").decode()
