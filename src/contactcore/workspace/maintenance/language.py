"""Putting the directory in the order of another language: a job of many short transactions.

While it runs, everybody goes on reading in the old order and every write gives its record a key in both. When all
records have the new key, the setting flips in one transaction, and the old keys are dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import attrs

from contactcore.storage import Record
from contactcore.values import Language
from contactcore.workspace.kernel.transaction import Transaction, TransactionFactory
from contactcore.workspace.repositories.reindexing import reindexed
from contactcore.workspace.repositories.settings import store_settings

__all__ = ["change_language"]

_BATCH = 200


def change_language(
    writing: TransactionFactory, language: str | None, progress: Callable[[int], object] | None = None
) -> int:
    """Put the directory in the order of a language; can be repeated after it was interrupted.

    Args:
        writing: Opens a transaction of the system.
        language: The language; None to finish or repeat what an earlier call or an older release began.
        progress: Called with the number of records done so far.

    Returns:
        How many records were put in order.
    """
    with writing() as transaction:
        _begin(transaction, language)
        at_rest, leftovers = transaction.index_context.at_rest, transaction.settings.leftovers
    done = 0
    if not at_rest:
        for count in _reindex_all(writing):
            done += count
            if progress is not None:
                progress(done)
        with writing() as transaction:
            _flip(transaction)
        leftovers = True
    if leftovers:
        for _ in _reindex_all(writing):
            pass
        with writing() as transaction:
            if transaction.index_context.at_rest:
                store_settings(transaction, attrs.evolve(transaction.settings, leftovers=False))
    return done


def _begin(transaction: Transaction, language: str | None) -> None:
    if language is None:
        return
    settings, wanted = transaction.settings, Language(language)
    changed = attrs.evolve(
        settings,
        order=transaction.index_context.active.order,
        next_language=None if wanted == settings.language else wanted,
        # A job that is given up has put some records in the order that nobody wants any more.
        leftovers=settings.leftovers or settings.next_language not in {None, wanted},
    )
    if changed != settings:
        store_settings(transaction, changed)


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


def _reindex_all(writing: TransactionFactory) -> Iterator[int]:
    for kind in ("contact", "affiliation"):
        after, more = "", True
        while more:
            with writing() as transaction:
                ids = [record.id for record in transaction.reader.dump(kind, after, _BATCH)]
                records = _records(transaction, kind, ids)
                transaction.writer.reindex(records)
            yield len(records)
            more = len(ids) == _BATCH
            after = ids[-1] if ids else after


def _records(transaction: Transaction, kind: str, ids: list[str]) -> list[Record]:
    for id in ids:
        with transaction.refusals(id):
            transaction.writer.lock(kind, id)
    return [reindexed(transaction, one) for one in transaction.reader.get(kind, ids) if one is not None]
