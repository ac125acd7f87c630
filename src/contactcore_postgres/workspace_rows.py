"""The rows of workspaces, in any transaction: on a connection of the storage or on one of the host."""

# ruff: noqa: S608 - statements are built from constants

from __future__ import annotations

from contactcore_postgres.schema import TABLES
from contactcore_postgres.transaction import Transaction

__all__ = ["add_workspace", "ensure_workspace", "list_workspaces", "remove_workspace"]

_CREATE = "INSERT INTO workspace (workspace) VALUES (%(ws)s) ON CONFLICT DO NOTHING"
_LIST = "SELECT * FROM workspaces(%(after)s, %(limit)s::bigint, %(before)s)"


def add_workspace(transaction: Transaction) -> bool:
    """Make the workspace of a transaction; returns False if it exists."""
    return transaction.run(_CREATE).count == 1


def ensure_workspace(transaction: Transaction) -> None:
    """Make the workspace of a transaction if it is missing, in one round trip with the next statement."""
    if not transaction.exists:
        transaction.run_later([(_CREATE, {})])


def remove_workspace(transaction: Transaction) -> bool:
    """Delete all rows of the workspace of a transaction; returns False if there is no such workspace."""
    for table in reversed(TABLES):
        gone = transaction.run(f"DELETE FROM {table} WHERE workspace = %(ws)s").count
    return gone == 1


def list_workspaces(transaction: Transaction, after: str, limit: int, due_before: str | None) -> list[str]:
    """The names of workspaces; see `Storage.workspaces`."""
    return [name for (name,) in transaction.rows(_LIST, after=after, limit=limit, before=due_before)]
