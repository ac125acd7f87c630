"""Telling users that they look after a contact now (NOT-5)."""

from __future__ import annotations

from contactcore.mapping.indexed_names import name_in
from contactcore.model import Contact, User
from contactcore.model.message import Message
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.outbox.outbox import enqueue_letter

__all__ = ["notify_responsibles"]


def notify_responsibles(transaction: Transaction, contact: Contact, before: Contact | None) -> tuple[Message, ...]:
    """Tell the users who became responsible for a contact, but not the one who made the change (NOT-5).

    Each of them gives an event `responsible.assigned`; those whom the host application knows an address of get a
    letter too.

    Args:
        transaction: Of the change.
        contact: As it is stored now.
        before: As it was stored before; None for a new contact.

    Returns:
        The letters that were queued.
    """
    known = set(before.responsibles) if before is not None else set()
    if isinstance(transaction.actor, User):
        known.add(transaction.actor.name)
    letters = []
    for user in contact.responsibles:
        if user in known:
            continue
        transaction.publish("responsible.assigned", contact.id, user=user)
        to = transaction.letter_configuration.user(user)
        if to is not None:
            language = str(to.language or transaction.settings.language)
            values = {"contact": name_in(contact, language), "by": _shown(transaction)}
            letters.append(enqueue_letter(transaction, "responsible-assigned", to, values, about=(contact.id,)))
    return tuple(letters)


def _shown(transaction: Transaction) -> str:
    """Who made the change, by the name that the host application knows; the firm where no user did."""
    actor = transaction.actor
    if not isinstance(actor, User):
        return transaction.letter_configuration.workspace
    known = transaction.letter_configuration.user(actor.name)
    return known.name if known is not None and known.name else actor.name
