"""The oracle: a small, slow and obviously correct model of a storage, with lists and loops, no index, no lock.

It is no adapter. It says why a write may be refused, what the write leaves, and what a question finds. It restates the
port's promises by itself: of `contactcore.storage.queries` it uses only the form of cursors.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import attrs

from contactcore.errors import ContactCoreError
from contactcore.frozen import frozen
from contactcore.storage import (
    SYSTEM,
    BrokenReference,
    Card,
    DuplicateKey,
    Event,
    Found,
    Kind,
    MissingRecord,
    Published,
    Query,
    Record,
    StaleRecord,
    Stored,
    cursor_of,
    read_cursor,
)

__all__ = ["Expectation", "OracleWorkspace", "Refusal", "refusal_of", "stored"]

Refusal: TypeAlias = tuple[str, ...]
"""The name and the facts of a refusal."""


def refusal_of(error: ContactCoreError) -> Refusal:
    """The name and the facts of a refusal."""
    match error:
        case DuplicateKey():
            return ("duplicate", error.key, error.existing)
        case StaleRecord():
            return ("stale", error.current.kind, error.current.id, str(error.current.version))
        case MissingRecord():
            return ("missing", error.kind, error.id)
        case BrokenReference():
            return ("broken", error.kind, error.id, error.by)
        case _:
            return (error.code, str(error))


@frozen
class Expectation:
    """The allowed results of a write.

    Attributes:
        refusals: The allowed refusals; any of them may be raised.
        after: The records after the write; None if the write must be refused.
        answers: The ids that may be answered, for each record of an insert.
    """

    refusals: frozenset[Refusal]
    after: tuple[Record, ...] | None
    answers: tuple[frozenset[str], ...] = ()


@attrs.define
class OracleWorkspace:
    """One workspace, as lists."""

    kinds: tuple[Kind, ...]
    records: tuple[Record, ...] = ()
    events: tuple[Published, ...] = ()
    blobs: dict[str, bytes] = attrs.field(factory=dict)

    def copy(self) -> OracleWorkspace:
        """A copy that changes on its own."""
        return OracleWorkspace(self.kinds, self.records, self.events, dict(self.blobs))

    def kind(self, name: str) -> Kind:
        """The kind of this name."""
        return next(kind for kind in self.kinds if kind.name == name)

    def record(self, kind: str, id: str) -> Record | None:
        """The record of this kind and id."""
        return next((one for one in self.records if one.kind == kind and one.id == id), None)

    def holder(self, key: str) -> tuple[str, str] | None:
        """Kind and id of the record that has a key."""
        return next(((one.kind, one.id) for one in self.records if key in one.keys), None)

    # Writing ---------------------------------------------------------------------------------------------------------

    def insert(self, records: Sequence[Record], *, keep: bool) -> Expectation:
        """The allowed results of an insert, which is not done here."""
        after = list(self.records)
        answers: list[frozenset[str]] = []
        duplicates: set[Refusal] = set()
        must = False
        for record in records:
            same = [one for one in after if (one.kind, one.id) == (record.kind, record.id)]
            rivals = [(key, one) for one in after for key in sorted(one.keys & record.keys)]
            holders = [one.id for _, one in rivals if one.kind == record.kind]
            kept = {record.id} if same else {min(holders, key=_points)} if holders else set()
            if not keep:
                duplicates |= {("duplicate", one.id, one.id) for one in same}
                duplicates |= {("duplicate", key, one.id) for key, one in rivals}
            else:
                strangers = {("duplicate", key, one.id) for key, one in rivals if one.kind != record.kind and not same}
                duplicates |= strangers
                must = must or bool(strangers)
            if not same and not rivals:
                after.append(record)
                kept = {record.id}
            answers.append(frozenset(kept))
        must = must or (bool(duplicates) and not keep)
        broken = self._broken(records if must else [record for record in records if record in after], after)
        refused = must or bool(broken)
        return Expectation(frozenset(duplicates | broken), None if refused else tuple(after), tuple(answers))

    def replace(self, record: Record, expected: int) -> Expectation:
        """The allowed results of a replacement."""
        refusals = self._unexpected(record.kind, record.id, expected)
        after = [record if (one.kind, one.id) == (record.kind, record.id) else one for one in self.records]
        refusals |= self._taken(record, self.records) | self._broken([record], [*after, record])
        return Expectation(frozenset(refusals), None if refusals else tuple(after))

    def delete(self, kind: str, id: str, expected: int) -> Expectation:
        """The allowed results of a deletion."""
        refusals = self._unexpected(kind, id, expected)
        after = [one for one in self.records if (one.kind, one.id) != (kind, id)]
        refusals |= {refusal for refusal in self._broken(after, after) if refusal[1:3] == (kind, id)}
        return Expectation(frozenset(refusals), None if refusals else tuple(after))

    def lock(self, kind: str, id: str, version: int | None) -> Expectation:
        """The allowed results of a lock."""
        record = self.record(kind, id)
        expected = record.version if record is not None and version is None else version or 0
        refusals = self._unexpected(kind, id, expected)
        return Expectation(frozenset(refusals), None if refusals else self.records)

    def reindex(self, records: Sequence[Record]) -> Expectation:
        """The allowed results of a reindexing of different records."""
        refusals: set[Refusal] = set()
        after = list(self.records)
        for record in records:
            refusals |= self._unexpected(record.kind, record.id, record.version)
            for number, one in enumerate(after):
                if (one.kind, one.id) == (record.kind, record.id):
                    after[number] = attrs.evolve(record, body=one.body, owner=one.owner, references=one.references)
        clashes: set[Refusal] = set()
        for record in after:
            clashes |= self._taken(record, after)
        passing: set[Refusal] = set()
        for record in records:
            passing |= self._taken(record, [*self.records, *after])
        # A storage may refuse keys that move between records of one call, if it then changes nothing.
        refused = bool(refusals or clashes)
        return Expectation(frozenset(refusals | clashes | passing), None if refused else tuple(after))

    def set_access(self, kind: str, owner: str, access: frozenset[str], ids: Sequence[str] | None) -> None:
        """Set the access of the records that belong to an owner."""
        self.records = tuple(
            attrs.evolve(one, access=access)
            if one.kind == kind and one.owner == owner and (ids is None or one.id in ids)
            else one
            for one in self.records
        )

    def claim(self, query: Query, until: str) -> list[Stored]:
        """Take the records that answer a question and move them to `until` in its order."""
        taken = [card.id for card in self.find(query).cards]
        before = [record for id in taken if (record := self.record(query.kind, id)) is not None]
        self.records = tuple(
            attrs.evolve(one, orders={**one.orders, query.order: until})
            if one.kind == query.kind and one.id in taken
            else one
            for one in self.records
        )
        return [stored(record) for record in before]

    def publish(self, events: Sequence[Event]) -> None:
        """Number events and append them."""
        for event in events:
            self.events = (*self.events, Published(len(self.events) + 1, event))

    def _unexpected(self, kind: str, id: str, expected: int) -> set[Refusal]:
        record = self.record(kind, id)
        if record is None:
            return {("missing", kind, id)}
        return set() if record.version == expected else {("stale", kind, id, str(record.version))}

    def _taken(self, record: Record, among: Sequence[Record]) -> set[Refusal]:
        return {
            ("duplicate", key, other.id)
            for other in among
            if (other.kind, other.id) != (record.kind, record.id)
            for key in other.keys & record.keys
        }

    def _broken(self, records: Sequence[Record], among: Sequence[Record]) -> set[Refusal]:
        there = [(one.kind, one.id) for one in among]
        return {
            ("broken", target, id, record.id)
            for record in records
            for name, id in record.references.items()
            if ((target := self.kind(record.kind).references[name]), id) not in there
        }

    # Reading ---------------------------------------------------------------------------------------------------------

    def find(self, query: Query) -> Found:
        """The page that answers a question."""
        walk = sorted(self._answers(query), key=lambda one: _place(one, query))
        if query.descending:
            walk.reverse()
        if query.after is not None:
            key, id = read_cursor(query.order, query.after)
            here = (_points(key), _points(id))
            if query.descending:
                walk = [one for one in walk if _place(one, query) < here]
            else:
                walk = [one for one in walk if _place(one, query) > here]
        if query.distinct_owner:
            walk = [one for number, one in enumerate(walk) if one.owner not in [seen.owner for seen in walk[:number]]]
        page = walk[: query.limit]
        cursors = [cursor_of(query.order, one.orders[query.order], one.id) for one in page]
        cards = tuple(Card(one.id, one.version, one.owner, one.card, one.orders[query.order]) for one in page)
        first, last = (cursors[0], cursors[-1]) if cursors else (None, None)
        return Found(cards, first, last, len(walk) > len(page))

    def count(self, query: Query, boundaries: Sequence[str]) -> tuple[int, ...]:
        """The number of answers in each range between the boundaries."""
        keys = [_points(one.orders[query.order]) for one in self._answers(query)]
        points = [_points(boundary) for boundary in boundaries]
        below = [sum(key < point for key in keys) for point in points]
        return tuple(end - begin for begin, end in zip([0, *below], [*below, len(keys)], strict=True))

    def dump(self, kind: str) -> list[Record]:
        """All records of a kind, by id."""
        return sorted((one for one in self.records if one.kind == kind), key=lambda one: _points(one.id))

    def _answers(self, query: Query) -> list[Record]:
        return [one for one in self.records if one.kind == query.kind and self._answers_to(query, one)]

    def _answers_to(self, query: Query, record: Record) -> bool:
        if query.order not in record.orders:
            return False
        key = _points(record.orders[query.order])
        if key < _points(query.start) or (query.stop is not None and not key < _points(query.stop)):
            return False
        if query.access is not SYSTEM and not any(term in record.access for term in query.access):
            return False
        begins = next(order.terms for order in self.kind(query.kind).orders if order.name == query.order.split(":")[0])
        posted = [term for term in record.terms if begins is None or any(term[: len(it)] == it for it in begins)]
        for group in query.where:
            if not any(term in posted or term in record.access for term in group):
                return False
        return all(any(own[: len(word)] == word for own in record.words) for word in query.words)


def stored(record: Record) -> Stored:
    """The part of a record that `get` answers."""
    names = [field.name for field in attrs.fields(Stored)]
    return Stored(**{name: getattr(record, name) for name in names})


def _points(text: str) -> list[int]:
    return [ord(character) for character in text]


def _place(record: Record, query: Query) -> tuple[list[int], list[int]]:
    return _points(record.orders[query.order]), _points(record.id)
