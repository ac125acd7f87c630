"""The short transactions of the jobs, which services outside of sessions run."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TypeVar

import attrs

from contactcore.frozen import frozen
from contactcore.model import Actor
from contactcore.workspace.kernel.job_logs import JobLog
from contactcore.workspace.kernel.retry import JOB_RETRY, Retry
from contactcore.workspace.kernel.transaction import Transaction

__all__ = ["TransactionFactory", "Transactions"]

_T = TypeVar("_T")

TransactionFactory = Callable[[], AbstractContextManager[Transaction]]
"""Opens a transaction."""


@frozen
class Transactions:
    """The short transactions of a job, all for one actor.

    Attributes:
        actor: The actor who runs the job.
        reading: Opens a transaction that reads one snapshot.
        writing: Opens a transaction that writes.
        tidy: Puts the storage in order after the job.
        log: The lines on the jobs for the operator.
    """

    actor: Actor
    reading: TransactionFactory
    writing: TransactionFactory
    tidy: Callable[[], None] = lambda: None
    log: JobLog = attrs.field(factory=JobLog)

    def run(self, function: Callable[[Transaction], _T], retry: Retry = JOB_RETRY) -> _T:
        """Run a function in a writing transaction, and repeat it in a new one if another writer was faster.

        Args:
            function: The function. It reads everything that it needs in the transaction that it receives.
            retry: The number of attempts, and the errors after which the function runs again.

        Returns:
            The result of the function.
        """

        def attempt() -> _T:
            with self.writing() as transaction:
                return function(transaction)

        return retry(attempt)
