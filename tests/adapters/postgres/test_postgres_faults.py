"""What goes wrong on a server, and what the caller is told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing
from itertools import takewhile
from typing import Any

import psycopg
import pytest

from contactcore.errors import StorageError
from contactcore.storage import SYSTEM, DuplicateKey, Event, Kind, Order, Query, Record
from contactcore_postgres import PostgresStorage
from support.round_trips import counted_trips

KINDS = (Kind("contact", (Order("name", words=True),)),)
ACME = "acme"


def opened(dsn: str, **options: Any) -> PostgresStorage:
    storage = PostgresStorage(dsn, **options)
    storage.install(KINDS)
    return storage


def contact(id: str, **more: Any) -> Record:
    return Record(kind="contact", id=id, **{"orders": {"name": id}, **more})


def put(storage: PostgresStorage, *ids: str) -> None:
    with storage.write(ACME) as writer:
        writer.insert([contact(id) for id in ids])


def ids_of(storage: PostgresStorage) -> list[str]:
    with storage.read(ACME) as reader:
        return [record.id for record in reader.dump("contact")]


def _code_or_nothing(call: Callable[[], object]) -> str:
    try:
        call()
    except StorageError as error:
        return error.code
    return ""


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(StorageError) as caught:
        call()
    return caught.value.code


def end_connections(dsn: str) -> None:
    """What a restart of the server, or its operator, does to everybody's connections."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_a_connection_that_is_lost_in_a_transaction_leaves_nothing_and_the_next_call_works(dsn: str) -> None:
    with closing(opened(dsn)) as storage:
        put(storage, "1")

        def interrupted() -> None:
            with storage.write(ACME) as writer:
                writer.insert([contact("2")])
                end_connections(dsn)
                writer.insert([contact("3")])

        assert code_of(interrupted) == "storage-lost"
        assert ids_of(storage) == ["1"]


def test_a_connection_that_is_lost_before_the_commit_is_no_commit(dsn: str) -> None:
    with closing(opened(dsn)) as storage:
        put(storage, "1")

        def interrupted() -> None:
            with storage.write(ACME) as writer:
                writer.insert([contact("2")])
                end_connections(dsn)

        assert code_of(interrupted) == "storage-lost"
        assert ids_of(storage) == ["1"]


def test_a_reader_whose_connection_is_lost_says_so(dsn: str) -> None:
    with closing(opened(dsn)) as storage:
        put(storage, "1")

        def interrupted() -> None:
            with storage.read(ACME) as reader:
                reader.get("contact", ["1"])
                end_connections(dsn)
                reader.dump("contact")

        assert code_of(interrupted) == "storage-lost"
        assert ids_of(storage) == ["1"]


def test_a_reader_that_has_asked_nothing_gets_another_connection_for_a_lost_one(dsn: str) -> None:
    with closing(opened(dsn)) as storage:
        put(storage, "1")
        with storage.read(ACME) as reader:
            end_connections(dsn)
            assert [record.id for record in reader.dump("contact")] == ["1"]


def test_connections_that_died_while_nobody_used_them_are_replaced(dsn: str) -> None:
    with closing(opened(dsn, idle_connections=4, connections=4)) as storage:
        put(storage, "1")
        with storage.read(ACME), storage.read(ACME), storage.read(ACME), storage.read(ACME):
            pass
        end_connections(dsn)
        assert ids_of(storage) == ["1"]


def test_a_server_that_is_down_is_told_and_works_again_when_it_is_back(own_server: Any) -> None:
    with closing(opened(own_server.database())) as storage:
        put(storage, "1")
        own_server.stop("immediate")
        for _ in range(3):
            assert code_of(lambda: ids_of(storage)) == "storage-lost"
        own_server.start()
        assert ids_of(storage) == ["1"]
        put(storage, "2")
        assert ids_of(storage) == ["1", "2"]


def test_what_another_transaction_holds_for_too_long_is_busy(dsn: str) -> None:
    with closing(opened(dsn)) as storage, closing(opened(dsn, patience=0.1)) as hasty:
        put(storage, "1")

        def waiting() -> None:
            with hasty.write(ACME) as writer:
                writer.insert([contact("2")])
                writer.lock("contact", "1")

        with storage.write(ACME) as holder:
            holder.lock("contact", "1")
            assert code_of(waiting) == "storage-busy"
        assert ids_of(storage) == ["1"]
        waiting()
        assert ids_of(storage) == ["1", "2"]


def test_a_statement_that_takes_too_long_is_busy(dsn: str) -> None:
    with closing(opened(dsn)) as storage, closing(opened(dsn, longest=0.1)) as hasty:
        put(storage, "1")

        def waiting() -> None:
            with hasty.write(ACME) as writer:
                writer.lock("contact", "1")

        with storage.write(ACME) as holder:
            holder.lock("contact", "1")
            assert code_of(waiting) == "storage-busy"
        waiting()


def test_when_all_connections_are_in_use_the_next_caller_is_told(dsn: str) -> None:
    with closing(opened(dsn, connections=1, patience=0.1)) as storage:
        put(storage, "1")
        with storage.read(ACME):
            assert code_of(lambda: ids_of(storage)) == "storage-busy"
        assert ids_of(storage) == ["1"]


def test_a_server_without_a_free_connection_is_told_and_works_again(dsn: str, app_dsn: Callable[[], str]) -> None:
    with closing(opened(dsn)) as storage:
        put(storage, "1")
        app = app_dsn()
        role = psycopg.conninfo.conninfo_to_dict(app)["user"]
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(f"ALTER ROLE {role} CONNECTION LIMIT 1".encode())
        with closing(PostgresStorage(app)) as late:
            with psycopg.connect(app):
                assert code_of(lambda: late.install(KINDS)) == "storage-lost"
            # The server frees the place some moments after the other program has closed its connection.
            codes = takewhile(bool, (_code_or_nothing(lambda: late.install(KINDS)) for _ in range(1_000)))
            assert set(codes) <= {"storage-lost"}
            assert ids_of(late) == ["1"]


def test_of_transactions_that_wait_for_each_other_one_is_to_be_repeated(dsn: str) -> None:
    with closing(opened(dsn)) as storage:
        put(storage, "1", "2")
        holding = threading.Barrier(2, timeout=60)
        codes: list[str] = []

        def cross(first: str, second: str) -> None:
            try:
                with storage.write(ACME) as writer:
                    writer.lock("contact", first)
                    holding.wait()
                    writer.lock("contact", second)
                    writer.insert([contact(f"after-{first}")])
            except StorageError as error:
                codes.append(error.code)

        threads = [threading.Thread(target=cross, args=pair) for pair in (("1", "2"), ("2", "1"))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert codes == ["storage-retry"]
        assert len(ids_of(storage)) == 3


def test_a_closed_storage_says_so_and_closes_again(dsn: str) -> None:
    storage = opened(dsn)
    storage.close()
    storage.close()
    assert code_of(lambda: ids_of(storage)) == "storage-closed"


def test_a_storage_that_was_never_used_closes(dsn: str) -> None:
    PostgresStorage(dsn).close()


def test_after_any_error_the_connection_is_as_good_as_new(dsn: str) -> None:
    with closing(opened(dsn, connections=1)) as storage:
        put(storage, *map(str, range(30)))

        def refused() -> None:
            with storage.write(ACME) as writer:
                writer.publish([Event(name="x", subject="1", at="now")])
                writer.insert([contact(f"{number}x") for number in range(20)])
                writer.insert([contact(str(number)) for number in range(20)])

        def failing() -> None:
            with storage.write("new"):
                raise ZeroDivisionError

        for _ in range(3):
            with pytest.raises(DuplicateKey):
                refused()
            with pytest.raises(ZeroDivisionError):
                failing()
        assert len(ids_of(storage)) == 30
        assert storage.workspaces() == [ACME]
        with storage.read(ACME) as reader:
            assert reader.feed() == []


def test_a_reader_cannot_write_even_by_mistake(dsn: str) -> None:
    with closing(opened(dsn)) as storage:
        put(storage, "1")
        with storage.read(ACME) as reader:
            with pytest.raises(StorageError) as caught:
                reader._transaction.run("DELETE FROM record")
            assert caught.value.code == "storage-denied"
        assert ids_of(storage) == ["1"]


def test_a_drop_waits_for_the_writers_and_leaves_nothing(dsn: str) -> None:
    with closing(opened(dsn)) as storage, closing(opened(dsn, patience=0.1)) as hasty:
        with storage.write(ACME) as writer:
            writer.insert([contact("1")])
            writer.publish([Event(name="x", subject="1", at="now")])
            assert code_of(lambda: hasty.drop(ACME)) == "storage-busy"
        assert hasty.drop(ACME)
        assert ids_of(storage) == []
        with storage.write(ACME) as writer:
            writer.publish([Event(name="x", subject="1", at="now")])
        with storage.read(ACME) as reader:
            assert [published.position for published in reader.feed()] == [1]


def test_deleted_bytes_are_gone_from_the_files_after_scrubbing(own_server: Any) -> None:
    secret = b"Geheimnis-4711"
    address = own_server.database()
    with closing(opened(address)) as storage:
        with storage.write(ACME) as writer:
            writer.insert([contact(str(number)) for number in range(50)])
            writer.insert(
                [
                    contact(
                        "secret",
                        body=b'{"x": "%s"}' % secret,
                        words=frozenset({"geheimnis-4711"}),
                        keys=frozenset({"Geheimnis-4711"}),
                    )
                ]
            )
            writer.keep_blob("digest", secret)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("ANALYZE")
        with storage.write(ACME) as writer:
            writer.delete("contact", "secret", 1)
            writer.drop_blob("digest")
        storage.scrub()
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("CHECKPOINT")
        files = [path for path in (own_server.folder / "data" / "base").rglob("*") if path.is_file()]
        assert files
        assert not [path for path in files if secret.lower() in path.read_bytes().lower()]
        with storage.read(ACME) as reader:
            assert reader.count(Query(kind="contact", order="name", access=SYSTEM)) == (50,)


@pytest.mark.parametrize("further", [True, False], ids=["a further statement", "the commit"])
def test_a_refusal_of_statements_that_waited_leaves_what_they_waited_for_and_nothing_is_stored(
    dsn: str, *, further: bool
) -> None:
    with closing(opened(dsn)) as storage:
        put(storage, "1")

        def refused() -> None:
            with storage.write(ACME) as writer:
                writer.insert([contact("2")])
                writer._transaction.run_later([("SELECT 1 / %(none)s::int", {"none": 0})])
                if further:
                    writer.lock("contact", "1")
                    pytest.fail("the refusal did not leave the next statement")

        assert code_of(refused) == "storage"
        assert ids_of(storage) == ["1"]
        put(storage, "3")
        assert ids_of(storage) == ["1", "3"]


def test_a_record_is_read_once_in_a_transaction_that_locks_and_replaces_it_and_is_as_it_was_changed(dsn: str) -> None:
    with closing(opened(dsn)) as storage:
        put(storage, "1")
        with storage.write(ACME) as writer:
            for version in range(1, 4):
                assert writer.lock("contact", "1", version).version == version
                writer.replace(contact("1", version=version + 1), version)
            writer.set_access("contact", "", frozenset({"visible:me"}), ["1"])
            assert writer.lock("contact", "1").access == {"visible:me"}
            writer.delete("contact", "1", 4)
            assert writer.get("contact", ["1"]) == [None]
        assert ids_of(storage) == []


def test_a_change_sends_its_statements_in_few_round_trips(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(opened(dsn)) as storage:
        put(storage, "1")
        trips = counted_trips(monkeypatch)
        with storage.write(ACME) as writer:
            writer.lock("contact", "1")
            writer.replace(contact("1", version=2, words=frozenset({"new"})), 1)
            writer.insert([contact("2", words=frozenset({"two"}))])
            writer.publish([Event(name="changed", subject="1", at="now")])
    # The beginning with the lock; the replacement with the insertion; and the words, the event and the commit.
    assert len(trips) == 3
