"""The record of a plain row is the record of its contact, although the contact is never made."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

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
from contactcore.mapping.affiliations import affiliation_record, plain_affiliation_record
from contactcore.mapping.contact_parts import derived_name
from contactcore.mapping.contacts import FirstStamps, contact_record, plain_record
from contactcore.mapping.entity_type import Placement
from contactcore.mapping.field_terms import field_terms
from contactcore.mapping.index_context import IndexContext
from contactcore.mapping.indexed_names import indexed_name_of
from contactcore.model import Affiliation, Company, Person
from contactcore.model.restoring import altered
from contactcore.rules.access import contact_access
from contactcore.storage import Record
from contactcore.values import Tag
from contactcore.workspace.matching.match_keys import contact_keys, plain_keys
from formats.contact_rows.test_plain_rows import FIELDS, data_of, hostile, with_fields
from formats.tabular.test_known_exports import Export, exports
from support.seeds import examples

ADDED = datetime(2026, 1, 31, 12, tzinfo=UTC)
FIRST = FirstStamps(source="import:7", added_at=ADDED, added_by="amelie", responsibles=("amelie", "boris"))
LANGUAGES = ("fr", "hu", "ja", "nl")
ACCESS = contact_access(AccessPolicy.SHARED_READ, FIRST.responsibles, listed=True)


def plain_rows(export: Export, language: str) -> Iterator[MappedRow]:
    columns = RowColumns.of(tabular.read(data_of(export), language=export.language), FIELDS)
    options = MappingOptions(
        columns=columns,
        access=AccessPolicy.SHARED_READ,
        largest_row=500_000,
        country="FR",
        responsibles=FIRST.responsibles,
        tags=(Tag("VIP"), Tag("Été")),
    )
    rows = PlainRows(options, Settings(country="FR", language=language, fields=FIELDS))
    contacts = PlainContacts(options, lambda: "1")
    for raw in columns.table.raw_rows(after=None):
        content = None if raw.problems else rows.read(raw.cells)
        if content is not None:
            yield contacts.mapped(raw.line, raw.number, content)


def stored(contact: Person | Company) -> Person | Company:
    """The contact with what the library sets when it stores it."""
    by = {"added_at": ADDED, "added_by": FIRST.added_by, "changed_at": ADDED, "changed_by": FIRST.added_by}
    return altered(contact, {"source": FIRST.source, **by})


def all_of(record: Record) -> tuple[object, ...]:
    return (record, record.orders, record.references)


@pytest.mark.req("IMP-1")
@given(st.one_of(exports(), hostile(), with_fields()), st.sampled_from(LANGUAGES), st.sampled_from(["", "pl"]))
@settings(max_examples=examples(75))
def test_a_plain_row_gives_the_record_of_its_contact(export: Export, language: str, following: str) -> None:
    of_workspace = Settings(country="FR", language=language, next_language=following or None, fields=FIELDS)
    context = IndexContext.of(of_workspace)
    for row in plain_rows(export, language):
        plain = row.plain
        assert plain is not None
        name = derived_name(plain, context)
        parts = name.taken_parts(plain)
        assert parts is not None
        contact = stored(plain.contact)
        placement = Placement(context=context, access=ACCESS)
        terms = field_terms(plain.body.get("fields", {}), of_workspace)
        plain_one = plain_record("1", name, parts, FIRST, ACCESS, terms)
        assert all_of(plain_one) == all_of(contact_record(contact, placement))
        assert name == indexed_name_of(contact, context)


@pytest.mark.req("IMP-2")
@given(st.one_of(exports(), hostile()), st.sampled_from(LANGUAGES))
@settings(max_examples=examples(40))
def test_a_plain_row_has_the_match_keys_of_its_contact(export: Export, language: str) -> None:
    for row in plain_rows(export, language):
        plain, employers = row.plain, [employer.name for employer in row.employers]
        assert plain is not None
        assert plain_keys(plain, language, employers) == contact_keys(plain.contact, language, employers)


@pytest.mark.req("PER-1")
@pytest.mark.parametrize("primary", [False, True])
@pytest.mark.parametrize(("position", "department"), [("", ""), ("Chef", ""), ("Chef", 'A "B"')])
def test_a_plain_affiliation_gives_the_record_of_the_affiliation(primary: bool, position: str, department: str) -> None:
    context = IndexContext.of(Settings(language="fr"))
    person = Person.restore({"id": "p", "given_name": "Zoé", "family_name": "Bois"})
    company = Company.restore({"id": "c", "name": "Bois & Fils"})
    values = {"id": "a", "version": 1, "contact_id": "c", "person_id": "p", "since": ADDED}
    values |= {"position": position, "department": department}
    values |= {"primary": True, "primary_sequence": 1} if primary else {}
    placement = Placement(context=context, access=ACCESS, owners={"contact": company, "person": person})
    made = affiliation_record(Affiliation.restore(values), placement)
    names = indexed_name_of(company, context), indexed_name_of(person, context)
    assert all_of(plain_affiliation_record(values, *names, ACCESS)) == all_of(made)
