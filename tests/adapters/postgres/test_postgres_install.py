"""Installing, upgrading, and what is refused before anything is stored."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from typing import Any

import psycopg
import pytest

from contactcore.errors import Invalid, StorageError
from contactcore.storage import Kind, Order, Record, View
from contactcore_postgres import PostgresStorage
from contactcore_postgres.schema import NUMBER, UPGRADES

KINDS = (Kind("contact", (Order("name"),)),)


def code_of(storage: PostgresStorage) -> str:
    with pytest.raises(StorageError) as caught:
        storage.install(KINDS)
    storage.close()
    return caught.value.code


def schema_of(dsn: str) -> list[Any]:
    """Tables, columns, indexes, policies and functions: all that an upgrade could leave out."""
    with psycopg.connect(dsn) as connection:
        return [
            sorted(connection.execute(statement).fetchall())
            for statement in (
                (
                    "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns"
                    " WHERE table_schema = 'contactcore'"
                ),
                "SELECT indexdef FROM pg_indexes WHERE schemaname = 'contactcore'",
                "SELECT tablename, policyname, qual FROM pg_policies WHERE schemaname = 'contactcore'",
                "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'contactcore'::regnamespace",
            )
        ]


def test_installing_again_changes_nothing(dsn: str) -> None:
    with closing(PostgresStorage(dsn)) as storage:
        storage.install(KINDS)
        with storage.write("acme") as writer:
            writer.insert([Record(kind="contact", id="1", orders={"name": "doe"})])
        before = schema_of(dsn)
        storage.install(KINDS)
    with closing(PostgresStorage(dsn)) as again:
        again.install(KINDS)
        with again.read("acme") as reader:
            assert reader.get("contact", ["1"])[0] is not None
    assert schema_of(dsn) == before


def test_what_a_newer_release_made_is_left_alone(dsn: str) -> None:
    storage = PostgresStorage(dsn)
    storage.install(KINDS)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("UPDATE contactcore.installed SET number = %s", [NUMBER + 1])
    assert code_of(storage) == "storage-newer"


def test_missing_steps_are_run(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(PostgresStorage(dsn)) as storage:
        storage.install(KINDS)
    steps = [("CREATE TABLE more (workspace text PRIMARY KEY)",), ("ALTER TABLE more ADD COLUMN another text",)]
    more = (*UPGRADES, *steps)
    monkeypatch.setattr("contactcore_postgres.installation.UPGRADES", more)
    monkeypatch.setattr("contactcore_postgres.installation.NUMBER", NUMBER + 2)
    with closing(PostgresStorage(dsn)) as storage:
        storage.install(KINDS)
    with psycopg.connect(dsn) as connection:
        assert connection.execute("SELECT number FROM contactcore.installed").fetchone() == (NUMBER + 2,)
        assert connection.execute("SELECT another FROM contactcore.more").fetchall() == []


def test_a_step_that_fails_leaves_the_old_schema(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(PostgresStorage(dsn)) as storage:
        storage.install(KINDS)
    before = schema_of(dsn)
    fails = ("CREATE TABLE more (a text)", "SELECT 1 / 0")
    monkeypatch.setattr("contactcore_postgres.installation.UPGRADES", (*UPGRADES, fails))
    monkeypatch.setattr("contactcore_postgres.installation.NUMBER", NUMBER + 1)
    assert code_of(PostgresStorage(dsn)) == "storage"
    assert schema_of(dsn) == before


def test_a_changed_view_is_made_anew_and_others_stay(dsn: str) -> None:
    with closing(PostgresStorage(dsn)) as storage:
        storage.install(KINDS, [View("one", "contact", {"a": ("a",)}), View("two", "contact", {"b": ("b",)})])
        storage.install(KINDS, [View("one", "contact", {"c": ("c",)})])
        storage.install(KINDS)
    with psycopg.connect(dsn) as connection:
        rows = connection.execute(
            "SELECT table_name, string_agg(column_name, ' ' ORDER BY ordinal_position) FROM information_schema.columns"
            " WHERE table_schema = 'contactcore' AND table_name IN ('one', 'two') GROUP BY 1 ORDER BY 1"
        ).fetchall()
    assert rows == [("one", "workspace id c"), ("two", "workspace id b")]


def test_several_schemas_of_one_database_are_several_storages(dsn: str) -> None:
    with closing(PostgresStorage(dsn)) as one, closing(PostgresStorage(dsn, schema='Second "one"')) as other:
        one.install(KINDS)
        other.install(KINDS)
        other.create("acme")
        assert (one.workspaces(), other.workspaces()) == ([], ["acme"])


def test_a_database_that_is_not_in_utf_8_is_refused(server: Any, dsn: str) -> None:
    name = f"latin_{psycopg.conninfo.conninfo_to_dict(dsn)['dbname']}"
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'".encode())
    latin = psycopg.conninfo.make_conninfo(dsn, dbname=name)
    assert code_of(PostgresStorage(latin)) == "storage-unsupported"
    server.drop(latin)


@pytest.mark.parametrize("address", ["crm.db", "postgresql://host/x?colour=red", "mysql://x"])
def test_what_is_no_address_is_refused_without_showing_it(address: str) -> None:
    with pytest.raises(Invalid) as caught:
        PostgresStorage(address)
    assert caught.value.code == "address-unreadable"
    assert address not in str(caught.value)


def test_a_missing_driver_is_one_error_with_the_line_that_mends_it() -> None:
    script = "import sys; sys.modules['psycopg'] = None\nimport contactcore_postgres"
    finished = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert "StorageError" in finished.stderr
    assert "pip install 'contactcore[postgres]'" in finished.stderr


def test_the_core_loads_no_driver() -> None:
    script = "import contactcore, contactcore.storage, sys; sys.exit('psycopg' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
