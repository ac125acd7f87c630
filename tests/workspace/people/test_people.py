from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import attrs
import pytest

from contactcore import Company, Conflict, Duplicate, Forbidden, Invalid, NotFound, Person
from support.clock import TODAY

pytestmark = pytest.mark.cases_in_memory

YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def client(workspace: Any, amelie: Any) -> Any:
    with workspace.write(amelie) as session:
        return session.contacts.add(Company("Bois", access="shared-write"))


def marks(session: Any, client: Any) -> Any:
    return [one.person.given_name for one in session.people.list(client) if one.primary]


@pytest.mark.req("PER-1")
@pytest.mark.req("PER-2")
def test_a_person_acts_for_several_contacts_and_shows_at_once(workspace: Any, amelie: Any, client: Any) -> None:
    with workspace.write(amelie) as session:
        other = session.contacts.add(Person("Uncle", "Bob"))
        jane = session.people.add(client, Person("Jane"), position="CFO", information="knows all", phone="0144556677")
        again = session.people.add(other, jane.person)
        assert [one.id for one in session.people.list(client)] == [jane.id]
        assert {one.contact_id for one in session.people.of(jane.person)} == {client.id, other.id}
        assert (jane.position, jane.information, str(jane.phone)) == ("CFO", "knows all", "+33144556677")
        assert again.primary
        with pytest.raises(Duplicate):
            session.people.add(client, jane.person)


@pytest.mark.req("PER-1")
def test_a_person_made_through_a_client_has_its_access_and_is_not_listed(
    workspace: Any, amelie: Any, client: Any
) -> None:
    with workspace.write(amelie) as session:
        jane = session.people.add(client, Person("Jane")).person
        assert (jane.access, jane.responsibles, jane.listed) == (client.access, client.responsibles, False)
        assert [card.name for card in session.contacts.page()] == ["Bois"]
        assert [card.name for card in session.contacts.page(role="person")] == ["Jane"]


@pytest.mark.req("PER-1")
def test_a_change_of_access_can_take_the_people_along_whatever_else_is_wrong_with_them(
    workspace: Any, amelie: Any, root: Any, client: Any
) -> None:
    with workspace.write(amelie) as session:
        jane = session.people.add(client, Person("Jane"))
    with workspace.write(root) as session:
        session.settings.change(full_names_required=True)
        session.settings.define_field("Shoe size", required=True)
    with workspace.write(amelie) as session:
        session.contacts.share(client, "private", with_people=False)
        assert session.contacts.get(jane.person_id).access.value == "shared-write"
        session.contacts.share(client, "shared-read", with_people=True)
        assert session.contacts.get(jane.person_id).access.value == "shared-read"


@pytest.mark.req("ACC-6")
def test_narrowing_or_handing_over_takes_mere_contact_persons_along(workspace: Any, amelie: Any, bob: Any) -> None:
    def access(session: Any, person: Any) -> Any:
        found = session.contacts.get(person.person_id)
        return found.access.value, found.responsibles

    with workspace.write(amelie) as session:
        client = session.contacts.add(Company("Bois", access="shared-write"))
        other = session.contacts.add(Company("Sud", access="shared-write"))
        mere, listed, elsewhere, narrower = (session.people.add(client, Person(name)) for name in "ABCD")
        session.contacts.save(attrs.evolve(listed.person, listed=True))
        session.people.add(other, elsewhere)
        session.contacts.share(narrower.person_id, "private")
        session.contacts.share(client, "private")
        assert access(session, mere) == ("private", ("amelie",))
        assert access(session, listed) == access(session, elsewhere) == ("shared-write", ("amelie",))
        assert access(session, narrower) == ("private", ("amelie",))
        session.contacts.share(client, "shared-read")
        assert access(session, mere) == ("private", ("amelie",))
        session.contacts.share(client, "private", responsibles=["bob"], with_people=False)
        assert access(session, mere) == ("private", ("amelie",))
    with workspace.write(bob) as session:
        back = session.contacts.share(client.id, "private", responsibles=["amelie"])
    with workspace.write(amelie) as session:
        session.contacts.save(attrs.evolve(back, responsibles=["bob"]))
    with workspace.write(bob) as session:
        assert {one.person.given_name for one in session.people.list(client)} >= {"A", "D"}


@pytest.mark.req("ACC-6")
@pytest.mark.req("ACC-3")
def test_a_hidden_affiliation_keeps_no_contact_person_open_and_is_not_revealed(
    workspace: Any, amelie: Any, bob: Any
) -> None:
    with workspace.write(amelie) as session:
        client = session.contacts.add(Company("Bois", access="shared-write"))
        jane = session.people.add(client, Person("Jane"))
        joan = session.people.add(client, Person("Joan"))
    with workspace.write(bob) as session:
        session.people.add(session.contacts.add(Company("Hidden")), jane.person_id)
    with workspace.write(amelie) as session:
        session.contacts.share(client, "private")
        for one in (jane, joan):
            assert session.contacts.get(one.person_id).access.value == "private"


@pytest.mark.req("ACC-6")
@pytest.mark.req("ACC-3")
def test_a_client_without_visible_people_is_answered_alike_with_and_without_hidden_ones(
    workspace: Any, amelie: Any, bob: Any
) -> None:
    with workspace.write(amelie) as session:
        clients = [session.contacts.add(Company("Bois", access="shared-write")) for _ in range(2)]
        session.people.add(clients[0], Person("Jane", access="private", responsibles=["amelie"]))
    with workspace.read(bob) as session:
        answers = [session.notifications.recipients(client, "invoice") for client in clients]
    assert attrs.evolve(answers[0], client_id="") == attrs.evolve(answers[1], client_id="")


@pytest.mark.req("PER-8")
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_a_list_of_people_is_saved_in_any_order_and_the_primary_is_judged_at_the_end(
    workspace: Any, amelie: Any, client: Any, order: Any
) -> None:
    with workspace.write(amelie) as session:
        for name in ("Jane", "Joe", "Ann"):
            session.people.add(client, Person(name))
        people = session.people.list(client)
        rows = [attrs.evolve(people[number], primary=number == 2, position=f"P{number}") for number in order]
        saved = session.people.save_all(client, rows)
        assert [(one.person.given_name, one.position) for one in saved] == [
            (people[number].person.given_name, f"P{number}") for number in order
        ]
        assert marks(session, client) == ["Ann"]
        # The rows of a form that was read earlier do not take the flag back.
        kept = session.people.save_all(client, saved)
        assert [one.version for one in kept] == [one.version for one in saved]
        assert marks(session, client) == ["Ann"]
        assert session.people.save_all(client, []) == ()


@pytest.mark.req("PER-8")
def test_a_list_whose_primary_leaves_has_a_successor(workspace: Any, amelie: Any, client: Any) -> None:
    with workspace.write(amelie) as session:
        jane, joe = (session.people.add(client, Person(name)) for name in ("Jane", "Joe"))
        person = attrs.evolve(joe.person, given_name="Joel")
        rows = [attrs.evolve(jane, end=YESTERDAY, primary=False), attrs.evolve(joe, primary=True, person=person)]
        assert [one.primary for one in session.people.save_all(client, rows)] == [False, True]
        assert marks(session, client) == ["Joel"]


@pytest.mark.req("PER-8")
@pytest.mark.req("DIR-17")
def test_a_list_is_refused_as_a_whole_with_the_problems_of_all_rows(workspace: Any, amelie: Any, client: Any) -> None:
    with workspace.write(amelie) as session:
        other = session.contacts.add(Company("Sud"))
        jane, joe = (session.people.add(client, Person(name)) for name in ("Jane", "Joe"))
        elsewhere = session.people.add(other, jane)
        wrong = {
            "primary-stays": [attrs.evolve(jane, primary=False), joe],
            "primary-twice": [
                attrs.evolve(jane, primary=True, primary_when_read=False),
                attrs.evolve(joe, primary=True),
            ],
            "affiliation-elsewhere": [attrs.evolve(jane, position="x"), elsewhere],
            "row-twice": [attrs.evolve(jane, position="x"), attrs.evolve(jane, position="y")],
            "topic-unknown": [attrs.evolve(jane, position="x"), attrs.evolve(joe, notifications=["x"])],
            "primary-not-current": [attrs.evolve(jane, position="x"), attrs.evolve(joe, primary=True, active=False)],
            "record-type": [attrs.evolve(jane, position="x"), joe.id],
        }
        for code, rows in wrong.items():
            with pytest.raises(Invalid) as refused:
                session.people.save_all(client, rows)
            assert [one.code for one in refused.value.problems] == [code]
            assert refused.value.path.startswith("rows[")
        two = [attrs.evolve(jane, notifications=["x"]), attrs.evolve(joe, permissions=["y"], contact_id="z")]
        with pytest.raises(Invalid) as both:
            session.people.save_all(client, two)
        assert [one.path for one in both.value.problems] == [
            "rows[0].notifications[0]",
            "rows[1].contact_id",
            "rows[1].permissions[0]",
        ]
        with pytest.raises(Conflict):
            session.people.save_all(client, [attrs.evolve(jane, position="x"), attrs.evolve(joe, version=7)])
        with pytest.raises(NotFound) as unknown:
            session.people.save_all(client, [jane, attrs.evolve(joe, id="nobody")])
        assert unknown.value.path == "rows[1]"
        assert [one.position for one in session.people.list(client)] == ["", ""]
        assert marks(session, client) == ["Jane"]


@pytest.mark.req("PER-3")
def test_the_first_is_primary_and_cannot_be_unset(workspace: Any, amelie: Any, client: Any) -> None:
    with workspace.write(amelie) as session:
        jane = session.people.add(client, Person("Jane"))
        assert jane.primary
        with pytest.raises(Invalid) as refused:
            session.people.save(attrs.evolve(jane, primary=False))
        assert refused.value.code == "primary-stays"
        assert not session.people.add(client, Person("Joe"), start="1999-01-01").primary
        assert marks(session, client) == ["Jane"]


@pytest.mark.req("PER-3")
def test_making_another_one_primary_moves_the_mark(workspace: Any, amelie: Any, client: Any) -> None:
    with workspace.write(amelie) as session:
        jane, joe = (session.people.add(client, Person(name)) for name in ("Jane", "Joe"))
        assert session.people.make_primary(joe).primary
        assert marks(session, client) == ["Joe"]
        session.people.save(attrs.evolve(session.people.get(jane.id), primary=True))
        assert marks(session, client) == ["Jane"]
        session.people.add(client, Person("Ann"), primary=True)
        assert marks(session, client) == ["Ann"]
        session.people.save(attrs.evolve(session.people.primary(client), primary=False), successor=joe)
        assert marks(session, client) == ["Joe"]


@pytest.mark.req("PER-3")
def test_a_whole_list_can_be_saved_when_the_new_primary_comes_before_the_old(
    workspace: Any, amelie: Any, client: Any
) -> None:
    with workspace.write(amelie) as session:
        for name in ("Jane", "Joe", "Ann"):
            session.people.add(client, Person(name))
        for number, one in reversed(list(enumerate(session.people.list(client)))):
            session.people.save(attrs.evolve(one, primary=number == 2))
        assert marks(session, client) == ["Ann"]


@pytest.mark.req("PER-3")
@pytest.mark.parametrize("way", ["remove", "end", "inactive", "delete"])
def test_the_longest_standing_follows_whichever_way_the_primary_leaves(
    workspace: Any, amelie: Any, client: Any, way: Any
) -> None:
    with workspace.write(amelie) as session:
        jane = session.people.add(client, Person("Jane"))
        session.people.add(client, Person("New"), start=TODAY - timedelta(days=10))
        session.people.add(client, Person("Old"), start=date(2001, 1, 1))
        session.people.add(client, Person("Gone"), start=date(1990, 1, 1), end=date(2000, 1, 1))
        session.people.add(client, Person("Future"), start=date(2090, 1, 1))
        if way == "remove":
            session.people.remove(jane)
        elif way == "delete":
            session.contacts.delete(jane.person)
        else:
            session.people.save(attrs.evolve(jane, **({"end": YESTERDAY} if way == "end" else {"active": False})))
        assert marks(session, client) == ["Old"]


@pytest.mark.req("PER-3")
@pytest.mark.parametrize("way", ["remove", "delete"])
def test_the_caller_can_name_who_follows(workspace: Any, amelie: Any, client: Any, way: Any) -> None:
    with workspace.write(amelie) as session:
        jane, _joe, ann = (session.people.add(client, Person(name)) for name in ("Jane", "Joe", "Ann"))
        if way == "remove":
            session.people.remove(jane, successor=ann)
        else:
            session.contacts.delete(jane.person, successors={client.id: ann.id})
        assert marks(session, client) == ["Ann"]


@pytest.mark.req("PER-3")
def test_an_unfit_successor_is_refused_before_anything_is_written(workspace: Any, amelie: Any, client: Any) -> None:
    with workspace.write(amelie) as session:
        jane = session.people.add(client, Person("Jane"))
        gone = session.people.add(client, Person("Gone"), end=YESTERDAY)
        joe = session.people.add(client, Person("Joe"))
    with workspace.write(amelie) as session:
        for heir in ("nobody", jane.id, gone.id):
            with pytest.raises(Invalid):
                session.people.remove(jane, successor=heir)
            with pytest.raises(Invalid):
                session.contacts.delete(jane.person, successors={client.id: heir})
        with pytest.raises(Invalid):
            session.people.make_primary(gone)
        with pytest.raises(Invalid):
            session.people.save(attrs.evolve(joe, position="x"), successor="nobody")
    with workspace.read(amelie) as session:
        assert [one.position for one in session.people.list(client)] == ["", "", ""]
        assert marks(session, client) == ["Jane"]


def test_a_refused_person_leaves_nobody_behind(workspace: Any, amelie: Any, client: Any) -> None:
    with workspace.write(amelie) as session:
        for wrong in (
            {"phone": "123"},
            {"start": "2026-02-01", "end": "2026-01-01"},
            {"colour": "red"},
            {"end": YESTERDAY, "primary": True},
        ):
            with pytest.raises(Invalid):
                session.people.add(client, Person("Jane", tags=["new"]), **wrong)
        with pytest.raises(Invalid) as refused:
            session.people.add(client, Person("Jane", type="friend"), phone="123")
        assert {problem.path for problem in refused.value.problems} == {"type", "phone"}
        with pytest.raises(Invalid):
            session.people.add(client, client)
    with workspace.read(amelie) as session:
        assert session.contacts.count(role="any") == 1
        assert session.settings.tags == ()


def test_nobody_acts_for_themselves_and_a_reader_adds_nobody(
    workspace: Any, amelie: Any, bob: Any, client: Any
) -> None:
    with workspace.write(amelie) as session:
        jane = session.contacts.add(Person("Jane", access="shared-read"))
        with pytest.raises(Invalid) as refused:
            session.people.add(jane, jane)
        assert refused.value.code == "acts-for-self"
    with workspace.write(bob) as session:
        with pytest.raises(Forbidden):
            session.people.add(jane, Person("Joe"))
        with pytest.raises(NotFound):
            session.people.get("nobody")


@pytest.mark.req("PER-3")
@pytest.mark.req("ACC-3")
def test_a_hidden_primary_leaves_no_gap(workspace: Any, amelie: Any, bob: Any, client: Any) -> None:
    with workspace.write(amelie) as session:
        jane = session.people.add(client, Person("Jane"))
        joe = session.people.add(client, Person("Joe", access="shared-read"), primary=True)
    with workspace.write(bob) as session:
        session.people.add(client, Person("Hidden", access="private", responsibles=["bob"]), primary=True)
        assert marks(session, client) == ["Hidden"]
    with workspace.read(amelie) as session:
        assert marks(session, client) == ["Joe"]
        assert session.people.get(joe.id) == joe
        assert session.people.get(jane.id).version == 1


def test_a_thousand_people_are_added_one_by_one_without_reading_each_other(
    workspace: Any, amelie: Any, client: Any
) -> None:
    with workspace.write(amelie) as session:
        session.people.add(client, Person("First"))
        reads = count_reads(session)
        session.people.add(client, Person("Second"))
        few = reads.pop("records")
        for number in range(300):
            session.people.add(client, Person(f"P{number}"))
        reads["records"] = 0
        session.people.add(client, Person("Last"))
        assert reads["records"] <= few
        assert marks(session, client) == ["First"]


def count_reads(session: Any) -> Any:
    reader = session._transaction.reader
    honest = reader.get
    reads = {"records": 0}

    def counted(kind: Any, ids: Any) -> Any:
        reads["records"] = reads.get("records", 0) + len(ids)
        return honest(kind, ids)

    reader.get = counted
    return reads


@pytest.mark.req("PER-1")
def test_a_company_that_is_not_stored_yet_is_no_person_either(workspace: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session:
        client = session.contacts.add(Company("Bois"))
        with pytest.raises(Invalid) as refused:
            session.people.add(client, Company("Sud"))
        with pytest.raises(Invalid) as login:
            session.portal.invite(Company("Sud"))
    assert (refused.value.code, refused.value.path) == ("not-a-person", "person")
    assert (login.value.code, login.value.path) == ("not-a-person", "whom")


@pytest.mark.req("DIR-17")
@pytest.mark.req("PER-1")
def test_saving_an_affiliation_stores_the_changes_of_its_person_too(workspace: Any, amelie: Any, client: Any) -> None:
    with workspace.write(amelie) as session:
        jane = session.people.add(client, Person("Jane", "Doe", phones=["+33 1 44 55 66 77"]))
        renamed = attrs.evolve(jane, position="CFO", person=attrs.evolve(jane.person, given_name="Zoe"))
        saved = session.people.save(renamed)
        assert (saved.position, saved.person.given_name, saved.person.version) == ("CFO", "Zoe", 2)
        assert session.contacts.get(jane.person_id) == saved.person
        assert [hit.name for hit in session.contacts.search("zoe")] == [client.display_name]
        again = session.people.save(attrs.evolve(saved, position="CEO"))
        assert (again.version, again.person.version) == (3, 2)
        only = session.people.save(attrs.evolve(again, person=attrs.evolve(again.person, phones=["01 44 55 66 78"])))
        assert (only.version, [str(phone) for phone in only.person.phones]) == (3, ["+33144556678"])


@pytest.mark.req("DIR-15")
def test_a_person_changed_meanwhile_conflicts_only_with_a_change_of_that_person(
    workspace: Any, amelie: Any, client: Any
) -> None:
    with workspace.write(amelie) as session:
        jane = session.people.add(client, Person("Jane"))
        session.contacts.save(attrs.evolve(jane.person, given_name="Janet"))
        assert session.people.save(attrs.evolve(jane, position="CFO")).person.given_name == "Janet"
        jane = attrs.evolve(jane, version=2)
        with pytest.raises(Conflict) as conflict:
            session.people.save(attrs.evolve(jane, position="CEO", person=attrs.evolve(jane.person, given_name="Zoe")))
        assert (conflict.value.mine.given_name, conflict.value.stored.given_name) == ("Zoe", "Janet")
        assert session.people.get(jane).position == "CFO"


@pytest.mark.req("ACC-2")
def test_only_who_may_change_a_person_saves_changes_of_the_person(workspace: Any, amelie: Any, bob: Any) -> None:
    with workspace.write(amelie) as session:
        client = session.contacts.add(Company("Open", access="shared-write"))
        jane = session.people.add(client, Person("Jane", access="shared-read"))
    with workspace.write(bob) as session:
        jane = session.people.save(attrs.evolve(session.people.get(jane), position="CFO"))
        with pytest.raises(Forbidden):
            session.people.save(attrs.evolve(jane, position="x", person=attrs.evolve(jane.person, given_name="Zoe")))
        assert (session.people.get(jane).position, session.people.get(jane).person.given_name) == ("CFO", "Jane")


@pytest.mark.req("DIR-17")
def test_what_saving_an_affiliation_does_not_store_is_refused_by_name(workspace: Any, amelie: Any, client: Any) -> None:
    with workspace.write(amelie) as session:
        jane, joan = (session.people.add(client, Person(name)) for name in ("Jane", "Joan"))
        other = session.contacts.add(Company("Sud"))
        for changes, path in (
            ({"contact_id": other.id}, "contact_id"),
            ({"person_id": joan.person_id}, "person_id"),
            ({"since": ""}, "since"),
            ({"purposes": ["billing"]}, "purposes"),
            ({"person": joan.person}, "person"),
            ({"person": Person("New")}, "person"),
        ):
            with pytest.raises(Invalid) as refused:
                session.people.save(attrs.evolve(jane, position="x", **changes))
            assert [(one.path, one.code) for one in refused.value.problems] == [(path, "edit-not-stored")]
        with pytest.raises(Invalid) as person:
            session.people.save(attrs.evolve(jane, person=attrs.evolve(jane.person, type="nonsense")))
        assert (person.value.path, person.value.code) == ("person.type", "type-unknown")
        assert session.people.get(jane).position == ""
        billed = session.people.make_primary_for(jane, "billing")
        session.people.make_primary_for(joan, "billing")
        # The purpose moved since the affiliation was read; the caller did not change it.
        assert session.people.save(attrs.evolve(billed, position="CFO")).purposes == ()
