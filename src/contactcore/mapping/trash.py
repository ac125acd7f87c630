"""The trash: the data by which a deleted record is found there and restored completely (DIR-11)."""

from __future__ import annotations

import attrs

from contactcore.mapping import json
from contactcore.storage import Order, Stored

__all__ = ["ROOTS", "TRASH_ORDER", "Trashed", "trashed_of"]

ROOTS = "was:root"
"""The term of a contact that was deleted itself, not together with another contact."""

TRASH_ORDER = Order("trash", terms=("trash:", "was:"))
"""The only order that records in the trash stand in: by the time of deletion."""

_TRASHED_FIELD = b'"trashed"'


@attrs.frozen
class Trashed:
    """How a record came to the trash, and the data that restoring it needs.

    Attributes:
        at: The time of the deletion, ISO 8601 in UTC.
        by: The name of the user who deleted the record.
        root: The id of the contact that was deleted; other records went to the trash together with it.
        access: The access terms that the record had.
    """

    at: str
    by: str
    root: str
    access: tuple[str, ...]


def trashed_of(stored: Stored) -> Trashed | None:
    """How a stored record came to the trash; None if it is not there.

    Args:
        stored: The record.
    """
    if _TRASHED_FIELD not in stored.body:  # the search in the bytes is faster than decoding, and nearly always enough
        return None
    trashed = json.load(stored.body).get("trashed")
    return None if trashed is None else Trashed(**{**trashed, "access": tuple(trashed["access"])})
