"""A line of the directory says enough, and pages are ordered by time (DIR-19)."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest

from contactcore import (
    Address,
    Affiliation,
    Company,
    Forbidden,
    Host,
    Invalid,
    Item,
    Person,
    PortalUser,
    Site,
    Workspace,
    to_plain,
)
from contactcore.storage import Storage
from support.actors import AMELIE, BOB, ROOT
from support.clock import TICK, Clock
from support.counting_storage import CountingStorage

pytestmark = pytest.mark.req("DIR-19")


def names(cards: Any) -> list[str]:
    return [card.name for card in cards]


def test_a_line_carries_what_a_list_shows(workspace: Any, clock: Any) -> None:
    with workspace.write(AMELIE) as session:
        bois = session.contacts.add(
            Company(
                "Bois",
                division="North",
                addresses=[Address("1 Quai", city="Sète"), Address("2 rue", city="Lyon", billing=True)],
                responsibles=["amelie", "bob"],
                access="shared-write",
            ),
            people=[Affiliation(position="CFO", person=Person("Jane", "Doe", emails=["jane@bois.fr"]))],
        )
        primary = session.people.primary(bois)
    with workspace.write(BOB) as session:
        changed = session.contacts.save(attrs.evolve(bois, description="new"))
        (card,) = session.contacts.page()
        assert (card.city, card.division, card.responsibles) == ("Lyon", "North", ("amelie", "bob"))
        assert (card.added_at, card.added_by, card.changed_by) == (bois.added_at, "amelie", "bob")
        assert card.changed_at == changed.changed_at
        assert (card.primary.id, card.primary.person_id) == (primary.id, primary.person_id)
        assert (card.primary.name, card.primary.position, card.primary.emails) == ("Jane Doe", "CFO", ("jane@bois.fr",))
        assert session.contacts.get_many([bois.id]) == (card,)
        assert [hit.card for hit in session.contacts.search("bois")] == [card]
        assert [*session.contacts.iterate()] == [card]
        assert to_plain(card)["primary"]["name"] == "Jane Doe"


@pytest.mark.req("ACC-3")
@pytest.mark.req("PER-3")
def test_the_primary_person_on_a_line_is_the_one_that_the_actor_sees(workspace: Any) -> None:
    with workspace.write(AMELIE) as session:
        bois = session.contacts.add(Company("Bois", access="shared-read"), people=[Person("Jane"), Person("Joan")])
        jane = session.people.primary(bois)
        past = session.contacts.add(Company("Past", access="shared-read"), people=[Person("Gone"), Person("Here")])
        session.people.save(attrs.evolve(session.people.primary(past), end="2000-01-01"))
        session.contacts.add(Company("Alone", access="shared-read"))
        session.contacts.share(jane.person_id, "private")
    with workspace.read(AMELIE) as session:
        assert [card.primary and card.primary.name for card in session.contacts.page()] == [None, "Jane", "Here"]
    with workspace.read(BOB) as session:
        lines = session.contacts.page()
        assert [card.primary and card.primary.name for card in lines] == [None, "Joan", "Here"]
        for card in lines:
            seen = session.people.primary(card.id)
            assert (card.primary and card.primary.id) == (seen and seen.id)


def test_the_number_of_questions_does_not_grow_with_the_page(storage: Storage) -> None:
    counting = CountingStorage(storage)
    workspace = Workspace(counting, "acme")
    with workspace.write(AMELIE) as session:
        for number in range(40):
            people = [Person(f"P{number}"), Person(f"Q{number}")][: number % 3]
            session.contacts.add(Company(f"C{number:02}"), people=people)
    asked = []
    for limit in (2, 40):
        with workspace.read(AMELIE) as session:
            assert session.contacts.count()
            counting.calls.restart()
            page = session.contacts.page(limit=limit)
            ids = [card.id for card in page]
            session.contacts.get_many(ids)
            session.contacts.search("c", limit=limit)
            asked.append(dict(counting.calls.by_name))
            assert sum(card.primary is not None for card in page) == len([n for n in range(limit) if n % 3])
    assert asked[0] == asked[1]


@pytest.mark.req("ACC-3")
def test_get_many_leaves_out_what_the_actor_does_not_see(workspace: Any) -> None:
    with workspace.write(AMELIE) as session:
        bois, gone, sud = (session.contacts.add(Company(name)) for name in ("Bois", "Gone", "Sud"))
        session.contacts.share(sud)
        session.contacts.delete(gone)
        assert names(session.contacts.get_many([sud, bois.id, gone.id, sud.id, "42"])) == ["Sud", "Bois"]
    with workspace.read(BOB) as session:
        assert names(session.contacts.get_many([bois.id, sud.id])) == ["Sud"]
        assert session.contacts.get_many([]) == ()


def test_the_newest_come_first(storage: Storage) -> None:
    workspace = Workspace(storage, "acme", host=Host(clock=Clock(tick=TICK)))
    added = []
    for name in ("Mill", "Bois", "Sud"):
        with workspace.write(AMELIE) as session:
            added.append(session.contacts.add(Company(name)))
    with workspace.write(AMELIE) as session:
        session.contacts.save(attrs.evolve(added[0], description="new"))
        session.sites.add(added[1].id, Site("Yard"))
    with workspace.read(AMELIE) as session:
        assert names(session.contacts.page(order="added")) == ["Sud", "Bois", "Mill"]
        assert names(session.contacts.page(order="changed")) == ["Mill", "Sud", "Bois"]
        first = session.contacts.page(order="changed", limit=2)
        second = session.contacts.page(order="changed", limit=2, after=first.next)
        assert (names(first), names(second), second.next) == (["Mill", "Sud"], ["Bois"], None)
        assert names(session.contacts.page(order="changed", limit=2, before=second.previous)) == ["Mill", "Sud"]
        assert names(session.contacts.iterate(order="added")) == ["Sud", "Bois", "Mill"]
    with workspace.read(BOB) as session:
        assert names(session.contacts.page(order="changed", role="any")) == []
    for wrong, path, code in (
        ({"order": "size"}, "order", "order-unknown"),
        ({"order": "added", "letter": "A"}, "letter", "order-with-filter"),
        ({"order": "added", "type": "supplier"}, "order", "order-with-filter"),
        ({"order": "changed", "kind": "company", "access": "private"}, "order", "order-with-filter"),
        ({"order": "added", "role": "person"}, "order", "order-with-filter"),
        ({"order": "added", "after": first.next}, "after", "cursor-outdated"),
    ):
        with workspace.read(AMELIE) as session, pytest.raises(Invalid) as refusal:
            session.contacts.page(**wrong)
        assert (refusal.value.path, refusal.value.code) == (path, code)


def test_the_newest_are_filtered_by_responsible_users_and_access(storage: Storage) -> None:
    workspace = Workspace(storage, "acme", host=Host(clock=Clock(tick=TICK)))
    for number, access in enumerate(("private", "shared-read", "private", "shared-write")):
        with workspace.write(AMELIE if number < 3 else BOB) as session:
            session.contacts.add(Company(f"C{number}", access=access), people=[Person(f"P{number}")])
    with workspace.write(AMELIE) as session:
        first, second = session.contacts.page(order="added", responsible="amelie", limit=2), ["C0"]
        assert names(first) == ["C2", "C1"]
        assert names(session.contacts.page(order="added", responsible="amelie", limit=2, after=first.next)) == second
        assert names(session.contacts.page(order="added", access="private")) == ["C2", "C0"]
        both = {"responsible": ["bob", "amelie"], "access": ["shared-read", "shared-write"]}
        assert names(session.contacts.page(order="added", **both)) == ["C3", "C1"]
        assert {*names(session.contacts.iterate(order="changed", responsible="bob", role="any"))} == {"C3", "P3"}
        session.contacts.delete(first.items[0].id)
        assert names(session.contacts.page(order="changed", responsible="amelie")) == ["C1", "C0"]
        session.contacts.share(first.items[1].id, "private")
    with workspace.read(BOB) as session:
        assert names(session.contacts.page(order="added", responsible="amelie", role="any")) == []
        assert names(session.contacts.page(order="changed", access="private")) == []


@pytest.mark.req("DIR-11")
def test_the_trash_has_no_place_in_the_orders_of_time(workspace: Any) -> None:
    with workspace.write(AMELIE) as session:
        bois = session.contacts.add(Company("Bois"))
        session.contacts.delete(bois)
        assert names(session.contacts.page(order="added")) == []
        restored = session.trash.restore(bois.id)
        assert names(session.contacts.page(order="added")) == ["Bois"]
        assert (restored.added_at, restored.added_by) == (bois.added_at, "amelie")


@pytest.mark.req("DIR-9")
def test_contacts_are_found_by_what_they_lack(workspace: Any) -> None:
    with workspace.write(ROOT) as session:
        session.settings.add_category("Wood")
        session.contacts.add(Company("All", type="supplier", tags=["vip"], categories=["wood"]))
        session.contacts.add(Company("None"), people=[Person("Jane")])
        session.contacts.add(Company("Typed", type="contractor"))
        ask = session.contacts.page
        assert names(ask(without="type")) == ["None"]
        assert names(ask(without="tag")) == ["None", "Typed"]
        assert names(ask(without=["type", "category"])) == ["None"]
        assert [hit.name for hit in session.contacts.search("jane", without="type")] == ["None"]
        assert session.contacts.search("jane", without=["type"], tag="vip") == ()
        session.settings.remove_type("contractor")
        assert names(ask(without="type")) == ["None", "Typed"]
        assert session.contacts.count(without="category") == 2
        for wrong in ("colour", ["tag", "x"]):
            with pytest.raises(Invalid) as refusal:
                ask(without=wrong)
            assert (refusal.value.code, refusal.value.path) == ("without-unknown", "without")


@pytest.mark.req("DIR-8")
def test_contacts_are_found_by_custom_fields(workspace: Any) -> None:
    with workspace.write(ROOT) as session:
        define = session.settings.define_field
        define("Size", "choice", choices=["Small", "Large"])
        define("Colours", "choices", choices=["red", "blue"])
        define("Vip", "yes-no")
        define("Since", "date")
        define("Note")
        values: dict[str, dict[str, Any]] = {
            "A": {"size": "Small", "vip": True, "since": "2024-02-29", "colours": ["red", "blue"]},
            "B": {"size": "Large", "vip": False, "since": "1999-12-31", "colours": ["blue"]},
            "C": {"since": "2026-01-01"},
            "D": {},
        }
        for name, fields in values.items():
            session.contacts.add(Company(name, fields=fields), people=[Person("Jane")])
        for wanted, expected in (
            ({"size": "small"}, "A"),
            ({"size": ["Small", "Large"]}, "AB"),
            ({"colours": "blue"}, "AB"),
            ({"colours": ["red"]}, "A"),
            ({"vip": True}, "A"),
            ({"vip": False}, "B"),
            ({"since": (date(2024, 2, 29), "2024-02-29")}, "A"),
            ({"since": ("2000-01-01", None)}, "AC"),
            ({"since": (None, "2025-12-31")}, "AB"),
            ({"since": (None, None)}, "ABC"),
            ({"since": ("2024-03-01", "2025-12-31")}, ""),
            ({"since": (None, None), "vip": True}, "A"),
        ):
            assert "".join(names(session.contacts.page(fields=wanted))) == expected, wanted
            found = session.contacts.search("jane", fields=wanted)
            assert "".join(hit.name for hit in found) == expected
        for wrong, code in (
            ({"shoe": "7"}, "field-unknown"),
            ({"note": "x"}, "field-not-filtered"),
            ({"size": "Huge"}, "field-no-such-choice"),
            ({"size": []}, "filter-empty"),
            ({"vip": "perhaps"}, "field-not-yes-no"),
            ({"since": "2024-01-01"}, "field-range"),
            ({"since": ("2024-01-01",)}, "field-range"),
            ({"since": ("x", None)}, "field-not-date"),
            ({"since": ("2025-01-01", "2024-01-01")}, "dates-reversed"),
        ):
            with pytest.raises(Invalid) as refusal:
                session.contacts.page(fields=wrong)
            assert (refusal.value.code, refusal.value.path.partition("[")[0]) == (code, f"fields.{next(iter(wrong))}")
        with pytest.raises(Invalid) as refusal:
            session.contacts.page(fields="size")
        assert refusal.value.code == "filter-type"


@pytest.mark.req("DIR-21")
def test_a_contact_keeps_its_source(workspace: Any, clock: Any) -> None:
    with workspace.write(AMELIE) as session:
        hand = session.contacts.add(Company("Hand"), people=["jane@x.fr"])
        card = session.contacts.add(Company("Card", source="card"))
        assert (hand.source, card.source) == ("hand", "card")
        assert session.people.primary(hand).person.source == "hand"
    imports = workspace.imports(AMELIE)
    files = b"Company,First name\nBois,Joan\n", b"Company\nSud\n"
    ids = [imports.apply(imports.plan(file)).id for file in files]
    with workspace.write(AMELIE) as session:
        bois = session.contacts.get(session.contacts.search("bois")[0].id)
        assert (bois.source, bois.added_by) == (f"import:{ids[0]}", "amelie")
        saved = session.contacts.save(attrs.evolve(bois, division="North"))
        assert saved.source == bois.source
        page = session.contacts.page
        assert names(page(source="import")) == ["Bois, North", "Joan", "Sud"]
        assert names(page(source=f"import:{ids[1]}")) == ["Sud"]
        assert names(page(source=["hand", "card"])) == ["Card", "Hand"]
        assert [hit.name for hit in session.contacts.search("joan", source="import", kind="company")] == ["Bois, North"]
        session.contacts.delete(bois.id)
        assert session.trash.restore(bois.id).source == bois.source
        assert session.contacts.convert(card, "person").source == "card"
        for wrong in ("web", "imports:7"):
            with pytest.raises(Invalid) as refusal:
                page(source=wrong)
            assert refusal.value.code == "source-unknown"
    imports.undo(ids[1])
    with workspace.read(AMELIE) as session:
        assert names(session.contacts.page(source="import", kind="company")) == ["Bois, North"]


@pytest.mark.req("DIR-21")
@pytest.mark.req("DIR-17")
def test_a_source_is_neither_invented_nor_changed(workspace: Any) -> None:
    with workspace.write(AMELIE) as session:
        for wrong in ("import", "import:7", "web"):
            with pytest.raises(Invalid) as refusal:
                session.contacts.add(Company("Bois", source=wrong))
            assert (refusal.value.code, refusal.value.path) == ("source-unknown", "source")
        bois = session.contacts.add(Company("Bois"))
        with pytest.raises(Invalid) as refusal:
            session.contacts.save(attrs.evolve(bois, source="card"))
        assert (refusal.value.code, refusal.value.path) == ("edit-not-stored", "source")
        assert session.contacts.save(attrs.evolve(bois, source="", division="N")).source == "hand"


@pytest.mark.req("POR-8")
@pytest.mark.req("DIR-21")
def test_a_portal_user_sees_nothing_of_it(workspace: Any) -> None:
    with workspace.write(ROOT) as session:
        session.settings.change(portal_link="https://x.fr/?token={token}")
        bois = session.contacts.add(
            Company("Bois", division="N", addresses=[Address("1 rue", city="Lyon")]),
            people=[Person("Jane", emails=["jane@bois.fr"])],
            items=[Item("Rex")],
        )
        session.portal.invite(session.people.primary(bois), password="correct horse battery")
    signed = workspace.sign_in("jane@bois.fr", "correct horse battery")
    with workspace.read(PortalUser(signed.login.id, bois.id, signed.login.epoch)) as session:
        (card,) = session.contacts.page()
        assert (card.source, card.added_at, card.responsibles, card.primary) == ("", None, (), None)
        seen = session.contacts.get(bois.id)
        assert (seen.source, seen.added_at, seen.changed_by) == ("", None, "")
        for hidden in ({"source": "hand"}, {"without": "tag"}, {"fields": {"x": 1}}):
            with pytest.raises(Invalid) as refusal:
                session.contacts.page(**hidden)
            assert refusal.value.code == "filter-hidden"
        with pytest.raises(Forbidden):
            session.contacts.check(bois)
