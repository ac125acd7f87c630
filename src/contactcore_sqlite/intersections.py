"""Intersections: what must hold is walked along the sparsest of its streams.

What must hold (access, groups of terms, words) are sorted streams of positions. One of them drives, the others are
tested at each of its positions. Which one is sparsest can differ from place to place, so it is looked up in rounds:
every stream is asked how far its next so many positions reach; the farthest reaching is the sparsest here and drives up
to there; the next round looks further. So an intersection costs at most a small multiple of a walk of its smallest
stream, and a page that fills early never looks far.
"""

# ruff: noqa: S608 - only constants and question marks are put into the statements

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import attrs

from contactcore_sqlite.link import Link, Row
from contactcore_sqlite.sources import Source, of_terms
from contactcore_sqlite.walks import bound

__all__ = ["Intersection"]

_CARD = (
    "SELECT s.position, e.key, r.id, r.version, r.owner, r.card FROM ({positions}) AS s "
    "CROSS JOIN entry AS e ON e.position = s.position CROSS JOIN record AS r ON r.n = e.record"
)
_OWNER = 4
_FIRST_LOOK = 128
_WIDER = 4
_FAR_LOOK = 4_096
# Any driver but the words has each of its records tested for words, which costs more than a look at a posting.
_DEARER = 4


@attrs.frozen
class Intersection:
    """What must hold in one walk.

    Attributes:
        link: The connection.
        walk: The number of the walk.
        low: The first position that may answer.
        high: The first position behind those.
        descending: Walk from the end.
        drivers: What may be walked.
        tests: What must hold at each position; a driver's own test is left out.
        terms: The terms of the only group, when there is nothing else.
    """

    link: Link
    walk: int
    low: int
    high: int
    descending: bool
    drivers: tuple[Source, ...]
    tests: tuple[Source, ...]
    terms: tuple[int, ...] | None = None

    def cards(self, wanted: int, *, distinct_owner: bool) -> list[Row]:
        """The first answers: position, key, id, version, owner and card of each; read `wanted` at a time.

        Args:
            wanted: At most so many.
            distinct_owner: Only the first of each owner.
        """
        found: list[Row] = []
        met: set[str] = set()
        for sql, values, ends in self._rounds(wanted):
            low, high = ends
            while low < high:
                select, bounds = sql(low, high)
                rows = self.link.rows(_CARD.format(positions=select + " LIMIT ?"), [*bounds, *values, wanted])
                rows.sort(key=_position, reverse=self.descending)
                for row in rows:
                    if not distinct_owner or row[_OWNER] not in met:
                        met.add(row[_OWNER])
                        found.append(row)
                if len(found) >= wanted:
                    return found[:wanted]
                if len(rows) < wanted:
                    break
                low, high = (low, rows[-1][0]) if self.descending else (rows[-1][0] + 1, high)
        return found

    def _rounds(self, wanted: int) -> Iterator[tuple[Any, list[object], tuple[int, int]]]:
        look = max(_FIRST_LOOK, 4 * wanted)
        low, high = self.low, self.high
        while low < high:
            driver, edge = self._sparsest(low, high, look)
            if edge is None:
                ends = (low, high)
                low = high
            elif self.descending:
                ends = (edge + 1, high)
                high = edge + 1
            else:
                ends = (low, edge)
                low = edge
            yield (*self._filtered(driver), ends)
            look *= _WIDER

    def _sparsest(self, low: int, high: int, look: int) -> tuple[Source, int | None]:
        if len(self.drivers) == 1:
            return self.drivers[0], None
        best: tuple[int, Source, int] | None = None
        for driver in self.drivers:
            select, bounds = driver.select(low, high, descending=self.descending)
            row = self.link.row(f"SELECT position FROM ({select}) LIMIT 1 OFFSET ?", [*bounds, look])
            if row is None:
                return driver, None
            edge = int(row[0])
            reach = high - edge if self.descending else edge - low
            reach *= _DEARER if self._words(driver) else 1
            if best is None or reach > best[0]:
                best = (reach, driver, edge)
        if best is None:
            raise AssertionError("a question has something to walk")
        return best[1], best[2]

    def _filtered(self, driver: Source) -> tuple[Any, list[object]]:
        left = [test for test in self.tests if test is not driver]
        condition = " AND ".join(test.test for test in left)
        values = [value for test in left for value in test.test_values]

        def select(low: int, high: int) -> tuple[str, list[object]]:
            inner, bounds = driver.select(low, high, descending=self.descending)
            where = f" WHERE {condition}" if condition else ""
            return f"SELECT s.position FROM ({inner}) AS s{where}", bounds

        return select, values

    @staticmethod
    def _words(driver: Source) -> bool:
        return driver.column == "rowid"

    def counts(self, boundaries: Sequence[str]) -> tuple[int, ...]:
        """How many answers lie between the boundaries."""
        borders = [bound(self.link, self.walk, cut) for cut in boundaries]
        ends = [self.low, *(min(max(border, self.low), self.high) for border in borders), self.high]
        if self.terms is not None:
            return tuple(self._count_terms(low, high) for low, high in pairwise(ends))
        driver = self._smallest()
        select, values = self._filtered(driver)
        if self._words(driver):
            # FTS5 would begin each range anew.
            sql, bounds = select(self.low, self.high)
            totals = [0] * (len(boundaries) + 1)
            for (position,) in self.link.stream(sql, [*bounds, *values]):
                totals[bisect_right(borders, position)] += 1
            return tuple(totals)
        counts = []
        for low, high in pairwise(ends):
            sql, bounds = select(low, high)
            ((count,),) = self.link.rows(f"SELECT count(*) FROM ({sql})", [*bounds, *values])
            counts.append(count)
        return tuple(counts)

    def _smallest(self) -> Source:
        look = _FAR_LOOK
        while True:
            driver, edge = self._sparsest(self.low, self.high, look)
            if edge is None:
                return driver
            look *= _WIDER

    def _count_terms(self, low: int, high: int) -> int:
        total = 0
        for at, term in enumerate(self.terms or ()):
            sql = "SELECT count(*) FROM posting AS s WHERE s.term = ? AND s.position >= ? AND s.position < ?"
            values: list[object] = [term, low, high]
            if at:
                # Counted already where a term before it stands there too.
                others = of_terms((self.terms or ())[:at])
                sql += f" AND NOT {others.test}"
                values += others.test_values
            ((count,),) = self.link.rows(sql, values)
            total += count
        return total


def _position(row: tuple[Any, ...]) -> int:
    position: int = row[0]
    return position
