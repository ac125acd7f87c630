"""Walks: one order of one kind in one workspace, and the places of its records."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from contactcore.errors import StorageError
from contactcore.storage import order_base
from contactcore.storage.places import LARGEST_WALK, places_between, roomy_window, spread, walk_range
from contactcore_sqlite.link import Link

__all__ = ["Moves", "Newcomer", "Walks", "bound", "cursor_bounds"]

Newcomer = tuple[str, str, int]
"""Key, id and number of a record that is to be put into a walk."""
Moves = list[tuple[int, int, int]]
"""Number, old and new position of records whose places were numbered anew."""

_AT = "SELECT position FROM ordering WHERE walk = ? AND "
_BY = " ORDER BY key, id LIMIT 1"
# The neighbours of a gap in one question.
_GAP = (
    "SELECT key, id, position, "
    "(SELECT max(e.position) FROM entry AS e WHERE e.position >= ? AND e.position < o.position) "
    "FROM ordering AS o WHERE walk = ? AND (key, id) > (?, ?) ORDER BY key, id LIMIT 1"
)
_LAST = "SELECT max(position) FROM entry WHERE position >= ? AND position < ?"


def bound(link: Link, walk: int, key: str) -> int:
    """The position of the first record whose key is not below `key`; the end of the walk when there is none."""
    row = link.row(_AT + "key >= ?" + _BY, (walk, key))
    return walk_range(walk)[1] if row is None else int(row[0])


def cursor_bounds(link: Link, walk: int, cursor: tuple[str, str]) -> tuple[int, int]:
    """The positions of the first record at or behind a cursor and of the first one behind it."""
    end = walk_range(walk)[1]
    at = link.row(_AT + "(key, id) >= (?, ?)" + _BY, (walk, *cursor))
    behind = link.row(_AT + "(key, id) > (?, ?)" + _BY, (walk, *cursor))
    return (end if at is None else int(at[0])), (end if behind is None else int(behind[0]))


class Walks:
    """The walks of one workspace.

    Args:
        link: The connection.
        workspace: The workspace's number.
    """

    def __init__(self, link: Link, workspace: int) -> None:
        self._link = link
        self._workspace = workspace
        self._known: dict[tuple[str, str], int] = {}

    def number(self, kind: str, order: str) -> int | None:
        """The walk of an order's name or variant, or None while no record ever stood in it."""
        known = self._known.get((kind, order))
        if known is None:
            row = self._link.row(
                "SELECT n FROM walk WHERE workspace = ? AND kind = ? AND base = ? AND name = ?",
                (self._workspace, kind, order_base(order), order),
            )
            if row is None:
                return None
            known = self._known[kind, order] = int(row[0])
        return known

    def made(self, kind: str, order: str, *, worded: bool) -> int:
        """The walk of an order's name or variant; made when it is new, with its words indexed or not."""
        known = self.number(kind, order)
        if known is not None:
            return known
        ((number,),) = self._link.rows("SELECT coalesce(max(n), 0) + 1 FROM walk")
        if number > LARGEST_WALK:
            # Numbers of dropped workspaces are free again.
            ((number,),) = self._link.rows(
                "SELECT coalesce(min(a.n) + 1, 0) FROM walk AS a WHERE a.n < ? "
                "AND NOT EXISTS (SELECT 1 FROM walk AS b WHERE b.n = a.n + 1)",
                (LARGEST_WALK,),
            )
        if number == 0:
            raise StorageError("The file holds as many workspaces as it can number: use another one.", "storage-full")
        self._link.run(
            "INSERT INTO walk VALUES (?, ?, ?, ?, ?, ?)",
            (number, self._workspace, kind, order_base(order), order, worded),
        )
        self._known[kind, order] = number
        return int(number)

    def position(self, walk: int, key: str, id: str) -> int:
        """Where a record stands."""
        ((position,),) = self._link.rows(_AT + "key = ? AND id = ?", (walk, key, id))
        return int(position)

    def place(self, walk: int, newcomers: Sequence[Newcomer]) -> tuple[dict[int, int], Moves]:
        """Put records into a walk.

        Args:
            walk: Its number.
            newcomers: In ascending order of key and id; none of them stands there yet.

        Returns:
            The position of each newcomer by its number, and what had to move.
        """
        placing = _Placing(self._link, walk)
        begin = 0
        while begin < len(newcomers):
            begin = placing.put(newcomers, begin)
        placing.flush()
        return placing.positions, [(n, old, new) for n, (old, new) in placing.moved.items() if old != new]


class _Placing:
    """One batch on its way into a walk."""

    def __init__(self, link: Link, walk: int) -> None:
        self._link = link
        self._walk = walk
        self._first, self._end = walk_range(walk)
        self._waiting: list[tuple[int, Newcomer]] = []
        self.positions: dict[int, int] = {}
        self.moved: dict[int, tuple[int, int]] = {}

    def put(self, newcomers: Sequence[Newcomer], begin: int) -> int:
        """Place the newcomers that belong into the same gap as the one at `begin`; gives where the next gap begins."""
        key, id, _ = newcomers[begin]
        gap = self._link.row(_GAP, (self._first, self._walk, key, id))
        if gap is None:
            stop, after = len(newcomers), self._end
            ((before,),) = self._link.rows(_LAST, (self._first, after))
        else:
            *successor, after, before = gap
            stop = bisect_left(newcomers, (*successor, 0), begin)
        run = newcomers[begin:stop]
        places = places_between(
            None if before is None else before - self._first,
            None if gap is None else after - self._first,
            len(run),
        )
        if places is None:
            self._make_room(after - self._first if before is None else before - self._first, run)
        else:
            self._waiting.extend(zip((self._first + place for place in places), run, strict=True))
        return stop

    def flush(self) -> None:
        """Write what was placed."""
        waiting, self._waiting = self._waiting, []
        walk = self._walk
        self._link.many(
            "INSERT INTO ordering VALUES (?, ?, ?, ?)", [(walk, key, id, at) for at, (key, id, _) in waiting]
        )
        self._link.many("INSERT INTO entry VALUES (?, ?, ?)", [(at, n, key) for at, (key, _, n) in waiting])
        self.positions.update((n, at) for at, (_, _, n) in waiting)

    def _make_room(self, near: int, run: Sequence[Newcomer]) -> None:
        self.flush()
        low, high = roomy_window(near, len(run), self._count)
        low, high = low + self._first, high + self._first
        there = self._link.rows(
            "SELECT e.key, r.id, e.record, e.position FROM entry AS e CROSS JOIN record AS r ON r.n = e.record "
            "WHERE e.position >= ? AND e.position < ?",
            (low, high),
        )
        together = sorted([*there, *((*newcomer, None) for newcomer in run)], key=lambda row: row[:2])
        spots = spread(low, high, len(together))
        self._link.run("DELETE FROM entry WHERE position >= ? AND position < ?", (low, high))
        stay = []
        for at, (key, id, n, old) in zip(spots, together, strict=True):
            if old is None:
                self._waiting.append((at, (key, id, n)))
                continue
            stay.append((at, key, id, n))
            if n in self.positions:
                self.positions[n] = at
            else:
                self.moved[n] = (self.moved.get(n, (old,))[0], at)
        walk = self._walk
        self._link.many(
            "UPDATE ordering SET position = ? WHERE walk = ? AND key = ? AND id = ?",
            [(at, walk, key, id) for at, key, id, _ in stay],
        )
        self._link.many("INSERT INTO entry VALUES (?, ?, ?)", [(at, n, key) for at, key, _, n in stay])
        self.flush()

    def _count(self, low: int, high: int) -> int:
        ((count,),) = self._link.rows(
            "SELECT count(*) FROM entry WHERE position >= ? AND position < ?", (self._first + low, self._first + high)
        )
        return int(count)
