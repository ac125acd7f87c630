"""Questions: a query against one walk, and how it is answered."""

from __future__ import annotations

import json
from collections.abc import Sequence

import attrs

from contactcore.storage import SYSTEM, Kind, Query
from contactcore.storage.places import index_range
from contactcore.storage.postings import Postings
from contactcore_sqlite.adaptive_word_search import AdaptiveWordSearch
from contactcore_sqlite.intersections import Intersection
from contactcore_sqlite.link import Link, Row
from contactcore_sqlite.sources import entries, of_terms, of_words
from contactcore_sqlite.walks import Walks, bound, cursor_bounds
from contactcore_sqlite.words import essential, impossible

__all__ = ["Question", "asked"]

_LOOK = 128
_MANY = 8


@attrs.define(eq=False)
class Question:
    """A query against one walk.

    Attributes:
        link: The connection.
        walk: The number of the walk.
        low: The first position that may answer.
        high: The first position behind those.
        descending: Walk from the end.
        groups: Of each, a term must be carried; none is empty.
        words: Each must begin a word; `("",)` asks for any word at all.
        access: The terms of the first group, where that is the access.
    """

    link: Link
    walk: int
    low: int
    high: int
    descending: bool
    groups: Sequence[tuple[int, ...]]
    words: tuple[str, ...]
    access: frozenset[str] | None

    def cards(self, wanted: int, *, distinct_owner: bool) -> list[Row]:
        """The first answers: position, key, id, version, owner and card of each, and more.

        Args:
            wanted: At most so many.
            distinct_owner: Only the first of each owner.
        """
        if any(self.words):
            access = self.access if self.access is not None and len(self.access) <= _MANY else None
            adaptive_word_search = AdaptiveWordSearch(
                self.link, self.words, self.groups, access, self.low, self.high, descending=self.descending
            )
            return adaptive_word_search.cards(wanted, distinct_owner=distinct_owner)
        return self._intersection().cards(wanted, distinct_owner=distinct_owner)

    def counts(self, boundaries: Sequence[str]) -> tuple[int, ...]:
        """How many answers lie between the boundaries."""
        return self._intersection().counts(boundaries)

    def _intersection(self) -> Intersection:
        sources = [of_terms(group) for group in self.groups]
        drivers, tests = list(sources), list(sources)
        if self.words:
            source = of_words(self.words)
            tests.append(source)
            if any(self.words):
                # Last: looking ahead in it costs most.
                drivers.append(source)
        terms = self.groups[0] if len(self.groups) == 1 and not self.words else None
        return Intersection(
            self.link,
            self.walk,
            self.low,
            self.high,
            self.descending,
            tuple(drivers) or (entries(),),
            tuple(tests),
            terms,
        )


def asked(
    link: Link, walks: Walks, postings: Postings, kind: Kind, query: Query, *, cursor: tuple[str, str] | None
) -> Question | None:
    """A checked query as a question, or None when nothing can answer it."""
    walk = walks.number(query.kind, query.order)
    if walk is None or impossible(query.words):
        return None
    low, high = _range(link, walk, query, cursor)
    if low >= high:
        return None
    # A glance tests its rows for a few terms more quickly than it is found out which of them there are.
    enough = _MANY if any(query.words) else 1
    groups = [
        _present(link, group, low, high) if len(group) > enough else tuple(group)
        for group in postings.groups(kind, query)
    ]
    if not all(groups):
        return None
    access = None if query.access is SYSTEM else query.access
    return Question(link, walk, low, high, query.descending, groups, essential(query.words), access)


def _range(link: Link, walk: int, query: Query, cursor: tuple[str, str] | None) -> tuple[int, int]:
    low, high = index_range(walk)
    if query.start:
        low = bound(link, walk, query.start)
    if query.stop is not None:
        high = bound(link, walk, query.stop)
    if cursor is not None:
        at, behind = cursor_bounds(link, walk, cursor)
        if query.descending:
            high = min(high, at)
        else:
            low = max(low, behind)
    return low, high


def _present(link: Link, group: frozenset[int], low: int, high: int) -> tuple[int, ...]:
    """The terms of a group that anything in the range carries, the fullest first."""
    there = link.rows(
        "SELECT value, (SELECT position FROM posting WHERE term = value AND position >= ? AND position < ? "
        "ORDER BY position LIMIT 1 OFFSET ?) FROM json_each(?) "
        "WHERE EXISTS (SELECT 1 FROM posting WHERE term = value AND position >= ? AND position < ?)",
        (low, high, _LOOK, json.dumps(list(group)), low, high),
    )
    # Where the next so many reach is how full a term is; one that has not so many is the emptiest.
    return tuple(term for term, _ in sorted(there, key=lambda row: (row[1] is None, row[1] or 0, row[0])))
