"""Batch plans: the changes that a batch of rows makes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import attrs

from contactcore.formats.contact_rows.row_problems import RowProblem
from contactcore.formats.pictures import PreparedPicture
from contactcore.frozen import frozen
from contactcore.workspace.imports.counts import ImportCounts
from contactcore.workspace.imports.part_planning import PlannedPart
from contactcore.workspace.imports.previous_run import Unseen
from contactcore.workspace.imports.staged_contacts import StagedContact

__all__ = ["BatchPlan", "PlannedAffiliation", "PlannedPicture", "counts_of"]


@attrs.define(eq=False)
class PlannedAffiliation:
    """An affiliation that a batch creates or changes.

    Attributes:
        person: The person.
        company: The company that the person acts for.
        values: The fields of the affiliation that the file gives, by name; a new one has a position and a department,
            which may be empty.
        primary: Whether the file makes the person the primary contact person, and may do so.
        new: Whether the batch creates the affiliation; True by default.
    """

    person: StagedContact
    company: StagedContact
    values: Mapping[str, Any]
    primary: bool = False
    new: bool = True


@frozen(eq=False)
class PlannedPicture:
    """A picture that a batch stores.

    Attributes:
        owner: The contact that gets it.
        prepared: The picture.
        before: The name of the file that the contact shows when the batch is planned; `""` for no picture.
    """

    owner: StagedContact
    prepared: PreparedPicture
    before: str


@attrs.define(eq=False)
class BatchPlan:
    """The changes that one batch of rows makes.

    Attributes:
        outcomes: The numbers that the batch adds to `ImportCounts`, by name.
        problems: The problems of the rows, in their order.
        rejects: The numbers of the rejected rows, each with its reason.
        created: The new contacts.
        changed: The stored contacts that the batch changes, by id.
        affiliations: The affiliations that the batch creates or changes.
        placeholders: The ids of new placeholder companies.
        completed: The ids of placeholder companies that a row of their own describes.
        unkeyed: The numbers of the unkeyed rows, and of all rows of an update, each with the id of its contact, and
            those of the companies that it names, `""` for none.
        unseen: The contacts of the rows that the actor does not see.
        primaries: The companies that get contact persons from a file that names the primary ones: the number by which
            `RunMemory.primaries` knows each, by id.
        ids: The ids of the records that rows created, by the kind and the id of the file.
        found_ids: The ids of the records that rows found under another id, by the kind and the id of the file.
        parts: The sites and items that the batch creates or changes, by id.
        spellings: The tags of contacts that rows created or changed, each with the access terms by which it is known.
        sourced: The ids of the new contacts that have another source than the import and no id in the file.
        changes: The line, the id, the name and the field of each changed value, with the value before and after.
        responsibles: The users whom rows make responsible for new contacts.
        pictures: The pictures that contacts get, by the ids of these.
        plain_responsibles: The responsible users of the new contacts that are stored without being made; None if all
            contacts are made.
    """

    outcomes: Counter[str] = attrs.field(factory=Counter)
    problems: list[RowProblem] = attrs.field(factory=list)
    rejects: list[tuple[int, str]] = attrs.field(factory=list)
    created: list[StagedContact] = attrs.field(factory=list)
    changed: dict[str, StagedContact] = attrs.field(factory=dict)
    affiliations: list[PlannedAffiliation] = attrs.field(factory=list)
    placeholders: list[str] = attrs.field(factory=list)
    completed: list[str] = attrs.field(factory=list)
    unkeyed: list[tuple[int | str, ...]] = attrs.field(factory=list)
    unseen: list[Unseen] = attrs.field(factory=list)
    primaries: dict[str, int] = attrs.field(factory=dict)
    ids: dict[str, str] = attrs.field(factory=dict)
    found_ids: dict[str, str] = attrs.field(factory=dict)
    parts: dict[str, PlannedPart] = attrs.field(factory=dict)
    spellings: list[list[Any]] = attrs.field(factory=list)
    sourced: list[str] = attrs.field(factory=list)
    changes: list[tuple[int, str, str, str, str, str]] = attrs.field(factory=list)
    responsibles: set[str] = attrs.field(factory=set)
    pictures: dict[str, PlannedPicture] = attrs.field(factory=dict)
    plain_responsibles: tuple[str, ...] | None = None

    def added_to(self, numbers: Mapping[str, int]) -> dict[str, int]:
        """The sums of the numbers of an import and the numbers of this batch.

        Args:
            numbers: The numbers of the import so far, by name. `problems` is the number of problems.
        """
        sums = Counter(numbers)
        sums.update(self.outcomes)
        sums["problems"] += len(self.problems)
        sums["changes"] += len(self.changes)
        return dict(sums)


def counts_of(numbers: Mapping[str, int]) -> ImportCounts:
    """The public numbers of an import.

    Args:
        numbers: The numbers of the import by name, with others; missing numbers are 0.
    """
    return ImportCounts(**{field.name: numbers.get(field.name, 0) for field in attrs.fields(ImportCounts)})
