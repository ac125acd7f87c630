"""Updating a contact from a row: empty fields are filled, new values are added, nothing is erased (IMP-2)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

import attrs

from contactcore.errors import Invalid
from contactcore.model import Company, Person
from contactcore.model.contact import own_fields
from contactcore.model.parsing import MOST_ENTRIES
from contactcore.text import fold
from contactcore.values import Address

__all__ = ["Differences", "alike", "merge_missing", "overwrite"]

_SINGLE_VALUES = ("type", "currency", "language", "external_id")
_SINGLE_VALUES_OF = {kind: (*_SINGLE_VALUES, *own_fields(kind)) for kind in (Person, Company)}
_LISTS: Mapping[str, Callable[[Any], object]] = {
    "emails": lambda email: email.key,
    "phones": lambda phone: phone.key,
    "websites": lambda website: website.key,
    "socials": lambda profile: profile.key,
    "addresses": lambda address: attrs.evolve(address, label="", billing=False),
    "tags": lambda tag: tag.key,
    "categories": lambda slug: slug,
}

Entity = Person | Company
Differences = list[tuple[str, object]]
"""Fields whose value was kept although the row has another one, each with the value of the row."""


def merge_missing(before: Entity, row: Entity, *, fits: Callable[[Entity], bool]) -> tuple[Entity, Differences]:
    """Add the values of a row to a contact that lacks them.

    New entries of a list go to its end, therefore the preferred entry stays the first one. A list keeps to the length
    that a contact may have. A note is added below the
    old one, unless the old one contains it.

    Args:
        before: The contact as it is. It is returned as the same object when the row adds nothing.
        row: The values of the row, as a contact of the same kind.
        fits: Whether a storage can hold a contact of this size. A result that does not fit is discarded.

    Returns:
        The contact and its `Differences` from the row.

    >>> merged, kept = merge_missing(
    ...     Person("Jo", "Doe"), Person("Joan", "Doe", emails=["jo@x.fr"]), fits=lambda contact: True
    ... )
    >>> str(merged.emails[0]), kept
    ('jo@x.fr', [('given_name', 'Joan')])
    """
    changes: dict[str, Any] = {}
    differences: Differences = []
    for name in _SINGLE_VALUES_OF[type(before)]:
        old, new = getattr(before, name), getattr(row, name, None)
        if new and not old:
            changes[name] = new
        elif new and not alike(old, new):
            differences.append((name, new))
    _merge_lists(changes, differences, before, row)
    if row.description and row.description not in before.description:
        changes["description"] = f"{before.description}\n\n{row.description}" if before.description else row.description
    _merge_mappings(changes, differences, before, row)
    if not changes:
        return before, differences
    try:
        after = attrs.evolve(before, **changes)
    except Invalid as error:
        return before, [*differences, *((problem.path.partition("[")[0], problem.value) for problem in error.problems)]
    if not fits(after):
        return before, [*differences, *changes.items()]
    return after, differences


_OVERWRITTEN = (*_SINGLE_VALUES, *_LISTS, "description")


def overwrite(
    before: Entity, row: Entity, cleared: Collection[str] = (), *, fits: Callable[[Entity], bool]
) -> tuple[Entity, Differences]:
    """Let the values of a row replace those of a contact; an empty field of the row leaves the value.

    Args:
        before: The contact as it is. It is returned as the same object when the row changes nothing.
        row: The values of the row, as a contact of the same kind.
        cleared: The names of the fields that the row empties, such as `"emails"` or `"fields.size"`; none by default.
        fits: Whether a storage can hold a contact of this size. A result that does not fit is discarded.

    Returns:
        The contact, and the values of the row that were not taken over.

    >>> jo = Person("Jo", "Doe", nickname="J", emails=["jo@x.fr"])
    >>> overwrite(jo, Person("Joan", emails=["joan@x.fr"]), ["nickname"], fits=lambda contact: True)[0].name.full_name()
    'Joan Doe'
    """
    changes: dict[str, Any] = {}
    for name in (*_OVERWRITTEN, *own_fields(type(before))):
        old, new = getattr(before, name), getattr(row, name)
        if name in cleared:
            new = None if old is None or not isinstance(old, (str, tuple)) else type(old)()
            if new != old:
                changes[name] = new
        elif new and new != old:
            changes[name] = new
    fields = {slug: value for slug, value in {**before.fields, **row.fields}.items() if f"fields.{slug}" not in cleared}
    if fields != before.fields:
        changes["fields"] = fields
    unmapped = {**before.unmapped, **row.unmapped}
    if unmapped != before.unmapped:
        changes["unmapped"] = unmapped
    if not changes:
        return before, []
    try:
        after = attrs.evolve(before, **changes)
    except Invalid as error:
        return before, [(problem.path.partition("[")[0], problem.value) for problem in error.problems]
    return (after, []) if fits(after) else (before, [*changes.items()])


def _beside(before: Entity, added: list[Any]) -> list[Any]:
    """New entries of a list; the main billing address of the contact stays, so a new address is none."""
    if before.billing_address is None:
        return added
    return [attrs.evolve(one, billing=False) if isinstance(one, Address) else one for one in added]


def alike(old: object, new: object) -> bool:
    """Whether two values are equal, or texts that differ only in capital letters, accents or blanks.

    Args:
        old, new: The values.

    >>> alike("Süd  GmbH", "SUD gmbh"), alike("Süd", "Nord")
    (True, False)
    """
    return old == new or (isinstance(old, str) and isinstance(new, str) and fold(old).split() == fold(new).split())


def _missing(old: Iterable[Any], new: Iterable[Any], key: Callable[[Any], object]) -> list[Any]:
    if not new:
        return []
    known = {key(entry) for entry in old}
    return [entry for entry in new if key(entry) not in known]


def _merge_lists(changes: dict[str, Any], differences: Differences, before: Entity, row: Entity) -> None:
    """Add the new entries of the lists, as many as there is room for."""
    for name, key in _LISTS.items():
        old = getattr(before, name)
        if missing := _missing(old, getattr(row, name), key):
            room = max(0, MOST_ENTRIES - len(old))
            differences.extend((name, str(entry)) for entry in missing[room:])
            if room:
                changes[name] = (*old, *_beside(before, missing[:room]))


def _merge_mappings(changes: dict[str, Any], differences: Differences, before: Entity, row: Entity) -> None:
    """Merge the custom fields and the unmapped cells."""
    fields = {slug: value for slug, value in row.fields.items() if slug not in before.fields}
    if fields:
        changes["fields"] = {**before.fields, **fields}
    differences.extend(
        (f"fields.{slug}", value) for slug, value in row.fields.items() if before.fields.get(slug, value) != value
    )
    unmapped = {}
    for name, text in row.unmapped.items():
        old = before.unmapped.get(name)
        if old is None:
            unmapped[name] = text
        elif text not in old:
            unmapped[name] = f"{old}\n{text}"
    if unmapped:
        changes["unmapped"] = {**before.unmapped, **unmapped}
