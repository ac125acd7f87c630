"""The index entries of a record, and the choice of the index that answers a query."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from heapq import merge
from itertools import pairwise
from typing import TypeAlias

import attrs

from contactcore.storage import SYSTEM, Kind, Query, Record
from contactcore_memory.sorted_runs import Chunks, Entry, SortedRun, prefix_end
from contactcore_memory.tables import Table

__all__ = ["DUE", "Candidates", "IndexName", "bounds", "index_entries", "predicate"]

IndexName: TypeAlias = tuple[str, ...]
"""The name of an index: `("term", kind, order, term)`, `("all", kind, order)`, `("word", kind, order)`, ..."""

DUE: IndexName = ("due",)


def index_entries(kind: Kind, record: Record) -> set[tuple[IndexName, Entry]]:
    """Return all entries of a record in all indexes; a pure function of the record."""
    name, id = record.kind, record.id
    found: set[tuple[IndexName, Entry]] = {(("id", name), (id,)), (("owner", name, record.owner), (id,))}
    for reference, target in record.references.items():
        found.add((("to", kind.references[reference], target), (name, id, reference)))
    for order, key in record.orders.items():
        declaration, entry = kind.order(order), (key, id)
        found.add((("all", name, order), entry))
        found.update((("term", name, order, term), entry) for term in record.access)
        found.update((("term", name, order, term), entry) for term in record.terms if declaration.posts(term))
        if declaration.words:
            found.update((("word", name, order), (word, key, id)) for word in record.words)
        if declaration.due:
            found.add((DUE, (key, name, order, id)))
    return found


def predicate(kind: Kind, query: Query) -> Callable[[Record], bool]:
    """Return a fast test of whether a record within the bounds of a query answers it."""
    order = kind.order(query.order)
    groups = [(group, frozenset(filter(order.posts, group))) for group in query.where]

    def answers(record: Record) -> bool:
        if query.access is not SYSTEM and query.access.isdisjoint(record.access):
            return False
        for group, posted in groups:
            if posted.isdisjoint(record.terms) and group.isdisjoint(record.access):
                return False
        return all(any(word.startswith(prefix) for word in record.words) for prefix in query.words)

    return answers


def bounds(query: Query, cursor: tuple[str, str] | None) -> tuple[Entry, Entry | None]:
    """Return the first entry that may answer and the first entry behind those, in ascending order."""
    low: Entry = (query.start,)
    high: Entry | None = None if query.stop is None else (query.stop,)
    if cursor is not None and query.descending:
        high = cursor if high is None else min(high, cursor)
    elif cursor is not None:
        low = max(low, (*cursor, ""))  # the smallest entry that is larger than the cursor
    return low, high


@attrs.frozen
class Candidates:
    """The entries that may answer a query: those of one posting that every answer is in, usually the smallest one.

    The entries of a word prefix must be sorted as a whole. A walk along the order ends as soon as it has found enough.
    A frequent prefix and a small limit are therefore better served by the walk.
    """

    runs: Table[IndexName, Chunks]
    query: Query
    wanted: int
    low: Entry
    high: Entry | None

    def walk(self) -> Iterator[Entry]:
        """Yield each candidate once, in the direction of the query."""
        query = self.query
        groups = list(query.where) if query.access is SYSTEM else [query.access, *query.where]
        postings = [[self._run(("term", query.kind, query.order, term)) for term in group] for group in groups]
        postings = postings or [[self._run(("all", query.kind, query.order))]]
        sizes = [sum(run.size(self.low, self.high) for run in runs) for runs in postings]
        words = self._run(("word", query.kind, query.order))
        ranges = [((prefix,), None if (end := prefix_end(prefix)) is None else (end,)) for prefix in query.words]
        found = [words.size(*ends) for ends in ranges]
        if found and min(found) ** 2 <= min(self.wanted, *sizes) * min(sizes):
            return self._sorted(words.walk(*ranges[found.index(min(found))]))
        return self._merged(postings[sizes.index(min(sizes))])

    def counts(self, boundaries: Sequence[str]) -> tuple[int, ...] | None:
        """Count the answers by ranges of the order key without a walk; None unless they are exactly one posting."""
        query = self.query
        if query.access is not SYSTEM or query.words or len(query.where) != 1 or len(query.where[0]) != 1:
            return None
        (term,) = query.where[0]
        run = self._run(("term", query.kind, query.order, term))
        ends = [(boundary,) if self.high is None else min((boundary,), self.high) for boundary in boundaries]
        below = [0, *(run.size(self.low, end) for end in (*ends, self.high))]
        return tuple(up_to - before for before, up_to in pairwise(below))

    def _run(self, name: IndexName) -> SortedRun:
        return SortedRun(self.runs.get(name) or ())

    def _sorted(self, word_entries: Iterator[Entry]) -> Iterator[Entry]:
        entries = {entry[1:] for entry in word_entries}
        inside = (entry for entry in entries if self.low <= entry and (self.high is None or entry < self.high))
        return iter(sorted(inside, reverse=self.query.descending))

    def _merged(self, runs: list[SortedRun]) -> Iterator[Entry]:
        descending = self.query.descending
        walks = [run.walk(self.low, self.high, descending=descending) for run in runs]
        last: Entry | None = None
        for entry in walks[0] if len(walks) == 1 else merge(*walks, reverse=descending):
            if entry != last:
                yield entry
            last = entry
