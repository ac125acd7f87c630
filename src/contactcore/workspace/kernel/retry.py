"""Retrying: a function runs again in a new transaction if another writer was faster."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from contactcore.errors import ContactCoreError, StorageError
from contactcore.frozen import frozen

__all__ = ["JOB_RETRY", "Pauses", "Retry"]

_T = TypeVar("_T")


def _share() -> float:
    """A random number from 0 up to below 1."""
    import random  # loads the hashes of OpenSSL; hardly any program has to wait for another one

    return random.random()  # noqa: S311 - a pause is no secret


@frozen(kw_only=True)
class Pauses:
    """The pauses between attempts: each is a random part of a time that doubles from attempt to attempt.

    Transactions that failed because of each other would meet again if they paused equally long.

    Attributes:
        first: The longest first pause, in seconds.
        longest: The longest of all pauses, in seconds.
        jitter: A function that returns a random number from 0 up to below 1.
        sleep: A function that waits for a number of seconds.

    >>> waited = []
    >>> pauses = Pauses(first=1.0, longest=3.0, jitter=lambda: 0.5, sleep=waited.append)
    >>> for attempt in (1, 2, 3, 4):
    ...     pauses.wait(attempt)
    >>> waited
    [0.5, 1.0, 1.5, 1.5]
    """

    first: float = 0.002
    longest: float = 0.064
    jitter: Callable[[], float] = _share
    sleep: Callable[[float], object] = time.sleep

    def wait(self, attempt: int) -> None:
        """Pause after an attempt that failed.

        Args:
            attempt: The number of the attempt, from 1.
        """
        self.sleep(self.jitter() * min(self.longest, self.first * 2.0 ** (attempt - 1)))


@frozen(kw_only=True)
class Retry:
    """The number of attempts of a function, and the errors after which it runs again.

    Attributes:
        attempts: The maximum number of attempts.
        codes: The codes of a `StorageError` after which the function may succeed.
        errors: Other errors after which the function may succeed, such as a `Conflict` with a faster writer.
        pauses: The pauses between the attempts.

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
    pauses: Pauses = Pauses()

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
            self.pauses.wait(attempt)
        raise AssertionError("every attempt returns or raises")

    def _may_pass(self, error: ContactCoreError) -> bool:
        if isinstance(error, StorageError):
            return error.code in self.codes
        return isinstance(error, self.errors)


JOB_RETRY = Retry()
"""The retrying of each transaction of a job."""
