"""The memory of a run: the data of earlier batches that later batches need."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import attrs

from contactcore.frozen import frozen
from contactcore.mapping.index_context import IndexContext
from contactcore.workspace.imports.batch_plan import BatchPlan
from contactcore.workspace.imports.compact_hash_map import CompactHashMap
from contactcore.workspace.imports.own_ids import OwnIds
from contactcore.workspace.imports.staged_contacts import StagedContacts
from contactcore.workspace.imports.tag_spellings import TagSpellings

__all__ = ["KEPT", "NAMED", "OPEN", "RunMemory"]

OPEN, NAMED, KEPT = range(3)
"""Who decides about the primary contact person of a company: the next row, an earlier row, the directory."""


@frozen(eq=False)
class RunMemory:
    """The data of earlier batches that later batches need.

    Attributes:
        staged: The contacts that earlier rows created or changed.
        placeholders: The ids of the placeholder companies of this import: 1 for a placeholder, 0 for a completed one.
        spellings: The spellings of the tags.
        primaries: The companies that get contact persons from a file that names the primary ones, by id: `OPEN` until
            a row names the primary one, then `NAMED`; `KEPT` for a company that had contact persons before. `NAMED`
            for each purpose for which a row names the primary one, by the id of the company, `|` and the purpose.
        ids: The ids of the records that earlier rows created or found, by the kind and the id of the file.
        sourced: The new contacts that have another source than the import and no id in the file, with the number 1.
        told: The users whom an earlier batch told that they look after contacts of the import.
        file_ids: A function that returns the ids of the contacts, sites and items in the file, with the number 1.
        index_context: The index context by which another process derives the indexed names of contacts.
    """

    staged: StagedContacts
    placeholders: CompactHashMap
    spellings: TagSpellings
    primaries: CompactHashMap = attrs.field(factory=CompactHashMap)
    ids: OwnIds = attrs.field(factory=OwnIds)
    sourced: CompactHashMap = attrs.field(factory=CompactHashMap)
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
        for own, id in plan.found_ids.items():
            self.ids.put(own, id, found=True)
        for id in plan.sourced:
            self.sourced.put(id, 1)
        self.staged.end_batch()
        self.spellings.end_batch()

    def forget_batch(self) -> None:
        """Forget the batch that was planned last, which is planned again after its transaction failed."""
        self.staged.forget_batch()
        self.spellings.forget_batch()

    def restore(self, part: Mapping[str, Any]) -> None:
        """Take the data of a batch that an earlier call stored.

        Args:
            part: The lists of the part of the job, by name.
        """
        self.note_placeholders(part.get("placeholders", ()), part.get("completed", ()))
        self.note_primaries(part.get("primaries", ()))
        self.spellings.restore(part.get("spellings", ()))
        self.told.update(part.get("told", ()))
        for id in part.get("sourced", ()):
            self.sourced.put(id, 1)
        for own, id in part.get("ids", ()):
            self.ids.put(own, id)
        for own, id in part.get("found_ids", ()):
            self.ids.put(own, id, found=True)

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
