"""Consents in the storage: the purposes to which people agree now.

The withdrawal wins: a consent that was given before the person withdrew one to the same purpose is not in force,
however it came to the person afterwards, by a form, by a merge or by hand.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

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
        found = [one.entity for one in self.owned_by(*sorted(wanted))] if wanted else []
        by_person: dict[str, list[Consent]] = {}
        for consent in found:
            if consent.purpose == purpose:
                by_person.setdefault(consent.contact_id, []).append(consent)
        return frozenset(id for id, consents in by_person.items() if _agrees(consents))

    def withdrawn_since(self, person: str, purpose: str, given: datetime) -> datetime | None:
        """Return when a person withdrew a consent to a purpose for the last time, if that was after a time.

        Args:
            person: The id of the person.
            purpose: The purpose.
            given: The time.

        Returns:
            The time of the withdrawal; None if the person withdrew nothing after `given`.
        """
        last = _last_withdrawal(one.entity for one in self.of(person) if one.entity.purpose == purpose)
        return last if last is not None and last > given else None


def _last_withdrawal(consents: Iterable[Consent]) -> datetime | None:
    return max((one.withdrawn for one in consents if one.withdrawn is not None), default=None)


def _agrees(consents: list[Consent]) -> bool:
    """Whether a person agrees to a purpose, according to all consents of the person to it."""
    last = _last_withdrawal(consents)
    given = (one.given for one in consents if one.in_force)
    return any(last is None or (moment is not None and moment >= last) for moment in given)
