"""Giving contact persons a login (POR-1, POR-3)."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any, Literal

import attrs
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from contactcore import Company, Duplicate, EmailAddress, Forbidden, Invalid, NotFound, Person
from contactcore.workspace.session import Session
from support.actors import AMELIE, BOB, ROOT
from support.firm import GOOD, Firm, token_in

pytestmark = pytest.mark.cases_in_memory


@pytest.mark.req("POR-1")
def test_a_login_is_apart_from_the_contact_and_is_found_through_its_person(firm: Firm) -> None:
    client = firm.client("Bois")
    jane = firm.person(client)
    login = firm.login(jane)
    with firm.workspace.read(AMELIE) as session:
        assert session.portal.of(jane) == session.portal.of(jane.person_id) == login
        assert session.portal.logins(client) == (login,)
        assert session.portal.get(login.id) == login
        assert (str(login.email), login.person_id, login.state) == ("jane@bois.fr", jane.person_id, "active")


@pytest.mark.req("POR-1")
@pytest.mark.parametrize("other", ["JANE@Bois.fr", "jAnE@bois.fr", "jane@BOIS.FR"])
def test_a_login_name_is_taken_whatever_its_case(firm: Firm, other: str) -> None:
    client = firm.client("Bois")
    firm.login(firm.person(client))
    joan = firm.person(client, "Joan")
    with pytest.raises(Duplicate), firm.workspace.write(AMELIE) as session:
        session.portal.invite(joan, email=other)


_LETTERS = st.text(st.sampled_from("aZéÉσςΣñöÅ"), min_size=1, max_size=8)


@pytest.mark.req("POR-1")
@settings(max_examples=40)
@given(
    local=_LETTERS,
    form=st.sampled_from(["NFC", "NFD"]),
    case=st.sampled_from([str.lower, str.upper, str.swapcase, str.title, str]),
)
def test_any_spelling_of_a_login_name_leads_to_the_one_login(
    new_firm: Callable[[], Firm], local: str, form: Literal["NFC", "NFD"], case: Callable[[str], str]
) -> None:
    firm = new_firm()
    client = firm.client("Bois")
    try:
        email = EmailAddress(f"{local}@bois.fr")
        spelled = EmailAddress(unicodedata.normalize(form, case(local)) + "@bois.fr")
    except Invalid:
        reject()  # e-mail addresses refuse some spellings themselves
    jane, joan = firm.person(client), firm.person(client, "Joan")
    with firm.workspace.write(AMELIE) as session:
        login = session.portal.invite(jane, email=email, password=GOOD, send=False).login
    assert firm.sign_in(str(spelled)).login == attrs.evolve(login, version=2, last_login="2026-03-01T00:00:00.000000Z")
    with pytest.raises(Duplicate), firm.workspace.write(AMELIE) as session:
        session.portal.invite(joan, email=spelled)


@pytest.mark.req("POR-1")
@pytest.mark.req("ACC-3")
def test_that_a_login_name_is_taken_tells_nothing_of_whose_it_is(firm: Firm) -> None:
    hidden, seen = firm.client("Hidden", BOB), firm.client("Seen")
    firm.login(firm.person(hidden, by=BOB), BOB)
    firm.login(firm.person(seen, "Jim"))
    joan = firm.person(seen, "Joan")
    answers = []
    for email in ("jane@bois.fr", "jim@bois.fr"):
        with pytest.raises(Duplicate) as refused, firm.workspace.write(AMELIE) as session:
            session.portal.invite(joan, email=email)
        assert refused.value.existing is None
        answers.append(str(refused.value).replace(email, ""))
    assert answers[0] == answers[1]


@pytest.mark.req("POR-1")
@pytest.mark.parametrize("email", ["Jane@bois.fr", f"{'j' * 60}@{'x' * 60}.{'y' * 60}.fr"], ids=len)
def test_the_refusal_of_a_login_name_that_was_taken_a_moment_ago_says_nothing_else(
    firm: Firm, email: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = firm.client("Bois")
    jane, joan = firm.person(client), firm.person(client, "Joan")
    with firm.workspace.write(AMELIE) as session:
        session.portal.invite(jane, email=email)
    # Another process may take it after it was looked for: then only the storage knows.
    monkeypatch.setattr("contactcore.workspace.repositories.logins.LoginRepository.id_by_email", lambda *_: None)
    with pytest.raises(Duplicate) as refused, firm.workspace.write(AMELIE) as session:
        session.portal.invite(joan, email=email)
    assert str(refused.value) == "This login name is taken: choose another one."
    assert refused.value.key == "the login name"
    assert refused.value.existing is None


@pytest.mark.req("POR-1")
def test_a_person_has_one_login_however_often_they_are_invited(firm: Firm) -> None:
    client, other = firm.client("Bois"), firm.client("Sud")
    jane = firm.person(client)
    again = firm.joined(other, jane)
    login = firm.login(jane)
    with firm.workspace.write(AMELIE) as session:
        assert session.portal.invite(again).login.id == login.id
        assert session.portal.invite(jane.person_id).login.id == login.id
    assert len(firm.records("login")) == 1


@pytest.mark.parametrize("change", [{"email": "other@bois.fr"}, {"password": "another horse"}])
def test_inviting_again_changes_neither_login_name_nor_password(firm: Firm, change: dict[str, Any]) -> None:
    jane = firm.person(firm.client("Bois"))
    firm.login(jane)
    with pytest.raises(Invalid) as refused, firm.workspace.write(AMELIE) as session:
        session.portal.invite(jane, **change)
    assert (refused.value.code, refused.value.path) == ("login-exists", next(iter(change)))
    assert firm.sign_in()


@pytest.mark.req("POR-1")
def test_the_work_address_is_the_login_name_unless_another_is_given(firm: Firm) -> None:
    client = firm.client("Bois")
    with firm.workspace.write(AMELIE) as session:
        jane = session.people.add(client, Person("Jane", emails=["j@home.fr"]), email="jane@work.fr")
        assert str(session.portal.invite(jane).login.email) == "jane@work.fr"
        joan = session.people.add(client, Person("Joan", emails=["joan@home.fr"]))
        assert str(session.portal.invite(joan).login.email) == "joan@home.fr"
        jim = session.people.add(client, Person("Jim"))
        assert str(session.portal.invite(jim, email="jim@x.fr").login.email) == "jim@x.fr"
        jack = session.people.add(client, Person("Jack"))
    with pytest.raises(Invalid) as refused, firm.workspace.write(AMELIE) as session:
        session.portal.invite(jack)
    assert (refused.value.code, refused.value.path) == ("email-missing", "email")


def test_all_that_is_wrong_with_an_invitation_is_told_at_once(firm: Firm) -> None:
    jane = firm.person(firm.client("Bois"))
    with pytest.raises(Invalid) as refused, firm.workspace.write(AMELIE) as session:
        session.portal.invite(jane, email="no address", password="short")
    assert [(one.path, one.code) for one in refused.value.problems] == [
        ("email", "email-syntax"),
        ("password", "password-too-short"),
    ]
    assert "short" not in repr(refused.value.problems[1].value)


def test_only_who_acts_for_the_client_is_invited(firm: Firm) -> None:
    client = firm.client("Bois")
    jane = firm.person(client)
    with firm.workspace.write(AMELIE) as session:
        jane = session.people.save(attrs.evolve(jane, end="2025-12-31"))
    with pytest.raises(Invalid) as refused, firm.workspace.write(AMELIE) as session:
        session.portal.invite(jane)
    assert refused.value.code == "affiliation-ended"
    with pytest.raises(Invalid) as refused, firm.workspace.write(AMELIE) as session:
        session.portal.invite(client.id)
    assert refused.value.code == "not-a-person"


@pytest.mark.req("POR-3")
@pytest.mark.parametrize("box", [True, False])
@pytest.mark.parametrize("switch", [True, False])
def test_the_welcome_letter_goes_out_if_the_box_and_the_switch_allow_it(firm: Firm, box: bool, switch: bool) -> None:
    jane = firm.person(firm.client("Bois"))
    with firm.workspace.write(ROOT) as session:
        session.settings.switch_letter("welcome", on=switch)
    with firm.workspace.write(AMELIE) as session:
        invitation = session.portal.invite(jane, send=box)
    assert invitation.sent == (box and switch)
    assert [(letter.template, str(letter.to)) for letter in firm.letters()] == (
        [("welcome", "jane@bois.fr")] if box and switch else []
    )
    # Without a letter the host hands the link over.
    assert invitation.link == f"https://portal.example.org/password?token={invitation.token}"


@pytest.mark.req("POR-2")
@pytest.mark.req("POR-3")
def test_a_password_that_was_typed_is_never_mailed_nor_stored(firm: Firm) -> None:
    jane = firm.person(firm.client("Bois"))
    with firm.workspace.write(AMELIE) as session:
        invitation = session.portal.invite(jane, password="Tr0ub4dor & three")
    assert invitation.sent
    assert "Tr0ub4dor" not in firm.everything()
    assert firm.sign_in(password="Tr0ub4dor & three")


def test_a_typed_password_without_a_letter_makes_no_link(firm: Firm) -> None:
    jane = firm.person(firm.client("Bois"))
    with firm.workspace.write(AMELIE) as session:
        invitation = session.portal.invite(jane, password=GOOD, send=False)
    assert (invitation.token, invitation.link, invitation.expires) == ("", "", None)


def test_the_link_in_the_letter_is_the_one_that_was_given_back_and_no_print_shows_it(firm: Firm) -> None:
    jane = firm.person(firm.client("Bois"))
    with firm.workspace.write(AMELIE) as session:
        invitation = session.portal.invite(jane)
    assert token_in(firm.letters()[0]) == invitation.token
    assert invitation.token not in repr(invitation)
    with firm.workspace.read(ROOT) as session:
        assert invitation.token not in repr(session.outbox.list().items)


def test_who_may_not_change_the_client_may_not_invite(firm: Firm) -> None:
    client = firm.client("Bois", access="shared-read")
    jane = firm.person(client)
    hidden = firm.person(firm.client("Hidden"))
    with pytest.raises(Forbidden), firm.workspace.write(BOB) as session:
        session.portal.invite(jane)
    for whom in (hidden, hidden.id, hidden.person_id, "nobody"):
        with pytest.raises(NotFound), firm.workspace.write(BOB) as session:
            session.portal.invite(whom)


def test_an_invitation_that_fails_leaves_nothing_behind(firm: Firm) -> None:
    jane = firm.person(firm.client("Bois"))

    def fail_after_inviting(session: Session) -> None:
        session.portal.invite(jane)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        firm.workspace.run(AMELIE, fail_after_inviting)
    assert firm.records("login") == firm.records("credential") == firm.records("message") == []


def test_an_untouched_company_is_no_person(firm: Firm) -> None:
    with pytest.raises(Invalid) as refused, firm.workspace.write(AMELIE) as session:
        session.portal.invite(session.contacts.add(Company("Bois")).id)
    assert refused.value.code == "not-a-person"
