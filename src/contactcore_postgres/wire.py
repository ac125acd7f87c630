"""Prepared statements of one connection: several are sent together and answered in one round trip.

A cursor of the driver costs the client about 50 microseconds for each statement. This costs it about five, because a
statement is translated and prepared once, and because values and rows have few types.
"""

from __future__ import annotations

import itertools
import json
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from struct import Struct
from typing import Any, Final, Protocol

import attrs
import psycopg
from psycopg.abc import PQGen
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus
from psycopg.pq.abc import PGresult
from psycopg.types.json import Jsonb
from psycopg.waiting import Ready, Wait

from contactcore_postgres import binary

__all__ = ["Answer", "Channel", "Statement", "Wire"]

Statement = tuple[str, Mapping[str, Any]]
"""A statement, and its values."""


@attrs.frozen
class Answer:
    """The answer to a statement.

    Attributes:
        rows: The rows; none if the statement returns none.
        count: The number of rows that were returned or changed.
    """

    rows: list[tuple[Any, ...]]
    count: int

    @classmethod
    def of(cls, cursor: psycopg.Cursor[tuple[Any, ...]]) -> Answer:
        """Return the answer that a cursor of the driver has."""
        return cls(cursor.fetchall() if cursor.description else [], cursor.rowcount)


class Channel(Protocol):
    """What a transaction needs of a connection."""

    @property
    def cluster(self) -> bool:
        """Whether the database is the coordinator of a Citus cluster."""

    @property
    def joins(self) -> bool:
        """Whether statements that wait for the next one save a round trip."""

    @property
    def broken(self) -> bool:
        """Whether the connection was lost."""

    @property
    def refused(self) -> int:
        """The place of the statement that the server refused last, among those that were sent together."""

    @property
    def info(self) -> psycopg.ConnectionInfo:
        """What is known of the connection."""

    def answers(self, statements: Sequence[Statement]) -> list[Answer]:
        """Run statements in one round trip where that is possible.

        Raises:
            psycopg.Error: The first refusal. Later statements were not run.
        """

    def cursor(self) -> psycopg.Cursor[tuple[Any, ...]]:
        """Return a cursor of the driver."""

    def run_each(self, statements: Sequence[str]) -> list[tuple[Any, ...]]:
        """Run statements without values, each as a message of its own."""


_MOST: Final = 200
"""The most statements that a connection keeps prepared."""

_PARAMETER: Final = re.compile(r"%\((\w+)\)s")
_BINARY: Final = 1

_TEXT, _TEXTS, _BIGINT, _BIGINTS, _BYTEA, _BYTEAS, _JSONB = 25, 1009, 20, 1016, 17, 1001, 3802
_bigint = Struct(">q").pack
_array = Struct(">iiiii").pack
_length = Struct(">i").pack

_Key = tuple[bytes, tuple[int, ...]]
"""A statement, and the numbers of the types of its values."""
_Sent = tuple[list[_Key | None], dict[_Key, bytes]]
"""What was sent together: of each result what it prepares, or None for an answer; and the new names."""


@lru_cache(maxsize=2_000)
def _translated(statement: str) -> tuple[bytes, tuple[str, ...]]:
    """Return a statement in the notation of the server, and the names of its parameters in the sequence of numbers.

    >>> _translated("SELECT %(a)s, %(b)s, %(a)s")
    (b'SELECT $1, $2, $1', ('a', 'b'))
    """
    names = tuple(dict.fromkeys(_PARAMETER.findall(statement)))
    numbers = {name: f"${number}" for number, name in enumerate(names, start=1)}
    return _PARAMETER.sub(lambda found: numbers[found[1]], statement).encode(), names


def _encoded(value: Any) -> tuple[int, bytes | None]:
    """Return the number of the type of a value, and the value in binary form. A length would precede it in a row."""
    match value:
        case None:
            return 0, None
        case str():
            return _TEXT, value.encode()
        case int():
            return _BIGINT, _bigint(value)
        case bytes():
            return _BYTEA, value
        case list():
            return _encoded_list(value)
        case Jsonb():
            return _JSONB, b"\x01" + json.dumps(value.obj, ensure_ascii=False).encode()
    raise TypeError(f"a value of a statement is {type(value).__name__}")


def _encoded_list(values: list[Any]) -> tuple[int, bytes]:
    first = next((value for value in values if value is not None), "")
    if isinstance(first, int) and None not in values:
        return _BIGINTS, binary.bigints(values)[4:]
    if isinstance(first, str) and None not in values:
        return _TEXTS, binary.texts(values)[4:]
    # The server converts an array without any value, or an empty one, into an array of the type that it expects.
    list_type, element = {int: (_BIGINTS, _BIGINT), bytes: (_BYTEAS, _BYTEA)}.get(type(first), (_TEXTS, _TEXT))
    parts = [_array(1, 1, element, len(values), 1)]
    for value in values:
        data = _encoded(value)[1]
        parts.append(_length(-1) if data is None else _length(len(data)) + data)
    return list_type, b"".join(parts)


def _lost(results: Sequence[PGresult]) -> psycopg.Error:
    """Return the last words of a server that has ended the connection."""
    for result in results:
        if result.status == ExecStatus.FATAL_ERROR:
            return error_from_result(result, encoding="utf-8")
    return psycopg.OperationalError("the connection is lost")


class Wire:
    """The prepared statements of a connection.

    Args:
        connection: The connection, which sends texts as UTF-8. Other statements may run on it through the driver.

    Attributes:
        refused: The place of the statement that the server refused last, among those that were sent together.
    """

    refused: int = 0

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._server = connection.pgconn
        self._loader = Transformer(connection)
        # The statement and the types of its values -> its name on the server. The one that was used last comes last.
        self._prepared: dict[_Key, bytes] = {}
        self._unread: list[_Sent] = []
        # A pooler may give a transaction a connection of the server on which other clients have prepared statements.
        # A name that others use would run a statement of theirs. A name that nobody knows is refused.
        token = secrets.token_hex(8).encode()
        self._names = (b"cc_%b_%d" % (token, number) for number in itertools.count(1))

    @property
    def is_awaiting(self) -> bool:
        """Whether statements were sent whose answers were not read."""
        return bool(self._unread)

    def answers(self, statements: Sequence[Statement]) -> list[Answer]:
        """Run statements in one round trip, behind those that were sent before.

        Raises:
            psycopg.Error: The first refusal. Later statements were not run.
        """
        # An error before anything is sent leaves the connection as it was.
        encoded = [self._with_types(*statement) for statement in statements]
        try:
            self._send(encoded)
            unread, results = self._received()
        except BaseException:
            self._give_up()
            raise
        answers: list[Answer] = []
        for (kinds, made), read in zip(unread, results, strict=True):
            answers = self._read(read, kinds, made)
        return answers

    def send_rollback(self) -> bool:
        """Send the end of a transaction that changed nothing, and return whether all of it is on its way.

        The next call of `answers` or `settle` reads the answer. The statement has no name, because nobody looks at the
        answer before the next transaction, and a connection of the server that a pooler has given does not know the
        names of others.

        Raises:
            psycopg.Error: The connection is lost.
        """
        server = self._server
        try:
            server.enter_pipeline_mode()
            server.send_query_params(b"ROLLBACK", None)
            server.pipeline_sync()
            self._unread.append(([None], {}))
            return not server.flush()
        except BaseException:
            self._give_up()
            raise

    def settle(self) -> None:
        """Wait for the answers to all that was sent.

        Raises:
            psycopg.Error: The connection is lost.
        """
        try:
            unread, results = self._received()
        except BaseException:
            self._give_up()
            raise
        for (kinds, made), read in zip(unread, results, strict=True):
            self._read(read, kinds, made)

    def _send(self, statements: Iterable[tuple[bytes, tuple[int, ...], list[bytes | None]]]) -> None:
        server = self._server
        made: dict[_Key, bytes] = {}
        kinds: list[_Key | None] = []  # of each result: what it prepares; None for an answer
        server.enter_pipeline_mode()
        for statement, types, values in statements:
            key = (statement, types)
            name = self._prepared.pop(key, None)
            if name is not None:
                self._prepared[key] = name
            elif (name := made.get(key)) is None:
                name = made[key] = next(self._names)
                server.send_prepare(name, statement, types)
                kinds.append(key)
            server.send_query_prepared(name, values, [_BINARY] * len(values), _BINARY)
            kinds.append(None)
        server.pipeline_sync()
        self._unread.append((kinds, made))
        server.flush()

    def _received(self) -> tuple[list[_Sent], list[list[PGresult]]]:
        """Wait for the answers to all that was sent, and return what was sent with its results.

        The caller gives up after any error, even one that a signal raises here: otherwise the next caller would wait
        for answers that were read, or get those to other statements.
        """
        unread = self._unread
        results = [self._connection.wait(self._results()) for _ in unread]
        self._server.exit_pipeline_mode()
        self._unread = []
        return unread, results

    def _give_up(self) -> None:
        self._unread = []
        if self._server.status != ConnStatus.BAD:  # a lost connection stays as it is, so that it shows as broken
            # Answers may still come, and nobody could tell to what.
            self._connection.close()

    def _with_types(
        self, statement: str, values: Mapping[str, Any]
    ) -> tuple[bytes, tuple[int, ...], list[bytes | None]]:
        translated, names = _translated(statement)
        encoded = [_encoded(values[name]) for name in names]
        return translated, tuple([type for type, _ in encoded]), [value for _, value in encoded]

    def _results(self) -> PQGen[list[PGresult]]:
        """Wait for all results up to the end of the pipeline."""
        server = self._server
        results: list[PGresult] = []
        while server.flush():
            if (yield Wait.RW) & Ready.R:
                server.consume_input()
        while True:
            while server.is_busy():
                if (yield Wait.R):
                    server.consume_input()
            result = server.get_result()
            if result is None:
                if server.status == ConnStatus.BAD:
                    raise _lost(results)
            elif result.status == ExecStatus.PIPELINE_SYNC:
                return results
            else:
                results.append(result)

    def _read(
        self,
        results: Sequence[PGresult],
        kinds: Sequence[_Key | None],
        made: Mapping[_Key, bytes],
    ) -> list[Answer]:
        answers: list[Answer] = []
        refusal: psycopg.Error | None = None
        loader = self._loader
        for result, key in zip(results, kinds, strict=False):
            if result.status == ExecStatus.FATAL_ERROR:
                refusal, self.refused = error_from_result(result, encoding="utf-8"), len(answers)
                break
            if key is not None:
                self._prepared[key] = made[key]
                continue
            rows: list[tuple[Any, ...]] = []
            if result.ntuples:
                loader.set_pgresult(result)
                rows = loader.load_rows(0, result.ntuples, tuple)
            answers.append(Answer(rows, result.command_tuples or 0))
        if refusal is not None:
            raise refusal
        if len(self._prepared) > _MOST:
            self._forget()
        return answers

    def _forget(self) -> None:
        """Let the server forget the statements that were not used for the longest time."""
        oldest = list(self._prepared)[: _MOST // 2]
        names = [self._prepared.pop(key).decode() for key in oldest]
        self._connection.execute("; ".join(f"DEALLOCATE {name}" for name in names).encode())
