"""Contacts as rows of a table. An import reads these rows back to the same contacts (IMP-4)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from contactcore.formats.contact_rows.native_columns import ADDRESS_PARTS, ID, KIND, LISTED, PRIMARY, join_list
from contactcore.model import Affiliation, Company, Person
from contactcore.model.name_fields import COMPANY_NAME_FIELDS, PERSON_NAME_FIELDS
from contactcore.values import PhoneNumber

__all__ = ["Entity", "cells_of", "headers_of"]

Entity = Person | Company
Work = Sequence[tuple[Affiliation, str]]
"""The affiliations of a person, each with the name of its company."""

_PERSON_TEXTS = {field.label: field.attribute for field in PERSON_NAME_FIELDS} | {"Gender": "gender"}
_FIRST = (ID, KIND, *(field.label for field in (*PERSON_NAME_FIELDS, *COMPANY_NAME_FIELDS)), "Position")
_ALWAYS = (ID, KIND, "First name", "Last name", "Company")
_LAST = ("Birthday", "Gender", "Tags", "Categories", "Type", "Language", "Currency", "External ID", LISTED, "Notes")
_GROUPS = ("E-mail", "Phone", "Website", "Social", "Address", "Company", "Department", "Position", PRIMARY)
_GROUPED = re.compile(rf"({'|'.join(_GROUPS)})(?: (\d+))?(?: .*)?")


def cells_of(contact: Entity, work: Work) -> dict[str, str]:
    """Header -> cell of a contact, without empty cells.

    Args:
        contact: A person or a company.
        work: The affiliations of the person.
    """
    cells = dict(_cells(contact, work))
    return {header: text for header, text in cells.items() if text}


def _cells(contact: Entity, work: Work) -> Iterator[tuple[str, str]]:
    yield ID, contact.id
    yield KIND, contact.kind
    if isinstance(contact, Person):
        for header, attribute in _PERSON_TEXTS.items():
            yield header, getattr(contact, attribute)
        yield "Birthday", str(contact.birthday or "")
        for number, (affiliation, company) in enumerate(work, start=1):
            suffix = f" {number}" if number > 1 else ""
            yield f"Company{suffix}", company
            yield f"Department{suffix}", affiliation.department
            yield f"Position{suffix}", affiliation.position
            yield f"{PRIMARY}{suffix}", "yes" if affiliation.primary else ""
    else:
        for field in COMPANY_NAME_FIELDS:
            yield field.label, getattr(contact, field.attribute)
    yield from _contact_details(contact)
    yield "Tags", join_list(tag.text for tag in contact.tags)
    yield "Categories", join_list(contact.categories)
    yield "Type", contact.type
    yield "Language", str(contact.language or "")
    yield "Currency", str(contact.currency or "")
    yield "External ID", contact.external_id
    yield LISTED, "" if contact.listed else "no"
    yield "Notes", contact.description
    for slug, value in contact.fields.items():
        yield f"Field: {slug}", _field(value)
    for name, text in contact.unmapped.items():
        yield f"Unmapped: {name}", text


def _contact_details(contact: Entity) -> Iterator[tuple[str, str]]:
    for number, email in enumerate(contact.emails, start=1):
        yield _numbered("E-mail", number, email.kind), email.text
    for number, phone in enumerate(contact.phones, start=1):
        if isinstance(phone, PhoneNumber):
            yield _numbered("Phone", number, phone.kind), phone.uri if phone.extension else str(phone)
    for number, website in enumerate(contact.websites, start=1):
        yield _numbered("Website", number, website.kind), str(website)
    for number, profile in enumerate(contact.socials, start=1):
        yield f"Social {number} ({profile.service})", str(profile)
    for number, address in enumerate(contact.addresses, start=1):
        for header, part in ADDRESS_PARTS.items():
            value = getattr(address, part)
            yield f"Address {number} - {header}", "yes" if value is True else value or ""


def _numbered(name: str, number: int, kind: str) -> str:
    return f"{name} {number} ({kind})" if kind else f"{name} {number}"


def _field(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return join_list(value) if isinstance(value, tuple) else str(value)


def headers_of(found: Mapping[str, int]) -> list[str]:
    """The columns of a file, in a readable order: name, contact details by number, everything else.

    Args:
        found: Header -> place where it occurred first, for each header of a non-empty cell.
    """
    present = {*found, *_ALWAYS}
    others = sorted(present.difference(_FIRST, _LAST), key=lambda header: _place(header, found))
    return [
        *(header for header in _FIRST if header in present),
        *others,
        *(header for header in _LAST if header in present),
    ]


def _place(header: str, found: Mapping[str, int]) -> tuple[int, int, int, str]:
    match = _GROUPED.fullmatch(header)
    group = _GROUPS.index(match[1]) if match else len(_GROUPS)
    number = int(match[2] or 0) if match else 0
    part = header.partition(" - ")[2]
    place = list(ADDRESS_PARTS).index(part) if part in ADDRESS_PARTS else found.get(header, 0)
    return group, number, place, header
