"""A restoration says what is not as it was, because the others changed in the meantime (DIR-11)."""

from __future__ import annotations

from typing import Any

import pytest

from contactcore import Company, Item, NotFound, Person, Site, User
from support.actors import AMELIE, BOB, ROOT

pytestmark = pytest.mark.req("DIR-11")


@pytest.fixture
def client(workspace: Any) -> Any:
    with workspace.write(AMELIE) as session:
        return session.contacts.add(Company("Bois", access="shared-write"))


def restored(workspace: Any, id: str, actor: User = AMELIE) -> Any:
    with workspace.write(actor) as session:
        return session.trash.restore_with_report(id)


def codes(report: Any) -> list[str]:
    return [one.code for one in report.resolutions]


def test_a_contact_that_nothing_happened_to_comes_back_without_a_resolution(workspace: Any, client: Any) -> None:
    with workspace.write(AMELIE) as session:
        site = session.sites.add(client, Site("Mill"))
        jane = session.people.add(client, Person("Jane"), site=site)
        session.people.add(client, Person("Joe"))
        session.contacts.delete(client)
    report = restored(workspace, client.id)
    assert report.record.id == client.id
    assert (len(report.contacts), report.resolutions) == (3, ())
    with workspace.read(AMELIE) as session:
        (first, _) = session.people.list(client)
        assert (first.id, first.primary, first.site_id) == (jane.id, True, site.id)


@pytest.mark.req("PER-3")
def test_a_former_primary_comes_back_beside_the_present_one_who_is_named(workspace: Any, client: Any) -> None:
    with workspace.write(AMELIE) as session:
        jane = session.people.add(client, Person("Jane"))
        session.people.add(client, Person("Joe"))
        session.contacts.delete(jane.person)
    report = restored(workspace, jane.person_id)
    (resolution,) = report.resolutions
    assert (resolution.code, resolution.kind, resolution.id) == ("primary-kept", "affiliation", jane.id)
    assert resolution.message == "Joe is primary for Bois now and stays primary."


@pytest.mark.req("PER-3")
def test_a_former_primary_without_a_successor_is_primary_again(workspace: Any, client: Any) -> None:
    with workspace.write(AMELIE) as session:
        jane = session.people.add(client, Person("Jane"))
        session.contacts.delete(jane.person)
    assert codes(restored(workspace, jane.person_id)) == []
    with workspace.read(AMELIE) as session:
        assert session.people.list(client)[0].primary


def test_an_affiliation_waits_for_its_other_end_and_the_report_says_so(workspace: Any, client: Any) -> None:
    with workspace.write(AMELIE) as session:
        jane = session.contacts.add(Person("Jane", access="shared-write"))
        link = session.people.add(client, jane)
        session.contacts.delete(jane)
        session.contacts.delete(client)
    (resolution,) = restored(workspace, jane.id).resolutions
    assert (resolution.code, resolution.id) == ("other-in-trash", link.id)
    assert "Bois" in resolution.message
    assert codes(restored(workspace, client.id)) == []
    with workspace.read(AMELIE) as session:
        assert [one.id for one in session.people.of(jane)] == [link.id]


@pytest.mark.parametrize("deleted_first", ["person", "client"])
def test_the_loss_of_a_client_that_was_purged_meanwhile_is_stated(
    workspace: Any, client: Any, deleted_first: str
) -> None:
    with workspace.write(AMELIE) as session:
        jane = session.contacts.add(Person("Jane", access="shared-write"))
        session.people.add(client, jane)
        for one in (jane, client) if deleted_first == "person" else (client, jane):
            session.contacts.delete(one)
    with workspace.write(ROOT) as session:
        session.trash.purge(client.id)
    (resolution,) = restored(workspace, jane.id).resolutions
    assert (resolution.code, resolution.kind, resolution.id) == ("other-purged", "affiliation", "")
    assert "Bois" not in resolution.message
    with workspace.read(AMELIE) as session:
        assert session.people.of(jane) == ()


def test_the_loss_of_a_role_for_an_item_of_a_purged_client_is_stated(workspace: Any, client: Any) -> None:
    with workspace.write(AMELIE) as session:
        jane = session.contacts.add(Person("Jane", access="shared-write"))
        item = session.items.add(client, Item("Rex"))
        session.items.assign(item, jane, "payer")
        session.contacts.delete(jane)
        session.contacts.delete(client)
    with workspace.write(ROOT) as session:
        session.trash.purge(client.id)
    assert [(one.code, one.kind) for one in restored(workspace, jane.id).resolutions] == [("other-purged", "item-role")]


@pytest.mark.req("ACC-3")
def test_the_loss_of_a_hidden_client_is_not_stated_and_raises_no_version(workspace: Any, client: Any) -> None:
    with workspace.write(AMELIE) as session:
        known = session.contacts.add(Person("Known", access="shared-write"))
        other = session.contacts.add(Person("Other", access="shared-write"))
    with workspace.write(ROOT) as session:
        hidden = session.contacts.add(Company("Hidden"))
        session.people.add(hidden, known)
    with workspace.write(BOB) as session:
        session.contacts.delete(known)
        session.contacts.delete(other)
    with workspace.write(ROOT) as session:
        session.contacts.delete(hidden)
        session.trash.purge(hidden.id)
    reports = [restored(workspace, one.id, BOB) for one in (known, other)]
    assert [(one.record.version, one.resolutions) for one in reports] == [(3, ()), (3, ())]


@pytest.mark.req("ACC-3")
def test_a_hidden_contact_in_the_trash_is_not_named(workspace: Any) -> None:
    with workspace.write(AMELIE) as session:
        jane = session.contacts.add(Person("Jane", access="shared-write"))
        hidden = session.contacts.add(Company("Hidden"))
        session.people.add(hidden, jane)
        session.contacts.delete(jane)
        session.contacts.delete(hidden)
    assert restored(workspace, jane.id, BOB).resolutions == ()


@pytest.mark.req("ACC-3")
@pytest.mark.parametrize("end", ["trash", "purged", "site"])
def test_a_client_that_was_hidden_meanwhile_is_not_named(workspace: Any, client: Any, end: str) -> None:
    with workspace.write(AMELIE) as session:
        jane = session.contacts.add(Person("Jane", access="shared-write"))
        site = session.sites.add(client, Site("Mill"))
        session.people.add(client, jane, site=site)
        session.contacts.delete(jane)
        session.contacts.share(client, "private")
        if end == "site":
            session.sites.delete(site)
        else:
            session.contacts.delete(client.id)
    if end != "trash":
        with workspace.write(ROOT) as session:
            session.trash.purge(site.id if end == "site" else client.id)
    report = restored(workspace, jane.id, BOB)
    assert (report.record.version, report.resolutions) == (3, ())


def test_a_site_that_was_purged_meanwhile_is_no_longer_named(workspace: Any, client: Any) -> None:
    with workspace.write(AMELIE) as session:
        site = session.sites.add(client, Site("Mill"))
        jane = session.people.add(client, Person("Jane"), site=site)
        session.contacts.delete(jane.person)
        session.sites.delete(site)
    with workspace.write(ROOT) as session:
        session.trash.purge(site.id)
    (resolution,) = restored(workspace, jane.person_id).resolutions
    assert (resolution.code, resolution.id) == ("site-purged", jane.id)
    with workspace.read(AMELIE) as session:
        assert session.people.list(client)[0].site_id == ""


def test_a_site_in_the_trash_is_named_again_when_it_is_restored(workspace: Any, client: Any) -> None:
    with workspace.write(AMELIE) as session:
        site = session.sites.add(client, Site("Mill"))
        jane = session.people.add(client, Person("Jane"), site=site)
        session.contacts.delete(jane.person)
        session.sites.delete(site)
        session.trash.restore(jane.person_id)
        session.trash.restore(site)
        assert session.people.list(client)[0].site_id == site.id


@pytest.mark.req("POR-1")
def test_a_login_name_in_the_trash_is_free_for_the_person_who_is_added_again(workspace: Any, client: Any) -> None:
    with workspace.write(AMELIE) as session:
        jane = session.people.add(client, Person("Jane", emails=["jane@bois.fr"]))
        former = session.portal.invite(jane, send=False).login
        session.contacts.delete(jane.person)
        again = session.people.add(client, Person("Jane", emails=["jane@bois.fr"]))
        login = session.portal.invite(again, send=False).login
        assert login.email == former.email
    report = restored(workspace, jane.person_id)
    assert codes(report) == ["primary-kept", "login-replaced"] or codes(report) == ["login-replaced", "primary-kept"]
    with workspace.write(AMELIE) as session:
        assert session.portal.of(jane.person_id) is None
        assert [one.state for one in session.portal.logins(jane.person_id)] == []
        assert session.portal.get(former.id).state == "closed"
        assert session.portal.of(again).id == login.id
        # The restored person gets a login of another name.
        assert session.portal.invite(jane.person_id, "jane@home.fr", send=False).login.email.text == "jane@home.fr"


@pytest.mark.req("POR-1")
def test_a_login_of_a_person_in_the_trash_keeps_its_name_if_nobody_takes_it(workspace: Any, client: Any) -> None:
    with workspace.write(AMELIE) as session:
        jane = session.people.add(client, Person("Jane", emails=["jane@bois.fr"]))
        login = session.portal.invite(jane, send=False).login
        session.contacts.delete(jane.person)
        assert codes(session.trash.restore_with_report(jane.person_id)) == []
        assert session.portal.of(jane.person_id).id == login.id


@pytest.mark.req("ACC-3")
def test_an_item_that_was_deleted_before_its_client_was_shared_stays_hidden_in_the_trash(workspace: Any) -> None:
    with workspace.write(AMELIE) as session:
        client = session.contacts.add(Company("Bois", access="private"))
        item = session.items.add(client, Item("Rex"))
        session.items.delete(item)
        session.contacts.share(client, "shared-write")
    with workspace.write(BOB) as session:
        assert session.contacts.get(client.id).name == "Bois"
        listed = [card.id for card in session.trash.list()]
        assert listed == []
        for act in (session.trash.restore, session.trash.preview):
            with pytest.raises(NotFound):
                act(item.id)
        # The history of a record is as hidden as the record.
        with pytest.raises(NotFound):
            session.history.of(item.id)
        assert item.id not in {change.id for entry in session.history.of(client) for change in entry.changes}
