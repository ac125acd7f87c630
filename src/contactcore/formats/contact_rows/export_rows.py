"""Contacts, and what belongs to them, as rows of a table. An import reads these rows back unchanged (IMP-4, IMP-9).

A person and the first affiliation of the person are one row. Each further affiliation, each site and each item is a row
of its own, whose `Kind` says so and whose `Contact ID` names its contact.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from contactcore.formats.contact_rows.native_columns import (
    ADDRESS_PARTS,
    AFFILIATION_TEXTS,
    ID,
    KIND,
    LISTED,
    MORE,
    PART_TEXTS,
    PRIMARY,
    join_list,
)
from contactcore.formats.contact_rows.structured_cells import (
    dump_authorities,
    dump_email,
    dump_emails,
    dump_more,
    dump_phone,
    dump_slugs,
    phone_text,
)
from contactcore.formats.tabular.mapping import header_name
from contactcore.frozen import frozen
from contactcore.model import Affiliation, Company, Item, Person, Site
from contactcore.model.name_fields import COMPANY_NAME_FIELDS, PERSON_NAME_FIELDS
from contactcore.values import Address, EmailAddress, PhoneNumber

__all__ = ["Entity", "Work", "affiliation_cells", "cells_of", "exact", "headers_of", "item_cells", "site_cells"]

Entity = Person | Company

_NAMES = tuple(field.label for field in (*PERSON_NAME_FIELDS, *COMPANY_NAME_FIELDS))
_FIRST = (ID, KIND, "Site ID", "Site", "Item ID", "Item", *_NAMES, "Company ID", "Position", PRIMARY)
_ALWAYS = (ID, KIND, "First name", "Last name", "Company")
_WORK = tuple(header for header in AFFILIATION_TEXTS if header not in _FIRST)
_PARTS = tuple(header for header in PART_TEXTS if header not in _FIRST)
_LAST = (
    *_WORK,
    *_PARTS,
    *("Birthday", "Gender", "Tags", "Categories", "Type", "Language", "Currency", "External ID", LISTED),
    *("Access", "Responsible users", "Source", "Own permissions", "Own notifications", "Notes", MORE),
)
_PIECE = 16_000
"""Characters of a piece of `MORE` that one cell of a format does not hold."""
_GROUPS = ("E-mail", "Phone", "Website", "Social", "Address")
_GROUPED = re.compile(rf"({'|'.join(_GROUPS)})(?: (\d+))?(?: .*)?", re.DOTALL)


@frozen
class Work:
    """An affiliation of a person, as the export shows it.

    Attributes:
        affiliation: The affiliation; its primary flag and its purposes are those that the actor sees.
        contact: The contact that the person acts for.
    """

    affiliation: Affiliation
    contact: Entity


def cells_of(contact: Entity, work: Work | None = None) -> dict[str, str]:
    """Header -> cell of a contact, without empty cells.

    Args:
        contact: A person or a company.
        work: The first affiliation of a person with a company; None for none.
    """
    return _filled(_cells(contact, work))


def affiliation_cells(person: Person, work: Work) -> dict[str, str]:
    """Header -> cell of a further affiliation of a person.

    Args:
        person: The person.
        work: The affiliation.
    """
    cells = {ID: person.id, KIND: "affiliation", **_names(person), **dict(_work(work))}
    return _filled(cells.items())


def site_cells(owner: Entity, site: Site) -> dict[str, str]:
    """Header -> cell of a site.

    Args:
        owner: The contact of the site.
        site: The site.
    """
    cells = {ID: owner.id, KIND: "site", **_names(owner), "Site ID": site.id, "Site": site.name}
    cells |= {**dict(_emails(site.emails)), **dict(_phones(site.phones))}
    if site.address is not None:
        cells |= dict(_addresses([site.address]))
    cells |= {"From billing": "yes" if site.from_billing else "", "Notes": site.access_notes, **_fields(site.fields)}
    return _filled(cells.items())


def item_cells(owner: Entity, item: Item) -> dict[str, str]:
    """Header -> cell of an item.

    Args:
        owner: The contact of the item.
        item: The item.
    """
    cells = {ID: owner.id, KIND: "item", **_names(owner), "Item ID": item.id, "Item": item.name}
    cells |= {"Status": item.status, "Of themself": "yes" if item.of_themself else "", "Type": item.type}
    cells |= {"External ID": item.external_id, "Notes": item.description, **_fields(item.fields)}
    return _filled(cells.items())


def _filled(cells: Any) -> dict[str, str]:
    return {header: text for header, text in cells if text or header.startswith("Unmapped: ")}


def _names(contact: Entity) -> dict[str, str]:
    if isinstance(contact, Person):
        return {field.label: getattr(contact, field.attribute) for field in PERSON_NAME_FIELDS}
    return {field.label: getattr(contact, field.attribute) for field in COMPANY_NAME_FIELDS}


def _cells(contact: Entity, work: Work | None) -> Iterator[tuple[str, str]]:
    yield ID, contact.id
    yield KIND, contact.kind
    yield from _names(contact).items()
    if isinstance(contact, Person):
        yield "Gender", contact.gender
        yield "Birthday", str(contact.birthday or "")
        yield "Own permissions", dump_slugs(contact.permissions.modules if contact.permissions else None)
        yield "Own notifications", dump_slugs(contact.notifications.topics if contact.notifications else None)
        if work:
            yield from _work(work)
    yield from _emails(contact.emails)
    yield from _phones(contact.phones)
    for number, website in enumerate(contact.websites, start=1):
        yield _numbered("Website", number, website.kind), str(website)
    for number, profile in enumerate(contact.socials, start=1):
        yield f"Social {number} ({profile.service})", str(profile)
    yield from _addresses(contact.addresses)
    yield "Tags", join_list(tag.text for tag in contact.tags)
    yield "Categories", join_list(contact.categories)
    yield "Type", contact.type
    yield "Language", str(contact.language or "")
    yield "Currency", str(contact.currency or "")
    yield "External ID", contact.external_id
    yield LISTED, "" if contact.listed else "no"
    yield "Access", contact.access.value if contact.access else ""
    yield "Responsible users", dump_slugs(contact.responsibles or None)
    yield "Source", contact.source
    yield "Notes", contact.description
    yield from _fields(contact.fields).items()
    for name, text in contact.unmapped.items():
        yield f"Unmapped: {name}", text


def _work(work: Work) -> Iterator[tuple[str, str]]:
    one = work.affiliation
    yield "Company", work.contact.display_name
    yield "Company ID", work.contact.id
    yield "Department", one.department
    yield "Position", one.position
    yield PRIMARY, "yes" if one.primary else ""
    yield "Site ID", one.site_id
    yield "Role information", one.information
    yield "Work e-mail", dump_email(one.email) if one.email else ""
    yield "Work phone", dump_phone(one.phone) if one.phone else ""
    yield "Former e-mails", dump_emails(one.retired)
    yield "Authorities", dump_authorities(one.authorities)
    yield "Permissions", dump_slugs(one.permissions.modules if one.permissions else None)
    yield "Notifications", dump_slugs(one.notifications.topics if one.notifications else None)
    yield "Purposes", dump_slugs(one.purposes or None)
    yield "Start", one.start.isoformat() if one.start else ""
    yield "End", one.end.isoformat() if one.end else ""
    yield "Active", "" if one.active else "no"


def _emails(emails: Sequence[EmailAddress]) -> Iterator[tuple[str, str]]:
    for number, email in enumerate(emails, start=1):
        yield _numbered("E-mail", number, email.kind), email.text


def _phones(phones: Sequence[PhoneNumber | str]) -> Iterator[tuple[str, str]]:
    for number, phone in enumerate(phones, start=1):
        if isinstance(phone, PhoneNumber):
            yield _numbered("Phone", number, phone.kind), phone_text(phone)


def _addresses(addresses: Sequence[Address]) -> Iterator[tuple[str, str]]:
    for number, address in enumerate(addresses, start=1):
        for header, part in ADDRESS_PARTS.items():
            value = getattr(address, part)
            yield f"Address {number} - {header}", "yes" if value is True else value or ""


def _numbered(name: str, number: int, kind: str) -> str:
    return f"{name} {number} ({kind})" if kind else f"{name} {number}"


def _fields(fields: Mapping[str, Any]) -> dict[str, str]:
    return {f"Field: {slug}": _field(value) for slug, value in fields.items()}


def _field(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return join_list(value) if isinstance(value, tuple) else str(value)


def exact(
    cells: dict[str, str], headers: set[str] | None = None, plain: Callable[[str], bool] | None = None
) -> dict[str, str]:
    """The cells with those that a table would change in the column `MORE`: odd headers, and blanks around a text.

    Args:
        cells: The cells of a row.
        headers: The columns of the file, if others have no place there; None, the default, for any.
        plain: Whether the format holds a text exactly; None, the default, for any text.

    >>> exact({"Notes": "a", "Unmapped: b": " c"})
    {'Notes': 'a', 'More cells': '{"Unmapped: b":" c"}'}
    """
    odd = {
        header: text
        for header, text in cells.items()
        if not text
        or text != text.strip()
        or (not text.isascii() and not text.isprintable() and _changed(text))
        or "\r" in text
        or header_name(header) != header
        or (headers is not None and header not in headers)
        or (plain is not None and not (plain(text) and plain(header)))
    }
    if not odd:
        return cells
    kept = {header: text for header, text in cells.items() if header not in odd}
    more = dump_more(odd)
    if plain is None or plain(more):
        return {**kept, MORE: more}
    starts = range(0, len(more), _PIECE)
    return {**kept, **{f"{MORE} {start // _PIECE + 1}": more[start : start + _PIECE] for start in starts}}


def _changed(text: str) -> bool:
    """Whether a text begins with a byte order mark, which a reader takes for the beginning of a file."""
    return text[:1] == "\ufeff"


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
