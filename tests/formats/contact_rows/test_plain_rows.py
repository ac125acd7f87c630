"""A plain row gives the same contact as the mapping of rows, and most rows of real exports are plain."""

from __future__ import annotations

import csv
import io
import string
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contactcore import AccessPolicy, Settings
from contactcore.formats import tabular
from contactcore.formats.contact_rows.mapped_row import MappedRow
from contactcore.formats.contact_rows.mapping_options import MappingOptions
from contactcore.formats.contact_rows.plain_contacts import PlainContacts
from contactcore.formats.contact_rows.plain_rows import PlainRows
from contactcore.formats.contact_rows.row_columns import RowColumns
from contactcore.formats.contact_rows.row_mapper import RowMapper
from contactcore.formats.tabular.headers import meaning_of
from contactcore.mapping.contacts import body_of
from contactcore.values import Tag
from formats.tabular.test_known_exports import EXPORTS, WORDS, Export, exports
from support.seeds import examples

SETTINGS = Settings(country="FR", language="fr")


def both_ways(data: bytes, language: str = "fr", **given: Any) -> list[tuple[MappedRow, MappedRow | None]]:
    """Each row as the mapping of rows gives it, and as the quick way gives it; None for a row that is not plain."""
    columns = RowColumns.of(tabular.read(data, language=language), ())
    options = MappingOptions(
        columns=columns, access=AccessPolicy.PRIVATE, largest_row=500_000, **{"country": "FR", **given}
    )
    mapper = RowMapper(options, SETTINGS, lambda: "1")
    plain, contacts = PlainRows(options, SETTINGS), PlainContacts(options, lambda: "1")
    found: list[tuple[MappedRow, MappedRow | None]] = []
    for row in columns.table:
        content = None if row.problems else plain.read(row.cells)
        quick = None if content is None else contacts.mapped(row.line, row.number, content)
        found.append((mapper.map_row(row), quick))
    return found


def assert_same(careful: MappedRow, quick: MappedRow) -> None:
    """Both rows are equal to the last byte of what is stored of them."""
    assert careful == quick
    assert careful.contact is not None
    assert quick.contact is not None
    assert type(careful.contact) is type(quick.contact)
    assert careful.contact.access is quick.contact.access
    assert body_of(careful.contact) == body_of(quick.contact)


HOSTILE = (
    *("-", "n/a", "N/A", "unknown", "(clear)", "'=1+1", "\u200b", "\ufeffx", "a\u0301", "\u00e1", "Cafe\u0301 \u200d"),
    *("x ::: y", "['a', 'b']", "{a,b}", "[]", "* myContacts", "a;b", '"a", "b"', "a\nb", "a\r\nb", "\x0b", "\x85"),
    *("brak@danych", "Brak@x.fr", "'o@x.fr", "/o=x@x.fr", "jo@x.fr (home)", "JO@x.fr", "jo@X.FR", "INFO@x.fr", "jo@x"),
    *("01 44 55 66 77", "+33 (0)1 44 55 66 77", "0044 20 7946 0958", "00 33 1 44", "1.0", "33144556677.0", "911"),
    *("\u0660\u0661\u0662", "+33\u00a01\u00a044\u00a055\u00a066\u00a077", "call me", "3.3E+10", "06 12 34 56 78 x12"),
    *("FR", "fr", "FRA", "France", "Deutschland", "Atlantis", "75001 Paris", "https://x.fr", "x.fr", "@jo"),
    *("SARL", "Bois SARL", "Doe, Jo", "Dr. Jo van Doe", "Jo Doe Jr.", "Mme", "\u674e\u5c0f\u9f99", "x" * 1_001),
    *("Total", "12", "1969-04-03", "03/04/1969", "00/00/0000", "1969", "--04-03", "31/12/1899", "VIP", "vip", "Straße"),
)


@st.composite
def hostile(draw: st.DrawFn) -> Export:
    """A file of a known export in which any cell may hold anything."""
    export = draw(exports())
    cells = st.one_of(st.sampled_from(HOSTILE), st.sampled_from(WORDS[export.language]), st.text(max_size=8))
    rows = [[draw(cells) if draw(st.integers(0, 2)) == 0 else cell for cell in row] for row in export.rows]
    return attrs.evolve(export, rows=rows, encoding="utf-8")


def data_of(export: Export) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=export.delimiter, lineterminator="\r\n")
    writer.writerows([export.headers, *export.rows])
    return text.getvalue().encode(export.encoding, "surrogatepass" if export.encoding == "utf-8" else "replace")


@pytest.mark.req("IMP-1")
@pytest.mark.req("IMP-2")
@given(
    st.one_of(exports(), hostile()),
    st.sampled_from(["FR", "", "US"]),
    st.sampled_from([(), (Tag("vip"), Tag("Kunde"))]),
    st.sampled_from(["", "customer"]),
)
@settings(max_examples=examples(75))
def test_a_plain_row_gives_what_the_mapping_of_rows_gives(
    export: Export, country: str, tags: tuple[Tag, ...], kind: str
) -> None:
    for careful, quick in both_ways(data_of(export), export.language, country=country, tags=tags, type=kind):
        if quick is not None:
            assert_same(careful, quick)


def _usual_cell(header: str, language: str, number: int, at: int) -> str:  # noqa: C901, PLR0911 - one line for each kind of column
    """What the program of an export writes into a column for most contacts; `""` where most have nothing."""
    field = meaning_of(header, language) or ""
    word = WORDS[language][number % 2 * 4]
    if field.endswith(".label"):
        return ("Work", "Home", "Mobile")[number % 3]
    if field.startswith("emails"):
        return f"anne.lee{number}.{at}@bois-{number % 7}.example"
    if field.startswith("phones"):
        return f"+33 1 44 55 {number % 100:02} {at:02}"
    if field.endswith(".country"):
        return "FR"
    if field.endswith(".postal_code"):
        return f"{69_000 + number % 10}"
    if field == "birthday":
        return f"19{number % 40 + 50}-04-{number % 28 + 1:02}"
    if field.startswith("websites"):
        return f"https://www.bois-{number}.example/{at}"
    if field == "full_name":
        return f"{word} Lee{string.ascii_lowercase[number % 26]}"
    if field in {"tags", "company", "notes", "position", "department"} or field.startswith("addresses"):
        return f"{word} {number}"
    if field in {"given", "family", "middle"}:
        return word
    return f"{word} {number}" if field == "ignore" else ""


@pytest.mark.req("IMP-1")
@pytest.mark.parametrize("name", sorted(EXPORTS))
def test_nine_of_ten_usual_rows_of_a_known_export_are_plain(name: str) -> None:
    language, columns = EXPORTS[name]
    headers = columns.split("|")
    rows = [
        [
            "" if (number + at) % 5 == 0 else _usual_cell(header, language, number, at)
            for at, header in enumerate(headers)
        ]
        for number in range(40)
    ]
    found = both_ways(data_of(Export(name, language, headers, rows, ",", "utf-8")), language)
    for careful, quick in found:
        if quick is not None:
            assert_same(careful, quick)
    assert sum(quick is not None for _, quick in found) >= 0.9 * len(found)
