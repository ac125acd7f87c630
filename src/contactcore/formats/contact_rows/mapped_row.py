"""The result of mapping one row: a contact with its employers, or the reasons why there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs

from contactcore.formats.contact_rows.row_problems import RowProblem
from contactcore.formats.pictures import PreparedPicture
from contactcore.model import Company, Item, Person, Site
from contactcore.read_only import EMPTY

__all__ = ["Employer", "MappedRow", "PlainContact", "RowPicture"]


@attrs.define(slots=True)  # not frozen, because a file has a million of them, and an assignment costs five times less
class Employer:
    """A company that a row names as an employer of its person, with the person's place there.

    Attributes:
        name: The name of the company.
        department: The department of the person there; `""` for unknown.
        position: The position of the person there; `""` for unknown.
        primary: Whether the person is the company's primary contact person. Only native files say so.
        id: The id of the contact that the person acts for, in a native file; `""` for unknown.
        details: The other fields of the affiliation in a native file, by name; `site_id` is an id of the file.
        indexed: What another process has derived from the name for the index; None for nothing.
    """

    name: str
    department: str = ""
    position: str = ""
    primary: bool = False
    id: str = ""
    details: Mapping[str, Any] = EMPTY
    indexed: Any = attrs.field(default=None, eq=False, repr=False)


@attrs.frozen(slots=True, eq=False)
class RowPicture:
    """The picture of a row, prepared outside of any transaction because that takes time.

    Attributes:
        prepared: The picture, ready to be served.
        digest: The SHA-256 of the bytes as they came, which are those of a served picture if an export wrote the row.
        line: The 1-based line of the picture.
        column: Its property.
    """

    prepared: PreparedPicture
    digest: str
    line: int
    column: str

    @property
    def size(self) -> int:
        """The bytes that the picture takes."""
        return len(self.prepared.data) + len(self.prepared.upright.data)


@attrs.define(slots=True, eq=False)
class PlainContact:
    """The contact of a plain row, which is made when it is first needed. The record of a new contact does not need it.

    Attributes:
        id: The id.
        kind: `"person"` or `"company"`.
        birthday: The birthday as text; `""` for none.
        tags: The texts of its tags.
        has_slugs: Whether it has a type or categories, which the settings may change.
        fields: The values of its custom fields by slug, as JSON.
    """

    id: str
    kind: str
    birthday: str
    tags: Sequence[str]
    has_slugs: bool
    fields: Mapping[str, Any]
    _body: Mapping[str, Any] | Callable[[], Mapping[str, Any]]
    _make: Callable[[str, Mapping[str, Any], str], Person | Company]
    _made: Person | Company | None = None

    @classmethod
    def of(
        cls, id: str, body: Mapping[str, Any], birthday: str, make: Callable[[str, Mapping[str, Any], str], Any]
    ) -> PlainContact:
        """The contact with a body.

        Args:
            id: The id.
            body: The body.
            birthday: The birthday as text; `""` for none.
            make: A function that makes the contact of these three.
        """
        has_slugs = "type" in body or "categories" in body
        return cls(id, body["kind"], birthday, body.get("tags", ()), has_slugs, body.get("fields", EMPTY), body, make)

    @property
    def body(self) -> Mapping[str, Any]:
        """The body of its record, up to the source: the fields that are not empty, as JSON, behind its kind."""
        body = self._body
        if callable(body):
            body = self._body = body()
        return body

    @property
    def is_made(self) -> bool:
        """Whether the contact was made."""
        return self._made is not None

    @property
    def contact(self) -> Person | Company:
        """The contact; the same one each time."""
        made = self._made
        if made is None:
            made = self._made = self._make(self.id, self.body, self.birthday)
        return made


def _contact_of(given: Person | Company | PlainContact | None) -> Person | Company | None:
    return given.contact if type(given) is PlainContact else given  # type: ignore[return-value] # mypy does not narrow it


@attrs.define(slots=True)  # not frozen, as an employer
class MappedRow:
    """The result of mapping one row.

    Attributes:
        line: The 1-based line of the file where the row starts.
        number: 1 for the first row below the header.
        employers: The employers of a person, the first one first.
        problems: The faults and notes of the row.
        own_id: The id of the contact in a native file (an export of ours).
        record: The record that the row describes beside a contact: `""` for none, `"affiliation"`, `"site"` or
            `"item"`. The contact is then the one to which the record belongs, as the row names it.
        part: The site or the item of the row, with the id of the file; None for none.
        added: The site and the item that the row of a contact names.
        cleared: The fields that the row empties when it overwrites; a field of the affiliation is
            `"affiliation.<field>"`.
        picture: The picture of the contact; None for none.
        indexed: What another process has derived from the contact for the index; None for nothing.
        keys: What the match keys of the contact are made of, if another process has derived it; else None.
    """

    line: int
    number: int
    _contact: Person | Company | PlainContact | None = attrs.field(eq=_contact_of, alias="contact")
    employers: tuple[Employer, ...] = ()
    problems: tuple[RowProblem, ...] = ()
    own_id: str = ""
    record: str = ""
    part: Site | Item | None = None
    added: tuple[Site | Item, ...] = ()
    cleared: frozenset[str] = frozenset()
    picture: RowPicture | None = None
    indexed: Any = attrs.field(default=None, eq=False, repr=False)
    keys: Any = attrs.field(default=None, eq=False, repr=False)

    @property
    def contact(self) -> Person | Company | None:
        """The person or company of the row, with a new id; None for a rejected row."""
        return _contact_of(self._contact)

    @property
    def has_contact(self) -> bool:
        """Whether the row has a contact, which is not made for the answer."""
        return self._contact is not None

    @property
    def plain(self) -> PlainContact | None:
        """The contact of a plain row, as long as nothing has changed it; None for any other row."""
        given = self._contact
        return given if type(given) is PlainContact else None
