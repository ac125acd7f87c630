"""The clock of the tests."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final

import attrs

__all__ = ["TICK", "TODAY", "Clock"]

TODAY: Final = date(2026, 3, 1)
"""The day on which the clock starts."""

TICK: Final = timedelta(milliseconds=1)
"""A step after which no two readings are equal, and thousands of readings stay within a day."""


@attrs.define
class Clock:
    """A clock that only a test moves, or that each reading moves.

    Attributes:
        now: Time of the last reading.
        tick: Step before each reading; none by default.
    """

    now: datetime = datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=UTC)
    tick: timedelta = timedelta()

    def __call__(self) -> datetime:
        """Read the time."""
        self.now += self.tick
        return self.now

    def forward(self, **step: float) -> None:
        """Move the clock by a step, given in the units of a `timedelta`."""
        self.now += timedelta(**step)
