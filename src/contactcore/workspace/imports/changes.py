"""All that an import did, read from the parts of its job before it is undone (IMP-3).

An import may have changed the same contact several times, or have changed one that it had made. As long as nobody else
changed the contact in between, all of these changes are one version span, and are undone as one.
"""

from __future__ import annotations

import attrs

from contactcore.workspace.imports.compact_hash_map import CompactHashMap
from contactcore.workspace.kernel.transaction import TransactionFactory
from contactcore.workspace.repositories.jobs import job_parts

__all__ = ["PHASES", "ChangeLog", "ImportChanges", "UndoStep", "VersionSpan", "changes_of"]

PHASES = ("people", "companies", "changed", "positions", "joined")
"""What a part tells of, in the sequence in which it is undone: people first, since they hold companies."""


@attrs.frozen
class UndoStep:
    """Some entries of a part, to be undone in one transaction.

    Attributes:
        phase: One of `PHASES`.
        part: The number of the part.
        start, stop: Which of its entries.
    """

    phase: str
    part: int
    start: int
    stop: int


@attrs.frozen
class VersionSpan:
    """What an import did to a record of the directory, the last time that nobody interfered.

    Attributes:
        before: The version that it found.
        left: The version that it left.
    """

    before: int
    left: int


class ChangeLog:
    """How an import left the records of one kind; some twenty bytes for each of them."""

    def __init__(self) -> None:
        self._made = CompactHashMap()
        self._before = CompactHashMap()
        self._left = CompactHashMap()

    def make(self, id: str) -> None:
        """The import made a record."""
        self._made.put(id, 1)

    def change(self, id: str, before: int) -> None:
        """The import changed a record of this version, the later change after the earlier."""
        if self._made.get(id) == before:
            self._made.put(id, before + 1)
            return
        # Where somebody changed it between, it is from there on no better than a record that was there before.
        if self._left.get(id) != before:
            self._before.put(id, before)
        self._left.put(id, before + 1)

    def is_made(self, id: str) -> bool:
        """Whether the import made this record."""
        return self._made.get(id) is not None

    def is_as_made(self, id: str, version: int) -> bool:
        """Whether the import made this record, and nobody changed it since or between."""
        return self._made.get(id) == version

    def span(self, id: str) -> VersionSpan | None:
        """What the import did to a record that it did not make; None for others."""
        before, left = self._before.get(id), self._left.get(id)
        return None if before is None or left is None else VersionSpan(before, left)


@attrs.frozen
class ImportChanges:
    """All that an import left behind.

    Attributes:
        contacts: By version.
        affiliations: By the revision that people are shown, which a mark that moved does not count.
        steps: What is to be undone, in sequence; the same whenever it is asked for.
    """

    contacts: ChangeLog
    affiliations: ChangeLog
    steps: tuple[UndoStep, ...]


def changes_of(reading: TransactionFactory, import_id: str, parts: int, size: int) -> ImportChanges:
    """Read what an import left behind, page by page.

    Args:
        reading: Opens a reading transaction.
        import_id: Of an import that does not go on.
        parts: How many parts it has.
        size: How many entries are undone in one transaction.
    """
    contacts, affiliations = ChangeLog(), ChangeLog()
    counts: dict[str, list[int]] = {phase: [] for phase in PHASES}
    for part in job_parts(reading, import_id, 0, parts):
        for id in (*part.get("people", ()), *part.get("companies", ())):
            contacts.make(id)
        for id, before, _ in part.get("changed", ()):
            contacts.change(id, before)
        for id in part.get("joined", ()):
            affiliations.make(id)
        for id, before, *_ in part.get("positions", ()):
            affiliations.change(id, before)
        for phase in PHASES:
            counts[phase].append(len(part.get(phase, ())))
    steps = [
        UndoStep(phase, number, start, min(start + size, count))
        for phase in PHASES
        # The last rows first: whoever was the first person of a company, and so its primary one, goes last.
        for number, count in reversed([*enumerate(counts[phase])])
        for start in reversed(range(0, count, size))
    ]
    return ImportChanges(contacts, affiliations, tuple(steps))
