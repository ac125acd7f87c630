"""The view of the portal for an actor: logins, the clients that they open, and their modules (POR-1, POR-5, POR-6)."""

from __future__ import annotations

from contactcore.errors import Invalid, NotFound
from contactcore.mapping.portal import NOBODY
from contactcore.model import Affiliation, Contact, Person, PortalUser
from contactcore.model.portal import Opening, PortalClient, PortalLogin
from contactcore.model.settings import PortalModule
from contactcore.rules.portal import ModuleAnswer, decide_module, menu
from contactcore.workspace.kernel.arguments import check_arguments
from contactcore.workspace.kernel.transaction import Transaction, id_of
from contactcore.workspace.repositories.affiliations import AffiliationRepository
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.logins import LoginRepository

__all__ = ["PortalViews"]


@check_arguments()
class PortalViews:
    """The logins of contact persons, their clients and their modules, as one actor sees them.

    Args:
        transaction: The transaction of the actor.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._logins = LoginRepository(transaction)
        self._credentials = self._logins.credentials
        self._contacts = ContactRepository(transaction)

    def get(self, login: PortalLogin | str) -> PortalLogin:
        """Return a login.

        Args:
            login: The login, or its id.

        Raises:
            NotFound: there is no such login, or the actor may not see its person. Portal users see only their own.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        ...     jane = session.people.add(bois, "jane@bois.fr")
        ...     login = session.portal.invite(jane, password="correct horse battery", send=False).login
        ...     session.portal.get(login.id).email.text
        'jane@bois.fr'
        """
        actor, id = self._transaction.actor, id_of(login)
        (stored,) = self._logins.stored([id])
        if isinstance(actor, PortalUser):
            is_seen = actor.login_id == id
        else:
            # A person is looked up for a missing login too, so that it costs the same as a hidden one.
            is_seen = self._contacts.may_be_seen(NOBODY if stored is None else stored.owner)
        if stored is None or not is_seen:
            raise NotFound("login", id)
        return self._logins.loaded(stored).entity

    def of(self, person: Person | Affiliation | str) -> PortalLogin | None:
        """Return the login of a person that is not closed, or None.

        Args:
            person: The person, one of their affiliations, or the id of the person.

        Raises:
            NotFound: there is no such person, or the actor may not see them.
            Invalid: `not-a-person`.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        ...     jane = session.people.add(bois, "jane@bois.fr")
        ...     login = session.portal.invite(jane, password="correct horse battery", send=False).login
        ...     session.portal.of(jane.person).email.text
        'jane@bois.fr'
        """
        id = person.person_id if isinstance(person, Affiliation) else id_of(person)
        actor = self._transaction.actor
        if isinstance(actor, PortalUser):
            own = self._logins.read(actor.login_id)
            if own.person_id != id:
                raise NotFound("contact", id)
            return own
        found = self._contacts.get(id)
        if not isinstance(found, Person):
            raise Invalid("not-a-person", "Only a person can have a login.", path="person", value=found.id)
        return next(iter(self._logins.of_people([found.id])), None)

    def logins(self, contact: Contact | str) -> tuple[PortalLogin, ...]:
        """Return the logins of the contact persons of a contact that the actor sees, by seniority.

        The own login of a client who is a person comes first (PER-7).

        Args:
            contact: The contact, or its id.

        Raises:
            NotFound: there is no such contact, or the actor may not see it.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        ...     jane = session.people.add(bois, "jane@bois.fr")
        ...     login = session.portal.invite(jane, password="correct horse battery", send=False).login
        ...     [one.email.text for one in session.portal.logins(bois)]
        ['jane@bois.fr']
        """
        people = dict.fromkeys(one.person_id for one in self._standing_for(contact))
        return self._logins.of_people(tuple(people))

    def openings(self, contact: Contact | str) -> tuple[Opening, ...]:
        """Return the logins of the contact persons of a contact, each with whether it opens the contact (POR-9).

        Staff see here who may enter, and which logins wait for a confirmation by `invite`.

        Args:
            contact: The contact, or its id.

        Raises:
            NotFound: there is no such contact, or the actor may not see it.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     client = session.contacts.add(Company("Bois & Fils"))
        ...     login = session.portal.invite(session.people.add(client, "jane@bois.fr"), send=False).login
        ...     [(str(one.login.email), one.made_by, one.is_open) for one in session.portal.openings(client)]
        [('jane@bois.fr', 'amelie', True)]
        """
        seen = self._standing_for(contact)
        logins = {one.person_id: one for one in self._logins.of_people([one.person_id for one in seen])}
        found = []
        for one in seen:
            login = logins.get(one.person_id)
            credential = None if login is None else self._credentials.read(login.id)
            if login is not None and credential is not None:
                is_open = (one.id or one.person_id) in credential.opened
                found.append(Opening(login, one.id, is_open, credential.made_by))
        return tuple(found)

    def clients(self, login: PortalLogin | str) -> tuple[PortalClient, ...]:
        """Return the clients that a login may choose today, ordered by name.

        Clients that the actor does not see are left out. Portal users see all clients of their own login.

        Args:
            login: The login, or its id.

        Raises:
            NotFound: as `get`.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        ...     jane = session.people.add(bois, "jane@bois.fr")
        ...     login = session.portal.invite(jane, password="correct horse battery", send=False).login
        ...     [one.name for one in session.portal.clients(login)]
        ['Bois & Fils']
        """
        found = self.get(login)
        return self._logins.clients_of([id for id in self._usable_affiliations(found) if self._may_know(id)])

    def choose(self, login: PortalLogin | str, client: Contact | PortalClient | str) -> PortalUser:
        """Return the actor for a login that acts for one of its clients (POR-1).

        Args:
            login: The login, or its id.
            client: The client, or its id.

        Raises:
            NotFound: as `get`; the login may not choose this client, or the actor does not see it.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        ...     jane = session.people.add(bois, "jane@bois.fr")
        ...     login = session.portal.invite(jane, password="correct horse battery", send=False).login
        ...     user = session.portal.choose(login, bois)
        ...     user.client_id == bois.id, user.epoch == login.epoch
        (True, True)
        """
        found, id = self.get(login), id_of(client)
        if id not in self._usable_affiliations(found) or not self._may_know(id):
            raise NotFound("client", id)
        return PortalUser(found.id, id, found.epoch)

    def menu(self, login: PortalLogin | str, client: Contact | PortalClient | str) -> tuple[PortalModule, ...]:
        """Return the modules that a login sees for a client, in the order of the settings (POR-6).

        The menu is empty if the login may not choose the client.

        Args:
            login: The login, or its id.
            client: The client, or its id.

        Raises:
            NotFound: the actor may not see the login or the client.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("root", admin=True)) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        ...     jane = session.people.add(bois, "jane@bois.fr")
        ...     session.settings.set_default_permissions(["invoices"])
        ...     login = session.portal.invite(jane, send=False).login
        ...     [module.slug for module in session.portal.menu(login, bois)]
        ['invoices']
        """
        return self._menu(login, client)[0]

    def may_see(self, login: PortalLogin | str, client: Contact | PortalClient | str, module: str) -> ModuleAnswer:
        """Decide whether a login may use a module for a client: only if `menu` contains the module (POR-6).

        Args:
            login: The login, or its id.
            client: The client, or its id.
            module: The slug of the module, such as `"invoices"`.

        Returns:
            The decision with its reason; it is true if the login may use the module.

        Raises:
            NotFound: the actor may not see the login or the client.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        ...     jane = session.people.add(bois, "jane@bois.fr")
        ...     login = session.portal.invite(jane, password="correct horse battery", send=False).login
        ...     answer = session.portal.may_see(login, bois, "invoices")
        ...     answer.allowed, answer.reason
        (False, 'no-permission')
        """
        shown, is_open = self._menu(login, client)
        answer = decide_module(module, shown, self._transaction.settings.modules, is_open=is_open)
        if isinstance(self._transaction.actor, PortalUser) and answer.reason == "module-unknown":
            # A module without permission is invisible, so the answers about it and about an unknown one are the same.
            return ModuleAnswer(allowed=False, reason="no-permission")
        return answer

    def _standing_for(self, contact: Contact | str) -> list[Affiliation]:
        """The affiliations of a contact that the actor sees, by seniority; a client who is a person stands first."""
        client = self._contacts.get(contact)
        seen = [one.entity for one in AffiliationRepository(self._transaction).seen_of_contact(client.id)]
        own = [Affiliation.of_themself(client)] if isinstance(client, Person) else []
        if isinstance(self._transaction.actor, PortalUser):
            own = []
        return [*own, *sorted(seen, key=lambda one: one.seniority)]

    def _menu(
        self, login: PortalLogin | str, client: Contact | PortalClient | str
    ) -> tuple[tuple[PortalModule, ...], bool]:
        found, id = self.get(login), id_of(client)
        usable = self._usable_affiliations(found)
        if not self._may_know(id) or (isinstance(self._transaction.actor, PortalUser) and id not in usable):
            raise NotFound("client", id)
        settings = self._transaction.settings
        return menu(settings.modules, usable.get(id, ()), settings.default_permissions), id in usable

    def _usable_affiliations(self, login: PortalLogin) -> dict[str, list[Affiliation]]:
        credential = self._credentials.read(login.id)
        return {} if credential is None else self._logins.usable_affiliations(login, credential.opened)

    def _may_know(self, client_id: str) -> bool:
        """Whether the actor may know that this client exists."""
        if isinstance(self._transaction.actor, PortalUser):
            return True
        return self._contacts.may_be_seen(client_id)
