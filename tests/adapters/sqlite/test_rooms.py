"""The pages that a connection keeps in memory: few for a transaction with few records, many for one with many."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from contactcore.errors import StorageError
from contactcore.storage import SYSTEM, Kind, Order, Query, Record
from contactcore_sqlite import SQLiteStorage
from contactcore_sqlite.connection import LARGE_ROOM, SMALL_ROOM, Connection

pytestmark = pytest.mark.req("DIR-9")

KINDS = (Kind("contact", (Order("name", words=True),)),)
MANY, FEW = 30, 3


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[SQLiteStorage]:
    with closing(SQLiteStorage(tmp_path / "crm.db")) as opened:
        opened.install(KINDS)
        yield opened


def _insert(storage: SQLiteStorage, first: int, count: int) -> None:
    with storage.write("acme") as writer:
        writer.insert(
            [Record(kind="contact", id=f"{n:05}", orders={"name": f"{n:05}"}) for n in range(first, first + count)]
        )


def _writer(storage: SQLiteStorage) -> Connection:
    (connection,) = storage._pool._idle_writers
    return connection


def _room(storage: SQLiteStorage) -> object:
    return _writer(storage).row("PRAGMA cache_size")


def _found(storage: SQLiteStorage) -> int:
    with storage.read("acme") as reader:
        return len(reader.find(Query(kind="contact", order="name", access=SYSTEM, limit=1_000)).cards)


def test_a_transaction_with_few_records_keeps_few_pages(storage: SQLiteStorage) -> None:
    _insert(storage, 0, FEW)
    first = _writer(storage)
    assert _room(storage) == (-SMALL_ROOM,)
    for number in range(1, 12):
        _insert(storage, number * 100, FEW)
    assert _writer(storage) is first


@pytest.mark.parametrize("act", ["insert", "replace", "delete", "one by one"])
def test_a_transaction_with_many_records_keeps_many_pages(storage: SQLiteStorage, act: str) -> None:
    for number in range(MANY):
        _insert(storage, number, 1)
    assert _room(storage) == (-SMALL_ROOM,)
    with storage.write("acme") as writer:
        for record in writer.dump("contact"):
            if act == "replace":
                writer.replace(Record(kind="contact", id=record.id, version=2, orders=record.orders), 1)
            elif act == "delete":
                writer.delete("contact", record.id, 1)
            elif act == "one by one":
                writer.insert([Record(kind="contact", id=f"new {record.id}", orders=record.orders)])
        if act == "insert":
            writer.insert([Record(kind="contact", id=f"new {n}", orders={"name": ""}) for n in range(MANY)])
    assert _room(storage) == (-LARGE_ROOM,)


def test_many_pages_are_kept_between_transactions_with_many_records(storage: SQLiteStorage) -> None:
    _insert(storage, 0, MANY)
    first = _writer(storage)
    for number in range(1, 9):
        _insert(storage, number * 100, MANY if number % 3 == 0 else FEW)
        assert _room(storage) == (-LARGE_ROOM,)
    assert _writer(storage) is first


def test_a_connection_with_many_idle_pages_is_replaced_without_a_checkpoint(storage: SQLiteStorage) -> None:
    _insert(storage, 0, MANY)
    first, log = _writer(storage), storage.path.with_name("crm.db-wal")
    number = 0
    while _writer(storage) is first:
        number += 1
        assert number < 10
        _insert(storage, number * 100, FEW)
        size = log.stat().st_size
    assert _room(storage) == (-SMALL_ROOM,)
    assert log.stat().st_size == size > 0
    _insert(storage, 5_000, FEW)
    assert _found(storage) == MANY + (number + 1) * FEW


def test_a_connection_that_cannot_be_replaced_is_used_further(
    storage: SQLiteStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    _insert(storage, 0, MANY)
    first = _writer(storage)

    def refused(**_: object) -> Connection:
        raise StorageError("No more files can be opened.", "storage-unreadable")

    monkeypatch.setattr(storage._pool, "_open", refused)
    for number in range(1, 9):
        _insert(storage, number * 100, FEW)
    assert _writer(storage) is first
    monkeypatch.undo()
    assert _found(storage) == MANY + 8 * FEW


def test_a_connection_is_not_replaced_by_one_to_an_empty_file(storage: SQLiteStorage) -> None:
    _insert(storage, 0, MANY)
    for number in range(1, 3):
        _insert(storage, number * 100, FEW)
    first, moved = _writer(storage), storage.path.with_name("moved.db")
    for number in range(3, 9):
        with storage.write("acme") as writer:
            writer.insert([Record(kind="contact", id=f"new {number}", orders={"name": "x"})])
            storage.path.rename(moved)
        assert not storage.path.exists()
        moved.rename(storage.path)
    assert _writer(storage) is first
