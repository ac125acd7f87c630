"""A process that is killed while it upgrades a file leaves the old file whole, and the next one upgrades it."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from contactcore.storage import Kind, Order
from contactcore.storage.postings import Postings
from contactcore_sqlite import SQLiteStorage
from contactcore_sqlite.schema import SCHEMA
from support.sqlite_dumps import restore
from support.sqlite_indexes import check_indexes

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")

KINDS = (
    Kind("contact", (Order("name", terms=("tag:",), words=True), Order("due", due=True))),
    Kind("person", (Order("name"),), {"contact": "contact"}),
)
DUMP = Path(__file__).parent / "dumps" / "2.sql"
PEOPLE, STEPS = 3_000, 10_000

_CODE = """
import os, signal, sys
from contactcore_sqlite import SQLiteStorage, schema
from contactcore.storage import Kind

path, kills_at, steps = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
inner, calls = schema._run_script, [0]

def counted():
    calls[0] += 1
    if calls[0] == kills_at:
        os.kill(os.getpid(), signal.SIGKILL)

def watched(connection, script):
    connection.driver_connection.set_progress_handler(counted, steps)
    inner(connection, script)

schema._run_script = watched
SQLiteStorage(path).install((Kind("contact"), Kind("person", references={"contact": "contact"})))
print(calls[0])
"""


def enlarge(path: Path) -> None:
    """Give the contact of the dump many people, whom everybody sees."""
    with closing(sqlite3.connect(path)) as file:
        (secret,) = file.execute("SELECT value FROM setting WHERE name = 'secret'").fetchone()
        (place,) = file.execute("SELECT position FROM entry WHERE record = 2").fetchone()
        numbers = f"WITH RECURSIVE c(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM c WHERE k < {PEOPLE})"
        for into in (
            """record SELECT k + 2, workspace, kind, printf('p%05d', k), version, owner, '["visible:*"]', card, words,
            index_data, body FROM c, record AS r WHERE r.n = 2""",
            f"entry SELECT {place} + k, k + 2, 'jane' FROM c",
            f"ordering SELECT 3, 'jane', printf('p%05d', k), {place} + k FROM c",
            f"posting SELECT {Postings(secret).access('visible:*')}, {place} + k FROM c",
            "reference SELECT 1, k + 2, 'contact' FROM c",
        ):
            file.execute(f"{numbers} INSERT INTO {into}")
        file.commit()


def upgraded(path: Path, kills_at: int) -> subprocess.CompletedProcess[str]:
    arguments = [sys.executable, "-c", _CODE, str(path), str(kills_at), str(STEPS)]
    return subprocess.run(arguments, check=False, timeout=100, capture_output=True, text=True)


def test_a_killed_upgrade_leaves_the_old_file_and_is_done_again(path: Path, tmp_path: Path) -> None:
    whole = tmp_path / "whole.db"
    for one in (path, whole):
        restore(DUMP, one)
        enlarge(one)
    steps = int(upgraded(whole, -1).stdout)
    assert steps >= 10
    for kills_at in sorted({1, 2, steps // 4, steps // 2, steps - 1, steps}):
        assert upgraded(path, kills_at).returncode == -signal.SIGKILL
        with closing(sqlite3.connect(path)) as file:
            assert file.execute("PRAGMA user_version").fetchone() == (2,)
            assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert file.execute("SELECT count(*) FROM record WHERE access <> '[]'").fetchone() == (PEOPLE + 1,)
    with closing(SQLiteStorage(path)) as storage:
        storage.install(KINDS)
        check_indexes(storage, KINDS)
        with storage.read("acme") as reader:
            assert len(reader.dump("person", limit=PEOPLE + 2)) == PEOPLE + 1
    with closing(sqlite3.connect(path)) as file, closing(sqlite3.connect(whole)) as other:
        assert file.execute("PRAGMA user_version").fetchone() == (SCHEMA,)
        for table in ("record", "entry", "ordering", "posting", "reference", "access_set", "access_term"):
            read = f"SELECT * FROM {table} ORDER BY 1, 2"
            assert file.execute(read).fetchall() == other.execute(read).fetchall()
