"""Recognising people by an e-mail address that they have or had."""

from __future__ import annotations

from contactcore.mapping.index_keys import term
from contactcore.model import Person
from contactcore.rules.access import read_terms
from contactcore.storage import LARGEST_PAGE, Query
from contactcore.values import EmailAddress
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.affiliations import AffiliationRepository
from contactcore.workspace.repositories.contacts import ContactRepository

__all__ = ["recognise"]


def recognise(transaction: Transaction, email: EmailAddress | str) -> tuple[Person, ...]:
    """The people who have or had an e-mail address and whom the actor sees; see `People.recognise`.

    Args:
        transaction: The transaction of the actor.
        email: The e-mail address.

    Raises:
        Invalid: the problems of the address.
    """
    address = email if isinstance(email, EmailAddress) else EmailAddress(email)
    contacts, affiliations = ContactRepository(transaction), AffiliationRepository(transaction)
    with_address = [
        Query(
            kind=repository.type.name,
            order=transaction.order,
            access=read_terms(transaction.actor),
            where=(frozenset({term("email", address.key)}),),
            limit=LARGEST_PAGE,
        )
        for repository in (contacts, affiliations)
    ]
    transaction.reader.announce(records=with_address)
    own, acting = (transaction.reader.find_records(query).records for query in with_address)
    found = {stored.id: contacts.loaded(stored) for stored in own}
    others = (affiliations.loaded(stored).entity.person_id for stored in acting)
    found |= contacts.get_many(id for id in others if id not in found)
    people = (one.entity for one in found.values())
    return tuple(person for person in people if isinstance(person, Person))
