"""Places: one integer for each record of an order, so that an index of integers yields records in that order.

A text key in every posting takes much room. A place takes eight bytes, compares in one step, and fits an FTS rowid.
Places are assigned with gaps, and a new record gets a place inside its gap. When a gap is full, the smallest
neighbourhood with enough room is renumbered (list labelling by density thresholds, Bender et al. 2002: under any
sequence of inserts the amortised number of moves per insert is logarithmic). This module knows no database.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from contactcore.errors import StorageError

__all__ = [
    "LARGEST_INDEX",
    "PLACES",
    "PLACE_BITS",
    "index_range",
    "newer_neighbour",
    "places_between",
    "position_of",
    "roomy_window",
    "spread",
    "spread_around",
]

PLACE_BITS = 43
"""The bits of a place: room for 2**27 records of one order with wide gaps."""
PLACES = 1 << PLACE_BITS
"""The number of places. They count from 0."""
LARGEST_INDEX = (1 << (63 - PLACE_BITS)) - 1
"""The largest number of an order index: index and place together fit a signed 64-bit integer."""

_FRONT = PLACES // 4
_BACK = PLACES - _FRONT
_STEP = 1 << 18
# The part of a gap that one record uses up where records come in sequence: about 40 records for each bit of the gap.
_CLOSE = 64
_CLOSE_RUN = 16
# A record so many times newer than the other neighbour is hardly there by chance.
_MUCH_NEWER = 16


def position_of(index: int, place: int) -> int:
    """Return the position of a place: an integer that is unique among all order indexes.

    >>> position_of(1, 5) - position_of(1, 0)
    5
    """
    return index << PLACE_BITS | place


def index_range(index: int) -> tuple[int, int]:
    """Return the first position of an order index and the first position behind it.

    >>> index_range(1) == (PLACES, 2 * PLACES)
    True
    """
    return index << PLACE_BITS, (index + 1) << PLACE_BITS


def spread(low: int, high: int, count: int) -> list[int]:
    """Return places that are evenly spread from `low` up to below `high`, away from both ends if there is room.

    Args:
        low: The first place of the range.
        high: The first place behind the range.
        count: The number of places, at most `high - low`.

    >>> spread(0, 100, 4)
    [12, 37, 62, 87]
    """
    size = high - low
    return [low + (2 * number + 1) * size // (2 * count) for number in range(count)]


def spread_around(low: int, high: int, before: int, behind: int) -> list[int]:
    """Return places from `low` up to below `high` with a wide gap, a quarter of the range, after the first `before`.

    The next records that come in sequence use up this gap before anything is renumbered again. The others are not
    closer than 4/3 of the even distance allows.

    Args:
        low: The first place of the range.
        high: The first place behind the range.
        before: The number of places in front of the gap.
        behind: The number of places behind the gap. Both together are at most half of `high - low`.

    >>> spread_around(0, 80, 4, 2)
    [5, 15, 25, 35, 65, 75]
    """
    room = (high - low) * 3 // 4
    middle = low + room * before // (before + behind)
    return [
        *(spread(low, middle, before) if before else ()),
        *(spread(high - (room - (middle - low)), high, behind) if behind else ()),
    ]


def newer_neighbour(before: int, after: int, new: int) -> Literal["before", "after"] | None:
    """Return the neighbour behind or before which records come in sequence; None if they rather come at random.

    Args:
        before: The number of the record before a gap. Numbers ascend with the time at which records were stored.
        after: The number of the record behind the gap.
        new: The number of the record that gets a place in the gap.

    >>> newer_neighbour(995, 10, 1_000), newer_neighbour(500, 700, 1_000)
    ('before', None)
    """
    age_before, age_after = new - before, new - after
    if age_before * _MUCH_NEWER < age_after:
        return "before"
    return "after" if age_after * _MUCH_NEWER < age_before else None


def places_between(
    before: int | None, after: int | None, count: int, newer: Literal["before", "after"] | None = None
) -> list[int] | None:
    """Return ascending places for records between two neighbours; None if the gap is too small.

    In an inner gap and in an empty order the places are spread evenly. A longer run gets more room behind it than
    before it, because equal keys mostly come with ascending ids. Beside a newer neighbour records are placed close to
    it: where they come in sequence, the gap then lasts forty times as long, and ten times as long for runs. At both
    ends of an order the places step by a fixed distance, so that years of appending (`recent`, history) do not use up
    the range.

    Args:
        before: The place of the record before the gap; None at the front.
        after: The place of the record behind the gap; None at the end.
        count: The number of places, at least 1.
        newer: The `newer_neighbour` of an inner gap; None (the default) if there is none.

    >>> places_between(10, 12, 1), places_between(10, 11, 1)
    ([11], None)
    """
    low = 0 if before is None else before + 1
    high = PLACES if after is None else after
    if high - low < count:
        return None
    if before is None and after is None:
        return spread(_FRONT, _BACK, count)
    if after is None:
        step = max(_STEP, (_BACK - low) // (2 * count))
        if low + step * count <= PLACES:
            return list(range(low + step - 1, low + step * count, step))
    elif before is None:
        step = max(_STEP, (high - _FRONT) // (2 * count))
        if high - step * count >= 0:
            return list(range(high - step * count, high, step))
    elif newer is not None and high - low >= 4 * count:
        # A record uses up one part of the gap, and a run several parts at most.
        taken = max((high - low) // (_CLOSE if count == 1 else _CLOSE_RUN), 4 * count)
        low, high = (low, low + taken) if newer == "before" else (high - taken, high)
    elif count > 1 and high - low >= 4 * count:
        high -= (high - low) // 2
    return spread(low, high, count)


def roomy_window(place: int, needed: int, count: Callable[[int, int], int]) -> tuple[int, int]:
    """Return the smallest aligned range around a place that holds its records and the new ones with wide gaps.

    The caller then moves all records in the range, with the new ones among them, to `spread_around(low, high, ...)`.

    Args:
        place: A place beside the full gap.
        needed: The number of new records.
        count: A function that counts the records from one place up to below another.

    Raises:
        StorageError: `order-full`: the order holds more records than its places allow.
    """
    for bits in range(max(3, needed.bit_length()), PLACE_BITS + 1):
        # A larger range must keep wider gaps: they pay for the cost of renumbering it.
        allowed = 1 << (bits - 2 - bits // 3)
        if needed > allowed:
            continue
        low = place >> bits << bits
        high = low + (1 << bits)
        if count(low, high) + needed <= allowed:
            return low, high
    raise StorageError("One order of this workspace holds more records than it has places for.", code="order-full")
