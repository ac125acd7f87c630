"""The specification of storages, on SQLite."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from functools import partial
from pathlib import Path

from contactcore.storage import Reader, Storage
from contactcore.testing.specification import StorageSpecification
from contactcore_sqlite import SQLiteStorage
from contactcore_sqlite.reading import SQLiteReader
from contactcore_sqlite.schema import OLDEST, SCHEMA


class TestSQLiteStorage(StorageSpecification):
    own_files = True

    def fresh_storage(self) -> AbstractContextManager[Storage]:
        return _in_a_new_folder()

    def reopen(self, storage: Storage) -> Storage:
        storage.close()
        return SQLiteStorage(_path(storage))

    def files(self, storage: Storage) -> Iterable[Path]:
        return [_path(storage).parent]

    def in_another_process(self, storage: Storage) -> Callable[[], Storage]:
        return partial(SQLiteStorage, str(_path(storage)))

    def records_walked(self, storage: Storage, workspace: str, call: Callable[[Reader], object]) -> int:
        """Counts the steps of SQLite's virtual machine."""
        counted = 0

        def step() -> int:
            nonlocal counted
            counted += 1
            return 0

        with storage.read(workspace) as reader:
            assert isinstance(reader, SQLiteReader)
            connection = reader._connection.driver_connection
            connection.set_progress_handler(step, 1)
            try:
                call(reader)
            finally:
                connection.set_progress_handler(None, 0)
        return counted

    def newer_release(self, storage: Storage) -> AbstractContextManager[None]:
        return _as_schema(_path(storage), SCHEMA + 1)

    def outdated_release(self, storage: Storage) -> AbstractContextManager[None]:
        return _as_schema(_path(storage), OLDEST - 1)

    def impatient_storage(self) -> AbstractContextManager[Storage]:
        return _in_a_new_folder(patience=0.05)

    def view_rows(self, storage: Storage, workspace: str, name: str) -> list[tuple[str | None, ...]]:
        with closing(sqlite3.connect(_path(storage))) as connection:
            return connection.execute(f"SELECT * FROM {name} WHERE workspace = ?", (workspace,)).fetchall()


@contextmanager
def _as_schema(path: Path, number: int) -> Iterator[None]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA user_version = {number}")
        try:
            yield
        finally:
            connection.execute(f"PRAGMA user_version = {SCHEMA}")


def _path(storage: Storage) -> Path:
    assert isinstance(storage, SQLiteStorage)
    return storage.path


@contextmanager
def _in_a_new_folder(patience: float = 10.0) -> Iterator[Storage]:
    with tempfile.TemporaryDirectory() as folder, closing(SQLiteStorage(f"{folder}/crm.db", patience)) as storage:
        yield storage
