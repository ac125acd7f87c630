"""What a login opens, what it shows, how long a link lives and when attempts are locked out (POR-1 to POR-6)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta

import attrs

from contactcore.model.affiliation import Affiliation
from contactcore.model.permissions import PermissionSet
from contactcore.model.settings import PortalModule

__all__ = ["FREE_ATTEMPTS", "LINK_LIFETIME", "LONGEST_LOCK", "ModuleAnswer", "judge", "lock_time", "menu", "opened"]

LINK_LIFETIME = timedelta(hours=48)
"""How long a set-password link is valid (POR-4)."""

FREE_ATTEMPTS = 5
"""Wrong passwords in a row until the login is locked for a while."""

LONGEST_LOCK = timedelta(hours=1)
"""No longer, so that nobody can shut somebody else out for good; a set-password link ends a lock at once."""

_FIRST_LOCK = timedelta(minutes=1)


def lock_time(failures: int) -> timedelta:
    """How long no further attempt counts after so many wrong passwords in a row: it doubles with each.

    >>> [int(lock_time(failures).total_seconds()) for failures in (4, 5, 6, 7, 99)]
    [0, 60, 120, 240, 3600]
    """
    if failures < FREE_ATTEMPTS:
        return timedelta()
    doublings: int = min(failures - FREE_ATTEMPTS, 10)
    return min(_FIRST_LOCK * (1 << doublings), LONGEST_LOCK)


@attrs.frozen
class ModuleAnswer:
    """Whether a login sees a module of the portal; true where it does.

    Attributes:
        allowed: The answer.
        reason: `"permitted"`, or why not: `"no-permission"`, `"module-unknown"` (or not offered any more),
            `"not-open"` (the login does not act for that client, or is not active).
    """

    allowed: bool
    reason: str

    def __bool__(self) -> bool:
        return self.allowed


def opened(affiliations: Iterable[Affiliation], withheld: Collection[str], on: date) -> tuple[Affiliation, ...]:
    """The affiliations through which a login acts on a day: the person's current ones.

    Args:
        affiliations: All of the person.
        withheld: See `Credential`.
        on: The day.
    """
    return tuple(one for one in affiliations if one.is_current(on) and one.id not in withheld)


def menu(
    modules: Iterable[PortalModule], through: Iterable[Affiliation], default: PermissionSet
) -> tuple[PortalModule, ...]:
    """The modules that somebody sees, in the workspace's order; none without a permission (POR-6).

    Args:
        modules: Of the workspace.
        through: The opened affiliations with one client.
        default: Of affiliations without permissions of their own (POR-5).

    >>> invoices = PortalModule(slug="invoices", name="Invoices")
    >>> menu([invoices], [Affiliation(permissions=["invoices", "nonsense"])], PermissionSet())[0].name
    'Invoices'
    """
    permitted = [default if one.permissions is None else one.permissions for one in through]
    return tuple(
        module for module in modules if module.offered and any(module.slug in permissions for permissions in permitted)
    )


def judge(
    module: str, shown: Iterable[PortalModule], modules: Iterable[PortalModule], *, is_open: bool
) -> ModuleAnswer:
    """Whether a module may be used: if and only if it is in the menu (POR-6).

    Args:
        module: Its slug.
        shown: What `menu` gave.
        modules: Of the workspace.
        is_open: Whether the login acts for the client at all.

    >>> judge("invoices", [], [PortalModule(slug="invoices", name="Invoices")], is_open=True).reason
    'no-permission'
    """
    if any(one.slug == module for one in shown):
        return ModuleAnswer(allowed=True, reason="permitted")
    if not is_open:
        return ModuleAnswer(allowed=False, reason="not-open")
    offered = any(one.slug == module and one.offered for one in modules)
    return ModuleAnswer(allowed=False, reason="no-permission" if offered else "module-unknown")
