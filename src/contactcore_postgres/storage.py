"""The storage on a PostgreSQL server."""

# ruff: noqa: D102 - the port states the promises of the calls

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import psycopg

from contactcore.errors import StorageError
from contactcore.storage import (
    Kind,
    OpenTransactions,
    Storage,
    View,
    check_listing,
    check_seconds,
    check_workspace,
    merged_kinds,
)
from contactcore.storage.postings import Postings
from contactcore_postgres import citus
from contactcore_postgres.address import Address
from contactcore_postgres.arguments import check_connections, check_schema
from contactcore_postgres.connections import Connections
from contactcore_postgres.guest import GuestStorage, lend
from contactcore_postgres.installation import install
from contactcore_postgres.reading import PostgresReader
from contactcore_postgres.schema import TABLES
from contactcore_postgres.workspace_rows import add_workspace, ensure_workspace, list_workspaces, remove_workspace
from contactcore_postgres.writing import PostgresWriter

__all__ = ["PostgresStorage"]

_OWNED = (
    "SELECT pg_has_role(relowner, 'USAGE'), pg_has_role('pg_checkpoint', 'USAGE') FROM pg_class"
    " WHERE oid = to_regclass('record')"
)


class PostgresStorage(Storage):
    """Workspaces on a PostgreSQL server (15 or newer, database in UTF-8), for any number of threads and processes.

    The role that first calls `install` owns the tables. It installs new kinds and report views too, before others do.
    Another role needs only these grants to work with them, and again after a release with another schema number or new
    report views:

        GRANT USAGE ON SCHEMA contactcore TO app;
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA contactcore TO app;
        REVOKE INSERT, UPDATE, DELETE ON contactcore.installed FROM app;
        GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA contactcore TO app;

    Args:
        dsn: The address, `"postgresql://user@host/database"`.
        schema: The schema of the tables, made by `install`.
        connections: The most connections at once, 1 or more. A transaction uses one; a transaction that finds none free
            waits.
        idle_connections: The number of connections that stay open for the next transactions.
        patience: The seconds to wait for a free connection, and for locks of other transactions.
        longest: The seconds that one statement may take; 0 for no limit.

    Attributes:
        dsn: The address without its password, in the form `host=... dbname=...`.
        schema: The schema of the tables.

    Raises:
        Invalid: `address-unreadable`, `text-type`, `schema-name`, or a limit of the port for the schema; `number-type`,
            `connections-out-of-range`, `seconds-out-of-range`.
    """

    reader_class = PostgresReader
    writer_class = PostgresWriter

    def __init__(
        self,
        dsn: str,
        *,
        schema: str = "contactcore",
        connections: int = 10,
        idle_connections: int = 1,
        patience: float = 10.0,
        longest: float = 60.0,
    ) -> None:
        check_seconds("patience", patience)
        check_seconds("longest", longest)
        check_schema(schema)
        check_connections("connections", connections, 1)
        check_connections("idle_connections", idle_connections, 0)
        address = Address.parse(dsn)
        self.dsn: str = address.public
        least = min(idle_connections, connections)
        self._connections = Connections(address, schema, least, connections, patience, longest)
        self.schema: str = schema
        self._kinds: dict[str, Kind] = {}
        self._postings: Postings | None = None

    @property
    def kinds(self) -> dict[str, Kind]:
        """The installed kinds, by name."""
        return self._kinds

    @property
    def open_transactions(self) -> OpenTransactions:
        """The open transactions of this storage."""
        return self._connections.open_transactions

    def within(self, connection: psycopg.Connection[Any]) -> AbstractContextManager[GuestStorage]:
        """Work inside a connection and an open transaction of the host, which commits its own rows with ours.

        The context gives a storage for `Workspace`, for use in this thread until the context ends. The context is a
        savepoint: an error that leaves it undoes everything that was done in it. It never commits; `commit` of the host
        is refused inside it. Events get their positions at its end, and from then until the host commits, other writers
        of the same workspace wait. End it last, just before the commit.

        Args:
            connection: A connection of psycopg to the same database, by a role that may use the tables. It is given
                back with its settings as they were. Statements of the host belong outside the blocks of sessions.

        Raises:
            Invalid: `connection-type`, `connection-without-transaction`.
            StorageError: `connection-elsewhere` for a connection to another database.
        """
        return lend(self, self._installed(), connection, self._connections.settings)

    def install(self, kinds: Sequence[Kind], views: Sequence[View] = ()) -> None:
        # A new mapping, because open transactions keep the kinds that they began with.
        known = merged_kinds(self._kinds, kinds)
        self._postings = install(self._connections, kinds, views)
        self._kinds = known

    @contextmanager
    def read(self, workspace: str) -> Iterator[PostgresReader]:
        check_workspace(workspace)
        postings = self._installed()
        with self._connections.reading(workspace) as transaction:
            yield self.reader_class(self._kinds, postings, transaction)

    @contextmanager
    def write(self, workspace: str) -> Iterator[PostgresWriter]:
        check_workspace(workspace)
        postings = self._installed()
        with self._connections.writing(workspace) as transaction:
            ensure_workspace(transaction)
            writer = self.writer_class(self._kinds, postings, transaction)
            yield writer
            writer.finish()

    def create(self, workspace: str) -> bool:
        check_workspace(workspace)
        self._installed()
        with self._connections.writing(workspace) as transaction:
            return add_workspace(transaction)

    def drop(self, workspace: str) -> bool:
        check_workspace(workspace)
        self._installed()
        with self._connections.writing(workspace, exclusive=True) as transaction:
            return remove_workspace(transaction)

    def workspaces(self, after: str = "", limit: int = 1_000, due_before: str | None = None) -> list[str]:
        check_listing(after, limit, due_before)
        self._installed()
        with self._connections.listing() as transaction:
            return list_workspaces(transaction, after, limit, due_before)

    def scrub(self) -> None:
        """See `Storage.scrub`. The tables are locked meanwhile, and only their owner may do it.

        The write-ahead log of the server, its archive and backups keep deleted data until they are recycled. A role
        with `pg_checkpoint` makes a checkpoint, so that the log is recycled soon.

        Raises:
            StorageError: `storage-denied`.
        """
        self._installed()
        with self._connections.outside_transaction() as connection:
            owned = connection.execute(_OWNED).fetchone()
            if owned is None or not owned[0]:
                raise StorageError("Only the owner of the tables may scrub them.", "storage-denied")
            for table in TABLES:
                connection.execute(f"VACUUM (FULL, ANALYZE) {table}".encode())
            if owned[1]:
                connection.execute("CHECKPOINT")

    def distribute(self) -> None:
        """Distribute the tables over a Citus cluster, by workspace. A second call does nothing.

        Call it once after `install`, as the owner, connected to the coordinator. Existing workspaces are moved.

        Raises:
            StorageError: `storage-unsupported` if the database has no Citus.
        """
        self._installed()
        citus.distribute(self._connections)

    def close(self) -> None:
        self._connections.close()

    def _installed(self) -> Postings:
        """Return the hashes of this database. Missing tables are made first."""
        if self._postings is None:
            self._postings = install(self._connections, (), ())
        return self._postings
