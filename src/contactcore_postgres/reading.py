"""Reading: one moment of one workspace."""

# ruff: noqa: D102 - what the calls promise stands in the port

# ruff: noqa: S608 - statements are put together from constants; every value of the caller's is bound

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import attrs

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
    check_texts,
    cursor_of,
    declared,
)
from contactcore.storage.postings import Postings
from contactcore_postgres.connections import Transaction
from contactcore_postgres.questions import Listed, Question, Worded
from contactcore_postgres.rows import COLUMNS, record_of

__all__ = ["PostgresReader"]

_GET = (
    "SELECT id, version, body, card, owner, access FROM record"
    " WHERE workspace = %(ws)s AND kind = %(kind)s AND id = ANY(%(ids)s::text[])"
)
_HOLDERS = "SELECT key, kind, id FROM unique_key WHERE workspace = %(ws)s AND key = ANY(%(keys)s::text[])"
_FEED = (
    "SELECT position, name, subject, at, data FROM event WHERE workspace = %(ws)s AND position > %(after)s::bigint"
    " ORDER BY position LIMIT %(limit)s::bigint"
)
_DUMP = (
    f"SELECT {COLUMNS} FROM record WHERE workspace = %(ws)s AND kind = %(kind)s AND id > %(after)s"
    " ORDER BY id LIMIT %(limit)s::bigint"
)
_BLOB = "SELECT data FROM blob WHERE workspace = %(ws)s AND digest = %(digest)s"

_LARGEST = 2**63 - 1

_FIRST_GLANCE = 256
"""Members of a group that are looked at before it is called large."""
_GROWTH = 4

Hit = tuple[str, Card]
"""An order key and what stands there."""


class PostgresReader(Reader):
    """A reader inside one transaction."""

    def __init__(self, kinds: Mapping[str, Kind], postings: Postings, transaction: Transaction) -> None:
        self._kinds = kinds
        self._postings = postings
        self._transaction = transaction

    def get(self, kind: str, ids: Sequence[str]) -> list[Stored | None]:
        self._transaction.check()
        declared(self._kinds, kind)
        check_texts("ids", ids)
        found = {
            id: Stored(kind=kind, id=id, version=version, body=body, card=card, owner=owner, access=frozenset(access))
            for id, version, body, card, owner, access in self._transaction.rows(_GET, kind=kind, ids=list(ids))
        }
        return [found.get(id) for id in ids]

    def holders(self, keys: Sequence[str]) -> list[tuple[str, str] | None]:
        self._transaction.check()
        check_texts("keys", keys)
        found = {key: (kind, id) for key, kind, id in self._transaction.rows(_HOLDERS, keys=list(keys))}
        return [found.get(key) for key in keys]

    def find(self, query: Query) -> Found:
        self._transaction.check()
        question = Question.of(self._postings, declared(self._kinds, query.kind), query)
        hits = list(islice(self._answers(question), query.limit + 1))
        page = hits[: query.limit]
        cursors = [cursor_of(query.order, key, card.id) for key, card in page[:1] + page[-1:]]
        first, last = cursors or (None, None)
        return Found(tuple(card for _, card in page), first, last, len(hits) > query.limit)

    def count(self, query: Query, boundaries: Sequence[str] = ()) -> tuple[int, ...]:
        self._transaction.check()
        check_boundaries(boundaries)
        asked = attrs.evolve(query, after=None, limit=1, descending=False, distinct_owner=False)
        question = Question.of(self._postings, declared(self._kinds, query.kind), asked)
        totals = [0] * (len(boundaries) + 1)
        if question.impossible():
            return tuple(totals)
        groups = question.groups or (question.everything,)
        if len(groups) == 1 and isinstance(groups[0], Listed):
            statement, values = question.counted_lists(groups[0])
        else:
            most = _FIRST_GLANCE
            while (group := self._small_group(question, most)) is None:
                most *= _GROWTH
            statement, values = question.counted(group)
        for bucket, number in self._transaction.rows(statement, boundaries=list(boundaries), **values):
            totals[bucket] = number
        return tuple(totals)

    def feed(self, after: int = 0, limit: int = 1_000) -> list[Published]:
        self._transaction.check()
        check_limit(limit)
        return [
            Published(position, Event(name=name, subject=subject, at=at, data=data))
            for position, name, subject, at, data in self._transaction.rows(
                _FEED, after=min(max(after, -1), _LARGEST), limit=limit
            )
        ]

    def blob(self, digest: str) -> bytes | None:
        self._transaction.check()
        check_texts("digest", [digest])
        rows = self._transaction.rows(_BLOB, digest=digest)
        return rows[0][0] if rows else None

    def dump(self, kind: str, after_id: str = "", limit: int = 1_000) -> list[Record]:
        self._transaction.check()
        declared(self._kinds, kind)
        check_texts("after_id", [after_id])
        check_limit(limit)
        return [record_of(row) for row in self._transaction.rows(_DUMP, kind=kind, after=after_id, limit=limit)]

    def _answers(self, question: Question) -> Iterator[Hit]:
        if question.impossible():
            return
        hits = self._hits(question)
        if not question.query.distinct_owner:
            yield from hits
            return
        owners: set[str] = set()
        for key, card in hits:
            if card.owner not in owners:
                owners.add(card.owner)
                yield key, card

    def _hits(self, question: Question) -> Iterator[Hit]:
        """All that answer, in order, fetched in growing pieces.

        With several groups, as soon as one of them turns out to be no larger than what was looked at so far, it is
        taken as a whole. So an answer costs at most a few times the smallest group, however large the others are,
        and no more than its page where matches are frequent.
        """
        walked = question.walked()
        several = len(question.groups) > 1 or isinstance((question.groups or (walked,))[0], Worded)
        wanted = question.query.limit + 1
        piece = min(wanted * _GROWTH, _FIRST_GLANCE) if several else wanted
        looked, glance, hits = 0, _FIRST_GLANCE, 0
        while True:
            if several and glance > looked:
                looked = glance
                if (group := self._small_group(question, looked)) is not None:
                    statement, values = question.all_of(group)
                    yield from map(_hit, self._transaction.rows(statement, **values))
                    return
            statement, values = question.page(walked, checked=several)
            enough = piece + 1 if question.query.distinct_owner else wanted - hits
            rows = self._transaction.rows(statement, most=piece, hits=enough, **values)
            found = [_hit(row) for row in rows if row[2] is not None]
            yield from found
            if len(found) == len(rows):
                return
            question = question.behind(rows[-1][0], rows[-1][1])
            hits += len(found)
            # What the walk would still take, judged by this piece: a group that is smaller is taken instead.
            enough = piece if question.query.distinct_owner else max(wanted - hits, 1) * piece // max(len(found), 1)
            glance = max(glance, min(enough, piece * _GROWTH**2), piece)
            piece = max(wanted, min(piece * _GROWTH, enough * 3 // 2))

    def _small_group(self, question: Question, most: int) -> Listed | Worded | None:
        """The smallest group if it has no more than `most` members."""
        statement, values = question.sizes()
        (sizes,) = self._transaction.rows(statement, most=most + 1, **values)
        size, group = min(zip(sizes, question.groups, strict=True), key=_first)
        return group if size <= most else None


def _first(pair: tuple[int, Any]) -> int:
    return pair[0]


def _hit(row: tuple[Any, ...]) -> Hit:
    key, id, _, version, owner, card = row
    return key, Card(id, version, owner, card, key)
