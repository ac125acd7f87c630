"""Putting the directory in the order of another language: a job of many short transactions.

While it runs, everybody goes on reading in the old order, and every write gives its record a key in both. When all
records have the new key, one transaction changes the setting. Then the old keys are dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any

import attrs

from contactcore.errors import NotFound
from contactcore.mapping.entities import ENTITIES
from contactcore.storage import Stored
from contactcore.values import Language
from contactcore.workspace.kernel.transaction import Transaction, Transactions
from contactcore.workspace.repositories.jobs import JobRepository
from contactcore.workspace.repositories.repository import Repository
from contactcore.workspace.repositories.settings import store_settings

__all__ = ["change_language"]

_BATCH = 200
_ORDERED = tuple(entity_type for entity_type in ENTITIES if entity_type.order)
"""The types whose records stand in the order of the language."""
_JOB = "language"


def change_language(
    transactions: Transactions, language: str | None, progress: Callable[[int], object] | None = None
) -> int:
    """Put the directory in the order of a language; called again after it was interrupted, it goes on.

    Args:
        transactions: Opens the transactions of the system.
        language: The language; None to finish or repeat what an earlier call or an older release began.
        progress: Called with the number of records done so far.

    Returns:
        The number of records that were put in order.
    """

    def begin(transaction: Transaction) -> tuple[bool, bool]:
        _begin(transaction, language)
        return transaction.index_context.has_one_order, transaction.settings.leftovers

    has_one_order, leftovers = transactions.run(begin)
    done = 0
    if not has_one_order:
        done = _reindex_all(transactions, progress)
        transactions.run(_flip)
        leftovers = True
    if leftovers:
        _reindex_all(transactions, None)
        transactions.run(_forget_leftovers)
    transactions.tidy()
    return done


def _begin(transaction: Transaction, language: str | None) -> None:
    if language is None:
        return
    settings, wanted = transaction.settings, Language(language)
    changed = attrs.evolve(
        settings,
        order=transaction.index_context.active.order,
        next_language=None if wanted == settings.language else wanted,
        # A job that is given up has put some records in an order that nobody wants any more.
        leftovers=settings.leftovers or settings.next_language not in {None, wanted},
    )
    if changed != settings:
        store_settings(transaction, changed)
        # What an earlier change did to the records is undone by others: a new change begins at the first record.
        jobs = JobRepository(transaction)
        for job in jobs.running(_JOB):
            jobs.save(attrs.evolve(job, state="done"))


def _flip(transaction: Transaction) -> None:
    target = transaction.index_context.target
    changed = attrs.evolve(
        transaction.settings,
        language=Language(target.language),
        next_language=None,
        order=target.order,
        leftovers=True,
    )
    store_settings(transaction, changed)


def _forget_leftovers(transaction: Transaction) -> None:
    if transaction.index_context.has_one_order:
        store_settings(transaction, attrs.evolve(transaction.settings, leftovers=False))


def _reindex_all(transactions: Transactions, progress: Callable[[int], object] | None) -> int:
    """Derive anew all records that stand in the order of the language, behind the cursor of the job."""
    done = 0
    while True:
        count, more = transactions.run(_reindex_some)
        done += count
        if progress is not None and count:
            progress(done)
        if not more:
            return done


def _reindex_some(transaction: Transaction) -> tuple[int, bool]:
    """One step of the job; returns the number of records, and whether there are more."""
    jobs, context = JobRepository(transaction), transaction.index_context
    job = jobs.begin(_JOB, f"{context.active.order} {context.target.order}")
    if job.state == "done":
        return 0, False
    name, _, after = job.cursor.partition(" ")
    names = [entity_type.name for entity_type in _ORDERED]
    place = names.index(name) if name in names else 0
    repository = Repository(transaction, _ORDERED[place])
    ids = [record.id for record in transaction.reader.dump(repository.type.name, after, _BATCH)]
    count = repository.reindex(_locked(repository, ids))
    if len(ids) == _BATCH:
        cursor = f"{names[place]} {ids[-1]}"
    elif place + 1 < len(names):
        cursor = f"{names[place + 1]} "
    else:
        cursor = ""
    jobs.save(attrs.evolve(job, cursor=cursor, state="running" if cursor else "done"))
    return count, bool(cursor)


def _locked(repository: Repository[Any], ids: Sequence[str]) -> Iterator[Stored]:
    """The records that are still there, locked."""
    for id in ids:
        with suppress(NotFound):
            yield repository.lock_any(id).stored
