"""The contacts that an actor sees, each with the places of a person in companies, for formats that are cards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from contactcore.formats.vcard.picture import CardPicture
from contactcore.formats.vcard.written_lines import Position
from contactcore.model import Company, Person
from contactcore.model.picture import PictureContent
from contactcore.rules.access import read_terms
from contactcore.workspace.contacts.contacts import Contacts
from contactcore.workspace.contacts.directory import filters_of
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.affiliations import AffiliationRepository
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.pictures import contact_pictures

__all__ = ["CardPictures", "placed_contacts", "wanted_filters"]

_PAGE = 100
_KINDS = ("company", "person")


def wanted_filters(given: Mapping[str, Any]) -> dict[str, Any]:
    """The filters of an export, checked before anything is written.

    Args:
        given: The filters as the caller gave them. The other arguments of `contacts.page` are those of one page, and
            mean nothing here.

    Raises:
        Invalid: `filter-unknown`, and the codes of `Filters`.
    """
    filters_of({name: value for name, value in given.items() if name != "letter"})
    return {"role": "any", **given}


class CardPictures:
    """The pictures of the contacts of one page, as the cards of an export show them.

    Args:
        transaction: The transaction of the actor.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._found: Mapping[str, PictureContent] = {}

    def load(self, ids: Iterable[str]) -> None:
        """Read the pictures of a page, in the place of those of the page before.

        Args:
            ids: The ids of contacts that the actor sees.
        """
        self._found = contact_pictures(self._transaction, ids)

    def __call__(self, contact: Person | Company) -> tuple[CardPicture, ...]:
        """The picture of a contact of the page: a photo of a person, the logo of a company."""
        found = self._found.get(contact.id)
        if found is None:
            return ()
        return (CardPicture("photo" if isinstance(contact, Person) else "logo", found.media_type, found.data),)


def placed_contacts(
    transaction: Transaction, filters: Mapping[str, Any], pictures: CardPictures | None = None
) -> Iterator[tuple[Person | Company, tuple[Position, ...]]]:
    """The contacts in directory order, companies first, so that an import finds the companies of its people.

    Args:
        transaction: The transaction of the actor.
        filters: The filters of `session.contacts.page`.
        pictures: Reads the pictures of each page; None, the default, for no pictures.
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
            if pictures is not None:
                pictures.load(found)
            for one in found.values():
                yield one.entity, tuple(positions.get(one.entity.id, ()))
            if page.next is None:
                break
            after = page.next


def _positions(transaction: Transaction, people: Sequence[str]) -> Mapping[str, list[Position]]:
    """The places where people work now, in companies that the actor sees, by the ids of the people; the eldest first.

    A card has no first and no last day of a place. An import would make somebody who has left act for the company.
    """
    group = frozenset(f"person:{id}" for id in people)
    found = AffiliationRepository(transaction).find(group, access=read_terms(transaction.actor)) if people else ()
    current = [one.entity for one in found if one.entity.is_current(transaction.today)]
    affiliations = sorted(current, key=lambda one: one.seniority)
    companies = ContactRepository(transaction).get_many({one.contact_id for one in affiliations})
    positions: dict[str, list[Position]] = defaultdict(list)
    for one in affiliations:
        company = companies.get(one.contact_id)
        if company is not None and isinstance(company.entity, Company):
            place = Position(company.entity.display_name, one.department, one.position)
            positions[one.person_id].append(place)
    return positions
