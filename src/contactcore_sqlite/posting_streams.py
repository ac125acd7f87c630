"""Posting streams: sorted streams of positions, each of which is walked along one index or tested at one position.

The SQL is built from constants. Every value of a caller is bound.
"""

# ruff: noqa: S608 - only constants and question marks are put into the statements

from __future__ import annotations

import json
from functools import lru_cache

import attrs

from contactcore_sqlite.words import match_expression

__all__ = [
    "RANGE",
    "WORD_TEST",
    "PostingStream",
    "all_entries",
    "match_stream",
    "term_stream",
    "word_stream",
    "word_value",
]

WORD_TEST = "instr(' ' || r.words, ?) > 0"
"""The condition that a word of the record `r` begins with a prefix, given as `word_value`."""

# Every arm of a merge costs time for each row. Beyond this number a sort is faster (and SQLite allows 500 arms).
_MOST_ARMS = 40
RANGE = "position >= ? AND position < ?"
"""The condition that a position is in a range."""

_MATCH = "SELECT rowid AS position FROM word WHERE word MATCH ? AND rowid >= ? AND rowid < ?"
# A test looks up each of the terms, and so many look-ups take the time of a row that is walked.
_TERMS_A_ROW = 4
# A test of the words of a record costs more than a test of a posting.
_WORD_WEIGHT = 4


@attrs.frozen
class PostingStream:
    """One condition of a query, as a stream of positions and as a test.

    Attributes:
        arms: SELECTs of positions, which are merged. Each has its own `values` and then the two ends of a range.
        values: The values of each arm.
        test: An SQL condition on `s.position`; empty if every position passes.
        test_values: The values of the test.
        column: The column by which the arms are sorted.
        weight: The advantage of walking this stream instead of testing it.
    """

    arms: tuple[str, ...]
    values: tuple[tuple[object, ...], ...]
    test: str = ""
    test_values: tuple[object, ...] = ()
    column: str = "position"
    weight: int = 1

    def select(self, low: int, high: int, *, descending: bool) -> tuple[str, list[object]]:
        """Return a SELECT of the distinct positions from `low` up to below `high`, in the direction of the query."""
        sql = " UNION ".join(self.arms) + f" ORDER BY {self.column}" + (" DESC" if descending else "")
        bound: list[object] = []
        for values in self.values:
            bound += [*values, low, high]
        return sql, bound


def all_entries() -> PostingStream:
    """Return the stream of all records of an order index."""
    return PostingStream((f"SELECT position FROM entry WHERE {RANGE}",), ((),))


@lru_cache(256)
def term_stream(terms: tuple[int, ...]) -> PostingStream:
    """Return the stream of the records that carry one of these terms: at least one, the most frequent first."""
    if len(terms) > _MOST_ARMS:
        chosen = "term IN (SELECT value FROM json_each(?))"
        listed = json.dumps(list(terms))
        return PostingStream(
            (f"SELECT DISTINCT position FROM posting WHERE {chosen} AND {RANGE}",),
            ((listed,),),
            f"EXISTS (SELECT 1 FROM posting WHERE {chosen} AND position = s.position)",
            (listed,),
            weight=len(terms) // _TERMS_A_ROW,
        )
    # SQLite would look up the terms of one list in their sequence as numbers. The first of these is the likeliest.
    tests = " OR ".join(["EXISTS (SELECT 1 FROM posting WHERE term = ? AND position = s.position)"] * len(terms))
    return PostingStream(
        (f"SELECT position FROM posting WHERE term = ? AND {RANGE}",) * len(terms),
        tuple((term,) for term in terms),
        f"({tests})",
        terms,
    )


@lru_cache(256)
def match_stream(words: tuple[str, ...]) -> PostingStream:
    """Return the stream of the records that have a word for each of these prefixes, without a test."""
    return PostingStream((_MATCH,), ((match_expression(words),),), column="rowid")


def word_stream(words: tuple[str, ...]) -> PostingStream:
    """Return the same stream with a test that reads the record itself. The prefix `""` has a test only."""
    condition = " AND ".join(["r.words <> ''"] + [WORD_TEST] * len(words))
    return attrs.evolve(
        match_stream(words),
        test="EXISTS (SELECT 1 FROM entry AS e CROSS JOIN record AS r ON r.n = e.record "
        f"WHERE e.position = s.position AND {condition})",
        test_values=tuple(map(word_value, words)),
        weight=_WORD_WEIGHT,
    )


def word_value(word: str) -> str:
    """Return the value for `WORD_TEST`."""
    return " " + word
