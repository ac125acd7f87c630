"""Writing: one transaction on the connection that holds the file's write lock."""

# ruff: noqa: D102 - what the calls promise stands in the port

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Concatenate, Literal, ParamSpec, TypeVar

import attrs

from contactcore.errors import Invalid
from contactcore.storage import (
    LONGEST_KEY,
    BrokenReference,
    DuplicateKey,
    Event,
    Kind,
    Published,
    Query,
    Record,
    Stored,
    Writer,
    check_event,
    check_replacement,
    check_text,
    check_texts,
    declared,
    keeps,
)
from contactcore.storage.checks import check_records
from contactcore.storage.postings import Postings
from contactcore_sqlite.index import Index
from contactcore_sqlite.link import Link
from contactcore_sqlite.reading import SQLiteReader
from contactcore_sqlite.table import Table, Target
from contactcore_sqlite.walks import Walks

__all__ = ["SQLiteWriter"]

P = ParamSpec("P")
T = TypeVar("T")


def _writes(call: Callable[Concatenate[SQLiteWriter, P], T]) -> Callable[Concatenate[SQLiteWriter, P], T]:
    """A call that voids the transaction when it is refused."""

    @functools.wraps(call)
    def guarded(self: SQLiteWriter, /, *args: P.args, **kwargs: P.kwargs) -> T:
        self._check_usable()
        try:
            return call(self, *args, **kwargs)
        except BaseException:
            self.usable = False
            raise

    return guarded


class SQLiteWriter(SQLiteReader, Writer):
    """One transaction; `BEGIN IMMEDIATE` keeps every other writer of the file out until it ends."""

    def __init__(self, link: Link, kinds: Mapping[str, Kind], postings: Postings, walks: Walks) -> None:
        super().__init__(link, kinds, postings, walks)
        self._table = Table(link, kinds, walks.workspace)
        self._index = Index(link, kinds, walks, postings)
        self._events: list[Event] = []
        self._dangling: list[Target] = []

    @property
    def worded(self) -> int:
        """How many records' words were put into the index."""
        return self._index.worded

    def finish(self) -> None:
        """Do what is left for the end of the transaction, just before its commit.

        Raises:
            BrokenReference: a loaded record refers to nothing.
            StorageError: `transaction-void`.
        """
        self._check_usable()
        self._complain(self._table.refer(self._dangling))
        self._keep_events(enumerate(self._events, self._position() + 1))

    @_writes
    def insert(self, records: Sequence[Record], existing: Literal["refuse", "keep"] = "refuse") -> list[str]:
        ids, targets = self._add(records, keep=keeps(existing))
        self._complain(self._table.refer(targets))
        return ids

    @_writes
    def replace(self, record: Record, expected: int) -> None:
        self._check([record])
        check_replacement(record, expected)
        n, current = self._table.current(record.kind, record.id, expected)
        self._table.put([(n, current, record)])
        self._index.apply([(n, current, record)])
        self._forget_dangling(n)
        gone = [name for name, id in current.references.items() if record.references.get(name) != id]
        self._table.unrefer(n, current, gone)
        if record.references:
            self._complain(self._table.refer(self._table.targets(n, record)))

    @_writes
    def delete(self, kind: str, id: str, expected: int) -> None:
        n, current = self._current(kind, id, expected)
        self._index.apply([(n, current, None)])
        self._forget_dangling(n)
        self._table.remove(n, current)

    @_writes
    def lock(self, kind: str, id: str, version: int | None = None) -> Stored:
        return self._current(kind, id, version)[1].stored()

    @_writes
    def set_access(self, kind: str, owner: str, access: frozenset[str], ids: Sequence[str] | None = None) -> None:
        declared(self._kinds, kind)
        check_texts("owner", [owner])
        check_texts("access", access)
        check_texts("ids", ids or ())
        wanted = None if ids is None else set(ids)
        found = self._table.hanging(kind, owner)
        self._put(
            [
                (n, record, attrs.evolve(record, access=access))
                for n, record in found
                if record.access != access and (wanted is None or record.id in wanted)
            ]
        )

    @_writes
    def reindex(self, records: Sequence[Record]) -> None:
        self._check(records)
        changes = []
        for record in {(record.kind, record.id): record for record in records}.values():
            n, current = self._table.current(record.kind, record.id, record.version)
            derived = attrs.evolve(record, body=current.body, references=current.references, owner=current.owner)
            changes.append((n, current, derived))
        self._put(changes)

    @_writes
    def publish(self, events: Iterable[Event]) -> None:
        for event in events:
            check_event(event)
            self._events.append(event)

    @_writes
    def claim(self, query: Query, until: str) -> list[Stored]:
        check_text("until", until, LONGEST_KEY)
        found = [self._table.current(query.kind, card.id) for card in self.find(query).cards]
        self._put([(n, one, attrs.evolve(one, orders={**one.orders, query.order: until})) for n, one in found])
        return [one.stored() for _, one in found]

    @_writes
    def keep_blob(self, digest: str, data: bytes) -> None:
        check_texts("digest", [digest])
        self._link.run("INSERT OR IGNORE INTO blob VALUES (?, ?, ?)", (self._workspace, digest, data))

    @_writes
    def drop_blob(self, digest: str) -> None:
        check_texts("digest", [digest])
        self._link.run("DELETE FROM blob WHERE workspace = ? AND digest = ?", (self._workspace, digest))

    @_writes
    def load(self, records: Sequence[Record], events: Sequence[Published] = ()) -> None:
        last = self._position() + len(self._events)
        for published in events:
            check_event(published.event)
            if published.position <= last or published.position >= 1 << 62:
                raise Invalid(
                    "feed-position-taken",
                    f"Load events behind the position {last}.",
                    path="events",
                    value=published.position,
                )
            last = published.position
        _, targets = self._add(records, keep=False)
        self._dangling += self._table.refer(targets)
        self._keep_events((published.position, published.event) for published in events)

    def _add(self, records: Sequence[Record], *, keep: bool) -> tuple[list[str], list[Target]]:
        self._check(records)
        by_kind: dict[str, list[str]] = defaultdict(list)
        for record in records:
            by_kind[record.kind].append(record.id)
        there = {(kind, id) for kind, ids in by_kind.items() for id in self._table.numbers(kind, ids)}
        keys = [key for record in records for key in record.keys]
        holders = self._held(keys)
        distinct = len(set(keys)) == len(keys) and all(len(set(ids)) == len(ids) for ids in by_kind.values())
        fresh = records
        ids = [record.id for record in records]
        if there or holders or not distinct:
            ids, fresh = _sifted(records, there, holders, keep=keep)
        numbers = self._table.add(fresh)
        self._index.add(numbers, fresh)
        referring = [(n, record) for n, record in zip(numbers, fresh, strict=True) if record.references]
        return ids, [target for n, record in referring for target in self._table.targets(n, record)]

    def _put(self, changes: Sequence[tuple[int, Record, Record]]) -> None:
        self._table.put(changes)
        self._index.apply(changes)

    def _check(self, records: Sequence[Record]) -> None:
        check_records(self._kinds, records)

    def _current(self, kind: str, id: str, expected: int | None) -> tuple[int, Record]:
        declared(self._kinds, kind)
        check_texts("id", [id])
        return self._table.current(kind, id, expected)

    def _forget_dangling(self, n: int) -> None:
        self._dangling = [target for target in self._dangling if target[0] != n]

    def _complain(self, dangling: Sequence[Target]) -> None:
        for _, _, kind, id, by in dangling:
            raise BrokenReference(kind, id, by)

    def _position(self) -> int:
        ((last,),) = self._link.rows(
            "SELECT coalesce(max(position), 0) FROM event WHERE workspace = ?", (self._workspace,)
        )
        return int(last)

    def _keep_events(self, events: Iterable[tuple[int, Event]]) -> None:
        self._link.many(
            "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?)",
            [(self._workspace, at, event.name, event.subject, event.at, event.data) for at, event in events],
        )


def _sifted(
    records: Sequence[Record], there: set[tuple[str, str]], holders: dict[str, tuple[str, str]], *, keep: bool
) -> tuple[list[str], list[Record]]:
    """The id under which each record will stand, and those that are to be added.

    Args:
        records: What is inserted.
        there: Kind and id of those that stand there already.
        holders: Kind and id of the holders of their keys.
        keep: Whether what stands there may be kept.

    Raises:
        DuplicateKey: something stands in the way and may not be kept.
    """
    ids: list[str] = []
    fresh: list[Record] = []
    for record in records:
        kept = _holder(record, there, holders, keep=keep)
        ids.append(record.id if kept is None else kept)
        if kept is None:
            fresh.append(record)
            there.add((record.kind, record.id))
            holders.update((key, (record.kind, record.id)) for key in record.keys)
    return ids, fresh


def _holder(
    record: Record, there: set[tuple[str, str]], holders: Mapping[str, tuple[str, str]], *, keep: bool
) -> str | None:
    """The id of the record that stands in the way of an insert and may be kept in its place."""
    if (record.kind, record.id) in there:
        if keep:
            return record.id
        raise DuplicateKey(record.id, record.id)
    taken = {key: holder for key in record.keys if (holder := holders.get(key)) is not None}
    for key, (kind, id) in sorted(taken.items()):
        if not keep or kind != record.kind:
            raise DuplicateKey(key, id)
    return min((id for _, id in taken.values()), default=None)
