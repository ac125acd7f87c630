"""Fairness between processes: a process that writes all the time lets other processes write too."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["WriteFairness"]

_BUDGET = 1.0
_PAUSE = 0.025


class WriteFairness:
    """The time for which this process has held the write lock of the file.

    SQLite has no queue for its lock: a waiting process tries it every few milliseconds. If another process writes one
    transaction after the other, the lock is hardly ever free at that moment, and the waiting process runs out of
    patience. After a second of writing, this process therefore leaves the file free for the time of some tries.

    Args:
        clock: A function that returns seconds and never goes back.
        sleep: A function that waits for a number of seconds.

    >>> waited = []
    >>> times = iter([10.0, 10.0, 12.0, 12.005, 12.025, 12.1])
    >>> fairness = WriteFairness(lambda: next(times), waited.append)
    >>> with fairness.transaction():
    ...     pass
    >>> with fairness.transaction():
    ...     waited
    [0.02]
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._held = 0.0
        self._ended = float("-inf")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run one transaction, after a pause for other processes if they are due one."""
        free = self._clock() - self._ended
        if free < _PAUSE and self._held > _BUDGET:
            self._sleep(round(_PAUSE - free, 6))
            self._held = 0.0
        elif free >= _PAUSE:
            self._held = 0.0
        begun = self._clock()
        try:
            yield
        finally:
            self._ended = self._clock()
            self._held += self._ended - begun
