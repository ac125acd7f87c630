"""The tables, and the file's right to be opened: it is ours, of this schema or an older one, or new and empty."""

from __future__ import annotations

import secrets
import sqlite3

from contactcore.errors import StorageError
from contactcore.storage.postings import KEY_BYTES
from contactcore_sqlite.link import Link
from contactcore_sqlite.words import LISTED

__all__ = ["APPLICATION", "SCHEMA", "prepare", "secret_of"]

APPLICATION = 0x436F4E74
"""`PRAGMA application_id` of our files ("CoNt")."""
SCHEMA = 1
"""`PRAGMA user_version`: the schema that this release reads and writes."""

# Every printable ASCII sign belongs to a word; bytes above ASCII always do. So no word is ever split or changed.
_SIGNS = "".join(chr(code) for code in range(0x21, 0x7F) if not chr(code).isalnum())
_TOKENIZER = "ascii tokenchars '" + _SIGNS.replace("'", "''") + "'"

_PREFIXES = " ".join(str(length) for length in range(1, LISTED + 1))
# Bytes of words that a transaction gathers before FTS5 writes a segment: with its usual million an import of thousands
# of records writes many segments, and merging them takes longer than all the rest.
_GATHERED = 16_000_000

# Why those of the tables that do not explain themselves are as they are:
# - `record`: the card stands in the row's first page, the body last, so that a list never reads overflow pages.
# - `entry`: position -> record; `ordering`: (walk, key, id) -> position, for cursors, ranges and neighbours.
# - `posting`: (term, position); a page of one term is one walk along one B-tree.
# - `word`: contentless, so words are stored once (in `record`, where deleting needs them); rowid = position, so hits
#   come in directory order. Short beginnings have lists of their own, which FTS5 reads no further than it is asked; of
#   a longer one it gathers the whole list before the first hit.
_TABLES = f"""
CREATE TABLE setting (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE workspace (n INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE walk (
    n INTEGER PRIMARY KEY,
    workspace INTEGER NOT NULL REFERENCES workspace,
    kind TEXT NOT NULL,
    base TEXT NOT NULL,
    name TEXT NOT NULL,
    worded INTEGER NOT NULL,
    UNIQUE (workspace, kind, base, name)
);
CREATE TABLE record (
    n INTEGER PRIMARY KEY,
    workspace INTEGER NOT NULL REFERENCES workspace,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    owner TEXT NOT NULL,
    access TEXT NOT NULL,
    card BLOB NOT NULL,
    words TEXT NOT NULL,
    derived BLOB NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (workspace, kind, id)
);
CREATE INDEX record_owner ON record (workspace, kind, owner) WHERE owner <> '';
CREATE TABLE entry (position INTEGER PRIMARY KEY, record INTEGER NOT NULL, key TEXT NOT NULL);
CREATE TABLE ordering (
    walk INTEGER NOT NULL, key TEXT NOT NULL, id TEXT NOT NULL, position INTEGER NOT NULL,
    PRIMARY KEY (walk, key, id)
) WITHOUT ROWID;
CREATE TABLE posting (term INTEGER NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (term, position)) WITHOUT ROWID;
CREATE VIRTUAL TABLE word USING fts5 (
    words, content='', columnsize=0, detail=none, prefix='{_PREFIXES}', tokenize="{_TOKENIZER.replace('"', '""')}"
);
INSERT INTO word (word, rank) VALUES ('hashsize', {_GATHERED});
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


def prepare(link: Link) -> None:
    """Make a new file ours, and refuse one that is not.

    Raises:
        StorageError: `storage-newer`, `storage-foreign`, `storage-unreadable`, `storage-incapable`.
    """
    if _is_ready(link):
        return
    _check_abilities(link)
    link.run("BEGIN IMMEDIATE")
    try:
        if not _is_ready(link):  # another process may have been quicker
            # One by one: executescript would commit first.
            for statement in _statements(_TABLES):
                link.run(statement)
            link.run("INSERT INTO setting VALUES ('secret', ?)", (secrets.token_bytes(KEY_BYTES),))
            link.run(f"PRAGMA application_id = {APPLICATION}")
            link.run(f"PRAGMA user_version = {SCHEMA}")
    except BaseException:
        link.run("ROLLBACK")
        raise
    link.run("COMMIT")


def secret_of(link: Link) -> bytes:
    """The key that this file's terms are hashed with."""
    row = link.row("SELECT value FROM setting WHERE name = 'secret'")
    if row is None:
        raise StorageError(f"The file {link.path} is damaged: restore it from a copy.", "storage-unreadable")
    return bytes(row[0])


def _is_ready(link: Link) -> bool:
    application, version, tables = (
        next(iter(link.row(sql) or (0,)))
        for sql in ("PRAGMA application_id", "PRAGMA user_version", "SELECT count(*) FROM sqlite_master")
    )
    if application == 0 and version == 0 and tables == 0:
        return False
    if application != APPLICATION:
        raise StorageError(
            f"The file {link.path} is a database of another program: give the path of a new file.", "storage-foreign"
        )
    if version > SCHEMA:
        raise StorageError(
            f"The file {link.path} was made by a newer release (schema {version}; this one knows {SCHEMA}): "
            "upgrade contactcore.",
            "storage-newer",
        )
    return True


def _check_abilities(link: Link) -> None:
    try:
        link.connection.execute("CREATE VIRTUAL TABLE temp.ability USING fts5 (x)")
        link.connection.execute("DROP TABLE temp.ability")
    except sqlite3.OperationalError as error:
        if "fts5" not in str(error):
            raise
        raise StorageError(
            "This SQLite was built without FTS5, which the search needs: use a Python whose SQLite has it.",
            "storage-incapable",
        ) from error


def _statements(script: str) -> list[str]:
    statements: list[str] = []
    rest = ""
    for line in script.splitlines():
        rest += line + "\n"
        if line.rstrip().endswith(";") and sqlite3.complete_statement(rest):
            statements.append(rest)
            rest = ""
    return statements
