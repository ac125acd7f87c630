"""Connections: a pool of prepared ones, and transactions that know their workspace."""

from __future__ import annotations

import os
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

import attrs
import psycopg
from psycopg import sql
from psycopg.pq import TransactionStatus
from psycopg_pool import ConnectionPool, PoolTimeout

from contactcore.errors import Invalid, StorageError
from contactcore_postgres.binary import BEGIN, END
from contactcore_postgres.failures import failure

__all__ = ["OLDEST_SERVER", "Connections", "Transaction"]

Connection = psycopg.Connection[tuple[Any, ...]]

OLDEST_SERVER = 150000
"""PostgreSQL 15, as the server tells its version."""

_ROWS_AT_ONCE = 50

_GLANCE = 0.5
"""Seconds after which a caller that waits for a connection looks whether the server is there at all."""

# Every statement of this adapter is written for one walk of one index. With the plans that could read more than the
# page switched off, what a page costs hangs neither on statistics nor on when they were gathered.
_PLANS = """
SET jit = off;
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SET enable_hashjoin = off;
SET enable_mergejoin = off;
SET enable_sort = off;
SET enable_memoize = off;
SET max_parallel_workers_per_gather = 0;
SET plan_cache_mode = force_generic_plan;
"""


# Citus hands SET LOCAL on to its workers then; they would show no workspace otherwise. Other servers take the name for
# a parameter that nobody reads.
_CITUS = "SET citus.propagate_set_commands = 'local';"


# A connection that parent and child of a fork both talk on answers one with what the other asked for. So a child makes
# a pool of its own; the parent's is only kept, since closing it would end the parent's connections.
_everywhere: weakref.WeakValueDictionary[int, Connections] = weakref.WeakValueDictionary()
_inherited: list[object] = []


@attrs.define
class Transaction:
    """One transaction of one workspace on one connection.

    Attributes:
        connection: Inside a transaction, until the end of the context that made this.
        workspace: The workspace that the server shows.
        usable: False after a failure and at the end.
    """

    connection: Connection
    workspace: str
    usable: bool = True

    def check(self) -> None:
        """Refuse to go on in a transaction that is void or over."""
        if not self.usable:
            raise StorageError("This transaction was refused or is over: begin another one.", "transaction-void")

    def rows(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        """All rows of a statement; `ws` is the workspace in it."""
        cursor = self.run(statement, **values)
        try:
            return cursor.fetchall()
        except psycopg.Error as error:
            self.usable = False
            raise failure(error) from error

    def run(self, statement: str, **values: Any) -> psycopg.Cursor[tuple[Any, ...]]:
        """Run a statement."""
        self.check()
        try:
            return self.connection.execute(statement.encode(), {"ws": self.workspace, **values}, binary=True)
        except psycopg.Error as error:
            self.usable = False
            raise failure(error) from error

    def script(self, statements: str) -> None:
        """Run several statements at once, without values."""
        self.check()
        try:
            self.connection.execute(statements.encode())
        except psycopg.Error as error:
            self.usable = False
            raise failure(error) from error

    def copy(self, statement: str, rows: Iterator[bytes]) -> None:
        """Send encoded rows by binary COPY."""
        self.check()
        try:
            with self.connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
                copy.write(BEGIN)
                for some in iter(lambda: b"".join(islice(rows, _ROWS_AT_ONCE)), b""):
                    copy.write(some)
                copy.write(END)
        except psycopg.Error as error:
            self.usable = False
            raise failure(error) from error


class Connections:
    """The connections of one storage to one server; used by any number of threads.

    Args:
        dsn: The address.
        schema: The schema of the tables.
        least: Connections that are kept open.
        most: Connections that are open at most; who needs another one waits.
        patience: Seconds to wait for a connection, and for what another transaction holds.
        longest: Seconds that one statement may take; 0 for no end.
    """

    def __init__(self, dsn: str, schema: str, least: int, most: int, patience: float, longest: float) -> None:
        self.schema = schema
        self._patience = patience
        self._settings = (
            _PLANS
            + _CITUS
            + (
                f"SET search_path = {sql.Identifier(schema).as_string()}, pg_temp;"
                f"SET lock_timeout = {round(patience * 1000)};"
                f"SET statement_timeout = {round(longest * 1000)};"
            )
        )
        self._most = most
        self._refused = 0
        self._closed = False
        self._dsn, self._least = dsn, least
        self._options = _options(dsn)
        self._pool = self._made()
        _everywhere[id(self)] = self

    def _made(self) -> ConnectionPool[Connection]:
        return ConnectionPool(
            self._dsn,
            kwargs=self._options,
            min_size=self._least,
            max_size=self._most,
            timeout=self._patience,
            configure=self._configure,
            # An attempt that failed is repeated by the next caller at once, not by a clock.
            reconnect_timeout=0.0,
            reconnect_failed=self._connecting_failed,
            num_workers=1,
            open=False,
        )

    def after_fork(self) -> None:
        """Begin anew in the child."""
        if not self._closed:
            _inherited.append(self._pool)
            self._pool = self._made()

    def close(self) -> None:
        """Close all connections; again does nothing."""
        self._closed = True
        self._pool.close()

    @contextmanager
    def reading(self, workspace: str) -> Iterator[Transaction]:
        """A transaction that sees one moment: that of entering."""
        begin = f"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {_sealed(workspace)}; SELECT 1"
        with self._connection(begin) as connection:
            transaction = Transaction(connection, workspace)
            try:
                yield transaction
            finally:
                transaction.usable = False

    @contextmanager
    def writing(self, workspace: str, *, alone: bool = False) -> Iterator[Transaction]:
        """A transaction that writes.

        Args:
            workspace: What it writes to.
            alone: Wait for all other writers of the workspace, and let none begin.
        """
        lock = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
        name = sql.Literal(f"{self.schema} {workspace}").as_string()
        begin = (
            "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;"
            f"{_sealed(workspace)}; SELECT {lock}(hashtextextended({name}, 0))"
        )
        with self._transaction(workspace, begin) as transaction:
            yield transaction

    @contextmanager
    def administering(self) -> Iterator[Transaction]:
        """A transaction outside all workspaces."""
        with self._transaction("", "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE") as transaction:
            yield transaction

    @contextmanager
    def bare(self) -> Iterator[Connection]:
        """A connection outside any transaction, for what cannot run inside one."""
        with self._connection("SELECT 1") as connection:
            try:
                yield connection
            except psycopg.Error as error:
                raise failure(error) from error

    @contextmanager
    def _transaction(self, workspace: str, begin: str) -> Iterator[Transaction]:
        with self._connection(begin) as connection:
            transaction = Transaction(connection, workspace)
            try:
                yield transaction
                transaction.check()
                _commit(connection)
            finally:
                transaction.usable = False

    @contextmanager
    def _connection(self, begin: str) -> Iterator[Connection]:
        pool = self._pool
        connection = self._begun(begin)
        try:
            yield connection
        finally:
            if pool is not self._pool:
                _inherited.append(connection)
            else:
                if connection.info.transaction_status is not TransactionStatus.IDLE:
                    try:
                        connection.execute("ROLLBACK")
                    except psycopg.Error:
                        connection.close()
                pool.putconn(connection)

    def _begun(self, begin: str) -> Connection:
        """A connection on which a transaction has begun.

        One that waited in the pool may have died with a server that is back by now. Nothing has happened on it yet, so
        it is thrown away and the next one tried; each of them can fail so once.
        """
        for _ in range(self._most + 1):
            connection = self._taken()
            try:
                connection.execute(begin.encode())
            except psycopg.Error as error:
                lost = connection.broken
                connection.close()
                self._pool.putconn(connection)
                if not lost:
                    raise failure(error) from error
                last = error
            except BaseException:
                connection.close()
                self._pool.putconn(connection)
                raise
            else:
                return connection
        raise failure(last) from last

    def _taken(self) -> Connection:
        deadline = time.monotonic() + self._patience
        while True:
            refused = self._refused
            try:
                self._pool.open()
                return self._pool.getconn(timeout=max(0.01, min(_GLANCE, deadline - time.monotonic())))
            except PoolTimeout as error:
                # The pool would go on to wait; who asks for a server that is down is told so at once.
                if self._refused > refused or (
                    time.monotonic() >= deadline and self._pool.get_stats()["pool_size"] < self._most
                ):
                    raise StorageError(
                        "The server takes no connection: try again when it is back.", "storage-lost"
                    ) from error
                if time.monotonic() >= deadline:
                    raise StorageError(
                        f"All {self._most} connections are in use: try again later or allow more.", "storage-busy"
                    ) from error
            except psycopg.OperationalError as error:
                raise StorageError("This storage was closed: open another one.", "storage-closed") from error

    def _connecting_failed(self, _: ConnectionPool[Connection]) -> None:
        self._refused += 1

    def _configure(self, connection: Connection) -> None:
        connection.execute(self._settings.encode())


def _options(dsn: str) -> dict[str, Any]:
    """How to connect.

    Raises:
        Invalid: `address-unreadable`.
    """
    try:
        stated = psycopg.conninfo.conninfo_to_dict(dsn)
    except psycopg.Error as error:
        # The address is not shown: it may hold a password.
        raise Invalid(
            "address-unreadable", "This is no address of a database: postgresql://user@host/database.", path="dsn"
        ) from error
    return {
        "connect_timeout": stated.get("connect_timeout", 10),
        "client_encoding": "UTF8",
        "autocommit": True,
        "prepare_threshold": 2,
    }


def _sealed(workspace: str) -> str:
    # SET LOCAL and not set_config(): Citus hands only the former on to its workers.
    return f"SET LOCAL contactcore.workspace = {sql.Literal(workspace).as_string()}"


def _commit(connection: Connection) -> None:
    try:
        connection.execute("COMMIT")
    except psycopg.Error as error:
        if connection.broken:
            raise StorageError(
                "The connection was lost while the transaction ended; it was kept as a whole or not at all: "
                "read what is there before you run it again.",
                "storage-lost",
            ) from error
        raise failure(error) from error


def _after_fork() -> None:
    for found in _everywhere.valuerefs():
        one = found()
        if one is not None:
            one.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
