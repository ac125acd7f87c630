"""What tests of adapters share: one PostgreSQL server, made on first use."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from contactcore.storage import Kind, Storage
from contactcore_postgres import PostgresStorage
from contactcore_postgres.schema import TABLES
from support import postgres_server
from support.child import Child, StartChild

GRANTS = """
GRANT USAGE ON SCHEMA contactcore TO {0};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA contactcore TO {0};
REVOKE INSERT, UPDATE, DELETE ON contactcore.installed FROM {0};
GRANT EXECUTE ON FUNCTION contactcore.workspaces(text, bigint, text) TO {0};
"""

OpenPostgres = Callable[..., AbstractContextManager[Storage]]


@pytest.fixture(scope="session")
def server() -> Any:
    """A running server, shared by all tests that do not stop it."""
    return postgres_server.session_server()


@pytest.fixture(scope="session")
def own_server() -> Iterator[Any]:
    """A server that the tests which use it may stop, and start again."""
    created = postgres_server.PostgresServer.create()
    yield created
    created.remove()


@pytest.fixture
def dsn(server: Any) -> Iterator[str]:
    """The address of an empty database for one test."""
    address = server.database()
    yield address
    server.drop(address)


@pytest.fixture
def app_dsn(dsn: str) -> Iterator[Callable[[], str]]:
    """Grants a role that owns nothing what an application needs, and gives its address; call it after `install`."""
    role = f"app_{psycopg.conninfo.conninfo_to_dict(dsn)['dbname']}"

    def granted() -> str:
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'app'".encode())
            connection.execute(GRANTS.format(role).encode())
        return make_conninfo(dsn, user=role, password="app")

    yield granted
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(f"DROP OWNED BY {role}".encode())
        connection.execute(f"DROP ROLE {role}".encode())


@pytest.fixture(scope="session")
def open_postgres(server: Any) -> Iterator[OpenPostgres]:
    """Opens emptied storages, each in a database of its own, which the next one uses again."""
    made: list[str] = []
    free: list[str] = []

    @contextlib.contextmanager
    def fresh(kinds: tuple[Kind, ...], patience: float = 60.0) -> Iterator[Storage]:
        if not free:
            made.append(server.database())
            free.append(made[-1])
            with contextlib.closing(PostgresStorage(made[-1])) as first:
                first.install(())
        address = free.pop()
        with psycopg.connect(address, autocommit=True) as connection:
            for table in TABLES:
                # Quicker than TRUNCATE for tables that hold a few rows.
                connection.execute(f"DELETE FROM contactcore.{table}".encode())
        postgres_server.forget_kinds(address)
        storage = PostgresStorage(address, connections=6, patience=patience)
        try:
            storage.install(kinds)
            yield storage
        finally:
            storage.close()
            free.append(address)

    yield fresh
    for address in made:
        server.drop(address)


@pytest.fixture
def children(start_child: StartChild) -> Callable[..., Child]:
    """Starts processes of an application: `children(dsn, command, ...)`."""
    script = str(Path(__file__).parent / "postgres" / "child.py")
    return lambda dsn, *command: start_child(script, dsn, *command)
