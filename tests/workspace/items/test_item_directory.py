"""The directory of items and its picker (SIT-4, SIT-8)."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from contactcore import Company, Invalid, Item, Person


@pytest.fixture
def kennel(workspace: Any, amelie: Any, root: Any) -> Any:
    with workspace.write(root) as session:
        session.settings.item_types.add("Dog")
        session.settings.item_types.add("Cat")
    with workspace.write(amelie) as session:
        session.contacts.add(Person("Zoé", "Abel"), items=[Item("Rex", type="dog"), Item("Élan", type="cat")])
        session.contacts.add(
            Company("Zoo", access="shared-read"), items=[Item("Max", type="dog"), Item("Rexona", status="closed")]
        )
    return workspace


@pytest.mark.req("SIT-8")
def test_items_are_listed_by_their_own_names_with_their_contacts(kennel: Any, amelie: Any) -> None:
    with kennel.read(amelie) as session:
        assert [(card.name, card.contact) for card in session.items.page()] == [
            ("Élan", "Zoé Abel"),
            ("Max", "Zoo"),
            ("Rex", "Zoé Abel"),
            ("Rexona", "Zoo"),
        ]
        assert {letter: count for letter, count in session.items.letters().items() if count} == {"E": 1, "M": 1, "R": 2}
        assert [card.name for card in session.items.page(letter="R")] == ["Rex", "Rexona"]
        assert session.items.count() == 4


@pytest.mark.req("SIT-8")
def test_pages_of_items_join_in_both_directions(kennel: Any, amelie: Any) -> None:
    with kennel.read(amelie) as session:
        first = session.items.page(limit=3)
        second = session.items.page(limit=3, after=first.next)
        assert [card.name for card in (*first, *second)] == ["Élan", "Max", "Rex", "Rexona"]
        assert (first.previous, second.next) == (None, None)
        assert session.items.page(limit=3, before=second.previous).items == first.items


@pytest.mark.req("SIT-8")
def test_items_are_filtered_by_type_and_status(kennel: Any, amelie: Any, root: Any) -> None:
    with kennel.read(amelie) as session:
        assert [card.name for card in session.items.page(type="dog")] == ["Max", "Rex"]
        assert [card.name for card in session.items.page(status="closed")] == ["Rexona"]
        assert session.items.count(type="dog", status="closed") == 0
        for wrong, code in (({"type": "cow"}, "item-type-unknown"), ({"status": "lost"}, "status-unknown")):
            with pytest.raises(Invalid) as refusal:
                session.items.page(**wrong)
            assert refusal.value.code == code
    with kennel.write(root) as session:
        session.settings.item_types.remove("cat", replacement="dog")
        assert [card.name for card in session.items.page(type="dog")] == ["Élan", "Max", "Rex"]


@pytest.mark.req("SIT-8")
@pytest.mark.parametrize(
    ("text", "found"),
    [("rex", ["Rex", "Rexona"]), ("elan", ["Élan"]), ("re zoo", ["Rexona"]), ("zo", ["Rex", "Élan", "Max", "Rexona"])],
)
def test_the_picker_finds_items_by_their_name_and_their_contact(
    kennel: Any, amelie: Any, text: str, found: list[str]
) -> None:
    with kennel.read(amelie) as session:
        assert sorted(card.name for card in session.items.search(text)) == sorted(found)


@pytest.mark.req("ACC-3")
def test_the_directory_of_items_follows_the_rights_of_the_contacts(kennel: Any, amelie: Any, bob: Any) -> None:
    with kennel.read(bob) as session:
        assert [card.name for card in session.items.page()] == ["Max", "Rexona"]
        assert session.items.count(letter="R") == 1
        assert [card.name for card in session.items.search("rex")] == ["Rexona"]
    with kennel.write(amelie) as session:
        (zoo,) = session.contacts.search("zoo")
        session.contacts.share(zoo.id, "private")
    with kennel.read(bob) as session:
        assert session.items.page().items == ()
        assert session.items.search("rex") == ()


@pytest.mark.req("SIT-8")
def test_a_card_shows_the_new_name_of_its_contact(kennel: Any, amelie: Any) -> None:
    with kennel.write(amelie) as session:
        zoo = session.contacts.get(session.contacts.search("zoo")[0].id)
        session.contacts.save(attrs.evolve(zoo, name="Ménagerie"))
        assert [card.contact for card in session.items.search("max")] == ["Ménagerie"]


@pytest.mark.req("SIT-8")
def test_a_change_of_language_puts_the_items_in_its_order(kennel: Any, amelie: Any, root: Any) -> None:
    with kennel.write(amelie) as session:
        zoo = session.contacts.search("zoo")[0]
        session.items.add(zoo.id, Item("Łoś"))
        session.items.add(zoo.id, Item("Luna"))
        cursor = session.items.page(limit=1).next
    kennel.change_language(root, "pl")
    with kennel.read(amelie) as session:
        assert [card.name for card in session.items.page(letter="Ł")] == ["Łoś"]
        assert [card.name for card in session.items.page(letter="L")] == ["Luna"]
        with pytest.raises(Invalid) as refusal:
            session.items.page(after=cursor)
        assert refusal.value.code == "cursor-outdated"
        assert [hit.name for hit in session.contacts.search("luna")] == ["Zoo"]


@pytest.mark.req("SIT-4")
def test_the_contacts_at_an_address_are_offered_and_nothing_is_doubled(workspace: Any, amelie: Any, bob: Any) -> None:
    with workspace.write(amelie) as session:
        bois = session.contacts.add(Company("Bois", emails=["office@bois.fr"]))
        jane = session.people.add(bois, Person("Jane", "Doe", emails=["jane@doe.org"]), email="jane@bois.fr")
        session.people.add(session.contacts.add(Company("Former")), jane.person, start="2001-01-01", end="2001-12-31")
        assert [one.id for one in session.items.owners_at("OFFICE@bois.fr")] == [bois.id]
        assert [one.id for one in session.items.owners_at("jane@doe.org")] == [jane.person_id, bois.id]
        assert [one.id for one in session.items.owners_at("jane@bois.fr")] == [bois.id]
        assert session.items.owners_at("nobody@bois.fr") == ()
        with pytest.raises(Invalid) as refusal:
            session.items.owners_at("Jane Doe")
        assert (refusal.value.path, refusal.value.code) == ("email", "email-syntax")
    with workspace.read(bob) as session:
        assert session.items.owners_at("jane@doe.org") == ()
