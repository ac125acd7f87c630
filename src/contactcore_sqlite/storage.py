"""The storage in an SQLite file."""

# ruff: noqa: D102 - the port states the promises of the calls

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from contactcore.errors import Invalid, StorageError
from contactcore.storage import (
    Kind,
    Storage,
    View,
    check_listing,
    check_seconds,
    check_workspace,
    merged_kinds,
)
from contactcore.storage.postings import Postings
from contactcore_sqlite.access_sets import drop_unused_sets
from contactcore_sqlite.connection import LARGE_ROOM, Connection
from contactcore_sqlite.connection_pool import ConnectionPool
from contactcore_sqlite.installation import install
from contactcore_sqlite.order_index import OrderIndexes, order_indexes_of
from contactcore_sqlite.reading import SQLiteReader
from contactcore_sqlite.schema import secret_of
from contactcore_sqlite.words import merge_words
from contactcore_sqlite.workspace_removal import remove_workspace
from contactcore_sqlite.writing import SQLiteWriter

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["SQLiteStorage"]

# The part of the word index that `tidy` merges. If a quarter of the records is new, it merges everything; otherwise at
# least 1,000 pages, and one more for every two new records. Ten records fill a page, and some pages are merged
# repeatedly.
_NEW_SHARE = 4
_LEAST_PAGES = 1_000
_RECORDS_PER_PAGE = 2


class SQLiteStorage(Storage):
    """Workspaces in one file, for any number of threads and processes of one machine.

    A write is on the disk when its context has ended (write-ahead log, `synchronous=FULL`). One writer at a time works
    on the file. Readers never wait, and see one snapshot. The file is created on first use.

    Args:
        path: The path of the file. Its folder must exist, on a local disk.
        patience: The seconds that a writer waits for another writer.

    Raises:
        StorageError: `storage-not-shared`: the path names no file.
        Invalid: `text-type` for the path; `number-type`, `seconds-out-of-range` for the patience.

    >>> import tempfile
    >>> from contactcore import Company, User, Workspace
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     storage = SQLiteStorage(f"{folder}/crm.db")
    ...     with Workspace(storage, name="acme").write(User("amelie")) as session:
    ...         client = session.contacts.add(Company("Bois & Fils"))
    ...     storage.close()
    ...     again = SQLiteStorage(f"{folder}/crm.db")
    ...     with Workspace(again, name="acme").read(User("amelie")) as session:
    ...         [card.name for card in session.contacts.page()]
    ...     again.close()
    ['Bois & Fils']
    """

    def __init__(self, path: str | os.PathLike[str], patience: float = 10.0) -> None:
        check_seconds("patience", patience)
        if not isinstance(path, str | os.PathLike):
            raise Invalid("text-type", f"Give the path as text or a Path, not {type(path).__name__}.", path="path")
        text = os.fspath(path)
        if not text or text == ":memory:":
            raise StorageError(
                f"{text!r} is no file that several connections can share: use contactcore_memory.MemoryStorage() "
                "instead.",
                "storage-not-shared",
            )
        if "\x00" in text:
            raise StorageError("A path cannot hold the NUL character: give another one.", "storage-unreadable")
        # As `Path.absolute`, without the parser of web addresses that pathlib loads.
        self._path = text if os.path.isabs(text) else os.path.join(os.getcwd(), text)  # noqa: PTH109, PTH117, PTH118
        self._pool = ConnectionPool(self._path, patience)
        self._kinds: dict[str, Kind] = {}
        self._loaded_postings: Postings | None = None
        self._words_added = 0

    @property
    def path(self) -> Path:
        """The absolute path of the file."""
        from pathlib import Path

        return Path(self._path)

    def install(self, kinds: Sequence[Kind], views: Sequence[View] = ()) -> None:
        # A new mapping, because open transactions keep the kinds that they began with.
        known = merged_kinds(self._kinds, kinds)
        with self._pool.writing() as connection:
            install(connection, kinds, views)
        self._kinds = known

    @contextmanager
    def read(self, workspace: str) -> Iterator[SQLiteReader]:
        check_workspace(workspace)
        with self._pool.reading() as connection:
            connection.run("BEGIN")
            reader: SQLiteReader | None = None
            try:
                # The first statement fixes the snapshot.
                memory = connection.memory()
                indexes = order_indexes_of(connection, memory, workspace)
                reader = SQLiteReader(connection, self._kinds, self._postings(connection), indexes, memory)
                yield reader
            finally:
                if reader is not None:
                    reader.usable = False
                connection.run("ROLLBACK")

    @contextmanager
    def write(self, workspace: str) -> Iterator[SQLiteWriter]:
        check_workspace(workspace)
        with self._pool.writing() as connection:
            with connection.transaction() as memory:
                if workspace not in memory:
                    memory[workspace] = OrderIndexes(connection, _ensure(connection, workspace)[0])
                writer = SQLiteWriter(
                    connection,
                    self._kinds,
                    self._postings(connection),
                    memory[workspace],
                    memory,
                    self._pool.waiting,
                )
                try:
                    yield writer
                    writer.finish()
                finally:
                    writer.usable = False
            connection.remember(memory)
        self._words_added += writer.words_added

    def create(self, workspace: str) -> bool:
        check_workspace(workspace)
        with self._transaction() as connection:
            return _ensure(connection, workspace)[1]

    def drop(self, workspace: str) -> bool:
        check_workspace(workspace)
        with self._transaction() as connection:
            row = connection.row("SELECT n FROM workspace WHERE name = ?", (workspace,))
            if row is None:
                return False
            connection.make_room(LARGE_ROOM)
            remove_workspace(connection, row[0], self._postings(connection))
            return True

    def workspaces(self, after: str = "", limit: int = 1_000, due_before: str | None = None) -> list[str]:
        check_listing(after, limit, due_before)
        sql = "SELECT name FROM workspace AS w WHERE name > ?"
        values: list[object] = [after]
        if due_before is not None:
            due = [(kind.name, order.name) for kind in self._kinds.values() for order in kind.orders if order.due]
            if not due:
                return []
            one = (
                "EXISTS (SELECT 1 FROM order_index AS k WHERE k.workspace = w.n AND k.kind = ? AND k.base = ? "
                "AND EXISTS (SELECT 1 FROM ordering AS o WHERE o.order_index = k.number AND o.key < ?))"
            )
            sql += " AND (" + " OR ".join([one] * len(due)) + ")"
            for kind, order in due:
                values += [kind, order, due_before]
        with self._pool.reading() as connection:
            return [name for (name,) in connection.rows(sql + " ORDER BY name LIMIT ?", [*values, limit])]

    def tidy(self, *, whole: bool = False) -> None:
        written, self._words_added = self._words_added, 0
        with self._pool.reading() as connection:
            ((last,),) = connection.rows("SELECT coalesce(max(n), 0) FROM record")
        whole = whole or written * _NEW_SHARE > last
        records = last if whole else written
        merge_words(self._transaction, _LEAST_PAGES + records // _RECORDS_PER_PAGE, whole=whole)

    def scrub(self) -> None:
        with self._pool.writing() as connection:
            with connection.transaction():
                drop_unused_sets(connection)
            connection.wait_long()
            try:
                # FTS5 keeps deleted words in old segments until they are merged. VACUUM does not change that.
                connection.run("INSERT INTO word (word) VALUES ('optimize')")
                connection.run("VACUUM")
                busy = connection.row("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                connection.try_often()
            if busy is not None and busy[0]:
                raise StorageError("A reader still sees deleted data: scrub again when it has ended.", "storage-busy")

    def close(self) -> None:
        self._pool.close()

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self._pool.writing() as connection, connection.transaction():
            yield connection

    def _postings(self, connection: Connection) -> Postings:
        if self._loaded_postings is None:
            self._loaded_postings = Postings(secret_of(connection))
        return self._loaded_postings


def _ensure(connection: Connection, workspace: str) -> tuple[int, bool]:
    """Return the number of a workspace, and whether it was created by this call."""
    row = connection.row("SELECT n FROM workspace WHERE name = ?", (workspace,))
    if row is not None:
        return int(row[0]), False
    ((number,),) = connection.rows("INSERT INTO workspace (name) VALUES (?) RETURNING n", (workspace,))
    return int(number), True
