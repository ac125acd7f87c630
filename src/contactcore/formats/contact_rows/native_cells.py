"""Reading native columns and custom fields: the columns that `contactcore.formats.tabular` does not know (IMP-4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import attrs

from contactcore.errors import Invalid, Problem
from contactcore.formats.contact_rows.mapped_row import Employer
from contactcore.formats.contact_rows.mapping_options import MappingOptions
from contactcore.formats.contact_rows.native_columns import FOREIGN, RECORDS, NativeColumn, native_column, split_list
from contactcore.formats.contact_rows.row_context import RowContext, note_country
from contactcore.formats.contact_rows.structured_cells import (
    load_authorities,
    load_email,
    load_emails,
    load_more,
    load_phone,
    load_slugs,
)
from contactcore.formats.tabular.cells import split_choices
from contactcore.model import (
    AccessPolicy,
    Affiliation,
    FieldDefinition,
    FieldType,
    NotificationPreferences,
    PermissionSet,
    Settings,
    check_fields,
)
from contactcore.values import (
    Address,
    EmailAddress,
    PartialDate,
    PhoneNumber,
    SocialProfile,
    Tag,
    Website,
    clean_line,
    clean_text,
)
from contactcore.values.written_dates import evidence, other_order, read_date, says_no_date

__all__ = ["NativeCells", "read_yes"]

_LONGEST_ID = 128
_YES_OR_NO = "Write yes or no."


class NativeCells:
    """Reads the native columns and the custom fields of a row.

    Args:
        options: The decisions of the import.
        settings: The settings of the workspace.

    Attributes:
        reads_exports: Whether the file is an export of our own, and no other file with custom fields.
    """

    def __init__(self, options: MappingOptions, settings: Settings) -> None:
        self._columns = options.columns
        self._own_rights = options.own_rights
        self._day_first = options.columns.table.mapping.day_first
        self._country = options.country or None
        self.reads_exports: bool = bool(options.columns.native)
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

    def read(self, found: RowContext) -> tuple[Employer, ...]:  # noqa: C901 - one branch for each kind of column
        """Read these cells, and keep all other unmapped cells.

        Returns:
            The employers of a person beside the first one.
        """
        places: dict[int, dict[str, str]] = {}
        employers: dict[int, dict[str, str]] = {}
        fields: dict[str, tuple[str, str]] = {}
        for column, text, native in self._cells(found):
            slug = self._columns.custom.get(column)
            if slug is None and native is not None and native.name == "fields":
                slug = native.key
            if slug in self._definitions and slug not in fields:
                fields[slug] = (column, text)
            elif native is None or native.name == "fields":
                found.keep(column, text)
            elif native.name in {"affiliation", "part"}:
                getattr(found, native.name)[native.key] = (column, text)
            elif native.name == "rights":
                self._read_right(found, native.key, column, text)
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
        first = found.draft.company or "company_id" in found.affiliation
        _drop_primary(found, named | {1} if first else named)
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

    def plain_field(self, column: str, definition: FieldDefinition, text: str) -> Any:
        """The value of a custom field, as `read` stores it for a record that has the field.

        Args:
            column: The column of a file of another program.
            definition: The field.
            text: The cell.

        Returns:
            The value; None for a cell with a fault or a note.
        """
        if not text.isprintable():
            return None
        if definition.type is FieldType.DATE:
            day_first = self._orders[column]
            if says_no_date(text) or read_date(text, day_first=day_first)[1]:
                return None
        try:
            return self._read_field(definition, column, text)
        except Invalid:
            return None

    def _cells(self, found: RowContext) -> Iterator[tuple[str, str, NativeColumn | None]]:
        """The cells that no draft holds, and those that the row keeps as one JSON object."""
        pieces: dict[int, str] = {}
        more = ""
        for column, text in found.draft.unmapped.items():
            native = self._columns.native.get(column)
            if native is not None and native.name == "more":
                pieces[native.number] = text
                more = more or column
            else:
                yield column, text, native
        whole = "".join(text for _, text in sorted(pieces.items()))
        rest: dict[str, str] = (found.attempt(more, whole, load_more, whole) or {}) if pieces else {}
        drafted: dict[str, Any] = {FOREIGN[header]: text for header, text in rest.items() if header in FOREIGN}
        if drafted:
            found.draft = attrs.evolve(found.draft, **drafted)
        for column, text in rest.items():
            if column not in FOREIGN:
                yield column, text, native_column(column)

    def _read_right(self, found: RowContext, name: str, column: str, text: str) -> None:
        """Read the access policy, the responsible users, the source, or the portal settings of a person."""
        if name in {"access", "responsibles"} and name not in self._own_rights:
            return  # the caller of the import has decided
        value = found.attempt(column, text, _RIGHTS[name], text)
        if value is not None and (name not in {"permissions", "notifications"} or found.kind == "person"):
            found.values[name] = value

    def affiliation(self, found: RowContext) -> dict[str, Any]:
        """The fields of the affiliation of a row, beside company, department, position and primary flag."""
        values: dict[str, Any] = {}
        for name, (column, text) in found.affiliation.items():
            if name == "company_id":
                continue
            read = self._day if name in {"start", "end"} else _DETAILS[name]
            value = found.attempt(column, text, read, text)
            if value is not None:
                values[name] = value
        try:
            Affiliation(**values)
        except Invalid as error:  # the last day precedes the first
            column, text = found.affiliation.get("end", ("End", ""))
            found.report(error.problems[0], column, text)
            values.pop("end", None)
        return values

    def _day(self, text: str) -> date:
        written, _ = read_date(text, day_first=self._day_first)
        try:
            return date.fromisoformat(written or text)
        except ValueError:
            reason = "This is no day. Write it like 2026-01-31."
            raise Invalid("date-unreadable", reason, value=text) from None

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
        return {slug: self._read_field(definition, column, text)}

    def _read_field(self, definition: FieldDefinition, column: str, text: str) -> Any:
        value = split_choices(text, definition.choices) if definition.type is FieldType.CHOICES else text
        phone = definition.type is FieldType.PHONE
        country = self._country if phone else self._written_in
        return definition.read(value, country, self._language, day_first=self._orders.get(column))


def read_yes(text: str) -> bool:
    """The answer of a cell, `yes` or `no`.

    Raises:
        Invalid: `yes-or-no`.
    """
    if text not in {"yes", "no"}:
        raise Invalid("yes-or-no", _YES_OR_NO, value=text)
    return text == "yes"


def _source(text: str) -> str:
    source = clean_line(text)
    if source not in _SOURCES and not source.startswith("import:"):
        raise Invalid("source-unknown", f"Sources are {', '.join(_SOURCES)} and import:<id>.", value=text)
    return source


_SOURCES = ("hand", "card", "form", "portal")
_RIGHTS: dict[str, Callable[[str], Any]] = {
    "access": AccessPolicy.parse,
    "responsibles": lambda text: tuple(load_slugs(text)),
    "source": _source,
    "permissions": lambda text: PermissionSet(load_slugs(text)),
    "notifications": lambda text: NotificationPreferences(load_slugs(text)),
}
_DETAILS: dict[str, Callable[[str], Any]] = {
    "site_id": clean_line,
    "information": clean_text,
    "email": load_email,
    "phone": load_phone,
    "retired": lambda text: tuple(load_emails(text)),
    "authorities": lambda text: tuple(load_authorities(text)),
    "permissions": lambda text: PermissionSet(load_slugs(text)),
    "notifications": lambda text: NotificationPreferences(load_slugs(text)),
    "purposes": lambda text: tuple(load_slugs(text)),
    "active": read_yes,
}


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


def _unmapped(found: RowContext, native: NativeColumn, column: str, text: str, _: str | None) -> None:
    if native.key in found.unmapped:
        found.keep(native.key, text)
        return
    kept = found.attempt(column, text, clean_text, text)
    if kept is not None:
        found.unmapped[native.key] = kept


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
    elif text in RECORDS:
        found.record = text
        found.kind = "person" if text == "affiliation" else text
    else:
        kinds = ", ".join(("person", "company", *RECORDS))
        found.report(Problem("kind", "", f"Write one of {kinds}."), column, text)


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
