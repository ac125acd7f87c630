"""A connection to the file, and the one place where errors of the driver become errors of the library."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Self

from contactcore.errors import StorageError

__all__ = [
    "LARGE_ROOM",
    "SMALL_ROOM",
    "Connection",
    "Memory",
    "Row",
    "Rows",
    "newer_release",
    "read_only",
    "translated",
    "translation",
]

Row = tuple[Any, ...]
Memory = dict[Any, Any]
"""The facts of the file that a connection remembers until another connection changes them."""

_LARGEST_MEMORY = 1_024
# The KiB of pages that a writing connection keeps. A transaction with many records changes thousands of pages and needs
# room for them. SQLite visits all pages in the room at every commit after a page was split, and FTS5 all places of its
# table of new words, which never shrinks. A transaction with few records would pay for that, so it has a small room.
SMALL_ROOM = 4 << 10
LARGE_ROOM = 64 << 10
_MANY_RECORDS = 20
# So many transactions with few records end the use of a connection with a large room.
_CALM = 4
# Milliseconds of tries. SQLite waits 1, 2, 5 and 10 milliseconds between them, and then longer and longer.
_ROUND = 25

_BUSY = ("storage-busy", "Another writer holds the file {path}: try again later.")
_READ_ONLY = ("storage-read-only", "The file {path} or its folder may not be written: change that.")
_NOT_UNIQUE = (sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
_FAULTS = {
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_FULL: ("storage-full", "The disk below {path} is full: make room and try again."),
    sqlite3.SQLITE_CORRUPT: ("storage-unreadable", "The file {path} is damaged: restore it from a copy."),
    sqlite3.SQLITE_NOTADB: ("storage-unreadable", "The file {path} is no SQLite database: give another path."),
    sqlite3.SQLITE_CANTOPEN: ("storage-unreadable", "The file {path} cannot be opened: check its folder and rights."),
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_PERM: _READ_ONLY,
    sqlite3.SQLITE_IOERR: ("storage-lost", "The file {path} can no longer be read or written: check its disk."),
    sqlite3.SQLITE_PROTOCOL: ("storage-busy", "The locks of the file {path} could not be had: try again later."),
    sqlite3.SQLITE_TOOBIG: ("storage-too-large", "SQLite refuses so large a value: make it smaller."),
    sqlite3.SQLITE_NOMEM: ("storage-lost", "There is too little memory to use the file {path}: make some free."),
}


@contextmanager
def translated(path: str) -> Iterator[None]:
    """Raise errors of the driver as `StorageError`."""
    try:
        yield
    except sqlite3.Error as error:
        raise translation(error, path) from error


def read_only(path: str) -> StorageError:
    """Return the `StorageError` for a file that may not be written."""
    code, message = _READ_ONLY
    return StorageError(message.format(path=path), code)


def newer_release(path: str, schema: int, known: int) -> StorageError:
    """Return the `StorageError` for a file of a schema that this release does not know."""
    return StorageError(
        f"The file {path} was made by a newer release (schema {schema}; this one knows {known}): upgrade contactcore.",
        "storage-newer",
    )


def translation(error: sqlite3.Error, path: str) -> StorageError:
    """Return the `StorageError` for an error of the driver."""
    primary = getattr(error, "sqlite_errorcode", 0) & 0xFF
    code, message = _FAULTS.get(primary, ("storage", "The file {path} refused: {error}."))
    return StorageError(message.format(path=path, error=error), code)


class Rows:
    """The rows of a statement, read in pieces. Leaving early costs nothing.

    Args:
        path: The path of the file, for messages.
        cursor: The cursor of the running statement.
    """

    __slots__ = ("_cursor", "_path")

    def __init__(self, path: str, cursor: sqlite3.Cursor) -> None:
        self._path = path
        self._cursor = cursor

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._cursor.close()

    def next(self, count: int) -> list[Row]:
        """Return the next `count` rows; fewer only at the end."""
        try:
            return self._cursor.fetchmany(count)
        except sqlite3.Error as error:
            raise translation(error, self._path) from error


class Connection:
    """A connection whose calls either succeed or raise `StorageError`.

    Args:
        path: The path of the file, for messages.
        driver_connection: The connection of the driver, in autocommit mode. Transactions are begun by statements.
        patience: The seconds that a transaction waits for another writer.
        on_wait: A function that is called again and again while a transaction waits for another writer.

    Attributes:
        schema: The schema that the file must keep; None as long as the file was not checked.
    """

    __slots__ = (
        *("_calm", "_data_version", "_memory", "_on_wait", "_patience", "_room", "_written"),
        *("driver_connection", "path", "schema"),
    )

    def __init__(
        self,
        path: str,
        driver_connection: sqlite3.Connection,
        patience: float = 0.0,
        on_wait: Callable[[], object] = lambda: None,
    ) -> None:
        self.path: str = path
        self._patience = patience
        self._on_wait = on_wait
        self.driver_connection: sqlite3.Connection = driver_connection
        self.schema: int | None = None
        self._data_version: Row | None = None
        self._memory: Memory = {}
        self._room = 0
        self._written = 0
        self._calm = 0

    def memory(self) -> Memory:
        """Return what this connection remembers, which is valid in the open transaction.

        It is empty after another connection has changed the file.

        Raises:
            StorageError: `storage-newer`: a newer release has upgraded the file meanwhile.
        """
        version = self.row("PRAGMA data_version")
        if version != self._data_version or len(self._memory) > _LARGEST_MEMORY:
            if self.schema is not None:
                ((schema,),) = self.rows("PRAGMA user_version")
                if schema > self.schema:
                    raise newer_release(self.path, schema, self.schema)
            self._data_version = version
            self._memory = {}
        return self._memory

    @contextmanager
    def transaction(self) -> Iterator[Memory]:
        """Begin a transaction that writes; it commits when the context ends, and rolls back if an error leaves it.

        The context gets the memory of this connection. A caller who keeps it up to date gives it back by `remember`.
        Otherwise the connection forgets everything.
        """
        self._begin_writing()
        self._written = 0
        try:
            memory, self._memory = self.memory(), {}
            yield memory
            self.run("COMMIT")
            self._calm = 0 if self._written > _MANY_RECORDS else self._calm + 1
        except BaseException:
            # SQLite may have rolled back by itself, for instance because the disk was full.
            with suppress(StorageError):
                self.run("ROLLBACK")
            raise

    def make_room(self, kib: int) -> None:
        """Keep so many KiB of pages in memory."""
        if kib != self._room:
            self.run(f"PRAGMA cache_size = -{kib}")
            self._room = kib

    def count_written(self, records: int) -> None:
        """Count the records that a transaction is about to write, and make room for many."""
        self._written += records
        if self._written > _MANY_RECORDS:
            self.make_room(LARGE_ROOM)

    @property
    def has_idle_room(self) -> bool:
        """Whether the connection has a large room that its last transactions did not need."""
        return self._room == LARGE_ROOM and self._calm >= _CALM

    def try_often(self) -> None:
        """Let SQLite try a lock for some milliseconds only, so that a waiting transaction tries it often.

        SQLite's own waiting tries ten times a second in the end, and would rarely find a busy file free.
        """
        self.run(f"PRAGMA busy_timeout = {_ROUND}")

    def wait_long(self) -> None:
        """Let SQLite itself wait for locks, for statements outside of transactions."""
        self.run(f"PRAGMA busy_timeout = {round(self._patience * 1_000)}")

    def _begin_writing(self) -> None:
        """Take the write lock of the file.

        Raises:
            StorageError: `storage-busy`: another writer held it all the time.
        """
        deadline = time.monotonic() + self._patience
        while True:
            try:
                self.run("BEGIN IMMEDIATE")
            except StorageError as error:
                if error.code != "storage-busy":
                    raise
                self._on_wait()
                if time.monotonic() >= deadline:
                    raise
            else:
                return

    def remember(self, memory: Memory) -> None:
        """Remember, after the commit, what is known of the file."""
        self._memory = memory

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """Return all rows of a statement."""
        try:
            return self.driver_connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise translation(error, self.path) from error

    def row(self, sql: str, values: Sequence[object] = ()) -> Row | None:
        """Return the first row of a statement; None if it has none."""
        try:
            found: Row | None = self.driver_connection.execute(sql, values).fetchone()
        except sqlite3.Error as error:
            raise translation(error, self.path) from error
        return found

    def opened(self, sql: str, values: Sequence[object] = ()) -> Rows:
        """Run a statement whose rows are read in pieces."""
        try:
            return Rows(self.path, self.driver_connection.execute(sql, values))
        except sqlite3.Error as error:
            raise translation(error, self.path) from error

    def run(self, sql: str, values: Sequence[object] = ()) -> int:
        """Run a statement, and return the number of rows that it changed."""
        try:
            return self.driver_connection.execute(sql, values).rowcount
        except sqlite3.Error as error:
            raise translation(error, self.path) from error

    def changed(self, sql: str, values: Sequence[object] = ()) -> int:
        """Run a statement, and return the number of rows that it changed, including those behind a virtual table."""
        before = self.driver_connection.total_changes
        self.run(sql, values)
        return self.driver_connection.total_changes - before

    def insert_unique(self, sql: str, rows: Iterable[Sequence[object]]) -> bool:
        """Run an INSERT for each row of values until one breaks a unique index; return whether none did."""
        try:
            self.driver_connection.executemany(sql, rows)
        except sqlite3.IntegrityError as error:
            if error.sqlite_errorcode not in _NOT_UNIQUE:
                raise translation(error, self.path) from error
            return False
        except sqlite3.Error as error:
            raise translation(error, self.path) from error
        return True

    def many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run a statement for each row of values."""
        try:
            self.driver_connection.executemany(sql, rows)
        except sqlite3.Error as error:
            raise translation(error, self.path) from error
