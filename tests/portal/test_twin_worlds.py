"""Nothing that the portal answers tells a user that a hidden contact exists (ACC-3)."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import closing
from random import Random
from typing import Any

import pytest
from portal_stage import GOOD

from contactcore import NotFound
from contactcore.model import PortalLogin
from contactcore.testing import twin_worlds
from contactcore.workspace import logins, space
from contactcore.workspace.passwords import Passwords
from contactcore.workspace.portal import Portal
from contactcore.workspace.session import Session
from contactcore.workspace.transaction import id_of
from contactcore_memory import MemoryStorage

_ADDRESSES = (None, "a@bois.fr", "b@bois.fr")


def _invite(random: Random, names: list[str]) -> Any:
    name, options = random.choice(names), {"email": random.choice(_ADDRESSES), "send": random.random() < 0.5}
    options["password"] = random.choice((None, GOOD))
    return lambda world, _: ((world.id(name),), options)


def _login(*more: Any, client: bool = False) -> Any:
    """Asks about the login of somebody, perhaps together with a client."""

    def generator(random: Random, names: list[str]) -> Any:
        one, other = random.choice(names), random.choice(names)

        def arguments(world: twin_worlds.World, session: Session) -> Any:
            try:
                login = session.portal.of(world.id(one))
            except NotFound:
                login = None
            return ((login or "nobody", *((world.id(other),) if client else ()), *more), {})

        return arguments

    return generator


def _one(random: Random, names: list[str]) -> Any:
    name = random.choice(names)
    return lambda world, _: ((world.id(name),), {})


def _always(*args: Any) -> Any:
    return lambda random, names: lambda world, session: (args, {})


def _inviting(whom: str, email: str) -> Callable[[Session], Any]:
    return lambda session: session.portal.invite(whom, email, GOOD)


GENERATORS = {
    "portal.authenticate": _always("a@bois.fr", GOOD),
    "portal.change_password": _always(GOOD, "another horse"),
    "portal.choose": _login(client=True),
    "portal.clients": _login(),
    "portal.close": _login(),
    "portal.get": _login(),
    "portal.invite": _invite,
    "portal.logins": _one,
    "portal.may_see": _login("invoices", client=True),
    "portal.menu": _login(client=True),
    "portal.of": _one,
    "portal.reopen": _login(),
    "portal.request_password": _always("a@bois.fr"),
    "portal.set_password": _always("no token", GOOD),
    "portal.suspend": _login(),
}


@pytest.fixture
def _portal_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The keeper makes logins of what both see and of what he hides, and the viewer is asked all about logins."""
    masked, live = twin_worlds._masked, twin_worlds._live
    numbers = iter(range(1_000_000))

    def live_with_logins(random: Random, worlds: tuple[twin_worlds.World, twin_worlds.World]) -> None:
        live(random, worlds)
        full, bare = worlds
        if not full.ids or random.random() < 0.6:
            return
        name, email = random.choice(list(full.ids)), f"m{next(numbers)}@bois.fr"
        with full.workspace.read(twin_worlds._ADMIN) as session:
            try:
                person = session.people.get(full.id(name)).person_id
            except NotFound:
                person = full.id(name)
        # A login is a fact about its person: made by way of a hidden client, it shows to who sees the person.
        if name not in bare.ids and full.names().get(person) in bare.ids:
            return
        for world in worlds if name in bare.ids else (full,):
            world.act(_inviting(world.id(name), email), twin_worlds.KEEPER)

    monkeypatch.setattr(twin_worlds, "_live", live_with_logins)
    monkeypatch.setattr(
        twin_worlds, "_masked", lambda text, names: re.sub(r"[\w-]{43}", "(token)", masked(text, names))
    )
    monkeypatch.setattr(space, "Passwords", lambda: Passwords(memory=8, iterations=1))
    for path, generator in GENERATORS.items():
        monkeypatch.setitem(twin_worlds.GENERATORS, path, generator)


@pytest.mark.req("ACC-3")
@pytest.mark.usefixtures("_portal_is_asked")
@pytest.mark.parametrize("seed", range(6))
def test_no_answer_of_the_portal_tells_that_a_hidden_contact_exists(seed: int) -> None:
    twin_worlds.check_twin_worlds(lambda: closing(MemoryStorage()), seed, calls=100)


@pytest.mark.req("ACC-3")
def test_every_method_of_the_portal_is_asked() -> None:
    methods = {f"portal.{name}" for name in dir(Portal) if not name.startswith("_")}
    assert methods == set(GENERATORS)


@pytest.mark.req("ACC-3")
@pytest.mark.usefixtures("_portal_is_asked")
def test_a_portal_that_tells_too_much_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def seen_by_everybody(self: Portal, login: PortalLogin | str) -> PortalLogin:
        return logins.load(self._transaction, id_of(login))

    def of_everybody(self: Portal, person: str) -> PortalLogin | None:
        return next(iter(logins.of_people(self._transaction, [person])), None)

    monkeypatch.setattr(Portal, "get", seen_by_everybody)
    monkeypatch.setattr(Portal, "of", of_everybody)
    with pytest.raises(AssertionError, match="tells the worlds apart"):
        _check_seeds(20)


def _check_seeds(number: int) -> None:
    for seed in range(number):
        twin_worlds.check_twin_worlds(lambda: closing(MemoryStorage()), seed, calls=100)
