"""The entity of a row: built from the values that were read, without those that it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from contactcore.errors import Invalid, Problem
from contactcore.formats.contact_rows.mapping_options import MappingOptions
from contactcore.formats.contact_rows.row_context import RowContext
from contactcore.formats.contact_rows.row_problems import RowProblem
from contactcore.model import Company, Person, parsing, value_conversion
from contactcore.model.name_fields import COMPANY_NAME_FIELDS, PERSON_NAME_FIELDS
from contactcore.read_only import ReadOnlyDict
from contactcore.values import Address

__all__ = ["DRAFT_FIELDS", "ContactBuilder"]

_NAME_FIELDS = (*PERSON_NAME_FIELDS, *COMPANY_NAME_FIELDS)
DRAFT_FIELDS = {field.attribute: field.part for field in _NAME_FIELDS} | {"description": "notes"}
"""Field of a contact -> field of a draft, where their names may differ."""
_LONG_ROW = 60_000
"""Characters of a row. The size in bytes of a longer row is measured."""


class ContactBuilder:
    """Builds the contact of a row from the values that were read.

    Args:
        options: The decisions of the import.
        new_id: Source of ids.
    """

    def __init__(self, options: MappingOptions, new_id: Callable[[], str]) -> None:
        self._largest_row = options.largest_row
        self._new_id = new_id
        self._shared: dict[str, Any] = {"version": 1, "access": options.access, "responsibles": options.responsibles}

    def build(self, found: RowContext) -> Person | Company | None:
        """The contact without the values that it refuses; None if no name, e-mail or phone is left."""
        # The contact keeps unmapped cells under their headers.
        texts = [*found.row.cells, *found.unmapped] if found.unmapped else found.row.cells
        if sum(map(len, texts)) > _LONG_ROW and _size(texts) > self._largest_row:
            limit = f"{self._largest_row:,} bytes are the limit"
            found.report_row("row-too-large", f"The row is too large for one contact: {limit}. Shorten its cells.")
            return None
        kind: type[Person | Company] = Company if found.kind == "company" else Person
        plain = self._plain(kind, found)
        if plain is not None:
            return plain
        while True:
            try:
                return kind(id=self._new_id(), unmapped=found.unmapped, **{**self._shared, **found.values})
            except Invalid as error:
                if not all([_take_out(found, problem) for problem in error.problems]):  # noqa: C419 - each is reported
                    return None

    def _plain(self, kind: type[Person | Company], found: RowContext) -> Person | Company | None:
        """The contact of a row whose values need no check by the entity; None for any other row.

        Each value was checked when it was read. A second check would be most of the cost of a row.
        """
        values: dict[str, Any] = {}
        for name, given in found.values.items():
            convert = _PLAIN.get(name)
            value = convert(given) if convert is not None else None
            if value is None:
                return None
            values[name] = value
        if not any(map(values.get, _SUFFICIENT)):
            return None
        return kind.restore({"id": self._new_id(), "unmapped": ReadOnlyDict(found.unmapped), **self._shared, **values})


def _size(cells: Sequence[str]) -> int:
    """The size of the cells as the body of a record, in bytes."""
    return len(json.dumps(cells, ensure_ascii=False, separators=(",", ":")).encode())


def _plain_line(value: str) -> str | None:
    line = parsing.line(value)
    return line if type(line) is str else None


def _plain_text(value: str) -> str | None:
    text = parsing.text(value)
    return text if type(text) is str else None


def _plain_list(values: tuple[Any, ...]) -> tuple[Any, ...]:
    return values if len(values) == 1 else tuple(dict.fromkeys(values))


def _plain_emails(values: tuple[Any, ...]) -> tuple[Any, ...] | None:
    emails = values if len(values) == 1 else value_conversion.emails(values)
    return emails if type(emails) is tuple else None


def _plain_address(values: tuple[Address, ...]) -> tuple[Address, ...] | None:
    return values if len(values) == 1 else None


_PLAIN_NAMES = [field.attribute for field in _NAME_FIELDS if field.plain and field.suffices]
_PLAIN: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(_PLAIN_NAMES, _plain_line),
    **dict.fromkeys(("phones", "tags"), _plain_list),
    "emails": _plain_emails,
    "addresses": _plain_address,
    "description": _plain_text,
}
"""Field -> the same conversion as that of the entity for a plain value; it gives None for any other value."""
_SUFFICIENT = (*_PLAIN_NAMES, "emails", "phones")
"""Fields of which a contact needs one."""


def _take_out(found: RowContext, problem: Problem) -> bool:
    """Report a refused value and remove it from the row; False if the row is refused with it."""
    field = problem.path.partition("[")[0].partition(".")[0]
    if field in found.values:
        value = found.values.pop(field)
        found.report(problem, found.column(DRAFT_FIELDS.get(field, field)), value if isinstance(value, str) else "")
        return True
    if problem.code == "nameless":
        reason = (
            "There is no name, no e-mail and no phone in this row that a contact could be made of. "
            "Fill one in, or leave the row out."
        )
        found.report_row("nameless", reason)
    else:
        found.problems.append(RowProblem.of(problem, found.row.line))
    return False
