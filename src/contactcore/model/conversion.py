"""The converters of the entities' fields: the accepted inputs and the resulting values.

A converter that refuses its input returns a `Refusal`. The constructor of the entity raises all refusals together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any, cast

from contactcore.errors import Invalid, Problem
from contactcore.model import parsing
from contactcore.model.access import AccessPolicy
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
)
from contactcore.values.moment import parse_moment

__all__ = [
    "address",
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
_read_address = parsing.one(Address)
_read_addresses = parsing.many(Address)
_read_tags = parsing.many(Tag)
_read_slugs = parsing.many(str, clean_line)


def emails(values: Iterable[EmailAddress | str]) -> tuple[EmailAddress, ...]:
    """E-mail addresses in the given order; of two spellings of one address with the same kind, the first is kept."""
    read = _read_emails(values)
    if not isinstance(read, tuple) or len(read) < 2:
        return read
    kept = {(address.key, address.kind): address for address in reversed(read)}
    # An address without a kind adds nothing to the same one with a kind.
    with_kind = {address.key for address in read if address.kind}
    return tuple(
        address
        for address in read
        if kept[address.key, address.kind] is address and (address.kind or address.key not in with_kind)
    )


def email(value: EmailAddress | str | None) -> EmailAddress | None:
    """One e-mail address or None."""
    return _read_email(value)


def phones(values: Iterable[PhoneNumber | str]) -> tuple[PhoneNumber, ...]:
    """Phone numbers; a national number stays text until the contact is added, because the country is unknown before.

    The type leaves out the text, because no contact that a session returns has any.
    """
    if type(values) is tuple and not values:
        return ()
    if isinstance(values, tuple) and all(type(value) is PhoneNumber for value in values):
        return tuple(dict.fromkeys(values))
    return _read_phones(values)


def _phone_or_text(value: PhoneNumber | str) -> PhoneNumber | str:
    if isinstance(value, PhoneNumber):
        return value
    text = clean_line(value)
    return PhoneNumber(text) if text.startswith(_INTERNATIONAL) else text


_INTERNATIONAL = ("+", "\uff0b")
"""The plus sign before a calling code, as people type it and full width."""

_read_phones = parsing.many(PhoneNumber | str, _phone_or_text)  # type: ignore[arg-type] # a union is not a type object


def phone(value: PhoneNumber | str | None) -> PhoneNumber | None:
    """One phone number or None."""
    return _read_phone(value)


def websites(values: Iterable[Website | str]) -> tuple[Website, ...]:
    """Websites in the given order, without duplicates."""
    return _read_websites(values)


def socials(values: Iterable[SocialProfile]) -> tuple[SocialProfile, ...]:
    """Social profiles in the given order, without duplicates."""
    return _read_socials(values)


def address(value: Address | None) -> Address | None:
    """One postal address or None."""
    return _read_address(value)


def addresses(values: Iterable[Address]) -> tuple[Address, ...]:
    """Postal addresses; a second one with the billing flag is refused (DIR-4)."""
    read = _read_addresses(values)
    if not isinstance(read, tuple):
        return read
    billing = [index for index, address in enumerate(read) if address.billing]
    message = "A contact has one main billing address: take the flag from the others."
    problems = tuple(Problem("billing-twice", f"[{index}].billing", message, value=True) for index in billing[1:])
    return cast("tuple[Address, ...]", parsing.Refusal(problems)) if problems else read


def tags(values: Iterable[Tag | str]) -> tuple[Tag, ...]:
    """Tags without duplicates; case is ignored."""
    return _read_tags(values)


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


def partial_date(value: PartialDate | date | str | None) -> PartialDate | None:
    """A complete or partial date, or None; accepts the same as `day`, and dates without a year or a day."""
    return _read_partial_date(PartialDate(value.year, value.month, value.day) if isinstance(value, date) else value)


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
    cleaned = clean_line(name)
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


def _parse_day(text: PartialDate | str) -> date:
    if isinstance(text, PartialDate):
        if not text.is_whole:
            raise Invalid("date-incomplete", "Give the whole day here: year, month and day.", value=text)
        text = str(text)
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        raise Invalid("date-syntax", "Write the date as 2026-12-31.", value=text) from None


_read_day: Callable[[Any], date | None] = parsing.one(date, _parse_day)


def day(value: date | str | None) -> date | None:
    """A day or None; accepts a date, a datetime (its day is taken), a whole `PartialDate`, or text in ISO 8601."""
    return _read_day(value.date() if isinstance(value, datetime) else value)


def _parse_moment(value: datetime | str) -> datetime:
    if isinstance(value, datetime):
        if value.utcoffset() is None:
            message = "Give the time with its time zone, like 2026-12-31T12:00:00Z."
            raise Invalid("time-without-zone", message, value=value)
        return value.astimezone(UTC)
    return parse_moment(value)


_read_moment: Callable[[Any], datetime] = parsing.converter(_parse_moment)


def moment(value: datetime | str | None) -> datetime | None:
    """A time in UTC or None; accepts a time with its time zone, or text in ISO 8601."""
    return None if value is None or value == "" else _read_moment(value)
