"""A row becomes a contact, and a contact becomes a row, without any storage."""

from __future__ import annotations

import io
from itertools import count

import attrs
import pytest

from contactcore import AccessPolicy, Company, Person, Settings
from contactcore.formats import tabular
from contactcore.formats.contact_rows.export_rows import cells_of, headers_of
from contactcore.formats.contact_rows.mapped_row import Employer, MappedRow
from contactcore.formats.contact_rows.mapping_options import MappingOptions
from contactcore.formats.contact_rows.row_columns import RowColumns
from contactcore.formats.contact_rows.row_mapper import RowMapper
from contactcore.mapping import json
from contactcore.model.name_fields import COMPANY_NAME_FIELDS, PERSON_NAME_FIELDS

EVERY = (*PERSON_NAME_FIELDS, *COMPANY_NAME_FIELDS)


def mapped(source: str | bytes, *, largest_row: int = 500_000, **options: object) -> list[MappedRow]:
    columns = RowColumns.of(tabular.read(source), ())
    numbers = count(1)
    mapper = RowMapper(
        MappingOptions(columns=columns, access=AccessPolicy.PRIVATE, largest_row=largest_row, **options),
        Settings(),
        lambda: str(next(numbers)),
    )
    return [mapper.map_row(row) for row in columns.table]


def exported(contact: Person | Company) -> bytes:
    cells = cells_of(contact, ())
    out = io.BytesIO()
    tabular.write([cells], out, headers_of({header: place for place, header in enumerate(cells)}))
    return out.getvalue()


@pytest.mark.req("IMP-1")
def test_a_row_gives_a_person_and_an_employer():
    (row,) = mapped("Prénom;Nom;Société;Fonction;Courriel;Pointure\nZoé;Çelik;Bois & Fils;DAF;zoe@bois.fr;38\n")
    assert row.contact == Person(
        "Zoé", "Çelik", emails=["zoe@bois.fr"], id="1", version=1, access="private", unmapped={"Pointure": "38"}
    )
    assert row.employers == (Employer("Bois & Fils", "", "DAF"),)
    assert row.problems == ()


@pytest.mark.req("IMP-2")
def test_a_faulty_cell_is_reported_and_kept_beside_the_contact():
    (row,) = mapped("Name,E-mail\nJo Doe,jo@\n")
    assert [(one.line, one.column, one.code) for one in row.problems] == [(2, "E-mail", "email-syntax")]
    assert row.contact is not None
    assert row.contact.unmapped == {"E-mail": "jo@"}


@pytest.mark.req("IMP-2")
def test_a_row_is_too_large_from_the_first_byte_beyond_the_limit():
    cells = ["Zoé", 'a "quoted"\tnote\\ é\N{EURO SIGN}' * 5_000]
    out = io.BytesIO()
    tabular.write([dict(zip(["First name", "Notes"], cells, strict=True))], out, ["First name", "Notes"])
    size = len(json.dump(cells))
    (fits,) = mapped(out.getvalue(), largest_row=size)
    assert fits.contact is not None
    (large,) = mapped(out.getvalue(), largest_row=size - 1)
    assert large.contact is None
    assert [one.code for one in large.problems] == ["row-too-large"]


@pytest.mark.req("IMP-4")
@pytest.mark.parametrize("field", EVERY, ids=lambda field: field.attribute)
def test_each_text_of_a_name_comes_back_from_an_exported_row(field):
    kind = Company if field in COMPANY_NAME_FIELDS else Person
    contact = kind(**{field.attribute: "Zoé; X"}, emails=["zoe@bois.fr"], id="7", version=1, access="private")
    (row,) = mapped(exported(contact))
    assert row.own_id == "7"
    assert row.contact == attrs.evolve(contact, id="1")
