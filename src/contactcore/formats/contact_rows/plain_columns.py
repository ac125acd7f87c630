"""The columns of plain rows: for each column the function that reads its cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from contactcore.errors import Invalid
from contactcore.formats.contact_rows.mapping_options import MappingOptions
from contactcore.formats.contact_rows.native_cells import NativeCells
from contactcore.formats.contact_rows.plain_cells import (
    KnownTexts,
    ReadCell,
    RowValues,
    kind_of_label,
    known_kind,
    one_line,
    several_lines,
    slug_of,
    written,
)
from contactcore.formats.tabular.cells import (
    entries_of,
    has_several,
    says_no_name,
    says_not_stated,
    says_nothing,
    split_tags,
    split_websites,
)
from contactcore.formats.tabular.fields import Target, parse_field
from contactcore.formats.tabular.headers import family_first
from contactcore.formats.tabular.kinds import names_kind
from contactcore.formats.tabular.mapping import is_reason
from contactcore.formats.tabular.phone_cells import read_phone, shortened, split_phones
from contactcore.model import FieldDefinition, Settings, check_fields
from contactcore.model.name_fields import PERSON_NAME_FIELDS
from contactcore.values import Currency, Language, PartialDate, SocialProfile, Tag, Website
from contactcore.values.email import accept_plain as accept_plain_email
from contactcore.values.texts import LINE_LIMIT
from contactcore.values.written_dates import read_date, says_no_date

__all__ = ["PERSON_COLUMNS", "PlainColumns"]

PERSON_COLUMNS = {field.part: field.attribute for field in PERSON_NAME_FIELDS} | {"gender": "gender"}
"""Field of a column -> the attribute of a person that it fills."""

_MOST_VALUES = 1_000
_LARGEST_NUMBER = 1 << 53
"""The largest whole number that every notation keeps."""
_SHORTEST = 30
_PHONE_CELL = 250
_STATED = frozenset(("gender", "position", "department", "language", "currency", "type", "prefix"))
_OF_A_COMPANY = frozenset(("company", "position", "department"))
_TEXTS = frozenset(
    (*PERSON_COLUMNS, *_OF_A_COMPANY, "notes", "external_id", "type", "language", "currency", "photo_url")
)


def _never(_row: RowValues, _text: str) -> bool:
    return False


class PlainColumns:
    """The function of each column of a file, which reads the cells of plain rows.

    Args:
        options: The decisions of the import.
        settings: The settings of the workspace.
        lines: The texts of the file that are one line; None for a text that is not plain.

    Attributes:
        targets: The target of each column.
        reads: The place and the function of each column that is read, except those of addresses.
        first: The header of the first column of each field.
        family_first: Whether full names begin with the family name.
        kinds: The kinds of values, by label.
    """

    def __init__(self, options: MappingOptions, settings: Settings, lines: KnownTexts[str | None]) -> None:
        mapping = options.columns.table.mapping
        self._mapping = mapping
        self._settings = settings
        self._headers = [column.header for column in mapping.columns]
        self._custom = {
            column: definition
            for column, slug in options.columns.custom.items()
            for definition in settings.fields
            if definition.slug == slug
        }
        self._cells = NativeCells(options, settings) if self._custom else None
        self._google = mapping.source.startswith("google")
        self._lines = lines
        self._stated: KnownTexts[str | None] = KnownTexts(
            lambda text: None if says_not_stated(text) else one_line(text)
        )
        self._companies: KnownTexts[str | None] = KnownTexts(
            lambda text: None if says_nothing(text) else one_line(text)
        )
        self._prefixes: KnownTexts[str | None] = KnownTexts(
            lambda text: None if names_kind(text) == "company" else self._stated[text]
        )
        self._labels: KnownTexts[str | None] = KnownTexts(kind_of_label)
        self._tag_cells: KnownTexts[tuple[Tag, ...] | None] = KnownTexts(self._read_tags)
        self._category_cells: KnownTexts[tuple[str, ...] | None] = KnownTexts(self._read_categories)
        self._types: KnownTexts[str] = KnownTexts(
            lambda text: "" if says_not_stated(text) else slug_of(settings.types, text)
        )
        self._languages: KnownTexts[str | None] = KnownTexts(lambda text: written(Language, text))
        self._currencies: KnownTexts[str | None] = KnownTexts(lambda text: written(Currency, text))
        self._dates: KnownTexts[str | None] = KnownTexts(self._read_date)
        self.kinds: KnownTexts[str | None] = KnownTexts(known_kind)
        self.family_first: bool = False
        self.first: dict[str, str] = {}
        self.targets: list[Target] = [parse_field(column.field) for column in mapping.columns]
        self.reads: list[tuple[int, ReadCell]] = [*self._compiled()]

    def _compiled(self) -> Iterator[tuple[int, ReadCell]]:
        """The functions of the columns, made once for the whole file."""
        places: dict[str, int] = {}
        for index, target in enumerate(self.targets):
            places.setdefault(str(target), index)
        for index, target in enumerate(self.targets):
            read = None if target.name == "addresses" else self._reader(index, target, places)
            if read is not None:
                yield index, read

    def _reader(self, index: int, target: Target, places: Mapping[str, int]) -> ReadCell | None:  # noqa: C901, PLR0911 - one branch for each kind of column
        header, name = self._headers[index], target.name
        if header in self._custom:
            return self._field(header)
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
        if name == "birthday" and not target.part and "birthday" not in self.first:
            self.first[name] = header
            return self._birthday
        if name not in _TEXTS or target.part:
            return _never
        if name in self.first:
            return self._again(header, name)
        self.first[name] = header
        if name == "full_name":
            self.family_first = family_first(header)
            return self._full_name
        if name in _OF_A_COMPANY and self._google:
            return self._google_text(name)
        return self._text(name)

    def _field(self, header: str) -> ReadCell:
        definition = self._custom[header]
        slug = definition.slug
        twice = [one for one, other in self._custom.items() if other is definition]
        if definition.types or len(twice) > 1:
            return _never
        known: KnownTexts[Any] = KnownTexts(partial(self._read_field, header, definition))

        def read(row: RowValues, text: str) -> bool:
            value = row.fields[slug] = known[text]
            return value is not None

        return read

    def _read_field(self, header: str, definition: FieldDefinition, text: str) -> Any:
        """The value of a custom field that every contact may have; None for one that is not plain."""
        value = None if self._cells is None else self._cells.plain_field(header, definition, text)
        if not isinstance(value, str | int | float | tuple) or value in {"", ()}:
            return None
        if isinstance(value, int | float) and abs(value) > _LARGEST_NUMBER:
            return None
        country, language = self._settings.country or None, str(self._settings.language)
        try:
            # As every contact is prepared before it is stored.
            stored = check_fields([definition], definition.on[0], {definition.slug: value}, {}, country, language)
        except Invalid:
            return None
        return value if stored == {definition.slug: value} else None

    @staticmethod
    def _reason() -> ReadCell:
        return lambda _row, text: is_reason(text)

    def _label_cell(self, header: str, partner: int | None) -> ReadCell:
        keep = self._kept(header)

        def read(row: RowValues, text: str) -> bool:
            return True if partner is not None and row.cells[partner].strip() else keep(row, text)

        return read

    @staticmethod
    def _kept(header: str) -> ReadCell:
        def read(row: RowValues, text: str) -> bool:
            kept = several_lines(text)
            if kept is None:
                return False
            row.unmapped[header] = kept
            return True

        return read

    def _text(self, name: str) -> ReadCell:
        if name in {"notes", "photo_url"}:

            def several(row: RowValues, text: str) -> bool:
                kept = several_lines(text)
                row.texts[name] = kept or ""
                return kept is not None

            return several
        if name == "type":
            return self._listed(name, self._types)
        known = self._known(name)
        plain, is_name = name not in _STATED and name != "company", name in PERSON_COLUMNS
        is_code = name == "external_id"

        def read(row: RowValues, text: str) -> bool:
            if (is_name and says_no_name(text)) or (is_code and text[0] == "'"):
                return False
            if plain and text.isascii() and text.isprintable() and len(text) <= LINE_LIMIT:
                row.texts[name] = text
                return True
            line = known[text]
            if line is None:
                return False
            row.texts[name] = line
            return True

        return read

    def _known(self, name: str) -> KnownTexts[str | None]:
        """The texts of a field that have been looked at."""
        own = {"company": self._companies, "language": self._languages, "currency": self._currencies}
        own["prefix"] = self._prefixes
        return own.get(name, self._stated if name in _STATED else self._lines)

    def _again(self, header: str, name: str) -> ReadCell:
        """A second column for one field fills it if it is empty; another value is kept beside the contact."""
        read = self._text(name)
        if name in {"type", "language", "currency", "prefix", "full_name"} or self._google:
            return _never
        joined = name == "family" and self._mapping.language == "es"

        def again(row: RowValues, text: str) -> bool:
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
    def _listed(name: str, known: Mapping[str, str]) -> ReadCell:
        def read(row: RowValues, text: str) -> bool:
            slug = known[text]
            row.texts[name] = slug
            return bool(slug)

        return read

    def _full_name(self, row: RowValues, text: str) -> bool:
        row.texts["full_name"] = text
        return self._lines[text] == text

    def _google_text(self, name: str) -> ReadCell:
        read = self._text(name)
        return lambda row, text: " ::: " not in text and read(row, text)

    def _birthday(self, row: RowValues, text: str) -> bool:
        date = self._dates[text]
        row.texts["birthday"] = date or ""
        return date is not None

    def _read_date(self, text: str) -> str | None:
        if "\r" in text or says_no_date(text):
            return None
        date, against = read_date(text, day_first=self._mapping.day_first)
        if date is None or against:
            return None
        return written(PartialDate.parse, date)

    def _tag_cell(self, row: RowValues, text: str) -> bool:
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

    def _category_cell(self, row: RowValues, text: str) -> bool:
        slugs = self._category_cells[text]
        if slugs is None:
            return False
        row.categories += slugs
        return len(row.categories) <= _MOST_VALUES

    def _read_categories(self, text: str) -> tuple[str, ...] | None:
        texts = self._pieces(text)
        slugs = tuple(slug_of(self._settings.categories, one) for one in texts or ())
        return slugs if slugs and all(slugs) else None

    def _pieces(self, text: str) -> list[str] | None:
        if not text.isprintable():
            return None
        pieces, system = split_tags(text, google=self._google)
        return None if system or not pieces else pieces

    def _values(self, name: str, kind: str, label: int | None) -> ReadCell:  # noqa: C901 - one function for each field
        several = has_several(name)
        labels, kinds = self._labels, self.kinds

        def said(row: RowValues) -> str | None:
            return kind if label is None else labels[row.cells[label]]

        def email(row: RowValues, text: str) -> bool:
            if several(text) or text[0] == "'" or text[0] == "/" or (len(text) < _SHORTEST and says_not_stated(text)):
                return False
            address, slug = accept_plain_email(text), kinds[known] if (known := said(row)) is not None else None
            row.emails.append({"text": address, "kind": slug} if slug else {"text": address})
            return bool(address) and slug is not None

        def phone(row: RowValues, text: str) -> bool:
            known = said(row)
            if several(text) or known is None or not text.isascii() or len(text) > _PHONE_CELL:
                return False
            if label is not None and (
                split_phones(text) != [text] or read_phone(text) != (text, "", False) or shortened(text)
            ):
                return False
            row.phones.append((text, known))
            return True

        def website(row: RowValues, text: str) -> bool:
            known = said(row)
            if known is None or several(text) or not text.isprintable() or says_not_stated(text) or text[0] == "<":
                return False
            if label is not None and (entries_of(text) != [text] or split_websites(text) != [text]):
                return False
            try:
                site = Website(text, kind=known)
            except Invalid:
                return False
            row.websites.append({"url": str(site), "kind": site.kind} if site.kind else {"url": str(site)})
            return True

        def social(row: RowValues, text: str) -> bool:
            if label is not None or several(text) or not text.isprintable() or says_not_stated(text):
                return False
            try:
                profile = SocialProfile(kind, text)
            except Invalid:
                return False
            parts = (("service", profile.service), ("handle", profile.handle), ("url", profile.url))
            row.socials.append({name: part for name, part in parts if part})
            return True

        return {"emails": email, "phones": phone, "websites": website, "socials": social}[name]
