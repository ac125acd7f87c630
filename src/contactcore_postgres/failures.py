"""The translation of errors of the driver: the only module that reads SQLSTATEs."""

from __future__ import annotations

import psycopg

from contactcore.errors import StorageError

__all__ = ["LINK", "failure", "is_unknown"]

LINK = "contactcore.link"
"""The setting that says who has set up a connection of the server."""

_UNNAMED = "42704"
_POOLED = (
    "storage-unsupported",
    "A pooler gave this transaction another connection of the server: connect directly or use its session mode.",
)
_CODES = {
    "40001": ("storage-retry", "Another transaction came first: run this one again."),
    "40P01": ("storage-retry", "Two transactions waited for each other and this one gave way: run it again."),
    "55P03": ("storage-busy", "Another transaction holds what this one needs: try again later."),
    "57014": ("storage-busy", "The server stopped a statement that took too long: try again later."),
    "53300": ("storage-busy", "The server takes no more connections: try again later or raise max_connections."),
    "53100": ("storage-full", "The server's disk is full: make room, then try again."),
    "53200": ("storage-full", "The server is out of memory: try again later or with less at once."),
    "42501": ("storage-denied", "The role of this connection may not do that: see the GRANTs in the documentation."),
    "25006": ("storage-denied", "This server only reads: connect to the primary."),
    "42P01": ("storage-not-installed", "The tables are not there: call install() first."),
    "3F000": ("storage-not-installed", "The schema is not there: call install() first."),
    "26000": _POOLED,  # the statement was prepared on another connection of the server
    "25P03": ("storage-lost", "The server ended a transaction that was idle for too long: begin another one."),
}
_LOST = ("08", "57P")


def failure(error: psycopg.Error) -> StorageError:
    """Return the `StorageError` for an error of the driver."""
    state = error.sqlstate or ""
    if state == _UNNAMED and LINK in str(error):
        code, message = _POOLED
    elif state in _CODES:
        code, message = _CODES[state]
    elif state.startswith(_LOST) or (not state and isinstance(error, psycopg.OperationalError)):
        code, message = (
            "storage-lost",
            "The connection to the server was lost; the transaction was not kept: run it again.",
        )
    else:
        code, message = "storage", "The server refused."
    lines = str(error).strip().splitlines()
    return StorageError(f"{message} ({lines[0]})" if lines else message, code)


def is_unknown(error: psycopg.Error) -> bool:
    """Return whether an error of COMMIT leaves open whether the transaction was kept."""
    return (error.sqlstate or "XX").startswith(("XX", "57", "58", *_LOST))
