"""Connections: opened once, used by one transaction at a time, never carried into another process."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from contactcore.errors import StorageError
from contactcore_sqlite.link import Link, translated
from contactcore_sqlite.schema import prepare
from contactcore_sqlite.turns import WriteFairness

__all__ = ["Connections"]

_SETTINGS = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA synchronous = FULL",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA trusted_schema = OFF",
)
_READER_CACHE = 16 << 10
_WRITER_CACHE = 64 << 10
# A batch of an import dirties thousands of pages: with the usual thousand every commit would copy the log back.
_CHECKPOINT_PAGES = 16_000
_LOG_LIMIT = 128 << 20

# Connections of a process that was forked: closing them here would touch the parent's locks, so they are only kept.
_inherited: list[object] = []

# SQLite remembers for each file, in the memory that a fork copies, which locks the process has. A child that opens a
# file anew believes them its own and takes none: another process then removes the log that the child writes to. So
# nothing is open in a fork; what a transaction under way keeps open in it cannot be used there at all.
_everywhere: weakref.WeakValueDictionary[int, Connections] = weakref.WeakValueDictionary()
_spoilt: set[tuple[int, int]] = set()


class Connections:
    """The connections of one storage in this process.

    Args:
        path: The file.
        patience: Seconds to wait for another writer.
    """

    def __init__(self, path: str, patience: float) -> None:
        self.path = path
        self._patience = patience
        self._closed = False
        self._writer: int | None = None
        self._file: tuple[int, int] | None = None
        self._begin_anew()
        _everywhere[id(self)] = self

    @contextmanager
    def reading(self) -> Iterator[Link]:
        """A connection for one reader."""
        self._usable()
        with self._used(self._idle_readers, _READER_CACHE) as link:
            yield link

    @contextmanager
    def writing(self) -> Iterator[Link]:
        """The connection for the writer of this process; threads wait for one another here.

        Raises:
            StorageError: `storage-busy`.
        """
        self._usable()
        lock = self._writer_lock
        me = threading.get_ident()
        # A thread that waits for its own writer would wait in vain.
        if not lock.acquire(timeout=0 if self._writer == me else self._patience):
            raise StorageError(f"Another writer holds the file {self.path}: try again later.", "storage-busy")
        self._writer = me
        try:
            with self._turns.taken(), self._used(self._idle_writers, _WRITER_CACHE) as link:
                yield link
        finally:
            self._writer = None
            lock.release()

    def close(self) -> None:
        """Close what is idle now, and what is in use when it is put back."""
        self._closed = True
        self._close_idle()

    def before_fork(self) -> None:
        """Leave nothing open that need not be."""
        self._close_idle()

    def after_fork(self) -> None:
        """Begin anew in the child, and give the file up if something of it was open."""
        if self._in_use or self._idle_readers or self._idle_writers:
            there = self._file or _identity(self.path)
            if there is not None:
                _spoilt.add(there)
        self._leave_inherited()

    def _close_idle(self) -> None:
        if self._process == os.getpid():
            for idle in (self._idle_readers, self._idle_writers):
                while (link := self._taken(idle)) is not None:
                    _close(link)

    def _leave_inherited(self) -> None:
        _inherited.extend((self._idle_readers, self._idle_writers, self._in_use, self._writer_lock))
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._process = os.getpid()
        self._in_use: set[object] = set()
        self._idle_readers: list[Link] = []
        self._idle_writers: list[Link] = []
        self._writer_lock = threading.Lock()
        self._writer = None
        self._turns = WriteFairness()

    def _usable(self) -> None:
        if self._closed:
            raise StorageError("This storage was closed: open another one.", "storage-closed")
        if self._process != os.getpid():
            self._leave_inherited()
        # What is written to a file that lost its name is lost, and whoever opens its place anew makes an empty one.
        if self._file is not None and _identity(self.path) != self._file:
            raise StorageError(
                f"The file {self.path} was moved, removed or replaced while it was open: put it back, or open the "
                "storage anew.",
                "storage-lost",
            )

    @contextmanager
    def _used(self, idle: list[Link], cache_kib: int) -> Iterator[Link]:
        in_use, mark = self._in_use, object()
        in_use.add(mark)
        try:
            link = self._taken(idle) or self._open(cache_kib)
            try:
                yield link
            finally:
                self._put_back(link, idle)
        finally:
            in_use.discard(mark)

    @staticmethod
    def _taken(idle: list[Link]) -> Link | None:
        with suppress(IndexError):  # several threads may reach for the last one
            return idle.pop()
        return None

    def _put_back(self, link: Link, idle: list[Link]) -> None:
        if self._process != os.getpid():
            _inherited.append(link)
        elif self._closed:
            _close(link)
        else:
            idle.append(link)

    def _open(self, cache_kib: int) -> Link:
        self._check_path()
        if _spoilt and _identity(self.path) in _spoilt:
            raise StorageError(
                f"This process was forked while a transaction was under way in {self.path}, so it cannot use the file: "
                "start processes at another time, or with the method spawn.",
                "storage-lost",
            )
        with translated(self.path):
            connection = sqlite3.connect(
                self.path, timeout=self._patience, isolation_level=None, check_same_thread=False, cached_statements=256
            )
        link = Link(self.path, connection)
        try:
            self._set_up(link, cache_kib)
        except BaseException:
            _close(link)
            raise
        if self._file is None:
            self._file = _identity(self.path)
        return link

    def _set_up(self, link: Link, cache_kib: int) -> None:
        for setting in _SETTINGS:
            link.run(setting)
        link.run(f"PRAGMA cache_size = -{cache_kib}")
        prepare(link)
        link.run(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
        link.run(f"PRAGMA journal_size_limit = {_LOG_LIMIT}")
        if link.row("PRAGMA journal_mode") != ("wal",):
            self._log_ahead(link)

    def _log_ahead(self, link: Link) -> None:
        # Changing the mode does not wait for others by itself.
        deadline = time.monotonic() + self._patience
        while True:
            try:
                mode = link.row("PRAGMA journal_mode = WAL")
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
        path = Path(self.path)
        try:
            folder, beside = path.is_dir(), path.parent.is_dir()
        except OSError as error:
            raise StorageError(
                f"The file {self.path} cannot be opened: {error.strerror}.", "storage-unreadable"
            ) from error
        if folder:
            raise StorageError(f"{self.path} is a folder: give the path of a file in it.", "storage-unreadable")
        if not beside:
            raise StorageError(
                f"There is no folder {path.parent}: make it, or give another path.", "storage-folder-missing"
            )


def _identity(path: str) -> tuple[int, int] | None:
    """What tells a file from every other one on the machine; None where there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116 - asked before every transaction
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _close(link: Link) -> None:
    with suppress(sqlite3.Error):
        link.connection.close()


def _of_this_process() -> list[Connections]:
    return [one for found in _everywhere.valuerefs() if (one := found()) is not None]


def _before_fork() -> None:
    for one in _of_this_process():
        one.before_fork()


def _after_fork() -> None:
    for one in _of_this_process():
        one.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_child=_after_fork)
