"""The duties of the application to keep data of a person who is erased (`Host.retention`)."""

from __future__ import annotations

from collections.abc import Iterable

from contactcore.errors import StorageError
from contactcore.model.privacy import Retention
from contactcore.workspace.kernel.transaction import Transaction

__all__ = ["kinds_kept", "retentions"]


def retentions(transaction: Transaction, id: str) -> tuple[Retention, ...]:
    """Return what the application must keep of a person; nothing without `Host.retention`.

    Args:
        transaction: The transaction of the actor.
        id: The id of the person.

    Raises:
        StorageError: `retention-failed` if the function of the application raises an error, or answers something else
            than `Retention` values.
    """
    function = transaction.host.retention
    if function is None:
        return ()
    try:
        answer: tuple[object, ...] = tuple(function(transaction.workspace, id))
    except Exception as error:
        raise _failure(f"failed ({type(error).__name__})") from error
    found = tuple(one for one in answer if isinstance(one, Retention))
    if len(found) != len(answer):
        raise _failure("gave something else than Retention values")
    return tuple(one for one in found if one.until is None or one.until >= transaction.today)


def kinds_kept(kept: Iterable[Retention]) -> frozenset[str]:
    """The kinds of the records that must be kept."""
    kinds = {name for one in kept for name in one.records}
    # An interaction refers to its item.
    return frozenset(kinds | ({"item"} if "interaction" in kinds else set()))


def _failure(what: str) -> StorageError:
    message = f"Nothing was erased: the retention function of the application {what}. Correct it, and try again."
    return StorageError(message, "retention-failed")
