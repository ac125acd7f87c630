"""The lines that an operator reads in the logs: progress of jobs, and slow work. No line has personal data.

A line of `contactcore.jobs` has the kind, the id, the counts and the seconds of a job. A line of `contactcore.slow` has
the names of methods. Neither has names of users, texts, values or ids of contacts.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from time import monotonic
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:  # loaded by the first line
    from logging import Logger

__all__ = ["Called", "logger_of", "timed_transaction"]

_MOST_NAMES = 10
"""The most methods that a line names."""


@attrs.define
class Called:
    """The methods that are called in one transaction.

    Attributes:
        limit: The seconds after which a call is slow; None for never.
        names: The names of the methods that were called by the program, each once.
        depth: The number of calls inside each other at this moment.
    """

    limit: float | None
    names: dict[str, None] = attrs.field(factory=dict)
    depth: int = 0

    def begin(self, name: str) -> float:
        """Remember a call of the program, and return the moment.

        Args:
            name: The name of the method, such as `"Contacts.find"`.
        """
        self.names[name] = None
        self.depth += 1
        return monotonic()

    def end(self, name: str, started: float) -> None:
        """Log a call that took long. What a method calls itself is a part of its call.

        Args:
            name: The name of the method.
            started: The moment in which it began.
        """
        self.depth -= 1
        seconds = monotonic() - started
        if self.limit is not None and seconds > self.limit:
            _line_of_slow(name, seconds, "")


@contextmanager
def timed_transaction(kind: str, limit: float | None, method: str = "") -> Iterator[Called]:
    """Log a transaction that takes long, with its commit.

    Args:
        kind: `"read"` or `"write"`.
        limit: The seconds after which it is slow; None for never.
        method: The name of the method that opened the transaction; `""` (the default) for the program itself.
    """
    calls = Called(limit, {method: None} if method else {})
    started = monotonic()
    try:
        yield calls
    finally:
        seconds = monotonic() - started
        if limit is not None and seconds > limit:
            named = ", ".join([*calls.names][:_MOST_NAMES])
            more = ", ..." if len(calls.names) > _MOST_NAMES else ""
            _line_of_slow(f"transaction ({kind})", seconds, f": {named}{more}" if named else "")


def _line_of_slow(name: str, seconds: float, more: str) -> None:
    extra = {"slow_name": name, "slow_seconds": round(seconds, 3)}
    logger_of("contactcore.slow").warning("%s took %.3f s%s", name, seconds, more, extra=extra)


@cache
def logger_of(name: str) -> Logger:
    """The logger with a name, which writes nothing where nobody has set up logging."""
    import logging

    logger = logging.getLogger(name)
    # Python prints warnings where nobody has set up logging, into the output of programs that did not ask.
    logger.addHandler(logging.NullHandler())
    return logger
