"""Writing: one transaction."""

# ruff: noqa: D102 - what the calls promise stands in the port

# ruff: noqa: S608 - statements are put together from constants; every value of the caller's is bound

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Concatenate, Literal, ParamSpec, TypeVar

import attrs

from contactcore.errors import Invalid, StorageError
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
    matches,
)
from contactcore.storage.postings import Postings
from contactcore_postgres.connections import Transaction
from contactcore_postgres.reading import PostgresReader
from contactcore_postgres.rows import COLUMNS, LIGHT_COLUMNS, Index, record_of
from contactcore_postgres.tables import add_indexes, add_records, change_indexes, put_record, take_keys

__all__ = ["PostgresWriter"]

P = ParamSpec("P")
T = TypeVar("T")

_HELD = "FROM record WHERE workspace = %(ws)s AND kind = %(kind)s"
_ID = " AND id = ANY(%(ids)s::text[])"
_HOLD = " ORDER BY id FOR NO KEY UPDATE"
_REFERRING = (
    "SELECT id FROM reference WHERE workspace = %(ws)s AND to_kind = %(kind)s AND to_id = %(id)s"
    " AND NOT (kind = %(kind)s AND id = %(id)s) LIMIT 1"
)
_TARGETS = f"SELECT id {_HELD}{_ID} ORDER BY id FOR KEY SHARE"
_PRESENT = f"SELECT id {_HELD}{_ID}"
_DELETE = "DELETE FROM record WHERE workspace = %(ws)s AND kind = %(kind)s AND id = %(id)s"
_SET_ACCESS = f"UPDATE record SET access = %(access)s::text[] WHERE workspace = %(ws)s AND kind = %(kind)s{_ID}"
_LAST = "SELECT feed FROM workspace WHERE workspace = %(ws)s FOR NO KEY UPDATE"
_NUMBERED = (
    "WITH counted AS (UPDATE workspace SET feed = greatest(feed, %(last)s::bigint) + %(more)s::bigint"
    " WHERE workspace = %(ws)s RETURNING feed - %(more)s::bigint AS base)"
    " INSERT INTO event SELECT %(ws)s, coalesce(x.position, base + x.step), x.name, x.subject, x.at, x.data"
    " FROM counted, unnest(%(positions)s::bigint[], %(names)s::text[], %(subjects)s::text[], %(ats)s::text[],"
    " %(datas)s::bytea[]) WITH ORDINALITY x(position, name, subject, at, data, step)"
)
_KEEP_BLOB = "INSERT INTO blob VALUES (%(ws)s, %(digest)s, %(data)s) ON CONFLICT DO NOTHING"
_DROP_BLOB = "DELETE FROM blob WHERE workspace = %(ws)s AND digest = %(digest)s"

_RACES = 5
"""How often an insert that keeps what exists may be overtaken."""


def _writes(call: Callable[Concatenate[PostgresWriter, P], T]) -> Callable[Concatenate[PostgresWriter, P], T]:
    """A call that voids the transaction when it is refused."""

    @functools.wraps(call)
    def guarded(self: PostgresWriter, /, *args: P.args, **kwargs: P.kwargs) -> T:
        self._transaction.check()
        try:
            return call(self, *args, **kwargs)
        except BaseException:
            self._transaction.usable = False
            raise

    return guarded


class PostgresWriter(PostgresReader, Writer):
    """A writer; what it changes is locked until the transaction ends."""

    def __init__(self, kinds: Mapping[str, Kind], postings: Postings, transaction: Transaction) -> None:
        super().__init__(kinds, postings, transaction)
        self._events: list[Event | Published] = []
        self._unchecked: list[Record] = []

    def finish(self) -> None:
        """Do what comes last: check what was loaded, and number the events.

        The row that numbers them is locked from here until the commit, so this is as short as can be.
        """
        self._transaction.check()
        self._check_references(self._unchecked)
        if self._events:
            self._number()

    @_writes
    def insert(self, records: Sequence[Record], existing: Literal["refuse", "keep"] = "refuse") -> list[str]:
        self._check(records)
        ids, fresh = self._keep(records) if keeps(existing) else ([record.id for record in records], self._add(records))
        self._check_references(fresh)
        return ids

    @_writes
    def replace(self, record: Record, expected: int) -> None:
        self._check([record])
        check_replacement(record, expected)
        current = self._hold_one(record.kind, record.id, expected)
        self._forget_unchecked(record.kind, record.id)
        self._put([(current, record)])
        self._check_references([record])

    @_writes
    def delete(self, kind: str, id: str, expected: int) -> None:
        current = self._hold_one(kind, id, expected, "FOR UPDATE")
        self._forget_unchecked(kind, id)
        for (by,) in self._transaction.rows(_REFERRING, kind=kind, id=id):
            raise BrokenReference(kind, id, by)
        before, after = self._index(current), Index()
        take_keys(self._transaction, [(current, before, after)])
        change_indexes(self._transaction, [(current, before, after)])
        self._transaction.run(_DELETE, kind=kind, id=id)

    @_writes
    def lock(self, kind: str, id: str, version: int | None = None) -> Stored:
        return self._hold_one(kind, id, version).stored()

    @_writes
    def set_access(self, kind: str, owner: str, access: frozenset[str], ids: Sequence[str] | None = None) -> None:
        declared(self._kinds, kind)
        check_texts("owner", [owner])
        check_texts("access", access)
        check_texts("ids", ids or ())
        among = "" if ids is None else _ID
        # Said twice: the index of owners leaves out the empty one, and a value cannot tell the planner which it is.
        scoped = " AND owner = %(owner)s AND owner <> ''" if owner else " AND owner = ''"
        rows = self._transaction.rows(
            f"SELECT {LIGHT_COLUMNS} {_HELD}{scoped}{among}{_HOLD}",
            kind=kind,
            owner=owner,
            ids=list(ids or ()),
        )
        records = [record_of(row) for row in rows]
        change_indexes(
            self._transaction,
            [(one, self._index(one), self._index(attrs.evolve(one, access=access))) for one in records],
        )
        self._transaction.run(_SET_ACCESS, kind=kind, ids=[one.id for one in records], access=sorted(access))

    @_writes
    def reindex(self, records: Sequence[Record]) -> None:
        self._check(records)
        wanted = {(record.kind, record.id): record for record in records}
        changes: list[tuple[Record, Record]] = []
        for kind in sorted({kind for kind, _ in wanted}):
            held = self._hold(kind, [record.id for record in records if record.kind == kind])
            for record in (record for record in wanted.values() if record.kind == kind):
                current = self._current(held, kind, record.id, record.version)
                changes.append(
                    (
                        current,
                        attrs.evolve(record, body=current.body, references=current.references, owner=current.owner),
                    )
                )
        self._put(changes)

    @_writes
    def publish(self, events: Iterable[Event]) -> None:
        for event in events:
            check_event(event)
            self._events.append(event)

    @_writes
    def claim(self, query: Query, until: str) -> list[Stored]:
        check_text("until", until, LONGEST_KEY)
        kind = declared(self._kinds, query.kind)
        claimed: list[Record] = []
        page: Query | None = query
        while page is not None:
            found = self.find(page)
            held = self._hold(kind.name, [card.id for card in found.cards], " SKIP LOCKED")
            # Between the look and the lock another writer may have changed or claimed it.
            due = [held[card.id] for card in found.cards if card.id in held and matches(kind, query, held[card.id])]
            claimed += due[: query.limit - len(claimed)]
            goes_on = found.more and len(claimed) < query.limit and not query.distinct_owner
            page = attrs.evolve(query, after=found.last) if goes_on else None
        self._put([(one, attrs.evolve(one, orders={**one.orders, query.order: until})) for one in claimed])
        return [record.stored() for record in claimed]

    @_writes
    def keep_blob(self, digest: str, data: bytes) -> None:
        check_texts("digest", [digest])
        self._transaction.run(_KEEP_BLOB, digest=digest, data=bytes(data))

    @_writes
    def drop_blob(self, digest: str) -> None:
        check_texts("digest", [digest])
        self._transaction.run(_DROP_BLOB, digest=digest)

    @_writes
    def load(self, records: Sequence[Record], events: Sequence[Published] = ()) -> None:
        self._check(records)
        if events:
            ((last,),) = self._transaction.rows(_LAST)
            for entry in self._events:
                last = entry.position if isinstance(entry, Published) else last + 1
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
        self._unchecked += self._add(records)
        self._events += events

    def _forget_unchecked(self, kind: str, id: str) -> None:
        self._unchecked = [one for one in self._unchecked if (one.kind, one.id) != (kind, id)]

    def _check(self, records: Sequence[Record]) -> None:
        for record in records:
            check_record(declared(self._kinds, record.kind), record)

    def _index(self, record: Record) -> Index:
        return Index.of(self._postings, self._kinds[record.kind], record)

    def _hold(self, kind: str, ids: Sequence[str], how: str = "") -> dict[str, Record]:
        if not ids:
            return {}
        rows = self._transaction.rows(f"SELECT {COLUMNS} {_HELD}{_ID}{_HOLD}{how}", kind=kind, ids=list(ids))
        return {record.id: record for record in map(record_of, rows)}

    def _hold_one(self, kind: str, id: str, expected: int | None, how: str = "FOR NO KEY UPDATE") -> Record:
        declared(self._kinds, kind)
        check_texts("id", [id])
        rows = self._transaction.rows(f"SELECT {COLUMNS} {_HELD} AND id = %(id)s {how}", kind=kind, id=id)
        return self._current({one.id: one for one in map(record_of, rows)}, kind, id, expected)

    def _current(self, held: Mapping[str, Record], kind: str, id: str, expected: int | None) -> Record:
        current = held.get(id)
        if current is None:
            raise MissingRecord(kind, id)
        if expected is not None and current.version != expected:
            raise StaleRecord(current.stored())
        return current

    def _put(self, changes: Sequence[tuple[Record, Record]]) -> None:
        """Put new records in the place of held ones; all keys are given up before one is taken."""
        indexed = [(new, self._index(old), self._index(new)) for old, new in changes]
        self._take(indexed)
        change_indexes(self._transaction, indexed)
        for _, new in changes:
            put_record(self._transaction, new)

    def _take(self, indexed: Sequence[tuple[Record, Index, Index]]) -> None:
        keys: dict[str, tuple[str, str]] = {}
        together = {(record.kind, record.id) for record, _, _ in indexed}
        for record, _, new in indexed:
            for key in new.keys:
                first = keys.setdefault(key, (record.kind, record.id))
                if first != (record.kind, record.id):
                    # Rather one that stays than one that is refused along with this one.
                    (holder,) = self.holders([key])
                    raise DuplicateKey(key, first[1] if holder is None or holder in together else holder[1])
        refused = take_keys(self._transaction, indexed)
        if refused:
            self._refuse(refused)

    def _refuse(self, keys: Iterable[str]) -> None:
        wanted = sorted(keys)
        for key, holder in zip(wanted, self.holders(wanted), strict=True):
            if holder is not None:
                raise DuplicateKey(key, holder[1])
        raise StorageError("Another transaction gave the key up just now: run this one again.", "storage-retry")

    def _add(self, records: Sequence[Record]) -> Sequence[Record]:
        """Insert records of which none may exist."""
        seen = {(record.kind, record.id) for record in records}
        keys = [key for record in records for key in record.keys]
        if len(seen) < len(records) or len(set(keys)) < len(keys):
            self._refuse_doubles(records)
        pairs = [(record, self._index(record)) for record in records]
        if pairs:
            for _, id in sorted(seen - add_records(self._transaction, pairs)):
                raise DuplicateKey(id, id)
            self._take([(record, Index(), index) for record, index in pairs])
            add_indexes(self._transaction, pairs)
        return records

    def _refuse_doubles(self, records: Sequence[Record]) -> None:
        """Refuse records of which two are the same, by the first one that is in the way of another."""
        present, holders = self._stored(records)
        for record in records:
            if (record.kind, record.id) in present:
                raise DuplicateKey(record.id, record.id)
            for key in sorted(record.keys & holders.keys()):
                raise DuplicateKey(key, holders[key][1])
            present.add((record.kind, record.id))
            holders.update((key, (record.kind, record.id)) for key in record.keys)

    def _keep(self, records: Sequence[Record]) -> tuple[list[str], Sequence[Record]]:
        """Insert those records that do not exist; run again when another transaction adds one at the same time."""
        for _ in range(_RACES):
            ids, fresh = self._missing(records)
            if not fresh:
                return ids, fresh
            self._transaction.run("SAVEPOINT keeping")
            try:
                self._add(fresh)
            except DuplicateKey:
                self._transaction.run("ROLLBACK TO SAVEPOINT keeping")
            else:
                return ids, fresh
            finally:
                if self._transaction.usable:
                    self._transaction.run("RELEASE SAVEPOINT keeping")
        raise StorageError("Other transactions keep adding the same records: run this one again.", "storage-retry")

    def _stored(self, records: Sequence[Record]) -> tuple[set[tuple[str, str]], dict[str, tuple[str, str]]]:
        """Which of these records are there by kind and id, and who has their keys."""
        present: set[tuple[str, str]] = set()
        for kind in {record.kind for record in records}:
            ids = [record.id for record in records if record.kind == kind]
            present.update((kind, id) for (id,) in self._transaction.rows(_PRESENT, kind=kind, ids=ids))
        keys = sorted({key for record in records for key in record.keys})
        holders = {
            key: holder
            for key, holder in zip(keys, self.holders(keys) if keys else [], strict=True)
            if holder is not None
        }
        return present, holders

    def _missing(self, records: Sequence[Record]) -> tuple[list[str], list[Record]]:
        """The id that stands for each record, and the records that are not there yet."""
        present, holders = self._stored(records)
        found: list[str] = []
        fresh: list[Record] = []
        for record in records:
            its = {key: holders[key] for key in record.keys if key in holders}
            if (record.kind, record.id) in present:
                found.append(record.id)
            elif its:
                for key, (kind, id) in sorted(its.items()):
                    if kind != record.kind:
                        raise DuplicateKey(key, id)
                found.append(min(id for _, id in its.values()))
            else:
                found.append(record.id)
                fresh.append(record)
                present.add((record.kind, record.id))
                holders.update((key, (record.kind, record.id)) for key in record.keys)
        return found, fresh

    def _check_references(self, records: Iterable[Record]) -> None:
        """Refuse references to nothing, and hold their targets in being until the commit."""
        targets: dict[str, dict[str, str]] = {}
        for record in records:
            references = self._kinds[record.kind].references
            for name, id in record.references.items():
                targets.setdefault(references[name], {}).setdefault(id, record.id)
        for kind, ids in sorted(targets.items()):
            there = {id for (id,) in self._transaction.rows(_TARGETS, kind=kind, ids=sorted(ids))}
            for id in sorted(ids.keys() - there):
                raise BrokenReference(kind, id, ids[id])

    def _number(self) -> None:
        loaded = [entry for entry in self._events if isinstance(entry, Published)]
        fresh = [entry for entry in self._events if isinstance(entry, Event)]
        # What is published along with loaded events stands behind them, whichever came first.
        end = loaded[-1].position if loaded else 0
        last = end + len(fresh) if loaded else 0
        new = range(end + 1, last + 1) if loaded else [None] * len(fresh)
        published = [*(entry.event for entry in loaded), *fresh]
        self._transaction.run(
            _NUMBERED,
            last=last,
            more=0 if loaded else len(fresh),
            positions=[*(entry.position for entry in loaded), *new],
            names=[event.name for event in published],
            subjects=[event.subject for event in published],
            ats=[event.at for event in published],
            datas=[bytes(event.data) for event in published],
        )
