"""Entities read back from a storage: what was right when it was written is not judged again, and stays readable."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar, cast

import attrs

__all__ = ["altered", "restored"]

_E = TypeVar("_E")


@cache
def _open_twin(kind: Any) -> Any:
    """The class with the same slots and a constructor that sets them as they are given.

    A frozen class sets each slot by a call, an open one by itself, which is three times as fast: an entity has thirty.
    """
    body = {
        "__module__": kind.__module__,
        "__slots__": (),
        "__setattr__": object.__setattr__,
        "__delattr__": object.__delattr__,
        "__attrs_post_init__": None,
    }
    twin = type(f"Open{kind.__name__}", (kind,), body)
    fields = {field.name: attrs.field(default=field.default) for field in attrs.fields(kind)}
    return attrs.define(twin, these=fields, eq=False, order=False, repr=False, kw_only=True)


def restored(kind: type[_E], values: Mapping[str, Any]) -> _E:
    """An entity with these field values, taken as they are; what is not given has its default.

    Args:
        kind: An attrs class with slots.
        values: By field name; no converter and no validator sees them.
    """
    hashable: Any = kind  # mypy takes a class for unhashable
    entity: _E = _open_twin(hashable)(**values)
    entity.__class__ = kind
    return entity


def altered(entity: _E, values: Mapping[str, Any]) -> _E:
    """A copy of an entity with some other field values, which are right already, so that nothing is judged again.

    Args:
        entity: Of an attrs class with slots.
        values: By field name; no converter and no validator sees them.
    """
    kind: Any = type(entity)
    unchanged = {name: getattr(entity, name) for name in _names(kind) if name not in values}
    return cast("_E", restored(kind, {**unchanged, **values}))


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in attrs.fields(kind))
