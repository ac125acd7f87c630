"""The values in plain data, such as e-mail addresses and money. This is the only module that imports cattrs.

By default cattrs turns `"no"` into True and 5 into `"5"`. This module is strict, and it reports every fault with its
path.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from contactcore.errors import Invalid, Problem
from contactcore.formats.plain.phones import PhoneReading
from contactcore.frozen import frozen
from contactcore.values import Address, EmailAddress, Money, PhoneNumber, SocialProfile, Website, clean_kind, clean_line

if TYPE_CHECKING:
    from cattrs import Converter
    from cattrs.errors import ClassValidationError

__all__ = ["READERS", "strict"]


def strict(value: Any, expected: type) -> Any:
    """The value itself, which must be of this type; True and False are no numbers.

    Args:
        value: The value in plain data.
        expected: `str`, `int` or `bool`.

    Raises:
        Invalid: `plain-type`.
    """
    if not isinstance(value, expected) or (expected is int and isinstance(value, bool)):
        word = {int: "a whole number", bool: "true or false", str: "text"}[expected]
        raise Invalid("plain-type", f"Give {word} here.", value=value)
    return value


def _email(value: Any, _phones: PhoneReading) -> EmailAddress:
    return EmailAddress(value) if isinstance(value, str) else _structured(EmailAddress, value)


def _website(value: Any, _phones: PhoneReading) -> Website:
    return Website(value) if isinstance(value, str) else _structured(Website, value)


def _social(value: Any, _phones: PhoneReading) -> SocialProfile:
    profile = _structured(_SocialProfile, value)
    return SocialProfile(profile.service, profile.handle or profile.url)


@frozen
class _SocialProfile:
    service: str = ""
    handle: str = ""
    url: str = ""


def _address(value: Any, _phones: PhoneReading) -> Address:
    address: Address = _structured(Address, value)
    return address


def _read_money(value: Any, _phones: PhoneReading) -> Money:
    if isinstance(value, str):
        return Money.parse(value)
    given = _structured(_Money, value)
    return Money(given.amount, given.currency)


@frozen
class _Money:
    amount: str
    currency: str


def _phone(value: Any, phones: PhoneReading) -> PhoneNumber | str:
    if isinstance(value, str):
        return PhoneNumber.parse_in(value, phones.countries) if phones.country and phones.texts else value
    given = _structured(_PhoneNumber, value)
    if not given.e164 and given.text is None:
        raise Invalid("plain-type", "Give text, or an object with text.", value=value)
    read = PhoneNumber.parse_in(given.e164 or given.text, phones.countries)
    return PhoneNumber.restore(
        read.e164,
        extension=read.extension if given.extension is None else given.extension,
        kind=clean_kind(given.kind),
        text=clean_line(read.text if given.text is None else given.text),
    )


@frozen
class _PhoneNumber:
    e164: str = ""
    text: str | None = None
    extension: str | None = None
    kind: str = ""


def _structured(wanted: type, value: Any) -> Any:
    from cattrs.errors import ClassValidationError

    if not isinstance(value, Mapping):
        raise Invalid("plain-type", "Give text, or an object with its parts.", value=value)
    try:
        return _converter().structure(value, wanted)
    except ClassValidationError as error:
        raise Invalid(_problems(error, value)) from None


def _problems(error: ClassValidationError, value: Mapping[str, Any]) -> Iterator[Problem]:
    from cattrs.errors import ForbiddenExtraKeysError

    part_errors, other_errors = error.group_exceptions()
    for fault, part in part_errors:
        if isinstance(fault, Invalid):
            yield from fault.under(part.name).problems
        else:
            yield Problem("plain-type", part.name, "Give this part too.", value)
    for other in other_errors:
        if isinstance(other, ForbiddenExtraKeysError):
            for name in sorted(other.extra_fields, key=str):
                yield Problem("field-unknown", str(name), "There is no such part: leave it out.", value[name])
        elif isinstance(other, Invalid):
            yield from other.problems
        else:
            raise other


@cache
def _converter() -> Converter:
    from cattrs import Converter

    converter = Converter(forbid_extra_keys=True)
    for plain in (str, bool, int):
        converter.register_structure_hook(plain, strict)
    return converter


READERS: Mapping[Any, Callable[[Any, PhoneReading], Any]] = {
    EmailAddress: _email,
    PhoneNumber: _phone,
    Website: _website,
    SocialProfile: _social,
    Address: _address,
    Money: _read_money,
}
"""Class of a value -> the function that reads it from plain data."""
