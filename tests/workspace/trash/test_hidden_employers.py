"""Deleting, purging and sharing with contact persons whom somebody hidden employs, too (ACC-3, ACC-6, DIR-11)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import attrs
import pytest

from contactcore import Authority, Company, Conflict, Forbidden, Invalid, NotFound, Person, User
from support.clock import TODAY

BOB, ROOT = User("bob"), User("root", admin=True)


@pytest.fixture
def client(workspace: Any, amelie: Any) -> Any:
    with workspace.write(amelie) as session:
        return session.contacts.add(Company("Bois"))


@pytest.fixture
def jane(workspace: Any, amelie: Any, client: Any) -> Any:
    """A mere contact person of a private client, whom a private client of another user employs too."""
    with workspace.write(amelie) as session:
        link = session.people.add(client, Person("Jane", "Doe", emails=["jane@bois.fr"]))
    with workspace.write(BOB) as session:
        hidden = session.contacts.add(Company("Hidden"))
    with workspace.write(ROOT) as session:
        session.people.add(hidden, link.person_id)
    return link


def names(session: Any) -> list[str]:
    return [card.name for card in session.contacts.page(role="any")]


@pytest.mark.req("ACC-3")
@pytest.mark.req("DIR-11")
def test_a_mere_contact_person_goes_along_even_if_somebody_hidden_employs_them(
    workspace: Any, amelie: Any, client: Any, jane: Any
) -> None:
    with workspace.write(amelie) as session:
        session.contacts.delete(client)
        assert names(session) == []
        assert [card.name for card in session.trash.list()] == ["Bois"]
        session.trash.restore(client)
        assert names(session) == ["Bois", "Jane Doe"]


@pytest.mark.req("DIR-11")
def test_an_admin_who_sees_the_other_employer_leaves_the_person(
    workspace: Any, amelie: Any, client: Any, jane: Any
) -> None:
    with workspace.write(ROOT) as session:
        session.contacts.delete(client)
    with workspace.read(amelie) as session:
        assert names(session) == ["Jane Doe"]


@pytest.mark.req("DIR-11")
def test_a_contact_person_whom_others_see_stays_when_their_client_is_deleted(
    workspace: Any, amelie: Any, client: Any
) -> None:
    with workspace.write(amelie) as session:
        session.people.add(client, Person("Open", access="shared-read"))
        session.people.add(client, Person("Both", responsibles=["amelie", "bob"]))
        session.people.add(client, Person("Mere"))
        session.contacts.delete(client)
        assert names(session) == ["Both", "Open"]


@pytest.mark.req("DIR-11")
def test_a_person_who_may_only_be_read_stays_when_their_client_is_deleted(workspace: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session:
        shared = session.contacts.add(Company("Bois", access="shared-write"))
        session.people.add(shared, Person("Read", access="shared-read"))
        session.people.add(shared, Person("Write", access="shared-write"))
    with workspace.write(BOB) as session:
        session.contacts.delete(shared)
        assert names(session) == ["Read"]


@pytest.mark.req("ACC-3")
@pytest.mark.req("ACC-6")
@pytest.mark.parametrize("along", [True, False, None])
def test_sharing_with_people_takes_along_those_whom_the_actor_is_responsible_for_and_names_no_other(
    workspace: Any, amelie: Any, client: Any, along: bool | None
) -> None:
    with workspace.write(BOB) as session:
        secret = session.contacts.add(Person("Secret"))
    with workspace.write(ROOT) as session:
        session.people.add(client, secret)
        session.people.add(client, Person("Own", responsibles=["amelie"], access="private"))
    with workspace.write(amelie) as session:
        session.contacts.share(client, "shared-read", with_people=along)
    carol = User("carol")
    with workspace.read(carol) as session:
        assert names(session) == (["Bois", "Own"] if along else ["Bois"])
    with workspace.read(BOB) as session:
        assert names(session) == (["Bois", "Own", "Secret"] if along else ["Bois", "Secret"])
    with workspace.read(amelie) as session, pytest.raises(NotFound):
        session.contacts.get(secret.id)


@pytest.mark.req("DIR-11")
@pytest.mark.parametrize("client_first", [True, False])
def test_a_person_and_their_client_are_purged_in_either_order(
    workspace: Any, amelie: Any, client: Any, client_first: bool
) -> None:
    with workspace.write(amelie) as session:
        jane = session.contacts.add(Person("Jane"))
        session.people.add(client, jane)
        session.contacts.delete(client)
        session.contacts.delete(jane)
    with workspace.write(ROOT) as session:
        first, second = (client, jane) if client_first else (jane, client)
        session.trash.purge(first)
        session.trash.purge(second)
        assert session.trash.list() == ()
        assert session._transaction.reader.dump("affiliation") == []
        assert session._transaction.reader.dump("contact") == []


@pytest.mark.req("PER-5")
def test_an_authority_that_is_withdrawn_before_it_begins_was_never_there(
    workspace: Any, amelie: Any, client: Any, jane: Any
) -> None:
    day = date(2030, 1, 1)
    with workspace.write(amelie) as session:
        session.people.grant(jane, Authority(slug="represent", start=day))
        session.people.grant(jane, Authority(slug="collect-mail", start=day))
        kept = session.people.withdraw(jane, "represent", on=day)
        assert [one.slug for one in kept.authorities] == ["collect-mail"]
        assert session.people.may(jane, "represent", client, on=day).reason == "no-grant"
        kept = session.people.withdraw(jane, "collect-mail", on=day + timedelta(1))
        assert [(one.start, one.end) for one in kept.authorities] == [(day, day)]
        assert session.people.may(jane, "collect-mail", client, on=day).reason == "sole"


@pytest.mark.req("PER-5")
def test_on_the_last_day_a_person_still_acts_and_on_the_next_day_not(
    workspace: Any, amelie: Any, client: Any, jane: Any
) -> None:
    with workspace.write(amelie) as session:
        jane = session.people.grant(jane, Authority(slug="represent"))
        session.people.save(attrs.evolve(jane, end=TODAY, notifications=["invoice"]))
        assert session.people.may(jane, "represent", client).reason == "sole"
        assert session.people.may(jane, "represent", client, on=TODAY + timedelta(1)).reason == "not-current"
        assert [one.person_id for one in session.notifications.recipients(client, "invoice").chosen] == [jane.person_id]
        ended = session.people.get(jane)
        session.people.save(attrs.evolve(ended, end=TODAY - timedelta(1)))
        assert session.notifications.recipients(client, "invoice").chosen == ()


@pytest.mark.req("PER-5")
def test_a_joint_authority_with_somebody_who_has_left_is_none(
    workspace: Any, amelie: Any, client: Any, jane: Any
) -> None:
    joint = Authority(slug="represent", joint=True)
    with workspace.write(amelie) as session:
        session.people.grant(jane, joint)
        karl = session.people.grant(session.people.add(client, Person("Karl")), joint)
        assert session.people.may(jane, "represent", client, together_with=[karl]).reason == "joint"
        session.people.save(attrs.evolve(karl, end=TODAY - timedelta(1)))
        left = session.people.may(jane, "represent", client, together_with=[karl])
        assert (left.reason, left.with_others) == ("joint-only", ())
        session.contacts.delete(karl.person_id)
        assert session.people.may(jane, "represent", client).with_others == ()


@pytest.mark.req("PER-2")
def test_an_affiliation_that_somebody_changed_meanwhile_is_neither_saved_over_nor_removed(
    workspace: Any, amelie: Any, client: Any, jane: Any
) -> None:
    with workspace.write(amelie) as session:
        session.people.save(attrs.evolve(jane, position="CFO"))
    with workspace.write(amelie) as session:
        with pytest.raises(Conflict):
            session.people.save(attrs.evolve(jane, position="CEO"))
        with pytest.raises(Conflict):
            session.people.remove(jane)
        assert [one.position for one in session.people.list(client)] == ["CFO"]
        session.people.remove(session.people.get(jane.id))
        assert session.people.list(client) == ()


@pytest.mark.req("DIR-11")
def test_who_went_along_is_restored_and_purged_with_the_client_only(workspace: Any, amelie: Any, client: Any) -> None:
    with workspace.write(amelie) as session:
        mere = session.people.add(client, Person("Mere"))
        session.contacts.delete(client)
        for id in (mere.person_id, "nobody"):
            with pytest.raises(NotFound) as refused:
                session.trash.restore(id)
            assert str(refused.value).startswith("There is no deleted record")
    with workspace.write(ROOT) as session:
        for id in (mere.person_id, "nobody"):
            with pytest.raises(NotFound):
                session.trash.purge(id)
        session.trash.restore(client)
        assert names(session) == ["Bois", "Mere"]


@pytest.mark.req("ACC-6")
def test_narrowing_takes_mere_contact_persons_along_who_were_alike_or_would_be_seen_by_more(
    workspace: Any, amelie: Any
) -> None:
    with workspace.write(amelie) as session:
        client = session.contacts.add(Company("Bois", access="private", responsibles=["amelie", "carol"]))
        alike = session.people.add(client, Person("Alike"))
        alone = session.people.add(client, Person("Alone", access="private", responsibles=["amelie"]))
        wider = session.people.add(client, Person("Wider", access="shared-write", responsibles=["amelie"]))
        foreign = session.people.add(client, Person("Foreign", access="shared-read", responsibles=["bob"]))
        listed = session.people.add(client, session.contacts.add(Person("Listed", access="shared-read")))
        session.contacts.share(client, "private", responsibles=["amelie", "bob", "carol"])
        found = {
            one.person.given_name: (one.person.access.value, one.person.responsibles)
            for one in (session.people.get(link) for link in (alike.id, alone.id, wider.id, foreign.id, listed.id))
        }
    assert found == {
        "Alike": ("private", ("amelie", "bob", "carol")),
        "Alone": ("private", ("amelie",)),
        "Wider": ("private", ("amelie", "bob", "carol")),
        "Foreign": ("shared-read", ("bob",)),
        "Listed": ("shared-read", ("amelie",)),
    }


@pytest.mark.req("ACC-2")
def test_a_session_that_only_reads_says_so_by_its_code(workspace: Any, amelie: Any, client: Any) -> None:
    with workspace.read(amelie) as session:
        for act in (
            lambda: session.contacts.delete(client),
            lambda: session.contacts.share(client),
            lambda: session.people.add(client, Person("Jane")),
        ):
            with pytest.raises(Forbidden) as refused:
                act()
            assert refused.value.code == "read-only-session"


@pytest.mark.req("ACC-2")
def test_a_policy_that_does_not_exist_is_refused_with_its_field(workspace: Any, amelie: Any, client: Any) -> None:
    with workspace.write(amelie) as session:
        with pytest.raises(Invalid) as refused:
            session.contacts.share(client, "nonsense")
        assert refused.value.path == "access"


@pytest.mark.req("ACC-3")
def test_a_person_is_shown_with_the_clients_that_the_actor_sees(
    workspace: Any, amelie: Any, client: Any, jane: Any
) -> None:
    with workspace.read(amelie) as session:
        assert [one.contact_id for one in session.people.of(jane.person_id)] == [client.id]
    with workspace.read(ROOT) as session:
        assert len(session.people.of(jane.person_id)) == 2


@pytest.mark.req("DIR-11")
def test_the_trash_says_who_deleted_a_contact_and_when(workspace: Any, amelie: Any, client: Any) -> None:
    with workspace.write(amelie) as session:
        session.contacts.delete(client)
        (card,) = session.trash.list()
    assert (card.by, str(card.deleted)[:10]) == ("amelie", str(TODAY))
