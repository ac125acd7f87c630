"""A login without a password follows its address; a corrected address ends its link (POR-9)."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import pytest

from contactcore import Affiliation, Company, Duplicate, Invalid, Person
from contactcore.workspace.session import Session
from support.actors import AMELIE, BOB, ROOT
from support.firm import GOOD, WEB, Firm, token_in

pytestmark = pytest.mark.cases_in_memory

WRONG, RIGHT = "jane@stranger.fr", "jane@bois.fr"

Correction = Callable[[Session, Affiliation], object]


def on_person(session: Session, jane: Affiliation) -> None:
    session.contacts.save(attrs.evolve(session.contacts.get(jane.person_id), emails=[RIGHT]))


def in_front(session: Session, jane: Affiliation) -> None:
    session.contacts.save(attrs.evolve(session.contacts.get(jane.person_id), emails=[RIGHT, WRONG]))


def on_affiliation(session: Session, jane: Affiliation) -> None:
    session.people.save(attrs.evolve(session.people.get(jane.id), email=RIGHT))


CORRECTIONS: list[Correction] = [on_person, in_front, on_affiliation]


@pytest.fixture
def client(firm: Firm) -> Company:
    return firm.client("Bois")


@pytest.fixture
def jane(firm: Firm, client: Company) -> Affiliation:
    with firm.workspace.write(AMELIE) as session:
        return session.people.add(client, Person("Jane", "Doe", emails=[WRONG]))


def set_password(firm: Firm, token: str) -> None:
    with firm.workspace.write(WEB) as session:
        session.portal.set_password(token, GOOD)


@pytest.mark.req("POR-9")
@pytest.mark.parametrize("correct", CORRECTIONS)
def test_a_corrected_address_kills_the_link_withdraws_the_letter_and_gets_the_next_one(
    firm: Firm, jane: Affiliation, correct: Correction
) -> None:
    with firm.workspace.write(AMELIE) as session:
        first = session.portal.invite(jane)
    with firm.workspace.write(AMELIE) as session:
        correct(session, jane)
    assert [(str(letter.to), letter.state) for letter in firm.letters()] == [(WRONG, "dead")]
    with pytest.raises(Invalid) as refused:
        set_password(firm, first.token)
    assert refused.value.code == "token-invalid"
    with firm.workspace.write(WEB) as session:
        session.portal.request_password(WRONG)
    assert len(firm.letters()) == 1
    with firm.workspace.write(AMELIE) as session:
        assert str(session.portal.invite(jane.id).login.email) == RIGHT
    assert [(str(letter.to), letter.state) for letter in firm.letters()] == [(WRONG, "dead"), (RIGHT, "waiting")]
    set_password(firm, token_in(firm.letters()[1]))
    assert firm.sign_in(RIGHT)
    assert not firm.sign_in(WRONG)


@pytest.mark.req("POR-9")
@pytest.mark.parametrize("correct", CORRECTIONS)
def test_a_link_of_a_login_that_was_invited_through_the_person_dies_with_the_address(
    firm: Firm, jane: Affiliation, correct: Correction
) -> None:
    with firm.workspace.write(AMELIE) as session:
        session.portal.invite(jane.person_id)
        correct(session, jane)
        assert str(session.portal.invite(jane.id).login.email) == RIGHT
    assert [str(letter.to) for letter in firm.letters() if letter.state == "waiting"] == [RIGHT]


@pytest.mark.req("POR-9")
def test_an_address_given_by_hand_follows_its_correction_by_hand_and_on_the_record(
    firm: Firm, client: Company, jane: Affiliation
) -> None:
    with firm.workspace.write(AMELIE) as session:
        session.portal.invite(jane, email="jane@typo.fr")
        # The record has another address. An invitation without an address is the same letter again.
        assert str(session.portal.invite(jane).login.email) == "jane@typo.fr"
        assert str(session.portal.invite(jane, email="jane@home.fr").login.email) == "jane@home.fr"
        assert [str(letter.to) for letter in firm_letters(session)] == ["jane@home.fr"]
        joan = session.people.add(client, Person("Joan", emails=["joan@home.fr", "joan@typo.fr"]))
        session.portal.invite(joan, email="joan@typo.fr")
        session.contacts.save(attrs.evolve(session.contacts.get(joan.person_id), emails=["joan@home.fr"]))
        assert [str(letter.to) for letter in firm_letters(session)] == ["jane@home.fr"]
        assert str(session.portal.invite(joan).login.email) == "joan@home.fr"


def firm_letters(session: Session) -> list[object]:
    """The waiting letters, oldest first."""
    from contactcore.workspace.repositories.messages import MessageRepository

    found = MessageRepository(session._transaction).find(frozenset({"state:waiting"}))
    return sorted((one.entity for one in found), key=lambda letter: letter.id)


@pytest.mark.req("POR-9")
@pytest.mark.parametrize("correct", [on_person, on_affiliation])
def test_a_login_with_a_password_keeps_its_name(firm: Firm, jane: Affiliation, correct: Correction) -> None:
    firm.login(jane)
    with firm.workspace.write(AMELIE) as session:
        correct(session, jane)
    assert firm.sign_in(WRONG)
    with pytest.raises(Invalid) as refused, firm.workspace.write(AMELIE) as session:
        session.portal.invite(jane.id, email=RIGHT)
    assert (refused.value.code, refused.value.path) == ("login-exists", "email")


@pytest.mark.req("POR-9")
def test_an_address_that_is_taken_away_ends_the_link_until_there_is_another(firm: Firm, jane: Affiliation) -> None:
    with firm.workspace.write(AMELIE) as session:
        token = session.portal.invite(jane).token
        session.contacts.save(attrs.evolve(session.contacts.get(jane.person_id), emails=[]))
    with pytest.raises(Invalid):
        set_password(firm, token)
    with pytest.raises(Invalid) as refused, firm.workspace.write(AMELIE) as session:
        session.portal.invite(jane)
    assert (refused.value.code, refused.value.path) == ("email-missing", "email")
    with firm.workspace.write(WEB) as session:
        session.portal.request_password(WRONG)
    assert [letter.state for letter in firm.letters()] == ["dead"]


@pytest.mark.req("POR-9")
def test_a_correction_to_the_name_of_another_login_is_saved_and_the_next_invitation_is_refused(
    firm: Firm, client: Company, jane: Affiliation
) -> None:
    firm.login(firm.person(client, "Jane"))  # at jane@bois.fr
    with firm.workspace.write(AMELIE) as session:
        token = session.portal.invite(jane).token
        on_person(session, jane)
    with pytest.raises(Invalid):
        set_password(firm, token)
    with pytest.raises(Duplicate), firm.workspace.write(AMELIE) as session:
        session.portal.invite(jane)


@pytest.mark.req("POR-9")
def test_a_file_that_corrects_an_address_ends_the_link_too(firm: Firm, client: Company) -> None:
    with firm.workspace.write(AMELIE) as session:
        jane = session.people.add(client, Person("Jane", "Doe"), email=WRONG)
        token = session.portal.invite(jane).token
        stored = session.people.save(attrs.evolve(jane, email=None))
    imports = firm.workspace.imports(AMELIE)
    rows = f"Contact ID,Kind,First name,Last name,E-mail 1\n{stored.person_id},person,Jane,Doe,{RIGHT}\n"
    assert imports.apply(imports.plan(rows, policy="update")).updated == 1
    with pytest.raises(Invalid):
        set_password(firm, token)
    with firm.workspace.write(AMELIE) as session:
        assert str(session.portal.invite(jane.id).login.email) == RIGHT


@pytest.mark.req("POR-9")
@pytest.mark.parametrize("end", ["removed", "moved"])
def test_a_work_address_that_ends_with_its_affiliation_is_followed_no_more(
    firm: Firm, client: Company, end: str
) -> None:
    other = firm.client("Sud")
    with firm.workspace.write(AMELIE) as session:
        jane = session.people.add(client, Person("Jane", "Doe", emails=[RIGHT]), email=WRONG)
        token = session.portal.invite(jane).token
        if end == "removed":
            session.people.remove(jane)
        else:
            session.people.change_employer(jane, other, retire=[WRONG])
            session.people.save(attrs.evolve(session.people.get(jane.id), email=None))
    with pytest.raises(Invalid):
        set_password(firm, token)


@pytest.mark.req("POR-9")
@pytest.mark.req("ACC-3")
def test_a_user_who_corrects_an_address_opens_only_what_they_may_change_themselves(
    firm: Firm, client: Company, jane: Affiliation
) -> None:
    hidden = firm.client("Hidden", BOB)
    there = firm.joined(hidden, jane, ROOT)
    with firm.workspace.write(ROOT) as session:
        session.contacts.share(jane.person_id, "shared-write")
    with firm.workspace.write(BOB) as session:
        session.portal.invite(there)
    with firm.workspace.write(AMELIE) as session:
        session.contacts.save(attrs.evolve(session.contacts.get(jane.person_id), emails=["amelie@home.fr"]))
        session.portal.invite(jane)
    set_password(firm, token_in(firm.letters()[-1]))
    assert [one.name for one in firm.sign_in("amelie@home.fr").clients] == ["Bois"]
    with firm.workspace.read(BOB) as session:
        (opening,) = session.portal.openings(hidden)
        assert (str(opening.login.email), opening.is_open, opening.made_by) == ("amelie@home.fr", False, "amelie")
