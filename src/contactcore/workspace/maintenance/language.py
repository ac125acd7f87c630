"""Putting the directory in the order of another language: a job of many short transactions.

While it runs, everybody goes on reading in the old order, and every write gives its record a key in both. When all
records have the new key, the transaction of the last of them changes the setting: no other call can change the language
to come between the two. Then the old keys are dropped.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import attrs

from contactcore.errors import NotFound, collect
from contactcore.mapping.entities import ENTITIES
from contactcore.mapping.index_context import IndexContext
from contactcore.model import Settings
from contactcore.values import Language
from contactcore.workspace.kernel.retry import Retry
from contactcore.workspace.kernel.transaction import Transaction, Transactions
from contactcore.workspace.repositories.jobs import JobRepository
from contactcore.workspace.repositories.repository import Repository
from contactcore.workspace.repositories.settings import lock_settings, store_settings

__all__ = ["change_language"]

_BATCH = 200
_ORDERED = tuple(entity_type for entity_type in ENTITIES if entity_type.order)
"""The types whose records stand in the order of the language."""
_JOB = "language"
# Somebody purged a record between finding and locking it: a new transaction finds those that are there.
_RETRY = Retry(errors=(NotFound,))


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
    transactions.run(partial(_begin, language=language), _RETRY)
    done = 0
    more = True
    while more:
        count, more = transactions.run(_step, _RETRY)
        done += count
        if progress is not None and count:
            progress(done)
    transactions.tidy()
    return done


def _begin(transaction: Transaction, language: str | None) -> None:
    """Store the language as the one to come, and give up an earlier change that is not finished."""
    if language is None:
        return
    lock_settings(transaction)
    (wanted,) = collect(("language", lambda: Language(language)))
    settings = transaction.settings
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


def _step(transaction: Transaction) -> tuple[int, bool]:
    """Derive some records anew behind the cursor of the job; the last step changes the settings too.

    The settings decide in each transaction what there is to do. Another call may change them between any two steps.

    Returns:
        The number of records that were put in order, and whether there is more to do.
    """
    lock_settings(transaction)
    jobs, context = JobRepository(transaction), transaction.index_context
    if context.has_one_order and not context.settings.leftovers:
        return 0, False
    job = jobs.begin(_JOB, f"{context.active.order} {context.target.order}")
    name, _, after = job.cursor.partition(" ")
    names = [entity_type.name for entity_type in _ORDERED]
    place = names.index(name) if name in names else 0
    repository: Repository[Any] = Repository(transaction, _ORDERED[place])
    ids = [record.id for record in transaction.reader.dump(repository.type.name, after, _BATCH)]
    count = repository.reindex([repository.lock_any(id).stored for id in ids])
    if len(ids) == _BATCH:
        cursor = f"{names[place]} {ids[-1]}"
    elif place + 1 < len(names):
        cursor = f"{names[place + 1]} "
    else:
        cursor = ""
    jobs.save(attrs.evolve(job, cursor=cursor, state="running" if cursor else "done"))
    if not cursor:
        store_settings(transaction, _after(context))
    return (0 if context.has_one_order else count), True


def _after(context: IndexContext) -> Settings:
    """The settings once all records are derived anew: the language changes first, then the old keys are gone."""
    if context.has_one_order:
        return attrs.evolve(context.settings, leftovers=False)
    target = context.target
    return attrs.evolve(
        context.settings,
        language=Language.restore(target.language),
        next_language=None,
        order=target.order,
        leftovers=True,
    )
