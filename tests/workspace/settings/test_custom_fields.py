from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import pytest

from contactcore import Company, Invalid, Item, Person, Site
from contactcore.workspace.session import Session

pytestmark = pytest.mark.cases_in_memory

RIGHT = {
    "text": ("a b", "a b"),
    "long-text": ("a\r\nb", "a\nb"),
    "number": ("12.5", 12.5),
    "date": ("2026-12-31", "2026-12-31"),
    "yes-no": ("yes", True),
    "choice": ("red", "red"),
    "choices": (["blue", "red"], ("red", "blue")),
    "email": ("a@B.fr", "a@b.fr"),
    "phone": ("01 44 55 66 77", "+33144556677"),
    "url": ("https://bois.fr", "https://bois.fr"),
}
WRONG = {
    "text": 5,
    "number": "twelve",
    "date": "31.02.2026",
    "yes-no": "maybe",
    "choice": "green",
    "choices": ["red", "green"],
    "email": "a",
    "phone": "1",
    "url": "javascript:alert(1)",
}


@pytest.mark.req("DIR-8")
@pytest.mark.parametrize("type", RIGHT)
def test_values_are_validated_on_write(workspace: Any, amelie: Any, root: Any, type: Any) -> None:
    with workspace.write(root) as session:
        slug = session.settings.define_field("F", type, choices=["red", "blue"] if "choice" in type else ()).slug
    given, stored = RIGHT[type]
    with workspace.write(amelie) as session:
        client = session.contacts.add(Company("Bois", fields={slug: given}))
        assert session.contacts.get(client.id).fields == {slug: stored}
        assert session.contacts.save(client).version == 1
        if type in WRONG:
            with pytest.raises(Invalid) as refused:
                session.contacts.save(attrs.evolve(client, fields={slug: WRONG[type]}))
            assert refused.value.path.startswith(f"fields.{slug}")
        assert session.contacts.save(attrs.evolve(client, fields={slug: ""})).fields == {}


@pytest.mark.req("DIR-8")
def test_a_required_field_is_missed_by_name_however_it_is_left_out(workspace: Any, amelie: Any, root: Any) -> None:
    with workspace.write(root) as session:
        slug = session.settings.define_field("VAT", on=["company"], required=True).slug
    with workspace.write(amelie) as session:
        for fields in ({}, {slug: ""}, {slug: None}, {slug: ()}):
            with pytest.raises(Invalid) as refused:
                session.contacts.add(Company("Bois", fields=fields))
            assert [problem.code for problem in refused.value.problems] == ["field-required"]
        assert session.contacts.add(Person("Jane")).fields == {}
        with pytest.raises(Invalid) as refused:
            session.contacts.add(Person("Jane", fields={slug: "x"}))
        assert refused.value.code == "field-unknown"


@pytest.mark.req("DIR-8")
def test_old_values_stay_readable_whatever_happens_to_the_definition(workspace: Any, amelie: Any, root: Any) -> None:
    with workspace.write(root) as session:
        slug = session.settings.define_field("Colour", "choice", choices=["red", "blue"]).slug
    with workspace.write(amelie) as session:
        client = session.contacts.add(Company("Bois", fields={slug: "red"}))
    with workspace.write(root) as session:
        session.settings.change_field(slug, choices=["blue"], archived=True, name="Paint")
        session.settings.define_field("New", required=True)
    with workspace.write(amelie) as session:
        edited = attrs.evolve(client, description="x", fields={**client.fields, "new": "n"})
        assert session.contacts.save(edited).fields == {slug: "red", "new": "n"}


def test_a_definition_is_changed_only_where_values_stay_right(workspace: Any, root: Any) -> None:
    with workspace.write(root) as session:
        slug = session.settings.define_field("Colour").slug
        for code, act in (
            ("field-fixed", lambda: session.settings.change_field(slug, type="number")),
            ("entry-unknown", lambda: session.settings.change_field("nothing", name="x")),
            ("field-type-unknown", lambda: session.settings.define_field("x", "colour")),
            ("field-without-choices", lambda: session.settings.define_field("x", "choice")),
            ("field-record-unknown", lambda: session.settings.define_field("x", on=["car"])),
            ("setting-not-yes-no", lambda: session.settings.change_field(slug, required="no")),
        ):
            with pytest.raises(Invalid) as refused:
                act()
            assert refused.value.code == code


@pytest.mark.req("DIR-8")
def test_a_field_that_there_is_not_is_refused_in_a_message_of_some_lines(workspace: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session, pytest.raises(Invalid) as refused:
        session.contacts.add(Company("Bois", fields={"x" * 1_000_000: "a"}))
    assert refused.value.code == "field-unknown"
    assert refused.value.path.startswith("fields.xxx")
    assert len(str(refused.value)) < 1_000


@pytest.mark.req("DIR-8")
@pytest.mark.parametrize("name", [None, 5, b"Size", ["Size"], "a\0b", "x" * 100_000])
def test_the_name_of_a_setting_is_refused_by_its_field(workspace: Any, root: Any, name: Any) -> None:
    for define in ("define_field", "add_type", "add_category"):
        with workspace.write(root) as session, pytest.raises(Invalid) as refused:
            getattr(session.settings, define)(name)
        assert refused.value.path == "name"
    with workspace.write(root) as session, pytest.raises(Invalid) as refused:
        session.settings.change(country="F\0R")
    assert refused.value.path == "country"
    with workspace.write(root) as session, pytest.raises(Invalid) as refused:
        session.settings.change(portal_link="https://\0{token}")
    assert refused.value.path == "portal_link"


@pytest.mark.req("DIR-17")
@pytest.mark.req("DIR-8")
def test_two_fields_of_the_same_records_never_have_one_name(workspace, root):
    with workspace.write(root) as session:
        siret = session.settings.define_field("Siret", on=["company"])
        for name, on in (("Siret", ["company"]), ("SIRET ", ["person", "company"])):
            with pytest.raises(Invalid) as refused:
                session.settings.define_field(name, on=on)
            assert (refused.value.path, refused.value.code) == ("name", "entry-exists")
        other = session.settings.define_field("Siret", on=["person"])
        assert (siret.slug, other.slug) == ("siret", "siret-2")
        size = session.settings.define_field("Size", on=["company"])
        with pytest.raises(Invalid) as renamed:
            session.settings.change_field(size.slug, name="siret")
        assert (renamed.value.path, renamed.value.code) == ("name", "entry-exists")
        session.settings.change_field(siret.slug, archived=True)
        with pytest.raises(Invalid) as archived:
            session.settings.define_field("Siret", on=["company"])
        assert "archived=False" in archived.value.reason
        session.settings.change_field(siret.slug, name="Siret", archived=False)


@pytest.mark.req("DIR-8")
def test_an_unknown_field_is_refused_with_the_records_that_have_it_or_the_fields_that_there_are(
    workspace: Any, root: Any
) -> None:
    def refused(add: Callable[[Session], object]) -> str:
        with workspace.write(root) as session, pytest.raises(Invalid) as error:
            add(session)
        assert error.value.code == "field-unknown"
        return error.value.reason

    with workspace.write(root) as session:
        session.settings.item_types.add("Boiler")
        session.settings.define_field("Serial", on=["item"], types=["boiler"])
        session.settings.define_field("Size", on=["company"])
        for number in range(11):
            session.settings.define_field(f"Note {number}", on=["site"])
        client = session.contacts.add(Company("Bois"))
    assert refused(lambda session: session.items.add(client, Item("A", fields={"serial": "1"}))) == (
        "An item has no field 'serial'; the field is for records of the type boiler."
    )
    assert refused(lambda session: session.contacts.add(Company("B", fields={"serial": "1"}))) == (
        "A company has no field 'serial'; the field is for records of the kind item."
    )
    assert refused(lambda session: session.contacts.add(Company("B", fields={"sise": "1"}))) == (
        "A company has no field 'sise'; its fields are size."
    )
    assert refused(lambda session: session.contacts.add(Person("B", fields={"sise": "1"}))) == (
        "A person has no field 'sise'; its fields are (none yet)."
    )
    many = refused(lambda session: session.sites.add(client, Site("B", fields={"x": "1"})))
    assert many.endswith(", note-9 and more.")
