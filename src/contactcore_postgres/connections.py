"""The connections of one storage: a pool of them, and transactions that know their workspace."""

# ruff: noqa: S608 - statements are built from constants and quoted names

from __future__ import annotations

import logging
import os
import secrets
import time
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, Self, TypeVar

import attrs
import psycopg
from psycopg import sql
from psycopg.pq import TransactionStatus
from psycopg_pool import ConnectionPool, PoolTimeout

from contactcore.errors import ContactCoreError, StorageError
from contactcore.storage import DuplicateKey, OpenTransactions, check_usable
from contactcore_postgres.address import Address
from contactcore_postgres.binary import BEGIN, END
from contactcore_postgres.failures import LINK, failure, is_unknown
from contactcore_postgres.wire import Answer, Channel, Statement, Wire

__all__ = [
    "OLDEST_SERVER",
    "Connection",
    "Connections",
    "Transaction",
    "lock_installation",
    "set_workspace",
]

_T = TypeVar("_T")

OLDEST_SERVER = 150000
"""PostgreSQL 15, in the form of `server_version`."""

# The pool logs each failed attempt to connect, and the error of the call says the same. Nothing goes to stderr unless
# the application has set up logging.
logging.getLogger("psycopg.pool").addHandler(logging.NullHandler())

_ROWS_AT_ONCE = 50

_MOST_AHEAD = 32
"""The most answers to announced questions that are kept. Some are never asked."""

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
_TAKEN = "23505"
"""The SQLSTATE of a row that is there already."""
_COMMIT: Statement = ("COMMIT", {})
_ROLLBACK: Statement = ("ROLLBACK", {})
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


class Connection(psycopg.Connection[tuple[Any, ...]]):
    """A connection of the pool.

    Attributes:
        cluster: Whether the database is the coordinator of a Citus cluster.
        generation: How often the connections had been renewed when this one was set up.
    """

    cluster: bool = False
    generation: int = 0
    _wire: Wire | None = None

    @property
    def joins(self) -> bool:
        """Whether statements that wait for the next one save a round trip."""
        return not self.cluster

    @property
    def refused(self) -> int:
        """The place of the statement that the server refused last, among those that were sent together."""
        return 0 if self._wire is None else self._wire.refused

    @classmethod
    def connect(  # type: ignore[override] # the pool passes on the arguments that it was given
        cls, conninfo: str = "", *, failed: Callable[[psycopg.Error], object], **options: Any
    ) -> Self:
        """Connect, and report the error if that fails, because the pool only counts errors."""
        try:
            return super().connect(conninfo, **options)
        except psycopg.Error as error:
            failed(error)
            raise

    def answers(self, statements: Sequence[Statement]) -> list[Answer]:
        """Run statements in one round trip.

        Raises:
            psycopg.Error: The first refusal. Later statements were not run.
        """
        if not self.cluster:
            if self._wire is None:
                self._wire = Wire(self)
            return self._wire.answers(statements)
        if len(statements) == 1:
            return [Answer.of(self._execute(*statements[0]))]
        with self.pipeline():
            cursors = [self._execute(*statement) for statement in statements]
        return [Answer.of(cursor) for cursor in cursors]

    def _execute(self, statement: str, values: Mapping[str, Any]) -> psycopg.Cursor[tuple[Any, ...]]:
        return self.execute(statement.encode(), values, binary=True)

    def run_each(self, statements: Sequence[str]) -> list[tuple[Any, ...]]:
        """Run statements without values one by one, all in one round trip, and return the rows of the last one.

        Citus passes the whole text of a message on to its workers, and refuses most definitions in a longer message.
        """
        with self.pipeline():
            cursors = [self.execute(statement.encode(), prepare=False) for statement in statements]
        return cursors[-1].fetchall() if cursors[-1].description else []

    def run_together(self, statements: Sequence[str]) -> list[tuple[Any, ...]]:
        """Run statements without values as one message, and return the rows of the last one."""
        cursor = self.execute("; ".join(statements).encode())
        while cursor.nextset():
            pass
        return cursor.fetchall() if cursor.description else []


@attrs.define
class Transaction:
    """One transaction of one workspace on one connection.

    Attributes:
        connection: The connection, until the end of the context that opened the transaction.
        workspace: The workspace whose rows the server shows.
        exists: Whether that workspace existed when the transaction began.
        usable: False after a refused write, an error, and the end of the context.
    """

    connection: Channel
    workspace: str
    exists: bool = False
    usable: bool = True
    _waiting: list[Statement] = attrs.field(factory=list, kw_only=True)
    _announced: list[Statement] = attrs.field(factory=list, init=False)
    _ahead: list[tuple[Statement, Answer]] = attrs.field(factory=list, init=False)
    # Place among the waiting statements -> id of the record that it adds, and that nobody else can have.
    _fresh: dict[int, str] = attrs.field(factory=dict, init=False)
    # Gives another connection for one that was lost before anything was done. None once something may have been done.
    _another: Callable[[psycopg.Error], Channel] | None = attrs.field(default=None, kw_only=True)

    def rows(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        """Return all rows of a statement. Its parameter `ws` is the workspace."""
        return self.run(statement, **values).rows

    def run(self, statement: str, **values: Any) -> Answer:
        """Run a statement, behind those that wait for it."""
        check_usable(self)
        if self._ahead or self._announced:
            wanted = self._sealed((statement, values))
            for place, (known, answer) in enumerate(self._ahead):
                if known == wanted:
                    del self._ahead[place]
                    return answer
            if wanted in self._announced:
                self._announced.remove(wanted)
        return self.run_all([(statement, values)])[0]

    def run_all(self, statements: Sequence[Statement]) -> list[Answer]:
        """Run statements in one round trip, behind those that wait for them, and return their answers."""
        check_usable(self)
        waiting, self._waiting = self._waiting, []
        announced, self._announced = self._announced, []
        begin, end = len(waiting), len(waiting) + len(statements)
        try:
            answers = self._answers([*waiting, *map(self._sealed, statements), *announced])
        except BaseException as error:
            self.usable = False
            if isinstance(error, psycopg.Error):
                raise self._refusal(error) from error
            raise
        self._ahead = [*self._ahead, *zip(announced, answers[end:], strict=True)][-_MOST_AHEAD:]
        self._fresh.clear()
        return answers[begin:end]

    def run_in_turn(self, statements: Sequence[Statement]) -> list[Answer]:
        """As `run_all`; on a cluster, which does not join every statement with others, one after the other."""
        if self.connection.cluster:
            return [self.run(text, **values) for text, values in statements]
        return self.run_all(statements) if statements else []

    def run_later(self, statements: Sequence[Statement], fresh: Sequence[str] = ()) -> None:
        """Run statements whose results nobody needs, in one round trip with the next statement or the commit.

        A refusal of the server leaves that statement or the commit.

        Args:
            statements: Each statement with its values.
            fresh: The id of the record that each of them adds, for the refusal if it is taken; empty if they add none.
        """
        check_usable(self)
        if self.connection.joins:
            self._fresh.update(enumerate(fresh, start=len(self._waiting)))
            self._waiting += map(self._sealed, statements)
        elif statements:
            self.run_all(statements)

    def announce(self, statements: Iterable[Statement]) -> None:
        """Ask in the next round trip what is asked soon, behind the statement of that round trip."""
        if self.connection.joins:
            self._announced += map(self._sealed, statements)

    def outdate(self, kind: str | None = None) -> None:
        """Forget the answers to announced questions about records of a kind that changes; None for all kinds."""
        self._ahead = [one for one in self._ahead if kind is not None and one[0][1].get("kind") not in {kind, None}]

    def _sealed(self, statement: Statement) -> Statement:
        return statement[0], {"ws": self.workspace, **statement[1]}

    def _answers(self, statements: Sequence[Statement]) -> list[Answer]:
        while True:
            try:
                answers = self.connection.answers(statements)
            except psycopg.Error as error:
                if self._another is None or not self.connection.broken:
                    raise
                self.connection = self._another(error)
            else:
                self._another = None
                return answers

    def _refusal(self, error: psycopg.Error) -> ContactCoreError:
        """Return the error that the caller gets."""
        # The error itself names no key to a role that row-level security applies to.
        id = self._fresh.get(self.connection.refused)
        return failure(error) if id is None or error.sqlstate != _TAKEN else DuplicateKey(id, id)

    def run_waiting(self) -> None:
        """Run the statements that wait for the next one, in one round trip."""
        if self._waiting:
            self.run_all([])

    def commit(self) -> None:
        """Run the statements that wait, and commit, in one round trip."""
        check_usable(self)
        if self._another is not None:
            # A connection that was lost must be replaced before the commit. Behind it nobody knows what was kept.
            self.run_waiting()
        connection = self.connection
        waiting, self._waiting = self._waiting, []
        try:
            connection.answers([*waiting, _COMMIT])
        except psycopg.Error as error:
            # The coordinator of a cluster reports a worker that was lost meanwhile as an internal error.
            if connection.broken or (connection.cluster and is_unknown(error)):
                raise StorageError(
                    "The connection was lost while the transaction ended; it was kept as a whole or not at all: "
                    "read what is there before you run it again.",
                    "storage-lost",
                ) from error
            raise self._refusal(error) from error

    def run_each(self, statements: Sequence[str]) -> None:
        """Run statements without values, each as a message of its own."""
        self.run_waiting()
        check_usable(self)
        try:
            self.connection.run_each(statements)
        except psycopg.Error as error:
            self.usable = False
            raise failure(error) from error

    def copy(self, statement: str, rows: Iterator[bytes]) -> None:
        """Send encoded rows with binary COPY."""
        self.run_waiting()
        check_usable(self)
        try:
            with self.connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
                copy.write(BEGIN)
                for chunk in iter(lambda: b"".join(islice(rows, _ROWS_AT_ONCE)), b""):
                    copy.write(chunk)
                copy.write(END)
        except psycopg.Error as error:
            self.usable = False
            raise failure(error) from error


def lock_installation(transaction: Transaction, schema: str) -> None:
    """Wait until no other process changes the tables, and keep others from it until the transaction ends."""
    transaction.rows("SELECT pg_advisory_xact_lock(hashtextextended(%(name)s, 0))", name=f"{schema} install")


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
            _inherited.append(self._pool)
            self._pool = self._new_pool()

    def close(self) -> None:
        """Close all connections. A second call does nothing.

        Raises:
            StorageError: `storage-in-use`.
        """
        self._open_transactions.close()
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
        with self._open_transactions.reading(), self._loan() as loan:
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
    def _loan(self) -> Iterator[_Loan]:
        """Lend a connection outside any transaction. A transaction that is still open at the end is rolled back."""
        loan = _Loan(self._pool, self._ready(), tries=self._most)
        try:
            yield loan
        finally:
            connection = loan.connection
            if loan.pool is not self._pool:
                _inherited.append(connection)
            else:
                if connection.info.transaction_status is not TransactionStatus.IDLE:
                    try:
                        connection.answers([_ROLLBACK])
                    except psycopg.Error:
                        connection.close()
                loan.pool.putconn(connection)

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
        deadline = time.monotonic() + self._patience
        while True:
            refused = self._refused
            try:
                self._pool.open()
                return self._pool.getconn(timeout=max(0.01, min(_PROBE_INTERVAL, deadline - time.monotonic())))
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
