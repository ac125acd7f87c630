"""The change of the language of a workspace: a job that reindexes the directory in many short transactions (DIR-9).

While the job runs, all readers use the old order, and every write stores order keys for both languages. The transaction
that reindexes the last record also changes the setting, so that no other call can choose a third language in between.
Then the old keys are removed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import attrs

from contactcore.errors import NotFound, collect
from contactcore.mapping.entities import ENTITIES
from contactcore.mapping.history import HISTORY
from contactcore.mapping.index_context import IndexContext
from contactcore.mapping.kinds import NAMED_ORDER
from contactcore.mapping.portal import LOGINS
from contactcore.model import Settings
from contactcore.values import Language
from contactcore.workspace.kernel.retry import Retry
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.kernel.transactions import Transactions
from contactcore.workspace.repositories.history import HistoryRepository
from contactcore.workspace.repositories.jobs import LANGUAGE, JobRepository
from contactcore.workspace.repositories.repository import Repository
from contactcore.workspace.repositories.settings import lock_settings, store_settings

__all__ = ["change_language"]

_BATCH = 200
_INDEXED = (*(entity_type for entity_type in ENTITIES if entity_type.order), LOGINS)
"""The types whose records have keys in the directory order, or keys of e-mail addresses."""
_OF_RELEASE = tuple(
    entity_type for entity_type in ENTITIES if NAMED_ORDER in entity_type.kind.orders and entity_type not in _INDEXED
)
"""Other types whose records have derived values that no language changes, but a release may."""
# Somebody may purge a record after it was found and before it is locked. A new transaction finds the others.
_RETRY = Retry(errors=(NotFound,))


def change_language(
    transactions: Transactions, language: str | None, progress: Callable[[int], object] | None = None
) -> int:
    """Change the language of a workspace and reindex its directory; a repeated call resumes an interrupted change.

    Args:
        transactions: The transactions of the system.
        language: The new language, a BCP 47 tag. None completes an interrupted change, and reindexes the directory if
            a new release has other collation tables or derives other keys.
        progress: A function that is called after each batch of 200 records, with the number of records so far; None for
            no calls.

    Returns:
        The number of records that were reindexed for the new order.

    Raises:
        Invalid: `language-syntax`.
    """
    transactions.run(partial(_begin, language=language), _RETRY)
    done = 0
    more = True
    while more:
        count, more = transactions.run(_reindex_batch, _RETRY)
        done += count
        if progress is not None and count:
            progress(done)
    transactions.tidy()
    return done


def _begin(transaction: Transaction, language: str | None) -> None:
    """Store the new language as the next language, and abandon an earlier change that is not complete."""
    if language is None:
        return
    lock_settings(transaction)
    (wanted,) = collect(("language", lambda: Language(language)))
    settings = transaction.settings
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
        for job in jobs.running(LANGUAGE):
            jobs.save(attrs.evolve(job, state="done"))


def _reindex_batch(transaction: Transaction) -> tuple[int, bool]:
    """Reindex one batch of records behind the cursor of the job; the last batch also changes the settings.

    Each transaction reads its work from the settings, because another call may change them between two transactions.

    Returns:
        The number of records that got new order keys, and whether more work follows.
    """
    lock_settings(transaction)
    jobs, context = JobRepository(transaction), transaction.index_context
    if context.has_one_order and not context.settings.leftovers:
        return 0, False
    job = jobs.begin(LANGUAGE, f"{context.active.order} {context.target.order}")
    name, _, after = job.cursor.partition(" ")
    types = _INDEXED if context.has_one_release else (*_INDEXED, *_OF_RELEASE)
    names = [entity_type.name for entity_type in types]
    index = names.index(name) if name in names else 0
    of_history = types[index] is HISTORY
    repository: Any = HistoryRepository(transaction) if of_history else Repository(transaction, types[index])
    ids = [record.id for record in transaction.reader.dump(repository.type.name, after, _BATCH)]
    count = repository.reindex([repository.lock_any(id).stored for id in ids])
    if len(ids) == _BATCH:
        cursor = f"{names[index]} {ids[-1]}"
    elif index + 1 < len(names):
        cursor = f"{names[index + 1]} "
    else:
        cursor = ""
    jobs.save(attrs.evolve(job, cursor=cursor, state="running" if cursor else "done"))
    if not cursor:
        store_settings(transaction, _next_settings(context))
    return (0 if context.has_one_order else count), True


def _next_settings(context: IndexContext) -> Settings:
    """The settings after all records were reindexed: the first pass changes the language, the second drops old keys."""
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
