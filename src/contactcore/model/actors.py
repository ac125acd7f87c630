"""Actors: every session acts for one actor, who decides which records the session sees."""

from __future__ import annotations

import attrs

from contactcore.errors import Invalid
from contactcore.frozen import frozen
from contactcore.model import conversion, parsing
from contactcore.model.portal_user import PortalUser
from contactcore.values.texts import DIRECTIONS

__all__ = ["SYSTEM_ACTOR", "Actor", "SystemActor", "User"]

_PORTAL_PREFIX = "portal:"
_SYSTEM_NAME = "system"


def _parse_name(value: str) -> str:
    name = conversion.user_name(value)
    if DIRECTIONS.search(name):
        # Screens show who did an act, and such a name could look like that of another user.
        raise Invalid("user-name", "Leave the controls of direction out of the user's name.", value=value)
    if name == _SYSTEM_NAME or name.startswith(_PORTAL_PREFIX):
        message = f"The feed names the library {_SYSTEM_NAME!r}, and logins {_PORTAL_PREFIX}<id>: give another name."
        raise Invalid("user-name-reserved", message, value=value)
    return name


_read_name = parsing.converter(_parse_name)


def _name(value: str) -> str:
    return _read_name(value)


@frozen
class User:
    """A user of the host application.

    Attributes:
        name: Any stable name of at most 100 characters; the library identifies users by their names only.
        admin: Whether the user sees all records and may change the settings (ACC-3); False by default.
        read_only: Whether the user only reads, whatever else the user may do: a viewer, or with `admin=True` somebody
            who inspects everything; False by default.

    Raises:
        Invalid: `user-name`, `user-name-reserved`, `yes-no-type`, and the codes of `contactcore.values.texts`.

    >>> User("amelie").admin
    False
    """

    name: str = attrs.field(converter=_name)
    admin: bool = attrs.field(default=False, kw_only=True, converter=conversion.yes_no)
    read_only: bool = attrs.field(default=False, kw_only=True, converter=conversion.yes_no)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self)


@frozen
class SystemActor:
    """The library itself, as the actor of jobs that no user started.

    Attributes:
        name: `"system"`.
        admin: True.
    """

    name: str = attrs.field(default=_SYSTEM_NAME, init=False)
    admin: bool = attrs.field(default=True, init=False)


SYSTEM_ACTOR = SystemActor()

Actor = User | SystemActor | PortalUser
