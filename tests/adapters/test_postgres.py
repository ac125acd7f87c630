"""The specification of storages, on PostgreSQL."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import settings

from contactcore.storage import Reader, Storage
from contactcore.testing import KINDS, NotJudgedError, StorageSpecification, drive
from contactcore_postgres import PostgresStorage
from contactcore_postgres.reading import PostgresReader
from contactcore_postgres.schema import NUMBER, OLDEST
from contactcore_postgres.transaction import Transaction

OpenPostgres = Callable[..., AbstractContextManager[Storage]]


class TestPostgresStorage(StorageSpecification):
    own_files = False
    opener: OpenPostgres

    @pytest.fixture(autouse=True)
    def _server(self, open_postgres: OpenPostgres) -> None:
        type(self).opener = staticmethod(open_postgres)

    def fresh_storage(self) -> AbstractContextManager[Storage]:
        return type(self).opener(KINDS)

    def test_long_history(self) -> None:
        """Long at night only: every step takes a dozen round trips here."""
        steps = 2_000 if settings.get_current_profile_name() == "nightly" else 250
        drive(self.open_storage, steps, reopen=self.reopen)

    def reopen(self, storage: Storage) -> Storage:
        storage.close()
        return PostgresStorage(_dsn(storage))

    def files(self, storage: Storage) -> Iterable[Path]:
        """The folder of the database, without the write-ahead log of the server."""
        with psycopg.connect(_dsn(storage)) as connection:
            ((folder, number),) = connection.execute(
                "SELECT current_setting('data_directory'), oid FROM pg_database WHERE datname = current_database()"
            )
        path = Path(folder, "base", str(number))
        if not os.access(path, os.R_OK):
            raise NotJudgedError("the files of the server cannot be read here")
        return [path]

    def in_another_process(self, storage: Storage) -> Callable[[], Storage]:
        return partial(PostgresStorage, _dsn(storage))

    def records_walked(self, storage: Storage, workspace: str, call: Callable[[Reader], object]) -> int:
        """Counts the shared buffers that the statements of a call read."""
        total = 0
        run = Transaction.run

        def explained(self: Transaction, statement: str, **values: Any) -> Any:
            nonlocal total
            asked = {"ws": self.workspace, **values}
            plan = self.connection.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}".encode(), asked)
            ((found,),) = plan.fetchall()
            outer = (found if isinstance(found, list) else json.loads(found))[0]["Plan"]
            total += outer["Shared Hit Blocks"] + outer["Shared Read Blocks"]
            return run(self, statement, **values)

        with psycopg.connect(_dsn(storage), autocommit=True) as connection:
            # A page that was not vacuumed yet is read twice. No statistics: plans do not depend on them.
            connection.execute("VACUUM")
        with storage.read(workspace) as reader, pytest.MonkeyPatch.context() as patch:
            assert isinstance(reader, PostgresReader)
            patch.setattr(Transaction, "run", explained)
            call(reader)
        return total

    def newer_release(self, storage: Storage) -> AbstractContextManager[None]:
        return _as_schema(_dsn(storage), NUMBER + 1)

    def outdated_release(self, storage: Storage) -> AbstractContextManager[None]:
        return _as_schema(_dsn(storage), OLDEST - 1)

    def impatient_storage(self) -> AbstractContextManager[Storage]:
        return type(self).opener(KINDS, patience=0.5)

    def view_rows(self, storage: Storage, workspace: str, name: str) -> list[tuple[str | None, ...]]:
        with psycopg.connect(_dsn(storage)) as connection:
            connection.execute("SELECT set_config('contactcore.workspace', %s, true)", (workspace,))
            statement = f"SELECT * FROM contactcore.{name} WHERE workspace = %s"  # a superuser sees all workspaces
            return connection.execute(statement.encode(), (workspace,)).fetchall()


@contextmanager
def _as_schema(dsn: str, number: int) -> Iterator[None]:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("UPDATE contactcore.installed SET number = %s", (number,))
        try:
            yield
        finally:
            connection.execute("UPDATE contactcore.installed SET number = %s", (NUMBER,))


def _dsn(storage: Storage) -> str:
    assert isinstance(storage, PostgresStorage)
    return storage.dsn
