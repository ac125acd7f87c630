"""WriteFairness: writers of other processes come in, even while one writes transaction after transaction."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["WriteFairness"]

_TURN = 1.0
_OPEN = 0.12


class WriteFairness:
    """How long this process has had the file.

    SQLite keeps no queue: who waits for the lock looks for it every tenth of a second. Who writes one transaction after
    the other would hardly ever leave it free just then, and others would wait until their patience ends. So after a
    second of that the file is left alone for as long as one look.

    Args:
        clock: Seconds that never go back.
        sleep: Waits so many of them.

    >>> waited = []
    >>> moments = iter([10.0, 10.0, 12.0, 12.02, 12.12, 12.2])
    >>> turns = WriteFairness(lambda: next(moments), waited.append)
    >>> with turns.taken():
    ...     pass
    >>> with turns.taken():
    ...     waited
    [0.1]
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._had = 0.0
        self._ended = float("-inf")

    @contextmanager
    def taken(self) -> Iterator[None]:
        """One transaction, once others had their turn."""
        free = self._clock() - self._ended
        if free < _OPEN and self._had > _TURN:
            self._sleep(round(_OPEN - free, 6))
            self._had = 0.0
        elif free >= _OPEN:
            self._had = 0.0
        begun = self._clock()
        try:
            yield
        finally:
            self._ended = self._clock()
            self._had += self._ended - begun
