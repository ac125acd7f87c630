"""Attempts count even if the application raises its own error in the session, which rolls it back (POR-2, POR-10)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from contactcore import Company, PortalUser
from contactcore.model import Actor
from contactcore.rules.limits import (
    EMAILS_BY_LOGIN,
    REQUESTS_BY_NAME,
    REQUESTS_BY_SOURCE,
    SIGN_INS_BY_SOURCE,
)
from contactcore.rules.portal import FREE_ATTEMPTS
from contactcore.workspace.session import Session
from support.firm import GOOD, WEB, Firm

WRONG, NEW, SOURCE = "wrong password", "jane@doe.org", "192.0.2.7"


class RefusedByTheApplication(Exception):
    """The error of a web page, such as the answer 401."""


@pytest.fixture
def client(firm: Firm) -> Company:
    return firm.client("Bois")


@pytest.fixture
def jane(firm: Firm, client: Company) -> PortalUser:
    return firm.user(firm.login(firm.person(client)), client)


def rolled_back(firm: Firm, actor: Actor, act: Callable[[Session], object]) -> None:
    def fail(session: Session) -> None:
        act(session)
        raise RefusedByTheApplication

    with pytest.raises(RefusedByTheApplication):
        firm.workspace.run(actor, fail)


@pytest.mark.req("POR-2")
@pytest.mark.parametrize("way", ["authenticate", "change_password", "request_email"])
def test_wrong_passwords_of_sessions_that_are_rolled_back_lock_the_login(
    firm: Firm, jane: PortalUser, way: str
) -> None:
    acts: dict[str, tuple[Actor, Callable[[Session], object]]] = {
        "authenticate": (WEB, lambda session: session.portal.authenticate("jane@bois.fr", WRONG)),
        "change_password": (jane, lambda session: session.portal.change_password(WRONG, "battery staple")),
        "request_email": (jane, lambda session: session.portal.request_email(NEW, WRONG)),
    }
    for _ in range(FREE_ATTEMPTS):
        rolled_back(firm, *acts[way])
    assert firm.sign_in().reason == "refused"
    firm.clock.forward(minutes=1)
    assert firm.sign_in().reason == "ok"


@pytest.mark.req("POR-2")
def test_the_right_password_for_a_locked_login_counts_no_failure_after_a_roll_back(
    firm: Firm, jane: PortalUser
) -> None:
    for _ in range(FREE_ATTEMPTS):
        firm.sign_in(password=WRONG)
    rolled_back(firm, WEB, lambda session: session.portal.authenticate("jane@bois.fr", GOOD))
    firm.clock.forward(minutes=1)
    assert firm.sign_in().reason == "ok"


@pytest.mark.req("POR-10")
def test_failed_attempts_of_sessions_that_are_rolled_back_are_limited_by_source(firm: Firm, jane: PortalUser) -> None:
    for number in range(SIGN_INS_BY_SOURCE.count):
        name = f"nobody{number}@bois.fr"
        rolled_back(firm, WEB, lambda session, name=name: session.portal.authenticate(name, WRONG, source=SOURCE))  # type: ignore[misc] # a default binds the name
    assert firm.workspace.sign_in("jane@bois.fr", GOOD, source=SOURCE).reason == "limited"
    assert firm.workspace.sign_in("jane@bois.fr", GOOD, source="192.0.2.8").reason == "ok"


@pytest.mark.req("POR-10")
@pytest.mark.parametrize(
    ("times", "named"), [(REQUESTS_BY_NAME.count, True), (REQUESTS_BY_SOURCE.count, False)], ids=["name", "source"]
)
def test_requests_for_links_of_sessions_that_are_rolled_back_are_limited(
    firm: Firm, jane: PortalUser, times: int, *, named: bool
) -> None:
    for number in range(times):
        name = "jane@bois.fr" if named else f"nobody{number}@bois.fr"
        rolled_back(firm, WEB, lambda session, name=name: session.portal.request_password(name, source=SOURCE))  # type: ignore[misc] # a default binds the name
    with firm.workspace.write(WEB) as session:
        session.portal.request_password("jane@bois.fr", source=SOURCE)
    assert firm.letters() == []


@pytest.mark.req("POR-10")
def test_requests_for_another_address_of_sessions_that_are_rolled_back_are_limited(
    firm: Firm, jane: PortalUser
) -> None:
    for _ in range(EMAILS_BY_LOGIN.count):
        rolled_back(firm, jane, lambda session: session.portal.request_email(NEW, GOOD))
    with firm.workspace.write(jane) as session:
        assert session.portal.request_email(NEW, GOOD).reason == "limited"
    assert firm.letters() == []


@pytest.mark.req("POR-2")
def test_a_right_password_counts_nothing_after_a_roll_back(firm: Firm, jane: PortalUser) -> None:
    before = firm.records("credential")
    rolled_back(firm, WEB, lambda session: session.portal.authenticate("jane@bois.fr", GOOD, source=SOURCE))
    assert firm.records("credential") == before
    assert firm.records("counter") == []
