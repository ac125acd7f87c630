"""The writer: one transaction on a fork of the newest snapshot."""

# ruff: noqa: D102 - the port states the promises of the calls

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import Literal

import attrs

from contactcore.storage import (
    LONGEST_KEY,
    BrokenReference,
    DuplicateKey,
    Event,
    Kind,
    MissingRecord,
    Published,
    Query,
    Record,
    StaleRecord,
    Stored,
    Writer,
    check_blob,
    check_event,
    check_loaded_events,
    check_record,
    check_replacement,
    check_text,
    check_texts,
    check_usable,
    declared,
    holder_of,
    keeps,
    voids_when_refused,
)
from contactcore_memory.index import IndexName, index_entries
from contactcore_memory.reading import MemoryReader, Snapshot
from contactcore_memory.sorted_runs import Entry

__all__ = ["MemoryWriter"]


class MemoryWriter(MemoryReader, Writer):
    """One transaction. No other reader or writer sees its fork before the commit."""

    def __init__(self, kinds: Mapping[str, Kind], snapshot: Snapshot) -> None:
        super().__init__(kinds, snapshot)
        self._events: list[Published | Event] = []
        self._loaded: list[Record] = []

    def commit(self) -> Snapshot:
        """Return the new snapshot of the workspace.

        Raises:
            BrokenReference: a loaded record refers to no record.
            StorageError: `transaction-void`.
        """
        check_usable(self)
        self.usable = False
        there = [self._snapshot.records.get((record.kind, record.id)) for record in self._loaded]
        self._check_references(record for record in there if record is not None)
        position = self._position()
        del self._snapshot.events[self._snapshot.length :]  # left over if a commit was interrupted here
        self._snapshot.events += [entry for entry in self._events if isinstance(entry, Published)]
        fresh = [entry for entry in self._events if isinstance(entry, Event)]
        self._snapshot.events += map(Published, count(position + 1), fresh)
        self._snapshot.length = len(self._snapshot.events)
        return self._snapshot

    @voids_when_refused
    def insert(self, records: Sequence[Record], existing: Literal["refuse", "keep"] = "refuse") -> list[str]:
        ids, fresh = self._add(records, keep=keeps(existing))
        self._check_references(fresh)
        return ids

    @voids_when_refused
    def replace(self, record: Record, expected: int) -> None:
        self._check([record])
        check_replacement(record, expected)
        current = self._current(record.kind, record.id, expected)
        self._put([(current, record)])
        self._check_references([record])

    @voids_when_refused
    def delete(self, kind: str, id: str, expected: int) -> None:
        current = self._current(kind, id, expected)
        for by_kind, by, _ in self._snapshot.run("to", kind, id).walk():
            if (by_kind, by) != (kind, id):
                raise BrokenReference(kind, id, by)
        self._put([(current, None)])

    @voids_when_refused
    def lock(self, kind: str, id: str, version: int | None = None) -> Stored:
        return self._current(kind, id, version).stored()

    @voids_when_refused
    def set_access(self, kind: str, owner: str, access: frozenset[str], ids: Sequence[str] | None = None) -> None:
        declared(self._kinds, kind)
        check_texts("owner", [owner])
        check_texts("access", access)
        check_texts("ids", ids or ())
        wanted = None if ids is None else set(ids)
        found = [id for (id,) in self._snapshot.run("owner", kind, owner).walk() if wanted is None or id in wanted]
        records = [self._current(kind, id) for id in found]
        self._put([(record, attrs.evolve(record, access=access)) for record in records])

    @voids_when_refused
    def reindex(self, records: Sequence[Record]) -> None:
        self._check(records)
        changes: list[tuple[Record | None, Record | None]] = []
        for record in {(record.kind, record.id): record for record in records}.values():
            current = self._current(record.kind, record.id, record.version)
            derived = attrs.evolve(record, body=current.body, references=current.references, owner=current.owner)
            changes.append((current, derived))
        self._put(changes)

    @voids_when_refused
    def publish(self, events: Iterable[Event]) -> None:
        for event in events:
            check_event(event)
            self._events.append(event)

    @voids_when_refused
    def claim(self, query: Query, until: str) -> list[Stored]:
        check_text("until", until, LONGEST_KEY)
        records = [self._current(query.kind, card.id) for card in self.find(query).cards]
        self._put([(one, attrs.evolve(one, orders={**one.orders, query.order: until})) for one in records])
        return [record.stored() for record in records]

    @voids_when_refused
    def keep_blob(self, digest: str, data: bytes) -> None:
        check_blob(digest, data)
        if self._snapshot.blobs.get(digest) is None:
            self._snapshot.blobs.put(digest, bytes(data))

    @voids_when_refused
    def drop_blob(self, digest: str) -> None:
        check_texts("digest", [digest])
        self._snapshot.blobs.drop(digest)

    @voids_when_refused
    def load(self, records: Sequence[Record], events: Sequence[Published] = ()) -> None:
        last = self._position() + sum(isinstance(entry, Event) for entry in self._events)
        check_loaded_events(events, last)
        _, fresh = self._add(records, keep=False)
        self._loaded.extend(fresh)
        self._events.extend(events)

    def _position(self) -> int:
        taken = [entry.position for entry in self._events if isinstance(entry, Published)]
        shown = self._snapshot.events[self._snapshot.length - 1].position if self._snapshot.length else 0
        return max([shown, *taken])

    def _add(self, records: Sequence[Record], *, keep: bool) -> tuple[list[str], list[Record]]:
        self._check(records)
        ids: list[str] = []
        fresh: list[Record] = []
        for record in records:
            holder = self._holder(record, keep=keep)
            ids.append(record.id if holder is None else holder)
            if holder is None:
                fresh.append(record)
                # Stored at once, because the next record may duplicate it. The index entries follow for all records.
                self._snapshot.records.put((record.kind, record.id), record)
                self._take_keys(record)
        self._put([(None, record) for record in fresh])
        return ids, fresh

    def _check(self, records: Sequence[Record]) -> None:
        for record in records:
            check_record(declared(self._kinds, record.kind), record)

    def _current(self, kind: str, id: str, expected: int | None = None) -> Record:
        declared(self._kinds, kind)
        check_texts("id", [id])
        current = self._snapshot.records.get((kind, id))
        if current is None:
            raise MissingRecord(kind, id)
        if expected is not None and current.version != expected:
            raise StaleRecord(current.stored())
        return current

    def _holder(self, record: Record, *, keep: bool) -> str | None:
        present = self._snapshot.records.get((record.kind, record.id)) is not None
        taken = {key: holder for key in record.keys if (holder := self._snapshot.keys.get(key)) is not None}
        return holder_of(record, taken, present=present, keep=keep)

    def _check_references(self, records: Iterable[Record]) -> None:
        for record in records:
            references = self._kinds[record.kind].references
            for name, id in record.references.items():
                if self._snapshot.records.get((references[name], id)) is None:
                    raise BrokenReference(references[name], id, record.id)

    def _put(self, changes: Sequence[tuple[Record | None, Record | None]]) -> None:
        """Replace old records by new ones, with keys and index entries. All old keys are released before new ones."""
        snapshot = self._snapshot
        added: dict[IndexName, list[Entry]] = defaultdict(list)
        removed: dict[IndexName, list[Entry]] = defaultdict(list)
        for old, new in changes:
            before = set() if old is None else index_entries(self._kinds[old.kind], old)
            after = set() if new is None else index_entries(self._kinds[new.kind], new)
            for index, entry in before - after:
                removed[index].append(entry)
            for index, entry in after - before:
                added[index].append(entry)
            if old is not None:
                snapshot.records.drop((old.kind, old.id))
                for key in old.keys:
                    snapshot.keys.drop(key)
        for _, new in changes:
            if new is not None:
                self._take_keys(new)
                # A copy, because the caller may change the mappings of the record afterwards.
                copy = attrs.evolve(new, orders=dict(new.orders), references=dict(new.references))
                snapshot.records.put((new.kind, new.id), copy)
        for index in added.keys() | removed.keys():
            run = snapshot.run(*index).changed(added.get(index, ()), removed.get(index, ()))
            if run.chunks:
                snapshot.runs.put(index, run.chunks)
            else:
                snapshot.runs.drop(index)

    def _take_keys(self, record: Record) -> None:
        for key in record.keys:
            holder = self._snapshot.keys.get(key)
            if holder is not None and holder != (record.kind, record.id):
                raise DuplicateKey(key, holder[1])
            self._snapshot.keys.put(key, (record.kind, record.id))
