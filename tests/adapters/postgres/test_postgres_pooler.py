"""A pooler in transaction mode is refused, and never answers or stores anything wrong."""

from __future__ import annotations

import random
import subprocess
import sys
from collections import Counter
from contextlib import closing

import pytest
from psycopg.conninfo import conninfo_to_dict

from contactcore.errors import StorageError
from contactcore.storage import Kind, Record
from contactcore_postgres import PostgresStorage
from support.pooler import pooled

KINDS = (Kind("contact"),)

NAMES = """
import sys
from contactcore_postgres import PostgresStorage

storage = PostgresStorage(sys.argv[1])
with storage.read("acme") as reader:
    reader.feed()
    print(*[name for (name,) in reader._transaction.rows("SELECT name FROM pg_prepared_statements")])
storage.close()
"""


@pytest.fixture
def installed(dsn: str) -> str:
    """The address of a database with the tables, on a server that listens on a Unix socket."""
    if not str(conninfo_to_dict(dsn).get("host", "")).startswith("/"):
        pytest.skip("the pooler of the tests reaches servers on a Unix socket alone")
    with closing(PostgresStorage(dsn)) as storage:
        storage.install(KINDS)
    return dsn


def ids_of(storage: PostgresStorage, workspace: str) -> list[str]:
    with storage.read(workspace) as reader:
        return [record.id for record in reader.dump("contact")]


@pytest.mark.parametrize("connections", [1, 2, 3])
@pytest.mark.parametrize("seed", range(3))
def test_clients_of_a_pooler_in_transaction_mode_get_a_right_answer_or_a_refusal(
    installed: str, connections: int, seed: int
) -> None:
    """The clients prepare their statements in different sequences."""
    chance = random.Random(f"{connections} {seed}")
    with (
        pooled(installed, connections) as address,
        closing(PostgresStorage(address, connections=1, patience=1.0)) as one,
        closing(PostgresStorage(address, connections=1, patience=1.0)) as two,
        closing(PostgresStorage(installed)) as direct,
    ):
        direct.install(KINDS)
        clients = {"one": one, "two": two}
        kept: dict[str, list[str]] = {"one": [], "two": []}
        codes: Counter[str] = Counter()
        for step in range(60):
            name = chance.choice(["one", "two"])
            try:
                clients[name].install(KINDS)
                match chance.randrange(4):
                    case 0:
                        assert ids_of(clients[name], name) == kept[name]
                    case 1:
                        with clients[name].read(name) as reader:
                            assert reader.feed() == []
                    case 2:
                        with clients[name].read(name) as reader:
                            assert [found is None for found in reader.get("contact", ["none", *kept[name]])] == [
                                True,
                                *(False for _ in kept[name]),
                            ]
                    case _:
                        with clients[name].write(name) as writer:
                            writer.insert([Record(kind="contact", id=f"{step:02}")])
                        kept[name].append(f"{step:02}")
            except StorageError as error:
                codes[error.code] += 1
        assert {name: ids_of(direct, name) for name in kept} == kept
    assert set(codes) == {"storage-unsupported"}


def test_a_connection_whose_settings_another_client_has_made_is_refused(installed: str) -> None:
    """Its tables would be those of another schema."""
    with pooled(installed, 1) as address, closing(PostgresStorage(address, schema="other")) as other:
        other.install(KINDS)
        with closing(PostgresStorage(address)) as storage:
            storage.install(KINDS)
            with pytest.raises(StorageError) as caught, other.write("acme") as writer:
                writer.insert([Record(kind="contact", id="1")])
            assert caught.value.code == "storage-unsupported"
            with pytest.raises(StorageError) as caught:
                ids_of(other, "acme")
            assert caught.value.code == "storage-unsupported"
            assert ids_of(storage, "acme") == []


def test_no_two_processes_prepare_statements_under_one_name(installed: str) -> None:
    command = [sys.executable, "-c", NAMES, installed]
    lists = [subprocess.run(command, capture_output=True, check=True, text=True).stdout.split() for _ in range(2)]
    assert min(map(len, lists)) > 3
    assert set(lists[0]).isdisjoint(lists[1])
