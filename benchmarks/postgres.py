"""The PostgreSQL server that the drivers for it measure on, and a new database for each of their stores."""

from __future__ import annotations

import importlib.util
import itertools
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

__all__ = ["check", "described", "drop", "new_database", "start"]

_GIVEN = "CONTACTCORE_POSTGRES_DSN"
_MODULE = "postgres_server"
# The server for tests does not flush to disk. Here a write is durable when the call returns, and the server tends its
# tables as one in service does.
_DURABLE = ("fsync = on", "full_page_writes = on", "autovacuum = on")
_numbers = itertools.count(1)


def _servers() -> ModuleType:
    """The module of the tests: they are no package, so that it is loaded by its path, and only once."""
    if _MODULE not in sys.modules:
        path = Path(__file__).parents[1] / "tests" / "support" / f"{_MODULE}.py"
        spec = importlib.util.spec_from_file_location(_MODULE, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[_MODULE] = module
        spec.loader.exec_module(module)
    return sys.modules[_MODULE]


def start(dsn: str = "") -> None:
    """Take the server at an address, or the one in `CONTACTCORE_POSTGRES_DSN`, or start one that ends with us."""
    import psycopg

    if dsn:
        os.environ[_GIVEN] = dsn
    given = os.environ.get(_GIVEN)
    server: Any = _servers().session_server()
    if not given:
        with psycopg.connect(server.dsn, autocommit=True) as connection:
            for setting in _DURABLE:
                connection.execute(f"ALTER SYSTEM SET {setting}".encode())
            connection.execute("SELECT pg_reload_conf()")


def check() -> None:
    """ImportError where no server was named or started."""
    if not os.environ.get(_GIVEN):
        raise ImportError("no PostgreSQL server: give --postgres")


def new_database() -> str:
    """The address of an empty database that sorts by code point."""
    import psycopg
    from psycopg.conninfo import make_conninfo

    server: Any = _servers().session_server()
    name = f"benchmark_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'".encode())
    return make_conninfo(server.dsn, dbname=name)


def drop(dsn: str) -> None:
    """The database is gone."""
    _servers().session_server().drop(dsn)


def described() -> dict[str, str]:
    """The server's version, and whether it flushes what it commits."""
    import psycopg

    with psycopg.connect(os.environ[_GIVEN]) as connection:
        asked = "SELECT current_setting('server_version'), current_setting('fsync')"
        version, flushing = connection.execute(asked).fetchone() or ("", "")
    return {"postgresql": version, "fsync": flushing}
