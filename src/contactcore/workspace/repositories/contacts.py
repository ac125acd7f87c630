"""Storing a changed contact, with all that follows from the change."""

from __future__ import annotations

from typing import TypeVar

import attrs

from contactcore.errors import Forbidden
from contactcore.mapping.contacts import record_of
from contactcore.model import Company, Contact, Person
from contactcore.rules.access import access_of
from contactcore.storage import Record
from contactcore.values import PhoneNumber
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories import affiliations
from contactcore.workspace.repositories.responsibles import notify_responsibles
from contactcore.workspace.repositories.tags import remember_tags

__all__ = ["contact_record", "store_contact"]

_C = TypeVar("_C", bound=Person | Company)


def contact_record(transaction: Transaction, contact: Contact) -> Record:
    """The record of a contact, with the access terms that it keeps beside its policy."""
    (stored,) = transaction.reader.get("contact", [contact.id]) if contact.version > 1 else (None,)
    now = frozenset() if stored is None else stored.access
    return record_of(contact, transaction.index_context, access_of(contact, transaction.settings.default_access, now))


def store_contact(transaction: Transaction, ready: _C, before: Contact, *, tell: bool = True) -> _C:
    """Store a prepared contact if anything of it changed, and all that is derived from it.

    Args:
        transaction: In which the contact is held.
        ready: What `prepare` gave.
        before: What is stored now.
        tell: Whether users who became responsible are told (NOT-5).

    Raises:
        Forbidden: `access-change`.
        Conflict: somebody else was faster.
    """
    moved = (ready.access, ready.responsibles) != (before.access, before.responsibles)
    if moved:
        _check_regrant(transaction, before)
    if ready == before and _spelled(ready) == _spelled(before):
        return ready
    ready = attrs.evolve(ready, version=before.version + 1)
    with transaction.refusals(ready):
        transaction.writer.replace(contact_record(transaction, ready), before.version)
    remember_tags(transaction, ready.tags)
    if attrs.evolve(before, version=ready.version, access=ready.access, responsibles=ready.responsibles) != ready:
        transaction.publish("contact.changed", ready.id)
    if moved:
        transaction.publish("contact.regranted", ready.id)
        if tell:
            notify_responsibles(transaction, ready, before)
    if moved or affiliations.looks_different(before, ready):
        affiliations.refresh(transaction, ready, access_of(ready, transaction.settings.default_access))
    return ready


def _check_regrant(transaction: Transaction, before: Contact) -> None:
    actor = transaction.actor
    if not actor.admin and actor.name not in before.responsibles:
        raise Forbidden("Only a responsible user or an admin may change who sees a contact.", "access-change")


def _spelled(contact: Contact) -> tuple[str, ...]:
    """What two equal contacts may still differ in."""
    return tuple(phone.text for phone in contact.phones if isinstance(phone, PhoneNumber))
