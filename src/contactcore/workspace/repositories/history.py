"""The history in the storage: each transaction writes its act once, when it ends (DIR-14).

The state of a record at an earlier time is its present state with its later changes taken back, the newest first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from contactcore.errors import NotFound
from contactcore.mapping import json
from contactcore.mapping.history import BEGIN, HISTORY, NAMING, changes_of_text, difference, values_of
from contactcore.mapping.kinds import NAMED
from contactcore.mapping.named import named_by_id
from contactcore.mapping.trash import trashed_of
from contactcore.model.act import Act, Change
from contactcore.storage import LARGEST_PAGE, LONGEST_BODY, SYSTEM, Query, Record, Stored, Writer
from contactcore.values.moment import timestamp
from contactcore.workspace.kernel.transaction import RecordedChange, Transaction
from contactcore.workspace.repositories.repository import Owners, Repository

__all__ = ["HistoryRepository", "part_id", "without_texts", "write_history"]

_CHANGES = 300
"""The maximum number of changes in one record."""
_BYTES = 600_000
"""The maximum size of several changes in one record, in bytes."""
_PIECE = 200_000
"""The number of characters of one piece of a change that is larger than a record may be."""
_GROUP = 100
"""The number of terms in one question."""


def part_id(act_id: str, number: int) -> str:
    """The id of a part of an act; the first part has the id of the act.

    >>> part_id("42", 0), part_id("42", 1)
    ('42', '42:0001')
    """
    return act_id if number == 0 else f"{act_id}:{number:04d}"


def write_history(transaction: Transaction, *, begun: bool) -> bool:
    """Write what a transaction changed to the history, and erase what it purged; nothing if it did neither.

    Args:
        transaction: The transaction, at its end.
        begun: Whether the storage is known to say since when the history is complete.

    Returns:
        Whether the storage says so now.
    """
    if transaction.changes or transaction.purged:
        history = HistoryRepository(transaction)
        if not begun:
            history.begin()
        history.write()
        return True
    return begun


class HistoryRepository(Repository[Act]):
    """The acts of a workspace in one transaction.

    All methods serve the rules and include changes of hidden records, so their results must be filtered.
    """

    def __init__(self, transaction: Transaction) -> None:
        super().__init__(transaction, HISTORY)

    # Writing

    def write(self) -> None:
        """Write the act of the transaction, and erase the changes of purged records."""
        transaction = self.transaction
        purged = {id for _, id in transaction.purged}
        changes = [
            change
            for key, recorded in transaction.changes.items()
            if key not in transaction.purged and (change := _change(recorded)) is not None
        ]
        contacts = {id for kind, id in transaction.purged if kind == "contact"}
        if contacts:
            changes = [change for change in changes if contacts.isdisjoint(change.owners)]
        transaction.changes.clear()
        transaction.purged.clear()
        if purged:
            self.erase(purged, contacts)
        if not changes:
            return
        cause = transaction.cause[0]
        if cause == "hand" and any(change.what == "restore" for change in changes):
            cause = "restore"
        act_id = transaction.new_id()
        act: dict[str, Any] = {
            "act": act_id,
            "at": timestamp(transaction.now),
            "by": transaction.actor.name,
            "cause": cause,
            "cause_id": transaction.cause[1],
            "undoes": tuple(transaction.undone),
        }
        groups = [*_groups(changes)]
        records: list[Record] = []
        for number, group in enumerate(groups):
            part = Act(id=part_id(act_id, number), parts=len(groups), changes=tuple(group), **act)
            records += self._records(part)
        with self.transaction.refusals(None):
            self._writer.insert_fresh(records)

    def _records(self, part: Act) -> Iterator[Record]:
        """The records of a part: one, unless a single change is larger than a record may be."""
        record = self.record(part)
        if len(record.body) <= LONGEST_BODY:
            yield record
            return
        text = json.dump(part.changes).decode()
        pieces = [text[start : start + _PIECE] for start in range(0, len(text), _PIECE)]
        yield self.record(attrs.evolve(part, pieces=len(pieces)))
        for number, piece in enumerate(pieces):
            yield self.record(attrs.evolve(part, id=_piece_id(part.id, number), piece=piece))

    @property
    def _writer(self) -> Writer:
        """The storage for writing; the history is written for everybody who was allowed to change something."""
        assert isinstance(self.transaction.reader, Writer)
        return self.transaction.reader

    def begin(self) -> None:
        """Keep since when the history is complete, if that is not known yet."""
        if self.transaction.reader.get(HISTORY.name, [BEGIN]) == [None]:
            begin = Act(id=BEGIN, act=BEGIN, at=timestamp(self.transaction.now), by="")
            self._writer.insert([self.record(begin)], existing="keep")

    def begins_at(self) -> str:
        """The time since which the history is complete; `""` if it is not known."""
        (stored,) = self.transaction.reader.get(HISTORY.name, [BEGIN])
        return "" if stored is None else self.loaded(stored).entity.at

    def erase(self, records: Iterable[str], contacts: Iterable[str]) -> None:
        """Erase the changes of records, and of all that belonged to contacts; an act without changes goes too.

        Args:
            records: The ids of the records.
            contacts: The ids of those of them that are contacts.
        """
        gone, owners = {*records}, {*contacts}
        terms = sorted([*(f"under:{id}" for id in owners), *(f"of:{id}" for id in gone)])
        touched: dict[str, None] = {}
        for start in range(0, len(terms), _GROUP):
            for id in self._ids(frozenset(terms[start : start + _GROUP])):
                touched[id] = None
        for act in self.read([*touched]):
            kept = tuple(one for one in act.changes if one.id not in gone and owners.isdisjoint(one.owners))
            if kept != act.changes:
                self._rewrite(act, kept)

    def redact(self, records: Iterable[str], redacted: Callable[[str], str]) -> None:
        """Replace texts in the changes of records, because they name somebody who is erased.

        Args:
            records: The ids of the records.
            redacted: The function that returns a text without what is erased.
        """
        gone = {*records}
        terms = sorted(f"of:{id}" for id in gone)
        touched: dict[str, None] = {}
        for start in range(0, len(terms), _GROUP):
            touched.update(dict.fromkeys(self._ids(frozenset(terms[start : start + _GROUP]))))
        for act in self.read([*touched]):
            kept = tuple(
                one._replace(fields=without_texts(one.fields, redacted)) if one.id in gone else one
                for one in act.changes
            )
            if kept != act.changes:
                self._rewrite(act, kept)

    def once_naming(self, ids: Collection[str], *, after: str | None, limit: int) -> tuple[set[str], int, str | None]:
        """Return the records that named one of some contacts before a change, from a page of the history.

        Args:
            ids: The ids of the contacts.
            after: The position of the last page; None for the first one.
            limit: The maximum number of records of the history.

        Returns:
            The ids of the records, the number of records of the history on the page, and the position behind them;
            None at the end.
        """
        where = (frozenset(map(named_by_id, ids)),)
        query = Query(kind=HISTORY.name, order=NAMED, access=SYSTEM, where=where, limit=limit, after=after)
        found = self.transaction.reader.find_records(query)
        naming = {
            change.id
            for act in self._acts_of(found.records)
            for change in act.changes
            for field in NAMING.get(change.kind, ())
            if not {*ids}.isdisjoint(change.fields.get(field, ()))
        }
        return naming, len(found.records), found.last if found.more else None

    def forget_merges(self, ids: Collection[str]) -> tuple[str, ...]:
        """Remove what contacts lent to others by merges that were undone, and return the ids of these merges.

        The record of the other contact has, in its history, the value before the merge until the undo. The other one
        may have lent the value to a third one meanwhile.

        Args:
            ids: The ids of the contacts that are erased.
        """
        jobs: dict[str, frozenset[str]] = {}
        new, known = {*ids}, {*ids}
        while new:
            found: set[str] = set()
            for act in self.acts(*sorted(f"under:{id}" for id in new)):
                if act.cause_id and act.cause_id not in jobs and self.is_of_merge(act):
                    (job,) = self.transaction.reader.get("job", [act.cause_id])
                    values = {} if job is None else json.load(job.body)
                    if values.get("state") == "undone":
                        jobs[act.cause_id] = frozenset(values["key"].split()) - {*ids}
                        found |= jobs[act.cause_id]
            new = found - known
            known |= found
        for cause, others in jobs.items():
            acts = list(self.acts(*sorted(f"under:{id}" for id in others))) if others else []
            lent = {
                one.id: one
                for act in reversed(acts)
                if act.cause_id == cause and act.cause == "merge"
                for one in act.changes
                if one.what == "change" and one.id not in ids and not {*ids} & {*one.owners}
            }
            self._level(lent, cause)
        return tuple(jobs)

    def _level(self, lent: Mapping[str, Change], cause: str) -> None:
        """Leave out the values that records had from a merge until its undo.

        Args:
            lent: The change of each record by the merge, by the id of the record.
            cause: The id of the merge.
        """
        found: dict[str, dict[tuple[str, int], Mapping[str, Any]]] = {}
        for id, changes in self.changes_of(lent).items():
            later = [(act, one) for act, one in reversed(changes) if one.after >= lent[id].after]
            end = next((n for n, (act, _) in enumerate(later) if act.cause == "undo" and act.cause_id == cause), -1)
            between = later[: end + 1]
            fields = [dict(one.fields) for _, one in between]
            for name, (before, _) in lent[id].fields.items():
                touching = [number for number, one in enumerate(fields) if name in one]
                if name == "changed" or len(touching) <= 1:
                    # What the undo has not taken back belongs to the other one.
                    continue
                final = fields[touching[-1]][name][1]
                for number in touching:
                    del fields[number][name]
                if final != before:
                    fields[touching[-1]][name] = [before, final]
            for (act, one), left in zip(between, fields, strict=True):
                if left != one.fields:
                    found.setdefault(act.id, {})[id, one.after] = left
        for act in self.read([*found]):
            new = found[act.id]
            kept = (one._replace(fields=new.get((one.id, one.after), one.fields)) for one in act.changes)
            self._rewrite(act, tuple(kept))

    def _rewrite(self, act: Act, kept: tuple[Change, ...]) -> None:
        """Store a part of an act with fewer changes, or remove it. The first part stays while there are others."""
        for number in range(act.pieces):
            self._writer.delete(HISTORY.name, _piece_id(act.id, number), 1)
        if not kept and act.parts == 1:
            self._writer.delete(HISTORY.name, act.id, act.version)
            return
        part = attrs.evolve(act, version=act.version + 1, changes=kept, pieces=0)
        first, *rest = self._records(part)
        self._writer.replace(first, act.version)
        if rest:
            self._writer.insert([attrs.evolve(one, version=1) for one in rest])

    def trim(self, before: str, limit: int) -> tuple[int, int]:
        """Remove acts that are older than a time.

        Args:
            before: The time, ISO 8601 in UTC.
            limit: The maximum number of records that are removed.

        Returns:
            The number of acts, and the number of their records.
        """
        query = Query(kind=HISTORY.name, order="time", access=SYSTEM, stop=before, limit=limit)
        found = self.transaction.reader.find_records(query).records
        acts = 0
        for stored in found:
            act = self.loaded(stored).entity
            acts += act.id == act.act
            for number in range(act.pieces):
                self._writer.delete(HISTORY.name, _piece_id(act.id, number), 1)
            self._writer.delete(HISTORY.name, act.id, act.version)
        return acts, len(found)

    def begin_again(self, at: str) -> None:
        """Keep that the history is complete since a later time only, because older acts are removed."""
        (stored,) = self.transaction.reader.get(HISTORY.name, [BEGIN])
        if stored is None:
            self._writer.insert([self.record(Act(id=BEGIN, act=BEGIN, at=at, by=""))], existing="keep")
        elif (act := self.loaded(stored).entity).at < at:
            self._writer.replace(self.record(attrs.evolve(act, at=at, version=act.version + 1)), act.version)

    def derived(self, stored: Iterable[Stored], *, owners: Owners | None = None) -> list[Record]:  # noqa: ARG002 - no owners
        """Return the records that `reindex` would store; the terms of an act whose text is spread over several too."""
        acts = [self.loaded(one).entity for one in stored]
        return [self.record(self._joined(act) if act.pieces else act) for act in acts]

    # Reading

    def read(self, ids: Sequence[str]) -> list[Act]:
        """The parts of acts with these ids, without those that are missing."""
        if not ids:
            return []
        return self._acts_of(one for one in self.transaction.reader.get(HISTORY.name, ids) if one is not None)

    def _acts_of(self, records: Iterable[Stored]) -> list[Act]:
        found = [self.loaded(one).entity for one in records]
        return [self._joined(act) if act.pieces else act for act in found]

    def _joined(self, act: Act) -> Act:
        ids = [_piece_id(act.id, number) for number in range(act.pieces)]
        read = self.transaction.reader.get(HISTORY.name, ids)
        text = "".join(self.loaded(one).entity.piece for one in read if one is not None)
        return attrs.evolve(act, changes=changes_of_text(text))

    def act(self, act_id: str) -> Act:
        """A whole act.

        Raises:
            NotFound: there is no such act, or it was trimmed or erased.
        """
        found = [] if act_id == BEGIN else self.read([act_id])
        if not found or found[0].act != act_id:
            raise NotFound("act", act_id)
        (first,) = found
        rest = self.read([part_id(act_id, number) for number in range(1, first.parts)])
        return attrs.evolve(first, changes=tuple(change for part in (first, *rest) for change in part.changes))

    def acts(self, *terms: str, after: str | None = None, since: str = "", limit: int = LARGEST_PAGE) -> Iterator[Act]:
        """Yield the parts of acts that have one of these terms, the newest first.

        Args:
            terms: The terms.
            after: The cursor behind which to begin; None (the default) for the newest.
            since: The smallest time; `""` (the default) for all.
            limit: The number of acts that are read at once.
        """
        query = attrs.evolve(_newest(frozenset(terms)), after=after, start=since, limit=limit)
        while True:
            found = self.transaction.reader.find_records(query)
            yield from self._acts_of(found.records)
            if not found.more:
                return
            query = attrs.evolve(query, after=found.last)

    def is_of_merge(self, act: Act) -> bool:
        """Whether an act is a part of a merge or of its undo, which move records that no act contains."""
        if act.cause == "merge":
            return True
        from contactcore.mapping.jobs import job_name

        (job,) = self.transaction.reader.get("job", [act.cause_id]) if act.cause_id else (None,)
        return job is not None and job_name(job) == "merge"

    def is_undone(self, act_id: str) -> bool:
        """Whether an act was undone, and the undo was not undone itself."""
        if act_id in self.transaction.undone:
            return True
        undone_by = dict.fromkeys(part.act for part in self.acts(f"undo:{act_id}"))
        return any(not self.is_undone(id) for id in undone_by)

    def _ids(self, terms: frozenset[str]) -> Iterator[str]:
        query = _newest(terms)
        while True:
            found = self.transaction.reader.find(query)
            yield from (card.id for card in found.cards)
            if not found.more:
                return
            query = attrs.evolve(query, after=found.last)

    def changes_of(self, ids: Iterable[str], since: str = "") -> dict[str, list[tuple[Act, Change]]]:
        """The changes of records, by id, the newest version first; additions of contacts are left out.

        Args:
            ids: The ids of the records.
            since: The time of the oldest changes, ISO 8601 in UTC; `""` (the default) for all.
        """
        wanted = [*dict.fromkeys(ids)]
        found: dict[str, list[tuple[Act, Change]]] = {}
        for start in range(0, len(wanted), _GROUP):
            group = {*wanted[start : start + _GROUP]}
            for act in self.acts(*(f"of:{id}" for id in group), since=since):
                for change in act.changes:
                    if change.id in group:
                        found.setdefault(change.id, []).append((act, change))
        for changes in found.values():
            # The clocks of several processes may differ, but versions count.
            changes.sort(key=lambda one: (one[1].after, one[1].what == "remove"), reverse=True)
        return found


def without_texts(value: Any, redacted: Callable[[str], str]) -> Any:
    """Return values of a change, whatever their depth, with each text redacted.

    Args:
        value: The values.
        redacted: The function that returns a text without what is left out.
    """
    if isinstance(value, str):
        return redacted(value)
    if isinstance(value, Mapping):
        return {name: without_texts(one, redacted) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [without_texts(one, redacted) for one in value]
    return value


def _piece_id(part: str, number: int) -> str:
    return f"{part}/{number:04d}"


def _groups(changes: Sequence[Change]) -> Iterator[list[Change]]:
    """The changes in groups that fit in one record each, as far as a change alone does."""
    group: list[Change] = []
    size = 0
    for change in changes:
        bytes_of_it = len(json.dump(change)) if change.fields else 0
        if group and (len(group) == _CHANGES or size + bytes_of_it > _BYTES):
            yield group
            group, size = [], 0
        group.append(change)
        size += bytes_of_it
    if group:
        yield group


def _change(recorded: RecordedChange) -> Change | None:
    before, after = recorded.before, recorded.after
    if before is None:
        return None if after is None else _addition(after, recorded.owners)
    old = values_of(before)
    new = {} if after is None else values_of(after)
    if after is not None and after.version == before.version:
        return None
    fields = difference(old, new)
    kind = before.kind
    owners = _owner_ids(kind, old, new)
    kind = str((new or old)["kind"]) if kind == "contact" else kind
    if after is None:
        shown = int(old.get("revision", 0))
        return Change(kind, before.id, owners, before.version, before.version, "remove", fields, shown)
    was, now = trashed_of(before) is not None, b'"trashed"' in after.body and trashed_of(after.stored()) is not None
    what = "change" if was == now else "delete" if now else "restore"
    shown = int(new.get("revision", 0))
    return Change(kind, before.id, owners, before.version, after.version, what, fields, shown)


def _newest(terms: frozenset[str]) -> Query:
    """The query for the parts of acts that have one of these terms, the newest first."""
    return Query(kind=HISTORY.name, order="time", access=SYSTEM, where=(terms,), limit=LARGEST_PAGE, descending=True)


def _addition(after: Record, owners: tuple[str, ...]) -> Change:
    kind = after.kind
    if kind == "contact":
        kind = "company" if b'"kind":"company"' in after.body[:20] else "person"
    # Only an affiliation that an undo added again has a revision already.
    shown = json.load(after.body)["revision"] if kind == "affiliation" and b'"revision":' in after.body else 0
    return Change(kind, after.id, tuple(dict.fromkeys(owners)) if owners else (), 0, after.version, "add", shown=shown)


def _owner_ids(kind: str, *values: Mapping[str, Any]) -> tuple[str, ...]:
    from contactcore.mapping.entities import ENTITY_OF  # not before something is changed

    references = [f"{reference}_id" for reference in ENTITY_OF[kind].owners]
    return tuple(dict.fromkeys(one[name] for one in values for name in references if one.get(name)))
