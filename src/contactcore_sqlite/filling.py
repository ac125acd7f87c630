"""Filling: many rows with few statements, since beginning a statement costs more than writing its row."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

from contactcore_sqlite.link import Link

__all__ = ["fill"]

_TOGETHER = 100


def fill(link: Link, insert: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows in their order.

    Args:
        link: Inside a writing transaction.
        insert: `"INSERT OR FAIL INTO entry"`. It must not abort, nor its table refer to another one: a statement of
            several rows that may abort opens a savepoint, and for each of those FTS5 writes a segment.
        rows: Of equal width.
    """
    whole = len(rows) - len(rows) % _TOGETHER
    for begin in range(0, whole, _TOGETHER):
        together = rows[begin : begin + _TOGETHER]
        link.run(_statement(insert, len(together[0]), _TOGETHER), tuple(chain.from_iterable(together)))
    if whole < len(rows):
        link.many(_statement(insert, len(rows[0]), 1), rows[whole:])


@lru_cache
def _statement(insert: str, width: int, count: int) -> str:
    row = "(" + ", ".join("?" * width) + ")"
    return f"{insert} VALUES {', '.join([row] * count)}"
