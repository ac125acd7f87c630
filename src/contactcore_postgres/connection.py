"""One connection of the pool."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

import psycopg
from psycopg.pq import TransactionStatus

from contactcore_postgres.wire import Answer, Statement, Wire

__all__ = ["ROLLBACK", "Connection"]

ROLLBACK: Statement = ("ROLLBACK", {})


class Connection(psycopg.Connection[tuple[Any, ...]]):
    """A connection of the pool.

    Attributes:
        cluster: Whether the database is the coordinator of a Citus cluster.
        generation: How often the connections had been renewed when this one was set up.
        lent: The time when the pool gave it away, in seconds of a clock that never goes back.
    """

    cluster: bool = False
    generation: int = 0
    lent: float = 0.0
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

    def end_soon(self) -> bool:
        """Send the end of a transaction that changed nothing, and return whether the answer is read later.

        That is behind the next statements, or in `settle`.

        Raises:
            psycopg.Error: The connection is lost.
        """
        wire = self._wire
        if wire is None:
            return False
        if wire.is_awaiting:
            return True  # nothing was sent since the transaction before
        if self.info.transaction_status is not TransactionStatus.INTRANS:
            return False
        if wire.send_rollback():
            return True
        wire.settle()  # the rest would be sent with the next statements only
        return False

    def settle(self) -> None:
        """Wait until a transaction that `end_soon` ended is over.

        Raises:
            psycopg.Error: The connection is lost.
        """
        if self._wire is not None and self._wire.is_awaiting:
            self._wire.settle()

    def _execute(self, statement: str, values: Mapping[str, Any]) -> psycopg.Cursor[tuple[Any, ...]]:
        return self.execute(statement.encode(), values, binary=True)

    def execute(self, *args: Any, **named: Any) -> psycopg.Cursor[tuple[Any, ...]]:
        """As the driver does, which would take the answers to earlier statements for its own."""
        self.settle()
        return super().execute(*args, **named)

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
