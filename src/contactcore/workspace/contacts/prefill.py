"""What the host's other modules take over from a contact, in one call (DIR-12)."""

from __future__ import annotations

import attrs

from contactcore.model import Affiliation, Contact, Person
from contactcore.values import Address, EmailAddress, PhoneNumber, Website
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.people.people import People
from contactcore.workspace.repositories.contacts import ContactRepository

__all__ = ["Prefill", "prefill"]


@attrs.frozen(kw_only=True)
class Prefill:
    """The names, contact details and addresses of a contact (DIR-12).

    Attributes:
        contact_id, version: Which state of which contact this is.
        kind: `"person"` or `"company"`.
        name: As lists show it.
        given_name, family_name: Of a person.
        company_name, division: Of a company.
        emails, phones, websites: The preferred one first.
        billing_address: The main billing address, or None.
        addresses: All addresses of the contact.
        site_addresses: The addresses of its sites.
        currency, language: Codes, the workspace's by default; `""` where there is none.
        primary: The primary contact person among those that the actor sees, with `person`, or None.
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
    site_addresses: tuple[Address, ...] = ()
    currency: str = ""
    language: str = ""
    primary: Affiliation | None = None


def prefill(transaction: Transaction, contact: str | Contact) -> Prefill:
    """What other modules need of a contact, as the actor sees it (DIR-12).

    Args:
        transaction: Of the session.
        contact: The contact, or its id.

    Raises:
        NotFound: there is no such contact that the actor may see.
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
        currency=str(found.currency or settings.currency or ""),
        language=language,
        primary=People(transaction).primary(found),
    )
