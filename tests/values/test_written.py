"""Dates, numbers and answers as people of several languages write them (IMP-11)."""

from __future__ import annotations

import pytest

from contactcore.errors import Invalid
from contactcore.values import PhoneNumber
from contactcore.values.written_dates import read_date, says_no_date
from contactcore.values.written_values import read_number, read_yes_no

pytestmark = pytest.mark.req("IMP-11")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("14 Feb", "--02-14"),
        ("Feb 14", "--02-14"),
        ("14-Feb", "--02-14"),
        ("February 14th", "--02-14"),
        ("14. Februar", "--02-14"),
        ("14 février", "--02-14"),
        ("1er janvier", "--01-01"),
        ("14 lutego", "--02-14"),
        ("14 luty", "--02-14"),
        ("14 de febrero", "--02-14"),
        ("14 febbraio", "--02-14"),
        ("14 februari", "--02-14"),
        ("14 mei", "--05-14"),
        ("14 de fevereiro de 1980", "1980-02-14"),
        ("14 Feb 1980", "1980-02-14"),
        ("29 Feb", "--02-29"),
        ("30 Feb", None),
        ("14 Foo", None),
        ("Feb 1980 Feb", None),
        ("1" * 100_000, None),
    ],
)
def test_a_date_with_the_name_of_a_month_is_read_with_or_without_its_year(text: str, expected: str | None) -> None:
    assert read_date(text, day_first=True) == (expected, False)


@pytest.mark.parametrize(
    "text",
    [
        *("0/0/00", "00.00.0000", "0000-00-00 00:00:00", "00/01/1900", "1/0/1900", "0/1/1900", "1900-01-00"),
        *("30/12/1899", "12/30/1899", "1899-12-30", "1899-12-31T00:00:00", "0-Jan-00", "00-janv.-1900"),
        *("Jan 0, 1900", "01.01.1900", "1900-01-01", "0001-01-01", "01/01/0001 00:00:00", "0", "0.0"),
    ],
)
def test_the_dates_that_programs_write_for_none_say_no_date(text: str) -> None:
    assert says_no_date(text)


@pytest.mark.parametrize("text", ["01.01.2000", "01/01/1901", "31/12/1898", "10/01/1900", "1970-01-01", "", "0" * 99])
def test_other_dates_say_one(text: str) -> None:
    assert not says_no_date(text)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("1,5", "fr", 1.5),
        ("1,5", "de-CH", 1.5),
        ("1,5", "en", None),
        ("1.5", "de", 1.5),
        ("1.234", "de", 1234),
        ("1.234", "fr", 1.234),
        ("1,234", "en", 1234),
        ("1,234", "es-MX", 1234),
        ("1.234.567,89", "it", 1234567.89),
        ("1,234,567.89", "pl", 1234567.89),
        ("1\u202f234\u00a0567,8", "fr", 1234567.8),
        ("1'234.5", "de", 1234.5),
        ("-1,5", "nl", -1.5),
        ("\u22121,5", "fr", -1.5),
        ("1 2345", "fr", None),
        ("1.23.4", "de", None),
        ("1,2,3", "fr", None),
        ("1.234,5.6", "de", None),
        ("", "fr", None),
        ("12 %", "fr", None),
        ("1.5", "", 1.5),
        ("1,5", "", None),
        ("9" * 1_000, "fr", None),
    ],
)
def test_a_number_is_read_in_the_notation_of_its_language(text: str, language: str, expected: float | None) -> None:
    assert read_number(text, language) == expected


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("oui", "fr", True),
        ("TAK", "pl", True),
        ("t", "pl", True),
        ("t", "en", None),
        ("nie", "pl", False),
        ("nein", "fr", False),
        ("sí", "es", True),
        ("n", "de", False),
        ("FAŁSZ", "pl", False),
        ("nee", "nl", False),
        ("1", "fr", True),
        ("x", "fr", None),
        ("oui", "", None),
        ("yes", "", True),
    ],
)
def test_an_answer_is_read_in_its_language(text: str, language: str, expected: bool | None) -> None:
    assert read_yes_no(text, language) is expected


@pytest.mark.req("DIR-3")
def test_a_national_number_is_that_of_the_first_country_where_it_is_valid() -> None:
    assert str(PhoneNumber.parse_in("06 12 34 56 78", ["US", "FR", "DE"])) == "+33612345678"
    assert str(PhoneNumber.parse_in("(212) 555-1234", ["US", "FR"])) == "+12125551234"
    assert str(PhoneNumber.parse_in("123-456-7890", ["US", "FR"], "work")) == "+11234567890"
    with pytest.raises(Invalid, match="too few digits"):
        PhoneNumber.parse_in("12", ["FR", "US"])
    with pytest.raises(Invalid, match="No country is given"):
        PhoneNumber.parse_in("01 44 55 66 77", ["", ""])
