"""Staged contacts: the contacts that earlier rows of a file created or changed, for the later rows of the same file.

An import finds the contacts of committed batches in the directory, and stages only the contacts of the present batch. A
preview stores nothing in the directory. It keeps the match keys of the whole file in a compact hash map, and the
contacts in a temporary file.
"""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Iterable
from typing import IO, Any

import attrs

from contactcore.formats.contact_rows.mapped_row import PlainContact
from contactcore.mapping import json
from contactcore.mapping.contacts import body_of, contact_of
from contactcore.mapping.index_context import IndexContext
from contactcore.mapping.indexed_names import IndexedName
from contactcore.model import Company, Person
from contactcore.storage import Stored
from contactcore.workspace.imports.compact_hash_map import CompactHashMap

__all__ = ["StagedContact", "StagedContacts"]

_NOBODY = (1 << 32) - 1
"""The number under a key that its contact has no longer."""


@attrs.define(eq=False)
class StagedContact:
    """A contact that rows of the file create or change.

    Attributes:
        access: The access terms of the contact.
        new: Whether a row of the file creates it; False for a contact of the directory.
        before: The stored contact; None for a contact that the present batch creates, or any batch of a preview.
        places: The position and the department of a person by the ids of the companies.
        line: The line of the row that creates it; 0 for a contact of the directory.
        ordinal: The number of the contact in the temporary file; None before it is written there.
        picture: The name of the file that the contact shows as its picture, with the pictures of the rows so far; `""`
            for no picture, None if nobody has looked yet.
        indexed: The indexed name of a new contact, if another process has derived it; else None.
    """

    _entity: Person | Company | PlainContact = attrs.field(alias="entity")
    access: frozenset[str]
    new: bool
    before: Person | Company | None = None
    places: dict[str, tuple[str, str]] = attrs.field(factory=dict)
    line: int = 0
    ordinal: int | None = None
    picture: str | None = None
    indexed: IndexedName | None = None

    @property
    def entity(self) -> Person | Company:
        """The contact with the changes of the rows so far."""
        entity = self._entity
        return entity.contact if isinstance(entity, PlainContact) else entity

    @entity.setter
    def entity(self, changed: Person | Company) -> None:
        self._entity = changed

    @property
    def plain(self) -> PlainContact | None:
        """The contact of a plain row, as long as no row changes it; None for any other contact."""
        entity = self._entity
        return entity if isinstance(entity, PlainContact) else None

    @property
    def id(self) -> str:
        """The id of the contact."""
        return self._entity.id

    @property
    def kind(self) -> str:
        """`"person"` or `"company"`."""
        return self._entity.kind

    @property
    def is_stored(self) -> bool:
        """Whether the contact is stored in the directory."""
        return self.before is not None


class StagedContacts:
    """The contacts that earlier rows created or changed, by their match keys.

    Args:
        index_context: The index context of the workspace.
        whole_file: Whether contacts are kept after the end of their batch, as a preview needs.
    """

    def __init__(self, index_context: IndexContext, *, whole_file: bool) -> None:
        self._index_context = index_context
        self._whole_file = whole_file
        self._recent: dict[str, StagedContact] = {}
        self._touched: dict[str, StagedContact] = {}
        self._ordinals = CompactHashMap()
        self._offsets = array("Q")
        self._file: IO[bytes] | None = None

    def find(self, key: str) -> StagedContact | None:
        """The contact with a match key; None for none.

        Args:
            key: One of the keys of `lookup_keys`, `i:` and an own id, or `#` and the id of a stored contact.
        """
        staged = self._recent.get(key)
        if staged is not None or self._file is None:
            return staged
        ordinal = self._ordinals.get(key)
        return None if ordinal is None or ordinal == _NOBODY else self._read(ordinal)

    def has_none_of(self, keys: Iterable[str]) -> bool:
        """Whether `find` certainly returns None for each of these keys; False if it must be asked.

        Args:
            keys: Match keys.
        """
        return self._file is None and self._recent.keys().isdisjoint(keys)

    def changed(self, id: str) -> StagedContact | None:
        """The stored contact with an id if an earlier row changed it, else None.

        Args:
            id: The id of the contact.
        """
        return self.find(f"#{id}")

    def add(self, staged: StagedContact, keys: Iterable[str]) -> None:
        """Stage a contact; the first contact with a key keeps it.

        Args:
            staged: The contact.
            keys: Its match keys.
        """
        self._touched[staged.id] = staged
        if not staged.new:
            self._recent[f"#{staged.id}"] = staged
        recent = self._recent
        if self._file is None:
            for key in keys:
                recent.setdefault(key, staged)
            return
        for key in keys:
            if key not in recent and self._ordinals.get(key) in {None, _NOBODY}:
                recent[key] = staged

    def drop(self, id: str, keys: Iterable[str]) -> None:
        """Forget keys that a contact has no longer.

        Args:
            id: The id of the contact.
            keys: Match keys that it had.
        """
        for key in keys:
            staged = self.find(key)
            if staged is not None and staged.id == id:
                self._recent.pop(key, None)
                if self._file is not None:
                    self._ordinals.put(key, _NOBODY)

    def end_batch(self) -> None:
        """Release the contacts of the batch; a preview writes them to the temporary file before."""
        if self._whole_file and self._touched:
            if self._file is None:
                self._file = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the import
            self._file.seek(0, 2)
            for staged in self._touched.values():
                if staged.ordinal is None:
                    staged.ordinal = len(self._offsets)
                    self._offsets.append(0)
                self._offsets[staged.ordinal] = self._file.tell()
                self._file.write(_dump(staged))
            for key, staged in self._recent.items():
                if staged.ordinal is not None:
                    self._ordinals.put(key, staged.ordinal)
        self.forget_batch()

    def forget_batch(self) -> None:
        """Release the contacts of the batch, which is planned again after its transaction failed."""
        self._recent.clear()
        self._touched.clear()

    def close(self) -> None:
        """Release the temporary file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _read(self, ordinal: int) -> StagedContact | None:
        """A contact of an earlier batch, with the changes of the present batch."""
        if self._file is None:
            return None
        self._file.seek(self._offsets[ordinal])
        staged = _load(self._file.readline(), self._index_context)
        staged.ordinal = ordinal
        return self._touched.get(staged.id, staged)


def _dump(staged: StagedContact) -> bytes:
    contact = staged.entity
    body = body_of(contact).decode()
    access = sorted(staged.access)
    rest = [staged.new, staged.places, staged.line, body, staged.picture]
    data: list[Any] = [contact.id, contact.version, access, *rest]
    return json.dump(data) + b"\n"


def _load(line: bytes, index_context: IndexContext) -> StagedContact:
    id, version, access, new, places, source_line, body, picture = json.load(line)
    stored = Stored(
        kind="contact",
        id=id,
        version=version,
        body=body.encode(),
        card=b"{}",
        owner=id,
        access=frozenset(access),
    )
    contact = contact_of(stored, index_context)
    pairs = {company: (position, department) for company, (position, department) in places.items()}
    return StagedContact(contact, stored.access, new, None if new else contact, pairs, source_line, None, picture)
