"""One row while it is being judged: what it gave so far, and where the rest of it went."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from contactcore.errors import Invalid, Problem
from contactcore.formats.tabular import Row
from contactcore.values import clean_line, clean_text
from contactcore.workspace.imports.problems import RowProblem

__all__ = ["RowContext", "with_kind"]

_T = TypeVar("_T")


class RowContext:
    """One row while it is being judged.

    Args:
        row: As it was read.
        columns: Field -> the first column that goes to it.

    Attributes:
        row, draft: The row, and what it says.
        values: The fields of its contact.
        unmapped: What is kept beside the contact.
        problems: What is wrong.
        kind: `"person"` or `"company"`.
        own_id: The id that one of our own exports gives.
    """

    __slots__ = ("_columns", "draft", "kind", "own_id", "problems", "row", "unmapped", "values")

    def __init__(self, row: Row, columns: Mapping[str, str]) -> None:
        self.row = row
        self._columns = columns
        self.draft = row.draft
        self.kind = "company" if row.draft.is_company else "person"
        self.own_id = ""
        self.values: dict[str, Any] = {}
        self.unmapped: dict[str, str] = {}
        self.problems: list[RowProblem] = [RowProblem.of(problem, row.line) for problem in row.problems]

    def column(self, field: str) -> str:
        """The column that a field came from."""
        return self.draft.cells.get(field) or self._columns.get(field, field)

    def keep(self, column: str, text: str) -> None:
        """Keep a cell beside the contact; where no storage could hold it, say so."""
        try:
            kept = clean_text(text)
        except Invalid as error:
            self.problems.append(RowProblem.of(error.problems[0], self.row.line, column, text))
            return
        there = self.unmapped.get(column)
        if there is None:
            self.unmapped[column] = kept
        elif kept not in there:
            self.unmapped[column] = f"{there}\n{kept}"

    def report(self, problem: Problem, column: str, text: str) -> None:
        """Report a cell and keep it beside the contact, unless no storage could hold it."""
        self.problems.append(RowProblem.of(problem, self.row.line, column, text))
        try:
            clean_text(text)
        except Invalid:
            return
        self.keep(column, text)

    def attempt(self, column: str, text: str, read: Callable[..., _T], *arguments: Any) -> _T | None:
        """What `read` makes of its arguments; None once its refusal is reported."""
        try:
            return read(*arguments)
        except Invalid as error:
            self.report(error.problems[0], column, text)
            return None

    def line_of(self, column: str, text: str) -> str:
        """A cell as one line of text; empty once it is reported."""
        return (self.attempt(column, text, clean_line, text) or "") if text else ""

    def add(self, field: str, values: Iterable[object]) -> None:
        """Add values to a field, the missing ones left out."""
        kept = tuple(value for value in values if value is not None)
        if kept:
            self.values[field] = self.values.get(field, ()) + kept


def with_kind(make: Callable[..., _T], text: str, kind: str, *more: Any) -> _T:
    """A value with its kind, or without one where the source's label is too long for a kind."""
    if not kind:
        return make(text, *more)
    try:
        return make(text, *more, kind=kind)
    except Invalid:
        return make(text, *more)
