"""Filters by custom fields: choices, yes and no, and ranges of days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from contactcore.errors import Invalid
from contactcore.mapping.field_terms import FILTERED_TYPES, day_terms, value_term
from contactcore.model import FieldDefinition, FieldType, Settings

__all__ = ["field_group"]


def field_group(settings: Settings, slug: str, value: Any) -> Iterable[str]:
    """The terms of which a contact must have one to match a filter by a custom field.

    Args:
        settings: The settings of the workspace.
        slug: The slug of the field.
        value: The wanted value, as `Filters.fields` takes it.

    Raises:
        Invalid: `field-unknown`, `field-not-filtered`, `field-range`, `dates-reversed`, and the problems of the value.
    """
    path = f"fields.{slug}"
    contacts = [one for one in settings.fields if {"person", "company"} & {*one.on}]
    found = next((one for one in contacts if one.slug == slug), None)
    if found is None:
        known = ", ".join(one.slug for one in contacts if one.type in FILTERED_TYPES) or "(none yet)"
        raise Invalid("field-unknown", f"Fields for filters are {known}.", path=path, value=value)
    if found.type not in FILTERED_TYPES:
        message = f"Filter by fields of the types {', '.join(one.value for one in FILTERED_TYPES)}."
        raise Invalid("field-not-filtered", message, path=path, value=value)
    try:
        return _terms(found, value)
    except Invalid as error:
        raise error.under(path) from None


def _terms(definition: FieldDefinition, value: Any) -> Iterable[str]:
    if definition.type is FieldType.DATE:
        return day_terms(definition, *_range(definition, value))
    if definition.type is FieldType.YES_NO:
        return [value_term(definition, definition.read(value))]
    wanted = [value] if isinstance(value, str) else [*value] if isinstance(value, Iterable) else [value]
    if not wanted:
        raise Invalid("filter-empty", "Name a choice, or leave the filter out.", value=value)
    read = definition.read(wanted if definition.type is FieldType.CHOICES else wanted[0])
    choices = read if isinstance(read, tuple) else [definition.read(one) for one in wanted]
    return [value_term(definition, one) for one in choices]


def _range(definition: FieldDefinition, value: Any) -> tuple[date, date]:
    if isinstance(value, str) or not isinstance(value, Iterable) or len(ends := [*value]) != 2:
        message = "Give the first and the last day of a range; None leaves an end open."
        raise Invalid("field-range", message, value=value)
    first, last = (None if end is None else date.fromisoformat(definition.read(end)) for end in ends)
    first, last = first or date.min, last or date.max
    if first > last:
        raise Invalid("dates-reversed", "The last day lies before the first: correct one of them.", value=value)
    return first, last
