"""Sent rows: the mapped rows of a file, as a second process sends them to the one that plans and stores them.

All that follows from the row, the decisions of the import and the settings is derived before a row is sent. Ids are
given where the row arrives, because they follow the clock and the ids of the host there.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from contactcore.formats.contact_rows.mapped_row import Employer, MappedRow, PlainContact
from contactcore.formats.contact_rows.mapping_options import MappingOptions
from contactcore.formats.contact_rows.plain_contacts import PlainContactMaker
from contactcore.formats.contact_rows.plain_rows import PlainRow
from contactcore.formats.contact_rows.row_mapper import RowMapper
from contactcore.formats.contact_rows.table_rows import TableRows
from contactcore.formats.tabular import RawRow
from contactcore.mapping import json
from contactcore.mapping.affiliations import affiliation_parts
from contactcore.mapping.contact_parts import derived_name
from contactcore.mapping.index_context import IndexContext
from contactcore.mapping.packed_names import pack_affiliation, pack_name, unpack_affiliation, unpack_name
from contactcore.model import Settings
from contactcore.model.restoring import fill_in
from contactcore.workspace.matching.match_keys import ContactKeys, lookup_keys, match_keys, plain_keys

__all__ = ["RowPacker", "RowUnpacker", "SentRow", "rows_of"]

_MOST_COMPANIES = 10_000
_LONGEST_COMPANY = 1_000


class SentRow(NamedTuple):
    """One row that another process read; line, number and position are those of `RawRow`.

    Attributes:
        plain: The contact of a plain row, packed; None for any other row.
        judged: Any other row, mapped, and the number of the ids that its contact needs; None for a plain row.
    """

    line: int
    number: int
    offset: int
    next_line: int
    plain: list[Any] | None
    judged: tuple[MappedRow, int] | None

    @property
    def position(self) -> str:
        """The place after this row, for `Table.rows(after=...)`."""
        return f"{self.offset}.{self.next_line}.{self.number}"


class RowPacker:
    """Maps the rows of a table, and packs them in messages.

    Args:
        options: The decisions of the import.
        settings: The settings of the workspace.
    """

    def __init__(self, options: MappingOptions, settings: Settings) -> None:
        self._context = IndexContext.of(settings)
        self._rows = TableRows(options, settings, self._count_id, RowMapper(options, settings, self._count_id))
        self._make = PlainContactMaker(options.access, options.responsibles)
        self._ids = 0
        self._companies: set[str] = set()

    def _count_id(self) -> str:
        self._ids += 1
        return ""

    def pack(self, rows: Sequence[RawRow]) -> bytes:
        """The message with some rows.

        Args:
            rows: The rows, as they were read.
        """
        packed: list[Any] = []
        judged: list[tuple[MappedRow, int]] = []
        for row in rows:
            plain = self._rows.plain(row)
            packed.append([row.line, row.number, row.offset, row.next_line, plain and self._plain(plain), None])
            if plain is None:
                self._ids = 0
                mapped = self._rows.judged(row)
                judged.append((mapped, self._ids))
        # One pickle for all of them names each class once.
        return json.pack([packed, pickle.dumps(judged, pickle.HIGHEST_PROTOCOL)])

    def _plain(self, plain: PlainRow) -> list[Any]:
        contact = PlainContact.of("", plain.body, plain.birthday, self._make)
        name = derived_name(contact, self._context)
        parts = name.taken_parts(contact)
        if parts is None:
            raise AssertionError("the parts were derived from this contact")
        employers, employer, placed, company = [], None, None, None
        if plain.employer is not None:
            firm, department, position = employer = plain.employer
            employers = [firm]
            placed = pack_affiliation(affiliation_parts(name, firm, position, department))
            company = self._company(firm)
        of = plain_keys(contact, self._context.language, employers)
        head = [contact.kind, contact.birthday, contact.tags, contact.has_slugs, dict(contact.fields)]
        keys = of._replace(lookup=lookup_keys(of), match=match_keys(of))
        return [*head, pack_name(name, parts), placed, employer, company, keys]

    def _company(self, name: str) -> list[Any] | None:
        """The contact of an unknown company of which only the name is known; None for one that was sent already."""
        if name in self._companies or len(name) > _LONGEST_COMPANY:
            return None
        if len(self._companies) >= _MOST_COMPANIES:
            self._companies.clear()
        self._companies.add(name)
        contact = PlainContact.of("", {"kind": "company", "name": name}, "", self._make)
        indexed = derived_name(contact, self._context)
        parts = indexed.taken_parts(contact)
        return None if parts is None else pack_name(indexed, parts)


def rows_of(message: bytes) -> list[SentRow]:
    """The rows of a message of `RowPacker.pack`.

    Args:
        message: The message, from a process that this one started.
    """
    packed, pickled = json.unpack(message)
    judged = iter(pickle.loads(pickled))  # noqa: S301 - from a process that this one started
    for row in packed:
        if row[4] is None:
            row[5] = next(judged)
    return [*map(SentRow._make, packed)]


class RowUnpacker:
    """Makes mapped rows of sent ones.

    Args:
        options: The decisions of the import.
        new_id: Source of ids.
    """

    def __init__(self, options: MappingOptions, new_id: Callable[[], str]) -> None:
        self._new_id = new_id
        self._make = PlainContactMaker(options.access, options.responsibles)

    def mapped(self, row: SentRow) -> MappedRow:
        """The mapped row, with the ids that its contact needs.

        Args:
            row: The row.
        """
        if row.judged is not None:
            return self._judged(*row.judged)
        if row.plain is None:
            raise AssertionError("a row is plain, or it was judged")
        kind, birthday, tags, has_slugs, fields, name, placed, employer, company, keys = row.plain
        body = partial(_body, name[0])
        contact = PlainContact(self._new_id(), kind, birthday, tags, has_slugs, fields, body, self._make)
        employers: tuple[Employer, ...] = ()
        place = None
        if employer is not None:
            firm, department, position = employer
            employers = (Employer(firm, department, position, indexed=company),)
            place = unpack_affiliation(placed)
        indexed = unpack_name(name, contact, place)
        return MappedRow(row.line, row.number, contact, employers, indexed=indexed, keys=ContactKeys._make(keys))

    def _judged(self, mapped: MappedRow, ids: int) -> MappedRow:
        for _ in range(ids):
            id = self._new_id()
            if mapped.contact is not None:
                # Nobody else holds the contact yet. The last id is that of the contact that was kept.
                fill_in(mapped.contact, {"id": id})
        return mapped


def _body(begin: bytes) -> Any:
    return json.load(begin + b"}")
