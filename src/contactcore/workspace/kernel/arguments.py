"""Checks of the arguments that the services of a session receive.

Applications pass on the input that they got, such as `limit="50"`, an id that is None, or a list in place of one name.
A service refuses such an argument by its name before it does anything. Otherwise an error of Python's own would be
raised halfway. A missing argument and a surplus one still raise Python's `TypeError`.
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

_REFUSALS = {
    bool: ("yes-no-type", "True or False"),
    int: ("number-type", "a whole number"),
    str: ("text-type", "text"),
    date: ("date-type", "a date"),
    bytes: ("bytes-type", "bytes"),
}
"""Type -> code of the refusal, and the wording of the type."""


def check_arguments(exclude: Iterable[str] = ()) -> Callable[[_Service], _Service]:
    """Make a class decorator: all public methods of the class refuse arguments of wrong types.

    The types are those of the annotations. The refusals are `Invalid` with the argument as path. They do not carry the
    value, which may be a secret. The codes are `text-type`, `number-type`, `yes-no-type`, `date-type`, `bytes-type`,
    `not-a-list`, `not-a-mapping` and `record-type`.

    Args:
        exclude: The names of methods that are not checked, because they answer wrong types in another way. A login, for
            example, answers a password that is not text like a wrong password.

    >>> @check_arguments()
    ... class Pager:
    ...     def page(self, limit: int = 50) -> int:
    ...         return limit
    >>> Pager().page(limit="5")
    Traceback (most recent call last):
    contactcore.errors.Invalid: limit: Give a whole number here, not str.
    """
    excluded = {*exclude}

    def decorate(service: _Service) -> _Service:
        for name, member in [*vars(service).items()]:
            if isinstance(member, types.FunctionType) and not name.startswith("_") and name not in excluded:
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
            # The checks are made on the first call, because it takes time to resolve annotations.
            hints = get_type_hints(method)
            checks.update((name, _Check.of(name, hints.get(name, Any))) for name in names)
        for name, value in zip(names, args, strict=False):
            # Nearly every argument has one of the listed types. Only the others need the slower check.
            if type(value) not in checks[name].kinds:
                checks[name].refuse_others(value)
        for name, value in named.items():
            if name in checks and type(value) not in checks[name].kinds:
                checks[name].refuse_others(value)
        return method(self, *args, **named)

    return checked


@attrs.frozen
class _Check:
    """The check of one argument.

    Attributes:
        name: The name of the argument.
        kinds: The accepted types; empty if any type is accepted.
        by_id: Whether any object with an `id` is accepted: a card, a hit, or another version of the record.
        code: The code of the refusal.
        wanted: The wording of the accepted types.
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
            code, wanted = next(_REFUSALS[kind] for kind in _REFUSALS if kind in kinds)
        return cls(name, kinds, by_id, code, wanted)

    def refuse_others(self, value: object) -> None:
        if not self.kinds or (isinstance(value, self.kinds) and not self._is_other(value)):
            return
        if self.by_id and isinstance(getattr(value, "id", None), str):
            return
        raise Invalid(self.code, f"Give {self.wanted} here, not {type(value).__name__}.", path=self.name)

    def _is_other(self, value: object) -> bool:
        """Whether Python counts the value as an instance although it is not meant: text as a list, a time as a day."""
        if isinstance(value, str | bytes):
            return not any(isinstance(value, kind) for kind in (str, bytes) if kind in self.kinds)
        return isinstance(value, bool | datetime) and type(value) not in self.kinds


def _kinds(hint: Any) -> tuple[type, ...]:
    """The classes that a type hint allows; `object` if it allows anything.

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
    # A set may replace a list, because services iterate over a list once. Any mapping may replace a dict.
    return (Mapping if issubclass(given, Mapping) else Iterable if given is Sequence else given,)
