"""The portal: logins of contact persons, what each shows, and the letters that belong to them (POR-1 to POR-6)."""

from __future__ import annotations

from hmac import compare_digest

import attrs

from contactcore.errors import Forbidden, Invalid, NotFound
from contactcore.mapping.portal import NOBODY, token_key
from contactcore.model import Affiliation, Contact, Person, PortalUser
from contactcore.model.portal import Invitation, PortalClient, PortalLogin, SignIn
from contactcore.model.settings import PortalModule
from contactcore.rules.access import may_change
from contactcore.rules.portal import ModuleAnswer, decide_module, menu
from contactcore.values import EmailAddress
from contactcore.workspace.kernel.arguments import check_arguments
from contactcore.workspace.kernel.ids import timestamp
from contactcore.workspace.kernel.passwords import token_digest
from contactcore.workspace.kernel.transaction import Transaction, id_of
from contactcore.workspace.portal import invitations, signing_in
from contactcore.workspace.repositories.affiliations import AffiliationRepository
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.logins import LoginRepository

__all__ = ["Portal"]


@check_arguments(exclude=("authenticate", "change_password", "request_password", "set_password"))
class Portal:
    """The portal as one actor sees it.

    A login belongs to its person: whoever sees the person sees that there is one. Through which clients it leads, is
    told of those only that the actor sees (ACC-3).

    Users of the host invite, suspend, reopen and close: whoever may change a client for which the person acts. The
    login page asks `authenticate`, `request_password` and `set_password`; these ask for proof instead of rights, so any
    actor of the host may open their session.

    >>> from contactcore import Company, User, Workspace
    >>> from contactcore_memory import MemoryStorage
    >>> workspace = Workspace(MemoryStorage(), name="acme")
    >>> with workspace.write(User("amelie")) as session:
    ...     client = session.contacts.add(Company("Bois & Fils"))
    ...     jane = session.people.add(client, Person("Jane", "Doe", emails=["jane@bois.fr"]), permissions=["invoices"])
    ...     invitation = session.portal.invite(jane)
    ...     login = session.portal.set_password(invitation.token, "correct horse")
    ...     session.portal.request_password("jane@bois.fr")  # says nothing, here as for a name that nobody has
    ...     entered = session.portal.authenticate("JANE@bois.fr", "correct horse")
    ...     visitor = session.portal.choose(login, entered.clients[0])
    ...     [one.name for one in session.portal.clients(login)], session.portal.of(jane) == entered.login
    (['Bois & Fils'], True)
    >>> with workspace.write(visitor) as session:
    ...     [module.name for module in session.portal.menu(login, client)]
    ...     session.portal.may_see(login, client, "projects").reason
    ...     session.portal.change_password("correct horse", "battery staple").reason
    ['Invoices']
    'no-permission'
    'ok'
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._logins = LoginRepository(transaction)
        self._credentials = self._logins.credentials
        self._contacts = ContactRepository(transaction)

    def invite(
        self,
        whom: Affiliation | Person | str,
        email: EmailAddress | str | None = None,
        password: str | None = None,
        *,
        send: bool = True,
    ) -> Invitation:
        """Give a contact person a login, or a new link to who has one (POR-1 to POR-4).

        A new login opens every client for which the person acts, now or later, but those that the actor could not
        change when it was made: for these, somebody who may invites the person again.

        Args:
            whom: The affiliation, the person, or the id of either.
            email: The login name; by default the work address there, else the person's preferred one.
            password: Typed by the actor; never mailed. Without it the person chooses one by the link.
            send: False for no welcome letter; it is not sent either when its template is off in the settings.

        Returns:
            The login, with the token and link of a new one, if a letter goes out or there is no password yet, so that
            the host can hand the link over itself. The link to a login that was there before goes to its owner by
            letter; only an admin is told it, since it opens what others have granted.

        Raises:
            NotFound, Forbidden: as `people.save`.
            Duplicate: another login has the e-mail address; whose it is, is not told.
            Invalid: all that is wrong with address and password; `email-missing`, `affiliation-ended`, `login-exists`
                when somebody who has a login is given another address or a password, `login-suspended`.
        """
        transaction = self._transaction
        person, affiliation = invitations.invited(transaction, whom)
        self._contacts.lock_any(person.id)
        existing = next(iter(self._logins.of_people([person.id])), None)
        if existing is not None:
            login = existing
            invitations.invite_again(transaction, login, email, password)
        else:
            login = invitations.create_login(transaction, person, affiliation, email, password)
        withheld = self._credentials.lock_any(login.id).entity.withheld
        self._contacts.open_to_portal(self._logins.prospects(login, withheld))
        mailed = send and "welcome" not in transaction.settings.templates_off
        told = transaction.actor.admin if existing is not None else not login.has_password
        if not mailed and not told:
            return Invitation(login)
        made = invitations.make_link(transaction, login, "welcome" if mailed else "")
        if existing is not None and not told:
            return attrs.evolve(made, token="", link="")
        return made

    def request_password(self, email: EmailAddress | str) -> None:
        """Send a set-password link to who has this login name (POR-4).

        The answer is the same for names that nobody has. Nothing is sent to a login that is suspended or has no client,
        nor when the template is off in the settings.

        Args:
            email: The login name.

        Raises:
            Forbidden: `read-only-session`.
        """
        transaction = self._transaction
        transaction.require_writing()
        attempt = signing_in.look_up(transaction, email)
        if self._credentials.read(attempt.login_id) is None:
            return
        credential = self._credentials.lock_any(attempt.login_id).entity
        known = None if attempt.login_id == NOBODY else self._logins.read(attempt.login_id)
        wanted = "set-password" not in transaction.settings.templates_off
        if known is None or not wanted or not self._logins.through(known, credential.withheld):
            invitations.pretend_link(transaction, credential)
            return
        invitations.make_link(transaction, known, "set-password")

    def set_password(self, token: str, new_password: str) -> PortalLogin:
        """Set a password by a link; the link is used up, other links and a lock end (POR-4).

        Args:
            token: Of the link.
            new_password: As it was typed.

        Raises:
            Invalid: `token-invalid` for every token that is unknown, used, replaced, too old or withdrawn; and what is
                wrong with the password, as `Passwords.check`: then the token stays alive.
        """
        transaction = self._transaction
        digest = token_digest(token)
        (holder,) = transaction.reader.holders([token_key(digest)])
        credential = None if holder is None else self._credentials.lock_any(holder[1]).entity
        now = timestamp(transaction.now)
        is_alive = credential is not None and compare_digest(credential.token_hash, digest)
        if credential is None or not is_alive or now >= credential.token_expires:
            raise Invalid("token-invalid", "This link is not valid any more: ask for a new one.", path="token")
        checked = transaction.passwords.check(new_password, "new_password")
        return invitations.replace_password(transaction, credential, checked)

    def change_password(self, current: str, new_password: str) -> SignIn:
        """Change one's own password; all that a portal user may write.

        Args:
            current: The password that holds now, as it was typed.
            new_password: The one to hold from now on.

        Returns:
            Refused where `current` is wrong; such attempts are counted like those of `authenticate`.

        Raises:
            Forbidden: `portal-only` for who is no portal user.
            Invalid: what is wrong with the new password.
        """
        transaction = self._transaction
        actor = transaction.actor
        if not isinstance(actor, PortalUser):
            raise Forbidden("Only a portal user has a password to change; invite sends a new link.", "portal-only")
        normal = transaction.passwords.check(new_password, "new_password")
        with transaction.own_password():
            attempt = signing_in.look_up_id(transaction, actor.login_id)
            right = signing_in.verify(transaction.passwords, attempt, current)
            answer = signing_in.record_attempt(transaction, attempt, current, right=right)
            if answer.login is None:
                return answer
            locked = self._credentials.lock_any(actor.login_id).entity
            login = invitations.replace_password(transaction, locked, normal)
        return attrs.evolve(answer, login=login)

    def authenticate(self, email: EmailAddress | str, password: str) -> SignIn:
        """Whether somebody is let in, with their clients to choose from (POR-1, POR-2).

        After several wrong passwords in a row a login is locked for a while that grows. Unknown, locked and closed
        logins and wrong passwords get one answer, at the same cost. `Workspace.sign_in` does the same without holding
        the storage while the password is verified.

        Args:
            email: The login name.
            password: As it was typed.

        Raises:
            Forbidden: `read-only-session`: the attempt must be counted.
        """
        transaction = self._transaction
        transaction.require_writing()
        attempt = signing_in.look_up(transaction, email)
        right = signing_in.verify(transaction.passwords, attempt, password)
        return signing_in.record_attempt(transaction, attempt, password, right=right)

    def suspend(self, login: PortalLogin | str) -> PortalLogin:
        """Let nobody in by this login until it is reopened; its link dies.

        Raises:
            NotFound: there is none, or the actor does not see its person.
            Forbidden: `read-only`.
            Invalid: `login-closed`.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     client = session.contacts.add(Company("Bois & Fils"))
        ...     login = session.portal.invite(session.people.add(client, "jane@bois.fr")).login
        ...     session.portal.suspend(login).state, session.portal.reopen(login).state
        ...     session.portal.close(login).state, session.portal.logins(client)
        ('suspended', 'active')
        ('closed', ())
        """
        held = self._held(login)
        if held.state == "suspended":
            return held
        invitations.kill_link(self._transaction, held)
        return self._logins.save(attrs.evolve(held, state="suspended"), "suspended")

    def reopen(self, login: PortalLogin | str) -> PortalLogin:
        """Let a suspended login in again, with the password that it had.

        Raises:
            NotFound, Forbidden, Invalid: as `suspend`.
        """
        held = self._held(login)
        if held.state == "active":
            return held
        return self._logins.save(attrs.evolve(held, state="active"), "reopened")

    def close(self, login: PortalLogin | str) -> PortalLogin:
        """End a login for good: its secrets are removed, and its e-mail address and its person may have a new one.

        Raises:
            NotFound, Forbidden: as `suspend`.
        """
        held = self._held(login, closed=True)
        if held.state == "closed":
            return held
        invitations.kill_link(self._transaction, held)
        secrets = self._credentials.lock_any(held.id)
        self._credentials.remove(secrets.entity, secrets.stored, event="")
        return self._logins.save(attrs.evolve(held, state="closed", has_password=False), "closed")

    def get(self, login: PortalLogin | str) -> PortalLogin:
        """The login with this id.

        Raises:
            NotFound: there is none, or the actor does not see its person; a portal user sees the own one only.
        """
        transaction = self._transaction
        found = self._logins.read(id_of(login))
        if isinstance(transaction.actor, PortalUser):
            if transaction.actor.login_id != found.id:
                raise NotFound("login", found.id)
            return found
        try:
            self._contacts.seen(found.person_id)
        except NotFound:
            raise NotFound("login", found.id) from None
        return found

    def of(self, person: Person | Affiliation | str) -> PortalLogin | None:
        """The login of a person, or None.

        Raises:
            NotFound: there is no such person that the actor may see.
        """
        id = person.person_id if isinstance(person, Affiliation) else id_of(person)
        actor = self._transaction.actor
        if isinstance(actor, PortalUser):
            own = self._logins.read(actor.login_id)
            if own.person_id != id:
                raise NotFound("contact", id)
            return own
        return next(iter(self._logins.of_people([self._contacts.seen(id).id])), None)

    def logins(self, contact: Contact | str) -> tuple[PortalLogin, ...]:
        """The logins of the contact persons of a contact that the actor sees, by how long they stand.

        Raises:
            NotFound: there is no such contact that the actor may see.
        """
        client = self._contacts.seen(contact)
        seen = [one.entity for one in AffiliationRepository(self._transaction).seen_of_contact(client.id)]
        people = dict.fromkeys(one.person_id for one in sorted(seen, key=lambda one: one.seniority))
        return self._logins.of_people(tuple(people))

    def clients(self, login: PortalLogin | str) -> tuple[PortalClient, ...]:
        """The clients that a login may choose today, as far as the actor sees them, by name; a portal user sees all.

        Raises:
            NotFound: as `get`.
        """
        found = self.get(login)
        return self._logins.clients_of([id for id in self._through(found) if self._is_told(id)])

    def choose(self, login: PortalLogin | str, client: Contact | PortalClient | str) -> PortalUser:
        """The actor who is logged in and acts for this client: one login may have several.

        Raises:
            NotFound: there is no such login; or it may not choose this client, or the actor does not see it.
        """
        found, id = self.get(login), id_of(client)
        if id not in self._through(found) or not self._is_told(id):
            raise NotFound("client", id)
        return PortalUser(found.id, id)

    def menu(self, login: PortalLogin | str, client: Contact | PortalClient | str) -> tuple[PortalModule, ...]:
        """The modules that are visible to a login that acts for a client, in the order of the settings (POR-6).

        None for a login that may not choose the client.

        Args:
            login: The login, or its id.
            client: The client, or its id.

        Raises:
            NotFound: the actor does not see the login or the client.
        """
        return self._menu(login, client)[0]

    def may_see(self, login: PortalLogin | str, client: Contact | PortalClient | str, module: str) -> ModuleAnswer:
        """Whether a login may use a module for a client: if and only if `menu` lists it (POR-6).

        Args:
            login, client: As for `menu`.
            module: Its slug, such as `"invoices"`.

        Raises:
            NotFound: the actor does not see the login or the client.
        """
        shown, is_open = self._menu(login, client)
        return decide_module(module, shown, self._transaction.settings.modules, is_open=is_open)

    def _menu(
        self, login: PortalLogin | str, client: Contact | PortalClient | str
    ) -> tuple[tuple[PortalModule, ...], bool]:
        found, id = self.get(login), id_of(client)
        joined = self._through(found)
        if not self._is_told(id) or (isinstance(self._transaction.actor, PortalUser) and id not in joined):
            raise NotFound("client", id)
        settings = self._transaction.settings
        return menu(settings.modules, joined.get(id, ()), settings.default_permissions), id in joined

    def _through(self, login: PortalLogin) -> dict[str, list[Affiliation]]:
        credential = self._credentials.read(login.id)
        return {} if credential is None else self._logins.through(login, credential.withheld)

    def _is_told(self, client_id: str) -> bool:
        """Whether the actor may know that this client exists."""
        if isinstance(self._transaction.actor, PortalUser):
            return True
        return self._contacts.may_be_seen(client_id)

    def _held(self, login: PortalLogin | str, *, closed: bool = False) -> PortalLogin:
        """A login that the actor may change, held until the transaction ends."""
        transaction = self._transaction
        found = self.get(login)
        if isinstance(transaction.actor, PortalUser):
            raise Forbidden("Portal users change nothing but their own password.", "portal-reads-only")
        joined = AffiliationRepository(transaction).of_person(found.person_id)
        reached = self._contacts.get_many((found.person_id, *(one.entity.contact_id for one in joined))).values()
        if not any(may_change(transaction.actor, one.access) for one in reached):
            transaction.check_change(self._contacts.seen(found.person_id).access)
        # The secrets are locked before the login changes, so that it cannot change while somebody signs in.
        if found.state != "closed":
            self._credentials.lock_any(found.id)
        current = self._logins.read(found.id)
        if current.state == "closed" and not closed:
            raise Invalid("login-closed", "This login was closed: invite the person again.", path="login")
        return current
