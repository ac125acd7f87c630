"""Plain rows: the quick way of a row into the directory, for rows in which every cell says one plain thing.

A row is plain if every cell passes a test that is at least as strict as the mapping of rows. Every other row, and so
every refusal and every note, is left to `Drafter` and `RowMapper`. A plain row gives the same contact either way; a
property over generated files of every known program holds both ways equal.

`PlainColumns` makes the function of each column, `PlainAddresses` joins the cells of addresses, `PlainRows` reads whole
rows with them, and `PlainContacts` makes their contacts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from contactcore.errors import Invalid
from contactcore.formats.contact_rows.mapping_options import CLEAR, MappingOptions
from contactcore.formats.contact_rows.plain_addresses import PlainAddresses
from contactcore.formats.contact_rows.plain_cells import KnownTexts, RowValues, one_line
from contactcore.formats.contact_rows.plain_columns import PERSON_COLUMNS, PlainColumns
from contactcore.formats.tabular.content import behind_company, names_company, names_other, total_line
from contactcore.model import Person, Settings
from contactcore.model.contact import own_fields
from contactcore.model.name_fields import PERSON_NAME_FIELDS
from contactcore.values import split_full_name
from contactcore.values.phone_plans import accept_plain, is_valid
from contactcore.values.texts import LINE_LIMIT

__all__ = ["PlainRow", "PlainRows"]


class PlainRow(NamedTuple):
    """The content of a plain row.

    Attributes:
        body: The contact as its record has it: the fields that are not empty, as JSON, in the sequence of the entity,
            behind its kind.
        birthday: The birthday as text; `""` for none.
        employer: The employer of a person: name, department and position; None for none.
    """

    body: dict[str, Any]
    birthday: str
    employer: tuple[str, str, str] | None


_NO_EMPLOYER = ("", "", "")
_NOTHING: list[Any] = []
_LONG_ROW = 30_000
"""Characters of a row whose size is measured, and which is therefore not plain."""
_SUFFICIENT = frozenset(field.part for field in PERSON_NAME_FIELDS if field.suffices)
_SPLIT = {field.part: field.attribute for field in PERSON_NAME_FIELDS if field.part != "full_name"}
_OF_PEOPLE = frozenset((*PERSON_COLUMNS, "position", "birthday")) - _SUFFICIENT
_KEPT_OF_PEOPLE = (*PERSON_COLUMNS, "position", "birthday")
_NAMES = frozenset((*PERSON_COLUMNS.values(), "name", "kind"))
_PARTS = {attribute: part for part, attribute in PERSON_COLUMNS.items()}
_OF_A_PERSON = tuple((name, _PARTS[name]) for name in own_fields(Person) if name in _PARTS)
"""The texts of a person in the sequence of the entity, each with the field of its column."""
_AS_THEY_ARE = (("notes", "description"), ("currency", "currency"), ("language", "language"))
_NAMED = frozenset(
    (*(field.attribute for field in PERSON_NAME_FIELDS if field.suffices), "name", "division", "emails", "phones")
)


class PlainRows:
    """Reads the plain rows of one file.

    Args:
        options: The decisions of the import.
        settings: The settings of the workspace.
    """

    def __init__(self, options: MappingOptions, settings: Settings) -> None:
        columns = options.columns
        mapping = columns.table.mapping
        headers = [column.header for column in mapping.columns]
        self._language_of = mapping.language
        self._xero = mapping.source == "xero"
        self._options = options
        self._splits_names = columns.splits_names
        self._width = len(headers)
        first = headers[0] if headers else ""
        self._header_starts = (first, f"\ufeff{first}")
        self._total_width = self._width - 1 if columns.ends_in_reasons else None
        self._language = str(settings.language)
        # Native columns, and the custom fields beside them, have cells in a notation of their own.
        own = bool(columns.native or columns.own_fields)
        self._possible = not own and sum(map(len, headers)) <= _LONG_ROW
        self._overwrites = options.overwrites
        self._tags = tuple(options.tags)
        self._lines: KnownTexts[str | None] = KnownTexts(one_line)
        readers = PlainColumns(options, settings, self._lines)
        self._reads, self._first, self._kinds = readers.reads, readers.first, readers.kinds
        self._family_first = readers.family_first
        self._addresses = PlainAddresses(readers.targets, self._lines, number_first=mapping.number_first)
        self._kinds_with_field = {definition.slug: definition.on for definition in settings.fields}
        self._has_addresses = any(target.name == "addresses" for target in readers.targets)

    def read(self, cells: Sequence[str]) -> PlainRow | None:  # noqa: C901, PLR0911, PLR0912 - one pass over the row
        """The content of a row; None for a row that is not plain.

        Args:
            cells: The cells of the row, which the reader of the file found without fault.
        """
        if (
            not self._possible
            or len(cells) != self._width
            or cells[0] in self._header_starts
            or sum(map(len, cells)) > _LONG_ROW
            or (self._overwrites and CLEAR in cells)
        ):
            return None
        row = RowValues(cells)
        for index, read in self._reads:
            cell = cells[index]
            if cell and (text := cell.strip()) and not read(row, text):
                return None
        body: dict[str, Any] = {}
        employer = self._name(row, body)
        if employer is None:
            return None
        addresses, countries = _NOTHING, _NOTHING
        if self._has_addresses:
            countries = []
            found = self._addresses.read(cells, countries)
            if found is None:
                return None
            addresses = found
        if row.emails:
            if len(row.emails) > 1 and len({email["text"].lower() for email in row.emails}) < len(row.emails):
                return None
            body["emails"] = row.emails
        if row.phones:
            phones = self._read_phones(row.phones, countries)
            if phones is None:
                return None
            body["phones"] = phones
        for name, several in (("websites", row.websites), ("socials", row.socials)):
            if several:
                if any(one in several[:place] for place, one in enumerate(several)):
                    return None
                body[name] = several
        if addresses:
            body["addresses"] = addresses
        return self._whole(row, body, employer)

    def _whole(  # noqa: C901 - one pass over the fields
        self, row: RowValues, body: dict[str, Any], employer: tuple[str, str, str]
    ) -> PlainRow | None:
        """The content of a row, with the fields behind its lists."""
        texts, unmapped = row.texts, row.unmapped
        kind = texts.get("type") or self._options.type
        if kind:
            body["type"] = kind
        if row.categories:
            body["categories"] = [*dict.fromkeys(row.categories)]
        if row.tags or self._tags:
            tags: dict[str, str] = {}
            for tag in (*self._tags, *row.tags):
                tags.setdefault(tag.key, tag.text)
            body["tags"] = [*tags.values()]
        for name, field in _AS_THEY_ARE:
            if name in texts:
                body[field] = texts[name]
        if row.fields:
            body["fields"] = row.fields
        if "external_id" in texts:
            body["external_id"] = texts["external_id"]
        birthday = texts.get("birthday", "") if body["kind"] == "person" else ""
        if body.keys().isdisjoint(_NAMED) or not self._may_have(body["kind"], row.fields):
            return None
        if not birthday and body.keys() <= _NAMES and total_line(row.cells[: self._total_width], self._language_of):
            return None
        if unmapped:
            body["unmapped"] = unmapped
        return PlainRow(body, birthday, employer if employer[0] else None)

    def _may_have(self, kind: str, fields: Iterable[str]) -> bool:
        """Whether contacts of a kind have all of these custom fields."""
        return all(kind in self._kinds_with_field[slug] for slug in fields)

    def _name(  # noqa: C901, PLR0912 - one pass over the names
        self, row: RowValues, body: dict[str, Any]
    ) -> tuple[str, str, str] | None:
        """Add the kind and the names of the contact.

        Returns:
            The employer of a person, with the name `""` for none; None if the row is not plain.
        """
        texts, unmapped = row.texts, row.unmapped
        company = texts.get("company", "")
        if photo := texts.get("photo_url"):
            unmapped[self._column(row, "photo_url")] = photo
        if company and _SUFFICIENT.isdisjoint(texts):
            body["kind"], body["name"] = "company", company
            if division := texts.get("department"):
                body["division"] = division
            if not _OF_PEOPLE.isdisjoint(texts):
                for part in _KEPT_OF_PEOPLE:
                    if part in texts:
                        unmapped[self._column(row, part)] = texts[part]
            return _NO_EMPLOYER
        body["kind"] = "person"
        names: dict[str, str] = {}
        if full_name := texts.get("full_name"):
            if not self._read_full_name(names, full_name, company, texts):
                return None
            # The parts that the name is split into are texts of no column.
            for name in [*names]:
                line = self._lines[names[name]]
                if line is None:
                    return None
                names[name] = line
        for name, part in _OF_A_PERSON:
            if part in texts:
                body[name] = texts[part]
            elif name in names:
                body[name] = names[name]
        position, department = texts.get("position", ""), texts.get("department", "")
        if company:
            return (company, department, position)
        if position:
            unmapped[self._column(row, "position")] = position
        if department:
            unmapped[self._column(row, "department")] = department
        return _NO_EMPLOYER

    def _column(self, row: RowValues, part: str) -> str:
        return row.columns.get(part) or self._first[part]

    def _read_full_name(self, names: dict[str, str], full_name: str, company: str, texts: Mapping[str, str]) -> bool:
        """Find the parts of a full name; returns False if the row is not plain."""
        if "given" in texts or "family" in texts:
            return not self._xero or not names_other(full_name, texts.get("given", ""), texts.get("family", ""))
        if company and behind_company(full_name, company):
            return False
        if company.casefold() == full_name.casefold() or len(full_name) > LINE_LIMIT // 4 or names_company(full_name):
            return False
        if self._family_first and len(full_name.split()) in {2, 3}:
            return False
        if self._splits_names:
            try:
                name = split_full_name(full_name, self._language)
            except Invalid:
                return False
            for part, attribute in _SPLIT.items():
                if text := getattr(name, part):
                    names[attribute] = text
        return True

    def _read_phones(
        self, given: list[tuple[str, str]], countries: list[tuple[str, str]]
    ) -> list[dict[str, str]] | None:
        """The number, the text and the kind of each phone; None if one of them needs the library or a note."""
        found: dict[tuple[str, str], dict[str, str]] = {}
        kinds, country = self._kinds, self._options.country
        for text, said in given:
            kind = kinds[said]
            if kind is None:
                return None
            regions: Iterable[str] = (country,)
            if countries and text[0] != "+":
                places = sorted(countries, key=lambda place: not said or place[0] != said)
                regions = dict.fromkeys([*[code for _, code in places if code], country])
            for region in regions:
                number = accept_plain(text, region)
                if not number:
                    return None
                if is_valid(number):
                    break
            else:
                return None
            phone = {"number": number, "text": text, "kind": kind} if kind else {"number": number, "text": text}
            found.setdefault((number, kind), phone)
        return [*found.values()]
