"""Python's collector of reference cycles, left alone while a batch is worked on."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["paused_collector"]

_lock = threading.Lock()
_inside = 0
_was_on = False


@contextmanager
def paused_collector() -> Iterator[None]:
    """Nothing is searched for cycles inside; afterwards the collector is as it was.

    A batch makes a hundred thousand objects and hardly a cycle, and walking through them again and again takes a tenth
    of an import. Reference counting goes on, so that memory stays flat; the collector of the whole process is stopped,
    so this is for the inside of one batch and never for code of others. Where several threads are inside, the last one
    that leaves sets it going again.

    >>> import gc
    >>> with paused_collector():
    ...     gc.isenabled()
    False
    >>> gc.isenabled()
    True
    """
    global _inside, _was_on  # noqa: PLW0603 - there is one collector in a process
    with _lock:
        if _inside == 0:
            _was_on = gc.isenabled()
            gc.disable()
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if _inside == 0 and _was_on:
                gc.enable()
