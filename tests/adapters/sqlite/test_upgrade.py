"""Files of every schema there was, kept as dumps, open in this release; files of development versions are refused.

A new step in `UPGRADES` brings a new dump: `python tests/adapters/sqlite/test_upgrade.py` writes it.
"""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from contactcore.errors import StorageError
from contactcore.storage import SYSTEM, Event, Kind, Order, Query, Record, View
from contactcore.storage.postings import Postings
from contactcore_sqlite import SQLiteStorage
from contactcore_sqlite.schema import OLDEST, SCHEMA, UPGRADES
from support.sqlite_dumps import dump, restore
from support.sqlite_indexes import check_indexes

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


def fill(storage: SQLiteStorage) -> None:
    storage.install(KINDS, VIEWS)
    with storage.write("acme") as writer:
        writer.insert(RECORDS)
        writer.publish([Event(name="added", subject="1", at="now")])
        writer.keep_blob("digest", b"\x00bytes")


def schema(path: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as file:
        found = file.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
        return [*found, ("version", str(file.execute("PRAGMA user_version").fetchone()))]


def test_every_schema_has_a_dump() -> None:
    assert {path.stem for path in DUMPS.glob("*.sql")} == {
        "development",
        *(str(number) for number in range(OLDEST, SCHEMA + 1)),
    }


@pytest.mark.parametrize("number", range(OLDEST, SCHEMA + 1))
def test_a_file_of_an_older_release_is_upgraded_and_holds_everything(path: Path, tmp_path: Path, number: int) -> None:
    restore(DUMPS / f"{number}.sql", path)
    with closing(SQLiteStorage(path)) as storage:
        storage.install(KINDS, VIEWS)
        with storage.read("acme") as reader:
            assert reader.dump("contact") + reader.dump("person") == RECORDS
            searched = Query(kind="contact", order="name:fr", access=frozenset({"visible:*"}), words=("mü",))
            tagged = Query(kind="contact", order="name:fr", access=SYSTEM, where=(frozenset({"tag:vip"}),))
            assert [card.id for card in reader.find(searched).cards] == ["1"]
            assert [card.id for card in reader.find(tagged).cards] == ["1"]
            assert reader.holders(["login/a"]) == [("contact", "1")]
            assert [published.position for published in reader.feed()] == [1]
            assert reader.blob("digest") == b"\x00bytes"
        assert storage.workspaces(due_before="2027") == ["acme"]
        check_indexes(storage, KINDS)
        with storage.write("acme") as writer:
            writer.delete("person", "2", 1)
            writer.delete("contact", "1", 3)
    fresh = tmp_path / "fresh.db"
    with closing(SQLiteStorage(fresh)) as storage:
        storage.install(KINDS, VIEWS)
    assert schema(path) == schema(fresh)
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        file.execute("INSERT INTO word (word) VALUES ('integrity-check')")


@pytest.mark.req("ACC-3")
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT kind, name, n FROM order_index WHERE workspace = 1",
        "SELECT n, has_words FROM order_index WHERE workspace = 1",
        "SELECT id, version, body, card, owner, access FROM record",
        (
            "INSERT INTO record (n, workspace, kind, id, version, owner, access, card, words, index_data, body) "
            "VALUES (9, 1, 'contact', '9', 1, '', '[]', '', '', '', '')"
        ),
        "UPDATE record SET version = 4, access = '[]'",
    ],
)
def test_a_program_of_an_older_release_that_runs_on_finds_no_column(path: Path, statement: str) -> None:
    # Otherwise it would find nobody, because it does not know the sets, and store access that this release cannot read.
    restore(DUMPS / "2.sql", path)
    with closing(sqlite3.connect(path)) as older:
        older.execute(statement)
        older.rollback()
        with closing(SQLiteStorage(path)) as storage:
            storage.install(KINDS, VIEWS)
        with pytest.raises(sqlite3.OperationalError, match=r"no (such )?column"):
            older.execute(statement)


def test_an_upgrade_removes_postings_that_no_record_has(path: Path) -> None:
    restore(DUMPS / "2.sql", path)
    with closing(sqlite3.connect(path)) as file:
        # As if a record had left its postings behind, beside a record that may be seen by others, and at a free place.
        (secret,) = file.execute("SELECT value FROM setting WHERE name = 'secret'").fetchone()
        term = Postings(secret).access("visible:*")
        file.execute("INSERT INTO posting SELECT ?, max(position) FROM entry", (term,))
        file.execute("INSERT INTO posting SELECT ?, max(position) + 1 FROM entry", (term,))
        file.execute("INSERT INTO posting SELECT 5, max(position) + 1 FROM entry")
        file.commit()
    with closing(SQLiteStorage(path)) as storage:
        storage.install(KINDS, VIEWS)
        check_indexes(storage, KINDS)


def test_a_file_of_a_development_version_is_refused_and_no_byte_of_it_changes(path: Path) -> None:
    restore(DUMPS / "development.sql", path)
    before = path.read_bytes()
    with closing(SQLiteStorage(path)) as storage:
        for refused in (lambda: storage.install(KINDS, VIEWS), storage.workspaces, lambda: storage.create("acme")):
            with pytest.raises(StorageError) as refusal:
                refused()
            assert refusal.value.code == "storage-outdated"
        assert "import them into a new file" in str(refusal.value)
        for open_one in (storage.read, storage.write):
            with pytest.raises(StorageError, match="development version"), open_one("acme"):
                pass
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_missing_steps_are_run_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(SQLiteStorage(path)) as storage:
        fill(storage)
    steps = ("CREATE TABLE more (a);\nINSERT INTO more VALUES (1);", "ALTER TABLE more ADD COLUMN b;")
    monkeypatch.setattr("contactcore_sqlite.schema.UPGRADES", (*UPGRADES, *steps))
    monkeypatch.setattr("contactcore_sqlite.schema.SCHEMA", SCHEMA + len(steps))
    for _ in range(2):
        with closing(SQLiteStorage(path)) as storage:
            storage.install(KINDS)
            with storage.read("acme") as reader:
                assert reader.dump("contact") + reader.dump("person") == RECORDS
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("PRAGMA user_version").fetchone() == (SCHEMA + len(steps),)
        assert file.execute("SELECT a, b FROM more").fetchall() == [(1, None)]


def test_a_step_that_fails_leaves_the_old_schema(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(SQLiteStorage(path)) as storage:
        fill(storage)
    before = schema(path)
    with monkeypatch.context() as patch:
        step = "CREATE TABLE more (a);\nINSERT INTO nowhere VALUES (1);"
        patch.setattr("contactcore_sqlite.schema.UPGRADES", (*UPGRADES, step))
        patch.setattr("contactcore_sqlite.schema.SCHEMA", SCHEMA + 1)
        with closing(SQLiteStorage(path)) as storage, pytest.raises(StorageError):
            storage.install(KINDS)
    assert schema(path) == before
    with closing(SQLiteStorage(path)) as storage:
        storage.install(KINDS)


def write_dump() -> None:
    """Dump a file of this release."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "crm.db"
        with closing(SQLiteStorage(path)) as storage:
            fill(storage)
        DUMPS.mkdir(exist_ok=True)
        (DUMPS / f"{SCHEMA}.sql").write_text(dump(path), encoding="utf-8")


if __name__ == "__main__":
    write_dump()
