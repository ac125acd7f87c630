"""What an import left behind: read from its parts before it is undone (IMP-3).

An import may have changed the same contact several times, or have changed one that it had made. As long as nobody else
changed it between, all of that is one link, and is undone as one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from contactcore.mapping import json
from contactcore.storage import Reader
from contactcore.workspace.imports.staged_contacts import CompactHashMap
from contactcore.workspace.kernel.transaction import TransactionFactory
from contactcore.workspace.repositories.imports import part_id

__all__ = ["PHASES", "ChangeLog", "Chunk", "ImportChanges", "Link", "load_part", "load_parts", "trace"]

PHASES = ("people", "companies", "changed", "positions", "joined")
"""What a part tells of, in the sequence in which it is undone: people first, since they hold companies."""

_AT_ONCE = 10


@attrs.frozen
class Chunk:
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
class Link:
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

    def link(self, id: str) -> Link | None:
        """What the import did to a record that it did not make; None for others."""
        before, left = self._before.get(id), self._left.get(id)
        return None if before is None or left is None else Link(before, left)


@attrs.frozen
class ImportChanges:
    """All that an import left behind.

    Attributes:
        contacts: By version.
        affiliations: By the revision that people are shown, which a mark that moved does not count.
        chunks: What is to be undone, in sequence; the same whenever it is asked for.
    """

    contacts: ChangeLog
    affiliations: ChangeLog
    chunks: tuple[Chunk, ...]


def trace(reading: TransactionFactory, import_id: str, parts: int, size: int) -> ImportChanges:
    """Read what an import left behind, page by page.

    Args:
        reading: Opens a reading transaction.
        import_id: Of an import that does not go on.
        parts: How many parts it has.
        size: How many entries are undone in one transaction.
    """
    contacts, affiliations = ChangeLog(), ChangeLog()
    counts: dict[str, list[int]] = {phase: [] for phase in PHASES}
    for part in load_parts(reading, import_id, 0, parts):
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
    chunks = [
        Chunk(phase, number, start, min(start + size, count))
        for phase in PHASES
        # The last rows first: whoever was the first person of a company, and so its primary one, goes last.
        for number, count in reversed([*enumerate(counts[phase])])
        for start in reversed(range(0, count, size))
    ]
    return ImportChanges(contacts, affiliations, tuple(chunks))


def load_part(reader: Reader, import_id: str, number: int) -> dict[str, Any]:
    """One part of an import."""
    (stored,) = reader.get("import-part", [part_id(import_id, number)])
    part: dict[str, Any] = {} if stored is None else json.load(stored.body)
    return part


def load_parts(reading: TransactionFactory, import_id: str, start: int, stop: int) -> Iterator[dict[str, Any]]:
    """Parts of an import, in sequence, a few of them at a time."""
    for first in range(start, stop, _AT_ONCE):
        with reading() as transaction:
            page = [load_part(transaction.reader, import_id, n) for n in range(first, min(first + _AT_ONCE, stop))]
        yield from page
