"""The connections of one storage in this process.

A connection is opened once and used by one transaction at a time. It is never used in another process.
"""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from contactcore.errors import StorageError
from contactcore.storage import OpenTransactions
from contactcore_sqlite.connection import SMALL_ROOM, Connection, read_only, translated
from contactcore_sqlite.schema import prepare
from contactcore_sqlite.waiting_writers import WaitingWriters
from contactcore_sqlite.write_fairness import WriteFairness

__all__ = ["ConnectionPool"]

_NOT_WRITABLE = frozenset((errno.EACCES, errno.EPERM, errno.EROFS))
_SETTINGS = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA synchronous = FULL",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA trusted_schema = OFF",
    # Deleted rows are overwritten with zeros, because a row may hold the link of a letter.
    "PRAGMA secure_delete = ON",
)
_READER_ROOM = 16 << 10
# An import batch changes thousands of pages. With SQLite's default of 1,000 pages every commit would checkpoint the
# log.
_CHECKPOINT_PAGES = 16_000
_LOG_LIMIT = 128 << 20

# Connections that a fork copied. Closing them in the child would release locks of the parent, so they are only kept.
_inherited: list[object] = []

# SQLite keeps the locks of the process on each file in memory, which a fork copies. A child that opens the file again
# believes that it holds these locks and takes none. Another process then removes the log that the child writes to.
# Idle connections are therefore closed before a fork. If a transaction keeps one open, the child cannot use the file.
_pools: weakref.WeakValueDictionary[int, ConnectionPool] = weakref.WeakValueDictionary()
_unusable_files: set[tuple[int, int]] = set()
_creating = threading.Lock()


class ConnectionPool:
    """The connections of one storage in this process.

    Args:
        path: The path of the file.
        patience: The seconds to wait for another writer.

    Attributes:
        waiting: The writers that wait for their turn.
    """

    def __init__(self, path: str, patience: float) -> None:
        self.path = path
        self._patience = patience
        self._open_transactions = OpenTransactions()
        self._file: tuple[int, int] | None = None
        self._reset()
        _pools[id(self)] = self

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Lend a connection to a reader.

        Raises:
            StorageError: `storage-closed`.
        """
        with self._open_transactions.reading():
            self._check_usable()
            with self._lent(self._idle_readers) as connection:
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Lend a connection to the one writer of this process. Other threads wait here.

        Raises:
            StorageError: `storage-busy`, `writer-open`, `storage-closed`.
        """
        with self._open_transactions.writing():
            self._check_usable()
            lock = self._writer_lock
            self._wait_for(lock)
            try:
                with self._fairness.transaction(), self._lent(self._idle_writers) as connection:
                    yield connection
            finally:
                lock.release()

    def _wait_for(self, lock: threading.Lock) -> None:
        if lock.acquire(blocking=False):
            return
        with self.waiting.thread():
            if not lock.acquire(timeout=self._patience):
                raise StorageError(f"Another writer holds the file {self.path}: try again later.", "storage-busy")

    def close(self) -> None:
        """Close the connections.

        Raises:
            StorageError: `storage-in-use`.
        """
        self._open_transactions.close()
        self.close_idle()

    def close_idle(self) -> None:
        """Close the idle connections."""
        if self._process == os.getpid():
            for idle in (self._idle_readers, self._idle_writers):
                while (connection := self._idle(idle)) is not None:
                    _close(connection)

    def after_fork(self) -> None:
        """Start without connections in the child, and give up the file if a connection was open during the fork."""
        if self._in_use or self._idle_readers or self._idle_writers:
            file = self._file or _identity(self.path)
            if file is not None:
                _unusable_files.add(file)
        self._leave_inherited()

    def _leave_inherited(self) -> None:
        _inherited.extend((self._idle_readers, self._idle_writers, self._in_use, self._writer_lock))
        self._reset()

    def _reset(self) -> None:
        self._process = os.getpid()
        self._in_use: set[object] = set()
        self._idle_readers: list[Connection] = []
        self._idle_writers: list[Connection] = []
        self._writer_lock = threading.Lock()
        self._fairness = WriteFairness()
        self.waiting = WaitingWriters(self.path)

    def _check_usable(self) -> None:
        if self._process != os.getpid():
            self._leave_inherited()
        # Writes to a file without a name are lost, and opening the path again would create an empty file.
        if self._file is not None and _identity(self.path) != self._file:
            raise StorageError(
                f"The file {self.path} was moved, removed or replaced while it was open: put it back, or open the "
                "storage anew.",
                "storage-lost",
            )

    @contextmanager
    def _lent(self, idle: list[Connection]) -> Iterator[Connection]:
        in_use, token = self._in_use, object()
        in_use.add(token)
        try:
            connection = self._idle(idle) or self._open(writes=idle is self._idle_writers)
            try:
                yield connection
            finally:
                self._put_back(connection, idle)
        finally:
            in_use.discard(token)

    @staticmethod
    def _idle(idle: list[Connection]) -> Connection | None:
        with suppress(IndexError):  # another thread may take the last one
            return idle.pop()
        return None

    def _put_back(self, connection: Connection, idle: list[Connection]) -> None:
        if self._process != os.getpid():
            _inherited.append(connection)
            return
        if connection.has_idle_room:
            connection = self._replaced(connection)
        idle.append(connection)

    def _replaced(self, worn: Connection) -> Connection:
        """Return a fresh writing connection in place of one; the same one if none can be opened now."""
        if _identity(self.path) != self._file:
            return worn  # the next transaction is refused; opening the path would create an empty file
        try:
            # Before the other one is closed: the last one that is closed writes all of the log to the file.
            fresh = self._open(writes=True)
        except StorageError:
            return worn
        _close(worn)
        return fresh

    def _open(self, *, writes: bool) -> Connection:
        self._check_path()
        if _unusable_files and _identity(self.path) in _unusable_files:
            raise StorageError(
                f"This process was forked while a transaction was under way in {self.path}, so it cannot use the file: "
                "start processes at another time, or with the method spawn.",
                "storage-lost",
            )
        _create_private(self.path)
        with translated(self.path):
            driver_connection = sqlite3.connect(
                self.path, timeout=self._patience, isolation_level=None, check_same_thread=False, cached_statements=256
            )
        connection = Connection(self.path, driver_connection, self._patience, self.waiting.tell)
        try:
            self._set_up(connection)
            connection.make_room(SMALL_ROOM if writes else _READER_ROOM)
            if writes:
                connection.try_often()
        except BaseException:
            _close(connection)
            raise
        if self._file is None:
            self._file = _identity(self.path)
        return connection

    def _set_up(self, connection: Connection) -> None:
        for setting in _SETTINGS:
            connection.run(setting)
        prepare(connection)
        connection.run(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
        connection.run(f"PRAGMA journal_size_limit = {_LOG_LIMIT}")
        if connection.row("PRAGMA journal_mode") != ("wal",):
            self._use_write_ahead_log(connection)

    def _use_write_ahead_log(self, connection: Connection) -> None:
        # SQLite's busy timeout does not apply to a change of the journal mode.
        deadline = time.monotonic() + self._patience
        while True:
            try:
                mode = connection.row("PRAGMA journal_mode = WAL")
            except StorageError as error:
                if error.code != "storage-busy" or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
                continue
            if mode != ("wal",):
                raise StorageError(
                    f"The disk of {self.path} cannot keep a write-ahead log: use a local disk.", "storage-incapable"
                )
            return

    def _check_path(self) -> None:
        if _is_usual(self.path):
            return
        from pathlib import Path  # loads the parser of web addresses, only to say what is wrong

        path = Path(self.path)
        try:
            is_folder, has_folder = path.is_dir(), path.parent.is_dir()
        except OSError as error:
            raise StorageError(
                f"The file {self.path} cannot be opened: {error.strerror}.", "storage-unreadable"
            ) from error
        if is_folder:
            raise StorageError(f"{self.path} is a folder: give the path of a file in it.", "storage-unreadable")
        if not has_folder:
            raise StorageError(
                f"There is no folder {path.parent}: make it, or give another path.", "storage-folder-missing"
            )


def _is_usual(path: str) -> bool:
    """Return whether there is a file, or a folder in which it can be made."""
    try:
        return stat.S_ISREG(os.stat(path).st_mode)  # noqa: PTH116 - as `_identity`
    except FileNotFoundError:
        return os.path.isdir(os.path.dirname(path))  # noqa: PTH112, PTH120 - pathlib is loaded to name faults alone
    except OSError:
        return False


def _identity(path: str) -> tuple[int, int] | None:
    """Return device and inode, which identify a file on this machine; None if there is no file."""
    try:
        found = os.stat(path)  # noqa: PTH116 - called before every transaction
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _create_private(path: str) -> None:
    """Create a missing file for this user only. SQLite gives its log and its index of the log the same mode.

    Raises:
        StorageError: `storage-read-only` if the folder may not be written. SQLite would say only that it cannot open
            the file.
    """
    # Another thread that opened the file before this descriptor is closed would lose its locks on the file.
    real = os.path.realpath(path)
    with _creating:
        try:
            os.close(os.open(real, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        except OSError as error:
            # A folder that may not be searched hides whether there is a file. SQLite names that and all other reasons.
            if error.errno in _NOT_WRITABLE and os.access(os.path.dirname(real), os.X_OK):  # noqa: PTH120
                raise read_only(path) from error


def _close(connection: Connection) -> None:
    with suppress(sqlite3.Error):
        connection.driver_connection.close()


def _pools_of_this_process() -> list[ConnectionPool]:
    return [pool for reference in _pools.valuerefs() if (pool := reference()) is not None]


def _before_fork() -> None:
    for pool in _pools_of_this_process():
        pool.close_idle()


def _after_fork() -> None:
    global _creating  # noqa: PLW0603 - another thread of the parent may have held it
    _creating = threading.Lock()
    for pool in _pools_of_this_process():
        pool.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_child=_after_fork)
