"""The tables, and the check of whether a file may be opened: it is ours and of a known schema, or new and empty.

From schema 2 on every change of the tables is a step in `UPGRADES`, and every schema has a dump in
`tests/adapters/sqlite/dumps` that a test upgrades.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from typing import Final

from contactcore.errors import StorageError
from contactcore.storage.postings import KEY_BYTES, Postings
from contactcore_sqlite.connection import LARGE_ROOM, Connection, newer_release
from contactcore_sqlite.words import PREFIX_LENGTH

__all__ = ["APPLICATION", "OLDEST", "SCHEMA", "UPGRADES", "prepare", "secret_of"]

APPLICATION: Final = 0x436F4E74
"""`PRAGMA application_id` of our files ("CoNt")."""

OLDEST: Final = 2
"""The oldest schema that can be upgraded. Development versions before the first release wrote schema 1."""

UPGRADES: Final[tuple[str, ...]] = (
    # 3: sets of access terms have numbers and stand for their terms in the postings, as `access_sets` says, the sets of
    # most records first; and a record that belongs to itself has no owner. A program of an older release that is still
    # running names columns that are gone, so that it is refused and neither reads nor writes a record.
    """
CREATE TABLE access_set (
    n INTEGER PRIMARY KEY,
    workspace INTEGER NOT NULL REFERENCES workspace,
    kind TEXT NOT NULL,
    terms TEXT NOT NULL,
    covered TEXT NOT NULL,
    UNIQUE (workspace, kind, terms)
);
CREATE TABLE access_term (
    workspace INTEGER NOT NULL REFERENCES workspace, kind TEXT NOT NULL, term TEXT NOT NULL, posted INTEGER NOT NULL,
    PRIMARY KEY (workspace, kind, term, posted)
) WITHOUT ROWID;
INSERT INTO access_set (workspace, kind, terms, covered)
SELECT workspace, kind, access, '[]' FROM record WHERE access <> '[]'
GROUP BY workspace, kind, access ORDER BY count(*) DESC, kind, access;
CREATE TABLE set_term AS
SELECT s.n, s.workspace, s.kind, t.value AS term,
    row_number() OVER (PARTITION BY s.workspace, s.kind, t.value ORDER BY s.n) <= 4 AS covered
FROM access_set AS s CROSS JOIN json_each(s.terms) AS t;
INSERT OR IGNORE INTO access_term
SELECT workspace, kind, term, CASE WHEN covered THEN -n ELSE access_posting(term) END FROM set_term;
CREATE INDEX set_term_n ON set_term (n);
UPDATE access_set AS s SET covered = (
    SELECT json_group_array(term) FROM (SELECT term FROM set_term WHERE n = s.n AND covered ORDER BY term)
);
PRAGMA defer_foreign_keys = ON;
CREATE TABLE old_record AS SELECT * FROM record;
DROP TABLE record;
CREATE TABLE record (
    n INTEGER PRIMARY KEY,
    workspace INTEGER NOT NULL REFERENCES workspace,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    owner TEXT,
    access_set INTEGER NOT NULL,
    card BLOB NOT NULL,
    words TEXT NOT NULL,
    index_data BLOB NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (workspace, kind, id)
);
INSERT INTO record
SELECT r.n, r.workspace, r.kind, r.id, r.version, nullif(r.owner, r.id), coalesce(s.n, 0), r.card, r.words,
    r.index_data, r.body
FROM old_record AS r LEFT JOIN access_set AS s ON s.workspace = r.workspace AND s.kind = r.kind AND s.terms = r.access
ORDER BY r.rowid;
CREATE INDEX record_owner ON record (workspace, kind, owner) WHERE owner <> '';
DROP TABLE old_record;
DELETE FROM posting WHERE term IN (SELECT access_posting(term) FROM set_term);
DELETE FROM posting WHERE position NOT IN (SELECT position FROM entry);
INSERT INTO posting
SELECT -s.n AS term, e.position
FROM entry AS e CROSS JOIN record AS r ON r.n = e.record CROSS JOIN access_set AS s ON s.n = r.access_set
WHERE s.covered <> '[]' ORDER BY 1, 2;
INSERT OR IGNORE INTO posting
SELECT access_posting(t.term) AS term, e.position
FROM entry AS e CROSS JOIN record AS r ON r.n = e.record CROSS JOIN set_term AS t ON t.n = r.access_set
WHERE NOT t.covered ORDER BY 1, 2;
DROP TABLE set_term;
CREATE TABLE old_index AS SELECT * FROM order_index;
DROP TABLE order_index;
CREATE TABLE order_index (
    number INTEGER PRIMARY KEY,
    workspace INTEGER NOT NULL REFERENCES workspace,
    kind TEXT NOT NULL,
    base TEXT NOT NULL,
    name TEXT NOT NULL,
    has_words INTEGER NOT NULL,
    UNIQUE (workspace, kind, base, name)
);
INSERT INTO order_index SELECT * FROM old_index;
DROP TABLE old_index;
""",
)
"""The statements that change a schema into the next one, from `OLDEST` on. A released step never changes.

They can call `access_posting`, the hash of an access term in this file.
"""

SCHEMA: Final = OLDEST + len(UPGRADES)
"""`PRAGMA user_version`: the schema that this release reads and writes."""

# Every printable ASCII sign belongs to a word, and so does every byte above ASCII. No word is ever split or changed.
_SIGNS = "".join(chr(code) for code in range(0x21, 0x7F) if not chr(code).isalnum())
_TOKENIZER = "ascii tokenchars '" + _SIGNS.replace("'", "''") + "'"

_PREFIXES = " ".join(str(length) for length in range(1, PREFIX_LENGTH + 1))
# The bytes of words that a transaction collects before FTS5 writes a segment. With FTS5's default of a million, an
# import of thousands of records writes many segments, and merging them takes longer than the rest of the import.
_HASH_SIZE = 16_000_000

# The reasons for the shape of some tables:
# - `record`: the card is in the first page of the row and the body is last, so a list never reads overflow pages. The
#   owner of a record that belongs to itself is NULL, so that its id is not stored twice more.
# - `order_index`: one row for each order or variant of a kind in a workspace. A position is its number and a place.
# - `entry`: position -> record; `ordering`: (order_index, key, id) -> position, for cursors, ranges and neighbours.
# - `access_set`: the distinct sets of access terms of a kind. `access_term`: term -> the postings to read for it.
# - `posting`: (term, position). A page of one term is one walk along one B-tree. The term of a set is its number, below
#   zero.
# - `word`: contentless, because the words are in `record`, where a deletion needs them. The rowid is the position, so
#   hits come in the order of the directory. Short prefixes have lists of their own, which FTS5 reads no further than
#   needed. It collects the whole list of a longer prefix before the first hit.
_TABLES = f"""
CREATE TABLE setting (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE workspace (n INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE order_index (
    number INTEGER PRIMARY KEY,
    workspace INTEGER NOT NULL REFERENCES workspace,
    kind TEXT NOT NULL,
    base TEXT NOT NULL,
    name TEXT NOT NULL,
    has_words INTEGER NOT NULL,
    UNIQUE (workspace, kind, base, name)
);
CREATE TABLE record (
    n INTEGER PRIMARY KEY,
    workspace INTEGER NOT NULL REFERENCES workspace,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    owner TEXT,
    access_set INTEGER NOT NULL,
    card BLOB NOT NULL,
    words TEXT NOT NULL,
    index_data BLOB NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (workspace, kind, id)
);
CREATE INDEX record_owner ON record (workspace, kind, owner) WHERE owner <> '';
CREATE TABLE access_set (
    n INTEGER PRIMARY KEY,
    workspace INTEGER NOT NULL REFERENCES workspace,
    kind TEXT NOT NULL,
    terms TEXT NOT NULL,
    covered TEXT NOT NULL,
    UNIQUE (workspace, kind, terms)
);
CREATE TABLE access_term (
    workspace INTEGER NOT NULL REFERENCES workspace, kind TEXT NOT NULL, term TEXT NOT NULL, posted INTEGER NOT NULL,
    PRIMARY KEY (workspace, kind, term, posted)
) WITHOUT ROWID;
CREATE TABLE entry (position INTEGER PRIMARY KEY, record INTEGER NOT NULL, key TEXT NOT NULL);
CREATE TABLE ordering (
    order_index INTEGER NOT NULL, key TEXT NOT NULL, id TEXT NOT NULL, position INTEGER NOT NULL,
    PRIMARY KEY (order_index, key, id)
) WITHOUT ROWID;
CREATE TABLE posting (term INTEGER NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (term, position)) WITHOUT ROWID;
CREATE VIRTUAL TABLE word USING fts5 (
    words, content='', columnsize=0, detail=none, prefix='{_PREFIXES}', tokenize="{_TOKENIZER.replace('"', '""')}"
);
INSERT INTO word (word, rank) VALUES ('hashsize', {_HASH_SIZE});
INSERT INTO word (word, rank) VALUES ('usermerge', 2);
CREATE TABLE unique_key (
    workspace INTEGER NOT NULL REFERENCES workspace, key TEXT NOT NULL, record INTEGER NOT NULL,
    PRIMARY KEY (workspace, key)
) WITHOUT ROWID;
CREATE TABLE reference (
    target INTEGER NOT NULL REFERENCES record, source INTEGER NOT NULL, name TEXT NOT NULL,
    PRIMARY KEY (target, source, name)
) WITHOUT ROWID;
CREATE TABLE event (
    workspace INTEGER NOT NULL REFERENCES workspace, position INTEGER NOT NULL,
    name TEXT NOT NULL, subject TEXT NOT NULL, at TEXT NOT NULL, data BLOB NOT NULL,
    PRIMARY KEY (workspace, position)
) WITHOUT ROWID;
CREATE TABLE blob (
    workspace INTEGER NOT NULL REFERENCES workspace, digest TEXT NOT NULL, data BLOB NOT NULL,
    PRIMARY KEY (workspace, digest)
);
CREATE TABLE report_view (name TEXT PRIMARY KEY, sql TEXT NOT NULL) WITHOUT ROWID;
"""  # noqa: S608 - only constants are put in


def prepare(connection: Connection) -> None:
    """Create the tables in a new file, upgrade those of an older release, and refuse any other file unchanged.

    Raises:
        StorageError: `storage-newer`, `storage-outdated`, `storage-foreign`, `storage-unreadable`, `storage-incapable`.
    """
    # One snapshot: another process may make the tables between two of the questions.
    connection.run("BEGIN")
    try:
        schema = _schema_of(connection)
    finally:
        # SQLite may have ended the transaction by itself, for instance because the disk could not be read.
        with suppress(StorageError):
            connection.run("ROLLBACK")
    if schema != SCHEMA:
        _make_or_upgrade(connection)
    connection.schema = SCHEMA


def _make_or_upgrade(connection: Connection) -> None:
    _check_abilities(connection)
    with connection.transaction():
        schema = _schema_of(connection)  # another process may have been faster
        if schema is None:
            _run_script(connection, _TABLES)
            connection.run("INSERT INTO setting VALUES ('secret', ?)", (os.urandom(KEY_BYTES),))
            connection.run(f"PRAGMA application_id = {APPLICATION}")
        else:
            connection.make_room(LARGE_ROOM)
            postings = Postings(secret_of(connection))
            connection.driver_connection.create_function("access_posting", 1, postings.access, deterministic=True)
            for step in UPGRADES[schema - OLDEST :]:
                _run_script(connection, step)
        connection.run(f"PRAGMA user_version = {SCHEMA}")


def secret_of(connection: Connection) -> bytes:
    """Return the key with which the terms of this file are hashed."""
    row = connection.row("SELECT value FROM setting WHERE name = 'secret'")
    if row is None:
        raise StorageError(f"The file {connection.path} is damaged: restore it from a copy.", "storage-unreadable")
    return bytes(row[0])


def _schema_of(connection: Connection) -> int | None:
    """Return the schema of a file; None if the file is new."""
    application, version, tables = (
        next(iter(connection.row(sql) or (0,)))
        for sql in ("PRAGMA application_id", "PRAGMA user_version", "SELECT count(*) FROM sqlite_master")
    )
    if application == 0 and version == 0 and tables == 0:
        return None
    if application != APPLICATION:
        raise StorageError(
            f"The file {connection.path} is a database of another program: give the path of a new file.",
            "storage-foreign",
        )
    if version > SCHEMA:
        raise newer_release(connection.path, version, SCHEMA)
    if version < OLDEST:
        raise StorageError(
            f"The file {connection.path} was made by a development version of contactcore (schema {version}; this "
            f"release reads {OLDEST} and later): export its contacts with that version, and import them into a new "
            "file.",
            "storage-outdated",
        )
    return int(version)


def _check_abilities(connection: Connection) -> None:
    try:
        connection.driver_connection.execute("CREATE VIRTUAL TABLE temp.ability USING fts5 (x)")
        connection.driver_connection.execute("DROP TABLE temp.ability")
    except sqlite3.OperationalError as error:
        if "fts5" not in str(error):
            raise
        raise StorageError(
            "This SQLite was built without FTS5, which the search needs: use a Python whose SQLite has it.",
            "storage-incapable",
        ) from error


def _run_script(connection: Connection, script: str) -> None:
    """Run statements one by one, because `executescript` would commit first."""
    statement = ""
    for line in script.splitlines():
        statement += line + "\n"
        if line.rstrip().endswith(";") and sqlite3.complete_statement(statement):
            connection.run(statement)
            statement = ""
