"""Several processes write at once: nobody keeps the others out for long."""

from __future__ import annotations

import pytest

from contactcore_sqlite.write_fairness import WriteFairness


class Clock:
    """A clock that moves when it is told, and that sleeping moves."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def written(clock: Clock, transactions: list[tuple[float, float]]) -> list[float]:
    """What was slept, for transactions of so many seconds with so many behind each."""
    fairness = WriteFairness(clock, clock.sleep)
    for length, behind in transactions:
        with fairness.transaction():
            clock.now += length
        clock.now += behind
    return clock.slept


def test_who_writes_one_transaction_after_the_other_lets_others_in_about_once_a_second(clock: Clock) -> None:
    slept = written(clock, [(0.3, 0.0)] * 12)
    assert slept == pytest.approx([0.025, 0.025])


def test_a_pause_that_was_too_short_is_made_up_to_one_look_of_those_who_wait(clock: Clock) -> None:
    assert written(clock, [(2.0, 0.01), (0.1, 0.0)]) == pytest.approx([0.015])


@pytest.mark.parametrize("behind", [0.03, 5.0])
def test_who_leaves_the_file_alone_between_never_waits(clock: Clock, behind: float) -> None:
    assert written(clock, [(2.0, behind)] * 5) == []


def test_a_few_short_transactions_never_wait(clock: Clock) -> None:
    assert written(clock, [(0.005, 0.0)] * 150) == []


def test_a_transaction_that_fails_counts_like_any_other(clock: Clock) -> None:
    fairness = WriteFairness(clock, clock.sleep)

    def fail() -> None:
        with fairness.transaction():
            clock.now += 2.0
            raise LookupError

    for _ in range(2):
        with pytest.raises(LookupError):
            fail()
    assert clock.slept == pytest.approx([0.025])
