"""A cell that says whether a row is about a person or a company decides, unless the names of the row contradict it."""

from __future__ import annotations

import pytest

from contactcore.formats import tabular
from contactcore.formats.drafts import Draft

pytestmark = pytest.mark.req("IMP-1", "IMP-2")


def draft(text: str, language: str = "en") -> Draft:
    (row,) = tabular.read(text, language=language)
    return row.draft


@pytest.mark.parametrize(
    ("header", "company", "person", "language"),
    [
        ("Is a Company", "TRUE", "FALSE", "en"),
        ("is_company", "1", "0", "en"),
        ("Company Type", "Company", "Individual", "en"),
        ("Type", "Organization", "Person", "en"),
        ("Est une société", "oui", "non", "fr"),
        ("Type", "Société", "Particulier", "fr"),
        ("Typ", "Unternehmen", "Privatperson", "de"),
        ("Rodzaj", "Firma", "Osoba prywatna", "pl"),
        ("Tipo de persona", "Persona jurídica", "Persona física", "es"),
        ("Tipo", "Azienda", "Privato", "it"),
        ("Тип", "Организация", "Физ. лицо", "ru"),
    ],
)
def test_the_name_of_a_row_is_of_the_kind_that_its_cell_says(
    header: str, company: str, person: str, language: str
) -> None:
    name = {"fr": "Nom", "de": "Name", "pl": "Imię i nazwisko", "es": "Nombre", "it": "Nome", "ru": "ФИО"}.get(
        language, "Name"
    )
    rows = list(
        tabular.read(f"{header};{name}\n{company};Azure Interior\n{person};Azure Interior\n", language=language)
    )
    first, second = (row.draft for row in rows)
    assert (first.company, first.full_name, first.is_company) == ("Azure Interior", "", True)
    assert (second.company, second.full_name, second.is_company) == ("", "Azure Interior", False)
    assert first.unmapped == second.unmapped == {}


def test_a_company_in_the_column_of_family_names_is_one_if_a_cell_says_so() -> None:
    found = draft("Type,Nom,Prénom\nSociété,Bois & Chêne,\n", "fr")
    assert (found.company, found.family) == ("Bois & Chêne", "")


def test_a_person_whose_name_ends_like_a_company_stays_one_if_a_cell_says_so() -> None:
    assert draft("Company Type,Name\nIndividual,Mary Limited\n").full_name == "Mary Limited"


def test_what_a_company_belongs_to_is_kept_beside_it() -> None:
    found = draft("Is a Company,Name,Related Company\nTrue,Azure Interior,Azure Group\n")
    assert (found.company, found.unmapped) == ("Azure Interior", {"Related Company": "Azure Group"})


@pytest.mark.parametrize(
    "row",
    [
        "Company Type,First name,Last name,Company\nCompany,Ann,Lee,Azure\n",
        "Company Type,Company\nIndividual,Azure\n",
        "Company Type,Name\nPublic,Ann Lee\n",
    ],
)
def test_a_cell_that_the_names_contradict_or_that_is_unknown_is_kept_and_decides_nothing(row: str) -> None:
    lines = row.splitlines()
    found = draft(row)
    assert found.unmapped == {"Company Type": lines[1].split(",")[0]}
    without = draft(f"{lines[0].partition(',')[2]}\n{lines[1].partition(',')[2]}\n")
    assert (found.given, found.family, found.full_name, found.company) == (
        *(without.given, without.family, without.full_name, without.company),
    )


def test_a_column_named_type_with_other_words_is_no_kind() -> None:
    table = tabular.read("Type,Name\nCompany,Azure\nSupplier,Bois\n")
    assert table.mapping.as_dict()["Type"] == "ignore"
