"""Portal logins and their credentials in the storage, with the clients that each login may use (POR-1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from contactcore.errors import Duplicate, Forbidden, NotFound
from contactcore.mapping.indexed_names import name_in
from contactcore.mapping.portal import CREDENTIALS, LOGINS, NOBODY, login_key, person_key
from contactcore.mapping.terms import term
from contactcore.model import Affiliation, PortalUser
from contactcore.model.portal import Credential, PortalClient, PortalLogin
from contactcore.rules.access import may_change
from contactcore.rules.portal import usable_affiliations
from contactcore.values import EmailAddress
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.affiliations import AffiliationRepository
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.messages import MessageRepository
from contactcore.workspace.repositories.repository import Repository

__all__ = ["CredentialRepository", "LoginRepository", "check_portal_access"]

_LETTERS = ("welcome", "set-password")


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
        self.credentials = CredentialRepository(transaction)

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
        if self.id_by_email(login.email) is not None:
            raise Duplicate(f"The login {login.email}")
        transaction = self.transaction
        nobody = self.credentials.record(Credential(login_id=NOBODY))
        transaction.writer.insert([nobody], existing="keep")
        with transaction.refusals(login):
            transaction.writer.insert([self.record(login), self.credentials.record(credential)])
        self.publish("created", login)

    def usable_affiliations(self, login: PortalLogin, withheld: Iterable[str]) -> dict[str, list[Affiliation]]:
        """Return the affiliations through which a login acts today, by the id of the client.

        Args:
            login: The login. It has none unless it is active and its person exists.
            withheld: The ids of affiliations that the login gives no access to.
        """
        if login.state != "active":
            return {}
        transaction = self.transaction
        found = [one.entity for one in AffiliationRepository(transaction).of_person(login.person_id)]
        by_client: dict[str, list[Affiliation]] = {}
        for one in usable_affiliations(found, tuple(withheld), transaction.today):
            by_client.setdefault(one.contact_id, []).append(one)
        present = ContactRepository(transaction).get_many((*by_client, login.person_id))
        if login.person_id not in present:
            return {}
        return {id: ones for id, ones in by_client.items() if id in present}

    def usable_by(self, login_id: str) -> dict[str, list[Affiliation]]:
        """Return `usable_affiliations` of the login with an id; empty if there is none, or if it is closed."""
        (stored,) = self.stored([login_id])
        credential = self.credentials.read(login_id)
        if stored is None or credential is None:
            return {}
        return self.usable_affiliations(self.loaded(stored).entity, credential.withheld)

    def possible_clients(self, login: PortalLogin, withheld: Iterable[str]) -> list[str]:
        """Return the ids of the clients that a login may use today, could use once, or can use on a later day."""
        excluded = frozenset(withheld)
        found = AffiliationRepository(self.transaction).of_person(login.person_id)
        return [one.entity.contact_id for one in found if one.entity.id not in excluded]

    def clients_of(self, ids: Iterable[str]) -> tuple[PortalClient, ...]:
        """Return the clients with these ids as a login may choose them, ordered by name."""
        language = self.transaction.index_context.language
        contacts = ContactRepository(self.transaction).get_many(ids)
        found = [PortalClient(id, name_in(one.entity, language)) for id, one in contacts.items()]
        return tuple(sorted(found, key=lambda one: (one.name.casefold(), one.id)))

    def withheld_from(self, person_id: str) -> tuple[str, ...]:
        """Return the ids of a person's affiliations whose client the actor may not change, and of those in the trash.

        The actor who creates a login chooses its e-mail address. Without this rule actors could give themselves access
        to clients that are hidden from them.
        """
        transaction, affiliations = self.transaction, AffiliationRepository(self.transaction)
        known = [one.entity for one in affiliations.of_person(person_id)]
        clients = ContactRepository(transaction).get_many(one.contact_id for one in known)
        ids = [one.id for one in known if not may_change(transaction.actor, clients[one.contact_id].access)]
        ids += [one.entity.id for one in affiliations.find(frozenset({f"was:person:{person_id}"}), trashed=True)]
        return tuple(ids)

    def withdraw_links(self, person_id: str) -> None:
        """Withdraw queued letters to a person whose link is no longer valid."""
        MessageRepository(self.transaction).withdraw(person_id, _LETTERS, "The link in it is not valid any more.")

    def remove_all(self, person_id: str) -> None:
        """Remove all logins of a person for good, closed ones included, with their credentials; for purge and erasure.

        Queued letters with links of these logins are withdrawn.
        """
        self.withdraw_links(person_id)
        for login in list(self.find(frozenset({term("person", person_id)}))):
            (secrets,) = self.credentials.stored([login.entity.id])
            if secrets is not None:
                self.credentials.remove(self.credentials.loaded(secrets).entity, secrets, event="")
            self.remove(login.entity, login.stored, event="")

    def gives_access(self, actor: PortalUser) -> bool:
        """Return whether the login of a portal user is active and acts for the client today."""
        return actor.client_id in self.usable_by(actor.login_id)


def check_portal_access(transaction: Transaction) -> None:
    """Refuse a portal user whose login is not active or does not act for the client today.

    Raises:
        Forbidden: `portal-refused`.
    """
    actor = transaction.actor
    if isinstance(actor, PortalUser) and not LoginRepository(transaction).gives_access(actor):
        raise Forbidden(
            "This login does not act for this client: log in again, or choose another one.", "portal-refused"
        )
