"""Records in the trash as one actor finds them: those that the actor saw before the deletion (ACC-3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from contactcore.errors import Forbidden, NotFound
from contactcore.mapping.contacts import CONTACTS
from contactcore.mapping.entities import ENTITIES
from contactcore.mapping.trash import Trashed, trashed_of
from contactcore.rules.access import may_change, may_see, read_terms, trash_access
from contactcore.storage import Stored
from contactcore.workspace.kernel.transaction import Transaction, id_of
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.repository import Loaded, Repository

__all__ = ["DELETED_ALONE", "TrashFinder"]

DELETED_ALONE = (CONTACTS, *(entity_type for entity_type in ENTITIES if entity_type.deleted_alone))
"""The types of entities that an actor deletes, and that the trash lists."""


class TrashFinder:
    """The records in the trash that one actor sees.

    Args:
        transaction: The transaction of the actor.

    Attributes:
        read_terms: The terms that give the actor access to a record in the trash.
    """

    def __init__(self, transaction: Transaction) -> None:
        self.transaction = transaction
        self.contacts: ContactRepository = ContactRepository(transaction)
        self.read_terms: frozenset[str] = trash_access(read_terms(transaction.actor))

    def root(self, record: object) -> tuple[Repository[Any], Stored, Trashed]:
        """Return a record that was deleted itself and that the actor sees, with its repository.

        Raises:
            NotFound: there is none.
        """
        id = id_of(record)
        for entity_type in DELETED_ALONE:
            repository = Repository[Any](self.transaction, entity_type)
            (stored,) = repository.stored([id])
            trashed = None if stored is None else trashed_of(stored)
            if stored is not None and trashed is not None and trashed.root == id:
                if self.read_terms & stored.access and not self.hidden_owners([stored.owner or id]):
                    return repository, stored, trashed
                break
        raise NotFound("deleted record", id)

    def hidden_owners(self, ids: Iterable[str]) -> set[str]:
        """Return the contacts among these that the actor no longer sees, as their access changed after the deletion."""
        wanted = sorted(set(ids))
        seen = [
            stored is not None
            and (bool(may_see(self.transaction.actor, stored.access)) or bool(self.read_terms & stored.access))
            for stored in self.contacts.stored(wanted)
        ]
        return {id for id, visible in zip(wanted, seen, strict=True) if not visible}

    def may_restore(self, repository: Repository[Any], root: Stored, trashed: Trashed) -> bool:
        """Return whether the actor may restore a record: whether the actor could change its contact."""
        return bool(may_change(self.transaction.actor, self._access_of(repository, root, trashed)))

    def check_restorable(self, repository: Repository[Any], root: Stored, trashed: Trashed) -> None:
        """Refuse an actor who may not restore a record.

        Raises:
            Forbidden: `read-only`.
        """
        if not self.may_restore(repository, root, trashed):
            raise Forbidden("You could not change this contact, so you cannot restore it.", "read-only")

    def _access_of(self, repository: Repository[Any], root: Stored, trashed: Trashed) -> frozenset[str]:
        """The access terms that decide who may restore a record: those of its contact, if that is not in the trash."""
        if repository.type is not CONTACTS:
            (owner,) = self.contacts.stored([root.owner or ""])
            if owner is not None and trashed_of(owner) is None:
                return owner.access
        return frozenset(trashed.access)

    def trashed(self, kind: str, id: str) -> Trashed | None:
        """Return how a record came to the trash; None if it is not there."""
        (stored,) = self.transaction.reader.get(kind, [id])
        return None if stored is None else trashed_of(stored)

    @staticmethod
    def with_root(repository: Repository[Any], root: str) -> Iterator[Loaded[Any]]:
        """Yield the entities that one deletion moved to the trash."""
        return repository.find(frozenset({f"trash:{root}"}), trashed=True)
