"""Everything public as plain data, ready for JSON. This is the only module that imports cattrs.

By default cattrs turns `"no"` into True and 5 into `"5"`. This module is strict, and it reports every fault with its
path.
"""

from __future__ import annotations

import base64
import json
import math
import types
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache, cached_property, partial
from typing import TYPE_CHECKING, Any, TypeGuard, TypeVar, Union, cast, get_args, get_origin, get_type_hints, overload

import attrs

from contactcore.errors import (
    Conflict,
    ContactCoreError,
    Duplicate,
    Invalid,
    NotFound,
    Problem,
    collect,
    shorten,
)
from contactcore.model import (
    AccountEntry,
    AdminList,
    Affiliation,
    Authority,
    Company,
    Contact,
    FieldDefinition,
    Form,
    Interaction,
    Item,
    ItemRole,
    LinkedFile,
    ListEntry,
    NotificationPreferences,
    PaymentMethod,
    PermissionPreset,
    PermissionSet,
    Person,
    Picture,
    PictureContent,
    PortalLogin,
    Settings,
    Site,
    Submission,
)
from contactcore.model.consent import Consent
from contactcore.model.entry import EntryRule
from contactcore.model.message import Message
from contactcore.model.restoring import altered
from contactcore.model.term import Term
from contactcore.values import (
    Address,
    Currency,
    EmailAddress,
    Language,
    Money,
    PartialDate,
    PhoneNumber,
    SocialProfile,
    Tag,
    Website,
    clean_kind,
    clean_line,
)
from contactcore.values.card_numbers import has_card_number
from contactcore.values.country import read_country

if TYPE_CHECKING:
    from cattrs import Converter
    from cattrs.errors import ClassValidationError

__all__ = ["from_plain", "read_draft", "read_part", "to_plain"]

_E = TypeVar("_E")

_KINDS: Mapping[str, type[Any]] = {
    "person": Person,
    "company": Company,
    "affiliation": Affiliation,
    "site": Site,
    "item": Item,
    "account-entry": AccountEntry,
    "payment-method": PaymentMethod,
    "interaction": Interaction,
    "item-role": ItemRole,
    "form": Form,
    "submission": Submission,
    "consent": Consent,
    "login": PortalLogin,
    "message": Message,
    "settings": Settings,
}
"""`kind` in plain data -> the entity."""
_NAMES = {entity: kind for kind, entity in _KINDS.items()}
_NAMED = (Person, Company, Site, Item, Interaction)
"""Entities whose plain data have a `display_name`, which the library makes of their other fields."""
_OMITTED: Mapping[type[Any], frozenset[str]] = {
    Affiliation: frozenset({"revision", "primary_sequence", "person_when_read"}),
    Picture: frozenset({"shown_file", "upright_file", "thumbnail", "import_id", "former"}),
    PictureContent: frozenset({"data"}),
}
"""Class -> the fields that only the library uses, and the bytes of pictures."""
_PROTECTED: Mapping[type[Any], frozenset[str]] = {
    Person: frozenset({"id", "version", "access", "responsibles"}),
    Company: frozenset({"id", "version", "access", "responsibles"}),
    Affiliation: frozenset({"id", "version", "contact_id", "person_id", "since"}),
    Site: frozenset({"id", "version", "contact_id", "since"}),
    Item: frozenset({"id", "version", "contact_id", "since"}),
    Interaction: frozenset({"id", "version", "contact_id", "actor", "since"}),
}
"""Entity that data can be laid over -> the fields that the data may change only where the caller names them."""
_READ_ONLY: Mapping[type[Any], tuple[str, ...]] = dict.fromkeys(
    (Person, Company), ("restricted", "added_at", "added_by", "changed_at", "changed_by")
)
"""Entity that data can be laid over -> the fields that the library sets, and that no `save` stores."""
_TEXTS = (Currency, Language, PartialDate, Tag)
"""Values that are written as text."""
_IN_PARTS = (EmailAddress, Website, PhoneNumber, Address, SocialProfile)
"""Values that are written as objects, without their empty parts."""


def to_plain(public: object) -> Any:
    """Convert an entity, a value, an answer or an error to JSON types.

    Entities and values are written without empty fields, and `from_plain` reads entities back. Answers, such as pages,
    hits and decisions, are written with all of their fields and properties. Errors are written with their code.

    Args:
        public: Anything that the library returns or raises, except services and functions. Mappings, lists and sets of
            such things are accepted too. A time or a date becomes ISO 8601, bytes become base64. The bytes of stored
            pictures are left out.

    Returns:
        Dicts, lists, texts, numbers, True, False and None, so that `json.dumps` writes them.

    Raises:
        Invalid: `plain-type` for an object that is no data, such as a session.

    >>> to_plain(Company("Bois & Fils", emails=["office@bois.fr"]))
    {'kind': 'company', 'display_name': 'Bois & Fils', 'emails': [{'text': 'office@bois.fr'}], 'name': 'Bois & Fils'}
    >>> to_plain(Affiliation(position="CFO", authorities=["represent"]))
    {'kind': 'affiliation', 'position': 'CFO', 'authorities': [{'slug': 'represent'}]}
    """
    if isinstance(public, bool | int | str | None) and not isinstance(public, Enum):
        return public
    for classes, write in _WRITERS:
        if isinstance(public, classes):
            return write(public)
    if not isinstance(public, type) and callable(getattr(public, "as_dict", None)):
        return to_plain(public.as_dict())  # type: ignore[attr-defined] # looked for above
    if attrs.has(type(public)) and type(public).__module__.startswith("contactcore"):
        return _answer(public)
    raise Invalid("plain-type", f"A {type(public).__name__} is no data; give what a service returned.")


def _entity(entity: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {"kind": _NAMES[type(entity)]}
    if isinstance(entity, _NAMED):
        plain["display_name"] = entity.display_name
    return plain | _filled(entity)


def _filled(entity: Any) -> dict[str, Any]:
    """The fields of an entity that differ from the default."""
    plain: dict[str, Any] = {}
    omitted = _OMITTED.get(type(entity), frozenset())
    for field in attrs.fields(type(entity)):
        value = getattr(entity, field.name)
        if field.name not in omitted and value != field.default and value is not None and value != {}:
            plain[field.name] = to_plain(value)
    return plain


def _parts(value: Any) -> dict[str, Any]:
    return {name: part for name, part in attrs.asdict(value).items() if part not in ("", False)}


def _money(value: Money) -> dict[str, str]:
    """Money with its amount as text, because a number of JSON is not exact."""
    return {"amount": f"{value.amount:f}", "currency": value.currency.text}


def _mapping(values: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(to_plain(name)): to_plain(value) for name, value in values.items()}


def _number(value: float) -> float | str:
    return value if math.isfinite(value) else str(value)


def _bytes(value: bytes) -> Any:
    """JSON that the library wrote as data; other bytes in base64."""
    if value.startswith(b"{"):
        try:
            return json.loads(value)
        except ValueError:
            pass
    return base64.b64encode(value).decode()


def _error(error: ContactCoreError) -> dict[str, Any]:
    plain: dict[str, Any] = {"code": error.code, "message": str(error)}
    if isinstance(error, Invalid):
        plain["problems"] = [to_plain(problem) for problem in error.problems]
    elif isinstance(error, NotFound):
        plain |= {"what": error.what, "id": error.id, "path": error.path}
    elif isinstance(error, Conflict):
        plain |= {"mine": _any(error.mine), "stored": _any(error.stored), "fields": [*error.fields]}
    elif isinstance(error, Duplicate):
        plain |= {"key": error.key, "existing": error.existing}
    return plain


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "code": problem.code,
        "path": problem.path,
        "message": problem.message,
        "value": _any(problem.value),
        "facts": {name: _any(fact) for name, fact in problem.facts.items()},
    }


def _any(value: object) -> Any:
    """A value that the application gave, which may be of any type."""
    try:
        return to_plain(value)
    except Invalid:
        return shorten(value)


def _answer(answer: Any) -> dict[str, Any]:
    """The public fields and properties of an answer."""
    names = [field.name for field in attrs.fields(type(answer))]
    names += [name for name in _properties(cast("Hashable", type(answer))) if name not in names]
    omitted = _OMITTED.get(type(answer), frozenset())
    return {name: to_plain(getattr(answer, name)) for name in names if not name.startswith("_") and name not in omitted}


@cache
def _properties(kind: Any) -> tuple[str, ...]:
    return tuple(name for name in dir(kind) if isinstance(getattr(kind, name), property | cached_property))


_WRITERS: tuple[tuple[tuple[type[Any], ...], Callable[[Any], Any]], ...] = (
    ((Enum,), lambda value: to_plain(value.value)),
    ((float,), _number),
    (_TEXTS, str),
    ((Decimal,), lambda value: f"{value:f}" if value.is_finite() else str(value)),
    ((Money,), _money),
    (_IN_PARTS, _parts),
    (tuple(_NAMES), _entity),
    ((Authority, EntryRule, FieldDefinition, LinkedFile, ListEntry, PermissionPreset, Term), _filled),
    ((PermissionSet,), lambda value: [*value.modules]),
    ((NotificationPreferences,), lambda value: [*value.topics]),
    ((AdminList,), lambda entries: [_filled(entry) for entry in entries]),
    ((Problem,), _problem),
    ((ContactCoreError,), _error),
    ((date,), lambda value: value.isoformat()),
    ((timedelta,), lambda value: value.total_seconds()),
    ((bytes, bytearray), lambda value: _bytes(bytes(value))),
    ((Mapping,), _mapping),
    ((AbstractSet,), lambda values: sorted((to_plain(one) for one in values), key=str)),
    ((Sequence,), lambda values: [to_plain(one) for one in values]),
)
"""Classes -> the function that writes their instances; the first fitting line counts."""


@overload
def from_plain(data: Mapping[str, Any], *, country: str | None = None) -> Any: ...
@overload
def from_plain(data: Mapping[str, Any], wanted: type[_E], *, country: str | None = None) -> _E: ...
@overload
def from_plain(data: Mapping[str, Any], *, country: str | None = None, onto: _E, also: Iterable[str] = ()) -> _E: ...
def from_plain(
    data: Mapping[str, Any],
    wanted: type[Any] = object,
    *,
    country: str | None = None,
    onto: Any = None,
    also: Iterable[str] = (),
) -> Any:
    """Build an entity from plain data, as a host application sends it, or lay a partial form over a stored entity.

    Without `onto` the result is the whole entity: a field that the data lacks has its default, so that saving the
    result erases what is stored in it. All fields are read, `id`, `version`, `access` and `responsibles` too. Give
    only data of trusted senders. For a form of some fields use `onto`, which keeps the other fields and who may see and
    change the contact.

    Args:
        data: Mapping with `kind` (`"person"`, `"company"`, `"affiliation"`, `"site"`, `"item"`, `"item-role"`,
            `"interaction"`, `"account-entry"`, `"payment-method"`, `"login"`, `"message"` or `"settings"`) and any
            fields of that entity. An e-mail address, phone number or website is text, or an object with `kind` and
            `text` (`url` for a website). Money is an object with `amount` and `currency`, both text, or one text. `id`
            and `version` are kept, which allows the output of `to_plain` to be changed and sent back. `display_name` is
            not read, because the library makes it of the other fields.
        wanted: The class that the result must have, such as `Person`; any entity by default. Type checkers then know
            the class of the result.
        country: ISO 3166 country of national phone numbers; the countries of the addresses in the data come before it,
            as for every contact. None or `""` keeps numbers that are text as text.
        onto: A stored person, company, affiliation, site, item or interaction, over which the data is laid; None (the
            default) for none. A field that the data lacks keeps its value, as does a custom field; null empties it. A
            list that is given takes the place of the stored list. `kind`, `id`, `version`, `access` and
            `responsibles`, the `contact_id`, `person_id` and `since` of what belongs to a contact, and the `actor` of
            an interaction, may only have their stored values, and so may what the library sets: `restricted`,
            `added_at`, `added_by`, `changed_at`, `changed_by` and `display_name`.
        also: The names of those fields, except `kind`, that the data may change; `()` by default. With `"version"` the
            version of a form counts, and `save` raises `Conflict` if somebody else was faster.

    Raises:
        Invalid: all problems at once: `plain-type` for a value of another type, `field-unknown`, `kind-unknown`,
            `country-unknown`, `field-protected`, `field-read-only`, and the codes of the values.

    >>> from_plain({"kind": "person", "given_name": "Jane", "emails": ["jane@example.org"]}).display_name
    'Jane'
    >>> from_plain({"kind": "person", "given_name": 5})
    Traceback (most recent call last):
    contactcore.errors.Invalid: given_name: Give text here. (got 5)
    >>> stored = Company("Bois", division="North", responsibles=["amelie"])
    >>> laid = from_plain({"name": "Bois & Fils"}, onto=stored)
    >>> laid.name, laid.division, laid.responsibles
    ('Bois & Fils', 'North', ('amelie',))
    """
    if not isinstance(data, Mapping):
        raise Invalid("plain-type", "Give an object with the fields of an entity.", value=data)
    region = _region(country)
    if onto is not None:
        return _laid_over(data, onto, wanted, region, _changeable(also))
    kind = _kind_of(data, wanted)
    read, problems = _read_fields(kind, data, _Phones.of(data, region))
    values = {name: value for name, value in read.items() if value is not None}
    fields = _fields_of(kind).items()
    missing = [name for name, field in fields if field.default is attrs.NOTHING and name not in values]
    named = {_top(problem.path) for problem in problems}
    problems += [Problem("plain-type", name, "Give this field too.") for name in missing if name not in named]
    if missing:
        raise Invalid(problems)
    return _made(lambda: kind(**values), problems)


def _made(make: Callable[[], _E], problems: Sequence[Problem]) -> _E:
    """The entity that a constructor makes of the fields that were read.

    Args:
        make: Calls the constructor without the fields that have problems.
        problems: The problems of those fields.

    Raises:
        Invalid: these problems, and those that the constructor finds in the other fields.
    """
    if not problems:
        return make()
    named = {_top(problem.path) for problem in problems}
    more: list[Problem] = []
    try:
        make()
    except Invalid as error:
        # A contact may lack its name only because the name was refused: that is no problem of its own.
        more = [one for one in error.problems if one.path and _top(one.path) not in named]
    raise Invalid([*problems, *more])


def read_draft(
    data: Mapping[str, Any], *, country: str | None = None
) -> tuple[Person | Company | None, tuple[Problem, ...]]:
    """The contact in plain data that may be half filled or wrong, and the problems of its fields.

    Args:
        data: Mapping with `kind` (`"person"` or `"company"`) and any fields, as `from_plain` takes it.
        country: ISO 3166 country of the national phone numbers that are objects with a kind; None for unknown. Numbers
            that are text stay text, until the contact is prepared.

    Returns:
        The contact without the fields that have problems, and without a name if the data have none; None if the kind
        is unknown. The path of each problem begins with the name of its field.

    >>> draft, problems = read_draft({"kind": "company", "division": "North", "emails": ["x"], "shape": 1})
    >>> draft.division, [(problem.path, problem.code) for problem in problems]
    ('North', [('shape', 'field-unknown'), ('emails[0]', 'email-syntax')])
    """
    try:
        kind = _kind_of(data, Contact)
    except Invalid as error:
        return None, error.problems
    read, problems = _read_fields(kind, data, attrs.evolve(_Phones.of(data, _region(country)), texts=False))
    values = {name: value for name, value in read.items() if value is not None}
    try:
        return kind(**values), tuple(problems)
    except Invalid as error:
        named = {_top(problem.path) for problem in error.problems} - {""}
        problems += [problem for problem in error.problems if problem.path]
    values = {name: value for name, value in values.items() if name not in named}
    # Every other field was accepted, but the contact may have no name any more. No draft is stored.
    placeholder = {"name" if kind is Company else "given_name": "-"}
    try:
        return kind(**values), tuple(problems)
    except Invalid:
        name = next(iter(placeholder))
        return altered(kind(**{**values, **placeholder}), {name: ""}), tuple(problems)


def read_part(
    data: Mapping[str, Any], wanted: type[_E] | tuple[type[_E], ...], *, country: str | None = None
) -> tuple[_E | None, tuple[Problem, ...]]:
    """The part of a contact in plain data that may be half filled or wrong, and the problems of its fields.

    Args:
        data: Mapping with `kind` and any fields, as `from_plain` takes it.
        wanted: The class, or the classes, of which the part must be one, such as `Site`.
        country: As for `read_draft`.

    Returns:
        The part without the fields that have problems; None if nothing else can be judged.

    >>> read_part({"kind": "site", "name": "Mill", "emails": ["x"]}, Site)[0].name
    'Mill'
    """
    try:
        kind = _kind_of(data, wanted)
    except Invalid as error:
        return None, error.problems
    if issubclass(kind, Contact):
        return cast("tuple[_E | None, tuple[Problem, ...]]", read_draft(data, country=country))
    values, problems = _read_fields(kind, data, _Phones.of(data, _region(country)))
    values = {name: value for name, value in values.items() if value is not None}
    try:
        part = kind(**values)
    except Invalid as error:
        # The lack of a field that was left out is no problem of its own.
        left_out = {_top(problem.path) for problem in problems}
        named = {_top(problem.path) for problem in error.problems}
        part, problems = None, [*problems, *(one for one in error.problems if _top(one.path) not in left_out)]
        with suppress(Invalid):
            part = kind(**{name: value for name, value in values.items() if name not in named})
    # An affiliation whose person cannot be read would be refused again, for the lack of a person.
    return None if any(_top(problem.path) == "person" for problem in problems) else part, tuple(problems)


def _top(path: str) -> str:
    """The field with which the path of a problem begins."""
    return path.partition(".")[0].partition("[")[0]


def _kind_of(data: object, wanted: type[Any] | tuple[type[Any], ...]) -> type[Any]:
    """The class of the entity in plain data."""
    if not isinstance(data, Mapping):
        raise Invalid("plain-type", "Give an object with the fields of an entity.", value=data)
    named = data.get("kind")
    kinds = [name for name, entity in _KINDS.items() if issubclass(entity, wanted)]
    if not isinstance(named, str) or named not in kinds:
        raise Invalid("kind-unknown", f"Give kind {' or '.join(kinds)}.", path="kind", value=named)
    return _KINDS[named]


def _region(country: str | None) -> str | None:
    """The ISO 3166 code of a country, which may be given by its name."""
    if country is None or country == "":
        return None
    (name,) = collect(("country", lambda: clean_line(country)))
    code = read_country(name)
    if code is None:
        raise Invalid("country-unknown", "Give a country by its code, such as FR.", path="country", value=country)
    return code


@attrs.frozen
class _Phones:
    """How the national phone numbers in plain data are read.

    Attributes:
        countries: The likeliest country first: those of the addresses in the data, then that of the caller.
        country: The country of the caller; None for unknown.
        texts: Whether numbers that are text are read too; otherwise, and without a country, they stay text.
    """

    countries: tuple[str, ...]
    country: str | None
    texts: bool = True

    @classmethod
    def of(cls, data: Mapping[str, Any], country: str | None) -> _Phones:
        """How the phone numbers of an entity are read.

        Args:
            data: The plain data of the entity.
            country: The country of the caller; None for unknown.
        """
        addresses = data.get("addresses") or [data.get("address")]
        named = [one.get("country") for one in addresses if isinstance(one, Mapping)] if _is_list(addresses) else []
        read = [read_country(name) for name in named if isinstance(name, str)]
        return cls(tuple(code for code in (*read, country) if code), country)


def _is_list(value: object) -> TypeGuard[list[Any] | tuple[Any, ...]]:
    return isinstance(value, list | tuple)


def _changeable(also: Iterable[str]) -> frozenset[str]:
    if isinstance(also, str):
        raise Invalid("not-a-list", "Give a list here, even for a single entry.", path="also", value=also)
    named = tuple(also)
    known = sorted({name for names in _PROTECTED.values() for name in names})
    for index, name in enumerate(named):
        if name not in known:
            raise Invalid("field-unknown", f"Such fields are {', '.join(known)}.", path=f"also[{index}]", value=name)
    return frozenset(named)


def _fields_of(kind: Any) -> dict[str, Any]:
    return {field.name: field for field in attrs.fields(kind) if field.name not in _OMITTED.get(kind, ())}


def _read_fields(kind: type[Any], data: Mapping[str, Any], phones: _Phones) -> tuple[dict[str, Any], list[Problem]]:
    """The fields in plain data as the constructor takes them, and the problems of the others."""
    fields = _fields_of(kind)
    problems = [
        Problem("field-unknown", str(name), f"A {_NAMES[kind]} has no such field: leave it out.", data[name])
        for name in data
        if name not in fields and name != "kind" and not (name == "display_name" and issubclass(kind, _NAMED))
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
    return attrs.evolve(problem, value=None) if has_card_number(str(problem.value)) else problem


def _laid_over(
    data: Mapping[str, Any], stored: _E, wanted: type[Any], country: str | None, changeable: frozenset[str]
) -> _E:
    """A stored entity with the values of the data; see `from_plain`."""
    kind: type[Any] = type(stored)
    if kind not in _PROTECTED or not isinstance(stored, wanted):
        named = " or ".join(_NAMES[one] for one in _PROTECTED if issubclass(one, wanted))
        raise Invalid("plain-type", f"Give a stored {named} here, not {kind.__name__}.", path="onto")
    person, own = None, dict(data)
    known_person = stored.person if isinstance(stored, Affiliation) else None
    if known_person is not None and own.get("person") is not None:
        person = own.pop("person")
        if not isinstance(person, Mapping):
            raise Invalid("plain-type", "Give an object with the fields of an entity.", path="person", value=person)
    now = {name: to_plain(getattr(stored, name)) for name in _PROTECTED[kind]} | {"kind": _NAMES[kind]}
    problems = [
        Problem("field-protected", name, "This data may not change it: leave it out, or name it in `also`.", own[name])
        for name in now
        if name in own and name not in changeable and to_plain(own[name]) != now[name]
    ]
    values, more = _read_fields(kind, own, _Phones.of(own, country))
    problems += more
    if person is not None and known_person is not None:
        try:
            values["person"] = _laid_over(person, known_person, Person, country, changeable)
        except Invalid as error:
            problems += error.under("person").problems
    merged = {name: _merged(stored, name, one) for name, one in values.items()}
    laid: _E = _made(partial(attrs.evolve, cast("Any", stored), **merged), problems)
    problems = [*_read_only_problems(own, stored, laid)]
    if problems:
        raise Invalid(problems)
    return laid


def _read_only_problems(data: Mapping[str, Any], stored: Any, laid: Any) -> Iterator[Problem]:
    """The problems of data that would change what the library makes or sets.

    Data of another version of the entity has the values of that version, which say nothing. Saving it is a conflict.
    """
    if getattr(laid, "version", None) != stored.version:
        return
    for name in _READ_ONLY.get(type(stored), ()):
        if name in data and getattr(laid, name) != getattr(stored, name):
            yield Problem("field-read-only", name, "The library sets this field: leave it out.", data[name])
    if "display_name" in data and data["display_name"] not in (None, stored.display_name, laid.display_name):
        message = "The library makes this name of the other fields: change those, and leave it out."
        yield Problem("field-read-only", "display_name", message, data["display_name"])


def _merged(stored: Any, name: str, value: Any) -> Any:
    """The new value of a field of a stored entity: null empties it, and a mapping adds to the stored one."""
    if value is None:
        return attrs.fields_dict(type(stored))[name].default
    if isinstance(value, Mapping):
        return {slug: one for slug, one in {**getattr(stored, name), **value}.items() if one is not None}
    return value


@cache
def _hints(kind: Any) -> Mapping[str, Any]:
    return get_type_hints(cast("Hashable", kind))


def _list(value: Any, read: Callable[[Any], Any]) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise Invalid("plain-type", "Give a list here.", value=value)
    return collect(*((f"[{index}]", partial(read, one)) for index, one in enumerate(value)))


def _by_type(hint: Any, value: Any, phones: _Phones) -> Any:  # noqa: PLR0911 - one return for each kind of type
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
    if hint in _VALUES:
        return _VALUES[hint](value, phones)
    if hint in {PermissionSet, NotificationPreferences}:
        return _list(value, lambda one: _strict(one, str))
    if hint is Person:
        return from_plain(value, Person, country=phones.country)
    if isinstance(hint, type) and attrs.has(hint) and hint not in _TEXTS:
        return _record(hint, value, phones)
    return _strict(value, hint if hint in {int, bool} else str)


def _record(kind: type[Any], value: Any, phones: _Phones) -> Any:
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


def _strict(value: Any, expected: type) -> Any:
    if type(value) is not expected:
        word = {int: "a whole number", bool: "true or false", str: "text"}[expected]
        raise Invalid("plain-type", f"Give {word} here.", value=value)
    return value


def _email(value: Any, _phones: _Phones) -> EmailAddress:
    return EmailAddress(value) if isinstance(value, str) else _structured(EmailAddress, value)


def _website(value: Any, _phones: _Phones) -> Website:
    return Website(value) if isinstance(value, str) else _structured(Website, value)


def _social(value: Any, _phones: _Phones) -> SocialProfile:
    profile = _structured(_SocialProfile, value)
    return SocialProfile(profile.service, profile.handle or profile.url)


@attrs.frozen
class _SocialProfile:
    service: str = ""
    handle: str = ""
    url: str = ""


def _address(value: Any, _phones: _Phones) -> Address:
    address: Address = _structured(Address, value)
    return address


def _read_money(value: Any, _phones: _Phones) -> Money:
    if isinstance(value, str):
        return Money.parse(value)
    given = _structured(_Money, value)
    return Money(given.amount, given.currency)


@attrs.frozen
class _Money:
    amount: str
    currency: str


def _phone(value: Any, phones: _Phones) -> PhoneNumber | str:
    if isinstance(value, str):
        return PhoneNumber.parse_in(value, phones.countries) if phones.country and phones.texts else value
    given = _structured(_PhoneNumber, value)
    if not given.e164 and given.text is None:
        raise Invalid("plain-type", "Give text, or an object with text.", value=value)
    read = PhoneNumber.parse_in(given.e164 or given.text, phones.countries)
    return PhoneNumber.restore(
        read.e164,
        extension=read.extension if given.extension is None else given.extension,
        kind=clean_kind(given.kind),
        text=clean_line(read.text if given.text is None else given.text),
    )


@attrs.frozen
class _PhoneNumber:
    e164: str = ""
    text: str | None = None
    extension: str | None = None
    kind: str = ""


_VALUES: Mapping[Any, Callable[[Any, _Phones], Any]] = {
    EmailAddress: _email,
    PhoneNumber: _phone,
    Website: _website,
    SocialProfile: _social,
    Address: _address,
    Money: _read_money,
}


def _structured(wanted: type, value: Any) -> Any:
    from cattrs.errors import ClassValidationError

    if not isinstance(value, Mapping):
        raise Invalid("plain-type", "Give text, or an object with its parts.", value=value)
    try:
        return _converter().structure(value, wanted)
    except ClassValidationError as error:
        raise Invalid(_problems(error, value)) from None


def _problems(error: ClassValidationError, value: Mapping[str, Any]) -> Iterator[Problem]:
    from cattrs.errors import ForbiddenExtraKeysError

    part_errors, other_errors = error.group_exceptions()
    for fault, part in part_errors:
        if isinstance(fault, Invalid):
            yield from fault.under(part.name).problems
        else:
            yield Problem("plain-type", part.name, "Give this part too.", value)
    for other in other_errors:
        if isinstance(other, ForbiddenExtraKeysError):
            for name in sorted(other.extra_fields, key=str):
                yield Problem("field-unknown", str(name), "There is no such part: leave it out.", value[name])
        elif isinstance(other, Invalid):
            yield from other.problems
        else:
            raise other


@cache
def _converter() -> Converter:
    from cattrs import Converter

    converter = Converter(forbid_extra_keys=True)
    for plain in (str, bool, int):
        converter.register_structure_hook(plain, _strict)
    return converter
