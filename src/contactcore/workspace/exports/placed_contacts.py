"""The contacts that an actor sees, each with the places of a person in companies, for formats that are cards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from contactcore.formats.vcard.writing import Position
from contactcore.model import Company, Person
from contactcore.rules.access import read_terms
from contactcore.workspace.contacts.contacts import Contacts
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.affiliations import AffiliationRepository
from contactcore.workspace.repositories.contacts import ContactRepository

__all__ = ["placed_contacts"]

_PAGE = 100
_KINDS = ("company", "person")


def placed_contacts(
    transaction: Transaction, filters: Mapping[str, Any]
) -> Iterator[tuple[Person | Company, tuple[Position, ...]]]:
    """The contacts in directory order, companies first, so that an import finds the companies of its people.

    Args:
        transaction: The transaction of the actor.
        filters: The filters of `session.contacts.page`.
    """
    contacts = Contacts(transaction)
    for kind in _KINDS:
        if filters.get("kind") not in {None, kind}:
            continue
        after = None
        while True:
            page = contacts.page(**{**filters, "kind": kind}, limit=_PAGE, after=after)
            found = ContactRepository(transaction).get_many(card.id for card in page.items)
            positions = _positions(transaction, list(found)) if kind == "person" else {}
            for one in found.values():
                yield one.entity, tuple(positions.get(one.entity.id, ()))
            if page.next is None:
                break
            after = page.next


def _positions(transaction: Transaction, people: Sequence[str]) -> Mapping[str, list[Position]]:
    """The places of people in companies that the actor sees, by the ids of the people; the eldest place first."""
    group = frozenset(f"person:{id}" for id in people)
    found = AffiliationRepository(transaction).find(group, access=read_terms(transaction.actor)) if people else ()
    affiliations = sorted((one.entity for one in found), key=lambda one: one.seniority)
    companies = ContactRepository(transaction).get_many({one.contact_id for one in affiliations})
    positions: dict[str, list[Position]] = defaultdict(list)
    for one in affiliations:
        company = companies.get(one.contact_id)
        if company is not None and isinstance(company.entity, Company):
            place = Position(company.entity.display_name, one.department, one.position)
            positions[one.person_id].append(place)
    return positions
