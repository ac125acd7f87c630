"""Blockers: the reasons of the application for which a contact must not be deleted (DIR-11)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from contactcore.errors import Forbidden, StorageError
from contactcore.values.texts import refuse_unstorable
from contactcore.workspace.kernel.transaction import Transaction

__all__ = ["BLOCKED", "blocking_reasons", "check_not_blocked"]

BLOCKED = "blocked-by-host"
"""The code of a refusal to delete or purge a contact that the application needs."""

_FAILED = "blockers-failed"
_IDS_AT_ONCE = 1_000
_LONGEST_REASON = 200


def blocking_reasons(transaction: Transaction, ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the reasons of the application against the deletion of contacts, by id; empty without `Host.blockers`.

    Args:
        transaction: The transaction of the actor.
        ids: The ids of the contacts. A contact without a reason is left out of the result.

    Raises:
        StorageError: `blockers-failed` if the function of the application raises an error, or answers something else
            than it was asked for.
    """
    wanted = sorted(set(ids))
    found: dict[str, tuple[str, ...]] = {}
    function = transaction.host.blockers
    if function is None:
        return found
    for start in range(0, len(wanted), _IDS_AT_ONCE):
        asked = tuple(wanted[start : start + _IDS_AT_ONCE])
        try:
            answer = function(transaction.workspace, asked)
            reasons = _checked(answer, asked)
        except Exception as error:
            raise _failure(f"failed ({type(error).__name__})") from error
        if isinstance(reasons, str):
            raise _failure(reasons)
        found |= reasons
    return found


def check_not_blocked(transaction: Transaction, id: str, along: Iterable[str] = (), *, act: str = "deleted") -> None:
    """Refuse to delete or purge a contact that the application needs, before anything is changed.

    Args:
        transaction: The transaction of the actor.
        id: The id of the contact.
        along: The ids of the people who would go along, all of whom the actor sees; none by default.
        act: The act, as it continues "cannot be"; `"deleted"` by default.

    Raises:
        Forbidden: `blocked-by-host`. The message has no name, because the reports of jobs store it.
        StorageError: as `blocking_reasons`.
    """
    found = blocking_reasons(transaction, (id, *along))
    if not found:
        return
    own = found.pop(id, ())
    sentences = []
    if own:
        sentences.append(f"The contact cannot be {act}: {_joined(own)}.")
    others = tuple(dict.fromkeys(reason for reasons in found.values() for reason in reasons))
    if others:
        sentences.append(f"A contact person who belongs to it cannot be {act}: {_joined(others)}.")
    raise Forbidden(
        f"{' '.join(sentences)} Settle this in the application first.", BLOCKED, {"reasons": (*own, *others)}
    )


def _joined(reasons: Sequence[str]) -> str:
    return ", ".join(reason.rstrip(".") for reason in reasons)


def _checked(answer: object, asked: Sequence[str]) -> dict[str, tuple[str, ...]] | str:
    """The reasons by id; the wording of the fault if the answer cannot be meant."""
    if not isinstance(answer, Mapping):
        return "gave no mapping"
    reasons: dict[str, tuple[str, ...]] = {}
    for id, each in answer.items():
        if id not in asked:
            return "gave reasons for another contact"
        texts = () if isinstance(each, (str, bytes)) or not isinstance(each, Iterable) else tuple(each)
        if isinstance(each, (str, bytes)) or not all(isinstance(text, str) and text.strip() for text in texts):
            return "gave reasons that are not a list of texts"
        if texts:
            reasons[id] = tuple(_one_line(text) for text in texts)
    return reasons


def _one_line(text: str) -> str:
    refuse_unstorable(text)
    return " ".join(text.split())[:_LONGEST_REASON]


def _failure(what: str) -> StorageError:
    return StorageError(
        f"Nothing was changed: the blockers function of the application {what}. Correct it, and try again.", _FAILED
    )
