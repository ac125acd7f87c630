"""The sequence of the steps of an erasure, and the names of what its job notes.

The place of a job is the number of its step and the position in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contactcore.frozen import frozen
from contactcore.mapping.account import ACCOUNT_ENTRIES
from contactcore.mapping.entities import ENTITIES
from contactcore.mapping.entity_type import EntityType
from contactcore.mapping.interactions import INTERACTIONS

__all__ = ["BATCH", "EARLIER", "KEPT", "MANY", "NAMING", "NOTES", "OWN", "RAN", "Done"]

KEPT = "kept"
"""The list in the parts of the job: the reasons for what is kept."""

RAN = "ran"
"""The list in the parts of the job: the imports that ran when the erasure began, each with its number of parts."""

BATCH = 200
"""The maximum number of records that one transaction looks through, or removes before the last one."""

NAMING: tuple[EntityType[Any], ...] = tuple(entity_type for entity_type in ENTITIES if entity_type.forget is not None)
"""The types whose records may name people whom they do not belong to."""

EARLIER = len(NAMING)
"""The step behind these types: records of others that named the person once, by the history."""

NOTES = EARLIER + 1
"""The step after that: what imports and bulk acts noted."""

MANY: tuple[EntityType[Any], ...] = (INTERACTIONS, ACCOUNT_ENTRIES)
"""The types of which a person may have very many. They are reached through the person alone, and are `NEVER_NOTED`."""

OWN = NOTES + 1
"""The first of the steps after that, one for each of these types: the records of the person."""


@frozen
class Done:
    """The work of one transaction.

    Attributes:
        seen: The number of records that were looked through.
        erased: The number of records that were removed or changed, by kind.
        next: The position behind them; None at the end.
    """

    seen: int
    erased: Mapping[str, int]
    next: str | None
