"""Prefill: the data of a contact that other modules of the host copy, in one call (DIR-12)."""

from __future__ import annotations

from typing import Any

from contactcore.frozen import frozen
from contactcore.mapping.entity_type import EntityType
from contactcore.mapping.items import ITEMS
from contactcore.mapping.sites import SITES
from contactcore.model import Affiliation, Contact, Item, Person, Site
from contactcore.values import Address, EmailAddress, PhoneNumber, Website
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.people.people import People
from contactcore.workspace.repositories.belonging import BelongingRepository
from contactcore.workspace.repositories.contacts import ContactRepository

__all__ = ["Prefill", "prefill"]


@frozen(kw_only=True)
class Prefill:
    """The names, contact details and addresses of a contact (DIR-12).

    Attributes:
        contact_id: The id of the contact.
        version: The version of the contact.
        kind: `"person"` or `"company"`.
        name: The display name, as lists show it.
        given_name, family_name: The names of a person; `""` for a company.
        company_name, division: The names of a company; `""` for a person.
        emails, phones, websites: The contact details; the first of each is the preferred one.
        billing_address: The main billing address; None for none.
        addresses: All addresses of the contact.
        sites: Its sites, each with its name, address, contact details, version and, for staff, its access notes.
        items: Its items, each with its version.
        categories: The slugs of its categories; empty for a portal user.
        currency: The ISO 4217 code of the contact's currency, else of the workspace's; `""` for none.
        language: The language tag of the contact, else of the workspace.
        primary: The primary contact person among those that the actor sees, with `person`; None without contact
            persons.
    """

    contact_id: str
    version: int
    kind: str
    name: str
    given_name: str = ""
    family_name: str = ""
    company_name: str = ""
    division: str = ""
    emails: tuple[EmailAddress, ...] = ()
    phones: tuple[PhoneNumber | str, ...] = ()
    websites: tuple[Website, ...] = ()
    billing_address: Address | None = None
    addresses: tuple[Address, ...] = ()
    sites: tuple[Site, ...] = ()
    items: tuple[Item, ...] = ()
    categories: tuple[str, ...] = ()
    currency: str = ""
    language: str = ""
    primary: Affiliation | None = None

    @property
    def site_addresses(self) -> tuple[Address, ...]:
        """The addresses of the sites that have one."""
        return tuple(site.address for site in self.sites if site.address is not None)

    @property
    def versions(self) -> dict[str, int]:
        """The versions that the data were taken from, by the ids of the contact, its sites and its items."""
        sites = {site.id: site.version for site in self.sites}
        return {self.contact_id: self.version, **sites, **{item.id: item.version for item in self.items}}


def prefill(transaction: Transaction, contact: str | Contact) -> Prefill:
    """The data of a contact that other modules copy; see `Contacts.prefill`.

    Args:
        transaction: The transaction of the session.
        contact: The contact, or its id.

    Raises:
        NotFound: The contact does not exist, is in the trash, or is hidden from the actor.
    """
    found = ContactRepository(transaction).get(contact)
    settings = transaction.settings
    language = str(found.language or settings.language)
    return Prefill(
        contact_id=found.id,
        version=found.version,
        kind=found.kind,
        name=found.display_name_in(language) if isinstance(found, Person) else found.display_name,
        given_name=getattr(found, "given_name", ""),
        family_name=getattr(found, "family_name", ""),
        company_name=getattr(found, "name", "") if not isinstance(found, Person) else "",
        division=getattr(found, "division", ""),
        emails=found.emails,
        phones=found.phones,
        websites=found.websites,
        billing_address=found.billing_address,
        addresses=found.addresses,
        sites=_parts(transaction, SITES, found.id),
        items=_parts(transaction, ITEMS, found.id),
        categories=found.categories,
        currency=str(found.currency or settings.currency or ""),
        language=language,
        primary=People(transaction).primary(found),
    )


def _parts(transaction: Transaction, entity_type: EntityType[Any], contact_id: str) -> tuple[Any, ...]:
    """The sites or the items of a contact, as the actor sees them."""
    repository: BelongingRepository[Any] = BelongingRepository(transaction, entity_type)
    return tuple(one.entity for one in repository.of(contact_id))
