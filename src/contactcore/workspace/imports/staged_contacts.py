"""The contacts that the rows of a file have made or changed so far, for the later rows of the same file.

In a run, a committed contact is found in the directory, so only the present batch is held. In a dry run nothing is ever
stored: the keys of the whole file are held as eight-byte digests, and the contacts in a temporary file.
"""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Iterable
from typing import IO, Any

import attrs

from contactcore.mapping import json
from contactcore.mapping.contacts import body_of, contact_of
from contactcore.mapping.index_context import IndexContext
from contactcore.model import Company, Person
from contactcore.storage import Stored
from contactcore.workspace.imports.compact_hash_map import CompactHashMap

__all__ = ["StagedContact", "StagedContacts"]


@attrs.define(eq=False)
class StagedContact:
    """A contact that rows of the file make or change.

    Attributes:
        entity: The contact as it is to be.
        access: Its access terms.
        new: Whether the file makes it; otherwise it is in the directory.
        before: The contact as it is stored; None where the present batch makes it, or an earlier one of a dry run.
        places: Id of a company -> position and department there.
        line: The line of the row that made it; 0 for a contact of the directory.
        ordinal: Its number in the temporary file, once it is there.
    """

    entity: Person | Company
    access: frozenset[str]
    new: bool
    before: Person | Company | None = None
    places: dict[str, tuple[str, str]] = attrs.field(factory=dict)
    line: int = 0
    ordinal: int | None = None

    @property
    def id(self) -> str:
        """The id of the contact."""
        return self.entity.id

    @property
    def is_stored(self) -> bool:
        """Whether the directory has it."""
        return self.before is not None


class StagedContacts:
    """The contacts that the rows so far have made or changed, by their match keys.

    Args:
        index_context: The settings of the workspace.
        whole_file: Whether they are held beyond their batch.
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
        """The contact that an earlier row gave this key."""
        staged = self._recent.get(key)
        if staged is not None or self._file is None:
            return staged
        ordinal = self._ordinals.get(key)
        return None if ordinal is None else self._read(ordinal)

    def changed(self, id: str) -> StagedContact | None:
        """The contact of the directory with this id, if an earlier row changed it."""
        return self.find(f"#{id}")

    def add(self, staged: StagedContact, keys: Iterable[str]) -> None:
        """Remember a contact under its keys; the first one that had a key keeps it."""
        self._touched[staged.id] = staged
        if not staged.new:
            self._recent[f"#{staged.id}"] = staged
        for key in keys:
            if key not in self._recent and (self._file is None or self._ordinals.get(key) is None):
                self._recent[key] = staged

    def end_batch(self) -> None:
        """Release the batch; keep what later batches need."""
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
        """Forget the present batch, because its transaction is repeated."""
        self._recent.clear()
        self._touched.clear()

    def close(self) -> None:
        """Release the temporary file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _read(self, ordinal: int) -> StagedContact | None:
        """A contact of an earlier batch, as the present batch may have changed it since."""
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
    data: list[Any] = [contact.id, contact.version, access, staged.new, staged.places, staged.line, body]
    return json.dump(data) + b"\n"


def _load(line: bytes, index_context: IndexContext) -> StagedContact:
    id, version, access, new, places, made_by, body = json.load(line)
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
    return StagedContact(contact, stored.access, new, None if new else contact, pairs, made_by)
