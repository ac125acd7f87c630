"""Ids: UUIDs of version 7, in order of time, so that new records are adjacent in every index (RFC 9562, 5.7)."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime

from contactcore.errors import Invalid
from contactcore.values.moment import timestamp

__all__ = ["Clock", "IdSource", "SystemBits", "TimeOrderedIds", "id_from", "system_clock", "time_of", "timestamp"]

Clock = Callable[[], datetime]
"""Returns the current time with its time zone."""

IdSource = Callable[[datetime], str]
"""Returns a new id for a time."""

_COUNTER = 1 << 18
_LARGEST_TIME = (1 << 48) - 1


def system_clock() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)


def time_of(clock: Clock) -> datetime:
    """Return the time that a clock shows.

    Args:
        clock: The clock.

    Raises:
        Invalid: `clock-without-zone`: the time has no time zone, so nobody knows which moment it means (DIR-16).

    >>> time_of(lambda: datetime(2026, 1, 31))
    Traceback (most recent call last):
    contactcore.errors.Invalid: clock: Have the clock return a datetime with its time zone, such as datetime.now(UTC).
    """
    time: object = clock()
    if isinstance(time, datetime) and time.utcoffset() is not None:
        return time
    message = "Have the clock return a datetime with its time zone, such as datetime.now(UTC)."
    raise Invalid("clock-without-zone", message, path="clock")


def id_from(ids: IdSource, time: datetime) -> str:
    """Return a new id for a time.

    Args:
        ids: A source of the application.
        time: The time.

    Raises:
        Invalid: `text-type`: the source returned no text.

    >>> id_from(lambda time: 7, datetime(2026, 1, 31, tzinfo=UTC))
    Traceback (most recent call last):
    contactcore.errors.Invalid: ids: Have `ids` return text, not int.
    """
    id: object = ids(time)
    if isinstance(id, str):
        return id
    raise Invalid("text-type", f"Have `ids` return text, not {type(id).__name__}.", path="ids")


_BLOCK_BYTES = 4_096
_TAIL_DIGITS = 14


class SystemBits:
    """Random bits of the operating system, fetched in blocks of 4,096 bytes.

    `os.urandom` releases the GIL. A call for each id would cost more than the rest of the id.

    >>> bits = SystemBits()
    >>> 0 <= bits(17) < 1 << 17
    True
    """

    def __init__(self) -> None:
        self._process = 0
        self._rest = memoryview(b"")
        self._digits, self._place, self._drawn_by = "", 0, 0

    def __call__(self, count: int) -> int:
        """Return a random number with this many bits, at most some thousand."""
        size = (count + 7) // 8
        # A forked process would otherwise give the same numbers as its parent.
        if len(self._rest) < size or self._process != os.getpid():
            self._rest, self._process = memoryview(os.urandom(_BLOCK_BYTES)), os.getpid()
        drawn, self._rest = self._rest[:size], self._rest[size:]
        return int.from_bytes(drawn, "big") >> (8 * size - count)

    def tail(self) -> str:
        """Return 56 random bits as 14 hexadecimal digits, several times as fast as a number of them is written."""
        end = self._place + _TAIL_DIGITS
        if end > len(self._digits) or self._drawn_by != os.getpid():
            self._digits, self._drawn_by, end = os.urandom(_BLOCK_BYTES).hex(), os.getpid(), _TAIL_DIGITS
        self._place = end
        return self._digits[end - _TAIL_DIGITS : end]


_lock = threading.Lock()
"""Locked while an id is made; all sources share it, so that it can be replaced after a fork."""


def _reset_after_fork() -> None:
    # A forked process does not have the thread that may hold the lock.
    global _lock  # noqa: PLW0603 - one for all sources, so that a fork finds it
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_reset_after_fork)


class TimeOrderedIds:
    """A source of ids that always ascend within one process, even if the clock goes back.

    Args:
        random: A function that returns a random number with a given number of bits; `SystemBits` by default.

    >>> ids = TimeOrderedIds()
    >>> time = datetime(2026, 1, 31, tzinfo=UTC)
    >>> ids(time) < ids(time)
    True
    """

    def __init__(self, random: Callable[[int], int] | None = None) -> None:
        bits = SystemBits()
        self._random: Callable[[int], int] = random or bits
        self._tail: Callable[[], str] = bits.tail if random is None else lambda: f"{random(56):014x}"
        self._last = (0, 0)
        self._time: datetime | None = None
        self._millisecond = 0
        self._head: tuple[int, str] = (-1, "")

    def __call__(self, time: datetime) -> str:
        """Return a new id for a time."""
        with _lock:
            if time is not self._time:  # all ids of a transaction have one time
                self._time, self._millisecond = time, int(time.timestamp() * 1000)
            millisecond = self._millisecond
            last, counter = self._last
            if millisecond > last:
                # The counter starts with its upper bit at zero, so that it has room to rise (RFC 9562, 6.2, method 1).
                counter = self._random(17)
            else:
                millisecond, counter = last, counter + 1
                if counter >= _COUNTER:
                    millisecond, counter = last + 1, self._random(17)
            self._last = (millisecond, counter)
            tail = self._tail()
            of, head = self._head
            if of != millisecond:
                digits = f"{millisecond & _LARGEST_TIME:012x}"
                head = f"{digits[:8]}-{digits[8:]}-7"
                self._head = (millisecond, head)
        return f"{head}{counter >> 6:03x}-{128 | counter & 63:02x}{tail[:2]}-{tail[2:]}"
