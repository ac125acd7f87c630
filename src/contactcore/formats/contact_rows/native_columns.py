"""The columns of our own exports, native columns for short (IMP-4).

The export and the import share this table, so that an exported contact is read back unchanged. Headers are English
words that other programs guess rightly. A file is native when it has the columns `Contact ID` and `Kind`, because other
programs have a `Contact ID` too. Only this table decides what the headers of a native file mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from contactcore.frozen import frozen
from contactcore.model.name_fields import COMPANY_NAME_FIELDS, PERSON_NAME_FIELDS

__all__ = [
    "ADDRESS_PARTS",
    "AFFILIATION_TEXTS",
    "FOREIGN",
    "ID",
    "KIND",
    "LISTED",
    "MORE",
    "PART_TEXTS",
    "PRIMARY",
    "RECORDS",
    "NativeColumn",
    "join_list",
    "native_column",
    "native_columns",
    "split_list",
]

ID = "Contact ID"
KIND = "Kind"
LISTED = "Listed"
PRIMARY = "Primary contact"
MORE = "More cells"
"""The column of a JSON object, header -> cell, for the cells that no column of their own can hold unchanged."""

RECORDS = ("affiliation", "site", "item")
"""The kinds of rows, beside `person` and `company`, whose record belongs to the contact that the row names."""

AFFILIATION_TEXTS = {
    "Company ID": "company_id",
    "Site ID": "site_id",
    "Role information": "information",
    "Work e-mail": "email",
    "Work phone": "phone",
    "Former e-mails": "retired",
    "Authorities": "authorities",
    "Permissions": "permissions",
    "Notifications": "notifications",
    "Purposes": "purposes",
    "Start": "start",
    "End": "end",
    "Active": "active",
}
"""Header -> field of the affiliation of a row, beside company, department, position and primary flag."""

PART_TEXTS = {
    "Site": "name",
    "From billing": "from_billing",
    "Item ID": "item_id",
    "Item": "name",
    "Status": "status",
    "Of themself": "of_themself",
}
"""Header -> field of the site or the item of a row. Their other fields have the columns of contacts."""

_CONTACT_TEXTS = {
    "Access": "access",
    "Responsible users": "responsibles",
    "Source": "source",
    "Own permissions": "permissions",
    "Own notifications": "notifications",
}

FOREIGN = {
    **{field.label: field.part for field in (*PERSON_NAME_FIELDS, *COMPANY_NAME_FIELDS)},
    "Position": "position",
    "Gender": "gender",
    "Notes": "notes",
    "Type": "type",
    "Language": "language",
    "Currency": "currency",
    "External ID": "external_id",
}
"""Header -> field of a draft, for columns that are read like those of any other file."""

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
"""Header -> field of an address; the header follows a prefix such as `Address 1 - `."""

_NUMBERED = re.compile(r"(E-mail|Phone|Website) (\d+)(?: \((.+)\))?", re.DOTALL)
_SOCIAL = re.compile(r"Social (\d+) \((.*)\)", re.DOTALL)
_ADDRESS = re.compile(r"Address (\d+) - (.+)")
_EMPLOYER = re.compile(r"(Company|Department|Position) (\d+)")
_PRIMARY = re.compile(rf"{PRIMARY}(?: (\d+))?")
_MORE = re.compile(rf"{MORE} (\d+)")
_KEYED = re.compile(r"(Field|Unmapped): (.+)", re.DOTALL)
_SINGLE = {
    "Tags": "tags",
    "Categories": "categories",
    "Birthday": "birthday",
    ID: "id",
    KIND: "kind",
    LISTED: "listed",
    MORE: "more",
}
_LISTS = {"E-mail": "emails", "Phone": "phones", "Website": "websites"}


@frozen
class NativeColumn:
    """The content of a native column that no foreign file has.

    Attributes:
        name: `"emails"`, `"phones"`, `"websites"`, `"socials"`, `"addresses"`, `"employers"`, `"fields"`, `"unmapped"`,
            `"tags"`, `"categories"`, `"birthday"`, `"id"`, `"kind"`, `"listed"`, `"primary"`, `"affiliation"`,
            `"part"`, `"rights"` or `"more"`.
        number: The place of the value, or of the employer, in its list, from 1; 0 where there is no list.
        key: A kind, a service, a part of an address or of an affiliation, a slug, or a name.
    """

    name: str
    number: int = 0
    key: str = ""


def _native(header: str) -> NativeColumn | None:  # noqa: C901, PLR0911 - one answer for each kind of header
    if header in _SINGLE:
        return NativeColumn(_SINGLE[header])
    for name, texts in (("affiliation", AFFILIATION_TEXTS), ("part", PART_TEXTS), ("rights", _CONTACT_TEXTS)):
        if header in texts:
            return NativeColumn(name, 0, texts[header])
    if match := _NUMBERED.fullmatch(header):
        return NativeColumn(_LISTS[match[1]], int(match[2]), match[3] or "")
    if match := _SOCIAL.fullmatch(header):
        return NativeColumn("socials", int(match[1]), match[2])
    if (match := _ADDRESS.fullmatch(header)) and match[2] in ADDRESS_PARTS:
        return NativeColumn("addresses", int(match[1]), ADDRESS_PARTS[match[2]])
    if match := _EMPLOYER.fullmatch(header):
        return NativeColumn("employers", int(match[2]), match[1].lower())
    if match := _PRIMARY.fullmatch(header):
        return NativeColumn("primary", int(match[1] or 1))
    if match := _MORE.fullmatch(header):
        return NativeColumn("more", int(match[1]))
    if match := _KEYED.fullmatch(header):
        return NativeColumn(match[1].lower() + ("s" if match[1] == "Field" else ""), 0, match[2])
    return None


def native_column(header: str) -> NativeColumn | None:
    """The native column with a header; None for a header of `FOREIGN` and any other.

    >>> native_column("Work phone")
    NativeColumn(name='affiliation', number=0, key='phone')
    """
    return _native(header)


def native_columns(headers: Iterable[str]) -> dict[str, NativeColumn]:
    """The native columns of a file that no foreign file has; none for a file of another program.

    >>> native_columns(["Contact ID", "Kind", "E-mail 1 (work)"])["E-mail 1 (work)"].key
    'work'
    >>> native_columns(["Contact ID", "First name", "E-mail 1 (work)"])
    {}
    """
    found = tuple(headers)
    if ID not in found or KIND not in found:
        return {}
    return {header: column for header in found if (column := _native(header)) is not None}


def join_list(entries: Iterable[str]) -> str:
    r"""Several texts in one cell, separated by semicolons.

    >>> split_list(join_list(["a;b", "c"]))
    ['a;b', 'c']
    """
    return "; ".join(entry.replace("\\", "\\\\").replace(";", "\\;") for entry in entries)


def split_list(cell: str) -> list[str]:
    """The texts that `join_list` joined."""
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
