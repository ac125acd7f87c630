"""A pooler in transaction mode: each transaction of a client gets another connection of the server."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
from psycopg.conninfo import make_conninfo

__all__ = ["pooled"]

_LENGTH = struct.Struct(">i")
_IDLE = b"I"
_ROLLBACK = b"Q" + _LENGTH.pack(13) + b"ROLLBACK\0"


class _Server:
    """A connection of the server, which clients have one after the other."""

    def __init__(self, path: str) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.lock = threading.Lock()


class _Pooler:
    def __init__(self, path: str, number: int) -> None:
        self._servers = [_Server(path) for _ in range(number)]
        self._greeting = b""
        self._turn = 0
        self._lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))

    def serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                threading.Thread(target=self._serve_client, args=(client,), daemon=True).start()

    def close(self) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for server in self._servers:
            server.socket.close()

    def _serve_client(self, client: socket.socket) -> None:
        with client, suppress(OSError, EOFError):
            while len(start := _body(client)) == 4:  # asks for encryption
                client.sendall(b"N")
            self._greet(client, _LENGTH.pack(len(start) + 4) + start)
            while True:
                first = _message(client)
                server = self._next()
                with server.lock:
                    _pass_transaction(client, server.socket, first)

    def _greet(self, client: socket.socket, start: bytes) -> None:
        with self._lock:
            if not self._greeting:
                for server in self._servers:
                    server.socket.sendall(start)
                    self._greeting = _answers(server.socket)
        client.sendall(self._greeting)

    def _next(self) -> _Server:
        with self._lock:
            self._turn += 1
            return self._servers[self._turn % len(self._servers)]


def _pass_transaction(client: socket.socket, server: socket.socket, first: bytes) -> None:
    """Pass messages on, and the answers back, until the transaction is over."""
    message = first
    while True:
        server.sendall(message)
        if message[:1] in b"QS":
            answers = _answers(server)
            client.sendall(answers)
            if answers[-1:] == _IDLE:
                return
        try:
            message = _message(client)
        except EOFError:
            server.sendall(_ROLLBACK)
            _answers(server)
            raise


def _answers(server: socket.socket) -> bytes:
    """Read up to the message that says that the server is ready."""
    read = b""
    while True:
        message = _message(server)
        read += message
        if message[:1] == b"Z":
            return read


def _message(end: socket.socket) -> bytes:
    """Read a message; `EOFError` where nothing follows, and at a farewell."""
    kind = _exactly(end, 1)
    if kind == b"X":
        raise EOFError
    body = _body(end)
    return kind + _LENGTH.pack(len(body) + 4) + body


def _body(end: socket.socket) -> bytes:
    return _exactly(end, _LENGTH.unpack(_exactly(end, 4))[0] - 4)


def _exactly(end: socket.socket, number: int) -> bytes:
    read = b""
    while len(read) < number:
        piece = end.recv(number - len(read))
        if not piece:
            raise EOFError
        read += piece
    return read


@contextmanager
def pooled(dsn: str, number: int) -> Iterator[str]:
    """Give the address of a pooler.

    Args:
        dsn: The address of the database, whose server listens on a Unix socket and asks for no password.
        number: The connections of the server.
    """
    with psycopg.connect(dsn) as connection:
        path = f"{connection.info.host}/.s.PGSQL.{connection.info.port}"
    pooler = _Pooler(path, number)
    threading.Thread(target=pooler.serve, daemon=True).start()
    try:
        yield make_conninfo(dsn, host="127.0.0.1", port=pooler.listener.getsockname()[1])
    finally:
        pooler.close()
