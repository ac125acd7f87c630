"""Sources: sorted streams of positions, each walked along one index and testable at one position.

SQL here is put together from constants; every value of the caller's is bound.
"""

# ruff: noqa: S608 - only constants and question marks are put into the statements

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import lru_cache

import attrs

from contactcore_sqlite.words import expression

__all__ = ["HELD_WORD", "Source", "entries", "matching", "of_terms", "of_words", "told"]

HELD_WORD = "instr(' ' || r.words, ?) > 0"
"""Whether a word of the record `r` begins as `told` says."""

# Each arm of a merge costs time for every row of it: beyond this a sort is quicker (and SQLite allows 500).
_MERGED = 40
_RANGE = "position >= ? AND position < ?"
_MATCH = "SELECT rowid AS position FROM word WHERE word MATCH ? AND rowid >= ? AND rowid < ?"
_UPWARDS = f"{_MATCH} ORDER BY rowid"
_DOWNWARDS = f"{_UPWARDS} DESC"


@attrs.frozen
class Source:
    """One of the things that must hold, as a stream and as a test.

    Attributes:
        arms: SELECTs of positions, each with `values` of its own and then the two ends of a range; they are merged.
        values: Of each arm.
        test: An SQL condition on `s.position`; empty when nothing is left to test.
        test_values: Its values.
        column: What the arms sort by.
    """

    arms: tuple[str, ...]
    values: tuple[tuple[object, ...], ...]
    test: str = ""
    test_values: tuple[object, ...] = ()
    column: str = "position"

    def select(self, low: int, high: int, *, descending: bool) -> tuple[str, list[object]]:
        """The positions from `low` up to below `high`, each once, in the direction of the walk."""
        sql = " UNION ".join(self.arms) + f" ORDER BY {self.column}" + (" DESC" if descending else "")
        bound: list[object] = []
        for values in self.values:
            bound += [*values, low, high]
        return sql, bound


def entries() -> Source:
    """All records of the walk."""
    return Source((f"SELECT position FROM entry WHERE {_RANGE}",), ((),))


@lru_cache(256)
def of_terms(terms: tuple[int, ...]) -> Source:
    """The records that carry one of these terms, at least one of which is given."""
    if len(terms) > _MERGED:
        chosen = "term IN (SELECT value FROM json_each(?))"
        listed = json.dumps(list(terms))
        return Source(
            (f"SELECT DISTINCT position FROM posting WHERE {chosen} AND {_RANGE}",),
            ((listed,),),
            f"EXISTS (SELECT 1 FROM posting WHERE {chosen} AND position = s.position)",
            (listed,),
        )
    marks = ", ".join("?" * len(terms))
    return Source(
        (f"SELECT position FROM posting WHERE term = ? AND {_RANGE}",) * len(terms),
        tuple((term,) for term in terms),
        f"EXISTS (SELECT 1 FROM posting WHERE term IN ({marks}) AND position = s.position)",
        terms,
    )


def of_words(words: Sequence[str]) -> Source:
    """The records that have a word beginning with each of these."""
    condition = " AND ".join(["r.words <> ''"] + [HELD_WORD] * len(words))
    return Source(
        (_MATCH,),
        ((expression(word for word in words if word),),),
        test="EXISTS (SELECT 1 FROM entry AS e CROSS JOIN record AS r ON r.n = e.record "
        f"WHERE e.position = s.position AND {condition})",
        test_values=tuple(map(told, words)),
        column="rowid",
    )


def matching(words: Iterable[str], low: int, high: int, *, descending: bool) -> tuple[str, list[object]]:
    """What `Source.select` gives of the records that have a word beginning with each of these."""
    return _DOWNWARDS if descending else _UPWARDS, [expression(words), low, high]


def told(word: str) -> str:
    """The value for `HELD_WORD`."""
    return " " + word
