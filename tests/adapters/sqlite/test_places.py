from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from itertools import count
from random import Random
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcore.errors import StorageError
from contactcore.storage.places import (
    LARGEST_INDEX,
    PLACES,
    index_range,
    newer_neighbour,
    places_between,
    position_of,
    roomy_window,
    spread_around,
)


class Sequence:
    """A list of names, ascending numbers, whose places are kept as an adapter keeps them."""

    def __init__(self) -> None:
        self.names: list[int] = []
        self.places: list[int] = []
        self.moves = 0

    def insert(self, at: int, names: list[int]) -> None:
        before = self.places[at - 1] if at else None
        after = self.places[at] if at < len(self.places) else None
        newer: Literal["before", "after"] | None = None
        if before is not None and after is not None:
            newer = newer_neighbour(self.names[at - 1], self.names[at], names[0])
        self.names[at:at] = names
        places = places_between(before, after, len(names), newer)
        if places is not None:
            self.places[at:at] = places
            return
        near = before if before is not None else after
        assert near is not None
        low, high = roomy_window(near, len(names), self.count)
        first, last = bisect_left(self.places, low), bisect_left(self.places, high)
        front = at - first + (0 if newer == "after" else len(names))
        self.places[first:last] = spread_around(low, high, front, last - first + len(names) - front)
        self.moves += last - first

    def count(self, low: int, high: int) -> int:
        return bisect_left(self.places, high) - bisect_left(self.places, low)

    def check(self) -> None:
        assert len(self.places) == len(self.names)
        assert all(left < right for left, right in zip(self.places, self.places[1:], strict=False))
        assert not self.places or (self.places[0] >= 0 and self.places[-1] < PLACES)


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(1, 60)), max_size=60))
def test_places_ascend_under_any_sequence_of_inserts(inserts: list[tuple[int, int]]) -> None:
    sequence = Sequence()
    numbers = count()
    for at, size in inserts:
        sequence.insert(at % (len(sequence.names) + 1), [next(numbers) for _ in range(size)])
        sequence.check()


@pytest.mark.parametrize("run", [1, 3, 50])
@pytest.mark.parametrize(
    "where",
    [
        pytest.param(lambda _: 0, id="always in front"),
        pytest.param(lambda length: length, id="always at the end"),
        pytest.param(lambda length: length // 2, id="always in the middle"),
        pytest.param(lambda length: min(1, length), id="always into the first gap, falling"),
        pytest.param(lambda length: max(0, length - 1), id="always into the last gap, rising"),
    ],
)
def test_places_ascend_under_adversarial_inserts_and_seldom_move(run: int, where: object) -> None:
    assert callable(where)
    sequence = Sequence()
    inserted = 0
    while inserted < 6_000:
        sequence.insert(where(len(sequence.names)), [*range(inserted, inserted + run)])
        inserted += run
    sequence.check()
    # Logarithmic per insert, amortised: 20 is far above what any of these needs and far below 6,000.
    assert sequence.moves <= 20 * inserted


def _moves_per_insert(places: Iterable[int], size: int = 1) -> float:
    """The moves per insert of records, of which so many together are placed behind the so-manieth present one."""
    sequence = Sequence()
    for number, at in enumerate(places):
        sequence.insert(at, [*range(number * size, (number + 1) * size)])
    sequence.check()
    return sequence.moves / len(sequence.names)


@pytest.mark.parametrize("runs", [3, 20])
@pytest.mark.parametrize("size", [1, 40])
@pytest.mark.parametrize("direction", ["rising", "falling"])
def test_records_that_come_in_sequence_inside_several_runs_move_hardly_anything(
    runs: int, direction: str, size: int
) -> None:
    # Many records with few keys: the ids ascend, so each comes behind the last record of its key.
    random = Random(5)
    lengths = [0] * runs
    inserts = []
    for _ in range(6_000 if size == 1 else 1_500):
        chosen = random.randrange(runs)
        inserts.append(sum(lengths[:chosen]) + (lengths[chosen] if direction == "rising" else 0))
        lengths[chosen] += size
    assert _moves_per_insert(inserts, size) <= (1 if size == 1 else 2.2)


def test_records_that_come_at_random_move_hardly_anything() -> None:
    random = Random(5)
    assert _moves_per_insert(random.randint(0, number) for number in range(20_000)) <= 1


def test_appending_and_prepending_move_nothing_for_millions() -> None:
    last = places_between(None, None, 1)
    assert last is not None
    first = last
    for _ in range(2_000):
        behind = places_between(last[-1], None, 1_000)
        before = places_between(None, first[0], 1_000)
        assert behind is not None
        assert before is not None
        assert last[-1] < behind[0]
        assert before[-1] < first[0]
        last, first = behind, before


def test_a_gap_that_is_too_small_is_said_to_be() -> None:
    assert places_between(5, 6, 1) is None
    assert places_between(5, 8, 3) is None
    assert places_between(5, 8, 2) == [6, 7]
    assert places_between(None, 0, 1) is None
    assert places_between(PLACES - 1, None, 1) is None


def test_an_order_with_more_records_than_places_is_refused_by_name() -> None:
    with pytest.raises(StorageError) as refusal:
        roomy_window(0, 1, lambda low, high: high - low)
    assert refusal.value.code == "order-full"


def test_positions_of_different_order_indexes_never_meet_and_fit_64_bits() -> None:
    assert index_range(7) == (position_of(7, 0), position_of(8, 0))
    assert position_of(7, PLACES - 1) < position_of(8, 0)
    assert position_of(LARGEST_INDEX, PLACES - 1) == 2**63 - 1
