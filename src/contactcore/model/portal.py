"""The portal: logins of contact persons, kept apart from the contacts, and who acts by them (POR-1 to POR-6)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

from contactcore.errors import Invalid
from contactcore.model import conversion, parsing
from contactcore.model.permissions import PermissionSet, permission_set
from contactcore.values import EmailAddress
from contactcore.values.texts import clean_line

__all__ = [
    "LOGIN_STATES",
    "Credential",
    "Invitation",
    "PermissionPreset",
    "PortalClient",
    "PortalLogin",
    "PortalUser",
    "SignIn",
]

LOGIN_STATES = ("active", "suspended", "closed")
"""A suspended login can be reopened. A closed one is gone for good, and its e-mail address is free again."""

_LONGEST_ID = 100

_SIGN_IN_MESSAGES = {
    "ok": "Welcome.",
    "refused": "The e-mail address or the password is wrong, or there were too many attempts: try again later.",
    "suspended": "This login is suspended.",
    "no-client": "This login belongs to nobody who acts for a client today.",
}


@attrs.frozen(kw_only=True)
class PortalLogin:
    """A contact person's way into the portal (POR-1). It holds neither password nor token.

    Attributes:
        id: Given by the library.
        version: Counts the changes from 1.
        email: The login name; unique among the logins of the workspace, whatever its case or Unicode form.
        person_id: Whose login it is; a person has one at most.
        state: `"active"`, `"suspended"` or `"closed"`.
        has_password: Whether a password was set yet.
        created, last_login: ISO 8601 in UTC; `last_login` is `""` before the first.
    """

    id: str = attrs.field(default="", converter=parsing.as_given)
    version: int = attrs.field(default=0, converter=parsing.whole_number)
    email: EmailAddress = attrs.field(converter=conversion.email)
    person_id: str = attrs.field(default="", converter=parsing.as_given)
    state: str = "active"
    has_password: bool = attrs.field(default=False, converter=conversion.yes_no)
    created: str = attrs.field(default="", converter=parsing.as_given)
    last_login: str = attrs.field(default="", converter=parsing.as_given)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self)
        if self.email is None:
            raise Invalid("email-empty", "A login needs an e-mail address, like name@example.org.", path="email")
        if self.state not in LOGIN_STATES:
            known = ", ".join(LOGIN_STATES)
            raise Invalid("login-state", f"A login is one of {known}.", path="state", value=self.state)


def _find_id(value: Any) -> str:
    found = value if isinstance(value, str) else getattr(value, "id", None)
    if not isinstance(found, str) or not clean_line(found, limit=_LONGEST_ID):
        raise Invalid("id-missing", "Give the stored login or client, or its id.", value=value)
    return clean_line(found, limit=_LONGEST_ID)


_read_id = parsing.judged(_find_id)


def _id(value: Any) -> str:
    return _read_id(value)


@attrs.frozen
class PortalUser:
    """A contact person who is logged in, acting for one client.

    A host application keeps the two ids in its web session. Each session of the library that is opened for this actor
    checks them anew: a login that was suspended or closed, or that acts for the client no more, is refused.

    Args:
        login_id: The login, or its id.
        client_id: The client that was chosen, or its id.

    Raises:
        Invalid: `id-missing`.

    >>> PortalUser("1", "2").admin
    False
    """

    login_id: str = attrs.field(converter=_id)
    client_id: str = attrs.field(converter=_id)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self)

    @property
    def name(self) -> str:
        """What events call this actor: an id, no personal data."""
        return f"portal:{self.login_id}"

    @property
    def admin(self) -> bool:
        """Never."""
        return False


@attrs.frozen
class PortalClient:
    """A client that a login may choose.

    Attributes:
        id: Of the contact.
        name: As it is shown in the workspace's language.
    """

    id: str = attrs.field(converter=parsing.as_given)
    name: str = attrs.field(converter=parsing.as_given)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self)


_read_login = parsing.judged(parsing.only(PortalLogin))
_read_open_login = parsing.one(PortalLogin, parsing.only(PortalLogin))
_read_clients = parsing.many(PortalClient, parsing.only(PortalClient))


def _login(value: PortalLogin) -> PortalLogin:
    return _read_login(value)


def _open_login(value: PortalLogin | None) -> PortalLogin | None:
    return _read_open_login(value)


def _clients(values: Iterable[PortalClient]) -> tuple[PortalClient, ...]:
    return _read_clients(values)


@attrs.frozen
class SignIn:
    """The answer to an e-mail address with a password; true where the person is let in.

    It is a value and no error, so that a refused attempt is counted: an error would undo the transaction.

    Attributes:
        reason: `"ok"`; `"refused"`: unknown, wrong, locked or closed, never told apart; and, to who knows the password,
            `"suspended"` or `"no-client"`.
        login: Who is let in; None otherwise.
        clients: The clients to choose from, by name; at least one for who is let in.

    >>> bool(SignIn("refused"))
    False
    """

    reason: str = attrs.field(converter=parsing.as_given)
    login: PortalLogin | None = attrs.field(default=None, converter=_open_login)
    clients: tuple[PortalClient, ...] = attrs.field(default=(), converter=_clients)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self)

    @property
    def allowed(self) -> bool:
        """Whether the person is let in."""
        return self.reason == "ok"

    @property
    def message(self) -> str:
        """The answer as a sentence."""
        return _SIGN_IN_MESSAGES[self.reason]

    def __bool__(self) -> bool:
        return self.allowed


@attrs.frozen
class Invitation:
    """A login with the link that was made for it.

    Attributes:
        login: The login.
        token: What `set_password` takes; `""` where none was made. This is the only time that it is told.
        link: The same as an address, if the settings have a `portal_link`; else the token.
        sent: Whether a letter was queued.
        expires: When the token dies, ISO 8601 in UTC; `""` without one.
    """

    login: PortalLogin = attrs.field(converter=_login)
    token: str = attrs.field(default="", repr=False, converter=parsing.as_given)
    link: str = attrs.field(default="", repr=False, converter=parsing.as_given)
    sent: bool = attrs.field(default=False, converter=conversion.yes_no)
    expires: str = attrs.field(default="", converter=parsing.as_given)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self)


@attrs.frozen
class PermissionPreset:
    """A permission set with a name, to be offered where permissions are chosen (POR-5).

    >>> PermissionPreset("Accountant", ["invoices", "estimates"]).permissions.modules
    ('invoices', 'estimates')
    """

    name: str = attrs.field(converter=parsing.line)
    permissions: PermissionSet = attrs.field(converter=permission_set)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self)
        if not self.name:
            raise Invalid("entry-nameless", "Give the preset a name.", path="name")


@attrs.frozen(kw_only=True)
class Credential:
    """The secrets of one login, in a record of their own that no contact is read with (POR-2, POR-4).

    Attributes:
        login_id: Whose they are.
        version: Counts the changes from 1.
        password_hash: Argon2id, with its parameters; `""` before a password was set.
        token_hash: SHA-256 of the one token that is alive, or `""`.
        token_expires: ISO 8601 in UTC.
        failures: Wrong passwords since the last right one.
        locked_until: No password is right before this moment, ISO 8601 in UTC; `""` for not locked.
        withheld: Ids of affiliations that this login does not open: who invited the person could not change those
            clients, and a login must not be a way into what its maker may not see.
    """

    login_id: str
    version: int = 1
    password_hash: str = attrs.field(default="", repr=False)
    token_hash: str = attrs.field(default="", repr=False)
    token_expires: str = ""
    failures: int = 0
    locked_until: str = ""
    withheld: tuple[str, ...] = ()
