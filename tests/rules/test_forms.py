"""Forms against the settings, and the fields of a submission beside those of a stored contact."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from contactcore import Address, Company, Form, Person, Settings
from contactcore.model import FieldDefinition
from contactcore.rules.forms import compare, defaults_in_force, form_problems, taken_over
from contactcore.values.email import EmailAddress
from contactcore.values.phone import PhoneNumber

HOME = Address("1 rue Vauban", city="Lyon", postal_code="69000", country="FR")
JANE = Person(
    "Jane", "Doe", full_name="Doe Jane", emails=["old@bois.fr", "jane@bois.fr"],
    phones=["+33144556677", "+33144556688"],
    addresses=[attrs.evolve(HOME, label="Home", billing=True)], fields={"size": "L", "colour": "red"},
)  # fmt: skip


def _states(came: dict[str, Any], contact: Person | Company = JANE) -> dict[str, str]:
    return {field.name: field.state for field in compare(contact, came)}


def test_a_value_is_the_same_if_any_stored_one_is_however_it_is_written() -> None:
    assert _states({"email": EmailAddress("JANE@bois.fr"), "phone": PhoneNumber("+33 1 44 55 66 88")}) == {
        "email": "same",
        "phone": "same",
    }
    assert _states({"email": EmailAddress("j@bois.fr"), "phone": PhoneNumber("+33144556699")}) == {
        "email": "different",
        "phone": "different",
    }
    assert _states({"address": HOME}) == {"address": "same"}
    assert _states({"address": attrs.evolve(HOME, city="Paris")}) == {"address": "different"}
    assert _states({"email": EmailAddress("j@bois.fr")}, Person("Jane")) == {"email": "missing"}


def test_a_name_and_a_custom_field_are_the_same_missing_or_different() -> None:
    came = {"given_name": "Jane", "family_name": "Roe", "prefix": "Dr", "fields.size": "L", "fields.colour": "blue"}
    expected = {"given_name": "same", "family_name": "different", "prefix": "missing", "fields.size": "same"}
    expected["fields.colour"] = "different"
    assert _states({**came, "fields.car": "no", "message": "Hello", "division": "North"}) == {
        **expected,
        "fields.car": "missing",
    }


def test_only_the_named_fields_are_taken_over_lists_grow_and_nothing_else_changes() -> None:
    came = {
        "email": EmailAddress("j@bois.fr"), "phone": PhoneNumber("+33144556677"), "given_name": "Joan", "prefix": "Dr",
        "fields.size": "M",
    }  # fmt: skip
    taken: Any = taken_over(JANE, came, ["email", "phone", "fields.size"])
    expected: dict[str, Any] = {
        "emails": (*JANE.emails, EmailAddress("j@bois.fr")),
        "fields": {"size": "M", "colour": "red"},
    }
    assert taken == attrs.evolve(JANE, **expected)
    assert taken.full_name == "Doe Jane"
    assert taken_over(JANE, came, ["prefix"]) == attrs.evolve(JANE, prefix="Dr")
    assert taken_over(JANE, came, []) == JANE


def test_another_name_ends_the_spelling_of_the_whole_name() -> None:
    taken: Any = taken_over(JANE, {"given_name": "Joan", "family_name": "Doe"}, ["given_name", "family_name"])
    assert (taken.given_name, taken.full_name) == ("Joan", "")
    assert taken_over(JANE, {"family_name": "Doe"}, ["family_name"]) == JANE
    assert taken_over(Company("Bois"), {"name": "Bois & Fils"}, ["name"]) == Company("Bois & Fils")


def _settings() -> Settings:
    return Settings(
        fields=[
            FieldDefinition(slug="size", name="Size"),
            FieldDefinition(slug="former", name="Former", archived=True),
            FieldDefinition(slug="seat", name="Seat", on=["company"]),
        ]
    )


@pytest.mark.parametrize("name", ["former", "seat", "nothing"])
def test_a_form_asks_for_custom_fields_that_its_contacts_have_or_that_it_asked_for_before(name: str) -> None:
    form = Form("Contact", fields=["email", "fields.size", f"fields.{name}"], makes="person")
    (problem,) = form_problems(form, _settings())
    assert (problem.code, problem.path, problem.value) == ("form-field-unknown", "fields[2]", f"fields.{name}")
    assert [*form_problems(form, _settings(), form)] == []
    assert [*form_problems(Form("Contact", fields=["email", "fields.size"]), _settings())] == []


def test_a_form_has_a_type_and_categories_of_the_lists_or_those_that_it_had() -> None:
    form = Form("Contact", fields=["email"], type="nothing", categories=["gone"])
    found = [(one.code, one.path, one.value) for one in form_problems(form, Settings())]
    assert found == [("type-unknown", "type", "nothing"), ("category-unknown", "categories[0]", "gone")]
    assert [*form_problems(form, Settings(), form)] == []
    other = attrs.evolve(form, type="else", categories=["gone", "more"])
    assert [one.path for one in form_problems(other, Settings(), form)] == ["type", "categories[1]"]
    defaults = defaults_in_force(form, Settings())
    assert (defaults["type"], defaults["categories"]) == ("", ())
