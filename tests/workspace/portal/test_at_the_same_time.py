"""Several at once: one login a name and a person, one use a link, no attempt uncounted (POR-1, POR-2, POR-4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from contactcore import ContactCoreError
from contactcore.rules.portal import FREE_ATTEMPTS
from contactcore.workspace.session import Session
from support.actors import AMELIE, ROOT
from support.firm import GOOD, WEB, Firm

_THREADS = 4


def at_once(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """What each act gives, or the name of its error; they begin together."""
    ready = Barrier(len(acts), timeout=30)

    def run(act: Callable[[], Any]) -> Any:
        ready.wait()
        try:
            return act()
        except ContactCoreError as error:
            return type(error).__name__

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.req("POR-1")
def test_a_login_name_is_given_once_however_many_ask_for_it(firm: Firm) -> None:
    client = firm.client("Bois")
    people = [firm.person(client, f"Jane{number}") for number in range(_THREADS)]

    def invite(number: int) -> str:
        def act(session: Session) -> str:
            session.portal.invite(people[number], email="jane@bois.fr", send=False)
            return "invited"

        return firm.workspace.run(AMELIE, act, attempts=20)

    answers = at_once([lambda number=number: invite(number) for number in range(_THREADS)])  # type: ignore[misc] # a default binds the number
    assert sorted(answers) == ["Duplicate"] * (_THREADS - 1) + ["invited"]
    assert len(firm.records("login")) == 1


@pytest.mark.req("POR-1")
def test_a_person_gets_one_login_however_many_invite_them(firm: Firm) -> None:
    jane = firm.person(firm.client("Bois"))

    def invite() -> str:
        return firm.workspace.run(ROOT, lambda session: session.portal.invite(jane, send=False).login.id, attempts=20)

    assert len(set(at_once([invite] * _THREADS))) == 1
    assert len(firm.records("login")) == 1


@pytest.mark.req("POR-4")
def test_a_link_is_used_once_however_many_use_it(firm: Firm) -> None:
    jane = firm.person(firm.client("Bois"))
    with firm.workspace.write(AMELIE) as session:
        token = session.portal.invite(jane, send=False).token

    def use() -> str:
        return firm.workspace.run(WEB, lambda session: session.portal.set_password(token, GOOD).id, attempts=20)

    answers = at_once([use] * _THREADS)
    assert sorted(answers).count("Invalid") == _THREADS - 1
    assert firm.sign_in()


@pytest.mark.req("POR-2")
def test_every_wrong_password_counts_however_many_are_tried_at_once(firm: Firm) -> None:
    firm.login(firm.person(firm.client("Bois")))
    answers = at_once([lambda: firm.workspace.sign_in("jane@bois.fr", "wrong password").reason] * FREE_ATTEMPTS)
    assert answers == ["refused"] * FREE_ATTEMPTS
    assert firm.sign_in().reason == "refused"
    firm.clock.forward(minutes=1)
    assert firm.sign_in().reason == "ok"
