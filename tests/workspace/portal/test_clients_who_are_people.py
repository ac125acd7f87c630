"""A client who is a person stands for themself: login, permissions, notices, recipients (PER-7)."""

from __future__ import annotations

import attrs
import pytest

from contactcore import Address, Company, Invalid, NotFound, Person
from contactcore.formats.plain import from_plain, to_plain
from contactcore.model import PortalLogin
from contactcore.workspace.repositories.logins import LoginRepository
from support.actors import AMELIE, BOB, ROOT
from support.firm import GOOD, WEB, Firm, token_in


@pytest.fixture
def ann(firm: Firm) -> Person:
    with firm.workspace.write(AMELIE) as session:
        return session.contacts.add(
            Person(
                "Ann",
                "Lee",
                emails=["ann@lee.fr"],
                addresses=[Address("1 rue Vauban", city="Lyon", country="FR")],
                type="residential-client",
                permissions=["invoices"],
                notifications=["invoice"],
            )
        )


@pytest.fixture
def login(firm: Firm, ann: Person) -> PortalLogin:
    with firm.workspace.write(AMELIE) as session:
        return session.portal.invite(ann, password=GOOD, send=False).login


@pytest.mark.req("PER-7")
def test_a_person_is_invited_signs_in_and_chooses_themself(firm: Firm, ann: Person) -> None:
    with firm.workspace.write(AMELIE) as session:
        session.portal.invite(ann)
    (letter,) = firm.letters()
    assert str(letter.to) == "ann@lee.fr"
    with firm.workspace.write(WEB) as session:
        session.portal.set_password(token_in(letter), GOOD)
    answer = firm.sign_in("ann@lee.fr")
    assert (answer.reason, [one.name for one in answer.clients]) == ("ok", ["Ann Lee"])
    assert answer.login is not None
    user = firm.user(answer.login, ann)
    with firm.workspace.read(user) as session:
        seen = session.contacts.get(ann.id)
        assert (seen.display_name, seen.addresses, seen.type) == ("Ann Lee", ann.addresses, "")
        assert [card.id for card in session.contacts.page()] == [ann.id]
        assert [one.slug for one in session.portal.menu(answer.login, ann.id)] == ["invoices"]
        assert session.portal.may_see(answer.login, ann.id, "invoices")
        assert not session.portal.may_see(answer.login, ann.id, "projects")
        assert session.people.may(ann.id, "represent", ann.id).reason == "self"
    assert len(firm.records("contact")) == 1
    assert firm.records("affiliation") == []


@pytest.mark.req("PER-7")
def test_permissions_that_the_person_lacks_come_from_the_workspace(firm: Firm, ann: Person, login: PortalLogin) -> None:
    with firm.workspace.write(ROOT) as session:
        session.settings.set_default_permissions(["support"])
        session.contacts.save(attrs.evolve(session.contacts.get(ann.id), permissions=None))
        assert [one.slug for one in session.portal.menu(login, ann.id)] == ["support"]
        session.contacts.save(attrs.evolve(session.contacts.get(ann.id), permissions=[]))
        assert session.portal.menu(login, ann.id) == ()


@pytest.mark.req("PER-7")
@pytest.mark.req("NOT-2")
def test_notices_go_to_a_person_who_wants_them(firm: Firm, ann: Person) -> None:
    with firm.workspace.write(AMELIE) as session:
        answer = session.notifications.recipients(ann, "invoice")
        assert [(str(one.email), one.person_id, one.reason) for one in answer.chosen] == [
            ("ann@lee.fr", ann.id, "preference")
        ]
        assert session.notifications.preselected(ann, "invoice") == (ann.id,)
        refused = session.notifications.recipients(ann, "estimate")
        assert [(one.name, one.code) for one in refused.explained] == [("Ann Lee", "preference-off")]
        by_hand = session.notifications.by_hand(ann, "estimate", [ann])
        assert [one.reason for one in by_hand.chosen] == ["manual"]
        (queued,) = session.notifications.send(ann, answer, subject="Invoice 7", text="Enclosed.")
        assert str(queued.to) == "ann@lee.fr"


@pytest.mark.req("PER-7")
@pytest.mark.req("NOT-2")
def test_a_person_and_their_contact_persons_are_candidates_together(firm: Firm, ann: Person) -> None:
    with firm.workspace.write(ROOT) as session:
        son = session.people.add(ann, Person("Son", "Lee", emails=["son@lee.fr"]), notifications=["invoice"])
        answer = session.notifications.recipients(ann, "invoice")
        assert {one.person_id for one in answer.chosen} == {ann.id, son.person_id}
        session.settings.notices.set_fall_back("estimate", ["primary"])
        assert [one.person_id for one in session.notifications.recipients(ann, "estimate").chosen] == [son.person_id]
        session.people.remove(son)
        assert [one.person_id for one in session.notifications.recipients(ann, "estimate").chosen] == [ann.id]


@pytest.mark.req("PER-7")
@pytest.mark.req("POR-9")
def test_the_login_of_a_contact_person_does_not_open_their_own_record(firm: Firm) -> None:
    client = firm.client("Bois")
    with firm.workspace.write(AMELIE) as session:
        jane = session.contacts.add(Person("Jane", "Doe", emails=["jane@bois.fr"]))
        there = session.people.add(client, jane)
        session.portal.invite(there, password=GOOD, send=False)
    assert [one.name for one in firm.sign_in().clients] == ["Bois"]
    with firm.workspace.write(AMELIE) as session:
        session.portal.invite(jane, send=False)
        assert [one.is_open for one in session.portal.openings(jane)] == [True]
    assert [one.name for one in firm.sign_in().clients] == ["Bois", "Jane Doe"]


@pytest.mark.req("PER-7")
def test_a_mere_contact_person_is_no_client(firm: Firm) -> None:
    jane = firm.person(firm.client("Bois"))
    with firm.workspace.write(AMELIE) as session:
        session.portal.invite(jane.person_id, password=GOOD, send=False)
    assert [one.name for one in firm.sign_in().clients] == ["Bois"]


@pytest.mark.req("PER-7")
def test_staff_see_the_login_of_a_person_where_they_see_those_of_a_company(
    firm: Firm, ann: Person, login: PortalLogin
) -> None:
    with firm.workspace.read(AMELIE) as session:
        assert session.portal.logins(ann) == (login,)
        (opening,) = session.portal.openings(ann)
        assert (opening.login, opening.affiliation_id, opening.is_open) == (login, "", True)
        assert session.people.may(ann, "collect-mail", ann).reason == "self"
        with pytest.raises(NotFound):
            session.people.may("nobody", "collect-mail", ann)


@pytest.mark.req("PER-7")
@pytest.mark.parametrize(
    ("change", "code"), [({"permissions": ["invoice"]}, "module-unknown"), ({"notifications": ["x"]}, "topic-unknown")]
)
def test_an_unknown_module_or_topic_of_a_person_is_refused(
    firm: Firm, ann: Person, change: dict[str, list[str]], code: str
) -> None:
    with pytest.raises(Invalid) as refused, firm.workspace.write(AMELIE) as session:
        session.contacts.save(attrs.evolve(ann, **change))  # type: ignore[arg-type] # converted by the class
    assert (refused.value.code, refused.value.path) == (code, next(iter(change)))
    assert "invoices" in str(refused.value) or "invoice" in str(refused.value)


@pytest.mark.req("PER-7")
def test_the_preferences_of_a_person_are_stored_and_become_plain_data(firm: Firm, ann: Person) -> None:
    with firm.workspace.read(AMELIE) as session:
        stored = session.contacts.get(ann.id)
    assert isinstance(stored, Person)
    assert stored == ann
    plain = to_plain(stored)
    assert (plain["permissions"], plain["notifications"]) == (["invoices"], ["invoice"])
    read = from_plain({"kind": "person", "given_name": "Ann", "permissions": [], "notifications": ["invoice"]})
    assert (read.permissions.modules, read.notifications.topics) == ((), ("invoice",))  # type: ignore[union-attr]


@pytest.mark.req("PER-7")
def test_a_company_has_no_preferences_of_its_own(firm: Firm) -> None:
    with pytest.raises(TypeError):
        Company("Bois", permissions=["invoices"])  # type: ignore[call-arg] # the fault under test


@pytest.mark.req("PER-7")
@pytest.mark.req("ACC-3")
def test_only_a_user_who_may_change_the_person_opens_the_person(firm: Firm, ann: Person) -> None:
    with firm.workspace.write(ROOT) as session:
        session.contacts.share(ann.id, "shared-read", responsibles=["amelie"])
    sud = firm.client("Sud", BOB)
    with firm.workspace.write(BOB) as session:
        there = session.people.add(sud, ann.id)
        session.portal.invite(there, password=GOOD, send=False)
    assert [one.name for one in firm.sign_in("ann@lee.fr").clients] == ["Sud"]


@pytest.mark.req("POR-9")
@pytest.mark.req("ACC-3")
def test_a_user_who_corrects_the_address_of_a_login_closes_a_person_whom_the_user_may_not_change(firm: Firm) -> None:
    with firm.workspace.write(BOB) as session:
        jane = session.contacts.add(Person("Jane", "Doe", access="shared-read"))
    client = firm.client("Bois")
    with firm.workspace.write(AMELIE) as session:
        there = session.people.add(client, jane.id, email="jane@bois.fr")
        login = session.portal.invite(there, send=False).login
    with firm.workspace.write(BOB) as session:
        session.portal.invite(jane, send=False)

    def opened() -> tuple[str, ...]:
        with firm.workspace.read(ROOT) as session:
            credential = LoginRepository(session._transaction).credentials.read(login.id)
        assert credential is not None
        return credential.opened

    assert opened() == (there.id, jane.id)
    with firm.workspace.write(AMELIE) as session:
        session.people.save(attrs.evolve(session.people.get(there), email="amelie@home.fr"))
        assert str(session.portal.get(login).email) == "amelie@home.fr"
    assert opened() == (there.id,)


@pytest.mark.req("POR-9")
def test_a_person_who_is_no_client_any_more_is_closed_when_the_address_of_the_login_changes(firm: Firm) -> None:
    with firm.workspace.write(AMELIE) as session:
        ann = session.contacts.add(Person("Ann", "Lee", emails=["ann@lee.fr"]))
        login = session.portal.invite(ann, send=False).login
        ann = session.contacts.save(attrs.evolve(ann, listed=False))
        ann = session.contacts.save(attrs.evolve(ann, emails=["lee@ann.fr"]))
        assert str(session.portal.get(login).email) == "lee@ann.fr"
        credential = LoginRepository(session._transaction).credentials.read(login.id)
    assert credential is not None
    assert credential.opened == ()
