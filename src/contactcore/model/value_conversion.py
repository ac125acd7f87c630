"""The converters of the fields that hold value objects, such as e-mail addresses; see `contactcore.model.conversion`.

They are apart because settings and actors have none of these, and a session opens without loading them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, cast

from contactcore.errors import Invalid, Problem
from contactcore.model import parsing
from contactcore.values import (
    Address,
    EmailAddress,
    PartialDate,
    PhoneNumber,
    SocialProfile,
    Tag,
    Website,
    clean_line,
)

__all__ = [
    "address",
    "addresses",
    "day",
    "email",
    "emails",
    "partial_date",
    "phone",
    "phones",
    "socials",
    "tags",
    "websites",
]


def _no_profile(value: object) -> SocialProfile:
    raise Invalid("not-a-profile", "Give a SocialProfile with its service and user.", value=value)


def _address(value: Any) -> Address:
    if isinstance(value, Mapping):
        # Otherwise the whole mapping would be refused as the text of the street.
        raise Invalid("text-type", "Give an Address here; `from_plain` reads addresses from plain data.", value=value)
    return Address(value)


_read_email = parsing.one(EmailAddress)
_read_partial_date = parsing.one(PartialDate, PartialDate.parse)
_read_phone = parsing.one(PhoneNumber)
_read_emails = parsing.many(EmailAddress)
_read_websites = parsing.many(Website)
_read_socials = parsing.many(SocialProfile, _no_profile)
_read_address = parsing.one(Address, _address)
_read_addresses = parsing.many(Address, _address)
_read_tags = parsing.many(Tag)


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


def partial_date(value: PartialDate | date | str | None) -> PartialDate | None:
    """A complete or partial date, or None; accepts the same as `day`, and dates without a year or a day."""
    return _read_partial_date(PartialDate(value.year, value.month, value.day) if isinstance(value, date) else value)


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
