"""Consents in the storage: the purposes to which people agree now."""

from __future__ import annotations

from collections.abc import Iterable

from contactcore.mapping.privacy import CONSENTS
from contactcore.model.consent import Consent
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.belonging import BelongingRepository

__all__ = ["ConsentRepository"]


class ConsentRepository(BelongingRepository[Consent]):
    """The consents of a workspace in one transaction."""

    def __init__(self, transaction: Transaction) -> None:
        super().__init__(transaction, CONSENTS)

    def in_force(self, people: Iterable[str], purpose: str) -> frozenset[str]:
        """Return the ids of those people who agree to a purpose now.

        Args:
            people: The ids of people.
            purpose: The purpose.
        """
        wanted = {id for id in people if id}
        found = self.owned_by(*sorted(wanted)) if wanted else ()
        return frozenset(
            one.entity.contact_id for one in found if one.entity.purpose == purpose and one.entity.in_force
        )
