"""What happens to a contact before it is stored: the workspace's country, lists, fields and defaults are applied.

People who add a contact, imports and forms go the same way, so that no path can store what another would refuse.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

import attrs

from contactcore.errors import Invalid, Problem
from contactcore.mapping import json
from contactcore.mapping.terms import term
from contactcore.model import (
    AccessPolicy,
    Company,
    Contact,
    ListEntry,
    Person,
    Settings,
    SystemActor,
    check_fields,
)
from contactcore.rules.access import read_terms
from contactcore.storage import Query
from contactcore.values import PhoneNumber, Tag
from contactcore.workspace.kernel.transaction import Transaction

__all__ = ["first_spelling", "offered", "prepare", "read_phones", "regranted"]

_C = TypeVar("_C", bound=Person | Company)


def prepare(transaction: Transaction, contact: _C, before: Contact | None = None, *, by_hand: bool = True) -> _C:
    """The contact as it is stored.

    Args:
        transaction: Whose settings apply.
        contact: What somebody wants to store.
        before: What is stored now; None for a new contact.
        by_hand: Whether a person typed it in, for whom names may be required (DIR-1).

    Raises:
        Invalid: all problems at once.
    """
    settings = transaction.settings
    problems: list[Problem] = []
    changes: dict[str, Any] = {}
    if before is not None:
        contact = _counted(settings, contact, before)
    try:
        changes["phones"] = read_phones(contact.phones, settings.country)
    except Invalid as error:
        problems.extend(error.problems)
    try:
        changes["fields"] = check_fields(
            settings.fields, contact.kind, contact.fields, before.fields if before else {}, settings.country or None
        )
    except Invalid as error:
        problems.extend(error.problems)
    problems.extend(_list_problems(settings, contact, before))
    if by_hand and settings.full_names_required and isinstance(contact, Person):
        problems.extend(
            Problem("name-required", name, "Give the given and the family name.")
            for name in ("given_name", "family_name")
            if not getattr(contact, name)
        )
    changes["access"] = contact.access or (before.access if before else None) or settings.default_access
    changes["responsibles"] = tuple(sorted(contact.responsibles))
    if before is None:
        if not contact.responsibles and not isinstance(transaction.actor, SystemActor):
            changes["responsibles"] = (transaction.actor.name,)
    else:
        problems.extend(_lost(changes["access"], contact, before))
    if problems:
        raise Invalid(problems)
    ready = attrs.evolve(contact, **changes)
    if not ready.tags:
        return ready
    return attrs.evolve(ready, tags=_spelled(transaction, ready, before.tags if before else ()))


def regranted(contact: _C, before: Contact) -> _C:
    """A stored contact with another access or other responsible users; nothing else of it is judged again.

    Raises:
        Invalid: `responsible-missing`.
    """
    access = contact.access or before.access or AccessPolicy.PRIVATE
    problems = list(_lost(access, contact, before))
    if problems:
        raise Invalid(problems)
    return attrs.evolve(contact, access=access, responsibles=tuple(sorted(contact.responsibles)))


def _lost(access: AccessPolicy, contact: Contact, before: Contact) -> Iterator[Problem]:
    was_lost = not before.responsibles and before.access is AccessPolicy.PRIVATE
    if not contact.responsibles and not access.is_open and not was_lost:
        message = "A private contact without a responsible user would be lost to everybody: name one."
        yield Problem("responsible-missing", "responsibles", message)


def offered(entries: Iterable[ListEntry]) -> frozenset[str]:
    """The slugs that a contact can newly get."""
    return frozenset(entry.slug for entry in entries if entry.offered)


def read_phones(phones: Iterable[PhoneNumber | str], country: str) -> tuple[PhoneNumber, ...]:
    """Phone numbers with those that were given as text read in the workspace's country.

    Raises:
        Invalid: all numbers that cannot be read, with `phones[i]` as path.
    """
    read: dict[PhoneNumber, None] = {}
    problems: list[Problem] = []
    for index, phone in enumerate(phones):
        try:
            read[phone if isinstance(phone, PhoneNumber) else PhoneNumber(phone, country=country or None)] = None
        except Invalid as error:
            problems.extend(error.under(f"phones[{index}]").problems)
    if problems:
        raise Invalid(problems)
    return tuple(read)


def _counted(settings: Settings, contact: _C, before: Contact) -> _C:
    """The contact with what counts by now, where it was read before an admin removed its type or a category."""
    gone = {entry.slug for entry in (*settings.types, *settings.categories) if entry.removed}
    if contact.type not in gone and gone.isdisjoint(contact.categories):
        return contact
    counts = settings.types.resolve(contact.type) if contact.type in gone else contact.type
    kept = []
    for slug in contact.categories:
        now = settings.categories.resolve(slug) if slug in gone else slug
        kept.append(now if now in {"", *before.categories} else slug)
    return attrs.evolve(
        contact,
        type=counts if counts == before.type else contact.type,
        categories=[slug for slug in kept if slug],
    )


def _list_problems(settings: Settings, contact: Contact, before: Contact | None) -> Iterable[Problem]:
    old = {before.type, *before.categories} if before else set()
    wanted: list[tuple[str, str, str, Iterable[ListEntry]]] = [("type", "type", contact.type, settings.types)]
    wanted += [
        (f"categories[{index}]", "category", slug, settings.categories) for index, slug in enumerate(contact.categories)
    ]
    for path, what, slug, entries in wanted:
        if not slug or slug in old:
            continue
        if slug not in offered(entries):
            known = ", ".join(entry.slug for entry in entries if entry.offered)
            message = f"Choose a {what} of the workspace's list: {known or '(empty)'}."
            yield Problem(f"{what}-unknown", path, message, slug)


def _spelled(transaction: Transaction, contact: Contact, before: tuple[Tag, ...]) -> tuple[Tag, ...]:
    """The tags as they are spelled already (DIR-6), as far as everybody who will see the contact can know it.

    A spelling that stands only on contacts that one of them does not see is not told: it would give those away (ACC-3).
    """
    if contact.access is None or contact.access.is_open:
        audience = [frozenset({"visible:*"})]
    else:
        audience = [frozenset({"visible:*", f"visible:={name}"}) for name in contact.responsibles]
    known = {tag.key: tag for tag in before}
    return tuple(known.get(tag.key) or first_spelling(transaction, tag, audience) for tag in contact.tags)


def first_spelling(transaction: Transaction, tag: Tag, audience: Iterable[frozenset[str]] = ()) -> Tag:
    """The tag as the contacts that the actor sees spell it; as it is where nobody has it.

    Args:
        transaction: Of the actor.
        tag: In any spelling.
        audience: Groups of access terms, of each of which such a contact must have one.
    """
    query = Query(
        kind="contact",
        order=transaction.order,
        access=read_terms(transaction.actor),
        where=(frozenset({term("tag", tag.key)}), *audience),
        limit=1,
    )
    for card in transaction.reader.find(query).cards:
        for text in json.load(card.card).get("tags", ()):
            spelled = Tag.restore(text)
            if spelled.key == tag.key:
                return spelled
    return tag
