"""Retrying: what others were faster at is done again, in a new transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import attrs

from contactcore.errors import ContactCoreError, StorageError

__all__ = ["JOB_RETRY", "Retry"]

_T = TypeVar("_T")


@attrs.frozen(kw_only=True)
class Retry:
    """How often a function is run again, and after which errors.

    Attributes:
        attempts: Runs at most.
        codes: Codes of a `StorageError` after which the same function may succeed.
        errors: Other errors after which it may succeed, such as a `Conflict` with a faster writer.

    >>> calls = []
    >>> def succeed_at_last() -> int:
    ...     calls.append(1)
    ...     if len(calls) < 3:
    ...         raise StorageError("Others were faster.", "storage-retry")
    ...     return len(calls)
    >>> Retry(attempts=3)(succeed_at_last)
    3
    """

    attempts: int = 20
    codes: frozenset[str] = frozenset({"storage-retry"})
    errors: tuple[type[ContactCoreError], ...] = ()

    def __call__(self, function: Callable[[], _T]) -> _T:
        """Run a function, and run it again after the errors that may pass.

        Raises:
            ContactCoreError: the error of the last attempt, or one that does not pass.
        """
        for attempt in range(1, self.attempts + 1):
            try:
                return function()
            except ContactCoreError as error:
                if attempt == self.attempts or not self._may_pass(error):
                    raise
        raise AssertionError("every attempt returns or raises")

    def _may_pass(self, error: ContactCoreError) -> bool:
        if isinstance(error, StorageError):
            return error.code in self.codes
        return isinstance(error, self.errors)


JOB_RETRY = Retry()
"""How often each transaction of a job is run."""
