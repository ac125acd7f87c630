"""Copies of a workspace from one storage to another, with the same ids, versions and feed positions (ACC-4).

A copy reads one snapshot of the source and fills the target in many short transactions. A killed copy therefore resumes
when it is called again. At the end both sides are compared record by record and event by event.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import sha256
from itertools import zip_longest

from contactcore.errors import Invalid, NotFound, StorageError, check_text
from contactcore.frozen import frozen
from contactcore.mapping import json
from contactcore.mapping.entities import ENTITIES, kept_blobs
from contactcore.mapping.kinds import KINDS, VIEWS
from contactcore.storage import Published, Reader, Record, Storage
from contactcore.workspace.kernel.arguments import check_storage
from contactcore.workspace.kernel.functions import check_function
from contactcore.workspace.repositories.loading import load

__all__ = ["Copied", "copy_workspace", "holds_workspace"]

_BATCH = 500
_KIND_NAMES = tuple(entity.name for entity in ENTITIES)


@frozen
class Copied:
    """The result of a copy.

    Attributes:
        records: The number of records of the workspace, the same on both sides.
        events: The number of events of its feed, the same on both sides.
        checksum: The SHA-256 of all records and events, the same on both sides and on every storage; 64 hexadecimal
            digits.
        found: The number of records that the target had already, from an earlier run.
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
    """Copy a workspace to another storage and verify the copy; a repeated call resumes an interrupted copy.

    The source is not changed, and others can use it during the copy. Changes that they commit after the copy began are
    not copied. Pictures, and the attachments of messages that were not sent yet, are copied too.

    Args:
        source: The storage that has the workspace.
        target: The storage that gets the copy.
        workspace: The name of the workspace in the source.
        name: The name of the workspace in the target; None, the default, for the same name.
        progress: A function that is called after each batch of at most 500 records, with the number of records so far;
            None for no calls.

    Returns:
        The numbers of records and events, and their checksum.

    Raises:
        NotFound: The source has no such workspace.
        Invalid: `storage-type`, `text-type`, `not-a-function`, `function-deferred` for an argument of another type;
            `copy-onto-itself` if the target is the source, and the name the same; `target-not-empty` if the target
            has other records under this name, or an interrupted copy of an older state of the source. Drop the
            workspace in the target and copy again.
        StorageError: `copy-differs` if the verification finds a difference; a code of the storage if it fails.

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
    check_storage(source=source, target=target)
    check_text(workspace=workspace)
    if name is not None:
        check_text(name=name)
    if progress is not None:
        check_function(progress, "progress")
    target_name = name or workspace
    if source is target and target_name == workspace:
        raise Invalid("copy-onto-itself", "Copy to another storage, or under another name.", path="target")
    source.install(KINDS, VIEWS)
    target.install(KINDS, VIEWS)
    if not holds_workspace(source, workspace):
        raise NotFound("workspace", workspace)
    with source.read(workspace) as reader:
        copied, found = 0, 0
        for kind in _KIND_NAMES:
            for records in _pages(reader, kind):
                new = _missing(target, target_name, kind, records)
                if new:
                    load(target, target_name, new)
                for blob in kept_blobs(records):
                    _copy_blob(reader, target, target_name, blob)
                copied += len(records)
                found += len(records) - len(new)
                if progress is not None:
                    progress(copied)
        _copy_feed(reader, target, target_name)
        with target.read(target_name) as target_reader:
            verified = _verified(reader, target_reader, found)
    with suppress(StorageError):
        target.tidy()
    return verified


def holds_workspace(storage: Storage, workspace: str) -> bool:
    """Whether a storage has a workspace, also an empty one.

    Args:
        storage: The storage.
        workspace: The name of the workspace.
    """
    names = storage.workspaces()
    while names and names[-1] < workspace:
        names = storage.workspaces(after=names[-1])
    return workspace in names


def _pages(reader: Reader, kind: str) -> Iterator[list[Record]]:
    after = ""
    while records := reader.dump(kind, after, _BATCH):
        yield records
        after = records[-1].id


def _missing(target: Storage, name: str, kind: str, records: list[Record]) -> list[Record]:
    """The records that the target does not have; those that it has must be equal."""
    with target.read(name) as reader:
        found = reader.get(kind, [record.id for record in records])
    missing = []
    for record, stored in zip(records, found, strict=True):
        if stored is None:
            missing.append(record)
        elif (stored.version, stored.body, stored.access) != (record.version, record.body, record.access):
            raise Invalid(
                "target-not-empty",
                f"The workspace {name!r} of the target holds something else, or an older copy: drop it there first.",
                path="name",
                value=name,
            )
    return missing


def _copy_blob(reader: Reader, target: Storage, name: str, blob: str) -> None:
    """Copy one content, unless an earlier run did; each in a transaction of its own, because it may be large."""
    with target.read(name) as target_reader:
        known = target_reader.blob(blob)
    data = reader.blob(blob)
    if data is not None and known is None:
        load(target, name, blobs={blob: data})


def _copy_feed(reader: Reader, target: Storage, name: str) -> None:
    after = 0
    with target.read(name) as target_reader:
        while events := target_reader.feed(after, _BATCH):
            after = events[-1].position
    while missing := reader.feed(after, _BATCH):
        load(target, name, events=missing)
        after = missing[-1].position


def _verified(reader: Reader, target_reader: Reader, found: int) -> Copied:
    digest = sha256()
    records = events = 0
    for kind in _KIND_NAMES:
        for record, copy in zip_longest(_records(reader, kind), _records(target_reader, kind)):
            _check_equal(record, copy, f"the {kind} {getattr(record or copy, 'id', '')}")
            for blob in kept_blobs([record] if isinstance(record, Record) else []):
                _check_equal(reader.blob(blob), target_reader.blob(blob), "an attachment or a picture")
            digest.update(_fingerprint(record))
            records += 1
    for event, copied in zip_longest(_events(reader), _events(target_reader)):
        _check_equal(event, copied, "the feed")
        digest.update(repr(event).encode())
        events += 1
    return Copied(records, events, digest.hexdigest(), found)


def _check_equal(original: object, copy: object, place: str) -> None:
    if original != copy or (isinstance(original, Record) and _fingerprint(original) != _fingerprint(copy)):
        raise StorageError(f"The copy differs from the source in {place}: drop it and copy again.", "copy-differs")


def _records(reader: Reader, kind: str) -> Iterator[Record]:
    for page in _pages(reader, kind):
        yield from page


def _events(reader: Reader) -> Iterator[Published]:
    after = 0
    while events := reader.feed(after, _BATCH):
        yield from events
        after = events[-1].position


def _fingerprint(record: object) -> bytes:
    """All fields of a record as bytes, the same on every storage; no bytes for anything else."""
    if not isinstance(record, Record):
        return b""
    parts = [record.kind, record.id, record.version, record.owner]
    parts += [sorted(record.orders.items()), sorted(record.references.items())]
    parts += [sorted(texts) for texts in (record.terms, record.words, record.keys, record.access)]
    return json.dump(parts) + record.body + record.card
