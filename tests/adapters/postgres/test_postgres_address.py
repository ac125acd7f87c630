"""Addresses, their passwords, and the reason why a server takes no connection."""

from __future__ import annotations

import subprocess
import sys
import traceback
from contextlib import closing
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from contactcore.errors import Invalid, StorageError
from contactcore.storage import Kind
from contactcore_postgres import PostgresStorage

KINDS = (Kind("contact"),)
SECRET = "ros3bud & co"


def refusal_of(dsn: str, **options: Any) -> StorageError:
    with closing(PostgresStorage(dsn, **options)) as storage, pytest.raises(StorageError) as caught:
        storage.install(KINDS)
    return caught.value


needs_driver_that_names_hosts = pytest.mark.skipif(
    tuple(map(int, psycopg.__version__.split(".")[:3])) < (3, 2, 13), reason="this psycopg does not name the host"
)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"dbname": "no such base"}, 'database "no such base" does not exist'),
        ({"user": "no such role"}, 'role "no such role" does not exist'),
        ({"host": "/no/such/folder"}, "No such file or directory"),
        ({"host": "127.0.0.1", "port": "1"}, "Connection refused"),
        pytest.param({"host": "no.such.host.invalid"}, "no.such.host.invalid", marks=needs_driver_that_names_hosts),
        ({"host": "127.0.0.1,127.0.0.1", "port": "1,2"}, "Connection refused"),
        ({"sslmode": "no such mode"}, "no such mode"),
        ({"options": "-c no_such_setting=1"}, "no_such_setting"),
    ],
)
def test_a_server_that_takes_no_connection_is_told_with_the_reason_and_without_the_password(
    dsn: str, change: dict[str, str], reason: str
) -> None:
    refused = refusal_of(make_conninfo(dsn, password=SECRET, **change))
    assert refused.code == "storage-lost"
    assert reason in str(refused)
    assert SECRET not in "".join(traceback.format_exception(refused))


def test_a_server_that_takes_no_connection_writes_no_line_to_stderr() -> None:
    program = """
from contactcore.errors import StorageError
from contactcore_postgres import PostgresStorage
storage = PostgresStorage("postgresql://user@127.0.0.1:1/crm", patience=5)
try:
    storage.install(())
except StorageError as error:
    print(error.code)
storage.close()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert (done.stdout.strip(), done.stderr) == ("storage-lost", "")


def test_a_reason_that_quotes_the_password_is_shown_without_it(dsn: str) -> None:
    refused = refusal_of(make_conninfo(dsn, password="postgres", dbname="postgres no more"))
    assert "database" in str(refused)
    assert "postgres" not in str(refused)


def test_a_server_that_answers_late_is_told_with_the_time(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contactcore_postgres.connections.ConnectionPool.open", lambda _pool: None)
    with closing(PostgresStorage(dsn, patience=0.01)) as storage:
        monkeypatch.setattr(type(storage._connections._pool), "getconn", _late)
        with pytest.raises(StorageError, match=r"no answer within 0\.01 seconds") as caught:
            storage.install(KINDS)
    assert caught.value.code == "storage-lost"


def _late(_pool: Any, timeout: float) -> Any:
    from psycopg_pool import PoolTimeout

    raise PoolTimeout(f"late by {timeout}")


@pytest.mark.parametrize("form", ["url", "words"])
def test_the_address_of_a_storage_holds_no_secret(dsn: str, form: str) -> None:
    stated = {**conninfo_to_dict(dsn), "password": SECRET, "sslpassword": SECRET}
    address = make_conninfo(**stated)
    if form == "url":
        host, user, name = stated["host"], stated["user"], stated["dbname"]
        address = f"postgresql://{user}:ros3bud%20%26%20co@/{name}?host={host}&sslpassword=ros3bud%20%26%20co"
    with closing(PostgresStorage(address)) as storage:
        storage.install(KINDS)
        assert "ros3bud" not in repr(vars(storage))
        assert "ros3bud" not in storage.dsn
        assert conninfo_to_dict(storage.dsn) == conninfo_to_dict(dsn)
        with closing(PostgresStorage(storage.dsn)) as again:
            again.install(KINDS)


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://app:ros3@bud@db.example/crm",
        "postgresql://app:ros3/bud@db.example/crm",
        "postgresql://app:1234/bud@db.example/crm",
        "postgres://app:ros3%bud@db.example/crm",
        "postgresql://db.example:ros3/crm",
        "host=db.example port=ros3",
        "password=ros3 crm",
        "postgresql://db.example/crm\0",
        "\ud800",
        None,
        3,
        b"postgresql://db.example/crm",
    ],
)
def test_an_address_that_cannot_be_meant_is_refused_without_showing_any_of_it(address: Any) -> None:
    with pytest.raises(Invalid) as caught:
        PostgresStorage(address)
    assert (caught.value.code, caught.value.problems[0].path) == ("address-unreadable", "dsn")
    assert "ros3" not in "".join(traceback.format_exception(caught.value))
    assert "bud" not in str(caught.value)


def test_a_password_is_needed_where_the_server_asks_for_one(own_server: Any) -> None:
    address = own_server.database()
    rules = own_server.folder / "data" / "pg_hba.conf"
    before = rules.read_text()
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE ROLE guarded LOGIN PASSWORD 'right'")
    try:
        rules.write_text("local all guarded scram-sha-256\n" + before)
        own_server.stop()
        own_server.start()
        refused = refusal_of(make_conninfo(address, user="guarded", password=SECRET))
        assert 'password authentication failed for user "guarded"' in str(refused)
        assert SECRET not in str(refused)
    finally:
        rules.write_text(before)
        own_server.stop()
        own_server.start()
