"""Walks: one order of one kind in one workspace, and the places of its records."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Sequence
from functools import lru_cache
from operator import itemgetter

from contactcore.errors import StorageError
from contactcore.storage import Record, order_base
from contactcore.storage.places import LARGEST_INDEX, index_range, places_between, roomy_window, spread
from contactcore_sqlite.filling import fill
from contactcore_sqlite.link import Link

__all__ = ["Moves", "Newcomer", "Walks", "bound", "cursor_bounds", "walks_at"]

Newcomer = tuple[str, str, int, Record]
"""Key, id and number of a record that is to be put into a walk, and the record."""
Moves = list[tuple[int, int, int]]
"""Number, old and new position of records whose places were numbered anew."""

_AT = "SELECT position FROM ordering WHERE walk = ? AND "
_BY = " ORDER BY key, id LIMIT 1"
_Gap = tuple[int | None, int | None]
"""The positions before and behind a gap; None where the walk ends."""

_MOST_REMEMBERED = 256
_AHEAD = (64, 8, 1)
# Of each newcomer the position that it belongs in front of, and the one behind which it does.
_GAPS = (
    "WITH newcomer (key, id) AS (VALUES {}), gap (after) AS MATERIALIZED (SELECT "
    "(SELECT o.position FROM ordering AS o WHERE o.walk = ? AND (o.key, o.id) > (n.key, n.id) "
    "ORDER BY o.key, o.id LIMIT 1) FROM newcomer AS n) "
    "SELECT (SELECT max(e.position) FROM entry AS e WHERE e.position >= ? AND e.position < coalesce(after, ?)), "
    "after FROM gap"
)


def bound(link: Link, walk: int, key: str) -> int:
    """The position of the first record whose key is not below `key`; the end of the walk when there is none."""
    row = link.row(_AT + "key >= ?" + _BY, (walk, key))
    return index_range(walk)[1] if row is None else int(row[0])


def cursor_bounds(link: Link, walk: int, cursor: tuple[str, str]) -> tuple[int, int]:
    """The positions of the first record at or behind a cursor and of the first one behind it."""
    end = index_range(walk)[1]
    at = link.row(_AT + "(key, id) >= (?, ?)" + _BY, (walk, *cursor))
    behind = link.row(_AT + "(key, id) > (?, ?)" + _BY, (walk, *cursor))
    return (end if at is None else int(at[0])), (end if behind is None else int(behind[0]))


class Walks:
    """The walks of one workspace.

    Args:
        link: The connection.
        workspace: The workspace's number; 0 for one that does not exist.

    Attributes:
        workspace: The same.
    """

    def __init__(self, link: Link, workspace: int) -> None:
        self._link = link
        self.workspace = workspace
        self._known: dict[tuple[str, str], int] | None = None

    def number(self, kind: str, order: str) -> int | None:
        """The walk of an order's name or variant, or None while no record ever stood in it."""
        if self._known is None:
            # They are few, and most transactions need several.
            rows = self._link.rows("SELECT kind, name, n FROM walk WHERE workspace = ?", (self.workspace,))
            self._known = {(kind, name): n for kind, name, n in rows}
        return self._known.get((kind, order))

    def made(self, kind: str, order: str, *, worded: bool) -> int:
        """The walk of an order's name or variant; made when it is new, with its words indexed or not."""
        known = self.number(kind, order)
        if known is not None:
            return known
        ((number,),) = self._link.rows("SELECT coalesce(max(n), 0) + 1 FROM walk")
        if number > LARGEST_INDEX:
            # Numbers of dropped workspaces are free again.
            ((number,),) = self._link.rows(
                "SELECT coalesce(min(a.n) + 1, 0) FROM walk AS a WHERE a.n < ? "
                "AND NOT EXISTS (SELECT 1 FROM walk AS b WHERE b.n = a.n + 1)",
                (LARGEST_INDEX,),
            )
        if number == 0:
            raise StorageError("The file holds as many workspaces as it can number: use another one.", "storage-full")
        self._link.run(
            "INSERT INTO walk VALUES (?, ?, ?, ?, ?, ?)",
            (number, self.workspace, kind, order_base(order), order, worded),
        )
        if self._known is not None:
            self._known[kind, order] = number
        return int(number)

    def position(self, walk: int, key: str, id: str) -> int:
        """Where a record stands."""
        ((position,),) = self._link.rows(_AT + "key = ? AND id = ?", (walk, key, id))
        return int(position)

    def place(self, walk: int, newcomers: Sequence[Newcomer]) -> tuple[list[int], Moves]:
        """Put records into a walk.

        Args:
            walk: Its number.
            newcomers: In ascending order of key and id; none of them stands there yet.

        Returns:
            The position of each newcomer in turn, and what had to move.
        """
        placing = _Placing(self._link, walk, newcomers)
        placing.run()
        return placing.positions, [(n, old, new) for n, (old, new) in placing.moved.items() if old != new]


class _Placing:
    """One batch on its way into a walk."""

    def __init__(self, link: Link, walk: int, newcomers: Sequence[Newcomer]) -> None:
        self._link = link
        self._walk = walk
        self._newcomers = newcomers
        self._first, self._end = index_range(walk)
        # Placed are the newcomers that have a position; written of those are so many.
        self.positions: list[int] = []
        self._written = 0
        # The gaps that the next newcomers belong into, as far as was looked ahead.
        self._gaps: deque[_Gap] = deque()
        self.moved: dict[int, tuple[int, int]] = {}

    def run(self) -> None:
        """Place all, and write them."""
        while len(self.positions) < len(self._newcomers):
            self._place_run()
        self._write()

    def _place_run(self) -> None:
        """Place those of the next newcomers that belong into the same gap."""
        begin = len(self.positions)
        gaps = self._gaps
        if not gaps:
            self._look(begin)
        gap = gaps.popleft()
        count = 1
        while begin + count < len(self._newcomers):
            if not gaps:
                self._look(begin + count)
            if gaps[0] != gap:
                break
            gaps.popleft()
            count += 1
        before, after = gap
        first = self._first
        places = places_between(
            None if before is None else before - first, None if after is None else after - first, count
        )
        if places is None:
            near = after if before is None else before
            self._make_room(0 if near is None else near - first, count)
            gaps.clear()
        else:
            self.positions += [first + place for place in places]

    def _look(self, begin: int) -> None:
        """Look where the newcomers from this one on belong, but not very many of them."""
        left = len(self._newcomers) - begin
        count = next(count for count in _AHEAD if count <= left)
        values = [text for key, id, _, _ in self._newcomers[begin : begin + count] for text in (key, id)]
        self._gaps.extend(self._link.rows(_gaps_of(count), (*values, self._walk, self._first, self._end)))

    def _write(self) -> None:
        """Write what was placed."""
        walk, begin = self._walk, self._written
        placed = list(zip(self.positions[begin:], self._newcomers[begin : len(self.positions)], strict=True))
        fill(self._link, "INSERT OR FAIL INTO ordering", [(walk, key, id, at) for at, (key, id, _, _) in placed])
        fill(self._link, "INSERT OR FAIL INTO entry", [(at, n, key) for at, (key, _, n, _) in placed])
        self._written = len(self.positions)

    def _make_room(self, near: int, count: int) -> None:
        """Place so many newcomers by numbering the records around them anew."""
        self._write()
        begin = self._written
        low, high = roomy_window(near, count, self._count)
        low, high = low + self._first, high + self._first
        there = self._link.rows(
            "SELECT e.key, r.id, e.record, e.position FROM entry AS e CROSS JOIN record AS r ON r.n = e.record "
            "WHERE e.position >= ? AND e.position < ?",
            (low, high),
        )
        run = [(key, id, n, None) for key, id, n, _ in self._newcomers[begin : begin + count]]
        together = sorted([*there, *run], key=itemgetter(0, 1))
        self._link.run("DELETE FROM entry WHERE position >= ? AND position < ?", (low, high))
        stay = []
        for at, (key, id, n, old) in zip(spread(low, high, len(together)), together, strict=True):
            if old is None:
                self.positions.append(at)
                continue
            stay.append((at, key, id, n))
            index = bisect_left(self._newcomers, (key, id), 0, begin)
            if index < begin and self._newcomers[index][:2] == (key, id):
                self.positions[index] = at
            else:
                self.moved[n] = (self.moved.get(n, (old,))[0], at)
        walk = self._walk
        self._link.many(
            "UPDATE ordering SET position = ? WHERE walk = ? AND key = ? AND id = ?",
            [(at, walk, key, id) for at, key, id, _ in stay],
        )
        fill(self._link, "INSERT OR FAIL INTO entry", [(at, n, key) for at, key, _, n in stay])
        self._write()

    def _count(self, low: int, high: int) -> int:
        ((count,),) = self._link.rows(
            "SELECT count(*) FROM entry WHERE position >= ? AND position < ?", (self._first + low, self._first + high)
        )
        return int(count)


@lru_cache
def _gaps_of(count: int) -> str:
    return _GAPS.format(", ".join(["(?, ?)"] * count))


def walks_at(link: Link, workspace: str) -> Walks:
    """The walks of a workspace at the moment of a reader, whose connection never writes.

    They are remembered with the connection until anybody has changed the file.
    """
    remembered: dict[str, Walks] = link.remembered(_MOST_REMEMBERED)
    walks = remembered.get(workspace)
    if walks is None:
        row = link.row("SELECT n FROM workspace WHERE name = ?", (workspace,))
        walks = remembered[workspace] = Walks(link, 0 if row is None else row[0])
    return walks
