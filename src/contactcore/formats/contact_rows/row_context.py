"""The state of one row while it is mapped: the values found so far, the unmapped cells, the problems."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from contactcore.errors import Invalid, Problem
from contactcore.formats.contact_rows.row_problems import RowProblem, storable
from contactcore.formats.drafts import Draft
from contactcore.formats.tabular import Row
from contactcore.values import Address, clean_line, clean_text

__all__ = ["RowContext", "note_country", "with_kind"]

_T = TypeVar("_T")


class RowContext:
    """The state of one row while it is mapped.

    Args:
        row: The row as it was read.
        first_columns: Field of a draft -> the first column that is mapped to it.

    Attributes:
        row, draft: The row and its draft.
        kind: `"person"` or `"company"`.
        own_id: The id of the contact in a native file.
        record: The record that the row describes beside a contact: `""`, `"affiliation"`, `"site"` or `"item"`.
        affiliation: Field of the affiliation of the row in a native file -> its column and its cell.
        part: Field of the site or the item of the row -> its column and its cell.
        primary_at: The numbers of the employers whose primary contact person the person is in a native file, each with
            its column.
        categories: The categories, as texts.
        values: Field -> value of the contact.
        unmapped: Column -> cell, for cells without a field of the model.
        problems: The faults and notes of the row.
    """

    __slots__ = (
        *("_first_columns", "affiliation", "categories", "draft", "kind", "own_id", "part"),
        *("primary_at", "problems", "record", "row", "unmapped", "values"),
    )

    def __init__(self, row: Row, first_columns: Mapping[str, str]) -> None:
        self.row = row
        self._first_columns = first_columns
        self.draft: Draft = row.draft
        self.kind = "company" if row.draft.is_company else "person"
        self.own_id = ""
        self.record = ""
        self.affiliation: dict[str, tuple[str, str]] = {}
        self.part: dict[str, tuple[str, str]] = {}
        self.primary_at: dict[int, str] = {}
        self.categories: tuple[str, ...] = row.draft.categories
        self.values: dict[str, Any] = {}
        self.unmapped: dict[str, str] = {}
        self.problems: list[RowProblem] = [RowProblem.of(problem, row.line) for problem in row.problems]

    def column(self, field: str) -> str:
        """The column of a field of the draft."""
        return self.draft.cells.get(field) or self._first_columns.get(field, field)

    def keep(self, column: str, text: str) -> None:
        """Keep a cell among the unmapped ones; report it where no storage can hold it."""
        try:
            kept = clean_text(text)
        except Invalid as error:
            self.problems.append(RowProblem.of(error.problems[0], self.row.line, column, text))
            return
        if not kept:
            return  # only invisible characters
        known = self.unmapped.get(column)
        if known is None:
            self.unmapped[column] = kept
        elif kept not in known:
            self.unmapped[column] = f"{known}\n{kept}"

    def report(self, problem: Problem, column: str, text: str) -> None:
        """Report a cell, and keep it among the unmapped ones unless no storage can hold it."""
        self.problems.append(RowProblem.of(problem, self.row.line, column, text))
        try:
            clean_text(text)
        except Invalid:
            return
        self.keep(column, text)

    def note(self, code: str, column: str, text: str, reason: str) -> None:
        """Add a note about a cell that is stored."""
        self.problems.append(RowProblem(self.row.line, column, storable(text), reason, code))

    def report_row(self, code: str, reason: str) -> None:
        """Report the row as a whole."""
        self.problems.append(RowProblem(self.row.line, "", "", reason, code))

    def attempt(self, column: str, text: str, parse: Callable[..., _T], *arguments: Any) -> _T | None:
        """The result of `parse`; None if it refuses, after its refusal is reported."""
        try:
            return parse(*arguments)
        except Invalid as error:
            self.report(error.problems[0], column, text)
            return None

    def line_of(self, column: str, text: str) -> str:
        """A cell as one line of text; `""` if it is refused, after the refusal is reported."""
        return (self.attempt(column, text, clean_line, text) or "") if text else ""

    def add(self, field: str, values: Iterable[object]) -> None:
        """Add values to a field; None is left out."""
        kept = tuple(value for value in values if value is not None)
        if kept:
            self.values[field] = self.values.get(field, ()) + kept


def note_country(found: RowContext, column: str, address: Address) -> None:
    """Note an unknown country, which is stored as its text."""
    reason = "No country has this name or code; it is stored as text. Correct it if it is misspelled."
    found.note("country-unknown", column, address.country_text, reason)


def with_kind(make: Callable[..., _T], text: str, kind: str, *more: Any) -> _T:
    """A value with its kind, or without one where the label of the source is too long for a kind."""
    if not kind:
        return make(text, *more)
    try:
        return make(text, *more, kind=kind)
    except Invalid:
        return make(text, *more)
