"""The columns of our own exports: written and read by one table, so that what goes out comes back (IMP-4).

Headers are English words that other programs guess rightly. A file is one of ours when it has the column
`Contact ID` and `Kind` (other programs have a `Contact ID` too); only then are these headers read by this table, and by
nothing that guesses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import attrs

__all__ = [
    "ADDRESS_PARTS",
    "ID",
    "KIND",
    "LISTED",
    "PLAIN",
    "NativeColumn",
    "join_list",
    "native_columns",
    "split_list",
]

ID = "Contact ID"
KIND = "Kind"
LISTED = "Listed"

PLAIN = {
    "Name prefix": "prefix",
    "First name": "given",
    "Middle name": "middle",
    "Last name": "family",
    "Name suffix": "suffix",
    "Nickname": "nickname",
    "Full name": "full_name",
    "Phonetic first name": "phonetic_given",
    "Phonetic last name": "phonetic_family",
    "Company": "company",
    "Department": "department",
    "Position": "position",
    "Gender": "gender",
    "Notes": "notes",
    "Type": "type",
    "Language": "language",
    "Currency": "currency",
    "External ID": "external_id",
}
"""Headers whose cells are read as those of any file."""

ADDRESS_PARTS = {
    "Street": "street",
    "Street 2": "street2",
    "City": "city",
    "Region": "region",
    "Postal code": "postal_code",
    "Country": "country",
    "PO box": "po_box",
    "Label": "label",
    "Billing": "billing",
    "Formatted": "formatted",
    "Country text": "country_text",
}
"""Headers of the parts of an address, each behind `Address 1 - `."""

_NUMBERED = re.compile(r"(E-mail|Phone|Website) (\d+)(?: \((.+)\))?")
_SOCIAL = re.compile(r"Social (\d+) \((.*)\)")
_ADDRESS = re.compile(r"Address (\d+) - (.+)")
_EMPLOYER = re.compile(r"(Company|Department|Position) (\d+)")
_NAMED = re.compile(r"(Field|Unmapped): (.+)")
_ALONE = {
    "Tags": "tags",
    "Categories": "categories",
    "Birthday": "birthday",
    ID: "id",
    KIND: "kind",
    LISTED: "listed",
}
_MANY = {"E-mail": "emails", "Phone": "phones", "Website": "websites"}


@attrs.frozen
class NativeColumn:
    """What a column of an export holds.

    Attributes:
        name: `"emails"`, `"phones"`, `"websites"`, `"socials"`, `"addresses"`, `"employers"`, `"fields"`, `"unmapped"`,
            `"tags"`, `"categories"`, `"birthday"`, `"id"`, `"kind"` or `"listed"`.
        number: Of the value among its like.
        key: A kind, a service, a part of an address or an affiliation, a slug, or a name.
    """

    name: str
    number: int = 0
    key: str = ""


def _own(header: str) -> NativeColumn | None:  # noqa: PLR0911 - one answer for each kind of header
    if header in _ALONE:
        return NativeColumn(_ALONE[header])
    if match := _NUMBERED.fullmatch(header):
        return NativeColumn(_MANY[match[1]], int(match[2]), match[3] or "")
    if match := _SOCIAL.fullmatch(header):
        return NativeColumn("socials", int(match[1]), match[2])
    if (match := _ADDRESS.fullmatch(header)) and match[2] in ADDRESS_PARTS:
        return NativeColumn("addresses", int(match[1]), ADDRESS_PARTS[match[2]])
    if match := _EMPLOYER.fullmatch(header):
        return NativeColumn("employers", int(match[2]), match[1].lower())
    if match := _NAMED.fullmatch(header):
        return NativeColumn(match[1].lower() + ("s" if match[1] == "Field" else ""), 0, match[2])
    return None


def native_columns(headers: Iterable[str]) -> dict[str, NativeColumn]:
    """The columns of one of our own exports that no other file has; nothing for a file of another program.

    >>> native_columns(["Contact ID", "Kind", "E-mail 1 (work)"])["E-mail 1 (work)"].key
    'work'
    >>> native_columns(["Contact ID", "First name", "E-mail 1 (work)"])
    {}
    """
    found = tuple(headers)
    if ID not in found or KIND not in found:
        return {}
    return {header: own for header in found if (own := _own(header)) is not None}


def join_list(entries: Iterable[str]) -> str:
    r"""Several texts in one cell, parted by semicolons.

    >>> split_list(join_list(["a;b", "c"]))
    ['a;b', 'c']
    """
    return "; ".join(entry.replace("\\", "\\\\").replace(";", "\\;") for entry in entries)


def split_list(cell: str) -> list[str]:
    """The texts that `join_list` was given."""
    parts: list[str] = [""]
    escaped = False
    for char in cell:
        if escaped:
            parts[-1] += char
            escaped = False
        elif char == "\\":
            escaped = True
        elif char == ";":
            parts.append("")
        else:
            parts[-1] += char
    return [text for part in parts if (text := part.strip())]
