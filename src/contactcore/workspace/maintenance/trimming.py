"""Trimming: acts of the history that are older than a time are removed, in many short transactions (DIR-14).

The time is kept first. From then on no answer shows an earlier state that is only half there, and a killed job resumes
when it is called again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from contactcore.values.moment import timestamp
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.kernel.transactions import Transactions
from contactcore.workspace.repositories.earlier import EarlierStates
from contactcore.workspace.repositories.history import HistoryRepository

__all__ = ["trim_history"]

_BATCH = 200
"""The maximum number of records that one transaction removes."""


def trim_history(
    transactions: Transactions, before: datetime | str, progress: Callable[[int], object] | None = None
) -> int:
    """Remove old acts, or resume a killed job; see `Maintenance.trim_history`."""
    with transactions.reading() as transaction:
        transaction.check_admin("trim the history")
        moment = timestamp(EarlierStates(transaction).moment(before, "before"))

    def begin(transaction: Transaction) -> None:
        HistoryRepository(transaction).begin_again(moment)

    def step(transaction: Transaction) -> tuple[int, int]:
        return HistoryRepository(transaction).trim(moment, _BATCH)

    transactions.run(begin)
    removed, read = 0, _BATCH
    while read == _BATCH:
        acts, read = transactions.run(step)
        removed += acts
        if progress is not None:
            progress(removed)
    transactions.tidy()
    return removed
