"""Copying a workspace from one storage to another: whole, with ids, versions and feed positions, and verified (ACC-4).

The source is read at one moment. The target is filled in many short transactions, so that a copy that was killed goes
on where it stopped. At the end both sides are counted and their checksums compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import sha256
from itertools import zip_longest

import attrs

from contactcore.errors import Invalid, NotFound, StorageError
from contactcore.mapping import json
from contactcore.mapping.entities import ENTITIES, KINDS, VIEWS
from contactcore.storage import Published, Reader, Record, Storage
from contactcore.workspace.repositories.loading import load

__all__ = ["Copied", "copy_workspace"]

_BATCH = 500

_SEQUENCE = tuple(entity.name for entity in ENTITIES)


@attrs.frozen
class Copied:
    """What a copy came to.

    Attributes:
        records: How many the workspace has, on both sides.
        events: How many its feed has, on both sides.
        checksum: SHA-256 over all of them, the same on both sides.
        found: How many records were there already, from an earlier run.
    """

    records: int
    events: int
    checksum: str
    found: int


def copy_workspace(
    source: Storage,
    target: Storage,
    workspace: str,
    *,
    name: str | None = None,
    progress: Callable[[int], object] | None = None,
) -> Copied:
    """Copy a workspace; called again after it was interrupted, it goes on.

    Args:
        source: Where it is; nothing is changed there, and others go on working. What they change after the copy began
            is not part of it.
        target: Where it is to be.
        workspace: Its name in the source.
        name: Its name in the target; the same by default.
        progress: Called with the number of records copied so far.

    Raises:
        NotFound: the source has no such workspace.
        Invalid: `target-not-empty`: the target holds something else under this name, or an interrupted copy that the
            source has moved on from: drop it there, then copy again.
        StorageError: `copy-differs`: the two sides are not alike afterwards.

    >>> from contactcore import Company, User, Workspace
    >>> from contactcore_memory import MemoryStorage
    >>> here, there = MemoryStorage(), MemoryStorage()
    >>> with Workspace(here, name="acme").write(User("amelie")) as session:
    ...     client = session.contacts.add(Company("Bois & Fils"))
    >>> copied = copy_workspace(here, there, "acme")
    >>> with Workspace(there, name="acme").read(User("amelie")) as session:
    ...     session.contacts.get(client.id) == client
    True
    """
    into = name or workspace
    source.install(KINDS, VIEWS)
    target.install(KINDS, VIEWS)
    if not _exists(source, workspace):
        raise NotFound("workspace", workspace)
    with source.read(workspace) as reader:
        copied, found = 0, 0
        for kind in _SEQUENCE:
            for records in _pages(reader, kind):
                new = _new(target, into, kind, records)
                if new:
                    load(target, into, new)
                copied += len(records)
                found += len(records) - len(new)
                if progress is not None:
                    progress(copied)
        _copy_feed(reader, target, into)
        with target.read(into) as other:
            verified = _verified(reader, other, found)
    with suppress(StorageError):
        target.tidy()
    return verified


def _exists(storage: Storage, workspace: str) -> bool:
    names = storage.workspaces()
    while names and names[-1] < workspace:
        names = storage.workspaces(after=names[-1])
    return workspace in names


def _pages(reader: Reader, kind: str) -> Iterator[list[Record]]:
    after = ""
    while records := reader.dump(kind, after, _BATCH):
        yield records
        after = records[-1].id


def _new(target: Storage, into: str, kind: str, records: list[Record]) -> list[Record]:
    """Those records that the target has not yet; what it has must be the very same."""
    with target.read(into) as reader:
        there = reader.get(kind, [record.id for record in records])
    new = []
    for record, stored in zip(records, there, strict=True):
        if stored is None:
            new.append(record)
        elif (stored.version, stored.body, stored.access) != (record.version, record.body, record.access):
            raise Invalid(
                "target-not-empty",
                f"The workspace {into!r} of the target holds something else, or an older copy: drop it there first.",
                path="name",
                value=into,
            )
    return new


def _copy_feed(reader: Reader, target: Storage, into: str) -> None:
    after = 0
    with target.read(into) as other:
        while events := other.feed(after, _BATCH):
            after = events[-1].position
    while missing := reader.feed(after, _BATCH):
        load(target, into, events=missing)
        after = missing[-1].position


def _verified(reader: Reader, other: Reader, found: int) -> Copied:
    digest = sha256()
    records = events = 0
    for kind in _SEQUENCE:
        for one, copy in zip_longest(_records(reader, kind), _records(other, kind)):
            _check_alike(one, copy, f"the {kind} {getattr(one or copy, 'id', '')}")
            digest.update(_fingerprint(one))
            records += 1
    for event, copied in zip_longest(_events(reader), _events(other)):
        _check_alike(event, copied, "the feed")
        digest.update(repr(event).encode())
        events += 1
    return Copied(records, events, digest.hexdigest(), found)


def _check_alike(one: object, copy: object, what: str) -> None:
    if one != copy or (isinstance(one, Record) and _fingerprint(one) != _fingerprint(copy)):
        raise StorageError(f"The copy differs from the source in {what}: drop it and copy again.", "copy-differs")


def _records(reader: Reader, kind: str) -> Iterator[Record]:
    for page in _pages(reader, kind):
        yield from page


def _events(reader: Reader) -> Iterator[Published]:
    after = 0
    while events := reader.feed(after, _BATCH):
        yield from events
        after = events[-1].position


def _fingerprint(record: object) -> bytes:
    """All of a record in one sequence of bytes, the same on every storage."""
    if not isinstance(record, Record):
        return b""
    parts = [record.kind, record.id, record.version, record.owner]
    parts += [sorted(record.orders.items()), sorted(record.references.items())]
    parts += [sorted(texts) for texts in (record.terms, record.words, record.keys, record.access)]
    return json.dump(parts) + record.body + record.card
