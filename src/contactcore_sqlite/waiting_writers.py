"""The writers that wait for their turn at a file, in this process and in others."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

__all__ = ["WaitingWriters"]

_KEPT = 10.0
"""The seconds for which a writer that waited is expected to come again."""


class WaitingWriters:
    """The writers that wait for their turn at a file.

    SQLite does not say that another process waits. A process that waits therefore sets the times of the index of the
    write-ahead log, which all processes share and whose times nobody else needs. SQLite maps this file into memory, and
    hardly ever changes the time of its last access. A change of another origin only makes transactions shorter, and a
    process that may not set the time is not noticed.

    Args:
        path: The path of the file.
        clock: A function that returns seconds and never goes back.
    """

    def __init__(self, path: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._shared = f"{path}-shm"
        self._clock = clock
        # A set, because adding to a number is no single step: two threads could count as one.
        self._threads: set[int] = set()
        self._mark: int | None = None
        self._noticed = float("-inf")

    @contextmanager
    def thread(self) -> Iterator[None]:
        """Count the thread that runs this as one that waits, inside the context."""
        waiting = threading.get_ident()
        self._threads.add(waiting)
        try:
            yield
        finally:
            self._threads.discard(waiting)

    def tell(self) -> None:
        """Tell the other processes that this one waits."""
        with suppress(OSError):
            os.utime(self._shared)

    def expected(self) -> bool:
        """Return whether a writer waits, or did so in the last ten seconds, as far as earlier calls can tell."""
        mark: int | None = None
        with suppress(OSError):
            mark = os.stat(self._shared).st_atime_ns  # noqa: PTH116 - as in `connection_pool`
        known, self._mark = self._mark, mark
        if self._threads or (known is not None and mark != known):
            self._noticed = self._clock()
        return self._clock() - self._noticed < _KEPT
