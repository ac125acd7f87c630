"""What happens to a contact before it is stored: the lists, fields, country and defaults of the workspace are applied.

A contact that is added by hand, by a row of a file, by a card or by a form is prepared by this one function, so that no
path can store what another one would refuse. The caller decides what a problem means: a refusal, or a line in a report.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

import attrs

from contactcore.errors import Invalid, Problem
from contactcore.model import (
    AccessPolicy,
    Company,
    Contact,
    ListEntry,
    Person,
    Settings,
    check_fields,
)
from contactcore.model.restoring import altered
from contactcore.values import PhoneNumber

__all__ = ["offered", "prepare", "read_phones", "with_access"]

_C = TypeVar("_C", bound=Person | Company)


def prepare(
    contact: _C, settings: Settings, before: Contact | None = None, *, creator: str = "", full_names: bool = False
) -> tuple[_C, tuple[Problem, ...]]:
    """The contact as it is to be stored, and all that is wrong with it.

    Args:
        contact: The contact that somebody wants to store.
        settings: The settings of the workspace.
        before: The contact as it is stored now; None for a new contact.
        creator: The user who becomes responsible for a new contact that names nobody (ACC-1); `""` for none.
        full_names: Whether the workspace's wish for both names of a person counts: it does for what staff type in, and
            not for files, cards and forms (DIR-1).

    Returns:
        The contact, without the values that are wrong where others take their place, and the problems, each with its
        field as path.
    """
    if before is not None:
        contact = _resolved(settings, contact, before)
    changes, problems = _read_values(contact, settings, before)
    if contact.type or contact.categories:
        problems.extend(_list_problems(settings, contact, before))
    if full_names and settings.full_names_required:
        problems.extend(_name_problems(contact))
    access = contact.access or (before.access if before else None) or settings.default_access
    responsibles = tuple(sorted(contact.responsibles))
    if before is not None:
        problems.extend(_lost(access, responsibles, before))
    elif not responsibles and creator:
        responsibles = (creator,)
    # Nearly every contact of a file is ready as it is, and copying one costs more than all of these questions.
    if access is not contact.access:
        changes["access"] = access
    if responsibles != contact.responsibles:
        changes["responsibles"] = responsibles
    return (altered(contact, changes) if changes else contact), tuple(problems)


def _read_values(contact: Contact, settings: Settings, before: Contact | None) -> tuple[dict[str, Any], list[Problem]]:
    """The phones and custom fields of a contact where they are not stored as they are given, and what is wrong."""
    changes: dict[str, Any] = {}
    problems: list[Problem] = []
    if contact.phones:
        try:
            phones = read_phones(contact.phones, _countries(contact, settings))
        except Invalid as error:
            problems.extend(error.problems)
        else:
            if phones != contact.phones:
                changes["phones"] = phones
    if contact.fields or settings.fields:
        known = before.fields if before else {}
        try:
            country, language = settings.country or None, str(settings.language)
            fields = check_fields(settings.fields, contact.kind, contact.fields, known, country, language)
        except Invalid as error:
            problems.extend(error.problems)
        else:
            if fields != contact.fields:
                changes["fields"] = fields
    return changes, problems


def _name_problems(contact: Contact) -> Iterator[Problem]:
    for name in ("given_name", "family_name") if isinstance(contact, Person) else ():
        if not getattr(contact, name):
            yield Problem("name-required", name, "Give the given and the family name.")


def with_access(contact: _C, before: Contact) -> _C:
    """A stored contact with another access or other responsible users; nothing else of it is judged again.

    Raises:
        Invalid: `responsible-missing`.
    """
    access = contact.access or before.access or AccessPolicy.PRIVATE
    responsibles = tuple(sorted(contact.responsibles))
    problems = tuple(_lost(access, responsibles, before))
    if problems:
        raise Invalid(problems)
    return attrs.evolve(contact, access=access, responsibles=responsibles)


def _lost(access: AccessPolicy, responsibles: tuple[str, ...], before: Contact) -> Iterator[Problem]:
    was_lost = not before.responsibles and before.access is AccessPolicy.PRIVATE
    if not responsibles and not access.is_open and not was_lost:
        message = "A private contact without a responsible user would be lost to everybody: name one."
        yield Problem("responsible-missing", "responsibles", message)


def offered(entries: Iterable[ListEntry]) -> frozenset[str]:
    """The slugs that a contact can newly get."""
    return frozenset(entry.slug for entry in entries if entry.offered)


def _countries(contact: Contact, settings: Settings) -> tuple[str, ...]:
    """The countries of a contact's national phone numbers, the likeliest first."""
    return (*(address.country for address in contact.addresses if address.country), settings.country)


def read_phones(phones: Iterable[PhoneNumber | str], countries: tuple[str, ...]) -> tuple[PhoneNumber, ...]:
    """Phone numbers, each once; a number that was given as text is read with the likeliest country where it is valid.

    Raises:
        Invalid: all numbers that cannot be read, with `phones[i]` as path.
    """
    read: dict[PhoneNumber, None] = {}
    problems: list[Problem] = []
    for index, phone in enumerate(phones):
        try:
            read[phone if isinstance(phone, PhoneNumber) else PhoneNumber.parse_in(phone, countries)] = None
        except Invalid as error:
            problems.extend(error.under(f"phones[{index}]").problems)
    if problems:
        raise Invalid(problems)
    return tuple(read)


def _resolved(settings: Settings, contact: _C, before: Contact) -> _C:
    """The contact with the entries that count now, where it was read before an admin removed its type or a category."""
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


def _list_problems(settings: Settings, contact: Contact, before: Contact | None) -> Iterator[Problem]:
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
