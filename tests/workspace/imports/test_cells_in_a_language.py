"""Cells of custom fields, phones and columns, as people of a language write them (IMP-11)."""

from __future__ import annotations

import io
from itertools import count
from typing import Any

import pytest

from contactcore import Address, Company, Invalid, Person, Workspace
from contactcore.formats.contact_rows.row_problems import HARMLESS
from contactcore.model.fields import FieldDefinition
from support.actors import ROOT

pytestmark = [pytest.mark.req("IMP-11"), pytest.mark.cases_in_memory]

_FIELDS = [
    ("Since", "date", ()),
    ("Discount", "number", ()),
    ("VIP", "yes-no", ()),
    ("Allergies", "choices", ("nuts", "milk")),
    ("Level", "choice", ("gold", "silver")),
    ("Second line", "phone", ()),
]
_names = count()


def _workspace(storage: Any, language: str, country: str, fields: Any = _FIELDS) -> Workspace:
    workspace = Workspace(storage, f"l{next(_names)}", language=language, country=country)
    with workspace.write(ROOT) as session:
        for name, kind, choices in fields:
            session.settings.define_field(name, kind, choices=choices)
    return workspace


def _import(workspace: Workspace, text: str | bytes, **options: Any) -> tuple[Any, list[Any]]:
    imports = workspace.imports(ROOT)
    report = imports.apply(imports.plan(text, **options))
    with workspace.read(ROOT) as session:
        contacts = [session.contacts.get(card.id) for card in session.contacts.page(role="any", limit=100)]
    return report, sorted(contacts, key=lambda contact: contact.id)


def _codes(report: Any) -> list[str]:
    return [problem.code for problem in report.problems]


@pytest.mark.req("DIR-8")
@pytest.mark.parametrize(
    ("language", "country", "since", "discount", "yes", "no"),
    [
        ("fr", "FR", "05/06/2024", "1 234,5", "oui", "Non"),
        ("de", "DE", "05.06.2024", "1.234,5", "Ja", "nein"),
        ("pl", "PL", "05.06.2024", "1 234,5", "tak", "NIE"),
        ("es", "ES", "05/06/2024", "1.234,5", "sí", "no"),
        ("it", "IT", "05/06/2024", "1.234,5", "sì", "no"),
        ("nl", "NL", "05-06-2024", "1.234,5", "ja", "nee"),
        ("en", "GB", "05/06/2024", "1,234.5", "yes", "no"),
        ("en", "US", "06/05/2024", "1,234.5", "Y", "n"),
        ("de", "CH", "5. Juni 2024", "1'234.5", "WAHR", "FALSCH"),
        ("fr", "FR", "2024-06-05", "1234.5", "true", "0"),
    ],
)
def test_custom_fields_are_read_in_the_language_of_the_workspace(
    storage: Any, language: str, country: str, since: str, discount: str, yes: str, no: str
) -> None:
    workspace = _workspace(storage, language, country)
    text = f"Name;Since;Discount;VIP\nJo Doe;{since};{discount};{yes}\nAl Ray;{since};{discount};{no}\n"
    report, contacts = _import(workspace, text)
    assert _codes(report) == (["date-order-assumed"] if "/" in since or "-06-2" in since else [])
    assert [dict(contact.fields) for contact in contacts] == [
        {"since": "2024-06-05", "discount": 1234.5, "vip": True},
        {"since": "2024-06-05", "discount": 1234.5, "vip": False},
    ]
    with workspace.write(ROOT) as session:
        added = session.contacts.add(Person("A", "B", fields={"since": since, "discount": discount, "vip": yes}))
    assert dict(added.fields) == {"since": "2024-06-05", "discount": 1234.5, "vip": True}


@pytest.mark.req("DIR-8")
def test_the_order_of_day_and_month_is_that_of_the_column(storage: Any) -> None:
    workspace = _workspace(storage, "en", "GB")
    report, contacts = _import(workspace, "Name,Since\nJo Doe,05/06/2024\nAl Ray,12/25/2024\n")
    assert [contact.fields["since"] for contact in contacts] == ["2024-05-06", "2024-12-25"]
    assert _codes(report) == []
    report, contacts = _import(
        _workspace(storage, "en", "GB"), "Name,Since\nJo Doe,25/06/2024\nAl Ray,12/26/2024\nCy Lee,5/6/2024\n"
    )
    assert [contact.fields["since"] for contact in contacts] == ["2024-06-25", "2024-12-26", "2024-06-05"]
    assert _codes(report) == ["date-order-assumed", "date-order"]


@pytest.mark.req("DIR-8")
def test_a_file_in_another_language_is_read_in_that_language(storage: Any) -> None:
    workspace = _workspace(storage, "en", "US")
    text = "Vorname;Nachname;Straße;Since;Discount\nJo;Doe;Ring 1;05.06.2024;1,5\n"
    report, (contact,) = _import(workspace, text)
    assert dict(contact.fields) == {"since": "2024-06-05", "discount": 1.5}
    assert _codes(report) == []


@pytest.mark.req("DIR-8")
@pytest.mark.parametrize(
    ("header", "cell", "code"),
    [
        ("Since", "31/02/2024", "field-not-date"),
        ("Since", "14 Feb", "field-not-date"),
        ("Discount", "1,2,3", "field-not-number"),
        ("VIP", "peut-être", "field-not-yes-no"),
        ("Level", "bronze", "field-no-such-choice"),
    ],
)
def test_a_custom_field_that_cannot_be_read_is_reported_and_kept(
    storage: Any, header: str, cell: str, code: str
) -> None:
    report, (contact,) = _import(_workspace(storage, "fr", "FR"), f"Name;{header}\nJo Doe;{cell}\n")
    assert [(problem.column, problem.value, problem.code) for problem in report.problems] == [(header, cell, code)]
    assert dict(contact.fields) == {}
    assert contact.unmapped == {header: cell}


@pytest.mark.req("DIR-8")
@pytest.mark.parametrize("cell", ["00/01/1900", "30/12/1899", "0000-00-00", "0"])
def test_the_zero_date_of_a_spreadsheet_is_no_date(storage: Any, cell: str) -> None:
    report, (contact,) = _import(_workspace(storage, "fr", "FR"), f"Name;Since\nJo Doe;{cell}\n")
    assert (_codes(report), dict(contact.fields), contact.unmapped) == ([], {}, {"Since": cell})


@pytest.mark.req("DIR-8")
@pytest.mark.parametrize("cell", ["Nuts, MILK", "nuts; milk", "['nuts', 'milk']", "milk | nuts"])
def test_choices_are_read_however_they_are_listed(storage: Any, cell: str) -> None:
    report, (contact,) = _import(_workspace(storage, "fr", "FR"), f'Name,Allergies,Level\nJo Doe,"{cell}",Gold\n')
    assert (_codes(report), contact.fields["allergies"], contact.fields["level"]) == ([], ("nuts", "milk"), "gold")


@pytest.mark.req("IMP-4")
@pytest.mark.parametrize("language", ["de", "fr", "en"])
def test_an_export_of_our_own_is_read_in_our_own_notation(storage: Any, language: str) -> None:
    workspace = _workspace(storage, language, "DE")
    fields = {"since": "2024-06-05", "discount": 1.234, "vip": True, "allergies": ["nuts"]}
    with workspace.write(ROOT) as session:
        kept = session.contacts.add(Person("A", "B", fields=fields))
    out = io.BytesIO()
    workspace.exports(ROOT).csv(out)
    report, (contact,) = _import(_workspace(storage, language, "DE"), out.getvalue())
    assert (_codes(report), contact.fields) == ([], kept.fields)


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        ("number", "1,5", "field-not-number"),
        ("yes-no", "oui", "field-not-yes-no"),
        ("date", "05/06/2024", "field-not-date"),
    ],
)
def test_a_definition_without_a_language_reads_the_notation_of_programs_alone(kind: Any, value: str, code: str) -> None:
    definition = FieldDefinition(slug="n", name="N", type=kind)
    with pytest.raises(Invalid) as refused:
        definition.read(value)
    assert refused.value.code == code
    assert definition.read(value, "FR", "fr") in {1.5, True, "2024-06-05"}


# Columns


@pytest.mark.req("IMP-1")
@pytest.mark.parametrize(
    ("name", "header"),
    [("Kunde seit", "Kunde seit"), ("Kunde seit", "KUNDE  SEIT"), ("Info", "Info"), ("Category", "Category")],
)
def test_a_header_that_names_a_custom_field_is_that(storage: Any, name: str, header: str) -> None:
    workspace = _workspace(storage, "de", "DE", [(name, "text", ())])
    text = f"Firma;Ort;{header}\nMüller GmbH;Köln;0711 123456\nMaier KG;Bonn;0711 123457\n"
    _, contacts = _import(workspace, text)
    assert [list(contact.fields.values()) for contact in contacts] == [["0711 123456"], ["0711 123457"]]
    assert [contact.phones for contact in contacts] == [(), ()]


@pytest.mark.req("IMP-1")
@pytest.mark.parametrize("name", ["Name", "Company"])
def test_a_contact_keeps_its_name_whatever_a_custom_field_is_called(storage: Any, name: str) -> None:
    workspace = _workspace(storage, "en", "US", [(name, "text", ())])
    _, contacts = _import(workspace, f"{name},E-mail\nBois Ltd,i@bois.fr\n")
    assert [contact.display_name for contact in contacts] == ["Bois Ltd"]


@pytest.mark.req("IMP-1")
def test_a_custom_field_of_items_names_no_column_of_contacts(storage: Any) -> None:
    workspace = Workspace(storage, f"l{next(_names)}", language="en", country="US")
    with workspace.write(ROOT) as session:
        session.settings.define_field("Notes", "text", on=["item"])
    _, (contact,) = _import(workspace, "Name,Notes\nJo Doe,hello\n")
    assert (contact.description, dict(contact.fields)) == ("hello", {})


@pytest.mark.req("IMP-1")
@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Kunde seit", ["01.01.2020", "15.03.2021"]),
        ("Beitritt", ["01.01.2020", "15.03.2021"]),
        ("Beitritt", ["2020-01-01", "2021-03-15"]),
        ("Vertragsnummer", ["0711 123456", "0711 123457"]),
        ("Kürzel", ["0711234", "0711235"]),
        ("Kürzel", ["0012345678", "0012345679"]),
        ("Kürzel", ["4711001", "4711002"]),
    ],
)
def test_a_date_and_a_code_are_never_phones(storage: Any, header: str, cells: list[str]) -> None:
    rows = "".join(f"Firma {at};Köln;{cell}\n" for at, cell in enumerate(cells))
    report, contacts = _import(_workspace(storage, "de", "DE", ()), f"Firma;Ort;{header}\n{rows}")
    assert [contact.phones for contact in contacts] == [(), ()]
    assert [contact.unmapped[header] for contact in contacts] == cells
    assert _codes(report) == []


@pytest.mark.req("IMP-1")
@pytest.mark.parametrize(
    ("language", "country", "date", "code", "phone"),
    [
        ("de", "DE", "01.01.2020", "4711001", "0221 123456"),
        ("de", "DE", "2020-01-31", "0711234", "0221 123456"),
        ("fr", "FR", "01/01/2020", "0144001", "01 44 55 66 77"),
        ("pl", "PL", "01.01.2020", "100234567", "22 123 45 67"),
        ("en", "US", "1/31/2020", "2125550001", "(212) 555-1234"),
        ("nl", "NL", "31-01-2020", "0201234", "020 123 4567"),
        ("es", "ES", "31/01/2020", "910000001", "91 123 45 67"),
        ("it", "IT", "31/01/2020", "0012345", "02 1234 5678"),
    ],
)
def test_without_a_header_only_the_phones_are_phones(
    storage: Any, language: str, country: str, date: str, code: str, phone: str
) -> None:
    text = f"Jo Doe;{date};{code};{phone}\nAl Ray;{date};{int(code) + 1:0{len(code)}};{phone}\n"
    report, contacts = _import(_workspace(storage, language, country, ()), text)
    assert [len(contact.phones) for contact in contacts] == [1, 1]
    assert contacts[0].unmapped == {"Column 2": date, "Column 3": code}
    guessed = [problem for problem in report.problems if problem.code == "column-guessed"]
    assert [(problem.line, problem.column) for problem in guessed] == [(1, "Column 1"), (1, "Column 4")]


def test_a_guess_by_content_is_noted_once_and_rejects_no_row(storage: Any) -> None:
    workspace = _workspace(storage, "fr", "FR", ())
    text = "\n\nNom;Joindre\nJo Doe;01 44 55 66 77\nAl Ray;06 12 34 56 78\n"
    imports = workspace.imports(ROOT)
    for report in (imports.preview(imports.plan(text, strict=True)), imports.apply(imports.plan(text, strict=True))):
        assert (report.created, report.rejected) == (2, 0)
        assert [(problem.line, problem.column, problem.code) for problem in report.problems] == [
            (3, "Joindre", "column-guessed")
        ]
    named = imports.preview(imports.plan(text, mapping={"Joindre": "phones"}))
    assert "column-guessed" not in _codes(named)


# Phones


@pytest.mark.req("DIR-3")
@pytest.mark.parametrize(
    ("country", "phone", "expected"),
    [
        ("USA", "(212) 555-1234", "+12125551234"),
        ("United States", "212-555-1234", "+12125551234"),
        ("Deutschland", "0711 123456", "+49711123456"),
        ("Pologne", "22 123 45 67", "+48221234567"),
        ("", "01 44 55 66 77", "+33144556677"),
        ("Narnia", "01 44 55 66 77", "+33144556677"),
        ("USA", "06 12 34 56 78", "+33612345678"),
        ("USA", "+33 6 12 34 56 78", "+33612345678"),
    ],
)
@pytest.mark.parametrize("header", ["Country", "Business Country", "Home Country"])
def test_a_phone_is_read_with_the_country_of_its_row(
    storage: Any, header: str, country: str, phone: str, expected: str
) -> None:
    workspace = _workspace(storage, "en", "FR", ())
    report, (contact,) = _import(workspace, f"Name,Phone,{header}\nJo Doe,{phone},{country}\n")
    assert [str(number) for number in contact.phones] == [expected]
    assert _codes(report) == (["country-unknown"] if country == "Narnia" else [])


@pytest.mark.req("DIR-3")
def test_a_workspace_without_a_country_reads_the_phones_of_rows_that_have_one(storage: Any) -> None:
    workspace = Workspace(storage, f"l{next(_names)}", language="en")
    text = "First Name,Phone,Country\nAnn,(212) 555-1234,USA\nBob,(212) 555-1234,\n"
    report, contacts = _import(workspace, text)
    assert [[str(number) for number in contact.phones] for contact in contacts] == [["+12125551234"], []]
    assert _codes(report) == ["phone-country-missing"]


@pytest.mark.req("DIR-3")
def test_a_phone_is_read_with_the_country_of_the_address_of_its_kind(storage: Any) -> None:
    workspace = _workspace(storage, "en", "FR", ())
    text = (
        "Name,Business Phone,Home Phone,Business Country,Home Country\nJo Doe,(212) 555-1234,0711 123456,USA,Germany\n"
    )
    _, (contact,) = _import(workspace, text)
    assert [str(number) for number in contact.phones] == ["+12125551234", "+49711123456"]


@pytest.mark.req("DIR-3")
@pytest.mark.parametrize("kind", [Person, Company])
def test_a_phone_that_is_typed_in_is_read_with_the_country_of_the_contact(storage: Any, kind: Any) -> None:
    with _workspace(storage, "en", "FR", ()).write(ROOT) as session:
        added = session.contacts.add(kind("Jo", phones=["(212) 555-1234"], addresses=[Address(country="USA")]))
        other = session.contacts.add(kind("Al", phones=["01 44 55 66 77"], addresses=[Address(city="Paris")]))
    assert [str(phone) for phone in (*added.phones, *other.phones)] == ["+12125551234", "+33144556677"]


@pytest.mark.req("DIR-3")
def test_a_zero_too_many_is_left_out_and_a_number_that_is_only_possible_is_reported(storage: Any) -> None:
    workspace = _workspace(storage, "pl", "PL", ())
    text = "Nazwisko;Telefon\nKos;+48 (0) 22 123 45 67\nLis;0601 000 001\nBuk;0000 000 001\n"
    report, contacts = _import(workspace, text, strict=True)
    assert [str(phone) for contact in contacts for phone in contact.phones] == [
        "+48221234567",
        "+48601000001",
        "+480000000001",
    ]
    assert [(problem.line, problem.column, problem.value, problem.code) for problem in report.problems] == [
        (4, "Telefon", "0000 000 001", "phone-unassigned")
    ]
    assert "phone-unassigned" in HARMLESS
    with workspace.read(ROOT) as session:
        assert [hit.name for hit in session.contacts.search("601000001")] == ["Lis"]


# Rows and cells


@pytest.mark.req("IMP-2")
@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Full name\nLee, Ann\nDoe, Bo\n", [("Ann", "Lee"), ("Bo", "Doe")]),
        ("Full name\r\nLee,Ann\r\n", [("Ann", "Lee")]),
        ("Nom\nLee, Ann\nDoe, Bo\n", [("Ann", "Lee"), ("Bo", "Doe")]),
        ("Nazwisko i imię\nKowalski, Jan\n", [("Jan", "Kowalski")]),
        ("Name\nBerg, Jan van der\n", [("Jan", "van der Berg")]),
        ("Lee, Ann\nDoe, Bo\n", [("Ann", "Lee"), ("Bo", "Doe")]),
        ("Full name\nLee\nDoe\n", [("Lee", ""), ("Doe", "")]),
    ],
)
def test_every_row_of_a_file_of_one_column_is_accounted_for(
    storage: Any, text: str, names: list[tuple[str, str]]
) -> None:
    report, contacts = _import(_workspace(storage, "fr", "FR", ()), text)
    assert (report.rows, report.created) == (len(names), len(names))
    assert [(contact.given_name, contact.family_name) for contact in contacts] == names


@pytest.mark.req("IMP-2")
def test_a_title_above_a_table_is_still_no_header(storage: Any) -> None:
    workspace = _workspace(storage, "fr", "FR", ())
    report, (contact,) = _import(workspace, "Contact\n\nNom;Courriel\nJo Doe;jo@x.fr\n")
    assert (report.rows, contact.display_name) == (1, "Jo Doe")


@pytest.mark.req("IMP-2")
@pytest.mark.parametrize("id", ["x" * 129, "x" * 100_000, "a\tb"])
def test_an_id_that_is_none_is_a_problem_of_its_row_alone(storage: Any, id: str) -> None:
    workspace = _workspace(storage, "fr", "FR", ())
    text = f"Contact ID,Kind,First name,Last name\n{id},person,Jo,Doe\n,person,Al,Ray\n"
    report, contacts = _import(workspace, text)
    assert (report.rows, report.created) == (2, 2)
    assert [(problem.line, problem.column, problem.code) for problem in report.problems] == [
        (2, "Contact ID", "contact-id")
    ]
    assert [contact.display_name for contact in contacts] == ["Jo Doe", "Al Ray"]
    assert contacts[0].unmapped == {"Contact ID": id}
    strict, _ = _import(_workspace(storage, "fr", "FR", ()), text, strict=True)
    assert (strict.created, strict.rejected) == (1, 1)


@pytest.mark.req("IMP-2")
@pytest.mark.parametrize(
    ("header", "name"),
    [('"Ref\nNo"', "Ref No"), ("Ref\x07No", "RefNo"), ("Cafe\u0301", "Café"), ('" Ref \r\n No "', "Ref No")],
)
def test_a_header_has_one_name_whatever_else_a_row_holds(storage: Any, header: str, name: str) -> None:
    workspace = _workspace(storage, "fr", "FR", ())
    # The birthday keeps the second row from the quick path.
    text = f"First name,Last name,Birthday,{header}\nJo,Doe,,7\nAl,Ray,1980-02-14,8\n"
    report, contacts = _import(workspace, text, strict=True)
    assert (report.created, _codes(report)) == (2, [])
    assert [contact.unmapped for contact in contacts] == [{name: "7"}, {name: "8"}]
    plan = workspace.imports(ROOT).plan(text, mapping={header.strip('"'): "notes"})
    assert plan.mapping[name] == "notes"


@pytest.mark.req("DIR-6")
@pytest.mark.req("ACC-3")
@pytest.mark.parametrize("policy", ["skip", "update"])
def test_an_import_takes_the_spelling_of_a_tag_only_from_contacts_that_all_viewers_see(
    storage: Any, amelie: Any, bob: Any, policy: str
) -> None:
    workspace = _workspace(storage, "fr", "FR", ())
    with workspace.write(amelie) as session:
        session.contacts.add(Company("Hidden", tags=["vIp"], access="private"))
        session.contacts.add(Company("Open", tags=["Supplier"], access="shared-read"))
    with workspace.write(bob) as session:
        session.contacts.add(Company("Own", tags=["LocaL"], access="private"))
        shared = session.contacts.add(Company("Shared", emails=["s@x.fr"], access="shared-write"))
    imports = workspace.imports(bob)
    text = 'Company,E-mail,Tags\nNew,n@x.fr,"VIP, SUPPLIER, local"\nShared,s@x.fr,"VIP, SUPPLIER, local"\n'
    imports.apply(imports.plan(text, policy=policy, access="private"))
    with workspace.read(bob) as session:
        (made,) = [session.contacts.get(card.id) for card in session.contacts.page() if card.name == "New"]
        changed = session.contacts.get(shared.id)
    assert [tag.text for tag in made.tags] == ["VIP", "Supplier", "LocaL"]
    assert [tag.text for tag in changed.tags] == (["VIP", "Supplier", "local"] if policy == "update" else [])


@pytest.mark.req("IMP-2")
@pytest.mark.parametrize("strict", [False, True])
def test_an_unknown_country_is_noted_by_its_column_and_kept_as_text(workspace: Any, amelie: Any, strict: bool) -> None:
    imports = workspace.imports(amelie)
    plan = imports.plan("Name,Street,City,Country\nA B,Way 1,Town,Narnia\nC D,Way 2,Town,Polska\n", strict=strict)
    for report in (imports.preview(plan), imports.apply(plan)):
        assert report.created == 2
        assert [(one.line, one.column, one.value, one.code) for one in report.problems] == [
            (2, "Country", "Narnia", "country-unknown")
        ]
    with workspace.read(amelie) as session:
        addresses = [session.contacts.get(card.id).addresses[0] for card in session.contacts.page()]
    assert sorted((one.country, one.country_text) for one in addresses) == [("", "Narnia"), ("PL", "")]


@pytest.mark.req("IMP-11")
@pytest.mark.parametrize(("country", "day"), [("", "1990-03-04"), ("GB", "1990-04-03")])
def test_an_order_of_day_and_month_that_no_cell_decides_is_noted_once_a_column(
    storage: Any, root: Any, country: str, day: str
) -> None:
    workspace = Workspace(storage, "dates", country=country)
    with workspace.write(root) as session:
        session.settings.define_field("Since", "date")
    imports = workspace.imports(root)
    rows = ["Name,Birthday,Since", "A B,03/04/1990,05-06-1991", "C D,04/05/1990,"]
    plan = imports.plan("\n".join(rows) + "\n")
    order = "day before the month" if country else "month before the day"
    for report in (imports.preview(plan), imports.apply(plan)):
        notes = [one for one in report.problems if one.code == "date-order-assumed"]
        assert [(one.line, one.column, one.value) for one in notes] == [
            (1, "Birthday", "03/04/1990"),
            (1, "Since", "05-06-1991"),
        ]
    with workspace.read(root) as session:
        (hit,) = session.contacts.search("A B")
        assert str(session.contacts.get(hit.id).birthday) == day
    assert all(order in one.reason for one in notes)


@pytest.mark.req("IMP-11")
@pytest.mark.parametrize("cell", ["1990-03-04", "03.04.1990", "04/04/1990", "3 April 1990", "25/04/1990", "1990", ""])
def test_a_date_that_has_one_meaning_is_not_noted(workspace: Any, amelie: Any, cell: str) -> None:
    imports = workspace.imports(amelie)
    report = imports.preview(imports.plan(f"Name,Birthday\nA B,{cell}\n"))
    assert "date-order-assumed" not in [one.code for one in report.problems]


@pytest.mark.req("IMP-2")
@pytest.mark.parametrize(
    ("code", "country", "stored"),
    [
        ("1000", "France", "01000"),
        ("1067", "Deutschland", "01067"),
        ("118", "Italia", "00118"),
        ("2138", "USA", "02138"),
        ("501", "USA", "00501"),
        ("1000", "Belgique", "1000"),
        ("1000", "", "1000"),  # nobody says that it is no code of Brussels
        ("100", "France", "100"),
        ("01000", "France", "01000"),
        ("1000A", "France", "1000A"),
    ],
)
def test_a_postal_code_gets_back_the_zeros_that_a_spreadsheet_dropped(
    storage: Any, code: str, country: str, stored: str
) -> None:
    workspace = Workspace(storage, name="zeros", country="FR")
    imports = workspace.imports(ROOT)
    report = imports.apply(imports.plan(f"Nom;CP;Ville;Pays\nJean Roe;{code};Paris;{country}\n"))
    with workspace.read(ROOT) as session:
        (card,) = session.contacts.page()
        (address,) = session.contacts.get(card.id).addresses
    noted = [(one.line, one.column, one.value) for one in report.problems if one.code == "postal-code-completed"]
    assert (address.postal_code, noted) == (stored, [] if stored == code else [(2, "CP", code)])
