"""Functions of the application: only those that do their work while they are called are accepted."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from contactcore.errors import Invalid

__all__ = ["check_function", "refuse_awaitable"]

_DEFERRED: tuple[Callable[[Any], bool], ...] = (
    inspect.iscoroutinefunction,
    inspect.isasyncgenfunction,
    inspect.isgeneratorfunction,
)


def check_function(value: object, path: str = "") -> None:
    """Refuse a value that cannot be called, or whose call does nothing yet: a coroutine function or a generator.

    Args:
        value: The function.
        path: The path of the argument.

    Raises:
        Invalid: `not-a-function`, `function-deferred`.
    """
    if not callable(value):
        raise Invalid("not-a-function", f"Give a function here, not {type(value).__name__}.", path=path)
    called = getattr(type(value), "__call__", None)  # noqa: B004 - the method is looked at, not called
    if any(is_deferred(one) for one in (value, called) for is_deferred in _DEFERRED):
        raise _deferred(path, value)


def refuse_awaitable(result: object, path: str) -> None:
    """Refuse the result of a function that did nothing yet, such as a coroutine.

    Args:
        result: The result.
        path: The path of the argument with the function.

    Raises:
        Invalid: `function-deferred`.
    """
    if inspect.isawaitable(result):
        if inspect.iscoroutine(result):
            result.close()
        raise _deferred(path, result)


def _deferred(path: str, value: object) -> Invalid:
    message = "Give a function that does its work when it is called: no coroutine function and no generator."
    return Invalid("function-deferred", message, path=path, value=value)
