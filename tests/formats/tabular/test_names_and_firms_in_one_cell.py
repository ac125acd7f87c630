"""One cell that holds a whole name, the family name first, or several companies."""

from __future__ import annotations

import pytest

from contactcore.formats import tabular

pytestmark = pytest.mark.req("IMP-1")


@pytest.mark.parametrize(
    ("header", "cell", "given", "family"),
    [
        ("Nazwisko i imię", "Nowak Jan", "Jan", "Nowak"),
        ("Cognome e nome", "Rossi Mario", "Mario", "Rossi"),
        ("Apellidos y nombre", "García Ana", "Ana", "García"),
        ("Nachname Vorname", "Mai Anna", "Anna", "Mai"),
        ("Nazwisko i imię", "Nowak, Jan", "", ""),  # a comma tells it by itself
        ("Cognome e nome", "De Luca Mario", "", ""),  # nobody can tell
        ("Imię i nazwisko", "Jan Nowak", "", ""),
    ],
)
def test_a_header_that_names_the_family_name_first_has_it_first(
    header: str, cell: str, given: str, family: str
) -> None:
    (row,) = tabular.read(f"{header};E-mail\n{cell};a@x.example\n")
    assert (row.draft.full_name, row.draft.given, row.draft.family) == (cell, given, family)


def test_a_company_below_such_a_header_stays_one() -> None:
    (row,) = tabular.read("Cognome e nome;E-mail\nLegno Srl;a@x.example\n")
    assert (row.draft.company, row.draft.given, row.draft.family) == ("Legno Srl", "", "")


@pytest.mark.parametrize(
    "headers",
    ["Organization 1 - Name,Organization 1 - Title,Phone 1 - Type", "Organization Name,Organization Title,Labels"],
)
def test_the_first_of_several_companies_of_google_is_the_contacts_own(headers: str) -> None:
    name, title, _ = headers.split(",")
    header = f"First Name,E-mail 1 - Label,E-mail 1 - Value,E-mail 1 - Type,{headers}\n"
    (row,) = tabular.read(header + "Jo,Work,jo@x.example,Work,Acme ::: Beta,CEO ::: CTO,\n")
    assert (row.draft.company, row.draft.position) == ("Acme", "CEO")
    assert (row.draft.unmapped[name], row.draft.unmapped[title]) == ("Acme ::: Beta", "CEO ::: CTO")
