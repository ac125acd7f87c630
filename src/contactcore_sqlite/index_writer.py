"""The writer of the indexes: it keeps order indexes, postings and words in step with the rows of the records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from contactcore.storage import Kind, Order, Record
from contactcore.storage.postings import Postings
from contactcore_sqlite.access_sets import AccessSets
from contactcore_sqlite.bulk_insert import bulk_insert
from contactcore_sqlite.connection import Connection
from contactcore_sqlite.order_index import Moves, NewEntry, OrderIndexes
from contactcore_sqlite.rows import RECORD_COLUMNS, record_of, words_text
from contactcore_sqlite.words import PendingWords

__all__ = ["Change", "IndexWriter"]

Change = tuple[int, Record | None, Record | None]
"""The number of a row, the old record, and the new one."""

_NewEntries = dict[tuple[str, str], list[NewEntry]]
_RECORD = f"SELECT {RECORD_COLUMNS} FROM record WHERE n = ?"  # noqa: S608 - only names of columns are put in


class _IndexRows:
    """Rows that are collected, so that each index is written once and in its own order."""

    def __init__(self) -> None:
        self.removed: list[tuple[int, int]] = []
        self.posted: dict[int, list[int]] = defaultdict(list)
        self.words_removed: list[tuple[int, str]] = []
        self.words_added: list[tuple[int, str]] = []

    def post(self, terms: Iterable[int], at: int) -> None:
        posted = self.posted
        for term in terms:
            posted[term].append(at)

    def move_postings(self, old: set[int], at: int, new: set[int], to: int) -> None:
        if at != to:
            self.removed += [(term, at) for term in old]
            self.post(new, to)
        elif old != new:
            self.removed += [(term, at) for term in old - new]
            self.post(new - old, to)

    def write(self, connection: Connection, words: PendingWords) -> None:
        if self.removed:
            connection.many("DELETE FROM posting WHERE term = ? AND position = ?", sorted(self.removed))
        if self.posted:
            # Positions mostly come in ascending order, so this is nearly the order of the index.
            rows = [(term, at) for term in sorted(self.posted) for at in self.posted[term]]
            # Two terms of one record with the same number are one posting.
            bulk_insert(connection, "INSERT OR IGNORE INTO posting", rows)
        for at, text in self.words_removed:
            words.remove(at, text)
        for at, text in self.words_added:
            words.add(at, text)


class IndexWriter:
    """The indexes of one workspace in one transaction.

    Args:
        connection: The connection.
        kinds: The installed kinds.
        indexes: The order indexes of the workspace.
        postings: The hashes of this file.
        sets: The access sets of the workspace.

    Attributes:
        words_added: The number of records whose words were added to the word index.
    """

    def __init__(
        self,
        connection: Connection,
        kinds: Mapping[str, Kind],
        indexes: OrderIndexes,
        postings: Postings,
        sets: AccessSets,
    ) -> None:
        self._connection = connection
        self._kinds = kinds
        self._indexes = indexes
        self._postings = postings
        self._sets = sets
        self._words = PendingWords()
        # If a transaction adds records in several calls, their places are looked up and written together.
        self._new: _NewEntries = defaultdict(list)
        # The postings of changes are written with those of the new entries.
        self._changed = _IndexRows()
        self._changed_kinds: set[str] = set()
        self.words_added: int = 0

    def write(self, read: str | None = None) -> None:
        """Write the entries that were collected: before the transaction reads an order, and at its end.

        Args:
            read: The kind whose orders are read; None for all kinds. If it has no new entries, nothing is written.
        """
        if read is not None and read not in self._changed_kinds and all(kind != read for kind, _ in self._new):
            return
        pending, self._changed = self._changed, _IndexRows()
        self._changed_kinds.clear()
        new, self._new = self._new, defaultdict(list)
        batches: list[tuple[int, Sequence[NewEntry]]] = []
        for (kind, name), entries in new.items():
            entries.sort()
            has_words = self._kinds[kind].order(name).words
            batches.append((self._indexes.ensure(kind, name, has_words=has_words), entries))
        placed = self._indexes.place(batches) if batches else []
        if any(moves for _, moves in placed):
            # A record that moves takes with it only the postings that are written.
            pending.write(self._connection, self._words)
            pending = _IndexRows()
        for ((kind, name), entries), (positions, moves) in zip(new.items(), placed, strict=True):
            order = self._kinds[kind].order(name)
            if moves:
                self._move(kind, order, moves)
            self._post(pending, order, positions, [record for *_, record in entries])
            self.words_added += len(entries) if order.words else 0
        pending.write(self._connection, self._words)

    def write_words(self) -> None:
        """Write the words that were collected: before the transaction searches words, and at its end."""
        self._words.write(self._connection)

    def add(self, numbers: Sequence[int], records: Sequence[Record]) -> None:
        """Index new records whose rows are written already."""
        entries = self._new
        for n, record in zip(numbers, records, strict=True):
            for order, key in record.orders.items():
                entries[record.kind, order].append((key, record.id, n, record))

    def apply(self, changes: Sequence[Change]) -> None:
        """Index changes whose rows are written already. Before the first of these rows `write` was called."""
        entries, pending = self._new, self._changed
        for n, old, new in changes:
            self._changed_kinds.update(one.kind for one in (old, new) if one is not None)
            before = {} if old is None else old.orders
            after = {} if new is None else new.orders
            for order, key in before.items():
                if old is not None and new is not None and after.get(order) == key:
                    self._change(pending, old, new, order)
                elif old is not None:
                    self._remove(pending, old, order)
            if new is not None:
                for order, key in after.items():
                    if before.get(order) != key:
                        entries[new.kind, order].append((key, new.id, n, new))

    def _change(self, pending: _IndexRows, old: Record, new: Record, name: str) -> None:
        order = self._kinds[old.kind].order(name)
        old_terms, new_terms = self._terms(order, old), self._terms(order, new)
        words_changed = order.words and old.words != new.words
        if old_terms == new_terms and not words_changed:
            return
        index = self._indexes.ensure(old.kind, name, has_words=order.words)
        at = self._indexes.position(index, old.orders[name], old.id)
        pending.move_postings(old_terms, at, new_terms, at)
        if words_changed:
            # FTS5 stores a prefix once for all words of a record that share it, so all words are replaced together.
            pending.words_removed.append((at, words_text(old.words)))
            pending.words_added.append((at, words_text(new.words)))

    def _remove(self, pending: _IndexRows, old: Record, name: str) -> None:
        order = self._kinds[old.kind].order(name)
        index = self._indexes.ensure(old.kind, name, has_words=order.words)
        at = self._indexes.remove(index, old.orders[name], old.id)
        pending.removed += [(term, at) for term in self._terms(order, old)]
        if order.words:
            pending.words_removed.append((at, words_text(old.words)))

    def _post(self, pending: _IndexRows, order: Order, positions: Sequence[int], records: Sequence[Record]) -> None:
        # A batch has few different sets of access terms.
        by_access: dict[frozenset[str], list[int]] = defaultdict(list)
        for at, record in zip(positions, records, strict=True):
            by_access[record.access].append(at)
        kind = records[0].kind
        for access, places in by_access.items():
            for term in self._sets.ensure(kind, access).posted:
                pending.posted[term] += places
        if order.terms != ():
            facets = self._postings.facets
            for at, record in zip(positions, records, strict=True):
                pending.post(facets(order, record.terms), at)
        if order.words:
            pending.words_added += [
                (at, words_text(record.words)) for at, record in zip(positions, records, strict=True)
            ]

    def _terms(self, order: Order, record: Record) -> set[int]:
        """Return the terms under which a record is posted in an order."""
        return {*self._postings.facets(order, record.terms), *self._sets.ensure(record.kind, record.access).posted}

    def _move(self, kind: str, order: Order, moves: Moves) -> None:
        pending = _IndexRows()
        for n, old, new in moves:
            (row,) = self._connection.rows(_RECORD, (n,))
            record = record_of(kind, row, self._sets.terms)
            terms = self._terms(order, record)
            pending.move_postings(terms, old, terms, new)
            if order.words:
                text = words_text(record.words)
                pending.words_removed.append((old, text))
                pending.words_added.append((new, text))
        pending.write(self._connection, self._words)
