"""The memory of a run: the data of earlier batches that later batches need."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import attrs

from contactcore.frozen import frozen
from contactcore.mapping.index_context import IndexContext
from contactcore.values import Tag
from contactcore.workspace.imports.batch_plan import BatchPlan
from contactcore.workspace.imports.compact_hash_map import CompactHashMap
from contactcore.workspace.imports.own_ids import OwnIds
from contactcore.workspace.imports.staged_contacts import StagedContacts
from contactcore.workspace.repositories.tags import Audience

__all__ = ["KEPT", "NAMED", "OPEN", "RunMemory", "Spelling"]

Spelling = Callable[[Tag, Audience], Tag]
"""A function that returns a tag in the spelling that every group of an audience knows."""

OPEN, NAMED, KEPT = range(3)
"""Who decides about the primary contact person of a company: the next row, an earlier row, the directory."""


@frozen(eq=False)
class RunMemory:
    """The data of earlier batches that later batches need.

    Attributes:
        staged: The contacts that earlier rows created or changed.
        placeholders: The ids of the placeholder companies of this import: 1 for a placeholder, 0 for a completed one.
        spell: The function that returns the known spelling of a tag.
        primaries: The companies that get contact persons from a file that names the primary ones, by id: `OPEN` until
            a row names the primary one, then `NAMED`; `KEPT` for a company that had contact persons before.
        ids: The ids of the records that earlier rows created or found, by the kind and the id of the file.
        known_parts: The sites and items of earlier batches of a preview, by the key of `PartPlanner`.
        told: The users whom an earlier batch told that they look after contacts of the import.
        file_ids: A function that returns the ids of the contacts in the file, with the number 1.
        index_context: The index context by which another process derives the indexed names of contacts.
    """

    staged: StagedContacts
    placeholders: CompactHashMap
    spell: Spelling
    primaries: CompactHashMap = attrs.field(factory=CompactHashMap)
    ids: OwnIds = attrs.field(factory=OwnIds)
    known_parts: CompactHashMap = attrs.field(factory=CompactHashMap)
    told: set[str] = attrs.field(factory=set)
    file_ids: Callable[[], CompactHashMap] = CompactHashMap
    index_context: IndexContext | None = None

    def end_batch(self, plan: BatchPlan) -> None:
        """Keep the data of a completed batch that later batches need.

        Args:
            plan: The plan of the batch.
        """
        self.note_placeholders(plan.placeholders, plan.completed)
        self.note_primaries(plan.primaries.items())
        for own, id in plan.ids.items():
            self.ids.put(own, id)
        self.staged.end_batch()

    def note_primaries(self, entries: Iterable[Sequence[Any]]) -> None:
        """Note companies that get contact persons from a file that names the primary ones.

        Args:
            entries: The id of each company, and its number.
        """
        for id, number in entries:
            self.primaries.put(id, number)

    def note_placeholders(self, created: Sequence[str], completed: Sequence[str]) -> None:
        """Note new and completed placeholder companies.

        Args:
            created: The ids of new placeholders.
            completed: The ids of completed placeholders.
        """
        for id in created:
            self.placeholders.put(id, 1)
        for id in completed:
            self.placeholders.put(id, 0)
