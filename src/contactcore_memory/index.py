"""What is posted for a record, and how a question is answered from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from heapq import merge
from typing import TypeAlias

import attrs

from contactcore.storage import SYSTEM, Kind, Query, Record
from contactcore_memory.sorted_runs import Chunks, Entry, SortedRun, prefix_end
from contactcore_memory.tables import Table

__all__ = ["DUE", "Candidates", "IndexName", "passes", "postings", "span"]

IndexName: TypeAlias = tuple[str, ...]
"""What a run lists: `("term", kind, order, term)`, `("all", kind, order)`, `("word", kind, order)`, ..."""

DUE: IndexName = ("due",)


def postings(kind: Kind, record: Record) -> set[tuple[IndexName, Entry]]:
    """All places under all headings that a record is found by; a pure function of the record."""
    name, id = record.kind, record.id
    found: set[tuple[IndexName, Entry]] = {(("id", name), (id,)), (("owner", name, record.owner), (id,))}
    for reference, target in record.references.items():
        found.add((("to", kind.references[reference], target), (name, id, reference)))
    for order, key in record.orders.items():
        declaration, place = kind.order(order), (key, id)
        found.add((("all", name, order), place))
        found.update((("term", name, order, term), place) for term in record.access)
        found.update((("term", name, order, term), place) for term in record.terms if declaration.posts(term))
        if declaration.words:
            found.update((("word", name, order), (word, key, id)) for word in record.words)
        if declaration.due:
            found.add((DUE, (key, name, order, id)))
    return found


def passes(kind: Kind, query: Query) -> Callable[[Record], bool]:
    """A quick judge of whether a record that stands in the range of a question answers it."""
    order = kind.order(query.order)
    groups = [(group, frozenset(filter(order.posts, group))) for group in query.where]

    def judge(record: Record) -> bool:
        if query.access is not SYSTEM and query.access.isdisjoint(record.access):
            return False
        for group, posted in groups:
            if posted.isdisjoint(record.terms) and group.isdisjoint(record.access):
                return False
        return all(any(word.startswith(prefix) for word in record.words) for prefix in query.words)

    return judge


def span(query: Query, cursor: tuple[str, str] | None) -> tuple[Entry, Entry | None]:
    """The first place of a walk and the first one behind it, in ascending sense."""
    low: Entry = (query.start,)
    high: Entry | None = None if query.stop is None else (query.stop,)
    if cursor is not None and query.descending:
        high = cursor if high is None else min(high, cursor)
    elif cursor is not None:
        low = max(low, (*cursor, ""))  # the smallest of all that is larger than the cursor
    return low, high


@attrs.frozen
class Candidates:
    """The places that may answer a question: one of the postings that the answer must lie in, mostly the smallest.

    What a prefix finds must be sorted as a whole, while a walk along the order ends early when it finds enough: a
    dense prefix and few wanted answers speak for the walk.
    """

    runs: Table[IndexName, Chunks]
    query: Query
    wanted: int
    low: Entry
    high: Entry | None

    def walk(self) -> Iterator[Entry]:
        """The candidates' places in the direction of the walk, each once."""
        query = self.query
        groups = list(query.where) if query.access is SYSTEM else [query.access, *query.where]
        postings = [[self._run(("term", query.kind, query.order, term)) for term in group] for group in groups]
        postings = postings or [[self._run(("all", query.kind, query.order))]]
        sizes = [sum(run.size(self.low, self.high) for run in runs) for runs in postings]
        words = self._run(("word", query.kind, query.order))
        ranges = [((prefix,), None if (end := prefix_end(prefix)) is None else (end,)) for prefix in query.words]
        found = [words.size(*bounds) for bounds in ranges]
        if found and min(found) ** 2 <= min(self.wanted, *sizes) * min(sizes):
            return self._by_word(words.walk(*ranges[found.index(min(found))]))
        return self._merged(postings[sizes.index(min(sizes))])

    def _run(self, index: IndexName) -> SortedRun:
        return SortedRun(self.runs.get(index) or ())

    def _by_word(self, entries: Iterator[Entry]) -> Iterator[Entry]:
        places = {entry[1:] for entry in entries}
        inside = (place for place in places if self.low <= place and (self.high is None or place < self.high))
        return iter(sorted(inside, reverse=self.query.descending))

    def _merged(self, runs: list[SortedRun]) -> Iterator[Entry]:
        descending = self.query.descending
        walks = [run.walk(self.low, self.high, descending=descending) for run in runs]
        last: Entry | None = None
        for place in walks[0] if len(walks) == 1 else merge(*walks, reverse=descending):
            if place != last:
                yield place
            last = place
