"""The specification of storages, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from contactcore.storage import Kind, Storage
from contactcore.testing import KINDS, StorageSpecification
from contactcore_postgres import PostgresStorage

OpenPostgres = Callable[[tuple[Kind, ...]], AbstractContextManager[Storage]]


class TestPostgresStorage(StorageSpecification):
    opener: OpenPostgres

    @pytest.fixture(autouse=True)
    def _server(self, open_postgres: OpenPostgres) -> None:
        type(self).opener = staticmethod(open_postgres)

    def fresh_storage(self) -> AbstractContextManager[Storage]:
        return type(self).opener(KINDS)

    def reopen(self, storage: Storage) -> Storage:
        assert isinstance(storage, PostgresStorage)
        storage.close()
        return PostgresStorage(storage.dsn)
