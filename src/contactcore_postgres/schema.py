"""The tables, as numbered steps: a step that was released never changes; a new one is added behind it.

Every key begins with the workspace, which is also the column that Citus distributes by. Each table shows only the rows
of the workspace that the transaction has named, to its owner too; a connection that names none sees nothing.

- `record`: what is kept, a row each, with all that is needed to hand it out again.
- `posting`: the walks. `list` is a hash of kind, order and term; below it the records stand in their order as text, so
  that writers never wait for each other to be placed. Integer places took 2.3 times less room; which of the two is
  quicker to write did not come out (each led at one size of batch), but places must be numbered anew under a lock.
- `word`, `unique_key`, `reference`, `due`, `event`, `blob`: what their names say.
- `installed`: the number of the last step, the secret key of the hashes, and the report views that were made.
"""

from __future__ import annotations

from typing import Final

__all__ = ["NUMBER", "STEPS", "TABLES"]

TABLES: Final = ("workspace", "record", "posting", "word", "unique_key", "reference", "due", "event", "blob")
"""All tables that hold a workspace's data; `workspace` comes first since the others are placed along with it."""

_FIRST = """
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

# Statistics quote what the columns hold, and what was deleted would live on in them. No plan here depends on them.
_UNQUOTED = "".join(
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

# Only the owner, and only inside this function, looks across workspaces; and only at names and due times.
_LISTING = """
CREATE POLICY listing ON workspace FOR SELECT USING (
    current_setting('contactcore.listing', true) = 'on'
    AND pg_has_role((SELECT relowner FROM pg_class WHERE oid = 'workspace'::regclass), 'USAGE'));
CREATE POLICY listing ON due FOR SELECT USING (
    current_setting('contactcore.listing', true) = 'on'
    AND pg_has_role((SELECT relowner FROM pg_class WHERE oid = 'due'::regclass), 'USAGE'));
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
END $$;
CREATE FUNCTION json_of(body bytea) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN convert_from(body, 'UTF8')::jsonb;
EXCEPTION WHEN data_exception OR invalid_text_representation OR program_limit_exceeded THEN
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION workspaces(text, bigint, text) FROM PUBLIC;
"""

STEPS: Final = (_FIRST + _UNQUOTED + _LISTING,)
"""What brings a schema from one number to the next, from 0; `{schema}` is the schema's quoted name."""

NUMBER: Final = len(STEPS)
"""The number of this release's schema."""
