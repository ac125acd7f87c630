"""The parts of a search that both engines use: what is read, the range that is left, the page, and the look ahead."""

# ruff: noqa: S608 - only constants and question marks are put into the statements

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import attrs

from contactcore_sqlite.connection import Connection, Row
from contactcore_sqlite.posting_streams import PostingStream

__all__ = ["CARDS", "GROWTH", "RECORDS", "Columns", "Page", "PositionRange", "sparsest"]

GROWTH = 4
"""The factor by which each round of a search looks further than the one before."""

_JOINED = "CROSS JOIN entry AS e ON e.position = s.position CROSS JOIN record AS r ON r.n = e.record"
_OWNER = 4


@attrs.frozen
class Columns:
    """What a search reads of each record that it finds.

    Attributes:
        names: The columns: position, key, id, version, owner and card, and perhaps more.
        width: The number of the columns.
    """

    names: str
    width: int

    def statement(self, positions: str, tests: tuple[str, ...] = ()) -> str:
        """Return a SELECT of the records at some positions, at most `?` of them.

        Args:
            positions: A SELECT of positions.
            tests: Conditions on `s.position` and the record `r`, each of which becomes a column behind the others.
        """
        return _statement(self.names, positions, tests)


CARDS = Columns("s.position, e.key, r.id, r.version, coalesce(r.owner, r.id), r.card", 6)
"""The columns of a card."""
RECORDS = Columns(f"{CARDS.names}, r.body, r.access_set", 8)
"""The columns of a whole record. The body and the number of its access set come last."""


@lru_cache(256)
def _statement(names: str, positions: str, tests: tuple[str, ...]) -> str:
    return f"SELECT {', '.join((names, *tests))} FROM ({positions} LIMIT ?) AS s {_JOINED}"


@attrs.define(eq=False)
class PositionRange:
    """The positions that may still answer, from `low` up to below `high`.

    Attributes:
        low: The first position.
        high: The first position behind the range.
        descending: Whether the search walks from the end.
    """

    low: int
    high: int
    descending: bool

    def __bool__(self) -> bool:
        return self.low < self.high

    def select(self, stream: PostingStream) -> tuple[str, list[object]]:
        """Return a SELECT of the positions of a stream in this range."""
        return stream.select(self.low, self.high, descending=self.descending)

    def pass_by(self, position: int) -> None:
        """Continue behind a position."""
        if self.descending:
            self.high = position
        else:
            self.low = position + 1

    def cut(self, edge: int | None) -> PositionRange:
        """Split off the part of the range before `edge` in the direction of the search; all of it for None."""
        low, high = self.low, self.high
        if edge is None:
            self.low = high
        elif self.descending:
            low, self.high = edge + 1, edge + 1
        else:
            high, self.low = edge, edge
        return PositionRange(low, high, self.descending)

    def reach(self, position: int) -> int:
        """Return the number of positions that the search passes up to this one, inclusive."""
        return self.high - position if self.descending else position + 1 - self.low


class Page:
    """The records that a search has found.

    Args:
        wanted: The most records to find.
        distinct_owner: Whether only the first record of each owner counts.

    Attributes:
        rows: The rows of the records.
    """

    def __init__(self, wanted: int, *, distinct_owner: bool) -> None:
        self.rows: list[Row] = []
        self._wanted = wanted
        self._owners: set[str] | None = set() if distinct_owner else None

    @property
    def missing(self) -> int:
        """How many records are still wanted."""
        return self._wanted - len(self.rows)

    def add(self, rows: Sequence[Row]) -> bool:
        """Add answers until the page is full, and return whether it is full."""
        owners = self._owners
        if owners is None:
            self.rows += rows
        else:
            for row in rows:
                if row[_OWNER] not in owners:
                    owners.add(row[_OWNER])
                    self.rows.append(row)
        del self.rows[self._wanted :]
        return len(self.rows) == self._wanted


def sparsest(
    connection: Connection, span: PositionRange, streams: Sequence[PostingStream], look: int, beyond: int = -1
) -> tuple[PostingStream | None, int | None]:
    """Return the stream whose next `look` positions reach farthest, and the position behind them.

    Args:
        connection: The connection.
        span: The range that is left.
        streams: The candidates.
        look: The number of positions to look ahead.
        beyond: The reach that a stream must exceed.

    Returns:
        The stream that reaches farthest, with its weight, and its edge; None for the edge if it ends before `look`
        positions. None if no stream exceeds `beyond`.
    """
    best, edge, ended = None, None, 0
    for stream in streams:
        if stream.weight <= ended:
            continue  # it would have to reach further than the end
        select, values = span.select(stream)
        row = connection.row(f"SELECT position FROM ({select}) LIMIT 1 OFFSET ?", [*values, look])
        reach = (span.high - span.low if row is None else span.reach(row[0])) * stream.weight
        if row is None:
            ended = stream.weight
        if (row is None and best is None) or reach > beyond:
            best, edge, beyond = stream, None if row is None else int(row[0]), reach
    return best, edge
