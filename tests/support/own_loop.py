"""Programs of asyncio in a thread of their own: the driver of a browser keeps a loop in the thread of the tests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

__all__ = ["apart", "run"]

_T = TypeVar("_T")


def apart(act: Callable[[], _T]) -> _T:
    """Call a function in a thread without a loop, and return its result.

    Args:
        act: The function.
    """
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(act).result()


def run(program: Coroutine[Any, Any, _T]) -> _T:
    """As `asyncio.run`.

    Args:
        program: The program.
    """
    return apart(lambda: asyncio.run(program))
