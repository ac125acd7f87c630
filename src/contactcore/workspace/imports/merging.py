"""Merging a row into a stored affiliation, site or item, by the policy of the import (IMP-2, IMP-9)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from enum import Enum
from typing import Any, TypeVar

import attrs

from contactcore.errors import Invalid
from contactcore.formats.contact_rows.merge_missing import alike
from contactcore.model import Affiliation, Authority, Item, NotificationPreferences, PermissionSet, Site
from contactcore.model.parsing import MOST_ENTRIES
from contactcore.values import Address, EmailAddress, PhoneNumber

__all__ = ["DETAILS", "PARTS", "Place", "changed_values", "merged", "place_of", "shown"]

_E = TypeVar("_E", Affiliation, Site, Item)

DETAILS = (
    *("position", "department", "information", "email", "phone", "retired", "authorities", "permissions"),
    *("notifications", "start", "end", "active", "site_id"),
)
"""The fields of an affiliation that a row can change. The library maintains purposes and the primary flag."""

Place = Mapping[str, Any]
"""The place of a person in a company: the fields of the affiliation by name, of which empty ones may be missing."""

PARTS: Mapping[type[Any], tuple[str, ...]] = {
    Affiliation: DETAILS,
    Site: ("name", "address", "from_billing", "emails", "phones", "access_notes", "fields"),
    Item: ("name", "type", "description", "status", "of_themself", "external_id", "fields"),
}
"""The fields that a row can change, by the type of the record."""


def place_of(affiliation: Affiliation) -> Place:
    """The place of a person by a stored affiliation.

    Args:
        affiliation: The affiliation.
    """
    return {name: getattr(affiliation, name) for name in DETAILS}


def changed_values(
    before: _E, row: Mapping[str, Any], *, overwrite: bool, cleared: Collection[str] = ()
) -> tuple[dict[str, Any], list[tuple[str, Any]]]:
    """The fields of a record that a row changes, and the values of the row that are not taken over.

    Args:
        before: The record as it is.
        row: The values of the row by field; an empty value says nothing.
        overwrite: Whether the row wins; else it only fills empty fields and adds to lists.
        cleared: The fields that the row empties; none by default.

    >>> changed_values(Item("Rex"), {"name": "Max", "external_id": "7"}, overwrite=False)
    ({'external_id': '7'}, [('name', 'Max')])
    >>> changed_values(Item("Rex"), {"name": "Max"}, overwrite=True)
    ({'name': 'Max'}, [])
    """
    changes: dict[str, Any] = {}
    kept: list[tuple[str, Any]] = []
    empty = type(before).restore({})
    for name in PARTS[type(before)]:
        old, new, nothing = getattr(before, name), row.get(name), getattr(empty, name)
        if name in cleared:
            after = nothing
        elif new is None or new in (nothing, old):
            continue
        else:
            after = new if old == nothing else _after(old, new, overwrite=overwrite)
            kept += _kept(name, after, new)
        if after != old:
            changes[name] = after
    return changes, kept


def merged(before: _E, changes: Mapping[str, Any]) -> tuple[_E, list[tuple[str, Any]]]:
    """A record with changes, and the changes that it refuses.

    Args:
        before: The record as it is.
        changes: The new values by field.
    """
    if not changes:
        return before, []
    try:
        return attrs.evolve(before, **changes), []
    except Invalid:
        return before, list(changes.items())


def shown(value: object) -> str:
    """A value of a record as a report shows it; `""` for none.

    >>> shown(("a", "b")), shown(True), shown(None)
    ('a; b', 'yes', '')
    """
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {shown(one)}" for name, one in value.items())
    if isinstance(value, (PermissionSet, NotificationPreferences)):
        return shown(value.modules if isinstance(value, PermissionSet) else value.topics)
    return "; ".join(map(shown, value)) if isinstance(value, tuple) else _shown_one(value)


def _shown_one(value: object) -> str:
    if value is None or isinstance(value, bool):
        return "" if value is None else "yes" if value else "no"
    if isinstance(value, Address):
        return ", ".join(value.lines())
    kind = getattr(value, "kind", "")
    text = value.slug if isinstance(value, Authority) else str(value.value if isinstance(value, Enum) else value)
    return f"{text} ({kind})" if kind else text


def _key(value: Any) -> Any:
    if isinstance(value, (EmailAddress, PhoneNumber)):
        return value.key
    return value.slug if isinstance(value, Authority) else value


def _after(old: Any, new: Any, *, overwrite: bool) -> Any:
    """A value that is not empty after a row with another one."""
    if isinstance(old, Mapping):
        return {**old, **new} if overwrite else {**new, **old}
    if overwrite:
        return new
    return _together(old, new) if isinstance(old, tuple) else old


def _kept(name: str, after: Any, new: Any) -> Iterator[tuple[str, Any]]:
    """The values of a row that are not taken over."""
    if isinstance(after, Mapping):
        yield from ((f"{name}.{slug}", value) for slug, value in new.items() if after[slug] != value)
    elif isinstance(after, tuple):
        there = {_key(one) for one in after}
        yield from ((name, str(value)) for value in new if _key(value) not in there)
    elif not alike(after, new):
        yield name, new


def _together(old: tuple[Any, ...], new: tuple[Any, ...]) -> tuple[Any, ...]:
    """The entries of a list, and behind them the new ones of another list that it has room for."""
    known = {_key(one) for one in old}
    return (*old, *(one for one in new if _key(one) not in known))[: max(len(old), MOST_ENTRIES)]
