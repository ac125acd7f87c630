"""A storage in an SQLite file."""

# ruff: noqa: D102 - what the calls promise stands in the port

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from contactcore.errors import StorageError
from contactcore.storage import (
    LONGEST_KEY,
    Kind,
    Storage,
    View,
    check_limit,
    check_text,
    check_texts,
    check_workspace,
)
from contactcore.storage.postings import Postings
from contactcore_sqlite.connections import Connections
from contactcore_sqlite.dropping import drop_workspace
from contactcore_sqlite.link import Link
from contactcore_sqlite.reading import SQLiteReader
from contactcore_sqlite.schema import secret_of
from contactcore_sqlite.views import make_views
from contactcore_sqlite.walks import Walks, walks_at
from contactcore_sqlite.words import merge_words
from contactcore_sqlite.writing import SQLiteWriter

__all__ = ["SQLiteStorage"]

# How much of the word index is merged behind a job: all of it where one record of so many is new; else so many pages at
# least, and more for what was written. Ten records fill a page, and some pages are merged more than once.
_MUCH = 4
_LEAST_PAGES = 1_000
_RECORDS_OF_A_PAGE = 2


class SQLiteStorage(Storage):
    """Workspaces in one file, for any number of threads and processes of one machine.

    A write is on the disk when its context has ended (write-ahead log, `synchronous=FULL`). One writer at a time works
    on the file; readers wait for nobody and see one moment. The file appears on first use.

    Args:
        path: The file; its folder must exist. Not on a network drive.
        patience: Seconds that a writer waits for another one.

    Attributes:
        path: The file, as an absolute path.

    Raises:
        StorageError: `storage-not-shared`: the path names no file.

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
        text = os.fspath(path)
        if not text or text == ":memory:":
            raise StorageError(
                f"{text!r} is no file that several connections can share: use contactcore_memory.MemoryStorage() "
                "instead.",
                "storage-not-shared",
            )
        if "\x00" in text:
            raise StorageError("A path cannot hold the NUL character: give another one.", "storage-unreadable")
        self.path = Path(text).absolute()
        self._connections = Connections(str(self.path), patience)
        self._kinds: dict[str, Kind] = {}
        self._made_postings: Postings | None = None
        self._worded = 0

    def install(self, kinds: Sequence[Kind], views: Sequence[View] = ()) -> None:
        with self._connections.writing() as link:
            make_views(link, views)
        # A new mapping: transactions under way go on with the kinds that they began with.
        self._kinds = self._kinds | {kind.name: kind for kind in kinds}

    @contextmanager
    def read(self, workspace: str) -> Iterator[SQLiteReader]:
        check_workspace(workspace)
        with self._connections.reading() as link:
            link.run("BEGIN")
            reader: SQLiteReader | None = None
            try:
                # The first statement fixes the moment.
                walks = walks_at(link, workspace)
                reader = SQLiteReader(link, self._kinds, self._postings(link), walks)
                yield reader
            finally:
                if reader is not None:
                    reader.usable = False
                link.run("ROLLBACK")

    @contextmanager
    def write(self, workspace: str) -> Iterator[SQLiteWriter]:
        check_workspace(workspace)
        with self._transaction() as link:
            walks = Walks(link, _made(link, workspace)[0])
            writer = SQLiteWriter(link, self._kinds, self._postings(link), walks)
            try:
                yield writer
                writer.finish()
            finally:
                writer.usable = False
        self._worded += writer.worded

    def create(self, workspace: str) -> bool:
        check_workspace(workspace)
        with self._transaction() as link:
            return _made(link, workspace)[1]

    def drop(self, workspace: str) -> bool:
        check_workspace(workspace)
        with self._transaction() as link:
            row = link.row("SELECT n FROM workspace WHERE name = ?", (workspace,))
            if row is None:
                return False
            drop_workspace(link, row[0], self._postings(link))
            return True

    def workspaces(self, after: str = "", limit: int = 1_000, due_before: str | None = None) -> list[str]:
        check_texts("after", [after])
        check_text("due_before", due_before or "", LONGEST_KEY)
        check_limit(limit)
        sql = "SELECT name FROM workspace AS w WHERE name > ?"
        values: list[object] = [after]
        if due_before is not None:
            due = [(kind.name, order.name) for kind in self._kinds.values() for order in kind.orders if order.due]
            if not due:
                return []
            one = (
                "EXISTS (SELECT 1 FROM walk AS k WHERE k.workspace = w.n AND k.kind = ? AND k.base = ? "
                "AND EXISTS (SELECT 1 FROM ordering AS o WHERE o.walk = k.n AND o.key < ?))"
            )
            sql += " AND (" + " OR ".join([one] * len(due)) + ")"
            for kind, order in due:
                values += [kind, order, due_before]
        with self._connections.reading() as link:
            return [name for (name,) in link.rows(sql + " ORDER BY name LIMIT ?", [*values, limit])]

    def tidy(self, *, whole: bool = False) -> None:
        written, self._worded = self._worded, 0
        with self._connections.reading() as link:
            ((last,),) = link.rows("SELECT coalesce(max(n), 0) FROM record")
        whole = whole or written * _MUCH > last
        records = last if whole else written
        merge_words(self._transaction, _LEAST_PAGES + records // _RECORDS_OF_A_PAGE, whole=whole)

    def scrub(self) -> None:
        with self._connections.writing() as link:
            # FTS5 keeps deleted words in old segments until they are merged, VACUUM or not.
            link.run("INSERT INTO word (word) VALUES ('optimize')")
            link.run("VACUUM")
            busy = link.row("PRAGMA wal_checkpoint(TRUNCATE)")
            if busy is not None and busy[0]:
                raise StorageError(
                    "A reader still looks at what was deleted: scrub again when it is done.", "storage-busy"
                )

    def close(self) -> None:
        self._connections.close()

    @contextmanager
    def _transaction(self) -> Iterator[Link]:
        with self._connections.writing() as link:
            link.run("BEGIN IMMEDIATE")
            try:
                yield link
                link.run("COMMIT")
            except BaseException:
                # After a full disk SQLite may have rolled back by itself.
                with suppress(StorageError):
                    link.run("ROLLBACK")
                raise

    def _postings(self, link: Link) -> Postings:
        if self._made_postings is None:
            self._made_postings = Postings(secret_of(link))
        return self._made_postings


def _made(link: Link, workspace: str) -> tuple[int, bool]:
    """The number of a workspace, and whether it is new."""
    row = link.row("SELECT n FROM workspace WHERE name = ?", (workspace,))
    if row is not None:
        return int(row[0]), False
    ((number,),) = link.rows("INSERT INTO workspace (name) VALUES (?) RETURNING n", (workspace,))
    return int(number), True
