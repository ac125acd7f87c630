"""Items that stand for their own contact: a contact has one at most, also after records come back (SIT-2)."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeVar

from contactcore.mapping.items import ITEMS
from contactcore.model import Item
from contactcore.model.restoring import altered
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.repository import Repository

__all__ = ["has_other_themself", "without_second_mark"]

E = TypeVar("E")


def has_other_themself(transaction: Transaction, contact_id: str, besides: Collection[str]) -> bool:
    """Return whether an item outside the trash stands for a contact.

    Args:
        transaction: The transaction.
        contact_id: The id of the contact.
        besides: The ids of items that do not count.
    """
    found = Repository(transaction, ITEMS).find(frozenset({f"self:{contact_id}"}))
    return any(one.entity.id not in besides for one in found)


def without_second_mark(transaction: Transaction, entity: E) -> E:
    """Return an entity that comes back; an item without `of_themself` if another one stands for the contact by now.

    Args:
        transaction: The transaction.
        entity: The entity as it was.
    """
    if (
        isinstance(entity, Item)
        and entity.of_themself
        and has_other_themself(transaction, entity.contact_id, {entity.id})
    ):
        return altered(entity, {"of_themself": False})
    return entity
