"""Streets that a file keeps in several columns: the number of the house, and what stands beside the street."""

from __future__ import annotations

import pytest

from contactcore.formats import tabular

pytestmark = pytest.mark.req("IMP-1")


@pytest.mark.parametrize(
    ("headers", "cells", "street"),
    [
        ("Nachname;Vorname;Straße;Hausnummer;PLZ;Ort", "Kos;Jo;Ring;5a;50667;Köln", "Ring 5a"),
        ("nachname;vorname;hausnr;strasse;plz;ort", "Kos;Jo;5;Ring;50667;Köln", "Ring 5"),
        ("Name;Vorname;Straße;Nr.;PLZ;Ort", "Kos;Jo;Ring;5;50667;Köln", "Ring 5"),
        ("Nazwisko;Imię;Ulica;Nr domu;Nr lokalu;Kod pocztowy;Miasto", "Kos;Jan;Prosta;5;7;00-950;Wola", "Prosta 5/7"),
        ("Nazwisko;Imię;Ulica;Nr domu;Nr lokalu;Kod pocztowy;Miasto", "Kos;Jan;;12;;00-950;Wola", "12"),
        ("Nom;Prénom;N° de rue;Rue;CP;Ville", "Kos;Jo;12 bis;rue Haute;75001;Paris", "12 bis rue Haute"),
        ("Cognome;Nome;Via;N. civico;CAP;Città", "Kos;Jo;Via Roma;10;20121;Milano", "Via Roma 10"),
        ("Nombre;Apellidos;Calle;Número;CP;Ciudad", "Jo;Kos;Calle Mayor;5;28001;Madrid", "Calle Mayor 5"),
        ("First Name;Last Name;House Number;Street;City", "Jo;Kos;12;Main Street;Ely", "12 Main Street"),
        ("Nachname;Vorname;Straße;Hausnummer;PLZ;Ort", "Kos;Jo;Ring 5a;5a;50667;Köln", "Ring 5a"),
    ],
)
def test_the_number_of_the_house_stands_where_the_language_puts_it(headers: str, cells: str, street: str) -> None:
    (row,) = tabular.read(f"{headers}\n{cells}\n")
    assert [one.street for one in row.draft.addresses] == [street]
    assert row.draft.unmapped == {}


def test_the_number_of_the_house_follows_the_country_where_the_headers_are_english() -> None:
    table = tabular.read("Name,Street,House Number\nJo Kos,Ring,5\n", country="DE")
    assert [one.street for row in table for one in row.draft.addresses] == ["Ring 5"]


def test_each_address_has_its_own_number() -> None:
    header = "Name;Straße privat;Hausnummer privat;Straße geschäftlich;Hausnummer geschäftlich\n"
    (row,) = tabular.read(header + "Jo Kos;Ring;5;Gasse;7\n")
    assert [(one.label, one.street) for one in row.draft.addresses] == [("home", "Ring 5"), ("work", "Gasse 7")]


@pytest.mark.parametrize(
    "headers",
    [
        "Nom;Prénom;Complément d'adresse;Adresse;CP;Ville",
        "Nom;Prénom;Complément adresse;Adresse;CP;Ville",
        "Nachname;Vorname;Adresszusatz;Straße;PLZ;Ort",
    ],
)
def test_what_stands_beside_the_street_is_not_taken_for_it(headers: str) -> None:
    (row,) = tabular.read(f"{headers}\nKos;Jo;Hof 2;12 rue Haute;75001;Paris\n")
    assert [(one.street, one.extended) for one in row.draft.addresses] == [("12 rue Haute", "Hof 2")]
    assert row.draft.unmapped == {}
