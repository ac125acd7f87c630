"""The items of contacts (SIT-2 to SIT-7)."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from contactcore import Company, Conflict, Forbidden, Invalid, Item, NotFound, Person, Site, from_plain, to_plain


@pytest.fixture
def jane(workspace: Any, amelie: Any) -> Any:
    with workspace.write(amelie) as session:
        return session.contacts.add(Person("Jane", "Doe", emails=["jane@doe.org"]))


@pytest.fixture
def dog(workspace: Any, root: Any) -> Any:
    with workspace.write(root) as session:
        return session.settings.item_types.add("Dog")


@pytest.mark.req("SIT-2")
def test_an_item_keeps_what_was_entered(workspace: Any, amelie: Any, jane: Any, dog: Any) -> None:
    given = Item("Rex", type=dog.slug, description="bites", status="closed", external_id="42")
    with workspace.write(amelie) as session:
        added = session.items.add(jane, given)
    assert (added.version, added.contact_id) == (1, jane.id)
    with workspace.read(amelie) as session:
        assert session.items.get(added.id) == added
        assert session.items.of(jane) == (added,)
    assert from_plain(to_plain(added)) == added


@pytest.mark.req("SIT-2")
def test_a_type_of_item_has_its_own_fields(workspace: Any, amelie: Any, root: Any, jane: Any, dog: Any) -> None:
    with workspace.write(root) as session:
        session.settings.item_types.add("Car")
        chip = session.settings.define_field("Chip", on=["item"], types=["dog"], required=True)
        plate = session.settings.define_field("Plate", on=["item"], types=["car"])
    with workspace.write(amelie) as session:
        with pytest.raises(Invalid) as refusal:
            session.items.add(jane, Item("Rex", type="dog", fields={plate.slug: "AB-12"}))
        assert {(one.code, one.path) for one in refusal.value.problems} == {
            ("field-required", "fields.chip"),
            ("field-unknown", "fields.plate"),
        }
        rex = session.items.add(jane, Item("Rex", type="dog", fields={chip.slug: "42"}))
        # A value that was entered stays readable when the type changes (DIR-8).
        assert session.items.save(attrs.evolve(rex, type="car")).fields["chip"] == "42"


@pytest.mark.req("SIT-2")
def test_two_types_of_items_may_have_a_field_of_the_same_name(workspace: Any, root: Any, dog: Any) -> None:
    with workspace.write(root) as session:
        session.settings.item_types.add("Car")
        session.settings.define_field("Number", on=["item"], types=["dog"])
        assert session.settings.define_field("Number", on=["item"], types=["car"]).slug == "number-2"
        with pytest.raises(Invalid) as refusal:
            session.settings.define_field("number", on=["item"])
        assert refusal.value.code == "entry-exists"


@pytest.mark.req("DIR-17")
def test_what_no_item_can_be_is_refused(workspace: Any, amelie: Any, root: Any, jane: Any, dog: Any) -> None:
    for make, code in ((Item, "item-nameless"), (lambda: Item("A", status="lost"), "status-unknown")):
        with pytest.raises(Invalid) as refusal:
            make()
        assert refusal.value.code == code
    with workspace.write(amelie) as session:
        with pytest.raises(Invalid, match="Item types are dog") as refusal:
            session.items.add(jane, Item("Rex", type="cat"))
        assert (refusal.value.code, refusal.value.path) == ("item-type-unknown", "type")
    with workspace.write(root) as session, pytest.raises(Invalid) as refusal:
        session.settings.define_field("Chip", on=["item"], types=["cat"])
    assert (refusal.value.code, refusal.value.path) == ("type-unknown", "types[0]")


@pytest.mark.req("SIT-2")
def test_an_item_may_stand_for_its_own_contact(workspace: Any, amelie: Any, jane: Any) -> None:
    with workspace.write(amelie) as session:
        herself = session.items.add(jane, Item(of_themself=True))
        assert herself.name == "Jane Doe"
        rex = session.items.add(jane, Item("Rex"))
        for act in (
            lambda: session.items.add(jane, Item("Again", of_themself=True)),
            lambda: session.items.save(attrs.evolve(rex, of_themself=True)),
        ):
            with pytest.raises(Invalid) as refusal:
                act()
            assert refusal.value.code == "themself-twice"
        other = session.contacts.add(Person("Joan"))
        with pytest.raises(Invalid) as refusal:
            session.items.move(herself, other)
        assert refusal.value.code == "themself-moved"


@pytest.mark.req("SIT-5")
def test_contact_sites_and_items_are_added_in_one_act(workspace: Any, amelie: Any, dog: Any) -> None:
    with workspace.write(amelie) as session:
        client = session.contacts.add(
            Person("Jane", "Doe"), sites=[Site("Home")], items=[Item("Rex", type="dog"), Item("Mia")]
        )
        assert [site.name for site in session.sites.of(client)] == ["Home"]
        assert [item.name for item in session.items.of(client)] == ["Rex", "Mia"]


@pytest.mark.req("SIT-5")
def test_all_problems_of_all_parts_come_at_once_and_nothing_is_stored(workspace: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session:
        with pytest.raises(Invalid) as refusal:
            session.contacts.add(
                Company("Bois", type="nonsense"),
                sites=[Site("A"), Site("B", phones=["12"])],
                items=[Item("Rex", type="cat"), Item(of_themself=True), Item(of_themself=True)],
            )
        assert [problem.path for problem in refusal.value.problems] == [
            "type",
            "sites[1].phones[0]",
            "items[0].type",
            "items[2].of_themself",
        ]
    with workspace.read(amelie) as session:
        assert session.contacts.count(role="any") == 0


@pytest.mark.req("SIT-7")
def test_the_last_item_goes_without_its_contact(workspace: Any, amelie: Any, jane: Any) -> None:
    with workspace.write(amelie) as session:
        rex = session.items.add(jane, Item("Rex"))
        session.items.delete(rex)
        assert session.items.of(jane) == ()
        assert session.contacts.get(jane.id) == jane
        assert session.trash.restore(rex).name == "Rex"


@pytest.mark.req("SIT-7")
def test_an_item_moves_to_another_contact_and_takes_its_rights(
    workspace: Any, amelie: Any, bob: Any, jane: Any
) -> None:
    with workspace.write(amelie) as session:
        open_one = session.contacts.add(Company("Open", access="shared-read"))
        rex = session.items.add(jane, Item("Rex"))
        moved = session.items.move(rex, open_one)
        assert (moved.contact_id, moved.version) == (open_one.id, 2)
        assert session.items.of(jane) == ()
        assert session.items.move(moved, open_one) == moved
        assert [hit.name for hit in session.contacts.search("rex")] == ["Open"]
        assert [session.contacts.get(one).version for one in (jane.id, open_one.id)] == [1, 1]
    with workspace.write(bob) as session:
        assert session.items.get(rex.id).name == "Rex"
        with pytest.raises(Forbidden):
            session.items.move(rex.id, open_one)
        with pytest.raises(NotFound):
            session.items.move(rex.id, jane.id)


@pytest.mark.req("DIR-15")
def test_a_changed_item_is_never_overwritten(workspace: Any, amelie: Any, jane: Any) -> None:
    with workspace.write(amelie) as session:
        rex = session.items.add(jane, Item("Rex"))
        saved = session.items.save(attrs.evolve(rex, description="bites"))
        for act in (
            lambda: session.items.save(attrs.evolve(rex, name="Max")),
            lambda: session.items.delete(rex),
            lambda: session.items.move(rex, session.contacts.add(Person("Joan"))),
        ):
            with pytest.raises(Conflict) as refusal:
                act()
            assert refusal.value.stored == saved


@pytest.mark.req("ACC-3")
def test_an_item_is_seen_with_its_contact_only(workspace: Any, amelie: Any, bob: Any, jane: Any) -> None:
    with workspace.write(amelie) as session:
        rex = session.items.add(jane, Item("Rex"))
    with workspace.write(bob) as session:
        assert session.contacts.search("rex") == ()
        for ask in (
            lambda: session.items.get(rex),
            lambda: session.items.of(jane),
            lambda: session.items.delete(rex),
            lambda: session.items.save(rex),
        ):
            with pytest.raises(NotFound):
                ask()


@pytest.mark.req("SIT-2")
def test_a_removed_type_is_replaced_on_its_items(workspace: Any, amelie: Any, root: Any, jane: Any, dog: Any) -> None:
    with workspace.write(amelie) as session:
        rex = session.items.add(jane, Item("Rex", type="dog"))
    with workspace.write(root) as session:
        session.settings.item_types.add("Hound")
        session.settings.item_types.remove("dog", replacement="hound")
    with workspace.write(amelie) as session:
        assert session.items.get(rex).type == "hound"
        assert session.items.save(attrs.evolve(session.items.get(rex), name="Max")).type == "hound"
