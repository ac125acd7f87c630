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
from contactcore.model import FieldDefinition, FieldType
from contactcore.rules.preparation import prepare
from contactcore.values import Tag
from formats.tabular.test_known_exports import EXPORTS, WORDS, Export, exports
from support.seeds import examples

FIELDS = (
    *(
        FieldDefinition(
            slug=f"own-{kind.value}",
            name=f"Own {kind.value}",
            type=kind,
            choices=("gold", "Straße", "vip") if kind in {FieldType.CHOICE, FieldType.CHOICES} else (),
        )
        for kind in FieldType
    ),
    FieldDefinition(slug="of-people", name="Of people", on=("person",)),
    FieldDefinition(slug="of-customers", name="Of customers", types=("customer",)),
)
SETTINGS = Settings(country="FR", language="fr", fields=FIELDS)


def both_ways(data: bytes, language: str = "fr", **given: Any) -> list[tuple[MappedRow, MappedRow | None]]:
    """Each row as the mapping of rows gives it, and as the quick way gives it; None for a row that is not plain."""
    columns = RowColumns.of(tabular.read(data, language=language), FIELDS)
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


FIELD_CELLS = (
    *("2024-06-30", "30/06/2024", "06/30/2024", "2024-06-31", "00/00/0000", "1969", "31.12.24", "oui", "non", "yes"),
    *("12", "12,5", "12.5", "1 000,5", "-3", "1e40", "9007199254740993", "0", "1", "12,5 \u20ac", "gold", "GOLD"),
    *("strasse", "gold, vip", "vip;gold", "vip | vip", "copper", "a@b.fr", "A@B.FR", "a@", "01 44 55 66 77", "911"),
    *("+33144556677", "https://x.fr", "x.fr", "X.FR/A b", "a\u0301", "a\nb", "\u200b", "-", "n/a", "(clear)", "'=1"),
    *("True", "x" * 1_001),
)


@st.composite
def with_fields(draw: st.DrawFn) -> Export:
    """A file of a known export with columns of custom fields, the last two of which may be the same field."""
    export = draw(st.one_of(exports(), hostile()))
    chosen = draw(st.lists(st.sampled_from(FIELDS), min_size=1, max_size=4, unique_by=lambda one: one.slug))
    headers = [draw(st.sampled_from((one.name, one.slug))) for one in chosen]
    if draw(st.booleans()):
        headers.append({one.name: one.slug, one.slug: one.name}[headers[-1]] if (one := chosen[-1]) else "")
    cells = st.one_of(st.sampled_from(FIELD_CELLS), st.just(""), st.text(max_size=4))
    rows = [[*row, *(draw(cells) for _ in headers)] for row in export.rows]
    return attrs.evolve(export, headers=[*export.headers, *headers], rows=rows, encoding="utf-8")


def data_of(export: Export) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=export.delimiter, lineterminator="\r\n")
    writer.writerows([export.headers, *export.rows])
    return text.getvalue().encode(export.encoding, "surrogatepass" if export.encoding == "utf-8" else "replace")


@pytest.mark.req("IMP-1")
@pytest.mark.req("IMP-2")
@given(
    st.one_of(exports(), hostile(), with_fields()),
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
            assert quick.contact is not None
            assert prepare(quick.contact, SETTINGS)[0].fields is quick.contact.fields


@pytest.mark.req("IMP-1")
@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        ("text", "Straße", "Straße"),
        ("long-text", "a b", "a b"),
        ("number", "12,5", 12.5),
        ("date", "30/06/2024", "2024-06-30"),
        ("yes-no", "oui", True),
        ("choice", "GOLD", "gold"),
        ("choices", "vip, gold", ("gold", "vip")),
        ("email", "a@b.fr", "a@b.fr"),
        ("phone", "01 44 55 66 77", "+33144556677"),
        ("url", "https://x.fr", "https://x.fr"),
    ],
)
def test_a_row_with_a_custom_field_of_any_type_is_plain(kind: str, cell: str, value: object) -> None:
    export = Export("own", "fr", ["Nom", f"Own {kind}"], [["Doe", cell]], ",", "utf-8")
    ((careful, quick),) = both_ways(data_of(export))
    assert quick is not None
    assert_same(careful, quick)
    assert quick.contact is not None
    assert quick.contact.fields == {f"own-{kind}": value}


@pytest.mark.req("IMP-2")
@pytest.mark.parametrize(
    ("headers", "cells"),
    [
        (["Nom", "Own date"], ["Doe", "2024-06-31"]),
        (["Nom", "Own number"], ["Doe", "1e40"]),
        (["Nom", "Own choice"], ["Doe", "copper"]),
        (["Société", "Of people"], ["Bois", "x"]),
        (["Nom", "Of customers"], ["Doe", "x"]),
        (["Nom", "Own text", "own-text"], ["Doe", "x", "y"]),
    ],
    ids=["date", "number", "choice", "field of another kind", "field of a type", "field of two columns"],
)
def test_a_custom_field_that_is_refused_or_noted_leaves_its_row_to_the_mapping(
    headers: list[str], cells: list[str]
) -> None:
    ((_, quick),) = both_ways(data_of(Export("own", "fr", headers, [cells], ",", "utf-8")))
    assert quick is None


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
