"""The installation: it makes the tables, and upgrades those of an older release."""

# ruff: noqa: S608 - statements are built from constants; every value of a caller is bound

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence

from psycopg import sql
from psycopg.types.json import Jsonb

from contactcore.errors import StorageError
from contactcore.storage import Kind, View, kinds_from_text, merged_kinds, text_of_kinds
from contactcore.storage.postings import KEY_BYTES, Postings
from contactcore_postgres.citus import is_distributed
from contactcore_postgres.connections import OLDEST_SERVER, Connections
from contactcore_postgres.schema import FIRST, NUMBER, OLDEST, PROPAGATION, UPGRADES
from contactcore_postgres.transaction import Transaction, lock_installation
from contactcore_postgres.views import definition

__all__ = ["install"]

_INSTALLED = (
    "CREATE SCHEMA IF NOT EXISTS {schema}",
    "CREATE TABLE {schema}.installed (number bigint NOT NULL, secret bytea NOT NULL, views jsonb NOT NULL)",
    "ALTER TABLE {schema}.installed ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE {schema}.installed FORCE ROW LEVEL SECURITY",
    "CREATE POLICY all_of_it ON {schema}.installed USING (true)",
)
_OWNER = "SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'installed'::regclass"
_EXISTS = "SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = %(schema)s AND tablename = 'installed'"


def install(connections: Connections, kinds: Sequence[Kind], views: Sequence[View]) -> Postings:
    """Make or upgrade the tables and views, and keep the kinds. Any number of processes may do so at the same time.

    Raises:
        Invalid: `kind-redeclared`.
        StorageError: `storage-newer`, `storage-outdated`, `storage-unsupported`, or `storage-denied` if a change is
            needed that the role may not make.
    """
    wanted = {view.name: definition(view) for view in views}
    with connections.administering() as transaction:
        _check_server(transaction)
        state = _state(transaction, connections.schema)
        if not _is_ready(state, kinds, wanted):
            lock_installation(transaction, connections.schema)
            state = _state(transaction, connections.schema)  # another process may have been faster
            if not _is_ready(state, kinds, wanted):
                if state is None or not _has_tables(state, wanted):
                    state = _make_tables(transaction, connections.schema, state, wanted)
                state = _keep(transaction, state, kinds)
    assert state is not None
    return Postings(state[1])


State = tuple[int, bytes, Mapping[str, str], Mapping[str, Kind]]
"""Schema number, secret key, name -> statement of each report view, and the kept kinds."""


def _check_server(transaction: Transaction) -> None:
    info = transaction.connection.info
    if info.server_version < OLDEST_SERVER:
        raise StorageError("This needs PostgreSQL 15 or newer.", "storage-unsupported")
    encoding = info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise StorageError(
            f"The database has the encoding {encoding}: make one with ENCODING 'UTF8' TEMPLATE template0.",
            "storage-unsupported",
        )


def _state(transaction: Transaction, schema: str) -> State | None:
    name = sql.Identifier(schema, "installed").as_string()
    # Not to_regclass(): it may have cached that the schema was missing before another process made it.
    if not transaction.rows(_EXISTS, schema=schema):
        return None
    state = f"SELECT number, secret, views, to_jsonb(i) ->> 'kinds' FROM {name} AS i"
    ((number, secret, views, kinds),) = transaction.rows(state)
    if number > NUMBER:
        raise StorageError(
            f"A newer release made these tables (schema {number}; this one knows {NUMBER}): upgrade contactcore.",
            "storage-newer",
        )
    if number < OLDEST:
        raise StorageError(
            f"A development version of contactcore made these tables (schema {number}; this release reads {OLDEST} and "
            "later): export their contacts with that version, and import them into a new database or schema.",
            "storage-outdated",
        )
    return number, secret, views, kinds_from_text(kinds or "{}")  # smaller numbers have kept no kinds


def _is_ready(state: State | None, kinds: Sequence[Kind], wanted: Mapping[str, str]) -> bool:
    return state is not None and merged_kinds(state[3], kinds) == state[3] and _has_tables(state, wanted)


def _has_tables(state: State, wanted: Mapping[str, str]) -> bool:
    return state[0] == NUMBER and wanted.items() <= state[2].items()


def _keep(transaction: Transaction, state: State, kinds: Sequence[Kind]) -> State:
    number, secret, views, kept = state
    known = merged_kinds(kept, kinds)
    values = {"number": number, "views": Jsonb(views), "kinds": text_of_kinds(known)}
    transaction.run("UPDATE installed SET number = %(number)s, views = %(views)s, kinds = %(kinds)s", **values)
    return number, secret, views, known


def _make_tables(transaction: Transaction, schema: str, state: State | None, wanted: Mapping[str, str]) -> State:
    # Workers get the tables when they are distributed, and changes from then on. Before, Citus would also try to give
    # them the role of this connection, which only a superuser may do.
    on = state is not None and is_distributed(transaction, schema)
    names = {"{schema}": sql.Identifier(schema).as_string(), "{propagation}": "on" if on else "off"}

    def run(statements: Sequence[str]) -> None:
        for name, value in names.items():
            statements = [statement.replace(name, value) for statement in statements]
        transaction.run_each(statements)

    run([PROPAGATION])
    if state is None:
        run(_INSTALLED)
        run(FIRST)
        state = (OLDEST, secrets.token_bytes(KEY_BYTES), {}, {})
        transaction.run("INSERT INTO installed VALUES (%(number)s, %(secret)s, '{}')", number=OLDEST, secret=state[1])
    ((owner,),) = transaction.rows(_OWNER)
    names["{owner}"] = sql.Identifier(owner).as_string()
    for step in UPGRADES[state[0] - OLDEST :]:
        run(step)
    for name, statement in wanted.items():
        if state[2].get(name) != statement:
            transaction.run_each([f"DROP VIEW IF EXISTS {sql.Identifier(schema, name).as_string()}", statement])
    return NUMBER, state[1], {**state[2], **wanted}, state[3]
