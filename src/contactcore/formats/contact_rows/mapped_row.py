"""The result of mapping one row: a contact with its employers, or the reasons why there is none."""

from __future__ import annotations

import attrs

from contactcore.formats.contact_rows.row_problems import RowProblem
from contactcore.model import Company, Person

__all__ = ["Employer", "MappedRow"]


@attrs.frozen(slots=True)
class Employer:
    """A company that a row names as an employer of its person, with the person's place there.

    Attributes:
        name: The name of the company.
        department: The department of the person there; `""` for unknown.
        position: The position of the person there; `""` for unknown.
        primary: Whether the person is the company's primary contact person. Only native files say so.
    """

    name: str
    department: str = ""
    position: str = ""
    primary: bool = False


@attrs.frozen(slots=True)
class MappedRow:
    """The result of mapping one row.

    Attributes:
        line: The 1-based line of the file where the row starts.
        number: 1 for the first row below the header.
        contact: The person or company of the row, with a new id; None for a rejected row.
        employers: The employers of a person, the first one first.
        problems: The faults and notes of the row.
        own_id: The id of the contact in a native file (an export of ours).
    """

    line: int
    number: int
    contact: Person | Company | None
    employers: tuple[Employer, ...] = ()
    problems: tuple[RowProblem, ...] = ()
    own_id: str = ""
