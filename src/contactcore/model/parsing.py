"""Tools for the converters of entities: they accept plain strings for values and report all faults of an entity.

A converter that refuses its input leaves a `Refusal` in the field. `raise_refusals` then raises one `Invalid` with the
problems of all fields.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from datetime import date
from functools import cache, partial
from operator import attrgetter
from typing import Any, TypeVar, cast

import attrs

from contactcore.errors import Invalid, Problem, shorten, with_article
from contactcore.frozen import frozen
from contactcore.read_only import EMPTY, ReadOnlyDict
from contactcore.values.texts import LINE_LIMIT, clean_line, clean_text

__all__ = [
    "MOST_ENTRIES",
    "Refusal",
    "as_given",
    "by_slug",
    "converter",
    "count",
    "line",
    "many",
    "one",
    "only",
    "raise_refusals",
    "reject",
    "reversed_days",
    "text",
    "texts_by_name",
    "whole_number",
]

_V = TypeVar("_V")

MOST_ENTRIES = 1_000
"""The maximum number of entries in one list of an entity."""


@frozen(eq=False)
class Refusal:
    """A placeholder for a refused field, until the constructor has looked at all fields; no entity keeps one.

    Attributes:
        problems: The problems of the field, with paths relative to it.
    """

    problems: tuple[Problem, ...]


def _attempt(parse: Callable[[], _V]) -> _V:
    try:
        return parse()
    except Invalid as error:
        return cast("_V", Refusal(error.problems))


def converter(read: Callable[[Any], _V]) -> Callable[[Any], _V]:
    """A converter that returns a `Refusal` where a function raises `Invalid`.

    Args:
        read: The function.
    """
    return lambda value: _attempt(partial(read, value))


def line(value: str | None) -> str:
    """One line of text in NFC without surrounding whitespace; None counts as empty."""
    if value is None or value == "":
        return ""
    if type(value) is str and value.isascii() and value.isprintable() and len(value) <= LINE_LIMIT:
        return value.strip(" ")
    try:
        return clean_line(value)
    except Invalid as error:
        return cast("str", Refusal(error.problems))


def text(value: str | None) -> str:
    """Text of several lines; None counts as empty."""
    if value is None or value == "":
        return ""
    try:
        return clean_text(value)
    except Invalid as error:
        return cast("str", Refusal(error.problems))


def as_given(value: str) -> str:
    """A text that the library itself wrote, such as an id; only its type is checked."""
    if isinstance(value, str):
        return value
    refused: str = reject("text-type", "A text is needed here; give a string.", value)
    return refused


def whole_number(value: int) -> int:
    """A whole number, such as a place in a sequence; True and False are refused."""
    if isinstance(value, int) and value is not True and value is not False:
        return value
    refused: int = reject("number-type", "Give a whole number here.", value)
    return refused


def count(value: int) -> int:
    """A count, such as a version or an epoch: a whole number from 0."""
    number = whole_number(value)
    if isinstance(number, Refusal) or number >= 0:
        return number
    refused: int = reject("number-type", "Give a whole number from 0 here.", value)
    return refused


def only(value_type: type[_V]) -> Callable[[Any], _V]:
    """A function that accepts only instances of one class, such as `ContactType` or `PortalLogin`.

    Args:
        value_type: The class.
    """

    def read(value: Any) -> _V:
        if isinstance(value, value_type):
            return value
        message = f"Give {with_article(value_type.__name__)} here, not {with_article(type(value).__name__)}."
        raise Invalid("record-type", message, value=value)

    return read


def one(value_type: type[_V], parse: Callable[[Any], _V] | None = None) -> Callable[[Any], _V | None]:
    """A converter for a field that contains one value or None; empty text counts as None.

    Args:
        value_type: The class of the value; its instances are returned as they are.
        parse: The function that converts any other input; the class itself by default.
    """
    read: Callable[[Any], _V] = parse or value_type

    def convert(value: Any) -> _V | None:
        if value is None or isinstance(value, value_type):
            return value
        return None if value == "" else _attempt(lambda: read(value))

    return convert


def many(value_type: type[_V], parse: Callable[[Any], _V] | None = None) -> Callable[[Iterable[Any]], tuple[_V, ...]]:
    """A converter for a list of values without duplicates, in the given order, with at most 1,000 entries.

    Args:
        value_type: The class of the values; instances are kept as they are, except for plain text.
        parse: The function that converts any other input; the class itself by default.
    """
    read: Callable[[Any], _V] = parse or value_type
    # A value object was validated by its constructor; plain text was not.
    trusted = value_type is not str

    def convert(values: Iterable[Any]) -> tuple[_V, ...]:
        if type(values) is tuple and not values:
            return ()
        if trusted and isinstance(values, tuple) and all(type(value) is value_type for value in values):
            return values if len(values) < 2 else tuple(dict.fromkeys(values))
        if isinstance(values, str | bytes | Mapping) or not isinstance(values, Iterable):
            problem = Problem("not-a-list", "", "Give a list here, even for a single entry.", values)
            return cast("tuple[_V, ...]", Refusal((problem,)))
        kept: dict[_V, None] = {}
        problems: list[Problem] = []
        for index, value in enumerate(values):
            try:
                kept[value if trusted and type(value) is value_type else read(value)] = None
            except Invalid as error:
                problems.extend(error.under(f"[{index}]").problems)
            if index >= MOST_ENTRIES:
                message = f"A list is limited to {MOST_ENTRIES:,} entries."
                problems.append(Problem("too-many", "", message, facts={"limit": MOST_ENTRIES}))
                break
        return cast("tuple[_V, ...]", Refusal(tuple(problems))) if problems else tuple(kept)

    return convert


def by_slug(read: Callable[[Any], _V]) -> Callable[[Any], Mapping[str, _V]]:
    """A converter for a read-only mapping from slugs to values.

    Args:
        read: The function that converts one value; it may raise `Invalid` or return a `Refusal`.
    """

    def convert(values: Any) -> Mapping[str, _V]:
        refused: Any
        if not isinstance(values, Mapping):
            refused = reject("not-a-mapping", "Give a mapping here, slug by slug.", values)
            return cast("Mapping[str, _V]", refused)
        kept: dict[str, _V] = {}
        problems: list[Problem] = []
        for slug, value in values.items():
            name, entry = _attempt(partial(clean_line, slug)), _attempt(partial(read, value))
            for found in (name, entry):
                if isinstance(found, Refusal):
                    problems.extend(problem.under(f"[{shorten(slug)}]") for problem in found.problems)
            if not problems:
                kept[name] = entry
        refused = Refusal(tuple(problems))
        return cast("Mapping[str, _V]", refused if problems else ReadOnlyDict(kept))

    return convert


def texts_by_name(values: Mapping[str, str]) -> Mapping[str, str]:
    """A converter for texts by name, such as cells of an import that have no field in the model."""
    if type(values) is ReadOnlyDict:
        return values
    if values is None or values == {}:
        return EMPTY
    if not isinstance(values, Mapping):
        refused: dict[str, str] = reject("not-a-mapping", "Give the texts by their names.", values)
        return refused
    return _attempt(lambda: ReadOnlyDict({clean_line(name): clean_text(value) for name, value in values.items()}))


def reject(code: str, message: str, value: object = None, facts: Mapping[str, Any] = EMPTY) -> Any:
    """A `Refusal` with one problem.

    Args:
        code: The code of the problem.
        message: The message of the problem.
        value: The refused value.
        facts: Named values for a translated message.
    """
    return Refusal((Problem(code, "", message, value, facts),))


def reversed_days(start: object, end: object) -> Iterator[Problem]:
    """The problem of a period whose last day precedes its first; refused days are ignored.

    Args:
        start: The first day.
        end: The last day.

    >>> [problem.code for problem in reversed_days(date(2026, 2, 1), date(2026, 1, 31))]
    ['dates-reversed']
    """
    if isinstance(start, date) and isinstance(end, date) and end < start:
        message = "The last day lies before the first: correct one of them, or leave it out."
        yield Problem("dates-reversed", "end", message, end.isoformat())


@cache
def _fields_of(kind: Any) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    names = tuple(field.name for field in attrs.fields(kind))
    return names, (attrgetter(*names) if len(names) > 1 else lambda entity: (getattr(entity, names[0]),))


def raise_refusals(entity: Any, more: Iterable[Problem] = ()) -> None:
    """Raises one `Invalid` for all refusals in the fields of an entity.

    Args:
        entity: The entity, at the end of its constructor.
        more: Further problems of the entity.

    Raises:
        Invalid: There is at least one problem.
    """
    problems: list[Problem] = []
    names, values_of = _fields_of(cast("Hashable", type(entity)))
    values = values_of(entity)
    if Refusal in map(type, values):
        for name, value in zip(names, values, strict=True):
            if type(value) is Refusal:
                problems.extend(problem.under(name) for problem in value.problems)
    problems.extend(more)
    if problems:
        raise Invalid(problems)
