"""The fields that a row empties when it overwrites: the names of the fields of columns (IMP-2)."""

from __future__ import annotations

from contactcore.formats.contact_rows.contact_builder import DRAFT_FIELDS

__all__ = ["cleared_field"]

_ATTRIBUTES = {part: attribute for attribute, part in DRAFT_FIELDS.items()} | {"company": "affiliation.company"}
_OF_AFFILIATION = ("position", "department")
_KEPT = frozenset(
    ("id", "kind", "ignore", "drop", "unmapped", "full_name", "affiliation.company", "affiliation.company_id")
)


def cleared_field(path: str) -> str:
    """The field that a column empties; `""` for a column that cannot, such as the id of the contact.

    Args:
        path: The field of the column in the mapping of the plan.

    >>> [cleared_field(path) for path in ("emails[1].work", "position", "affiliation.end", "fields.size", "kind")]
    ['emails', 'affiliation.position', 'affiliation.end', 'fields.size', '']
    """
    if path.startswith(("affiliation.", "fields.")):
        return "" if path in _KEPT else path
    if path.startswith("part."):
        return path.partition(".")[2]
    name = path.partition("[")[0].partition(".")[0]
    if name in _OF_AFFILIATION:
        return f"affiliation.{name}"
    field = _ATTRIBUTES.get(name, name)
    return "" if name in _KEPT or field in _KEPT else field
