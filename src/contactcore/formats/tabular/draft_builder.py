"""A row of a table on its way to a draft: what was read so far, what has no place, what was odd."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from contactcore.errors import Problem

__all__ = ["DraftBuilder"]


class DraftBuilder:
    """One row while its draft is being put together.

    Args:
        line: The line where it starts.
        cells: Its cells, as many as the file has columns.

    >>> row = DraftBuilder(2, ["Jo", "7"])
    >>> row.keep("Shoe size", "7")
    >>> row.unmapped
    {'Shoe size': '7'}
    """

    __slots__ = ("cells", "line", "own", "problems", "unmapped", "values")

    def __init__(self, line: int, cells: Sequence[str]) -> None:
        self.line = line
        self.cells = cells
        self.values: dict[str, Any] = {}
        self.unmapped: dict[str, str] = {}
        self.problems: list[Problem] = []
        self.own: dict[str, str] = {}

    def keep(self, header: str, text: str) -> None:
        """Keep what has no place, under its header."""
        if header in self.unmapped:
            if text not in self.unmapped[header]:
                self.unmapped[header] += "\n" + text
        else:
            self.unmapped[header] = text

    def note(self, code: str, message: str, header: str, value: str) -> None:
        """Remember what was odd about a cell."""
        self.problems.append(Problem(code, header, message, value, {"line": self.line, "severity": "note"}))
