"""Intersections: the engine for queries without words, and for all counts.

The conditions of a query (access, groups of terms, words) are sorted streams of positions. One stream is walked, and
the others are tested at each of its positions. Another stream can be the sparsest one in another part of the order, so
it is chosen again in every round: the engine looks up how far the next positions of each stream reach, walks the stream
that reaches farthest up to that edge, and looks further in the next round. An intersection therefore costs at most a
small multiple of a walk of its smallest stream, and a page that is full early never looks far.

Words are searched by `AdaptiveWordSearch`, because FTS5 collects the whole list of a longer prefix before it can look
ahead. `python -m benchmarks.search_engines` measures both engines on the queries of the other one.
"""

# ruff: noqa: S608 - only constants and question marks are put into the statements

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import attrs

from contactcore_sqlite.card_search import GROWTH, Columns, Page, PositionRange, sparsest
from contactcore_sqlite.connection import Connection, Row
from contactcore_sqlite.order_index import key_bound
from contactcore_sqlite.posting_streams import PostingStream, term_stream

__all__ = ["Intersection"]

_FIRST_LOOK = 128
_LARGEST_FIRST_LOOK = 256
_SHORT = 3
_FIRST_COUNT_LOOK = 4_096
# Terms are counted one by one, unless there are more than so many, or more tests than so many for each on average.
_MOST_TERMS = 40
_MOST_TESTS = 4
_ROWS_AT_ONCE = 10_000


@attrs.frozen
class Intersection:
    """The conditions of a query in one order index.

    Attributes:
        connection: The connection.
        columns: What is read of each answer.
        index: The number of the order index.
        span: The positions that may answer.
        drivers: The streams that may be walked.
        tests: The streams that are tested at each position. The test of the walked stream is left out.
        terms: The terms of the only group, if the query has no other condition.
        apart: Term -> access sets whose records are never posted under the term.
    """

    connection: Connection
    columns: Columns
    index: int
    span: PositionRange
    drivers: tuple[PostingStream, ...]
    tests: tuple[PostingStream, ...]
    terms: tuple[int, ...] | None = None
    apart: Mapping[int, frozenset[int]] = attrs.field(factory=dict)

    def answers(self, wanted: int, *, distinct_owner: bool) -> list[Row]:
        """Return the first answers: the wanted columns of each.

        Args:
            wanted: The most answers to return.
            distinct_owner: Whether only the first answer of each owner counts.
        """
        page = Page(wanted, distinct_owner=distinct_owner)
        if wanted <= _SHORT and len(self.drivers) > 1 and page.add(self._first(wanted)):
            return page.rows
        page = Page(wanted, distinct_owner=distinct_owner)
        # Not more at first for a large page: in a small order several streams would end, and the first one be walked.
        look = max(_FIRST_LOOK, min(4 * wanted, _LARGEST_FIRST_LOOK))
        while self.span:
            driver, edge = self._driver(look)
            part = self.span.cut(edge)
            while part:
                positions, values = self._positions(driver, part)
                rows = self.connection.rows(self.columns.statement(positions), [*values, wanted])
                if page.add(rows):
                    return page.rows
                if len(rows) < wanted:
                    break
                part.pass_by(rows[-1][0])
            look *= GROWTH
        return page.rows

    def counts(self, boundaries: Sequence[str]) -> tuple[int, ...]:
        """Count the answers by ranges of the order key."""
        low, high = self.span.low, self.span.high
        bounds = [key_bound(self.connection, self.index, boundary) for boundary in boundaries]
        ends = [low, *(min(max(bound, low), high) for bound in bounds), high]
        parts = [PositionRange(*part, descending=False) for part in pairwise(ends)]
        if self.terms is not None and len(self.terms) <= _MOST_TERMS:
            earlier = self._earlier(self.terms)
            if sum(map(len, earlier.values())) <= _MOST_TESTS * len(self.terms):
                return tuple(self._count_terms(earlier, part) for part in parts)
        driver = self._smallest()
        if driver.column == "rowid":
            return self._count_matches(driver, bounds)
        counts = []
        for part in parts:
            sql, values = self._positions(driver, part)
            ((count,),) = self.connection.rows(f"SELECT count(*) FROM ({sql})", values)
            counts.append(count)
        return tuple(counts)

    def _first(self, wanted: int) -> list[Row]:
        """Return answers among the first positions of the last stream, without a look at the others.

        They fill a short page whose conditions many records meet.
        """
        driver = self.drivers[-1]
        select, values = self.span.select(driver)
        tests = [test for test in self.tests if test is not driver]
        where = " WHERE " + " AND ".join(test.test for test in tests) if tests else ""
        positions = f"SELECT s.position FROM ({select} LIMIT {_FIRST_LOOK}) AS s{where}"
        bound = [*values, *(value for test in tests for value in test.test_values)]
        return self.connection.rows(self.columns.statement(positions), [*bound, wanted])

    def _driver(self, look: int) -> tuple[PostingStream, int | None]:
        if len(self.drivers) == 1:
            return self.drivers[0], None
        driver, edge = sparsest(self.connection, self.span, self.drivers, look)
        assert driver is not None  # every reach exceeds the default of `beyond`
        return driver, edge

    def _positions(self, driver: PostingStream, part: PositionRange) -> tuple[str, list[object]]:
        """Return a SELECT of the positions in a part of the range that pass every test."""
        select, values = part.select(driver)
        left = [test for test in self.tests if test is not driver]
        where = " WHERE " + " AND ".join(test.test for test in left) if left else ""
        return f"SELECT s.position FROM ({select}) AS s{where}", values + [v for test in left for v in test.test_values]

    def _smallest(self) -> PostingStream:
        look = _FIRST_COUNT_LOOK
        while True:
            driver, edge = self._driver(look)
            if edge is None:
                return driver
            look *= GROWTH

    def _count_matches(self, driver: PostingStream, bounds: Sequence[int]) -> tuple[int, ...]:
        """Count in one walk, because FTS5 would start again for each range."""
        totals = [0] * (len(bounds) + 1)
        with self.connection.opened(*self._positions(driver, self.span)) as rows:
            while some := rows.next(_ROWS_AT_ONCE):
                for (position,) in some:
                    totals[bisect_right(bounds, position)] += 1
        return tuple(totals)

    def _earlier(self, terms: Iterable[int]) -> dict[int, tuple[int, ...]]:
        """Return, for each term, those terms before it that the same record may have."""
        found: dict[int, tuple[int, ...]] = {}
        for term in terms:
            # A record has one access set.
            found[term] = tuple(one for one in found if not self._exclude(one, term))
        return found

    def _exclude(self, one: int, other: int) -> bool:
        return (one < 0 and other < 0) or one in self.apart.get(other, ()) or other in self.apart.get(one, ())

    def _count_terms(self, earlier: Mapping[int, tuple[int, ...]], part: PositionRange) -> int:
        total = 0
        for term, others in earlier.items():
            sql = "SELECT count(*) FROM posting AS s WHERE s.term = ? AND s.position >= ? AND s.position < ?"
            values: list[object] = [term, part.low, part.high]
            if others:
                # A record with one of these is counted already.
                test = term_stream(others)
                sql += f" AND NOT {test.test}"
                values += test.test_values
            ((count,),) = self.connection.rows(sql, values)
            total += count
        return total
