"""Updating a contact from a row: what is empty is filled, what is new is added, nothing is erased (IMP-2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import attrs

from contactcore.errors import Invalid
from contactcore.mapping.contacts import body_of
from contactcore.model import Company, Person
from contactcore.storage import LONGEST_BODY
from contactcore.text import fold

__all__ = ["fill"]

_ONCE = ("type", "currency", "language", "external_id")
_PERSON_ONCE = (
    "given_name",
    "family_name",
    "middle_name",
    "prefix",
    "suffix",
    "nickname",
    "phonetic_given_name",
    "phonetic_family_name",
    "full_name",
    "birthday",
    "gender",
)
_COMPANY_ONCE = ("name", "division")
_MANY: Mapping[str, Callable[[Any], object]] = {
    "emails": lambda email: email.key,
    "phones": lambda phone: phone.key,
    "websites": lambda website: website.key,
    "socials": lambda profile: profile.key,
    "addresses": lambda address: attrs.evolve(address, label="", billing=False),
    "tags": lambda tag: tag.key,
    "categories": lambda slug: slug,
}

Entity = Person | Company


def fill(before: Entity, row: Entity) -> tuple[Entity, list[tuple[str, object]]]:
    """A contact with what a row adds to it, and what the row says differently.

    Lists get the entries that they lack, at their end, so that the preferred one stays. A note is added below the
    old one unless it stands there already.

    Args:
        before: The contact as it is; given back as the very same object when the row adds nothing.
        row: What the row says, as a contact of the same kind.

    Returns:
        The contact, and the fields that were left as they are although the row says something else, with the row's
        value.

    >>> stored, kept = fill(Person("Jo", "Doe"), Person("Joan", "Doe", emails=["jo@x.fr"]))
    >>> str(stored.emails[0]), kept
    ('jo@x.fr', [('given_name', 'Joan')])
    """
    changes: dict[str, Any] = {}
    differing: list[tuple[str, object]] = []
    for name in (*_ONCE, *(_PERSON_ONCE if isinstance(before, Person) else _COMPANY_ONCE)):
        old, new = getattr(before, name), getattr(row, name, None)
        if new and not old:
            changes[name] = new
        elif new and not _same(old, new):
            differing.append((name, new))
    for name, key in _MANY.items():
        if more := _lacking(getattr(before, name), getattr(row, name), key):
            changes[name] = (*getattr(before, name), *more)
    if row.description and row.description not in before.description:
        changes["description"] = f"{before.description}\n\n{row.description}" if before.description else row.description
    _fill_names(changes, differing, before, row)
    if not changes:
        return before, differing
    try:
        after = attrs.evolve(before, **changes)
    except Invalid as error:
        return before, [*differing, *((problem.path.partition("[")[0], problem.value) for problem in error.problems)]
    if len(body_of(after)) > LONGEST_BODY:
        return before, [*differing, *changes.items()]
    return after, differing


def _same(old: object, new: object) -> bool:
    return old == new or (isinstance(old, str) and isinstance(new, str) and fold(old).split() == fold(new).split())


def _lacking(old: Iterable[Any], new: Iterable[Any], key: Callable[[Any], object]) -> list[Any]:
    if not new:
        return []
    known = {key(entry) for entry in old}
    return [entry for entry in new if key(entry) not in known]


def _fill_names(changes: dict[str, Any], differing: list[tuple[str, object]], before: Entity, row: Entity) -> None:
    fields = {slug: value for slug, value in row.fields.items() if slug not in before.fields}
    if fields:
        changes["fields"] = {**before.fields, **fields}
    differing.extend(
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
