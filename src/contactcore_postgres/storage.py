"""The storage on a PostgreSQL server."""

# ruff: noqa: D102 - what the calls promise stands in the port

# ruff: noqa: S608 - statements are put together from constants; every value of the caller's is bound

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from contactcore.errors import StorageError
from contactcore.storage import (
    LONGEST_KEY,
    Kind,
    Storage,
    View,
    check_limit,
    check_text,
    check_texts,
    check_workspace,
)
from contactcore.storage.postings import Postings
from contactcore_postgres import citus
from contactcore_postgres.connections import Connections
from contactcore_postgres.installing import install
from contactcore_postgres.reading import PostgresReader
from contactcore_postgres.schema import TABLES
from contactcore_postgres.writing import PostgresWriter

__all__ = ["PostgresStorage"]

_CREATE = "INSERT INTO workspace (workspace) VALUES (%(ws)s) ON CONFLICT DO NOTHING"
_EXISTS = "SELECT 1 FROM workspace WHERE workspace = %(ws)s"
_OWNED = (
    "SELECT pg_has_role(relowner, 'USAGE'), pg_has_role('pg_checkpoint', 'USAGE') FROM pg_class"
    " WHERE oid = to_regclass('record')"
)
_LIST = "SELECT * FROM workspaces(%(after)s, %(limit)s::bigint, %(before)s)"


class PostgresStorage(Storage):
    """Workspaces on a PostgreSQL server (15 or newer, database in UTF-8), used by any number of threads and processes.

    Args:
        dsn: The address, `"postgresql://user@host/database"`.
        schema: The schema that holds the tables; made by `install`.
        connections: Most connections at once; a transaction takes one, and another one waits for it.
        idle_connections: Connections that are kept open for the next transaction.
        patience: Seconds to wait for a free connection, and for what another transaction holds.
        longest: Seconds that one statement may take; 0 for no end.

    The role that calls `install` first owns the tables. Another role works with them after these, and needs no more
    (once again after a release with new report views):

        GRANT USAGE ON SCHEMA contactcore TO app;
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA contactcore TO app;
        REVOKE INSERT, UPDATE, DELETE ON contactcore.installed FROM app;
        GRANT EXECUTE ON FUNCTION contactcore.workspaces(text, bigint, text) TO app;
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
        self.dsn = dsn
        least = min(idle_connections, connections)
        self._connections = Connections(dsn, schema, least, connections, patience, longest)
        self._kinds: dict[str, Kind] = {}
        self._postings: Postings | None = None

    def install(self, kinds: Sequence[Kind], views: Sequence[View] = ()) -> None:
        self._postings = install(self._connections, views)
        # A new mapping: transactions under way go on with the kinds that they began with.
        self._kinds = self._kinds | {kind.name: kind for kind in kinds}

    @contextmanager
    def read(self, workspace: str) -> Iterator[PostgresReader]:
        check_workspace(workspace)
        postings = self._ready()
        with self._connections.reading(workspace) as transaction:
            yield self.reader_class(self._kinds, postings, transaction)

    @contextmanager
    def write(self, workspace: str) -> Iterator[PostgresWriter]:
        check_workspace(workspace)
        postings = self._ready()
        with self._connections.writing(workspace) as transaction:
            if not transaction.rows(_EXISTS):
                transaction.run(_CREATE)
            writer = self.writer_class(self._kinds, postings, transaction)
            yield writer
            writer.finish()

    def create(self, workspace: str) -> bool:
        check_workspace(workspace)
        self._ready()
        with self._connections.writing(workspace) as transaction:
            return transaction.run(_CREATE).rowcount == 1

    def drop(self, workspace: str) -> bool:
        check_workspace(workspace)
        self._ready()
        with self._connections.writing(workspace, alone=True) as transaction:
            for table in reversed(TABLES):
                gone = transaction.run(f"DELETE FROM {table} WHERE workspace = %(ws)s").rowcount
        return gone == 1

    def workspaces(self, after: str = "", limit: int = 1_000, due_before: str | None = None) -> list[str]:
        check_texts("after", [after])
        check_text("due_before", due_before or "", LONGEST_KEY)
        check_limit(limit)
        self._ready()
        with self._connections.administering() as transaction:
            return [name for (name,) in transaction.rows(_LIST, after=after, limit=limit, before=due_before)]

    def scrub(self) -> None:
        """See `Storage.scrub`; the tables are locked meanwhile, and only their owner may do it.

        The server's write-ahead log, its archive and backups keep what they have until they are recycled; a role that
        may (`GRANT pg_checkpoint`) makes a checkpoint, so that this is soon.

        Raises:
            StorageError: `storage-denied`.
        """
        self._ready()
        with self._connections.bare() as connection:
            owned = connection.execute(_OWNED).fetchone()
            if owned is None or not owned[0]:
                raise StorageError("Only the owner of the tables may scrub them.", "storage-denied")
            for table in TABLES:
                connection.execute(f"VACUUM (FULL, ANALYZE) {table}".encode())
            if owned[1]:
                connection.execute("CHECKPOINT")

    def distribute(self) -> None:
        """Spread the tables over a Citus cluster, by workspace; does nothing where that was done.

        Call it once after `install`, as the owner, connected to the coordinator. Workspaces that exist are moved.

        Raises:
            StorageError: `storage-unsupported` where there is no Citus.
        """
        self._ready()
        citus.distribute(self._connections)

    def close(self) -> None:
        self._connections.close()

    def _ready(self) -> Postings:
        """The hashes of this database, whose tables are made if they are not there."""
        if self._postings is None:
            self._postings = install(self._connections, ())
        return self._postings
