"""No thread of a law outlives it, whatever the storage does."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from contactcore.testing.fixtures import KINDS
from contactcore.testing.laws.feeding import many_writers_make_one_feed
from contactcore_memory import MemoryStorage


class _FailingWriters(MemoryStorage):
    """Writers that fail in all threads but the first one."""

    @contextmanager
    def write(self, workspace: str) -> Iterator[Any]:
        if threading.current_thread() is not threading.main_thread():
            raise ZeroDivisionError
        with super().write(workspace) as writer:
            yield writer


def test_a_law_whose_writers_fail_leaves_no_thread_that_watches() -> None:
    before = set(threading.enumerate())
    with pytest.raises(ZeroDivisionError):
        many_writers_make_one_feed(lambda: _closing(_FailingWriters()))
    for thread in set(threading.enumerate()) - before:
        thread.join(10)
        assert not thread.is_alive()


@contextmanager
def _closing(storage: MemoryStorage) -> Iterator[MemoryStorage]:
    storage.install(KINDS)
    yield storage
