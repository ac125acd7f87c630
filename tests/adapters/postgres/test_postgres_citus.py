"""The same tables, distributed over a cluster, and the way that a cluster is used, on one server."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from itertools import count
from types import ModuleType
from typing import Any

import psycopg
import pytest
from psycopg import sql

from contactcore.errors import StorageError
from contactcore.storage import SYSTEM, Event, Kind, Order, Query, Record, Storage, View
from contactcore.testing import drive
from contactcore.testing.fixtures import KINDS, Law
from contactcore.testing.laws import LAWS, copying, exactness, feeding, moments, sizes, transactions, writing
from contactcore_postgres import PostgresStorage
from contactcore_postgres.connections import Connections
from contactcore_postgres.schema import NUMBER, TABLES, UPGRADES
from support.postgres_server import forget_kinds

CLUSTER = os.environ.get("CONTACTCORE_CITUS_DSN", "")
needs_citus = pytest.mark.skipif(not CLUSTER, reason="CONTACTCORE_CITUS_DSN names no Citus coordinator")

OWN_KINDS = (
    Kind("contact", (Order("name", terms=("tag:",), words=True), Order("due", due=True)), {"owner": "contact"}),
)
VIEWS = (View("report_contact", "contact", {"name": ("name",)}),)
_numbers = count()


def emptied(kinds: tuple[Kind, ...]) -> PostgresStorage:
    storage = PostgresStorage(CLUSTER)
    storage.install(())
    storage.distribute()
    for workspace in storage.workspaces():
        storage.drop(workspace)
    forget_kinds(CLUSTER)
    storage.install(kinds)
    return storage


@pytest.fixture
def cluster() -> Iterator[Storage]:
    with closing(emptied(KINDS)) as storage:
        yield storage


@pytest.fixture
def open_schema() -> Iterator[Callable[..., PostgresStorage]]:
    """Opens storages of one schema of the cluster that is not distributed yet. Its name needs quotes."""
    schema = f'Trial "{os.getpid()}" {next(_numbers)}'
    opened: list[PostgresStorage] = []

    def open_one(**options: Any) -> PostgresStorage:
        opened.append(PostgresStorage(CLUSTER, schema=schema, **options))
        return opened[-1]

    yield open_one
    for storage in opened:
        storage.close()
    with psycopg.connect(CLUSTER, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(schema)))


def record(id: str, **more: Any) -> Record:
    values: dict[str, Any] = {
        "orders": {"name": id, "due": "1"},
        "words": frozenset({"doe", '"\\', "é"}),
        "terms": frozenset({"tag:vip", 'tag:{"a", \\b}'}),
        "access": frozenset({"visible:*"}),
        "body": b'{"name": "%s"}' % id.encode(),
        "card": b"\x00\xff",
    }
    return Record(kind="contact", id=id, **{**values, **more})


def fill(storage: Storage, workspace: str, number: int = 30) -> list[Record]:
    records = [
        record(f"{one:05}", references={"owner": "00000"}, keys=frozenset({f"login:{one}"})) for one in range(number)
    ]
    with storage.write(workspace) as writer:
        writer.insert(records)
        writer.publish([Event(name="added", subject=str(one), at="now", data=b"\x00") for one in range(3)])
        writer.keep_blob("digest", b"\x00bytes")
    return records


def check_filled(storage: Storage, workspace: str, records: list[Record]) -> None:
    everything = Query(kind="contact", order="name", access=SYSTEM)
    with storage.read(workspace) as reader:
        assert reader.dump("contact", limit=len(records) + 1) == records
        assert [published.position for published in reader.feed()] == [1, 2, 3]
        assert reader.blob("digest") == b"\x00bytes"
        assert reader.holders(["login:7"]) == [("contact", "00007")]
        assert reader.count(everything) == (len(records),)
        found = reader.find(Query(kind="contact", order="name", access=frozenset({"visible:*"}), words=("do", "é")))
        assert [card.id for card in found.cards] == [one.id for one in records[:50]]
    assert workspace in storage.workspaces(due_before="2")


def asked(schema: str, statement: str, *values: Any) -> list[Any]:
    with psycopg.connect(CLUSTER) as connection:
        connection.execute(sql.SQL("SET search_path = {}").format(sql.Identifier(schema)))
        return connection.execute(statement.encode(), values).fetchall()


@needs_citus
@pytest.mark.parametrize("law", LAWS if CLUSTER else LAWS[:1], ids=lambda law: law.__name__)
def test_a_cluster_keeps_the_law(law: Law) -> None:
    law(lambda: closing(emptied(KINDS)))


@needs_citus
@pytest.mark.parametrize("seed", [1, 2])
def test_a_cluster_answers_a_long_history_as_the_oracle_does(seed: int) -> None:
    drive(lambda: closing(emptied(KINDS)), 300, seed)


@needs_citus
def test_all_tables_of_a_workspace_lie_on_one_node(cluster: Storage) -> None:
    rows = asked(
        "contactcore",
        "SELECT relname, colocationid FROM pg_dist_partition JOIN pg_class c ON c.oid = logicalrelid"
        " WHERE relnamespace = 'contactcore'::regnamespace",
    )
    plan = asked(
        "contactcore", "EXPLAIN SELECT * FROM posting p JOIN record r USING (workspace, id) WHERE workspace = 'acme'"
    )
    assert {name for name, _ in rows} == set(TABLES)
    assert len({group for _, group in rows}) == 1
    assert any("Task Count: 1" in line for (line,) in plan)


@needs_citus
@pytest.mark.parametrize("filled", [False, True])
def test_empty_and_filled_tables_are_distributed_as_a_whole(
    open_schema: Callable[..., PostgresStorage], filled: bool
) -> None:
    storage = open_schema()
    storage.install(OWN_KINDS, VIEWS)
    known = {f"w{number}": fill(storage, f"w{number}") for number in range(5)} if filled else {}
    storage.distribute()
    storage.distribute()
    for workspace, records in known.items():
        check_filled(storage, workspace, records)
    check_filled(storage, "later", fill(storage, "later"))
    assert storage.workspaces() == sorted([*known, "later"])
    schema = storage._connections.schema
    left = asked(
        schema,
        "SELECT relname, pg_relation_size(c.oid), relrowsecurity AND relforcerowsecurity FROM pg_class c"
        " WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = %s) AND relname = ANY(%s)",
        schema,
        list(TABLES),
    )
    assert sorted(left) == sorted((table, 0, True) for table in TABLES)
    # The owner, too, sees no row on a worker without naming its workspace.
    assert asked(schema, "SELECT count(*) FROM record") == [(0,)]
    for workspace in [*known, "later"]:
        assert storage.drop(workspace)
    assert storage.workspaces() == []


@needs_citus
def test_workers_get_nothing_before_the_tables_are_distributed(open_schema: Callable[..., PostgresStorage]) -> None:
    storage = open_schema()
    storage.install(OWN_KINDS, VIEWS)
    fill(storage, "acme")
    schemas = "SELECT sum(result::int) FROM run_command_on_workers(%s)"
    found = f"SELECT count(*) FROM pg_namespace WHERE nspname = '{storage._connections.schema}'"
    assert asked("contactcore", schemas, found) == [(0,)]
    storage.distribute()
    assert asked("contactcore", schemas, found) == [(2,)]


@needs_citus
def test_many_processes_distribute_at_once(open_schema: Callable[..., PostgresStorage]) -> None:
    storages = [open_schema() for _ in range(4)]
    storages[0].install(OWN_KINDS)
    records = fill(storages[0], "acme")
    failed: list[Exception] = []

    def distribute(storage: PostgresStorage) -> None:
        try:
            storage.install(OWN_KINDS)
            storage.distribute()
            fill(storage, threading.current_thread().name)
        except Exception as error:  # noqa: BLE001 - the test shows it
            failed.append(error)

    threads = [threading.Thread(target=distribute, args=(one,), name=f"w{n}") for n, one in enumerate(storages)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert failed == []
    for storage in storages:
        for workspace in ("acme", "w0", "w1", "w2", "w3"):
            check_filled(storage, workspace, records)


@needs_citus
def test_distributed_tables_are_upgraded(
    open_schema: Callable[..., PostgresStorage], monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = open_schema()
    storage.install(OWN_KINDS, VIEWS)
    storage.distribute()
    records = fill(storage, "acme")
    step = (
        "ALTER TABLE record ADD COLUMN note text NOT NULL DEFAULT 'none'",
        "CREATE INDEX record_note ON record (workspace, note)",
        "DROP POLICY listing ON due",
        (
            "CREATE POLICY listing ON due FOR SELECT TO {owner}"
            " USING (current_setting('contactcore.listing', true) = 'on')"
        ),
    )
    monkeypatch.setattr("contactcore_postgres.installation.UPGRADES", (*UPGRADES, step))
    monkeypatch.setattr("contactcore_postgres.installation.NUMBER", NUMBER + 1)
    newer = open_schema()
    newer.install(OWN_KINDS, (View("report_contact", "contact", {"called": ("name",)}), View("all", "contact", {})))
    check_filled(newer, "acme", records)
    with newer.write("acme") as writer:
        assert writer._transaction.rows("SELECT DISTINCT note FROM record WHERE workspace = %(ws)s") == [("none",)]
        rows = writer._transaction.rows(
            "SELECT called FROM report_contact WHERE workspace = %(ws)s ORDER BY id LIMIT 2"
        )
        assert rows == [("00000",), ("00001",)]


@needs_citus
def test_a_view_shows_the_workspace_that_a_transaction_names(open_schema: Callable[..., PostgresStorage]) -> None:
    storage = open_schema()
    storage.install(OWN_KINDS, VIEWS)
    fill(storage, "acme")
    storage.distribute()
    fill(storage, "other")
    with psycopg.connect(CLUSTER, autocommit=True) as connection:
        connection.execute(sql.SQL("SET search_path = {}").format(sql.Identifier(storage._connections.schema)))
        connection.execute("SET citus.propagate_set_commands = 'local'")
        with connection.transaction():
            connection.execute("SET LOCAL contactcore.workspace = 'acme'")
            rows = connection.execute("SELECT workspace, name FROM report_contact ORDER BY id LIMIT 2").fetchall()
            assert rows == [("acme", "00000"), ("acme", "00001")]
            assert connection.execute("SELECT count(*) FROM report_contact").fetchone() == (30,)


@needs_citus
def test_a_row_that_is_locked_on_a_worker_is_busy_after_the_patience(cluster: Storage) -> None:
    with cluster.write("acme") as writer:
        writer.insert([Record(kind="contact", id="1")])
    with closing(PostgresStorage(CLUSTER, patience=0.2)) as hasty:
        hasty.install(KINDS)
        with cluster.write("acme") as writer:
            writer.lock("contact", "1")
            with pytest.raises(StorageError) as caught, hasty.write("acme") as other:
                other.lock("contact", "1")
            assert caught.value.code == "storage-busy"


@needs_citus
@pytest.mark.parametrize("moment", ["before a call", "before the commit"])
def test_a_worker_that_is_lost_leaves_all_or_nothing(cluster: Storage, moment: str) -> None:
    def interrupted() -> None:
        with cluster.write("acme") as writer:
            writer.insert([Record(kind="contact", id="1")])
            asked(
                "contactcore",
                "SELECT * FROM run_command_on_workers('SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE usename = current_user AND pid <> pg_backend_pid() AND datname = current_database()')",
            )
            if moment == "before a call":
                writer.insert([Record(kind="contact", id="2")])

    with pytest.raises(StorageError) as caught:
        interrupted()
    assert caught.value.code == "storage-lost"
    with cluster.read("acme") as reader:
        assert [one.id for one in reader.dump("contact")] in ([], ["1"])
    with cluster.write("acme") as writer:
        writer.insert([Record(kind="contact", id="3")])


@needs_citus
def test_scrubbing_reaches_the_workers(cluster: PostgresStorage) -> None:
    with cluster.write("acme") as writer:
        writer.insert([Record(kind="contact", id="1", body=b"x" * 5_000)])
        writer.delete("contact", "1", 1)
    cluster.scrub()
    sizes = "SELECT coalesce(sum(result::bigint), 0) FROM run_command_on_shards('contactcore.record', %s)"
    assert asked("contactcore", sizes, "SELECT pg_relation_size('%s')") == [(0,)]


@needs_citus
def test_no_transaction_causes_a_warning(cluster: Storage) -> None:
    notices: list[str] = []

    def note(notice: psycopg.errors.Diagnostic) -> None:
        notices.append(notice.message_primary or "")

    with closing(PostgresStorage(CLUSTER, connections=1)) as storage:
        storage.install(KINDS)
        with storage.read("acme") as reader:
            reader._transaction.connection.add_notice_handler(note)
        for number in range(2):
            with storage.write("acme") as writer:
                writer.insert([Record(kind="contact", id=f"{number} {one}") for one in range(20)])
            with storage.read("acme") as reader:
                assert len(reader.dump("contact")) == 20 * (number + 1)
            assert storage.workspaces() == ["acme"]
    assert notices == []


@pytest.fixture
def as_on_a_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections to a server without Citus that are used as those to a coordinator are."""
    configure = Connections._configure

    def configured(self: Connections, connection: Any) -> None:
        configure(self, connection)
        connection.cluster = True

    monkeypatch.setattr(Connections, "_configure", configured)


def test_records_that_go_as_arrays_are_stored_as_they_are(dsn: str, as_on_a_cluster: None) -> None:
    with closing(PostgresStorage(dsn)) as storage:
        storage.install(OWN_KINDS, VIEWS)
        records = fill(storage, "acme", 1_500)
        check_filled(storage, "acme", records)
        large = [record(f"large{number}", body=b"x" * 900_000) for number in range(20)]
        with storage.write("acme") as writer:
            writer.insert(large)
            assert [len(one.body) for one in writer.dump("contact", "l")] == [900_000] * 20


@pytest.mark.parametrize("subject", [writing, sizes, exactness, copying, feeding, moments, transactions])
def test_the_way_a_cluster_is_used_keeps_the_laws_of_writing_on_one_server(
    open_postgres: Callable[..., AbstractContextManager[Storage]], as_on_a_cluster: None, subject: ModuleType
) -> None:
    for law in subject.LAWS:
        law(lambda: open_postgres(KINDS))


def test_every_policy_can_be_given_to_a_cluster(dsn: str) -> None:
    """Citus takes no sub-query in a policy."""
    with closing(PostgresStorage(dsn)) as storage:
        storage.install(OWN_KINDS)
    with psycopg.connect(dsn) as connection:
        policies = connection.execute(
            "SELECT tablename, policyname, qual FROM pg_policies WHERE schemaname = 'contactcore'"
        ).fetchall()
    assert len(policies) == len(TABLES) + 3
    assert [policy for policy in policies if "SELECT" in policy[2]] == []


def test_the_workspace_of_a_transaction_would_reach_the_workers(dsn: str) -> None:
    with closing(PostgresStorage(dsn)) as storage:
        storage.install(KINDS)
        with storage.write("acme") as writer:
            settings = (
                "SELECT current_setting('citus.propagate_set_commands'), current_setting('contactcore.workspace')"
            )
            assert writer._transaction.rows(settings) == [("local", "acme")]


def test_a_server_without_citus_is_refused(dsn: str) -> None:
    with closing(PostgresStorage(dsn)) as storage:
        storage.install(KINDS)
        with pytest.raises(StorageError) as caught:
            storage.distribute()
    assert caught.value.code == "storage-unsupported"
