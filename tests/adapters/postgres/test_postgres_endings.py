"""The end of a transaction that only read: the server gets it at once, and nobody waits for the answer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from contactcore.storage import Kind, Order, Record
from contactcore_postgres import PostgresStorage, ending_connections
from support.round_trips import counted_trips

KINDS = (Kind("contact", (Order("name", words=True),)),)
ACME = "acme"
END_OF_BACKENDS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@pytest.fixture
def opened(dsn: str) -> Iterator[Callable[..., PostgresStorage]]:
    storages: list[PostgresStorage] = []

    def open_storage(**options: object) -> PostgresStorage:
        storage = PostgresStorage(dsn, **options)  # type: ignore[arg-type] # the tests give valid ones
        storages.append(storage)
        storage.install(KINDS)
        if len(storages) == 1:
            with storage.write(ACME) as writer:
                writer.insert([contact("1")])
        return storage

    yield open_storage
    for storage in storages:
        storage.close()


def contact(id: str) -> Record:
    return Record(kind="contact", id=id, orders={"name": id})


def ids_of(storage: PostgresStorage) -> list[str]:
    with storage.read(ACME) as reader:
        return [record.id for record in reader.dump("contact")]


def test_a_reader_leaves_no_transaction_behind(dsn: str, opened: Callable[..., PostgresStorage]) -> None:
    storage = opened()
    assert ids_of(storage) == ["1"]
    # An open transaction that has read the table would keep the lock from others.
    with psycopg.connect(dsn) as other:
        other.execute("SET lock_timeout = 5000")
        other.execute("LOCK TABLE contactcore.record IN ACCESS EXCLUSIVE MODE")


def test_readers_and_writers_in_turn_each_see_what_was_written_before(opened: Callable[..., PostgresStorage]) -> None:
    storage = opened()
    wanted = ["1"]
    for id in "23456789":
        assert ids_of(storage) == wanted
        with storage.write(ACME) as writer:
            writer.insert([contact(id)])
        wanted.append(id)
        assert ids_of(storage) == wanted
    assert storage.workspaces() == [ACME]


def test_a_reader_that_asks_nothing_ends_nothing(opened: Callable[..., PostgresStorage]) -> None:
    storage = opened()
    for _ in range(3):
        assert ids_of(storage) == ["1"]
        with storage.read(ACME):
            pass
        with storage.read(ACME):
            pass
    assert storage.workspaces() == [ACME]


@pytest.mark.parametrize("after", ["read", "write", "workspaces", "install"])
def test_a_connection_that_was_lost_while_its_reader_ended_is_replaced(
    dsn: str, opened: Callable[..., PostgresStorage], after: str
) -> None:
    storage = opened()
    assert ids_of(storage) == ["1"]
    with psycopg.connect(dsn, autocommit=True) as other:
        other.execute(END_OF_BACKENDS)
    if after == "read":
        assert ids_of(storage) == ["1"]
    elif after == "write":
        with storage.write(ACME) as writer:
            writer.insert([contact("2")])
        assert ids_of(storage) == ["1", "2"]
    elif after == "workspaces":
        assert storage.workspaces() == [ACME]
    else:
        storage.install(KINDS)
    assert ids_of(storage)[:1] == ["1"]


def test_a_reader_of_which_a_call_failed_is_ended_before_the_next_one_begins(
    opened: Callable[..., PostgresStorage],
) -> None:
    storage = opened(connections=1)

    def failing() -> None:
        with storage.read(ACME) as reader:
            reader.dump("contact")
            raise RuntimeError

    for _ in range(3):
        with pytest.raises(RuntimeError):
            failing()
        assert ids_of(storage) == ["1"]


@pytest.mark.parametrize("idle", [0, 1, 2])
@pytest.mark.parametrize("most", [1, 2])
def test_threads_that_share_few_connections_all_get_their_turn(
    opened: Callable[..., PostgresStorage], idle: int, most: int
) -> None:
    storage = opened(connections=most, idle_connections=idle, patience=60.0)
    answers: list[list[str]] = []

    def reads() -> None:
        answers.extend(ids_of(storage) for _ in range(25))

    threads = [threading.Thread(target=reads) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [["1"]] * 150


def test_an_old_connection_goes_back_to_the_pool(
    opened: Callable[..., PostgresStorage], monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = opened()
    trips = counted_trips(monkeypatch)
    assert ids_of(storage) == ["1"]
    assert [trip for trip in trips if trip == "ROLLBACK"] == []
    monkeypatch.setattr(ending_connections, "_LONGEST_LOAN", -1.0)
    assert ids_of(storage) == ["1"]
    assert [trip for trip in trips if trip == "ROLLBACK"] == ["ROLLBACK"]


def test_a_closed_storage_has_closed_the_connection_of_the_last_reader(dsn: str) -> None:
    count = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'endings'"
    with psycopg.connect(dsn, autocommit=True) as other:
        with closing(PostgresStorage(make_conninfo(dsn, application_name="endings"))) as storage:
            storage.install(KINDS)
            assert ids_of(storage) == []
            assert other.execute(count).fetchone() != (0,)
        # The server ends a session some moments after its client has gone.
        assert any(other.execute(count).fetchone() == (0,) for _ in range(10_000))
