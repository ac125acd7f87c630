"""A changed contact is stored, and its contact persons get its access where the rules say so (ACC-6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

import attrs

from contactcore.frozen import frozen
from contactcore.model import Company, Contact, Person
from contactcore.rules.access import access_of, audience_within, may_see
from contactcore.rules.preparation import with_access
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.affiliations import AffiliationRepository
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.repository import Loaded

__all__ = ["Changed", "store_changed"]

_C = TypeVar("_C", bound=Contact)


@frozen
class Changed(Generic[_C]):
    """A contact that was stored, and the people who were changed with it.

    Attributes:
        contact: The contact as it is stored now.
        people: Each changed contact person: as it was stored before, and as it is stored now.
    """

    contact: _C
    people: tuple[tuple[Person | Company, Person | Company], ...] = ()


def store_changed(
    transaction: Transaction,
    ready: _C,
    before: Loaded[Person | Company],
    *,
    with_people: bool | None = None,
    notify: bool = True,
) -> Changed[_C]:
    """Store a prepared contact; its logins follow its addresses, and its people follow its access.

    Args:
        transaction: The transaction of the actor who changes the contact.
        ready: The prepared contact.
        before: The stored contact, locked.
        with_people: As for `Contacts.save`; None by default.
        notify: Whether new responsible users are notified (NOT-5); True by default.

    Raises:
        Forbidden: `access-change`.
        Conflict: Another version is stored.
        Invalid: `responsible-missing` if one of the people along would lose its last responsible user; nothing is
            stored then.
    """
    people = _people_along(transaction, ready, before, with_people)
    stored = ContactRepository(transaction).change(ready, before, notify=notify)
    if stored.emails != before.entity.emails:
        from contactcore.workspace.repositories.logins import LoginRepository

        LoginRepository(transaction).follow_change(before.entity, stored)
    return Changed(stored, tuple(_share_people(transaction, stored, people)))


def _people_along(
    transaction: Transaction, contact: Contact, before: Loaded[Person | Company], with_people: bool | None
) -> tuple[str, ...]:
    """The ids of the people who get the access and the responsible users of a contact, as far as the actor may share.

    Args:
        transaction: The transaction of the actor.
        contact: The contact as it will be stored.
        before: The stored contact, locked.
        with_people: As for `Contacts.save`.

    Raises:
        Invalid: `responsible-missing`.
    """
    default = transaction.settings.default_access
    now, former = access_of(contact, default), access_of(before.entity, default)
    changes = contact.responsibles != before.entity.responsibles or not audience_within(former, now)
    if with_people is False or not (with_people or changes):
        return ()
    actor, affiliations = transaction.actor, AffiliationRepository(transaction)
    people = ContactRepository(transaction).get_many(
        one.entity.person_id for one in affiliations.of_contact(contact.id)
    )
    along = []
    for person in people.values():
        if not (actor.admin or actor.name in person.entity.responsibles):
            continue
        was_alike = (person.entity.access, person.entity.responsibles) == (
            before.entity.access,
            before.entity.responsibles,
        )
        left_behind = was_alike or not audience_within(person.access, now)
        if with_people or (left_behind and _acts_only_for(transaction, person.entity, contact.id)):
            with_access(_with_access_of(contact, person.entity), person.entity, admin=actor.admin)
            along.append(person.entity.id)
    return tuple(along)


def _share_people(
    transaction: Transaction, contact: Contact, people: Iterable[str]
) -> Iterator[tuple[Person | Company, Person | Company]]:
    """Set the access and the responsible users of a contact on its people, and yield those that were changed.

    Args:
        transaction: The transaction of the actor.
        contact: The contact as it is stored now.
        people: The result of `_people_along`.
    """
    contacts = ContactRepository(transaction)
    for id in people:
        locked = contacts.lock_for_change(id)
        # The person is not prepared again, because a value that is refused today must not prevent the change.
        # A new responsible user gets one letter, about the client, and none about each of its people.
        stored = contacts.change(_with_access_of(contact, locked.entity), locked, notify=False)
        if stored.version != locked.entity.version:
            yield locked.entity, stored


def _with_access_of(contact: Contact, person: _C) -> _C:
    return attrs.evolve(person, access=contact.access, responsibles=contact.responsibles)


def _acts_only_for(transaction: Transaction, person: Person | Company, contact_id: str) -> bool:
    """Whether a person is only a contact person of one contact, as far as the actor sees.

    Hidden affiliations do not count, because the actor would learn of them from a person who stays behind (ACC-3).
    """
    if person.listed:
        return False
    actor, affiliations = transaction.actor, AffiliationRepository(transaction)
    others = (one for one in affiliations.owned_by(person.id) if one.entity.contact_id != contact_id)
    return not any(may_see(actor, one.access) for one in others)
