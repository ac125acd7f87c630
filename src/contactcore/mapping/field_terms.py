"""Terms of custom fields: a directory is filtered by choices, yes and no, and ranges of days (DIR-9, DIR-19)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from contactcore.mapping.index_keys import term
from contactcore.model import FieldDefinition, FieldType, Settings
from contactcore.text import fold

__all__ = ["FILTERED_TYPES", "day_terms", "field_terms", "value_term"]

FILTERED_TYPES = (FieldType.CHOICE, FieldType.CHOICES, FieldType.YES_NO, FieldType.DATE)
"""The types of custom fields by which a directory can be filtered."""

_LENGTHS = (2, 4, 7, 10)
"""A day has a term for its century, year, month and itself, so that a range of any length needs few terms."""


def field_terms(fields: Mapping[str, Any], settings: Settings) -> Iterator[str]:
    """The terms of the values of custom fields.

    Args:
        fields: The values by the slugs of the fields.
        settings: The settings, with the definitions.
    """
    if not fields:
        return
    for definition in settings.fields:
        value = fields.get(definition.slug)
        if value is None or definition.type not in FILTERED_TYPES:
            continue
        if definition.type is FieldType.DATE:
            yield from (value_term(definition, str(value)[:length]) for length in _LENGTHS)
        else:
            for one in value if isinstance(value, tuple | list) else (value,):
                yield value_term(definition, one)


def value_term(definition: FieldDefinition, value: object) -> str:
    """The term of one value of a field.

    Args:
        definition: The field.
        value: A choice, True or False, or the beginning of a day.
    """
    return term("field", f"{definition.slug}={fold(str(value))}")


def day_terms(definition: FieldDefinition, first: date, last: date) -> Iterator[str]:
    """The terms of which each day of a range has exactly one, and no other day has any.

    Args:
        definition: The field.
        first, last: The first and the last day of the range.

    >>> born = FieldDefinition(slug="born", name="Born", type="date")
    >>> list(day_terms(born, date(2025, 12, 31), date(2026, 2, 1)))
    ['field:born=2025-12-31', 'field:born=2026-01', 'field:born=2026-02-01']
    """
    day: date | None = first
    while day is not None and day <= last:
        length, end = next((length, end) for length, end in _spans(day) if end <= last)
        yield value_term(definition, day.isoformat()[:length])
        day = None if end == date.max else end + timedelta(days=1)


def _spans(day: date) -> Iterator[tuple[int, date]]:
    """The century, year and month that begin on a day, and the day, each with the length of its text and its end."""
    if (day.month, day.day) == (1, 1):
        if day.year % 100 == 0 or day.year == 1:
            yield 2, date(day.year // 100 * 100 + 99, 12, 31)
        yield 4, date(day.year, 12, 31)
    if day.day == 1:
        yield 7, (date.max if day.year == date.max.year and day.month == 12 else _next_month(day) - timedelta(days=1))
    yield 10, day


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
