"""The portal user: the actor for whom a session of the portal is opened (POR-1).

It is apart from the other classes of the portal, because every session knows the actors.
"""

from __future__ import annotations

from typing import Any, cast

import attrs

from contactcore.errors import Invalid
from contactcore.frozen import frozen
from contactcore.model import parsing
from contactcore.values.texts import clean_line

__all__ = ["PortalUser"]

_LONGEST_ID = 100


def _find_id(value: Any) -> str:
    found = value if isinstance(value, str) else getattr(value, "id", None)
    if not isinstance(found, str) or not clean_line(found, limit=_LONGEST_ID, exact=True):
        raise Invalid("id-missing", "Give the stored login or client, or its id.", value=value)
    return clean_line(found, limit=_LONGEST_ID, exact=True)


_read_id = parsing.converter(_find_id)


def _id(value: Any) -> str:
    return _read_id(value)


def _epoch(value: int | None) -> int:
    if value is None:
        missing = "Store login.epoch at the sign-in with the two ids, and give it here."
        refused: Any = parsing.reject("epoch-missing", missing, value)
        return cast("int", refused)
    return parsing.count(value)


@frozen
class PortalUser:
    """A contact person who is logged in and acts for one client.

    A host application stores the three values in its web session, and makes the actor of them again for each request.
    Each session that the library opens for this actor checks them again. It refuses a login that is suspended or
    closed, that no longer acts for the client, or whose epoch has risen since (POR-10).

    A login page gets the actor from `SignIn.actor`. A portal user who changes to another client gets the new actor from
    `session.portal.choose`, in a session of their own.

    Args:
        login_id: The login, or its id.
        client_id: The chosen client, or its id.
        epoch: `PortalLogin.epoch` at the time of the login. It has no default: with one, an application that forgets
            it would keep out everybody whose password was ever changed, or would look the present one up and never end
            a session.

    Raises:
        Invalid: `id-missing`, `epoch-missing`, `number-type`.

    >>> PortalUser("1", "2", 0).admin
    False
    >>> PortalUser("1", "2")
    Traceback (most recent call last):
    contactcore.errors.Invalid: epoch: Store login.epoch at the sign-in with the two ids, and give it here.
    """

    login_id: str = attrs.field(converter=_id)
    client_id: str = attrs.field(converter=_id)
    epoch: int = attrs.field(default=None, converter=_epoch)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self)

    @property
    def name(self) -> str:
        """The name of this actor in events: an id, without personal data."""
        return f"portal:{self.login_id}"

    @property
    def admin(self) -> bool:
        """Always False: a portal user is never an admin."""
        return False
