"""A whole storage in one file, with its proof: each workspace is a file, which every commit writes anew.

It has no index: `matches`, `sort_key` and `continues` define the answer of a query in plain Python, and this storage
computes it so. It is for small workspaces and one process. docs/own-storage.md says how to do better.
"""

import os
import pickle
import sys
import tempfile
import threading
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from itertools import count, pairwise
from pathlib import Path
from typing import Literal

import attrs
import pytest

from contactcore.errors import StorageError
from contactcore.storage import (
    LONGEST_KEY,
    BrokenReference,
    Card,
    DuplicateKey,
    Event,
    Found,
    Kind,
    MissingRecord,
    OpenTransactions,
    Published,
    Query,
    Reader,
    Record,
    StaleRecord,
    Storage,
    Stored,
    View,
    Writer,
    check_blob,
    check_boundaries,
    check_event,
    check_limit,
    check_loaded_events,
    check_query,
    check_record,
    check_replacement,
    check_text,
    check_texts,
    check_usable,
    check_workspace,
    continues,
    cursor_of,
    declared,
    keeps,
    kinds_from_text,
    matches,
    merged_kinds,
    new_records,
    sort_key,
    text_of_kinds,
    voids_when_refused,
)
from contactcore.testing import StorageSpecification

Identity = tuple[str, str]  # kind and id of a record


@attrs.frozen
class Content:
    """The content of a workspace. A writer changes a copy, so every reader keeps the content that it began with."""

    records: dict[Identity, Record] = attrs.field(factory=dict)
    events: list[Published] = attrs.field(factory=list)
    blobs: dict[str, bytes] = attrs.field(factory=dict)

    def copy(self) -> "Content":
        return Content(dict(self.records), list(self.events), dict(self.blobs))


class FolderReader(Reader):
    def __init__(self, kinds: Mapping[str, Kind], content: Content) -> None:
        self.kinds, self.content, self.usable = kinds, content, True

    def get(self, kind: str, ids: Sequence[str]) -> list[Stored | None]:
        check_usable(self)
        declared(self.kinds, kind)
        check_texts("ids", ids)
        return [None if (one := self.content.records.get((kind, id))) is None else one.stored() for id in ids]

    def holders(self, keys: Sequence[str]) -> list[Identity | None]:
        check_usable(self)
        check_texts("keys", keys)
        holders = self.holders_of_keys()
        return [holders.get(key) for key in keys]

    def holders_of_keys(self) -> dict[str, Identity]:
        return {key: identity for identity, record in self.content.records.items() for key in record.keys}

    def find(self, query: Query) -> Found:
        check_usable(self)
        cursor = check_query(declared(self.kinds, query.kind), query)
        found = [one for one in self.answers(query) if continues(query, cursor, sort_key(query, one))]
        found.sort(key=lambda record: sort_key(query, record), reverse=query.descending)
        if query.distinct_owner:
            first_of: dict[str, Record] = {}
            for record in found:
                first_of.setdefault(record.owner, record)
            found = list(first_of.values())
        page = found[: query.limit]
        places = [sort_key(query, record) for record in page]
        cursors = [cursor_of(query.order, key, id) for key, id in places]
        cards = [Card(one.id, one.version, one.owner, one.card, one.orders[query.order]) for one in page]
        first, last = (cursors[0], cursors[-1]) if cursors else (None, None)
        return Found(tuple(cards), first, last, len(found) > len(page))

    def count(self, query: Query, boundaries: Sequence[str] = ()) -> tuple[int, ...]:
        check_usable(self)
        check_boundaries(boundaries)
        check_query(declared(self.kinds, query.kind), attrs.evolve(query, after=None, limit=1))
        keys = sorted(record.orders[query.order] for record in self.answers(query))
        places = [0, *(bisect_left(keys, boundary) for boundary in boundaries), len(keys)]
        return tuple(end - begin for begin, end in pairwise(places))

    def answers(self, query: Query) -> list[Record]:
        kind = declared(self.kinds, query.kind)
        return [record for record in self.content.records.values() if matches(kind, query, record)]

    def feed(self, after: int = 0, limit: int = 1_000) -> list[Published]:
        check_usable(self)
        check_limit(limit)
        return [one for one in self.content.events if one.position > after][:limit]

    def blob(self, digest: str) -> bytes | None:
        check_usable(self)
        check_texts("digest", [digest])
        return self.content.blobs.get(digest)

    def dump(self, kind: str, after_id: str = "", limit: int = 1_000) -> list[Record]:
        check_usable(self)
        declared(self.kinds, kind)
        check_texts("after_id", [after_id])
        check_limit(limit)
        found = [record for record in self.content.records.values() if record.kind == kind and record.id > after_id]
        return [owned(record) for record in sorted(found, key=lambda record: record.id)[:limit]]


class FolderWriter(FolderReader, Writer):
    def __init__(self, kinds: Mapping[str, Kind], content: Content) -> None:
        super().__init__(kinds, content.copy())
        self.shown = content.events
        self.events: list[Published | Event] = []
        self.loaded: list[Identity] = []

    def commit(self) -> Content:
        check_usable(self)
        records = self.content.records
        self.check_references(records[identity] for identity in self.loaded if identity in records)
        self.usable = False
        loaded = [one for one in self.events if isinstance(one, Published)]
        fresh = [one for one in self.events if isinstance(one, Event)]
        events = [*self.shown, *loaded]
        behind = count(events[-1].position + 1 if events else 1)
        return attrs.evolve(self.content, events=[*events, *map(Published, behind, fresh)])

    @voids_when_refused
    def insert(self, records: Sequence[Record], existing: Literal["refuse", "keep"] = "refuse") -> list[str]:
        ids, fresh = self.add(records, keep=keeps(existing))
        self.check_references(fresh)
        return ids

    @voids_when_refused
    def replace(self, record: Record, expected: int) -> None:
        check_record(declared(self.kinds, record.kind), record)
        check_replacement(record, expected)
        self.current(record.kind, record.id, expected)
        self.put([record])
        self.check_references([record])

    @voids_when_refused
    def delete(self, kind: str, id: str, expected: int) -> None:
        self.current(kind, id, expected)
        del self.content.records[kind, id]
        for one in self.content.records.values():
            if any((self.kinds[one.kind].references[name], to) == (kind, id) for name, to in one.references.items()):
                raise BrokenReference(kind, id, one.id)

    @voids_when_refused
    def lock(self, kind: str, id: str, version: int | None = None) -> Stored:
        return self.current(kind, id, version).stored()  # there is one writer at a time, which holds every record

    @voids_when_refused
    def set_access(self, kind: str, owner: str, access: frozenset[str], ids: Sequence[str] | None = None) -> None:
        declared(self.kinds, kind)
        check_texts("owner", [owner])
        check_texts("access", access)
        check_texts("ids", ids or ())
        for (its_kind, id), record in self.content.records.items():
            if its_kind == kind and record.owner == owner and (ids is None or id in ids):
                self.content.records[kind, id] = attrs.evolve(record, access=access)

    @voids_when_refused
    def reindex(self, records: Sequence[Record]) -> None:
        changed = []
        for record in records:
            check_record(declared(self.kinds, record.kind), record)
            old = self.current(record.kind, record.id, record.version)
            changed.append(attrs.evolve(record, body=old.body, owner=old.owner, references=old.references))
        self.put(changed)

    @voids_when_refused
    def publish(self, events: Iterable[Event]) -> None:
        for event in events:
            check_event(event)
            self.events.append(event)

    @voids_when_refused
    def claim(self, query: Query, until: str) -> list[Stored]:
        check_text("until", until, LONGEST_KEY)
        taken = [self.current(query.kind, card.id) for card in self.find(query).cards]
        self.put([attrs.evolve(one, orders={**one.orders, query.order: until}) for one in taken])
        return [record.stored() for record in taken]

    @voids_when_refused
    def keep_blob(self, digest: str, data: bytes) -> None:
        check_blob(digest, data)
        self.content.blobs.setdefault(digest, bytes(data))

    @voids_when_refused
    def drop_blob(self, digest: str) -> None:
        check_texts("digest", [digest])
        self.content.blobs.pop(digest, None)

    @voids_when_refused
    def load(self, records: Sequence[Record], events: Sequence[Published] = ()) -> None:
        positions = [one.position for one in (*self.shown, *self.events) if isinstance(one, Published)]
        own = sum(isinstance(one, Event) for one in self.events)
        check_loaded_events(events, max(positions, default=0) + own)
        _, fresh = self.add(records, keep=False)
        self.loaded += [(record.kind, record.id) for record in fresh]
        self.events += events

    def add(self, records: Sequence[Record], *, keep: bool) -> tuple[list[str], list[Record]]:
        for record in records:
            check_record(declared(self.kinds, record.kind), record)
        ids, fresh = new_records(records, self.content.records.keys(), self.holders_of_keys(), keep=keep)
        self.content.records.update({(record.kind, record.id): owned(record) for record in fresh})
        return ids, fresh

    def put(self, records: Sequence[Record]) -> None:
        self.content.records.update({(record.kind, record.id): owned(record) for record in records})
        holders = defaultdict(list)
        for identity, record in self.content.records.items():
            for key in record.keys:
                holders[key].append(identity)
        for record in records:
            for key in record.keys:
                for kind, id in holders[key]:
                    if (kind, id) != (record.kind, record.id):
                        raise DuplicateKey(key, id)

    def current(self, kind: str, id: str, expected: int | None = None) -> Record:
        declared(self.kinds, kind)
        check_texts("id", [id])
        record = self.content.records.get((kind, id))
        if record is None:
            raise MissingRecord(kind, id)
        if expected is not None and record.version != expected:
            raise StaleRecord(record.stored())
        return record

    def check_references(self, records: Iterable[Record]) -> None:
        for record in records:
            for name, id in record.references.items():
                target = self.kinds[record.kind].references[name]
                if (target, id) not in self.content.records:
                    raise BrokenReference(target, id, record.id)


def owned(record: Record) -> Record:
    """A copy whose mappings nobody else can change."""
    return attrs.evolve(record, orders=dict(record.orders), references=dict(record.references))


class FolderStorage(Storage):
    """Workspaces as files of a folder, for the threads of one process; one of them writes at a time."""

    def __init__(self, folder: Path, patience: float = 30.0) -> None:
        self.folder, self.patience = folder, patience
        self.kinds: dict[str, Kind] = {}
        self.open, self.lock = OpenTransactions(), threading.Lock()
        folder.mkdir(exist_ok=True)
        files = [path.read_bytes() for path in folder.glob("*.workspace")]
        self.contents = dict(pickle.loads(data) for data in files)  # noqa: S301 - files that this storage wrote

    def install(self, kinds: Sequence[Kind], views: Sequence[View] = ()) -> None:  # noqa: ARG002 - the port names it
        """Declare kinds. Report views need SQL, so this storage has none."""
        path = self.folder / "kinds.json"
        with self.writing():
            kept = kinds_from_text(path.read_text("utf-8")) if path.exists() else {}
            self.save(path, text_of_kinds(merged_kinds(kept, kinds)).encode())
            self.kinds = merged_kinds(self.kinds, kinds)

    @contextmanager
    def read(self, workspace: str) -> Iterator[FolderReader]:
        check_workspace(workspace)
        with self.open.reading():
            reader = FolderReader(self.kinds, self.contents.get(workspace) or Content())
            try:
                yield reader
            finally:
                reader.usable = False

    @contextmanager
    def write(self, workspace: str) -> Iterator[FolderWriter]:
        check_workspace(workspace)
        with self.writing():
            writer = FolderWriter(self.kinds, self.contents.get(workspace) or Content())
            try:
                yield writer
                content = writer.commit()
            finally:
                writer.usable = False
            self.keep(workspace, content)

    def create(self, workspace: str) -> bool:
        check_workspace(workspace)
        with self.writing():
            if workspace in self.contents:
                return False
            self.keep(workspace, Content())
            return True

    def drop(self, workspace: str) -> bool:
        check_workspace(workspace)
        with self.writing():
            if workspace not in self.contents:
                return False
            self.path(workspace).unlink()
            del self.contents[workspace]
            return True

    def workspaces(self, after: str = "", limit: int = 1_000, due_before: str | None = None) -> list[str]:
        self.open.check_open()
        check_texts("after", [after])
        check_text("due_before", due_before or "", LONGEST_KEY)
        check_limit(limit)
        names = sorted(name for name in list(self.contents) if name > after)
        return [name for name in names if due_before is None or self.is_due(name, due_before)][:limit]

    def scrub(self) -> None:
        """Do nothing: a file holds nothing but the present content."""
        with self.open.writing():
            return

    def close(self) -> None:
        self.open.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        with self.open.writing():
            if not self.lock.acquire(timeout=self.patience):
                raise StorageError("Another writer holds the folder: try again later.", "storage-busy")
            try:
                yield
            finally:
                self.lock.release()

    def is_due(self, workspace: str, before: str) -> bool:
        due = {(kind.name, order.name) for kind in self.kinds.values() for order in kind.orders if order.due}
        records = self.contents.get(workspace, Content()).records.values()
        return any(
            key < before and (record.kind, name.partition(":")[0]) in due
            for record in records
            for name, key in record.orders.items()
        )

    def path(self, workspace: str) -> Path:
        return self.folder / f"{sha256(workspace.encode()).hexdigest()}.workspace"  # names may be long

    def keep(self, workspace: str, content: Content) -> None:
        self.save(self.path(workspace), pickle.dumps((workspace, content)))
        self.contents[workspace] = content

    def save(self, path: Path, data: bytes) -> None:
        """Replace a file. A reader of the folder finds the old one or the new one, even after a crash."""
        new = path.with_suffix(".new")
        try:
            with new.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            new.replace(path)
        except OSError as error:
            raise StorageError(f"The folder cannot be written: {error.strerror}.", "storage-lost") from error


class TestFolderStorage(StorageSpecification):
    """Runs the whole specification. The author of a storage writes nothing but this class."""

    @contextmanager
    def fresh_storage(self) -> Iterator[FolderStorage]:
        with tempfile.TemporaryDirectory() as folder:
            yield FolderStorage(Path(folder, "workspaces"))

    def reopen(self, storage: Storage) -> FolderStorage:
        assert isinstance(storage, FolderStorage)
        storage.close()
        return FolderStorage(storage.folder)


if __name__ == "__main__":  # arguments go to pytest: `-k histories`
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", "-W", "default", __file__, *sys.argv[1:]]))
