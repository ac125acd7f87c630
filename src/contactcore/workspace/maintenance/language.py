"""The change of the language of a workspace: a job that reindexes the directory in many short transactions (DIR-9).

While the job runs, all readers use the old order, and every write stores order keys for both languages. After all
records have the new keys, one transaction changes the setting. Then the old keys are removed.
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
"""The types whose records have keys in the directory order."""
_JOB = "language"


def change_language(
    transactions: Transactions, language: str | None, progress: Callable[[int], object] | None = None
) -> int:
    """Change the language of a workspace and reindex its directory; a repeated call resumes an interrupted change.

    Args:
        transactions: The transactions of the system.
        language: The new language, a BCP 47 tag. None completes an interrupted change, and reindexes the directory if
            a new release has other collation tables.
        progress: A function that is called after each batch of 200 records, with the number of records so far; None for
            no calls.

    Returns:
        The number of records that got new order keys.

    Raises:
        Invalid: `language-syntax`.
    """

    def begin(transaction: Transaction) -> tuple[bool, bool]:
        _begin(transaction, language)
        return transaction.index_context.has_one_order, transaction.settings.leftovers

    has_one_order, leftovers = transactions.run(begin)
    done = 0
    if not has_one_order:
        done = _reindex_all(transactions, progress)
        transactions.run(_activate_target)
        leftovers = True
    if leftovers:
        _reindex_all(transactions, None)
        transactions.run(_clear_leftovers)
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
        # An abandoned change has left keys of an unused order on some records.
        leftovers=settings.leftovers or settings.next_language not in {None, wanted},
    )
    if changed != settings:
        store_settings(transaction, changed)
        # A running job would resume at its cursor, but other changes have reindexed the records before it since.
        jobs = JobRepository(transaction)
        for job in jobs.running(_JOB):
            jobs.save(attrs.evolve(job, state="done"))


def _activate_target(transaction: Transaction) -> None:
    target = transaction.index_context.target
    changed = attrs.evolve(
        transaction.settings,
        language=Language(target.language),
        next_language=None,
        order=target.order,
        leftovers=True,
    )
    store_settings(transaction, changed)


def _clear_leftovers(transaction: Transaction) -> None:
    if transaction.index_context.has_one_order:
        store_settings(transaction, attrs.evolve(transaction.settings, leftovers=False))


def _reindex_all(transactions: Transactions, progress: Callable[[int], object] | None) -> int:
    """Reindex the records of the directory, from the cursor of the job on."""
    done = 0
    while True:
        count, more = transactions.run(_reindex_batch)
        done += count
        if progress is not None and count:
            progress(done)
        if not more:
            return done


def _reindex_batch(transaction: Transaction) -> tuple[int, bool]:
    """Reindex one batch; returns the number of its records, and whether more records follow."""
    jobs, context = JobRepository(transaction), transaction.index_context
    job = jobs.begin(_JOB, f"{context.active.order} {context.target.order}")
    if job.state == "done":
        return 0, False
    name, _, after = job.cursor.partition(" ")
    names = [entity_type.name for entity_type in _ORDERED]
    index = names.index(name) if name in names else 0
    repository = Repository(transaction, _ORDERED[index])
    ids = [record.id for record in transaction.reader.dump(repository.type.name, after, _BATCH)]
    count = repository.reindex(_locked(repository, ids))
    if len(ids) == _BATCH:
        cursor = f"{names[index]} {ids[-1]}"
    elif index + 1 < len(names):
        cursor = f"{names[index + 1]} "
    else:
        cursor = ""
    jobs.save(attrs.evolve(job, cursor=cursor, state="running" if cursor else "done"))
    return count, bool(cursor)


def _locked(repository: Repository[Any], ids: Sequence[str]) -> Iterator[Stored]:
    """The records with these ids, locked, without those that were removed since."""
    for id in ids:
        with suppress(NotFound):
            yield repository.lock_any(id).stored
