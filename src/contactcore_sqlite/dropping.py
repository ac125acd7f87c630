"""Dropping a workspace with all that is in it."""

# ruff: noqa: S608 - only names of columns are put into the statements

from __future__ import annotations

from contactcore.storage.places import index_range
from contactcore.storage.postings import Postings
from contactcore_sqlite.link import Link
from contactcore_sqlite.rows import WHOLE, whole_of, words_text

__all__ = ["drop_workspace"]

_BATCH = 2_000


def drop_workspace(link: Link, workspace: int, postings: Postings) -> None:
    """Remove everything of a workspace; needs no declaration of its kinds."""
    for walk, worded in link.rows("SELECT n, worded FROM walk WHERE workspace = ?", (workspace,)):
        _drop_walk(link, walk, postings, worded=bool(worded))
    link.run("DELETE FROM walk WHERE workspace = ?", (workspace,))
    link.run("DELETE FROM reference WHERE target IN (SELECT n FROM record WHERE workspace = ?)", (workspace,))
    for table in ("unique_key", "event", "blob", "record"):
        link.run(f"DELETE FROM {table} WHERE workspace = ?", (workspace,))
    link.run("DELETE FROM workspace WHERE n = ?", (workspace,))


def _drop_walk(link: Link, walk: int, postings: Postings, *, worded: bool) -> None:
    first, end = index_range(walk)
    while rows := link.rows(
        f"SELECT e.position, r.kind, {WHOLE} FROM entry AS e CROSS JOIN record AS r ON r.n = e.record "
        "WHERE e.position >= ? AND e.position < ? ORDER BY e.position LIMIT ?",
        (first, end, _BATCH),
    ):
        gone: list[tuple[int, int]] = []
        words: list[tuple[int, str]] = []
        for position, kind, *row in rows:
            record = whole_of(kind, tuple(row))
            terms = (*map(postings.access, record.access), *map(postings.facet, record.terms))
            # Whether an order posts a term is not known here: what is not posted is deleted in vain.
            gone += [(term, position) for term in terms]
            words.append((position, words_text(record.words)))
        link.many("DELETE FROM posting WHERE term = ? AND position = ?", sorted(gone))
        if worded:
            link.many("INSERT INTO word (word, rowid, words) VALUES ('delete', ?, ?)", words)
        first = rows[-1][0] + 1
    link.run("DELETE FROM ordering WHERE walk = ?", (walk,))
    link.run("DELETE FROM entry WHERE position >= ? AND position < ?", index_range(walk))
