"""The portal: logins of contact persons, stored apart from the contacts, and their actors (POR-1 to POR-6)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

import attrs

from contactcore.errors import Forbidden, Invalid, NotFound
from contactcore.frozen import frozen
from contactcore.model import conversion, parsing, value_conversion
from contactcore.model.contact import Contact
from contactcore.model.permissions import PermissionPreset
from contactcore.model.portal_user import PortalUser
from contactcore.values import EmailAddress
from contactcore.wording import message_of

__all__ = [
    "LOGIN_STATES",
    "Credential",
    "Invitation",
    "Opening",
    "PermissionPreset",
    "PortalClient",
    "PortalLogin",
    "PortalUser",
    "Profile",
    "SignIn",
    "SignInRefused",
    "SignedIn",
]

LOGIN_STATES = ("active", "suspended", "closed")
"""A suspended login can be reopened. A closed login cannot, and its e-mail address is free again."""

_SIGN_IN_MESSAGES = {
    "ok": "Welcome.",
    "refused": "The e-mail address or the password is wrong, or there were too many attempts: try again later.",
    "limited": "There were too many attempts from this address: try again later.",
    "suspended": "This login is suspended.",
    "no-client": "This login belongs to nobody who acts for a client today.",
}


@frozen(kw_only=True)
class PortalLogin:
    """The portal login of a contact person (POR-1); it contains neither password nor token.

    Attributes:
        id: The id that the library assigns.
        version: The number of stored versions.
        email: The login name; unique among the logins of the workspace, regardless of case and Unicode form.
        person_id: The id of the person; a person has at most one login.
        state: `"active"`, `"suspended"` or `"closed"`.
        has_password: Whether a password is set.
        epoch: A number that each new password, suspension, closing and change of the name raises. Sessions with a lower
            one are refused (POR-10).
        created, last_login: Times in UTC; `last_login` is None before the first login.

    Raises:
        Invalid: `email-empty`, `login-state`, and the codes of the fields, each with its field as path.
    """

    id: str = attrs.field(default="", converter=parsing.as_given)
    version: int = attrs.field(default=0, converter=parsing.count)
    email: EmailAddress = attrs.field(converter=value_conversion.email)
    person_id: str = attrs.field(default="", converter=parsing.as_given)
    state: str = "active"
    has_password: bool = attrs.field(default=False, converter=conversion.yes_no)
    epoch: int = attrs.field(default=0, converter=parsing.count)
    created: datetime | None = attrs.field(default=None, converter=conversion.moment)
    last_login: datetime | None = attrs.field(default=None, converter=conversion.moment)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self)
        if self.email is None:
            raise Invalid("email-empty", "A login needs an e-mail address, like name@example.org.", path="email")
        if self.state not in LOGIN_STATES:
            known = ", ".join(LOGIN_STATES)
            raise Invalid("login-state", f"A login is one of {known}.", path="state", value=self.state)


@frozen
class PortalClient:
    """A client that a login may choose.

    Attributes:
        id: The id of the contact.
        name: The display name in the workspace's language.
    """

    id: str = attrs.field(converter=parsing.as_given)
    name: str = attrs.field(converter=parsing.as_given)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self)


_read_login = parsing.converter(parsing.only(PortalLogin))
_read_open_login = parsing.one(PortalLogin, parsing.only(PortalLogin))
_read_clients = parsing.many(PortalClient, parsing.only(PortalClient))


def _login(value: PortalLogin) -> PortalLogin:
    return _read_login(value)


def _open_login(value: PortalLogin | None) -> PortalLogin | None:
    return _read_open_login(value)


def _clients(values: Iterable[PortalClient]) -> tuple[PortalClient, ...]:
    return _read_clients(values)


@frozen
class Opening:
    """Whether the login of a contact person opens a client.

    Attributes:
        login: The login.
        affiliation_id: The id of the affiliation of the person with the client; `""` if the person is the client.
        is_open: Whether the login opens the client on the days of the affiliation. If not, nobody who may change the
            client made or confirmed the login; `invite` confirms it.
        made_by: The name of the user to whom the login owes its address.
    """

    login: PortalLogin = attrs.field(converter=_login)
    affiliation_id: str = attrs.field(converter=parsing.as_given)
    is_open: bool = attrs.field(converter=conversion.yes_no)
    made_by: str = attrs.field(default="", converter=parsing.as_given)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self)


@frozen(kw_only=True)
class Profile:
    """The data of a portal user about themself, for one client (POR-8).

    Attributes:
        login: The own login.
        name: The display name.
        given_name, family_name: The names.
        emails, phones: The own addresses and numbers, and those at the client first.
        position, department: The role at the client; `""` if the person is the client.
        permissions: The slugs of the modules in the menu.
        notifications: The slugs of the topics that the person gets by mail.
        authorities: The slugs of the acts that the person may do alone for the client today. A client who is a person
            has all of them, and none is listed.
    """

    login: PortalLogin = attrs.field(converter=_login)
    name: str
    given_name: str = ""
    family_name: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    position: str = ""
    department: str = ""
    permissions: tuple[str, ...] = ()
    notifications: tuple[str, ...] = ()
    authorities: tuple[str, ...] = ()


@frozen
class SignIn:
    """The result of an attempt to sign in; it is true if the attempt succeeds.

    The result is a value and not an error, because an error would roll back the transaction that counts the attempt.
    It is a `SignedIn` or a `SignInRefused`, so that a type checker knows the login behind `if result:`.

    Attributes:
        reason: `"ok"`, `"refused"`, `"limited"`, `"suspended"` or `"no-client"`. Unknown logins, wrong passwords,
            locked and closed logins all give `"refused"`. After too many failed attempts a source gets `"limited"` for
            every login and password. The last two reasons are given only for the right password.
        login: The login; None if the attempt failed.
        clients: The clients to choose from, ordered by name; at least one if the attempt succeeds.

    >>> bool(SignIn("refused"))
    False
    >>> login, bois = PortalLogin(id="7", email="jane@bois.fr", epoch=2), PortalClient("9", "Bois & Fils")
    >>> SignIn("ok", login, [bois]).actor(bois)
    PortalUser(login_id='7', client_id='9', epoch=2)
    """

    reason: str = attrs.field(converter=parsing.as_given)
    login: PortalLogin | None = attrs.field(default=None, converter=_open_login)
    clients: tuple[PortalClient, ...] = attrs.field(default=(), converter=_clients)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self)

    @property
    def allowed(self) -> bool:
        """Whether the attempt succeeds."""
        return self.reason == "ok"

    @property
    def message(self) -> str:
        """The reason as an English sentence."""
        return _SIGN_IN_MESSAGES[self.reason]

    def __bool__(self) -> bool:
        return self.allowed

    def actor(self, client: Contact | PortalClient | str) -> PortalUser:
        """Return the actor for one of the clients to choose from, with the epoch of this sign-in.

        Args:
            client: The client, or its id.

        Raises:
            Forbidden: `sign-in-failed` if the attempt failed.
            NotFound: The client is not among `clients`.
            Invalid: `id-missing` for something else than a client or its id.

        >>> login, bois = PortalLogin(id="7", email="jane@bois.fr", epoch=2), PortalClient("9", "Bois & Fils")
        >>> SignIn("ok", login, [bois]).actor("9")
        PortalUser(login_id='7', client_id='9', epoch=2)
        """
        if self.login is None:
            raise Forbidden("Nobody signed in: this attempt failed. Ask for the password again.", "sign-in-failed")
        user = PortalUser(self.login, client, self.login.epoch)
        if user.client_id not in {one.id for one in self.clients}:
            raise NotFound("client", user.client_id)
        return user

    def message_in(self, language: str) -> str:
        """The reason in a language.

        Args:
            language: A BCP 47 tag such as `"fr"` or `"pl-PL"`. A language without a catalogue gets English.
        """
        return message_of(self.reason, language, context="sign-in", default=self.message)


@frozen
class SignedIn(SignIn):
    """The result of a successful attempt to sign in, which is always true; type checkers know that it has a login.

    Attributes:
        reason: `"ok"`.
        login: The login.
        clients: The clients to choose from, ordered by name; at least one.
    """

    reason: str = attrs.field(default="ok", init=False)
    login: PortalLogin = attrs.field(converter=_login)
    clients: tuple[PortalClient, ...] = attrs.field(default=(), converter=_clients)

    def __bool__(self) -> Literal[True]:
        return True


@frozen
class SignInRefused(SignIn):
    """The result of an attempt to sign in that failed, which is always false.

    Attributes:
        reason: `"refused"`, `"limited"`, `"suspended"` or `"no-client"`, as for `SignIn`.
        login: None.
        clients: None of them.
    """

    reason: str = attrs.field(converter=parsing.as_given)
    login: None = attrs.field(default=None, init=False)
    clients: tuple[()] = attrs.field(default=(), init=False)

    def __bool__(self) -> Literal[False]:
        return False


@frozen
class Invitation:
    """A login with its new link for setting a password.

    Attributes:
        login: The login.
        token: The token for `set_password`; `""` for none. The library never returns it again.
        link: The token as a URL; `""` if the settings have no `portal_link`.
        sent: Whether a letter was queued.
        expires: The time when the token expires, in UTC; None without a token.
    """

    login: PortalLogin = attrs.field(converter=_login)
    token: str = attrs.field(default="", repr=False, converter=parsing.as_given)
    link: str = attrs.field(default="", repr=False, converter=parsing.as_given)
    sent: bool = attrs.field(default=False, converter=conversion.yes_no)
    expires: datetime | None = attrs.field(default=None, converter=conversion.moment)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self)


@frozen(kw_only=True)
class Credential:
    """The secrets of one login, in a separate record that is never read together with a contact (POR-2, POR-4).

    Attributes:
        login_id: The id of the login.
        version: The number of stored versions.
        password_hash: The Argon2id hash with its parameters; `""` before a password is set.
        token_hash: The SHA-256 hash of the only valid token, or `""`.
        token_expires: The time when the token expires, ISO 8601 in UTC.
        mailed: The time when a letter with the token was queued, ISO 8601 in UTC; `""` if the token was handed over.
        failures: The number of wrong passwords since the last right one.
        locked_until: The time until which every password is refused, ISO 8601 in UTC; `""` for not locked.
        made_by: The name of the user to whom the login owes its address.
        made_by_admin: Whether this user was an admin then.
        opened: Ids of the affiliations whose clients the login opens. The user who made the login, or somebody who
            confirmed it, could change these clients. A login must not reveal records that its maker may not see.
        follows: The id of the affiliation or the person whose e-mail address is the login name until a password is
            set; `""` for a name that was given by hand. It is kept here because the affiliation may be hidden.
        left: Whether the address that is the login name was taken away from the person or the affiliation since a
            password was set.
        new_email: The address that the owner asked for and did not confirm yet; `""` for none (POR-9).
        email_token_hash, email_token_expires: As `token_hash` and `token_expires`, for the link that confirms it.
        email_state: The state of the login and its person when the owner asked (see `LoginRepository.state_of`).
    """

    login_id: str
    version: int = 1
    password_hash: str = attrs.field(default="", repr=False)
    token_hash: str = attrs.field(default="", repr=False)
    token_expires: str = ""
    mailed: str = ""
    failures: int = 0
    locked_until: str = ""
    made_by: str = ""
    made_by_admin: bool = False
    opened: tuple[str, ...] = ()
    follows: str = ""
    left: bool = False
    new_email: str = attrs.field(default="", repr=False)
    email_token_hash: str = attrs.field(default="", repr=False)
    email_token_expires: str = ""
    email_state: str = ""
