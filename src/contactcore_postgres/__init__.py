"""The storage of contactcore on a PostgreSQL server or a Citus cluster, for a fleet of processes.

`PostgresStorage("postgresql://...")` needs the extra `postgres` and PostgreSQL 15 or newer with a database in UTF-8.
"""

from contactcore.errors import StorageError

try:
    import psycopg as _psycopg
    import psycopg_pool as _psycopg_pool
except ImportError as _error:
    raise StorageError(
        "The PostgreSQL storage needs its drivers: pip install 'contactcore[postgres]'.",
        "extra-missing",
        {"extra": "postgres"},
    ) from _error

from contactcore_postgres.storage import PostgresStorage

del _psycopg, _psycopg_pool

__all__ = ["PostgresStorage"]
