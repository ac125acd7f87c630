"""Preparation of a contact for storage: the lists, custom fields, country and defaults of the workspace are applied.

`prepare` prepares every contact, whether a person typed it in or an import read it from a row. No path can therefore
store a contact that another path refuses. The caller decides whether a problem is a refusal or a line in a report.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

import attrs

from contactcore.errors import Invalid, Problem
from contactcore.model import (
    AccessPolicy,
    Contact,
    ListEntry,
    Person,
    Settings,
    Site,
    check_fields,
    conversion,
)
from contactcore.model.parsing import MOST_ENTRIES
from contactcore.model.restoring import altered
from contactcore.rules.entry import missing_fields
from contactcore.values import PhoneNumber

__all__ = ["offered", "prepare", "read_phones", "too_long", "with_access"]

_C = TypeVar("_C", bound=Contact)

_LISTS = ("emails", "phones", "websites", "socials", "addresses", "tags")


def prepare(
    contact: _C,
    settings: Settings,
    before: Contact | None = None,
    *,
    creator: str = "",
    full_names: bool = False,
    entry: bool = False,
    admin: bool = False,
) -> tuple[_C, tuple[Problem, ...]]:
    """A contact ready to be stored, and its problems.

    Args:
        contact: The new or changed contact.
        settings: The settings of the workspace.
        before: The stored contact; None for a new contact.
        creator: The name of the user who becomes responsible for a new contact without responsible users (ACC-1);
            `""` for none.
        full_names: Whether the setting `full_names_required` applies. It applies to contacts that staff type in, and
            not to files, cards and forms (DIR-1); False by default.
        entry: Whether the rules of entry apply (DIR-2). They apply to contacts that staff type in, and to the rows of
            a strict import; False by default.
        admin: Whether an admin changes the contact, who may leave a shared one without responsible users; False by
            default.

    Returns:
        The contact with parsed phone numbers, checked custom fields, its access policy and its responsible users; and
        all problems, each with its field as path. A field with a problem keeps the value that the caller gave.
    """
    if before is not None:
        contact = _with_replacements(settings, contact, before)
    changes, problems = _read_values(contact, settings, before)
    # The draft of an empty form has no name yet.
    problems.extend(contact.own_problems())
    problems.extend(too_long(_LISTS, contact, before))
    if contact.type or contact.categories:
        problems.extend(_list_problems(settings, contact, before))
    if isinstance(contact, Person):
        problems.extend(_own_preference_problems(settings, contact, before))
    if full_names and settings.full_names_required:
        problems.extend(_name_problems(contact))
    if entry:
        problems.extend(missing_fields(settings, contact, [problem.path for problem in problems]))
    access = contact.access or (before.access if before else None) or settings.default_access
    responsibles = tuple(sorted(contact.responsibles))
    if before is not None:
        problems.extend(_responsible_problems(access, responsibles, before, admin=admin))
    elif not responsibles and creator:
        responsibles = (creator,)
    # Most contacts of a file need no change, and a copy of a contact costs more than these comparisons.
    if access is not contact.access:
        changes["access"] = access
    if responsibles != contact.responsibles:
        changes["responsibles"] = responsibles
    return (altered(contact, changes) if changes else contact), tuple(problems)


def _read_values(contact: Contact, settings: Settings, before: Contact | None) -> tuple[dict[str, Any], list[Problem]]:
    """The phones and custom fields that are stored in another form than given, and the problems of both."""
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
            fields = check_fields(settings.fields, contact.kind, contact.fields, known, country, language, contact.type)
        except Invalid as error:
            problems.extend(error.problems)
        else:
            if fields != contact.fields:
                changes["fields"] = conversion.fields(fields)
    return changes, problems


def too_long(names: Iterable[str], entity: Contact | Site, before: Contact | Site | None) -> Iterator[Problem]:
    """The lists of an entity that are too long.

    A constructor trusts a tuple of values, however long it is. A stored list may stay as long as it is.

    Args:
        names: The names of the lists.
        entity: The new or changed entity.
        before: The stored entity; None for a new one.

    >>> from contactcore.model import Company
    >>> [one.code for one in too_long(["tags"], Company("Bois", tags=["a"]), None)]
    []
    """
    for name in names:
        length = len(getattr(entity, name))
        if length > MOST_ENTRIES and (before is None or length > len(getattr(before, name))):
            message = f"A list is limited to {MOST_ENTRIES:,} entries."
            yield Problem("too-many", name, message, facts={"limit": MOST_ENTRIES})


def _own_preference_problems(settings: Settings, contact: Person, before: Contact | None) -> Iterator[Problem]:
    """The modules and topics that the workspace does not know and that the stored person does not have."""
    stored = before if isinstance(before, Person) else None
    old_modules = () if stored is None or stored.permissions is None else stored.permissions.modules
    old_topics = () if stored is None or stored.notifications is None else stored.notifications.topics
    for slug in () if contact.permissions is None else contact.permissions.modules:
        if slug not in settings.modules and slug not in old_modules:
            known = ", ".join(settings.modules.slugs)
            yield Problem("module-unknown", "permissions", f"Modules are {known}.", slug)
    for slug in () if contact.notifications is None else contact.notifications.topics:
        if slug not in settings.preference_topics and slug not in old_topics:
            known = ", ".join(settings.preference_topics)
            yield Problem("topic-unknown", "notifications", f"Topics are {known}.", slug)


def _name_problems(contact: Contact) -> Iterator[Problem]:
    for name in ("given_name", "family_name") if isinstance(contact, Person) else ():
        if not getattr(contact, name):
            yield Problem("name-required", name, "Give the given and the family name.")


def with_access(contact: _C, before: Contact, *, admin: bool) -> _C:
    """A stored contact with a new access policy or new responsible users; its other fields are not checked again.

    Args:
        contact: The stored contact with the new access policy and the new responsible users.
        before: The stored contact.
        admin: Whether an admin changes the contact.

    Returns:
        The contact with sorted responsible users, and with an access policy.

    Raises:
        Invalid: `responsible-missing` if a contact would lose its last responsible user; an admin may take the last one
            from a shared contact.
    """
    access = contact.access or before.access or AccessPolicy.PRIVATE
    responsibles = tuple(sorted(contact.responsibles))
    problems = tuple(_responsible_problems(access, responsibles, before, admin=admin))
    if problems:
        raise Invalid(problems)
    return attrs.evolve(contact, access=access, responsibles=responsibles)


def _responsible_problems(
    access: AccessPolicy, responsibles: tuple[str, ...], before: Contact, *, admin: bool
) -> Iterator[Problem]:
    if responsibles:
        return
    if access.is_open:
        # Nobody but an admin could ever change the access of such a contact.
        if before.responsibles and not admin:
            message = "Only an admin may leave a contact without a responsible user: name one."
            yield Problem("responsible-missing", "responsibles", message)
    elif before.responsibles or before.access is not AccessPolicy.PRIVATE:
        message = "A private contact without a responsible user would be lost to everybody: name one."
        yield Problem("responsible-missing", "responsibles", message)


def offered(entries: Iterable[ListEntry]) -> frozenset[str]:
    """The slugs of the entries that a contact can newly get: those that are neither archived nor removed.

    Args:
        entries: The types or the categories of the workspace.
    """
    return frozenset(entry.slug for entry in entries if entry.offered)


def _countries(contact: Contact, settings: Settings) -> tuple[str, ...]:
    """The countries of a contact's national phone numbers, the likeliest first."""
    return (*(address.country for address in contact.addresses if address.country), settings.country)


def read_phones(phones: Iterable[PhoneNumber | str], countries: tuple[str, ...]) -> tuple[PhoneNumber, ...]:
    """Phone numbers, each once; a number that was given as text is read with the likeliest country where it is valid.

    Raises:
        Invalid: One error lists all numbers that cannot be parsed, each with the path `phones[i]`.

    >>> [str(phone) for phone in read_phones(["01 44 55 66 77", "+33144556677"], ("FR",))]
    ['+33144556677']
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


def _with_replacements(settings: Settings, contact: _C, before: Contact) -> _C:
    """A contact with the replacements of the type and the categories that an admin removed after it was read."""
    removed = {entry.slug for entry in (*settings.types, *settings.categories) if entry.removed}
    if contact.type not in removed and removed.isdisjoint(contact.categories):
        return contact
    replacement = settings.types.resolve(contact.type) if contact.type in removed else contact.type
    kept = []
    for slug in contact.categories:
        resolved = settings.categories.resolve(slug) if slug in removed else slug
        kept.append(resolved if resolved in {"", *before.categories} else slug)
    return attrs.evolve(
        contact,
        type=replacement if replacement == before.type else contact.type,
        categories=[slug for slug in kept if slug],
    )


def _list_problems(settings: Settings, contact: Contact, before: Contact | None) -> Iterator[Problem]:
    old = {before.type, *before.categories} if before else set()
    wanted: list[tuple[str, str, str, Iterable[ListEntry]]] = [("type", "type", contact.type, settings.types)]
    wanted += [
        (f"categories[{index}]", "category", slug, settings.categories) for index, slug in enumerate(contact.categories)
    ]
    for path, noun, slug, entries in wanted:
        if not slug or slug in old:
            continue
        if slug not in offered(entries):
            known = ", ".join(entry.slug for entry in entries if entry.offered)
            message = f"Choose a {noun} of the workspace's list: {known or '(empty)'}."
            yield Problem(f"{noun}-unknown", path, message, slug)
