"""A new address for a login: its owner asks for it, and confirms it by a link that goes to it (POR-9).

Nothing changes before the link is used. The request does not look up whether another login has the address, so that its
answer, its letters and its cost reveal nothing about other logins. Only the reader of the mailbox learns it.
"""

from __future__ import annotations

from hmac import compare_digest

import attrs

from contactcore.errors import Forbidden, Invalid
from contactcore.mapping.portal import email_token_key
from contactcore.model import Contact, Person
from contactcore.model.mailbox import Recipient
from contactcore.model.message import Grounds
from contactcore.model.portal import PortalLogin
from contactcore.model.restoring import altered
from contactcore.rules.portal import LINK_HOURS, LINK_LIFETIME
from contactcore.values import EmailAddress
from contactcore.workspace.kernel.ids import timestamp
from contactcore.workspace.kernel.passwords import token_digest
from contactcore.workspace.kernel.transaction import Transaction, login_name_taken
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.logins import LoginRepository, with_next_epoch
from contactcore.workspace.repositories.messages import enqueue_letter

__all__ = ["check_offered", "confirm", "request"]


def check_offered(transaction: Transaction) -> None:
    """Refuse a request for a new address that could not be confirmed.

    Raises:
        Forbidden: `email-change-off` if an admin has switched the letter with the link off.
        Invalid: `portal-link-missing` if the settings have no `email_link`.
    """
    settings = transaction.settings
    if "confirm-email" in settings.templates_off:
        message = "The address cannot be changed here: ask the firm to change it."
        raise Forbidden(message, "email-change-off")
    if not settings.email_link:
        message = "Set the email_link first: letters need the address of the page that confirms a new address."
        raise Invalid("portal-link-missing", message, path="email_link")


def request(transaction: Transaction, login: PortalLogin, address: EmailAddress) -> None:
    """Queue a letter with a link to the new address, and a notice without a link to the present one.

    A former request of the login becomes invalid, and its letter is withdrawn.

    Args:
        transaction: A writing transaction.
        login: The login.
        address: The new address.
    """
    logins, settings = LoginRepository(transaction), transaction.settings
    token, expires = transaction.passwords.token(), timestamp(transaction.now + LINK_LIFETIME)
    credential = logins.credentials.lock_any(login.id).entity
    logins.withdraw_email_links(login.person_id)
    asked = attrs.evolve(
        credential,
        new_email=address.text,
        email_token_hash=token_digest(token),
        email_token_expires=expires,
        email_state=logins.state_of(login),
    )
    logins.credentials.save(asked)
    logins.publish("email-requested", login)
    person = ContactRepository(transaction).load_any(login.person_id).entity
    about, language = (person.id,), person.language
    link = settings.email_link.replace("{token}", token)
    values = {"login": str(login.email), "email": str(address), "link": link, "hours": LINK_HOURS}
    enqueue_letter(
        transaction,
        "confirm-email",
        Recipient(address, person.display_name, language),
        values,
        about=about,
        confidential=True,
        grounds=Grounds(kind="email", person_id=person.id, login_id=login.id, link=token_digest(token)),
    )
    if "email-requested" not in settings.templates_off and logins.is_at_its_address(login):
        to = Recipient(login.email, person.display_name, language)
        enqueue_letter(transaction, "email-requested", to, {"login": str(login.email)}, about=about)


def confirm(transaction: Transaction, token: str) -> PortalLogin:
    """Give a login the address that a link confirms, and return the login.

    Raises:
        Invalid, Duplicate: as `Portal.confirm_email`.
    """
    logins, contacts = LoginRepository(transaction), ContactRepository(transaction)
    invalid = Invalid("token-invalid", "This link is not valid any more: ask for a new one.", path="token")
    digest = token_digest(token)
    (holder,) = transaction.reader.holders([email_token_key(digest)])
    if holder is None:
        raise invalid
    (stored,) = logins.stored([holder[1]])
    person_id = "" if stored is None else stored.owner
    if person_id not in contacts.get_many([person_id]):
        raise invalid
    # A transaction that changes the person locks the person; one that changes the login locks the credential.
    person = contacts.lock_any(person_id)
    credential = logins.credentials.lock_any(holder[1]).entity
    login = logins.read(holder[1])
    is_alive = compare_digest(credential.email_token_hash, digest) and credential.email_state == logins.state_of(login)
    if not is_alive or timestamp(transaction.now) >= credential.email_token_expires:
        raise invalid
    if not logins.usable_affiliations(login, credential.opened):
        raise invalid
    address = EmailAddress.restore(credential.new_email)
    if not logins.is_free(address, login.id):
        raise login_name_taken()
    contacts.change(_with_address(person.entity, login.email, address), person)
    logins.withdraw_links(person_id)
    logins.withdraw_email_links(person_id)
    # The owner gave this name, which follows no other address.
    cleared = attrs.evolve(credential, token_hash="", token_expires="", mailed="", follows="", left=False)
    logins.credentials.save(
        attrs.evolve(cleared, new_email="", email_token_hash="", email_token_expires="", email_state="")
    )
    return logins.save(with_next_epoch(login, email=address), "email-changed")


def _with_address(person: Contact, former: EmailAddress, address: EmailAddress) -> Person:
    """The person with the new address in the place of the former one, if it is one of their own."""
    if not isinstance(person, Person):
        raise TypeError(f"the login names a company as its person: {person.id}")
    if former.key not in {email.key for email in person.emails}:
        return person
    moved = {address.key if email.key == former.key else email.key: email for email in person.emails}
    emails = [address if key == address.key else email for key, email in moved.items()]
    return altered(person, {"emails": tuple(emails)})
