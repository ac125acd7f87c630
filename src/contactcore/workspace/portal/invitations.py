"""Logins, links and letters of the portal (POR-1 to POR-4)."""

from __future__ import annotations

import attrs

from contactcore.errors import Invalid, NotFound, Problem
from contactcore.formats.letters import write_letter
from contactcore.mapping.portal import NOBODY
from contactcore.model import Affiliation, Company, Contact, Person
from contactcore.model.mailbox import Recipient
from contactcore.model.portal import Credential, Invitation, PortalLogin
from contactcore.rules.portal import LINK_HOURS, LINK_LIFETIME, LINK_REST, login_address
from contactcore.values import EmailAddress
from contactcore.workspace.kernel.ids import timestamp
from contactcore.workspace.kernel.passwords import token_digest
from contactcore.workspace.kernel.transaction import Transaction, id_of
from contactcore.workspace.repositories.affiliations import AffiliationRepository
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.logins import LoginRepository, with_next_epoch
from contactcore.workspace.repositories.messages import enqueue_letter
from contactcore.workspace.repositories.sending import link_grounds

__all__ = [
    "check_portal_link",
    "create_login",
    "invite_again",
    "lock_invited",
    "make_link",
    "read_email",
    "replace_password",
    "revoke_link",
    "simulate_link",
    "was_just_mailed",
]


def lock_invited(transaction: Transaction, whom: Affiliation | Person | str) -> tuple[Person, Affiliation | None]:
    """Lock the client of an affiliation, or else a person, and return the person with the affiliation.

    Raises:
        NotFound, Forbidden, Invalid: as `Portal.invite`.
    """
    contacts, affiliations = ContactRepository(transaction), AffiliationRepository(transaction)
    id = id_of(whom)
    message = "Only a person can have a login: invite a contact person."
    if isinstance(whom, Company) and not id:
        raise Invalid("not-a-person", message, path="whom", value=whom.display_name)
    try:
        affiliation = None if isinstance(whom, Contact) else affiliations.get(id)
    except NotFound:
        if isinstance(whom, Affiliation):
            raise
        affiliation = None
    if affiliation is None:
        person = contacts.lock_for_change(id).entity
        if not isinstance(person, Person):
            raise Invalid("not-a-person", message, path="whom")
        return person, None
    contacts.lock_for_change(affiliation.contact_id)
    person = contacts.lock(affiliation.person_id).entity
    if not isinstance(person, Person):
        raise TypeError(f"the affiliation {id} names a company as its person")
    if not affiliation.active or (affiliation.end is not None and affiliation.end < transaction.today):
        raise Invalid("affiliation-ended", "This person does not act for the client any more.", path="whom")
    return person, affiliation


def create_login(
    transaction: Transaction,
    person: Person,
    affiliation: Affiliation | None,
    email: EmailAddress | str | None,
    password: str | None,
) -> PortalLogin:
    """Store and return a new login of a person who has none.

    Raises:
        Duplicate, Invalid: as `Portal.invite`.
    """
    passwords = transaction.passwords
    problems: list[Problem] = []
    name = ""
    try:
        address = read_email(email) if email else _address(person, affiliation)
        name = str(address)
        follows = _followed(person, affiliation, address)
    except Invalid as error:
        problems.extend(error.problems)
    try:
        checked = None if password is None else passwords.choose(password, name)
    except Invalid as error:
        problems.extend(error.problems)
    if problems:
        raise Invalid(problems)
    login = PortalLogin(
        id=transaction.new_id(),
        version=1,
        email=address,
        person_id=person.id,
        has_password=checked is not None,
        created=transaction.now,
    )
    hashed = "" if checked is None else passwords.hash(checked)
    logins = LoginRepository(transaction)
    opened, actor = logins.openable_by_actor(person.id, alone=affiliation is None), transaction.actor
    credential = Credential(
        login_id=login.id,
        version=1,
        password_hash=hashed,
        made_by=actor.name,
        made_by_admin=actor.admin,
        opened=tuple(opened),
        follows=follows,
    )
    logins.create(login, credential)
    ContactRepository(transaction).open_to_portal(opened.values())
    return login


def invite_again(
    transaction: Transaction,
    login: PortalLogin,
    person: Person,
    affiliation: Affiliation | None,
    email: EmailAddress | str | None,
    password: str | None,
) -> PortalLogin:
    """Confirm an existing login: it opens all clients of its person that the actor may change (POR-9).

    A login without a password moves to the address that the invitation names or that it follows.

    Raises:
        Duplicate, Invalid: as `Portal.invite`.
    """
    given = read_email(email) if email else None
    if login.has_password and given is not None and given.key != login.email.key:
        raise Invalid("login-exists", "This person has a login by another address: close it first.", path="email")
    if password is not None:
        raise Invalid("login-exists", "This person has a login: only they may set its password.", path="password")
    if login.state == "suspended":
        raise Invalid("login-suspended", "This login is suspended: reopen it first.", path="whom")
    logins = LoginRepository(transaction)
    follows, source = logins.source(login)
    if affiliation is not None and affiliation.email is not None and (source is None or source.email is None):
        # The work address is more precise than the person's own address, which the login had until now.
        source = affiliation
    if login.has_password or (given is None and not follows):
        address = login.email
    elif given is not None:
        address, follows = given, _followed(person, affiliation, given)
    else:
        address, follows = _address(person, source), person.id if source is None else source.id
    if address.key != login.email.key:
        if not logins.is_free(address, login.id):
            raise logins.name_taken()
        login = logins.move(login, address, follows)
    logins.confirm(login, alone=affiliation is None)
    return login


def make_link(transaction: Transaction, login: PortalLogin, template: str) -> Invitation:
    """Make a new link for setting a password, and queue a letter with it (POR-4). The former link becomes invalid.

    Args:
        transaction: A writing transaction.
        login: The login.
        template: The slug of the letter's template; `""` for no letter.
    """
    token, expires = transaction.passwords.token(), timestamp(transaction.now + LINK_LIFETIME)
    logins = LoginRepository(transaction)
    credential = logins.credentials.lock_any(login.id).entity
    logins.withdraw_links(login.person_id)
    mailed = timestamp(transaction.now) if template else ""
    changed = attrs.evolve(credential, token_hash=token_digest(token), token_expires=expires, mailed=mailed)
    logins.credentials.save(changed)
    logins.publish("link-made", login)
    link = transaction.settings.portal_link.replace("{token}", token)
    if template:
        person = ContactRepository(transaction).load_any(login.person_id).entity
        to = Recipient(login.email, person.display_name, person.language)
        values = {"login": str(login.email), "link": link, "hours": LINK_HOURS}
        grounds = link_grounds(transaction, login.id, person.id, token_digest(token))
        enqueue_letter(transaction, template, to, values, about=(person.id,), confidential=True, grounds=grounds)
    return Invitation(login, token, link, sent=bool(template), expires=expires)


def simulate_link(transaction: Transaction, credential: Credential) -> None:
    """Do the same work as `make_link` without queuing a letter, so that the duration reveals little."""
    token = transaction.passwords.token()
    logins = LoginRepository(transaction)
    logins.withdraw_links(NOBODY)
    logins.credentials.save(credential)
    link_grounds(transaction, NOBODY, NOBODY, "")
    ContactRepository(transaction).get_many([NOBODY])
    AffiliationRepository(transaction).get_many([NOBODY])
    values = {"login": "", "link": token_digest(token), "hours": LINK_HOURS, "name": "", "firm": ""}
    letters = transaction.letter_configuration.letters
    logins.rehearse_letter(write_letter("set-password", transaction.settings.language, values, letters))


def was_just_mailed(transaction: Transaction, credential: Credential) -> bool:
    """Return whether a link was mailed in the last minutes and is still valid."""
    if not (credential.token_hash and credential.mailed):
        return False
    return credential.mailed > timestamp(transaction.now - LINK_REST)


def check_portal_link(transaction: Transaction, template: str) -> None:
    """Refuse a letter with a link if the settings have no address for links.

    Raises:
        Invalid: `portal-link-missing`.
    """
    settings = transaction.settings
    if template not in settings.templates_off and not settings.portal_link:
        message = "Set the portal_link first: letters need the address of the page that sets a password."
        raise Invalid("portal-link-missing", message, path="portal_link")


def revoke_link(transaction: Transaction, login: PortalLogin) -> None:
    """Make the current link of a login invalid, and withdraw its letter."""
    logins = LoginRepository(transaction)
    credential = logins.credentials.lock_any(login.id).entity
    if credential.token_hash:
        logins.withdraw_links(login.person_id)
        logins.credentials.save(attrs.evolve(credential, token_hash="", token_expires=""))


def replace_password(transaction: Transaction, credential: Credential, password: str) -> PortalLogin:
    """Set a password that was checked, and return the login. The current link and a lock end."""
    logins = LoginRepository(transaction)
    login = logins.read(credential.login_id)
    changed = attrs.evolve(
        credential,
        password_hash=transaction.passwords.hash(password),
        token_hash="",
        token_expires="",
        mailed="",
        failures=0,
        locked_until="",
    )
    logins.credentials.save(changed)
    logins.withdraw_links(login.person_id)
    return logins.save(with_next_epoch(login, has_password=True), "password-set")


def read_email(email: EmailAddress | str, path: str = "email") -> EmailAddress:
    """Return an e-mail address that was given as a value or as text.

    Raises:
        Invalid: the problems of the address, under the path.
    """
    try:
        return email if isinstance(email, EmailAddress) else EmailAddress(email)
    except Invalid as error:
        raise error.under(path) from None


def _address(person: Person, affiliation: Affiliation | None) -> EmailAddress:
    address = login_address(person, affiliation)
    if address is None:
        raise Invalid("email-missing", "Give the e-mail address to log in with.", path="email")
    return address


def _followed(person: Person, affiliation: Affiliation | None, address: EmailAddress) -> str:
    """The value of `PortalLogin.follows` for a login with this address."""
    own = login_address(person, affiliation)
    if own is None or own.key != address.key:
        return ""
    return person.id if affiliation is None else affiliation.id
