"""The specification of storages, on SQLite."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

from contactcore.storage import Storage
from contactcore.testing.fixtures import KINDS
from contactcore.testing.specification import StorageSpecification
from contactcore_sqlite import SQLiteStorage


class TestSQLiteStorage(StorageSpecification):
    def fresh_storage(self) -> AbstractContextManager[Storage]:
        return _in_a_new_folder()

    def reopen(self, storage: Storage) -> Storage:
        assert isinstance(storage, SQLiteStorage)
        storage.close()
        again = SQLiteStorage(storage.path)
        again.install(KINDS)
        return again


@contextmanager
def _in_a_new_folder() -> Iterator[Storage]:
    with tempfile.TemporaryDirectory() as folder, closing(SQLiteStorage(Path(folder) / "crm.db")) as storage:
        yield storage
