"""The removal of a workspace with all its data."""

# ruff: noqa: S608 - only names of columns are put into the statements

from __future__ import annotations

from contactcore.storage.places import index_range
from contactcore.storage.postings import Postings
from contactcore_sqlite.access_sets import AccessSets
from contactcore_sqlite.connection import Connection
from contactcore_sqlite.rows import RECORD_COLUMNS, record_of, words_text

__all__ = ["remove_workspace"]

_BATCH = 2_000


def remove_workspace(connection: Connection, workspace: int, postings: Postings) -> None:
    """Remove all rows of a workspace. Its kinds need not be installed."""
    sets = AccessSets(connection, postings, workspace)
    for index, has_words in connection.rows(
        "SELECT number, has_words FROM order_index WHERE workspace = ?", (workspace,)
    ):
        _remove_index(connection, index, postings, sets, has_words=bool(has_words))
    connection.run("DELETE FROM order_index WHERE workspace = ?", (workspace,))
    connection.run("DELETE FROM reference WHERE target IN (SELECT n FROM record WHERE workspace = ?)", (workspace,))
    for table in ("unique_key", "event", "blob", "record", "access_set", "access_term"):
        connection.run(f"DELETE FROM {table} WHERE workspace = ?", (workspace,))
    connection.run("DELETE FROM workspace WHERE n = ?", (workspace,))


def _remove_index(connection: Connection, index: int, postings: Postings, sets: AccessSets, *, has_words: bool) -> None:
    first, end = index_range(index)
    while rows := connection.rows(
        f"SELECT e.position, r.kind, {RECORD_COLUMNS} FROM entry AS e CROSS JOIN record AS r ON r.n = e.record "
        "WHERE e.position >= ? AND e.position < ? ORDER BY e.position LIMIT ?",
        (first, end, _BATCH),
    ):
        posted: list[tuple[int, int]] = []
        words: list[tuple[int, str]] = []
        for position, kind, *row in rows:
            record = record_of(kind, tuple(row), sets.terms)
            terms = (*sets.ensure(kind, record.access).posted, *map(postings.facet, record.terms))
            # Only the kinds say which terms an order posts. The deletion of a missing posting does nothing.
            posted += [(term, position) for term in terms]
            words.append((position, words_text(record.words)))
        connection.many("DELETE FROM posting WHERE term = ? AND position = ?", sorted(posted))
        if has_words:
            connection.many("INSERT INTO word (word, rowid, words) VALUES ('delete', ?, ?)", words)
        first = rows[-1][0] + 1
    connection.run("DELETE FROM ordering WHERE order_index = ?", (index,))
    connection.run("DELETE FROM entry WHERE position >= ? AND position < ?", index_range(index))
