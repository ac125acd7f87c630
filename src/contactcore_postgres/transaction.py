"""One transaction of one workspace: what waits, what is asked ahead, and what is run now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import attrs
import psycopg

from contactcore.errors import ContactCoreError, StorageError
from contactcore.storage import DuplicateKey, check_usable
from contactcore_postgres.binary import BEGIN, END
from contactcore_postgres.failures import failure, is_unknown
from contactcore_postgres.wire import Answer, Channel, Statement

__all__ = ["Transaction", "lock_installation"]

_ROWS_AT_ONCE = 50

_MOST_AHEAD = 32
"""The most answers to announced questions that are kept. Some are never asked."""

_TAKEN = "23505"
"""The SQLSTATE of a row that is there already."""
_COMMIT: Statement = ("COMMIT", {})


@attrs.define
class Transaction:
    """One transaction of one workspace on one connection.

    Attributes:
        connection: The connection, until the end of the context that opened the transaction.
        workspace: The workspace whose rows the server shows.
        exists: Whether that workspace existed when the transaction began.
        usable: False after a refused write, an error, and the end of the context.
    """

    connection: Channel
    workspace: str
    exists: bool = False
    usable: bool = True
    _waiting: list[Statement] = attrs.field(factory=list, kw_only=True)
    _announced: list[Statement] = attrs.field(factory=list, init=False)
    _ahead: list[tuple[Statement, Answer]] = attrs.field(factory=list, init=False)
    # Place among the waiting statements -> id of the record that it adds, and that nobody else can have.
    _fresh: dict[int, str] = attrs.field(factory=dict, init=False)
    # Gives another connection for one that was lost before anything was done. None once something may have been done.
    _another: Callable[[psycopg.Error], Channel] | None = attrs.field(default=None, kw_only=True)

    def rows(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        """Return all rows of a statement. Its parameter `ws` is the workspace."""
        return self.run(statement, **values).rows

    def run(self, statement: str, **values: Any) -> Answer:
        """Run a statement, behind those that wait for it."""
        check_usable(self)
        if self._ahead or self._announced:
            wanted = self._sealed((statement, values))
            for place, (known, answer) in enumerate(self._ahead):
                if known == wanted:
                    del self._ahead[place]
                    return answer
            if wanted in self._announced:
                self._announced.remove(wanted)
        return self.run_all([(statement, values)])[0]

    def run_all(self, statements: Sequence[Statement]) -> list[Answer]:
        """Run statements in one round trip, behind those that wait for them, and return their answers."""
        check_usable(self)
        waiting, self._waiting = self._waiting, []
        announced, self._announced = self._announced, []
        begin, end = len(waiting), len(waiting) + len(statements)
        try:
            answers = self._answers([*waiting, *map(self._sealed, statements), *announced])
        except BaseException as error:
            self.usable = False
            if isinstance(error, psycopg.Error):
                raise self._refusal(error) from error
            raise
        self._ahead = [*self._ahead, *zip(announced, answers[end:], strict=True)][-_MOST_AHEAD:]
        self._fresh.clear()
        return answers[begin:end]

    def run_in_turn(self, statements: Sequence[Statement]) -> list[Answer]:
        """As `run_all`; on a cluster, which does not join every statement with others, one after the other."""
        if self.connection.cluster:
            return [self.run(text, **values) for text, values in statements]
        return self.run_all(statements) if statements else []

    def run_later(self, statements: Sequence[Statement], fresh: Sequence[str] = ()) -> None:
        """Run statements whose results nobody needs, in one round trip with the next statement or the commit.

        A refusal of the server leaves that statement or the commit.

        Args:
            statements: Each statement with its values.
            fresh: The id of the record that each of them adds, for the refusal if it is taken; empty if they add none.
        """
        check_usable(self)
        if self.connection.joins:
            self._fresh.update(enumerate(fresh, start=len(self._waiting)))
            self._waiting += map(self._sealed, statements)
        elif statements:
            self.run_all(statements)

    def announce(self, statements: Iterable[Statement]) -> None:
        """Ask in the next round trip what is asked soon, behind the statement of that round trip."""
        if self.connection.joins:
            known = [*self._announced, *(statement for statement, _ in self._ahead)]
            self._announced += [one for one in map(self._sealed, statements) if one not in known]

    def outdate(self, kind: str | None = None) -> None:
        """Forget the answers to announced questions about records of a kind that changes; None for all kinds."""
        self._ahead = [one for one in self._ahead if kind is not None and one[0][1].get("kind") not in {kind, None}]

    def _sealed(self, statement: Statement) -> Statement:
        return statement[0], {"ws": self.workspace, **statement[1]}

    def _answers(self, statements: Sequence[Statement]) -> list[Answer]:
        while True:
            try:
                answers = self.connection.answers(statements)
            except psycopg.Error as error:
                if self._another is None or not self.connection.broken:
                    raise
                self.connection = self._another(error)
            else:
                self._another = None
                return answers

    def _refusal(self, error: psycopg.Error) -> ContactCoreError:
        """Return the error that the caller gets."""
        # The error itself names no key to a role that row-level security applies to.
        id = self._fresh.get(self.connection.refused)
        return failure(error) if id is None or error.sqlstate != _TAKEN else DuplicateKey(id, id)

    def run_waiting(self) -> None:
        """Run the statements that wait for the next one, in one round trip."""
        if self._waiting:
            self.run_all([])

    def commit(self) -> None:
        """Run the statements that wait, and commit, in one round trip."""
        check_usable(self)
        if self._another is not None:
            # A connection that was lost must be replaced before the commit. Behind it nobody knows what was kept.
            self.run_waiting()
        connection = self.connection
        waiting, self._waiting = self._waiting, []
        try:
            connection.answers([*waiting, _COMMIT])
        except psycopg.Error as error:
            # The coordinator of a cluster reports a worker that was lost meanwhile as an internal error.
            if connection.broken or (connection.cluster and is_unknown(error)):
                raise StorageError(
                    "The connection was lost while the transaction ended; it was kept as a whole or not at all: "
                    "read what is there before you run it again.",
                    "storage-lost",
                ) from error
            raise self._refusal(error) from error

    def run_each(self, statements: Sequence[str]) -> None:
        """Run statements without values, each as a message of its own."""
        self.run_waiting()
        check_usable(self)
        try:
            self.connection.run_each(statements)
        except psycopg.Error as error:
            self.usable = False
            raise failure(error) from error

    def copy(self, statement: str, rows: Iterator[bytes]) -> None:
        """Send encoded rows with binary COPY."""
        self.run_waiting()
        check_usable(self)
        try:
            with self.connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
                copy.write(BEGIN)
                for chunk in iter(lambda: b"".join(islice(rows, _ROWS_AT_ONCE)), b""):
                    copy.write(chunk)
                copy.write(END)
        except psycopg.Error as error:
            self.usable = False
            raise failure(error) from error


def lock_installation(transaction: Transaction, schema: str) -> None:
    """Wait until no other process changes the tables, and keep others from it until the transaction ends."""
    transaction.rows("SELECT pg_advisory_xact_lock(hashtextextended(%(name)s, 0))", name=f"{schema} install")
