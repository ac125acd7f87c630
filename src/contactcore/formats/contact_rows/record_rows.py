"""Rows that describe a site or an item, and the contact to which the record of such a row belongs (IMP-9)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from contactcore.errors import Invalid, Problem
from contactcore.formats.contact_rows.native_cells import read_yes
from contactcore.formats.contact_rows.row_context import RowContext
from contactcore.model import Company, Item, Person, Site
from contactcore.model.name_fields import COMPANY_NAME_FIELDS, PERSON_NAME_FIELDS

__all__ = ["owner_of", "part_of"]

_PERSON_NAMES = {field.part: field.attribute for field in PERSON_NAME_FIELDS}
_COMPANY_NAMES = {field.part: field.attribute for field in COMPANY_NAME_FIELDS}


def owner_of(found: RowContext, new_id: Callable[[], str]) -> Person | Company | None:
    """The contact that the name cells of a row describe; None if they are empty.

    It only serves to find the stored contact: a row of a record changes nothing of its contact.

    Args:
        found: The row.
        new_id: Source of ids.
    """
    draft = found.draft
    person = {attribute: text for part, attribute in _PERSON_NAMES.items() if (text := getattr(draft, part))}
    company = {attribute: text for part, attribute in _COMPANY_NAMES.items() if (text := getattr(draft, part))}
    try:
        if found.record == "affiliation":
            reached: dict[str, Any] = {name: found.values.get(name, ()) for name in ("emails", "phones")}
            return Person(id=new_id(), **person, **reached)
        if person:
            return Person(id=new_id(), **person)
        return Company(id=new_id(), **company)
    except Invalid:
        return None


def part_of(found: RowContext) -> Site | Item | None:
    """The site or the item of a row, with the id of the file; None after its refusal is reported.

    Args:
        found: The row, with the values that were read from its cells.
    """
    values = _site_values(found) if found.record == "site" else _item_values(found)
    kind: type[Site | Item] = Site if found.record == "site" else Item
    while True:
        try:
            return kind(**values)
        except Invalid as error:
            refused = False
            for problem in error.problems:
                field = problem.path.partition("[")[0].partition(".")[0]
                column, text = found.part.get(field, (field, ""))
                found.report(problem, column, text)
                refused = values.pop(field, None) is None or refused
            if refused:
                return None


def _site_values(found: RowContext) -> dict[str, Any]:
    read = found.values
    site_id = found.affiliation.get("site_id", ("", ""))[1]
    values: dict[str, Any] = {"id": site_id, "access_notes": found.draft.notes}
    values |= {name: read[name] for name in ("emails", "phones", "fields") if name in read}
    first, *more = read.get("addresses", ()) or (None,)
    if first is not None:
        values["address"] = first
    for place in more:
        message = "A site has one address. Give the site of this address a row of its own."
        found.report(Problem("site-addresses", "", message), "Address 2", ", ".join(place.lines()))
    if "name" in found.part:
        values["name"] = found.part["name"][1]
    _answer(found, values, "from_billing")
    return values


def _item_values(found: RowContext) -> dict[str, Any]:
    draft, part = found.draft, found.part
    values: dict[str, Any] = {"type": draft.type, "description": draft.notes, "external_id": draft.external_id}
    values |= {name: part[name][1] for name in ("name", "status") if name in part}
    values["id"] = part.get("item_id", ("", ""))[1]
    if "fields" in found.values:
        values["fields"] = found.values["fields"]
    _answer(found, values, "of_themself")
    return values


def _answer(found: RowContext, values: dict[str, Any], name: str) -> None:
    if name in found.part:
        column, text = found.part[name]
        answer = found.attempt(column, text, read_yes, text)
        if answer is not None:
            values[name] = answer
