"""Entities as plain data, ready for JSON. This is the only module that imports cattrs.

By default cattrs turns `"no"` into True and 5 into `"5"`. This module is strict, and it reports every fault with its
path.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from enum import Enum
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import attrs

from contactcore.errors import Invalid, Problem, collect
from contactcore.model import Affiliation, Company, NotificationPreferences, PermissionSet, Person
from contactcore.values import (
    Address,
    EmailAddress,
    PhoneNumber,
    SocialProfile,
    Website,
    clean_kind,
    clean_line,
)

if TYPE_CHECKING:
    from cattrs import Converter
    from cattrs.errors import ClassValidationError

__all__ = ["from_plain", "to_plain"]

_KINDS: Mapping[str, type[Person | Company]] = {"person": Person, "company": Company}
_ALWAYS_ACCEPTED = {"id", "version", "kind", "display_name"}


def to_plain(entity: Person | Company | Affiliation) -> dict[str, Any]:
    """Convert an entity to JSON types, without empty fields.

    Args:
        entity: A person, a company or an affiliation; the person of an affiliation is converted too.

    >>> to_plain(Company("Bois & Fils", emails=["office@bois.fr"]))
    {'kind': 'company', 'display_name': 'Bois & Fils', 'emails': [{'text': 'office@bois.fr'}], 'name': 'Bois & Fils'}
    """
    plain: dict[str, Any] = {}
    if not isinstance(entity, Affiliation):
        plain |= {"kind": entity.kind, "display_name": entity.display_name}
    for field in attrs.fields(type(entity)):
        value = getattr(entity, field.name)
        if isinstance(value, PermissionSet | NotificationPreferences):
            plain[field.name] = list(value.modules if isinstance(value, PermissionSet) else value.topics)
            continue
        if value != field.default and value not in (None, {}):
            plain[field.name] = _plain(value)
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, Person):
        return to_plain(value)
    if isinstance(value, EmailAddress | Website | PhoneNumber | Address | SocialProfile):
        return {name: part for name, part in attrs.asdict(value).items() if part not in ("", False)}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    return _simple(value)


def _simple(value: Any) -> str | int | float | None:
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str | int | float | None) else str(value)


def from_plain(data: Mapping[str, Any], *, country: str | None = None) -> Person | Company:
    """Build a contact from plain data, as a host application sends it.

    Args:
        data: Mapping with `kind` (`"person"` or `"company"`) and any fields of that entity. An e-mail address, phone
            number or website is text, or an object with `kind` and `text` (`url` for a website). `id` and `version`
            are kept, which allows the output of `to_plain` to be changed and sent back.
        country: ISO 3166 country of national phone numbers; None keeps them as text.

    Raises:
        Invalid: all problems at once: `plain-type` for a value of another type, `field-unknown`, `kind-unknown`, and
            the codes of the values.

    >>> from_plain({"kind": "person", "given_name": "Jane", "emails": ["jane@example.org"]}).display_name
    'Jane'
    >>> from_plain({"kind": "person", "given_name": 5})
    Traceback (most recent call last):
    contactcore.errors.Invalid: given_name: Give text here. (got 5)
    """
    if not isinstance(data, Mapping):
        raise Invalid("plain-type", "Give an object with the fields of a contact.", value=data)
    named = data.get("kind")
    kind = _KINDS.get(named) if isinstance(named, str) else None
    if kind is None:
        raise Invalid("kind-unknown", "Give kind person or company.", path="kind", value=named)
    fields = {field.name: field for field in attrs.fields(kind)}
    problems = [
        Problem("field-unknown", str(name), f"A {named} has no such field: leave it out.", data[name])
        for name in data
        if name not in fields and name not in _ALWAYS_ACCEPTED
    ]
    values: dict[str, Any] = {}
    for name, value in data.items():
        if name in fields and value is not None:
            try:
                values[name] = _read(name, value, country)
            except Invalid as error:
                problems.extend(error.under(name).problems)
    if problems:
        raise Invalid(problems)
    return kind(**values)


def _read(name: str, value: Any, country: str | None) -> Any:
    if name in _LISTS:
        if not isinstance(value, list | tuple):
            raise Invalid("plain-type", "Give a list here.", value=value)
        return collect(*((f"[{index}]", partial(_LISTS[name], one, country)) for index, one in enumerate(value)))
    if name in _OBJECTS:
        if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
            raise Invalid("plain-type", "Give an object with names here.", value=value)
        return dict(value)
    expected = {"version": int, "listed": bool}.get(name, str)
    return _strict(value, expected)


def _strict(value: Any, expected: type) -> Any:
    if type(value) is not expected:
        word = {int: "a whole number", bool: "true or false", str: "text"}[expected]
        raise Invalid("plain-type", f"Give {word} here.", value=value)
    return value


def _text(value: Any, _country: str | None) -> str:
    text: str = _strict(value, str)
    return text


def _email(value: Any, _country: str | None) -> EmailAddress:
    return EmailAddress(value) if isinstance(value, str) else _structured(EmailAddress, value)


def _website(value: Any, _country: str | None) -> Website:
    return Website(value) if isinstance(value, str) else _structured(Website, value)


def _social(value: Any, _country: str | None) -> SocialProfile:
    profile = _structured(_SocialProfile, value)
    return SocialProfile(profile.service, profile.handle or profile.url)


@attrs.frozen
class _SocialProfile:
    service: str = ""
    handle: str = ""
    url: str = ""


def _address(value: Any, _country: str | None) -> Address:
    address: Address = _structured(Address, value)
    return address


def _phone(value: Any, country: str | None) -> PhoneNumber | str:
    if isinstance(value, str):
        return PhoneNumber(value, country=country) if country else value
    given = _structured(_PhoneNumber, value)
    if not given.e164 and given.text is None:
        raise Invalid("plain-type", "Give text, or an object with text.", value=value)
    read = PhoneNumber(given.e164 or given.text, country=country)
    return PhoneNumber.restore(
        read.e164,
        extension=read.extension if given.extension is None else given.extension,
        kind=clean_kind(given.kind),
        text=clean_line(read.text if given.text is None else given.text),
    )


@attrs.frozen
class _PhoneNumber:
    e164: str = ""
    text: str | None = None
    extension: str | None = None
    kind: str = ""


_LISTS: Mapping[str, Callable[[Any, str | None], Any]] = {
    "emails": _email,
    "phones": _phone,
    "websites": _website,
    "socials": _social,
    "addresses": _address,
    "tags": _text,
    "categories": _text,
    "responsibles": _text,
    "permissions": _text,
    "notifications": _text,
}
_OBJECTS = ("fields", "unmapped")


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
        converter.register_structure_hook(plain, _strict)
    return converter
