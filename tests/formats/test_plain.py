"""Contacts as plain data: what was given can be sent back, and what is wrong is refused by its place."""

from __future__ import annotations

import json
from collections import UserString
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcore import (
    Address,
    Affiliation,
    Company,
    Contact,
    EmailAddress,
    Interaction,
    Invalid,
    Item,
    Person,
    PhoneNumber,
    Site,
    SocialProfile,
    Website,
)
from contactcore.formats.plain import from_plain, to_plain
from contactcore.model import Authority, Category, FieldDefinition, PortalLogin, Settings
from contactcore.model.message import Message
from support import entity_strategies as some

JANE = Person(
    "Jane",
    "Doe",
    id="p1",
    version=3,
    emails=["jane@example.org", EmailAddress("j@doe.org", kind="home")],
    phones=[PhoneNumber("+33 1 44 55 66 77 ext. 5", kind="work"), "to be asked for"],
    websites=["doe.org", Website("https://blog.doe.org", kind="blog")],
    socials=[SocialProfile("linkedin", "jane-doe"), SocialProfile("", "https://x.com/jane")],
    addresses=[Address(street="1 rue du Bois", city="Paris", country="FR")],
    type="supplier",
    categories=["key"],
    tags=["VIP"],
    description="Two\nlines",
    currency="EUR",
    language="fr-CA",
    fields={"size": 5, "news": True, "since": "2026-12-31"},
    responsibles=["amelie"],
    access="shared-read",
    listed=False,
    external_id="7",
    unmapped={"Colour": "red"},
    birthday="--05-20",
)

BOIS = Company("Bois", division="North", **{name: getattr(JANE, name) for name in attrs.fields_dict(Contact)})


@pytest.mark.req("DIR-3")
@pytest.mark.req("DIR-18")
@pytest.mark.parametrize("contact", [JANE, BOIS, Person(emails=["a@b.fr"])])
def test_what_was_given_as_plain_data_can_be_sent_back(contact: Any) -> None:
    assert from_plain(json.loads(json.dumps(to_plain(contact)))) == contact


@pytest.mark.req("DIR-3")
@pytest.mark.parametrize(
    ("field", "value", "path", "code"),
    [
        ("colour", "red", "colour", "field-unknown"),
        ("given_name", 5, "given_name", "plain-type"),
        ("emails", "a@b.fr", "emails", "plain-type"),
        ("emails", ["a@b.fr", "a@"], "emails[1]", "email-syntax"),
        ("emails", [{"text": 5}], "emails[0].text", "plain-type"),
        ("emails", [{"text": "a@"}], "emails[0]", "email-syntax"),
        ("emails", [{"text": "a@b.fr", "colour": "red"}], "emails[0].colour", "field-unknown"),
        ("emails", [{"kind": "home"}], "emails[0].text", "plain-type"),
        ("emails", [5], "emails[0]", "plain-type"),
        ("phones", [{"text": "+33144556677", "colour": "red"}], "phones[0].colour", "field-unknown"),
        ("phones", [{"text": "+33144556677", "extension": 5}], "phones[0].extension", "plain-type"),
        ("phones", [{"text": ""}], "phones[0]", "phone-empty"),
        ("websites", [{"url": "javascript:alert(1)"}], "websites[0]", "website-scheme"),
        ("addresses", [{"country": 5}], "addresses[0].country", "plain-type"),
        ("socials", [{"handle": "jane"}], "socials[0].service", "social-service"),
        ("tags", [5], "tags[0]", "plain-type"),
        ("fields", [], "fields", "plain-type"),
        ("listed", "no", "listed", "plain-type"),
        ("version", "1", "version", "plain-type"),
        ("access", "open", "access", "access-unknown"),
    ],
)
def test_what_is_wrong_in_plain_data_is_refused_by_its_place(field: str, value: Any, path: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        from_plain({"kind": "person", "family_name": "Doe", field: value})
    assert [(problem.path, problem.code) for problem in refused.value.problems] == [(path, code)]
    assert "@ $" not in str(refused.value)


def test_all_that_is_wrong_in_plain_data_is_refused_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        from_plain({"kind": "person", "emails": ["a@", "b@"], "colour": "red"})
    assert {problem.path for problem in refused.value.problems} == {"emails[0]", "emails[1]", "colour"}


@pytest.mark.parametrize(("data", "code"), [([], "plain-type"), ({}, "kind-unknown"), ({"kind": []}, "kind-unknown")])
def test_plain_data_says_what_kind_of_contact_it_is(data: Any, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        from_plain(data)
    assert refused.value.code == code


ENTITIES = st.one_of(
    some.contacts(),
    some.affiliations(),
    some.sites(),
    some.items(),
    some.interactions(),
    some.messages(),
    st.builds(lambda affiliation, person: attrs.evolve(affiliation, person=person), some.affiliations(), some.people()),
    st.builds(
        PortalLogin,
        id=some.lines(),
        email=some.emails(),
        person_id=some.lines(),
        state=st.sampled_from(("active", "suspended", "closed")),
        has_password=st.booleans(),
    ),
    st.builds(
        Settings,
        language=some.languages(),
        currency=st.one_of(st.none(), some.currencies()),
        categories=st.just([Category(slug="wood", name="Wood", archived=True)]),
        fields=st.just([FieldDefinition(slug="size", name="Size", type="choice", choices=["a", "b"], on=["person"])]),
        default_permissions=some.permission_sets(),
        default_notifications=some.preferences(),
        default_access=some.policies(),
        purposes=st.lists(some.lines(), max_size=2, unique=True),
    ),
)


@pytest.mark.req("DIR-18")
@given(entity=ENTITIES)
def test_every_entity_comes_back_equal_from_json(entity: Any) -> None:
    written = json.dumps(to_plain(entity), allow_nan=False)
    again = from_plain(json.loads(written), type(entity))
    assert again == entity
    assert getattr(again, "person", None) == getattr(entity, "person", None)
    assert to_plain(again) == json.loads(written)


@pytest.mark.req("DIR-18")
@pytest.mark.parametrize(
    ("data", "path", "code"),
    [
        ({"kind": "affiliation", "authorities": [{"joint": True}]}, "authorities[0].slug", "plain-type"),
        ({"kind": "affiliation", "authorities": [{"slug": 5}]}, "authorities[0].slug", "plain-type"),
        ({"kind": "affiliation", "authorities": [{"slug": "a", "b": 5}]}, "authorities[0].b", "field-unknown"),
        ({"kind": "affiliation", "authorities": ["represent"]}, "authorities[0]", "plain-type"),
        ({"kind": "affiliation", "permissions": {"modules": []}}, "permissions", "plain-type"),
        ({"kind": "affiliation", "permissions": [5]}, "permissions[0]", "plain-type"),
        ({"kind": "affiliation", "start": "soon"}, "start", "date-syntax"),
        ({"kind": "affiliation", "primary": "yes"}, "primary", "plain-type"),
        ({"kind": "affiliation", "revision": 7}, "revision", "field-unknown"),
        ({"kind": "affiliation", "person": {"kind": "company", "name": "x"}}, "person.kind", "kind-unknown"),
        ({"kind": "affiliation", "person": {"kind": "person", "emails": ["a@"]}}, "person.emails[0]", "email-syntax"),
        ({"kind": "affiliation", "email": 5}, "email", "plain-type"),
        ({"kind": "message", "to": "a@b.fr", "text": "x"}, "subject", "plain-type"),
        ({"kind": "settings", "types": [{"slug": "a"}]}, "types[0].name", "plain-type"),
        ({"kind": "settings", "fields": {}}, "fields", "plain-type"),
    ],
)
def test_what_is_wrong_in_any_entity_is_refused_by_its_place(data: Any, path: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        from_plain(data)
    assert [(problem.path, problem.code) for problem in refused.value.problems] == [(path, code)]


@pytest.mark.req("DIR-18")
@pytest.mark.req("DIR-20")
@pytest.mark.parametrize(
    ("data", "places"),
    [
        ({"kind": "person", "emails": ["a@"], "birthday": "31.02.1990"}, ["emails[0]", "birthday"]),
        ({"kind": "person", "given_name": "Jo", "phones": [5], "currency": "XXY"}, ["phones[0]", "currency"]),
        ({"kind": "company", "emails": ["a@"], "name": "x" * 3_000}, ["emails[0]", "name"]),
        ({"kind": "person", "emails": ["a@"]}, ["emails[0]"]),
        ({"kind": "message", "to": "a@b.fr", "text": 5}, ["text", "subject"]),
    ],
)
def test_a_refused_value_hides_no_problem_of_another_field(data: Any, places: list[str]) -> None:
    with pytest.raises(Invalid) as refused:
        from_plain(data)
    assert [problem.path for problem in refused.value.problems] == places


@pytest.mark.req("DIR-20")
def test_a_refused_value_hides_no_problem_of_another_field_of_a_stored_contact() -> None:
    with pytest.raises(Invalid) as refused:
        from_plain({"emails": ["a@"], "birthday": "31.02.1990", "version": 1}, onto=JANE)
    assert [one.path for one in refused.value.problems] == ["version", "emails[0]", "birthday"]


@pytest.mark.req("DIR-18")
def test_only_the_wanted_class_is_read() -> None:
    assert from_plain({"kind": "company", "name": "Bois"}, Contact).display_name == "Bois"
    with pytest.raises(Invalid) as refused:
        from_plain({"kind": "company", "name": "Bois"}, Person)
    assert (refused.value.path, refused.value.code) == ("kind", "kind-unknown")


@pytest.mark.req("DIR-18")
@pytest.mark.parametrize("junk", [object(), len, Person, open])
def test_what_is_no_data_is_refused(junk: object) -> None:
    with pytest.raises(Invalid) as refused:
        to_plain(junk)
    assert refused.value.code == "plain-type"


@pytest.mark.req("DIR-18")
def test_empty_and_unset_stay_apart() -> None:
    unset = Affiliation(authorities=[Authority(slug="represent")])
    empty = attrs.evolve(unset, permissions=[], notifications=[])
    assert "permissions" not in to_plain(unset)
    assert (to_plain(empty)["permissions"], from_plain(to_plain(empty))) == ([], empty)
    assert from_plain(to_plain(unset)) == unset


@pytest.mark.req("DIR-18")
def test_a_confidential_message_is_data_too() -> None:
    message = Message(to="a@b.fr", subject="x", text="y", headers={"X-Own": "1"}, confidential=True)
    assert from_plain(to_plain(message)) == message


@pytest.mark.req("DIR-17")
@pytest.mark.req("DIR-18")
@pytest.mark.parametrize("stored", [JANE, BOIS])
def test_a_partial_form_over_a_stored_contact_keeps_every_field_that_it_lacks(stored: Any) -> None:
    laid = from_plain({"description": "New", "tags": []}, onto=stored)
    assert laid == attrs.evolve(stored, description="New", tags=[])
    assert from_plain({}, onto=stored) == from_plain(to_plain(stored), onto=stored) == stored


@pytest.mark.req("DIR-18")
def test_null_in_a_partial_form_empties_a_field_and_custom_fields_are_laid_over_one_by_one() -> None:
    laid = from_plain({"currency": None, "description": None, "fields": {"size": 6, "news": None}}, onto=BOIS)
    assert (laid.currency, laid.description) == (None, "")
    assert laid.fields == {"size": 6, "since": "2026-12-31"}
    with pytest.raises(Invalid) as refused:
        from_plain({"name": None}, onto=Company("Bois"))
    assert refused.value.code == "nameless"


@pytest.mark.req("DIR-17")
@pytest.mark.req("DIR-18")
@pytest.mark.parametrize(
    ("name", "value"),
    [("kind", "person"), ("id", "p2"), ("version", 4), ("access", "private"), ("responsibles", ["mallory"])],
)
def test_a_partial_form_changes_who_sees_a_contact_and_its_identity_only_where_the_caller_says_so(
    name: str, value: Any
) -> None:
    with pytest.raises(Invalid) as refused:
        from_plain({name: value, "emails": "x"}, onto=BOIS)
    assert [(one.code, one.path) for one in refused.value.problems] == [
        ("field-protected", name),
        ("plain-type", "emails"),
    ]
    if name == "kind":
        with pytest.raises(Invalid) as refused:
            from_plain({name: value}, onto=BOIS, also=[name])
        assert (refused.value.code, refused.value.path) == ("field-unknown", "also[0]")
    else:
        assert to_plain(getattr(from_plain({name: value}, onto=BOIS, also=[name]), name)) == value


@pytest.mark.req("DIR-18")
def test_a_partial_form_over_an_affiliation_lays_its_person_over_the_stored_one() -> None:
    stored = Affiliation(
        id="a1", version=2, contact_id="c1", person_id="p1", person=JANE, position="CFO", authorities=["represent"]
    )
    laid = from_plain({"position": "CEO", "person": {"given_name": "Janet"}}, onto=stored)
    assert laid == attrs.evolve(stored, position="CEO")
    assert laid.person == attrs.evolve(JANE, given_name="Janet")
    for data, path in (
        ({"contact_id": "c2"}, "contact_id"),
        ({"person": {"responsibles": ["mallory"]}}, "person.responsibles"),
    ):
        with pytest.raises(Invalid) as refused:
            from_plain(data, onto=stored)
        assert (refused.value.code, refused.value.path) == ("field-protected", path)
    with pytest.raises(Invalid) as refused:
        from_plain({"person": "Jane"}, onto=stored)
    assert (refused.value.code, refused.value.path) == ("plain-type", "person")


@pytest.mark.req("DIR-18")
@pytest.mark.parametrize(
    ("stored", "form", "protected"),
    [
        (Site("Mill", id="s1", version=2, contact_id="c1", access_notes="Ring."), {"name": "Depot"}, "contact_id"),
        (Item("Rex", id="i1", version=2, contact_id="c1", fields={"chip": "1"}), {"name": "Mia"}, "contact_id"),
        (Interaction("Call", id="t1", version=2, contact_id="c1", actor="bob"), {"title": "Visit"}, "actor"),
    ],
)
def test_a_partial_form_over_what_belongs_to_a_contact_keeps_the_rest_and_its_owner(
    stored: Any, form: dict[str, Any], protected: str
) -> None:
    assert from_plain(form, onto=stored) == attrs.evolve(stored, **form)
    assert from_plain({**form, "version": 1}, onto=stored, also=["version"]).version == 1
    with pytest.raises(Invalid) as refused:
        from_plain({protected: "mallory"}, onto=stored)
    assert (refused.value.code, refused.value.path) == ("field-protected", protected)


@pytest.mark.req("DIR-3")
def test_a_national_number_in_plain_data_is_read_with_the_countries_of_the_addresses_first() -> None:
    data = {"kind": "company", "name": "Bois", "addresses": [{"city": "Berlin", "country": "Germany"}, "?"]}
    for phone in ({"text": "030 901820", "kind": "work"}, "030 901820"):
        read = from_plain({**data, "addresses": data["addresses"][:1], "phones": [phone]}, country="FR")
        assert [str(one) for one in read.phones] == ["+4930901820"]
    site = {"kind": "site", "name": "Depot", "address": {"country": "DE"}, "phones": [{"text": "030 901820"}]}
    assert [str(one) for one in from_plain(site).phones] == ["+4930901820"]
    with pytest.raises(Invalid) as refused:
        from_plain({**data, "phones": [{"text": "030 901820"}]})
    assert "addresses[1]" in [one.path for one in refused.value.problems]


@pytest.mark.req("DIR-17")
def test_plain_data_is_laid_over_stored_contacts_and_what_belongs_to_them_only() -> None:
    for onto, wanted in ((Settings(), object), ("c1", object), (JANE, Company)):
        with pytest.raises(Invalid) as refused:
            from_plain({}, wanted, onto=onto)  # type: ignore[call-overload]
        assert (refused.value.code, refused.value.path) == ("plain-type", "onto")
    with pytest.raises(Invalid) as refused:
        from_plain({}, onto=JANE, also="version")
    assert (refused.value.code, refused.value.path) == ("not-a-list", "also")


@pytest.mark.req("DIR-3")
def test_the_country_of_plain_data_is_a_code_or_a_name_and_an_unknown_one_is_refused_by_its_argument() -> None:
    data = {"kind": "company", "name": "Bois", "phones": ["030 1234567"]}
    for country in ("DE", "de", "Germany", "Deutschland"):
        assert str(from_plain(data, Company, country=country).phones[0]) == "+49301234567"
    with pytest.raises(Invalid) as refused:
        from_plain(data, country="Narnia")
    assert (refused.value.code, refused.value.path) == ("country-unknown", "country")


def _nested(levels: int) -> list[Any]:
    outer: list[Any] = []
    for _ in range(levels):
        outer = [outer]
    return outer


def _endless() -> list[Any]:
    inside: list[Any] = []
    inside.append(inside)
    return inside


class _Raising:
    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(name)


@pytest.mark.req("DIR-18")
@pytest.mark.parametrize(
    "value",
    [
        _nested(900),
        _nested(100_000),
        _endless(),
        range(10**12),
        10**5_000,
        [10**5_000],
        Decimal("1e999999999"),
        UserString("a"),
        _Raising(),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_refusal_of_any_value_becomes_json(value: Any) -> None:
    with pytest.raises(Invalid) as caught:
        Company(value)
    (problem,) = json.loads(json.dumps(to_plain(caught.value)))["problems"]
    assert problem["code"] == "text-type"


@pytest.mark.req("DIR-18")
def test_a_refused_value_of_moderate_size_is_shown_in_full() -> None:
    value = {"name": ["Bois", 1.5, {"more": [True, None]}]}
    with pytest.raises(Invalid) as caught:
        Company(value)  # type: ignore[arg-type] # the refused value
    assert to_plain(caught.value)["problems"][0]["value"] == value


@pytest.mark.req("DIR-18")
@pytest.mark.parametrize("data", [_nested(100_000), _endless()])
def test_data_without_a_bottom_is_refused(data: Any) -> None:
    with pytest.raises(Invalid) as caught:
        to_plain(data)
    assert caught.value.code == "plain-type"
