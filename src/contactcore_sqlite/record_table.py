"""The rows of the records of one workspace, with their unique keys and references."""

# ruff: noqa: S608 - only names of columns are put into the statements

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from contactcore.storage import BrokenReference, DuplicateKey, Kind, MissingRecord, Record, StaleRecord
from contactcore_sqlite.access_sets import AccessSets
from contactcore_sqlite.connection import Connection, Memory
from contactcore_sqlite.rows import RECORD_COLUMNS, index_data, record_of, words_text

__all__ = ["RecordTable", "Reference"]

Reference = tuple[int, str, str, str, str]
"""Number of the referring record, name of the reference, kind and id of the target, id of the referring record."""

_LAST = ("last record",)  # a name of a workspace is a text
_MOST_KNOWN = 256
_LARGEST_KNOWN = 100_000
_SELECT = f"SELECT n, {RECORD_COLUMNS} FROM record WHERE workspace = ? AND kind = ? AND "


class RecordTable:
    """The records of one workspace, as a writer reads and changes them.

    Args:
        connection: A connection inside a writing transaction.
        kinds: The installed kinds.
        workspace: The number of the workspace.
        memory: What the connection remembers.
        sets: The access sets of the workspace.
    """

    def __init__(
        self, connection: Connection, kinds: Mapping[str, Kind], workspace: int, memory: Memory, sets: AccessSets
    ) -> None:
        self._connection = connection
        self._kinds = kinds
        self._workspace = workspace
        self._sets = sets
        self._memory = memory
        if _LAST not in memory:
            ((memory[_LAST],),) = connection.rows("SELECT coalesce(max(n), 0) FROM record")
        self._last: int = memory[_LAST]
        # Records as they are stored now. No other writer changes them before the transaction ends.
        self._known: dict[tuple[str, str], tuple[int, Record]] = {}

    def current(self, kind: str, id: str, expected: int | None = None) -> tuple[int, Record]:
        """Return the number of a record, and the record.

        Raises:
            MissingRecord: there is no such record.
            StaleRecord: its version differs from the expected one.
        """
        found = self.find(kind, id)
        if found is None:
            raise MissingRecord(kind, id)
        if expected is not None and found[1].version != expected:
            raise StaleRecord(found[1].stored())
        return found

    def find(self, kind: str, id: str) -> tuple[int, Record] | None:
        """Return the number of a record, and the record; None if there is no such record."""
        found = self._known.get((kind, id))
        if found is None:
            row = self._connection.row(_SELECT + "id = ?", (self._workspace, kind, id))
            if row is None:
                return None
            found = row[0], record_of(kind, row[1:], self._sets.terms)
            self._keep(*found)
        return found

    def _keep(self, n: int, record: Record) -> None:
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        if len(record.body) <= _LARGEST_KNOWN:
            self._known[record.kind, record.id] = (n, record)
        else:
            self._known.pop((record.kind, record.id), None)

    def _forget_steady(self, records: Iterable[Record]) -> None:
        for record in records:
            self._memory.pop((self._workspace, record.kind, record.id), None)

    def owned_by(self, kind: str, owner: str) -> list[tuple[int, Record]]:
        """Return all records of a kind that belong to an owner, with their numbers."""
        # The planner needs the second condition to use the index, which holds only records with another owner.
        condition = "owner = ? AND owner <> ''" if owner else "owner = ?"
        rows = self._connection.rows(_SELECT + condition, (self._workspace, kind, owner))
        rows += self._connection.rows(_SELECT + "id = ? AND owner IS NULL", (self._workspace, kind, owner))
        return [(row[0], record_of(kind, row[1:], self._sets.terms)) for row in rows]

    @property
    def last(self) -> int:
        """The number of the last record."""
        return self._last

    def numbers(self, kind: str, ids: Iterable[str]) -> dict[str, int]:
        """Return the numbers of the existing records among these ids."""
        rows = self._connection.rows(
            "SELECT r.id, r.n FROM json_each(?) AS j CROSS JOIN record AS r "
            "ON r.workspace = ? AND r.kind = ? AND r.id = j.value",
            (json.dumps(list(ids)), self._workspace, kind),
        )
        return dict(rows)

    def add(self, records: Sequence[Record]) -> list[int] | None:
        """Add rows with their unique keys, and return their numbers; None if an id or a key is taken.

        It then leaves some rows behind, and the transaction must be rolled back.
        """
        first = self._last + 1
        self._last = self._memory[_LAST] = self._last + len(records)
        self._forget_steady(records)
        numbers = list(range(first, self._last + 1))
        workspace = self._workspace
        added = self._connection.insert_unique(
            "INSERT INTO record (n, workspace, kind, id, version, owner, access_set, card, words, index_data, body) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (n, workspace, record.kind, record.id, *self._values(record))
                for n, record in zip(numbers, records, strict=True)
            ),
        )
        keys = sorted([(workspace, key, n) for n, record in zip(numbers, records, strict=True) for key in record.keys])
        if added and keys:
            added = self._connection.insert_unique("INSERT INTO unique_key VALUES (?, ?, ?)", keys)
        return numbers if added else None

    def put(self, changes: Sequence[tuple[int, Record, Record]]) -> None:
        """Replace old records by new ones. All their old keys are released before new ones are taken.

        Raises:
            DuplicateKey: a key belongs to another record.
        """
        self._connection.many(
            "UPDATE record SET version = ?, owner = ?, access_set = ?, card = ?, words = ?, index_data = ?, body = ? "
            "WHERE n = ?",
            [(*self._values(new), n) for n, _, new in changes],
        )
        self._forget_steady(new for _, _, new in changes)
        for n, _, new in changes:
            self._keep(n, new)
        self._release_keys([key for _, old, new in changes for key in old.keys - new.keys])
        for n, old, new in changes:
            for key in sorted(new.keys - old.keys):
                self._take_key(n, key)

    def remove(self, n: int, record: Record) -> None:
        """Remove a row with its keys and references.

        Raises:
            BrokenReference: another record refers to it.
        """
        row = self._connection.row(
            "SELECT r.id FROM reference AS f CROSS JOIN record AS r ON r.n = f.source "
            "WHERE f.target = ? AND f.source <> ? LIMIT 1",
            (n, n),
        )
        if row is not None:
            raise BrokenReference(record.kind, record.id, row[0])
        self.remove_references(n, record, record.references)
        self._release_keys(record.keys)
        self._known.pop((record.kind, record.id), None)
        self._forget_steady([record])
        self._connection.run("DELETE FROM record WHERE n = ?", (n,))

    def add_references(self, references: Sequence[Reference]) -> list[Reference]:
        """Store references, and return those whose targets do not exist."""
        by_kind: dict[str, set[str]] = defaultdict(set)
        for _, _, kind, id, _ in references:
            by_kind[kind].add(id)
        found = {(kind, id): n for kind, ids in by_kind.items() for id, n in self.numbers(kind, ids).items()}
        rows = [(found[kind, id], n, name) for n, name, kind, id, _ in references if (kind, id) in found]
        if rows:
            self._connection.many("INSERT OR IGNORE INTO reference VALUES (?, ?, ?)", sorted(rows))
        return [reference for reference in references if reference[2:4] not in found]

    def remove_references(self, n: int, record: Record, names: Iterable[str]) -> None:
        """Remove the references of a record that have these names."""
        kinds = self._kinds[record.kind].references
        for name in names:
            target = self.numbers(kinds[name], [record.references[name]]).get(record.references[name])
            if target is not None:
                self._connection.run(
                    "DELETE FROM reference WHERE target = ? AND source = ? AND name = ?", (target, n, name)
                )

    def references(self, n: int, record: Record) -> list[Reference]:
        """Return the references of a record."""
        kinds = self._kinds[record.kind].references
        return [(n, name, kinds[name], id, record.id) for name, id in record.references.items()]

    def _release_keys(self, keys: Collection[str]) -> None:
        if not keys:
            return
        workspace = self._workspace
        self._connection.many(
            "DELETE FROM unique_key WHERE workspace = ? AND key = ?", sorted((workspace, key) for key in keys)
        )

    def _take_key(self, n: int, key: str) -> None:
        row = self._connection.row(
            "SELECT r.id FROM unique_key AS k CROSS JOIN record AS r ON r.n = k.record "
            "WHERE k.workspace = ? AND k.key = ?",
            (self._workspace, key),
        )
        if row is not None:
            raise DuplicateKey(key, row[0])
        self._connection.run("INSERT INTO unique_key VALUES (?, ?, ?)", (self._workspace, key, n))

    def _values(self, record: Record) -> tuple[object, ...]:
        return (
            record.version,
            None if record.owner == record.id else record.owner,
            self._sets.ensure(record.kind, record.access).n,
            record.card,
            words_text(record.words),
            index_data(record),
            record.body,
        )
