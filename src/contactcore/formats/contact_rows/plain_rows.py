"""Plain rows: the quick way of a row into the directory, for rows in which every cell says one plain thing.

A row is plain if every cell passes a test that is at least as strict as the mapping of rows. Every other row, and so
every refusal and every note, is left to `Drafter` and `RowMapper`. A plain row gives the same contact either way; a
property over generated files of every known program holds both ways equal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from contactcore.errors import Invalid
from contactcore.formats.contact_rows.mapped_row import Employer, MappedRow
from contactcore.formats.contact_rows.mapping_options import CLEAR, MappingOptions
from contactcore.formats.contact_rows.named_entries import find_entry
from contactcore.formats.tabular.address_cells import parted
from contactcore.formats.tabular.cells import (
    entries_of,
    has_several,
    kind_of,
    line_feeds,
    says_not_stated,
    says_nothing,
    split_tags,
    split_websites,
)
from contactcore.formats.tabular.content import names_company, total_line
from contactcore.formats.tabular.fields import Target, parse_field
from contactcore.formats.tabular.headers import family_first
from contactcore.formats.tabular.mapping import is_reason
from contactcore.formats.tabular.phone_cells import read_phone, shortened, split_phones
from contactcore.model import Company, ListEntry, Person, Settings
from contactcore.model.name_fields import PERSON_NAME_FIELDS
from contactcore.read_only import EMPTY, ReadOnlyDict
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
    clean_line,
    clean_text,
    split_full_name,
)
from contactcore.values.country import read_country
from contactcore.values.email import accept_plain as accept_plain_email
from contactcore.values.kind import clean_kind_field
from contactcore.values.phone_plans import accept_plain, is_valid
from contactcore.values.postal_codes import with_leading_zeros
from contactcore.values.texts import LINE_LIMIT, TEXT_LIMIT
from contactcore.values.written_dates import read_date, says_no_date

__all__ = ["PlainContacts", "PlainRow", "PlainRows"]

PlainRow = tuple[bool, dict[str, Any], tuple[str, str, str] | None]
"""Whether the row is a company, the values of its contact as JSON, and the employer: name, department and position."""

_T = TypeVar("_T")
_MOST_KNOWN = 10_000
_LONGEST_KNOWN = 200
_LONG_ROW = 30_000
"""Characters of a row whose size is measured, and which is therefore not plain."""
_MOST_VALUES = 1_000
_SHORTEST = 30
_PHONE_CELL = 250
_STATED = frozenset(("gender", "position", "department", "language", "currency", "type", "prefix"))
_PERSON = {field.part: field.attribute for field in PERSON_NAME_FIELDS} | {"gender": "gender"}
_SUFFICIENT = frozenset(field.part for field in PERSON_NAME_FIELDS if field.suffices)
_SPLIT = {field.part: field.attribute for field in PERSON_NAME_FIELDS if field.part != "full_name"}
_OF_PEOPLE = frozenset((*_PERSON, "position", "birthday")) - _SUFFICIENT
_KEPT_OF_PEOPLE = (*_PERSON, "position", "birthday")
_NAMES = frozenset((*_PERSON.values(), "name"))
_OF_A_COMPANY = frozenset(("company", "position", "department"))
_TEXTS = frozenset((*_PERSON, *_OF_A_COMPANY, "notes", "external_id", "type", "language", "currency", "photo_url"))
_STREETS = ("street", "street2", "street3")
_PARTS = frozenset((*_STREETS, "city", "region", "postal_code", "country", "po_box", "extended", "formatted"))


class _Known(dict[str, _T], Generic[_T]):
    """The results of a function by its argument, for texts that recur in a file; memory is bounded."""

    def __init__(self, make: Callable[[str], _T]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: str) -> _T:
        made = self._make(key)
        if len(key) <= _LONGEST_KNOWN:
            if len(self) >= _MOST_KNOWN:
                self.clear()
            self[key] = made
        return made


class _Row:
    """The values of a row while its cells are read."""

    __slots__ = (
        *("categories", "cells", "columns", "emails", "phones", "socials", "tags", "texts", "unmapped", "websites"),
    )

    def __init__(self, cells: Sequence[str]) -> None:
        self.cells = cells
        self.texts: dict[str, str] = {}
        self.columns: dict[str, str] = {}
        self.emails: list[tuple[str, str]] = []
        self.phones: list[tuple[str, str]] = []
        self.websites: list[tuple[str, str]] = []
        self.socials: list[tuple[str, str, str]] = []
        self.tags: list[Tag] = []
        self.categories: list[str] = []
        self.unmapped: dict[str, str] = {}


_Read = Callable[[_Row, str], bool]
"""Reads a cell that is not blank into the row; returns False if the row is not plain."""


def _never(_row: _Row, _text: str) -> bool:
    return False


class PlainRows:
    """Reads the plain rows of one file.

    Args:
        options: The decisions of the import.
        settings: The settings of the workspace.
    """

    def __init__(self, options: MappingOptions, settings: Settings) -> None:
        columns = options.columns
        mapping = columns.table.mapping
        self._headers = [column.header for column in mapping.columns]
        self._mapping = mapping
        self._options = options
        self._settings = settings
        self._google = mapping.source.startswith("google")
        self._splits_names = columns.splits_names
        self._width = len(self._headers)
        first = self._headers[0] if self._headers else ""
        self._header_starts = (first, f"\ufeff{first}")
        self._total_width = self._width - 1 if columns.ends_in_reasons else None
        self._language = str(settings.language)
        # Native columns and custom fields have cells in a notation of their own.
        own = bool(columns.native or columns.custom)
        self._possible = not own and sum(map(len, self._headers)) <= _LONG_ROW
        self._overwrites = options.overwrites
        self._tags = tuple(options.tags)
        self._family_first = False
        self._lines: _Known[str | None] = _Known(_line)
        self._stated: _Known[str | None] = _Known(lambda text: None if says_not_stated(text) else _line(text))
        self._companies: _Known[str | None] = _Known(lambda text: None if says_nothing(text) else _line(text))
        self._countries: _Known[str] = _Known(_country)
        self._labels: _Known[str | None] = _Known(_label)
        self._kinds: _Known[str | None] = _Known(_kind)
        self._tag_cells: _Known[tuple[Tag, ...] | None] = _Known(self._read_tags)
        self._category_cells: _Known[tuple[str, ...] | None] = _Known(self._read_categories)
        self._types: _Known[str] = _Known(lambda text: "" if says_not_stated(text) else _slug(settings.types, text))
        self._languages: _Known[str | None] = _Known(lambda text: _written(Language, text))
        self._currencies: _Known[str | None] = _Known(lambda text: _written(Currency, text))
        self._dates: _Known[str | None] = _Known(self._read_date)
        self._reads: list[tuple[int, _Read]] = []
        self._addresses: list[tuple[str, list[tuple[int, str]]]] = []
        self._first: dict[str, str] = {}
        self._compile()

    def _compile(self) -> None:
        targets = [parse_field(column.field) for column in self._mapping.columns]
        places: dict[str, int] = {}
        for index, target in enumerate(targets):
            places.setdefault(str(target), index)
        addresses: dict[str, list[tuple[int, str]]] = {}
        for index, target in enumerate(targets):
            if target.name == "addresses":
                addresses.setdefault(target.key, []).append((index, target.part))
                continue
            read = self._reader(index, target, places)
            if read is not None:
                self._reads.append((index, read))
        self._addresses = [*addresses.items()]

    def _reader(self, index: int, target: Target, places: Mapping[str, int]) -> _Read | None:  # noqa: C901, PLR0911 - one branch for each kind of column
        header, name = self._headers[index], target.name
        if name == "drop":
            return self._reason() if self._mapping.columns[index].how == "header" else None
        if target.part == "label":
            return self._label_cell(header, places.get(f"{name}[{target.key}]"))
        if name in ("emails", "phones", "websites", "socials"):
            numbered = target.key.isdecimal()
            label = places.get(f"{name}[{target.key}].label") if numbered else None
            return self._values(name, "" if numbered else target.key, label)
        if name == "tags":
            return self._tag_cell
        if name == "categories":
            return self._category_cell
        if name == "ignore":
            return self._kept(header)
        if name == "birthday" and not target.part and "birthday" not in self._first:
            self._first[name] = header
            return self._birthday
        if name not in _TEXTS or target.part:
            return _never
        if name in self._first:
            return self._again(header, name)
        self._first[name] = header
        if name == "full_name":
            self._family_first = family_first(header)
            return self._full_name
        if name in _OF_A_COMPANY and self._google:
            return self._google_text(name)
        return self._text(name)

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
        row = _Row(cells)
        for index, read in self._reads:
            cell = cells[index]
            if cell and (text := cell.strip()) and not read(row, text):
                return None
        values: dict[str, Any] = {}
        countries: list[tuple[str, str]] = []
        if self._addresses:
            addresses = self._read_addresses(cells, countries)
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

    def _whole(self, row: _Row, values: dict[str, Any]) -> PlainRow | None:  # noqa: C901, PLR0912 - each return is a reason to judge the row
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
            for part, name in _PERSON.items():
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

    def _column(self, row: _Row, part: str) -> str:
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

    @staticmethod
    def _reason() -> _Read:
        return lambda _row, text: is_reason(text)

    def _label_cell(self, header: str, partner: int | None) -> _Read:
        keep = self._kept(header)

        def read(row: _Row, text: str) -> bool:
            return True if partner is not None and row.cells[partner].strip() else keep(row, text)

        return read

    @staticmethod
    def _kept(header: str) -> _Read:
        def read(row: _Row, text: str) -> bool:
            kept = _text(text)
            if kept is None:
                return False
            row.unmapped[header] = kept
            return True

        return read

    def _text(self, name: str) -> _Read:
        known: Mapping[str, str | None]
        if name in {"notes", "photo_url"}:

            def several(row: _Row, text: str) -> bool:
                kept = _text(text)
                row.texts[name] = kept or ""
                return kept is not None

            return several
        if name == "company":
            known = self._companies
        elif name == "type":
            return self._listed(name, self._types)
        elif name == "language":
            known = self._languages
        elif name == "currency":
            known = self._currencies
        else:
            known = self._stated if name in _STATED else self._lines
        plain = name not in _STATED and name != "company"

        def read(row: _Row, text: str) -> bool:
            if plain and text.isascii() and text.isprintable() and len(text) <= LINE_LIMIT:
                row.texts[name] = text
                return True
            line = known[text]
            if line is None:
                return False
            row.texts[name] = line
            return True

        return read

    def _again(self, header: str, name: str) -> _Read:
        """A second column for one field fills it if it is empty; another value is kept beside the contact."""
        read = self._text(name)
        if name in {"type", "language", "currency", "prefix", "full_name"} or self._google:
            return _never
        joined = name == "family" and self._mapping.language == "es"

        def again(row: _Row, text: str) -> bool:
            there = row.texts.get(name)
            if there is None:
                row.columns[name] = header
                return read(row, text)
            if joined or not (text.isascii() and there.isascii() and text.isprintable() and there.isprintable()):
                return False
            if len(there) + len(text) > LINE_LIMIT:
                return False
            if name == "notes":
                row.texts[name] = f"{there}\n{text}"
            elif there != text:
                row.unmapped[header] = text
            return True

        return again

    @staticmethod
    def _listed(name: str, known: Mapping[str, str]) -> _Read:
        def read(row: _Row, text: str) -> bool:
            slug = known[text]
            row.texts[name] = slug
            return bool(slug)

        return read

    def _full_name(self, row: _Row, text: str) -> bool:
        row.texts["full_name"] = text
        return self._lines[text] == text

    def _google_text(self, name: str) -> _Read:
        read = self._text(name)
        return lambda row, text: " ::: " not in text and read(row, text)

    def _birthday(self, row: _Row, text: str) -> bool:
        date = self._dates[text]
        row.texts["birthday"] = date or ""
        return date is not None

    def _read_date(self, text: str) -> str | None:
        if "\r" in text or says_no_date(text):
            return None
        date, against = read_date(text, day_first=self._mapping.day_first)
        if date is None or against:
            return None
        return _written(PartialDate.parse, date)

    def _tag_cell(self, row: _Row, text: str) -> bool:
        tags = self._tag_cells[text]
        if tags is None:
            return False
        row.tags += tags
        return len(row.tags) <= _MOST_VALUES

    def _read_tags(self, text: str) -> tuple[Tag, ...] | None:
        texts = self._pieces(text)
        try:
            return None if texts is None else tuple(map(Tag, texts))
        except Invalid:
            return None

    def _category_cell(self, row: _Row, text: str) -> bool:
        slugs = self._category_cells[text]
        if slugs is None:
            return False
        row.categories += slugs
        return len(row.categories) <= _MOST_VALUES

    def _read_categories(self, text: str) -> tuple[str, ...] | None:
        texts = self._pieces(text)
        slugs = tuple(_slug(self._settings.categories, one) for one in texts or ())
        return slugs if slugs and all(slugs) else None

    def _pieces(self, text: str) -> list[str] | None:
        if not text.isprintable():
            return None
        pieces, system = split_tags(text, google=self._google)
        return None if system or not pieces else pieces

    def _values(self, name: str, kind: str, label: int | None) -> _Read:  # noqa: C901 - one function for each field
        several = has_several(name)
        labels, kinds = self._labels, self._kinds

        def said(row: _Row) -> str | None:
            return kind if label is None else labels[row.cells[label]]

        def email(row: _Row, text: str) -> bool:
            if several(text) or text[0] == "'" or text[0] == "/" or (len(text) < _SHORTEST and says_not_stated(text)):
                return False
            address, slug = accept_plain_email(text), kinds[known] if (known := said(row)) is not None else None
            row.emails.append((address, slug or ""))
            return bool(address) and slug is not None

        def phone(row: _Row, text: str) -> bool:
            known = said(row)
            if several(text) or known is None or not text.isascii() or len(text) > _PHONE_CELL:
                return False
            if label is not None and (
                split_phones(text) != [text] or read_phone(text) != (text, "", False) or shortened(text)
            ):
                return False
            row.phones.append((text, known))
            return True

        def website(row: _Row, text: str) -> bool:
            known = said(row)
            if known is None or several(text) or not text.isprintable() or says_not_stated(text):
                return False
            if label is not None and (entries_of(text) != [text] or split_websites(text) != [text]):
                return False
            try:
                site = Website(text, kind=known)
            except Invalid:
                return False
            row.websites.append((str(site), site.kind))
            return True

        def social(row: _Row, text: str) -> bool:
            if label is not None or several(text) or not text.isprintable() or says_not_stated(text):
                return False
            try:
                profile = SocialProfile(kind, text)
            except Invalid:
                return False
            row.socials.append((profile.service, profile.handle, profile.url))
            return True

        return {"emails": email, "phones": phone, "websites": website, "socials": social}[name]

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

    def _read_addresses(self, cells: Sequence[str], countries: list[tuple[str, str]]) -> list[dict[str, str]] | None:
        """The addresses of a row, and the label and country of each; None if the row is not plain."""
        found: list[dict[str, str]] = []
        for key, parts in self._addresses:
            given = [(index, part, text) for index, part in parts if cells[index] and (text := cells[index].strip())]
            if given:
                address = self._read_address(key, given, countries)
                if address is None or address in found:
                    return None
                found.append(address)
        return found

    def _read_address(  # noqa: C901, PLR0912 - one pass over the cells of an address
        self, key: str, given: list[tuple[int, str, str]], countries: list[tuple[str, str]]
    ) -> dict[str, str] | None:
        if any(part in {"postal_city", "number"} for _, part, _ in given):
            given = parted(given, number_first=self._mapping.number_first)
        label = "" if key.isdecimal() else key
        said: dict[str, str] = {}
        for _, part, text in given:
            if part == "label":
                label = kind_of(text)[0]
                continue
            line: str | None
            if part == "formatted":
                line = _text(text)
            elif text.isascii() and text.isprintable() and len(text) <= LINE_LIMIT:
                line = text
            else:
                line = self._lines[text]
            if line is None or part in said or part not in _PARTS or " ::: " in line or not line:
                return None
            said[part] = line if part != "country" else text
        if not said:
            return None
        address: dict[str, str] = {}
        streets = [said[part] for part in _STREETS if part in said]
        if streets:
            address["street"] = streets[0]
        if rest := [*streets[1:], *([said["extended"]] if "extended" in said else [])]:
            address["street2"] = ", ".join(rest)
        for part in ("city", "region", "postal_code", "po_box", "formatted"):
            if part in said:
                address[part] = said[part]
        code = ""
        if "country" in said:
            code = self._countries[said["country"]]
            if not code:
                return None
            address["country"] = code
            written = address.get("postal_code", "")
            if written and with_leading_zeros(written, code) != written:
                return None
        if label:
            line = self._lines[label]
            if not line:
                return None
            address["label"] = line
        countries.append((label, code))
        return address if max(map(len, address.values())) <= LINE_LIMIT else None


_AS_THEY_ARE = (("external_id", "external_id"), ("language", "language"), ("currency", "currency"))
_NAMED = frozenset(
    (*(field.attribute for field in PERSON_NAME_FIELDS if field.suffices), "name", "division", "emails", "phones")
)


class PlainContacts:
    """Makes the contacts of plain rows.

    Args:
        options: The decisions of the import.
        new_id: Source of ids.
    """

    def __init__(self, options: MappingOptions, new_id: Callable[[], str]) -> None:
        self._new_id = new_id
        self._shared: dict[str, Any] = {"version": 1, "access": options.access, "responsibles": options.responsibles}
        self._tags: _Known[Tag] = _Known(Tag.restore)
        self._dates: _Known[PartialDate] = _Known(PartialDate.parse)

    def mapped(
        self, line: int, number: int, plain: PlainRow, derive: Callable[[Person | Company], object] | None = None
    ) -> MappedRow:
        """The mapped row of a plain row.

        Args:
            line: The line of the file where the row starts.
            number: The number of the row.
            plain: Its content.
            derive: A function that returns what was derived from its contact for the index; None for nothing.
        """
        is_company, given, employer = plain
        values = {**given, "id": self._new_id(), **self._shared}
        values["unmapped"] = ReadOnlyDict(given["unmapped"]) if "unmapped" in given else EMPTY
        if "emails" in given:
            values["emails"] = tuple([EmailAddress.restore(text, kind) for text, kind in given["emails"]])
        if "phones" in given:
            values["phones"] = tuple(
                [PhoneNumber.restore(number, kind=kind, text=text) for number, kind, text in given["phones"]]
            )
        if "tags" in given:
            known = self._tags
            values["tags"] = tuple([known[text] for text in given["tags"]])
        if "addresses" in given:
            values["addresses"] = tuple([Address.restore(**parts) for parts in given["addresses"]])
        for name, load in _LOADED.items():
            if name in given:
                values[name] = load(given[name])
        if "birthday" in given:
            values["birthday"] = self._dates[given["birthday"]]
        contact: Person | Company = Company.restore(values) if is_company else Person.restore(values)
        employers = (Employer(*employer),) if employer else ()
        return MappedRow(line, number, contact, employers, indexed=None if derive is None else derive(contact))


_LOADED: Mapping[str, Callable[[Any], Any]] = {
    "websites": lambda given: tuple(Website.restore(url, kind) for url, kind in given),
    "socials": lambda given: tuple(SocialProfile.restore(*one) for one in given),
    "categories": tuple,
    "language": Language.restore,
    "currency": Currency,
}


def _line(text: str) -> str | None:
    """A cell as one line; None for one that is refused, or that has only invisible characters."""
    if not text.isprintable():
        return None
    try:
        return clean_line(text) or None
    except Invalid:
        return None


def _text(text: str) -> str | None:
    """A cell as text of several lines; None for one that is refused, or that has only invisible characters."""
    if text.isascii() and text.isprintable() and len(text) <= TEXT_LIMIT:
        return text
    try:
        return clean_text(line_feeds(text)) or None
    except Invalid:
        return None


def _country(text: str) -> str:
    """The code of a country; `""` if it is unknown, or known in one spelling only."""
    line = _line(text)
    code = read_country(line) if line else None
    return code if code and code == read_country(text) else ""


def _label(cell: str) -> str | None:
    """The kind that a label names; None if it marks the primary value, which comes first."""
    said, primary = kind_of(cell)
    return None if primary or not cell.isprintable() else said


def _kind(said: str) -> str | None:
    try:
        return clean_kind_field(said)
    except Invalid:
        return None


def _slug(entries: Any, text: str) -> str:
    entry: ListEntry | None = find_entry(entries, text)
    return "" if entry is None else entry.slug


def _written(parse: Callable[[str], Any], text: str) -> str | None:
    if says_not_stated(text):
        return None
    try:
        return str(parse(text))
    except Invalid:
        return None
