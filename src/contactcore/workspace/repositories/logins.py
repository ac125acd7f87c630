"""Portal logins and their credentials in the storage, with the clients that each login may use (POR-1)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from hashlib import sha256
from typing import Any

import attrs

from contactcore.errors import Duplicate, Forbidden, NotFound
from contactcore.formats.letters import Letter
from contactcore.mapping import json
from contactcore.mapping.index_keys import term
from contactcore.mapping.indexed_names import name_in
from contactcore.mapping.portal import CREDENTIALS, LOGINS, NOBODY, login_key, person_key
from contactcore.mapping.trash import trashed_of
from contactcore.model import Affiliation, Contact, Person, PortalUser, User
from contactcore.model.message import Message
from contactcore.model.portal import Credential, PortalClient, PortalLogin
from contactcore.rules.access import may_change
from contactcore.rules.limits import TAKEN_NAMES
from contactcore.rules.portal import followed_address, has_left_address, usable_affiliations
from contactcore.values import EmailAddress
from contactcore.workspace.kernel.transaction import Transaction, login_name_taken
from contactcore.workspace.repositories.affiliations import AffiliationRepository
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.counters import count, is_exhausted
from contactcore.workspace.repositories.messages import MessageRepository
from contactcore.workspace.repositories.repository import Repository

__all__ = ["CredentialRepository", "LoginRepository", "check_portal_access", "with_next_epoch"]

_LETTERS = ("welcome", "set-password")
_EMAIL_LETTERS = ("confirm-email",)


class CredentialRepository(Repository[Credential]):
    """The credentials of logins. Changes of credentials publish no events, except those that a service publishes."""

    def __init__(self, transaction: Transaction) -> None:
        super().__init__(transaction, CREDENTIALS)

    def read(self, login_id: str) -> Credential | None:
        """Return the credential of a login, or None."""
        (stored,) = self.stored([login_id])
        return None if stored is None else self.loaded(stored).entity

    def save(self, credential: Credential) -> Credential:
        """Store a changed credential that is locked, with the next version.

        Raises:
            NotFound: there is none.
        """
        (stored,) = self.stored([credential.login_id])
        if stored is None:
            raise NotFound("credential", credential.login_id)
        return self.put(credential, stored, event="")


class LoginRepository(Repository[PortalLogin]):
    """The logins of a workspace in one transaction."""

    def __init__(self, transaction: Transaction) -> None:
        super().__init__(transaction, LOGINS)
        self.credentials: CredentialRepository = CredentialRepository(transaction)

    def read(self, id: str) -> PortalLogin:
        """Return a login, even if the actor does not see its person.

        Raises:
            NotFound: there is none.
        """
        (stored,) = self.stored([id])
        if stored is None:
            raise NotFound("login", id)
        return self.loaded(stored).entity

    def save(self, login: PortalLogin, event: str) -> PortalLogin:
        """Store a changed login, with the next version.

        Args:
            login: The login, with the version that is stored.
            event: The last part of the name of the event.

        Raises:
            NotFound: there is none.
        """
        (stored,) = self.stored([login.id])
        if stored is None:
            raise NotFound("login", login.id)
        return self.put(login, stored, event=event)

    def id_by_email(self, email: EmailAddress) -> str | None:
        """Return the id of the login with this name, regardless of case and Unicode form, or None."""
        (holder,) = self.transaction.reader.holders([login_key(email)])
        return None if holder is None else holder[1]

    def of_people(self, people: Sequence[str]) -> tuple[PortalLogin, ...]:
        """Return the logins of people that are not closed, in the sequence of the people."""
        holders = self.transaction.reader.holders([person_key(id) for id in people])
        ids = [holder[1] for holder in holders if holder is not None]
        return tuple(self.loaded(stored).entity for stored in self.stored(ids) if stored is not None)

    def create(self, login: PortalLogin, credential: Credential) -> None:
        """Store a new login with its credential.

        Raises:
            Duplicate: the e-mail address is taken, or the person has a login. The error does not reveal the owner of
                the address.
        """
        if not self.is_free(login.email):
            raise self.name_taken()
        transaction = self.transaction
        nobody = self.credentials.record(Credential(login_id=NOBODY))
        transaction.writer.insert([nobody], existing="keep")
        with transaction.refusals(login):
            transaction.writer.insert([self.record(login), self.credentials.record(credential)])
        self.publish("created", login)

    def is_free(self, email: EmailAddress, own: str = "") -> bool:
        """Return whether a login may take a name. A login whose person is in the trash gives its name up first.

        Such a login is closed, because what is in the trash never prevents adding the same person again (DIR-11). The
        person can be restored, and gets a new login by an invitation.

        Args:
            email: The name.
            own: The id of the login that takes the name; `""` for a new one.
        """
        id = self.id_by_email(email)
        if id in {None, own}:
            return True
        login = self.read(str(id))
        contacts = ContactRepository(self.transaction)
        (stored,) = contacts.stored([login.person_id])
        if stored is None or trashed_of(stored) is None:
            return False
        person = contacts.lock_any(login.person_id)
        trashed = trashed_of(person.stored)
        if trashed is None:
            return False
        lost = trashed.without(self.type.name, trashed.access)
        contacts.put(person.entity, person.stored, trashed=lost, event="")
        self.close(self.lock_any(login.id).entity)
        return True

    def close(self, login: PortalLogin) -> PortalLogin:
        """Close a login for good: its credential is removed, and its letters with links are withdrawn.

        Args:
            login: The login, which is not closed.
        """
        credential = self.credentials.lock_any(login.id)
        if credential.entity.token_hash:
            self.withdraw_links(login.person_id)
        if credential.entity.email_token_hash:
            self.withdraw_email_links(login.person_id)
        self.credentials.remove(credential.entity, credential.stored, event="")
        return self.save(with_next_epoch(login, state="closed", has_password=False), "closed")

    def name_taken(self) -> Duplicate:
        """Return the refusal of a login name that another login has. It is counted, so that names cannot be tried.

        It says nothing about the other login, whose person may be hidden from the actor.
        """
        count(self.transaction, TAKEN_NAMES, self.transaction.actor.name)
        return login_name_taken()

    def check_attempts(self) -> None:
        """Refuse an actor who tried too many login names that are taken.

        Raises:
            Forbidden: `too-many-attempts`.
        """
        if is_exhausted(self.transaction, TAKEN_NAMES, self.transaction.actor.name):
            raise Forbidden("You tried too many login names that are taken: try again later.", "too-many-attempts")

    def rehearse_letter(self, letter: Letter) -> None:
        """Store and remove a letter that nobody gets, at the cost of queuing one."""
        transaction, messages = self.transaction, MessageRepository(self.transaction)
        unsent = Message(
            id=transaction.new_id(),
            version=1,
            to=EmailAddress("nobody@example.org"),
            subject=letter.subject,
            text=letter.text,
            html=letter.html,
            state="dead",
        )
        with transaction.refusals(None):
            transaction.writer.insert([messages.record(unsent)])
            transaction.writer.delete("message", unsent.id, 1)

    def usable_affiliations(self, login: PortalLogin, opened: Iterable[str]) -> dict[str, list[Affiliation]]:
        """Return the affiliations through which a login acts today, by the id of the client.

        Args:
            login: The login. It has none unless it is active and its person exists.
            opened: The ids of the affiliations whose clients the login opens.
        """
        if login.state != "active":
            return {}
        transaction = self.transaction
        found = [one.entity for one in AffiliationRepository(transaction).of_person(login.person_id)]
        by_client: dict[str, list[Affiliation]] = {}
        ids = frozenset(opened)
        for one in usable_affiliations(found, ids, transaction.today):
            by_client.setdefault(one.contact_id, []).append(one)
        present = ContactRepository(transaction).get_many((*by_client, login.person_id))
        if login.person_id not in present:
            return {}
        person = present[login.person_id].entity
        if person.id in ids and person.listed and isinstance(person, Person):
            by_client[person.id] = [Affiliation.of_themself(person)]
        return {id: ones for id, ones in by_client.items() if id in present}

    def usable_by(self, login_id: str) -> dict[str, list[Affiliation]]:
        """Return `usable_affiliations` of the login with an id; empty if there is none, or if it is closed."""
        (stored,) = self.stored([login_id])
        credential = self.credentials.read(login_id)
        if stored is None or credential is None:
            return {}
        return self.usable_affiliations(self.loaded(stored).entity, credential.opened)

    def clients_of(self, ids: Iterable[str]) -> tuple[PortalClient, ...]:
        """Return the clients with these ids as a login may choose them, ordered by name."""
        language = self.transaction.index_context.language
        contacts = ContactRepository(self.transaction).get_many(ids)
        found = [PortalClient(id, name_in(one.entity, language)) for id, one in contacts.items()]
        return tuple(sorted(found, key=lambda one: (one.name.casefold(), one.id)))

    def openable_by_actor(self, person_id: str, *, alone: bool = True) -> dict[str, str]:
        """Return the ids of a person's affiliations whose client the actor may change, each with the id of the client.

        The id of a listed person stands for the person themself as a client (PER-7).

        The actor who creates a login chooses its e-mail address. Without this rule actors could give themselves access
        to clients that are hidden from them.

        Args:
            person_id: The id of the person.
            alone: Whether the person may be the client; True by default.
        """
        transaction = self.transaction
        known = [one.entity for one in AffiliationRepository(transaction).of_person(person_id)]
        clients = ContactRepository(transaction).get_many((*(one.contact_id for one in known), person_id))
        actor = transaction.actor
        openable = {one.id: one.contact_id for one in known if may_change(actor, clients[one.contact_id].access)}
        person = clients.get(person_id)
        if alone and person is not None and person.entity.listed and may_change(actor, person.access):
            openable[person_id] = person_id
        return openable

    def confirm(self, login: PortalLogin, *, alone: bool) -> None:
        """Open to a login the clients of its person that the actor may change (POR-9).

        Args:
            login: The login.
            alone: Whether the person is invited for themself, and not through an affiliation (PER-7).
        """
        credential = self.credentials.lock_any(login.id).entity
        openable = self.openable_by_actor(login.person_id, alone=alone)
        fresh = [id for id in openable if id not in credential.opened]
        if fresh:
            self.credentials.save(attrs.evolve(credential, opened=(*credential.opened, *fresh)))
            ContactRepository(self.transaction).open_to_portal([openable[id] for id in fresh])
        for id in fresh:
            self.publish("opened", login, affiliation=id)

    def judge_new(self, affiliations: Iterable[Affiliation]) -> None:
        """Open new affiliations to the logins of their people if the makers of the logins may change the clients.

        Otherwise a user could make a login at an address of their own, and wait until somebody lets its person act for
        a client that is hidden from that user (POR-9).

        Args:
            affiliations: The new affiliations, which are stored.
        """
        new = tuple(affiliations)
        logins = {login.person_id: login for login in self.of_people(list(dict.fromkeys(one.person_id for one in new)))}
        if not logins:
            return
        contacts = ContactRepository(self.transaction)
        clients = contacts.get_many(one.contact_id for one in new if one.person_id in logins)
        for one in new:
            login, client = logins.get(one.person_id), clients.get(one.contact_id)
            if login is None or client is None:
                continue
            credential = self.credentials.lock_any(login.id).entity
            maker = User(credential.made_by, admin=credential.made_by_admin) if credential.made_by else None
            if maker is None or not may_change(maker, client.access):
                self.publish("withheld", login, affiliation=one.id)
                continue
            self.credentials.save(attrs.evolve(credential, opened=(*credential.opened, one.id)))
            contacts.open_to_portal([one.contact_id])
            self.publish("opened", login, affiliation=one.id)

    def follow(self, person: Person, affiliation: Affiliation | None = None, lost: Collection[str] = ()) -> None:
        """Move the login of a person to the corrected address, if it has no password (POR-9).

        A login with a password keeps its name, and gets no more links at an address that was taken away.

        Args:
            person: The person, as stored now.
            affiliation: The affiliation that was corrected; None if the person was.
            lost: The keys of the addresses that the correction removed.
        """
        for login in self.of_people([person.id]):
            if login.has_password and login.email.key in lost:
                credential = self.credentials.lock_any(login.id).entity
                self.credentials.save(attrs.evolve(credential, left=True))
            follows, source = self.source(login)
            address = followed_address(login, follows, person, source if follows else affiliation, lost)
            if address is None or address.key != login.email.key:
                self.move(login, address)

    def follow_change(self, before: Contact, after: Contact) -> None:
        """Move the login of a person whose addresses were changed, if it has no password (POR-9).

        Args:
            before: The contact before the change.
            after: The contact, as stored now.
        """
        if isinstance(after, Person) and after.emails != before.emails:
            lost = {email.key for email in before.emails} - {email.key for email in after.emails}
            self.follow(after, lost=lost)

    def move(self, login: PortalLogin, address: EmailAddress | None, follows: str | None = None) -> PortalLogin:
        """Give a login without a password another address: its link becomes invalid and its letter is withdrawn.

        The actor becomes the maker of the login. Clients that the actor may not change are closed to it until somebody
        who may change them confirms it.

        Args:
            login: The login.
            address: The new address. If it is None or another login has it, the login keeps its former name, and no
                link is made for it until an invitation names a free address.
            follows: The new value of `Credential.follows`; None keeps the former one.

        Returns:
            The stored login.
        """
        actor = self.transaction.actor
        credential = self.credentials.lock_any(login.id).entity
        kept = tuple(id for id in self.openable_by_actor(login.person_id) if id in credential.opened)
        self.withdraw_links(login.person_id)
        follows = credential.follows if follows is None else follows
        made = attrs.evolve(credential, made_by=actor.name, made_by_admin=actor.admin, opened=kept, follows=follows)
        self.credentials.save(attrs.evolve(made, token_hash="", token_expires="", mailed=""))
        is_free = address is not None and self.is_free(address, login.id)
        return self.save(with_next_epoch(login, email=address if is_free else login.email), "moved")

    def is_at_its_address(self, login: PortalLogin) -> bool:
        """Return whether links of a login may go to the address that is its name.

        A login without a password still has the address that it follows. The name of a login with a password is no
        address that its person had and has no more.
        """
        transaction = self.transaction
        credential = self.credentials.read(login.id) or Credential(login_id=login.id)
        affiliations = [one.entity for one in AffiliationRepository(transaction).of_person(login.person_id)]
        (stored,) = ContactRepository(transaction).stored([login.person_id])
        person = None if stored is None else ContactRepository(transaction).loaded(stored).entity
        if not isinstance(person, Person) or has_left_address(
            login, credential, person, affiliations, transaction.today
        ):
            return False
        follows, source = self.source(login)
        if login.has_password or not follows:
            return True
        address = followed_address(login, follows, person, source)
        return address is not None and address.key == login.email.key

    def source(self, login: PortalLogin) -> tuple[str, Affiliation | None]:
        """Return `Credential.follows` of a login, and the affiliation that it names, if any."""
        credential = self.credentials.read(login.id)
        follows = "" if credential is None else credential.follows
        if follows in {"", login.person_id}:
            return follows, None
        found = AffiliationRepository(self.transaction).get_many([follows])
        return follows, found[follows].entity if found else None

    def state_of(self, login: PortalLogin) -> str:
        """Return a digest that changes with the epoch of a login, its person, their affiliations and the workspace.

        A link for a new address is valid only as long as the digest is the same (POR-9). It therefore dies with a new
        password, a suspension, a correction by staff, an import, and with the trash even if its person is restored. It
        does not work in a copy of the workspace with another name either.
        """
        transaction = self.transaction
        stored = [one.stored for one in ContactRepository(transaction).get_many([login.person_id]).values()]
        stored += [one.stored for one in AffiliationRepository(transaction).of_person(login.person_id)]
        versions = sorted((one.id, one.version) for one in stored)
        return sha256(json.dump([transaction.workspace, login.id, login.epoch, versions])).hexdigest()

    def withdraw_email_links(self, person_id: str) -> None:
        """Withdraw queued letters that ask a person to confirm a new address."""
        MessageRepository(self.transaction).withdraw(person_id, _EMAIL_LETTERS, "The link in it is not valid any more.")

    def withdraw_links(self, person_id: str) -> None:
        """Withdraw queued letters to a person whose link is no longer valid."""
        MessageRepository(self.transaction).withdraw(person_id, _LETTERS, "The link in it is not valid any more.")

    def remove_all(self, person_id: str) -> None:
        """Remove all logins of a person for good, closed ones included, with their credentials; for purge and erasure.

        Queued letters with links of these logins are withdrawn.
        """
        self.withdraw_links(person_id)
        self.withdraw_email_links(person_id)
        for login in list(self.find(frozenset({term("person", person_id)}))):
            (secrets,) = self.credentials.stored([login.entity.id])
            if secrets is not None:
                self.credentials.remove(self.credentials.loaded(secrets).entity, secrets, event="")
            self.remove(login.entity, login.stored, event="")

    def refusal(self, actor: PortalUser) -> tuple[str, str] | None:
        """The code and the reason why a portal user may not act for the client today; None if they may.

        Every answer reads the same records. Only a session that the login once had learns that it ended, and why.
        """
        (stored,) = self.stored([actor.login_id])
        login = None if stored is None else self.loaded(stored).entity
        credential = self.credentials.read(actor.login_id)
        if login is None or actor.epoch > login.epoch:
            return _REFUSED
        usable = () if credential is None else self.usable_affiliations(login, credential.opened)
        if login.state != "active":
            return _LOGIN_OFF
        if actor.epoch < login.epoch:
            return _SESSION_ENDED
        return None if actor.client_id in usable else _REFUSED


_REFUSED = ("portal-refused", "This login does not act for this client: log in again, or choose another one.")
_LOGIN_OFF = ("portal-login-off", "This login is suspended or closed: ask the firm.")
_SESSION_ENDED = ("portal-session-ended", "A new password, address or suspension has ended this session: log in again.")


def with_next_epoch(login: PortalLogin, **changes: Any) -> PortalLogin:
    """Return a login with changes that end its running sessions (POR-10).

    Args:
        login: The login.
        changes: New values of its fields.
    """
    return attrs.evolve(login, epoch=login.epoch + 1, **changes)


def check_portal_access(transaction: Transaction) -> None:
    """Refuse a portal user whose login is not active, whose session has ended, or who does not act for the client.

    Raises:
        Forbidden: `portal-login-off`, `portal-session-ended`, `portal-refused`.
    """
    actor = transaction.actor
    refusal = LoginRepository(transaction).refusal(actor) if isinstance(actor, PortalUser) else None
    if refusal is not None:
        code, reason = refusal
        raise Forbidden(reason, code)
