"""The round trips to PostgreSQL, counted."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from contactcore_postgres.connection import Connection

__all__ = ["counted_trips"]


def counted_trips(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What each round trip of this thread sends from now on. The pool opens connections in threads of its own."""
    trips: list[str] = []
    answers, execute, thread = Connection.answers, Connection.execute, threading.get_ident()

    def joined(connection: Connection, statements: Any) -> Any:
        if threading.get_ident() == thread:
            trips.append("; ".join(text for text, _ in statements))
        return answers(connection, statements)

    def executed(connection: Connection, query: Any, *args: Any, **named: Any) -> Any:
        if threading.get_ident() == thread:
            trips.append(str(query))
        return execute(connection, query, *args, **named)

    monkeypatch.setattr(Connection, "answers", joined)
    monkeypatch.setattr(Connection, "execute", executed)
    return trips
