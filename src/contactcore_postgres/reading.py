"""The reader: one snapshot of one workspace."""

# ruff: noqa: D102 - the port states the promises of the calls

# ruff: noqa: S608 - statements are built from constants; every value of a caller is bound

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import attrs

from contactcore.errors import Invalid
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
    check_texts,
    check_usable,
    cursor_of,
    declared,
)
from contactcore.storage.postings import Postings
from contactcore_postgres.query_plan import PrefixGroup, QueryPlan, TermGroup
from contactcore_postgres.rows import COLUMNS, record_of
from contactcore_postgres.transaction import Transaction
from contactcore_postgres.wire import Statement

__all__ = ["PostgresReader"]

_GET = (
    "SELECT r.* FROM unnest(%(ids)s::text[]) x(id) CROSS JOIN LATERAL ("
    "SELECT r.id, r.version, r.owner, r.card, r.body, r.access FROM record r"
    " WHERE r.workspace = %(ws)s AND r.kind = %(kind)s AND r.id = x.id OFFSET 0) r"
)
_HOLDERS = (
    "SELECT k.* FROM unnest(%(keys)s::text[]) x(key) CROSS JOIN LATERAL ("
    "SELECT k.key, k.kind, k.id FROM unique_key k WHERE k.workspace = %(ws)s AND k.key = x.key OFFSET 0) k"
)
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

_FEW = 50
"""A group with less members is read whole before anything else is tried."""
_FIRST_LOOK = 256
"""The members of a group that are counted before it is treated as large."""
_GROWTH = 4
_SHORT = 3
"""So few answers are mostly among the first places of a list, which are looked at before any group is counted."""

_OWNER = 4

Row = tuple[Any, ...]
"""The key and the place of an answer, and the columns of its plan."""


class PostgresReader(Reader):
    """A reader inside one transaction."""

    def __init__(self, kinds: Mapping[str, Kind], postings: Postings, transaction: Transaction) -> None:
        self._kinds = kinds
        self._postings = postings
        self._transaction = transaction

    @property
    def usable(self) -> bool:
        """Whether the transaction still accepts calls."""
        return self._transaction.usable

    @usable.setter
    def usable(self, usable: bool) -> None:
        self._transaction.usable = usable

    def get(self, kind: str, ids: Sequence[str]) -> list[Stored | None]:
        check_usable(self)
        declared(self._kinds, kind)
        check_texts("ids", ids)
        rows = self._transaction.rows(_GET, kind=kind, ids=list(ids))
        found = {row[0]: _stored(kind, *row) for row in rows}
        return [found.get(id) for id in ids]

    def holders(self, keys: Sequence[str]) -> list[tuple[str, str] | None]:
        check_usable(self)
        check_texts("keys", keys)
        found = {key: (kind, id) for key, kind, id in self._transaction.rows(_HOLDERS, keys=list(keys))}
        return [found.get(key) for key in keys]

    def find(self, query: Query) -> Found:
        rows, first, last, more = self._page(query, whole=False)
        cards = tuple([Card(id, version, owner, card, key) for key, id, _, version, owner, card in rows])
        return Found(cards, first, last, more)

    def find_records(self, query: Query) -> FoundRecords:
        rows, first, last, more = self._page(query, whole=True)
        return FoundRecords(tuple([_stored(query.kind, row[1], *row[3:]) for row in rows]), first, last, more)

    def _page(self, query: Query, *, whole: bool) -> tuple[list[Row], str | None, str | None, bool]:
        """Return the rows that answer a query, the cursors of the first and the last, and whether more follow."""
        check_usable(self)
        answers = self._answers(self._plan(query, whole=whole))
        rows = list(islice(answers, query.limit + 1))
        page = rows[: query.limit]
        cursors = [cursor_of(query.order, row[0], row[1]) for row in page[:1] + page[-1:]]
        first, last = cursors or (None, None)
        return page, first, last, len(rows) > query.limit

    def _plan(self, query: Query, *, whole: bool = False) -> QueryPlan:
        return QueryPlan.of(self._postings, declared(self._kinds, query.kind), query, whole=whole)

    def announce(self, *questions: Query | tuple[str, Sequence[str]], records: Iterable[Query] = ()) -> None:
        check_usable(self)
        statements = [self._first_statement(question) for question in questions]
        statements += [self._first_statement(query, whole=True) for query in records]
        self._transaction.announce(filter(None, statements))

    def _first_statement(self, question: Query | tuple[str, Sequence[str]], *, whole: bool = False) -> Statement | None:
        try:
            if not isinstance(question, Query):
                kind, ids = question
                declared(self._kinds, kind)
                check_texts("ids", ids)
                return _GET, {"kind": kind, "ids": list(ids)}
            plan = self._plan(question, whole=whole)
        except Invalid:
            return None  # the call is refused
        return None if plan.impossible() else _first_look(plan)

    def count(self, query: Query, boundaries: Sequence[str] = ()) -> tuple[int, ...]:
        check_usable(self)
        check_boundaries(boundaries)
        counted = attrs.evolve(query, after=None, limit=1, descending=False, distinct_owner=False)
        plan = self._plan(counted)
        totals = [0] * (len(boundaries) + 1)
        if plan.impossible():
            return tuple(totals)
        groups = plan.groups or (plan.everything,)
        if len(groups) == 1 and isinstance(groups[0], TermGroup):
            statement, values = plan.counted_lists(groups[0])
        else:
            most = _FIRST_LOOK
            while (group := self._small_group(plan, most)) is None:
                most *= _GROWTH
            statement, values = plan.counted(group)
        for bucket, number in self._transaction.rows(statement, boundaries=list(boundaries), **values):
            totals[bucket] = number
        return tuple(totals)

    def feed(self, after: int = 0, limit: int = 1_000) -> list[Published]:
        check_usable(self)
        check_limit(limit)
        return [
            Published(position, Event(name=name, subject=subject, at=at, data=data))
            for position, name, subject, at, data in self._transaction.rows(
                _FEED, after=min(max(after, -1), _LARGEST), limit=limit
            )
        ]

    def blob(self, digest: str) -> bytes | None:
        check_usable(self)
        check_texts("digest", [digest])
        rows = self._transaction.rows(_BLOB, digest=digest)
        return rows[0][0] if rows else None

    def dump(self, kind: str, after_id: str = "", limit: int = 1_000) -> list[Record]:
        check_usable(self)
        declared(self._kinds, kind)
        check_texts("after_id", [after_id])
        check_limit(limit)
        return [record_of(row) for row in self._transaction.rows(_DUMP, kind=kind, after=after_id, limit=limit)]

    def _answers(self, plan: QueryPlan) -> Iterator[Row]:
        if plan.impossible():
            return iter(())
        hits = self._hits(plan)
        return _first_of_owners(hits) if plan.query.distinct_owner else hits

    def _hits(self, plan: QueryPlan) -> Iterator[Row]:
        """Yield all answers in order, fetched in growing pieces.

        If there are several groups, and one of them is no larger than the part that was read so far, the whole group is
        read at once. An answer therefore costs at most a few times the smallest group, however large the others are,
        and no more than its page if matches are frequent.
        """
        walked = plan.walked()
        several = plan.several
        wanted = plan.query.limit + 1
        short = _is_short(plan)
        counted, hits = 0, 0
        if several and not short:
            statement, values = _first_look(plan)
            (_, _, _, size, *_), *rows = self._transaction.rows(statement, **values)
            if size < _FEW:
                yield from rows
                return
        piece, look = _first_piece(plan), 0 if short else _FIRST_LOOK
        while True:
            if several and look > counted:
                counted = look
                if (group := self._small_group(plan, counted)) is not None:
                    statement, values = plan.all_of(group)
                    yield from self._transaction.rows(statement, **values)
                    return
            statement, values = plan.page(walked, checked=several)
            enough = piece + 1 if plan.query.distinct_owner else wanted - hits
            rows = self._transaction.rows(statement, most=piece, hits=enough, **values)
            found = [row for row in rows if row[2] is not None]
            yield from found
            if len(found) == len(rows):
                return
            plan = plan.behind(rows[-1][0], rows[-1][1])
            hits += len(found)
            look = max(look, _FIRST_LOOK)
            # An estimate of the rest of the walk, from this piece. A group that is smaller is read instead.
            enough = piece if plan.query.distinct_owner else max(wanted - hits, 1) * piece // max(len(found), 1)
            look = max(look, min(enough, piece * _GROWTH**2), piece)
            piece = max(wanted, min(piece * _GROWTH, enough * 3 // 2))

    def _small_group(self, plan: QueryPlan, most: int) -> TermGroup | PrefixGroup | None:
        """Return the smallest group if it has at most `most` members; None otherwise."""
        statement, values = plan.sizes()
        (sizes,) = self._transaction.rows(statement, most=most + 1, **values)
        size, group = min(zip(sizes, plan.groups, strict=True), key=_first)
        return group if size <= most else None


def _is_short(plan: QueryPlan) -> bool:
    """Return whether few answers are wanted, and a list is walked that has the answers in their order.

    Prefixes have no such list: a record with a rare word is far away on the list of the others.
    """
    return plan.query.limit < _SHORT and not plan.query.words


def _first_piece(plan: QueryPlan) -> int:
    """Return the number of places that are read at first."""
    wanted = plan.query.limit + 1
    return min(wanted * _GROWTH, _FIRST_LOOK) if plan.several else wanted


def _first_look(plan: QueryPlan) -> Statement:
    """Return the statement that answers a query, or tells that it takes further ones."""
    if plan.several and not _is_short(plan):
        statement, values = plan.few()
        return statement, {"most": _FEW, **values}
    piece = _first_piece(plan)
    statement, values = plan.page(plan.walked(), checked=plan.several)
    enough = piece + 1 if plan.query.distinct_owner else plan.query.limit + 1
    return statement, {"most": piece, "hits": enough, **values}


def _first_of_owners(rows: Iterable[Row]) -> Iterator[Row]:
    owners: set[str] = set()
    for row in rows:
        if row[_OWNER] not in owners:
            owners.add(row[_OWNER])
            yield row


def _first(pair: tuple[int, Any]) -> int:
    return pair[0]


def _stored(kind: str, id: str, version: int, owner: str, card: bytes, body: bytes, access: list[str]) -> Stored:
    return Stored(kind=kind, id=id, version=version, body=body, card=card, owner=owner, access=frozenset(access))
