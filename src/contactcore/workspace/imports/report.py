"""What an import tells: its numbers at once, its problems as a stream (IMP-2)."""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import IO, Any, overload

import attrs

from contactcore.errors import Invalid
from contactcore.formats import tabular
from contactcore.formats.contact_rows.row_problems import RowProblem
from contactcore.mapping import json
from contactcore.workspace.imports.counts import ImportCounts
from contactcore.workspace.imports.plan import Plan
from contactcore.workspace.imports.planning import BatchPlan

__all__ = ["NoteFile", "Notes", "Problems", "Progress", "Report"]

Notes = Callable[[], Iterator[Mapping[str, Any]]]
"""Gives what was remembered of an import, part by part."""


@attrs.frozen(kw_only=True)
class Progress(ImportCounts):
    """How far an import is; given after each transaction. The numbers include an earlier run that was killed.

    Attributes:
        bytes_read, bytes_total: Of the file.
        id: The id of the import, for `Imports.undo` if it is killed; `""` for a dry run.
    """

    bytes_read: int = 0
    bytes_total: int = 0
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


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Report(ImportCounts):
    """The result of every row of a file.

    Attributes:
        id: The id of the import, for `Imports.undo`; `""` for a dry run.
        plan: The import.
        problems: Every fault and note, with line, column, value, reason, code.
        rows_read: The number of rows that this run read: fewer than `rows` when it went on after a killed run.
        notes: Gives what was remembered of the import, part by part.
    """

    plan: Plan
    problems: Problems
    notes: Notes
    id: str = ""
    rows_read: int = 0

    @property
    def counts(self) -> ImportCounts:
        """The numbers alone."""
        return ImportCounts(**{field.name: getattr(self, field.name) for field in attrs.fields(ImportCounts)})

    def __repr__(self) -> str:
        numbers = ", ".join(f"{name}={getattr(self, name)}" for name in _NUMBERS)
        return f"<Report {numbers}>"

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
        for part in self.notes():
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

    def add(self, plan: BatchPlan) -> None:
        """Remember the problems and rejected rows of one batch."""
        lists = {"problems": [problem.as_list() for problem in plan.problems], "rejects": plan.rejects}
        if plan.problems or plan.rejects:
            self._file.seek(0, 2)
            self._file.write(json.dump(lists) + b"\n")

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
