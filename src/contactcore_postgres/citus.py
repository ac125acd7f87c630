"""Citus: the same tables, distributed over many servers by workspace."""

from __future__ import annotations

from typing import Final

from psycopg import sql

from contactcore.errors import StorageError
from contactcore_postgres.connections import Connections
from contactcore_postgres.schema import TABLES
from contactcore_postgres.transaction import Transaction, lock_installation

__all__ = ["distribute", "is_distributed"]

_HAS_CITUS: Final = "SELECT count(*) FROM pg_extension WHERE extname = 'citus'"
_IS_DISTRIBUTED: Final = "SELECT count(*) FROM pg_dist_partition WHERE logicalrelid = to_regclass(%(name)s)"
_DISTRIBUTE: Final = "SELECT create_distributed_table(%(name)s, 'workspace', colocate_with => %(along)s)"
_DROP_LOCAL_ROWS: Final = "SELECT truncate_local_data_after_distributing_table(%(name)s)"


def is_distributed(transaction: Transaction, schema: str) -> bool:
    """Return whether the tables are distributed over a cluster."""
    name = sql.Identifier(schema, TABLES[0]).as_string()
    return transaction.connection.cluster and transaction.rows(_IS_DISTRIBUTED, name=name) != [(0,)]


def distribute(connections: Connections) -> None:
    """Distribute every table by its workspace column, co-located with the first table, and move the stored rows.

    Any number of processes may do so at the same time. It is one transaction.

    Raises:
        StorageError: `storage-unsupported` if the database has no Citus.
    """
    names = [sql.Identifier(connections.schema, table).as_string() for table in TABLES]
    connections.renew()
    with connections.administering() as transaction:
        if transaction.rows(_HAS_CITUS) == [(0,)]:
            raise StorageError(
                "This database has no Citus: CREATE EXTENSION citus, on the coordinator and all workers.",
                "storage-unsupported",
            )
        lock_installation(transaction, connections.schema)
        for name in names:
            if transaction.rows(_IS_DISTRIBUTED, name=name) != [(0,)]:
                continue
            along = "none" if name == names[0] else names[0]
            # Stored rows are moved by COPY, which row-level security refuses. The tables are locked meanwhile.
            transaction.run_each([f"ALTER TABLE {name} DISABLE ROW LEVEL SECURITY"])
            transaction.rows(_DISTRIBUTE, name=name, along=along)
            # Otherwise the rows that were there before would stay on the disk of the coordinator for good.
            transaction.rows(_DROP_LOCAL_ROWS, name=name)
            transaction.run_each([f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"])
