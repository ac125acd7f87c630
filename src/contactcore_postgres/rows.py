"""Records as rows: what a record leaves in each table, and what a change adds and takes away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import attrs
from psycopg.types.json import Jsonb

from contactcore.storage import Kind, Record
from contactcore.storage.postings import Postings

__all__ = [
    "COLUMNS",
    "LIGHT_COLUMNS",
    "Change",
    "Index",
    "everything",
    "record_of",
    "values_of",
    "walk_of",
]

COLUMNS: Final = "kind, id, version, owner, card, access, terms, words, keys, orders, refers, body"
LIGHT_COLUMNS: Final = "kind, id, version, owner, ''::bytea, access, terms, words, keys, orders, refers, ''::bytea"


def record_of(row: tuple[Any, ...]) -> Record:
    """The record of a row of `COLUMNS`."""
    kind, id, version, owner, card, access, terms, words, keys, orders, refers, body = row
    return Record(
        kind=kind,
        id=id,
        version=version,
        owner=owner,
        card=card,
        access=frozenset(access),
        terms=frozenset(terms),
        words=frozenset(words),
        keys=frozenset(keys),
        orders=orders,
        references=refers,
        body=body,
    )


def values_of(record: Record) -> tuple[Any, ...]:
    """The row of `COLUMNS` of a record."""
    return (
        record.kind,
        record.id,
        record.version,
        record.owner,
        bytes(record.card),
        sorted(record.access),
        sorted(record.terms),
        sorted(record.words),
        sorted(record.keys),
        Jsonb(dict(record.orders)),
        Jsonb(dict(record.references)),
        bytes(record.body),
    )


def walk_of(postings: Postings, kind: str, order: str) -> int:
    """The number of an order of a kind; a list is this xor the number of a term (simple tabulation hashing)."""
    return postings.facet(f"\0{kind}\0{order}")  # no term holds NUL


def everything(postings: Postings) -> int:
    """The number in place of a term under which every record of an order is listed."""
    return postings.facet("\0")


@attrs.frozen
class Index:
    """What one record leaves in the tables that find it.

    Attributes:
        postings: (list, key).
        words: Its search words.
        keys: Its unique keys.
        references: (kind of the target, its id, name of the reference).
        due: (order, key).
    """

    postings: frozenset[tuple[int, str]] = frozenset()
    words: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()
    references: frozenset[tuple[str, str, str]] = frozenset()
    due: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def of(cls, postings: Postings, kind: Kind, record: Record) -> Index:
        """All that a record leaves."""
        listed = set()
        due = set()
        all_of_them = everything(postings)
        for name, key in record.orders.items():
            order = kind.order(name)
            walk = walk_of(postings, kind.name, name)
            listed.add((walk ^ all_of_them, key))
            listed.update([(walk ^ term, key) for term in postings.of_record(order, record)])
            if order.due:
                due.add((name, key))
        return cls(
            frozenset(listed),
            record.words,
            record.keys,
            frozenset((kind.references[name], id, name) for name, id in record.references.items()),
            frozenset(due),
        )


@attrs.define
class Change:
    """What a set of changed records adds to a table, or takes from it, column by column."""

    columns: tuple[list[Any], ...]

    @classmethod
    def of(cls, width: int, rows: Iterable[tuple[Any, ...]]) -> Change:
        """The rows in one sequence for all writers, so that they do not wait for each other in a circle."""
        ordered = sorted(rows)
        return cls(tuple([row[column] for row in ordered] for column in range(width)))

    def __bool__(self) -> bool:
        return bool(self.columns[0])

    def values(self) -> Mapping[str, list[Any]]:
        """The columns as values for a statement: `c0`, `c1`, ..."""
        return {f"c{number}": column for number, column in enumerate(self.columns)}
