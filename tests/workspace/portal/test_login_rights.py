"""Who may give, see, suspend and close logins (ACC-3, POR-1)."""

from __future__ import annotations

import attrs
import pytest

from contactcore import Affiliation, Company, Forbidden, Invalid, NotFound, User
from contactcore.model import PortalLogin, PortalUser
from contactcore.workspace.repositories.logins import LoginRepository
from support.actors import AMELIE, BOB, ROOT
from support.firm import GOOD, Firm

CAROL = User("carol")


@pytest.fixture
def client(firm: Firm) -> Company:
    return firm.client("Bois", access="shared-read")


@pytest.fixture
def jane(firm: Firm, client: Company) -> Affiliation:
    return firm.person(client)


@pytest.fixture
def login(firm: Firm, jane: Affiliation) -> PortalLogin:
    return firm.login(jane)


@pytest.mark.req("ACC-3")
def test_logins_are_seen_by_who_sees_their_people(firm: Firm, client: Company, login: PortalLogin) -> None:
    hidden = firm.client("Hidden")
    jim = firm.person(hidden, "Jim")
    secret = firm.login(jim)
    with firm.workspace.read(BOB) as session:
        assert session.portal.logins(client) == (login,)
        for attempt in (
            lambda: session.portal.logins(hidden),
            lambda: session.portal.of(jim),
            lambda: session.portal.get(secret),
            lambda: session.portal.clients(secret),
            lambda: session.portal.menu(secret, hidden),
            lambda: session.portal.choose(secret, hidden),
        ):
            with pytest.raises(NotFound):
                attempt()


@pytest.mark.req("ACC-3")
def test_a_login_does_not_tell_of_the_hidden_clients_of_its_person(
    firm: Firm, client: Company, jane: Affiliation, login: PortalLogin
) -> None:
    hidden = firm.client("Hidden", BOB)
    there = firm.joined(hidden, jane, BOB)
    with firm.workspace.write(BOB) as session:
        session.portal.invite(there, send=False)
    with firm.workspace.read(AMELIE) as session:
        assert [one.name for one in session.portal.clients(login)] == ["Bois"]
        known, unknown = hidden.id, "nobody"
        answers = []
        for id in (known, unknown):
            for attempt in (session.portal.menu, session.portal.choose):
                with pytest.raises(NotFound) as refused:
                    attempt(login, id)
                answers.append(str(refused.value).replace(id, ""))
        assert len(set(answers)) == 1
    with firm.workspace.read(BOB) as session:
        assert [one.name for one in session.portal.clients(login)] == ["Bois", "Hidden"]
    assert [one.name for one in firm.sign_in().clients] == ["Bois", "Hidden"]


@pytest.mark.req("ACC-3")
def test_a_login_is_no_way_into_a_client_that_its_maker_may_not_change(
    firm: Firm, client: Company, jane: Affiliation
) -> None:
    hidden = firm.client("Hidden", BOB)
    there = firm.joined(hidden, jane, BOB)
    firm.login(jane)
    assert [one.name for one in firm.sign_in().clients] == ["Bois"]
    with firm.workspace.write(AMELIE) as session:
        session.portal.invite(jane)
    assert [one.name for one in firm.sign_in().clients] == ["Bois"]
    with firm.workspace.write(BOB) as session:
        session.portal.invite(there)
    assert [one.name for one in firm.sign_in().clients] == ["Bois", "Hidden"]


@pytest.mark.req("ACC-3")
def test_the_link_to_a_login_of_others_is_mailed_to_its_owner_and_told_to_admins_only(
    firm: Firm, client: Company, jane: Affiliation
) -> None:
    hidden = firm.client("Hidden", BOB)
    firm.login(firm.joined(hidden, jane, BOB), BOB)
    with firm.workspace.write(AMELIE) as session:
        invitation = session.portal.invite(jane)
        assert (invitation.sent, invitation.token, invitation.link) == (True, "", "")
        unsent = session.portal.invite(jane, send=False)
        assert (unsent.sent, unsent.token, unsent.link, unsent.expires) == (False, "", "", None)
    with firm.workspace.write(ROOT) as session:
        assert session.portal.invite(jane, send=False).token
    assert [str(letter.to) for letter in firm.letters()] == ["jane@bois.fr"]


@pytest.mark.req("ACC-3")
def test_what_lay_in_the_trash_when_a_login_was_made_stays_withheld(
    firm: Firm, client: Company, jane: Affiliation
) -> None:
    hidden = firm.client("Hidden", BOB)
    firm.joined(hidden, jane, BOB)
    with firm.workspace.write(BOB) as session:
        session.contacts.delete(hidden)
    firm.login(jane)
    with firm.workspace.write(BOB) as session:
        session.trash.restore(hidden)
    assert [one.name for one in firm.sign_in().clients] == ["Bois"]


def test_who_may_change_a_client_of_the_person_suspends_reopens_and_closes(
    firm: Firm, client: Company, login: PortalLogin
) -> None:
    for act in ("suspend", "reopen", "close"):
        with pytest.raises(Forbidden), firm.workspace.write(BOB) as session:
            getattr(session.portal, act)(login)
    with firm.workspace.write(ROOT) as session:
        session.contacts.share(client.id, "shared-write")
    for act, state in (("suspend", "suspended"), ("reopen", "active"), ("close", "closed")):
        with firm.workspace.write(BOB) as session:
            assert getattr(session.portal, act)(login).state == state
            assert session.portal.get(login).state == state
            # Once more changes nothing.
            assert getattr(session.portal, act)(login) == session.portal.get(login)


def test_who_sees_nothing_of_the_person_suspends_nothing(firm: Firm) -> None:
    hidden = firm.login(firm.person(firm.client("Hidden")))
    with pytest.raises(NotFound), firm.workspace.write(CAROL) as session:
        session.portal.suspend(hidden)


@pytest.mark.req("POR-1")
def test_a_closed_login_is_gone_for_good_and_its_name_is_free(
    firm: Firm, client: Company, jane: Affiliation, login: PortalLogin
) -> None:
    with firm.workspace.write(AMELIE) as session:
        closed = session.portal.close(login)
        assert session.portal.of(jane) is None
    assert not firm.sign_in()
    assert "argon2id" not in firm.everything()
    for act in ("suspend", "reopen"):
        with pytest.raises(Invalid) as refused, firm.workspace.write(AMELIE) as session:
            getattr(session.portal, act)(closed)
        assert refused.value.code == "login-closed"
    joan = firm.person(client, "Joan")
    with firm.workspace.write(AMELIE) as session:
        new = session.portal.invite(joan, email="jane@bois.fr", password=GOOD).login
    assert new.id != login.id
    answer = firm.sign_in()
    assert answer.login is not None
    assert answer.login.person_id == joan.person_id
    with firm.workspace.write(AMELIE) as session:
        assert session.portal.invite(jane, email="jane2@bois.fr").login.id not in {login.id, new.id}


def test_a_suspended_login_is_not_invited_before_it_is_reopened(
    firm: Firm, jane: Affiliation, login: PortalLogin
) -> None:
    with firm.workspace.write(AMELIE) as session:
        session.portal.suspend(login)
    with pytest.raises(Invalid) as refused, firm.workspace.write(AMELIE) as session:
        session.portal.invite(jane)
    assert refused.value.code == "login-suspended"


def test_what_happens_to_a_login_is_told_to_the_feed_by_ids_only(
    firm: Firm, jane: Affiliation, login: PortalLogin
) -> None:
    firm.sign_in()
    with firm.workspace.write(ROOT) as session:
        session.portal.suspend(login)
        session.portal.reopen(login)
        session.portal.set_password(session.portal.invite(jane).token, "another horse")
        session.portal.close(login)
    with firm.workspace.read(ROOT) as session:
        told = [one.event for one in session.feed() if one.event.subject == login.id]
    assert [event.name for event in told] == [
        "login.created",
        "login.entered",
        "login.suspended",
        "login.reopened",
        "login.link-made",
        "login.password-set",
        "login.closed",
    ]
    assert not any(b"bois.fr" in event.data for event in told)


@pytest.mark.req("POR-9")
@pytest.mark.req("ACC-3")
@pytest.mark.parametrize("path", ["by hand", "from a file"])
def test_a_client_joined_later_is_opened_only_if_the_maker_of_the_login_may_change_it(
    firm: Firm, client: Company, jane: Affiliation, login: PortalLogin, path: str
) -> None:
    with firm.workspace.write(ROOT) as session:
        session.contacts.share(jane.person_id, "shared-write")
    clients = {}
    for name, access in (("Hidden", "private"), ("Read", "shared-read"), ("Open", "shared-write")):
        clients[name] = firm.client(name, BOB, access)
        if path == "by hand":
            firm.joined(clients[name], jane, BOB)
    if path == "from a file":
        imports = firm.workspace.imports(BOB)
        rows = "".join(f"Jane,Doe,jane@bois.fr,{name}\n" for name in clients)
        imports.apply(imports.plan(f"First name,Last name,E-mail,Company\n{rows}", policy="update"))
    assert [one.name for one in firm.sign_in().clients] == ["Bois", "Open"]
    with firm.workspace.read(BOB) as session:
        waiting = {name: session.portal.openings(one) for name, one in clients.items()}
    assert {name: one.is_open for name, (one,) in waiting.items()} == {"Hidden": False, "Read": False, "Open": True}
    assert {(str(one.login.email), one.made_by) for (one,) in waiting.values()} == {("jane@bois.fr", "amelie")}
    with firm.workspace.write(BOB) as session:
        session.portal.invite(waiting["Hidden"][0].affiliation_id, send=False)
    assert [one.name for one in firm.sign_in().clients] == ["Bois", "Hidden", "Open", "Read"]


@pytest.mark.req("POR-9")
def test_what_was_opened_stays_open_when_the_maker_of_the_login_leaves(
    firm: Firm, client: Company, jane: Affiliation, login: PortalLogin
) -> None:
    with firm.workspace.write(ROOT) as session:
        session.contacts.share(client.id, "private", responsibles=["bob"])
    assert [one.name for one in firm.sign_in().clients] == ["Bois"]


@pytest.mark.req("POR-9")
def test_a_login_that_an_admin_made_opens_what_comes_later(firm: Firm, client: Company, jane: Affiliation) -> None:
    firm.login(jane, ROOT)
    with firm.workspace.write(ROOT) as session:
        session.contacts.share(jane.person_id, "shared-read")
    firm.joined(firm.client("Hidden", BOB), jane, BOB)
    assert [one.name for one in firm.sign_in().clients] == ["Bois", "Hidden"]


@pytest.mark.req("POR-9")
def test_a_login_without_a_known_maker_opens_nothing_that_comes_later(
    firm: Firm, client: Company, jane: Affiliation, login: PortalLogin
) -> None:
    with firm.workspace.write(ROOT) as session:
        credentials = LoginRepository(session._transaction).credentials
        credentials.save(attrs.evolve(credentials.lock_any(login.id).entity, made_by="", made_by_admin=True))
    firm.joined(firm.client("Open", AMELIE, "shared-write"), jane)
    assert [one.name for one in firm.sign_in().clients] == ["Bois"]


@pytest.mark.req("POR-9")
@pytest.mark.req("ACC-3")
def test_a_user_who_closes_a_login_and_makes_their_own_gets_into_no_hidden_client(
    firm: Firm, client: Company, jane: Affiliation
) -> None:
    hidden = firm.client("Hidden", BOB)
    there = firm.joined(hidden, jane, BOB)
    real = firm.login(there, BOB)
    with firm.workspace.write(AMELIE) as session:
        session.portal.close(real)
        session.portal.invite(jane, email="amelie@home.fr", password=GOOD)
    assert [one.name for one in firm.sign_in("amelie@home.fr").clients] == ["Bois"]
    with firm.workspace.write(BOB) as session:
        session.people.remove(there)
    firm.joined(hidden, jane, BOB)
    assert [one.name for one in firm.sign_in("amelie@home.fr").clients] == ["Bois"]
    with firm.workspace.read(ROOT) as session:
        names = [(one.event.name, one.event.data) for one in session.feed() if one.event.name.startswith("login.")]
    assert names[-2][0] == "login.withheld"
    assert not any(b"home.fr" in data for _, data in names)


@pytest.mark.req("POR-8")
def test_a_session_opened_directly_for_a_client_that_is_withheld_from_the_login_is_refused(
    firm: Firm, client: Company, jane: Affiliation
) -> None:
    hidden = firm.client("Hidden", BOB)
    firm.joined(hidden, jane, BOB)
    login = firm.login(jane)
    with firm.workspace.read(PortalUser(login, client, login.epoch)) as session:
        assert session.contacts.get(client.id).display_name == "Bois"
        with pytest.raises(Forbidden) as refused:
            session.people.primary_for(client, "billing")
        assert refused.value.code == "staff-only"
    for open_session in (firm.workspace.read, firm.workspace.write):
        with pytest.raises(Forbidden), open_session(PortalUser(login, hidden, login.epoch)):
            pass
    with firm.workspace.write(PortalUser(login, client, login.epoch)) as session:
        with pytest.raises(Forbidden) as refused:
            session.portal.invite(jane)
        assert refused.value.code == "portal-reads-only"


@pytest.mark.req("POR-6")
def test_a_portal_user_cannot_tell_an_unknown_module_from_one_without_permission(
    firm: Firm, client: Company, login: PortalLogin
) -> None:
    def reasons(actor: User | PortalUser) -> list[str]:
        with firm.workspace.read(actor) as session:
            return [session.portal.may_see(login, client, module).reason for module in ("projects", "nonsense")]

    assert reasons(PortalUser(login, client, login.epoch)) == ["no-permission", "no-permission"]
    assert reasons(AMELIE) == ["no-permission", "module-unknown"]
