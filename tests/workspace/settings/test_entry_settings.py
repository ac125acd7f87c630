"""The settings of entry: what is asked for and required, by kind and type (DIR-2)."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from contactcore import Address, Affiliation, Company, Forbidden, Invalid, Item, Person, Site, from_plain, to_plain

pytestmark = [pytest.mark.req("DIR-2"), pytest.mark.cases_in_memory]

LYON = Address("1 rue Vauban", city="Lyon", billing=True)


def asked(fields: Any) -> list[str]:
    return [f"{one.name}!" if one.required else one.name for one in fields]


@pytest.fixture
def rules(workspace: Any, root: Any) -> None:
    """Companies need a type; commercial clients need more than residential ones; sites and dogs need something too."""
    with workspace.write(root) as session:
        session.settings.item_types.add("Dog")
        session.settings.define_field("Size", types=["commercial-client"])
        session.settings.define_field("Chip", on=["item"])
        entry = session.settings.entry
        entry.ask("company", ["type", "name", "emails"], required=["type"])
        entry.ask(
            "company",
            ["name", "emails", "billing_address", "fields.size"],
            required=["emails", "billing_address", "fields.size"],
            type="commercial-client",
        )
        entry.ask("person", ["given_name", "phones"], required=["phones"], type="residential-client")
        entry.ask("person", required=["type"])
        entry.ask("site", ["name", "address"], required=["address"])
        entry.ask("item", required=["description", "fields.chip"], type="dog")


@pytest.mark.usefixtures("rules")
def test_a_form_reads_what_is_asked_for_by_kind_and_type(workspace: Any, amelie: Any) -> None:
    with workspace.read(amelie) as session:
        entry = session.settings.entry
        assert asked(entry.fields("company")) == ["type!", "name", "emails"]
        assert asked(entry.fields("company", type="supplier")) == ["type!", "name", "emails"]
        commercial = entry.fields("company", type="commercial-client")
        assert asked(commercial) == ["name", "emails!", "billing_address!", "fields.size!"]
        assert commercial[-1].definition.name == "Size"
        assert asked(entry.fields("person", type="residential-client")) == ["given_name", "phones!"]
        assert {"given_name", "birthday", "emails", "type!"} <= {*asked(entry.fields("person"))}
        assert asked(entry.fields("item")) == ["name", "type", "description", "external_id", "fields.chip"]
        settings = session.settings.current
        assert from_plain(to_plain(settings)) == settings
        assert [rule.type for rule in entry.rules[:2]] == ["", "commercial-client"]


@pytest.mark.usefixtures("rules")
@pytest.mark.parametrize(
    ("contact", "paths"),
    [
        (Company("Bois"), ["type"]),
        (Company("Bois", type="supplier"), []),
        (Company("Bois", type="commercial-client"), ["emails", "billing_address", "fields.size"]),
        (
            Company(
                "Bois", type="commercial-client", emails=["a@b.fr"], addresses=[LYON], fields={"size": "L"}
            ),
            [],
        ),
        (Company("Bois", type="commercial-client", emails=["a@b.fr"], addresses=[attrs.evolve(LYON, billing=False)],
                 fields={"size": "L"}), ["billing_address"]),
        (Person("Jane"), ["type"]),
        (Person("Jane", type="residential-client"), ["phones"]),
        (Person("Jane", type="residential-client", phones=["+33144556677"]), []),
        (Person("Jane", type="commercial-client"), ["type"][:0]),
    ],
)  # fmt: skip
def test_a_required_field_must_be_filled_in_by_hand(
    workspace: Any, amelie: Any, contact: Any, paths: list[str]
) -> None:
    with workspace.write(amelie) as session:
        assert [(one.path, one.code) for one in session.contacts.check(contact)] == [
            (path, "field-required") for path in paths
        ]
        if not paths:
            assert session.contacts.add(contact).version == 1
        else:
            with pytest.raises(Invalid) as refusal:
                session.contacts.add(contact)
            assert [one.path for one in refusal.value.problems] == paths
            assert session.contacts.count() == 0


@pytest.mark.usefixtures("rules")
def test_a_change_needs_the_required_fields_and_sharing_needs_none(workspace: Any, amelie: Any, root: Any) -> None:
    with workspace.write(amelie) as session:
        bois = session.contacts.add(Company("Bois", type="supplier"))
        with pytest.raises(Invalid) as refusal:
            session.contacts.save(attrs.evolve(bois, type="commercial-client", emails=["a@b.fr"]))
        assert [one.path for one in refusal.value.problems] == ["billing_address", "fields.size"]
    with workspace.write(root) as session:
        session.settings.entry.ask("company", required=["description"])
    with workspace.write(amelie) as session:
        assert session.contacts.share(bois).version == 2
        with pytest.raises(Invalid):
            session.contacts.save(attrs.evolve(session.contacts.get(bois.id), division="North"))
    with workspace.write(root) as session:
        session.settings.entry.forget("company")
    with workspace.write(amelie) as session:
        assert session.contacts.save(attrs.evolve(session.contacts.get(bois.id), division="North")).version == 3


@pytest.mark.usefixtures("rules")
def test_contact_persons_are_no_clients(workspace: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session:
        bois = session.contacts.add(Company("Bois", type="supplier"), people=["jane@bois.fr"])
        jane = session.people.list(bois)[0]
        session.people.save(attrs.evolve(jane, person=attrs.evolve(jane.person, given_name="Jane")))
        with pytest.raises(Invalid) as refusal:
            session.contacts.save(attrs.evolve(session.contacts.get(jane.person_id), listed=True))
        assert refusal.value.path == "type"
        session.people.add(bois, Affiliation(person=Person("Joan")))


@pytest.mark.usefixtures("rules")
@pytest.mark.req("SIT-5")
def test_sites_and_items_have_rules_of_their_own(workspace: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session:
        with pytest.raises(Invalid) as refusal:
            session.contacts.add(Company("Bois"), sites=[Site("Mill")], items=[Item("Rex", type="dog"), Item("Mia")])
        assert [(one.path, one.code) for one in refusal.value.problems] == [
            ("type", "field-required"),
            ("sites[0].address", "field-required"),
            ("items[0].description", "field-required"),
            ("items[0].fields.chip", "field-required"),
        ]
        bois = session.contacts.add(Company("Bois", type="supplier"))
        with pytest.raises(Invalid):
            session.sites.add(bois, Site("Mill"))
        with pytest.raises(Invalid):
            session.items.add(bois, Item("Rex", type="dog"))
        rex = session.items.add(bois, Item("Rex", type="dog", description="bites", fields={"chip": "7"}))
        with pytest.raises(Invalid):
            session.items.save(attrs.evolve(rex, description=""))


@pytest.mark.usefixtures("rules")
@pytest.mark.req("DIR-1")
@pytest.mark.parametrize(("strict", "created"), [(False, 2), (True, 1)])
def test_a_file_needs_a_name_only_unless_the_import_is_strict(
    workspace: Any, amelie: Any, strict: bool, created: int
) -> None:
    file = b"Company,Client Type\nBois,\nSud,Supplier\n"
    imports = workspace.imports(amelie)
    report = imports.apply(imports.plan(file, strict=strict))
    assert (report.created, report.rejected) == (created, 2 - created)
    assert {one.code for one in report.problems} == ({"field-required"} if strict else set())


@pytest.mark.req("DIR-17")
def test_what_no_record_has_is_refused_with_the_choices(workspace: Any, root: Any, amelie: Any) -> None:
    with workspace.write(root) as session:
        session.settings.define_field("Size", types=["supplier"])
        entry = session.settings.entry
        for ask, path, code in (
            (lambda: entry.ask("firm"), "kind", "kind-unknown"),
            (lambda: entry.fields("firm"), "kind", "kind-unknown"),
            (lambda: entry.ask("company", type="partner"), "type", "type-unknown"),
            (lambda: entry.ask("item", type="dragon"), "type", "item-type-unknown"),
            (lambda: entry.ask("site", type="supplier"), "type", "type-unknown"),
            (lambda: entry.ask("company", ["name", "birthday"]), "fields[1]", "entry-field-unknown"),
            (lambda: entry.ask("company", ["fields.weight"]), "fields[0]", "entry-field-unknown"),
            (
                lambda: entry.ask("company", ["fields.size"], type="contractor"),
                "fields[0]",
                "entry-field-unknown",
            ),
            (lambda: entry.ask("company", required=["shoe"]), "required[0]", "entry-field-unknown"),
            (lambda: entry.ask("company", ["name"], required=["emails"]), "required[0]", "entry-not-asked"),
            (lambda: entry.ask("company", "name"), "fields", "not-a-list"),
            (lambda: entry.forget("company"), "type", "entry-rule-unknown"),
        ):
            with pytest.raises(Invalid) as refusal:
                ask()
            assert (refusal.value.path, refusal.value.code) == (path, code)
        with pytest.raises(Invalid, match="billing_address"):
            entry.ask("company", ["x"])
        assert entry.rules == ()
    with workspace.write(amelie) as session:
        for act in (session.settings.entry.ask, session.settings.entry.forget):
            with pytest.raises(Forbidden) as forbidden:
                act("company")
            assert forbidden.value.code == "admin-only"


def test_a_field_that_is_archived_is_asked_for_no_more(workspace: Any, root: Any) -> None:
    with workspace.write(root) as session:
        session.settings.define_field("Size")
        session.settings.define_field("Weight", required=True)
        session.settings.entry.ask("company", ["name", "fields.size"], required=["fields.size"])
        assert asked(session.settings.entry.fields("company")) == ["name", "fields.size!", "fields.weight!"]
        session.settings.change_field("size", archived=True)
        assert asked(session.settings.entry.fields("company")) == ["name", "fields.weight!"]
        assert session.contacts.add(Company("Bois", fields={"weight": "1"})).version == 1
