"""The reader: one snapshot of one workspace, on its own connection."""

# ruff: noqa: D102 - the port states the promises of the calls
# ruff: noqa: S608 - only names of columns are put into the statements

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import attrs

from contactcore.storage import (
    Card,
    Event,
    Found,
    FoundRecords,
    Kind,
    Published,
    Query,
    Reader,
    Record,
    Stored,
    check_boundaries,
    check_limit,
    check_query,
    check_texts,
    check_usable,
    cursor_of,
    declared,
)
from contactcore.storage.postings import Postings
from contactcore_sqlite.access_sets import access_sets_of
from contactcore_sqlite.connection import Connection, Memory
from contactcore_sqlite.order_index import OrderIndexes
from contactcore_sqlite.rows import RECORD_COLUMNS, STORED_COLUMNS, record_of, stored_of

if TYPE_CHECKING:
    from contactcore_sqlite.connection import Row
    from contactcore_sqlite.query_plan import QueryPlan

__all__ = ["SQLiteReader"]

_LARGEST = (1 << 63) - 1
_FEW = 2
_FEW_STEADY = 16
_ONE = f"SELECT {STORED_COLUMNS} FROM record WHERE workspace = ? AND kind = ? AND id = ?"
_SOME = (
    f"SELECT {STORED_COLUMNS} FROM record WHERE workspace = ? AND kind = ? AND id IN (SELECT value FROM json_each(?))"
)


class SQLiteReader(Reader):
    """A reader of a snapshot. No writer waits for it.

    Args:
        connection: A connection inside a transaction.
        kinds: The installed kinds.
        postings: The hashes of this file.
        indexes: The order indexes of the workspace.
        memory: What the connection remembers.
    """

    def __init__(
        self,
        connection: Connection,
        kinds: Mapping[str, Kind],
        postings: Postings,
        indexes: OrderIndexes,
        memory: Memory,
    ) -> None:
        self._connection = connection
        self._kinds = kinds
        self._postings = postings
        self._indexes = indexes
        self._memory = memory
        self._workspace = indexes.workspace
        self._sets = access_sets_of(connection, postings, memory, indexes.workspace)
        self.usable = True

    def get(self, kind: str, ids: Sequence[str]) -> list[Stored | None]:
        check_usable(self)
        steady = declared(self._kinds, kind).steady
        check_texts("ids", ids)
        if len(ids) <= (_FEW_STEADY if steady else _FEW):
            one = self._steady if steady else self._one
            return [one(kind, id) for id in ids]
        rows = self._connection.rows(_SOME, (self._workspace, kind, json.dumps(list(ids))))
        self._sets.load(row[-1] for row in rows)
        found = {row[0]: stored_of(kind, row, self._sets.terms) for row in rows}
        return [found.get(id) for id in ids]

    def _one(self, kind: str, id: str) -> Stored | None:
        row = self._connection.row(_ONE, (self._workspace, kind, id))
        return None if row is None else stored_of(kind, row, self._sets.terms)

    def _steady(self, kind: str, id: str) -> Stored | None:
        """Return a record that rarely changes, from the memory of the connection if it is there."""
        key = (self._workspace, kind, id)
        if key not in self._memory:
            self._memory[key] = self._one(kind, id)
        found: Stored | None = self._memory[key]
        return found

    def holders(self, keys: Sequence[str]) -> list[tuple[str, str] | None]:
        check_usable(self)
        check_texts("keys", keys)
        found = self._holders(keys)
        return [found.get(key) for key in keys]

    def _holders(self, keys: Sequence[str], last: int = _LARGEST) -> dict[str, tuple[str, str]]:
        if not keys:
            return {}
        rows = self._connection.rows(
            "SELECT k.key, r.kind, r.id FROM json_each(?) AS j CROSS JOIN unique_key AS k "
            "ON k.workspace = ? AND k.key = j.value AND k.record <= ? CROSS JOIN record AS r ON r.n = k.record",
            (json.dumps(list(keys)), self._workspace, last),
        )
        return {key: (kind, id) for key, kind, id in rows}

    def find(self, query: Query) -> Found:
        rows, more = self._answers(query)
        cards = tuple([Card(row[2], row[3], row[4], row[5], row[1]) for row in rows])
        return Found(cards, *_cursors(query, rows), more)

    def find_records(self, query: Query) -> FoundRecords:
        if any(query.words):
            # A word search reads many rows that it then leaves out.
            return super().find_records(query)
        rows, more = self._answers(query, whole=True)
        terms, kind = self._sets.terms, query.kind
        self._sets.load(row[7] for row in rows)
        records = tuple(
            [
                Stored(
                    kind=kind,
                    id=row[2],
                    version=row[3],
                    body=row[6],
                    card=row[5],
                    owner=row[4],
                    access=terms(row[7]),
                )
                for row in rows
            ]
        )
        return FoundRecords(records, *_cursors(query, rows), more)

    def _answers(self, query: Query, *, whole: bool = False) -> tuple[list[Row], bool]:
        """Return the rows that answer a query, and whether more of them follow."""
        check_usable(self)
        plan = self._plan(query, whole=whole)
        rows = [] if plan is None else plan.answers(query.limit + 1, distinct_owner=query.distinct_owner)
        more = len(rows) > query.limit
        del rows[query.limit :]
        return rows, more

    def count(self, query: Query, boundaries: Sequence[str] = ()) -> tuple[int, ...]:
        check_usable(self)
        check_boundaries(boundaries)
        plan = self._plan(attrs.evolve(query, after=None, descending=False, limit=1))
        return (0,) * (len(boundaries) + 1) if plan is None else plan.counts(boundaries)

    def _plan(self, query: Query, *, whole: bool = False) -> QueryPlan | None:
        # A session that lists and searches nothing does not need the plans.
        from contactcore_sqlite.card_search import CARDS, RECORDS
        from contactcore_sqlite.query_plan import plan_query

        kind = declared(self._kinds, query.kind)
        cursor = check_query(kind, query)
        columns = RECORDS if whole else CARDS
        return plan_query(self._connection, self._indexes, self._sets, self._postings, kind, query, cursor, columns)

    def feed(self, after: int = 0, limit: int = 1_000) -> list[Published]:
        check_usable(self)
        check_limit(limit)
        rows = self._connection.rows(
            "SELECT position, name, subject, at, data FROM event WHERE workspace = ? AND position > ? "
            "ORDER BY position LIMIT ?",
            (self._workspace, min(max(after, -1), _LARGEST), limit),
        )
        return [
            Published(position, Event(name=name, subject=subject, at=at, data=data))
            for position, name, subject, at, data in rows
        ]

    def blob(self, digest: str) -> bytes | None:
        check_usable(self)
        check_texts("digest", [digest])
        row = self._connection.row(
            "SELECT data FROM blob WHERE workspace = ? AND digest = ?", (self._workspace, digest)
        )
        return None if row is None else bytes(row[0])

    def dump(self, kind: str, after_id: str = "", limit: int = 1_000) -> list[Record]:
        check_usable(self)
        declared(self._kinds, kind)
        check_texts("after_id", [after_id])
        check_limit(limit)
        rows = self._connection.rows(
            f"SELECT {RECORD_COLUMNS} FROM record WHERE workspace = ? AND kind = ? AND id > ? ORDER BY id LIMIT ?",
            (self._workspace, kind, after_id, limit),
        )
        self._sets.load(row[5] for row in rows)
        return [record_of(kind, row, self._sets.terms) for row in rows]


def _cursors(query: Query, rows: Sequence[Row]) -> tuple[str | None, str | None]:
    if not rows:
        return None, None
    first, last = rows[0], rows[-1]
    return cursor_of(query.order, first[1], first[2]), cursor_of(query.order, last[1], last[2])
