"""Retrying: a function runs again in a new transaction if another writer was faster."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import attrs

from contactcore.errors import ContactCoreError, StorageError

__all__ = ["JOB_RETRY", "Retry"]

_T = TypeVar("_T")


@attrs.frozen(kw_only=True)
class Retry:
    """The number of attempts of a function, and the errors after which it runs again.

    Attributes:
        attempts: The maximum number of attempts.
        codes: The codes of a `StorageError` after which the function may succeed.
        errors: Other errors after which the function may succeed, such as a `Conflict` with a faster writer.

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
        """Run a function, and run it again after an error that may pass.

        Raises:
            ContactCoreError: the error of the last attempt, or an error that does not pass.
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
"""The retrying of each transaction of a job."""
