"""The cells of plain rows. Each function returns None, or an empty text, for a cell that is not plain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from contactcore.errors import Invalid
from contactcore.formats.contact_rows.named_entries import find_entry
from contactcore.formats.tabular.cells import kind_of, line_feeds, says_not_stated
from contactcore.model import ListEntry
from contactcore.values import Tag, clean_line, clean_text
from contactcore.values.country import read_country
from contactcore.values.kind import clean_kind_field
from contactcore.values.texts import TEXT_LIMIT

__all__ = [
    "KnownTexts",
    "ReadCell",
    "RowValues",
    "country_code",
    "kind_of_label",
    "known_kind",
    "one_line",
    "several_lines",
    "slug_of",
    "written",
]

_T = TypeVar("_T")
_MOST_KNOWN = 10_000
_LONGEST_KNOWN = 200


class KnownTexts(dict[str, _T], Generic[_T]):
    """The results of a function by its argument, for texts that recur in a file; memory is bounded."""

    def __init__(self, make: Callable[[str], _T]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: str) -> _T:
        made = self._make(key)
        if len(key) <= _LONGEST_KNOWN:
            if len(self) >= _MOST_KNOWN:
                self.clear()
            self[key] = made
        return made


class RowValues:
    """The values of a row while its cells are read."""

    __slots__ = (
        *("categories", "cells", "columns", "emails", "fields", "phones", "socials", "tags", "texts", "unmapped"),
        "websites",
    )

    def __init__(self, cells: Sequence[str]) -> None:
        self.cells = cells
        self.texts: dict[str, str] = {}
        self.columns: dict[str, str] = {}
        self.emails: list[dict[str, str]] = []
        self.phones: list[tuple[str, str]] = []
        self.websites: list[dict[str, str]] = []
        self.socials: list[dict[str, str]] = []
        self.tags: list[Tag] = []
        self.categories: list[str] = []
        self.fields: dict[str, Any] = {}
        self.unmapped: dict[str, str] = {}


ReadCell = Callable[[RowValues, str], bool]
"""Reads a cell that is not blank into the row; returns False if the row is not plain."""


def one_line(text: str) -> str | None:
    """A cell as one line; None for one that is refused, or that has only invisible characters."""
    if not text.isprintable():
        return None
    try:
        return clean_line(text) or None
    except Invalid:
        return None


def several_lines(text: str) -> str | None:
    """A cell as text of several lines; None for one that is refused, or that has only invisible characters."""
    if text.isascii() and text.isprintable() and len(text) <= TEXT_LIMIT:
        return text
    try:
        return clean_text(line_feeds(text)) or None
    except Invalid:
        return None


def country_code(text: str) -> str:
    """The code of a country; `""` if it is unknown, or known in one spelling only."""
    line = one_line(text)
    code = read_country(line) if line else None
    return code if code and code == read_country(text) else ""


def kind_of_label(cell: str) -> str | None:
    """The kind that a label names; None if it marks the primary value, which comes first."""
    said, primary = kind_of(cell)
    return None if primary or not cell.isprintable() else said


def known_kind(said: str) -> str | None:
    """The kind of a value; None if it is refused."""
    try:
        return clean_kind_field(said)
    except Invalid:
        return None


def slug_of(entries: Any, text: str) -> str:
    """The slug of the entry that a cell names; `""` if there is none."""
    entry: ListEntry | None = find_entry(entries, text)
    return "" if entry is None else entry.slug


def written(parse: Callable[[str], Any], text: str) -> str | None:
    """The text of the value that a cell is parsed to; None if it is refused."""
    if says_not_stated(text):
        return None
    try:
        return str(parse(text))
    except Invalid:
        return None
