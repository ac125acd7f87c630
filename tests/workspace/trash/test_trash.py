from __future__ import annotations

from typing import Any

import pytest

from contactcore import Company, Forbidden, Invalid, NotFound, Person


@pytest.fixture
def client(workspace: Any, amelie: Any) -> Any:
    with workspace.write(amelie) as session:
        return session.contacts.add(Company("Bois", emails=["a@bois.fr"], access="shared-write"))


def people(session: Any, client: Any) -> Any:
    return [(one.person.given_name, one.primary) for one in session.people.list(client)]


@pytest.mark.req("DIR-11")
def test_a_contact_goes_with_its_mere_contact_persons_and_comes_back_whole(
    workspace: Any, amelie: Any, client: Any
) -> None:
    with workspace.write(amelie) as session:
        session.people.add(client, Person("Jane"))
        session.people.add(client, Person("Joe"), primary=True, position="CEO")
        before = session.people.list(client)
        session.contacts.delete(client)
        assert session.contacts.count(role="any") == 0
        assert session.contacts.search("jane") == ()
        assert [card.name for card in session.trash.list()] == ["Bois"]
        restored = session.trash.restore(client.id)
        assert (restored.emails, restored.responsibles, restored.version) == (client.emails, ("amelie",), 3)
        assert people(session, client) == [("Joe", True), ("Jane", False)]
        assert [one.position for one in session.people.list(client)] == [one.position for one in before]
        assert [hit.name for hit in session.contacts.search("joe")] == ["Bois"]
        assert session.trash.list() == ()


@pytest.mark.req("DIR-11")
def test_who_is_held_by_something_else_stays(workspace: Any, amelie: Any, client: Any) -> None:
    with workspace.write(amelie) as session:
        other = session.contacts.add(Company("Other"))
        listed = session.contacts.add(Person("Listed"))
        session.people.add(client, listed)
        shared = session.people.add(client, Person("Shared")).person
        session.people.add(other, shared)
        session.people.add(client, Person("Mere"))
        session.contacts.delete(client)
        assert [card.name for card in session.contacts.page(role="any")] == ["Listed", "Other", "Shared"]
        assert session.people.of(listed) == ()


@pytest.mark.req("DIR-11")
def test_an_affiliation_waits_for_its_other_end(workspace: Any, amelie: Any, client: Any) -> None:
    with workspace.write(amelie) as session:
        jane = session.contacts.add(Person("Jane", access="shared-write"))
        link = session.people.add(client, jane)
        session.contacts.delete(jane)
        session.contacts.delete(client)
        session.trash.restore(jane.id)
        assert session.people.of(jane.id) == ()
        session.trash.restore(client.id)
        assert [one.id for one in session.people.list(client)] == [link.id]


@pytest.mark.req("DIR-11")
@pytest.mark.req("PER-3")
def test_a_restored_primary_does_not_take_the_mark_from_a_successor(workspace: Any, amelie: Any, client: Any) -> None:
    with workspace.write(amelie) as session:
        jane = session.people.add(client, Person("Jane"))
        session.people.add(client, Person("Joe"))
        session.contacts.delete(jane.person)
        assert people(session, client) == [("Joe", True)]
        session.trash.restore(jane.person_id)
        assert people(session, client) == [("Joe", True), ("Jane", False)]


@pytest.mark.req("DIR-11")
def test_a_purge_leaves_no_orphan(workspace: Any, amelie: Any, root: Any, client: Any) -> None:
    with workspace.write(amelie) as session:
        jane = session.contacts.add(Person("Jane"))
        session.people.add(client, jane)
        session.contacts.delete(jane)
        session.contacts.delete(client)
    with workspace.write(root) as session:
        session.trash.purge(client.id)
        with pytest.raises(NotFound):
            session.trash.restore(client.id)
        restored = session.trash.restore(jane.id)
        assert session.people.of(restored) == ()
        assert session._transaction.reader.dump("affiliation") == []


@pytest.mark.req("DIR-11")
@pytest.mark.req("ACC-3")
def test_only_who_could_change_a_contact_restores_it(workspace: Any, amelie: Any, bob: Any, client: Any) -> None:
    with workspace.write(amelie) as session:
        session.contacts.share(client, "shared-read")
        session.contacts.delete(client.id)
        private = session.contacts.add(Company("Private"))
        session.contacts.delete(private)
    with workspace.write(bob) as session:
        assert [card.name for card in session.trash.list()] == ["Bois"]
        with pytest.raises(Forbidden):
            session.trash.restore(client.id)
        with pytest.raises(NotFound):
            session.trash.restore(private.id)


def test_the_trash_lists_what_was_deleted_however_much_went_along(workspace: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session:
        for number in range(4):
            client = session.contacts.add(Company(f"C{number}"))
            for name in "abc":
                session.people.add(client, Person(name))
            session.contacts.delete(client)
    with workspace.read(amelie) as session:
        first = session.trash.list(limit=3)
        assert len(first) == 3
        rest = session.trash.list(limit=3, after=first[-1])
        assert sorted(card.name for card in (*first, *rest)) == ["C0", "C1", "C2", "C3"]


@pytest.mark.req("DIR-11")
def test_a_deleted_contact_does_not_stand_in_the_way_of_a_new_one(workspace: Any, amelie: Any, client: Any) -> None:
    with workspace.write(amelie) as session:
        session.contacts.delete(client)
        again = session.contacts.add(Company("Bois", emails=["a@bois.fr"]))
        session.trash.restore(client.id)
        assert {card.id for card in session.contacts.page()} == {client.id, again.id}


@pytest.mark.req("DIR-17")
@pytest.mark.parametrize("limit", [0, -1, 1_001])
def test_a_page_of_the_trash_has_a_limit(workspace: Any, amelie: Any, limit: int) -> None:
    with workspace.read(amelie) as session, pytest.raises(Invalid) as refused:
        session.trash.list(limit=limit)
    assert (refused.value.code, refused.value.problems[0].path) == ("limit-out-of-range", "limit")
