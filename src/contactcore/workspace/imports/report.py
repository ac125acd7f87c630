"""Progress and reports of imports: the numbers in memory, the problems as a stream (IMP-2)."""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import IO, Any, overload

import attrs

from contactcore.errors import Invalid
from contactcore.formats import tabular
from contactcore.formats.card_rows.card_table import CardTable
from contactcore.formats.contact_rows.row_problems import RowProblem
from contactcore.formats.vcard import ReadCard
from contactcore.frozen import frozen
from contactcore.mapping import json
from contactcore.workspace.imports.batch_plan import BatchPlan
from contactcore.workspace.imports.counts import ImportCounts
from contactcore.workspace.imports.plan import Plan

__all__ = ["Changes", "FieldChange", "NoteFile", "Notes", "Problems", "Progress", "Report"]

Notes = Callable[[], Iterator[Mapping[str, Any]]]
"""A function that yields the stored notes of an import, part by part: its problems and its rejected rows."""


@frozen(kw_only=True)
class Progress(ImportCounts):
    """The progress of an import, the argument of a progress callback; the numbers include those of a killed run.

    Attributes:
        bytes_read: The number of bytes of the file that are imported.
        bytes_total: The size of the file, in bytes.
        id: The id of the import, with which `Imports.undo` reverts it even after it was killed; `""` for a preview.

    >>> Progress(created=500, bytes_read=1_000, bytes_total=4_000).fraction
    0.25
    """

    bytes_read: int = 0
    bytes_total: int = 0
    id: str = ""

    @property
    def fraction(self) -> float:
        """The imported part of the file, from 0 to 1."""
        return min(1.0, self.bytes_read / self.bytes_total) if self.bytes_total else 1.0


class Problems(Sequence[RowProblem]):
    """The problems of an import, in the order of the file; iteration reads them from where they are stored.

    Args:
        notes: The function that yields the notes of the import.
        count: The number of problems.
    """

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
        for position, problem in enumerate(self):
            if position == wanted:
                return problem
        raise IndexError(index)

    def __repr__(self) -> str:
        return f"<{self._count:,} problems>"


@frozen
class FieldChange:
    """A field that an import changes, or that a preview would change.

    Attributes:
        line: The 1-based line of the file where the row starts.
        contact_id: The id of the contact to which the field or its record belongs.
        name: The display name of the contact.
        field: The field of the contact, such as `"emails"`; a field of another record has its kind in front, such as
            `"affiliation.end"`, `"site.name"` or `"item.status"`.
        before: The value before, as text, cut after 500 characters; `""` for none.
        after: The value after.
    """

    line: int
    contact_id: str
    name: str
    field: str
    before: str
    after: str

    def as_dict(self) -> dict[str, Any]:
        """The change as a JSON object of the report."""
        return attrs.asdict(self)


class Changes(Iterable[FieldChange]):
    """The changed fields of an import, in the order of the file; iteration reads them from where they are stored.

    Args:
        notes: The function that yields the notes of the import.
    """

    def __init__(self, notes: Notes) -> None:
        self._notes = notes

    def __iter__(self) -> Iterator[FieldChange]:
        for part in self._notes():
            for change in part.get("changes", ()):
                yield FieldChange(*change)


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Report(ImportCounts):
    r"""The report of an import or a preview; it accounts for every row of the file (IMP-2).

    Attributes:
        plan: The plan of the import.
        problems: All problems, each with line, column, value, reason, code and kind.
        notes: The function that yields the notes of the import.
        id: The id of the import, for `Imports.undo`; `""` for a preview.
        rows_read: The number of rows that this run read; fewer than `rows` if it resumed a killed run.

    >>> import io
    >>> from contactcore import User, Workspace
    >>> from contactcore_memory import MemoryStorage
    >>> imports, out = Workspace(MemoryStorage(), name="acme").imports(User("amelie")), io.BytesIO()
    >>> report = imports.apply(imports.plan("Name,E-mail\nJo Doe,jo@bois.fr\n,jane@\n"))
    >>> report
    <Report rows=2, created=1, updated=0, skipped=0, rejected=1, people_created=1, companies_created=0, pictures=0>
    >>> [(one.line, one.code) for one in report.problems]
    [(3, 'email-syntax'), (3, 'nameless')]
    >>> report.write_rejects(out)
    1
    """

    plan: Plan
    problems: Problems
    notes: Notes
    id: str = ""
    rows_read: int = 0

    @property
    def changes(self) -> Changes:
        """The fields of stored contacts, affiliations, sites and items that the import changes, before and after."""
        return Changes(self.notes)

    @property
    def counts(self) -> ImportCounts:
        """The numbers of the report, without its other data."""
        return ImportCounts(**{field.name: getattr(self, field.name) for field in attrs.fields(ImportCounts)})

    def __repr__(self) -> str:
        numbers = ", ".join(f"{name}={getattr(self, name)}" for name in _NUMBERS)
        return f"<Report {numbers}>"

    @property
    def detected(self) -> tabular.Detected:
        """The encoding, delimiter, quote, header and preamble by which the file was read."""
        return self.plan.detected

    @property
    def mapping(self) -> dict[str, str]:
        """The fields by the headers of the columns."""
        return self.plan.mapping

    def as_dict(self) -> dict[str, Any]:
        """The report as one JSON object, with all problems and all changed fields."""
        problems = [problem.as_dict() for problem in self.problems]
        return {**self.head(), "problems": problems, "changes": [change.as_dict() for change in self.changes]}

    def head(self) -> dict[str, Any]:
        """The report as one JSON object without its problems, because there may be a million of them."""
        return {
            "id": self.id,
            **{name: getattr(self, name) for name in _NUMBERS},
            "encoding": self.detected.encoding,
            "delimiter": self.detected.delimiter,
            "mapping": self.mapping,
        }

    def write_rejects(self, out: object) -> int:
        """Write the rejected rows to a CSV file, or the rejected cards to a file of cards (IMP-2).

        They can be corrected and imported again. A CSV file has the columns of the imported file and a column
        `Reason`, a vCard has the reason in its second line, and a JSContact card as its first member. An import leaves
        them out.

        Args:
            out: A path, or a binary file object.

        Returns:
            The number of rejected rows.

        Raises:
            Invalid: `file-missing` if the imported file is gone; `file-changed` if it is another file;
                `file-unwritable`, `out`.
        """
        table = self.plan.table
        rejects: Iterator[Any] = self._rejects()
        if isinstance(table, CardTable):
            return table.write_rejects(rejects, out)
        return tabular.write_rejects(table, rejects, out)

    def _rejects(self) -> Iterator[tuple[tabular.Row | ReadCard, str]]:
        rows = self.plan.rows()
        for part in self.notes():
            for number, reason in part.get("rejects", ()):
                row = next((row for row in rows if row.number == number), None)
                if row is None:
                    message = "The file is not the one that was imported: put that one back."
                    raise Invalid("file-changed", message, path="file")
                yield row, reason


_NUMBERS = ("rows", "created", "updated", "skipped", "rejected", "people_created", "companies_created", "pictures")


class NoteFile:
    """The notes of a preview, in a temporary file; an import stores its notes in the parts of its job."""

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the report
        weakref.finalize(self, self._file.close)

    def add(self, plan: BatchPlan) -> None:
        """Add the problems and the rejected rows of one batch.

        Args:
            plan: The plan of the batch.
        """
        problems = [problem.as_list() for problem in plan.problems]
        lists = {"problems": problems, "rejects": plan.rejects, "changes": plan.changes}
        if any(lists.values()):
            self._file.seek(0, 2)
            self._file.write(json.dump(lists) + b"\n")

    def parts(self) -> Iterator[dict[str, Any]]:
        """The notes of all batches, in their sequence."""
        offset = 0
        while True:
            self._file.seek(offset)
            line = self._file.readline()
            if not line:
                return
            offset = self._file.tell()
            yield json.load(line)
