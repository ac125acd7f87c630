"""Access sets: each distinct set of access terms of a kind is stored once, and a record has its number.

A record is posted under its set instead of under each term of it, so that adding a record writes a few pages of the
postings instead of one for each term in each of its orders. A query for a term reads the postings of all sets that
stand for the term. Because each of these is a stream that is merged, only the first `MOST_SETS` sets of a term stand
for it. Records of later sets are posted under the term itself, too.

The number of a set as a posting is negative, and the hashes of terms are not: they never collide.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from typing import TypeVar, cast

import attrs

from contactcore.storage.postings import Postings
from contactcore_sqlite.connection import Connection, Memory
from contactcore_sqlite.rows import access_of, access_text

__all__ = ["MOST_SETS", "AccessSet", "AccessSets", "access_sets_of", "drop_unused_sets"]

MOST_SETS = 4
"""The most sets of one kind that stand for a term. More of them make files smaller and reading slower."""

_EMPTY = 0  # the number of the set without terms, which has no row
_MOST_KNOWN = 4_096
# Each step of the walk finds the first term with another prefix: `;` follows `:`, and U+0001 is the lowest character.
_PREFIXES = """
WITH RECURSIVE begin (term) AS (
    SELECT min(term) FROM access_term WHERE workspace = ? AND kind = ?
    UNION ALL
    SELECT (
        SELECT min(t.term) FROM access_term AS t WHERE t.workspace = ? AND t.kind = ? AND t.term >=
            CASE instr(b.term, ':') WHEN 0 THEN b.term || char(1)
                ELSE substr(b.term, 1, instr(b.term, ':') - 1) || ';' END
    ) FROM begin AS b WHERE b.term IS NOT NULL
)
SELECT CASE instr(term, ':') WHEN 0 THEN term ELSE substr(term, 1, instr(term, ':')) END FROM begin
WHERE term IS NOT NULL
"""
_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


@attrs.frozen
class AccessSet:
    """A set of access terms as it is stored.

    Attributes:
        n: The number of the set, which a record carries.
        posted: The terms of the postings of its records: the set itself, and those terms that it does not stand for.
    """

    n: int
    posted: tuple[int, ...]


_NONE = AccessSet(_EMPTY, ())


class AccessSets:
    """The access sets of one workspace. A set never changes as long as a record has it.

    Args:
        connection: The connection.
        postings: The hashes of the file.
        workspace: The number of the workspace.
    """

    def __init__(self, connection: Connection, postings: Postings, workspace: int) -> None:
        self._connection = connection
        self._postings = postings
        self._workspace = workspace
        self._sets: dict[tuple[str, frozenset[str]], AccessSet] = {}
        self._terms: dict[int, frozenset[str]] = {_EMPTY: frozenset()}
        self._posted: dict[tuple[str, str], tuple[int, ...]] = {}
        self._prefixes: dict[str, set[str]] = {}
        self._looked_up: dict[Hashable, object] = {}

    def looked_up(self, question: Hashable, look_up: Callable[[], _Value]) -> _Value:
        """Return what a function makes of the postings of some terms, which it looks up once.

        Args:
            question: The kind and the terms of which the answer depends.
            look_up: The function. Its answer depends on nothing else but the sets.
        """
        known = self._looked_up.get(question)
        if known is None:
            known = look_up()
            _keep(self._looked_up, question, known)
        return cast("_Value", known)

    def ensure(self, kind: str, access: frozenset[str]) -> AccessSet:
        """Return the set of these terms. A missing one is created; the connection must be in a writing transaction."""
        if not access:
            return _NONE
        known = self._sets.get((kind, access))
        if known is None:
            text = access_text(access)
            row = self._connection.row(
                "SELECT n, covered FROM access_set WHERE workspace = ? AND kind = ? AND terms = ?",
                (self._workspace, kind, text),
            )
            n, covered = self._create(kind, access, text) if row is None else (row[0], json.loads(row[1]))
            own = [-n] if covered else []
            known = AccessSet(n, (*own, *self._postings.accesses(access.difference(covered))))
            _keep(self._sets, (kind, access), known)
        return known

    def terms(self, n: int) -> frozenset[str]:
        """Return the terms of a stored set."""
        known = self._terms.get(n)
        if known is None:
            self.load([n])
            known = self._terms[n]
        return known

    def load(self, numbers: Iterable[int]) -> None:
        """Read the terms of several sets by one statement."""
        missing = [n for n in set(numbers) if n not in self._terms]
        if not missing:
            return
        if len(self._terms) + len(missing) > _MOST_KNOWN:
            self._terms = {_EMPTY: frozenset()}
        rows = self._connection.rows(
            "SELECT n, terms FROM access_set WHERE n IN (SELECT value FROM json_each(?))", (json.dumps(missing),)
        )
        self._terms.update((n, access_of(terms)) for n, terms in rows)

    def posted(self, kind: str, terms: Collection[str]) -> dict[str, tuple[int, ...]]:
        """Return, for each access term, the postings of the records of a kind that carry it.

        A term that no record carries is left out, like any term that is none of an access.
        """
        found: dict[str, tuple[int, ...]] = {}
        missing = []
        prefixes = tuple(self._prefixes_of(kind))
        for term in [term for term in terms if term.startswith(prefixes)]:
            known = self._posted.get((kind, term))
            if known is None:
                missing.append(term)
            elif known:
                found[term] = known
        if missing:
            read: dict[str, list[int]] = {term: [] for term in missing}
            for term, number in self._connection.rows(
                "SELECT term, posted FROM access_term WHERE workspace = ? AND kind = ? "
                "AND term IN (SELECT value FROM json_each(?))",
                (self._workspace, kind, json.dumps(missing)),
            ):
                read[term].append(number)
            for term, numbers in read.items():
                _keep(self._posted, (kind, term), tuple(numbers))
                if numbers:
                    found[term] = tuple(numbers)
        return found

    def _create(self, kind: str, access: frozenset[str], text: str) -> tuple[int, Sequence[str]]:
        """Store a set, and return its number and the terms that it stands for."""
        posted = self.posted(kind, access)
        covered = sorted(term for term in access if len(posted.get(term, ())) < MOST_SETS)
        ((n,),) = self._connection.rows(
            "INSERT INTO access_set (workspace, kind, terms, covered) VALUES (?, ?, ?, ?) RETURNING n",
            (self._workspace, kind, text, access_text(frozenset(covered))),
        )
        rows = [(term, -n) for term in covered]
        # Most sets share terms with many others. What is known of these stays as it is.
        rows += [
            (term, one)
            for term in access.difference(covered)
            if (one := self._postings.access(term)) not in posted.get(term, ())
        ]
        self._connection.many(
            "INSERT INTO access_term VALUES (?, ?, ?, ?)",
            sorted((self._workspace, kind, term, number) for term, number in rows),
        )
        for term, _ in rows:
            self._posted.pop((kind, term), None)
            self._prefixes[kind].add(_prefix(term))
        self._looked_up.clear()
        return int(n), covered

    def _prefixes_of(self, kind: str) -> set[str]:
        """Return the few beginnings of access terms, so that facets like `tag:vip` need no look-up."""
        known = self._prefixes.get(kind)
        if known is None:
            rows = self._connection.rows(_PREFIXES, (self._workspace, kind) * 2)
            known = self._prefixes[kind] = {prefix for (prefix,) in rows}
        return known


def access_sets_of(connection: Connection, postings: Postings, memory: Memory, workspace: int) -> AccessSets:
    """Return the access sets of a workspace, as the connection remembers them."""
    key = ("access sets", workspace)
    sets: AccessSets | None = memory.get(key)
    if sets is None:
        sets = memory[key] = AccessSets(connection, postings, workspace)
    return sets


def drop_unused_sets(connection: Connection) -> None:
    """Remove the sets that no record has any more, and the terms that no set has."""
    connection.run("DELETE FROM access_set WHERE n NOT IN (SELECT access_set FROM record)")
    connection.run(
        "DELETE FROM access_term WHERE (workspace, kind, term) NOT IN "
        "(SELECT s.workspace, s.kind, t.value FROM access_set AS s CROSS JOIN json_each(s.terms) AS t)"
    )
    # The others still have postings under the term itself.
    connection.run("DELETE FROM access_term WHERE posted < 0 AND -posted NOT IN (SELECT n FROM access_set)")


def _prefix(term: str) -> str:
    """Return the part of a term up to its first colon, with the colon; the whole of a term without one."""
    begin, colon, _ = term.partition(":")
    return begin + colon


def _keep(known: dict[_Key, _Value], key: _Key, value: _Value) -> None:
    if len(known) >= _MOST_KNOWN:
        known.clear()
    known[key] = value
