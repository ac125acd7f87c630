"""The storage inside a connection and a transaction of the host: its rows and ours are committed together, or neither.

Each reader and writer of a guest is a savepoint. The server settings that the statements of this adapter need are set
when it begins and set back when it ends, so that the statements of the host run as before.
"""

# ruff: noqa: D102 - the port states the promises of the calls

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol, cast

import psycopg
from psycopg import sql
from psycopg.adapt import AdaptersMap
from psycopg.pq import TransactionStatus
from psycopg.rows import tuple_row

from contactcore.errors import Invalid, StorageError
from contactcore.storage import (
    Event,
    Kind,
    OpenTransactions,
    Published,
    Storage,
    View,
    check_listing,
    check_usable,
    check_workspace,
)
from contactcore.storage.postings import Postings
from contactcore_postgres.connections import set_workspace
from contactcore_postgres.failures import failure
from contactcore_postgres.reading import PostgresReader
from contactcore_postgres.transaction import Transaction
from contactcore_postgres.wire import Answer, Statement
from contactcore_postgres.workspace_rows import add_workspace, ensure_workspace, list_workspaces, remove_workspace
from contactcore_postgres.writing import PostgresWriter

__all__ = ["GuestStorage", "Lender", "lend"]

_WORKSPACE = "contactcore.workspace"
_CURRENT = "SELECT name, current_setting(name, true) FROM unnest(%(names)s::text[]) name"
_SET_BACK = "SELECT set_config(x.name, x.value, true) FROM unnest(%(names)s::text[], %(values)s::text[]) x(name, value)"
_EXISTS = "SELECT 1 FROM workspace WHERE workspace = %(ws)s"
_LOCK = "SELECT pg_advisory_xact_lock_shared(hashtextextended(%(name)s, 0))"
_LOCK_ALONE = "SELECT pg_advisory_xact_lock(hashtextextended(%(name)s, 0))"

_ADAPTERS = AdaptersMap(psycopg.adapters)
"""How psycopg reads and writes values by itself. A host may have changed that for its own connection."""


class Lender(Protocol):
    """The calls of `PostgresStorage` that a storage on a connection of the host needs."""

    reader_class: type[PostgresReader]
    schema: str

    @property
    def kinds(self) -> dict[str, Kind]: ...

    @property
    def open_transactions(self) -> OpenTransactions: ...

    def install(self, kinds: Sequence[Kind], views: Sequence[View] = ()) -> None: ...


class _Cursor(psycopg.Cursor[tuple[Any, ...]]):
    @property
    def adapters(self) -> AdaptersMap:
        return _ADAPTERS


class _LentConnection:
    """The calls of `Connection` that a transaction needs, on a connection of the host."""

    def __init__(self, host: psycopg.Connection[Any], *, cluster: bool) -> None:
        self._host = host
        self.cluster = cluster
        self.joins = False
        self.refused = 0
        self.info = host.info

    @property
    def broken(self) -> bool:
        return self._host.broken

    def cursor(self) -> psycopg.Cursor[tuple[Any, ...]]:
        return _Cursor(self._host, row_factory=tuple_row)

    def execute(
        self,
        query: bytes,
        params: Mapping[str, Any] | None = None,
        *,
        prepare: bool | None = None,
        binary: bool = False,
    ) -> psycopg.Cursor[tuple[Any, ...]]:
        return self.cursor().execute(query, params, prepare=prepare, binary=binary)

    def answers(self, statements: Sequence[Statement]) -> list[Answer]:
        # One by one: the connection of the host stays in the mode that the host has chosen.
        return [Answer.of(self.execute(text.encode(), values, binary=True)) for text, values in statements]

    def run_each(self, statements: Sequence[str]) -> list[tuple[Any, ...]]:
        cursors = [self.execute(statement.encode(), prepare=False) for statement in statements]
        return cursors[-1].fetchall() if cursors[-1].description else []


class _GuestWriter(PostgresWriter):
    """A writer whose events are numbered at the end of the block of `within`, just before the host commits."""

    held: list[Event]

    def _number(self) -> None:
        if any(isinstance(entry, Published) for entry in self._events):
            # Loaded events have positions already, and the next ones of this workspace follow them.
            self._events[:0] = self.held
            self.held.clear()
            super()._number()
        else:
            self.held.extend(cast("list[Event]", self._events))

    def number_held(self) -> None:
        """Give the held events their positions. The row that numbers events is locked until the host commits."""
        self._events = [*self.held]
        self.held.clear()
        super()._number()


class GuestStorage(Storage):
    """A storage on a connection of the host, until the end of the block of `PostgresStorage.within`.

    Nothing is kept before the host commits, and a roll-back of the host takes everything back. A refused session leaves
    the transaction of the host as it was before it. `install` uses a connection of the storage itself.

    A reader sees what the statements of the host's transaction would see: one snapshot if its isolation level is
    REPEATABLE READ or higher, and what is committed at each statement if it is READ COMMITTED.
    """

    def __init__(self, owner: Lender, postings: Postings, host: psycopg.Connection[Any], settings: str) -> None:
        self._owner = owner
        self._postings = postings
        self._host = host
        self._settings = settings
        self._held: dict[str, list[Event]] = {}
        self._over = False
        self._lent = _LentConnection(host, cluster=False)
        self._names = re.findall(r"SET LOCAL ([a-z_.]+) =", settings)

    def install(self, kinds: Sequence[Kind], views: Sequence[View] = ()) -> None:
        self._owner.install(kinds, views)

    @contextmanager
    def read(self, workspace: str) -> Iterator[PostgresReader]:
        check_workspace(workspace)
        with self._owner.open_transactions.reading(), self._sealed(workspace) as transaction:
            reader = self._owner.reader_class(self._owner.kinds, self._postings, transaction)
            reader.is_snapshot = False
            yield reader

    @contextmanager
    def write(self, workspace: str) -> Iterator[PostgresWriter]:
        check_workspace(workspace)
        with self._writing(workspace) as transaction:
            ensure_workspace(transaction)
            writer = self._writer(transaction)
            before = len(writer.held)
            try:
                yield writer
                writer.finish()
            except BaseException:
                del writer.held[before:]
                raise

    def create(self, workspace: str) -> bool:
        check_workspace(workspace)
        with self._writing(workspace) as transaction:
            return add_workspace(transaction)

    def drop(self, workspace: str) -> bool:
        check_workspace(workspace)
        with self._writing(workspace, lock=_LOCK_ALONE) as transaction:
            gone = remove_workspace(transaction)
        self._held.pop(workspace, None)
        return gone

    def workspaces(self, after: str = "", limit: int = 1_000, due_before: str | None = None) -> list[str]:
        check_listing(after, limit, due_before)
        with self._owner.open_transactions.reading(), self._sealed("") as transaction:
            return list_workspaces(transaction, after, limit, due_before)

    def scrub(self) -> None:
        """Refused, because the tables cannot be rewritten inside a transaction.

        Raises:
            StorageError: `storage-lent`.
        """
        raise StorageError(
            "Inside a transaction of the host this cannot be done: ask the storage itself.", "storage-lent"
        )

    def close(self) -> None:
        """Nothing: the connection belongs to the host, and the block of `within` ends the storage."""

    def end(self) -> None:
        """Number the events of all workspaces, in the sequence of their names, and accept no further calls."""
        for workspace in sorted(self._held):
            if self._held[workspace]:
                with self._writing(workspace) as transaction:
                    self._writer(transaction).number_held()
        self._over = True

    def _writer(self, transaction: Transaction) -> _GuestWriter:
        writer = _GuestWriter(self._owner.kinds, self._postings, transaction)
        writer.held = self._held.setdefault(transaction.workspace, [])
        return writer

    @contextmanager
    def _writing(self, workspace: str, lock: str = _LOCK) -> Iterator[Transaction]:
        with self._owner.open_transactions.writing(), self._sealed(workspace) as transaction:
            transaction.rows(lock, name=f"{self._owner.schema} {workspace}")
            transaction.exists = bool(transaction.rows(_EXISTS))
            yield transaction
            check_usable(transaction)

    @contextmanager
    def _sealed(self, workspace: str) -> Iterator[Transaction]:
        """Open a savepoint in which the server shows one workspace, and set everything back at its end."""
        if self._over:
            raise StorageError("The block of `within` is over: begin another one.", "storage-closed")
        lent = self._lent
        transaction = Transaction(lent, workspace)
        with _translated(), self._host.transaction():
            before = dict(lent.execute(_CURRENT.encode(), {"names": [*self._names, _WORKSPACE]}).fetchall())
            lent.execute(f"{self._settings}{set_workspace(workspace)}".encode(), prepare=False)
            try:
                transaction.exists = bool(transaction.rows(_EXISTS))
                yield transaction
            finally:
                transaction.usable = False
            own = before.pop(_WORKSPACE) or ""
            lent.execute(_SET_BACK.encode(), {"names": [*before], "values": [*before.values()]})
            lent.execute(set_workspace(own).encode(), prepare=False)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except psycopg.Error as error:
        raise failure(error) from error


@contextmanager
def lend(
    owner: Lender, postings: Postings, connection: psycopg.Connection[Any], settings: str
) -> Iterator[GuestStorage]:
    """Work on a connection of the host until the context ends; see `PostgresStorage.within`."""
    _check_connection(connection)
    block: AbstractContextManager[Any] = connection.transaction()
    with _translated(), block:
        name = sql.Identifier(owner.schema, "installed").as_string()
        statement = f"SELECT secret FROM {name}"  # noqa: S608 - a quoted name
        found = _LentConnection(connection, cluster=False).execute(statement.encode()).fetchone()
        if found is None or Postings(bytes(found[0])).facet("") != postings.facet(""):
            message = "The connection leads to another database than the storage: give one to the same database."
            raise StorageError(message, "connection-elsewhere")
        guest = GuestStorage(owner, postings, connection, settings)
        yield guest
        guest.end()


def _check_connection(connection: object) -> None:
    if not isinstance(connection, psycopg.Connection):
        message = f"Give a connection of psycopg, not {type(connection).__name__}."
        raise Invalid("connection-type", message, path="connection")
    status = connection.info.transaction_status
    if status is TransactionStatus.IDLE and not connection.autocommit:
        with _translated():
            connection.execute("SELECT")  # begins the transaction of the host
    elif status is not TransactionStatus.INTRANS:
        message = "Begin a transaction on the connection first, and give it before anything has failed in it."
        raise Invalid("connection-without-transaction", message, path="connection")
