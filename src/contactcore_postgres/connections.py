"""The connections of one storage: a pool of them, and transactions that know their workspace."""

# ruff: noqa: S608 - statements are built from constants and quoted names

from __future__ import annotations

import logging
import os
import secrets
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import attrs
import psycopg
from psycopg import sql
from psycopg.pq import TransactionStatus
from psycopg_pool import ConnectionPool, PoolTimeout

from contactcore.errors import StorageError
from contactcore.storage import OpenTransactions
from contactcore_postgres.address import Address
from contactcore_postgres.connection import ROLLBACK, Connection
from contactcore_postgres.ending_connections import EndingConnections
from contactcore_postgres.failures import LINK, failure
from contactcore_postgres.transaction import Transaction
from contactcore_postgres.wire import Statement

__all__ = ["OLDEST_SERVER", "Connections", "set_workspace"]

_T = TypeVar("_T")

OLDEST_SERVER = 150000
"""PostgreSQL 15, in the form of `server_version`."""

# The pool logs each failed attempt to connect, and the error of the call says the same. Nothing goes to stderr unless
# the application has set up logging.
logging.getLogger("psycopg.pool").addHandler(logging.NullHandler())

_PROBE_INTERVAL = 0.5
"""The seconds after which a caller that waits for a connection checks whether the server accepts any."""

# Every statement of this adapter is written for a walk of one index. Plans that could read more than the page are
# switched off, so the cost of a page does not depend on statistics or on the time when they were collected.
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


_BEGIN_READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_BEGIN_WRITING = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
# A pooler in transaction mode gives a transaction any connection of the server, set up by another client or by nobody.
# There the server refuses to read a setting that does not exist.
_IS_OURS = "current_setting(CASE current_setting('{name}', true) WHEN '{link}' THEN '{name}' ELSE '{link}' END)"
_SEAL = "SELECT set_config('contactcore.workspace', %(ws)s, true)"
_LOCK = "pg_advisory_xact_lock"

# With this setting Citus passes SET LOCAL on to its workers. Without it they would show no workspace. Other servers
# treat the name as a parameter that nothing reads.
_CITUS = "SET citus.propagate_set_commands = 'local';"

# Citus can make no generic plan of a statement that several shards answer.
_CLUSTER_PLANS = "SET plan_cache_mode = force_custom_plan"
_PREPARED_ON_A_CLUSTER = 2
"""After how many executions the driver prepares a statement."""
_HAS_CITUS = "SELECT count(*) FROM pg_extension WHERE extname = 'citus'"


# If parent and child of a fork use one connection, each gets answers to the other's statements. A child therefore makes
# its own pool. The pool of the parent is only kept, because closing it would end the connections of the parent.
_all_connections: weakref.WeakValueDictionary[int, Connections] = weakref.WeakValueDictionary()
_inherited: list[object] = []


@attrs.define
class _Loan:
    """A connection of a pool that a caller has, until another one takes its place.

    Attributes:
        pool: The pool that it goes back to.
        connection: The connection.
        tries: How often it may be replaced.
    """

    pool: ConnectionPool[Connection]
    connection: Connection
    tries: int


class Connections:
    """The connections of one storage to one server, for any number of threads.

    Args:
        address: The address.
        schema: The schema of the tables.
        least: The number of connections that stay open.
        most: The most open connections. A transaction that needs a further one waits.
        patience: The seconds to wait for a connection, and for locks of other transactions.
        longest: The seconds that one statement may take; 0 for no limit.
    """

    def __init__(self, address: Address, schema: str, least: int, most: int, patience: float, longest: float) -> None:
        self.schema = schema
        self._patience = patience
        self._settings = _settings_of(schema, patience, longest)
        # The value of the setting that says who has set up a connection of the server.
        self._link = f"{LINK}_{secrets.token_hex(8)}"
        self._is_ours = _IS_OURS.format(name=LINK, link=self._link)
        # The setting of the connection stays on the coordinator of a cluster. SET LOCAL reaches the workers.
        self._wait = f"SET LOCAL lock_timeout = {round(patience * 1000)}"
        self._most = most
        self._generation = 0
        self._refused = 0
        self._reason = ""
        self._open_transactions = OpenTransactions()
        self._address, self._least = address, least
        self._pool = self._new_pool()
        self._ending = EndingConnections(self._pool, least)
        _all_connections[id(self)] = self

    def _new_pool(self) -> ConnectionPool[Connection]:
        return ConnectionPool(
            self._address.full,
            connection_class=Connection,
            kwargs={**self._address.options, "failed": self._note_reason},
            min_size=self._least,
            max_size=self._most,
            timeout=self._patience,
            configure=self._configure,
            # After a failed attempt the next caller tries again at once, instead of the pool after some time.
            reconnect_timeout=0.0,
            reconnect_failed=self._connecting_failed,
            num_workers=1,
            open=False,
        )

    def after_fork(self) -> None:
        """Make a new pool in the child."""
        if not self._open_transactions.closed:
            _inherited.append((self._pool, self._ending))
            self._pool = self._new_pool()
            self._ending = EndingConnections(self._pool, self._least)

    def close(self) -> None:
        """Close all connections. A second call does nothing.

        Raises:
            StorageError: `storage-in-use`.
        """
        self._open_transactions.close()
        self._ending.close()
        self._pool.close()

    def renew(self) -> None:
        """Let the next transaction of each connection find out anew whether this is a cluster."""
        self._generation += 1

    @property
    def open_transactions(self) -> OpenTransactions:
        """The open transactions of the storage."""
        return self._open_transactions

    @property
    def settings(self) -> str:
        """The statements that set up a connection for one transaction, each ending in `;`."""
        return (_PLANS.strip().replace("\n", "") + _CITUS + self._settings).replace("SET ", "SET LOCAL ")

    @contextmanager
    def reading(self, workspace: str) -> Iterator[Transaction]:
        """Open a transaction that sees one snapshot. It begins with its first statement, in one round trip."""
        with self._open_transactions.reading(), self._loan(reads=True) as loan:
            if loan.connection.cluster:
                # The last statement takes the snapshot of the worker.
                texts = (self._wait, set_workspace(workspace), _exists(workspace))
                self._begin(loan, lambda one: self._run(one, _BEGIN_READING, *texts))
                transaction = Transaction(loan.connection, workspace)
            else:
                seal = f"{_SEAL}, {self._is_ours}"
                transaction = self._waiting(loan, workspace, [(_BEGIN_READING, {}), (seal, {"ws": workspace})])
            try:
                yield transaction
            finally:
                transaction.usable = False

    @contextmanager
    def writing(self, workspace: str, *, exclusive: bool = False) -> Iterator[Transaction]:
        """Open a transaction that writes. It begins with its first statement, in one round trip.

        Args:
            workspace: The workspace to write to.
            exclusive: Whether to wait for all other writers of the workspace and keep new ones out.
        """
        lock = f"{_LOCK}{'' if exclusive else '_shared'}"
        name = f"{self.schema} {workspace}"
        with self._open_transactions.writing(), self._loan() as loan:
            if loan.connection.cluster:
                locked = f"SELECT {lock}(hashtextextended({sql.Literal(name).as_string()}, 0))"
                texts = (self._wait, set_workspace(workspace), locked, _exists(workspace))
                exists = bool(self._begin(loan, lambda one: self._run(one, _BEGIN_WRITING, *texts)))
                transaction = Transaction(loan.connection, workspace, exists=exists)
            else:
                seal = f"{_SEAL}, {self._is_ours}, {lock}(hashtextextended(%(name)s, 0))"
                begin: list[Statement] = [(_BEGIN_WRITING, {}), (seal, {"ws": workspace, "name": name})]
                transaction = self._waiting(loan, workspace, begin)
            with _committing(transaction):
                yield transaction

    def _waiting(self, loan: _Loan, workspace: str, begin: list[Statement]) -> Transaction:
        """Return a transaction that begins with its first statement."""
        return Transaction(loan.connection, workspace, waiting=begin, another=lambda error: self._another(loan, error))

    @contextmanager
    def listing(self) -> Iterator[Transaction]:
        """Open a transaction outside all workspaces that changes nothing."""
        with self._open_transactions.reading(), self._transaction((_BEGIN_WRITING, self._wait)) as transaction:
            yield transaction

    @contextmanager
    def administering(self) -> Iterator[Transaction]:
        """Open a transaction outside all workspaces that may change the tables, however long that takes."""
        begin = (
            _BEGIN_WRITING,
            self._wait,
            "SET LOCAL statement_timeout = 0",
            # Citus then changes all shards over one connection, as it wants it for several definitions.
            "SET LOCAL citus.multi_shard_modify_mode = 'sequential'",
        )
        with self._open_transactions.writing(), self._transaction(begin) as transaction:
            yield transaction

    @contextmanager
    def outside_transaction(self) -> Iterator[Connection]:
        """Lend a connection without a transaction, for statements that cannot run inside one and may take long."""
        with self._open_transactions.writing(), self._loan() as loan:
            self._begin(loan, lambda one: self._run(one, "SET statement_timeout = 0"))
            loan.connection.generation = -1  # it is set up anew for the next transaction
            try:
                yield loan.connection
            except psycopg.Error as error:
                raise failure(error) from error

    @contextmanager
    def _transaction(self, begin: Sequence[str]) -> Iterator[Transaction]:
        """Open a transaction outside all workspaces."""
        with self._loan() as loan:
            self._begin(loan, lambda one: self._run(one, *begin))
            transaction = Transaction(loan.connection, "")
            with _committing(transaction):
                yield transaction

    @contextmanager
    def _loan(self, *, reads: bool = False) -> Iterator[_Loan]:
        """Lend a connection outside any transaction. A transaction that is still open at the end is rolled back.

        Args:
            reads: Whether the transaction only reads. Nobody then waits for its end.
        """
        loan = _Loan(self._pool, self._ready(), tries=self._most)
        try:
            yield loan
        finally:
            if loan.pool is self._pool:
                self._end(loan.connection, reads=reads)
            else:
                _inherited.append(loan.connection)

    def _end(self, connection: Connection, *, reads: bool) -> None:
        """Roll back a transaction that is still open, and give the connection back, whatever interrupts that."""
        kept = False
        try:
            if reads and self._ending.wants(connection):
                kept = True
                self._ending.keep(connection)
            elif connection.info.transaction_status is not TransactionStatus.IDLE:
                connection.answers([ROLLBACK])
        except BaseException as error:
            if not kept:
                connection.close()
            if not isinstance(error, psycopg.Error):
                raise
        finally:
            if not kept:
                self._pool.putconn(connection)

    def _begin(self, loan: _Loan, start: Callable[[Connection], _T]) -> _T:
        """Begin a transaction on a connection, or on another one if it was lost."""
        while True:
            try:
                return start(loan.connection)
            except psycopg.Error as error:
                self._another(loan, error)

    def _run(self, connection: Connection, begin: str, *texts: str) -> list[tuple[Any, ...]]:
        """Begin with one statement, and run others if the connection of the server was set up."""
        statements = (begin, f"SELECT {self._is_ours}", *texts)
        run = connection.run_each if connection.cluster else connection.run_together
        try:
            return run(statements)
        except psycopg.Error as error:
            if connection.broken or failure(error).code != "storage-lost":
                raise
            # A worker of the cluster has ended a connection that the coordinator kept. It now makes another one.
            connection.execute("ROLLBACK")
            return run(statements)

    def _another(self, loan: _Loan, error: psycopg.Error) -> Connection:
        """Replace the connection of a transaction that has done nothing, because it was lost.

        An idle connection may have died with a server that has restarted since. Every connection of the pool can fail
        in this way once.

        Raises:
            StorageError: The connection was not lost, or every one was.
        """
        lost = loan.connection
        if not lost.broken or loan.tries == 0:
            raise failure(error) from error
        loan.tries -= 1
        ready = self._ready()
        loan.connection = ready
        loan.pool.putconn(lost)
        if ready.cluster and not lost.cluster:
            raise failure(error) from error  # the transaction would begin otherwise
        return ready

    def _ready(self) -> Connection:
        """Take a connection from the pool, set up for a transaction."""
        for _ in range(self._most + 1):
            connection = self._take()
            if connection.generation == self._generation:
                return connection
            try:
                self._configure(connection)
            except BaseException as error:
                lost = connection.broken
                connection.close()
                self._pool.putconn(connection)
                if not isinstance(error, psycopg.Error):
                    raise
                if not lost:
                    raise failure(error) from error
                last = error
            else:
                return connection
        raise failure(last) from last

    def _take(self) -> Connection:
        ending = self._ending.take()
        if ending is not None:
            return ending
        deadline = time.monotonic() + self._patience
        while True:
            refused = self._refused
            try:
                self._pool.open()
                return self._ending.take_any(max(0.01, min(_PROBE_INTERVAL, deadline - time.monotonic())))
            except PoolTimeout as error:
                late = time.monotonic() >= deadline
                # The pool would go on waiting. The caller learns at once that the server is down.
                if self._refused > refused or (late and self._pool.get_stats()["pool_size"] < self._most):
                    reason = self._reason or f"no answer within {self._patience:g} seconds"
                    raise StorageError(
                        f"The server takes no connection: check the address, or try again later ({reason}).",
                        "storage-lost",
                    ) from error
                if late:
                    raise StorageError(
                        f"All {self._most} connections are in use: try again later or allow more.", "storage-busy"
                    ) from error
            except psycopg.OperationalError as error:
                raise StorageError("This storage was closed: open another one.", "storage-closed") from error

    def _connecting_failed(self, _: ConnectionPool[Connection]) -> None:
        self._refused += 1

    def _note_reason(self, error: psycopg.Error) -> None:
        self._reason = self._address.without_secrets(" ".join(str(error).partition("\nMultiple")[0].split()))

    def _configure(self, connection: Connection) -> None:
        try:
            connection.execute(f"{_PLANS}{_CITUS}{self._settings}SET {LINK} = '{self._link}'".encode())
            connection.generation = self._generation
            connection.cluster = connection.execute(_HAS_CITUS).fetchone() != (0,)
            # A driver that has prepared statements itself lets the server forget all statements after a roll-back.
            connection.prepare_threshold = _PREPARED_ON_A_CLUSTER if connection.cluster else None
            if connection.cluster:
                connection.execute(_CLUSTER_PLANS)
        except psycopg.Error as error:
            self._note_reason(error)
            raise


@contextmanager
def _committing(transaction: Transaction) -> Iterator[None]:
    try:
        yield
        transaction.commit()
    finally:
        transaction.usable = False


def _settings_of(schema: str, patience: float, longest: float) -> str:
    """Return the statements that set up a connection for the statements of this adapter, each ending in `;`."""
    return (
        f"SET search_path = {sql.Identifier(schema).as_string()}, pg_temp;"
        f"SET lock_timeout = {round(patience * 1000)};"
        f"SET statement_timeout = {round(longest * 1000)};"
    )


def set_workspace(workspace: str) -> str:
    """Return the statement that makes the server show one workspace until the transaction ends."""
    # SET LOCAL and not set_config(), because Citus passes only the former on to its workers.
    return f"SET LOCAL contactcore.workspace = {sql.Literal(workspace).as_string()}"


def _exists(workspace: str) -> str:
    return f"SELECT 1 FROM workspace WHERE workspace = {sql.Literal(workspace).as_string()}"


def _after_fork() -> None:
    for reference in _all_connections.valuerefs():
        connections = reference()
        if connections is not None:
            connections.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
