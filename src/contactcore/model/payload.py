"""The payload of an interaction: data of the host, which the library stores and never reads."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, cast

from contactcore.errors import Invalid, shorten
from contactcore.model import parsing
from contactcore.read_only import EMPTY, ReadOnlyDict
from contactcore.values.texts import refuse_unstorable

__all__ = ["LARGEST_PAYLOAD", "payload"]

LARGEST_PAYLOAD = 50_000
"""The maximum size of a payload, in bytes of its JSON in UTF-8."""

_DEEPEST = 20
_LARGEST_NUMBER = 2**63 - 1


def payload(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """A converter for a mapping of JSON types, read-only in all of its depth; lists become tuples, None becomes empty.

    >>> payload({"amount": 120, "lines": ["a"]})
    {'amount': 120, 'lines': ('a',)}
    """
    if values is None or values == {}:
        return EMPTY
    if not isinstance(values, Mapping):
        refused: Mapping[str, Any] = parsing.reject("not-a-mapping", "Give the payload by names.", values)
        return refused
    return _convert(values)


def _read(values: Mapping[str, Any]) -> Mapping[str, Any]:
    read = cast("Mapping[str, Any]", _frozen(values, "", 0))
    size = len(json.dumps(read, ensure_ascii=False).encode())
    if size > LARGEST_PAYLOAD:
        message = f"A payload is limited to {LARGEST_PAYLOAD:,} bytes and this one has {size:,}."
        raise Invalid("payload-too-large", message, facts={"limit": LARGEST_PAYLOAD, "length": size})
    return read


_convert = parsing.converter(_read)


def _frozen(value: object, path: str, depth: int) -> object:
    """A read-only copy of a value of JSON types."""
    if depth > _DEEPEST:
        message = f"A payload has at most {_DEEPEST} levels."
        raise Invalid("payload-too-deep", message, path=path, facts={"limit": _DEEPEST})
    if value is None or isinstance(value, bool):
        return value
    # A text or a number of a class of its own, such as a member of a StrEnum, is kept as a plain one.
    if isinstance(value, str):
        return _text(str.__str__(value), path)
    if isinstance(value, int) and -_LARGEST_NUMBER <= value <= _LARGEST_NUMBER:
        return int.__int__(value)
    if isinstance(value, float) and math.isfinite(value):
        return float.__float__(value)
    if isinstance(value, list | tuple):
        return tuple(_frozen(one, f"{path}[{index}]", depth + 1) for index, one in enumerate(value))
    if isinstance(value, Mapping):
        return ReadOnlyDict(
            {_name(name, path): _frozen(one, f"{path}[{shorten(name)}]", depth + 1) for name, one in value.items()}
        )
    message = "A payload holds texts, 64-bit whole numbers, finite numbers, True, False, None, lists and mappings."
    raise Invalid("payload-type", message, path=path, value=shorten(value))


def _name(name: object, path: str) -> str:
    if not isinstance(name, str):
        raise Invalid("payload-type", "The names in a payload are texts.", path=path, value=shorten(name))
    return _text(str.__str__(name), path)


def _text(text: str, path: str) -> str:
    try:
        return refuse_unstorable(text)
    except Invalid as error:
        raise error.under(path) from None
