"""A portal user changes the own login name by a link that goes to the new address (POR-9)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import attrs
import pytest

from contactcore import Affiliation, Company, Duplicate, Forbidden, Host, Invalid, Person, PortalUser, Workspace
from contactcore.delivery import Deliverer
from contactcore.model import PortalLogin
from contactcore.model.message import Message
from contactcore.model.portal import SignIn
from contactcore.rules.limits import EMAILS_BY_LOGIN, REQUESTS_BY_SOURCE
from contactcore.rules.redelivery import Outcome
from contactcore.storage import Storage
from contactcore.workspace.maintenance.copying import copy_workspace
from contactcore.workspace.session import Session
from contactcore_memory import MemoryStorage
from support.actors import AMELIE, ROOT
from support.counting_storage import CountingStorage
from support.firm import GOOD, WEB, Firm, token_in

pytestmark = pytest.mark.cases_in_memory

OLD, NEW, JOAN = "jane@bois.fr", "jane@doe.org", "joan@bois.fr"


@attrs.define
class Jane:
    """A contact person with a login, and what she does in the portal."""

    firm: Firm
    client: Company
    affiliation: Affiliation
    login: PortalLogin

    @property
    def user(self) -> PortalUser:
        return self.firm.user(self.login, self.client)

    def ask(self, address: Any = NEW, password: Any = GOOD, source: str = "") -> SignIn:
        with self.firm.workspace.write(self.user) as session:
            return session.portal.request_email(address, password, source=source)

    def letter(self, template: str = "confirm-email") -> Message:
        return [one for one in self.letters() if one.template == template][-1]

    def letters(self) -> list[Message]:
        return [one for one in self.firm.letters() if one.template in {"confirm-email", "email-requested"}]

    def confirm(self, token: Any = None) -> PortalLogin:
        with self.firm.workspace.write(WEB) as session:
            return session.portal.confirm_email(token_in(self.letter()) if token is None else token)

    def person(self) -> Person:
        with self.firm.workspace.read(AMELIE) as session:
            return session.contacts.get(self.affiliation.person_id, Person)


def with_login(firm: Firm) -> Jane:
    client = firm.client("Bois")
    affiliation = firm.person(client)
    return Jane(firm, client, affiliation, firm.login(affiliation))


@pytest.fixture
def jane(firm: Firm) -> Jane:
    return with_login(firm)


def refused(jane: Jane, token: Any) -> bool:
    with pytest.raises(Invalid) as error:
        jane.confirm(token)
    return (error.value.code, error.value.path) == ("token-invalid", "token")


@pytest.mark.req("POR-9")
def test_nothing_changes_before_the_link_that_went_to_the_new_address_is_used(firm: Firm, jane: Jane) -> None:
    assert jane.ask().reason == "ok"
    letter, notice = jane.letter(), jane.letter("email-requested")
    assert (str(letter.to), letter.confidential) == (NEW, True)
    assert (str(notice.to), notice.confidential) == (OLD, False)
    assert NEW not in notice.text + notice.html
    assert "token=" not in notice.text + notice.html
    assert "https://portal.example.org/address?token=" in letter.text
    assert firm.sign_in(OLD)
    assert not firm.sign_in(NEW)
    assert [str(email) for email in jane.person().emails] == [OLD]


@pytest.mark.req("POR-9")
@pytest.mark.req("POR-10")
def test_the_link_changes_the_login_name_and_the_own_address_and_ends_sessions_and_links(
    firm: Firm, jane: Jane
) -> None:
    user = jane.user
    jane.ask()
    with firm.workspace.write(WEB) as session:
        session.portal.request_password(OLD)
    token = token_in(jane.letter())
    other = token_in(next(one for one in firm.letters() if one.template == "set-password"))
    login = jane.confirm(token)
    assert (str(login.email), login.epoch) == (NEW, jane.login.epoch + 1)
    assert [str(email) for email in jane.person().emails] == [NEW]
    assert firm.sign_in(NEW)
    assert not firm.sign_in(OLD)
    with pytest.raises(Forbidden), firm.workspace.read(user):
        pass
    with pytest.raises(Invalid) as error, firm.workspace.write(WEB) as session:
        session.portal.set_password(other, GOOD)
    assert error.value.code == "token-invalid"
    assert {one.state for one in firm.letters() if one.confidential} == {"dead"}
    assert refused(jane, token)


@pytest.mark.req("POR-9")
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([OLD, "j@x.fr"], [NEW, "j@x.fr"]),
        (["j@x.fr", "JANE@bois.fr", NEW], ["j@x.fr", NEW]),
        ([NEW, OLD], [NEW]),
        (["j@x.fr"], ["j@x.fr"]),
    ],
)
def test_the_new_address_takes_the_place_of_the_former_one_and_a_work_address_stays(
    firm: Firm, jane: Jane, before: list[str], after: list[str]
) -> None:
    with firm.workspace.write(AMELIE) as session:
        session.contacts.save(attrs.evolve(jane.person(), emails=before))
        session.people.save(attrs.evolve(session.people.get(jane.affiliation.id), email=OLD))
    jane.ask()
    jane.confirm()
    assert [str(email) for email in jane.person().emails] == after
    with firm.workspace.read(AMELIE) as session:
        assert str(session.people.get(jane.affiliation.id).email) == OLD


@pytest.mark.req("POR-9")
def test_only_a_digest_of_the_token_is_stored(firm: Firm, jane: Jane) -> None:
    jane.ask()
    token = token_in(jane.letter())
    assert token not in str(firm.records("credential")) + str(firm.records("login"))


@pytest.mark.req("POR-9")
def test_a_link_ends_after_48_hours_and_with_a_newer_one(firm: Firm, jane: Jane) -> None:
    jane.ask()
    first = token_in(jane.letter())
    jane.ask("jane@sud.fr")
    second = token_in(jane.letter())
    assert [one.state for one in jane.letters() if one.template == "confirm-email"] == ["dead", "waiting"]
    assert refused(jane, first)
    firm.clock.forward(hours=47, minutes=59)
    assert str(jane.confirm(second).email) == "jane@sud.fr"
    jane.login = attrs.evolve(jane.login, epoch=jane.login.epoch + 1)
    jane.ask()
    third = token_in(jane.letter())
    firm.clock.forward(hours=48)
    assert refused(jane, third)


def correct_the_person(session: Session, jane: Jane) -> None:
    session.contacts.save(attrs.evolve(session.contacts.get(jane.affiliation.person_id), emails=["jane@right.fr"]))


def correct_the_affiliation(session: Session, jane: Jane) -> None:
    session.people.save(attrs.evolve(session.people.get(jane.affiliation.id), email="jane@right.fr"))


def suspend(session: Session, jane: Jane) -> None:
    session.portal.suspend(jane.login)


def suspend_and_reopen(session: Session, jane: Jane) -> None:
    session.portal.suspend(jane.login)
    session.portal.reopen(jane.login)


def close(session: Session, jane: Jane) -> None:
    session.portal.close(jane.login)


def delete(session: Session, jane: Jane) -> None:
    session.contacts.delete(jane.affiliation.person_id)


def delete_and_restore(session: Session, jane: Jane) -> None:
    session.contacts.delete(jane.affiliation.person_id)
    session.trash.restore(jane.affiliation.person_id)


def delete_and_restore_the_client(session: Session, jane: Jane) -> None:
    session.contacts.delete(jane.client.id)
    session.trash.restore(jane.client.id)


def purge(session: Session, jane: Jane) -> None:
    session.contacts.delete(jane.affiliation.person_id)
    session.trash.purge(jane.affiliation.person_id)


def end(session: Session, jane: Jane) -> None:
    last = session._transaction.today - timedelta(days=1)
    session.people.save(attrs.evolve(session.people.get(jane.affiliation.id), end=last))


def remove(session: Session, jane: Jane) -> None:
    session.people.remove(jane.affiliation.id)


def reset_the_password(session: Session, jane: Jane) -> None:
    session.portal.set_password(session.portal.invite(jane.affiliation, send=False).token, "another horse")


ENDS: list[Callable[[Session, Jane], None]] = [
    *(correct_the_person, correct_the_affiliation, suspend, suspend_and_reopen, close, delete, delete_and_restore),
    *(delete_and_restore_the_client, purge, end, remove, reset_the_password),
]


@pytest.mark.req("POR-9")
@pytest.mark.req("NOT-8")
@pytest.mark.parametrize("act", ENDS)
def test_a_link_dies_with_every_change_of_the_login_and_its_person_and_its_letter_is_not_sent(
    firm: Firm, jane: Jane, act: Callable[[Session, Jane], None]
) -> None:
    jane.ask()
    letter = jane.letter()
    with firm.workspace.write(ROOT) as session:
        act(session, jane)
    assert refused(jane, token_in(letter))
    sent: list[str] = []
    with Deliverer(firm.storage, Kept(sent), sender="post@acme.example", clock=firm.clock) as deliverer:
        deliverer.run_once()
    assert NEW not in sent


@attrs.define
class Kept:
    """A transport that keeps the addresses to which it sends."""

    sent: list[str]

    def send(self, envelope: Any) -> Any:
        self.sent.append(str(envelope.recipient))
        return Outcome("sent")

    def close(self) -> None:
        pass


@pytest.mark.req("POR-2")
def test_a_portal_user_who_types_the_password_again_does_not_enter_again(firm: Firm, jane: Jane) -> None:
    user = jane.user
    assert jane.ask()
    with firm.workspace.write(user) as session:
        assert session.portal.change_password(GOOD, "battery staple")
    with firm.workspace.read(ROOT) as session:
        assert session.portal.get(jane.login.id).last_login is None
        assert "login.entered" not in [one.event.name for one in session.feed()]
    assert firm.sign_in(password="battery staple").login == attrs.evolve(
        jane.login, version=3, epoch=1, last_login=firm.clock.now
    )


@pytest.mark.req("POR-9")
@pytest.mark.req("NOT-8")
def test_both_letters_are_sent_while_the_link_is_alive(firm: Firm, jane: Jane) -> None:
    jane.ask()
    sent: list[str] = []
    with Deliverer(firm.storage, Kept(sent), sender="post@acme.example", clock=firm.clock) as deliverer:
        deliverer.run_once()
    assert sorted(sent) == [OLD, NEW]
    assert [one.text for one in firm.letters() if one.template == "confirm-email"] == [""]


@pytest.mark.req("POR-9")
@pytest.mark.req("NOT-8")
@pytest.mark.parametrize("letter", ["email-requested", "confirm-email"])
def test_a_waiting_letter_whose_template_is_switched_off_is_withdrawn(firm: Firm, jane: Jane, letter: str) -> None:
    jane.ask()
    with firm.workspace.write(ROOT) as session:
        session.settings.switch_letter(letter, on=False)
    sent: list[str] = []
    with Deliverer(firm.storage, Kept(sent), sender="post@acme.example", clock=firm.clock) as deliverer:
        deliverer.run_once()
    assert sent == [NEW if letter == "email-requested" else OLD]
    assert [one.withdrawn for one in jane.letters() if one.template == letter] == ["template-off"]


@pytest.mark.req("POR-9")
@pytest.mark.req("NOT-8")
@pytest.mark.parametrize("act", ["suspend", "close", "confirm"])
def test_the_notice_of_a_request_is_sent_whatever_became_of_the_login(firm: Firm, jane: Jane, act: str) -> None:
    jane.ask()
    if act == "confirm":
        jane.confirm()
    else:
        with firm.workspace.write(ROOT) as session:
            getattr(session.portal, act)(jane.login.id)
    sent: list[str] = []
    with Deliverer(firm.storage, Kept(sent), sender="post@acme.example", clock=firm.clock) as deliverer:
        deliverer.run_once()
    assert sent == [OLD]


@pytest.mark.req("POR-9")
@pytest.mark.req("ACC-4")
def test_a_link_does_not_work_in_a_copy_with_another_name(firm: Firm, jane: Jane) -> None:
    jane.ask()
    token, there = token_in(jane.letter()), MemoryStorage()
    copy_workspace(firm.storage, there, "acme", name="copy")
    copied = Workspace(there, "copy", host=Host(clock=firm.clock, passwords=firm.passwords))
    with pytest.raises(Invalid) as error, copied.write(WEB) as session:
        session.portal.confirm_email(token)
    assert error.value.code == "token-invalid"
    assert str(jane.confirm(token).email) == NEW


@pytest.mark.req("POR-9")
@pytest.mark.req("POR-10")
def test_an_address_that_another_login_has_costs_and_answers_the_same_and_only_its_reader_is_told(
    storage: Storage,
) -> None:
    firm = Firm(CountingStorage(storage))
    with firm.workspace.write(ROOT) as session:
        session.settings.change(email_link="https://x.fr/?token={token}")
    jane = with_login(firm)
    joan = firm.login(firm.person(jane.client, "Joan"))
    calls: Any = firm.storage.calls  # type: ignore[attr-defined] # the counting storage
    jane.ask("first@doe.org")
    answers, costs = [], []
    for address in (NEW, JOAN):
        firm.passwords.spent()
        calls.restart()
        answer = jane.ask(address)
        answers.append((type(answer), answer.reason, answer.clients))
        costs.append((Counter(calls.by_name), firm.passwords.spent()))
    assert answers[0] == answers[1]
    assert costs[0] == costs[1]
    assert str(jane.letter().to) == JOAN
    token = token_in(jane.letter())
    with pytest.raises(Duplicate) as error:
        jane.confirm(token)
    assert str(error.value) == "This login name is taken: choose another one."
    assert (error.value.key, error.value.existing) == ("the login name", None)
    assert firm.sign_in(OLD)
    with firm.workspace.write(ROOT) as session:
        session.portal.close(joan)
    assert str(jane.confirm(token).email) == JOAN


@pytest.mark.req("POR-10")
def test_requests_are_limited_by_login_and_by_source(firm: Firm, jane: Jane) -> None:
    for number in range(EMAILS_BY_LOGIN.count):
        assert jane.ask(f"jane{number}@doe.org").reason == "ok"
    assert jane.ask().reason == "limited"
    firm.clock.forward(hours=1)
    with firm.workspace.write(WEB) as session:
        for number in range(REQUESTS_BY_SOURCE.count):
            session.portal.request_password(f"nobody{number}@x.fr", source="192.0.2.7")
    assert jane.ask(source="192.0.2.7").reason == "limited"
    assert jane.ask(source="192.0.2.8").reason == "ok"


@pytest.mark.req("POR-2")
@pytest.mark.req("POR-9")
@pytest.mark.parametrize("password", ["wrong password", "", None, 7])
def test_a_wrong_password_is_counted_and_sends_nothing(firm: Firm, jane: Jane, password: Any) -> None:
    for _ in range(4):
        assert jane.ask(password=password).reason == "refused"
    assert jane.letters() == []
    assert jane.ask(password=password).reason == "refused"
    assert not firm.sign_in(OLD)


@pytest.mark.req("POR-9")
@pytest.mark.parametrize(
    ("address", "code"),
    [("no address", "email-syntax"), ("", "email-empty"), (None, "text-type"), ("JANE@bois.fr", "email-unchanged")],
)
def test_an_address_that_cannot_be_meant_is_refused_by_name(jane: Jane, address: Any, code: str) -> None:
    with pytest.raises(Invalid) as error:
        jane.ask(address)
    assert (error.value.code, error.value.path) == (code, "new_email")


@pytest.mark.req("POR-9")
def test_staff_and_sessions_that_only_read_are_refused(firm: Firm, jane: Jane) -> None:
    with pytest.raises(Forbidden) as error, firm.workspace.write(AMELIE) as session:
        session.portal.request_email(NEW, GOOD)
    assert error.value.code == "portal-only"
    with pytest.raises(Forbidden) as error, firm.workspace.read(jane.user) as session:
        session.portal.request_email(NEW, GOOD)
    assert error.value.code == "read-only-session"
    for actor, code in ((AMELIE, "read-only-session"), (jane.user, "portal-reads-only")):
        with pytest.raises(Forbidden) as error, firm.workspace.read(actor) as session:
            session.portal.confirm_email("x")
        assert error.value.code == code
    assert refused(jane, "x")
    assert refused(jane, 7)


@pytest.mark.req("POR-3")
@pytest.mark.req("POR-9")
def test_a_request_that_could_not_be_confirmed_is_refused(firm: Firm, jane: Jane) -> None:
    with firm.workspace.write(ROOT) as session:
        session.settings.switch_letter("email-requested", on=False)
    assert jane.ask()
    assert [one.template for one in jane.letters()] == ["confirm-email"]
    with firm.workspace.write(ROOT) as session:
        session.settings.switch_letter("confirm-email", on=False)
    with pytest.raises(Forbidden) as off:
        jane.ask()
    assert off.value.code == "email-change-off"
    with firm.workspace.write(ROOT) as session:
        session.settings.switch_letter("confirm-email", on=True)
        session.settings.change(email_link="")
    with pytest.raises(Invalid) as missing:
        jane.ask()
    assert (missing.value.code, missing.value.path) == ("portal-link-missing", "email_link")


@pytest.mark.req("POR-9")
@pytest.mark.parametrize("link", ["nowhere", "https://x.fr/"])
def test_a_link_without_a_place_for_the_token_is_refused_by_the_settings(firm: Firm, link: str) -> None:
    with pytest.raises(Invalid) as error, firm.workspace.write(ROOT) as session:
        session.settings.change(email_link=link)
    assert (error.value.code, error.value.path) == ("portal-link", "email_link")
