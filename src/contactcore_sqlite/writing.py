"""The writer: one transaction on the connection that holds the write lock of the file."""

# ruff: noqa: D102 - the port states the promises of the calls

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import attrs

from contactcore.storage import (
    LONGEST_KEY,
    BrokenReference,
    Event,
    Found,
    Kind,
    Published,
    Query,
    Record,
    Stored,
    Writer,
    check_blob,
    check_event,
    check_loaded_events,
    check_replacement,
    check_text,
    check_texts,
    check_usable,
    declared,
    keeps,
    new_records,
    voids_when_refused,
)
from contactcore.storage.checks import check_records
from contactcore.storage.postings import Postings
from contactcore_sqlite.connection import Connection, Memory
from contactcore_sqlite.first_answers import first_answers_of
from contactcore_sqlite.index_writer import IndexWriter
from contactcore_sqlite.order_index import OrderIndexes
from contactcore_sqlite.reading import SQLiteReader
from contactcore_sqlite.record_table import RecordTable, Reference
from contactcore_sqlite.waiting_writers import WaitingWriters

if TYPE_CHECKING:
    from contactcore_sqlite.query_plan import QueryPlan

__all__ = ["SQLiteWriter"]


class SQLiteWriter(SQLiteReader, Writer):
    """One transaction. `BEGIN IMMEDIATE` keeps every other writer of the file out until it ends."""

    def __init__(
        self,
        connection: Connection,
        kinds: Mapping[str, Kind],
        postings: Postings,
        indexes: OrderIndexes,
        memory: Memory,
        waiting: WaitingWriters,
    ) -> None:
        super().__init__(connection, kinds, postings, indexes, memory)
        self._table = RecordTable(connection, kinds, indexes.workspace, memory, self._sets)
        self._index = IndexWriter(connection, kinds, indexes, postings, self._sets)
        self._waiting = waiting
        self._first = first_answers_of(memory, indexes.workspace)
        self._events: list[Event] = []
        self._feed_end: int | None = None
        # References of loaded records whose targets do not exist yet.
        self._dangling: list[Reference] = []

    @property
    def words_added(self) -> int:
        """The number of records whose words were added to the word index."""
        return self._index.words_added

    def finish(self) -> None:
        """Check the loaded references and store the events, just before the commit.

        Raises:
            BrokenReference: a loaded record refers to no record.
            StorageError: `transaction-void`.
        """
        check_usable(self)
        if self._dangling:
            self._refuse(self._table.add_references(self._dangling))
        self._index.write()
        self._index.write_words()
        if self._events:
            self._keep_events(enumerate(self._events, self._position() + 1))

    def is_awaited(self) -> bool:
        return self._waiting.expected()

    def find(self, query: Query) -> Found:
        check_usable(self)
        known = self._first.get(query)
        if known is None:
            known = super().find(query)
            self._first.keep(query, known)
        return known

    def _plan(self, query: Query, *, whole: bool = False) -> QueryPlan | None:
        self._write_index(query)
        return super()._plan(query, whole=whole)

    def _one(self, kind: str, id: str) -> Stored | None:
        # A record that is read here is mostly changed, and is then not read again.
        found = self._table.find(kind, id)
        return None if found is None else found[1].stored()

    def feed(self, after: int = 0, limit: int = 1_000) -> list[Published]:
        # Loaded events are in the table already, and appear with the commit.
        return [it for it in super().feed(after, limit) if self._feed_end is None or it.position <= self._feed_end]

    @voids_when_refused
    def insert(self, records: Sequence[Record], existing: Literal["refuse", "keep"] = "refuse") -> list[str]:
        ids, targets = self._add(records, keep=keeps(existing))
        self._refuse(self._table.add_references(targets))
        return ids

    @voids_when_refused
    def replace(self, record: Record, expected: int) -> None:
        self._check([record])
        check_replacement(record, expected)
        n, current = self._table.current(record.kind, record.id, expected)
        self._put([(n, current, record)])
        if current.references == record.references and not self._dangling:
            return
        self._forget_dangling(n)
        gone = [name for name, id in current.references.items() if record.references.get(name) != id]
        self._table.remove_references(n, current, gone)
        if record.references:
            self._refuse(self._table.add_references(self._table.references(n, record)))

    @voids_when_refused
    def delete(self, kind: str, id: str, expected: int) -> None:
        n, current = self._current(kind, id, expected)
        self._connection.count_written(1)
        self._first.change([kind])
        self._index.write()
        self._index.apply([(n, current, None)])
        self._forget_dangling(n)
        self._table.remove(n, current)

    @voids_when_refused
    def lock(self, kind: str, id: str, version: int | None = None) -> Stored:
        return self._current(kind, id, version)[1].stored()

    @voids_when_refused
    def set_access(self, kind: str, owner: str, access: frozenset[str], ids: Sequence[str] | None = None) -> None:
        declared(self._kinds, kind)
        check_texts("owner", [owner])
        check_texts("access", access)
        check_texts("ids", ids or ())
        wanted = None if ids is None else set(ids)
        found = self._table.owned_by(kind, owner)
        self._put(
            [
                (n, record, attrs.evolve(record, access=access))
                for n, record in found
                if record.access != access and (wanted is None or record.id in wanted)
            ]
        )

    @voids_when_refused
    def reindex(self, records: Sequence[Record]) -> None:
        self._check(records)
        changes = []
        for record in {(record.kind, record.id): record for record in records}.values():
            n, current = self._table.current(record.kind, record.id, record.version)
            derived = attrs.evolve(record, body=current.body, references=current.references, owner=current.owner)
            if derived != current:
                changes.append((n, current, derived))
        if changes:
            self._put(changes)

    @voids_when_refused
    def publish(self, events: Iterable[Event]) -> None:
        for event in events:
            check_event(event)
            self._events.append(event)

    @voids_when_refused
    def claim(self, query: Query, until: str) -> list[Stored]:
        check_text("until", until, LONGEST_KEY)
        found = [self._table.current(query.kind, card.id) for card in self.find(query).cards]
        self._put([(n, one, attrs.evolve(one, orders={**one.orders, query.order: until})) for n, one in found])
        return [one.stored() for _, one in found]

    @voids_when_refused
    def keep_blob(self, digest: str, data: bytes) -> None:
        check_blob(digest, data)
        self._connection.run("INSERT OR IGNORE INTO blob VALUES (?, ?, ?)", (self._workspace, digest, data))

    @voids_when_refused
    def drop_blob(self, digest: str) -> None:
        check_texts("digest", [digest])
        self._connection.run("DELETE FROM blob WHERE workspace = ? AND digest = ?", (self._workspace, digest))

    @voids_when_refused
    def load(self, records: Sequence[Record], events: Sequence[Published] = ()) -> None:
        if self._feed_end is None:
            self._feed_end = self._position()
        last = self._position() + len(self._events)
        check_loaded_events(events, last)
        _, targets = self._add(records, keep=False)
        self._dangling += self._table.add_references(targets)
        self._keep_events((published.position, published.event) for published in events)

    def _add(self, records: Sequence[Record], *, keep: bool) -> tuple[list[str], list[Reference]]:
        self._check(records)
        self._connection.count_written(len(records))
        fresh = records
        ids = [record.id for record in records]
        # Only a batch whose records may stay out is looked up first. The unique indexes refuse any other one.
        if keep or not _are_distinct(records):
            ids, fresh = self._new(records, self._table.last, keep=keep)
        last = self._table.last
        numbers = self._table.add(fresh)
        if numbers is None:
            self._new(records, last, keep=False)
            raise AssertionError("an id or a key was taken")
        self._first.add(fresh)
        self._index.add(numbers, fresh)
        referring = [(n, record) for n, record in zip(numbers, fresh, strict=True) if record.references]
        return ids, [target for n, record in referring for target in self._table.references(n, record)]

    def _new(self, records: Sequence[Record], last: int, *, keep: bool) -> tuple[list[str], list[Record]]:
        """Return what `new_records` says of a batch, with respect to the records up to the number `last`."""
        by_kind: dict[str, list[str]] = defaultdict(list)
        for record in records:
            by_kind[record.kind].append(record.id)
        present = {
            (kind, id) for kind, ids in by_kind.items() for id, n in self._table.numbers(kind, ids).items() if n <= last
        }
        holders = self._holders([key for record in records for key in record.keys], last)
        return new_records(records, present, holders, keep=keep)

    @voids_when_refused
    def _write_index(self, query: Query) -> None:
        self._index.write(query.kind)
        if query.words:
            self._index.write_words()

    def _put(self, changes: Sequence[tuple[int, Record, Record]]) -> None:
        # A record that moves for one of the collected entries takes its postings along, which follow from its row.
        self._index.write()
        self._connection.count_written(len(changes))
        self._first.change(new.kind for _, _, new in changes)
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

    def _refuse(self, dangling: Sequence[Reference]) -> None:
        for _, _, kind, id, by in dangling:
            raise BrokenReference(kind, id, by)

    def _position(self) -> int:
        key = (self._workspace, "feed")
        if key not in self._memory:
            ((self._memory[key],),) = self._connection.rows(
                "SELECT coalesce(max(position), 0) FROM event WHERE workspace = ?", (self._workspace,)
            )
        return int(self._memory[key])

    def _keep_events(self, events: Iterable[tuple[int, Event]]) -> None:
        rows = [(self._workspace, at, event.name, event.subject, event.at, event.data) for at, event in events]
        if rows:
            self._connection.many("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?)", rows)
            self._memory[self._workspace, "feed"] = rows[-1][1]


def _are_distinct(records: Sequence[Record]) -> bool:
    """Return whether no two records have the same id or a key in common."""
    if len(records) == 1:
        return True
    keys = [key for record in records for key in record.keys]
    return len({(it.kind, it.id) for it in records}) == len(records) and len(set(keys)) == len(keys)
