"""Bulk inserts: many rows in few statements, because starting a statement costs more than writing its row."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

from contactcore_sqlite.connection import Connection

__all__ = ["bulk_insert"]

_BATCH = 100


def bulk_insert(connection: Connection, insert: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows in their sequence.

    Args:
        connection: A connection inside a writing transaction.
        insert: The statement up to its values: `"INSERT OR FAIL INTO entry"`. It must not abort, and its table must not
            refer to another one. A statement of several rows that may abort opens a savepoint, and FTS5 writes a
            segment for each savepoint.
        rows: Rows of equal width.
    """
    for begin in range(0, len(rows), _BATCH):
        batch = rows[begin : begin + _BATCH]
        connection.run(_statement(insert, len(batch[0]), len(batch)), tuple(chain.from_iterable(batch)))


@lru_cache(512)
def _statement(insert: str, width: int, count: int) -> str:
    row = "(" + ", ".join("?" * width) + ")"
    return f"{insert} VALUES {', '.join([row] * count)}"
