"""AdaptiveWordSearch: how a question with words is answered.

FTS5 reads the lists of short beginnings no further than it is asked, and gathers the whole list of a longer one before
the first hit. So the words are first asked for by their first characters only; whatever else must hold is looked at,
one by one, on the rows that come. Mostly such a glance finds all that is wanted, or that there is no more.

Where it does not, the next glance is longer and begins where this one ended, and what it walks is chosen anew from what
this one saw: a word that hardly any row had is asked for in full, since its list is short; and where hardly any row had
what else must hold, such as the access, its postings are walked if they reach further with as many records. As every
glance is bounded, the whole costs at most a small multiple of a walk of the sparsest of what must hold, wherever in
the directory that one is sparse.
"""

# ruff: noqa: S608 - only constants and question marks are put into the statements

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from contactcore_sqlite.link import Link, Row
from contactcore_sqlite.rows import access_held
from contactcore_sqlite.sources import HELD_WORD, matching, of_terms, told
from contactcore_sqlite.words import LISTED

__all__ = ["AdaptiveWordSearch"]

_Held = int | str
"""A group by its number, or a word."""

_ROW = "SELECT s.position, e.key, r.id, r.version, r.owner, r.card"
_JOINED = "CROSS JOIN entry AS e ON e.position = s.position CROSS JOIN record AS r ON r.n = e.record"
_OWNER = 4
_SHOWN = 6
_LEAST = 16
_FEWEST = 8
# Of words that begin alike and that so few characters are cut off, most go on alike.
_LITTLE = 2
_WIDER = 4
# What fewer rows have than one of so many may be sparse enough to be walked itself.
_SPARSE = 4
# While one row is looked at, FTS5 gathers so many; and to ask once more takes as long as to look at so many.
_GATHERED = 3
_ASKING = 12


class AdaptiveWordSearch:
    """A question with words against one walk.

    Args:
        link: The connection.
        words: Each must begin a word of what answers; none is empty.
        groups: Of each, a term must be carried.
        access: The terms of the first group, where that is the access.
        low: The first position that may answer.
        high: The first position behind those.
        descending: Walk from the end.
    """

    def __init__(
        self,
        link: Link,
        words: Sequence[str],
        groups: Sequence[tuple[int, ...]],
        access: frozenset[str] | None,
        low: int,
        high: int,
        *,
        descending: bool,
    ) -> None:
        self._link = link
        self._words = words
        self._postings = [of_terms(group) for group in groups]
        self._carried = [(source.test, source.test_values) for source in self._postings]
        if access is not None:
            # The row that is looked at tells it more quickly than the postings.
            self._carried[0] = access_held(access)
        self._low, self._high = low, high
        self._descending = descending
        # What stands inside another word is mostly there where that one is: it is looked at, not walked.
        inside = {word for word in words for other in words if word != other and word in other}
        self._in_full = {word for word in words if len(word) <= LISTED} - inside
        self._walked = [word for word in words if word not in inside]
        # The group whose postings are walked; None for the words.
        self._driver: int | None = None

    def cards(self, wanted: int, *, distinct_owner: bool) -> list[Row]:
        """The first answers: position, key, id, version, owner and card of each, and more.

        Args:
            wanted: At most so many.
            distinct_owner: Only the first of each owner.
        """
        # Rows are read no further than they are needed; but of a word that was cut short perhaps none is right.
        cut = any(len(word) > LISTED + _LITTLE for word in self._words)
        look = _FEWEST if cut else 2 * wanted + _LEAST
        found: list[Row] = []
        met: set[str] = set()
        while self._low < self._high:
            tests = self._tests()
            failed: dict[Row, int] = {}
            seen = first = position = 0
            missing = wanted - len(found)
            with self._link.opened(*self._rows(tests, look)) as rows:
                while some := rows.next(missing):
                    seen += len(some)
                    first = first or some[0][0]
                    position = some[-1][0]
                    found += _right(some, met if distinct_owner else None, failed)
                    if len(found) == wanted:
                        return found
                    if len(some) < missing:
                        break
                    missing = wanted - len(found)
            if seen < look:
                break
            held = {
                test: seen - sum(rows for flags, rows in failed.items() if not flags[at])
                for at, test in enumerate(tests)
            }
            far = abs(position - first)
            self._go_on_behind(position)
            if not self._ask_in_full(held, seen, far, max(wanted - len(found), _LEAST)):
                look *= _WIDER
                self._choose_driver(held, seen, far * _WIDER, look)
        return found

    def _tests(self) -> list[_Held]:
        """What must hold besides what is walked."""
        tests: list[_Held] = [at for at in range(len(self._postings)) if at != self._driver]
        tests += [word for word in self._words if self._driver is not None or word not in self._in_full]
        return tests

    def _rows(self, tests: Sequence[_Held], look: int) -> tuple[str, list[object]]:
        conditions: list[str] = []
        values: list[object] = []
        for test in tests:
            if isinstance(test, str):
                conditions.append(HELD_WORD)
                values.append(told(test))
            else:
                condition, given = self._carried[test]
                conditions.append(condition)
                values += given
        positions, bounds = self._positions(self._driver)
        return _statement(tuple(conditions), positions), [*values, *bounds, look]

    def _positions(self, driver: int | None) -> tuple[str, list[object]]:
        if driver is not None:
            return self._postings[driver].select(self._low, self._high, descending=self._descending)
        walked = [word if word in self._in_full else word[:LISTED] for word in self._walked]
        return matching(walked, self._low, self._high, descending=self._descending)

    def _go_on_behind(self, position: int) -> None:
        if self._descending:
            self._high = position
        else:
            self._low = position + 1

    def _ask_in_full(self, held: Mapping[_Held, int], seen: int, far: int, missing: int) -> bool:
        """Ask in full for words whose rows are gathered sooner than looked for; gives whether there are such words.

        Args:
            held: How many of the rows that were seen had each.
            seen: How many rows that were.
            far: How far they lay apart.
            missing: How many answers are wanted still.
        """
        if self._driver is not None:
            return False
        # As if what lies ahead were like what was seen.
        rest = seen * (self._high - self._low) // max(1, far)
        rare = set()
        for word, rows in held.items():
            if isinstance(word, str) and rows < seen:
                looks = min(rest, missing * seen // rows) if rows else rest
                if _ASKING + rest * rows // seen // _GATHERED < looks * (seen - rows) // seen:
                    rare.add(word)
        self._in_full |= rare
        self._walked += [word for word in rare if word not in self._walked]
        return bool(rare)

    def _choose_driver(self, held: Mapping[_Held, int], seen: int, far: int, look: int) -> None:
        """Choose what the next glance walks.

        Args:
            held: How many of the rows that were seen had each.
            seen: How many rows that were.
            far: How far as many as the next glance sees would reach, of what was walked.
            look: How many that are.
        """
        sparse = [test for test, rows in held.items() if rows * _SPARSE < seen]
        for driver in dict.fromkeys(None if isinstance(test, str) else test for test in sparse):
            if driver == self._driver:
                continue
            select, bounds = self._positions(driver)
            row = self._link.row(f"SELECT position FROM ({select}) LIMIT 1 OFFSET ?", [*bounds, look])
            if row is None:
                self._driver = driver
                return
            reach = self._high - row[0] if self._descending else row[0] + 1 - self._low
            if reach > far:
                far, self._driver = reach, driver


def _right(rows: Sequence[Row], met: set[str] | None, failed: dict[Row, int]) -> list[Row]:
    """The rows that pass all tests, of each owner the first; the others are counted by what they failed."""
    right = []
    for row in rows:
        flags = row[_SHOWN:]
        if 0 in flags:
            failed[flags] = failed.get(flags, 0) + 1
        elif met is None:
            right.append(row)
        elif row[_OWNER] not in met:
            met.add(row[_OWNER])
            right.append(row)
    return right


@lru_cache(256)
def _statement(conditions: tuple[str, ...], positions: str) -> str:
    return f"{', '.join((_ROW, *conditions))} FROM ({positions} LIMIT ?) AS s {_JOINED}"
