"""Reading: one moment of one workspace, on a connection of its own."""

# ruff: noqa: D102 - what the calls promise stands in the port
# ruff: noqa: S608 - only names of columns are put into the statements

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import attrs

from contactcore.errors import StorageError
from contactcore.storage import (
    Card,
    Event,
    Found,
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
    cursor_of,
    declared,
)
from contactcore.storage.postings import Postings
from contactcore_sqlite.link import Link
from contactcore_sqlite.questions import Question, asked
from contactcore_sqlite.rows import STORED, WHOLE, stored_of, whole_of
from contactcore_sqlite.walks import Walks

__all__ = ["SQLiteReader"]

_LARGEST = (1 << 63) - 1
_FEW = 2
_ONE = f"SELECT {STORED} FROM record WHERE workspace = ? AND kind = ? AND id = ?"
_SOME = f"SELECT {STORED} FROM record WHERE workspace = ? AND kind = ? AND id IN (SELECT value FROM json_each(?))"


class SQLiteReader(Reader):
    """A reader of a moment; it holds no lock that a writer waits for.

    Args:
        link: Inside a transaction.
        kinds: What is installed.
        postings: The terms of this file as integers.
        walks: Of the workspace.
    """

    def __init__(self, link: Link, kinds: Mapping[str, Kind], postings: Postings, walks: Walks) -> None:
        self._link = link
        self._kinds = kinds
        self._postings = postings
        self._walks = walks
        self._workspace = walks.workspace
        self.usable = True

    def _check_usable(self) -> None:
        if not self.usable:
            raise StorageError("This transaction was refused or is over: begin another one.", "transaction-void")

    def get(self, kind: str, ids: Sequence[str]) -> list[Stored | None]:
        self._check_usable()
        declared(self._kinds, kind)
        check_texts("ids", ids)
        if len(ids) <= _FEW:
            one_by_one = [self._link.row(_ONE, (self._workspace, kind, id)) for id in ids]
            return [None if row is None else stored_of(kind, row) for row in one_by_one]
        rows = self._link.rows(_SOME, (self._workspace, kind, json.dumps(list(ids))))
        found = {row[0]: stored_of(kind, row) for row in rows}
        return [found.get(id) for id in ids]

    def holders(self, keys: Sequence[str]) -> list[tuple[str, str] | None]:
        self._check_usable()
        check_texts("keys", keys)
        found = self._held(keys)
        return [found.get(key) for key in keys]

    def _held(self, keys: Sequence[str]) -> dict[str, tuple[str, str]]:
        if not keys:
            return {}
        rows = self._link.rows(
            "SELECT k.key, r.kind, r.id FROM json_each(?) AS j CROSS JOIN unique_key AS k "
            "ON k.workspace = ? AND k.key = j.value CROSS JOIN record AS r ON r.n = k.record",
            (json.dumps(list(keys)), self._workspace),
        )
        return {key: (kind, id) for key, kind, id in rows}

    def find(self, query: Query) -> Found:
        self._check_usable()
        question = self._question(query)
        rows = [] if question is None else question.cards(query.limit + 1, distinct_owner=query.distinct_owner)
        more = len(rows) > query.limit
        del rows[query.limit :]
        if not rows:
            return Found((), None, None, more=False)
        first, last = rows[0], rows[-1]
        return Found(
            tuple([Card(row[2], row[3], row[4], row[5], row[1]) for row in rows]),
            cursor_of(query.order, first[1], first[2]),
            cursor_of(query.order, last[1], last[2]),
            more,
        )

    def count(self, query: Query, boundaries: Sequence[str] = ()) -> tuple[int, ...]:
        self._check_usable()
        check_boundaries(boundaries)
        question = self._question(attrs.evolve(query, after=None, descending=False, limit=1))
        return (0,) * (len(boundaries) + 1) if question is None else question.counts(boundaries)

    def _question(self, query: Query) -> Question | None:
        kind = declared(self._kinds, query.kind)
        cursor = check_query(kind, query)
        return asked(self._link, self._walks, self._postings, kind, query, cursor=cursor)

    def feed(self, after: int = 0, limit: int = 1_000) -> list[Published]:
        self._check_usable()
        check_limit(limit)
        rows = self._link.rows(
            "SELECT position, name, subject, at, data FROM event WHERE workspace = ? AND position > ? "
            "ORDER BY position LIMIT ?",
            (self._workspace, min(max(after, -1), _LARGEST), limit),
        )
        return [
            Published(position, Event(name=name, subject=subject, at=at, data=data))
            for position, name, subject, at, data in rows
        ]

    def blob(self, digest: str) -> bytes | None:
        self._check_usable()
        check_texts("digest", [digest])
        row = self._link.row("SELECT data FROM blob WHERE workspace = ? AND digest = ?", (self._workspace, digest))
        return None if row is None else bytes(row[0])

    def dump(self, kind: str, after_id: str = "", limit: int = 1_000) -> list[Record]:
        self._check_usable()
        declared(self._kinds, kind)
        check_texts("after_id", [after_id])
        check_limit(limit)
        rows = self._link.rows(
            f"SELECT {WHOLE} FROM record WHERE workspace = ? AND kind = ? AND id > ? ORDER BY id LIMIT ?",
            (self._workspace, kind, after_id, limit),
        )
        return [whole_of(kind, row) for row in rows]
