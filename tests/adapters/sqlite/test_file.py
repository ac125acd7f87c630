from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path

import pytest

from contactcore.errors import StorageError
from contactcore.storage import Event, Kind, Record, View
from contactcore_sqlite import SQLiteStorage
from contactcore_sqlite.connection import Connection, Row, translation
from contactcore_sqlite.schema import APPLICATION, SCHEMA


def refusal_of(path: Path) -> StorageError:
    with closing(SQLiteStorage(path)) as storage, pytest.raises(StorageError) as refusal:
        storage.install(())
    return refusal.value


def test_a_write_is_durable_and_references_are_kept_by_the_file_too(storage: SQLiteStorage) -> None:
    with storage.write("acme") as writer:
        pragmas = {
            name: writer._connection.row(f"PRAGMA {name}") for name in ("journal_mode", "synchronous", "foreign_keys")
        }
        assert writer._connection.driver_connection.in_transaction
    assert pragmas == {"journal_mode": ("wal",), "synchronous": (2,), "foreign_keys": (1,)}


def test_the_file_says_whose_it_is(storage: SQLiteStorage, path: Path) -> None:
    assert storage.path == path
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("PRAGMA application_id").fetchone() == (APPLICATION,)
        assert file.execute("PRAGMA user_version").fetchone() == (SCHEMA,)


def test_a_newer_schema_is_refused_and_left_alone(storage: SQLiteStorage, path: Path) -> None:
    storage.close()
    with closing(sqlite3.connect(path)) as file:
        file.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    refusal = refusal_of(path)
    assert refusal.code == "storage-newer"
    assert "upgrade contactcore" in str(refusal)
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("PRAGMA user_version").fetchone() == (SCHEMA + 1,)


def test_a_program_that_runs_on_while_a_newer_release_upgrades_the_file_is_refused(
    storage: SQLiteStorage, path: Path
) -> None:
    with storage.write("acme") as writer:
        writer.insert([Record(kind="contact", id="1")])
    with storage.read("acme") as earlier:
        with closing(sqlite3.connect(path)) as file:
            file.execute(f"PRAGMA user_version = {SCHEMA + 1}")
        for _ in range(2):
            for open_one in (storage.read, storage.write):
                with pytest.raises(StorageError) as refusal, open_one("acme") as opened:
                    opened.dump("contact")
                assert refusal.value.code == "storage-newer"
            with pytest.raises(StorageError, match="newer release"):
                storage.drop("acme")
        assert [one.id for one in earlier.dump("contact")] == ["1"]  # its snapshot is older


@pytest.mark.parametrize("name", ["last record", "access sets", "feed", "1", "' OR 1", "*"])
def test_a_workspace_may_have_any_name(storage: SQLiteStorage, name: str) -> None:
    for number in range(2):
        with storage.write(name) as writer:
            writer.insert([Record(kind="contact", id=str(number))])
            writer.publish([Event(name="added", subject=str(number), at="now")])
        with storage.read(name) as reader:
            assert len(reader.dump("contact")) == len(reader.feed()) == number + 1


@pytest.mark.parametrize(
    "statements",
    [
        ("CREATE TABLE theirs (x)",),
        ("PRAGMA journal_mode = WAL", "CREATE TABLE theirs (x)"),
        ("PRAGMA application_id = 1", "CREATE TABLE theirs (x)"),
        (f"PRAGMA user_version = {SCHEMA}", "CREATE TABLE record (x)"),
        ("PRAGMA user_version = 7",),
    ],
)
def test_a_database_of_another_program_is_refused_and_no_byte_of_it_changes(
    path: Path, statements: tuple[str, ...]
) -> None:
    with closing(sqlite3.connect(path)) as file:
        for statement in statements:
            file.execute(statement)
        file.commit()
    before = path.read_bytes()
    assert refusal_of(path).code == "storage-foreign"
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_file_that_is_no_database_is_refused_and_left_alone(path: Path) -> None:
    path.write_bytes(b"name;email\n" * 1_000)
    assert refusal_of(path).code == "storage-unreadable"
    assert path.read_bytes() == b"name;email\n" * 1_000


def test_an_empty_file_becomes_a_storage(path: Path) -> None:
    path.touch()
    with closing(SQLiteStorage(path)) as storage:
        storage.install(())
        assert storage.create("acme")


def test_a_folder_is_refused_and_so_is_a_missing_one(tmp_path: Path) -> None:
    assert refusal_of(tmp_path).code == "storage-unreadable"
    refusal = refusal_of(tmp_path / "missing" / "crm.db")
    assert refusal.code == "storage-folder-missing"
    assert "missing" in str(refusal)


@pytest.mark.parametrize("reason", [errno.EACCES, errno.EROFS])
def test_a_new_file_in_a_folder_that_may_not_be_written_is_refused_as_read_only(
    path: Path, monkeypatch: pytest.MonkeyPatch, reason: int
) -> None:
    def refuse(*_: object) -> int:
        raise OSError(reason, os.strerror(reason))

    monkeypatch.setattr(os, "open", refuse)
    refusal = refusal_of(path)
    assert refusal.code == "storage-read-only"
    assert str(path) in str(refusal)
    assert not path.exists()


@pytest.mark.parametrize("name", [":memory:", ""])
def test_what_is_no_file_is_refused_with_the_storage_to_use_instead(name: str) -> None:
    with pytest.raises(StorageError, match="MemoryStorage") as refusal:
        SQLiteStorage(name)
    assert refusal.value.code == "storage-not-shared"


def test_a_read_only_file_is_refused_by_name_when_it_is_written(storage: SQLiteStorage) -> None:
    with storage._pool.writing() as connection:
        connection.run("PRAGMA query_only = ON")
    with pytest.raises(StorageError) as refusal:
        storage.create("acme")
    assert refusal.value.code == "storage-read-only"


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (sqlite3.SQLITE_FULL, "storage-full"),
        (sqlite3.SQLITE_BUSY, "storage-busy"),
        (sqlite3.SQLITE_BUSY | 2 << 8, "storage-busy"),
        (sqlite3.SQLITE_CORRUPT, "storage-unreadable"),
        (sqlite3.SQLITE_IOERR | 10 << 8, "storage-lost"),
        (sqlite3.SQLITE_READONLY, "storage-read-only"),
        (sqlite3.SQLITE_ERROR, "storage"),
    ],
)
def test_faults_of_the_driver_have_names_of_ours(fault: int, code: str) -> None:
    error = sqlite3.OperationalError("as SQLite says it")
    error.sqlite_errorcode = fault
    assert translation(error, "crm.db").code == code


def test_a_full_disk_keeps_nothing_of_the_transaction_and_the_file_goes_on(
    storage: SQLiteStorage, kinds: tuple[Kind, ...]
) -> None:
    with storage.write("acme") as writer:
        writer.insert([Record(kind="contact", id="1")])
    with storage._pool.writing() as connection:
        ((pages,),) = connection.rows("PRAGMA page_count")
        connection.run(f"PRAGMA max_page_count = {pages}")
    large = [Record(kind="contact", id=f"x{number}", body=b"1" * 50_000) for number in range(100)]
    with pytest.raises(StorageError) as refusal, storage.write("acme") as writer:
        writer.insert(large)
    assert refusal.value.code == "storage-full"
    connection.run("PRAGMA max_page_count = 1073741823")
    with storage.write("acme") as writer:
        writer.insert([Record(kind="contact", id="2")])
        assert [record.id for record in writer.dump("contact")] == ["1", "2"]


def test_a_busy_file_is_said_to_be_busy(storage: SQLiteStorage, path: Path, kinds: tuple[Kind, ...]) -> None:
    with closing(SQLiteStorage(path, patience=0)) as other:
        other.install(kinds)
        with storage.write("acme") as writer:
            writer.insert([Record(kind="contact", id="1")])
            with pytest.raises(StorageError) as refusal, other.write("acme"):
                pass
            assert refusal.value.code == "storage-busy"
            with other.read("acme") as reader:  # readers wait for nobody
                assert reader.dump("contact") == []


@pytest.mark.parametrize("put_in_its_place", [False, True])
def test_a_file_that_lost_its_name_while_it_was_open_takes_no_writes(
    storage: SQLiteStorage, path: Path, kinds: tuple[Kind, ...], put_in_its_place: bool
) -> None:
    storage.install(kinds)
    aside = path.with_name("aside.db")
    path.rename(aside)
    if put_in_its_place:
        path.write_bytes(b"")
    for open_one in (storage.read, storage.write):
        with pytest.raises(StorageError) as refusal, open_one("acme"):
            pass
        assert refusal.value.code == "storage-lost"
    assert path.exists() == put_in_its_place
    aside.replace(path)
    with storage.write("acme") as writer:
        writer.publish([Event(name="x", subject="y", at="2026-01-31T00:00:00Z")])


def test_a_name_that_no_file_can_have_is_refused(tmp_path: Path) -> None:
    assert refusal_of(tmp_path / ("x" * 300)).code == "storage-unreadable"


def test_report_views_show_bodies_with_their_workspace(storage: SQLiteStorage, path: Path) -> None:
    views = (
        View("person", "contact", {"given": ("name", "given"), "odd": ("a b",)}),
        View("person_email", "contact", {"email": ("address",)}, each=("emails",)),
        View("person_tag", "contact", {"tag": ()}, each=("tags",)),
    )
    storage.install((), views)
    storage.install((), views)
    body = b'{"name": {"given": "Jane"}, "a b": 1, "emails": [{"address": "a@x.fr"}, "odd"], "tags": ["vip"]}'
    with storage.write("acme") as writer:
        writer.insert([Record(kind="contact", id="1", body=body), Record(kind="contact", id="2", body=b"no json")])
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("SELECT * FROM person").fetchall() == [("acme", "1", "Jane", 1)]
        assert file.execute("SELECT * FROM person_email").fetchall() == [("acme", "1", "a@x.fr"), ("acme", "1", None)]
        assert file.execute("SELECT * FROM person_tag").fetchall() == [("acme", "1", "vip")]


def test_scrub_leaves_nothing_of_what_was_deleted_in_the_files(storage: SQLiteStorage, path: Path) -> None:
    erased = Record(
        kind="contact", id="1", body=b"findme-body", words=frozenset({"findme-word"}), orders={"name": "findme-key"}
    )
    with storage.write("acme") as writer:
        writer.insert([erased, Record(kind="contact", id="2", words=frozenset({"stays"}), orders={"name": "stays"})])
    with storage.write("acme") as writer:
        writer.delete("contact", "1", 1)
    storage.scrub()
    for file in path.parent.iterdir():
        assert b"findme" not in file.read_bytes(), file
    with storage.read("acme") as reader:
        assert [record.id for record in reader.dump("contact")] == ["2"]


@pytest.mark.skipif(os.name != "posix", reason="needs modes of files")
def test_files_that_we_make_are_for_their_user_only(tmp_path: Path, kinds: tuple[Kind, ...]) -> None:
    before = os.umask(0)
    try:
        for name in ("crm.db", "link.db"):
            if name == "link.db":
                (tmp_path / name).symlink_to(tmp_path / "target.db")
            with closing(SQLiteStorage(tmp_path / name)) as storage:
                storage.install(kinds)
                with storage.write("acme") as writer, storage.read("acme"):
                    writer.insert([Record(kind="contact", id="1")])
                modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
                assert len(modes) >= 3
                assert set(modes.values()) == {0o600}
    finally:
        os.umask(before)


@pytest.mark.skipif(os.name != "posix", reason="needs modes of files")
def test_the_mode_of_a_file_that_was_there_stays(path: Path, kinds: tuple[Kind, ...]) -> None:
    path.touch()
    path.chmod(0o640)
    with closing(SQLiteStorage(path)) as storage:
        storage.install(kinds)
        with storage.write("acme") as writer:
            writer.insert([Record(kind="contact", id="1")])
        assert {one.stat().st_mode & 0o777 for one in path.parent.iterdir()} == {0o640}


def test_deleted_and_replaced_bytes_are_gone_from_the_file_without_scrubbing(
    path: Path, kinds: tuple[Kind, ...]
) -> None:
    secret = [b"findme-%d" % number + b"x" * (number * 997 % 9_000) for number in range(300)]
    with closing(SQLiteStorage(path)) as storage:
        storage.install(kinds)
        for first in range(0, 300, 50):
            with storage.write("acme") as writer:
                for number in range(first, first + 50):
                    name = {"name": f"findme-{number * 7919 % 300}"}
                    writer.insert([Record(kind="contact", id=str(number), body=secret[number], orders=name)])
                writer.keep_blob(f"digest {first}", b"findme" * 1_000)
    with closing(SQLiteStorage(path)) as storage:
        storage.install(kinds)
        for number in range(300):
            with storage.write("acme") as writer:
                if number % 3:
                    writer.delete("contact", str(number), 1)
                else:
                    writer.replace(Record(kind="contact", id=str(number), version=2, body=b"{}"), 1)
                writer.drop_blob(f"digest {number}")
    assert [one.name for one in path.parent.iterdir()] == [path.name]  # the log ended with the last connection
    assert b"findme" not in path.read_bytes()


def test_a_new_file_that_another_process_makes_meanwhile_is_no_database_of_another_program(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask, others = Connection.row, [SQLiteStorage(path, patience=0)]

    def interrupted(connection: Connection, sql: str, values: Sequence[object] = ()) -> Row | None:
        answer = ask(connection, sql, values)
        if sql == "PRAGMA application_id" and others:
            with suppress(StorageError), closing(others.pop()) as other:
                other.install([])
        return answer

    monkeypatch.setattr(Connection, "row", interrupted)
    for _ in range(2):
        with closing(SQLiteStorage(path)) as storage:
            storage.install([])
            assert storage.workspaces() == []
    assert not others
