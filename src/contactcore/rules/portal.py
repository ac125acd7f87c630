"""Portal rules: access by a login, its modules, lifetime of links, locks after wrong passwords (POR-1 to POR-6)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta

from contactcore.frozen import frozen
from contactcore.model.affiliation import Affiliation
from contactcore.model.permissions import PermissionSet
from contactcore.model.person import Person
from contactcore.model.portal import Credential, PortalLogin
from contactcore.model.settings import PortalModule
from contactcore.values import EmailAddress
from contactcore.wording import message_of

__all__ = [
    "FREE_ATTEMPTS",
    "LINK_HOURS",
    "LINK_LIFETIME",
    "LINK_REST",
    "LONGEST_LOCK",
    "ModuleAnswer",
    "decide_module",
    "followed_address",
    "has_left_address",
    "lock_duration",
    "login_address",
    "menu",
    "usable_affiliations",
]

LINK_LIFETIME = timedelta(hours=48)
"""The lifetime of a link for setting a password (POR-4), or for confirming a new address (POR-9)."""

LINK_HOURS = str(LINK_LIFETIME // timedelta(hours=1))
"""The same in hours, as the letters say it."""

LINK_REST = timedelta(minutes=5)
"""The time in which a request does not replace a link that was mailed; somebody else may have made the request."""

FREE_ATTEMPTS = 5
"""The number of consecutive wrong passwords that locks a login."""

LONGEST_LOCK = timedelta(hours=1)
"""The maximum lock time; a limit is needed so that nobody can lock out another person permanently.

A link for setting a password ends a lock immediately.
"""

_FIRST_LOCK = timedelta(minutes=1)


def lock_duration(failures: int) -> timedelta:
    """The time for which a login is locked after a number of consecutive wrong passwords; it doubles with each.

    Args:
        failures: The number of consecutive wrong passwords.

    >>> [int(lock_duration(failures).total_seconds()) for failures in (4, 5, 6, 7, 99)]
    [0, 60, 120, 240, 3600]
    """
    if failures < FREE_ATTEMPTS:
        return timedelta()
    doublings: int = min(failures - FREE_ATTEMPTS, 10)
    return min(_FIRST_LOCK * (1 << doublings), LONGEST_LOCK)


@frozen
class ModuleAnswer:
    """Whether a login may use a module of the portal, with the reason; it is true if the login may.

    Attributes:
        allowed: Whether the login may.
        reason: `"permitted"`, `"no-permission"`, `"module-unknown"` (unknown or no longer offered) or `"not-open"`
            (the login does not act for that client, or is not active).
    """

    allowed: bool
    reason: str

    def __bool__(self) -> bool:
        return self.allowed

    def message_in(self, language: str) -> str:
        """The reason in a language.

        Args:
            language: A BCP 47 tag such as `"fr"` or `"pl-PL"`. A language without a catalogue gets English.
        """
        return message_of(self.reason, language, context="module")


def usable_affiliations(
    affiliations: Iterable[Affiliation], opened: Collection[str], on: date
) -> tuple[Affiliation, ...]:
    """The affiliations through which a login acts on a day: the person's current ones that are opened to it.

    Args:
        affiliations: All affiliations of the person.
        opened: Ids of the affiliations whose clients the login opens (see `Credential`).
        on: The day.
    """
    return tuple(one for one in affiliations if one.is_current(on) and one.id in opened)


def login_address(person: Person, affiliation: Affiliation | None) -> EmailAddress | None:
    """The address to which a person is invited: the work address, else the person's first one not retired there.

    Args:
        person: The person.
        affiliation: The affiliation through which the person is invited; None for none.
    """
    if affiliation is not None and affiliation.email is not None:
        return affiliation.email
    retired = {email.key for email in (() if affiliation is None else affiliation.retired)}
    return next((email for email in person.emails if email.key not in retired), None)


def followed_address(
    login: PortalLogin, follows: str, person: Person, affiliation: Affiliation | None, lost: Collection[str] = ()
) -> EmailAddress | None:
    """The address that a login has after addresses were corrected; None if its address is gone (POR-9).

    A login with a password keeps its name. A login without one has the address that it follows. A name that was given
    by hand stays, unless it was an address of the person and was corrected there.

    Args:
        login: The login.
        follows: The id of the affiliation or the person whose address the login follows; `""` for none.
        person: The person, as corrected.
        affiliation: The affiliation that the login follows, as corrected; None for none.
        lost: The keys of addresses that the person or the affiliation had before the correction and has no more.
    """
    if login.has_password or (not follows and login.email.key not in lost):
        return login.email
    return login_address(person, affiliation)


def has_left_address(
    login: PortalLogin, credential: Credential, person: Person, affiliations: Collection[Affiliation], on: date
) -> bool:
    """Whether the name of a login is an address that its person had and has no more.

    It was taken away, it is a retired address, or it is a work address of an affiliation that ended or is gone.
    Somebody else may read that mailbox, so no link is mailed to it. Whoever knows the password signs in by it as
    before. A name that was given by hand, or that its owner confirmed, was never one of these.

    Args:
        login: The login.
        credential: Its secrets.
        person: The person.
        affiliations: All affiliations of the person.
        on: Today.

    >>> jane = Person("Jane", "Doe", emails=["jane@doe.fr"], id="1")
    >>> login = PortalLogin(id="2", email="jane@bois.fr", person_id="1", has_password=True)
    >>> work = Affiliation(email="jane@bois.fr", end="2026-01-31")
    >>> has_left_address(login, Credential(login_id="2"), jane, [work], date(2026, 2, 1))
    True
    """
    lasting = [one for one in affiliations if one.active and (one.end is None or one.end >= on)]
    present = {email.key for email in person.emails} | {one.email.key for one in lasting if one.email is not None}
    if login.email.key in present:
        return False
    former = {email.key for one in affiliations for email in (one.email, *one.retired) if email is not None}
    is_gone = credential.follows not in {"", person.id} and all(one.id != credential.follows for one in affiliations)
    return credential.left or is_gone or login.email.key in former


def menu(
    modules: Iterable[PortalModule], through: Iterable[Affiliation], default: PermissionSet
) -> tuple[PortalModule, ...]:
    """The modules that a person sees for one client, in the workspace's order; none without permissions (POR-6).

    Args:
        modules: The modules of the workspace.
        through: The affiliations with the client that `usable_affiliations` returned.
        default: The permissions of affiliations without permissions of their own (POR-5).

    >>> invoices = PortalModule(slug="invoices", name="Invoices")
    >>> menu([invoices], [Affiliation(permissions=["invoices", "nonsense"])], PermissionSet())[0].name
    'Invoices'
    """
    permitted = [default if one.permissions is None else one.permissions for one in through]
    return tuple(
        module for module in modules if module.offered and any(module.slug in permissions for permissions in permitted)
    )


def decide_module(
    module: str, shown: Iterable[PortalModule], modules: Iterable[PortalModule], *, is_open: bool
) -> ModuleAnswer:
    """Whether a login may use a module: only if the module is in the menu (POR-6).

    Args:
        module: The slug of the module.
        shown: The result of `menu`.
        modules: The modules of the workspace.
        is_open: Whether the login acts for the client.

    >>> decide_module("invoices", [], [PortalModule(slug="invoices", name="Invoices")], is_open=True).reason
    'no-permission'
    """
    if any(one.slug == module for one in shown):
        return ModuleAnswer(allowed=True, reason="permitted")
    if not is_open:
        return ModuleAnswer(allowed=False, reason="not-open")
    offered = any(one.slug == module and one.offered for one in modules)
    return ModuleAnswer(allowed=False, reason="no-permission" if offered else "module-unknown")
