"""Files with the columns of our exports: contacts, affiliations, sites and items that refer to each other by ids."""

from __future__ import annotations

import csv
import io
from random import Random
from typing import Final

__all__ = ["STORED_IDS", "native_table", "with_ids"]

CLEAR: Final = "(clear)"
STORED_IDS: Final = ("{0}", "{1}", "{2}")
"""What stands for the ids of the contacts that are stored before the import, the first ones first."""

_IDS: Final = {
    "person": ("", "p1", "p2", "p3", "{0}", "{1}"),
    "company": ("", "c1", "c2", "{0}", "{1}"),
    "affiliation": ("p1", "p1", "p2", "{0}", "{2}", "c1"),
    "site": ("c1", "c1", "c2", "p1", "{0}", "{2}"),
    "item": ("c1", "c1", "p1", "{0}", "{1}"),
}
"""Kind of a row -> the ids of its contact."""
_CELLS: Final = {
    "First name": ("", "Zoe", "Ann"),
    "Last name": ("", "Lee", "Lee", "Ray"),
    "Company": ("", "Bois", "Bois", "bois", "Süd"),
    "E-mail 1": ("", "zoe@x.org", "s@x.org", "info@bois.fr", CLEAR),
    "E-mail 2": ("", "s@x.org", "ann@x.org"),
    "Phone 1": ("", "+33144556677", "+33144556678", CLEAR),
    "Company 2": ("", "Bois", "Süd", "bois"),
    "Company ID": ("", "c1", "c2", "{0}", "{1}"),
    "Division": ("", "Nord", "Nord", "Ost", CLEAR),
    "Department": ("", "Nord", "Ost"),
    "Position": ("", "CEO", "CFO", CLEAR),
    "Role information": ("", "a", "b", CLEAR),
    "Work e-mail": ("", "w@x.org", "v@x.org", CLEAR),
    "Authorities": ("", "represent", "represent; collect-mail", "nonsense"),
    "Purposes": ("", "billing", "billing; logistics"),
    "End": ("", "2020-12-31", "2099-12-31"),
    "Active": ("", "yes", "no"),
    "Primary contact": ("", "yes", "no"),
    "Site ID": ("", "s1", "s2", "s3"),
    "Site": ("", "Mill", "Mill", "Quarry", "mill"),
    "From billing": ("", "yes"),
    "Item ID": ("", "i1", "i2"),
    "Item": ("", "Saw", "Saw", "Van", "saw"),
    "Status": ("", "open", "closed"),
    "Of themself": ("", "yes"),
    "Tags": ("", "vip", "VIP; secret", "Secret", "new; Vip", CLEAR),
    "Notes": ("", "x", "y", CLEAR),
    "Type": ("", "supplier", "nonsense"),
    "Address 1 - City": ("", "Lyon", "Paris", CLEAR),
    "Field: size": ("", "S", "M", CLEAR),
    "External ID": ("", "x1", "x2"),
    "Responsible users": ("", "bob", "amelie; bob"),
    "Access": ("", "private", "shared-read"),
}
_PLACE: Final = frozenset(
    ("Company", "Company ID", "Department", "Position", "Role information", "Work e-mail", "Authorities")
).union(("Purposes", "End", "Active", "Primary contact", "Site ID"))
_CONTACT: Final = frozenset(
    ("E-mail 1", "E-mail 2", "Phone 1", "Tags", "Notes", "Type", "Address 1 - City", "Field: size", "External ID")
).union(("Responsible users", "Access"))
_COLUMNS: Final = {
    "person": _CONTACT | _PLACE | {"First name", "Last name", "Company 2"},
    "company": _CONTACT | {"Company", "Division"},
    "affiliation": _PLACE,
    "site": frozenset(("Site", "Site ID", "From billing", "E-mail 1", "Phone 1", "Address 1 - City", "Notes")),
    "item": frozenset(("Item", "Item ID", "Status", "Of themself", "Notes", "External ID", "Type")),
}
"""Kind of a row -> the columns that it fills."""
_ALWAYS: Final = ("First name", "Last name", "Company", "E-mail 1", "Site", "Item")
_NAMING: Final = ("Division", "Company ID")


def native_table(random: Random, most: int, *, clears: bool) -> tuple[int, str]:
    """The number of rows of a file, and the file, in which `STORED_IDS` stand for ids.

    Args:
        random: Decides.
        most: The maximum number of rows.
        clears: Whether cells say that a field is emptied.
    """
    # Few columns make rows that rename companies whose people other rows name.
    few = random.random() < 0.3
    further = random.sample(sorted(_CELLS.keys() - {*_ALWAYS}), random.choice((4, 8, 12, 20)))
    headers = [*_ALWAYS, *(_NAMING if few else further)]
    blank = random.choice((0.2, 0.4, 0.6))

    def cell(kind: str, header: str) -> str:
        named = header in {"Site", "Item"} and kind in {"person", "company"} and random.random() < 0.3
        if not (header in _COLUMNS[kind] or named) or (header not in _ALWAYS and random.random() < blank):
            return ""
        text = random.choice(_CELLS[header])
        return "" if text == CLEAR and not clears else text

    kinds = random.choices(["person", "company"] if few else [*_IDS], k=random.randint(1, most))
    rows = [[random.choice(_IDS[kind]), kind, *(cell(kind, header) for header in headers)] for kind in kinds]
    out = io.StringIO()
    csv.writer(out).writerows([["Contact ID", "Kind", *headers], *rows])
    return len(rows), out.getvalue()


def with_ids(text: str, ids: list[str]) -> str:
    """A file with the ids of stored contacts for `STORED_IDS`; empty cells where there are fewer contacts."""
    for place, name in enumerate(STORED_IDS):
        text = text.replace(name, ids[place] if place < len(ids) else "")
    return text
