"""A mapping that nobody changes, for the fields of entities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn, TypeVar

__all__ = ["EMPTY", "ReadOnlyDict", "read_only"]

_K = TypeVar("_K")
_V = TypeVar("_V")


class ReadOnlyDict(dict[_K, _V]):
    """A dict that refuses every change, so that two versions of an entity can share it.

    In contrast to `types.MappingProxyType` it can be pickled, copied deeply, and written as JSON.

    >>> ReadOnlyDict({"size": 5})["size"]
    5
    >>> ReadOnlyDict({"size": 5})["size"] = 6
    Traceback (most recent call last):
    TypeError: this mapping is read-only; make an entity with another one by attrs.evolve
    """

    __slots__ = ()

    def _refuse(self, *_args: Any, **_named: Any) -> NoReturn:
        raise TypeError("this mapping is read-only; make an entity with another one by attrs.evolve")

    # A type checker would keep nobody from a change, because these take everything; `Mapping` is what callers declare.
    __setitem__: Any = _refuse
    __delitem__: Any = _refuse
    __ior__: Any = _refuse
    clear: Any = _refuse
    pop: Any = _refuse
    popitem: Any = _refuse
    setdefault: Any = _refuse
    update: Any = _refuse

    def __reduce__(self) -> tuple[type[ReadOnlyDict[_K, _V]], tuple[dict[_K, _V]]]:
        return (ReadOnlyDict, (dict(self),))

    def copy(self) -> dict[_K, _V]:
        """A dict with the same entries, which can be changed."""
        return dict(self)

    def __copy__(self) -> ReadOnlyDict[_K, _V]:
        return self


EMPTY: Mapping[Any, Any] = ReadOnlyDict()
"""The mapping without entries."""


def read_only(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The entries of a mapping as a read-only mapping.

    Args:
        values: Any mapping; a read-only one is returned as it is.

    >>> read_only({"size": 5})
    {'size': 5}
    """
    return values if type(values) is ReadOnlyDict else ReadOnlyDict(values)
