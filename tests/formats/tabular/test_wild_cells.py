"""Cells as people and spreadsheets write them: numbers with words around them, formulas that hold text, odd dates."""

from __future__ import annotations

import pytest

from contactcore.formats import tabular
from contactcore.formats.drafts import Draft
from contactcore.formats.tabular.dates import read_date

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
