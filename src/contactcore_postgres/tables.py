"""The statements that write rows, for a few records and for many."""

# ruff: noqa: S608 - statements are built from constants; every value of a caller is bound

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

from contactcore.storage import Record
from contactcore_postgres import binary
from contactcore_postgres.rows import COLUMNS, IndexRows, RowColumns, values_of
from contactcore_postgres.transaction import Transaction
from contactcore_postgres.wire import Statement

__all__ = [
    "add_fresh",
    "add_indexes",
    "add_records",
    "additions",
    "are_few",
    "change_indexes",
    "taking_of_keys",
]

_FEW: Final = 12
"""The most records that are sent one by one. The preparation of COPY costs about as much."""

_VALUES = ", ".join(f"%(c{number})s" for number in range(len(COLUMNS.split(", "))))
_INSERT_FRESH = f"INSERT INTO record (workspace, {COLUMNS}) VALUES (%(ws)s, {_VALUES})"
_INSERT = f"{_INSERT_FRESH} ON CONFLICT DO NOTHING RETURNING kind, id"
_UPDATE = (
    "UPDATE record SET version = %(c2)s, owner = %(c3)s, card = %(c4)s, access = %(c5)s, terms = %(c6)s,"
    " words = %(c7)s, keys = %(c8)s, orders = %(c9)s, refers = %(c10)s, body = %(c11)s"
    " WHERE workspace = %(ws)s AND kind = %(c0)s AND id = %(c1)s"
)

# Row-level security refuses COPY into a protected table, so rows are copied into a temporary table first. Many rows are
# longer than the 2 kB from which the server would compress parts of them, and expand these for each statement.
_TEMPORARY = """CREATE TEMPORARY TABLE IF NOT EXISTS incoming (
    kind text, id text, version bigint, owner text, card bytea, access text[], terms text[], words text[], keys text[],
    orders jsonb, refers jsonb, body bytea, lists bigint[], list_keys text[], due_names text[], due_keys text[],
    to_kinds text[], to_ids text[], to_names text[]
) WITH (toast_tuple_target = 4000) ON COMMIT DELETE ROWS"""
# On a cluster the temporary table would lie on the coordinator, and Citus would send its rows by COPY. The columns go
# as arrays instead: those of arrays and objects as texts, because `unnest` would take an array of arrays apart.
_CAST = dict.fromkeys(("access", "terms", "words", "keys"), "text[]") | dict.fromkeys(("orders", "refers"), "jsonb")
_TYPES = {"version": "bigint", "card": "bytea", "body": "bytea"}
_NAMES = COLUMNS.split(", ")
_ARRAYS = (
    f"INSERT INTO record (workspace, {COLUMNS}) SELECT w.workspace, "
    + ", ".join(f"x.{name}::{_CAST[name]}" if name in _CAST else f"x.{name}" for name in _NAMES)
    + " FROM workspace w, unnest("
    + ", ".join(f"%(c{number})s::{_TYPES.get(name, 'text')}[]" for number, name in enumerate(_NAMES))
    + f") x({COLUMNS}) WHERE w.workspace = %(ws)s ON CONFLICT DO NOTHING RETURNING kind, id"
)
_ARRAY_ROWS, _ARRAY_BYTES = 1_000, 16_000_000
"""The most records of one such statement, and the most bytes of their bodies."""
_INCOMING = (
    f"INSERT INTO record (workspace, {COLUMNS}) SELECT %(ws)s, {COLUMNS} FROM incoming"
    " ON CONFLICT DO NOTHING RETURNING kind, id"
)
# Sorted as in the index, whatever the collation of the database is, so that neighbours are written together. The kind,
# which nearly all records of a call have in common, would make the comparison of words slower.
_INCOMING_POSTINGS = (
    "INSERT INTO posting SELECT %(ws)s, p.list, p.key, i.id FROM incoming i, unnest(i.lists, i.list_keys) p(list, key)"
    ' ORDER BY p.list, p.key COLLATE "C", i.id COLLATE "C"'
)
_INCOMING_WORDS = (
    "INSERT INTO word SELECT %(ws)s, i.kind, w.word, i.id FROM incoming i, unnest(i.words) w(word)"
    ' ORDER BY w.word COLLATE "C", i.id COLLATE "C"'
)
_INCOMING_DUE = (
    "INSERT INTO due SELECT %(ws)s, i.kind, d.name, d.key, i.id FROM incoming i,"
    " unnest(i.due_names, i.due_keys) d(name, key)"
)
_INCOMING_REFERENCES = (
    "INSERT INTO reference SELECT %(ws)s, t.kind, t.id, i.kind, i.id, t.name FROM incoming i,"
    " unnest(i.to_kinds, i.to_ids, i.to_names) t(kind, id, name)"
)

# Rows are added through the workspace's own row. Without it Citus would pull them to the coordinator, and send them to
# the worker by COPY, which row-level security refuses.
_TAKE = (
    "INSERT INTO unique_key (workspace, key, kind, id) SELECT w.workspace, x.* FROM workspace w,"
    " unnest(%(c0)s::text[], %(c1)s::text[], %(c2)s::text[]) x(key, kind, id) WHERE w.workspace = %(ws)s"
    " ON CONFLICT DO NOTHING RETURNING key"
)
_RELEASE = "SELECT remove_unique_key(%(ws)s, %(c0)s::text[])"
_RELEASE_ON_A_CLUSTER = "DELETE FROM unique_key WHERE workspace = %(ws)s AND key = ANY(%(c0)s::text[])"


def _table(name: str, columns: Sequence[str], types: Sequence[str]) -> tuple[str, str, str, int]:
    """Return the statements that add rows to a table, remove them and do so on a cluster, and the number of columns."""
    given = ", ".join(f"%(c{number})s::{type}[]" for number, type in enumerate(types))
    same = " AND ".join(f"t.{column} = x.{column}" for column in columns)
    rows = f"unnest({given}) x({', '.join(columns)})"
    return (
        (
            f"INSERT INTO {name} (workspace, {', '.join(columns)}) SELECT w.workspace, x.* FROM workspace w, {rows}"
            " WHERE w.workspace = %(ws)s"
        ),
        f"SELECT remove_{name}(%(ws)s, {given})",
        f"DELETE FROM {name} t USING {rows} WHERE t.workspace = %(ws)s AND {same}",
        len(columns),
    )


_POSTING = _table("posting", ("list", "key", "id"), ("bigint", "text", "text"))
_WORD = _table("word", ("kind", "word", "id"), ("text", "text", "text"))
_DUE = _table("due", ("kind", "name", "key", "id"), ("text",) * 4)
_REFERENCE = _table("reference", ("to_kind", "to_id", "kind", "id", "name"), ("text",) * 5)

Pair = tuple[Record, IndexRows]


def are_few(pairs: Sequence[Pair]) -> bool:
    """Return whether records are sent one by one, by the statements of `additions`."""
    return len(pairs) <= _FEW


def additions(pairs: Sequence[Pair]) -> list[Statement]:
    """Return statements that each add a record without its index rows, and return a row if it did not exist."""
    return [(_INSERT, _numbered(values_of(record))) for record, _ in _sorted(pairs)]


def add_fresh(transaction: Transaction, pairs: Sequence[Pair]) -> None:
    """Add records that nobody else can have, and their index rows, in one round trip with the next statement."""
    records = [record for record, _ in _sorted(pairs)]
    transaction.run_later(
        [(_INSERT_FRESH, _numbered(values_of(record))) for record in records],
        fresh=[record.id for record in records],
    )
    change_indexes(transaction, [(record, IndexRows(), index) for record, index in pairs])


def add_records(transaction: Transaction, pairs: Sequence[Pair]) -> set[tuple[str, str]]:
    """Add many records without their index rows, and return kind and id of those that did not exist.

    They stay in the temporary table for `add_indexes`.
    """
    if transaction.connection.cluster:
        return {key for part in _parts(_sorted(pairs)) for key in transaction.rows(_ARRAYS, **_array_values(part))}
    transaction.run_all([(_TEMPORARY, {}), ("TRUNCATE incoming", {})])
    transaction.copy("COPY incoming FROM STDIN (FORMAT BINARY)", (_incoming(*pair) for pair in _sorted(pairs)))
    return {(kind, id) for kind, id in transaction.rows(_INCOMING)}


def add_indexes(transaction: Transaction, pairs: Sequence[Pair]) -> None:
    """Add the index rows of the records that `add_records` has added."""
    if are_few(pairs) or transaction.connection.cluster:
        change_indexes(transaction, [(record, IndexRows(), index) for record, index in pairs])
        return
    statements = (
        (_INCOMING_POSTINGS, True),
        (_INCOMING_WORDS, any(index.words for _, index in pairs)),
        (_INCOMING_DUE, any(index.due for _, index in pairs)),
        (_INCOMING_REFERENCES, any(index.references for _, index in pairs)),
    )
    transaction.run_later([(statement, {}) for statement, used in statements if used])


def taking_of_keys(
    transaction: Transaction, changes: Iterable[tuple[Record, IndexRows, IndexRows]]
) -> tuple[list[Statement], set[str]]:
    """Return the statements that release old unique keys of changed records and take the new ones, and the new ones.

    If there are new ones, the last statement returns those of them that were free.
    """
    changes = list(changes)
    released = RowColumns.of(1, [(key,) for _, old, new in changes for key in old.keys - new.keys])
    taken = RowColumns.of(3, [(key, one.kind, one.id) for one, old, new in changes for key in new.keys - old.keys])
    release = _RELEASE_ON_A_CLUSTER if transaction.connection.cluster else _RELEASE
    statements = [(sql, rows.values()) for sql, rows in ((release, released), (_TAKE, taken)) if rows]
    return statements, set(taken.columns[0])


def change_indexes(
    transaction: Transaction,
    changes: Sequence[tuple[Record, IndexRows, IndexRows]],
    records: Sequence[Record] = (),
) -> None:
    """Replace the index rows of changed records, in one round trip with the next statement.

    Args:
        transaction: The transaction.
        changes: Each record, with its old and its new rows.
        records: Records that are to take the place of the stored ones too.
    """
    statements: list[Statement] = []
    for (insert, remove, remove_on_a_cluster, width), rows in (
        (_POSTING, lambda one, index: {(*row, one.id) for row in index.postings}),
        (_WORD, lambda one, index: {(one.kind, word, one.id) for word in index.words}),
        (_DUE, lambda one, index: {(one.kind, *row, one.id) for row in index.due}),
        (_REFERENCE, lambda one, index: {(*row[:2], one.kind, one.id, row[2]) for row in index.references}),
    ):
        sets = [(rows(one, old), rows(one, new)) for one, old, new in changes]
        removed = RowColumns.of(width, [row for old, new in sets for row in old - new])
        added = RowColumns.of(width, [row for old, new in sets for row in new - old])
        delete = remove_on_a_cluster if transaction.connection.cluster else remove
        statements += [(sql, rows.values()) for sql, rows in ((delete, removed), (insert, added)) if rows]
    statements += [(_UPDATE, _numbered(values_of(record))) for record in records]
    transaction.run_later(statements)


def _numbered(values: Sequence[Any]) -> dict[str, Any]:
    return {f"c{number}": value for number, value in enumerate(values)}


def _sorted(pairs: Sequence[Pair]) -> list[Pair]:
    return sorted(pairs, key=lambda pair: (pair[0].kind, pair[0].id))


def _incoming(record: Record, index: IndexRows) -> bytes:
    lists, list_keys = _columns(2, index.postings)
    due_names, due_keys = _columns(2, index.due)
    to_kinds, to_ids, to_names = _columns(3, index.references)
    return binary.row(
        binary.text(record.kind),
        binary.text(record.id),
        binary.bigint(record.version),
        binary.text(record.owner),
        binary.bytea(record.card),
        binary.texts(sorted(record.access)),
        binary.texts(sorted(record.terms)),
        binary.texts(sorted(record.words)),
        binary.texts(sorted(record.keys)),
        binary.jsonb(record.orders),
        binary.jsonb(record.references),
        binary.bytea(record.body),
        binary.bigints(lists),
        *map(binary.texts, (list_keys, due_names, due_keys, to_kinds, to_ids, to_names)),
    )


def _parts(pairs: Sequence[Pair]) -> Iterator[list[Record]]:
    """Divide records into parts that one statement takes."""
    part: list[Record] = []
    size = 0
    for record, _ in pairs:
        if part and (len(part) == _ARRAY_ROWS or size + len(record.body) > _ARRAY_BYTES):
            yield part
            part, size = [], 0
        part.append(record)
        size += len(record.body)
    yield part


def _array_values(records: Sequence[Record]) -> dict[str, list[Any]]:
    columns = zip(*map(values_of, records), strict=True)
    return {
        f"c{number}": [_ENCODED[_CAST[name]](value) for value in column] if name in _CAST else list(column)
        for number, (name, column) in enumerate(zip(_NAMES, columns, strict=True))
    }


def _text_array(values: Sequence[str]) -> str:
    r"""Return an array in the notation of the server.

    >>> _text_array(["a", 'b"c\\d', ""])
    '{"a","b\\"c\\\\d",""}'
    """
    return "{" + ",".join('"' + value.replace("\\", r"\\").replace('"', r"\"") + '"' for value in values) + "}"


_ENCODED: Final[dict[str, Callable[[Any], str]]] = {
    "text[]": _text_array,
    "jsonb": lambda value: json.dumps(value.obj, ensure_ascii=False),
}


def _columns(width: int, rows: Iterable[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]
