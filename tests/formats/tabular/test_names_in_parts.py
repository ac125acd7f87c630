"""Columns called "name" beside others that hold parts of names, and names in files without a header."""

from __future__ import annotations

import pytest

from contactcore.formats import tabular

pytestmark = pytest.mark.req("IMP-1")


@pytest.mark.parametrize(
    "table",
    [
        "Name;Nachname;E-Mail\nAnna;Schmidt;anna@x.example\nBo;Li;bo@x.example\n",
        "Name;Familienname;Telefon\nAnna;Schmidt;0221 123456\nBo;Li;0221 123457\n",
        "Name;Surname;Email\nAnna;Schmidt;anna@x.example\nBo;Li;bo@x.example\n",
    ],
)
def test_a_name_beside_a_family_name_is_the_given_one(table: str) -> None:
    assert [(row.draft.given, row.draft.family) for row in tabular.read(table)] == [("Anna", "Schmidt"), ("Bo", "Li")]


@pytest.mark.parametrize(
    ("whole", "part"),
    [
        ("Name", "Surname"),
        ("Name", "Last Name"),
        ("Name", "First Name"),
        ("Name", "Nachname"),
        ("Name", "Vorname"),
        ("Nom", "Prénom"),
        ("Nombre", "Apellidos"),
        ("Nome", "Cognome"),
    ],
)
def test_a_name_that_holds_the_part_beside_it_is_the_whole_name(whole: str, part: str) -> None:
    given = part in {"First Name", "Vorname", "Prénom"}
    rows = "Anna Mai;Anna\nBo Li;Bo\n" if given else "Anna Mai;Mai\nBo Li;Li\n"
    assert [row.draft.full_name for row in tabular.read(f"{whole};{part}\n{rows}")] == ["Anna Mai", "Bo Li"]


def test_names_without_a_header_may_have_several_words() -> None:
    rows = "Luigi;Verdi;luigi@x.example\nPaolo;De Macchia;paolo@x.example\nAnna Maria;Rossi;anna@x.example\n"
    found = [(row.draft.given, row.draft.family) for row in tabular.read(rows)]
    assert found == [("Luigi", "Verdi"), ("Paolo", "De Macchia"), ("Anna Maria", "Rossi")]


@pytest.mark.parametrize("more", [("Roma", "Reggio Emilia", "Bari"), ("Roma;Italia", "Bari;Italia", "Prato;Italia")])
def test_the_places_behind_whole_names_without_a_header_are_no_names(more: tuple[str, ...]) -> None:
    people = ("Luigi Verdi", "Paolo De Macchia", "Anna Rossi")
    rows = "".join(
        f"{name};{place};x{at}@x.example\n" for at, (name, place) in enumerate(zip(people, more, strict=True))
    )
    assert [(row.draft.full_name, row.draft.family) for row in tabular.read(rows)] == [(one, "") for one in people]


def test_companies_before_names_without_a_header_are_no_names() -> None:
    rows = "Bois et Fils SARL;Jean;Dupont;jean@x.example\nHolz GmbH;Ann;Lee;ann@x.example\n"
    assert [(row.draft.given, row.draft.family) for row in tabular.read(rows)] == [("Jean", "Dupont"), ("Ann", "Lee")]
