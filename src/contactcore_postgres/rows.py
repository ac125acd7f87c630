"""Records as rows: the rows of a record in each table, and the rows that a change adds or removes."""

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
    "IndexRows",
    "RowColumns",
    "all_records_hash",
    "order_hash",
    "record_of",
    "values_of",
]

COLUMNS: Final = "kind, id, version, owner, card, access, terms, words, keys, orders, refers, body"
LIGHT_COLUMNS: Final = "kind, id, version, owner, ''::bytea, access, terms, words, keys, orders, refers, ''::bytea"


def record_of(row: tuple[Any, ...]) -> Record:
    """Return the record of a row of `COLUMNS`."""
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
    """Return the row of `COLUMNS` of a record."""
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


def order_hash(postings: Postings, kind: str, order: str) -> int:
    """Return the hash of an order of a kind. Xor with the number of a term gives a list (simple tabulation hashing)."""
    return postings.facet(f"\0{kind}\0{order}")  # no term holds NUL


def all_records_hash(postings: Postings) -> int:
    """Return the number of the term that every record of an order is posted under."""
    return postings.facet("\0")


@attrs.frozen
class IndexRows:
    """The rows of one record in the index tables.

    Attributes:
        postings: (list, key) pairs.
        words: The search words.
        keys: The unique keys.
        references: (kind of the target, id of the target, name of the reference) triples.
        due: (order, key) pairs.
    """

    postings: frozenset[tuple[int, str]] = frozenset()
    words: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()
    references: frozenset[tuple[str, str, str]] = frozenset()
    due: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def of(cls, postings: Postings, kind: Kind, record: Record) -> IndexRows:
        """Return the rows of a record."""
        listed = set()
        due = set()
        everything = all_records_hash(postings)
        for name, key in record.orders.items():
            order = kind.order(name)
            base = order_hash(postings, kind.name, name)
            listed.add((base ^ everything, key))
            listed.update([(base ^ term, key) for term in postings.of_record(order, record)])
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
class RowColumns:
    """Rows that are added to a table or removed from it, column by column."""

    columns: tuple[list[Any], ...]

    @classmethod
    def of(cls, width: int, rows: Iterable[tuple[Any, ...]]) -> RowColumns:
        """Return the columns of rows, sorted: all writers lock rows in this sequence, which prevents deadlocks."""
        ordered = sorted(rows)
        return cls(tuple([row[column] for row in ordered] for column in range(width)))

    def __bool__(self) -> bool:
        return bool(self.columns[0])

    def values(self) -> Mapping[str, list[Any]]:
        """Return the columns as values of a statement: `c0`, `c1`, ..."""
        return {f"c{number}": column for number, column in enumerate(self.columns)}
