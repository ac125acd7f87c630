"""Places: one integer for each record of an order, so that an index of integers walks records in that order.

Text order keys are dear in every posting; a place is eight bytes, compares at once, and fits an FTS rowid. Places are
handed out with gaps. New records take places inside the gap that they belong to; when a gap is full, the smallest
roomy neighbourhood is numbered anew (order maintenance by density thresholds, Bender et al. 2002: moves are
logarithmic per insert, amortised, under any sequence of inserts). Nothing here knows a database.
"""

from __future__ import annotations

from collections.abc import Callable

from contactcore.errors import StorageError

__all__ = [
    "LARGEST_WALK",
    "PLACES",
    "PLACE_BITS",
    "places_between",
    "position_of",
    "roomy_window",
    "spread",
    "walk_range",
]

PLACE_BITS = 43
"""Bits of a place: room for 2**27 records of one order with healthy gaps."""
PLACES = 1 << PLACE_BITS
"""Places are 0 up to below this."""
LARGEST_WALK = (1 << (63 - PLACE_BITS)) - 1
"""Positions are signed 64-bit integers: so many walks fit in front of the place."""

_FRONT = PLACES // 4
_BACK = PLACES - _FRONT
_STEP = 1 << 18


def position_of(walk: int, place: int) -> int:
    """The place of one walk as an integer that is unique among all walks.

    >>> position_of(1, 5) - position_of(1, 0)
    5
    """
    return walk << PLACE_BITS | place


def walk_range(walk: int) -> tuple[int, int]:
    """The first position of a walk and the first one behind it.

    >>> walk_range(1) == (PLACES, 2 * PLACES)
    True
    """
    return walk << PLACE_BITS, (walk + 1) << PLACE_BITS


def spread(low: int, high: int, count: int) -> list[int]:
    """So many places, evenly spread from `low` up to below `high`, none at the rims where there is room.

    Args:
        low: The first place that may be taken.
        high: The first place behind the range.
        count: At most `high - low`.

    >>> spread(0, 100, 4)
    [12, 37, 62, 87]
    """
    size = high - low
    return [low + (2 * number + 1) * size // (2 * count) for number in range(count)]


def places_between(before: int | None, after: int | None, count: int) -> list[int] | None:
    """Ascending places for records that belong between two neighbours, or None when the gap is too small.

    In an inner gap and in an empty order they are spread evenly, with some more room behind a longer run than before
    it, since equal keys mostly come with ascending ids. At the ends they step, so that appending for years
    (`recent`, history) does not use the range up.

    Args:
        before: The place of the record before the gap; None at the front.
        after: The place of the record behind the gap; None at the end.
        count: How many places are needed, at least 1.

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
    elif count > 1 and high - low >= 4 * count:
        high -= (high - low) // 2
    return spread(low, high, count)


def roomy_window(place: int, needed: int, count: Callable[[int, int], int]) -> tuple[int, int]:
    """The smallest aligned range around a place in which all its records and the new ones have healthy gaps.

    All records in the range are then to be put, with the new ones among them, at `spread(low, high, ...)`.

    Args:
        place: A place beside the full gap.
        needed: How many records are to be added.
        count: Gives how many records have a place from its first argument up to below its second.

    Raises:
        StorageError: `order-full`: more records in one order than places allow.
    """
    for bits in range(max(3, needed.bit_length()), PLACE_BITS + 1):
        # The larger the range, the wider the gaps that it must leave: that pays for numbering it again.
        allowed = 1 << (bits - 2 - bits // 3)
        if needed > allowed:
            continue
        low = place >> bits << bits
        high = low + (1 << bits)
        if count(low, high) + needed <= allowed:
            return low, high
    raise StorageError("One order of this workspace holds more records than it has places for.", code="order-full")
