"""Writing: one transaction on a fork of the newest snapshot."""

# ruff: noqa: D102 - what the calls promise stands in the port

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import count
from typing import Concatenate, Literal, ParamSpec, TypeVar

import attrs

from contactcore.errors import Invalid
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
    check_event,
    check_record,
    check_replacement,
    check_text,
    check_texts,
    declared,
    keeps,
)
from contactcore_memory.index import IndexName, postings
from contactcore_memory.reading import MemoryReader, Snapshot
from contactcore_memory.sorted_runs import Entry

__all__ = ["MemoryWriter"]

P = ParamSpec("P")
T = TypeVar("T")


def _writes(call: Callable[Concatenate[MemoryWriter, P], T]) -> Callable[Concatenate[MemoryWriter, P], T]:
    """A call that voids the transaction when it is refused."""

    @functools.wraps(call)
    def guarded(self: MemoryWriter, /, *args: P.args, **kwargs: P.kwargs) -> T:
        self._check_usable()
        try:
            return call(self, *args, **kwargs)
        except BaseException:
            self.usable = False
            raise

    return guarded


class MemoryWriter(MemoryReader, Writer):
    """One transaction; nobody else sees its fork before it is committed."""

    def __init__(self, kinds: Mapping[str, Kind], snapshot: Snapshot) -> None:
        super().__init__(kinds, snapshot)
        self._events: list[Published | Event] = []
        self._loaded: list[Record] = []

    def commit(self) -> Snapshot:
        """The snapshot to show from now on.

        Raises:
            BrokenReference: a loaded record refers to nothing.
            StorageError: `transaction-void`.
        """
        self._check_usable()
        self.usable = False
        there = [self._snapshot.records.get((record.kind, record.id)) for record in self._loaded]
        self._check_references(record for record in there if record is not None)
        position = self._position()
        del self._snapshot.events[self._snapshot.length :]  # the rest of a commit that was interrupted just here
        self._snapshot.events += [entry for entry in self._events if isinstance(entry, Published)]
        fresh = [entry for entry in self._events if isinstance(entry, Event)]
        self._snapshot.events += map(Published, count(position + 1), fresh)
        self._snapshot.length = len(self._snapshot.events)
        return self._snapshot

    @_writes
    def insert(self, records: Sequence[Record], existing: Literal["refuse", "keep"] = "refuse") -> list[str]:
        ids, fresh = self._add(records, keep=keeps(existing))
        self._check_references(fresh)
        return ids

    @_writes
    def replace(self, record: Record, expected: int) -> None:
        self._check([record])
        check_replacement(record, expected)
        current = self._current(record.kind, record.id, expected)
        self._put([(current, record)])
        self._check_references([record])

    @_writes
    def delete(self, kind: str, id: str, expected: int) -> None:
        current = self._current(kind, id, expected)
        for by_kind, by, _ in self._snapshot.run("to", kind, id).walk():
            if (by_kind, by) != (kind, id):
                raise BrokenReference(kind, id, by)
        self._put([(current, None)])

    @_writes
    def lock(self, kind: str, id: str, version: int | None = None) -> Stored:
        return self._current(kind, id, version).stored()

    @_writes
    def set_access(self, kind: str, owner: str, access: frozenset[str], ids: Sequence[str] | None = None) -> None:
        declared(self._kinds, kind)
        check_texts("owner", [owner])
        check_texts("access", access)
        check_texts("ids", ids or ())
        wanted = None if ids is None else set(ids)
        found = [id for (id,) in self._snapshot.run("owner", kind, owner).walk() if wanted is None or id in wanted]
        records = [self._current(kind, id) for id in found]
        self._put([(record, attrs.evolve(record, access=access)) for record in records])

    @_writes
    def reindex(self, records: Sequence[Record]) -> None:
        self._check(records)
        changes: list[tuple[Record | None, Record | None]] = []
        for record in {(record.kind, record.id): record for record in records}.values():
            current = self._current(record.kind, record.id, record.version)
            derived = attrs.evolve(record, body=current.body, references=current.references, owner=current.owner)
            changes.append((current, derived))
        self._put(changes)

    @_writes
    def publish(self, events: Iterable[Event]) -> None:
        for event in events:
            check_event(event)
            self._events.append(event)

    @_writes
    def claim(self, query: Query, until: str) -> list[Stored]:
        check_text("until", until, LONGEST_KEY)
        records = [self._current(query.kind, card.id) for card in self.find(query).cards]
        self._put([(one, attrs.evolve(one, orders={**one.orders, query.order: until})) for one in records])
        return [record.stored() for record in records]

    @_writes
    def keep_blob(self, digest: str, data: bytes) -> None:
        check_texts("digest", [digest])
        if self._snapshot.blobs.get(digest) is None:
            self._snapshot.blobs.put(digest, bytes(data))

    @_writes
    def drop_blob(self, digest: str) -> None:
        check_texts("digest", [digest])
        self._snapshot.blobs.drop(digest)

    @_writes
    def load(self, records: Sequence[Record], events: Sequence[Published] = ()) -> None:
        last = self._position() + sum(isinstance(entry, Event) for entry in self._events)
        for published in events:
            check_event(published.event)
            if not last < published.position < 1 << 62:
                raise Invalid(
                    "feed-position-taken",
                    f"Load events behind the position {last}.",
                    path="events",
                    value=published.position,
                )
            last = published.position
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
                # At once, since the next one may be a double of it; the postings follow together.
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
        """The id of the record that stands in the way of an insert and may be kept in its place."""
        if self._snapshot.records.get((record.kind, record.id)) is not None:
            if keep:
                return record.id
            raise DuplicateKey(record.id, record.id)
        holders = {key: holder for key in record.keys if (holder := self._snapshot.keys.get(key)) is not None}
        for key, (kind, id) in sorted(holders.items()):
            if not keep or kind != record.kind:
                raise DuplicateKey(key, id)
        return min((id for _, id in holders.values()), default=None)

    def _check_references(self, records: Iterable[Record]) -> None:
        for record in records:
            references = self._kinds[record.kind].references
            for name, id in record.references.items():
                if self._snapshot.records.get((references[name], id)) is None:
                    raise BrokenReference(references[name], id, record.id)

    def _put(self, changes: Sequence[tuple[Record | None, Record | None]]) -> None:
        """Put new records in the place of old ones, with their keys and postings; all keys are given up first."""
        snapshot = self._snapshot
        added: dict[IndexName, list[Entry]] = defaultdict(list)
        removed: dict[IndexName, list[Entry]] = defaultdict(list)
        for old, new in changes:
            before = set() if old is None else postings(self._kinds[old.kind], old)
            after = set() if new is None else postings(self._kinds[new.kind], new)
            for index, place in before - after:
                removed[index].append(place)
            for index, place in after - before:
                added[index].append(place)
            if old is not None:
                snapshot.records.drop((old.kind, old.id))
                for key in old.keys:
                    snapshot.keys.drop(key)
        for _, new in changes:
            if new is not None:
                self._take_keys(new)
                # A copy: what the caller does to the mappings of the record afterwards must not reach it.
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
