"""Who gets a notice about an item, as a pure rule of the item's owner and its responsible contacts (NOT-4)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcore import Company, Person
from contactcore.model import ITEM_TOPICS, Affiliation
from contactcore.model.starting_lists import ROLES
from contactcore.rules.item_recipients import ResponsibleContact, candidate_ids, resolve_for_item
from contactcore.rules.recipients import MailingPolicy, Recipients, is_chosen

pytestmark = pytest.mark.req("NOT-4")

ON = date(2026, 3, 1)


def ask(owner: Any, *others: Any, topic: str = "booking", **more: Any) -> Recipients:
    return resolve_for_item(owner, others, topic, ON, MailingPolicy(), item_id="i", **more)


def person(name: str, *, email: str = "", roles: Any = ()) -> ResponsibleContact:
    emails = [email or f"{name.lower()}@x.fr"]
    return ResponsibleContact(Person(name, id=name, emails=emails, notifications=[]), roles=roles)


def acting(name: str, **more: Any) -> Affiliation:
    one = Person(name, id=name, emails=[f"{name.lower()}@x.fr"])
    return Affiliation(**{"id": f"of {name}", "person_id": name, "person": one, "notifications": [], **more})


def company(*people: Affiliation, roles: Any = (), emails: Any = ("office@x.fr",)) -> ResponsibleContact:
    return ResponsibleContact(Company("Firm", id="Firm", emails=emails), people, roles)


def chosen(answer: Recipients) -> list[tuple[str, str]]:
    return [(str(one.email), one.reason) for one in answer.chosen]


def codes(answer: Recipients) -> list[tuple[str, str]]:
    return [(one.name, one.code) for one in answer.explained]


def test_a_person_gets_notices_about_the_own_items_whatever_the_preferences():
    answer = ask(person("Jane"))
    assert (chosen(answer), codes(answer)) == ([("jane@x.fr", "owner")], [("Jane", "owner")])
    assert answer.note == "The booking notice goes to jane@x.fr."


def test_the_contact_persons_of_an_owner_who_is_a_person_are_explained_and_not_mailed():
    owner = ResponsibleContact(person("Jane").contact, [acting("Tim", primary=True), acting("Eve", active=False)])
    answer = ask(owner)
    assert chosen(answer) == [("jane@x.fr", "owner")]
    assert codes(answer) == [("Jane", "owner"), ("Eve", "inactive"), ("Tim", "owner-instead")]


def test_the_primary_person_of_a_company_stands_for_it():
    answer = ask(company(acting("Tim"), acting("Eve", primary=True)))
    assert chosen(answer) == [("eve@x.fr", "owner-primary")]
    assert codes(answer) == [("Eve", "owner-primary"), ("Firm", "person-instead"), ("Tim", "not-primary")]
    assert [one.message for one in answer.explained] == [
        "Eve is the primary contact person of the item's owner.",
        "Firm has a primary contact person, who gets these notices.",
        "Tim is not the primary contact person of the item's owner.",
    ]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"end": ON - timedelta(1)}, "past"),
        ({"start": ON + timedelta(1)}, "not-yet"),
        ({"active": False}, "inactive"),
        ({"person": Person("Eve", id="Eve", phones=["+33144556677"])}, "no-email"),
    ],
)
def test_a_company_stands_for_itself_when_its_primary_person_cannot_be_mailed(change: Any, code: str):
    answer = ask(company(acting("Eve", primary=True, **change)))
    assert chosen(answer) == [("office@x.fr", "owner")]
    assert codes(answer) == [("Eve", code), ("Firm", "owner")]


def test_a_company_without_people_and_without_an_address_gets_nothing_and_the_answer_says_so():
    answer = ask(company(emails=()))
    assert answer.chosen == ()
    assert answer.note == "Nobody gets the booking notice: Firm has no e-mail address."


@pytest.mark.parametrize(
    ("roles", "topics"),
    [(("guardian",), {"booking", "reminder"}), (("payer",), {"payment-request"}), (("emergency",), set()), ((), set())],
)
def test_a_responsible_contact_gets_the_topics_of_its_roles(roles: Any, topics: set[str]):
    for topic in ITEM_TOPICS:
        answer = ask(person("Jane"), person("Joan", roles=roles), topic=topic)
        expected = [("joan@x.fr", "role")] if topic in topics else []
        assert chosen(answer) == [("jane@x.fr", "owner"), *expected]
        assert codes(answer)[1] == ("Joan", "role" if expected else "role-without-topic")


def test_a_responsible_company_is_mailed_through_its_primary_person():
    answer = ask(person("Jane"), company(acting("Eve", primary=True), acting("Tim"), roles=["guardian"]))
    assert chosen(answer) == [("jane@x.fr", "owner"), ("eve@x.fr", "role-primary")]
    # Its other contact persons are no candidates.
    assert codes(answer) == [("Jane", "owner"), ("Eve", "role-primary"), ("Firm", "person-instead")]


def test_somebody_who_stands_for_two_is_mailed_once_and_an_address_too():
    eve = acting("Eve", primary=True, email="eve@firm.fr")
    both = ResponsibleContact(Person("Eve", id="Eve", emails=["eve@home.fr"]), roles=["guardian"])
    answer = ask(company(eve), both, person("Joan", email="EVE@firm.fr", roles=["guardian"]))
    assert chosen(answer) == [("eve@firm.fr", "owner-primary")]
    assert codes(answer) == [("Eve", "owner-primary"), ("Firm", "person-instead"), ("Joan", "same-address")]


def test_a_contact_person_of_the_owner_is_mailed_for_a_role_of_the_own():
    tim = ResponsibleContact(Person("Tim", id="Tim", emails=["tim@home.fr"]), roles=["guardian"])
    answer = ask(company(acting("Eve", primary=True), acting("Tim")), tim)
    assert chosen(answer) == [("eve@x.fr", "owner-primary"), ("tim@home.fr", "role")]
    assert [one.contact_id for one in answer.chosen] == ["Firm", "Tim"]
    assert ("Tim", "role") in codes(answer)


@pytest.mark.req("NOT-3")
def test_whoever_is_selected_by_hand_gets_it_whatever_the_role():
    owner = company(acting("Eve", primary=True), acting("Tim"), acting("Old", active=False))
    others = [person("Joan", roles=["emergency"])]
    assert candidate_ids(owner, others, ON) == {"Eve", "Firm", "Joan", "Tim", "Old"}
    answer = ask(owner, *others, selected=["Tim", "Firm", "Joan", "Old"])
    assert {(str(one.email), one.reason) for one in answer.chosen} == {
        ("tim@x.fr", "manual"),
        ("office@x.fr", "manual"),
        ("joan@x.fr", "manual"),
    }
    assert dict(codes(answer)) == {
        "Eve": "not-selected",
        "Firm": "manual",
        "Joan": "manual",
        "Tim": "manual",
        "Old": "inactive",
    }


_EMAILS = ("a@x.fr", "b@x.fr", "c@x.fr")


@st.composite
def _affiliations(draw: Any) -> list[Affiliation]:
    people = []
    for number in draw(st.lists(st.integers(0, 3), max_size=3, unique=True)):
        one = Person("P", str(number), id=f"p{number}", emails=draw(st.lists(st.sampled_from(_EMAILS), max_size=1)))
        flags = {"active": draw(st.booleans()), "primary": not people and draw(st.booleans())}
        people.append(Affiliation(id=f"a{number}", person_id=one.id, person=one, **flags))
    return people


@st.composite
def _contacts(draw: Any, id: str) -> ResponsibleContact:
    emails = draw(st.lists(st.sampled_from(_EMAILS), max_size=1))
    roles = draw(st.lists(st.sampled_from(sorted(ROLES)), unique=True))
    if draw(st.booleans()):
        return ResponsibleContact(Company("Firm", id=id, emails=emails), draw(_affiliations()), roles)
    shared = draw(st.sampled_from([id, "p0", "p1"]))
    return ResponsibleContact(Person("P", id=shared, emails=emails), [], roles)


@pytest.mark.req("NOT-6")
@given(
    owner=_contacts("owner"),
    others=st.tuples(_contacts("x"), _contacts("y")),
    topic=st.sampled_from(ITEM_TOPICS),
    selected=st.one_of(st.none(), st.sets(st.sampled_from(["owner", "x", "y", "p0", "p1", "p2"]))),
)
def test_every_candidate_is_explained_once_and_nobody_is_mailed_twice(
    owner: Any, others: Any, topic: str, selected: Any
):
    answer = ask(owner, *others, topic=topic, selected=selected)
    ids = [one.person_id or one.contact_id for one in answer.explained]
    assert sorted(ids) == sorted(candidate_ids(owner, others, ON))
    assert [one.person_id or one.contact_id for one in answer.explained if one.chosen] == sorted(
        (one.person_id or one.contact_id for one in answer.chosen), key=ids.index
    )
    keys = [one.email.key for one in answer.chosen]
    assert len(keys) == len(set(keys))
    assert all(one.chosen is is_chosen(one.code) and one.message for one in answer.explained)
    if selected is None:
        # Nobody but the owner is mailed without a role that gets the topic.
        allowed = {owner.contact.id, *(one.contact.id for one in others if any(topic in ROLES[r] for r in one.roles))}
        assert {one.contact_id for one in answer.chosen} <= allowed
    else:
        assert {one.person_id or one.contact_id for one in answer.chosen} <= selected
