"""What the rows of a file have made so far: found again by the later rows of the same file.

In a run, what a transaction committed is found in the directory, so only the present batch is held. In a dry run
nothing is ever in the directory: the keys of the whole file are held as eight-byte digests, and the contacts lie in a
temporary file.
"""

from __future__ import annotations

import hashlib
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

__all__ = ["CompactHashMap", "Entry", "StagedContacts"]

_PARTS = 64
_SMALLEST = 64
_GROWTH = 1.25
_LOAD = 0.7


class CompactHashMap:
    """A map from text to a small number that holds some twenty bytes for each text, however long it is.

    An open-addressed table of eight-byte digests, in 64 parts so that only one at a time is copied when it grows.
    Two of a million texts are taken for one with a chance below one in a million.

    >>> digests = CompactHashMap()
    >>> digests.put("e:jo@x.fr", 7)
    >>> digests.get("e:jo@x.fr"), digests.get("e:joan@x.fr")
    (7, None)
    """

    def __init__(self) -> None:
        self._keys = [array("Q", bytes(8 * _SMALLEST)) for _ in range(_PARTS)]
        self._numbers = [array("I", bytes(4 * _SMALLEST)) for _ in range(_PARTS)]
        self._counts = [0] * _PARTS

    def get(self, text: str) -> int | None:
        """The number of a text; None where there is none."""
        digest = _digest(text)
        part = digest % _PARTS
        slot = _slot(self._keys[part], digest)
        return self._numbers[part][slot] if self._keys[part][slot] else None

    def put(self, text: str, number: int) -> None:
        """Set the number of a text, below 2^32."""
        digest = _digest(text)
        part = digest % _PARTS
        slot = _slot(self._keys[part], digest)
        if not self._keys[part][slot]:
            if self._counts[part] > len(self._keys[part]) * _LOAD:
                self._grow(part)
                slot = _slot(self._keys[part], digest)
            self._counts[part] += 1
            self._keys[part][slot] = digest
        self._numbers[part][slot] = number

    def _grow(self, part: int) -> None:
        size = int(len(self._keys[part]) * _GROWTH) + 1
        keys, numbers = array("Q", bytes(8 * size)), array("I", bytes(4 * size))
        for digest, number in zip(self._keys[part], self._numbers[part], strict=True):
            if digest:
                slot = _slot(keys, digest)
                keys[slot] = digest
                numbers[slot] = number
        self._keys[part], self._numbers[part] = keys, numbers


def _digest(text: str) -> int:
    data = text.encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "little") or 1


def _slot(keys: array[int], digest: int) -> int:
    size = len(keys)
    slot = digest // _PARTS % size
    while keys[slot] and keys[slot] != digest:
        slot = slot + 1 if slot + 1 < size else 0
    return slot


@attrs.define(eq=False)
class Entry:
    """A contact that rows of the file make or change.

    Attributes:
        contact: As it will be.
        access: Its access terms.
        new: Whether the file makes it; else it is in the directory.
        before: As it is stored; None where the present batch makes it, or an earlier one of a dry run.
        joined: Id of a company -> position and department there.
        line: Of the row that made it; 0 for one of the directory.
        ordinal: Its number in the temporary file, once it is there.
    """

    contact: Person | Company
    access: frozenset[str]
    new: bool
    before: Person | Company | None = None
    joined: dict[str, tuple[str, str]] = attrs.field(factory=dict)
    line: int = 0
    ordinal: int | None = None

    @property
    def id(self) -> str:
        """The id of the contact."""
        return self.contact.id

    @property
    def is_stored(self) -> bool:
        """Whether it is in the directory: what an earlier batch of a run made is there by now."""
        return self.before is not None


class StagedContacts:
    """The contacts that the rows so far have made or changed, by their keys.

    Args:
        index_context: The workspace's.
        whole_file: Whether they are held beyond their batch.
    """

    def __init__(self, index_context: IndexContext, *, whole_file: bool) -> None:
        self._derivation = index_context
        self._whole_file = whole_file
        self._recent: dict[str, Entry] = {}
        self._touched: dict[str, Entry] = {}
        self._digests = CompactHashMap()
        self._offsets = array("Q")
        self._spool: IO[bytes] | None = None

    def find(self, key: str) -> Entry | None:
        """The contact that an earlier row gave this key."""
        entry = self._recent.get(key)
        if entry is not None or self._spool is None:
            return entry
        ordinal = self._digests.get(key)
        return None if ordinal is None else self._read(ordinal)

    def changed(self, id: str) -> Entry | None:
        """The contact of the directory with this id, if an earlier row changed it."""
        return self.find(f"#{id}")

    def add(self, entry: Entry, keys: Iterable[str]) -> None:
        """Remember a contact under its keys; the first one that had a key keeps it."""
        self._touched[entry.id] = entry
        if not entry.new:
            self._recent[f"#{entry.id}"] = entry
        for key in keys:
            if key not in self._recent and (self._spool is None or self._digests.get(key) is None):
                self._recent[key] = entry

    def end_batch(self) -> None:
        """Let go of the batch; keep what later batches need."""
        if self._whole_file and self._touched:
            if self._spool is None:
                self._spool = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the import
            self._spool.seek(0, 2)
            for entry in self._touched.values():
                if entry.ordinal is None:
                    entry.ordinal = len(self._offsets)
                    self._offsets.append(0)
                self._offsets[entry.ordinal] = self._spool.tell()
                self._spool.write(_dump(entry))
            for key, entry in self._recent.items():
                if entry.ordinal is not None:
                    self._digests.put(key, entry.ordinal)
        self._recent.clear()
        self._touched.clear()

    def forget_batch(self) -> None:
        """Forget the present batch: its transaction is repeated."""
        self._recent.clear()
        self._touched.clear()

    def close(self) -> None:
        """Let go of everything."""
        if self._spool is not None:
            self._spool.close()
            self._spool = None

    def _read(self, ordinal: int) -> Entry | None:
        """A contact of an earlier batch, as the present batch may have changed it since."""
        if self._spool is None:
            return None
        self._spool.seek(self._offsets[ordinal])
        entry = _load(self._spool.readline(), self._derivation)
        entry.ordinal = ordinal
        return self._touched.get(entry.id, entry)


def _dump(entry: Entry) -> bytes:
    body = body_of(entry.contact).decode()
    data: list[Any] = [entry.id, entry.contact.version, sorted(entry.access), entry.new, entry.joined, entry.line, body]
    return json.dump(data) + b"\n"


def _load(line: bytes, index_context: IndexContext) -> Entry:
    id, version, access, new, joined, made_by, body = json.load(line)
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
    pairs = {company: (position, department) for company, (position, department) in joined.items()}
    return Entry(contact, stored.access, new, None if new else contact, pairs, made_by)
