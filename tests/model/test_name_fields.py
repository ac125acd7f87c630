"""The table of the texts of a name agrees with the entities, the drafts and the rules of a name."""

from __future__ import annotations

import attrs
import pytest

from contactcore import Company, Invalid, Person
from contactcore.formats.drafts import Draft
from contactcore.mapping.contacts import body_of
from contactcore.model.contact import own_fields
from contactcore.model.name_fields import COMPANY_NAME_FIELDS, PERSON_NAME_FIELDS
from contactcore.values import PersonName

pytestmark = pytest.mark.req("DIR-1")

OF_PERSONS = pytest.mark.parametrize("field", PERSON_NAME_FIELDS, ids=lambda field: field.attribute)
OF_ALL = pytest.mark.parametrize(
    ("kind", "field"),
    [*((Person, field) for field in PERSON_NAME_FIELDS), *((Company, field) for field in COMPANY_NAME_FIELDS)],
    ids=str,
)


def test_the_table_has_every_text_of_a_name_and_nothing_else():
    others = {"birthday", "gender", "permissions", "notifications"}
    assert {field.attribute for field in PERSON_NAME_FIELDS} == {*own_fields(Person)} - others
    assert {field.attribute for field in COMPANY_NAME_FIELDS} == {*own_fields(Company)}


@OF_ALL
def test_a_text_of_a_name_has_a_field_in_drafts(kind, field):
    assert field.part in {one.name for one in attrs.fields(Draft)}


@OF_ALL
def test_a_contact_with_one_text_alone_has_a_name_if_that_text_suffices(kind, field):
    if field.suffices:
        assert getattr(kind(**{field.attribute: "Zoé"}), field.attribute) == "Zoé"
    else:
        with pytest.raises(Invalid) as refused:
            kind(**{field.attribute: "Zoé"})
        assert refused.value.code == "nameless"


@OF_PERSONS
def test_a_draft_names_a_person_if_one_of_its_texts_suffices(field):
    assert Draft(line=2, **{field.part: "Zoé"}).has_personal_name is field.suffices


@OF_PERSONS
def test_a_text_that_is_not_plain_leaves_no_plain_names(field):
    person = attrs.evolve(Person("Jane", "Doe"), **{field.attribute: "Zoé"})
    assert (person.plain_names("en") is not None) is field.plain


@OF_PERSONS
def test_each_text_of_a_person_is_the_same_part_of_the_person_name(field):
    name = Person(**{field.attribute: "Zoé"}, emails=["zoe@bois.fr"]).name
    part = "full" if field.part == "full_name" else field.part
    assert name == PersonName(**{part: "Zoé"})


@OF_ALL
def test_a_text_of_a_name_is_stored(kind, field):
    contact = kind(**{field.attribute: "Zoé"}, emails=["zoe@bois.fr"])
    assert f'"{field.attribute}":"Zoé"' in body_of(contact).decode()
