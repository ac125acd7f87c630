"""The cards of each address book, with their ETags, that the user's clients have seen, in a small SQLite file.

The file answers which cards are new, changed or gone since a sync token. It holds ids, names of cards and checksums,
and no contact. All of it can be made again from the workspace: without the file, clients compare all ETags once.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import attrs

__all__ = ["Book", "BookState", "Entry"]

_VERSION = 1
_WAIT = 30.0
_MOST_GONE = 10_000
_TABLES = """
CREATE TABLE book (
    id INTEGER PRIMARY KEY, workspace TEXT NOT NULL, login TEXT NOT NULL, key TEXT NOT NULL, actor TEXT NOT NULL,
    day TEXT NOT NULL, position INTEGER NOT NULL, mark TEXT NOT NULL, serial INTEGER NOT NULL, floor INTEGER NOT NULL,
    changed REAL NOT NULL, UNIQUE (workspace, login)
);
CREATE TABLE entry (
    book INTEGER NOT NULL, contact TEXT NOT NULL, href TEXT NOT NULL, uid TEXT NOT NULL, version INTEGER NOT NULL,
    etag TEXT NOT NULL, modified REAL NOT NULL, place TEXT NOT NULL, until TEXT NOT NULL,
    PRIMARY KEY (book, contact), UNIQUE (book, href)
) WITHOUT ROWID;
CREATE TABLE change (
    book INTEGER NOT NULL, href TEXT NOT NULL, serial INTEGER NOT NULL, gone INTEGER NOT NULL, PRIMARY KEY (book, href)
) WITHOUT ROWID;
"""


@attrs.frozen
class Entry:
    """A card of an address book.

    Attributes:
        contact: The id of the contact.
        href: The name of the card in the address book.
        uid: The UID of the card.
        version: The version of the contact.
        etag: The ETag of the card.
        modified: The time of the last change of the contact, in seconds since 1970.
        place: The id of the company whose name the card shows as its ORG; `""` for none.
        until: The day on which the card may change by itself; `""` for none.
    """

    contact: str
    href: str
    uid: str
    version: int
    etag: str
    modified: float
    place: str = ""
    until: str = ""


@attrs.frozen
class Book:
    """How far the address book of a user is known.

    Attributes:
        id: The number of the book in the file.
        key: A random text that no other book has; sync tokens begin with it.
        actor: The actor and the rights for which the book was made.
        day: The day for which the cards hold.
        position: The position in the feed of the workspace up to which the book is known.
        mark: The event at this position, to notice a workspace that was restored from a backup.
        serial: The number of changes of the book so far.
        floor: The oldest serial whose later changes are all known.
        changed: The time of the last change, in seconds since 1970.
    """

    id: int
    key: str
    actor: str
    day: str
    position: int
    mark: str
    serial: int
    floor: int
    changed: float


class BookState:
    """The file with the state of all address books.

    Any number of threads and processes of one machine may use one file.

    Args:
        path: The path of the file; None for a state that lasts as long as the object.
    """

    def __init__(self, path: str | os.PathLike[str] | None) -> None:
        self._path = None if path is None else Path(path)
        self._lock = threading.RLock()
        self._depth = 0
        self._process = 0
        self._opened: sqlite3.Connection | None = None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the state alone: one thread of one process at a time. What it changes is kept at the end, or not at all.

        A thread that holds the state may ask for it again.
        """
        with self._lock:
            if self._depth == 0:
                self._connection().execute("BEGIN IMMEDIATE")
            self._depth += 1
            done = False
            try:
                yield
                done = True
            finally:
                self._depth -= 1
                if self._depth == 0:
                    self._end(done)

    def _end(self, done: bool) -> None:
        connection = self._connection()
        try:
            if done:
                connection.execute("COMMIT")
        finally:
            # A full disk may refuse the commit and leave the transaction open, or end it.
            if connection.in_transaction:
                connection.execute("ROLLBACK")

    def book(self, workspace: str, login: str) -> Book | None:
        """The address book of a user; None if it is not known yet."""
        columns = "id, key, actor, day, position, mark, serial, floor, changed"
        query = f"SELECT {columns} FROM book WHERE workspace = ? AND login = ?"  # noqa: S608 - no value of a caller
        row = self._connection().execute(query, (workspace, login)).fetchone()
        return None if row is None else Book(*row)

    def start(self, workspace: str, login: str) -> Book:
        """A new address book without cards, in the place of a former one. Older tokens are not valid for it."""
        former = self.book(workspace, login)
        if former is not None:
            for table in ("entry", "change"):
                self._connection().execute(f"DELETE FROM {table} WHERE book = ?", (former.id,))  # noqa: S608
            self._connection().execute("DELETE FROM book WHERE id = ?", (former.id,))
        values = (workspace, login, secrets.token_hex(12))
        self._connection().execute(
            "INSERT INTO book (workspace, login, key, actor, day, position, mark, serial, floor, changed)"
            " VALUES (?, ?, ?, '', '', 0, '', 0, 0, 0)",
            values,
        )
        started = self.book(workspace, login)
        assert started is not None
        return started

    def keep(self, book: Book) -> None:
        """Store how far an address book is known."""
        self._connection().execute(
            "UPDATE book SET actor = ?, day = ?, position = ?, mark = ?, serial = ?, floor = ?, changed = ?"
            " WHERE id = ?",
            (book.actor, book.day, book.position, book.mark, book.serial, book.floor, book.changed, book.id),
        )

    def entries(self, book: Book) -> dict[str, Entry]:
        """The cards of an address book, by the ids of their contacts."""
        query = "SELECT contact, href, uid, version, etag, modified, place, until FROM entry WHERE book = ?"
        return {row[0]: Entry(*row) for row in self._connection().execute(query, (book.id,))}

    def replace(self, book: Book, gone: Iterable[Entry], present: Iterable[Entry]) -> None:
        """Remove cards from an address book, then add or replace others; none of this counts as a change yet."""
        run = self._connection().executemany
        run("DELETE FROM entry WHERE book = ? AND contact = ?", ((book.id, one.contact) for one in gone))
        values = [(book.id, *attrs.astuple(one)) for one in present]
        # Two cards may exchange their names.
        run("DELETE FROM entry WHERE book = ? AND contact = ?", (row[:2] for row in values))
        run("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)

    def count(self, book: Book, changes: Mapping[str, bool]) -> int:
        """Record changes under the serial of a book; returns the new floor.

        Args:
            book: The book, with its new serial.
            changes: The names of changed cards -> whether the card is gone.
        """
        connection = self._connection()
        connection.executemany(
            "INSERT OR REPLACE INTO change VALUES (?, ?, ?, ?)",
            ((book.id, href, book.serial, gone) for href, gone in changes.items()),
        )
        query = "SELECT serial FROM change WHERE book = ? AND gone ORDER BY serial DESC LIMIT 1 OFFSET ?"
        oldest = connection.execute(query, (book.id, _MOST_GONE)).fetchone()
        if oldest is None:
            return book.floor
        connection.execute("DELETE FROM change WHERE book = ? AND gone AND serial <= ?", (book.id, *oldest))
        return max(book.floor, int(oldest[0]))

    def changes(self, book: Book, after: int) -> list[str]:
        """The names of the cards that were added, changed or removed after a serial."""
        query = "SELECT href FROM change WHERE book = ? AND serial > ? ORDER BY serial, href"
        return [row[0] for row in self._connection().execute(query, (book.id, after))]

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()
                self._opened = None

    def _connection(self) -> sqlite3.Connection:
        if self._opened is None or self._process != os.getpid():
            # A connection of the parent process must not be used, nor closed, in a child.
            self._opened = self._open()
            self._process = os.getpid()
        return self._opened

    def _open(self) -> sqlite3.Connection:
        opened = sqlite3.connect(
            ":memory:" if self._path is None else self._path,
            timeout=_WAIT,
            isolation_level=None,
            check_same_thread=False,
        )
        # A token must not be older than what the file knows after a power failure.
        opened.execute("PRAGMA synchronous = FULL")
        opened.execute("PRAGMA journal_mode = WAL")
        opened.execute("BEGIN IMMEDIATE")
        with closing(opened.execute("PRAGMA user_version")) as found:
            (version,) = found.fetchone()
        if version != _VERSION:
            for table in ("book", "entry", "change"):
                opened.execute(f"DROP TABLE IF EXISTS {table}")
            for statement in _TABLES.strip().split(";")[:-1]:
                opened.execute(statement)
            opened.execute(f"PRAGMA user_version = {_VERSION}")
        opened.execute("COMMIT")
        return opened
