"""Countries, currencies and addresses."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from babel import Locale
from babel.core import get_global

from contactcore.errors import Invalid
from contactcore.values import Address, Currency, country_name, currency_name, is_currency, iso_codes, read_country

NO_COUNTRIES = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}
"""What CLDR names beside the countries: islands without a code of their own, unions, tests."""


def test_the_codes_of_countries_are_those_of_cldr() -> None:
    named = {code for code in map(str, Locale("en").territories) if len(code) == 2 and code.isalpha()}
    assert named - NO_COUNTRIES == iso_codes.COUNTRY_CODES


def test_the_codes_of_currencies_are_among_those_of_cldr() -> None:
    assert set(get_global("all_currencies")) > iso_codes.CURRENCY_CODES
    assert len(iso_codes.CURRENCY_CODES) > 150


def test_the_other_names_of_countries_are_plain_and_lead_to_countries() -> None:
    for name, code in iso_codes.COUNTRY_ALIASES.items():
        assert name.isascii()
        assert name == name.lower()
        assert code in iso_codes.COUNTRY_CODES
        assert read_country(name) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *((text, "DE") for text in ("DE", "de", "DEU", "Germany", "ALLEMAGNE", "Deutschland", "Niemcy", "Alemania")),
        *((text, "GB") for text in ("UK", "U.K.", "England", "United Kingdom", "Royaume-Uni", "Wielka Brytania")),
        *((text, "US") for text in ("USA", "U.S.A.", "United States of America", "États-Unis", "etats unis")),
        *((text, "HU") for text in ("Magyarország", "Hungary", "Węgry", "Ungheria")),
        *((text, "JP") for text in ("日本", "Japon", " Japan ")),
        *(("D", "DE"), ("A", "AT"), ("F", "FR"), ("I", "IT"), ("FL", "LI"), ("SLO", "SI")),
        ("Kosovo", "XK"),
        ("Côte d’Ivoire", "CI"),
        *((text, None) for text in ("", "Narnia", "75001", "EU", "ZZ", "x" * 1_000, "--")),
    ],
)
@pytest.mark.req("DIR-4")
def test_a_country_is_read_by_code_or_name(text: str, code: str | None) -> None:
    assert read_country(text) == code


def test_names_are_given_in_the_language_that_is_asked_for() -> None:
    assert country_name("FR", "pl") == "Francja"
    assert country_name("FR", "fr-CA") == country_name("FR", "fr_XX") == "France"
    assert country_name("FR", "no such thing") == "France"
    assert country_name("??", "fr") == "??"
    assert currency_name("USD", "fr") == "dollar des États-Unis"


@pytest.mark.req("DIR-6")
def test_a_currency_is_taken_in_any_case_and_refused_when_unknown() -> None:
    assert str(Currency(" pln ")) == "PLN"
    assert Currency("eur") == Currency("EUR")
    assert is_currency("FRF")
    for text in ("", "EURO", "€", "xyz", "e u", "ＥＵＲ"):
        with pytest.raises(Invalid) as refused:
            Currency(text)
        assert refused.value.code == "currency-unknown"


@pytest.mark.req("DIR-12")
@pytest.mark.parametrize(
    ("parts", "lines"),
    [
        ({"country": "FR", "postal_code": "75011", "city": "Paris"}, ("1 Main St", "Apt 2", "75011 Paris")),
        ({"country": "PL", "postal_code": "00-950", "city": "Warszawa"}, ("1 Main St", "Apt 2", "00-950 Warszawa")),
        ({"country": "US", "postal_code": "62701", "city": "Springfield", "region": "IL"},
         ("1 Main St", "Apt 2", "Springfield, IL 62701")),
        ({"country": "US", "postal_code": "62701"}, ("1 Main St", "Apt 2", "62701")),
        ({"country": "US", "region": "IL"}, ("1 Main St", "Apt 2", "IL")),
        ({"country": "CA", "postal_code": "H2Y 1C6", "city": "Montréal", "region": "QC"},
         ("1 Main St", "Apt 2", "Montréal QC H2Y 1C6")),
        ({"country": "GB", "postal_code": "SW1A 1AA", "city": "London"}, ("1 Main St", "Apt 2", "London", "SW1A 1AA")),
        ({"country": "HU", "postal_code": "1011", "city": "Budapest"}, ("Budapest", "1 Main St", "Apt 2", "1011")),
        ({"country": "IT", "postal_code": "20121", "city": "Milano", "region": "MI"},
         ("1 Main St", "Apt 2", "20121 Milano MI")),
        ({"country": "BR", "postal_code": "01310-100", "city": "São Paulo", "region": "SP"},
         ("1 Main St", "Apt 2", "São Paulo - SP", "01310-100")),
        ({"country": "JP", "postal_code": "100-0001", "city": "Chiyoda-ku", "region": "Tokyo"},
         ("1 Main St", "Apt 2", "Chiyoda-ku, Tokyo", "100-0001")),
        ({"country": "JP", "postal_code": "100-0001", "city": "千代田区", "region": "東京都", "street": "丸の内1-1"},
         ("〒100-0001", "東京都千代田区", "丸の内1-1 Apt 2")),
        ({"po_box": "12", "city": "Oslo"}, ("1 Main St", "Apt 2", "PO Box 12", "Oslo")),
    ],
)  # fmt: skip # one case a line
def test_an_address_is_written_as_its_country_does(parts: dict[str, str], lines: tuple[str, ...]) -> None:
    address = Address(**({"street": "1 Main St", "street2": "Apt 2"} | parts))  # type: ignore[arg-type] # all text
    assert address.lines(home=address.country) == lines


def test_the_country_is_the_last_line_in_the_language_of_the_reader() -> None:
    address = Address("Main St 1", city="Köln", postal_code="50667", country="DEU")
    assert address.format("fr") == "Main St 1\n50667 Köln\nAllemagne"
    assert str(address).endswith("\nGermany")
    assert address.lines(home="DE")[-1] == "50667 Köln"


def test_a_country_that_cannot_be_read_is_kept_as_text() -> None:
    address = Address(city="Cair Paravel", country=" Narnia ")
    assert (address.country, address.country_text) == ("", "Narnia")
    assert address.lines() == ("Cair Paravel", "Narnia")
    assert attrs.evolve(address, country="France").country_text == ""


def test_an_address_that_is_given_whole_is_shown_as_it_was_given() -> None:
    address = Address(city="Lyon", formatted=" chez Jo\r\n\r\n69006 Lyon ")
    assert address.lines() == ("chez Jo", "69006 Lyon")


@pytest.mark.req("DIR-4")
@pytest.mark.parametrize("parts", [{}, {"label": "Home"}, {"billing": True}, {"street": "  ", "country": "\t"}])
def test_an_address_that_tells_nothing_is_refused(parts: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        Address(**parts)
    assert refused.value.code == "address-empty"


@pytest.mark.req("DIR-4")
def test_a_refused_address_names_each_part_that_is_wrong() -> None:
    with pytest.raises(Invalid) as refused:
        Address("1 rue\x00", city="Ly\ud800on", formatted="x" * 10_001, country="France")
    assert [(problem.path, problem.code) for problem in refused.value.problems] == [
        ("street", "text-nul"),
        ("city", "text-surrogate"),
        ("formatted", "text-too-long"),
    ]


def test_an_address_with_a_country_or_region_alone_is_kept_and_told() -> None:
    assert Address(country="FR").is_empty
    assert Address(region="Bretagne").is_empty
    assert not Address(city="Lyon").is_empty


def test_an_address_can_be_changed_and_given_again() -> None:
    address = Address("1 rue Vauban", city="Lyon", country="FR", label="Office", billing=True)
    assert attrs.evolve(address, city="Paris").city == "Paris"
    assert Address(**attrs.asdict(address)) == address
