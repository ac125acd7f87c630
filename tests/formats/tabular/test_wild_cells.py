"""Cells as people and spreadsheets write them: numbers with words around them, formulas that hold text, odd dates."""

from __future__ import annotations

import pytest

from contactcore.errors import Invalid
from contactcore.formats import tabular
from contactcore.formats.drafts import Draft
from contactcore.formats.tabular.content import total_line
from contactcore.testing.fixtures import expect_same
from contactcore.values import PhoneNumber, split_full_name
from contactcore.values.written_dates import evidence, read_date

pytestmark = pytest.mark.req("IMP-2")


def only(header: str, cell: str) -> Draft:
    quoted = cell.replace('"', '""')
    (row,) = tabular.read(f'Name;{header}\nJo;"{quoted}"\n')
    return row.draft


@pytest.mark.parametrize(
    ("cell", "expected", "kept"),
    [
        ("Tél : 01 44 55 66 77 (bureau)", [("01 44 55 66 77", "work")], False),
        ("0711/123-0 (Zentrale)", [("0711/123-0", "main")], False),
        ("0711 1234567 (App. 12)", [("0711 1234567 x12", "")], False),
        ("0711/1234567 Durchwahl 12", [("0711/1234567 x12", "")], False),
        ("01 44 55 66 77 poste 12", [("01 44 55 66 77 x12", "")], False),
        ("tel. 22 123 45 67 wew. 12", [("22 123 45 67 x12", "")], False),
        ("06 12 34 56 78 (after six)", [("06 12 34 56 78", "")], True),
        ("Tel. 0711 1234567, Fax 0711 1234568", [("0711 1234567", ""), ("0711 1234568", "fax")], False),
        ("01 44 55 66 77 ou 06 12 34 56 78", [("01 44 55 66 77", ""), ("06 12 34 56 78", "")], False),
        ("0171/2345678 oder 0711/1234567", [("0171/2345678", ""), ("0711/1234567", "")], False),
        ("+33 1 44 55 66 77 - 06 12 34 56 78", [("+33 1 44 55 66 77", ""), ("06 12 34 56 78", "")], False),
        ("33144556677.0", [("33144556677", "")], False),
        ("3.3144556677E+10", [("33144556677", "")], False),
        ("1-800-FLOWERS", [("1-800-FLOWERS", "")], False),
        ("202-555-0103 ext 5", [("202-555-0103 x5", "")], False),
        ("call me", [("call me", "")], False),
    ],
)
def test_words_around_a_number_are_no_part_of_it(cell: str, expected: list[tuple[str, str]], kept: bool) -> None:
    draft = only("Phone", cell)
    assert [(phone.text, phone.kind) for phone in draft.phones] == expected
    assert draft.unmapped == ({"Phone": cell} if kept else {})


def test_what_a_column_says_of_a_number_wins_and_the_cell_is_kept() -> None:
    draft = only("Phone (work)", "06 12 34 56 78 (perso)")
    assert [(phone.text, phone.kind) for phone in draft.phones] == [("06 12 34 56 78", "work")]
    assert draft.unmapped == {"Phone (work)": "06 12 34 56 78 (perso)"}


def test_a_number_that_a_spreadsheet_has_shortened_is_kept_and_never_dialled() -> None:
    (row,) = tabular.read("Name,Phone\nJo,3.31445E+10\n")
    assert row.draft.phones == ()
    assert row.draft.unmapped == {"Phone": "3.31445E+10"}
    assert [(problem.code, problem.path) for problem in row.problems] == [("phone-shortened", "Phone")]


@pytest.mark.parametrize(
    ("cell", "expected", "kept"),
    [
        ("k@x.fr (work)", ["k@x.fr"], True),
        ("Jo Doe (z@x.fr)", ["z@x.fr"], True),
        ("Jo [SMTP:u@x.fr]", ["u@x.fr"], True),
        ("E-mail: s@x.fr", ["s@x.fr"], True),
        ("'v@x.fr'", ["v@x.fr"], True),
        ("mailto:o@x.fr?subject=hi", ["o@x.fr"], True),
        ("mailto:o@x.fr", ["o@x.fr"], False),
        ("x@x.fr ou y@x.fr", ["x@x.fr", "y@x.fr"], False),
        ("p@x.fr (perso), q@x.fr (bureau)", ["p@x.fr", "q@x.fr"], True),
        ("o'neil@x.fr", ["o'neil@x.fr"], False),
        ("jo doe@x.fr", ["jo doe@x.fr"], False),
    ],
)
def test_an_address_is_found_beside_what_is_written_with_it(cell: str, expected: list[str], kept: bool) -> None:
    draft = only("E-mail", cell)
    assert [email.text for email in draft.emails] == expected
    assert draft.unmapped == ({"E-mail": cell} if kept else {})


def test_a_formula_that_only_holds_text_is_that_text() -> None:
    (row,) = tabular.read('Name,Phone,Postal Code,City\n="Jo Doe",="0144556677",="01000","=""L\'Île"""\n')
    draft = row.draft
    assert (draft.full_name, draft.phones[0].text) == ("Jo Doe", "0144556677")
    assert (draft.addresses[0].postal_code, draft.addresses[0].city) == ("01000", "L'Île")


def test_any_other_formula_and_a_defused_one_stay_as_they_are() -> None:
    (row,) = tabular.read('Name,Notes,Tags\nJo,\'="x",=A1\n')
    assert (row.draft.notes, row.draft.tags) == ('="x"', ("=A1",))


@pytest.mark.parametrize(
    ("text", "day_first", "expected"),
    [
        ("13-Apr-69", True, "1969-04-13"),
        ("13-avr.-1969", True, "1969-04-13"),
        ("25.12.", False, "--12-25"),
        ("12/25", False, "--12-25"),
        ("25/12", True, "--12-25"),
        ("04-13", True, "--04-13"),
    ],
)
def test_dates_with_a_word_between_dashes_or_without_a_year_are_read(text: str, day_first: bool, expected: str) -> None:
    assert read_date(text, day_first=day_first) == (expected, False)


def test_half_a_character_in_a_text_is_replaced_and_reported() -> None:
    (row,) = tabular.read("Name,Email\nJo\ud800,jo@x.fr\n")
    assert row.draft.full_name == "Jo\ufffd"
    assert [problem.code for problem in row.problems] == ["encoding"]


@pytest.mark.parametrize(
    "name",
    [
        "Müller GmbH & Co. KG",
        "Bois & Fils SARL",
        "Acme, Inc.",
        "Acme Ltd",
        "Drewno Sp. z o.o.",
        "Drewno sp. z o. o.",
        "Legno S.r.l.",
        "Legno SpA",
        "Maderas S.L.",
        "Turnverein e.V.",
        "Nestlé SA",
        "Bois & Fils",
        "Groß und Söhne",
    ],
)
def test_a_name_with_a_legal_form_is_a_companys(name: str) -> None:
    (row,) = tabular.read(f'Name,E-mail\n"{name}",\n')
    assert (row.draft.company, row.draft.full_name, row.draft.is_company) == (name, "", True)
    assert row.draft.cells["company"] == "Name"


@pytest.mark.parametrize("name", ["Ana Sá", "ANA SA", "Jane Doe", "Bo Skog", "Inc", "Jan Kowalski jr."])
def test_a_name_without_a_legal_form_is_a_persons(name: str) -> None:
    (row,) = tabular.read(f"Name,E-mail\n{name},\n")
    assert row.draft.full_name == name


def test_a_row_whose_name_is_its_company_is_the_company() -> None:
    one, other = tabular.read("Customer,Company,E-mail\nBois,BOIS,i@bois.fr\nAnn Lee,Bois,a@bois.fr\n")
    assert (one.draft.is_company, one.draft.company) == (True, "BOIS")
    assert (other.draft.full_name, other.draft.company) == ("Ann Lee", "Bois")


@pytest.mark.parametrize(
    ("name", "given", "family"),
    [
        ("DUPONT Jean", "Jean", "DUPONT"),
        ("DE LA FONTAINE Jean-Pierre", "Jean-Pierre", "DE LA FONTAINE"),
        ("Jean DUPONT", "Jean", "DUPONT"),
        ("JEAN DUPONT", "JEAN", "DUPONT"),
        ("JP Morgan", "JP", "Morgan"),
        ("J. R. Ewing", "J.", "Ewing"),
        ("Jane Doe (Bois)", "Jane", "Doe"),
        ("Jane (Janie) Doe", "Jane", "Doe"),
        ("Mr & Mrs Smith", "", "Smith"),
        ("Mr. and Mrs. John Smith", "John", "Smith"),
    ],
)
def test_a_family_name_in_capitals_may_come_first_and_remarks_are_no_names(name: str, given: str, family: str) -> None:
    read = split_full_name(name)
    assert (read.given, read.family, read.full) == (given, family, name)


def test_words_in_brackets_behind_a_number_are_refused_by_the_number_itself() -> None:
    with pytest.raises(Invalid) as caught:
        PhoneNumber("0711/123-0 (Zentrale)", "DE")
    assert caught.value.code == "phone-syntax"
    assert PhoneNumber("1 (800) FLOWERS", "US").e164 == "+18003569377"


@pytest.mark.parametrize(
    ("cells", "language", "expected"),
    [
        (["Total", "", "", "10"], "fr", True),
        (["TOTAL GÉNÉRAL :", "1 234,50"], "fr", True),
        (["Gesamtsumme", "12"], "de", True),
        (["Razem", "12"], "pl", True),
        (["Total records: 1"], "en", True),
        (["Total", "Paris", "10"], "fr", False),
        (["Total"], "fr", False),
        (["Razem", "12"], "en", False),
        (["Nombre Jean", "12"], "fr", False),
    ],
)
def test_a_word_for_a_total_and_numbers_are_the_end_of_a_list(cells: list[str], language: str, expected: bool) -> None:
    assert total_line(cells, language) is expected


def test_a_date_without_a_year_tells_the_order_only_with_a_slash() -> None:
    assert evidence(["12/25"]) is False
    assert evidence(["25/12"]) is True
    assert evidence(["04-25"]) is None


@pytest.mark.parametrize("header", ["Phone", "E-mail", "Tags", "Website", "Name", "Birthday", "Notes"])
@pytest.mark.parametrize("cell", ["a;{}b", "01 44{}@x.fr", "({}(", "1{}1 or{}2", "www.a{}www.b"])
def test_a_long_cell_of_blanks_is_read_in_one_pass(header: str, cell: str) -> None:
    """Looked at once more from every blank, these cells would take hours."""
    text = cell.format(*["  " * 100_000] * 2)
    (row,) = tabular.read(f'Number,{header}\n1,"{text}"\n')
    expect_same(row.cells[1], text)


@pytest.mark.req("IMP-2")
@pytest.mark.parametrize("header", ["Phone", "E-mail", "Website", "Tags"])
def test_a_cell_of_very_many_values_is_kept_and_reported(header: str) -> None:
    one = {"E-mail": "jo{}@x.fr", "Website": "www.x{}.fr"}.get(header, "x{}")
    cell = ";".join(one.format(n) for n in range(1_001))
    (row,) = tabular.read(f'Name,{header}\nJo,"{cell}"\n')
    assert row.draft.unmapped == {header: cell}
    assert [problem.code for problem in row.problems] == ["too-many-values"]


@pytest.mark.req("IMP-2")
@pytest.mark.parametrize(
    "nothing", ["-", "–", "--", "...", "?", "N/A", "n/a", "#N/A", "#REF!", "NULL", "nan", "(none)"]
)
def test_a_cell_that_says_that_there_is_none_makes_no_company(nothing: str) -> None:
    (row,) = tabular.read(f"First name,Last name,Company\nJo,Doe,{nothing}\n")
    assert row.draft.company == ""
    assert row.draft.unmapped == {"Company": nothing}


@pytest.mark.parametrize("name", ["3M", "&", "+1", "A-", "N/A Records", "None & Sons", "李", "!!!"])
def test_a_short_company_is_one_all_the_same(name: str) -> None:
    (row,) = tabular.read(f"First name,Last name,Company\nJo,Doe,{name}\n")
    assert row.draft.company == name


@pytest.mark.parametrize(
    "row", ["\ufeffKos;Jo;a@x.example", '\ufeff"Kos";Jo;a@x.example', '\ufeff"Kos";"Jo";"a@x.example"']
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_the_mark_of_a_file_that_was_put_behind_another_is_no_part_of_a_name(row: str, encoding: str) -> None:
    table = tabular.read(f"Nachname;Vorname;E-Mail\nDupont;Jean;j@x.example\n{row}\n".encode(encoding))
    assert [row.draft.family for row in table] == ["Dupont", "Kos"]


_PARTS = {"First name": "given", "Last name": "family", "Name": "full_name", "Company": "company"}


@pytest.mark.parametrize(
    "mark", ["-", "—", ".", "?", "N/A", "#N/A", "[not provided]", "[[Unknown]]", "-None-", "(blank)", "(leer)"]
)
@pytest.mark.parametrize("header", [*_PARTS, "Street", "City", "Country", "Nickname"])
def test_a_mark_for_no_value_is_no_name_and_no_place_and_is_kept(header: str, mark: str) -> None:
    (row,) = tabular.read(f"E-mail;{header};Birthday\njo@x.fr;{mark};1980-05-06\n")
    draft = row.draft
    assert (draft.unmapped, draft.addresses) == ({header: mark}, ())
    assert [getattr(draft, name) for name in (*_PARTS.values(), "nickname")] == [""] * 5


@pytest.mark.parametrize("name", ["Null", "Nan", "None", "J.", "O", "-Lee", "[sic]", "N'Dour"])
def test_a_name_that_may_be_one_is_no_mark(name: str) -> None:
    (row,) = tabular.read(f"First name;Last name;City\nJo;{name};{name}\n")
    assert (row.draft.family, row.draft.addresses[0].city, row.draft.unmapped) == (name, name, {})


@pytest.mark.parametrize("word", ["Firma", "Fa.", "Société", "SARL", "Company", "GmbH"])
def test_a_salutation_of_a_company_is_that_of_nobody(word: str) -> None:
    table = f"Anrede;Firma;Vorname;Nachname\n{word};Bois;Eva;Meier\n{word};;;Huber\nFrau;;;Huber\n"
    people, company, person = (row.draft for row in tabular.read(table))
    assert (people.prefix, people.given, people.family, people.company) == ("", "Eva", "Meier", "Bois")
    assert (company.prefix, company.family, company.company) == ("", "", "Huber")
    assert people.unmapped == company.unmapped == {"Anrede": word}
    assert (person.prefix, person.family, person.company) == ("Frau", "Huber", "")
