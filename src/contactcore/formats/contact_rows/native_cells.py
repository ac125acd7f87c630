"""Reading native columns and custom fields: the columns that `contactcore.formats.tabular` does not know (IMP-4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from contactcore.errors import Invalid, Problem
from contactcore.formats.contact_rows.mapped_row import Employer
from contactcore.formats.contact_rows.mapping_options import MappingOptions
from contactcore.formats.contact_rows.native_columns import NativeColumn, split_list
from contactcore.formats.contact_rows.row_context import RowContext, note_country
from contactcore.formats.tabular.cells import split_choices
from contactcore.model import FieldDefinition, FieldType, Settings, check_fields
from contactcore.values import Address, EmailAddress, PartialDate, PhoneNumber, SocialProfile, Tag, Website
from contactcore.values.written_dates import evidence, other_order, read_date, says_no_date

__all__ = ["NativeCells"]

_LONGEST_ID = 128
_YES_OR_NO = "Write yes or no."


class NativeCells:
    """Reads the native columns and the custom fields of a row.

    Args:
        options: The decisions of the import.
        settings: The settings of the workspace.
    """

    def __init__(self, options: MappingOptions, settings: Settings) -> None:
        self._columns = options.columns
        self._country = options.country or None
        self._definitions = {definition.slug: definition for definition in settings.fields}
        mapping = options.columns.table.mapping
        own = mapping.language in {"en", settings.language.base}
        # A file in another language is written as that language writes, whatever the country.
        self._language = str(settings.language) if own else mapping.language
        self._written_in = settings.country or None if own else None
        self._orders = {
            column: mapping.day_first if order is None else order
            for column, slug in options.columns.custom.items()
            if slug in self._definitions and self._definitions[slug].type is FieldType.DATE
            for order in (evidence(options.columns.table.sample(column)),)
        }

    def read(self, found: RowContext) -> tuple[Employer, ...]:
        """Read these cells, and keep all other unmapped cells.

        Returns:
            The employers of a person beside the first one.
        """
        places: dict[int, dict[str, str]] = {}
        employers: dict[int, dict[str, str]] = {}
        fields: dict[str, tuple[str, str]] = {}
        for column, text in found.draft.unmapped.items():
            native = self._columns.native.get(column)
            slug = self._columns.custom.get(column)
            if slug in self._definitions and slug not in fields:
                fields[slug] = (column, text)
            elif native is None:
                found.keep(column, text)
            elif native.name == "addresses":
                places.setdefault(native.number, {})[native.key] = text
            elif native.name == "employers":
                employers.setdefault(native.number, {})[native.key] = text
            else:
                _READERS[native.name](found, native, column, text, self._country)
        for number, parts in sorted(places.items()):
            # A contact has one main billing address: the first one counts.
            is_first = all(places[other].get("billing") != "yes" for other in places if other < number)
            given: dict[str, Any] = {**parts, "billing": parts.get("billing") == "yes" and is_first}
            column = f"Address {number}"
            address = found.attempt(column, ", ".join(parts.values()), lambda each: Address(**each), given)
            if address is not None and address.country_text and parts.get("country"):
                note_country(found, f"{column} Country", address)
            found.add("addresses", [address])
        if fields:
            self._fields(found, fields)
        named = {number for number, parts in employers.items() if parts.get("company")}
        _drop_primary(found, named | {1} if found.draft.company else named)
        return tuple(
            Employer(
                name,
                found.line_of(f"Department {number}", parts.get("department", "")),
                found.line_of(f"Position {number}", parts.get("position", "")),
                number in found.primary_at,
            )
            for number, parts in sorted(employers.items())
            if (name := found.line_of(f"Company {number}", parts.get("company", "")))
        )

    def _fields(self, found: RowContext, cells: dict[str, tuple[str, str]]) -> None:
        values: dict[str, Any] = {}
        for slug, (column, text) in cells.items():
            definition = self._definitions[slug]
            if definition.type is FieldType.DATE and self._is_odd_date(found, column, text):
                continue
            read = found.attempt(column, text, self._field, definition, found.kind, column, text)
            values.update(read or {})
        if values:
            found.values["fields"] = values

    def _is_odd_date(self, found: RowContext, column: str, text: str) -> bool:
        """Whether a cell says that there is no date; a date in the other order of day and month is noted."""
        if says_no_date(text):
            found.keep(column, text)
            return True
        day_first = self._orders[column]
        if read_date(text, day_first=day_first)[1]:
            found.note("date-order", column, text, other_order(day_first=day_first))
        return False

    def _field(self, definition: FieldDefinition, kind: str, column: str, text: str) -> dict[str, Any]:
        slug = definition.slug
        if column in self._columns.own_fields:
            try:
                value = tuple(split_list(text)) if definition.type is FieldType.CHOICES else text
                return check_fields([definition], kind, {slug: value}, {}, self._country)
            except Invalid:
                pass  # a spreadsheet has written the cell anew
        if kind not in definition.on:
            return check_fields([definition], kind, {slug: text}, {})
        value = split_choices(text, definition.choices) if definition.type is FieldType.CHOICES else text
        phone = definition.type is FieldType.PHONE
        country = self._country if phone else self._written_in
        return {slug: definition.read(value, country, self._language, day_first=self._orders.get(column))}


_Reader = Callable[[RowContext, NativeColumn, str, str, str | None], None]


def _emails(found: RowContext, native: NativeColumn, column: str, text: str, _: str | None) -> None:
    found.add("emails", [found.attempt(column, text, EmailAddress, text, native.key)])


def _phones(found: RowContext, native: NativeColumn, column: str, text: str, country: str | None) -> None:
    found.add("phones", [found.attempt(column, text, PhoneNumber, text, country, native.key)])


def _websites(found: RowContext, native: NativeColumn, column: str, text: str, _: str | None) -> None:
    found.add("websites", [found.attempt(column, text, Website, text, native.key)])


def _socials(found: RowContext, native: NativeColumn, column: str, text: str, _: str | None) -> None:
    found.add("socials", [found.attempt(column, text, SocialProfile, native.key, text)])


def _tags(found: RowContext, _: NativeColumn, column: str, text: str, _country: str | None) -> None:
    found.add("tags", [found.attempt(column, one, Tag, one) for one in split_list(text)])


def _categories(found: RowContext, _: NativeColumn, _column: str, text: str, _country: str | None) -> None:
    found.categories = tuple(split_list(text))


def _birthday(found: RowContext, _: NativeColumn, column: str, text: str, _country: str | None) -> None:
    day = found.attempt(column, text, PartialDate.parse, text)
    if day is not None and found.kind == "person":
        found.values["birthday"] = day


def _unmapped(found: RowContext, native: NativeColumn, _column: str, text: str, _: str | None) -> None:
    found.keep(native.key, text)


def _id(found: RowContext, _: NativeColumn, column: str, text: str, _country: str | None) -> None:
    if len(text) <= _LONGEST_ID and text.isprintable():
        found.own_id = text
    else:
        reason = "This is no id of a contact. Leave the cell empty for a new contact."
        found.report(Problem("contact-id", "", reason), column, text)


def _listed(found: RowContext, _: NativeColumn, column: str, text: str, _country: str | None) -> None:
    if text == "no":
        found.values["listed"] = False
    elif text != "yes":
        found.report(Problem("listed", "", _YES_OR_NO), column, text)


def _kind(found: RowContext, _: NativeColumn, column: str, text: str, _country: str | None) -> None:
    if text in {"person", "company"}:
        found.kind = text
    else:
        found.report(Problem("kind", "", "Write person or company."), column, text)


def _drop_primary(found: RowContext, named: set[int]) -> None:
    """Report that the person is primary where the row names no company."""
    for number, column in [*found.primary_at.items()]:
        if found.kind != "person" or number not in named:
            del found.primary_at[number]
            reason = "Only a person can be primary, and only for a company that the row names. Leave the cell empty."
            found.report(Problem("primary-of-nobody", "", reason), column, "yes")


def _primary(found: RowContext, native: NativeColumn, column: str, text: str, _: str | None) -> None:
    if text == "yes":
        found.primary_at[native.number] = column
    elif text != "no":
        found.report(Problem("primary-yes-no", "", _YES_OR_NO), column, text)


_READERS: dict[str, _Reader] = {
    "emails": _emails,
    "phones": _phones,
    "websites": _websites,
    "socials": _socials,
    "tags": _tags,
    "categories": _categories,
    "birthday": _birthday,
    "unmapped": _unmapped,
    "id": _id,
    "listed": _listed,
    "primary": _primary,
    "kind": _kind,
}
