"""Reading: one snapshot of one workspace."""

# ruff: noqa: D102 - what the calls promise stands in the port

from __future__ import annotations

import sys
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from operator import attrgetter

import attrs

from contactcore.errors import StorageError
from contactcore.storage import (
    Card,
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
from contactcore_memory.index import Candidates, IndexName, passes, span
from contactcore_memory.sorted_runs import Chunks, Entry, SortedRun
from contactcore_memory.tables import Table

__all__ = ["MemoryReader", "Snapshot"]

_position = attrgetter("position")


@attrs.define
class Snapshot:
    """All that a workspace holds at one snapshot. Once committed it never changes.

    Attributes:
        records: (kind, id) -> record.
        keys: Unique key -> (kind, id).
        runs: IndexName -> the places that are listed under it.
        blobs: Digest -> bytes.
        events: The feed, shared by all snapshots since it only grows.
        length: How much of the feed belongs to this snapshot.
    """

    records: Table[tuple[str, str], Record] = attrs.field(factory=Table)
    keys: Table[str, tuple[str, str]] = attrs.field(factory=Table)
    runs: Table[IndexName, Chunks] = attrs.field(factory=Table)
    blobs: Table[str, bytes] = attrs.field(factory=Table)
    events: list[Published] = attrs.field(factory=list)
    length: int = 0

    def fork(self) -> Snapshot:
        """The same snapshot, to be changed by one writer."""
        return Snapshot(
            self.records.fork(), self.keys.fork(), self.runs.fork(), self.blobs.fork(), self.events, self.length
        )

    def run(self, *index: str) -> SortedRun:
        """The run under a index."""
        return SortedRun(self.runs.get(index) or ())


class MemoryReader(Reader):
    """A reader of a snapshot; it holds no lock and waits for nobody."""

    def __init__(self, kinds: Mapping[str, Kind], snapshot: Snapshot) -> None:
        self._kinds = kinds
        self._snapshot = snapshot
        self.usable = True

    def _check_usable(self) -> None:
        """Refuse once the transaction is void or over.

        Raises:
            StorageError: `transaction-void`.
        """
        if not self.usable:
            raise StorageError("This transaction was refused or is over: begin another one.", "transaction-void")

    def get(self, kind: str, ids: Sequence[str]) -> list[Stored | None]:
        self._check_usable()
        declared(self._kinds, kind)
        check_texts("ids", ids)
        found = (self._snapshot.records.get((kind, id)) for id in ids)
        return [None if record is None else record.stored() for record in found]

    def holders(self, keys: Sequence[str]) -> list[tuple[str, str] | None]:
        self._check_usable()
        check_texts("keys", keys)
        return [self._snapshot.keys.get(key) for key in keys]

    def find(self, query: Query) -> Found:
        self._check_usable()
        answers = self._answers(query, query.limit + 1)
        hits = list(islice(answers, query.limit + 1))
        page = hits[: query.limit]
        cursors = [cursor_of(query.order, *place) for place, _ in (page[:1] + page[-1:])]
        cards = tuple(Card(record.id, record.version, record.owner, record.card, place[0]) for place, record in page)
        first, last = cursors or (None, None)
        return Found(cards, first, last, len(hits) > query.limit)

    def count(self, query: Query, boundaries: Sequence[str] = ()) -> tuple[int, ...]:
        self._check_usable()
        check_boundaries(boundaries)
        totals = [0] * (len(boundaries) + 1)
        for place, _ in self._answers(attrs.evolve(query, after=None, distinct_owner=False, limit=1), sys.maxsize):
            totals[bisect_right(boundaries, place[0])] += 1
        return tuple(totals)

    def feed(self, after: int = 0, limit: int = 1_000) -> list[Published]:
        self._check_usable()
        check_limit(limit)
        begin = bisect_right(self._snapshot.events, after, hi=self._snapshot.length, key=_position)
        return self._snapshot.events[begin : min(begin + limit, self._snapshot.length)]

    def blob(self, digest: str) -> bytes | None:
        self._check_usable()
        check_texts("digest", [digest])
        return self._snapshot.blobs.get(digest)

    def dump(self, kind: str, after_id: str = "", limit: int = 1_000) -> list[Record]:
        self._check_usable()
        declared(self._kinds, kind)
        check_texts("after_id", [after_id])
        check_limit(limit)
        places = islice(self._snapshot.run("id", kind).walk((after_id, "")), limit)
        found = (self._snapshot.records.get((kind, id)) for (id,) in places)
        return [_copied(record) for record in found if record is not None]

    def _answers(self, query: Query, wanted: int) -> Iterator[tuple[Entry, Record]]:
        kind = declared(self._kinds, query.kind)
        low, high = span(query, check_query(kind, query))
        return self._walk(query, passes(kind, query), Candidates(self._snapshot.runs, query, wanted, low, high))

    def _walk(
        self, query: Query, judge: Callable[[Record], bool], candidates: Candidates
    ) -> Iterator[tuple[Entry, Record]]:
        owners: set[str] = set()
        for place in candidates.walk():
            record = self._snapshot.records.get((query.kind, place[-1]))
            if record is None or not judge(record) or (query.distinct_owner and record.owner in owners):
                continue
            owners.add(record.owner)
            yield place, record


def _copied(record: Record) -> Record:
    # What the caller does to the mappings of a dumped record must not reach the stored one.
    return attrs.evolve(record, orders=dict(record.orders), references=dict(record.references))
