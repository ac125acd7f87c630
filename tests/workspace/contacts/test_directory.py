from __future__ import annotations

from random import Random
from typing import Any

import attrs
import pytest

from contactcore import Company, Invalid, Person, StorageError
from contactcore.testing.fixtures import expect_same
from contactcore.workspace import Workspace
from contactcore.workspace.repositories.contacts import ContactRepository
from support.actors import ROOT

ORDERS = {
    "en": ["3M", "Adam", "Élan", "Elba", "Łoś", "Zoo", "Ωmega"],
    "fr": ["3M", "cote", "coté", "côte", "côté", "Élan", "Elba", "Zoé"],
    "de": ["Äpfel", "Apfelbaum", "Müller", "Mutter", "Straße", "Strassen"],
    "pl": ["Cukier", "Ćma", "Lis", "Łoś", "Mak", "Osa", "Ósmy", "Zając", "Źrebak", "Żaba"],
    "cs": ["Cibule", "Čáp", "Duha", "Hora", "Chata", "Ivan", "Řeka", "Sova", "Šnek"],
    "sv": ["Anna", "Zorn", "Åke", "Ärla", "Öst"],
    "da": ["Anna", "Zorn", "Ærø", "Ødegård", "Åse"],
    "es": ["Nube", "Ñandú", "Oso"],
    "tr": ["Cam", "Çam", "Irmak", "İzmir", "Oya", "Öz", "Su", "Şule"],
    "hu": ["Cukor", "Csaba", "Nap", "Nyár", "Sas", "Szabó"],
    "ru": ["Анна", "Елена", "Ёлка", "Жук", "Яна", "Adam"],
}
LETTERS = {
    ("fr", "Élan"): "E",
    ("pl", "Łoś"): "Ł",
    ("cs", "Chata"): "CH",
    ("sv", "Åke"): "Å",
    ("da", "Ødegård"): "Ø",
    ("es", "Ñandú"): "Ñ",
    ("tr", "İzmir"): "İ",
    ("hu", "Csaba"): "CS",
    ("ru", "Жук"): "Ж",
    ("en", "3M"): "#",
    ("en", "&Co"): "#",
    ("en", "Жук"): "Cyrillic",
    ("en", "山田"): "Han",
    ("ru", "Adam"): "Latin",
}


@pytest.mark.req("DIR-9")
@pytest.mark.parametrize("language", ORDERS)
def test_the_directory_stands_in_the_order_of_the_workspaces_language(storage: Any, language: Any) -> None:
    workspace = Workspace(storage, f"in {language}", language=language)
    names = ORDERS[language]
    with workspace.write(ROOT) as session:
        for name in Random(1).sample(names, len(names)):
            session.contacts.add(Company(name))
        assert [card.name for card in session.contacts.page()] == names
        letters = session.contacts.letters()
        assert sum(letters.values()) == len(names)
        for letter, number in letters.items():
            page = session.contacts.page(letter=letter)
            assert len(page) == number == session.contacts.count(letter=letter)
        assert [card.name for letter in letters for card in session.contacts.page(letter=letter)] == names


@pytest.mark.req("DIR-9")
@pytest.mark.parametrize(("language", "name"), LETTERS)
def test_each_name_stands_under_its_letter(storage: Any, language: Any, name: Any) -> None:
    with Workspace(storage, "acme", language=language).write(ROOT) as session:
        session.contacts.add(Company(name))
        assert [card.name for card in session.contacts.page(letter=LETTERS[language, name])] == [name]
        assert [letter for letter, number in session.contacts.letters().items() if number] == [LETTERS[language, name]]
        assert len(session.contacts.page(letter="All")) == 1


@pytest.mark.req("DIR-9")
def test_people_stand_under_their_family_name(storage: Any) -> None:
    with Workspace(storage, "acme", language="en").write(ROOT) as session:
        session.contacts.add(Person("Zoe", "Abel"))
        session.contacts.add(Company("Bois"))
        session.contacts.add(Person("Adam"))
        assert [card.name for card in session.contacts.page()] == ["Zoe Abel", "Adam", "Bois"]


@pytest.fixture(scope="module")
def filters() -> Any:
    return (
        *({}, {"kind": "person"}, {"kind": "company", "tag": "VIP"}, {"type": ["supplier", "contractor"]}),
        *({"responsible": "bob"}, {"access": "shared-read"}, {"role": "any"}, {"role": "person"}, {"category": "key"}),
        *({"tag": ["vip", "été"]}, {"kind": "person", "access": ["private", "shared-write"], "type": "supplier"}),
    )


@pytest.mark.req("DIR-9")
@pytest.mark.req("ACC-3")
def test_pages_in_both_directions_from_any_position_are_the_sorted_list(
    workspace: Any, root: Any, bob: Any, filters: Any
) -> None:
    random = Random(5)
    with workspace.write(root) as session:
        session.settings.add_category("Key")
        for _ in range(120):
            name, given = random.choice(("Doe", "Élan", "3M", "doe", "山田", "Zoé")), random.choice(("A", "B", ""))
            details = {
                "type": random.choice(("", "supplier", "contractor")),
                "tags": random.sample(("VIP", "été"), random.randrange(3)),
                "categories": random.choice(((), ("key",))),
                "access": random.choice(("private", "shared-read", "shared-write")),
                "responsibles": random.choice((("bob",), ("amelie",), ("amelie", "bob"))),
                "listed": random.random() < 0.7,
            }
            session.contacts.add(Company(name, **details) if random.random() < 0.5 else Person(given, name, **details))
    for actor in (root, bob):
        with workspace.read(actor) as session:
            for asked in filters:
                whole = [card.id for card in session.contacts.page(limit=1_000, **asked)]
                assert session.contacts.count(**asked) == len(whole) == sum(session.contacts.letters(**asked).values())
                at, page = 0, session.contacts.page(limit=7, **asked)
                for _ in range(12):
                    assert [card.id for card in page] == whole[at : at + len(page)]
                    forth = page.next is not None and (random.random() < 0.6 or page.previous is None)
                    if forth:
                        at += len(page)
                        page = session.contacts.page(limit=random.randint(1, 9), after=page.next, **asked)
                    elif page.previous is not None:
                        page = session.contacts.page(limit=random.randint(1, 9), before=page.previous, **asked)
                        at -= len(page)


@pytest.mark.req("DIR-9")
def test_ten_thousand_equal_names_page_and_search_to_their_end(workspace: Any, root: Any) -> None:
    with workspace.write(root) as session:
        added = session.contacts.add(Company("Smith", access="shared-read"))
        template = ContactRepository(session._transaction).record(added)
        session._transaction.writer.insert(
            [attrs.evolve(template, id=f"{number:06d}", owner=f"{number:06d}") for number in range(9_999)]
        )
    with workspace.read(root) as session:
        seen, cursor = [], None
        while True:
            page = session.contacts.page(letter="S", limit=1_000, after=cursor)
            seen += [card.id for card in page]
            if page.next is None:
                break
            cursor = page.next
        expect_same(seen, sorted(seen))
        assert len(set(seen)) == 10_000 == session.contacts.count()
        assert [hit.id for hit in session.contacts.search("smi", limit=200)] == seen[:200]
        back = session.contacts.page(letter="S", limit=10, before=page.previous)
        assert [card.id for card in back] == seen[8_990:9_000]


def test_questions_that_make_no_sense_are_refused_by_name(workspace: Any, root: Any) -> None:
    with workspace.read(root) as session:
        for code, asked in {
            "filter-unknown": {"colour": "red"},
            "filter-empty": {"type": ""},
            "filter-type": {"tag": 5},
            "kind-unknown": {"kind": []},
            "role-unknown": {"role": "boss"},
            "access-unknown": {"access": "open"},
            "limit-out-of-range": {"limit": 0},
            "cursor-unreadable": {"after": "x"},
            "two-cursors": {"after": "x", "before": "y"},
            "letter-unknown": {"letter": "nothing"},
            "type-unknown": {"type": "no-such-type"},
            "text-too-long": {"category": "x" * 101},
            "text-nul": {"responsible": "a\0"},
        }.items():
            with pytest.raises(Invalid) as refused:
                session.contacts.page(**asked)
            assert refused.value.code == code
            assert refused.value.path in asked


def test_an_access_policy_that_is_none_is_refused_by_its_place(workspace: Any, root: Any) -> None:
    with workspace.write(root) as session:
        for access, code, value in ((5, "filter-type", 5), (["private", "open"], "access-unknown", "open")):
            with pytest.raises(Invalid) as refused:
                session.contacts.page(access=access)
            assert (refused.value.code, refused.value.path, refused.value.value) == (code, "access", value)
        with pytest.raises(Invalid) as refused:
            session.contacts.share(session.contacts.add(Company("Bois")), "open")
        assert (refused.value.code, refused.value.path, refused.value.value) == ("access-unknown", "access", "open")


def test_a_page_that_vanished_skips_nobody(workspace: Any, root: Any) -> None:
    with workspace.write(root) as session:
        first, second, third = (session.contacts.add(Company(name)) for name in "ABC")
        page = session.contacts.page(limit=1, after=session.contacts.page(limit=1).next)
        assert [card.id for card in page] == [second.id]
        session.contacts.delete(first)
        empty = session.contacts.page(limit=1, before=page.previous)
        assert (empty.items, empty.previous, empty.next) == ((), None, None)
        assert [card.id for card in session.contacts.page()] == [second.id, third.id]


@pytest.mark.req("DIR-9")
@pytest.mark.parametrize(
    "card", [b"{", b"\xff", b'{"kind":1}', b"[]", b"[" * 100_000], ids=lambda card: repr(card[:12])
)
def test_a_card_that_another_program_damaged_is_told_of_without_a_traceback(
    workspace: Any, amelie: Any, card: bytes
) -> None:
    with workspace.write(amelie) as session:
        session.contacts.add(Company("Bois & Fils"))
    with workspace.storage.write(workspace.name) as writer:
        writer.reindex([attrs.evolve(record, card=card) for record in writer.dump("contact")])
    with workspace.read(amelie) as session:
        for look in (session.contacts.page, lambda: session.contacts.search("bo")):
            with pytest.raises(StorageError) as refused:
                look()
            assert refused.value.code == "body-unreadable"


@pytest.mark.req("DIR-9")
@pytest.mark.parametrize(
    ("language", "letters"),
    [
        ("nl", {"D": ["Jan van Damme"], "H": ["An 't Hof", "'t Huis BV"], "V": ["Piet Vos"]}),
        ("nl-BE", {"V": ["Jan van Damme", "Piet Vos"], "T": ["An 't Hof", "'t Huis BV"]}),
        ("de", {"V": ["Jan van Damme", "Piet Vos"]}),
    ],
)
def test_dutch_particles_are_filed_as_the_country_does(
    storage: Any, amelie: Any, language: str, letters: dict[str, list[str]]
) -> None:
    workspace = Workspace(storage, "dutch", language=language)
    with workspace.write(amelie) as session:
        for given, family in (("Jan", "van Damme"), ("An", "'t Hof"), ("Piet", "Vos")):
            session.contacts.add(Person(given, family))
        session.contacts.add(Company("'t Huis BV"))
        for letter, names in letters.items():
            assert [card.name for card in session.contacts.page(letter=letter)] == names
        for text in ("damme", "van damme", "jan van d", "hof", "'t hof", "huis"):
            assert session.contacts.search(text), text
