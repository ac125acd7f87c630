"""The converters of the entities' fields: the accepted inputs and the resulting values.

A converter that refuses its input returns a `Refusal`. The constructor of the entity raises all refusals together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from contactcore.errors import Invalid
from contactcore.model import parsing
from contactcore.model.access import AccessPolicy
from contactcore.read_only import EMPTY, ReadOnlyDict
from contactcore.values import (
    Currency,
    Language,
    clean_line,
)
from contactcore.values.moment import FIRST_YEAR, LAST_YEAR, in_utc, out_of_range, parse_moment

__all__ = [
    "currency",
    "fields",
    "language",
    "policy",
    "slugs",
    "user_name",
    "user_names",
    "yes_no",
    "yes_no_or_none",
]

_LONGEST_USER_NAME = 100


_read_currency = parsing.one(Currency)
_read_language = parsing.one(Language)
_read_policy = parsing.one(AccessPolicy, AccessPolicy.parse)
_read_slugs = parsing.many(str, clean_line)


def slugs(values: Iterable[str]) -> tuple[str, ...]:
    """Slugs without duplicates; empty ones are dropped, because a form sends them where nothing is chosen."""
    read = _read_slugs(values)
    return read if isinstance(read, parsing.Refusal) else tuple(filter(None, read))


def currency(value: Currency | str | None) -> Currency | None:
    """A currency or None."""
    return _read_currency(value)


def language(value: Language | str | None) -> Language | None:
    """A language or None."""
    return _read_language(value)


def policy(value: AccessPolicy | str | None) -> AccessPolicy | None:
    """An access policy or None."""
    return _read_policy(value)


def fields(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Custom field values by slug, as a read-only mapping; a list of choices becomes a tuple."""
    refused: Mapping[str, Any]
    if type(values) is ReadOnlyDict:
        return values
    if not isinstance(values, Mapping):
        refused = parsing.reject("not-a-mapping", "Give the fields by their slugs.", values)
        return refused
    for slug in values:
        if not isinstance(slug, str):
            refused = parsing.reject("field-unknown", "Name a custom field by its slug, which is text.", slug)
            return refused
    if not values:
        return EMPTY
    return ReadOnlyDict({slug: tuple(one) if isinstance(one, list) else one for slug, one in values.items()})


def user_name(name: object) -> str:
    """The name of a user in the host application, without surrounding whitespace.

    Args:
        name: The name.

    Raises:
        Invalid: `user-name` if the name is not text, is empty, or has more than 100 characters; and the codes of
            `contactcore.values.texts`.
    """
    if not isinstance(name, str):
        raise Invalid("user-name", "A user's name is text.", value=name)
    # Without controls of direction it would be the name of another user.
    cleaned = clean_line(name, exact=True)
    if not cleaned or len(cleaned) > _LONGEST_USER_NAME:
        raise Invalid("user-name", f"Give the user a name of 1 to {_LONGEST_USER_NAME} characters.", value=name)
    return cleaned


_read_user_names = parsing.many(str, user_name)


def user_names(values: Iterable[str]) -> tuple[str, ...]:
    """Names of users without duplicates."""
    return _read_user_names(values)


def yes_no(value: object) -> bool:
    """True or False; everything else is refused, because text such as "no" would count as True."""
    if value is True or value is False:
        return value
    refused: bool = parsing.reject("yes-no-type", "Give True or False.", value)
    return refused


def yes_no_or_none(value: object) -> bool | None:
    """True, False or None."""
    return None if value is None else yes_no(value)


def _parse_moment(value: datetime | str) -> datetime:
    if isinstance(value, datetime):
        if value.utcoffset() is None:
            message = "Give the time with its time zone, like 2026-12-31T12:00:00Z."
            raise Invalid("time-without-zone", message, value=value)
        found = in_utc(value)
    else:
        found = parse_moment(value)
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise out_of_range(found)
    return found


_read_moment: Callable[[Any], datetime] = parsing.converter(_parse_moment)


def moment(value: datetime | str | None) -> datetime | None:
    """A time in UTC or None; accepts a time with its time zone, or text in ISO 8601."""
    return None if value is None or value == "" else _read_moment(value)
