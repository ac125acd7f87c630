"""The PostgreSQL server of the benchmarks, and a new database for each store."""

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
# The server of the tests does not flush to disk. In the benchmarks a write is durable when the call returns, and the
# server vacuums its tables like a production server.
_DURABLE = ("fsync = on", "full_page_writes = on", "autovacuum = on")
_numbers = itertools.count(1)


def _servers() -> ModuleType:
    """Return the server module of the tests. It is loaded once, by its path, because the tests are no package."""
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
    """Use the server at an address or in `CONTACTCORE_POSTGRES_DSN`, or start one that ends with this process."""
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
    """Raise ImportError if no server was named or started."""
    if not os.environ.get(_GIVEN):
        raise ImportError("no PostgreSQL server: give --postgres")


def new_database() -> str:
    """Create an empty database that sorts by code point, and return its address."""
    import psycopg
    from psycopg.conninfo import make_conninfo

    server: Any = _servers().session_server()
    name = f"benchmark_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'".encode())
    return make_conninfo(server.dsn, dbname=name)


def drop(dsn: str) -> None:
    """Drop a database."""
    _servers().session_server().drop(dsn)


def described() -> dict[str, str]:
    """Return the server's version, and whether it flushes commits to disk."""
    import psycopg

    with psycopg.connect(os.environ[_GIVEN]) as connection:
        asked = "SELECT current_setting('server_version'), current_setting('fsync')"
        version, flushing = connection.execute(asked).fetchone() or ("", "")
    return {"postgresql": version, "fsync": flushing}
