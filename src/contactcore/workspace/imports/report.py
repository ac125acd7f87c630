"""What an import tells: its numbers at once, its problems as a stream (IMP-2)."""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Callable, Iterator, Sequence
from typing import IO, Any, overload

import attrs

from contactcore.errors import Invalid
from contactcore.formats import tabular
from contactcore.formats.contact_rows.row_problems import RowProblem
from contactcore.mapping import json
from contactcore.workspace.imports.plan import Plan
from contactcore.workspace.imports.planning import BatchPlan
from contactcore.workspace.repositories.imports import Counts

__all__ = ["NoteFile", "Notes", "Problems", "Progress", "Report"]

Notes = Callable[[], Iterator[dict[str, Any]]]
"""Gives what was remembered of an import, part by part."""


@attrs.frozen(kw_only=True)
class Progress:
    """How far an import is; given after each transaction.

    Attributes:
        rows, created, updated, skipped, rejected: So far, what an earlier, killed run did included.
        bytes_read, bytes_total: Of the file.
        id: Of the import, for `Imports.undo` if it is killed; `""` for a dry run.
    """

    rows: int
    created: int
    updated: int
    skipped: int
    rejected: int
    bytes_read: int
    bytes_total: int
    id: str = ""

    @property
    def fraction(self) -> float:
        """How much of the file is done, 0 to 1."""
        return min(1.0, self.bytes_read / self.bytes_total) if self.bytes_total else 1.0


class Problems(Sequence[RowProblem]):
    """The problems of an import in the order of the file; they stay where they are stored until they are asked for."""

    def __init__(self, notes: Notes, count: int) -> None:
        self._notes = notes
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[RowProblem]:
        for part in self._notes():
            for problem in part.get("problems", ()):
                yield RowProblem(*problem)

    @overload
    def __getitem__(self, index: int) -> RowProblem: ...
    @overload
    def __getitem__(self, index: slice) -> list[RowProblem]: ...
    def __getitem__(self, index: int | slice) -> RowProblem | list[RowProblem]:
        if isinstance(index, slice):
            return list(self)[index]
        wanted = index + self._count if index < 0 else index
        for place, problem in enumerate(self):
            if place == wanted:
                return problem
        raise IndexError(index)

    def __repr__(self) -> str:
        return f"<{self._count:,} problems>"


class Report:
    """What became of every row of a file.

    Attributes:
        id: Of the import, for `Imports.undo`; `""` for a dry run.
        counts: The numbers.
        problems: Every fault and note, with line, column, value, reason, code.
        rows_read: How many rows this run read: fewer than `rows` when it went on after a killed one.
    """

    def __init__(self, plan: Plan, counts: Counts, notes: Notes, *, id: str = "", rows_read: int = 0) -> None:
        self.id = id
        self.plan = plan
        self.counts = counts
        self.problems = Problems(notes, counts.problems)
        self.rows_read = rows_read
        self._notes = notes

    def __repr__(self) -> str:
        numbers = ", ".join(f"{name}={getattr(self, name)}" for name in _NUMBERS)
        return f"<Report {numbers}>"

    @property
    def rows(self) -> int:
        """All rows: created, updated, skipped and rejected ones."""
        return self.counts.rows

    @property
    def created(self) -> int:
        """Rows of which a contact was made."""
        return self.counts.created

    @property
    def updated(self) -> int:
        """Rows that filled or added something."""
        return self.counts.updated

    @property
    def skipped(self) -> int:
        """Rows whose contact was known."""
        return self.counts.skipped

    @property
    def rejected(self) -> int:
        """Rows that could not be imported."""
        return self.counts.rejected

    @property
    def people_created(self) -> int:
        """People that were made."""
        return self.counts.people_created

    @property
    def companies_created(self) -> int:
        """Companies that were made, for rows of their own or for a person's sake."""
        return self.counts.companies_created

    @property
    def detected(self) -> tabular.Detected:
        """How the file was read."""
        return self.plan.detected

    @property
    def mapping(self) -> dict[str, str]:
        """Header -> field."""
        return self.plan.mapping

    def as_dict(self) -> dict[str, Any]:
        """The report as one JSON object (design, section 5)."""
        return {**self.head(), "problems": [problem.as_dict() for problem in self.problems]}

    def head(self) -> dict[str, Any]:
        """The report as one JSON object without its problems, of which there may be a million."""
        return {
            "id": self.id,
            **{name: getattr(self, name) for name in _NUMBERS},
            "encoding": self.detected.encoding,
            "delimiter": self.detected.delimiter,
            "mapping": self.mapping,
        }

    def write_rejects(self, out: object) -> int:
        """Write the rejected rows in the file's own columns with a column `Reason`, to be mended and imported again.

        Args:
            out: A path, or a binary file object.

        Returns:
            How many there are.

        Raises:
            Invalid: `file-missing`, `file-changed`: the file that was imported is gone, or another one stands in its
                place; `file-unwritable`, `out`.
        """
        return tabular.write_rejects(self.plan.table, self._rejects(), out)

    def _rejects(self) -> Iterator[tuple[tabular.Row, str]]:
        rows = self.plan.table.rows()
        for part in self._notes():
            for number, reason in part.get("rejects", ()):
                row = next((row for row in rows if row.number == number), None)
                if row is None:
                    message = "The file is not the one that was imported: put that one back."
                    raise Invalid("file-changed", message, path="file")
                yield row, reason


_NUMBERS = ("rows", "created", "updated", "skipped", "rejected", "people_created", "companies_created")


class NoteFile:
    """What a dry run remembers: in a temporary file, as a run remembers it in the storage."""

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the report
        weakref.finalize(self, self._file.close)

    def add(self, decisions: BatchPlan) -> None:
        """Remember one batch."""
        part = {
            "problems": [problem.as_list() for problem in decisions.problems],
            "rejects": decisions.rejects,
        }
        if decisions.problems or decisions.rejects:
            self._file.seek(0, 2)
            self._file.write(json.dump(part) + b"\n")

    def parts(self) -> Iterator[dict[str, Any]]:
        """All batches."""
        place = 0
        while True:
            self._file.seek(place)
            line = self._file.readline()
            if not line:
                return
            place = self._file.tell()
            yield json.load(line)
