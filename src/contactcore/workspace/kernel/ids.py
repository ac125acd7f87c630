"""Ids: UUID version 7, in order of time, so that inserts stay local in every index (RFC 9562, 5.7)."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime

__all__ = ["Clock", "IdSource", "SystemBits", "TimeOrderedIds", "system_clock", "timestamp"]

Clock = Callable[[], datetime]
"""Gives the present moment, with its time zone."""

IdSource = Callable[[datetime], str]
"""Gives a new id for a moment."""

_COUNTER = 1 << 18


def system_clock() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


def timestamp(moment: datetime) -> str:
    """A moment as ISO 8601 in UTC, of one length, so that text sorts by time.

    >>> timestamp(datetime(2026, 1, 31, 12, tzinfo=UTC))
    '2026-01-31T12:00:00.000000Z'
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


_AT_ONCE = 4_096


class SystemBits:
    """Random bits of the operating system, fetched some thousand bytes at a time.

    Each fetch lets other threads run, and waits its turn to go on: done for every id it costs more than the rest of it.

    >>> bits = SystemBits()
    >>> 0 <= bits(17) < 1 << 17
    True
    """

    def __init__(self) -> None:
        self._process = 0
        self._rest = memoryview(b"")

    def __call__(self, count: int) -> int:
        """A number of so many random bits, at most some thousand."""
        size = (count + 7) // 8
        # A forked process would otherwise give the same numbers as its parent.
        if len(self._rest) < size or self._process != os.getpid():
            self._rest, self._process = memoryview(os.urandom(_AT_ONCE)), os.getpid()
        drawn, self._rest = self._rest[:size], self._rest[size:]
        return int.from_bytes(drawn, "big") >> (8 * size - count)


_turn = threading.Lock()
"""Held while an id is made."""


def _begin_anew() -> None:
    """In a forked process the thread that held it is no more."""
    global _turn  # noqa: PLW0603 - one for all sources, so that a fork finds it
    _turn = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_anew)


class TimeOrderedIds:
    """A source of ids that never go back within one process, whatever the clock does.

    Args:
        random: Gives a number of so many random bits; the system's by default.

    >>> ids = TimeOrderedIds()
    >>> moment = datetime(2026, 1, 31, tzinfo=UTC)
    >>> ids(moment) < ids(moment)
    True
    """

    def __init__(self, random: Callable[[int], int] | None = None) -> None:
        self._random = random or SystemBits()
        self._last = (0, 0)

    def __call__(self, moment: datetime) -> str:
        """A new id for a moment."""
        with _turn:
            millisecond = int(moment.timestamp() * 1000)
            last, counter = self._last
            if millisecond > last:
                # The upper bit starts at zero, so that the counter has room to count up (RFC 9562, 6.2, method 1).
                counter = self._random(17)
            else:
                millisecond, counter = last, counter + 1
                if counter >= _COUNTER:
                    millisecond, counter = last + 1, self._random(17)
            self._last = (millisecond, counter)
            tail = self._random(56)
        number = (millisecond & (1 << 48) - 1) << 80 | 7 << 76 | (counter >> 6) << 64 | 2 << 62
        number |= (counter & 63) << 56 | tail
        digits = f"{number:032x}"
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
