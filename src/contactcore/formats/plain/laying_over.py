"""Plain data of some fields, laid over a stored entity. The other fields keep their values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, TypeVar, cast

import attrs

from contactcore.errors import Invalid, Problem, check_list
from contactcore.formats.plain.entities import NAMES, PROTECTED, READ_ONLY
from contactcore.formats.plain.fields import made, read_fields
from contactcore.formats.plain.phones import PhoneReading
from contactcore.formats.plain.writing import to_plain
from contactcore.model import Affiliation, Person

__all__ = ["changeable_fields", "lay_over"]

_S = TypeVar("_S")


def changeable_fields(also: Iterable[str]) -> frozenset[str]:
    """The protected fields that the data may change, as the caller names them.

    Raises:
        Invalid: `not-a-list`; `field-unknown` for a name that is no protected field.
    """
    check_list(also=also)
    named = tuple(also)
    known = sorted({name for names in PROTECTED.values() for name in names})
    for index, name in enumerate(named):
        if name not in known:
            raise Invalid("field-unknown", f"Such fields are {', '.join(known)}.", path=f"also[{index}]", value=name)
    return frozenset(named)


def lay_over(
    data: Mapping[str, Any], stored: _S, wanted: type[Any], country: str | None, changeable: frozenset[str]
) -> _S:
    """A stored entity with the values of the data; see `from_plain`."""
    kind: type[Any] = type(stored)
    if kind not in PROTECTED or not isinstance(stored, wanted):
        named = " or ".join(NAMES[one] for one in PROTECTED if issubclass(one, wanted))
        raise Invalid("plain-type", f"Give a stored {named} here, not {kind.__name__}.", path="onto")
    person, own = None, dict(data)
    known_person = stored.person if isinstance(stored, Affiliation) else None
    if known_person is not None and own.get("person") is not None:
        person = own.pop("person")
        if not isinstance(person, Mapping):
            raise Invalid("plain-type", "Give an object with the fields of an entity.", path="person", value=person)
    now = {name: to_plain(getattr(stored, name)) for name in PROTECTED[kind]} | {"kind": NAMES[kind]}
    problems = [
        Problem("field-protected", name, "This data may not change it: leave it out, or name it in `also`.", own[name])
        for name in now
        if name in own and name not in changeable and to_plain(own[name]) != now[name]
    ]
    values, more = read_fields(kind, own, PhoneReading.of(own, country))
    problems += more
    if person is not None and known_person is not None:
        try:
            values["person"] = lay_over(person, known_person, Person, country, changeable)
        except Invalid as error:
            problems += error.under("person").problems
    merged = {name: _merged(stored, name, one) for name, one in values.items()}
    laid: _S = made(partial(attrs.evolve, cast("Any", stored), **merged), problems)
    problems = [*_read_only_problems(own, stored, laid)]
    if problems:
        raise Invalid(problems)
    return laid


def _read_only_problems(data: Mapping[str, Any], stored: Any, laid: Any) -> Iterator[Problem]:
    """The problems of data that would change what the library makes or sets.

    Data of another version of the entity has the values of that version, which say nothing. Saving it is a conflict.
    """
    if getattr(laid, "version", None) != stored.version:
        return
    for name in READ_ONLY.get(type(stored), ()):
        if name in data and getattr(laid, name) != getattr(stored, name):
            yield Problem("field-read-only", name, "The library sets this field: leave it out.", data[name])
    if "display_name" in data and data["display_name"] not in (None, stored.display_name, laid.display_name):
        message = "The library makes this name of the other fields: change those, and leave it out."
        yield Problem("field-read-only", "display_name", message, data["display_name"])


def _merged(stored: Any, name: str, value: Any) -> Any:
    """The new value of a field of a stored entity: null empties it, and a mapping adds to the stored one."""
    if value is None:
        return attrs.fields_dict(type(stored))[name].default
    if isinstance(value, Mapping):
        return {slug: one for slug, one in {**getattr(stored, name), **value}.items() if one is not None}
    return value
