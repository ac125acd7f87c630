"""Plans of sites and items: the rows that describe a record of a contact, beside the contact itself (IMP-9)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import attrs

from contactcore.errors import Problem
from contactcore.mapping.items import ITEMS
from contactcore.mapping.sites import SITES
from contactcore.model import Item, Site
from contactcore.rules.belonging import prepare_item, prepare_site
from contactcore.text import fold
from contactcore.workspace.imports.merging import changed_values, merged
from contactcore.workspace.imports.staged_contacts import StagedContact, StagedContacts
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.belonging import BelongingRepository
from contactcore.workspace.repositories.repository import Loaded

__all__ = ["PART_TYPES", "PartPlanner", "PlannedPart", "part_name"]

PART_TYPES: dict[str, Any] = {"site": SITES, "item": ITEMS}
"""The types of the entities, by the kind of the row."""


@attrs.define(eq=False)
class PlannedPart:
    """A site or an item that a batch creates or changes.

    Attributes:
        owner: Its contact.
        entity: The site or the item, with its id.
        before: The stored one; None for a new one.
    """

    owner: StagedContact
    entity: Site | Item
    before: Loaded[Any] | None = None


def part_name(part: Site | Item) -> str:
    """The words for a site or an item in a report."""
    return part.display_name or part.kind


def _identity(part: Site | Item) -> str:
    """The key by which two sites or items of one contact count as the same: the kind and the name."""
    themself = isinstance(part, Item) and part.of_themself
    return f"{part.kind}:{'' if themself else fold(part.display_name)}"


class PartPlanner:
    """The planner of the sites and items of one batch.

    Args:
        transaction: The transaction that reads the directory.
        planned: The sites and items that the batch creates or changes so far, by id.
        staged: The contacts that rows of the file created or changed.
    """

    def __init__(self, transaction: Transaction, planned: dict[str, PlannedPart], staged: StagedContacts) -> None:
        self._transaction = transaction
        self._planned = planned
        self._staged = staged
        self._known: dict[str, dict[str, PlannedPart]] = {}

    def by_id(self, kind: str, id: str, owner: StagedContact) -> PlannedPart | None:
        """The site or the item of a contact with an id; None for none.

        Args:
            kind: `"site"` or `"item"`.
            id: The id in the workspace.
            owner: The contact.
        """
        return self._of(kind, owner).get(id)

    def same(
        self, part: Site | Item, owner: StagedContact, is_other: Callable[[str], bool] | None = None
    ) -> PlannedPart | None:
        """The oldest site or item of a contact with the name of another one; None for none.

        Args:
            part: The site or the item of a row.
            owner: The contact.
            is_other: Whether another row is known to be about the one with an id; None, the default, for none.
        """
        wanted = _identity(part)
        alike = (one for one in self._of(part.kind, owner).values() if _identity(one.entity) == wanted)
        return next((one for one in alike if is_other is None or not is_other(one.entity.id)), None)

    def put(self, planned: PlannedPart) -> None:
        """Plan a new site or item, or the change of one that was found.

        Args:
            planned: The site or the item, as it is after the row.
        """
        part, owner = planned.entity, planned.owner
        self._of(part.kind, owner)[part.id] = planned
        self._planned[part.id] = planned
        owner.parts[part.id] = part
        self._staged.add(owner, ())

    def prepared(self, part: Site | Item, owner: StagedContact, before: Any = None) -> tuple[Any, tuple[Problem, ...]]:
        """A site or an item ready to be stored, and its problems.

        Args:
            part: The new or changed site or item.
            owner: Its contact.
            before: The stored one; None for a new one.
        """
        settings = self._transaction.settings
        if isinstance(part, Site):
            return prepare_site(part, settings, owner.entity, before)
        ready, problems = prepare_item(part, settings, owner.entity, before)
        if part.of_themself and not (before and before.of_themself) and self._has_other_themself(part.id, owner):
            message = "Another item stands for this contact already."
            problems = (*problems, Problem("themself-twice", "of_themself", message, value=True))
        return ready, tuple(problems)

    def _has_other_themself(self, id: str, owner: StagedContact) -> bool:
        others = (one.entity for one in self._of("item", owner).values() if one.entity.id != id)
        return any(isinstance(one, Item) and one.of_themself for one in others)

    def changed(
        self, found: PlannedPart, part: Site | Item, *, overwrite: bool, cleared: Collection[str]
    ) -> tuple[Site | Item, list[tuple[str, Any]]]:
        """A stored site or item with the values of a row, and the values that are not taken over.

        Args:
            found: The site or the item.
            part: The values of the row.
            overwrite: Whether the row wins.
            cleared: The fields that the row empties.
        """
        values = {field.name: getattr(part, field.name) for field in attrs.fields(type(part))}
        before: Any = found.entity
        changes, kept = changed_values(before, values, overwrite=overwrite, cleared=cleared)
        after, refused = merged(before, changes)
        return after, [*kept, *refused]

    def _of(self, kind: str, owner: StagedContact) -> dict[str, PlannedPart]:
        """The sites or the items of a contact after the earlier rows by id, in the sequence of their adding."""
        key = f"{kind}:{owner.id}"
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = {}
            if owner.is_stored:
                repository: BelongingRepository[Any] = BelongingRepository(self._transaction, PART_TYPES[kind])
                known |= {one.entity.id: PlannedPart(owner, one.entity, one) for one in repository.of(owner.id)}
            known |= {id: PlannedPart(owner, part) for id, part in owner.parts.items() if part.kind == kind}
        return known
