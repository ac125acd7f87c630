"""The tables, and the steps that upgrade them.

Every key begins with the workspace, which is also the column by which Citus distributes the tables. Each table shows
only the rows of the workspace that the transaction has named, to its owner too. A connection that names none sees no
rows.

From number 2 on every change of the tables is a step in `UPGRADES`, and every number has a dump in
`tests/adapters/postgres/dumps` that a test upgrades. Each statement of a step is sent as a message of its own, because
Citus refuses most definitions in a longer message.

- `record`: one row for each record, with everything that is needed to return it.
- `posting`: the posting lists. `list` is a hash of kind, order and term. The records of a list are sorted by their keys
  as text, so that writers never wait for each other. Integer places took 2.3 times less room. Neither was clearly
  faster to write (each led at one size of batch), but places must be renumbered under a lock.
- `word`, `unique_key`, `reference`, `due`, `event`, `blob`: the rows that their names say.
- `installed`: the schema number, the secret key of the hashes, the report views, and the declarations of kinds.
"""

# ruff: noqa: S608 - statements are built from constants

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["FIRST", "NUMBER", "OLDEST", "PROPAGATION", "TABLES", "UPGRADES"]

TABLES: Final = ("workspace", "record", "posting", "word", "unique_key", "reference", "due", "event", "blob")
"""All tables that hold data of a workspace. `workspace` is the first one, because the others are co-located with it."""

_TABLES = """
CREATE TABLE workspace (
    workspace text COLLATE "C" PRIMARY KEY CHECK (workspace <> ''),
    feed bigint NOT NULL DEFAULT 0
);
CREATE TABLE record (
    workspace text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    owner text COLLATE "C" NOT NULL,
    card bytea NOT NULL,
    access text[] COLLATE "C" NOT NULL,
    terms text[] COLLATE "C" NOT NULL,
    words text[] COLLATE "C" NOT NULL,
    keys text[] COLLATE "C" NOT NULL,
    orders jsonb NOT NULL,
    refers jsonb NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (workspace, kind, id)
);
CREATE INDEX record_owner ON record (workspace, kind, owner) WHERE owner <> '';
CREATE TABLE posting (
    workspace text COLLATE "C" NOT NULL,
    list bigint NOT NULL,
    key text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace, list, key, id)
);
CREATE TABLE word (
    workspace text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    word text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace, kind, word, id)
);
CREATE TABLE unique_key (
    workspace text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace, key)
);
CREATE TABLE reference (
    workspace text COLLATE "C" NOT NULL,
    to_kind text COLLATE "C" NOT NULL,
    to_id text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace, to_kind, to_id, kind, id, name)
);
CREATE TABLE due (
    workspace text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace, kind, name, key, id)
);
CREATE INDEX due_key ON due (workspace, key);
CREATE TABLE event (
    workspace text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    name text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    at text COLLATE "C" NOT NULL,
    data bytea NOT NULL,
    PRIMARY KEY (workspace, position)
);
CREATE TABLE blob (
    workspace text COLLATE "C" NOT NULL,
    digest text COLLATE "C" NOT NULL,
    data bytea NOT NULL,
    PRIMARY KEY (workspace, digest)
);
ALTER TABLE blob ALTER COLUMN data SET STORAGE EXTERNAL;
""" + "".join(
    f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY seal ON {table} USING (workspace = nullif(current_setting('contactcore.workspace', true), ''));
"""
    for table in TABLES
)

# Statistics quote values of the columns, so deleted data would live on in them. No plan of this adapter depends on
# them.
_WITHOUT_STATISTICS = "".join(
    f"ALTER TABLE {table} " + ", ".join(f"ALTER {column} SET STATISTICS 0" for column in columns.split()) + ";\n"
    for table, columns in (
        ("record", "card access terms words keys orders refers body"),
        ("posting", "key"),
        ("word", "word"),
        ("unique_key", "key"),
        ("due", "key"),
        ("event", "subject data"),
        ("blob", "digest data"),
    )
)

# Only the coordinator needs the function that lists workspaces. Citus would pass its grants on without the quotes that
# the name of the schema may need. Other servers treat the setting as one that nothing reads.
_HERE_ONLY = "SET LOCAL citus.enable_ddl_propagation = off"
PROPAGATION: Final = "SET LOCAL citus.enable_ddl_propagation = {propagation}"

_LISTING = (
    """
CREATE POLICY listing ON workspace FOR SELECT USING (
    current_setting('contactcore.listing', true) = 'on'
    AND pg_has_role((SELECT relowner FROM pg_class WHERE oid = 'workspace'::regclass), 'USAGE'))
""",
    """
CREATE POLICY listing ON due FOR SELECT USING (
    current_setting('contactcore.listing', true) = 'on'
    AND pg_has_role((SELECT relowner FROM pg_class WHERE oid = 'due'::regclass), 'USAGE'))
""",
    _HERE_ONLY,
    """
CREATE FUNCTION workspaces(beyond text, most bigint, before text) RETURNS SETOF text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
BEGIN
    PERFORM set_config('contactcore.listing', 'on', true);
    IF before IS NULL THEN
        RETURN QUERY SELECT w.workspace FROM workspace w WHERE w.workspace > beyond COLLATE "C"
            ORDER BY w.workspace LIMIT most;
    ELSE
        RETURN QUERY SELECT w.workspace FROM workspace w WHERE w.workspace > beyond COLLATE "C" AND EXISTS (
            SELECT 1 FROM due d WHERE d.workspace = w.workspace AND d.key < before COLLATE "C")
            ORDER BY w.workspace LIMIT most;
    END IF;
    PERFORM set_config('contactcore.listing', 'off', true);
END $$
""",
    "REVOKE ALL ON FUNCTION workspaces(text, bigint, text) FROM PUBLIC",
    PROPAGATION,
    """
CREATE FUNCTION json_of(body bytea) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN convert_from(body, 'UTF8')::jsonb;
EXCEPTION WHEN data_exception OR invalid_text_representation OR program_limit_exceeded THEN
    RETURN NULL;
END $$
""",
)


def _statements(script: str) -> tuple[str, ...]:
    return tuple(statement.strip() for statement in script.split(";\n") if statement.strip())


FIRST: Final = _statements(_TABLES + _WITHOUT_STATISTICS) + _LISTING
"""The statements that make the tables of schema `OLDEST`. In these and in `UPGRADES`, `{schema}` stands for the quoted
name of the schema, `{owner}` for that of the owner of the tables, and `{propagation}` for `on` or `off`: whether Citus
passes definitions on to its workers."""

OLDEST: Final = 2
"""The oldest schema number that can be upgraded. Development versions before the first release wrote number 1."""

# Only the owner of the tables, in the function `workspaces`, reads across workspaces, and only names and due times.
# Citus takes no sub-query in a policy, passes SET LOCAL to its workers but not `set_config`, and makes no generic plan
# of a question to all shards.
_LISTING_ON_A_CLUSTER = (
    "DROP POLICY listing ON workspace",
    "DROP POLICY listing ON due",
    """
CREATE POLICY listing ON workspace FOR SELECT TO {owner} USING (current_setting('contactcore.listing', true) = 'on')
""",
    """
CREATE POLICY listing ON due FOR SELECT TO {owner} USING (current_setting('contactcore.listing', true) = 'on')
""",
    _HERE_ONLY,
    """
CREATE OR REPLACE FUNCTION workspaces(beyond text, most bigint, before text) RETURNS SETOF text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp SET plan_cache_mode = force_custom_plan AS $$
BEGIN
    SET LOCAL contactcore.listing = 'on';
    IF before IS NULL THEN
        RETURN QUERY SELECT w.workspace FROM workspace w WHERE w.workspace > beyond COLLATE "C"
            ORDER BY w.workspace LIMIT most;
    ELSE
        RETURN QUERY SELECT w.workspace FROM workspace w WHERE w.workspace > beyond COLLATE "C" AND EXISTS (
            SELECT 1 FROM due d WHERE d.workspace = w.workspace AND d.key < before COLLATE "C")
            ORDER BY w.workspace LIMIT most;
    END IF;
    SET LOCAL contactcore.listing = 'off';
END $$
""",
    PROPAGATION,
)


# PostgreSQL would read all rows of a workspace that is larger than the average one: it would take them one by one and
# look each up in the array, since it expects few of them. Inside a loop it can only look up the row that is meant. A
# cluster plans for the values of each statement instead and does without these functions.
def _loop(name: str, columns: Mapping[str, str], statement: str, also: str = "") -> str:
    """Return a function that runs a statement for each row of equally long arrays, one array for each column."""
    given = ", ".join(f"{column}s {type}[]" for column, type in columns.items())
    return f"""
CREATE FUNCTION {name}(ws text, {given}{also}) RETURNS void
    LANGUAGE plpgsql AS $$
BEGIN
    FOR step IN 1..cardinality({next(iter(columns))}s) LOOP
        {statement};
    END LOOP;
END $$
"""


def _removal(table: str, columns: Mapping[str, str]) -> str:
    same = " AND ".join(f"t.{column} = {column}s[step]" for column in columns)
    return _loop(f"remove_{table}", columns, f"DELETE FROM {{schema}}.{table} t WHERE t.workspace = ws AND {same}")


_ROWS_ARE_LOOKED_UP = (
    _HERE_ONLY,
    _removal("posting", {"list": "bigint", "key": "text", "id": "text"}),
    _removal("word", dict.fromkeys(("kind", "word", "id"), "text")),
    _removal("due", dict.fromkeys(("kind", "name", "key", "id"), "text")),
    _removal("reference", dict.fromkeys(("to_kind", "to_id", "kind", "id", "name"), "text")),
    _removal("unique_key", {"key": "text"}),
    _loop(
        "set_access",
        {"kind": "text", "id": "text"},
        "UPDATE {schema}.record r SET access = wanted"
        " WHERE r.workspace = ws AND r.kind = kinds[step] AND r.id = ids[step]",
        also=", wanted text[]",
    ),
    PROPAGATION,
)

_KINDS_ARE_KEPT = ("ALTER TABLE installed ADD COLUMN kinds text COLLATE \"C\" NOT NULL DEFAULT '{}'",)

UPGRADES: Final[tuple[tuple[str, ...], ...]] = (_LISTING_ON_A_CLUSTER, _KINDS_ARE_KEPT, _ROWS_ARE_LOOKED_UP)
"""The statements that change each schema number into the next one, from `OLDEST` on. A released step never changes."""

NUMBER: Final = OLDEST + len(UPGRADES)
"""The schema number of this release."""
