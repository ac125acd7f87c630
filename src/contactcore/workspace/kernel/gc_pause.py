"""Python's collector of reference cycles, left alone while a batch is worked on."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["gc_paused"]


class _Pause:
    """How many are inside, and whether the collector was on before the first of them."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.inside = 0
        self.was_on = False


_pause = _Pause()


def _begin_anew() -> None:
    """In a forked process the threads that were inside are no more, and one of them may have held the lock."""
    global _pause  # noqa: PLW0603 - there is one collector in a process
    if _pause.inside and _pause.was_on:
        gc.enable()
    _pause = _Pause()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_anew)


@contextmanager
def gc_paused() -> Iterator[None]:
    """Nothing is searched for cycles inside; afterwards the collector is as it was.

    A batch makes a hundred thousand objects and hardly a cycle, and walking through them again and again takes a tenth
    of an import. Reference counting goes on, so that memory stays flat; the collector of the whole process is stopped,
    so this is for the inside of one batch and never for code of others. Where several threads are inside, the last one
    that leaves sets it going again.

    >>> import gc
    >>> with gc_paused():
    ...     gc.isenabled()
    False
    >>> gc.isenabled()
    True
    """
    pause = _pause
    entered = False
    try:
        with pause.lock:
            if pause.inside == 0:
                pause.was_on = gc.isenabled()
            # Counted before it is done: an interrupt from the keyboard may come behind any call.
            pause.inside += 1
            entered = True
            gc.disable()
        yield
    finally:
        if entered and pause is _pause:
            with pause.lock:
                pause.inside -= 1
                if pause.inside == 0 and pause.was_on:
                    gc.enable()
