"""Nothing of a workspace shows outside it, whatever statement is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from contactcore.errors import StorageError
from contactcore.storage import Event, Kind, Order, Record, View
from contactcore_postgres import PostgresStorage
from contactcore_postgres.schema import TABLES

KINDS = (Kind("contact", (Order("name", words=True), Order("due", due=True)), {"owner": "contact"}),)
VIEWS = (
    View("report_contact", "contact", {"name": ("name",), "city": ("address", "city"), "primary": ("primary",)}),
    View("report_email", "contact", {"email": ("text",), "all": ()}, each=("emails",)),
)
BODY = b'{"name": "Doe", "address": {"city": "Lyon"}, "emails": [{"text": "a@b.fr"}, {"text": "c@d.fr"}]}'


def fill(storage: PostgresStorage, workspace: str) -> None:
    with storage.write(workspace) as writer:
        writer.insert(
            [
                Record(
                    kind="contact",
                    id=f"{workspace}-{number}",
                    body=BODY if number else b"no JSON",
                    orders={"name": "doe", "due": "1"},
                    words=frozenset({"doe"}),
                    terms=frozenset({"tag:vip"}),
                    keys=frozenset({f"login/{number}"}),
                    references={"owner": f"{workspace}-1"},
                    access=frozenset({"visible:*"}),
                )
                for number in range(3)
            ]
        )
        writer.publish([Event(name="added", subject="1", at="now")])
        writer.keep_blob("digest", b"bytes")


@pytest.fixture
def app(dsn: str, app_dsn: Callable[[], str]) -> Iterator[psycopg.Connection[Any]]:
    """A connection of a role that owns nothing, to a database with two workspaces."""
    storage = PostgresStorage(dsn)
    storage.install(KINDS, VIEWS)
    fill(storage, "acme")
    fill(storage, "other")
    storage.close()
    with psycopg.connect(app_dsn(), autocommit=True) as connection:
        connection.execute("SET search_path = contactcore")
        yield connection


def every_table(connection: psycopg.Connection[Any]) -> set[str]:
    rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'contactcore'").fetchall()
    return {name for (name,) in rows}


def test_every_table_is_known_and_guarded_even_against_its_owner(app: psycopg.Connection[Any]) -> None:
    assert every_table(app) == {*TABLES, "installed"}
    rows = app.execute(
        "SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class"
        " WHERE relkind = 'r' AND relnamespace = 'contactcore'::regnamespace"
    ).fetchall()
    assert sorted(rows) == sorted((name, True, True) for name in every_table(app))


@pytest.mark.parametrize("table", [*TABLES, "report_contact", "report_email"])
def test_a_connection_that_names_no_workspace_sees_nothing(app: psycopg.Connection[Any], table: str) -> None:
    statement = f"SELECT count(*) FROM {table}".encode()
    assert app.execute(statement).fetchone() == (0,)
    with app.transaction():
        app.execute("SET LOCAL contactcore.workspace = 'acme'")
        one = app.execute(statement).fetchone()
        seen = app.execute(f"SELECT DISTINCT workspace FROM {table}".encode()).fetchall()
    assert one is not None
    assert one[0] > 0
    assert seen == [("acme",)]
    # The setting has ended with its transaction, and has left an empty text behind.
    assert app.execute(statement).fetchone() == (0,)


def test_nobody_but_the_owner_lists_across_workspaces(app: psycopg.Connection[Any]) -> None:
    app.execute("SET contactcore.listing = 'on'")
    for table in TABLES:
        assert app.execute(f"SELECT count(*) FROM {table}".encode()).fetchone() == (0,)
    app.execute("SET contactcore.workspace = 'acme'")
    assert app.execute("SELECT workspaces('', 10, NULL)").fetchall() == [("acme",), ("other",)]
    # The function leaves no door open behind it.
    assert app.execute("SELECT workspace FROM workspace").fetchall() == [("acme",)]


@pytest.mark.parametrize("table", TABLES)
def test_what_one_workspace_does_cannot_reach_another(app: psycopg.Connection[Any], table: str) -> None:
    with app.transaction():
        app.execute("SET LOCAL contactcore.workspace = 'acme'")
        assert app.execute(f"DELETE FROM {table} WHERE workspace = 'other'".encode()).rowcount == 0
        app.execute(f"DELETE FROM {table}".encode())
        app.execute("SET LOCAL contactcore.workspace = 'other'")
        left = app.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()
    assert left is not None
    assert left[0] > 0


def test_no_row_can_be_put_into_another_workspace(app: psycopg.Connection[Any]) -> None:
    app.execute("SET contactcore.workspace = 'acme'")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute("INSERT INTO unique_key VALUES ('other', 'login', 'contact', '1')")


def test_the_owner_of_the_tables_sees_nothing_without_a_workspace(server: Any, dsn: str) -> None:
    role = f"owner_{psycopg.conninfo.conninfo_to_dict(dsn)['dbname']}"
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'owner'".encode())
        connection.execute(f"GRANT ALL ON DATABASE {connection.info.dbname} TO {role}".encode())
    owner = make_conninfo(dsn, user=role, password="owner")
    storage = PostgresStorage(owner)
    storage.install(KINDS, VIEWS)
    fill(storage, "acme")
    assert storage.workspaces() == ["acme"]
    storage.scrub()
    storage.close()
    with psycopg.connect(owner) as connection:
        for table in [*TABLES, "report_contact"]:
            assert connection.execute(f"SELECT count(*) FROM contactcore.{table}".encode()).fetchone() == (0,)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(f"DROP OWNED BY {role}".encode())
        connection.execute(f"DROP ROLE {role}".encode())


def test_a_role_that_owns_nothing_needs_no_more_than_the_documented_grants(
    dsn: str, app_dsn: Callable[[], str]
) -> None:
    first = PostgresStorage(dsn)
    first.install(KINDS, VIEWS)
    fill(first, "acme")
    with closing(PostgresStorage(app_dsn())) as storage:
        storage.install(KINDS, VIEWS)
        fill(storage, "other")
        with storage.write("third") as writer:
            writer.insert([Record(kind="contact", id=str(number), orders={"name": "x"}) for number in range(100)])
        assert storage.workspaces() == ["acme", "other", "third"]
        assert storage.workspaces(due_before="2") == ["acme", "other"]
        assert storage.drop("third")
        with storage.read("acme") as reader:
            assert len(reader.dump("contact")) == 3
        for refused in (storage.scrub, lambda: storage.install(KINDS, (View("more", "contact", {}),))):
            with pytest.raises(StorageError) as caught:
                refused()
            assert caught.value.code == "storage-denied"
    first.close()


def test_report_views_show_bodies_as_columns(app: psycopg.Connection[Any]) -> None:
    with app.transaction():
        app.execute("SET LOCAL contactcore.workspace = 'acme'")
        contacts = app.execute("SELECT * FROM report_contact ORDER BY id").fetchall()
        emails = app.execute("SELECT id, email FROM report_email ORDER BY id, email").fetchall()
    assert contacts == [("acme", "acme-1", "Doe", "Lyon", None), ("acme", "acme-2", "Doe", "Lyon", None)]
    assert emails == [(f"acme-{number}", email) for number in (1, 2) for email in ("a@b.fr", "c@d.fr")]


def test_every_key_holds_the_workspace_so_that_the_tables_can_be_spread(app: psycopg.Connection[Any]) -> None:
    constraints = app.execute(
        "SELECT c.conrelid::regclass::text, c.contype, a.attname FROM pg_constraint c"
        " LEFT JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]"
        " WHERE c.connamespace = 'contactcore'::regnamespace AND c.contype IN ('p', 'u', 'f', 'x')"
    ).fetchall()
    assert sorted(table for table, _, _ in constraints) == sorted(TABLES)
    assert {(kind, column) for _, kind, column in constraints} == {("p", "workspace")}
    indexes = app.execute(
        "SELECT i.indrelid::regclass::text, a.attname FROM pg_index i"
        " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]"
        " JOIN pg_class t ON t.oid = i.indrelid WHERE t.relnamespace = 'contactcore'::regnamespace"
    ).fetchall()
    assert len(indexes) > len(TABLES)
    assert {column for _, column in indexes} == {"workspace"}
    # Citus knows no triggers on distributed tables.
    assert app.execute(
        "SELECT count(*) FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid"
        " WHERE t.relnamespace = 'contactcore'::regnamespace"
    ).fetchone() == (0,)


def test_texts_compare_by_code_point_in_every_column(app: psycopg.Connection[Any]) -> None:
    wrong = app.execute(
        "SELECT a.attrelid::regclass::text, a.attname FROM pg_attribute a"
        " JOIN pg_class t ON t.oid = a.attrelid JOIN pg_collation l ON l.oid = a.attcollation"
        " WHERE t.relkind = 'r' AND t.relnamespace = 'contactcore'::regnamespace AND l.collname <> 'C'"
    ).fetchall()
    assert wrong == []
