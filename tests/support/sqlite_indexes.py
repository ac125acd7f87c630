"""Whether the indexes of an SQLite file follow from its records."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing

from contactcore.storage import Kind, Reader, Record
from contactcore.storage.postings import Postings
from contactcore_sqlite import SQLiteStorage

__all__ = ["check_indexes"]


def check_indexes(storage: SQLiteStorage, kinds: tuple[Kind, ...]) -> None:
    """Every row of every index follows from the records, and nothing else is there."""
    with closing(sqlite3.connect(storage.path)) as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        file.execute("INSERT INTO word (word) VALUES ('integrity-check')")
        (secret,) = file.execute("SELECT value FROM setting WHERE name = 'secret'").fetchone()
        postings = Postings(secret)
        sets = {
            (name, kind, frozenset(json.loads(terms))): (n, frozenset(json.loads(covered)))
            for name, kind, terms, n, covered in file.execute(
                "SELECT w.name, s.kind, s.terms, s.n, s.covered FROM access_set AS s "
                "JOIN workspace AS w ON w.n = s.workspace"
            )
        }
        listed = set(
            file.execute(
                "SELECT w.name, t.kind, t.term, t.posted FROM access_term AS t JOIN workspace AS w ON w.n = t.workspace"
            )
        )
        expected: set[tuple[int, int]] = set()
        tokens: Counter[tuple[str, int]] = Counter()
        places = 0
        for workspace in storage.workspaces():
            with storage.read(workspace) as reader:
                for kind in kinds:
                    for record in _all(reader, kind.name):
                        for name, key in record.orders.items():
                            (position,) = file.execute(
                                "SELECT o.position FROM ordering AS o "
                                "JOIN order_index AS k ON k.number = o.order_index "
                                "JOIN workspace AS w ON w.n = k.workspace JOIN entry AS e ON e.position = o.position "
                                "JOIN record AS r ON r.n = e.record AND r.id = o.id "
                                "WHERE w.name = ? AND k.kind = ? AND k.name = ? AND o.key = ? AND o.id = ? "
                                "AND e.key = o.key",
                                (workspace, kind.name, name, key, record.id),
                            ).fetchone()
                            places += 1
                            order = kind.order(name)
                            expected |= {(term, position) for term in postings.facets(order, record.terms)}
                            n, covered = sets.get((workspace, kind.name, record.access), (0, frozenset()))
                            own = dict.fromkeys(covered, -n)
                            posted = {term: own.get(term, postings.access(term)) for term in record.access}
                            expected |= {(number, position) for number in posted.values()}
                            # A query for a term reads these postings.
                            assert {(workspace, kind.name, *one) for one in posted.items()} <= listed
                            if order.words:
                                tokens.update((word, position) for word in record.words)
        assert set(file.execute("SELECT term, position FROM posting")) == expected
        assert file.execute("SELECT count(*) FROM entry").fetchone() == (places,)
        assert file.execute("SELECT count(*) FROM ordering").fetchone() == (places,)
        file.execute("CREATE VIRTUAL TABLE temp.seen USING fts5vocab(main, word, instance)")
        assert Counter(file.execute("SELECT term, doc FROM temp.seen")) == tokens


def _all(reader: Reader, kind: str) -> Iterator[Record]:
    after = ""
    while records := reader.dump(kind, after):
        yield from records
        after = records[-1].id
