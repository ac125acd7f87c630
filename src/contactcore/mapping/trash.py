"""What a record in the trash keeps, so that it can be found there and brought back whole (DIR-11)."""

from __future__ import annotations

import attrs

from contactcore.mapping import json
from contactcore.storage import Order, Stored

__all__ = ["ROOTS", "TRASH_ORDER", "Trashed", "trashed_of"]

ROOTS = "was:root"
"""The facet of what was deleted itself, and did not just go along with something else."""

TRASH_ORDER = Order("trash", terms=("trash:", "was:"))
"""The only order that records in the trash stand in: by the time of deletion."""

_MARK = b'"trashed"'


@attrs.frozen
class Trashed:
    """How a record came to the trash, and what is needed to bring it back.

    Attributes:
        at: When, ISO 8601 in UTC.
        by: The user who deleted it.
        root: The id of the contact with which it was deleted.
        access: The access terms that it had.
    """

    at: str
    by: str
    root: str
    access: tuple[str, ...]


def trashed_of(stored: Stored) -> Trashed | None:
    """How a stored record came to the trash; None while it is not there."""
    if _MARK not in stored.body:  # so nearly every body is not read for it
        return None
    trashed = json.load(stored.body).get("trashed")
    return None if trashed is None else Trashed(**{**trashed, "access": tuple(trashed["access"])})
