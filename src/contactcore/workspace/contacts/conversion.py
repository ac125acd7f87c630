"""The conversion of a contact of the wrong kind, which keeps its record (DIR-1)."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any

import attrs

from contactcore.errors import Invalid, Problem
from contactcore.mapping.trash import trashed_of
from contactcore.model import Affiliation, Company, Person
from contactcore.model.restoring import altered
from contactcore.rules.access import may_see, policy_of, read_terms, responsibles_of, trash_access
from contactcore.rules.converting import converted
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.affiliations import AffiliationRepository
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.repository import Loaded

__all__ = ["convert", "in_the_way_of_company", "leave_hidden_clients"]


def convert(
    transaction: Transaction, locked: Loaded[Person | Company], kind: str, details: dict[str, Any]
) -> Person | Company:
    """Store a contact as one of the other kind; see `Contacts.convert`.

    Args:
        transaction: The transaction of the actor.
        locked: The contact, locked, which the actor may change.
        kind: `"person"` or `"company"`.
        details: Fields of the converted contact by name.

    Raises:
        Invalid: All problems at once.
    """
    before = locked.entity
    if kind not in ("person", "company"):
        raise Invalid("kind-unknown", "Ask for kind person or company.", path="kind", value=kind)
    if kind == before.kind:
        raise Invalid("kind-same", f"This is a {kind} already.", path="kind", value=kind)
    contacts = ContactRepository(transaction)
    wanted, lost = converted(before, str(before.language or transaction.settings.language))
    problems = [*lost]
    if isinstance(before, Person):
        problems += in_the_way_of_company(transaction, before.id)
    unknown = sorted(set(details) - {field.name for field in attrs.fields(type(wanted))} | set(details) & {"id"})
    if unknown:
        problems.append(Problem("detail-unknown", unknown[0], f"A {kind} has no {unknown[0]!r} to change."))
    ready: Person | Company | None = None
    try:
        ready = contacts.prepare(wanted if unknown else attrs.evolve(wanted, **details), before)
    except Invalid as error:
        problems += error.problems
    if problems or ready is None:
        raise Invalid(problems)
    leave_hidden_clients(transaction, before)
    stored = contacts.change(ready, locked)
    contacts.publish("converted", stored, kind=kind)
    return stored


def _acting(transaction: Transaction, person_id: str) -> list[Loaded[Affiliation]]:
    """The affiliations of a person as a contact person, hidden ones and those in the trash included."""
    affiliations = AffiliationRepository(transaction)
    term = f"person:{person_id}"
    return [
        *affiliations.find(frozenset({term})),
        *affiliations.find(frozenset({f"was:{term}"}), trashed=True),
    ]


def _is_seen(transaction: Transaction, one: Loaded[Affiliation]) -> bool:
    if trashed_of(one.stored) is None:
        return bool(may_see(transaction.actor, one.access))
    return bool(trash_access(read_terms(transaction.actor)) & one.access)


def in_the_way_of_company(transaction: Transaction, person_id: str, ended: Container[str] = ()) -> Iterator[Problem]:
    """The problems of a person who cannot become a company, as far as the actor sees them.

    Args:
        transaction: The transaction of the actor.
        person_id: The id of the person.
        ended: The ids of affiliations that end at the same time; none by default.
    """
    contacts = ContactRepository(transaction)
    (person,) = contacts.stored([person_id])
    if person is not None and contacts.loaded(person).entity.restricted:
        # Only the restriction of a person can be ended.
        message = "The data of this person is restricted: call session.privacy.unrestrict first."
        yield Problem("contact-restricted", "contact", message, person_id)
    for one in _acting(transaction, person_id):
        if one.entity.id in ended or not _is_seen(transaction, one):
            continue
        (client,) = contacts.stored([one.entity.contact_id])
        name = "" if client is None else contacts.loaded(client).entity.display_name
        where = "in the trash: restore or purge it" if trashed_of(one.stored) else "remove the affiliation"
        message = f"This person acts for {name or 'a contact'}: {where} first."
        yield Problem("acts-for-contacts", "contact", message, one.entity.contact_id)
    from contactcore.workspace.repositories.logins import LoginRepository

    if LoginRepository(transaction).of_people([person_id]):
        yield Problem("has-login", "contact", "This person has a login to the portal: close it first.", person_id)


def leave_hidden_clients(transaction: Transaction, before: Person | Company) -> None:
    """Give the affiliations that the actor does not see to a copy of the person, one for each client.

    A refusal would reveal them (ACC-3), and those who see the hidden client must not lose its contact person. The copy
    is seen by those who see the client.

    Args:
        transaction: The transaction of the actor.
        before: The person who becomes a company; nothing is done for a company.
    """
    contacts, affiliations = ContactRepository(transaction), AffiliationRepository(transaction)
    for one in _acting(transaction, before.id) if isinstance(before, Person) else ():
        if _is_seen(transaction, one):
            continue
        client = contacts.lock_any(one.entity.contact_id)
        trashed = trashed_of(client.stored)
        access = frozenset(trashed.access) if trashed is not None else client.access
        new = {
            "id": transaction.new_id(),
            "version": 1,
            "listed": False,
            "access": policy_of(access),
            "responsibles": responsibles_of(access),
        }
        person = contacts.add(altered(before, new))
        moved = altered(one.entity, {"person_id": person.id})
        affiliations.put(moved, one.stored, trashed=trashed_of(one.stored))
