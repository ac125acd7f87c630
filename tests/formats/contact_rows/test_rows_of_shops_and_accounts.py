"""Rows of Odoo, Xero, WordPress, WooCommerce and Shopify, and of programs of databases (IMP-1, IMP-2)."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contactcore import Address, Company, Person
from contactcore.formats.contact_rows.mapped_row import MappedRow
from formats.contact_rows.test_plain_rows import assert_same, both_ways
from support.seeds import examples

XERO = (
    "*ContactName|AccountNumber|EmailAddress|FirstName|LastName|POAttentionTo|POAddressLine1|POAddressLine2|POCity|"
    "PORegion|POPostalCode|POCountry|SAAddressLine1|SACity|SAPostalCode|SACountry|PhoneNumber|DDINumber"
)
WORDPRESS = (
    "ID|user_login|user_email|first_name|last_name|billing_company|billing_email|billing_phone|billing_address_1|"
    "billing_postcode|billing_city|billing_country|shipping_first_name|shipping_address_1|shipping_city"
)
SHOPIFY = "Customer ID|First Name|Last Name|Email|Company|Address1|City|Country Code|Zip|Phone"
ODOO = "Display Name|Related Company/Display Name|Email"


def mapped(headers: str, *rows: str, **given: Any) -> list[MappedRow]:
    """The rows as the mapping of rows gives them; those that the quick way reads too are the same."""
    found = both_ways(_file(headers, *rows), "en", **{"country": "US", **given})
    for careful, quick in found:
        if quick is not None:
            assert_same(careful, quick)
    return [careful for careful, _ in found]


def _file(headers: str, *rows: str) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([headers.split("|"), *(row.split("|") for row in rows)])
    return text.getvalue().encode()


def person_of(row: MappedRow) -> Person:
    assert isinstance(row.contact, Person)
    return row.contact


@pytest.mark.req("IMP-1")
def test_a_complete_name_of_odoo_is_the_company_and_the_person_and_is_kept() -> None:
    (row,) = mapped(ODOO, "Azure Interior, Brandon Freeman|Azure Interior|b@azure.example")
    person = person_of(row)
    assert (person.given_name, person.family_name) == ("Brandon", "Freeman")
    assert [one.name for one in row.employers] == ["Azure Interior"]
    assert person.unmapped == {"Display Name": "Azure Interior, Brandon Freeman"}


@pytest.mark.req("IMP-1")
@pytest.mark.parametrize("name", ["Smith, John", "Smith, John Paul"])
def test_a_family_name_before_a_comma_stays_one_where_the_company_has_it_too(name: str) -> None:
    (row,) = mapped("Name|Company|Email", f"{name}|Smith|j@smith.example")
    assert person_of(row).family_name == "Smith"
    assert person_of(row).given_name == "John"


@pytest.mark.req("IMP-1")
def test_a_contact_name_of_xero_with_other_words_than_its_person_is_the_company() -> None:
    rows = mapped(
        XERO,
        "Bayside Club|A1|bob@bayside.example|Bob|Partridge|||||||||||||",
        "Jo M. Doe||jo@x.example|Jo|Doe|||||||||||||",
        "Doe Ltd||jo@x.example|Jo|Doe|||||||||||||",
        "Doe Plumbing||jo@x.example|Jo|Doe|||||||||||||",
    )
    assert [[one.name for one in row.employers] for row in rows] == [["Bayside Club"], [], ["Doe Ltd"], []]
    assert [person_of(row).full_name for row in rows] == ["", "Jo M. Doe", "", "Doe Plumbing"]
    assert [person_of(row).family_name for row in rows] == ["Partridge", "Doe", "Doe", "Doe"]
    assert person_of(rows[0]).unmapped == {"AccountNumber": "A1"}


@pytest.mark.req("IMP-1")
def test_the_postal_and_the_street_address_and_the_direct_number_of_xero_are_read() -> None:
    (row,) = mapped(
        XERO,
        "Bayside Club||b@x.example|Bob|Lee|Ann Ray|PO Box 3354|South Centre|Oaktown|NY|12345|USA|2024 Main St|Oaktown|"
        "12346|USA|212 555 1234|212 555 1235",
    )
    person = person_of(row)
    assert person.addresses == (
        Address("PO Box 3354", "South Centre", "Oaktown", "NY", "12345", "US", label="work"),
        Address("2024 Main St", "", "Oaktown", "", "12346", "US", label="other"),
    )
    assert [(str(one), one.kind) for one in person.phones if not isinstance(one, str)] == [
        ("+12125551234", ""),
        ("+12125551235", "work"),
    ]
    assert person.unmapped == {"POAttentionTo": "Ann Ray"}


@pytest.mark.req("IMP-1")
def test_the_address_of_a_user_of_wordpress_is_an_address_of_the_person() -> None:
    (row,) = mapped(
        WORDPRESS,
        "3|jo|jo@x.example|Jo|Doe|Bois|office@x.example|212 555 1234|1 Main St|12345|Oaktown|US|Ann|2 Side St|Oakville",
    )
    person = person_of(row)
    assert [(str(one), one.kind) for one in person.emails] == [("jo@x.example", ""), ("office@x.example", "work")]
    assert [(one.street, one.label) for one in person.addresses] == [("1 Main St", "work"), ("2 Side St", "other")]
    assert person.unmapped == {"user_login": "jo", "shipping_first_name": "Ann"}


@pytest.mark.req("IMP-1")
def test_the_address_of_a_user_of_another_program_is_nobodys_own() -> None:
    (row,) = mapped("Name|Email|User Email", "Jo Doe|jo@x.example|agent@firm.example")
    assert [str(one) for one in person_of(row).emails] == ["jo@x.example"]
    assert person_of(row).unmapped == {"User Email": "agent@firm.example"}


@pytest.mark.req("IMP-1")
def test_an_apostrophe_before_the_digits_of_a_code_is_no_part_of_it() -> None:
    (row,) = mapped(SHOPIFY, "'0123|Jo|O'Neil|jo@x.example|'t Hof|1 Main St|Boston|US|'02101|'212 555 1234")
    person = person_of(row)
    assert (person.external_id, person.addresses[0].postal_code) == ("0123", "02101")
    assert [str(one) for one in person.phones] == ["+12125551234"]
    assert (person.family_name, [one.name for one in row.employers]) == ("O'Neil", ["'t Hof"])


@pytest.mark.req("IMP-1")
@pytest.mark.parametrize(
    ("header", "cell", "read"),
    [
        ("ID", "'0123", "0123"),
        ("ID", "'A1", "'A1"),
        ("Zip", "'02101", "02101"),
        ("Zip", "'s-Gravenhage", "'s-Gravenhage"),
    ],
)
def test_an_apostrophe_is_read_alike_in_a_row_that_is_plain_but_for_it(header: str, cell: str, read: str) -> None:
    (row,) = mapped(f"First Name|Last Name|City|{header}", f"Jo|Doe|Boston|{cell}")
    person = person_of(row)
    assert (person.external_id if header == "ID" else person.addresses[0].postal_code) == read


@pytest.mark.req("IMP-1")
@pytest.mark.parametrize("cell", ["<https://x.example/a>", "https://x.example/a"])
def test_a_website_in_angle_brackets_is_a_website(cell: str) -> None:
    (row,) = mapped("Name|Website|Email", f"Jo Doe|{cell}|jo@x.example")
    assert [str(one) for one in person_of(row).websites] == ["https://x.example/a"]
    assert row.problems == ()


@pytest.mark.req("IMP-2")
@pytest.mark.parametrize(
    "line", ["(2 rows affected)", "(1 row affected)", "(2 rows)", "2 rows affected", "(2 Zeile(n) betroffen)"]
)
def test_the_number_of_rows_below_a_query_is_no_contact(line: str) -> None:
    jo, last = mapped("Name|Email", "Jo Doe|jo@x.example", f"{line}|")
    assert person_of(jo).given_name == "Jo"
    assert last.contact is None
    assert [one.code for one in last.problems] == ["total-line"]


@pytest.mark.req("IMP-2")
def test_a_row_with_such_a_name_and_an_address_is_a_contact() -> None:
    row, band = mapped("Company|Email", "(2 rows)|jo@x.example", "2 Rows|")
    assert isinstance(row.contact, Company)
    assert isinstance(band.contact, Company)


CELLS = st.sampled_from(
    (
        *("", "", "Azure Interior", "Azure Interior, Jo Doe", "azure interior, Jo Doe", "Azure Interior,Jo Doe"),
        *("Smith", "Smith, John", "Smith, John Paul", "Doe", "Jo", "Jo Doe", "Doe Ltd", "Doe Plumbing", "Bayside Club"),
        *("'0123", "'02101", "'t Hof", "'212 555 1234", "02101", "212 555 1234", "'", "''1", "'1", "<x.example>"),
        *("<https://x.example>", "<", "<>", "<a><b>", "(2 rows)", "(2 rows affected)", "2 rows", "12", "jo@x.example"),
        *("-", "n/a", "Firma", "PO Box 3354", "Boston", "US", "USA"),
    )
)


@st.composite
def tables(draw: st.DrawFn) -> bytes:
    """A file of one of the programs, in which any cell may hold anything."""
    headers = draw(st.sampled_from((ODOO, XERO, WORDPRESS, SHOPIFY, "Name|Company|Website|ID|ZIP")))
    width = headers.count("|") + 1
    rows = draw(st.lists(st.lists(CELLS, min_size=width, max_size=width).map("|".join), min_size=1, max_size=3))
    return _file(headers, *rows)


@pytest.mark.req("IMP-1")
@given(tables(), st.sampled_from(("US", "FR", "")))
@settings(max_examples=examples(75))
def test_a_plain_row_of_these_programs_gives_what_the_mapping_of_rows_gives(data: bytes, country: str) -> None:
    for careful, quick in both_ways(data, "en", country=country):
        if quick is not None:
            assert_same(careful, quick)
