"""Order indexes: one for each order of a kind in a workspace. They give each record of an order its position."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Iterator, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Literal

from contactcore.errors import StorageError
from contactcore.storage import Record, order_base
from contactcore.storage.places import (
    LARGEST_INDEX,
    index_range,
    newer_neighbour,
    places_between,
    roomy_window,
    spread_around,
)
from contactcore_sqlite.bulk_insert import bulk_insert
from contactcore_sqlite.connection import Connection, Memory

__all__ = ["Moves", "NewEntry", "OrderIndexes", "cursor_bounds", "key_bound", "order_indexes_of"]

NewEntry = tuple[str, str, int, Record]
"""Key, id and number of a record that gets a position in an order index, and the record."""
Moves = list[tuple[int, int, int]]
"""Number, old and new position of records whose places were renumbered."""

_POSITION = "SELECT position FROM ordering WHERE order_index = ? AND "
_FIRST = " ORDER BY key, id LIMIT 1"
_Gap = tuple[int | None, int | None, int | None, int | None]
"""The positions before and behind a gap, and the numbers of their records; None at an end of the index.

The number of the record before a gap that reaches the end may be None too: it is not needed there.
"""

_LOOKAHEAD = 64
# For each new entry: the last position before it and the first position behind it, with their records.
_GAPS = (
    "WITH new_entry (key, id, order_index, first, end) AS (VALUES {}), gap (after, first, end) AS MATERIALIZED (SELECT "
    "(SELECT o.position FROM ordering AS o WHERE o.order_index = n.order_index AND (o.key, o.id) > (n.key, n.id) "
    "ORDER BY o.key, o.id LIMIT 1), n.first, n.end FROM new_entry AS n) "
    "SELECT b.position, g.after, b.record, a.record FROM gap AS g LEFT JOIN entry AS b ON b.position = "
    "(SELECT max(e.position) FROM entry AS e WHERE e.position >= g.first AND e.position < coalesce(g.after, g.end)) "
    "LEFT JOIN entry AS a ON a.position = g.after"
)


def key_bound(connection: Connection, index: int, key: str) -> int:
    """Return the position of the first record whose key is not below `key`; the end of the index if there is none."""
    row = connection.row(_POSITION + "key >= ?" + _FIRST, (index, key))
    return index_range(index)[1] if row is None else int(row[0])


def cursor_bounds(connection: Connection, index: int, cursor: tuple[str, str]) -> tuple[int, int]:
    """Return the positions of the first record at or behind a cursor and of the first record behind it."""
    end = index_range(index)[1]
    at = connection.row(_POSITION + "(key, id) >= (?, ?)" + _FIRST, (index, *cursor))
    behind = connection.row(_POSITION + "(key, id) > (?, ?)" + _FIRST, (index, *cursor))
    return (end if at is None else int(at[0])), (end if behind is None else int(behind[0]))


class OrderIndexes:
    """The order indexes of one workspace.

    Args:
        connection: The connection.
        workspace: The number of the workspace; 0 if it does not exist.

    Attributes:
        workspace: The number of the workspace.
    """

    def __init__(self, connection: Connection, workspace: int) -> None:
        self._connection = connection
        self.workspace = workspace
        self._numbers: dict[tuple[str, str], int] | None = None
        # Number of an index -> key, id and position of a place behind which no record is, if one is known. Most new
        # records of an order of time come behind it. The record of the place may be gone.
        self._ends: dict[int, tuple[str, str, int]] = {}

    def number(self, kind: str, order: str) -> int | None:
        """Return the number of the index of an order or variant; None if no record ever had a key in it."""
        if self._numbers is None:
            # There are few, and most transactions need several of them.
            rows = self._connection.rows(
                "SELECT kind, name, number FROM order_index WHERE workspace = ?", (self.workspace,)
            )
            self._numbers = {(kind, name): n for kind, name, n in rows}
        return self._numbers.get((kind, order))

    def ensure(self, kind: str, order: str, *, has_words: bool) -> int:
        """Return the number of the index of an order or variant. A missing index is created.

        Args:
            kind: The kind of the records.
            order: The name of the order or variant.
            has_words: Whether its records are in the word index.
        """
        known = self.number(kind, order)
        if known is not None:
            return known
        ((number,),) = self._connection.rows("SELECT coalesce(max(number), 0) + 1 FROM order_index")
        if number > LARGEST_INDEX:
            # Numbers of dropped workspaces are free again.
            ((number,),) = self._connection.rows(
                "SELECT coalesce(min(a.number) + 1, 0) FROM order_index AS a WHERE a.number < ? "
                "AND NOT EXISTS (SELECT 1 FROM order_index AS b WHERE b.number = a.number + 1)",
                (LARGEST_INDEX,),
            )
        if number == 0:
            raise StorageError("The file holds as many workspaces as it can number: use another one.", "storage-full")
        self._connection.run(
            "INSERT INTO order_index VALUES (?, ?, ?, ?, ?, ?)",
            (number, self.workspace, kind, order_base(order), order, has_words),
        )
        if self._numbers is not None:
            self._numbers[kind, order] = number
        return int(number)

    def position(self, index: int, key: str, id: str) -> int:
        """Return the position of a record."""
        ((position,),) = self._connection.rows(_POSITION + "key = ? AND id = ?", (index, key, id))
        return int(position)

    def remove(self, index: int, key: str, id: str) -> int:
        """Remove a record, and return the position that it had."""
        ((position,),) = self._connection.rows(
            "DELETE FROM ordering WHERE order_index = ? AND key = ? AND id = ? RETURNING position", (index, key, id)
        )
        self._connection.run("DELETE FROM entry WHERE position = ?", (position,))
        return int(position)

    def place(self, batches: Sequence[tuple[int, Sequence[NewEntry]]]) -> list[tuple[list[int], Moves]]:
        """Add records to indexes.

        Args:
            batches: The number of each index, and its new entries, sorted by key and id. None of them is in the index
                yet.

        Returns:
            For each index the positions of its entries, and the records that had to move.
        """
        ordering: list[tuple[int, str, str, int]] = []
        entry: list[tuple[int, int, str]] = []
        placed: list[tuple[list[int], Moves]] = []
        for (index, entries), gap in zip(batches, self._first_gaps(batches), strict=True):
            first, n = entries[0], len(entries)
            # Most transactions add one record, and most gaps have room for it.
            at = _places(index, gap, first[2], 1) if n == 1 else None
            if at is not None:
                key, id, record, _ = first
                ordering.append((index, key, id, at[0]))
                entry.append((at[0], record, key))
                if gap[1] is None:
                    self._ends[index] = (key, id, at[0])
                placed.append((at, []))
                continue
            placement = _Placement(self._connection, index, entries, gap)
            placement.run()
            placement.note_end(self._ends)
            ordering += placement.ordering_rows()
            entry += placement.entry_rows()
            placed.append(
                (placement.positions, [(n, old, new) for n, (old, new) in placement.moved.items() if old != new])
            )
        bulk_insert(self._connection, "INSERT OR FAIL INTO ordering", ordering)
        bulk_insert(self._connection, "INSERT OR FAIL INTO entry", entry)
        return placed

    def _first_gaps(self, batches: Sequence[tuple[int, Sequence[NewEntry]]]) -> list[_Gap]:
        """Return the gap of the first entry of each batch."""
        known: dict[int, _Gap] = {}
        for index, entries in batches:
            end = self._ends.get(index)
            if end is not None and entries[0][:2] > end[:2]:
                known[index] = (end[2], None, None, None)
        wanted = [(index, entries[0]) for index, entries in batches if index not in known]
        found = iter(_gaps(self._connection, wanted))
        return [known[index] if index in known else next(found) for index, _ in batches]


class _Placement:
    """The placement of one batch of new entries in an index."""

    def __init__(self, connection: Connection, index: int, entries: Sequence[NewEntry], gap: _Gap) -> None:
        self._connection = connection
        self._index = index
        self._entries = entries
        self._first, self._end = index_range(index)
        # The positions of the first entries of the batch. So many of them are written.
        self.positions: list[int] = []
        self._written = 0
        # The gaps of the next entries, as far as they were looked up.
        self._gaps: deque[_Gap] = deque([gap])
        self._at_end = False
        self._renumbered = False
        self.moved: dict[int, tuple[int, int]] = {}

    def run(self) -> None:
        """Place all entries. The caller writes the rows that are left."""
        while len(self.positions) < len(self._entries):
            self._place_run()

    def note_end(self, ends: dict[int, tuple[str, str, int]]) -> None:
        """Note the last place of the index, as far as the placement tells it."""
        if self._renumbered:
            ends.pop(self._index, None)
        elif self._at_end:
            key, id, _, _ = self._entries[-1]
            ends[self._index] = (key, id, self.positions[-1])

    def ordering_rows(self) -> list[tuple[int, str, str, int]]:
        """Return the rows of `ordering` that are to be written."""
        return [(self._index, key, id, at) for at, (key, id, _, _) in self._unwritten()]

    def entry_rows(self) -> list[tuple[int, int, str]]:
        """Return the rows of `entry` that are to be written."""
        return [(at, n, key) for at, (key, _, n, _) in self._unwritten()]

    def _unwritten(self) -> Iterator[tuple[int, NewEntry]]:
        begin = self._written
        return zip(self.positions[begin:], self._entries[begin : len(self.positions)], strict=True)

    def _place_run(self) -> None:
        """Place the next entries that belong to the same gap."""
        begin = len(self.positions)
        gaps = self._gaps
        if not gaps:
            self._look_up_gaps(begin)
        gap = gaps.popleft()
        count = 1
        if gap[1] is None:
            # The entries are sorted, so all others belong to the end of the index too.
            count = len(self._entries) - begin
            gaps.clear()
            self._at_end = True
        while begin + count < len(self._entries):
            if not gaps:
                self._look_up_gaps(begin + count)
            if gaps[0] != gap:
                break
            gaps.popleft()
            count += 1
        record = self._entries[begin][2]
        places = _places(self._index, gap, record, count)
        if places is None:
            before, after, *_ = gap
            near = after if before is None else before
            self._make_room(0 if near is None else near - self._first, count, _newer(gap, record))
            gaps.clear()
        else:
            self.positions += places

    def _look_up_gaps(self, begin: int) -> None:
        """Look up the gaps of some entries, from the entry `begin` on."""
        entries = self._entries[begin : begin + _LOOKAHEAD]
        self._gaps.extend(_gaps(self._connection, [(self._index, entry) for entry in entries]))

    def _write(self) -> None:
        """Write the entries that have a position."""
        bulk_insert(self._connection, "INSERT OR FAIL INTO ordering", self.ordering_rows())
        bulk_insert(self._connection, "INSERT OR FAIL INTO entry", self.entry_rows())
        self._written = len(self.positions)

    def _make_room(self, near: int, count: int, newer: Literal["before", "after"] | None) -> None:
        """Place the next `count` entries by renumbering the records around the place `near`."""
        self._renumbered = True
        self._write()
        begin = self._written
        low, high = roomy_window(near, count, self._count)
        low, high = low + self._first, high + self._first
        present = self._connection.rows(
            "SELECT e.key, r.id, e.record, e.position FROM entry AS e CROSS JOIN record AS r ON r.n = e.record "
            "WHERE e.position >= ? AND e.position < ?",
            (low, high),
        )
        run = [(key, id, n, None) for key, id, n, _ in self._entries[begin : begin + count]]
        together = sorted([*present, *run], key=itemgetter(0, 1))
        self._connection.run("DELETE FROM entry WHERE position >= ? AND position < ?", (low, high))
        # The next records mostly come in the same sequence, so the widest gap is at that end of the new ones.
        front = bisect_left(together, run[0][:2], key=itemgetter(0, 1)) + (0 if newer == "after" else count)
        renumbered = []
        for at, (key, id, n, old) in zip(spread_around(low, high, front, len(together) - front), together, strict=True):
            if old is None:
                self.positions.append(at)
                continue
            renumbered.append((at, key, id, n))
            number = bisect_left(self._entries, (key, id), 0, begin)
            if number < begin and self._entries[number][:2] == (key, id):
                self.positions[number] = at
            else:
                self.moved[n] = (self.moved.get(n, (old,))[0], at)
        index = self._index
        self._connection.many(
            "UPDATE ordering SET position = ? WHERE order_index = ? AND key = ? AND id = ?",
            [(at, index, key, id) for at, key, id, _ in renumbered],
        )
        bulk_insert(self._connection, "INSERT OR FAIL INTO entry", [(at, n, key) for at, key, _, n in renumbered])
        self._write()

    def _count(self, low: int, high: int) -> int:
        ((count,),) = self._connection.rows(
            "SELECT count(*) FROM entry WHERE position >= ? AND position < ?", (self._first + low, self._first + high)
        )
        return int(count)


def _newer(gap: _Gap, n: int) -> Literal["before", "after"] | None:
    """Return the neighbour of a gap behind or before which records come in sequence."""
    _, _, before, after = gap
    return None if before is None or after is None else newer_neighbour(before, after, n)


def _places(index: int, gap: _Gap, n: int, count: int) -> list[int] | None:
    """Return positions in a gap for records that begin with the number `n`; None if the gap is too small."""
    first, _ = index_range(index)
    before, after, *_ = gap
    places = places_between(
        None if before is None else before - first, None if after is None else after - first, count, _newer(gap, n)
    )
    return None if places is None else [first + place for place in places]


def _gaps(connection: Connection, entries: Sequence[tuple[int, NewEntry]]) -> list[_Gap]:
    """Return the gaps of new entries, each given with the number of its index."""
    gaps: list[_Gap] = []
    for begin in range(0, len(entries), _LOOKAHEAD):
        some = entries[begin : begin + _LOOKAHEAD]
        values = [value for index, (key, id, _, _) in some for value in (key, id, index, *index_range(index))]
        gaps += connection.rows(_gaps_of(len(some)), values)
    return gaps


@lru_cache
def _gaps_of(count: int) -> str:
    return _GAPS.format(", ".join(["(?, ?, ?, ?, ?)"] * count))


def order_indexes_of(connection: Connection, memory: Memory, workspace: str) -> OrderIndexes:
    """Return the order indexes of a workspace, as the connection remembers them."""
    indexes: OrderIndexes | None = memory.get(workspace)
    if indexes is None:
        row = connection.row("SELECT n FROM workspace WHERE name = ?", (workspace,))
        indexes = memory[workspace] = OrderIndexes(connection, 0 if row is None else row[0])
    return indexes
