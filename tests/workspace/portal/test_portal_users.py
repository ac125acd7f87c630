"""Who is logged in sees the chosen client, and nothing else, on every path (POR-1, POR-6, ACC-3)."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contactcore import AccessPolicy, Affiliation, Company, Forbidden, Invalid, NotFound, Person, PortalUser, to_plain
from contactcore.model import PortalLogin
from contactcore.rules.access import contact_access, may_change, may_see, portal_access
from contactcore.storage import Storage
from support.actors import AMELIE, BOB, ROOT
from support.counting_storage import Calls, CountingStorage
from support.firm import GOOD, WEB, Firm

pytestmark = pytest.mark.cases_in_memory


@pytest.fixture
def client(firm: Firm) -> Company:
    return firm.client("Bois")


@pytest.fixture
def jane(firm: Firm, client: Company) -> Affiliation:
    return firm.person(client)


@pytest.fixture
def login(firm: Firm, jane: Affiliation) -> PortalLogin:
    return firm.login(jane)


@pytest.mark.req("POR-1")
def test_one_login_chooses_among_the_clients_of_its_person(
    firm: Firm, client: Company, jane: Affiliation, login: PortalLogin
) -> None:
    later = firm.client("Alpes")
    firm.client("Elsewhere")
    firm.joined(later, jane)
    answer = firm.sign_in()
    assert [(one.id, one.name) for one in answer.clients] == [(later.id, "Alpes"), (client.id, "Bois")]
    for chosen in (client, later):
        user = firm.user(login, chosen)
        assert user == PortalUser(login, chosen, login.epoch) == PortalUser(login.id, chosen.id, login.epoch)
        with firm.workspace.read(user) as session:
            assert [card.id for card in session.contacts.page()] == [chosen.id]
            # The other client is one step away: the context can be switched.
            assert session.portal.clients(login) == answer.clients
            assert session.portal.choose(login, answer.clients[0]).client_id == later.id


@pytest.mark.req("POR-1")
@pytest.mark.req("POR-10")
def test_a_sign_in_gives_the_actor_of_a_chosen_client_without_another_session(
    firm: Firm, client: Company, login: PortalLogin
) -> None:
    elsewhere = firm.client("Elsewhere")
    answer = firm.sign_in()
    (open_client,) = answer.clients
    for chosen in (open_client, client.id):
        user = answer.actor(chosen)
        assert user == firm.user(login, client)
        with firm.workspace.read(user) as session:
            assert [card.id for card in session.contacts.page()] == [client.id]
    with pytest.raises(NotFound):
        answer.actor(elsewhere.id)
    with pytest.raises(Invalid) as refused:
        answer.actor("")
    assert refused.value.code == "id-missing"


def test_a_failed_sign_in_gives_no_actor(firm: Firm, client: Company) -> None:
    with pytest.raises(Forbidden) as refused:
        firm.workspace.sign_in("nobody@example.org", "a wrong password").actor(client.id)
    assert refused.value.code == "sign-in-failed"


@pytest.mark.req("POR-1")
def test_who_is_logged_in_sees_a_client_from_the_first_day_there_on(
    firm: Firm, client: Company, jane: Affiliation
) -> None:
    later = firm.client("Alpes")
    there = firm.joined(later, jane)
    with firm.workspace.write(AMELIE) as session:
        session.people.save(attrs.evolve(session.people.get(there.id), start="2026-03-05"))
    login = firm.login(jane)
    assert [one.name for one in firm.sign_in().clients] == ["Bois"]
    firm.clock.forward(days=5)
    with firm.workspace.read(firm.user(login, later)) as session:
        assert session.contacts.get(later.id).display_name == "Alpes"


@pytest.mark.req("POR-6")
@pytest.mark.req("ACC-3")
@pytest.mark.parametrize("access", ["private", "shared-read", "shared-write"])
def test_a_portal_user_sees_the_own_client_and_nothing_else_on_every_path(firm: Firm, access: str) -> None:
    client = firm.client("Bois", access=access)
    jane = firm.person(client)
    colleague = firm.person(client, "Joan")
    other = firm.client("Bois Sud", access=access)
    firm.person(other, "Jim")
    user = firm.user(firm.login(jane), client)
    firm.login(colleague)
    with firm.workspace.read(user) as session:
        assert session.contacts.get(client.id).display_name == "Bois"
        for hidden in (other.id, jane.person_id, colleague.person_id):
            with pytest.raises(NotFound):
                session.contacts.get(hidden)
        for role in ("listed", "any"):
            assert [card.id for card in session.contacts.page(role=role)] == [client.id]
            assert session.contacts.count(role=role) == sum(session.contacts.letters(role=role).values()) == 1
        assert [hit.id for hit in session.contacts.search("boi")] == [client.id]
        assert session.contacts.search("joan") == session.contacts.search("jim") == ()
        assert session.people.list(client.id) == ()
        with pytest.raises(NotFound):
            session.people.get(colleague)
        assert session.trash.list() == ()
        assert session.portal.logins(client) == ()
        assert session.portal.of(jane) == session.portal.get(user.login_id)
        with pytest.raises(NotFound):
            session.portal.of(colleague)
        with pytest.raises(Forbidden):
            session.feed()
        with pytest.raises(Forbidden):
            session.outbox.list()


@pytest.mark.req("POR-6")
def test_a_portal_user_asks_about_the_own_login_only(firm: Firm, client: Company, login: PortalLogin) -> None:
    other = firm.client("Sud")
    joan = firm.login(firm.person(client, "Joan"))
    with firm.workspace.read(firm.user(login, client)) as session:
        for attempt in (
            lambda: session.portal.get(joan),
            lambda: session.portal.clients(joan),
            lambda: session.portal.menu(joan, client),
            lambda: session.portal.choose(joan, client),
            lambda: session.portal.menu(login, other),
            lambda: session.portal.may_see(login, other, "invoices"),
            lambda: session.portal.choose(login, other),
            lambda: session.portal.choose(login, "nobody"),
        ):
            with pytest.raises(NotFound):
                attempt()


@pytest.mark.req("POR-6")
def test_a_portal_user_changes_nothing_but_the_own_password(
    firm: Firm, client: Company, jane: Affiliation, login: PortalLogin
) -> None:
    before = {record.id: record for record in firm.records("contact")}
    user = firm.user(login, client)
    changes: list[Callable[..., object]] = [
        lambda session: session.contacts.add(Company("Mine")),
        lambda session: session.contacts.save(attrs.evolve(client, name="Mine")),
        lambda session: session.contacts.delete(client),
        lambda session: session.contacts.share(client),
        lambda session: session.people.add(client, Person("Jim")),
        lambda session: session.portal.invite(jane.person_id),
        lambda session: session.portal.invite(jane),
        lambda session: session.portal.suspend(login),
        lambda session: session.portal.close(login),
        lambda session: session.portal.authenticate("jane@bois.fr", GOOD),
        lambda session: session.portal.request_password("jane@bois.fr"),
        lambda session: session.settings.add_module("Mine"),
        lambda session: session.trash.purge(client),
    ]
    for change in changes:
        with pytest.raises((Forbidden, NotFound)), firm.workspace.write(user) as session:
            change(session)
    assert {record.id: record for record in firm.records("contact")} == before
    assert firm.sign_in()


@pytest.mark.req("POR-1")
@settings(max_examples=30)
@given(steps=st.lists(st.sampled_from(["share", "close", "rename", "trash", "responsible", "along"]), max_size=6))
def test_the_portal_stays_open_whatever_happens_to_the_access_of_the_client(
    new_firm: Callable[[], Firm], steps: list[str]
) -> None:
    firm = new_firm()
    client = firm.client("Bois")
    user = firm.user(firm.login(firm.person(client)), client)
    for step in steps:
        with firm.workspace.write(ROOT) as session:
            if step == "share":
                session.contacts.share(client.id, "shared-write")
            elif step == "close":
                session.contacts.share(client.id, "private")
            elif step == "rename":
                current = session.contacts.get(client.id)
                session.contacts.save(attrs.evolve(current, description=current.description + "x"))
            elif step == "responsible":
                session.contacts.share(client.id, "private", responsibles=["bob"])
            elif step == "along":
                session.contacts.share(client.id, "private", responsibles=["amelie"], with_people=True)
            else:
                session.contacts.delete(client.id)
                session.trash.restore(client.id)
    with firm.workspace.read(user) as session:
        assert [card.id for card in session.contacts.page()] == [client.id]
        assert session.contacts.get(client.id).display_name == "Bois"
    marked = [record.id for record in firm.records("contact") if f"portal:{client.id}" in record.access]
    assert marked == [client.id]


@pytest.mark.req("POR-1")
def test_a_client_that_is_joined_after_the_sign_in_can_be_chosen_at_once(
    firm: Firm, jane: Affiliation, login: PortalLogin
) -> None:
    assert firm.sign_in()
    later = firm.client("Later")
    firm.joined(later, jane)
    with firm.workspace.read(firm.user(login, later)) as session:
        assert session.contacts.get(later.id).display_name == "Later"


@pytest.mark.req("ACC-2")
@pytest.mark.parametrize("policy", list(AccessPolicy))
def test_a_portal_user_may_see_the_own_client_and_change_none(policy: AccessPolicy) -> None:
    user = PortalUser("1", "2", 0)
    closed = contact_access(policy, [user.name, "amelie"], listed=True)
    opened = closed | portal_access("2")
    assert [may_see(user, one).reason for one in (closed, opened)] == ["hidden", "portal"]
    assert [may_change(user, one).reason for one in (closed, opened)] == ["hidden", "read-only"]
    assert not any(may_change(user, one) for one in (closed, opened))


@pytest.mark.req("POR-1")
def test_a_client_carries_the_term_of_its_portal_only_once_somebody_has_a_login(
    firm: Firm, client: Company, jane: Affiliation
) -> None:
    assert "portal:" not in firm.everything()
    firm.login(jane)
    marked = [record.id for record in firm.records("contact") if f"portal:{client.id}" in record.access]
    assert marked == [client.id]


@pytest.mark.req("POR-1")
@pytest.mark.parametrize(
    "end", ["ended", "inactive", "removed", "person deleted", "client deleted", "suspended", "closed"]
)
def test_what_ends_the_right_to_a_client_ends_the_session_too(
    firm: Firm, client: Company, jane: Affiliation, login: PortalLogin, end: str
) -> None:
    user = firm.user(login, client)
    with firm.workspace.read(user) as session:
        assert session.contacts.count() == 1
    with firm.workspace.write(AMELIE) as session:
        if end == "ended":
            session.people.save(attrs.evolve(jane, end="2025-12-31"))
        elif end == "inactive":
            session.people.save(attrs.evolve(jane, active=False))
        elif end == "removed":
            session.people.remove(jane)
        elif end == "person deleted":
            session.contacts.delete(jane.person_id)
        elif end == "client deleted":
            session.contacts.delete(client)
        elif end == "suspended":
            session.portal.suspend(login)
        else:
            session.portal.close(login)
    for door in (firm.workspace.read, firm.workspace.write):
        with pytest.raises(Forbidden) as refused, door(user):
            pass
        off = end in {"suspended", "closed"}
        assert refused.value.code == ("portal-login-off" if off else "portal-refused")
    assert not firm.sign_in()
    # Nothing is mailed to a login that leads nowhere.
    with firm.workspace.write(WEB) as session:
        session.portal.request_password("jane@bois.fr")
    assert firm.letters() == []


@pytest.mark.req("POR-1")
@pytest.mark.parametrize("what", ["client", "person"])
def test_what_comes_back_from_the_trash_can_log_in_again(
    firm: Firm, client: Company, jane: Affiliation, login: PortalLogin, what: str
) -> None:
    doomed = client.id if what == "client" else jane.person_id
    with firm.workspace.write(AMELIE) as session:
        session.contacts.delete(doomed)
    assert firm.sign_in().reason == "no-client"
    with firm.workspace.write(AMELIE) as session:
        session.trash.restore(doomed)
    with firm.workspace.read(firm.user(login, client)) as session:
        assert session.contacts.count() == 1
    assert firm.sign_in().reason == "ok"


@pytest.mark.req("POR-1")
def test_an_affiliation_opens_its_client_on_its_own_days_only(firm: Firm, client: Company) -> None:
    with firm.workspace.write(AMELIE) as session:
        jane = session.people.add(client, Person("Jane", emails=["jane@bois.fr"]), start="2026-03-02", end="2026-03-03")
        session.portal.invite(jane, password=GOOD, send=False)
    answers = []
    for _ in range(4):
        answers.append(firm.sign_in().reason)
        firm.clock.forward(days=1)
    assert answers == ["no-client", "ok", "ok", "no-client"]


@pytest.mark.req("DIR-11")
def test_a_person_who_is_purged_leaves_no_login_behind(firm: Firm, client: Company, jane: Affiliation) -> None:
    login = firm.login(jane)
    with firm.workspace.write(AMELIE) as session:
        session.portal.close(login)
    firm.login(jane)
    with firm.workspace.write(ROOT) as session:
        session.contacts.delete(client)
        session.trash.purge(client)
    assert firm.records("login") == []
    assert [record.id for record in firm.records("credential")] == ["nobody"]
    assert firm.sign_in().reason == "refused"


@pytest.mark.req("DIR-11")
def test_a_link_to_a_person_who_is_purged_is_not_sent_any_more(firm: Firm, client: Company, jane: Affiliation) -> None:
    with firm.workspace.write(AMELIE) as session:
        session.portal.invite(jane)
    with firm.workspace.write(ROOT) as session:
        (letter,) = session.outbox.list(state="waiting", about=jane.person_id).items
        session.contacts.delete(client)
        session.trash.purge(client)
        assert session.outbox.list(about=jane.person_id).items == ()
        with pytest.raises(NotFound):
            session.outbox.get(letter)


def test_a_portal_user_who_never_was_is_refused(firm: Firm, client: Company, login: PortalLogin) -> None:
    joan = firm.login(firm.person(firm.client("Sud"), "Joan"))
    for ids in (("x", client), (login, "x"), (joan, client), (client, client)):
        user = PortalUser(*ids, login.epoch)
        with pytest.raises(Forbidden), firm.workspace.read(user):
            pass


def test_logins_of_one_workspace_are_nothing_in_another(firm: Firm, login: PortalLogin, client: Company) -> None:
    from contactcore import Host, Workspace

    other = Workspace(firm.storage, "other", host=Host(passwords=firm.passwords))
    assert not other.sign_in("jane@bois.fr", GOOD)
    with pytest.raises(Forbidden), other.read(PortalUser(login, client, login.epoch)):
        pass


def test_who_is_responsible_under_the_name_of_a_portal_user_gives_it_no_rights(
    firm: Firm, client: Company, login: PortalLogin
) -> None:
    user = firm.user(login, client)
    with firm.workspace.write(ROOT) as session:
        session.contacts.share(client.id, "private", responsibles=[user.name])
        mine = session.contacts.add(Company("Mine", responsibles=[user.name]))
    with firm.workspace.read(user) as session, pytest.raises(NotFound):
        session.contacts.get(mine.id)
    with pytest.raises(Forbidden), firm.workspace.write(user) as session:
        session.contacts.save(attrs.evolve(client, name="Mine"))
    with firm.workspace.read(BOB) as session:
        assert session.contacts.count() == 0


def test_a_client_that_is_a_person_keeps_the_own_login_to_itself(firm: Firm) -> None:
    with firm.workspace.write(AMELIE) as session:
        old = session.contacts.add(Person("Old", "Doe", emails=["old@doe.fr"]))
        elsewhere = session.people.add(session.contacts.add(Company("Club")), old)
        son = session.people.add(old, Person("Son", "Doe", emails=["son@doe.fr"]))
        session.portal.invite(elsewhere)
        login = session.portal.invite(son, password=GOOD).login
    with firm.workspace.read(PortalUser(login, old, login.epoch)) as session:
        assert session.contacts.get(old.id).display_name == "Old Doe"
        with pytest.raises(NotFound):
            session.portal.of(old)


@pytest.mark.req("POR-6")
@pytest.mark.req("DIR-17")
def test_a_portal_user_who_saves_is_not_sent_to_the_responsible_users(
    firm: Firm, login: PortalLogin, client: Company
) -> None:
    with firm.workspace.write(firm.user(login, client)) as session:
        own = session.contacts.get(client.id)
        for change in (
            lambda: session.contacts.save(own),
            lambda: session.contacts.share(own),
            lambda: session.contacts.delete(own),
            lambda: session.people.add(own, Person("New")),
        ):
            with pytest.raises(Forbidden) as refused:
                change()
            assert refused.value.code == "portal-reads-only"


@pytest.mark.req("POR-8")
@pytest.mark.parametrize("policy", list(AccessPolicy))
def test_a_portal_user_who_may_not_save_is_not_sent_to_users_that_they_must_not_know(
    firm: Firm, policy: AccessPolicy
) -> None:
    client = firm.client("Sud", access=policy.value)
    user = firm.user(firm.login(firm.person(client, "Joan")), client)
    with firm.workspace.write(user) as session:
        seen = session.contacts.get(client.id)
        for act in (session.contacts.save, session.contacts.delete, session.contacts.share):
            with pytest.raises(Forbidden) as refused:
                act(seen)
            assert refused.value.code == "portal-reads-only"
            assert "responsible" not in str(refused.value)


@pytest.mark.req("PER-1")
def test_the_numbers_that_the_library_counts_with_are_not_shown(firm: Firm, client: Company, jane: Affiliation) -> None:
    with firm.workspace.write(AMELIE) as session:
        session.people.make_primary(session.people.add(client, Person("Joan", emails=["j@x.fr"])))
        for one in session.people.list(client):
            assert (one.revision, one.primary_sequence) == (0, 0)
            assert not {"revision", "primary_sequence"} & {*to_plain(one)}
            assert "revision" not in repr(one)
            assert "primary_sequence" not in repr(one)


@pytest.mark.req("ACC-3")
@pytest.mark.parametrize("method", ["get", "clients", "choose", "menu", "may_see", "suspend", "reopen", "close"])
def test_a_hidden_login_costs_the_same_as_a_missing_one(storage: Storage, method: str) -> None:
    firm = Firm(CountingStorage(storage))
    client = firm.client("Bois")
    login = firm.login(firm.person(client))
    calls: Calls = firm.storage.calls  # type: ignore[attr-defined] # the counting storage
    more: tuple[str, ...] = {"choose": (client.id,), "menu": (client.id,), "may_see": (client.id, "invoices")}.get(
        method, ()
    )
    costs = []
    for id in (login.id, "missing"):
        calls.restart()
        with firm.workspace.write(BOB) as session, pytest.raises(NotFound) as refused:
            getattr(session.portal, method)(id, *more)
        assert (refused.value.id, refused.value.path) == (id, "login")
        costs.append((dict(calls.by_name), calls.records))
    assert costs[0] == costs[1]
