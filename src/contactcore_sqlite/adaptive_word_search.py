"""The adaptive word search: the engine for queries with words.

FTS5 reads the list of a short prefix no further than needed, but collects the whole list of a longer one before the
first hit. The first round therefore searches words by their first characters only, and tests every other condition on
the rows that it reads. Usually this round finds all wanted answers, or shows that there are no more.

Otherwise the next round is longer and begins behind this one. The results of the last round decide how it reads:

- A word that few rows had is searched in full, because its list is short.
- If few rows passed another condition, such as the access, its postings are walked instead, provided that they reach
  further with the same number of records.

Every round is bounded. The whole search therefore costs at most a small multiple of a walk of the sparsest condition,
wherever in the order it is sparse.
"""

# ruff: noqa: S608 - only constants and question marks are put into the statements

from __future__ import annotations

from collections.abc import Mapping, Sequence

from contactcore_sqlite.card_search import GROWTH, Columns, Page, PositionRange, sparsest
from contactcore_sqlite.connection import Connection, Row
from contactcore_sqlite.posting_streams import WORD_TEST, PostingStream, match_stream, term_stream, word_value
from contactcore_sqlite.words import PREFIX_LENGTH

__all__ = ["AdaptiveWordSearch"]

_Test = int | str
"""A condition: the number of a group, or a word."""

_LEAST = 16
_FEWEST = 8
# If a prefix is cut by no more than this, most words with the cut prefix have the whole one too.
_SHORT_CUT = 2
# A condition that fewer than one row in so many passes may be sparse enough to be walked.
_SPARSE = 4
# In the time of one test FTS5 collects so many rows, and a further statement takes the time of so many tests.
_COLLECTED = 3
_STATEMENT = 12
# The rows by which the size of a list is estimated.
_PROBE = 64


class AdaptiveWordSearch:
    """A query with words in one order index.

    Args:
        connection: The connection.
        columns: What is read of each answer.
        words: The prefixes, each of which must begin a word of the record; none is empty.
        groups: Groups of terms, of each of which the record must carry one.
        access_sets: The numbers of all sets of the first group, if it is the access and its sets are few; else None.
        span: The positions that may answer.
    """

    def __init__(
        self,
        connection: Connection,
        columns: Columns,
        words: Sequence[str],
        groups: Sequence[tuple[int, ...]],
        access_sets: tuple[int, ...] | None,
        span: PositionRange,
    ) -> None:
        self._connection = connection
        self._columns = columns
        self._words = words
        self._postings = [term_stream(group) for group in groups]
        self._group_tests = [(stream.test, stream.test_values) for stream in self._postings]
        if access_sets is not None:
            # The row that is read anyway answers this faster than the postings.
            self._group_tests[0] = f"r.access_set IN ({', '.join('?' * len(access_sets))})", access_sets
        self._span = span
        # A prefix that is part of another one usually occurs together with it. It is tested, not walked.
        implied = {word for word in words for other in words if word != other and word in other}
        self._in_full = {word for word in words if len(word) <= PREFIX_LENGTH} - implied
        self._walked = [word for word in words if word not in implied]
        # The group whose postings are walked; None for the words.
        self._driver: int | None = None

    def answers(self, wanted: int, *, distinct_owner: bool) -> list[Row]:
        """Return the first answers: the wanted columns of each, and the results of the tests.

        Args:
            wanted: The most answers to return.
            distinct_owner: Whether only the first answer of each owner counts.
        """
        page = Page(wanted, distinct_owner=distinct_owner)
        # Rows are read only as far as needed. But if a word was cut, perhaps no row has the whole word.
        cut = any(len(word) > PREFIX_LENGTH + _SHORT_CUT for word in self._words)
        look = _FEWEST if cut else 2 * wanted + _LEAST
        while self._span:
            tests = self._tests()
            failed: dict[Row, int] = {}
            seen = first = position = 0
            with self._connection.opened(*self._statement(tests, look)) as rows:
                while some := rows.next(missing := page.missing):
                    seen += len(some)
                    first = first or some[0][0]
                    position = some[-1][0]
                    if page.add(self._passing(some, failed)):
                        return page.rows
                    if len(some) < missing:
                        break
            if seen < look:
                break
            passed = {
                test: seen - sum(rows for flags, rows in failed.items() if not flags[number])
                for number, test in enumerate(tests)
            }
            far = abs(position - first)
            self._span.pass_by(position)
            words = [number for number, test in enumerate(tests) if isinstance(test, str)]
            together = seen - sum(rows for flags, rows in failed.items() if not all(flags[word] for word in words))
            if not self._search_in_full(passed, seen, far, max(page.missing, _LEAST), together):
                look *= GROWTH
                self._choose_driver(passed, seen, far * GROWTH, look)
        return page.rows

    def _tests(self) -> list[_Test]:
        """Return the conditions that the walked stream does not imply."""
        tests: list[_Test] = [number for number in range(len(self._postings)) if number != self._driver]
        tests += [word for word in self._words if self._driver is not None or word not in self._in_full]
        return tests

    def _statement(self, tests: Sequence[_Test], look: int) -> tuple[str, list[object]]:
        conditions: list[str] = []
        values: list[object] = []
        for test in tests:
            condition, given = (WORD_TEST, (word_value(test),)) if isinstance(test, str) else self._group_tests[test]
            conditions.append(condition)
            values += given
        positions, bounds = self._span.select(self._stream(self._driver))
        return self._columns.statement(positions, tuple(conditions)), [*values, *bounds, look]

    def _stream(self, driver: int | None) -> PostingStream:
        if driver is not None:
            return self._postings[driver]
        return match_stream(tuple([word if word in self._in_full else word[:PREFIX_LENGTH] for word in self._walked]))

    def _search_in_full(self, passed: Mapping[_Test, int], seen: int, far: int, missing: int, together: int) -> bool:
        """Search the rarest word in full whose rows are collected sooner than tested; return whether there is one.

        Args:
            passed: The number of rows of the last round that passed each test.
            seen: The number of rows of the last round.
            far: The distance between its first and last position.
            missing: The number of answers that are still wanted.
            together: The number of rows of the last round that have all words.
        """
        if self._driver is not None:
            return False
        # An estimate, as if the rest of the range were like this round.
        rest = seen * (self._span.high - self._span.low) // max(1, far)
        # Words that many rows have may exclude each other.
        tested = min(rest, missing * seen // together) if together else rest
        # Of several rare words one is enough: the other ones are tested on its few rows. A longer one is mostly rarer.
        rarest: tuple[int, int, str] | None = None
        for word, rows in passed.items():
            if isinstance(word, str) and rows < seen and tested * (seen - rows) // seen > _STATEMENT:
                # Rows of several words say how many of them have the whole word, but not how many other rows have it.
                listed = rest if self._walked == [word] else self._size(word[:PREFIX_LENGTH])
                expected = listed * rows // seen
                if _STATEMENT + expected // _COLLECTED < tested * (seen - rows) // seen:
                    this = (expected, -len(word), word)
                    rarest = this if rarest is None else min(rarest, this)
        if rarest is None:
            return False
        word = rarest[-1]
        self._in_full.add(word)
        if word not in self._walked:
            self._walked.append(word)
        return True

    def _size(self, prefix: str) -> int:
        """Estimate how many rows have a word that begins with a short prefix, as if the first ones were like all."""
        low, high = self._span.low, self._span.high
        select, values = self._span.select(match_stream((prefix,)))
        row = self._connection.row(f"SELECT position FROM ({select}) LIMIT 1 OFFSET ?", [*values, _PROBE])
        return _PROBE if row is None else _PROBE * (high - low) // self._span.reach(row[0])

    def _choose_driver(self, passed: Mapping[_Test, int], seen: int, far: int, look: int) -> None:
        """Choose the stream that the next round walks.

        Args:
            passed: The number of rows of the last round that passed each test.
            seen: The number of rows of the last round.
            far: The distance that the present stream is expected to reach in the next round.
            look: The number of rows of the next round.
        """
        sparse = [test for test, rows in passed.items() if rows * _SPARSE < seen]
        drivers = dict.fromkeys(None if isinstance(test, str) else test for test in sparse)
        streams = [(self._stream(driver), driver) for driver in drivers if driver != self._driver]
        stream, _ = sparsest(self._connection, self._span, [stream for stream, _ in streams], look, far)
        if stream is not None:
            self._driver = next(driver for one, driver in streams if one is stream)

    def _passing(self, rows: Sequence[Row], failed: dict[Row, int]) -> list[Row]:
        """Return the rows that pass all tests, and count the others by the results of their tests."""
        passing = []
        width = self._columns.width
        for row in rows:
            flags = row[width:]
            if 0 in flags:
                failed[flags] = failed.get(flags, 0) + 1
            else:
                passing.append(row)
        return passing
