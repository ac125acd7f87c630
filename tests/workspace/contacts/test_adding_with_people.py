"""A contact and its sites, items and contact persons are stored in one act (SIT-5, PER-1)."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import attrs
import pytest

from contactcore import (
    Affiliation,
    Company,
    Duplicate,
    Forbidden,
    Invalid,
    Item,
    NotFound,
    Person,
    Site,
    Workspace,
)
from contactcore_sqlite import SQLiteStorage
from support.actors import AMELIE
from support.child import StartChild

pytestmark = [pytest.mark.req("SIT-5"), pytest.mark.cases_in_memory]

JANE = Person("Jane", "Doe", emails=["jane@bois.fr"])


def lines(session: Any, contact: Any) -> list[tuple[str, str, bool]]:
    return [(one.person.display_name, one.position, one.primary) for one in session.people.list(contact)]


@pytest.mark.req("PER-1")
def test_people_come_in_every_form_with_their_contact(workspace: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session:
        ann = session.contacts.add(Person("Ann", "Lee"))
        zoe = session.contacts.add(Person("Zoé", "Roe", emails=["zoe@x.fr"]))
        bob = session.people.add(session.contacts.add(Company("Elsewhere")), Person("Bob", "Ray"))
        bois = session.contacts.add(
            Company("Bois & Fils", access="shared-read"),
            sites=[Site("Mill")],
            items=[Item("Rex")],
            people=[
                JANE,
                ann,
                "zoe@x.fr",
                "new@bois.fr",
                bob,
                Affiliation(position="CFO", phone="+33144556677", person=Person("Joan", "Roe")),
                Affiliation(position="Guard", person_id=session.contacts.add(Person("Tom", "Day")).id),
            ],
        )
        assert bois.version == 1
        people = session.people.list(bois)
        assert [one.person.display_name for one in people] == [
            *("Jane Doe", "Ann Lee", "Zoé Roe", "new@bois.fr", "Bob Ray", "Joan Roe", "Tom Day")
        ]
        assert [one.primary for one in people] == [True, *[False] * 6]
        assert (people[1].person_id, people[2].person_id, people[4].person_id) == (ann.id, zoe.id, bob.person_id)
        assert [(one.position, str(one.phone or "")) for one in people[5:]] == [("CFO", "+33144556677"), ("Guard", "")]
        jane = people[0].person
        assert (jane.listed, jane.access, jane.responsibles) == (False, bois.access, bois.responsibles)
        assert [site.name for site in session.sites.of(bois)] == ["Mill"]
        assert session.people.get(people[0]) == people[0]


@pytest.mark.req("PER-3")
@pytest.mark.parametrize(
    ("given", "primary"),
    [
        ([{}, {}], "0"),
        ([{}, {"primary": True}], "1"),
        ([{"start": "2999-01-01"}, {}], "1"),
        ([{}, {"start": "2001-01-01"}], "0"),
        ([{"start": "2999-01-01"}, {"start": "2998-01-01"}], "1"),
    ],
)
def test_the_first_current_person_is_primary_unless_another_is_chosen(
    workspace: Any, amelie: Any, given: list[dict[str, Any]], primary: str
) -> None:
    people = [Affiliation(person=Person(str(index)), **details) for index, details in enumerate(given)]
    with workspace.write(amelie) as session:
        bois = session.contacts.add(Company("Bois"), people=people)
        assert session.people.primary(bois).person.given_name == primary
        added = session.people.add(bois, Person("later"))
        assert added.primary is all("start" in details for details in given)


def test_all_problems_of_all_parts_come_at_once_and_nothing_is_stored(workspace: Any, amelie: Any) -> None:
    people = [
        Person("Jane", phones=["12"], type="unheard"),
        Affiliation(permissions=["nonsense"], person=Person("Joan", responsibles=["nobody"], phones=["13"])),
        Affiliation(position="CFO"),
        Affiliation(primary=True, person=Person("A")),
        Affiliation(primary=True, person=Person("B")),
        "x@",
        Affiliation(contact_id="7", person=Person("C")),
    ]
    with workspace.write(amelie) as session:
        with pytest.raises(Invalid) as refusal:
            session.contacts.add(
                Company("Bois", type="unheard"),
                sites=[Site("Mill", phones=["12"])],
                items=[Item("Rex", type="dragon")],
                people=people,
            )
        assert [(problem.path, problem.code) for problem in refusal.value.problems] == [
            ("type", "type-unknown"),
            ("sites[0].phones[0]", "phone-too-short"),
            ("items[0].type", "item-type-unknown"),
            ("people[0].phones[0]", "phone-too-short"),
            ("people[0].type", "type-unknown"),
            ("people[1].person.phones[0]", "phone-too-short"),
            ("people[1].permissions[0]", "module-unknown"),
            ("people[2].person", "person-missing"),
            ("people[5]", "email-syntax"),
            ("people[6].contact_id", "detail-unknown"),
            ("people[4].primary", "primary-twice"),
        ]
        assert (session.contacts.count(role="any"), session.sites._transaction.contested) == (0, set())


@pytest.mark.req("SIT-1")
def test_a_person_acts_at_a_site_of_the_same_call(workspace: Any, amelie: Any, bob: Any) -> None:
    with workspace.write(amelie) as session:
        bois = session.contacts.add(
            Company("Bois", access="shared-read"),
            sites=[Site("Mill"), Site("Depot")],
            items=[Item("Rex")],
            people=[
                Affiliation(site_id="sites[1]", person=Person("Jane")),
                Affiliation(person=Person("Joan")),
                Affiliation(site_id="sites[0]", person=Person("Tom")),
            ],
        )
        names = {site.id: site.name for site in session.sites.of(bois)}
        assert [names.get(one.site_id, "") for one in session.people.list(bois)] == ["Depot", "", "Mill"]
        (mill,) = [site for site in session.sites.of(bois) if site.name == "Mill"]
        session.sites.delete(mill)
        assert [one.site_id for one in session.people.list(bois)][1:] == ["", ""]
        session.trash.restore(mill)
    with workspace.read(bob) as session:
        assert [one.person.display_name for one in session.people.list(bois, site=mill)] == ["Tom"]


@pytest.mark.req("SIT-1")
@pytest.mark.parametrize("site", ["sites[1]", "sites[-1]", "sites[00]", "sites[0] ", "sites", "Mill", "0"])
def test_a_site_that_the_call_does_not_add_is_refused_with_advice(workspace: Any, amelie: Any, site: str) -> None:
    with workspace.write(amelie) as session:
        elsewhere = session.sites.add(session.contacts.add(Company("Sud")), Site("Mill"))
        for given in (site, elsewhere.id):
            people = [Affiliation(site_id=given, person=Person("Jane"))]
            with pytest.raises(Invalid) as refusal:
                session.contacts.add(Company("Bois"), sites=[Site("Mill")], people=people)
            (problem,) = refusal.value.problems
            assert (problem.code, problem.path) == ("site-unknown", "people[0].site_id")
            assert "sites[0]" in problem.message
        bois = session.contacts.add(Company("Bois"), sites=[Site("Mill")])
        with pytest.raises(Invalid) as refusal:
            session.people.add(bois, Person("Jane"), site_id="sites[0]")
        assert refusal.value.code == "site-unknown"


@pytest.mark.parametrize(
    "make", [lambda ann: (ann, ann.id), lambda ann: ("ann@x.fr", ann), lambda _: ("new@x.fr", "NEW@x.fr")]
)
def test_the_same_person_twice_is_refused(workspace: Any, amelie: Any, make: Any) -> None:
    with workspace.write(amelie) as session:
        ann = session.contacts.add(Person("Ann", "Lee", emails=["ann@x.fr"]))
        with pytest.raises(Invalid) as refusal:
            session.contacts.add(Company("Bois"), people=make(ann))
        assert [(problem.path, problem.code) for problem in refusal.value.problems] == [("people[1]", "person-twice")]
        assert session.contacts.count(kind="company") == 0


@pytest.mark.req("ACC-3")
def test_a_hidden_person_is_not_found_and_nothing_is_stored(workspace: Any, amelie: Any, bob: Any) -> None:
    with workspace.write(bob) as session:
        hidden = session.contacts.add(Person("Ann", "Lee"))
    with workspace.write(amelie) as session:
        with pytest.raises(NotFound) as refusal:
            session.contacts.add(Company("Bois"), people=[Person("Jane"), hidden.id])
        assert (refusal.value.path, session.contacts.count(role="any")) == ("people[1]", 0)


@pytest.mark.req("DIR-17")
def test_what_cannot_be_meant_is_refused_by_its_path(workspace: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session:
        ann = session.contacts.add(Person("Ann", "Lee"))
        firm = session.contacts.add(Company("Sud"))
        changed = attrs.evolve(ann, nickname="An")
        for given, path, code in (
            (changed, "people[0]", "edit-not-stored"),
            (Affiliation(person=changed), "people[0].person", "edit-not-stored"),
            (Affiliation(person=ann, person_id="7"), "people[0].person_id", "person-differs"),
            (Affiliation(person=Person("A"), active=False), "people[0].active", "detail-unknown"),
            (firm.id, "people[0].person", "not-a-person"),
            ("Ann Lee", "people[0].person", "person-by-name"),
            (Affiliation(person=Person("A"), primary=True, start="2999-01-01"), "people[0].primary", None),
        ):
            with pytest.raises(Invalid) as refusal:
                session.contacts.add(Company("Bois"), people=[given])
            assert refusal.value.path == path
            assert code in (None, refusal.value.code)
        assert session.contacts.count(kind="company") == 1


def test_a_new_affiliation_gives_details_and_person_to_people_too(workspace: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session:
        bois = session.contacts.add(Company("Bois"), people=[JANE])
        joan = session.people.add(
            bois, Affiliation(position="CFO", person=Person("Joan"), primary=True), department="A"
        )
        assert lines(session, bois) == [("Joan", "CFO", True), ("Jane Doe", "", False)]
        assert joan.department == "A"
        with pytest.raises(Duplicate):
            session.people.add(bois, Affiliation(person=session.contacts.get(joan.person_id)))


@pytest.mark.req("POR-8")
def test_who_only_reads_adds_nothing(workspace: Any, amelie: Any) -> None:
    with workspace.read(amelie) as session, pytest.raises(Forbidden) as refusal:
        session.contacts.add(Company("Bois"), people=[JANE])
    assert refusal.value.code == "read-only-session"


@pytest.mark.parametrize("last", [0, 2, 3, 4, 5, 6, 7])
def test_a_killed_process_leaves_nothing_of_a_contact_and_its_parts(
    tmp_path: Path, start_child: StartChild, last: int
) -> None:
    path = tmp_path / "crm.db"
    with closing(SQLiteStorage(path)) as storage, Workspace(storage, "acme").write(AMELIE) as session:
        session.contacts.add(Company("Before"))
    child = start_child("-m", "support.entering", str(path), str(last))
    assert child.line() == "half"
    child.kill()
    assert child.killed()
    with closing(SQLiteStorage(path)) as storage:
        workspace = Workspace(storage, "acme")
        with workspace.read(AMELIE) as session:
            assert [card.name for card in session.contacts.page(role="any")] == ["Before"]
            assert session.items.count() == 0
        with workspace.write(AMELIE) as session:
            bois = session.contacts.add(Company("Bois"), sites=[Site("Mill")], items=[Item("Rex")], people=[JANE])
            assert (len(session.sites.of(bois)), len(session.people.list(bois))) == (1, 1)
