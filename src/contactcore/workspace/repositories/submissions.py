"""Submissions of forms in the storage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from contactcore.mapping import json
from contactcore.mapping.submissions import SUBMISSIONS
from contactcore.model import Company, Person
from contactcore.model.submission import Submission
from contactcore.storage import Stored
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.belonging import BelongingRepository
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.repository import Loaded

__all__ = ["SubmissionRepository", "former_values", "with_former_values"]

_KEPT = frozenset(("added", "changed", "source"))
"""The parts of a contact's body that no undo restores."""


class SubmissionRepository(BelongingRepository[Submission]):
    """The submissions of a workspace in one transaction."""

    def __init__(self, transaction: Transaction) -> None:
        super().__init__(transaction, SUBMISSIONS)

    def receive(self, submission: Submission, owner: Loaded[Person | Company]) -> Submission:
        """Store a new submission of a contact.

        Args:
            submission: The submission, with the id of its page.
            owner: The contact that it made, or that it may belong to.
        """
        received = attrs.evolve(submission, version=1, contact_id=owner.entity.id, received=self.transaction.now)
        return self.add(received, event="received")

    def rehearse_contact(self, ready: Person | Company) -> None:
        """Store and remove a contact that nobody gets, at the cost of adding one.

        The time of an answer then does not tell a visitor whether the contact is known already.

        Args:
            ready: The prepared contact.
        """
        transaction, contacts = self.transaction, ContactRepository(self.transaction)
        unused = attrs.evolve(ready, id=transaction.new_id(), version=1)
        with transaction.refusals(None):
            transaction.writer.insert([contacts.record(unused)])
            transaction.writer.delete("contact", unused.id, 1)


def former_values(before: Stored, after: Stored) -> dict[str, Any]:
    """The parts of a contact's body that a change replaced, with None for a part that it added.

    Args:
        before, after: The records before and after the change.
    """
    old, new = json.load(before.body), json.load(after.body)
    names = [name for name in {**old, **new} if name not in _KEPT and old.get(name) != new.get(name)]
    return {name: old.get(name) for name in names}


def with_former_values(stored: Stored, former: Mapping[str, Any]) -> Stored:
    """The record of a contact with the values that it had before a change.

    Args:
        stored: The record after the change.
        former: The result of `former_values`.
    """
    body = json.load(stored.body) | dict(former)
    return attrs.evolve(stored, body=json.dump({name: value for name, value in body.items() if value is not None}))
