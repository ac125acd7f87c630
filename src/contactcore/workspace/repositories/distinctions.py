"""Distinctions in the storage: the pairs of contacts that somebody declared different (IMP-7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from contactcore.mapping.distinctions import DISTINCTIONS, distinction_key
from contactcore.model.distinction import Distinction
from contactcore.rules.access import read_terms
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.repository import Loaded, Repository

__all__ = ["DistinctionRepository"]


class DistinctionRepository(Repository[Distinction]):
    """The distinctions of a workspace in one transaction."""

    def __init__(self, transaction: Transaction) -> None:
        super().__init__(transaction, DISTINCTIONS)

    def between(self, one: str, other: str) -> Loaded[Distinction] | None:
        """Return the distinction between two contacts, locked; None for none.

        Args:
            one: The id of one contact, which the transaction has locked.
            other: The id of the other contact, locked too.
        """
        (found,) = self.transaction.reader.holders([distinction_key(one, other)])
        return None if found is None else self.lock_any(found[1])

    def of(self, contact_id: str) -> list[Loaded[Distinction]]:
        """Return the distinctions of a contact that the actor sees."""
        group = frozenset({f"contact:{contact_id}", f"other:{contact_id}"})
        return list(self.find(group, access=read_terms(self.transaction.actor)))

    def holding(self, pairs: Iterable[tuple[str, str]], digests: Mapping[str, str]) -> set[frozenset[str]]:
        """Return those of some pairs of contacts that are declared different, by a distinction that still holds.

        Args:
            pairs: The ids of both contacts of each pair. The actor sees all of these contacts.
            digests: The digests of the compared fields of the contacts, by id.
        """
        keys = sorted({distinction_key(*pair) for pair in pairs})
        found = self.transaction.reader.holders(keys) if keys else []
        ids = [one[1] for one in found if one is not None]
        kept = [one.entity for one in self.get_many(ids).values()]
        return {frozenset((one.contact_id, one.other_id)) for one in kept if one.holds(digests)}
