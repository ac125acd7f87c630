"""PostgreSQL storages for one test after another, in one database, whose connections stay open between the tests.

A new connection costs the server a process that first has to read the catalogue, which is a good part of a small test.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from contactcore.storage import OpenTransactions, Storage
from contactcore_postgres import PostgresStorage
from contactcore_postgres.schema import TABLES

__all__ = ["EmptiedDatabase"]

# Deleting is quicker than TRUNCATE for tables that hold a few rows, as long as few deleted rows are left in them.
_TABLES = [f"contactcore.{table}" for table in reversed(TABLES)]
_FORGET = "UPDATE contactcore.installed SET kinds = '{}'"
_EMPTY = "; ".join([*(f"DELETE FROM {table}" for table in _TABLES), _FORGET])
_TRUNCATE = f"TRUNCATE {', '.join(_TABLES)}; {_FORGET}"
_IS_LARGE = f"SELECT {' + '.join(f'pg_relation_size({table!r})' for table in _TABLES)} > 2000000"


class EmptiedDatabase:
    """A database with the tables, which each test gets without workspaces and without kinds.

    Args:
        address: The address of an empty database, or of one that an `EmptiedDatabase` has used.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._made: list[_KeptStorage] = []
        self._free: list[_KeptStorage] = []
        with contextlib.closing(PostgresStorage(address)) as storage:
            storage.install(())
        self._connection = psycopg.connect(address, autocommit=True)

    def empty(self) -> None:
        """Delete all workspaces and forget the kinds."""
        ((large,),) = self._connection.execute(_IS_LARGE.encode()).fetchall()
        self._connection.execute((_TRUNCATE if large else _EMPTY).encode())

    @contextmanager
    def opened(self) -> Iterator[Storage]:
        """Open the emptied storage; closed afterwards, which an open transaction forbids as on every storage."""
        if not self._free:
            self._made.append(_KeptStorage(self._address))
            self._free.append(self._made[-1])
        storage = self._free.pop()
        self.empty()
        storage.renew()
        try:
            yield storage
        finally:
            storage.close()
        self._free.append(storage)

    def close(self) -> None:
        """Close all connections."""
        self._connection.close()
        for storage in self._made:
            storage.end()


class _KeptStorage(PostgresStorage):
    """A storage that can be used anew after it was closed."""

    def renew(self) -> None:
        self._kinds = {}
        self._postings = None
        self._connections._open_transactions = OpenTransactions()

    def close(self) -> None:
        self._connections._open_transactions.close()

    def end(self) -> None:
        super().close()
