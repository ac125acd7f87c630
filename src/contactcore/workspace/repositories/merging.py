"""Changes of two editors are merged by the history, if they are in different fields (DIR-15).

The record is locked first and compared with the version that the caller read. A refusal of the storage is never caught,
because it would have voided the transaction.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Any, Generic, TypeVar

from contactcore.errors import Conflict, differing_fields
from contactcore.frozen import frozen
from contactcore.mapping.history import CUSTOM
from contactcore.model.restoring import altered
from contactcore.rules.spelling import are_spelled_alike
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.earlier import EarlierStates
from contactcore.workspace.repositories.repository import Loaded

__all__ = ["MergedSave", "merge_changes"]

E = TypeVar("E")


@frozen
class MergedSave(Generic[E]):
    """A record that was saved together with changes that others made meanwhile.

    Attributes:
        record: The record as it is stored now.
        merged: The fields that others had changed, and that were kept; none if nobody changed the record.
    """

    record: E
    merged: tuple[str, ...] = ()


def merge_changes(
    transaction: Transaction, given: Any, locked: Loaded[Any], ignored: Container[str] = ()
) -> tuple[Any, tuple[str, ...]]:
    """The record that a caller saves, with the changes that others made after the caller read it.

    Args:
        transaction: The transaction of the actor.
        given: The changed record, with the version that the caller read.
        locked: The stored record, locked.
        ignored: Fields that the library maintains, and that are neither compared nor merged.

    Returns:
        The record with the stored version, and the fields that others had changed.

    Raises:
        Conflict: both changed the same fields, which `fields` names; or the history does not have the version.
    """
    current = locked.entity
    shown = getattr(current, "revision", 0) or current.version
    if given.id != current.id:
        # The record that the caller read was merged into this one.
        raise Conflict(given, current)
    if given.version == shown:
        return given, ()
    earlier = EarlierStates(transaction)
    state = earlier.of_version(locked.stored, given.version) if given.version < shown else None
    base = None if state is None else earlier.entity(state, as_stored=False)
    if base is None or type(base) is not type(given) or type(base) is not type(current):
        raise Conflict(given, current)
    mine = {name for name in differing_fields(given, base) if name not in ignored}
    if not are_spelled_alike(given, base):
        mine.add("phones")
    theirs = [name for name in differing_fields(current, base) if name not in ignored]
    if not are_spelled_alike(current, base) and "phones" not in theirs:
        theirs.append("phones")
    differing = {*differing_fields(given, current)}
    both = [name for name in theirs if name in mine and name in differing]
    merged = altered(
        given, {**_values(given, current, [name for name in theirs if name not in both]), "version": shown}
    )
    if both:
        message = "Somebody else changed the same fields since you read the record: compare `mine` with `stored`."
        raise Conflict(given, current, message, both, merged)
    return merged, tuple(theirs)


def _values(given: Any, current: Any, names: list[str]) -> dict[str, Any]:
    """The attributes that make the fields of one record those of another."""
    values: dict[str, Any] = {name: getattr(current, name) for name in names if not name.startswith(CUSTOM)}
    slugs = [name.removeprefix(CUSTOM) for name in names if name.startswith(CUSTOM)]
    if slugs:
        fields = {**given.fields, **{slug: current.fields.get(slug) for slug in slugs}}
        values["fields"] = type(given.fields)({slug: value for slug, value in fields.items() if value is not None})
    return values
