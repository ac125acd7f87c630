"""The objects of a JSON text one by one, so that a broken one does not cost the others."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

import attrs

__all__ = ["JsonValue", "json_values"]

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\Z)|[{}\[\]]', re.DOTALL)
_SPACE = re.compile(r"[\s,\ufeff]*")


@attrs.frozen
class JsonValue:
    """One value of a JSON text.

    Attributes:
        line: The 1-based line where it starts.
        value: The value; None with a `fault`.
        fault: The reason why the text is no JSON; `""` for none.
        deep: Whether the value has too many levels.
        repeated: Names that an object has twice.
    """

    line: int
    value: Any
    fault: str = ""
    deep: bool = False
    repeated: tuple[str, ...] = ()


def json_values(text: str, levels: int) -> Iterator[JsonValue]:
    r"""The elements of an array, or the only value of a text, or values below each other.

    Args:
        text: The JSON.
        levels: The number of objects and lists inside each other.

    >>> [(one.line, one.value, one.fault[:9]) for one in json_values('[{"a": 1},\n{"a": },\n{"a": 3}]', 5)]
    [(1, {'a': 1}, ''), (2, None, 'Expecting'), (3, {'a': 3}, '')]
    """
    start = _SPACE.match(text).end()  # type: ignore[union-attr] # matches any text
    whole = text.startswith("[", start)
    place = start + 1 if whole else start
    line, counted = 1, 0
    while True:
        place = _SPACE.match(text, place).end()  # type: ignore[union-attr] # as above
        if place >= len(text) or (whole and text[place] == "]"):
            return
        line += text.count("\n", counted, place)
        counted = place
        end, depth = _end(text, place)
        if depth > levels:
            yield JsonValue(line, None, deep=True)
        else:
            yield _value(text[place:end], line)
        place = end


def _end(text: str, place: int) -> tuple[int, int]:
    """The end of the value that starts at a place, and how deep it is."""
    depth = deepest = 0
    for token in _TOKEN.finditer(text, place):
        mark = token[0]
        if mark in "{[":
            depth += 1
            deepest = max(deepest, depth)
        elif mark in "}]":
            depth -= 1
            if depth <= 0:
                # A bracket too many ends the array.
                return (token.end() if deepest else max(token.start(), place + 1)), deepest
    return len(text), deepest


def _value(text: str, line: int) -> JsonValue:
    repeated: list[str] = []

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in pairs:
            if name in found:
                repeated.append(name)
            found[name] = value
        return found

    try:
        value = json.loads(text, object_pairs_hook=unique, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        return JsonValue(line, None, fault=str(error) or "This is no JSON")
    return JsonValue(line, value, repeated=tuple(repeated))


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")
