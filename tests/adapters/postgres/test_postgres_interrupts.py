"""A signal may raise an error at any line: what the server still says then must reach nobody else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from types import FrameType
from typing import Any

import pytest

from contactcore.storage import Kind, Order, Record
from contactcore_postgres import PostgresStorage, connection, wire

KINDS = (Kind("contact", (Order("name"),)),)
ACME = "acme"


class Interrupted(BaseException):
    """What the handler of a signal raises."""


def interrupt(work: Callable[[], object], module: Any, line: int) -> bool:
    """Interrupt the work at a line of a module, counted as they are run, and return whether it had so many."""
    left = line

    def entered(frame: FrameType, event: str, argument: Any) -> Any:
        code = frame.f_code
        # The end of an unfinished generator takes no error: Python only reports it.
        return ran if code.co_filename == module.__file__ and code.co_name != "<genexpr>" else None

    def ran(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal left
        if event in {"line", "return"}:
            left -= 1
            if left == 0:
                sys.settrace(before)
                raise Interrupted
        return ran

    before = sys.gettrace()
    sys.settrace(entered)
    try:
        with suppress(Interrupted):
            work()
    finally:
        sys.settrace(before)
    return left <= 0


@pytest.fixture
def storage(dsn: str) -> Iterator[PostgresStorage]:
    with closing(PostgresStorage(dsn, connections=1)) as opened:
        opened.install(KINDS)
        with opened.write(ACME) as writer:
            writer.insert([Record(kind="contact", id="1", orders={"name": ""})])
        yield opened


@pytest.mark.parametrize("module", [wire, connection], ids=["wire", "connection"])
@pytest.mark.parametrize("writes", [False, True], ids=["read", "write"])
def test_an_interrupted_session_leaves_no_answer_and_no_snapshot_to_the_next_one(
    storage: PostgresStorage, dsn: str, module: Any, *, writes: bool
) -> None:
    version = 1

    def work() -> None:
        with (storage.write if writes else storage.read)(ACME) as opened:
            opened.get("contact", ["1"])
            opened.get("contact", ["2", "1"])

    def seen() -> int:
        with storage.read(ACME) as reader:
            (stored,) = reader.get("contact", ["1"])
            assert stored is not None
            return stored.version

    with closing(PostgresStorage(dsn)) as other:
        other.install(KINDS)
        line = 0
        while True:
            line += 1
            assert seen() == version  # and the connection of the only place is waiting for the end of a transaction
            if not interrupt(work, module, line):
                break
            version += 1
            with other.write(ACME) as writer:
                writer.replace(Record(kind="contact", id="1", version=version, orders={"name": ""}), version - 1)
            assert seen() == version
    assert line > 10
