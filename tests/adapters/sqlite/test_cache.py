"""The connection of a reader caches the order indexes of a workspace until the file changes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from contactcore.storage import SYSTEM, Kind, Order, Query, Record, Storage
from contactcore_sqlite import SQLiteStorage
from contactcore_sqlite.connection import Connection

KINDS = (Kind("contact", (Order("name", words=True),)), Kind("note", (Order("time"),)))


@pytest.fixture
def storages(tmp_path: Path) -> Iterator[tuple[SQLiteStorage, SQLiteStorage]]:
    """Two on one file, as two processes have them."""
    with closing(SQLiteStorage(tmp_path / "crm.db")) as one, closing(SQLiteStorage(tmp_path / "crm.db")) as other:
        one.install(KINDS)
        other.install(KINDS)
        yield one, other


def _put(storage: Storage, id: str, workspace: str = "acme", kind: str = "contact", order: str = "name") -> None:
    with storage.write(workspace) as writer:
        writer.insert([Record(kind=kind, id=id, orders={order: id})])


def _found(storage: Storage, workspace: str = "acme", kind: str = "contact", order: str = "name") -> list[str]:
    with storage.read(workspace) as reader:
        return [card.id for card in reader.find(Query(kind=kind, order=order, access=SYSTEM)).cards]


@pytest.mark.req("ACC-4")
def test_changes_of_other_connections_are_found(storages: tuple[SQLiteStorage, SQLiteStorage]) -> None:
    one, other = storages
    assert _found(one) == []
    _put(other, "1")
    assert _found(one) == ["1"]
    assert _found(one, kind="note", order="time") == []
    _put(other, "2", kind="note", order="time")
    assert _found(one, kind="note", order="time") == ["2"]
    other.drop("acme")
    assert _found(one) == []
    _put(other, "3", workspace="first")
    _put(other, "4")
    assert (_found(one), _found(one, "first")) == (["4"], ["3"])


@pytest.mark.req("DIR-9")
def test_a_reader_with_a_cache_sees_its_own_snapshot(
    storages: tuple[SQLiteStorage, SQLiteStorage],
) -> None:
    one, other = storages
    _put(other, "1")
    query = Query(kind="contact", order="name", access=SYSTEM)
    for _ in range(2):
        assert _found(one) == ["1"]
    with one.read("acme") as reader:
        _put(other, "2")
        assert [card.id for card in reader.find(query).cards] == ["1"]
        assert _found(one) == ["1", "2"]
        assert [card.id for card in reader.find(query).cards] == ["1"]


@pytest.mark.req("ACC-4")
def test_the_order_indexes_of_an_unchanged_file_are_read_once(
    storages: tuple[SQLiteStorage, SQLiteStorage], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, _ = storages
    _put(one, "1")
    asked: list[str] = []
    rows = Connection.rows

    def counted(connection: Connection, sql: str, values: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
        asked.append(sql)
        return rows(connection, sql, values)

    monkeypatch.setattr(Connection, "rows", counted)
    for _ in range(3):
        assert _found(one) == ["1"]
    assert sum("FROM order_index" in sql for sql in asked) == 1
