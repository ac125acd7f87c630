"""A new password, suspension, closing and a new name end running sessions (POR-10)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import pytest

from contactcore import Company, Forbidden, Invalid, PortalUser
from contactcore.model import PortalLogin
from support.actors import AMELIE, ROOT
from support.firm import GOOD, WEB, Firm, token_in

pytestmark = pytest.mark.cases_in_memory

Act = Callable[[Firm, PortalLogin], object]


def ask_for_a_link(firm: Firm, login: PortalLogin) -> None:
    with firm.workspace.write(WEB) as session:
        session.portal.request_password(str(login.email))


def use_the_link(firm: Firm, login: PortalLogin) -> None:
    ask_for_a_link(firm, login)
    with firm.workspace.write(WEB) as session:
        session.portal.set_password(token_in(firm.letters()[-1]), GOOD)


def suspend_and_reopen(firm: Firm, login: PortalLogin) -> None:
    with firm.workspace.write(AMELIE) as session:
        session.portal.suspend(login)
        session.portal.reopen(login)


def fail_to_sign_in(firm: Firm, login: PortalLogin) -> None:
    assert not firm.sign_in(password="wrong password")


def sign_in(firm: Firm, login: PortalLogin) -> None:
    assert firm.sign_in()


def close(firm: Firm, login: PortalLogin) -> None:
    with firm.workspace.write(AMELIE) as session:
        session.portal.close(login)


def enters(firm: Firm, user: PortalUser) -> bool:
    codes = []
    for door in (firm.workspace.read, firm.workspace.write):
        try:
            with door(user) as session:
                session.contacts.get(user.client_id)
        except Forbidden as error:
            codes.append(error.code)
    assert codes in ([], ["portal-refused"] * 2, ["portal-session-ended"] * 2, ["portal-login-off"] * 2)
    return not codes


@pytest.fixture
def client(firm: Firm) -> Company:
    return firm.client("Bois")


@pytest.fixture
def login(firm: Firm, client: Company) -> PortalLogin:
    return firm.login(firm.person(client))


@pytest.mark.req("POR-10")
@pytest.mark.parametrize(
    ("act", "ends"),
    [
        (use_the_link, True),
        (suspend_and_reopen, True),
        (close, True),
        (ask_for_a_link, False),
        (fail_to_sign_in, False),
        (sign_in, False),
    ],
)
def test_a_session_ends_with_a_new_password_a_suspension_and_the_closing(
    firm: Firm, client: Company, login: PortalLogin, act: Act, ends: bool
) -> None:
    user = firm.user(login, client)
    assert enters(firm, user)
    act(firm, login)
    assert enters(firm, user) != ends
    if act is not close:
        assert enters(firm, firm.user(login, client))


@pytest.mark.req("POR-10")
def test_a_portal_user_who_changes_the_own_password_goes_on_with_a_new_actor_alone(
    firm: Firm, client: Company, login: PortalLogin
) -> None:
    user, elsewhere = firm.user(login, client), firm.user(login, client)
    with firm.workspace.write(user) as session:
        answer = session.portal.change_password(GOOD, "another horse")
        assert answer.login is not None
        renewed = session.portal.choose(answer.login, client)
    assert renewed == PortalUser(login, client, answer.login.epoch)
    assert [enters(firm, one) for one in (user, elsewhere, renewed)] == [False, False, True]


@pytest.mark.req("POR-10")
@pytest.mark.parametrize("step", [1, 7])
def test_an_epoch_that_the_login_does_not_have_is_refused(
    firm: Firm, client: Company, login: PortalLogin, step: int
) -> None:
    user = firm.user(login, client)
    assert not enters(firm, attrs.evolve(user, epoch=user.epoch + step))


@pytest.mark.req("POR-10")
def test_an_epoch_never_returns(firm: Firm, client: Company, login: PortalLogin) -> None:
    seen = [firm.user(login, client).epoch]
    for _ in range(3):
        suspend_and_reopen(firm, login)
        seen.append(firm.user(login, client).epoch)
        with firm.workspace.write(ROOT) as session:
            token = session.portal.invite(login.person_id, send=False).token
            session.portal.set_password(token, GOOD)
        seen.append(firm.user(login, client).epoch)
    assert seen == sorted(set(seen))


@pytest.mark.req("POR-10")
@pytest.mark.parametrize(
    ("given", "code"), [((), "epoch-missing"), ((None,), "epoch-missing"), (("1",), "number-type")]
)
def test_an_application_that_forgets_the_epoch_is_refused_by_name(given: tuple[Any, ...], code: str) -> None:
    with pytest.raises(Invalid) as error:
        PortalUser("1", "2", *given)
    assert (error.value.code, error.value.path) == (code, "epoch")


@pytest.mark.req("POR-10")
def test_only_a_session_that_was_valid_once_learns_why_it_is_refused_and_every_refusal_reads_the_same(
    firm: Firm, login: PortalLogin, client: Company
) -> None:
    with firm.workspace.write(AMELIE) as session:
        other = session.contacts.add(Company("Other"))
        session.portal.suspend(login)
        now = session.portal.reopen(login).epoch
    codes = {
        "old": (PortalUser(login, client, login.epoch), "portal-session-ended"),
        "old, another client": (PortalUser(login, other, login.epoch), "portal-session-ended"),
        "forged epoch": (PortalUser(login, client, now + 1), "portal-refused"),
        "another client": (PortalUser(login, other, now), "portal-refused"),
        "nobody": (PortalUser("nobody", client, now), "portal-refused"),
    }
    for name, (user, code) in codes.items():
        for door in (firm.workspace.read, firm.workspace.write):
            with pytest.raises(Forbidden) as refused, door(user):
                pass
            assert refused.value.code == code, name
    with firm.workspace.write(AMELIE) as session:
        session.portal.suspend(login)
    for user, code in ((codes["old"][0], "portal-login-off"), (codes["nobody"][0], "portal-refused")):
        with pytest.raises(Forbidden) as refused, firm.workspace.read(user):
            pass
        assert refused.value.code == code
