"""A login that is closed or purged during an attempt answers like one that was closed before it (POR-1, POR-2)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event, current_thread, main_thread
from typing import Any

import attrs
import pytest

from contactcore import ContactCoreError, PortalUser
from contactcore.model import Affiliation
from contactcore.model.portal import PortalLogin
from contactcore.workspace.repositories.repository import Repository
from contactcore.workspace.session import Session
from contactcore_postgres import PostgresStorage
from support.actors import AMELIE, ROOT
from support.firm import GOOD, WEB, Firm, token_in

pytestmark = pytest.mark.cases_in_memory

WRONG, NEW, OTHER = "wrong password", "jane@doe.org", "battery staple"


@attrs.frozen
class Jane:
    """A contact person with a login, and with a link of each kind."""

    affiliation: Affiliation
    login: PortalLogin
    user: PortalUser
    token: str
    email_token: str


@pytest.fixture
def jane(firm: Firm) -> Jane:
    client = firm.client("Bois")
    affiliation = firm.person(client)
    login = firm.login(affiliation)
    user = firm.user(login, client)
    with firm.workspace.write(ROOT) as session:
        token = session.portal.invite(affiliation, send=False).token
    with firm.workspace.write(user) as session:
        session.portal.request_email(NEW, GOOD)
    (letter,) = [one for one in firm.letters() if one.template == "confirm-email"]
    return Jane(affiliation, login, user, token, token_in(letter))


def _sessions(firm: Firm, actor: Any, act: Callable[[Session], Any]) -> Any:
    answer = firm.workspace.run(actor, act)
    return getattr(answer, "reason", answer)


ATTEMPTS: dict[str, tuple[Callable[[Firm, Jane], Any], str | None]] = {
    "sign_in": (lambda firm, _: firm.workspace.sign_in("jane@bois.fr", WRONG).reason, "refused"),
    "authenticate": (
        lambda firm, _: _sessions(firm, WEB, lambda session: session.portal.authenticate("jane@bois.fr", GOOD)),
        "refused",
    ),
    "request_password": (
        lambda firm, _: _sessions(firm, WEB, lambda session: session.portal.request_password("jane@bois.fr")),
        None,
    ),
    "set_password": (
        lambda firm, jane: _sessions(firm, WEB, lambda session: session.portal.set_password(jane.token, OTHER)),
        "token-invalid",
    ),
    "confirm_email": (
        lambda firm, jane: _sessions(firm, WEB, lambda session: session.portal.confirm_email(jane.email_token)),
        "token-invalid",
    ),
    "change_password": (
        lambda firm, jane: _sessions(firm, jane.user, lambda session: session.portal.change_password(GOOD, OTHER)),
        "portal-refused",
    ),
    "request_email": (
        lambda firm, jane: _sessions(firm, jane.user, lambda session: session.portal.request_email(NEW, GOOD)),
        "portal-refused",
    ),
    "suspend": (
        lambda firm, jane: _sessions(firm, AMELIE, lambda session: session.portal.suspend(jane.login.id)),
        "login-closed",
    ),
}


def _purge(session: Session, jane: Jane) -> None:
    session.contacts.delete(jane.affiliation.contact_id)
    session.trash.purge(jane.affiliation.contact_id)


ENDS: dict[str, Callable[[Session, Jane], object]] = {
    "closed": lambda session, jane: session.portal.close(jane.login.id),
    "purged": _purge,
}


@pytest.mark.req("POR-1")
@pytest.mark.req("POR-2")
@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_a_login_that_ends_between_its_reading_and_its_lock_is_answered_like_a_closed_one(
    firm: Firm, jane: Jane, monkeypatch: pytest.MonkeyPatch, attempt: str, end: str
) -> None:
    before = len(firm.letters())
    about_to_lock, lock = Event(), Repository.lock_any

    def noted(self: Repository[Any], *args: Any) -> Any:
        if current_thread() is not main_thread():
            about_to_lock.set()
        return lock(self, *args)

    monkeypatch.setattr(Repository, "lock_any", noted)
    act, expected = ATTEMPTS[attempt]

    def answer() -> Any:
        try:
            return act(firm, jane)
        except ContactCoreError as error:
            return error.code

    with ThreadPoolExecutor(1) as pool:
        with firm.workspace.write(ROOT) as session:
            ENDS[end](session, jane)
            found = pool.submit(answer)
            if isinstance(firm.storage, PostgresStorage):
                # The other storages have one writer at a time.
                assert about_to_lock.wait(timeout=30)
        known = found.result(timeout=30)
    wanted = "not-found" if (attempt, end) == ("suspend", "purged") else expected
    # The session is refused at once if the login ended before it was opened.
    off = {"portal-login-off"} if (wanted, end) == ("portal-refused", "closed") else set()
    # A login that ended before its password was checked has no password that could be right.
    off |= {"refused"} if wanted == "portal-refused" else set()
    assert known in {wanted, *off}
    assert len([one for one in firm.letters() if one.state == "waiting"]) <= before
    assert not firm.sign_in()
