"""The conversion of a contact of the wrong kind: what the other kind keeps, and what stands in the way (DIR-1)."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from contactcore.errors import Problem
from contactcore.model import Company, Contact, Person
from contactcore.model.contact import own_fields
from contactcore.model.name_fields import PERSON_NAME_FIELDS
from contactcore.text import words
from contactcore.values import split_full_name

__all__ = ["converted"]

_SHARED = tuple(field.name for field in attrs.fields(Contact))


def converted(contact: Person | Company, language: str) -> tuple[Person | Company, tuple[Problem, ...]]:
    """A contact as one of the other kind, and the problems of the fields that the other kind does not have.

    The full name of a person becomes the name of the company. The name of a company becomes that of the person, read
    as full names are read, and is kept as the full name. All fields that both kinds have stay, custom fields included.

    Args:
        contact: The contact as it is stored.
        language: The language of its name.

    >>> converted(Person("Jane", "Doe", prefix="Dr"), "en")[0].name
    'Dr Jane Doe'
    >>> converted(Company("Dr Jane Doe"), "en")[0].family_name
    'Doe'
    """
    shared = {name: getattr(contact, name) for name in _SHARED}
    if isinstance(contact, Company):
        read = split_full_name(contact.name, language)
        parts = {
            one.attribute: getattr(read, "full" if one.part == "full_name" else one.part) for one in PERSON_NAME_FIELDS
        }
        return Person.restore({**shared, **parts}), tuple(_lost(contact, {"name"}))
    name = contact.display_name_in(language) if contact.name.full_name(language) else ""
    told = set(words(name))
    kept = {one.attribute for one in PERSON_NAME_FIELDS if told.issuperset(words(getattr(contact, one.attribute)))}
    # A company is always listed.
    return Company.restore({**shared, "name": name, "listed": True}), tuple(_lost(contact, kept))


def _lost(contact: Person | Company, kept: set[str]) -> Iterator[Problem]:
    """The problems of the filled fields that the other kind lacks."""
    other = "company" if isinstance(contact, Person) else "person"
    for name in own_fields(type(contact)):
        value = getattr(contact, name)
        if name in kept or not (value or name in {"permissions", "notifications"}) or value is None:
            continue
        shown = name.replace("_", " ")
        message = f"A {other} has no {shown}: move it to the description or clear it first."
        yield Problem("conversion-loses", name, message, str(value))
