"""The converters of the entities' fields: what may be given for each, and what it becomes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

import attrs

from contactcore.errors import Invalid
from contactcore.model import parsing
from contactcore.model.access import AccessPolicy
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
)

__all__ = [
    "addresses",
    "currency",
    "day",
    "email",
    "emails",
    "fields",
    "language",
    "partial_date",
    "phone",
    "phones",
    "policy",
    "slugs",
    "socials",
    "tags",
    "user_name",
    "user_names",
    "websites",
    "yes_no",
    "yes_no_or_none",
]

_LONGEST_USER_NAME = 100


def _no_profile(value: object) -> SocialProfile:
    raise Invalid("not-a-profile", "Give a SocialProfile with its service and user.", value=value)


_read_currency = parsing.one(Currency)
_read_email = parsing.one(EmailAddress)
_read_language = parsing.one(Language)
_read_partial_date = parsing.one(PartialDate, PartialDate.parse)
_read_phone = parsing.one(PhoneNumber)
_read_policy = parsing.one(AccessPolicy, AccessPolicy.parse)
_read_emails = parsing.many(EmailAddress)
_read_websites = parsing.many(Website)
_read_socials = parsing.many(SocialProfile, _no_profile)
_read_addresses = parsing.many(Address)
_read_tags = parsing.many(Tag)
_read_slugs = parsing.many(str, clean_line)


def emails(values: Iterable[EmailAddress | str]) -> tuple[EmailAddress, ...]:
    """E-mail addresses, each once, the preferred first."""
    return _read_emails(values)


def email(value: EmailAddress | str | None) -> EmailAddress | None:
    """One e-mail address or none."""
    return _read_email(value)


def phones(values: Iterable[PhoneNumber | str]) -> tuple[PhoneNumber | str, ...]:
    """Phone numbers; text stays as typed until the country is known: that is when the contact is added."""
    if type(values) is tuple and not values:
        return ()
    if isinstance(values, tuple) and all(type(value) is PhoneNumber for value in values):
        return tuple(dict.fromkeys(values))
    return parsing.many(PhoneNumber | str, _phone_or_text)(values)  # type: ignore[arg-type] # a union is no type object


def _phone_or_text(value: PhoneNumber | str) -> PhoneNumber | str:
    return value if isinstance(value, PhoneNumber) else clean_line(value)


def phone(value: PhoneNumber | str | None) -> PhoneNumber | None:
    """One phone number or none."""
    return _read_phone(value)


def websites(values: Iterable[Website | str]) -> tuple[Website, ...]:
    """Websites, each once, the preferred first."""
    return _read_websites(values)


def socials(values: Iterable[SocialProfile]) -> tuple[SocialProfile, ...]:
    """Social profiles, each once, the preferred first."""
    return _read_socials(values)


def addresses(values: Iterable[Address]) -> tuple[Address, ...]:
    """Postal addresses; at most one is the main billing address (DIR-4): the last one that is marked."""
    read = _read_addresses(values)
    if not isinstance(read, tuple):
        return read
    marked = [index for index, address in enumerate(read) if address.billing]
    if len(marked) <= 1:
        return read
    return tuple(attrs.evolve(address, billing=index == marked[-1]) for index, address in enumerate(read))


def tags(values: Iterable[Tag | str]) -> tuple[Tag, ...]:
    """Tags, each once whatever its case."""
    return _read_tags(values)


def slugs(values: Iterable[str]) -> tuple[str, ...]:
    """Slugs, each once; a blank one names nothing, as in a form where nothing was chosen."""
    read = _read_slugs(values)
    return read if isinstance(read, parsing.Refusal) else tuple(filter(None, read))


def currency(value: Currency | str | None) -> Currency | None:
    """A currency or none."""
    return _read_currency(value)


def language(value: Language | str | None) -> Language | None:
    """A language or none."""
    return _read_language(value)


def partial_date(value: PartialDate | str | None) -> PartialDate | None:
    """A date, whole or in part, or none."""
    return _read_partial_date(value)


def policy(value: AccessPolicy | str | None) -> AccessPolicy | None:
    """An access policy or none."""
    return _read_policy(value)


def fields(values: Mapping[str, Any]) -> dict[str, Any]:
    """Custom field values by slug."""
    refused: dict[str, Any]
    if not isinstance(values, Mapping):
        refused = parsing.reject("not-a-mapping", "Give the fields by their slugs.", values)
        return refused
    for slug in values:
        if not isinstance(slug, str):
            refused = parsing.reject("field-unknown", "Name a custom field by its slug, which is text.", slug)
            return refused
    return dict(values)


def user_name(name: object) -> str:
    """The name of a user, as the host application knows it.

    Raises:
        Invalid: `user-name` when it is no text, empty, or longer than 100 characters.
    """
    if not isinstance(name, str):
        raise Invalid("user-name", "A user's name is text.", value=name)
    cleaned = clean_line(name)
    if not cleaned or len(cleaned) > _LONGEST_USER_NAME:
        raise Invalid("user-name", f"Give the user a name of 1 to {_LONGEST_USER_NAME} characters.", value=name)
    return cleaned


_read_user_names = parsing.many(str, user_name)


def user_names(values: Iterable[str]) -> tuple[str, ...]:
    """Names of users, each once."""
    return _read_user_names(values)


def yes_no(value: object) -> bool:
    """True or False and nothing else: text such as "no" would count as True."""
    if value is True or value is False:
        return value
    refused: bool = parsing.reject("yes-no-type", "Give True or False.", value)
    return refused


def yes_no_or_none(value: object) -> bool | None:
    """True, False or None."""
    return None if value is None else yes_no(value)


def _parse_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        raise Invalid("date-syntax", "Write the date as 2026-12-31.", value=text) from None


_read_day: Callable[[Any], date | None] = parsing.one(date, _parse_day)


def day(value: date | str | None) -> date | None:
    """A day or none; text as ISO 8601; of a moment its day."""
    return _read_day(value.date() if isinstance(value, datetime) else value)
