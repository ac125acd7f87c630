"""The rows of one workspace's records, with their unique keys and references."""

# ruff: noqa: S608 - only names of columns are put into the statements

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from contactcore.storage import BrokenReference, DuplicateKey, Kind, MissingRecord, Record, StaleRecord
from contactcore_sqlite.link import Link
from contactcore_sqlite.rows import WHOLE, access_text, derived_of, whole_of, words_text

__all__ = ["Table", "Target"]

Target = tuple[int, str, str, str, str]
"""Number of the referring record, name of the reference, kind and id of the target, id of the referring record."""


class Table:
    """The records of one workspace, as a writer sees and changes them.

    Args:
        link: Inside a writing transaction.
        kinds: What is installed.
        workspace: Its number.
    """

    def __init__(self, link: Link, kinds: Mapping[str, Kind], workspace: int) -> None:
        self._link = link
        self._kinds = kinds
        self._workspace = workspace
        ((self._last,),) = link.rows("SELECT coalesce(max(n), 0) FROM record")

    def current(self, kind: str, id: str, expected: int | None = None) -> tuple[int, Record]:
        """The number of a record and the record.

        Raises:
            MissingRecord: there is none.
            StaleRecord: it has another version than the expected one.
        """
        row = self._link.row(
            f"SELECT n, {WHOLE} FROM record WHERE workspace = ? AND kind = ? AND id = ?", (self._workspace, kind, id)
        )
        if row is None:
            raise MissingRecord(kind, id)
        record = whole_of(kind, row[1:])
        if expected is not None and record.version != expected:
            raise StaleRecord(record.stored())
        return row[0], record

    def hanging(self, kind: str, owner: str) -> list[tuple[int, Record]]:
        """All records of a kind that belong to an owner."""
        # Said once more for the planner: the index holds only what has an owner.
        some = " AND owner <> ''" if owner else ""
        rows = self._link.rows(
            f"SELECT n, {WHOLE} FROM record WHERE workspace = ? AND kind = ? AND owner = ?{some}",
            (self._workspace, kind, owner),
        )
        return [(row[0], whole_of(kind, row[1:])) for row in rows]

    def numbers(self, kind: str, ids: Iterable[str]) -> dict[str, int]:
        """The numbers of those of these records that there are."""
        rows = self._link.rows(
            "SELECT r.id, r.n FROM json_each(?) AS j CROSS JOIN record AS r "
            "ON r.workspace = ? AND r.kind = ? AND r.id = j.value",
            (json.dumps(list(ids)), self._workspace, kind),
        )
        return dict(rows)

    def add(self, records: Sequence[Record]) -> list[int]:
        """Add rows with their unique keys, which must be free."""
        first = self._last + 1
        self._last += len(records)
        numbers = list(range(first, self._last + 1))
        workspace = self._workspace
        self._link.many(
            "INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    n,
                    workspace,
                    record.kind,
                    record.id,
                    record.version,
                    record.owner,
                    access_text(record.access),
                    record.card,
                    words_text(record.words),
                    derived_of(record),
                    record.body,
                )
                for n, record in zip(numbers, records, strict=True)
            ),
        )
        self._link.many(
            "INSERT INTO unique_key VALUES (?, ?, ?)",
            sorted([(workspace, key, n) for n, record in zip(numbers, records, strict=True) for key in record.keys]),
        )
        return numbers

    def put(self, changes: Sequence[tuple[int, Record, Record]]) -> None:
        """Put new records in the place of old ones; all their keys are given up before any is taken.

        Raises:
            DuplicateKey: a key belongs to another record.
        """
        self._link.many(
            "UPDATE record SET version = ?, owner = ?, access = ?, card = ?, words = ?, derived = ?, body = ? "
            "WHERE n = ?",
            [
                (
                    new.version,
                    new.owner,
                    access_text(new.access),
                    new.card,
                    words_text(new.words),
                    derived_of(new),
                    new.body,
                    n,
                )
                for n, _, new in changes
            ],
        )
        self._give_up_keys((key for _, old, new in changes for key in old.keys - new.keys))
        for n, old, new in changes:
            for key in sorted(new.keys - old.keys):
                self._take_key(n, key)

    def remove(self, n: int, record: Record) -> None:
        """Remove a row with its keys and references.

        Raises:
            BrokenReference: another record refers to it.
        """
        row = self._link.row(
            "SELECT r.id FROM reference AS f CROSS JOIN record AS r ON r.n = f.source "
            "WHERE f.target = ? AND f.source <> ? LIMIT 1",
            (n, n),
        )
        if row is not None:
            raise BrokenReference(record.kind, record.id, row[0])
        self.unrefer(n, record, record.references)
        self._give_up_keys(record.keys)
        self._link.run("DELETE FROM record WHERE n = ?", (n,))

    def refer(self, targets: Sequence[Target]) -> list[Target]:
        """Note references; gives those whose targets do not exist."""
        by_kind: dict[str, set[str]] = defaultdict(set)
        for _, _, kind, id, _ in targets:
            by_kind[kind].add(id)
        found = {(kind, id): n for kind, ids in by_kind.items() for id, n in self.numbers(kind, ids).items()}
        there = [(found[kind, id], n, name) for n, name, kind, id, _ in targets if (kind, id) in found]
        self._link.many("INSERT OR IGNORE INTO reference VALUES (?, ?, ?)", sorted(there))
        return [target for target in targets if target[2:4] not in found]

    def unrefer(self, n: int, record: Record, names: Iterable[str]) -> None:
        """Forget some of a record's references."""
        kinds = self._kinds[record.kind].references
        for name in names:
            target = self.numbers(kinds[name], [record.references[name]]).get(record.references[name])
            if target is not None:
                self._link.run("DELETE FROM reference WHERE target = ? AND source = ? AND name = ?", (target, n, name))

    def targets(self, n: int, record: Record) -> list[Target]:
        """The references of a record."""
        kinds = self._kinds[record.kind].references
        return [(n, name, kinds[name], id, record.id) for name, id in record.references.items()]

    def _give_up_keys(self, keys: Iterable[str]) -> None:
        workspace = self._workspace
        self._link.many(
            "DELETE FROM unique_key WHERE workspace = ? AND key = ?", sorted((workspace, key) for key in keys)
        )

    def _take_key(self, n: int, key: str) -> None:
        row = self._link.row(
            "SELECT r.id FROM unique_key AS k CROSS JOIN record AS r ON r.n = k.record "
            "WHERE k.workspace = ? AND k.key = ?",
            (self._workspace, key),
        )
        if row is not None:
            raise DuplicateKey(key, row[0])
        self._link.run("INSERT INTO unique_key VALUES (?, ?, ?)", (self._workspace, key, n))
