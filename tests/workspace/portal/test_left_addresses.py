"""No link goes to an address that the owner of a login had and has no more (POR-9)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import attrs
import pytest

from contactcore import Affiliation, Company, Invalid, Person
from contactcore.delivery import Tally
from contactcore.workspace.session import Session
from support.actors import AMELIE, ROOT
from support.clock import TODAY
from support.firm import GOOD, WEB, Firm, token_in
from support.queued_mail import Takes, deliverer

pytestmark = [pytest.mark.cases_in_memory, pytest.mark.req("POR-9")]

WORK, OTHER = "jane@bois.fr", "another horse battery"
YESTERDAY = TODAY - timedelta(days=1)


class Employed:
    """Jane, who signs in by her address at Bois, and acts for Sud too."""

    def __init__(self, firm: Firm) -> None:
        self.firm = firm
        self.bois, self.sud = firm.client("Bois"), firm.client("Sud")
        with firm.workspace.write(AMELIE) as session:
            self.jane = session.people.add(self.bois, Person("Jane", "Doe", emails=["jane@doe.fr"]), email=WORK)
            self.there = session.people.add(self.sud, self.jane.person_id)
            session.portal.invite(self.jane, password=GOOD, send=False)

    def now(self, session: Session) -> Affiliation:
        return session.people.get(self.jane.id)

    def change(self, act: Callable[[Employed, Session], object]) -> None:
        with self.firm.workspace.write(AMELIE) as session:
            act(self, session)

    def ask(self, email: str = WORK) -> None:
        with self.firm.workspace.write(WEB) as session:
            session.portal.request_password(email)

    def deliver(self) -> tuple[Tally, list[str]]:
        transport = Takes()
        with deliverer(self.firm.storage, transport, self.firm.clock) as one:
            return one.run_once(), transport.sent


@pytest.fixture
def employed(firm: Firm) -> Employed:
    return Employed(firm)


def moved(employed: Employed, session: Session) -> None:
    mill = session.contacts.add(Company("Moulin"))
    session.people.change_employer(employed.now(session), mill, on=TODAY, retire=[WORK])


def renamed_and_retired(employed: Employed, session: Session) -> None:
    session.people.save(attrs.evolve(employed.now(session), email="office@bois.fr", retired=[WORK]))


LEFT = {
    "another employer": moved,
    "ended": lambda e, s: s.people.save(attrs.evolve(e.now(s), end=YESTERDAY)),
    "inactive": lambda e, s: s.people.save(attrs.evolve(e.now(s), active=False)),
    "removed": lambda e, s: s.people.remove(e.jane),
    "retired": renamed_and_retired,
    "corrected": lambda e, s: s.people.save(attrs.evolve(e.now(s), email="office@bois.fr")),
    "taken away": lambda e, s: s.people.save(attrs.evolve(e.now(s), email=None)),
    "client deleted": lambda e, s: s.contacts.delete(e.bois.id),
}

KEPT = {
    "corrected and back": lambda e, s: (LEFT["corrected"](e, s), s.people.save(attrs.evolve(e.now(s), email=WORK))),
    "ends today": lambda e, s: s.people.save(attrs.evolve(e.now(s), end=TODAY)),
    "begins later": lambda e, s: s.people.save(attrs.evolve(e.now(s), start=TODAY + timedelta(days=1))),
    "own address too": lambda e, s: (
        s.contacts.save(attrs.evolve(s.contacts.get(e.jane.person_id), emails=["jane@doe.fr", WORK])),
        s.people.save(attrs.evolve(e.now(s), end=YESTERDAY)),
    ),
    "also the work address at Sud": lambda e, s: (
        s.people.save(attrs.evolve(s.people.get(e.there.id), email=WORK.upper())),
        s.people.remove(e.jane),
    ),
}


@pytest.mark.parametrize("leave", LEFT.values(), ids=LEFT)
def test_who_reads_the_former_mailbox_gets_no_link(
    employed: Employed, leave: Callable[[Employed, Session], object]
) -> None:
    employed.change(leave)
    employed.ask()
    assert employed.deliver() == (Tally(), [])
    assert employed.firm.letters() == []
    # The owner knows the password.
    assert "Sud" in [client.name for client in employed.firm.sign_in(WORK).clients]


@pytest.mark.parametrize("leave", LEFT.values(), ids=LEFT)
def test_a_link_that_was_mailed_before_is_dead_and_its_letter_is_withdrawn(
    employed: Employed, leave: Callable[[Employed, Session], object]
) -> None:
    employed.ask()
    (letter,) = employed.firm.letters()
    employed.change(leave)
    with pytest.raises(Invalid) as refused, employed.firm.workspace.write(WEB) as session:
        session.portal.set_password(token_in(letter), OTHER)
    assert refused.value.code == "token-invalid"
    assert employed.deliver() == (Tally(withdrawn=1), [])
    with employed.firm.workspace.read(ROOT) as session:
        assert [one.withdrawn for one in session.outbox.list()] == ["address-changed"]


@pytest.mark.parametrize("change", KEPT.values(), ids=KEPT)
def test_an_address_that_is_still_one_of_the_person_gets_the_link(
    employed: Employed, change: Callable[[Employed, Session], object]
) -> None:
    employed.change(change)
    employed.ask()
    assert employed.deliver() == (Tally(sent=1), [WORK])


def test_an_address_that_the_owner_confirmed_gets_links_whoever_leaves(employed: Employed) -> None:
    new = "jane@new.fr"
    with employed.firm.workspace.read(AMELIE) as session:
        login = session.portal.of(employed.jane)
        assert login is not None
    with employed.firm.workspace.write(employed.firm.user(login, employed.sud)) as session:
        assert session.portal.request_email(new, GOOD)
    letter = next(one for one in employed.firm.letters() if one.template == "confirm-email")
    with employed.firm.workspace.write(WEB) as session:
        session.portal.confirm_email(token_in(letter))
    employed.deliver()
    employed.change(LEFT["removed"])
    employed.ask(new)
    assert employed.deliver() == (Tally(sent=1), [new])


def test_an_own_address_that_was_corrected_gets_no_link(firm: Firm) -> None:
    client = firm.client("Bois")
    jane = firm.person(client)
    firm.login(jane)
    with firm.workspace.write(AMELIE) as session:
        session.contacts.save(attrs.evolve(session.contacts.get(jane.person_id), emails=["jane@doe.fr"]))
    with firm.workspace.write(WEB) as session:
        session.portal.request_password(WORK)
    assert firm.letters() == []
    assert firm.sign_in(WORK)


def test_an_invitation_says_to_admins_that_the_address_was_left_and_gives_no_link(employed: Employed) -> None:
    employed.change(LEFT["ended"])
    with pytest.raises(Invalid) as refused, employed.firm.workspace.write(ROOT) as session:
        session.portal.invite(employed.there)
    assert (refused.value.code, refused.value.path) == ("login-exists", "email")
    for actor in (AMELIE, ROOT):
        with employed.firm.workspace.write(actor) as session:
            made = session.portal.invite(employed.there, send=False)
        assert (made.token, made.link, made.sent) == ("", "", False)
    with employed.firm.workspace.write(AMELIE) as session:
        assert session.portal.invite(employed.there).sent
    assert employed.deliver() == (Tally(withdrawn=1), [])


def test_a_name_that_was_given_by_hand_gets_links_whatever_becomes_of_the_addresses(firm: Firm) -> None:
    client = firm.client("Bois")
    jane = firm.person(client)
    with firm.workspace.write(AMELIE) as session:
        session.portal.invite(jane, "office@sud.fr", password=GOOD, send=False)
        session.contacts.save(attrs.evolve(session.contacts.get(jane.person_id), emails=["jane@doe.fr"]))
    with firm.workspace.write(WEB) as session:
        session.portal.request_password("office@sud.fr")
    assert [str(one.to) for one in firm.letters()] == ["office@sud.fr"]


def test_the_former_address_is_not_told_of_a_new_one(employed: Employed) -> None:
    employed.change(LEFT["ended"])
    with employed.firm.workspace.read(AMELIE) as session:
        login = session.portal.of(employed.jane)
        assert login is not None
    with employed.firm.workspace.write(employed.firm.user(login, employed.sud)) as session:
        assert session.portal.request_email("jane@new.fr", GOOD)
    assert employed.deliver() == (Tally(sent=1), ["jane@new.fr"])
