"""The counters of limits in the storage, so that all processes of an application share them (POR-10)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256

from contactcore.mapping.counters import COUNTERS
from contactcore.rules.limits import Counter, Limit
from contactcore.storage import SYSTEM, Query
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.repository import Repository

__all__ = ["count", "is_exhausted"]

_SWEPT_AT_ONCE = 10
_KEPT_FOR = timedelta(days=1)


def is_exhausted(transaction: Transaction, limit: Limit, subject: str) -> bool:
    """Return whether a subject has no further attempt within a limit; nothing is counted.

    Args:
        transaction: The transaction.
        limit: The limit.
        subject: The login name, source or user that is limited; `""` is never limited.
    """
    limiter, key = transaction.host.limiter, _key(limit, subject)
    if not subject:
        return False
    if limiter is not None:
        return limiter.is_exhausted(f"{transaction.workspace}/{key}", limit)
    repository = Repository(transaction, COUNTERS)
    (stored,) = repository.stored([key])
    return stored is not None and repository.loaded(stored).entity.is_exhausted(limit, transaction.now)


def count(transaction: Transaction, limit: Limit, subject: str) -> bool:
    """Count one attempt of a subject, even if the transaction is rolled back.

    Args:
        transaction: A writing transaction.
        limit: The limit.
        subject: As for `is_exhausted`.

    Returns:
        Whether no attempt was left before this one, because others that came at the same time took the last; False if
        the application limits.
    """
    limiter, key = transaction.host.limiter, _key(limit, subject)
    if not subject:
        return False
    if limiter is not None:
        limiter.count(f"{transaction.workspace}/{key}", limit)
        return False
    repository = Repository(transaction, COUNTERS)
    _sweep(repository)
    new = Counter(id=key, ends=transaction.now.astimezone(UTC) + limit.period)
    transaction.writer.insert([repository.record(new)], existing="keep")
    locked = repository.lock_any(key)
    was_exhausted = locked.entity.is_exhausted(limit, transaction.now)
    repository.put(locked.entity.counted(limit, transaction.now.astimezone(UTC)), locked.stored, event="")
    transaction.lasting.append(partial(count, limit=limit, subject=subject))
    return was_exhausted


def _sweep(repository: Repository[Counter]) -> None:
    """Remove some counters whose period has been over for a day, so that their number stays bounded.

    The claim leaves out counters that other writers hold. The day keeps counters that are in use out of it.
    """
    transaction = repository.transaction
    stop, until = (_written(transaction.now + step) for step in (-_KEPT_FOR, _KEPT_FOR))
    query = Query(kind=COUNTERS.name, order="ends", access=SYSTEM, stop=stop, limit=_SWEPT_AT_ONCE)
    for stored in transaction.writer.claim(query, until):
        repository.remove(repository.loaded(stored).entity, stored, event="")


def _written(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="microseconds")


def _key(limit: Limit, subject: str) -> str:
    """The id of a counter; a digest, because the subject is personal data."""
    return f"{limit.name}:{sha256(subject.encode(errors='surrogatepass')).hexdigest()}"
