"""Plain rows: the quick way of a row into the directory, for rows in which every cell says one plain thing.

A row is plain if every cell passes a test that is at least as strict as the mapping of rows. Every other row, and so
every refusal and every note, is left to `Drafter` and `RowMapper`. A plain row gives the same contact either way; a
property over generated files of every known program holds both ways equal.

`PlainColumns` makes the function of each column, `PlainAddresses` joins the cells of addresses, `PlainRows` reads whole
rows with them, and `PlainContacts` makes their contacts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from contactcore.errors import Invalid
from contactcore.formats.contact_rows.mapping_options import CLEAR, MappingOptions
from contactcore.formats.contact_rows.plain_addresses import PlainAddresses
from contactcore.formats.contact_rows.plain_cells import KnownTexts, RowValues, one_line
from contactcore.formats.contact_rows.plain_columns import PERSON_COLUMNS, PlainColumns
from contactcore.formats.tabular.content import names_company, total_line
from contactcore.model import Settings
from contactcore.model.name_fields import PERSON_NAME_FIELDS
from contactcore.values import split_full_name
from contactcore.values.phone_plans import accept_plain, is_valid
from contactcore.values.texts import LINE_LIMIT

__all__ = ["PlainRow", "PlainRows"]

PlainRow = tuple[bool, dict[str, Any], tuple[str, str, str] | None]
"""Whether the row is a company, the values of its contact as JSON, and the employer: name, department and position."""

_LONG_ROW = 30_000
"""Characters of a row whose size is measured, and which is therefore not plain."""
_SUFFICIENT = frozenset(field.part for field in PERSON_NAME_FIELDS if field.suffices)
_SPLIT = {field.part: field.attribute for field in PERSON_NAME_FIELDS if field.part != "full_name"}
_OF_PEOPLE = frozenset((*PERSON_COLUMNS, "position", "birthday")) - _SUFFICIENT
_KEPT_OF_PEOPLE = (*PERSON_COLUMNS, "position", "birthday")
_NAMES = frozenset((*PERSON_COLUMNS.values(), "name"))
_AS_THEY_ARE = (("external_id", "external_id"), ("language", "language"), ("currency", "currency"))
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
        self._mapping = mapping
        self._options = options
        self._splits_names = columns.splits_names
        self._width = len(headers)
        first = headers[0] if headers else ""
        self._header_starts = (first, f"\ufeff{first}")
        self._total_width = self._width - 1 if columns.ends_in_reasons else None
        self._language = str(settings.language)
        # Native columns and custom fields have cells in a notation of their own.
        own = bool(columns.native or columns.custom)
        self._possible = not own and sum(map(len, headers)) <= _LONG_ROW
        self._overwrites = options.overwrites
        self._tags = tuple(options.tags)
        self._lines: KnownTexts[str | None] = KnownTexts(one_line)
        readers = PlainColumns(options, settings, self._lines)
        self._reads, self._first, self._kinds = readers.reads, readers.first, readers.kinds
        self._family_first = readers.family_first
        self._addresses = PlainAddresses(readers.targets, self._lines, number_first=mapping.number_first)
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
        values: dict[str, Any] = {}
        countries: list[tuple[str, str]] = []
        if self._has_addresses:
            addresses = self._addresses.read(cells, countries)
            if addresses is None:
                return None
            if addresses:
                values["addresses"] = addresses
        if row.emails:
            values["emails"] = row.emails
            if len(row.emails) > 1 and len({address.lower() for address, _ in row.emails}) < len(row.emails):
                return None
        if row.phones:
            phones = self._read_phones(row.phones, countries)
            if phones is None:
                return None
            values["phones"] = phones
        for name, several in (("websites", row.websites), ("socials", row.socials)):
            if several:
                if len(set(several)) < len(several):
                    return None
                values[name] = several
        if row.tags or self._tags:
            values["tags"] = [tag.text for tag in dict.fromkeys((*self._tags, *row.tags))]
        if row.categories:
            values["categories"] = [*dict.fromkeys(row.categories)]
        return self._whole(row, values)

    def _whole(self, row: RowValues, values: dict[str, Any]) -> PlainRow | None:  # noqa: C901, PLR0912 - each return is a reason to judge the row
        texts, lines = row.texts, self._lines
        company, unmapped = texts.get("company", ""), row.unmapped
        if photo := texts.get("photo_url"):
            unmapped[self._column(row, "photo_url")] = photo
        employer = None
        if is_company := bool(company) and _SUFFICIENT.isdisjoint(texts):
            values["name"] = company
            if division := texts.get("department"):
                values["division"] = division
            if not _OF_PEOPLE.isdisjoint(texts):
                for part in _KEPT_OF_PEOPLE:
                    if part in texts:
                        unmapped[self._column(row, part)] = texts[part]
        else:
            if full_name := texts.get("full_name"):
                if not self._read_full_name(values, full_name, company, texts):
                    return None
                # The parts that the name is split into are texts of no column.
                for name in _SPLIT.values():
                    if name in values:
                        line = lines[values[name]]
                        if line is None:
                            return None
                        values[name] = line
            for part, name in PERSON_COLUMNS.items():
                if part in texts:
                    values[name] = texts[part]
            if "birthday" in texts:
                values["birthday"] = texts["birthday"]
            position, department = texts.get("position", ""), texts.get("department", "")
            if company:
                employer = (company, department, position)
            else:
                if position:
                    unmapped[self._column(row, "position")] = position
                if department:
                    unmapped[self._column(row, "department")] = department
        for name, field in (("notes", "description"), *_AS_THEY_ARE):
            if name in texts:
                values[field] = texts[name]
        kind = texts.get("type") or self._options.type
        if kind:
            values["type"] = kind
        if not (values.keys() & _NAMED):
            return None
        if values.keys() <= _NAMES and total_line(row.cells[: self._total_width], self._mapping.language):
            return None
        if unmapped:
            values["unmapped"] = unmapped
        return is_company, values, employer

    def _column(self, row: RowValues, part: str) -> str:
        return row.columns.get(part) or self._first[part]

    def _read_full_name(self, values: dict[str, Any], full_name: str, company: str, texts: Mapping[str, str]) -> bool:
        """Add the parts of a full name; returns False if the row is not plain."""
        if "given" in texts or "family" in texts:
            return True
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
                    values[attribute] = text
        return True

    def _read_phones(
        self, given: list[tuple[str, str]], countries: list[tuple[str, str]]
    ) -> list[tuple[str, str, str]] | None:
        """The number, the kind and the text of each phone; None if one of them needs the library or a note."""
        found: dict[tuple[str, str], tuple[str, str, str]] = {}
        for text, said in given:
            kind = self._kinds[said]
            if kind is None:
                return None
            if countries and text[0] != "+":
                places = sorted(countries, key=lambda place: not said or place[0] != said)
                regions = dict.fromkeys([*[code for _, code in places if code], self._options.country])
            else:
                regions = {self._options.country: None}
            for region in regions:
                number = accept_plain(text, region)
                if not number:
                    return None
                if is_valid(number):
                    break
            else:
                return None
            found.setdefault((number, kind), (number, kind, text))
        return [*found.values()]
