"""The parts of a draft while the actions of its columns fill them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from contactcore.errors import Problem

__all__ = ["DraftBuilder"]


class DraftBuilder:
    """The parts of a draft, to be filled by the actions of the columns. A `Draft` itself does not change.

    Args:
        line: The line where the row starts.
        cells: Its cells, as many as the file has columns.

    Attributes:
        values: Field -> value.
        columns: Field -> column, where the value comes from another column than in most rows.
        unmapped: Column -> cell, for cells without a field.
        problems: The notes about the row.

    >>> row = DraftBuilder(2, ["Jo", "7"])
    >>> row.keep("Shoe size", "7")
    >>> row.unmapped
    {'Shoe size': '7'}
    """

    __slots__ = ("cells", "columns", "line", "problems", "unmapped", "values")

    def __init__(self, line: int, cells: Sequence[str]) -> None:
        self.line: int = line
        self.cells: Sequence[str] = cells
        self.values: dict[str, Any] = {}
        self.unmapped: dict[str, str] = {}
        self.problems: list[Problem] = []
        self.columns: dict[str, str] = {}

    def keep(self, header: str, text: str) -> None:
        """Keep a cell without a field under its header."""
        if header in self.unmapped:
            if text not in self.unmapped[header]:
                self.unmapped[header] += "\n" + text
        else:
            self.unmapped[header] = text

    def note(self, code: str, message: str, header: str, value: str) -> None:
        """Add a note about a cell."""
        self.problems.append(Problem(code, header, message, value, {"line": self.line, "severity": "note"}))
