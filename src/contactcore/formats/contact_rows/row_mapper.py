"""Mapping rows: the draft of a row becomes a contact, and each faulty cell is reported (IMP-2).

Every cell ends in the contact, in its `unmapped` cells, or among the problems.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cached_property
from operator import attrgetter
from typing import Any, TypeVar

import attrs

from contactcore.errors import Invalid, Problem
from contactcore.formats.contact_rows.cleared_fields import cleared_field
from contactcore.formats.contact_rows.contact_builder import ContactBuilder
from contactcore.formats.contact_rows.mapped_row import Employer, MappedRow
from contactcore.formats.contact_rows.mapping_options import CLEAR, MappingOptions
from contactcore.formats.contact_rows.named_entries import find_entry
from contactcore.formats.contact_rows.native_cells import NativeCells
from contactcore.formats.contact_rows.record_rows import owner_of, part_of
from contactcore.formats.contact_rows.row_context import RowContext, note_country, with_kind
from contactcore.formats.contact_rows.row_problems import RowProblem, storable
from contactcore.formats.drafts import Draft, DraftAddress, DraftValue
from contactcore.formats.tabular import Row
from contactcore.formats.tabular.content import total_line
from contactcore.formats.tabular.drafting import Drafter
from contactcore.formats.tabular.mapping import unique_headers
from contactcore.model import Company, Item, ListEntry, Settings, Site
from contactcore.model.name_fields import COMPANY_NAME_FIELDS, PERSON_NAME_FIELDS
from contactcore.values import (
    Address,
    Currency,
    EmailAddress,
    Language,
    PartialDate,
    PhoneNumber,
    SocialProfile,
    Tag,
    Website,
    split_full_name,
)
from contactcore.values.country import read_country
from contactcore.values.postal_codes import with_leading_zeros

__all__ = ["RowMapper"]

_PERSON_TEXTS = {field.part: field.attribute for field in PERSON_NAME_FIELDS} | {"gender": "gender"}
"""Field of a draft -> field of a person."""
_PERSON_FIELDS = tuple(_PERSON_TEXTS.values())
_texts_of = attrgetter(*_PERSON_TEXTS)
_SPLIT = {field.part: field.attribute for field in PERSON_NAME_FIELDS if field.part != "full_name"}
_ALL_NAMES = frozenset((*_PERSON_FIELDS, "name"))
_HEADER_AGAIN = "This row repeats the header of the file and is no contact. Leave it out."
_TOTAL_LINE = (
    "This looks like the total below a list, not like a contact. If it is one, add an e-mail, a phone or a note."
)
_COMPLETED = (
    "The codes of this country have more digits: the zeros before them, which spreadsheets drop, were put back."
)
_UNASSIGNED = "The plan of its country has not assigned this number: check it."
_V = TypeVar("_V")
_MOST_COUNTRIES = 1_000
_MOST_TAGS = 10_000

_DEPARTMENT = "affiliation.department"


class RowMapper:
    """Maps the rows of one file to contacts.

    Args:
        options: The decisions of the import.
        settings: The settings of the workspace.
        new_id: Source of ids.
    """

    def __init__(self, options: MappingOptions, settings: Settings, new_id: Callable[[], str]) -> None:
        self._options = options
        self._settings = settings
        self._tags: dict[str, Tag] = {}
        self._country = options.country
        self._new_id = new_id
        self._countries: dict[str, str] = {}
        self._builder = ContactBuilder(options, new_id)
        columns = options.columns
        self._first_columns = columns.first_columns
        self._splits_names = columns.splits_names
        self._headers_language = columns.table.mapping.language
        self._header = list(columns.table.detected.columns)
        first = self._header[0] if self._header else ""
        # Where files were concatenated, the header of the second one begins with its byte order mark.
        self._header_starts = ([first], [f"\ufeff{first}"])
        # The reasons of an earlier import are no part of the rows.
        self._width = len(self._header) - 1 if columns.ends_in_reasons else None
        self._columns_of_addresses = [
            (place, header, field.rpartition(".")[2])
            for place, header in enumerate(self._header)
            if (field := columns.mapping.get(header, "")).startswith("addresses")
        ]
        native = columns.native or columns.custom
        self._native = NativeCells(options, settings) if native else None

    def map_row(self, row: Row) -> MappedRow:
        """The contact of a row, or the reasons why it is rejected."""
        if self._options.overwrites and CLEAR in row.cells:
            return self._clearing(row)
        found = RowContext(row, self._first_columns)
        if row.cells[:1] in self._header_starts and self._repeats_header(row.cells):
            found.problems.clear()  # the faults of its cells are those of headers
            found.report_row("header-again", _HEADER_AGAIN)
            return MappedRow(row.line, row.number, None, (), tuple(found.problems))
        if row.refused:
            return MappedRow(row.line, row.number, None, (), tuple(found.problems))
        more: tuple[Employer, ...] = ()
        if self._native is not None:
            more = self._native.read(found)
        else:
            for column, text in row.draft.unmapped.items():
                found.keep(column, text)
        self._values(found)
        self._texts(found)
        if found.record:
            return self._record(found)
        self._labels(found)
        employers = self._person(found, more) if found.kind == "person" else self._company(found)
        draft = found.draft
        added = self._added(found) if draft.responsible or draft.site or draft.item else ()
        contact = self._builder.build(found)
        ours = self._native is not None and self._native.reads_exports
        if (
            not ours
            and found.values.keys() <= _ALL_NAMES
            and total_line(row.cells[: self._width], self._headers_language)
        ):
            contact = None
            found.report_row("total-line", _TOTAL_LINE)
        return MappedRow(row.line, row.number, contact, employers, tuple(found.problems), found.own_id, "", None, added)

    def _clearing(self, row: Row) -> MappedRow:
        """The row without the cells that empty a field, and the names of these fields."""
        mapping = list(self._options.columns.mapping.values())
        cells = ["" if cell == CLEAR else cell for cell in row.cells]
        fields = (cleared_field(path) for path, cell in zip(mapping, row.cells, strict=False) if cell == CLEAR)
        draft, problems = self._drafter.draft(row.line, cells)
        mapped = self.map_row(attrs.evolve(row, cells=cells, draft=draft, problems=tuple(problems)))
        cleared = frozenset(filter(None, fields))
        if isinstance(mapped.contact, Company) and _DEPARTMENT in cleared:
            cleared = cleared - {_DEPARTMENT} | {"division"}  # the column of a department has that of a company
        # A cell of a list that the row fills elsewhere empties nothing.
        filled = set() if mapped.contact is None else {name for name in cleared if getattr(mapped.contact, name, None)}
        return attrs.evolve(mapped, cleared=cleared - filled)

    @cached_property
    def _drafter(self) -> Drafter:
        return Drafter(self._options.columns.table.mapping)

    def _record(self, found: RowContext) -> MappedRow:
        """The affiliation, the site or the item of a row, with the contact to which it belongs."""
        row = found.row
        employers: tuple[Employer, ...] = ()
        part = None
        if found.record == "affiliation":
            employers = self._person(found, ())
            if not employers:
                found.report_row("employer-missing", "Name the company of this affiliation, or give its Company ID.")
        else:
            part = part_of(found)
        owner = owner_of(found, self._new_id)
        for column, text in found.unmapped.items():
            if not any(one.column == column for one in found.problems):
                found.problems.append(_not_kept(row.line, column, text, found.record))
        return MappedRow(
            row.line, row.number, owner, employers, tuple(found.problems), found.own_id, found.record, part
        )

    def _added(self, found: RowContext) -> tuple[Site | Item, ...]:
        """The site and the item that a row names; its responsible users become values of the contact."""
        draft = found.draft
        if draft.responsible and "responsibles" in self._options.own_rights:
            names = [name for name in map(str.strip, re.split("[;,]", draft.responsible)) if name]
            found.values.setdefault("responsibles", tuple(dict.fromkeys(names)))
        elif draft.responsible:
            found.keep(found.column("responsible"), draft.responsible)
        parts: list[Site | Item | None] = []
        if draft.site:
            parts.append(found.attempt(found.column("site"), draft.site, Site, draft.site))
        if draft.item:
            parts.append(found.attempt(found.column("item"), draft.item, Item, draft.item))
        return tuple(part for part in parts if part is not None)

    def _repeats_header(self, cells: list[str]) -> bool:
        return list(unique_headers(cells))[1 : self._width] == self._header[1 : self._width]

    def _values(self, found: RowContext) -> None:
        draft, attempt = found.draft, found.attempt
        if draft.emails:
            found.add("emails", [_plainly(EmailAddress, found, e) for e in draft.emails])
        if draft.phones:
            found.add("phones", [self._phone(found, phone) for phone in draft.phones])
        if draft.websites:
            found.add("websites", [_plainly(Website, found, w) for w in draft.websites])
        if draft.socials:
            found.add("socials", [attempt(s.column, s.text, SocialProfile, s.kind, s.text) for s in draft.socials])
        if draft.addresses:
            found.add("addresses", [self._address(found, place) for place in draft.addresses])

    def _phone(self, found: RowContext, entry: DraftValue) -> PhoneNumber | None:
        """A phone number, read with the country of its address, else of the row, else of the import."""
        countries: tuple[str, ...] = (self._country,)
        if found.draft.addresses and entry.text[:1] != "+":
            countries = (*self._countries_of(found.draft, entry.kind), self._country)
        phone = _plainly(PhoneNumber.parse_in, found, entry, countries)
        if phone is not None and not phone.valid:
            found.note("phone-unassigned", entry.column, entry.text, _UNASSIGNED)
        return phone

    def _countries_of(self, draft: Draft, kind: str) -> list[str]:
        places = sorted(draft.addresses, key=lambda place: not kind or place.label != kind)
        return [code for place in places if place.country and (code := self._code(place.country))]

    def _code(self, country: str) -> str:
        code = self._countries.get(country)
        if code is None:
            if len(self._countries) >= _MOST_COUNTRIES:
                self._countries.clear()
            code = self._countries[country] = read_country(country) or ""
        return code

    def _texts(self, found: RowContext) -> None:
        draft = found.draft
        if draft.notes:
            found.values["description"] = draft.notes
        if draft.external_id:
            found.values["external_id"] = draft.external_id
        if draft.language or draft.currency:
            self._one(found, "language", Language)
            self._one(found, "currency", Currency)
        for name in ("anniversary", "photo_url"):
            if text := getattr(draft, name):
                found.keep(found.column(name), text)

    @staticmethod
    def _one(found: RowContext, name: str, parse: Callable[[str], object]) -> None:
        if text := getattr(found.draft, name):
            value = found.attempt(found.column(name), text, parse, text)
            if value is not None:
                found.values[name] = value

    def _address(self, found: RowContext, place: DraftAddress) -> Address | None:
        street, _, rest = place.street.partition("\n")
        beside = ", ".join(filter(None, (*rest.split("\n"), place.extended))) if rest or place.extended else ""
        # Only the country that the row names: 1000 is whole in Brussels.
        code = with_leading_zeros(place.postal_code, self._code(place.country)) if place.country else place.postal_code
        parts = {
            "street": street,
            "street2": beside,
            "city": place.city,
            "region": place.region,
            "postal_code": code,
            "country": place.country,
            "po_box": place.po_box,
            "formatted": place.formatted,
        }
        try:
            address = Address(label=place.label, **parts)  # type: ignore[arg-type] # mypy does not see that no part is the billing mark
        except Invalid as error:
            found.report(error.problems[0], place.column, ", ".join(filter(None, parts.values())))
            return None
        if code != place.postal_code:
            column = self._column_of(found, place, "postal_code")
            found.note("postal-code-completed", column, place.postal_code, _COMPLETED)
        if address.country_text:
            note_country(found, self._column_of(found, place, "country"), address)
        return address

    def _column_of(self, found: RowContext, place: DraftAddress, part: str) -> str:
        """The column of a part of an address; the first one of the address if no cell is the part alone."""
        cells, text = found.row.cells, getattr(place, part)
        columns = (one for at, one, what in self._columns_of_addresses if what == part and cells[at : at + 1] == [text])
        return next(columns, place.column)

    def _labels(self, found: RowContext) -> None:
        draft, settings = found.draft, self._settings
        if draft.tags or self._options.tags or "tags" in found.values:
            tags = [*self._options.tags, *found.values.get("tags", ())]
            for text in draft.tags:
                tag = self._tags.get(text) or self._tag(found, text)
                if tag is not None:
                    tags.append(tag)
            if tags:
                found.values["tags"] = tuple(dict.fromkeys(tags))
        if found.categories:
            slugs = [self._entry(found, settings.categories, "category", "categories", one) for one in found.categories]
            if known := tuple(dict.fromkeys(filter(None, slugs))):
                found.values["categories"] = known
        wanted = self._entry(found, settings.types, "type", "type", draft.type) if draft.type else ""
        if wanted or self._options.type:
            found.values["type"] = wanted or self._options.type

    def _tag(self, found: RowContext, text: str) -> Tag | None:
        tag = found.attempt(found.column("tags"), text, Tag, text)
        if tag is None:
            return None
        if len(self._tags) >= _MOST_TAGS:
            self._tags.clear()
        self._tags[text] = tag
        return tag

    @staticmethod
    def _entry(found: RowContext, entries: Iterable[ListEntry], word: str, field: str, text: str) -> str:
        """The slug of an entry; `""` after an unknown entry is reported."""
        entry = find_entry(entries, text)
        if entry is not None:
            return entry.slug
        reason = f"The workspace has no such {word}. Define it first."
        found.report(Problem(f"{word}-unknown", "", reason), found.column(field), text)
        return ""

    @staticmethod
    def _company(found: RowContext) -> tuple[Employer, ...]:
        draft = found.draft
        for field in COMPANY_NAME_FIELDS:
            if text := getattr(draft, field.part):
                found.values[field.attribute] = text
        for name in (*_PERSON_TEXTS, "position", "birthday"):
            if text := getattr(draft, name):
                found.keep(found.column(name), text)
        return ()

    def _person(self, found: RowContext, more: tuple[Employer, ...]) -> tuple[Employer, ...]:
        draft, values = found.draft, found.values
        for field, text in zip(_PERSON_FIELDS, _texts_of(draft), strict=True):
            if text:
                values[field] = text
        if draft.full_name and self._splits_names and not (draft.given or draft.family):
            self._split(values, draft)
        if draft.birthday:
            self._one(found, "birthday", PartialDate.parse)
        if not (draft.company or draft.position or draft.department or found.affiliation):
            return more
        company = found.line_of(found.column("company"), draft.company) if draft.company else ""
        position = found.line_of(found.column("position"), draft.position) if draft.position else ""
        department = found.line_of(found.column("department"), draft.department) if draft.department else ""
        if company or "company_id" in found.affiliation:
            first = Employer(company, department, position, 1 in found.primary_at)
            return (self._with_details(found, first), *more)
        for column, text in found.affiliation.values():
            found.keep(column, text)
        for name, text in (("position", position), ("department", department)):
            if text:
                found.keep(found.column(name), text)
        return more

    def _with_details(self, found: RowContext, employer: Employer) -> Employer:
        """The employer with the id of the company and the other fields of the affiliation, in a native file."""
        if not found.affiliation or self._native is None:
            return employer
        id = found.affiliation.get("company_id", ("", ""))[1]
        return attrs.evolve(employer, id=id, details=self._native.affiliation(found))

    def _split(self, values: dict[str, Any], draft: Draft) -> None:
        try:
            name = split_full_name(draft.full_name, str(self._settings.language))
        except Invalid:
            return
        for part, attribute in _SPLIT.items():
            if text := getattr(name, part):
                values.setdefault(attribute, text)


def _not_kept(line: int, column: str, text: str, record: str) -> RowProblem:
    noun = "An affiliation" if record == "affiliation" else "An item" if record == "item" else "A site"
    reason = f"{noun} has no place for this cell, so it is left out. Move it to the row of the contact."
    return RowProblem(line, column, storable(text), reason, "cell-not-kept")


def _plainly(make: Callable[..., _V], found: RowContext, entry: DraftValue, *more: Any) -> _V | None:
    """The value of a cell with its kind; None after its refusal is reported."""
    try:
        return make(entry.text, *more, kind=entry.kind)
    except Invalid:
        return found.attempt(entry.column, entry.text, with_kind, make, entry.text, entry.kind, *more)
