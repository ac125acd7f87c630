"""What the services of a session refuse at their door: arguments of another type than they were promised.

A host passes on what it was posted (`limit="50"`, an id that is None, a list where one name is meant). Each of these is
refused by name before anything is done, never met halfway by an error of Python's own. What Python refuses itself, an
argument too many or one that is not there, stays the `TypeError` that it is.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import wraps
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import attrs

from contactcore.errors import Invalid

__all__ = ["check_arguments"]

_Service = TypeVar("_Service", bound=type)

_NAMES = {
    bool: ("yes-no-type", "True or False"),
    int: ("number-type", "a whole number"),
    str: ("text-type", "text"),
    date: ("date-type", "a date"),
    bytes: ("bytes-type", "bytes"),
}


def check_arguments(but: Iterable[str] = ()) -> Callable[[_Service], _Service]:
    """A decorator of a service: its public methods refuse arguments that are not of the types that they declare.

    Args:
        but: Methods that give another answer to such arguments, as a login does to a password that is no text.

    The refusals are `Invalid`, with the argument as path and without its value, which may be a secret: `text-type`,
    `number-type`, `yes-no-type`, `date-type`, `bytes-type`, `not-a-list`, `not-a-mapping`, `record-type`.

    >>> @check_arguments()
    ... class Shelf:
    ...     def page(self, limit: int = 50) -> int:
    ...         return limit
    >>> Shelf().page(limit="5")
    Traceback (most recent call last):
    contactcore.errors.Invalid: limit: Give a whole number here, no str.
    """
    left_alone = {*but}

    def decorate(service: _Service) -> _Service:
        for name, member in [*vars(service).items()]:
            if isinstance(member, types.FunctionType) and not name.startswith("_") and name not in left_alone:
                setattr(service, name, _checked(member))
        return service

    return decorate


def _checked(method: types.FunctionType) -> Callable[..., Any]:
    code = method.__code__
    names = code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount]
    if not names:
        return method
    checks: dict[str, _Check] = {}

    @wraps(method)
    def checked(self: Any, /, *args: Any, **named: Any) -> Any:
        if not checks:
            # On first use, since the names in annotations cost time to look up.
            hints = get_type_hints(method)
            checks.update((name, _Check.of(name, hints.get(name, Any))) for name in names)
        for name, value in zip(names, args, strict=False):
            # Nearly every argument is of a type that is named; the rest is looked at more closely.
            if type(value) not in checks[name].kinds:
                checks[name].refuse_others(value)
        for name, value in named.items():
            if name in checks and type(value) not in checks[name].kinds:
                checks[name].refuse_others(value)
        return method(self, *args, **named)

    return checked


@attrs.frozen
class _Check:
    """What one argument may be.

    Attributes:
        name: Of the argument.
        kinds: The types that it may have; empty for any.
        by_id: Whether whatever has an id does: a card, a hit, another version of the record.
        code, wanted: Of the refusal.
    """

    name: str
    kinds: tuple[type, ...] = ()
    by_id: bool = False
    code: str = ""
    wanted: str = ""

    @classmethod
    def of(cls, name: str, hint: Any) -> _Check:
        kinds = _kinds(hint)
        if object in kinds:
            return cls(name)
        entities = [kind for kind in kinds if attrs.has(kind)]
        by_id = str in kinds and any("id" in attrs.fields_dict(kind) for kind in entities)
        if Iterable in kinds:
            code, wanted = "not-a-list", "a list"
        elif Mapping in kinds:
            code, wanted = "not-a-mapping", "a mapping"
        elif entities and not (str in kinds and not by_id):
            of_names = " or ".join(f"a {kind.__name__}" for kind in entities)
            code, wanted = "record-type", f"{of_names}, or an id," if by_id else of_names
        else:
            code, wanted = next(_NAMES[kind] for kind in _NAMES if kind in kinds)
        return cls(name, kinds, by_id, code, wanted)

    def refuse_others(self, value: object) -> None:
        if not self.kinds or (isinstance(value, self.kinds) and not self._is_other(value)):
            return
        if self.by_id and isinstance(getattr(value, "id", None), str):
            return
        raise Invalid(self.code, f"Give {self.wanted} here, no {type(value).__name__}.", path=self.name)

    def _is_other(self, value: object) -> bool:
        """What Python counts as one of these types though nobody means it: text as a list, a moment as a day."""
        if isinstance(value, str | bytes):
            return not any(isinstance(value, kind) for kind in (str, bytes) if kind in self.kinds)
        return isinstance(value, bool | datetime) and type(value) not in self.kinds


def _kinds(hint: Any) -> tuple[type, ...]:
    """The classes that a type hint allows; `object` where it allows anything.

    >>> _kinds(str | None)
    (<class 'str'>, <class 'NoneType'>)
    """
    origin = get_origin(hint)
    if isinstance(hint, TypeVar):
        return _kinds(hint.__bound__)
    if origin in {Union, types.UnionType}:
        return tuple(kind for one in get_args(hint) for kind in _kinds(one))
    if origin is Literal:
        return tuple({type(value) for value in get_args(hint)})
    if hint is Any:
        return (object,)
    given = origin or hint
    # A set is as good as a list where each is read once, and any mapping as good as a dict.
    return (Mapping if issubclass(given, Mapping) else Iterable if given is Sequence else given,)
