"""Entities read back from a storage: what was right when it was written is not judged again, and stays readable."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar, cast

import attrs

__all__ = ["restored"]

_E = TypeVar("_E")
_Store = Callable[[object, Any], None]


@cache
def _fields(kind: Any) -> tuple[tuple[tuple[str, Any, _Store], ...], tuple[tuple[str, Callable[[], Any], _Store], ...]]:
    """Name, default and what sets it past the freeze: of fields with plain defaults, and of those with a factory."""
    plain, made = [], []
    for field in attrs.fields(kind):
        store = getattr(kind, field.name).__set__
        if isinstance(field.default, attrs.Factory):  # type: ignore[arg-type] # a class, whatever the stubs say
            made.append((field.name, field.default.factory, store))
        else:
            plain.append((field.name, field.default, store))
    return tuple(plain), tuple(made)


def restored(kind: type[_E], values: Mapping[str, Any]) -> _E:
    """An entity with these field values, taken as they are; what is not given has its default.

    Args:
        kind: An attrs class with slots.
        values: By field name; no converter and no validator sees them.
    """
    entity = object.__new__(kind)
    given = values.get
    plain, made = _fields(cast("Any", kind))
    for name, default, store in plain:
        store(entity, given(name, default))
    for name, factory, store in made:
        store(entity, values[name] if name in values else factory())
    return entity
