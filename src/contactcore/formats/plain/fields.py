"""The fields of an entity in plain data, each read by the type that the class gives it."""

from __future__ import annotations

import types
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import cache, partial
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import attrs

from contactcore.errors import Invalid, Problem, collect, with_article
from contactcore.formats.plain.entities import KINDS, NAMED, NAMES, OMITTED, TEXTS
from contactcore.formats.plain.phones import PhoneReading
from contactcore.formats.plain.values import READERS, strict
from contactcore.model import AdminList, NotificationPreferences, PermissionSet, Person
from contactcore.values.card_numbers import has_card_number

__all__ = ["fields_of", "kind_of", "made", "read_entity", "read_fields", "top_of"]

_E = TypeVar("_E")


def read_entity(data: Mapping[str, Any], wanted: type[Any], country: str | None) -> Any:
    """The whole entity in plain data; see `from_plain`."""
    kind = kind_of(data, wanted)
    read, problems = read_fields(kind, data, PhoneReading.of(data, country))
    values = {name: value for name, value in read.items() if value is not None}
    fields = fields_of(kind).items()
    missing = [name for name, field in fields if field.default is attrs.NOTHING and name not in values]
    named = {top_of(problem.path) for problem in problems}
    problems += [Problem("plain-type", name, "Give this field too.") for name in missing if name not in named]
    if missing:
        raise Invalid(problems)
    return made(lambda: kind(**values), problems)


def made(make: Callable[[], _E], problems: Sequence[Problem]) -> _E:
    """The entity that a constructor makes of the fields that were read.

    Args:
        make: Calls the constructor without the fields that have problems.
        problems: The problems of those fields.

    Raises:
        Invalid: these problems, and those that the constructor finds in the other fields.
    """
    if not problems:
        return make()
    named = {top_of(problem.path) for problem in problems}
    more: list[Problem] = []
    try:
        make()
    except Invalid as error:
        # A contact may lack its name only because the name was refused: that is no problem of its own.
        more = [one for one in error.problems if one.path and top_of(one.path) not in named]
    raise Invalid([*problems, *more])


def top_of(path: str) -> str:
    """The field with which the path of a problem begins."""
    return path.partition(".")[0].partition("[")[0]


def kind_of(data: object, wanted: type[Any] | tuple[type[Any], ...]) -> type[Any]:
    """The class of the entity in plain data."""
    if not isinstance(data, Mapping):
        raise Invalid("plain-type", "Give an object with the fields of an entity.", value=data)
    named = data.get("kind")
    kinds = [name for name, entity in KINDS.items() if issubclass(entity, wanted)]
    if not isinstance(named, str) or named not in kinds:
        raise Invalid("kind-unknown", f"Give kind {' or '.join(kinds)}.", path="kind", value=named)
    return KINDS[named]


def fields_of(kind: Any) -> dict[str, Any]:
    """The fields of an entity that plain data may have, by name."""
    return {field.name: field for field in attrs.fields(kind) if field.name not in OMITTED.get(kind, ())}


def read_fields(kind: type[Any], data: Mapping[str, Any], phones: PhoneReading) -> tuple[dict[str, Any], list[Problem]]:
    """The fields in plain data as the constructor takes them, and the problems of the others."""
    fields = fields_of(kind)
    problems = [
        Problem(
            "field-unknown", str(name), f"{with_article(NAMES[kind], 'A')} has no such field: leave it out.", data[name]
        )
        for name in data
        if name not in fields and name != "kind" and not (name == "display_name" and issubclass(kind, NAMED))
    ]
    values: dict[str, Any] = {}
    hints = _hints(cast("Hashable", kind))
    for name, value in data.items():
        if name in fields:
            try:
                values[name] = None if value is None else _by_type(hints[name], value, phones)
            except Invalid as error:
                problems.extend(error.under(name).problems)
    return values, [_without_card_number(problem) for problem in problems]


def _without_card_number(problem: Problem) -> Problem:
    """The problem without a value that contains the number of a payment card (POR-7)."""
    return attrs.evolve(problem, value=None) if has_card_number(_text_of(problem.value)) else problem


def _text_of(value: object) -> str:
    try:
        return str(value)
    except Exception:  # noqa: BLE001 - such as a number of more digits than Python writes; no card is one
        return ""


def _by_type(hint: Any, value: Any, phones: PhoneReading) -> Any:  # noqa: PLR0911 - one return for each kind of type
    """A value as the constructor of the entity takes it, by the type of the field."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in {Union, types.UnionType}:
        (some,) = (one for one in inner if one is not types.NoneType)
        return None if value is None else _by_type(some, value, phones)
    if origin is Mapping:
        if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
            raise Invalid("plain-type", "Give an object with names here.", value=value)
        return dict(value)
    if origin in {tuple, AdminList}:
        return _list(value, lambda one: _by_type(inner[0], one, phones))
    if hint in READERS:
        return READERS[hint](value, phones)
    if hint in {PermissionSet, NotificationPreferences}:
        return _list(value, lambda one: strict(one, str))
    if hint is Person:
        return read_entity(value, Person, phones.country)
    if isinstance(hint, type) and attrs.has(hint) and hint not in TEXTS:
        return _record(hint, value, phones)
    return strict(value, hint if hint in {int, bool} else str)


def _list(value: Any, read: Callable[[Any], Any]) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise Invalid("plain-type", "Give a list here.", value=value)
    return collect(*((f"[{index}]", partial(read, one)) for index, one in enumerate(value)))


def _record(kind: type[Any], value: Any, phones: PhoneReading) -> Any:
    """A part of an entity that is a record of its own, such as an authority or a definition."""
    if not isinstance(value, Mapping):
        raise Invalid("plain-type", "Give an object with its parts.", value=value)
    fields = {field.name for field in attrs.fields(kind)}
    for name in value:
        if name not in fields:
            raise Invalid("field-unknown", "There is no such part: leave it out.", path=str(name), value=value[name])
    hints = _hints(cast("Hashable", kind))
    read = collect(*((name, partial(_by_type, hints[name], part, phones)) for name, part in value.items()))
    missing = [one.name for one in attrs.fields(kind) if one.default is attrs.NOTHING and one.name not in value]
    if missing:
        raise Invalid("plain-type", "Give this part too.", path=missing[0], value=value)
    return kind(**dict(zip(value, read, strict=True)))


@cache
def _hints(kind: Any) -> Mapping[str, Any]:
    return get_type_hints(cast("Hashable", kind))
