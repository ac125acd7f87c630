"""The undo of a submission takes back what it did and reveals nothing, and a refusal changes nothing (IMP-6)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import attrs
import pytest

from contactcore import Affiliation, Company, Forbidden, Form, FormField, Host, Interaction, Invalid, Person, Workspace
from contactcore.model.submission import Submission
from contactcore.storage import Storage
from contactcore.workspace.session import Session
from support.actors import BOB, ROOT
from support.clock import Clock
from support.web_forms import Website, send_form

pytestmark = [pytest.mark.req("IMP-6"), pytest.mark.cases_in_memory]

BOIS = {
    "name": "Bois & Fils",
    "email": "office@bois.fr",
    "person.given_name": "Zoé",
    "person.family_name": "Doe",
    "person.email": "zoe@bois.fr",
}


@pytest.fixture
def firms(workspace: Workspace) -> Website:
    """The website with a form of companies, for which Bob is responsible."""
    form = Form(
        "Firms",
        makes="company",
        fields=[FormField(name, required=name == "name") for name in BOIS],
        responsibles=["bob"],
        consent="J'accepte.",
        consent_purpose="newsletter",
        consent_version="1",
        min_seconds=1,
    )
    with workspace.write(ROOT) as session:
        return Website(workspace, session.forms.add(form))


@pytest.fixture
def people(workspace: Workspace) -> Website:
    """The website with a form of people, for which Bob is responsible."""
    fields = ["given_name", "family_name", "email", "phone"]
    form = Form(
        "People",
        fields=fields,
        responsibles=["bob"],
        consent="J'accepte.",
        consent_purpose="newsletter",
        consent_version="1",
        min_seconds=1,
    )
    with workspace.write(ROOT) as session:
        return Website(workspace, session.forms.add(form))


def latest(site: Website) -> Submission:
    with site.workspace.read(ROOT) as session:
        (found,) = session.forms.submissions.page(limit=1)
    return found


def in_session(site: Website, act: Callable[[Session], Any], actor: Any = BOB) -> Any:
    with site.workspace.write(actor) as session:
        return act(session)


def refusal(site: Website, act: Callable[[Session], Any]) -> str:
    """The code of a refusal that the caller survives, so that the session is committed."""
    with site.workspace.write(BOB) as session:
        with pytest.raises((Invalid, Forbidden)) as refused:
            act(session)
        return str(refused.value.code)


def undone(site: Website) -> Submission | None:
    found: Submission | None = in_session(site, lambda session: session.forms.submissions.undo(latest(site).id))
    return found


def accepted(site: Website, *fields: str) -> Any:
    def accept(session: Session) -> Any:
        submissions = session.forms.submissions
        return submissions.accept(submissions.suggestion(latest(site)), fields)

    return in_session(site, accept)


def known_firm(site: Website) -> Company:
    firm: Company = in_session(
        site, lambda session: session.contacts.add(Company("Bois", emails=["office@bois.fr"], responsibles=["bob"]))
    )
    return firm


def joined_by_somebody_hidden(site: Website, company: str, *, primary: bool = False) -> Affiliation:
    """A person whom Bob does not see acts for a company that he sees."""
    eve = Person("Eve", "Hidden", responsibles=["eve"])
    hidden: Affiliation = in_session(site, lambda s: s.people.add(company, eve, primary=primary), ROOT)
    return hidden


@pytest.mark.req("ACC-3")
def test_somebody_hidden_who_acts_for_a_new_company_does_not_prevent_the_undo(firms: Website, clock: Clock) -> None:
    send_form(firms, clock, BOIS)
    company = latest(firms).contact_id
    hidden = joined_by_somebody_hidden(firms, company)
    assert undone(firms) is None
    with firms.workspace.read(ROOT) as session:
        assert session.contacts.get(hidden.person_id).display_name == "Eve Hidden"
        assert session.people.of(hidden.person_id) == ()
    in_session(firms, lambda session: session.trash.restore(company))
    with firms.workspace.read(ROOT) as session:
        assert {one.person.display_name for one in session.people.list(company)} == {"Zoé Doe", "Eve Hidden"}


@pytest.mark.req("ACC-3")
def test_a_primary_flag_that_moved_to_somebody_hidden_does_not_prevent_the_undo(firms: Website, clock: Clock) -> None:
    bois = known_firm(firms)
    send_form(firms, clock, BOIS)
    accepted(firms, "person")
    joined_by_somebody_hidden(firms, bois.id, primary=True)
    with firms.workspace.read(BOB) as session:
        (zoe,) = session.people.list(bois)
        assert (zoe.version, zoe.primary) == (1, True)
    again = undone(firms)
    assert again is not None
    assert again.state == "suggested"
    with firms.workspace.read(BOB) as session:
        assert session.people.list(bois) == ()


@pytest.mark.req("ACC-3")
def test_a_contact_person_whom_somebody_hidden_employs_goes_with_the_undo(firms: Website, clock: Clock) -> None:
    bois = known_firm(firms)
    send_form(firms, clock, BOIS)
    accepted(firms, "person")
    with firms.workspace.read(BOB) as session:
        (zoe,) = session.people.list(bois)
    hidden = in_session(firms, lambda session: session.contacts.add(Company("Hidden", responsibles=["eve"])), ROOT)
    in_session(firms, lambda session: session.people.add(hidden, zoe.person_id), ROOT)
    undone(firms)
    with firms.workspace.read(BOB) as session:
        assert [(card.id, card.name) for card in session.trash.list()] == [(zoe.person_id, "Zoé Doe")]


@pytest.mark.req("ACC-3")
def test_the_change_of_a_contact_person_who_is_hidden_since_does_not_prevent_the_undo(
    firms: Website, clock: Clock
) -> None:
    bois = known_firm(firms)
    send_form(firms, clock, BOIS)
    accepted(firms, "person")
    with firms.workspace.write(ROOT) as session:
        (zoe,) = session.people.list(bois)
        session.people.save(attrs.evolve(zoe, position="CEO"))
        session.contacts.share(zoe.person_id, "private", responsibles=["eve"])
    again = undone(firms)
    assert again is not None
    assert again.state == "suggested"
    with firms.workspace.read(ROOT) as session:
        assert [(one.person_id, one.position) for one in session.people.list(bois)] == [(zoe.person_id, "CEO")]


@pytest.mark.parametrize("state", ["new", "accepted"])
@pytest.mark.parametrize("what", ["note", "login", "position", "name"])
def test_a_contact_person_with_whom_somebody_worked_is_not_taken_away(
    firms: Website, clock: Clock, state: str, what: str
) -> None:
    if state == "accepted":
        known_firm(firms)
    send_form(firms, clock, BOIS)
    if state == "accepted":
        accepted(firms, "person")
    company = latest(firms).contact_id
    with firms.workspace.write(BOB) as session:
        (zoe,) = session.people.list(company)
        assert zoe.person is not None
        if what == "note":
            session.timeline.add(zoe.person_id, Interaction("Called back"))
        elif what == "login":
            session.portal.invite(zoe, password="correct horse", send=False)
        elif what == "position":
            session.people.save(attrs.evolve(zoe, position="CEO"))
        else:
            session.contacts.save(attrs.evolve(zoe.person, given_name="Zoe"))
    if state == "new" or what == "position":
        expected = "in-use" if what in {"note", "login"} else "changed-since"
        assert refusal(firms, lambda session: session.forms.submissions.undo(latest(firms).id)) == expected
        with firms.workspace.read(BOB) as session:
            assert [one.person_id for one in session.people.list(company)] == [zoe.person_id]
            # A refused undo takes no consent away.
            assert [one.in_force for one in session.privacy.consents(zoe.person_id)] == [True]
    else:
        undone(firms)
        with firms.workspace.read(BOB) as session:
            assert session.people.list(company) == ()
            assert session.contacts.get(zoe.person_id, Person).family_name == "Doe"


def test_a_contact_person_whom_the_application_needs_stays_with_all_that_was_accepted(
    storage: Storage, clock: Clock
) -> None:
    needed: set[str] = set()
    host = Host(clock=clock, blockers=lambda _, ids: {id: ("has open invoices",) for id in ids if id in needed})
    workspace = Workspace(storage, "firm", language="fr", country="FR", host=host)
    with workspace.write(ROOT) as session:
        form = Form("Firms", makes="company", fields=[*BOIS], responsibles=["bob"], min_seconds=1)
        site = Website(workspace, session.forms.add(form))
    bois = known_firm(site)
    send_form(site, clock, BOIS)
    accepted(site, "person", "name")
    with workspace.read(BOB) as session:
        (zoe,) = session.people.list(bois)
    needed.add(zoe.person_id)
    assert refusal(site, lambda session: session.forms.submissions.undo(latest(site).id)) == "blocked-by-host"
    with workspace.read(BOB) as session:
        assert [one.person_id for one in session.people.list(bois)] == [zoe.person_id]
        assert session.contacts.get(bois, Company).name == "Bois & Fils"


@pytest.mark.parametrize("act", ["accept", "separate"])
def test_a_refused_contact_person_leaves_everything_as_it_was(firms: Website, clock: Clock, act: str) -> None:
    bois = known_firm(firms)
    send_form(firms, clock, BOIS)
    with firms.workspace.write(BOB) as session:
        for _ in range(2):
            session.contacts.add(Person("Zoé", "Doe", emails=["zoe@bois.fr"]))
        before = session.contacts.count(role="any")

    def decide(session: Session) -> Any:
        submissions = session.forms.submissions
        if act == "separate":
            return submissions.separate(latest(firms).id)
        return submissions.accept(submissions.suggestion(latest(firms)), ["name", "person"])

    assert refusal(firms, decide) == "person-ambiguous"
    with firms.workspace.read(BOB) as session:
        assert session.contacts.get(bois) == bois
        assert session.contacts.count(role="any") == before
        assert latest(firms).state == "suggested"


@pytest.mark.req("POR-9")
def test_a_link_to_an_address_that_was_taken_over_dies_with_the_undo(people: Website, clock: Clock) -> None:
    with people.workspace.write(ROOT) as session:
        session.settings.change(portal_link="https://portal.example/password?token={token}")
    jo = in_session(
        people,
        lambda session: session.contacts.add(
            Person("Jo", "Doe", emails=["jo@bois.fr"], phones=["01 44 55 66 77"], responsibles=["bob"])
        ),
    )
    sent = {"given_name": "Jo", "family_name": "Doe", "phone": "01 44 55 66 77", "email": "stranger@example.org"}
    send_form(people, clock, sent)
    accepted(people, "email")
    in_session(people, lambda session: session.portal.invite(jo.id, "stranger@example.org"))
    undone(people)
    with people.workspace.read(ROOT) as session:
        login = session.portal.of(jo.id)
        assert login is not None
        assert login.email.text == "jo@bois.fr"
        letters = [one for one in session.outbox.list() if one.to.text == "stranger@example.org"]
        assert [one.state for one in letters] == ["dead"]


def test_a_separated_contact_has_the_language_of_its_visitor(people: Website, clock: Clock) -> None:
    jo = {"given_name": "Jo", "family_name": "Doe", "email": "jo@bois.fr"}
    send_form(people, clock, jo, "de")
    send_form(people, clock, jo, "de")
    made = in_session(people, lambda session: session.forms.submissions.separate(latest(people).id))
    with people.workspace.read(BOB) as session:
        assert {str(session.contacts.get(card.id).language) for card in session.contacts.page()} == {"de"}
        assert session.contacts.count() == 2
        assert made.source == "form"


@pytest.mark.req("IMP-8")
def test_a_consent_that_was_withdrawn_is_not_given_again_by_its_submission(people: Website, clock: Clock) -> None:
    jo = in_session(
        people, lambda session: session.contacts.add(Person("Jo", "Doe", emails=["jo@bois.fr"], responsibles=["bob"]))
    )
    send_form(people, clock, {"given_name": "Jo", "family_name": "Doe", "email": "jo@bois.fr"})
    accepted(people, "email")
    clock.forward(seconds=60)
    in_session(people, lambda session: session.privacy.withdraw_consent(jo, "newsletter"))
    undone(people)
    accepted(people, "email")
    with people.workspace.read(BOB) as session:
        assert [one.in_force for one in session.privacy.consents(jo)] == [False]


@pytest.mark.req("IMP-8")
def test_a_consent_that_waited_while_the_person_withdrew_another_one_is_stored_as_withdrawn(
    people: Website, clock: Clock
) -> None:
    jo = in_session(
        people, lambda session: session.contacts.add(Person("Jo", "Doe", emails=["jo@bois.fr"], responsibles=["bob"]))
    )
    in_session(people, lambda session: session.privacy.give_consent(jo, "newsletter", source="phone"))
    clock.forward(seconds=60)
    send_form(people, clock, {"given_name": "Jo", "family_name": "Doe", "email": "jo@bois.fr"})
    clock.forward(seconds=60)
    (ended,) = in_session(people, lambda session: session.privacy.withdraw_consent(jo, "newsletter"))
    accepted(people, "email")
    with people.workspace.read(BOB) as session:
        _, came = session.privacy.consents(jo)
        assert (came.withdrawn, came.source) == (ended.withdrawn, f"submission:{latest(people).id}")
    with people.workspace.write(BOB) as session, pytest.raises(Invalid) as refused:
        session.privacy.give_consent(jo, "newsletter", given=ended.withdrawn - timedelta(seconds=1))
    assert refused.value.code == "consent-times"
