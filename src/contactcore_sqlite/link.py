"""One connection to the file, and the only place where the driver's errors become the library's."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Self

from contactcore.errors import StorageError

__all__ = ["Link", "Row", "Rows", "translated", "translation"]

Row = tuple[Any, ...]

_FAULTS = {
    sqlite3.SQLITE_BUSY: ("storage-busy", "Another writer holds the file {path}: try again later."),
    sqlite3.SQLITE_LOCKED: ("storage-busy", "Another writer holds the file {path}: try again later."),
    sqlite3.SQLITE_FULL: ("storage-full", "The disk below {path} is full: make room and try again."),
    sqlite3.SQLITE_CORRUPT: ("storage-unreadable", "The file {path} is damaged: restore it from a copy."),
    sqlite3.SQLITE_NOTADB: ("storage-unreadable", "The file {path} is no SQLite database: give another path."),
    sqlite3.SQLITE_CANTOPEN: ("storage-unreadable", "The file {path} cannot be opened: check its folder and rights."),
    sqlite3.SQLITE_READONLY: ("storage-read-only", "The file {path} or its folder may not be written: change that."),
    sqlite3.SQLITE_PERM: ("storage-read-only", "The file {path} or its folder may not be written: change that."),
    sqlite3.SQLITE_IOERR: ("storage-lost", "The file {path} can no longer be read or written: check its disk."),
    sqlite3.SQLITE_PROTOCOL: ("storage-busy", "The locks of the file {path} could not be had: try again later."),
    sqlite3.SQLITE_TOOBIG: ("storage-too-large", "SQLite refuses so large a value: make it smaller."),
    sqlite3.SQLITE_NOMEM: ("storage-lost", "There is too little memory to use the file {path}: make some free."),
}


@contextmanager
def translated(path: str) -> Iterator[None]:
    """Whatever the driver raises inside arrives as a `StorageError` with its own code."""
    try:
        yield
    except sqlite3.Error as error:
        raise translation(error, path) from error


def translation(error: sqlite3.Error, path: str) -> StorageError:
    """What a driver's error means to the caller."""
    primary = getattr(error, "sqlite_errorcode", 0) & 0xFF
    code, message = _FAULTS.get(primary, ("storage", "The file {path} refused: {error}."))
    return StorageError(message.format(path=path, error=error), code)


class Rows:
    """The rows of a statement, some at a time; leaving early costs nothing.

    Args:
        path: For messages.
        cursor: With the statement under way.
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
        """So many further rows; fewer only at the end."""
        try:
            return self._cursor.fetchmany(count)
        except sqlite3.Error as error:
            raise translation(error, self._path) from error


class Link:
    """A connection whose every call either succeeds or raises `StorageError`.

    Args:
        path: For messages.
        connection: In autocommit mode; transactions are opened by name.
    """

    __slots__ = ("_moment", "_remembered", "connection", "path")

    def __init__(self, path: str, connection: sqlite3.Connection) -> None:
        self.path = path
        self.connection = connection
        self._moment: Row | None = None
        self._remembered: dict[str, Any] = {}

    def remembered(self, most: int) -> dict[str, Any]:
        """What was remembered of the file and still holds: empty once another connection has changed it.

        Args:
            most: Where there is more by now, it is empty too.
        """
        moment = self.row("PRAGMA data_version")
        if moment != self._moment or len(self._remembered) > most:
            self._moment = moment
            self._remembered = {}
        return self._remembered

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """All rows of a statement."""
        try:
            return self.connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise translation(error, self.path) from error

    def row(self, sql: str, values: Sequence[object] = ()) -> Row | None:
        """The first row of a statement, or None."""
        try:
            found: Row | None = self.connection.execute(sql, values).fetchone()
        except sqlite3.Error as error:
            raise translation(error, self.path) from error
        return found

    def stream(self, sql: str, values: Sequence[object] = ()) -> Generator[Row, None, None]:
        """The rows of a statement, one after the other; leaving early costs nothing."""
        with translated(self.path):
            cursor = self.connection.execute(sql, values)
            try:
                yield from cursor
            finally:
                cursor.close()

    def opened(self, sql: str, values: Sequence[object] = ()) -> Rows:
        """The rows of a statement, to be read some at a time."""
        try:
            return Rows(self.path, self.connection.execute(sql, values))
        except sqlite3.Error as error:
            raise translation(error, self.path) from error

    def run(self, sql: str, values: Sequence[object] = ()) -> int:
        """Run a statement; gives how many rows it changed."""
        try:
            return self.connection.execute(sql, values).rowcount
        except sqlite3.Error as error:
            raise translation(error, self.path) from error

    def changed(self, sql: str, values: Sequence[object] = ()) -> int:
        """Run a statement; gives how many rows it changed, those behind a virtual table too."""
        before = self.connection.total_changes
        self.run(sql, values)
        return self.connection.total_changes - before

    def many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run a statement for each row of values."""
        try:
            self.connection.executemany(sql, rows)
        except sqlite3.Error as error:
            raise translation(error, self.path) from error
