"""The same tables, spread over a cluster."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest

from contactcore.errors import StorageError
from contactcore.storage import Kind, Storage
from contactcore.testing.fixtures import KINDS, Law
from contactcore.testing.laws import LAWS
from contactcore_postgres import PostgresStorage
from contactcore_postgres.schema import TABLES

CLUSTER = os.environ.get("CONTACTCORE_CITUS_DSN")
needs_citus = pytest.mark.skipif(CLUSTER is None, reason="CONTACTCORE_CITUS_DSN names no Citus coordinator")


def emptied(kinds: tuple[Kind, ...]) -> PostgresStorage:
    assert CLUSTER is not None
    storage = PostgresStorage(CLUSTER)
    storage.install(kinds)
    storage.distribute()
    for workspace in storage.workspaces():
        storage.drop(workspace)
    return storage


@pytest.fixture
def cluster() -> Iterator[Storage]:
    with closing(emptied(KINDS)) as storage:
        yield storage


@needs_citus
@pytest.mark.parametrize("law", LAWS if CLUSTER else LAWS[:1], ids=lambda law: law.__name__)
def test_a_cluster_keeps_the_law(law: Law) -> None:
    law(lambda: closing(emptied(KINDS)))


@needs_citus
def test_all_tables_of_a_workspace_lie_on_one_node(cluster: Storage) -> None:
    assert CLUSTER is not None
    with psycopg.connect(CLUSTER) as connection:
        rows = connection.execute(
            "SELECT logicalrelid::regclass::text, colocationid FROM pg_dist_partition"
            " WHERE logicalrelid::text LIKE 'contactcore.%'"
        ).fetchall()
        plan = connection.execute(
            "EXPLAIN SELECT * FROM contactcore.posting p JOIN contactcore.record r USING (workspace, id)"
            " WHERE workspace = 'acme'"
        ).fetchall()
    assert {name.removeprefix("contactcore.") for name, _ in rows} == set(TABLES)
    assert len({group for _, group in rows}) == 1
    assert any("Task Count: 1" in line for (line,) in plan)


def test_the_workspace_of_a_transaction_would_reach_the_workers(dsn: str) -> None:
    with closing(PostgresStorage(dsn)) as storage:
        storage.install(KINDS)
        with storage.write("acme") as writer:
            asked = "SELECT current_setting('citus.propagate_set_commands'), current_setting('contactcore.workspace')"
            assert writer._transaction.rows(asked) == [("local", "acme")]


def test_a_server_without_citus_is_refused(dsn: str) -> None:
    with closing(PostgresStorage(dsn)) as storage:
        storage.install(KINDS)
        with pytest.raises(StorageError) as caught:
            storage.distribute()
    assert caught.value.code == "storage-unsupported"
