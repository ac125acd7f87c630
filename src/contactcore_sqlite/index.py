"""The indexes of records: places, postings and words, kept in step with the rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter

from contactcore.storage import Kind, Order, Record
from contactcore.storage.postings import Postings
from contactcore_sqlite.filling import fill
from contactcore_sqlite.link import Link
from contactcore_sqlite.rows import WHOLE, whole_of, words_text
from contactcore_sqlite.walks import Moves, Newcomer, Walks

__all__ = ["Change", "Index"]

Change = tuple[int, Record | None, Record | None]
"""The number of a row, what stood there, and what stands there now."""

_Newcomers = dict[tuple[str, str], list[Newcomer]]
_ROW = f"SELECT {WHOLE} FROM record WHERE n = ?"  # noqa: S608 - only names of columns are put in
_DELETE = 0
_INSERT = 1
_TERM = itemgetter(0)


class _Work:
    """Rows to be written, gathered so that each index is written once, in its own order."""

    def __init__(self) -> None:
        self.gone: list[tuple[int, int]] = []
        self.posted: list[tuple[int, int]] = []
        self.words: list[tuple[int, int, str]] = []

    def post(self, terms: Iterable[int], at: int) -> None:
        self.posted += [(term, at) for term in terms]

    def move_postings(self, old: set[int], at: int, new: set[int], to: int) -> None:
        if at != to:
            self.gone += [(term, at) for term in old]
            self.post(new, to)
        elif old != new:
            self.gone += [(term, at) for term in old - new]
            self.post(new - old, to)

    def write(self, link: Link) -> None:
        if self.gone:
            link.many("DELETE FROM posting WHERE term = ? AND position = ?", sorted(self.gone))
        if self.posted:
            # Nearly the order of the index, as positions mostly came in ascending order; sorting whole pairs is dear.
            self.posted.sort(key=_TERM)
            # Terms of one record whose numbers collide are one term.
            fill(link, "INSERT OR IGNORE INTO posting", self.posted)
        if self.words:
            # Ascending rowids, and what goes before what comes: FTS5 then writes one segment.
            self.words.sort()
            link.many(
                "INSERT INTO word (word, rowid, words) VALUES (?, ?, ?)",
                (("delete" if act == _DELETE else None, at, text) for at, act, text in self.words),
            )


class Index:
    """The indexes of one workspace, for one transaction.

    Args:
        link: The connection.
        kinds: What is installed.
        walks: The workspace's walks.
        postings: The terms of this file as integers.

    Attributes:
        worded: How many records' words were put into the index.
    """

    def __init__(self, link: Link, kinds: Mapping[str, Kind], walks: Walks, postings: Postings) -> None:
        self._link = link
        self._kinds = kinds
        self._walks = walks
        self._postings = postings
        self.worded = 0

    def add(self, numbers: Sequence[int], records: Sequence[Record]) -> None:
        """Follow new records whose rows are written already."""
        newcomers: _Newcomers = defaultdict(list)
        for n, record in zip(numbers, records, strict=True):
            for order, key in record.orders.items():
                newcomers[record.kind, order].append((key, record.id, n, record))
        self._place(newcomers)

    def apply(self, changes: Sequence[Change]) -> None:
        """Follow changes whose rows are written already."""
        newcomers: _Newcomers = defaultdict(list)
        work = _Work()
        for n, old, new in changes:
            before = {} if old is None else old.orders
            after = {} if new is None else new.orders
            for order, key in before.items():
                if old is not None and new is not None and after.get(order) == key:
                    self._change(work, old, new, order)
                elif old is not None:
                    self._remove(work, old, order)
            if new is not None:
                for order, key in after.items():
                    if before.get(order) != key:
                        newcomers[new.kind, order].append((key, new.id, n, new))
        work.write(self._link)
        self._place(newcomers)

    def _change(self, work: _Work, old: Record, new: Record, name: str) -> None:
        order = self._kinds[old.kind].order(name)
        had, has = self._postings.of_record(order, old), self._postings.of_record(order, new)
        worded = order.words and old.words != new.words
        if had == has and not worded:
            return
        at = self._at(order, old, name)
        work.move_postings(had, at, has, at)
        if worded:
            # FTS5 keeps one prefix for all words that share it: they go and come together.
            work.words += [(at, _DELETE, words_text(old.words)), (at, _INSERT, words_text(new.words))]

    def _remove(self, work: _Work, old: Record, name: str) -> None:
        order = self._kinds[old.kind].order(name)
        at = self._at(order, old, name)
        walk = self._walks.made(old.kind, name, worded=order.words)
        self._link.run("DELETE FROM entry WHERE position = ?", (at,))
        self._link.run("DELETE FROM ordering WHERE walk = ? AND key = ? AND id = ?", (walk, old.orders[name], old.id))
        work.gone += [(term, at) for term in self._postings.of_record(order, old)]
        if order.words:
            work.words.append((at, _DELETE, words_text(old.words)))

    def _place(self, newcomers: _Newcomers) -> None:
        work = _Work()
        for (kind, name), arrived in newcomers.items():
            order = self._kinds[kind].order(name)
            walk = self._walks.made(kind, name, worded=order.words)
            arrived.sort()
            positions, moves = self._walks.place(walk, arrived)
            if moves:
                self._follow(kind, name, moves)
            self._post(work, order, positions, [record for *_, record in arrived])
            self.worded += len(arrived) if order.words else 0
        work.write(self._link)

    def _post(self, work: _Work, order: Order, positions: Sequence[int], records: Sequence[Record]) -> None:
        # A batch has few different sets of access terms.
        visible: dict[frozenset[str], list[int]] = defaultdict(list)
        facets = self._postings.facets
        for at, record in zip(positions, records, strict=True):
            visible[record.access].append(at)
            work.post(facets(order, record), at)
            if order.words:
                work.words.append((at, _INSERT, words_text(record.words)))
        for access, places in visible.items():
            for term in self._postings.accesses(access):
                work.posted += [(term, at) for at in places]

    def _follow(self, kind: str, name: str, moves: Moves) -> None:
        order = self._kinds[kind].order(name)
        work = _Work()
        for n, old, new in moves:
            (row,) = self._link.rows(_ROW, (n,))
            record = whole_of(kind, row)
            terms = self._postings.of_record(order, record)
            work.move_postings(terms, old, terms, new)
            if order.words:
                text = words_text(record.words)
                work.words += [(old, _DELETE, text), (new, _INSERT, text)]
        work.write(self._link)

    def _at(self, order: Order, record: Record, name: str) -> int:
        walk = self._walks.made(record.kind, name, worded=order.words)
        return self._walks.position(walk, record.orders[name], record.id)
