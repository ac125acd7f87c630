"""One path in: a contact is stored equally whether it comes by hand, as a contact person, or by a row of a file."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any, Final

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contactcore import Company, Host, Invalid, Person, User, Workspace
from contactcore.formats import tabular
from contactcore.formats.contact_rows.export_rows import cells_of, headers_of
from contactcore.mapping import json
from contactcore.storage import Record, Storage
from contactcore.values import PhoneNumber
from contactcore.workspace.imports.report import Report
from contactcore_memory import MemoryStorage
from support.actors import AMELIE, BOB, ROOT
from support.clock import Clock
from support.entity_strategies import NAMES, emails, phones

pytestmark = pytest.mark.cases_in_memory

_numbers = count()


def new_workspace(storage: Storage) -> Workspace:
    """A workspace with lists and custom fields of its own."""
    space = Workspace(
        storage, f"one path {next(_numbers)}", language="fr", country="FR", currency="EUR", host=Host(clock=Clock())
    )
    with space.write(ROOT) as session:
        session.settings.add_category("Wood")
        session.settings.add_category("Stone")
        session.settings.define_field("Seats", "number")
        session.settings.define_field("Since", "date")
        session.settings.define_field("Colours", "choices", choices=["red", "green", "blue"])
        session.contacts.add(Company("Spelled by all", tags=["ViP"], access="shared-read"))
        session.contacts.add(Company("Spelled in secret", tags=["SeCret"], access="private"))
    return space


def row_of(contact: Person | Company) -> bytes:
    """A file with the contact as its only row, as our exports write it."""
    cells = cells_of(contact, ())
    out = io.BytesIO()
    tabular.write([cells], out, headers_of({header: place for place, header in enumerate(cells)}))
    return out.getvalue()


def imported(space: Workspace, source: str | bytes, actor: User = AMELIE, **options: Any) -> Report:
    imports = space.imports(actor)
    return imports.apply(imports.plan(source, **options))


def by_hand(space: Workspace, contact: Person | Company, actor: User = AMELIE) -> str:
    with space.write(actor) as session:
        return session.contacts.add(contact).id


def newest(space: Workspace, kind: str = "contact") -> Record:
    with space.storage.read(space.name) as reader:
        return reader.dump(kind)[-1]


def stored(record: Record, *, but: tuple[str, ...] = ()) -> Mapping[str, Any]:
    """A record as JSON-ready data without its ids, its source and its times, and without what is named."""
    but = (*but, "source", "added", "changed")

    def kept(texts: frozenset[str]) -> list[str]:
        return sorted(text.replace(record.id, "(id)") for text in texts if not text.startswith(but))

    def data(text: bytes) -> dict[str, Any]:
        return {name: value for name, value in json.load(text).items() if name not in but}

    return {
        "version": record.version,
        "body": data(record.body),
        "card": data(record.card),
        "orders": {name: key for name, key in record.orders.items() if name not in but},
        "terms": kept(record.terms),
        "words": kept(record.words),
        "keys": kept(record.keys),
        "access": kept(record.access),
        "owner": record.owner == record.id,
    }


_TEXTS: Final = st.sampled_from(["", "x", "=1+1", "Élan, “Süd”", "two\nlines", "a;b", " blank "])
_SHARED: Final = {
    "emails": st.lists(emails(), max_size=2),
    # A phone keeps the text that was typed, which differs between a form and an export.
    "phones": st.lists(phones().map(lambda phone: PhoneNumber(str(phone), kind=phone.kind)), max_size=2),
    "tags": st.lists(st.sampled_from(["vip", "VIP", "secret", "Été", "new"]), max_size=3),
    "type": st.sampled_from(["", "supplier", "contractor"]),
    "categories": st.lists(st.sampled_from(["wood", "stone"]), max_size=2, unique=True),
    "description": _TEXTS,
    "fields": st.fixed_dictionaries(
        {},
        optional={
            "seats": st.integers(-5, 99),
            "since": st.sampled_from(["2026-01-31"]),
            "colours": st.sampled_from([("red",), ("red", "green")]),
        },
    ),
}


def contacts() -> st.SearchStrategy[Person | Company]:
    return st.one_of(people(), st.builds(Company, st.sampled_from(NAMES), **_SHARED))


def people() -> st.SearchStrategy[Person]:
    return st.builds(Person, st.sampled_from(NAMES), st.sampled_from(NAMES), **_SHARED)


@pytest.mark.req("IMP-4")
@pytest.mark.req("DIR-6")
@settings(max_examples=40)
@given(contacts(), st.sampled_from(["private", "shared-read", "shared-write"]), st.booleans())
def test_a_contact_is_stored_equally_by_hand_and_by_a_row(contact: Person | Company, access: str, admin: bool) -> None:
    actor = ROOT if admin else AMELIE
    hand, row = new_workspace(MemoryStorage()), new_workspace(MemoryStorage())
    by_hand(hand, attrs.evolve(contact, access=access), actor)
    report = imported(row, row_of(contact), actor, access=access, strict=True)
    assert (report.created, list(report.problems)) == (1, [])
    assert stored(newest(row)) == stored(newest(hand))


@pytest.mark.req("PER-1")
@settings(max_examples=40)
@given(people(), st.sampled_from(["private", "shared-read", "shared-write"]))
def test_a_person_is_stored_equally_by_hand_and_as_a_contact_person(person: Person, access: str) -> None:
    hand, member = new_workspace(MemoryStorage()), new_workspace(MemoryStorage())
    by_hand(hand, attrs.evolve(person, access=access, responsibles=["amelie", "bob"]))
    with member.write(AMELIE) as session:
        client = session.contacts.add(Company("Bois", access=access, responsibles=["amelie", "bob"]))
        session.people.add(client, person)
    # A mere contact person is not listed. Nothing else differs.
    but = ("listed", "role:")
    assert stored(newest(member), but=but) == stored(newest(hand), but=but)
    assert json.load(newest(member).body)["listed"] is False


@pytest.mark.req("PER-2")
@pytest.mark.parametrize(("access", "others"), [("private", []), ("shared-read", []), ("private", ["amelie", "bob"])])
def test_an_affiliation_is_stored_equally_by_hand_and_by_a_row(
    storage: Storage, access: str, others: list[str]
) -> None:
    hand, row = new_workspace(storage), new_workspace(storage)
    shared: dict[str, Any] = {"access": access, "responsibles": others}
    with hand.write(AMELIE) as session:
        client = session.contacts.add(Company("Bois & Fils", **shared))
        person = session.contacts.add(Person("Zoé", "Çelik", emails=["zoe@bois.fr"], **shared))
        session.people.add(client, person, position="DAF", department="Finance")
    with row.write(AMELIE) as session:
        session.contacts.add(Company("Bois & Fils", **shared))
    text = "Prénom;Nom;Société;Fonction;Service;Courriel\nZoé;Çelik;BOIS & FILS;DAF;Finance;zoe@bois.fr\n"
    imported(row, text, **shared)
    assert stored(newest(row)) == stored(newest(hand))
    but = ("contact_id", "person_id", "since", "contact:", "person:", "primary:", "owner")
    found = [stored(newest(space, "affiliation"), but=but) for space in (row, hand)]
    assert found[0] == found[1]


FAULTS: Final[list[tuple[str, Any, str, set[str]]]] = [
    ("a required field is missing", Person("Jo", "Doe"), "", {"field-required"}),
    ("a field is unknown", Person("Jo", "Doe", fields={"seats": 5}), "Field: seats=5", {"field-unknown"}),
    ("a number is none", Person("Jo", "Doe", fields={"size": "x"}), "Field: size=x", {"field-not-number"}),
    ("a day is none", Person("Jo", "Doe", fields={"since": "soon"}), "Field: since=soon", {"field-not-date"}),
    ("a choice is unknown", Person("Jo", "Doe", fields={"colour": "x"}), "Field: colour=x", {"field-no-such-choice"}),
    ("a type is unknown", Person("Jo", "Doe", type="nothing"), "Type=nothing", {"type-unknown"}),
    ("a type is not offered", Person("Jo", "Doe", type="old"), "Type=old", {"type-unknown"}),
    ("a category is unknown", Person("Jo", "Doe", categories=["x"]), "Categories=x", {"category-unknown"}),
    ("a category is not offered", Person("Jo", "Doe", categories=["gone"]), "Categories=gone", {"category-unknown"}),
]


def guarded(storage: Storage, *, required: bool) -> Workspace:
    """A workspace that asks for fields, and offers fewer types and categories than it has."""
    space = Workspace(storage, f"guarded {next(_numbers)}", language="fr", country="FR")
    with space.write(ROOT) as session:
        session.settings.define_field("Must", required=required, on=["person"])
        session.settings.define_field("Seats", "number", on=["company"])
        session.settings.define_field("Size", "number")
        session.settings.define_field("Since", "date")
        session.settings.define_field("Colour", "choice", choices=["red"])
        session.settings.add_type("Old")
        session.settings.archive_type("old")
        session.settings.add_category("Gone")
        session.settings.archive_category("gone")
    return space


def _refusal(act: Callable[[], object]) -> set[str]:
    with pytest.raises(Invalid) as refused:
        act()
    return {problem.code for problem in refused.value.problems}


@pytest.mark.req("DIR-8")
@pytest.mark.req("DIR-17")
@pytest.mark.parametrize("required", [False, True])
@pytest.mark.parametrize(("_name", "contact", "cell", "codes"), FAULTS, ids=[one[0] for one in FAULTS])
def test_a_contact_is_refused_by_hand_with_the_codes_that_reject_its_row(
    storage: Storage, _name: str, contact: Person, cell: str, codes: set[str], required: bool
) -> None:
    codes = {*codes, "field-required"} if required else codes - {"field-required"}
    header, _, value = cell.partition("=")
    text = f"Contact ID,Kind,First name,Last name,{header or 'Field: must'}\n,person,Jo,Doe,{value}\n"
    space = guarded(storage, required=required)
    if not codes:
        assert imported(space, text, strict=True).created == 1
        assert by_hand(space, contact)
        return
    assert _refusal(lambda: by_hand(space, contact)) == codes
    with space.write(AMELIE) as session:
        client = session.contacts.add(Company("Bois"))
    with space.write(AMELIE) as session:
        assert _refusal(lambda: session.people.add(client, contact)) == codes
    before = newest(space)

    strict = imported(space, text, strict=True)
    assert (strict.rejected, strict.created) == (1, 0)
    assert {problem.code for problem in strict.problems} == codes
    assert newest(space) == before

    lenient = imported(space, text)
    assert (lenient.rejected, lenient.created) == (0, 1)
    assert {problem.code for problem in lenient.problems} == codes
    made = json.load(newest(space).body)
    assert {"fields", "type", "categories"}.isdisjoint(made)
    # The faulty cell is kept beside the contact.
    assert made.get("unmapped", {}) == ({header: value} if value else {})
    rehearsed = space.imports(BOB).preview(space.imports(BOB).plan(text, strict=True))
    assert {problem.code for problem in rehearsed.problems} == codes


def spelled(space: Workspace) -> list[str]:
    """The tags of the newest contact."""
    return list(json.load(newest(space).body)["tags"])


@pytest.mark.req("DIR-6")
@pytest.mark.req("ACC-3")
@pytest.mark.parametrize(
    ("hidden", "access", "responsibles", "expected"),
    [
        ({"responsibles": ["amelie"]}, "private", ["amelie"], "SecretDeal"),
        ({"responsibles": ["amelie"]}, "private", ["amelie", "bob"], "secretdeal"),
        ({"responsibles": ["amelie", "bob"]}, "private", ["amelie", "bob"], "SecretDeal"),
        ({"responsibles": ["amelie"]}, "shared-read", ["amelie"], "secretdeal"),
        ({"responsibles": ["amelie"]}, "private", ["bob"], "secretdeal"),
        ({"responsibles": ["bob"]}, "private", ["bob"], "secretdeal"),
        ({"responsibles": ["bob"], "access": "shared-read"}, "private", ["bob"], "SecretDeal"),
        ({"responsibles": ["bob"], "access": "shared-read"}, "shared-write", ["amelie"], "SecretDeal"),
    ],
)
def test_a_tag_has_the_spelling_that_all_who_will_see_it_can_know_on_each_path(
    storage: Storage, hidden: dict[str, Any], access: str, responsibles: list[str], expected: str
) -> None:
    space = Workspace(storage, "spelling", language="fr", country="FR")
    given: dict[str, Any] = {"access": access, "responsibles": responsibles}
    with space.write(ROOT) as session:
        session.contacts.add(Company("Known", tags=["SecretDeal"], **hidden))
    by_hand(space, Company("Hand", tags=["secretdeal"], **given))
    assert spelled(space) == [expected]
    imported(space, "Company,Tags\nRow,secretdeal\n", **given)
    assert spelled(space) == [expected]
    if "amelie" in responsibles:
        client = by_hand(space, Company("Client", access="shared-write"))
        with space.write(AMELIE) as session:
            session.people.add(client, Person("Jo", "Doe", tags=["secretdeal"], **given))
        assert stored_tags(space, "Jo") == [expected]


def stored_tags(space: Workspace, given_name: str) -> list[str]:
    with space.storage.read(space.name) as reader:
        bodies = [json.load(record.body) for record in reader.dump("contact")]
    return [tag for body in bodies if body.get("given_name") == given_name for tag in body["tags"]]


@pytest.mark.req("DIR-6")
@pytest.mark.req("ACC-3")
@pytest.mark.parametrize(("access", "expected"), [("private", "SecretDeal"), ("shared-read", "secretdeal")])
def test_an_update_spells_a_tag_for_those_who_see_the_contact_that_it_changes(
    storage: Storage, access: str, expected: str
) -> None:
    space = Workspace(storage, "spelling", language="fr", country="FR")
    with space.write(AMELIE) as session:
        session.contacts.add(Company("Known", tags=["SecretDeal"]))
        session.contacts.add(Company("Bois", tags=["Own"], emails=["o@bois.fr"], access=access))
    # The plan is for private contacts. What counts is the contact that the row updates.
    report = imported(
        space, 'Company,E-mail,Tags\nBois,o@bois.fr,"secretdeal, own"\n', policy="update", access="private"
    )
    assert report.updated == 1
    assert spelled(space) == ["Own", expected]
    with space.read(BOB) as session:
        assert [tag.text for tag in session.settings.tags] == ([] if access == "private" else ["Own", "secretdeal"])


@pytest.mark.req("IMP-2")
@pytest.mark.req("DIR-8")
@pytest.mark.parametrize("strict", [False, True])
def test_a_required_field_is_missing_only_where_the_stored_contact_lacks_it_too(storage: Storage, strict: bool) -> None:
    space = guarded(storage, required=True)
    with space.write(AMELIE) as session:
        session.contacts.add(Person("Jo", "Doe", emails=["jo@x.fr"], access="shared-write", fields={"must": "yes"}))
        session.contacts.add(Person("Al", "Roe", emails=["al@x.fr"], access="shared-write", fields={"must": "no"}))
    text = "First name,Last name,E-mail,Phone\nJo,Doe,jo@x.fr,+33144556677\nAl,Roe,al@x.fr,\nEve,Fox,eve@x.fr,\n"
    report = imported(space, text, policy="update", strict=strict)
    assert (report.updated, report.skipped) == (1, 1)
    assert (report.created, report.rejected) == ((0, 1) if strict else (1, 0))
    assert [(one.line, one.code) for one in report.problems] == [(3, "nothing-new"), (4, "field-required")]
    skipped = imported(space, text, policy="skip", strict=strict)
    assert (skipped.skipped, skipped.rejected) == ((2, 1) if strict else (3, 0))
    found = imported(space, text, policy="create", strict=strict)
    assert (found.created, found.rejected) == ((0, 3) if strict else (3, 0))
