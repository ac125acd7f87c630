"""Putting the directory in the order of another language: a job of many short transactions.

While it runs, everybody goes on reading in the old order and every write gives its record a key in both. When all
records have the new key, the setting flips in one transaction, and the old keys are dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import attrs

from contactcore.mapping.contacts import contact_of, record_of
from contactcore.storage import SYSTEM, Query, Record
from contactcore.values import Language
from contactcore.workspace.affiliations import record_for
from contactcore.workspace.preferences import store_settings
from contactcore.workspace.transaction import Transaction

__all__ = ["change_language"]

_BATCH = 200

Writing = Callable[[], AbstractContextManager[Transaction]]


def change_language(writing: Writing, language: str | None, progress: Callable[[int], object] | None = None) -> int:
    """Put the directory in the order of a language; can be repeated after it was interrupted.

    Args:
        writing: Opens a transaction of the system.
        language: The language; None to finish or repeat what an earlier call or an older release began.
        progress: Called with the number of records done so far.

    Returns:
        How many records were put in order.
    """
    with writing() as transaction:
        settings = transaction.settings
        if language is not None:
            wanted = Language(language)
            settings = attrs.evolve(
                settings,
                order=transaction.derivation.active.order,
                next_language=None if wanted == settings.language else wanted,
            )
            if settings != transaction.settings:
                store_settings(transaction, settings)
        if transaction.derivation.at_rest:
            return 0
    done = 0
    for count in _rederive_all(writing):
        done += count
        if progress is not None:
            progress(done)
    with writing() as transaction:
        derivation = transaction.derivation
        settings = attrs.evolve(
            transaction.settings,
            language=Language(derivation.target.language),
            next_language=None,
            order=derivation.target.order,
        )
        store_settings(transaction, settings)
    for _ in _rederive_all(writing):
        pass
    return done


def _rederive_all(writing: Writing) -> Iterator[int]:
    for kind in ("contact", "affiliation"):
        after = None
        while True:
            with writing() as transaction:
                # The order of time does not change while the directory is put in another one.
                query = Query(kind=kind, order="added", access=SYSTEM, after=after, limit=_BATCH)
                found = transaction.reader.find(query)
                records = _records(transaction, kind, [card.id for card in found.cards])
                transaction.writer.rederive(records)
            yield len(records)
            if not found.more:
                break
            after = found.last


def _records(transaction: Transaction, kind: str, ids: list[str]) -> list[Record]:
    from contactcore.mapping.affiliations import affiliation_of

    for id in ids:
        transaction.writer.require(kind, id)
    stored = [one for one in transaction.reader.get(kind, ids) if one is not None]
    if kind == "affiliation":
        return [record_for(transaction, affiliation_of(one)) for one in stored]
    return [record_of(contact_of(one, transaction.derivation), transaction.derivation, one.access) for one in stored]
