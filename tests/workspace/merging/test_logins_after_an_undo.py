"""The undo of a merge gives nobody the login, the sight or the letters of somebody else."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from contactcore import Company, Forbidden, Host, Invalid, Person, Workspace
from contactcore.storage import Storage
from contactcore.workspace.kernel.passwords import Passwords
from support.actors import AMELIE, BOB, ROOT
from support.clock import TICK, Clock
from support.queued_mail import Takes, deliverer

pytestmark = [pytest.mark.req("IMP-7"), pytest.mark.cases_in_memory]

PASSWORD = "correct horse"  # the passphrase of a test


@attrs.frozen
class Pair:
    """Two people of one name, each the contact person of a client, whom a merge took for one.

    Attributes:
        workspace: The workspace.
        clock: Its clock.
        will, lena: The affiliations of the winner and of the loser.
    """

    workspace: Workspace
    clock: Clock
    will: Any
    lena: Any

    def merge(self) -> Any:
        merging = self.workspace.merging(AMELIE)
        return merging.apply(merging.plan(self.will.person_id, [self.lena.person_id]), widen=True)

    def undo(self, merge: Any, actor: Any = AMELIE) -> Any:
        return self.workspace.merging(actor).undo(merge)

    def invite(self, whom: Any, email: str | None = None, **more: Any) -> Any:
        with self.workspace.write(ROOT) as session:
            return session.portal.invite(whom, email, **more)

    def set_password(self, token: str) -> None:
        with self.workspace.write(BOB) as session:
            session.portal.set_password(token, PASSWORD)

    def close(self, login: Any) -> None:
        with self.workspace.write(AMELIE) as session:
            session.portal.close(login)

    def clients_of(self, email: str) -> list[str]:
        """The names of the clients for which somebody acts who signs in; none if it is refused."""
        signed_in = self.workspace.sign_in(email, PASSWORD, source="192.0.2.7")
        return [client.name for client in signed_in.clients] if signed_in else []

    def delivered(self) -> list[str]:
        """The addresses to which the letters go that wait."""
        taken = Takes()
        deliverer(self.workspace.storage, taken, self.clock).run_once()
        return taken.sent

    def login_of(self, link: Any) -> Any:
        with self.workspace.read(ROOT) as session:
            return session.portal.of(link.person_id)


@pytest.fixture
def pair(storage: Storage) -> Pair:
    clock = Clock(tick=TICK)
    host = Host(clock=clock, passwords=Passwords(memory=8, iterations=1))
    workspace = Workspace(storage, "acme", language="fr", country="FR", host=host)
    with workspace.write(ROOT) as session:
        session.settings.change(portal_link="https://portal.example/?token={token}")
    with workspace.write(AMELIE) as session:
        one, other = session.contacts.add(Company("Bois")), session.contacts.add(Company("Sud"))
        will = session.people.add(one, Person("Pat", "Doe", emails=["will@doe.fr"]))
        lena = session.people.add(other, Person("Pat", "Doe", emails=["lena@doe.fr"]), permissions=["invoices"])
    return Pair(workspace, clock, will, lena)


@pytest.mark.req("POR-9")
@pytest.mark.parametrize("owner", ["lena", "will"])
def test_a_password_that_the_other_person_chose_since_stands_in_the_way_of_the_undo(pair: Pair, owner: str) -> None:
    mine, theirs = (pair.lena, "will@doe.fr") if owner == "lena" else (pair.will, "lena@doe.fr")
    pair.invite(mine)
    merge = pair.merge()
    invitation = pair.invite(pair.will.person_id, theirs)
    pair.set_password(invitation.token)
    assert pair.clients_of(theirs) == ["Bois", "Sud"]
    with pytest.raises(Invalid) as refused:
        pair.undo(merge)
    assert [(one.code, one.path) for one in refused.value.problems] == [("changed-since", "login")]
    assert pair.clients_of(theirs) == ["Bois", "Sud"]  # nothing was changed
    pair.close(invitation.login)
    assert pair.undo(merge).state == "undone"
    assert pair.clients_of(theirs) == []


@pytest.mark.req("POR-9")
def test_a_new_login_at_the_address_of_the_other_person_stands_in_the_way_of_the_undo(pair: Pair) -> None:
    merge = pair.merge()
    login = pair.invite(pair.will.person_id, "lena@doe.fr", password=PASSWORD, send=False).login
    with pytest.raises(Invalid) as refused:
        pair.undo(merge)
    assert refused.value.code == "changed-since"
    pair.close(login)
    assert pair.undo(merge).state == "undone"


@pytest.mark.req("POR-9")
@pytest.mark.parametrize("owner", ["lena", "will"])
def test_a_login_without_a_password_goes_back_to_an_address_of_its_person(pair: Pair, owner: str) -> None:
    mine, own, theirs = (pair.lena, "lena@doe.fr", "will@doe.fr")
    if owner == "will":
        mine, own, theirs = (pair.will, theirs, own)
    pair.invite(mine)
    merge = pair.merge()
    invitation = pair.invite(pair.will.person_id, theirs)
    pair.undo(merge)
    login = pair.login_of(mine)
    assert (str(login.email), login.has_password) == (own, False)
    with pytest.raises(Invalid, match="link") as refused:
        pair.set_password(invitation.token)
    assert refused.value.code == "token-invalid"
    assert pair.delivered() == []
    pair.invite(mine)
    assert pair.delivered() == [own]


@pytest.mark.parametrize("email", ["will@doe.fr", "lena@doe.fr", "both@doe.fr"])
def test_a_login_that_is_as_before_the_merge_stays_so(pair: Pair, email: str) -> None:
    pair.invite(pair.lena, email, password=PASSWORD, send=False)
    merge = pair.merge()
    assert pair.clients_of(email) == ["Sud"]
    pair.undo(merge)
    assert pair.clients_of(email) == ["Sud"]
    login = pair.login_of(pair.lena)
    assert (str(login.email), login.has_password) == (email, True)


@pytest.mark.req("POR-9")
def test_a_login_opens_after_the_undo_what_it_opened_before_and_what_was_opened_since(pair: Pair) -> None:
    with pair.workspace.write(AMELIE) as session:
        here, there, new = (session.contacts.add(Company(name)) for name in ("Nord", "Ost", "West"))
        session.people.add(here, pair.will.person_id)
        joined = session.people.add(here, pair.lena.person_id)
        session.people.add(there, pair.lena.person_id)
    pair.invite(pair.lena, password=PASSWORD, send=False)
    assert pair.clients_of("lena@doe.fr") == ["Nord", "Ost", "Sud"]
    people, clients = pair.merge(), pair.workspace.merging(AMELIE)
    companies = clients.apply(clients.plan(here.id, [there.id]), widen=True)
    with pair.workspace.write(AMELIE) as session:
        opened = session.people.add(new, pair.will.person_id)
    assert pair.clients_of("lena@doe.fr") == ["Nord", "Sud", "West"]
    pair.undo(companies)
    assert pair.clients_of("lena@doe.fr") == ["Nord", "Ost", "Sud", "West"]
    with pair.workspace.write(AMELIE) as session:
        session.people.remove(session.people.get(opened.id))
    pair.undo(people)
    assert pair.clients_of("lena@doe.fr") == ["Nord", "Ost", "Sud"]
    with pair.workspace.read(AMELIE) as session:
        assert session.people.get(joined.id).person_id == pair.lena.person_id


@pytest.mark.req("IMP-8")
def test_a_restricted_person_is_not_taken_apart(pair: Pair) -> None:
    merge = pair.merge()
    with pair.workspace.write(ROOT) as session:
        session.privacy.restrict(pair.will.person_id)
    with pytest.raises(Forbidden) as hidden:
        pair.undo(merge)
    assert hidden.value.code == "undo-read-only"
    with pytest.raises(Invalid) as refused:
        pair.undo(merge, ROOT)
    assert [(one.code, one.path) for one in refused.value.problems] == [("contact-restricted", "merge")]
    with pair.workspace.read(AMELIE) as session:
        assert session.contacts.count(role="any", kind="person") == 0
    with pair.workspace.write(ROOT) as session:
        session.privacy.unrestrict(pair.will.person_id)
    assert pair.undo(merge).state == "undone"
