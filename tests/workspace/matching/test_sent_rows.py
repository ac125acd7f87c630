"""A row that another process maps and sends is the row that this process maps, with all that follows from it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contactcore import AccessPolicy, Settings
from contactcore.formats import tabular
from contactcore.formats.contact_rows.mapped_row import PlainContact
from contactcore.formats.contact_rows.mapping_options import MappingOptions
from contactcore.formats.contact_rows.row_columns import RowColumns
from contactcore.formats.contact_rows.row_mapper import RowMapper
from contactcore.formats.contact_rows.table_rows import TableRows
from contactcore.mapping import json
from contactcore.mapping.affiliations import affiliation_parts
from contactcore.mapping.contact_parts import derived_name
from contactcore.mapping.index_context import IndexContext
from contactcore.mapping.indexed_names import IndexedName, indexed_name_of
from contactcore.mapping.packed_names import pack_name, unpack_name
from contactcore.model import Company
from contactcore.values import Tag
from contactcore.workspace.matching import sent_rows
from contactcore.workspace.matching.match_keys import lookup_keys, match_keys, plain_keys
from contactcore.workspace.matching.sent_rows import RowPacker, RowUnpacker, rows_of
from formats.contact_rows.test_plain_rows import FIELDS, data_of, hostile, with_fields
from formats.tabular.test_known_exports import Export, exports
from support.seeds import examples

pytestmark = pytest.mark.req("IMP-3")

SETTINGS = Settings(country="FR", language="fr", fields=FIELDS)
CONTEXT = IndexContext.of(SETTINGS)


def options_of(data: object, language: str = "en") -> MappingOptions:
    return MappingOptions(
        columns=RowColumns.of(tabular.read(data, language=language), FIELDS),
        access=AccessPolicy.SHARED_READ,
        largest_row=500_000,
        country="FR",
        responsibles=("amelie",),
        tags=(Tag("VIP"),),
    )


def values_of(name: IndexedName) -> list[object]:
    rest = [name.words, name.name_prefixes, [*name.emails], [*name.phones]]
    return [name.display_name, name.sort_name, dict(name.orders), *rest]


@given(st.one_of(exports(), hostile(), with_fields()))
@settings(max_examples=examples(75))
def test_a_sent_row_is_the_row_that_is_mapped_here(export: Export) -> None:
    options = options_of(data_of(export), export.language)
    raw = list(options.columns.table.raw_rows())
    new_id = lambda: "1"  # noqa: E731 - one expression
    here = TableRows(options, SETTINGS, new_id, RowMapper(options, SETTINGS, new_id))
    unpacker = RowUnpacker(options, new_id)
    sent = rows_of(RowPacker(options, SETTINGS).pack(raw))
    assert [(row.line, row.number, row.position) for row in sent] == [
        (row.line, row.number, row.position) for row in raw
    ]
    for row, whole in zip(sent, raw, strict=True):
        given, wanted = unpacker.mapped(row), here.mapped(whole)
        assert given == wanted
        assert (given.plain is None) == (wanted.plain is None) == (row.plain is None)
        if given.plain is None or wanted.plain is None:
            assert given.indexed is given.keys is None
            continue
        for attribute in ("id", "kind", "birthday", "has_slugs"):
            assert getattr(given.plain, attribute) == getattr(wanted.plain, attribute)
        for one in ("fields", "body"):
            assert json.dump(getattr(given.plain, one)) == json.dump(getattr(wanted.plain, one))
        assert list(given.plain.tags) == list(wanted.plain.tags)
        keys = plain_keys(wanted.plain, CONTEXT.language, [one.name for one in wanted.employers])
        assert given.keys[:5] == keys[:5]
        assert (lookup_keys(given.keys), match_keys(given.keys)) == (lookup_keys(keys), match_keys(keys))
        name = derived_name(wanted.plain, CONTEXT)
        assert given.indexed.taken_parts(given.plain) == name.taken_parts(wanted.plain)
        assert values_of(given.indexed) == values_of(name)
        for employer in wanted.employers:
            placed = affiliation_parts(name, employer.name, employer.position, employer.department)
            assert given.indexed.placed == placed


def test_an_unknown_company_is_sent_with_the_first_row_that_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sent_rows, "_MOST_COMPANIES", 2)
    monkeypatch.setattr(sent_rows, "_LONGEST_COMPANY", 4)
    names = ["Bois", "Bois", "Fer", "Fer", "Bois", "Étoile", "Or", "Bois"]
    lines = [f"Jo,Doe{n},{name}\n" for n, name in enumerate(names)]
    options = options_of("".join(["First name,Last name,Company\n", *lines]))
    unpacker = RowUnpacker(options, lambda: "1")
    sent = rows_of(RowPacker(options, SETTINGS).pack(list(options.columns.table.raw_rows())))
    companies = [unpacker.mapped(row).employers[0].indexed for row in sent]
    # The names are forgotten when there are too many of them, and a long one is never sent.
    assert [one is not None for one in companies] == [True, False, True, False, False, False, True, True]
    contact = PlainContact.of("1", {"kind": "company", "name": "Bois"}, "", lambda *_: Company("Bois"))
    wanted = derived_name(contact, CONTEXT)
    found = unpack_name(companies[0], contact)
    assert found.taken_parts(contact) == wanted.taken_parts(contact)
    assert values_of(found) == values_of(wanted)


def test_a_packed_name_has_no_other_attributes() -> None:
    name = indexed_name_of(Company("Bois"), CONTEXT)
    contact = PlainContact.of("1", {"kind": "company", "name": "Bois"}, "", lambda *_: Company("Bois"))
    parts = derived_name(contact, CONTEXT).taken_parts(contact)
    assert parts is not None
    found = unpack_name(json.unpack(json.pack(pack_name(name, parts))), contact)
    with pytest.raises(AttributeError, match="nickname"):
        found.nickname  # noqa: B018 - the access is the test
