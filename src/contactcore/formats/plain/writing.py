"""Everything public as plain data, ready for JSON."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache, cached_property
from typing import Any, cast

import attrs

from contactcore.errors import Conflict, ContactCoreError, Duplicate, Invalid, NotFound, Problem, shorten, with_article
from contactcore.formats.plain.entities import IN_PARTS, NAMED, NAMES, OMITTED, TEXTS
from contactcore.model import (
    AdminList,
    Authority,
    FieldDefinition,
    LinkedFile,
    ListEntry,
    NotificationPreferences,
    PermissionPreset,
    PermissionSet,
)
from contactcore.model.entry import EntryRule
from contactcore.model.term import Term
from contactcore.values import Money

__all__ = ["to_plain"]

_MOST_VALUES, _DEEPEST = 10_000, 32
"""The size of a refused value that is shown in full."""
_LONGEST_INT = 14_000
"""Bits of a number that Python writes in decimal."""
_LONGEST_DECIMAL = 1_000


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
        Invalid: `plain-type` for an object that is no data, such as a session, and for containers that are too deep.

    >>> from contactcore import Affiliation, Company
    >>> to_plain(Company("Bois & Fils", emails=["office@bois.fr"]))
    {'kind': 'company', 'display_name': 'Bois & Fils', 'emails': [{'text': 'office@bois.fr'}], 'name': 'Bois & Fils'}
    >>> to_plain(Affiliation(position="CFO", authorities=["represent"]))
    {'kind': 'affiliation', 'position': 'CFO', 'authorities': [{'slug': 'represent'}]}
    """
    try:
        return _plain(public)
    except RecursionError:
        raise Invalid("plain-type", "The data is nested too deeply, or contains itself: give less of it.") from None


def _plain(public: object) -> Any:
    if isinstance(public, bool | int | str | None) and not isinstance(public, Enum):
        return public
    for classes, write in _WRITERS:
        if isinstance(public, classes):
            return write(public)
    if not isinstance(public, type) and callable(getattr(public, "as_dict", None)):
        return _plain(public.as_dict())  # type: ignore[attr-defined] # looked for above
    if attrs.has(type(public)) and type(public).__module__.startswith("contactcore"):
        return _answer(public)
    raise Invalid("plain-type", f"{with_article(type(public).__name__, 'A')} is no data; give what a service returned.")


def _entity(entity: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {"kind": NAMES[type(entity)]}
    if isinstance(entity, NAMED):
        plain["display_name"] = entity.display_name
    return plain | _filled(entity)


def _filled(entity: Any) -> dict[str, Any]:
    """The fields of an entity that differ from the default."""
    plain: dict[str, Any] = {}
    omitted = OMITTED.get(type(entity), frozenset())
    for field in attrs.fields(type(entity)):
        value = getattr(entity, field.name)
        if field.name not in omitted and value != field.default and value is not None and value != {}:
            plain[field.name] = _plain(value)
    return plain


def _parts(value: Any) -> dict[str, Any]:
    return {name: part for name, part in attrs.asdict(value).items() if part not in ("", False)}


def _money(value: Money) -> dict[str, str]:
    """Money with its amount as text, because a number of JSON is not exact."""
    return {"amount": f"{value.amount:f}", "currency": value.currency.text}


def _mapping(values: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(_plain(name)): _plain(value) for name, value in values.items()}


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
        plain["problems"] = [_plain(problem) for problem in error.problems]
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
    """A value that the application gave, which may be of any type and any size."""
    try:
        return _plain(value) if _is_moderate(value) else shorten(value)
    except Exception:  # noqa: BLE001 - an answer about a refused value must not end in an error of that value
        return shorten(value)


def _is_moderate(value: object) -> bool:
    """Whether a value is neither large nor deep. A sequence may be endless in effect, and may contain itself."""
    left, waiting = _MOST_VALUES, [(value, 1)]
    while waiting:
        one, depth = waiting.pop()
        if isinstance(one, int):
            if one.bit_length() > _LONGEST_INT:
                return False
        elif isinstance(one, Mapping | AbstractSet | Sequence) and not isinstance(one, str | bytes | bytearray):
            left -= len(one)
            if left < 0 or depth > _DEEPEST:
                return False
            waiting += [(inner, depth + 1) for inner in (one.values() if isinstance(one, Mapping) else one)]
    return True


def _decimal(value: Decimal) -> str:
    """A number in full; in powers of ten where it would have very many digits."""
    return f"{value:f}" if value.is_finite() and abs(value.adjusted()) < _LONGEST_DECIMAL else str(value)


def _answer(answer: Any) -> dict[str, Any]:
    """The public fields and properties of an answer."""
    names = [field.name for field in attrs.fields(type(answer))]
    names += [name for name in _properties(cast("Hashable", type(answer))) if name not in names]
    omitted = OMITTED.get(type(answer), frozenset())
    return {name: _plain(getattr(answer, name)) for name in names if not name.startswith("_") and name not in omitted}


@cache
def _properties(kind: Any) -> tuple[str, ...]:
    return tuple(name for name in dir(kind) if isinstance(getattr(kind, name), property | cached_property))


_WRITERS: tuple[tuple[tuple[type[Any], ...], Callable[[Any], Any]], ...] = (
    ((Enum,), lambda value: _plain(value.value)),
    ((float,), _number),
    (TEXTS, str),
    ((Decimal,), _decimal),
    ((Money,), _money),
    (IN_PARTS, _parts),
    (tuple(NAMES), _entity),
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
    ((AbstractSet,), lambda values: sorted((_plain(one) for one in values), key=str)),
    ((Sequence,), lambda values: [_plain(one) for one in values]),
)
"""Classes -> the function that writes their instances; the first fitting line counts."""
