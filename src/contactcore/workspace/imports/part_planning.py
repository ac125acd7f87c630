"""Plans of sites and items: the rows that describe a record of a contact, beside the contact itself (IMP-9)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import attrs

from contactcore.errors import Problem
from contactcore.mapping.items import ITEMS
from contactcore.mapping.sites import SITES
from contactcore.model import Item, Site
from contactcore.rules.belonging import prepare_item, prepare_site
from contactcore.text import fold
from contactcore.workspace.imports.merging import changed_values, merged
from contactcore.workspace.imports.staged_contacts import StagedContact
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
    """

    def __init__(self, transaction: Transaction, planned: dict[str, PlannedPart]) -> None:
        self._transaction = transaction
        self._planned = planned
        self._stored: dict[str, list[Loaded[Any]]] = {}

    def by_id(self, kind: str, id: str, owner: StagedContact) -> PlannedPart | None:
        """The site or the item of a contact with an id; None for none.

        Args:
            kind: `"site"` or `"item"`.
            id: The id in the workspace.
            owner: The contact.
        """
        planned = self._planned.get(id)
        if planned is not None:
            return planned if planned.owner.id == owner.id and planned.entity.kind == kind else None
        return next((one for one in self._of(kind, owner) if one.entity.id == id), None)

    def same(self, part: Site | Item, owner: StagedContact) -> PlannedPart | None:
        """The site or the item of a contact with the name of another one; None for none.

        Args:
            part: The site or the item of a row.
            owner: The contact.
        """
        wanted = _identity(part)
        here = (one for one in self._planned.values() if one.owner.id == owner.id)
        return next((one for one in (*here, *self._of(part.kind, owner)) if _identity(one.entity) == wanted), None)

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
        return prepare_item(part, settings, owner.entity, before)

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

    def _of(self, kind: str, owner: StagedContact) -> Iterable[PlannedPart]:
        if not owner.is_stored:
            return
        key = f"{kind}:{owner.id}"
        if key not in self._stored:
            repository: BelongingRepository[Any] = BelongingRepository(self._transaction, PART_TYPES[kind])
            self._stored[key] = list(repository.of(owner.id))
        for one in self._stored[key]:
            if one.entity.id not in self._planned:
                yield PlannedPart(owner, one.entity, one)
