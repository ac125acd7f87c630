"""A half-filled contact is checked without being stored, and all problems come back at once (DIR-20)."""

from __future__ import annotations

from typing import Any

import pytest

from contactcore import Affiliation, Company, Duplicate, Invalid, Item, NotFound, Person, Site, to_plain

pytestmark = [pytest.mark.req("DIR-20"), pytest.mark.cases_in_memory]


def found(problems: Any) -> list[tuple[str, str]]:
    return [(problem.path, problem.code) for problem in problems]


@pytest.mark.parametrize(
    ("data", "problems"),
    [
        ({"kind": "company"}, [("", "nameless")]),
        ({}, [("kind", "kind-unknown")]),
        ({"kind": "site"}, [("kind", "kind-unknown")]),
        ({"kind": "company", "name": "Bois", "phones": ["01 44 55 66 77"]}, []),
        ({"kind": "company", "name": "Bois", "phones": [{"text": "01 44 55 66 77", "kind": "mobile"}]}, []),
        ({"kind": "company", "emails": ["office@"]}, [("emails[0]", "email-syntax")]),
        (
            {
                "kind": "person",
                "given_name": 5,
                "shape": "x",
                "emails": ["a@b.fr", "x"],
                "phones": ["12"],
                "type": "partner",
                "categories": ["none"],
                "addresses": [{"city": 7}],
                "currency": "XXZ",
                "fields": {"size": "L"},
                "responsibles": ["ghost"],
            },
            [
                ("shape", "field-unknown"),
                ("given_name", "plain-type"),
                ("addresses[0].city", "plain-type"),
                ("emails[1]", "email-syntax"),
                ("currency", "currency-unknown"),
                ("phones[0]", "phone-too-short"),
                ("fields.size", "field-unknown"),
                ("type", "type-unknown"),
                ("categories[0]", "category-unknown"),
            ],
        ),
    ],
)
def test_all_problems_of_plain_data_come_at_once(workspace: Any, amelie: Any, data: Any, problems: Any) -> None:
    with workspace.read(amelie) as session:
        assert sorted(found(session.contacts.check(data))) == sorted(problems)
        assert session.contacts.count(role="any") == 0


def test_a_field_with_a_problem_is_not_missing_too(workspace: Any, root: Any) -> None:
    with workspace.write(root) as session:
        session.settings.change(full_names_required=True)
        session.settings.entry.ask("person", required=["emails", "billing_address", "description"])
        data = {"kind": "person", "given_name": 5, "emails": ["x"], "addresses": ["Lyon"]}
        assert found(session.contacts.check(data)) == [
            ("given_name", "plain-type"),
            ("emails[0]", "email-syntax"),
            ("addresses[0]", "plain-type"),
            ("family_name", "name-required"),
            ("description", "field-required"),
        ]


def test_a_draft_and_its_sites_and_items_are_judged_as_they_would_be_stored(workspace: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session:
        bois = session.contacts.add(Company("Bois"))
        draft = session.contacts.another(bois)
        parts: dict[str, Any] = {"sites": [Site("Mill", phones=["12"])], "items": [Item("Rex", type="dragon")]}
        assert found(session.contacts.check(draft, **parts)) == [
            ("", "nameless"),
            ("sites[0].phones[0]", "phone-too-short"),
            ("items[0].type", "item-type-unknown"),
        ]
        with pytest.raises(Invalid) as refusal:
            session.contacts.add(draft, **parts)
        assert found(refusal.value.problems) == found(session.contacts.check(draft, **parts))


@pytest.mark.parametrize("contact", [Company("Bois"), Company(emails=["a@b.fr"], type="unheard")])
def test_people_are_judged_with_all_other_parts_as_add_judges_them(workspace: Any, amelie: Any, contact: Any) -> None:
    with workspace.write(amelie) as session:
        ann = session.contacts.add(Person("Ann", "Lee", emails=["ann@x.fr"]))
    parts: dict[str, Any] = {
        "sites": [Site("Mill", phones=["12"])],
        "items": [Item("Rex", type="dragon")],
        "people": [
            Person("Jane", phones=["12"]),
            ann,
            "ann@x.fr",
            Affiliation(permissions=["nonsense"], site_id="sites[0]", person=Person("Joan")),
            Affiliation(site_id="sites[1]", primary=True, person=Person("Tom")),
            Affiliation(primary=True, person=Person("Zoé")),
        ],
    }
    with workspace.read(amelie) as session:
        problems = session.contacts.check(contact, **parts)
        assert found(problems)[-5:] == [
            ("people[0].phones[0]", "phone-too-short"),
            ("people[2]", "person-twice"),
            ("people[3].permissions[0]", "module-unknown"),
            ("people[4].site_id", "site-unknown"),
            ("people[5].primary", "primary-twice"),
        ]
    with workspace.write(amelie) as session:
        with pytest.raises(Invalid) as refusal:
            session.contacts.add(contact, **parts)
        assert refusal.value.problems == problems
        assert session.contacts.count(role="any") == 1


def test_right_people_have_no_problem_and_nobody_is_locked_or_stored(workspace: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session:
        ann = session.contacts.add(Person("Ann", "Lee"))
    with workspace.write(amelie) as session:
        people = [ann, "new@x.fr", Affiliation(position="CFO", site_id="sites[0]", person=Person("Joan"))]
        assert session.contacts.check(Company("Bois"), sites=[Site("Mill")], people=people) == ()
        assert session.contacts._transaction.locked == {}
        assert session.contacts.count(role="any") == 1


def test_the_parts_of_an_unreadable_contact_are_judged_too(workspace: Any, amelie: Any) -> None:
    with workspace.read(amelie) as session:
        problems = session.contacts.check(
            {"kind": "firm"}, sites=[Site("Mill", phones=["12"])], people=["x@", Person("Jane")]
        )
    assert found(problems) == [
        ("kind", "kind-unknown"),
        ("sites[0].phones[0]", "phone-too-short"),
        ("people[0]", "email-syntax"),
    ]


@pytest.mark.req("ACC-3")
def test_people_whom_the_actor_does_not_see_and_those_who_act_already_are_refused(
    workspace: Any, amelie: Any, bob: Any
) -> None:
    with workspace.write(bob) as session:
        hidden = session.contacts.add(Person("Ann", "Lee", emails=["ann@x.fr"]))
    with workspace.write(amelie) as session:
        bois = session.contacts.add(Company("Bois"), people=[Person("Jane")])
        jane = session.people.primary(bois)
        gone = session.contacts.add(Person("Tom"))
        session.contacts.delete(gone)
    with workspace.read(amelie) as session:
        for id in (hidden.id, gone.id, "unheard"):
            with pytest.raises(NotFound) as refusal:
                session.contacts.check(bois, people=[Person("Joan"), id])
            assert (refusal.value.path, refusal.value.id) == ("people[1]", id)
        assert session.contacts.check(bois, people=["ann@x.fr"]) == ()
        with pytest.raises(Duplicate):
            session.contacts.check(bois, people=[jane])


def test_a_changed_stored_contact_is_judged_against_what_is_stored(workspace: Any, amelie: Any, root: Any) -> None:
    with workspace.write(amelie) as session:
        bois = session.contacts.add(Company("Bois", type="supplier"))
    with workspace.write(root) as session:
        session.settings.archive_type("supplier")
    with workspace.read(amelie) as session:
        assert session.contacts.check(bois) == ()
        assert found(session.contacts.check(Company("Sud", type="supplier"))) == [("type", "type-unknown")]
        changed = {**to_plain(bois), "phones": ["12"], "responsibles": []}
        assert found(session.contacts.check(changed)) == [
            ("phones[0]", "phone-too-short"),
            ("responsibles", "responsible-missing"),
        ]
        other = Person("Bois", id=bois.id, version=1)
        assert ("kind", "kind-change") in found(session.contacts.check(other))
        assert session.contacts.get(bois.id) == bois


@pytest.mark.req("ACC-3")
def test_a_hidden_contact_cannot_be_checked(workspace: Any, amelie: Any, bob: Any) -> None:
    with workspace.write(amelie) as session:
        bois = session.contacts.add(Company("Bois"))
    with workspace.read(bob) as session:
        for given in (bois, to_plain(bois)):
            with pytest.raises(NotFound):
                session.contacts.check(given)


@pytest.mark.req("DIR-17")
@pytest.mark.parametrize("given", [None, "Bois", 5, ["Bois"]])
def test_what_is_no_contact_is_refused(workspace: Any, amelie: Any, given: Any) -> None:
    with workspace.read(amelie) as session, pytest.raises(Invalid) as refusal:
        session.contacts.check(given)
    assert refusal.value.path == "contact"


@pytest.mark.parametrize(
    ("parts", "problems"),
    [
        ({"people": [{"kind": "person", "given_name": "Jane"}], "sites": [{"kind": "site", "name": "Mill"}]}, []),
        ({"people": [{}]}, [("people[0].kind", "kind-unknown")]),
        ({"people": [{"kind": "company", "name": "Sud"}]}, [("people[0].kind", "kind-unknown")]),
        ({"people": [{"kind": "person"}]}, [("people[0]", "nameless")]),
        ({"people": [{"kind": "person", "emails": ["x"]}]}, [("people[0].emails[0]", "email-syntax")]),
        (
            {
                "people": [
                    "ann@bois.fr",
                    {"kind": "person", "given_name": 5, "family_name": "Doe", "type": "none", "\0": 1},
                ]
            },
            [
                ("people[1].\0", "field-unknown"),
                ("people[1].given_name", "plain-type"),
                ("people[1].type", "type-unknown"),
            ],
        ),
        ({"people": [{"kind": "affiliation"}]}, [("people[0].person", "person-missing")]),
        (
            {"people": [{"kind": "affiliation", "email": "x", "person": {"given_name": 5}}]},
            [("people[0].email", "email-syntax"), ("people[0].person.kind", "kind-unknown")],
        ),
        (
            {"people": [{"kind": "affiliation", "site_id": "sites[0]", "person": {"kind": "person"}}]},
            [("people[0].person", "nameless")],
        ),
        (
            {"sites": [{"kind": "site", "phones": ["12"]}, {"kind": "item"}]},
            [
                ("sites[0].name", "site-nameless"),
                ("sites[0].phones[0]", "phone-too-short"),
                ("sites[1].kind", "kind-unknown"),
            ],
        ),
        (
            {"items": [{"kind": "item", "name": 5}, {"kind": "item", "name": "Rex", "type": "dragon", "status": 7}]},
            [
                ("items[0].name", "plain-type"),
                ("items[1].status", "plain-type"),
                ("items[1].type", "item-type-unknown"),
            ],
        ),
    ],
)
def test_parts_that_are_plain_data_are_answered_with_their_problems(
    workspace: Any, amelie: Any, parts: Any, problems: Any
) -> None:
    with workspace.read(amelie) as session:
        assert sorted(found(session.contacts.check(Company("Bois"), **parts))) == sorted(problems)


def test_plain_data_of_a_stored_person_are_judged_as_the_person_would_be(workspace: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session:
        jane = session.contacts.add(Person("Jane"))
        plain = to_plain(jane)
        asked = [plain, {**plain, "given_name": "Joan"}, {**plain, "given_name": "Joan", "version": 9}]
        answers = [found(session.contacts.check(Company("Bois"), people=[one])) for one in asked]
        assert answers == [[], [("people[0]", "edit-not-stored")], []]
        with pytest.raises(NotFound):
            session.contacts.check(Company("Bois"), people=[{**plain, "id": "nobody"}])
