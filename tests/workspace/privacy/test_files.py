"""After `scrub` no file of a storage has a text of an erased person, however it was written (IMP-8)."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest

from contactcore import Host, Workspace
from contactcore.storage import Storage
from contactcore_sqlite import SQLiteStorage
from support.actors import ROOT
from support.clock import TICK, Clock
from support.known_person import TRACES, known_person

pytestmark = pytest.mark.req("IMP-8")

_ENCODINGS = ("utf-8", "utf-16-le")


def _traces_in(files: Iterable[Path]) -> set[str]:
    """The texts of the person that any of the files has, in any encoding."""
    found = set()
    for path in files:
        data = path.read_bytes()
        # Bytes that are no text stay as they are.
        lower = data.lower() + data.decode("utf-8", "replace").lower().encode()
        found |= {trace for trace in TRACES for encoding in _ENCODINGS if trace.encode(encoding) in lower}
    return found


def _erase(storage: Storage) -> None:
    space = Workspace(storage, "acme", country="FR", host=Host(clock=Clock(tick=TICK)))
    known = known_person(space)
    assert space.privacy(ROOT).erase(known.person)


def test_an_sqlite_file_and_its_log_have_nothing_left(tmp_path: Path) -> None:
    with closing(SQLiteStorage(tmp_path / "crm.db")) as storage:
        _erase(storage)
        assert _traces_in(tmp_path.iterdir())
        storage.scrub()
        names = {path.name for path in tmp_path.iterdir()}
        assert "crm.db" in names
        assert _traces_in(tmp_path.iterdir()) == set()
    assert _traces_in(tmp_path.iterdir()) == set()


@pytest.mark.skipif(
    "postgres" not in os.environ.get("CONTACTCORE_STORAGES", "postgres").split(","),
    reason="CONTACTCORE_STORAGES leaves out the server",
)
def test_the_tables_of_postgresql_have_nothing_left() -> None:
    import psycopg

    from contactcore_postgres import PostgresStorage
    from support.postgres_server import PostgresServer

    server = PostgresServer.create()
    try:
        address = server.database()
        with closing(PostgresStorage(address)) as storage:
            _erase(storage)
            with psycopg.connect(address, autocommit=True) as connection:
                connection.execute("ANALYZE")
                connection.execute("CHECKPOINT")
                # The other databases of the server are the empty ones that it was made with.
                database = connection.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
                folder = server.folder / "data" / "base" / str(*database.fetchall()[0])
            files = [path for path in folder.rglob("*") if path.is_file()]
            assert _traces_in(files)
            storage.scrub()
            with psycopg.connect(address, autocommit=True) as connection:
                connection.execute("CHECKPOINT")
            files = [path for path in folder.rglob("*") if path.is_file()]
            assert files
            assert _traces_in(files) == set()
    finally:
        server.remove()
