"""The viewer's calls of the portal."""

from __future__ import annotations

from random import Random
from typing import Any, Final

from contactcore.errors import NotFound
from contactcore.workspace.session import Session
from model_based.paired_workspaces import PASSWORD, PairedWorkspace
from model_based.viewer_calls.arguments import Arguments, Choice, Generator, always, one_name

__all__ = ["PORTAL_CALLS"]

_LOGINS: Final = ("a@bois.fr", "b@bois.fr")


def _invite(random: Random, names: list[str]) -> Choice:
    name, options = random.choice(names), {"email": random.choice((None, *_LOGINS)), "send": random.random() < 0.5}
    options["password"] = random.choice((None, PASSWORD))
    return lambda workspace, _: ((workspace.id(name),), options)


def _login(*more: Any, client: bool = False) -> Generator:
    """Makes a login, perhaps with a client, the arguments of a call."""

    def generator(random: Random, names: list[str]) -> Choice:
        one, other = random.choice(names), random.choice(names)

        def arguments(workspace: PairedWorkspace, session: Session) -> Arguments:
            try:
                login = session.portal.of(workspace.id(one))
            except NotFound:
                login = None
            return (login or "nobody", *((workspace.id(other),) if client else ()), *more), {}

        return arguments

    return generator


PORTAL_CALLS: Final[dict[str, Generator]] = {
    "portal.authenticate": always(_LOGINS[0], PASSWORD),
    "portal.change_password": always(PASSWORD, "another horse"),
    "portal.choose": _login(client=True),
    "portal.clients": _login(),
    "portal.close": _login(),
    "portal.confirm_email": always("no token"),
    "portal.get": _login(),
    "portal.invite": _invite,
    "portal.logins": one_name,
    "portal.may_see": _login("invoices", client=True),
    "portal.menu": _login(client=True),
    "portal.of": one_name,
    "portal.openings": one_name,
    "portal.profile": always(),
    "portal.reopen": _login(),
    "portal.request_email": always("new@bois.fr", PASSWORD),
    "portal.request_password": always(_LOGINS[0]),
    "portal.set_password": always("no token", PASSWORD),
    "portal.suspend": _login(),
}
