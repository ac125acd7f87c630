"""The connections on which a transaction that only read is ending, for the next caller."""

from __future__ import annotations

import time
from contextlib import suppress

import psycopg
from psycopg_pool import ConnectionPool

from contactcore_postgres.connection import Connection

__all__ = ["EndingConnections"]

_LONGEST_LOAN = 60.0
"""The seconds after which a connection goes back to its pool, although the next caller would want it."""


class EndingConnections:
    """Connections whose last transaction only read and ends now. The next caller need not wait for that.

    The pool has lent them, and takes them back from time to time, because it replaces old ones.

    Args:
        pool: The pool.
        most: The most connections to keep.
    """

    def __init__(self, pool: ConnectionPool[Connection], most: int) -> None:
        self._pool = pool
        self._most = most
        self._kept: list[Connection] = []
        self._asking: list[None] = []

    def wants(self, connection: Connection) -> bool:
        """End the transaction of a connection, and return whether `keep` then takes it.

        Raises:
            psycopg.Error: The connection is lost.
        """
        if len(self._kept) >= self._most or self._asking or time.monotonic() > connection.lent + _LONGEST_LOAN:
            return False
        return connection.end_soon()

    def keep(self, connection: Connection) -> None:
        """Keep a connection for the next caller, who may be another thread and have it already."""
        self._kept.append(connection)
        # A thread that has just found none kept is waiting for the pool now.
        if self._asking and (one := self.take()) is not None:
            self._give_back(one)

    def take(self) -> Connection | None:
        """Return a kept connection; None if there is none."""
        with suppress(IndexError):  # another thread may take the last one
            return self._kept.pop()
        return None

    def take_any(self, timeout: float) -> Connection:
        """Return a kept connection, or one of the pool.

        Args:
            timeout: The seconds to wait for one.

        Raises:
            PoolTimeout: None is free.
            psycopg.OperationalError: The pool is closed.
        """
        self._asking.append(None)
        try:
            connection = self.take() or self._pool.getconn(timeout)
        finally:
            self._asking.pop()
        connection.lent = time.monotonic()
        return connection

    def close(self) -> None:
        """Close the kept connections."""
        while (connection := self.take()) is not None:
            connection.close()

    def _give_back(self, connection: Connection) -> None:
        try:
            connection.settle()
        except psycopg.Error:
            connection.close()
        finally:
            self._pool.putconn(connection)
