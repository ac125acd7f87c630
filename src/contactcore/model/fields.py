"""Custom fields: the definitions of an admin, and the values that records may hold (DIR-8)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from enum import Enum
from typing import Any, NamedTuple

import attrs

from contactcore.errors import Invalid, Problem, shorten, with_article
from contactcore.frozen import frozen
from contactcore.model import conversion, parsing
from contactcore.text.folding import fold
from contactcore.values.texts import clean_line, clean_text

__all__ = ["FieldDefinition", "FieldType", "check_fields"]

_LONGEST_PATH = 100
_MOST_NAMED = 10
"""The most fields that a message names."""
_RECORDS = ("person", "company", "site", "item")


class FieldType(Enum):
    """The types of the values of custom fields.

    A value comes back as it is stored: a number as `int` or `float`, `yes-no` as `bool`, `choices` as a tuple of texts,
    and all others as text, a date in ISO 8601 and a phone number in its international form.
    """

    TEXT = "text"
    LONG_TEXT = "long-text"
    NUMBER = "number"
    DATE = "date"
    YES_NO = "yes-no"
    CHOICE = "choice"
    CHOICES = "choices"
    EMAIL = "email"
    PHONE = "phone"
    URL = "url"


def _field_type(value: FieldType | str) -> FieldType:
    try:
        return FieldType(value)
    except ValueError:
        known = ", ".join(kind.value for kind in FieldType)
        raise Invalid("field-type-unknown", f"A field's type is one of {known}.", value=value) from None


_read_type = parsing.converter(_field_type)


def _type(value: FieldType | str) -> FieldType:
    return _read_type(value)


def _record_kind(value: str) -> str:
    if value not in _RECORDS:
        raise Invalid("field-record-unknown", f"A field belongs to {', '.join(_RECORDS)}.", value=value)
    return value


_read_records = parsing.many(str, _record_kind)


def _records(values: Iterable[str]) -> tuple[str, ...]:
    return _read_records(values)


@frozen(kw_only=True)
class FieldDefinition:
    """A custom field of one or more kinds of record.

    Attributes:
        slug: Stable name, used in code and files.
        name: Text that people read.
        type: Type of its values.
        on: Kinds of record that have it: `person`, `company`, `site`, `item`.
        types: Slugs of the types of contacts, or of items, that have it; `()` for every type. Sites have no types.
        required: Whether a record cannot be saved without it.
        choices: Options of a choice.
        archived: Whether it is no longer offered; stored values stay readable.
        in_portal: Whether the client sees the values in the portal (POR-8).

    >>> allergy = FieldDefinition(slug="allergy", name="Allergy", type="choice", choices=["nuts", "none"])
    >>> allergy.read("nuts")
    'nuts'
    """

    slug: str = attrs.field(converter=parsing.line)
    name: str = attrs.field(converter=parsing.line)
    type: FieldType = attrs.field(default=FieldType.TEXT, converter=_type)
    on: tuple[str, ...] = attrs.field(default=("person", "company"), converter=_records)
    types: tuple[str, ...] = attrs.field(default=(), converter=conversion.slugs)
    required: bool = attrs.field(default=False, converter=conversion.yes_no)
    choices: tuple[str, ...] = attrs.field(default=(), converter=conversion.slugs)
    archived: bool = attrs.field(default=False, converter=conversion.yes_no)
    in_portal: bool = attrs.field(default=False, converter=conversion.yes_no)

    def __attrs_post_init__(self) -> None:
        problems = []
        if not self.name:
            problems.append(Problem("field-nameless", "name", "Give the field a name."))
        if self.type in {FieldType.CHOICE, FieldType.CHOICES} and not self.choices:
            problems.append(Problem("field-without-choices", "choices", "List the options of the choice."))
        parsing.raise_refusals(self, problems)

    def belongs_to(self, kind: str, type: str | None) -> bool:
        """Whether the records of a kind and a type have the field.

        Args:
            kind: The kind of record, such as `"item"`.
            type: The slug of the type of the record, `""` for none; None for any type.

        >>> FieldDefinition(slug="plate", name="Plate", on=["item"], types=["car"]).belongs_to("item", "dog")
        False
        """
        return kind in self.on and (not self.types or type is None or type in self.types)

    def read(self, value: Any, country: str | None = None, language: str = "", *, day_first: bool | None = None) -> Any:
        """The value as it is stored: text, `int`, `float`, `bool` or a tuple of texts.

        Args:
            value: Value as it was typed or sent.
            country: ISO 3166 code for national phone numbers; None to take international ones only.
            language: BCP 47 tag of the language in which people write dates, numbers, and yes and no; `""` for the
                notation of programs alone.
            day_first: Whether 03/04 is 3 April; None to decide by language and country.

        Raises:
            Invalid: `field-...`; the message names the expected value.
        """
        return _READERS[self.type](self, value, Notation(country, language, day_first))


class Notation(NamedTuple):
    """The notation in which a value was typed.

    Attributes:
        country: ISO 3166 code; None for unknown.
        language: BCP 47 tag; `""` for the notation of programs alone.
        order: Whether the day is written before the month; None to decide by language and country.
    """

    country: str | None = None
    language: str = ""
    order: bool | None = None

    @property
    def locale(self) -> str:
        """The language as it is written in the country."""
        several = "-" not in self.language and self.language and self.country
        return f"{self.language}-{self.country}" if several else self.language

    @property
    def day_first(self) -> bool:
        """Whether 03/04 is 3 April."""
        if self.order is not None:
            return self.order
        from contactcore.values.written_dates import day_first_of

        return day_first_of(self.language[:2].lower(), self.country)


# Every session has the settings, and with them these definitions: what reads a value is loaded when one is read.


def _text(_definition: FieldDefinition, value: Any, _notation: Notation) -> str:
    return clean_line(_string(value))


def _long_text(_definition: FieldDefinition, value: Any, _notation: Notation) -> str:
    return clean_text(_string(value))


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise Invalid("field-not-text", "Give text here.", value=value)
    return value


def _number(_definition: FieldDefinition, value: Any, notation: Notation) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise Invalid("field-not-number", "Give a number such as 12 or 12.5.", value=value)
    if isinstance(value, str):
        from contactcore.values.written_values import read_number

        read = read_number(value, notation.locale)
        if read is None:
            raise Invalid("field-not-number", "Give a number such as 12 or 12.5.", value=value)
        return read
    if value != value or value in {float("inf"), float("-inf")} or abs(value) >= 1e30:  # noqa: PLR0124 - the test for NaN
        raise Invalid("field-not-number", "Give a number below 10^30.", value=value)
    return value


def _date(_definition: FieldDefinition, value: Any, notation: Notation) -> str:
    if isinstance(value, date):
        return value.isoformat()[:10]
    text = _string(value).strip()
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        from contactcore.values.written_dates import read_date

        read = read_date(text, day_first=notation.day_first)[0] if notation.language else None
    if read is None or len(read) < len("2026-12-31") or read.startswith("-"):
        raise Invalid("field-not-date", "Write the date as 2026-12-31.", value=value)
    return read


def _yes_no(_definition: FieldDefinition, value: Any, notation: Notation) -> bool:
    if isinstance(value, bool):
        return value
    from contactcore.values.written_values import read_yes_no

    found = read_yes_no(value if isinstance(value, str) else shorten(value), notation.language)
    if found is None:
        raise Invalid("field-not-yes-no", "Answer yes or no.", value=value)
    return found


def _choice(definition: FieldDefinition, value: Any, _notation: Notation) -> str:
    text = clean_line(_string(value))
    if text in definition.choices:
        return text
    folded = fold(text)
    alike = [choice for choice in definition.choices if fold(choice) == folded]
    if len(alike) != 1:
        known = definition.choices[:20]
        raise Invalid(
            "field-no-such-choice", f"Choose one of {', '.join(known)}.", value=value, facts={"choices": known}
        )
    return alike[0]


def _choices(definition: FieldDefinition, value: Any, notation: Notation) -> tuple[str, ...]:
    if isinstance(value, str | Mapping) or not isinstance(value, Iterable):
        raise Invalid("field-not-list", "Give a list of choices.", value=value)
    chosen = {_choice(definition, entry, notation) for entry in value}
    return tuple(choice for choice in definition.choices if choice in chosen)


def _email(_definition: FieldDefinition, value: Any, _notation: Notation) -> str:
    from contactcore.values.email import EmailAddress

    return str(EmailAddress(_string(value)))


def _phone(_definition: FieldDefinition, value: Any, notation: Notation) -> str:
    from contactcore.values.phone import PhoneNumber

    return str(PhoneNumber(_string(value), country=notation.country))


def _url(_definition: FieldDefinition, value: Any, _notation: Notation) -> str:
    from contactcore.values.website import Website

    return str(Website(_string(value)))


_READERS: Mapping[FieldType, Callable[[FieldDefinition, Any, Notation], Any]] = {
    FieldType.TEXT: _text,
    FieldType.LONG_TEXT: _long_text,
    FieldType.NUMBER: _number,
    FieldType.DATE: _date,
    FieldType.YES_NO: _yes_no,
    FieldType.CHOICE: _choice,
    FieldType.CHOICES: _choices,
    FieldType.EMAIL: _email,
    FieldType.PHONE: _phone,
    FieldType.URL: _url,
}


def check_fields(
    definitions: Iterable[FieldDefinition],
    kind: str,
    values: Mapping[str, Any],
    before: Mapping[str, Any],
    country: str | None = None,
    language: str = "",
    type: str | None = None,
) -> dict[str, Any]:
    """The field values of a record as they are stored.

    A value that did not change is not checked again: after a definition was changed, archived or removed, the stored
    values stay readable and the record can still be saved (DIR-8).

    Args:
        definitions: Definitions of the workspace.
        kind: Kind of the record.
        values: Values to store, by slug.
        before: Values that the record holds now.
        country: ISO 3166 code for national phone numbers; None to take international ones only.
        language: BCP 47 tag of the language of the values; `""` for the notation of programs alone.
        type: Slug of the type of the record, `""` for none; None if it is not known yet.

    Raises:
        Invalid: all problems at once, with `fields.<slug>` as path.
    """
    definitions = [*definitions]
    known = {definition.slug: definition for definition in definitions if definition.belongs_to(kind, type)}
    kept: dict[str, Any] = {}
    problems: list[Problem] = []
    for slug, value in values.items():
        if slug in before and before[slug] == value:
            kept[slug] = before[slug]
        elif value is None or (isinstance(value, str | tuple | list) and not value):
            continue
        elif slug not in known:
            # A name may be of any type and length. The message must stay short.
            message = f"{with_article(kind, 'A')} has no field {shorten(slug)}{_elsewhere(definitions, kind, slug)}."
            problems.append(
                Problem(
                    "field-unknown",
                    f"fields.{slug[:_LONGEST_PATH] if isinstance(slug, str) else shorten(slug)}",
                    message,
                    value,
                )
            )
        else:
            try:
                kept[slug] = known[slug].read(value, country, language)
            except Invalid as error:
                problems.extend(error.under(f"fields.{slug}").problems)
    problems.extend(
        Problem("field-required", f"fields.{slug}", f"Fill in {definition.name}.")
        for slug, definition in known.items()
        if definition.required
        and not definition.archived
        and slug not in kept
        and not any(problem.path == f"fields.{slug}" for problem in problems)
    )
    if problems:
        raise Invalid(problems)
    return kept


def _elsewhere(definitions: Sequence[FieldDefinition], kind: str, slug: object) -> str:
    """The records that have a field which a record of this kind lacks, or the fields that it has, for a message."""
    found = next((definition for definition in definitions if definition.slug == slug), None)
    if found is not None and kind in found.on:
        return f"; the field is for records of the type {' or '.join(found.types)}"
    if found is not None:
        return f"; the field is for records of the kind {' or '.join(found.on)}"
    own = [definition.slug for definition in definitions if kind in definition.on and not definition.archived]
    listed = ", ".join(own[:_MOST_NAMED]) + (" and more" if len(own) > _MOST_NAMED else "")
    return f"; its fields are {listed or '(none yet)'}"
