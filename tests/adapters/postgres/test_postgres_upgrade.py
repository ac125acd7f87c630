"""Databases of every schema there was, kept as dumps, open in this release; those of development versions are refused.

A new step in `UPGRADES` brings a new dump: `python tests/adapters/postgres/test_postgres_upgrade.py` writes it.
"""

from __future__ import annotations

import importlib.util
import re
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from contactcore.errors import StorageError
from contactcore.storage import SYSTEM, Event, Kind, Order, Query, Record, View
from contactcore_postgres import PostgresStorage
from contactcore_postgres.schema import NUMBER, OLDEST

DUMPS = Path(__file__).parent / "dumps"
KINDS = (
    Kind("contact", (Order("name", terms=("tag:",), words=True), Order("due", due=True))),
    Kind("person", (Order("name"),), {"contact": "contact"}),
)
VIEWS = (View("report_contact", "contact", {"name": ("name",)}),)
RECORDS = [
    Record(
        kind="contact",
        id="1",
        version=3,
        body='{"name": "Müller 😀"}'.encode(),
        card=b'{"n": 1}',
        orders={"name:fr": "müller", "due": "2026"},
        terms=frozenset({"tag:vip"}),
        words=frozenset({"müller"}),
        keys=frozenset({"login/a"}),
        access=frozenset({"visible:*"}),
    ),
    Record(kind="person", id="2", orders={"name": "jane"}, references={"contact": "1"}, owner="1"),
]


def fill(storage: PostgresStorage) -> None:
    storage.install(KINDS, VIEWS)
    with storage.write("acme") as writer:
        writer.insert(RECORDS)
        writer.publish([Event(name="added", subject="1", at="now")])
        writer.keep_blob("digest", b"\x00bytes")


def columns(dsn: str) -> list[Any]:
    with psycopg.connect(dsn) as connection:
        return connection.execute(
            "SELECT table_name, column_name, data_type, is_nullable, collation_name FROM information_schema.columns"
            " WHERE table_schema = 'contactcore' UNION ALL"
            " SELECT tablename, indexname, indexdef, NULL, NULL FROM pg_indexes WHERE schemaname = 'contactcore'"
            " UNION ALL SELECT tablename, policyname, qual, NULL, NULL FROM pg_policies"
            " WHERE schemaname = 'contactcore'"
            " UNION ALL SELECT proname, prosrc, NULL, NULL, NULL FROM pg_proc"
            " WHERE pronamespace = 'contactcore'::regnamespace ORDER BY 1, 2, 3"
        ).fetchall()


def test_every_schema_number_has_a_dump() -> None:
    assert {path.stem for path in DUMPS.glob("*.sql")} == {
        "development",
        *(str(number) for number in range(OLDEST, NUMBER + 1)),
    }


@pytest.mark.parametrize("number", range(OLDEST, NUMBER + 1))
def test_a_database_of_an_older_release_is_upgraded_and_holds_everything(server: Any, dsn: str, number: int) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute((DUMPS / f"{number}.sql").read_bytes())
    with closing(PostgresStorage(dsn)) as storage:
        storage.install(KINDS, VIEWS)
        with storage.read("acme") as reader:
            assert reader.dump("contact") + reader.dump("person") == RECORDS
            question = Query(kind="contact", order="name:fr", access=frozenset({"visible:*"}), words=("mü",))
            tagged = Query(kind="contact", order="name:fr", access=SYSTEM, where=(frozenset({"tag:vip"}),))
            assert [card.id for card in reader.find(question).cards] == ["1"]
            assert [card.id for card in reader.find(tagged).cards] == ["1"]
            assert reader.holders(["login/a"]) == [("contact", "1")]
            assert [published.position for published in reader.feed()] == [1]
            assert reader.blob("digest") == b"\x00bytes"
        assert storage.workspaces(due_before="2027") == ["acme"]
        with storage.write("acme") as writer:
            writer.delete("person", "2", 1)
            writer.delete("contact", "1", 3)
    fresh = server.database()
    with closing(PostgresStorage(fresh)) as storage:
        storage.install(KINDS, VIEWS)
    assert columns(dsn) == columns(fresh)
    server.drop(fresh)


_KILLED = """
import os, signal, sys
from contactcore_postgres import PostgresStorage
from contactcore_postgres.transaction import Transaction

left, inner = [int(sys.argv[2])], Transaction.run_each

def one_by_one(transaction, statements):
    for statement in statements:
        left[0] -= 1
        inner(transaction, [statement])
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)

Transaction.run_each = one_by_one
PostgresStorage(sys.argv[1]).install(())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_killed_upgrade_leaves_the_old_tables_and_is_done_again(server: Any, dsn: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute((DUMPS / f"{OLDEST}.sql").read_bytes())
    before, kills, number = contents(dsn), 0, 1
    command = [sys.executable, "-c", _KILLED, dsn]
    while code := subprocess.run([*command, str(number)], check=False, timeout=100).returncode:
        assert code == -signal.SIGKILL
        assert contents(dsn) == before
        kills, number = kills + 1, number + 7
    assert kills >= 3
    with closing(PostgresStorage(dsn)) as storage:
        storage.install(KINDS, VIEWS)
        with storage.read("acme") as reader:
            assert reader.dump("contact") + reader.dump("person") == RECORDS
    fresh = server.database()
    with closing(PostgresStorage(fresh)) as storage:
        storage.install(KINDS, VIEWS)
    assert columns(dsn) == columns(fresh)
    server.drop(fresh)


def test_a_database_of_a_development_version_is_refused_and_left_as_it_is(dsn: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute((DUMPS / "development.sql").read_bytes())
    before = contents(dsn)
    with closing(PostgresStorage(dsn)) as storage:
        for refused in (lambda: storage.install(KINDS, VIEWS), storage.workspaces, lambda: storage.create("acme")):
            with pytest.raises(StorageError) as refusal:
                refused()
            assert refusal.value.code == "storage-outdated"
        assert "import them into a new database" in str(refusal.value)
        for open_one in (storage.read, storage.write):
            with pytest.raises(StorageError, match="development version"), open_one("acme"):
                pass
    assert contents(dsn) == before


def contents(dsn: str) -> list[Any]:
    """The schema and all rows of the workspace, with the numbers of the transactions that wrote them."""
    with psycopg.connect(dsn) as connection:
        connection.execute("SET contactcore.workspace = 'acme'")
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'contactcore' ORDER BY 1")
        rows = [
            (table, connection.execute(f"SELECT xmin, * FROM contactcore.{table} ORDER BY ctid".encode()).fetchall())
            for (table,) in tables.fetchall()
        ]
    return [*columns(dsn), *rows]


def write_dump() -> None:
    """Dump a database of this release."""
    path = Path(__file__).parents[2] / "support" / "postgres_server.py"
    spec = importlib.util.spec_from_file_location("postgres_server", path)
    assert spec is not None
    assert spec.loader is not None
    postgres_server = importlib.util.module_from_spec(spec)
    sys.modules["postgres_server"] = postgres_server
    spec.loader.exec_module(postgres_server)
    server = postgres_server.session_server()
    dsn = server.database()
    with closing(PostgresStorage(dsn)) as storage:
        fill(storage)
    dump = [server.binaries / "pg_dump", "--inserts", "--no-owner", "--no-privileges", "--schema=contactcore", dsn]
    text = subprocess.run(dump, check=True, capture_output=True, text=True).stdout
    # The user who restores the dump becomes the owner.
    text = re.sub(r" FOR SELECT TO \w+ ", " FOR SELECT TO CURRENT_USER ", text)
    # Without what psql alone understands, settings that an older server does not know, and comments.
    kept = [
        line for line in text.splitlines() if line and not re.match(r"\\|SET |SELECT pg_catalog.set_config|--", line)
    ]
    DUMPS.mkdir(exist_ok=True)
    (DUMPS / f"{NUMBER}.sql").write_text("\n".join(kept) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write_dump()
