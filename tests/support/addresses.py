"""Storages that several processes open by one address: a SQLite file, or a database of the server."""

from __future__ import annotations

from contactcore.storage import Storage

__all__ = ["open_at"]


def open_at(address: str) -> Storage:
    """Open the storage with an address.

    Args:
        address: The path of a SQLite file, or `key=value` pairs for the server.
    """
    if "dbname=" in address:
        from contactcore_postgres import PostgresStorage

        return PostgresStorage(address)
    from contactcore_sqlite import SQLiteStorage

    return SQLiteStorage(address)
