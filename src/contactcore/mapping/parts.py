"""Conversion between value objects and JSON.

Values were valid when they were written, so they are loaded without validation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

import attrs

from contactcore.values import Address, EmailAddress, PhoneNumber, SocialProfile, Website
from contactcore.values.moment import timestamp

__all__ = [
    "dump_addresses",
    "dump_emails",
    "dump_phones",
    "dump_socials",
    "dump_websites",
    "load_addresses",
    "load_emails",
    "load_phones",
    "load_socials",
    "load_websites",
    "without_empty",
]


_ADDRESS = tuple(field.name for field in attrs.fields(Address))
_of_address = attrgetter(*_ADDRESS)


def without_empty(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values without empty ones. Bodies stay small, and the defaults of fields can change.

    Args:
        values: Values by name.

    >>> without_empty({"name": "Bois", "division": "", "tags": []})
    {'name': 'Bois'}
    """
    return {name: value for name, value in values.items() if value}


def dump_emails(emails: Iterable[EmailAddress]) -> list[dict[str, str]]:
    """E-mail addresses as JSON."""
    return [{"text": email.text, "kind": email.kind} if email.kind else {"text": email.text} for email in emails]


def load_emails(data: Sequence[Mapping[str, str]]) -> tuple[EmailAddress, ...]:
    """E-mail addresses that `dump_emails` wrote."""
    return tuple(EmailAddress.restore(entry["text"], entry.get("kind", "")) for entry in data)


def dump_phones(phones: Iterable[PhoneNumber | str]) -> list[dict[str, str]]:
    """Phone numbers as JSON; numbers that are still text are left out."""
    dumped = []
    for phone in phones:
        if isinstance(phone, PhoneNumber):
            data = {"number": phone.e164, "text": phone.text} if phone.text else {"number": phone.e164}
            if phone.kind:
                data["kind"] = phone.kind
            if phone.extension:
                data["extension"] = phone.extension
            dumped.append(data)
    return dumped


def load_phones(data: Sequence[Mapping[str, str]]) -> tuple[PhoneNumber, ...]:
    """Phone numbers that `dump_phones` wrote."""
    return tuple(
        PhoneNumber.restore(
            entry["number"],
            extension=entry.get("extension", ""),
            kind=entry.get("kind", ""),
            text=entry.get("text", ""),
        )
        for entry in data
    )


def dump_websites(websites: Iterable[Website]) -> list[dict[str, str]]:
    """Websites as JSON."""
    return [without_empty({"url": str(website), "kind": website.kind}) for website in websites]


def load_websites(data: Sequence[Mapping[str, str]]) -> tuple[Website, ...]:
    """Websites that `dump_websites` wrote."""
    return tuple(Website.restore(entry["url"], entry.get("kind", "")) for entry in data)


def dump_socials(profiles: Iterable[SocialProfile]) -> list[dict[str, str]]:
    """Social profiles as JSON."""
    return [without_empty(attrs.asdict(profile)) for profile in profiles]


def load_socials(data: Sequence[Mapping[str, str]]) -> tuple[SocialProfile, ...]:
    """Social profiles that `dump_socials` wrote."""
    return tuple(
        SocialProfile.restore(entry.get("service", ""), entry.get("handle", ""), entry.get("url", "")) for entry in data
    )


def dump_addresses(addresses: Iterable[Address]) -> list[dict[str, Any]]:
    """Postal addresses as JSON."""
    return [
        {name: value for name, value in zip(_ADDRESS, _of_address(address), strict=True) if value}
        for address in addresses
    ]


def load_addresses(data: Sequence[Mapping[str, Any]]) -> tuple[Address, ...]:
    """Postal addresses that `dump_addresses` wrote."""
    return tuple(Address.restore(**entry) for entry in data)


def dump_moment(time: datetime | None) -> str:
    """A time as it is stored; `""` for None."""
    return "" if time is None else timestamp(time)
