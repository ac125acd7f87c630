"""Contacts as plain data: what was given can be sent back, and what is wrong is refused by its place."""

from __future__ import annotations

import json
from typing import Any

import attrs
import pytest

from contactcore import Address, Company, Contact, EmailAddress, Invalid, Person, PhoneNumber, SocialProfile, Website
from contactcore.formats.plain import from_plain, to_plain

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
