"""The specification of storages, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from hypothesis import settings

from contactcore.storage import Kind, Storage
from contactcore.testing import KINDS, StorageSpecification, drive
from contactcore_postgres import PostgresStorage

OpenPostgres = Callable[[tuple[Kind, ...]], AbstractContextManager[Storage]]


class TestPostgresStorage(StorageSpecification):
    opener: OpenPostgres

    @pytest.fixture(autouse=True)
    def _server(self, open_postgres: OpenPostgres) -> None:
        type(self).opener = staticmethod(open_postgres)

    def fresh_storage(self) -> AbstractContextManager[Storage]:
        return type(self).opener(KINDS)

    def test_long_history(self) -> None:
        """Long at night only: every step takes a dozen round trips here."""
        drive(self.open_storage, 2_000 if settings.get_current_profile_name() == "nightly" else 500)

    def reopen(self, storage: Storage) -> Storage:
        assert isinstance(storage, PostgresStorage)
        storage.close()
        return PostgresStorage(storage.dsn)
