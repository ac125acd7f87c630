"""The portal: logins of contact persons, their modules, and their letters (POR-1 to POR-6)."""

from __future__ import annotations

from hmac import compare_digest
from typing import Annotated

import attrs

from contactcore.errors import Forbidden, Invalid
from contactcore.mapping.portal import NOBODY, token_key
from contactcore.model import Affiliation, Person, PortalUser
from contactcore.model.portal import Invitation, PortalLogin, Profile, SignedIn, SignInRefused
from contactcore.rules.access import may_change
from contactcore.rules.authorities import may as decide_authority
from contactcore.rules.limits import EMAILS_BY_LOGIN, REQUESTS_BY_NAME, REQUESTS_BY_SOURCE
from contactcore.rules.portal import menu
from contactcore.values import EmailAddress
from contactcore.workspace.kernel.arguments import AS_CURRENT, AS_STORED, check_arguments
from contactcore.workspace.kernel.ids import timestamp
from contactcore.workspace.kernel.passwords import token_digest
from contactcore.workspace.portal import email_changes, invitations, signing_in
from contactcore.workspace.portal.views import PortalViews
from contactcore.workspace.repositories.affiliations import AffiliationRepository
from contactcore.workspace.repositories.counters import count, is_exhausted
from contactcore.workspace.repositories.logins import check_portal_access, with_next_epoch

__all__ = ["Portal"]


@check_arguments(
    exclude=("authenticate", "change_password", "confirm_email", "request_email", "request_password", "set_password")
)
class Portal(PortalViews):
    """The portal, as one actor sees it (POR-1 to POR-6).

    A login belongs to a person. Actors who see the person see the login. Of the clients that the login may use, they
    see only those that are visible to them (ACC-3).

    Users of the application call `invite`, `suspend`, `reopen` and `close`. They need the right to change a client for
    which the person acts. The login page calls `authenticate`, `request_password`, `set_password` and `confirm_email`.
    These methods check a password or a token in place of rights, so any actor of the application may open their
    session. A portal user changes nothing but the own password and login name (`request_email`); other changes are
    refused with `portal-reads-only`.

    >>> from contactcore import Company, Person, User, Workspace
    >>> from contactcore_memory import MemoryStorage
    >>> workspace = Workspace(MemoryStorage(), name="acme")
    >>> with workspace.write(User("root", admin=True)) as session:
    ...     changed = session.settings.change(portal_link="https://portal.example.org/password?token={token}")
    >>> with workspace.write(User("amelie")) as session:
    ...     client = session.contacts.add(Company("Bois & Fils"))
    ...     jane = session.people.add(client, Person("Jane", "Doe", emails=["jane@bois.fr"]), permissions=["invoices"])
    ...     invitation = session.portal.invite(jane)
    ...     login = session.portal.set_password(invitation.token, "correct horse")
    ...     session.portal.request_password("jane@bois.fr")  # answers nothing, as for an unknown name
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

    def invite(
        self,
        whom: Annotated[Affiliation | Person | str, AS_CURRENT],
        email: EmailAddress | str | None = None,
        password: str | None = None,
        *,
        send: bool = True,
    ) -> Invitation:
        """Give a contact person a login, or a person with a login a new link (POR-1 to POR-4).

        A login opens the clients of its person that the actor may change. Clients for which the person acts later are
        opened if the user who made the login may change them then. For all other clients, a user who may change them
        confirms the login by another invitation; `openings` shows which logins wait for that (POR-9).

        A login without a password follows its address. If staff correct the address of the affiliation or the person,
        the link becomes invalid, its letter is withdrawn, and the next invitation goes to the corrected address.

        A person who is listed and invited without an affiliation stands for themself as a client (PER-7).

        Args:
            whom: The affiliation, the person, or the id of either.
            email: The login name; by default the work address of the affiliation, else the person's first address. A
                login without a password moves to this address.
            password: A password that the actor chose; it is never mailed. By default the person sets one by the link.
            send: Whether to send a welcome letter; True by default. No letter is sent if an admin has switched the
                template off.

        Returns:
            The login. For a new login it contains the token and the link if a letter is sent or no password is set, so
            that the application can hand over the link itself. The link for an existing login goes to its owner by
            letter. Only an admin gets it here, because it gives access to clients that other users granted.

        Raises:
            NotFound: the actor may not see the affiliation or the person, or there is none.
            Forbidden: `read-only` if the actor may not change the client, or the person without an affiliation;
                `too-many-attempts` after 20 names within an hour that were taken.
            Duplicate: the e-mail address is the name of another login. The error does not reveal its owner.
            Invalid: `portal-link-missing` if a letter is to be sent and the settings have no `portal_link`; the
                problems of the address and the password, all at once; `not-a-person`; `email-missing`;
                `affiliation-ended`; `login-exists` if a person with a login is given a password, or a login with a
                password is given another address, or an admin sends a link to an address that the person has no more;
                `login-suspended`.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        ...     jane = session.people.add(bois, "jane@bois.fr")
        ...     invitation = session.portal.invite(jane, send=False)
        ...     invitation.login.email.text, bool(invitation.token), invitation.sent
        ('jane@bois.fr', True, False)
        """
        transaction = self._transaction
        transaction.require_writing()
        self._logins.check_attempts()
        person, affiliation = invitations.lock_invited(transaction, whom)
        if send:
            invitations.check_portal_link(transaction, "welcome")
        self._contacts.lock_any(person.id)
        existing = next(iter(self._logins.of_people([person.id])), None)
        if existing is not None:
            login = invitations.invite_again(transaction, existing, person, affiliation, email, password)
        else:
            login = invitations.create_login(transaction, person, affiliation, email, password)
        if existing is not None and login.has_password and not self._logins.is_at_its_address(login):
            if not send:
                return Invitation(login)
            # Other users may not know that the address was left at a client that is hidden from them.
            if transaction.actor.admin:
                message = "This login name is an address that the person has no more: close the login first."
                raise Invalid("login-exists", message, path="email")
        mailed = send and "welcome" not in transaction.settings.templates_off
        # The link to an existing login gives access to clients that other users granted.
        token_shown = transaction.actor.admin if existing is not None else not login.has_password
        if not mailed and not token_shown:
            return Invitation(login)
        made = invitations.make_link(transaction, login, "welcome" if mailed else "")
        if existing is not None and not token_shown:
            return attrs.evolve(made, token="", link="")
        return made

    def request_password(self, email: EmailAddress | str, *, source: str = "") -> None:
        """Send a link for setting a password to the owner of a login name (POR-4).

        The method returns nothing, for known and unknown names alike, at the same cost. No letter is sent if the login
        is suspended or no client can be chosen, if an admin has switched the template off, if a link was mailed in the
        last 5 minutes, or after 5 requests for the name or 30 from the source within an hour (POR-10).

        Args:
            email: The login name.
            source: The address of the caller; `""` (the default) for no limit by source.

        Raises:
            Forbidden: `read-only-session`.
            Invalid: `portal-link-missing` if the settings have no `portal_link`; `text-type` if the source is not text.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("root", admin=True)) as session:
        ...     changed = session.settings.change(portal_link="https://portal.example.org/password?token={token}")
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        ...     jane = session.people.add(bois, "jane@bois.fr")
        ...     login = session.portal.invite(jane, password="correct horse battery", send=False).login
        ...     session.portal.request_password("jane@bois.fr")
        ...     [message.template for message in session.outbox.list().items]
        ['set-password']
        """
        transaction = self._transaction
        transaction.require_writing()
        invitations.check_portal_link(transaction, "set-password")
        address = signing_in.read_source(source)
        limited = [(REQUESTS_BY_NAME, _folded_name(email)), (REQUESTS_BY_SOURCE, address)]
        if any(is_exhausted(transaction, limit, subject) for limit, subject in limited):
            return
        for limit, subject in limited:
            count(transaction, limit, subject)
        attempt = signing_in.look_up(transaction, email)
        if self._credentials.read(attempt.login_id) is None:
            return
        credential = self._credentials.lock_any(attempt.login_id).entity
        (stored,) = self._logins.stored([attempt.login_id])
        known = None if stored is None else self._logins.loaded(stored).entity
        wanted = "set-password" not in transaction.settings.templates_off
        # Unknown names and suspended logins are looked up in the same way, so that they cost the same.
        login = known or PortalLogin(id=NOBODY, email="nobody@example.org", person_id=NOBODY, has_password=True)
        clients = self._logins.usable_affiliations(attrs.evolve(login, state="active"), credential.opened)
        is_right = self._logins.is_at_its_address(login) and login.state == "active"
        refused = not (wanted and clients and is_right)
        if known is None or refused or invitations.was_just_mailed(transaction, credential):
            invitations.simulate_link(transaction, credential)
            return
        invitations.make_link(transaction, known, "set-password")

    def set_password(self, token: str, new_password: str) -> PortalLogin:
        """Set a password with the token of a link (POR-4).

        The token is used up, other links become invalid, and a lock after wrong passwords ends. Running sessions of the
        login end (POR-10).

        Args:
            token: The token of the link.
            new_password: The new password as it was typed, 8 to 1,000 characters.

        Returns:
            The login.

        Raises:
            Invalid: `token-invalid` for each token that is unknown, used, replaced, expired or revoked; and the
                problems of the password (see `Passwords.choose`), after which the token stays valid.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        ...     jane = session.people.add(bois, "jane@bois.fr")
        ...     token = session.portal.invite(jane, send=False).token
        ...     session.portal.set_password(token, "correct horse battery").has_password
        True
        """
        transaction = self._transaction
        digest = token_digest(token)
        (holder,) = transaction.reader.holders([token_key(digest)])
        credential = None if holder is None else self._credentials.lock_any(holder[1]).entity
        now = timestamp(transaction.now)
        login = None
        if credential is not None and compare_digest(credential.token_hash, digest):
            login = self._logins.read(credential.login_id)
        is_alive = login is not None and self._logins.is_at_its_address(login)
        if credential is None or login is None or not is_alive or now >= credential.token_expires:
            raise Invalid("token-invalid", "This link is not valid any more: ask for a new one.", path="token")
        checked = transaction.passwords.choose(new_password, str(login.email), "new_password")
        return invitations.replace_password(transaction, credential, checked)

    def change_password(self, current: str, new_password: str) -> SignedIn | SignInRefused:
        """Change the actor's own password; a portal user can write nothing else.

        Args:
            current: The current password as it was typed.
            new_password: The new password as it was typed, 8 to 1,000 characters.

        Returns:
            The result, which is true if the password was changed. A wrong `current` counts like a wrong password in
            `authenticate`. All running sessions of the login end, the actor's own one included: `choose` gives the
            actor for a new one (POR-10).

        Raises:
            Forbidden: `portal-only` if the actor is not a portal user; `read-only-session`.
            Invalid: the problems of the new password (see `Passwords.choose`).
        """
        transaction = self._transaction
        actor = transaction.actor
        if not isinstance(actor, PortalUser):
            raise Forbidden("Only a portal user has a password to change; invite sends a new link.", "portal-only")
        transaction.passwords.check(new_password, "new_password")
        with transaction.own_login():
            answer = self._verified(actor, current)
            if answer.login is None:
                return answer
            normal = transaction.passwords.choose(new_password, str(answer.login.email), "new_password")
            locked = self._credentials.lock_any(actor.login_id).entity
            login = invitations.replace_password(transaction, locked, normal)
        return attrs.evolve(answer, login=login)

    def request_email(
        self, new_email: EmailAddress | str, password: str, *, source: str = ""
    ) -> SignedIn | SignInRefused:
        """Ask for another address as the actor's own login name; nothing changes before it is confirmed (POR-9).

        A letter with a link for `confirm_email` goes to the new address, and a notice without a link to the present
        one. The link works once within 48 hours. Another request replaces it. A new password, a suspension, and any
        change of the person or their affiliations end it.

        The answer, the letters and the cost are the same whether another login has the address or not.

        Args:
            new_email: The new address.
            password: The current password as it was typed.
            source: The address of the caller; `""` (the default) for no limit by source.

        Returns:
            The result, which is true if the letters are queued. A wrong password counts as in `authenticate`. After 5
            requests of the login or 30 from the source within an hour the reason is `"limited"`.

        Raises:
            Forbidden: `portal-only` if the actor is not a portal user; `read-only-session`; `email-change-off` if an
                admin has switched the letter off.
            Invalid: `portal-link-missing` if the settings have no `email_link`; `email-unchanged`; the problems of the
                address; `text-type` if the source is not text.

        >>> import re
        >>> from contactcore import Company, Person, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> workspace = Workspace(MemoryStorage(), name="acme")
        >>> with workspace.write(User("root", admin=True)) as session:
        ...     changed = session.settings.change(email_link="https://portal.example.org/address?token={token}")
        >>> with workspace.write(User("amelie")) as session:
        ...     client = session.contacts.add(Company("Bois & Fils"))
        ...     jane = session.people.add(client, Person("Jane", "Doe", emails=["jane@bois.fr"]))
        ...     login = session.portal.invite(jane, password="correct horse", send=False).login
        ...     visitor = session.portal.choose(login, client)
        >>> with workspace.write(visitor) as session:
        ...     session.portal.request_email("jane@doe.org", "correct horse").reason
        'ok'
        >>> with workspace.read(User("root", admin=True)) as session:
        ...     sorted((str(one.to), one.template) for one in session.outbox.list().items)
        ...     str(session.portal.of(jane).email)
        [('jane@bois.fr', 'email-requested'), ('jane@doe.org', 'confirm-email')]
        'jane@bois.fr'
        """
        transaction, actor = self._transaction, self._transaction.actor
        if not isinstance(actor, PortalUser):
            raise Forbidden(
                "Only a portal user has a login name to change; close the login, and invite again.", "portal-only"
            )
        address = invitations.read_email(new_email, "new_email")
        counted = signing_in.read_source(source)
        with transaction.own_login():
            transaction.require_writing()
            email_changes.check_offered(transaction)
            if address.key == self._logins.read(actor.login_id).email.key:
                raise Invalid(
                    "email-unchanged", "This is the login name already: give another address.", path="new_email"
                )
            limited = [(EMAILS_BY_LOGIN, actor.login_id), (REQUESTS_BY_SOURCE, counted)]
            if any(is_exhausted(transaction, limit, subject) for limit, subject in limited):
                return signing_in.LIMITED
            for limit, subject in limited:
                count(transaction, limit, subject)
            answer = self._verified(actor, password)
            if answer.login is not None:
                email_changes.request(transaction, answer.login, address)
        return answer

    def confirm_email(self, token: str) -> PortalLogin:
        """Change a login name to the address to which a link was mailed; `request_email` sends the link (POR-9).

        The address also takes the place of the former login name among the person's own e-mail addresses, if it is one
        of them. Work addresses of affiliations stay as they are, because they belong to the clients. Running sessions
        and all other links of the login end (POR-10).

        Args:
            token: The token of the link.

        Returns:
            The login.

        Raises:
            Invalid: `token-invalid` for each token that is unknown, used, replaced, expired or dead.
            Duplicate: another login has the address. Only the reader of its mailbox learns that. The token stays valid.
        """
        self._transaction.require_writing()
        return email_changes.confirm(self._transaction, token)

    def authenticate(self, email: EmailAddress | str, password: str, *, source: str = "") -> SignedIn | SignInRefused:
        """Check an e-mail address and a password, and sign the person in (POR-1, POR-2).

        Five wrong passwords in a row lock a login for a minute, and each further one doubles the time, up to an hour.
        Unknown, locked and closed logins and wrong passwords get the same answer after the same time. A failed attempt
        counts even if the session is rolled back, for example by an error of the application.
        `Workspace.sign_in` does the same without locking the storage during the slow verification.

        Args:
            email: The login name.
            password: The password as it was typed.
            source: The address of the caller, whose failed attempts are limited to 50 in 15 minutes (POR-10); `""` (the
                default) for no limit by source.

        Returns:
            The result, which is true if the person may enter, with the clients to choose from.

        Raises:
            Forbidden: `read-only-session`, because each attempt is counted.
            Invalid: `text-type` if the source is not text.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        ...     jane = session.people.add(bois, "jane@bois.fr")
        ...     login = session.portal.invite(jane, password="correct horse battery", send=False).login
        ...     session.portal.authenticate("JANE@bois.fr", "correct horse battery").reason
        'ok'
        """
        transaction = self._transaction
        transaction.require_writing()
        attempt = signing_in.look_up(transaction, email, source)
        if attempt.limited:
            return signing_in.LIMITED
        right = signing_in.verify(transaction.passwords, attempt, password)
        return signing_in.record_attempt(transaction, attempt, password, right=right)

    def profile(self) -> Profile:
        """Return the data of a portal user about themself: names, addresses, permissions, preferences, authorities.

        Raises:
            Forbidden: `portal-only` if the actor is not a portal user.
        """
        transaction, actor = self._transaction, self._transaction.actor
        if not isinstance(actor, PortalUser):
            raise Forbidden("Only a portal user has a profile; staff read the person.", "portal-only")
        login, settings = self._logins.read(actor.login_id), transaction.settings
        person = self._contacts.load_any(login.person_id).entity
        through = self._usable_affiliations(login).get(actor.client_id, [])
        emails = [str(one.email) for one in through if one.email] + [str(one) for one in person.emails]
        phones = [str(one.phone) for one in through if one.phone] + [str(one) for one in person.phones]
        wanted = [settings.default_notifications if one.notifications is None else one.notifications for one in through]
        sole = [one.slug for each in through for one in each.authorities if not one.joint]
        return Profile(
            login=login,
            name=person.display_name,
            given_name=getattr(person, "given_name", ""),
            family_name=getattr(person, "family_name", ""),
            emails=tuple(dict.fromkeys(emails)),
            phones=tuple(dict.fromkeys(phones)),
            position=next((one.position for one in through), ""),
            department=next((one.department for one in through), ""),
            permissions=tuple(one.slug for one in menu(settings.modules, through, settings.default_permissions)),
            notifications=tuple(dict.fromkeys(topic for one in wanted for topic in one.topics)),
            authorities=tuple(
                slug
                for slug in dict.fromkeys(sole)
                if decide_authority(login.person_id, slug, through, transaction.today)
            ),
        )

    def suspend(self, login: Annotated[PortalLogin | str, AS_STORED]) -> PortalLogin:
        """Suspend a login, so that nobody can sign in with it until it is reopened.

        Its link becomes invalid, and its running sessions end for good (POR-10).

        Args:
            login: The login, or its id.

        Returns:
            The suspended login.

        Raises:
            NotFound: there is no such login, or the actor may not see its person.
            Forbidden: `read-only` if the actor may change neither the person nor a client for which the person acts.
            Invalid: `login-closed`.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     client = session.contacts.add(Company("Bois & Fils"))
        ...     login = session.portal.invite(session.people.add(client, "jane@bois.fr"), send=False).login
        ...     session.portal.suspend(login).state, session.portal.reopen(login).state
        ...     session.portal.close(login).state, session.portal.logins(client)
        ('suspended', 'active')
        ('closed', ())
        """
        locked = self._lock(login)
        if locked.state == "suspended":
            return locked
        invitations.revoke_link(self._transaction, locked)
        return self._logins.save(with_next_epoch(locked, state="suspended"), "suspended")

    def reopen(self, login: Annotated[PortalLogin | str, AS_CURRENT]) -> PortalLogin:
        """Reopen a suspended login, with its former password; `suspend` has an example.

        Args:
            login: The login, or its id.

        Returns:
            The active login.

        Raises:
            NotFound, Forbidden, Invalid: as `suspend`.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        ...     jane = session.people.add(bois, "jane@bois.fr")
        ...     login = session.portal.invite(jane, password="correct horse battery", send=False).login
        ...     login = session.portal.suspend(login)
        ...     session.portal.reopen(login).state
        'active'
        """
        locked = self._lock(login)
        if locked.state == "active":
            return locked
        return self._logins.save(attrs.evolve(locked, state="active"), "reopened")

    def close(self, login: Annotated[PortalLogin | str, AS_STORED]) -> PortalLogin:
        """Close a login for good; `suspend` has an example.

        Its credential is removed. Its e-mail address is free again, and its person may get a new login.

        Args:
            login: The login, or its id.

        Returns:
            The closed login.

        Raises:
            NotFound, Forbidden: as `suspend`.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        ...     jane = session.people.add(bois, "jane@bois.fr")
        ...     login = session.portal.invite(jane, password="correct horse battery", send=False).login
        ...     session.portal.close(login).state
        'closed'
        """
        locked = self._lock(login, closed=True)
        if locked.state == "closed":
            return locked
        return self._logins.close(locked)

    def _verified(self, actor: PortalUser, password: str) -> SignedIn | SignInRefused:
        """Verify the own password of a portal user; a wrong one counts as in `authenticate`.

        Raises:
            Forbidden: `portal-refused` if the login was closed since the session began.
        """
        check_portal_access(self._transaction)
        attempt = signing_in.look_up_id(self._transaction, actor.login_id)
        right = signing_in.verify(self._transaction.passwords, attempt, password)
        return signing_in.record_attempt(self._transaction, attempt, password, right=right, enters=False)

    def _lock(self, login: PortalLogin | str, *, closed: bool = False) -> PortalLogin:
        """Return a login that the actor may change, locked until the transaction ends."""
        transaction = self._transaction
        found = self.get(login)
        if isinstance(transaction.actor, PortalUser):
            raise Forbidden("Portal users change nothing but their own password and login name.", "portal-reads-only")
        affiliations = AffiliationRepository(transaction).of_person(found.person_id)
        ids = (found.person_id, *(one.entity.contact_id for one in affiliations))
        reached = self._contacts.get_many(ids).values()
        if not any(may_change(transaction.actor, one.access) for one in reached):
            transaction.check_change(self._contacts.seen(found.person_id).access)
        # The credential is locked before the login changes, so that the login does not change during a sign-in.
        if found.state != "closed":
            self._credentials.lock_any(found.id)
        current = self._logins.read(found.id)
        if current.state == "closed" and not closed:
            raise Invalid("login-closed", "This login was closed: invite the person again.", path="login")
        return current


def _folded_name(email: object) -> str:
    """The login name for the limit of requests; `""` for values that are no text."""
    if isinstance(email, EmailAddress):
        return email.key
    try:
        return EmailAddress(email).key if isinstance(email, str) else ""
    except Invalid:
        return str(email).strip().casefold()
