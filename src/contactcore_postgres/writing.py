"""The writer: one transaction."""

# ruff: noqa: D102 - the port states the promises of the calls

# ruff: noqa: S608 - statements are built from constants; every value of a caller is bound

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Literal

import attrs

from contactcore.errors import StorageError
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
    keeps,
    matches,
    new_records,
    voids_when_refused,
)
from contactcore.storage.postings import Postings
from contactcore_postgres.reading import PostgresReader
from contactcore_postgres.rows import COLUMNS, LIGHT_COLUMNS, IndexRows, record_of
from contactcore_postgres.tables import (
    add_fresh,
    add_indexes,
    add_records,
    additions,
    are_few,
    change_indexes,
    taking_of_keys,
)
from contactcore_postgres.transaction import Transaction
from contactcore_postgres.wire import Statement

__all__ = ["PostgresWriter"]

_RECORDS = "FROM record WHERE workspace = %(ws)s AND kind = %(kind)s"
# Records are locked in the sequence of the ids that are given.
_LOCKED = (
    "SELECT r.* FROM unnest(%(ids)s::text[]) x(id) CROSS JOIN LATERAL ("
    f"SELECT {{columns}} {_RECORDS} AND record.id = x.id {{also}} {{how}} OFFSET 0) r"
)
_LOCK = "FOR NO KEY UPDATE"
_TARGETS = _LOCKED.format(columns="id", also="", how="FOR KEY SHARE")
_PRESENT = _LOCKED.format(columns="id", also="", how="")
# The constant condition lets the planner use the index, which leaves out records without an owner. The fence keeps it
# from reading all records of the kind in order of their ids instead of sorting the few of the owner.
_OWNED_IDS = f"SELECT id FROM (SELECT id {_RECORDS} AND owner = %(owner)s AND owner <> '' OFFSET 0) o ORDER BY id"
_UNOWNED_IDS = f"SELECT id {_RECORDS} AND owner = '' ORDER BY id"
_REFERRING = (
    "SELECT id FROM reference WHERE workspace = %(ws)s AND to_kind = %(kind)s AND to_id = %(id)s"
    " AND NOT (kind = %(kind)s AND id = %(id)s) LIMIT 1"
)
_DELETE = "DELETE FROM record WHERE workspace = %(ws)s AND kind = %(kind)s AND id = %(id)s"
_SET_ACCESS = "SELECT set_access(%(ws)s, %(kinds)s::text[], %(ids)s::text[], %(access)s::text[])"
# The kind comes with each id, because the planner would otherwise read all records of the kind.
_SET_ACCESS_ON_A_CLUSTER = (
    "UPDATE record r SET access = %(access)s::text[] FROM unnest(%(kinds)s::text[], %(ids)s::text[]) x(kind, id)"
    " WHERE r.workspace = %(ws)s AND r.kind = x.kind AND r.id = x.id"
)
_LAST = "SELECT feed FROM workspace WHERE workspace = %(ws)s FOR NO KEY UPDATE"
# Two statements, because a cluster cannot run one that updates a table and inserts into another.
_COUNT_EVENTS = (
    "UPDATE workspace SET feed = greatest(feed, %(last)s::bigint) + %(more)s::bigint WHERE workspace = %(ws)s"
)
_ADD_EVENTS = (
    "INSERT INTO event (workspace, position, name, subject, at, data)"
    " SELECT w.workspace, coalesce(x.position, w.feed - %(more)s::bigint + x.step), x.name, x.subject, x.at, x.data"
    " FROM workspace w, unnest(%(positions)s::bigint[], %(names)s::text[], %(subjects)s::text[], %(ats)s::text[],"
    " %(datas)s::bytea[]) WITH ORDINALITY x(position, name, subject, at, data, step) WHERE w.workspace = %(ws)s"
)
_KEEP_BLOB = "INSERT INTO blob VALUES (%(ws)s, %(digest)s, %(data)s) ON CONFLICT DO NOTHING"
_DROP_BLOB = "DELETE FROM blob WHERE workspace = %(ws)s AND digest = %(digest)s"

_MOST_LOCKED = 256
_LARGEST_LOCKED = 100_000

_RACES = 5
"""How often other transactions may overtake an insert that keeps existing records."""


class PostgresWriter(PostgresReader, Writer):
    """A writer. The records that it changes are locked until the transaction ends."""

    def __init__(self, kinds: Mapping[str, Kind], postings: Postings, transaction: Transaction) -> None:
        super().__init__(kinds, postings, transaction)
        self._events: list[Event | Published] = []
        self._unchecked: list[Record] = []
        # Locked records as they are stored now. No other writer changes them before the transaction ends.
        self._locked: dict[tuple[str, str], Record] = {}
        # Kind and id of records that this transaction has added. Nobody else sees them.
        self._added: set[tuple[str, str]] = set()

    def finish(self) -> None:
        """Check the references of loaded records and number the events, just before the commit.

        The row that numbers events is locked from here until the commit, so this comes last.
        """
        check_usable(self)
        self._settle([], [], self._unchecked)
        if self._events:
            self._number()

    @voids_when_refused
    def insert(self, records: Sequence[Record], existing: Literal["refuse", "keep"] = "refuse") -> list[str]:
        self._check(records)
        if keeps(existing):
            ids = self._keep(records)
            self._transaction.outdate()
            return ids
        self._add(records, records)
        self._outdate(records)
        return [record.id for record in records]

    @voids_when_refused
    def insert_fresh(self, records: Sequence[Record]) -> None:
        self._check(records)
        pairs = [(record, self._index(record)) for record in records]
        ids = {(record.kind, record.id) for record in records}
        alone = len(ids) == len(records) and not any(record.keys for record in records)
        if not (alone and are_few(pairs) and self._transaction.connection.joins) or self._targets(records, ids):
            self._add(records, records)
        elif pairs:
            add_fresh(self._transaction, pairs)
            self._added |= ids
        self._outdate(records)

    @voids_when_refused
    def replace(self, record: Record, expected: int) -> None:
        self._check([record])
        check_replacement(record, expected)
        current = self._lock_one(record.kind, record.id, expected)
        self._forget_unchecked(record.kind, record.id)
        self._put([(current, record)], references=True)

    @voids_when_refused
    def delete(self, kind: str, id: str, expected: int) -> None:
        current = self._lock_one(kind, id, expected, "FOR UPDATE")
        self._locked.pop((kind, id), None)
        self._added.discard((kind, id))
        self._forget_unchecked(kind, id)
        for (by,) in self._transaction.rows(_REFERRING, kind=kind, id=id):
            raise BrokenReference(kind, id, by)
        before, after = self._index(current), IndexRows()
        released, _ = taking_of_keys(self._transaction, [(current, before, after)])
        self._transaction.run_in_turn(released)
        change_indexes(self._transaction, [(current, before, after)])
        self._transaction.run(_DELETE, kind=kind, id=id)
        self._outdate([current])

    @voids_when_refused
    def lock(self, kind: str, id: str, version: int | None = None) -> Stored:
        return self._lock_one(kind, id, version).stored()

    @voids_when_refused
    def set_access(self, kind: str, owner: str, access: frozenset[str], ids: Sequence[str] | None = None) -> None:
        declared(self._kinds, kind)
        check_texts("owner", [owner])
        check_texts("access", access)
        check_texts("ids", ids or ())
        self._transaction.outdate()
        if ids is None:
            statement = _OWNED_IDS if owner else _UNOWNED_IDS
            ids = [id for (id,) in self._transaction.rows(statement, kind=kind, owner=owner)]
        rows = self._transaction.rows(
            _LOCKED.format(columns=LIGHT_COLUMNS, also="AND owner = %(owner)s", how=_LOCK),
            kind=kind,
            owner=owner,
            ids=sorted(set(ids)),
        )
        records = [record_of(row) for row in rows]
        change_indexes(
            self._transaction,
            [(one, self._index(one), self._index(attrs.evolve(one, access=access))) for one in records],
        )
        changed = [one.id for one in records]
        for id in changed:
            self._locked.pop((kind, id), None)
        statement = _SET_ACCESS_ON_A_CLUSTER if self._transaction.connection.cluster else _SET_ACCESS
        self._transaction.run(statement, kinds=[kind] * len(changed), ids=changed, access=sorted(access))
        self._outdate(records)

    @voids_when_refused
    def reindex(self, records: Sequence[Record]) -> None:
        self._check(records)
        wanted = {(record.kind, record.id): record for record in records}
        changes: list[tuple[Record, Record]] = []
        for kind in sorted({kind for kind, _ in wanted}):
            held = self._lock_all(kind, [record.id for record in records if record.kind == kind])
            for record in (record for record in wanted.values() if record.kind == kind):
                current = self._current(held, kind, record.id, record.version)
                derived = attrs.evolve(record, body=current.body, references=current.references, owner=current.owner)
                if derived != current:
                    changes.append((current, derived))
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
        kind = declared(self._kinds, query.kind)
        claimed: list[Record] = []
        page: Query | None = query
        while page is not None:
            found = self.find(page)
            held = self._lock_all(kind.name, [card.id for card in found.cards], f"{_LOCK} SKIP LOCKED")
            # Another writer may have changed or claimed the record before it was locked.
            due = [held[card.id] for card in found.cards if card.id in held and matches(kind, query, held[card.id])]
            claimed += due[: query.limit - len(claimed)]
            goes_on = found.more and len(claimed) < query.limit and not query.distinct_owner
            page = attrs.evolve(query, after=found.last) if goes_on else None
        self._put([(one, attrs.evolve(one, orders={**one.orders, query.order: until})) for one in claimed])
        return [record.stored() for record in claimed]

    @voids_when_refused
    def keep_blob(self, digest: str, data: bytes) -> None:
        check_blob(digest, data)
        self._transaction.run(_KEEP_BLOB, digest=digest, data=bytes(data))

    @voids_when_refused
    def drop_blob(self, digest: str) -> None:
        check_texts("digest", [digest])
        self._transaction.run(_DROP_BLOB, digest=digest)

    @voids_when_refused
    def load(self, records: Sequence[Record], events: Sequence[Published] = ()) -> None:
        self._check(records)
        if events:
            ((last,),) = self._transaction.rows(_LAST)
            for entry in self._events:
                last = entry.position if isinstance(entry, Published) else last + 1
            check_loaded_events(events, last)
        self._add(records)
        self._outdate(records)
        self._unchecked += records
        self._events += events

    def _outdate(self, records: Iterable[Record]) -> None:
        """Forget the answers about the kinds of records that were written.

        This comes last in a write: announced questions are answered with the first of its statements.
        """
        for kind in {record.kind for record in records}:
            self._transaction.outdate(kind)

    def _forget_unchecked(self, kind: str, id: str) -> None:
        self._unchecked = [one for one in self._unchecked if (one.kind, one.id) != (kind, id)]

    def _check(self, records: Sequence[Record]) -> None:
        for record in records:
            check_record(declared(self._kinds, record.kind), record)

    def _index(self, record: Record) -> IndexRows:
        return IndexRows.of(self._postings, self._kinds[record.kind], record)

    def _lock_all(self, kind: str, ids: Sequence[str], how: str = _LOCK) -> dict[str, Record]:
        if not ids:
            return {}
        self._transaction.outdate()
        statement = _LOCKED.format(columns=COLUMNS, also="", how=how)
        rows = self._transaction.rows(statement, kind=kind, ids=sorted(set(ids)))
        return {record.id: record for record in map(record_of, rows)}

    def _lock_one(self, kind: str, id: str, expected: int | None, how: str = _LOCK) -> Record:
        declared(self._kinds, kind)
        check_texts("id", [id])
        known = self._locked.get((kind, id)) if how == _LOCK else None
        if known is None:
            self._transaction.outdate()  # what is read from now on includes the commit of the previous holder
            rows = self._transaction.rows(f"SELECT {COLUMNS} {_RECORDS} AND id = %(id)s {how}", kind=kind, id=id)
            known = record_of(rows[0]) if rows else None
            if known is not None and how == _LOCK:
                self._remember(known)
        return self._current({} if known is None else {id: known}, kind, id, expected)

    def _remember(self, record: Record) -> None:
        if len(self._locked) >= _MOST_LOCKED:
            self._locked.clear()
        if len(record.body) <= _LARGEST_LOCKED:
            self._locked[record.kind, record.id] = record
        else:
            self._locked.pop((record.kind, record.id), None)

    def _current(self, held: Mapping[str, Record], kind: str, id: str, expected: int | None) -> Record:
        current = held.get(id)
        if current is None:
            raise MissingRecord(kind, id)
        if expected is not None and current.version != expected:
            raise StaleRecord(current.stored())
        return current

    def _put(self, changes: Sequence[tuple[Record, Record]], *, references: bool = False) -> None:
        """Replace locked records by new ones. All old keys are released before new ones are taken."""
        indexed = [(new, self._index(old), self._index(new)) for old, new in changes]
        self._settle([], indexed, [new for _, new in changes] if references else [])
        change_indexes(self._transaction, indexed, [new for _, new in changes])
        for _, new in changes:
            self._remember(new)
        self._outdate(new for _, new in changes)

    def _settle(
        self,
        pairs: Sequence[tuple[Record, IndexRows]],
        indexed: Sequence[tuple[Record, IndexRows, IndexRows]],
        referring: Sequence[Record],
    ) -> None:
        """Do in one round trip what may be refused.

        Args:
            pairs: A few records to add.
            indexed: Records with their old and new index rows, to take their unique keys.
            referring: Records whose references must lead to records. These are locked against deletion until the
                commit.
        """
        self._check_keys(indexed)
        added = additions(pairs)
        keys, wanted = taking_of_keys(self._transaction, indexed)
        targets = self._targets(referring, {(record.kind, record.id) for record, _ in pairs})
        seeking: list[Statement] = [
            (_TARGETS, {"kind": kind, "ids": sorted(ids)}) for kind, ids in sorted(targets.items())
        ]
        answers = [answer.rows for answer in self._transaction.run_in_turn([*added, *keys, *seeking])]
        new = {(record.kind, record.id) for record, _ in pairs}
        for _, id in sorted(new.difference(row for rows in answers[: len(added)] for row in rows)):
            raise DuplicateKey(id, id)
        if wanted:
            refused = wanted.difference(key for (key,) in answers[len(added) + len(keys) - 1])
            if refused:
                self._refuse(refused)
        for (kind, ids), rows in zip(sorted(targets.items()), answers[len(added) + len(keys) :], strict=True):
            for id in sorted(ids.keys() - {id for (id,) in rows}):
                raise BrokenReference(kind, id, ids[id])
        self._added |= new

    def _check_keys(self, indexed: Sequence[tuple[Record, IndexRows, IndexRows]]) -> None:
        """Refuse records of one call that have the same unique key."""
        keys: dict[str, tuple[str, str]] = {}
        together = {(record.kind, record.id) for record, _, _ in indexed}
        for record, _, new in indexed:
            for key in new.keys:
                first = keys.setdefault(key, (record.kind, record.id))
                if first != (record.kind, record.id):
                    # The error names a record that stays, not one that is refused together with this one.
                    (holder,) = self.holders([key])
                    raise DuplicateKey(key, first[1] if holder is None or holder in together else holder[1])

    def _refuse(self, keys: Iterable[str]) -> None:
        wanted = sorted(keys)
        for key, holder in zip(wanted, self.holders(wanted), strict=True):
            if holder is not None:
                raise DuplicateKey(key, holder[1])
        raise StorageError("Another transaction released the key just now: run this one again.", "storage-retry")

    def _add(self, records: Sequence[Record], referring: Sequence[Record] = ()) -> None:
        """Insert records, none of which may exist, and check the references of some of them."""
        seen = {(record.kind, record.id) for record in records}
        keys = [key for record in records for key in record.keys]
        if len(seen) < len(records) or len(set(keys)) < len(keys):
            new_records(records, *self._stored(records), keep=False)  # refuses the duplicates
        pairs = [(record, self._index(record)) for record in records]
        if not pairs:
            return
        indexed = [(record, IndexRows(), index) for record, index in pairs]
        if are_few(pairs):
            self._settle(pairs, indexed, referring)
            add_indexes(self._transaction, pairs)
            return
        for _, id in sorted(seen - add_records(self._transaction, pairs)):
            raise DuplicateKey(id, id)
        self._settle([], indexed, [])
        add_indexes(self._transaction, pairs)
        self._settle([], [], referring)

    def _keep(self, records: Sequence[Record]) -> list[str]:
        """Insert those records that do not exist. Tries again if another transaction adds one at the same time."""
        for _ in range(_RACES):
            ids, fresh = new_records(records, *self._stored(records), keep=True)
            if not fresh:
                return ids
            self._transaction.run_later([("SAVEPOINT keeping", {})])
            try:
                self._add(fresh)
            except DuplicateKey:
                if not self.usable:
                    raise  # the server refused what had waited
                self._transaction.run("ROLLBACK TO SAVEPOINT keeping")
            else:
                # References are locked outside the savepoint, which a broken one does not undo.
                self._settle([], [], fresh)
                return ids
            finally:
                if self.usable:
                    self._transaction.run_later([("RELEASE SAVEPOINT keeping", {})])
        raise StorageError("Other transactions keep adding the same records: run this one again.", "storage-retry")

    def _stored(self, records: Sequence[Record]) -> tuple[set[tuple[str, str]], dict[str, tuple[str, str]]]:
        """Return kind and id of those of these records that exist, and the holders of their keys."""
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

    def _targets(self, records: Iterable[Record], new: AbstractSet[tuple[str, str]]) -> dict[str, dict[str, str]]:
        """Return kind -> id -> id of a referring record, for each reference whose target might be missing.

        Args:
            records: The referring records.
            new: Kind and id of records that are added together with them.
        """
        targets: dict[str, dict[str, str]] = {}
        for record in records:
            references = self._kinds[record.kind].references
            for name, id in record.references.items():
                target = (references[name], id)
                # Nobody removes what this transaction has added or locked.
                if target not in self._locked and target not in self._added and target not in new:
                    targets.setdefault(target[0], {}).setdefault(id, record.id)
        return targets

    def _number(self) -> None:
        loaded = [entry for entry in self._events if isinstance(entry, Published)]
        fresh = [entry for entry in self._events if isinstance(entry, Event)]
        # Published events get positions behind the loaded ones, whichever came first.
        end = loaded[-1].position if loaded else 0
        last = end + len(fresh) if loaded else 0
        new = range(end + 1, last + 1) if loaded else [None] * len(fresh)
        published = [*(entry.event for entry in loaded), *fresh]
        more = 0 if loaded else len(fresh)
        columns = {
            "more": more,
            "positions": [*(entry.position for entry in loaded), *new],
            "names": [event.name for event in published],
            "subjects": [event.subject for event in published],
            "ats": [event.at for event in published],
            "datas": [bytes(event.data) for event in published],
        }
        self._transaction.run_later([(_COUNT_EVENTS, {"last": last, "more": more}), (_ADD_EVENTS, columns)])
