"""Reading: one moment of one workspace."""

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
from contactcore_memory.index import Candidates, Heading, passes, span
from contactcore_memory.runs import Chunks, Place, Run
from contactcore_memory.shelves import Shelf

__all__ = ["MemoryReader", "Moment"]

_position = attrgetter("position")


@attrs.define
class Moment:
    """All that a workspace holds at one moment. Once committed it never changes.

    Attributes:
        records: (kind, id) -> record.
        keys: Unique key -> (kind, id).
        runs: Heading -> the places that are listed under it.
        blobs: Digest -> bytes.
        events: The feed, shared by all moments since it only grows.
        length: How much of the feed belongs to this moment.
    """

    records: Shelf[tuple[str, str], Record] = attrs.field(factory=Shelf)
    keys: Shelf[str, tuple[str, str]] = attrs.field(factory=Shelf)
    runs: Shelf[Heading, Chunks] = attrs.field(factory=Shelf)
    blobs: Shelf[str, bytes] = attrs.field(factory=Shelf)
    events: list[Published] = attrs.field(factory=list)
    length: int = 0

    def fork(self) -> Moment:
        """The same moment, to be changed by one writer."""
        return Moment(
            self.records.fork(), self.keys.fork(), self.runs.fork(), self.blobs.fork(), self.events, self.length
        )

    def run(self, *heading: str) -> Run:
        """The run under a heading."""
        return Run(self.runs.get(heading) or ())


class MemoryReader(Reader):
    """A reader of a moment; it holds no lock and waits for nobody."""

    def __init__(self, kinds: Mapping[str, Kind], moment: Moment) -> None:
        self._kinds = kinds
        self._moment = moment
        self.usable = True

    def _usable(self) -> None:
        """Refuse once the transaction is void or over.

        Raises:
            StorageError: `transaction-void`.
        """
        if not self.usable:
            raise StorageError("This transaction was refused or is over: begin another one.", "transaction-void")

    def get(self, kind: str, ids: Sequence[str]) -> list[Stored | None]:
        self._usable()
        declared(self._kinds, kind)
        check_texts("ids", ids)
        found = (self._moment.records.get((kind, id)) for id in ids)
        return [None if record is None else record.stored() for record in found]

    def holders(self, keys: Sequence[str]) -> list[tuple[str, str] | None]:
        self._usable()
        check_texts("keys", keys)
        return [self._moment.keys.get(key) for key in keys]

    def find(self, query: Query) -> Found:
        self._usable()
        answers = self._answers(query, query.limit + 1)
        hits = list(islice(answers, query.limit + 1))
        page = hits[: query.limit]
        cursors = [cursor_of(query.order, *place) for place, _ in (page[:1] + page[-1:])]
        cards = tuple(Card(record.id, record.version, record.owner, record.card, place[0]) for place, record in page)
        first, last = cursors or (None, None)
        return Found(cards, first, last, len(hits) > query.limit)

    def count(self, query: Query, boundaries: Sequence[str] = ()) -> tuple[int, ...]:
        self._usable()
        check_boundaries(boundaries)
        totals = [0] * (len(boundaries) + 1)
        for place, _ in self._answers(attrs.evolve(query, after=None, distinct_owner=False, limit=1), sys.maxsize):
            totals[bisect_right(boundaries, place[0])] += 1
        return tuple(totals)

    def feed(self, after: int = 0, limit: int = 1_000) -> list[Published]:
        self._usable()
        check_limit(limit)
        begin = bisect_right(self._moment.events, after, hi=self._moment.length, key=_position)
        return self._moment.events[begin : min(begin + limit, self._moment.length)]

    def blob(self, digest: str) -> bytes | None:
        self._usable()
        check_texts("digest", [digest])
        return self._moment.blobs.get(digest)

    def dump(self, kind: str, after_id: str = "", limit: int = 1_000) -> list[Record]:
        self._usable()
        declared(self._kinds, kind)
        check_texts("after_id", [after_id])
        check_limit(limit)
        places = islice(self._moment.run("id", kind).walk((after_id, "")), limit)
        found = (self._moment.records.get((kind, id)) for (id,) in places)
        return [_copied(record) for record in found if record is not None]

    def _answers(self, query: Query, wanted: int) -> Iterator[tuple[Place, Record]]:
        kind = declared(self._kinds, query.kind)
        low, high = span(query, check_query(kind, query))
        return self._walk(query, passes(kind, query), Candidates(self._moment.runs, query, wanted, low, high))

    def _walk(
        self, query: Query, judge: Callable[[Record], bool], candidates: Candidates
    ) -> Iterator[tuple[Place, Record]]:
        owners: set[str] = set()
        for place in candidates.walk():
            record = self._moment.records.get((query.kind, place[-1]))
            if record is None or not judge(record) or (query.distinct_owner and record.owner in owners):
                continue
            owners.add(record.owner)
            yield place, record


def _copied(record: Record) -> Record:
    # What the caller does to the mappings of a dumped record must not reach the stored one.
    return attrs.evolve(record, orders=dict(record.orders), references=dict(record.references))
