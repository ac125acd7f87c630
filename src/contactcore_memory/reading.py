"""The reader: one snapshot of one workspace."""

# ruff: noqa: D102 - the port states the promises of the calls

from __future__ import annotations

import sys
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from operator import attrgetter

import attrs

from contactcore.storage import (
    Card,
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
from contactcore_memory.index import Candidates, IndexName, bounds, predicate
from contactcore_memory.sorted_runs import Chunks, Entry, SortedRun
from contactcore_memory.tables import Table

__all__ = ["MemoryReader", "Snapshot"]

_position = attrgetter("position")


@attrs.define
class Snapshot:
    """The whole content of a workspace. It never changes after its commit.

    Attributes:
        records: (kind, id) -> record.
        keys: Unique key -> (kind, id).
        runs: Name of an index -> its entries.
        blobs: Digest -> bytes.
        events: The feed. It only grows, so all snapshots share one list.
        length: The number of events that belong to this snapshot.
    """

    records: Table[tuple[str, str], Record] = attrs.field(factory=Table)
    keys: Table[str, tuple[str, str]] = attrs.field(factory=Table)
    runs: Table[IndexName, Chunks] = attrs.field(factory=Table)
    blobs: Table[str, bytes] = attrs.field(factory=Table)
    events: list[Published] = attrs.field(factory=list)
    length: int = 0

    def fork(self) -> Snapshot:
        """Return a snapshot with the same content that one writer may change."""
        return Snapshot(
            self.records.fork(), self.keys.fork(), self.runs.fork(), self.blobs.fork(), self.events, self.length
        )

    def run(self, *name: str) -> SortedRun:
        """Return the entries of an index."""
        return SortedRun(self.runs.get(name) or ())


class MemoryReader(Reader):
    """A reader of a snapshot. It holds no lock and never waits."""

    def __init__(self, kinds: Mapping[str, Kind], snapshot: Snapshot) -> None:
        self._kinds = kinds
        self._snapshot = snapshot
        self.usable = True

    def get(self, kind: str, ids: Sequence[str]) -> list[Stored | None]:
        check_usable(self)
        declared(self._kinds, kind)
        check_texts("ids", ids)
        found = (self._snapshot.records.get((kind, id)) for id in ids)
        return [None if record is None else record.stored() for record in found]

    def holders(self, keys: Sequence[str]) -> list[tuple[str, str] | None]:
        check_usable(self)
        check_texts("keys", keys)
        return [self._snapshot.keys.get(key) for key in keys]

    def find(self, query: Query) -> Found:
        page, first, last, more = self._page(query)
        cards = tuple(Card(record.id, record.version, record.owner, record.card, entry[0]) for entry, record in page)
        return Found(cards, first, last, more)

    def find_records(self, query: Query) -> FoundRecords:
        page, first, last, more = self._page(query)
        return FoundRecords(tuple(record.stored() for _, record in page), first, last, more)

    def _page(self, query: Query) -> tuple[list[tuple[Entry, Record]], str | None, str | None, bool]:
        """Return the records that answer a query, the cursors of the first and the last, and whether more follow."""
        check_usable(self)
        answers = self._answers(query, query.limit + 1)
        hits = list(islice(answers, query.limit + 1))
        page = hits[: query.limit]
        cursors = [cursor_of(query.order, *entry) for entry, _ in (page[:1] + page[-1:])]
        first, last = cursors or (None, None)
        return page, first, last, len(hits) > query.limit

    def count(self, query: Query, boundaries: Sequence[str] = ()) -> tuple[int, ...]:
        check_usable(self)
        check_boundaries(boundaries)
        query = attrs.evolve(query, after=None, distinct_owner=False, limit=1)
        answers = self._answers(query, sys.maxsize)
        counted = Candidates(self._snapshot.runs, query, sys.maxsize, *bounds(query, None)).counts(boundaries)
        if counted is not None:
            return counted
        totals = [0] * (len(boundaries) + 1)
        for entry, _ in answers:
            totals[bisect_right(boundaries, entry[0])] += 1
        return tuple(totals)

    def feed(self, after: int = 0, limit: int = 1_000) -> list[Published]:
        check_usable(self)
        check_limit(limit)
        begin = bisect_right(self._snapshot.events, after, hi=self._snapshot.length, key=_position)
        return self._snapshot.events[begin : min(begin + limit, self._snapshot.length)]

    def blob(self, digest: str) -> bytes | None:
        check_usable(self)
        check_texts("digest", [digest])
        return self._snapshot.blobs.get(digest)

    def dump(self, kind: str, after_id: str = "", limit: int = 1_000) -> list[Record]:
        check_usable(self)
        declared(self._kinds, kind)
        check_texts("after_id", [after_id])
        check_limit(limit)
        entries = islice(self._snapshot.run("id", kind).walk((after_id, "")), limit)
        found = (self._snapshot.records.get((kind, id)) for (id,) in entries)
        return [_copied(record) for record in found if record is not None]

    def _answers(self, query: Query, wanted: int) -> Iterator[tuple[Entry, Record]]:
        kind = declared(self._kinds, query.kind)
        low, high = bounds(query, check_query(kind, query))
        answers = predicate(kind, query)
        return self._walk(query, answers, Candidates(self._snapshot.runs, query, wanted, low, high))

    def _walk(
        self, query: Query, answers: Callable[[Record], bool], candidates: Candidates
    ) -> Iterator[tuple[Entry, Record]]:
        owners: set[str] = set()
        for entry in candidates.walk():
            record = self._snapshot.records.get((query.kind, entry[-1]))
            if record is None or not answers(record) or (query.distinct_owner and record.owner in owners):
                continue
            owners.add(record.owner)
            yield entry, record


def _copied(record: Record) -> Record:
    # A caller may change the mappings of a dumped record. Those changes must not reach the stored record.
    return attrs.evolve(record, orders=dict(record.orders), references=dict(record.references))
