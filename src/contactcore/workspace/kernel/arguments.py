"""Checks of the arguments that the public methods receive.

Applications pass on the input that they got, such as `limit="50"`, an id that is None, a list in place of one name, or
a misspelled slug. Every public method refuses such an argument by its name before it does anything. Otherwise an error
of Python's own would be raised halfway, or the answer would silently be "nobody". A missing argument and a surplus one
still raise Python's `TypeError`.

The annotations of a method say what is accepted: the types, the entries of a list, the records that an id stands for,
and the lists of slugs (`contactcore.workspace.kernel.slugs`).
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import wraps
from itertools import islice
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import attrs

from contactcore.errors import Invalid, NotFound, Problem, shorten, with_article
from contactcore.frozen import frozen
from contactcore.model import Actor, PortalUser
from contactcore.storage import LONGEST_TERM, Storage
from contactcore.values.texts import refuse_unstorable
from contactcore.workspace.kernel.functions import check_function
from contactcore.workspace.kernel.slugs import SlugList

__all__ = ["AS_CURRENT", "AS_STORED", "MAY_BE_NEW", "check_arguments", "check_storage", "may_be_id"]

_Service = TypeVar("_Service", bound=type)

MAY_BE_NEW = "an id, or a new record, which is stored"
"""The annotation, which `help` shows, of a record that needs no id, because the method stores it."""

AS_CURRENT = "an id, or the record as it is stored now"
"""The annotation of a record whose values decide where a letter goes: an outdated copy with other values is refused."""

AS_STORED = "an id, or the record as it was read, without changes"
"""The annotation, which `help` shows, of a record that an act does not store.

A copy with changes is refused by `edit-not-stored`.

A copy whose version the session does not know is a `Conflict` if its values differ from those that are stored.

Methods that only read are without it, because they read the record anew and drop nothing that was meant to last.
"""

_REFUSALS = {
    bool: ("yes-no-type", "True or False"),
    float: ("number-type", "a number"),
    int: ("number-type", "a whole number"),
    # Text in ISO 8601 may stand for a time.
    datetime: ("time-syntax", "a time with its time zone"),
    str: ("text-type", "text"),
    date: ("date-type", "a date"),
    bytes: ("bytes-type", "bytes"),
    Callable: ("not-a-function", "a function"),
    type: ("kind-unknown", "Person or Company"),
}
"""Type -> code of the refusal, and the wording of the type."""

_NOUNS: Mapping[str, str] = {
    "Contact": "contact",
    "Affiliation": "affiliation",
    "Site": "site",
    "Item": "item",
    "AccountEntry": "account-entry",
    "PaymentMethod": "payment-method",
    "Interaction": "interaction",
    "ItemRole": "item-role",
    "Picture": "picture",
    "PortalLogin": "login",
    "Message": "message",
    "Form": "form",
    "Submission": "submission",
}
"""Class of stored records -> the noun in the error for an id that no record has.

The classes have their names here, because a method with one of them needs none of the others.
"""

_ACTORS = frozenset(get_args(Actor))
_MOST_ENTRIES = 1_000


def check_storage(**values: object) -> None:
    """Refuse arguments that are no storages.

    Args:
        values: The arguments by their names.

    Raises:
        Invalid: `storage-type`.
    """
    for name, value in values.items():
        if not isinstance(value, Storage):
            message = f"Give a storage here, such as SQLiteStorage(path), not {type(value).__name__}."
            raise Invalid("storage-type", message, path=name)


def check_arguments(exclude: Iterable[str] = ()) -> Callable[[_Service], _Service]:
    """Make a class decorator: all public methods of the class refuse arguments that cannot be meant.

    The refusals are `Invalid` with the argument as path, and with the choices for a slug. They do not carry the value,
    which may be a secret. The codes are `text-type`, `number-type`, `yes-no-type`, `date-type`, `time-syntax`,
    `bytes-type`, `not-a-list`, `not-a-mapping`, `not-a-function`, `function-deferred`, `record-type`, `actor-type`,
    `not-stored`, `edit-not-stored`, `text-nul`, `text-surrogate`, `too-many`, and those of `SlugList`. An id that no
    record can have is `NotFound`, as any other unknown id. `NotFound.path` is the argument with the id.

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
                setattr(service, name, _timed(_checked(member)))
        return service

    return decorate


def _timed(method: Callable[..., Any]) -> Callable[..., Any]:
    """A method whose calls are logged if they take long; calls of methods by methods are a part of the first one."""
    name = method.__qualname__

    @wraps(method)
    def timed(self: Any, /, *args: Any, **named: Any) -> Any:
        calls = getattr(getattr(self, "_transaction", None), "calls", None)
        if calls is None or calls.depth or calls.limit is None:
            return method(self, *args, **named)
        started = calls.begin(name)
        try:
            return method(self, *args, **named)
        finally:
            calls.end(name, started)

    return timed


def _checked(method: types.FunctionType) -> Callable[..., Any]:
    # The names that the code has at its beginning are the parameters: first those by position, then those by keyword.
    # `inspect.signature` takes a hundred times as long, for each method of each service that is loaded.
    code = inspect.unwrap(method).__code__
    names = [*code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount]]
    if not names:
        return method
    checks: dict[str, _Check] = {}

    @wraps(method)
    def checked(self: Any, /, *args: Any, **named: Any) -> Any:
        if not checks:
            # The checks are made on the first call, because it takes time to resolve annotations.
            # The service that a method returns need not be loaded.
            given_types = {name: kind for name, kind in method.__annotations__.items() if name != "return"}
            parameter_types = types.SimpleNamespace(__annotations__=given_types)
            hints = get_type_hints(parameter_types, inspect.unwrap(method).__globals__, include_extras=True)
            checks.update((name, _Check.of(hints.get(name, Any))) for name in names)
        given = [*args]
        for index, (name, value) in enumerate(zip(names, args, strict=False)):
            # Nearly every argument has a type that needs no further look.
            if type(value) not in checks[name].plain:
                given[index] = checks[name].accept(self, value, name)
        for name, value in named.items():
            if name in checks and type(value) not in checks[name].plain:
                named[name] = checks[name].accept(self, value, name)
        try:
            return method(self, *given, **named)
        except NotFound as error:
            paths = [*_paths_of(error.id, [*zip(names, given, strict=False), *named.items()])]
            if paths and error.path not in paths:
                error.path = paths[0]
            raise

    return checked


def _paths_of(id: str, given: Iterable[tuple[str, Any]]) -> Iterator[str]:
    """The arguments, and the entries of arguments, that have an id."""
    for name, value in given:
        if id == _id_in(value):
            yield name
        elif isinstance(value, tuple):
            yield from (f"{name}[{index}]" for index, entry in enumerate(value) if id == _id_in(entry))


def _id_in(value: object) -> object:
    return value if isinstance(value, str) else getattr(value, "id", None)


@frozen
class _Check:
    """The check of one argument.

    Attributes:
        kinds: The accepted types; empty if any type is accepted.
        plain: Those of the types whose instances need no further look.
        noun: The noun of the stored records for which an id stands; `""` if no id is accepted.
        may_be_new: Whether a record without an id is accepted.
        as_stored: Whether a copy of a stored record with changes is refused.
        as_current: Whether an outdated copy with other values is refused too.
        slugs: The list that the slugs must be on; None for no slugs.
        entries: The check of each entry of a list, or of each value of a mapping; None for no list.
        code: The code of the refusal.
        wanted: The wording of the accepted types.
    """

    kinds: tuple[type, ...] = ()
    plain: frozenset[type] = frozenset()
    noun: str = ""
    may_be_new: bool = False
    as_stored: bool = False
    as_current: bool = False
    slugs: SlugList | None = None
    entries: _Check | None = None
    code: str = ""
    wanted: str = ""

    @classmethod
    def of(cls, hint: Any) -> _Check:
        extras = [*_extras(hint)]
        slugs = next((one for one in extras if isinstance(one, SlugList)), None)
        kinds = _kinds(hint)
        if object in kinds:
            return cls()
        entities = [kind for kind in kinds if attrs.has(kind)]
        by_id = str in kinds and any("id" in attrs.fields_dict(kind) for kind in entities)
        if Iterable in kinds:
            code, wanted = "not-a-list", "a list"
        elif Mapping in kinds and not entities:
            code, wanted = "not-a-mapping", "a mapping"
        elif entities and _ACTORS.issuperset(entities):
            code, wanted = "actor-type", "the User who asks"
        elif entities and not (str in kinds and not by_id):
            of_names = " or ".join(
                (*(with_article(kind.__name__) for kind in entities), *("bytes",) * (bytes in kinds))
            )
            code, wanted = "record-type", f"{of_names}, or an id," if by_id else of_names
            if Mapping in kinds:
                wanted = f"{wanted.rstrip(',')}, or plain data with their kind,"
        elif date in kinds:
            # Text in ISO 8601 may stand for a day.
            code, wanted = _REFUSALS[date]
        else:
            code, wanted = next((_REFUSALS[kind] for kind in _REFUSALS if kind in kinds), ("record-type", "a record"))
        looked_at = {str, Iterable, Mapping, *(entities if slugs is not None or by_id else ())}
        return cls(
            kinds=kinds,
            plain=frozenset(kinds) - looked_at,
            noun=next((_NOUNS[base.__name__] for kind in entities if (base := _record_class(kind))), "record")
            if by_id
            else "",
            may_be_new=MAY_BE_NEW in extras,
            as_stored=AS_STORED in extras or AS_CURRENT in extras,
            as_current=AS_CURRENT in extras,
            slugs=slugs,
            entries=_entries(hint),
            code=code,
            wanted=wanted,
        )

    def accept(self, service: Any, value: object, path: str) -> object:
        """The value as the method gets it: a list as a tuple.

        Raises:
            Invalid: the value cannot be meant.
            NotFound: no record can have the id.
        """
        if not self.kinds:
            return value
        self._check_type(value, path)
        if self.noun:
            self._check_id(value, path)
            if self.as_stored:
                from contactcore.workspace.kernel.edits import refuse_edited

                refuse_edited(service._transaction, value, path, outdated=self.as_current)  # noqa: SLF001 - of a service
        elif isinstance(value, str):
            _check_text(value, path)
        elif self.entries is not None and isinstance(value, Mapping):
            value = self._mapping(service, value, path)
        elif self.entries is not None and isinstance(value, Iterable) and not attrs.has(type(value)):
            value = self._list(service, value, path)
        if self.slugs is not None and value is not None:
            _check_slugs(service._transaction, self.slugs, value, path)  # noqa: SLF001 - of a service
        return value

    def _check_type(self, value: object, path: str) -> None:
        if not isinstance(value, self.kinds) or self._is_other(value):
            if not (self.noun and isinstance(getattr(value, "id", None), str)):
                raise Invalid(self.code, f"Give {self.wanted} here, not {type(value).__name__}.", path=path)
            self._check_kind(value, path)
        elif self.code == "not-a-function" and value is not None:
            check_function(value, path)

    def _is_other(self, value: object) -> bool:
        """Whether Python counts the value as an instance although it is not meant.

        It counts text and mappings as lists, and a time as a day.
        """
        if isinstance(value, str | bytes | Mapping):
            return not any(isinstance(value, kind) for kind in (str, bytes, Mapping) if kind in self.kinds)
        return isinstance(value, bool | datetime) and type(value) not in self.kinds

    @property
    def _records(self) -> Iterator[type]:
        return (kind for kind in self.kinds if attrs.has(kind))

    def _check_kind(self, value: object, path: str) -> None:
        """Refuse a record of another kind: its id stands for nothing here. Any contact may stand for another one."""
        of_kind = _record_class(type(value))
        if of_kind is not None and not any(issubclass(kind, of_kind) for kind in self.kinds):
            raise Invalid(self.code, f"Give {self.wanted} here, not {type(value).__name__}.", path=path)

    def _check_id(self, value: object, path: str) -> None:
        id = _id_in(value)
        if self.may_be_new and isinstance(value, str) and "@" in value:
            # An e-mail address can be longer than an id.
            _check_text(value, path)
            return
        if id == "" and isinstance(value, tuple(self._records)) and not self.may_be_new:
            raise Invalid("not-stored", "Store the record first: it has no id.", path=path)
        if isinstance(id, str) and (id or isinstance(value, str)) and not may_be_id(id):
            raise NotFound(self.noun, id, path=path)

    def _mapping(self, service: Any, value: Mapping[Any, Any], path: str) -> dict[str, object]:
        accepted: dict[str, object] = {}
        problems: list[Problem] = []
        for name, each in value.items():
            where = f"{path}[{shorten(name)}]"
            try:
                if not isinstance(name, str):
                    raise Invalid("text-type", f"Give text here, not {type(name).__name__}.", path=where)  # noqa: TRY301
                accepted[_check_text(name, where)] = self._entry(service, each, where)
            except Invalid as error:
                problems.extend(error.problems)
        if problems:
            raise Invalid(problems)
        return accepted

    def _list(self, service: Any, value: Iterable[object], path: str) -> tuple[object, ...]:
        entries = [*islice(value, _MOST_ENTRIES + 1)]
        if len(entries) > _MOST_ENTRIES:
            facts = {"limit": _MOST_ENTRIES}
            raise Invalid("too-many", f"A list is limited to {_MOST_ENTRIES:,} entries.", path=path, facts=facts)
        accepted: list[object] = []
        problems: list[Problem] = []
        for index, each in enumerate(entries):
            try:
                accepted.append(self._entry(service, each, f"{path}[{index}]"))
            except Invalid as error:
                problems.extend(error.problems)
        if problems:
            raise Invalid(problems)
        return tuple(accepted)

    def _entry(self, service: Any, value: object, path: str) -> object:
        check = self.entries
        return value if check is None or type(value) in check.plain else check.accept(service, value, path)


def _record_class(kind: type) -> type | None:
    """The class in `_NOUNS` that a class is derived from, or None."""
    bases = (base for base in kind.__mro__ if base.__name__ in _NOUNS)
    return next((base for base in bases if base.__module__.startswith("contactcore.model.")), None)


def _check_slugs(transaction: Any, slugs: SlugList, value: object, path: str) -> None:
    # A refusal would tell a portal user which slugs staff have listed (POR-8).
    if not isinstance(transaction.actor, PortalUser):
        problems = [*slugs.problems(transaction.settings, value, path)]
        if problems:
            raise Invalid(problems)


def _check_text(text: str, path: str) -> str:
    if text.isascii() and "\0" not in text:
        return text
    try:
        return refuse_unstorable(text)
    except Invalid as error:
        # The value stays out of the error, because it may be a secret.
        raise Invalid(error.code, error.reason, path=path, facts=error.facts) from None


def may_be_id(id: str) -> bool:
    """Whether a record can have the id."""
    if not 0 < len(id) <= LONGEST_TERM:
        return False
    return "\0" not in id and (id.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in id))


def _entries(hint: Any) -> _Check | None:
    """The check of the entries of a list, or of the values of a mapping."""
    for one in _alternatives(hint):
        origin, arguments = get_origin(one), get_args(one)
        if isinstance(origin, type) and issubclass(origin, Mapping | Iterable) and arguments:
            return _Check.of(arguments[1] if issubclass(origin, Mapping) else arguments[0])
    return None


def _extras(hint: Any) -> Iterator[Any]:
    """The annotations of a type, and of the types of a union."""
    if get_origin(hint) is Annotated:
        yield from get_args(hint)[1:]
    elif get_origin(hint) in {Union, types.UnionType}:
        for one in get_args(hint):
            yield from _extras(one)


def _alternatives(hint: Any) -> Iterator[Any]:
    """The types of a union, without annotations and type variables."""
    origin = get_origin(hint)
    if isinstance(hint, TypeVar):
        yield from _alternatives(hint.__bound__)
    elif origin is Annotated:
        yield from _alternatives(get_args(hint)[0])
    elif origin in {Union, types.UnionType}:
        for one in get_args(hint):
            yield from _alternatives(one)
    else:
        yield hint


def _kinds(hint: Any) -> tuple[type, ...]:
    """The classes that a type hint allows; `object` if it allows anything.

    >>> _kinds(str | None)
    (<class 'str'>, <class 'NoneType'>)
    """
    return tuple(kind for one in _alternatives(hint) for kind in _classes(one))


def _classes(hint: Any) -> tuple[type, ...]:
    origin = get_origin(hint)
    if origin is Literal:
        return tuple({type(value) for value in get_args(hint)})
    if hint is Any:
        return (object,)
    if hint is float:
        # A whole number is a number too.
        return (float, int)
    given = origin or hint
    # A set may replace a list, because services iterate over a list once. Any mapping may replace a dict.
    return (Mapping if issubclass(given, Mapping) else Iterable if given is Sequence else given,)
