"""Behind a job the word index lies in few segments, and putting it in order keeps nobody out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from contactcore import User, Workspace
from contactcore.errors import StorageError
from contactcore.storage import SYSTEM, Kind, Order, Query, Record
from contactcore_sqlite import SQLiteStorage
from contactcore_sqlite.connection import Connection
from contactcore_sqlite.words import merge_words

pytestmark = pytest.mark.req("DIR-10")
KIND = Kind("contact", (Order("name", words=True),))
AMELIE = User("amelie")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "crm.db"


@pytest.fixture
def storage(path: Path) -> Iterator[SQLiteStorage]:
    with closing(SQLiteStorage(path, patience=0.1)) as storage:
        yield storage


def _segments(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        ((count,),) = connection.execute("SELECT count(DISTINCT segid) FROM word_idx").fetchall()
        return int(count)


def _put(storage: SQLiteStorage, numbers: range) -> None:
    with storage.write("acme") as writer:
        writer.insert(
            [
                Record(kind="contact", id=f"{n:05}", orders={"name": f"{n:05}"}, words=frozenset({f"doe{n}", "jo"}))
                for n in numbers
            ]
        )


def _file(first: int, rows: int) -> str:
    lines = [f"Given{n},Family{n},jo{n}@example.org" for n in range(first, first + rows)]
    return "\n".join(["First name,Last name,E-mail", *lines])


def test_an_import_leaves_the_words_in_one_segment(storage: SQLiteStorage, path: Path) -> None:
    imports = Workspace(storage, name="acme").imports(AMELIE)
    assert imports.apply(imports.plan(_file(0, 2_500))).created == 2_500
    assert _segments(path) == 1


def test_a_small_import_leaves_what_is_large_alone_until_all_is_asked_for(storage: SQLiteStorage, path: Path) -> None:
    imports = Workspace(storage, name="acme").imports(AMELIE)
    imports.apply(imports.plan(_file(0, 2_500)))
    imports.apply(imports.plan(_file(5_000, 20)))
    assert _segments(path) == 2
    storage.tidy(whole=True)
    assert _segments(path) == 1


def test_a_change_of_language_leaves_the_words_in_one_segment(storage: SQLiteStorage, path: Path) -> None:
    workspace = Workspace(storage, name="acme", language="de")
    imports = workspace.imports(AMELIE)
    imports.apply(imports.plan(_file(0, 600)))
    workspace.change_language(User("root", admin=True), "sv")
    assert _segments(path) == 1


def test_what_many_small_transactions_left_is_merged(storage: SQLiteStorage, path: Path) -> None:
    storage.install([KIND])
    for number in range(3):
        _put(storage, range(number * 10, number * 10 + 10))
    assert _segments(path) == 3
    with closing(SQLiteStorage(path)) as another:
        another.tidy()
    assert _segments(path) == 1


def test_others_write_and_read_between_the_steps(
    storage: SQLiteStorage, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage.install([KIND])
    for number in range(3):
        _put(storage, range(number * 1_000, number * 1_000 + 1_000))
    query = Query(kind="contact", order="name", access=SYSTEM, words=("doe99",), limit=100)
    found: list[int] = []
    with closing(SQLiteStorage(path, patience=0.1)) as another:
        another.install([KIND])

        @contextmanager
        def one_by_one() -> Iterator[Connection]:
            with storage._transaction() as connection:
                yield connection
            _put(another, range(990_000 + len(found), 990_001 + len(found)))
            with another.read("acme") as reader:
                found.append(len(reader.find(query).cards))

        monkeypatch.setattr("contactcore_sqlite.words._PAGES_AT_ONCE", 20)
        with another.read("acme") as early:
            merge_words(one_by_one, 200)
            assert len(early.find(query).cards) == 11
    assert found == list(range(12, 12 + len(found)))
    assert len(found) > 5


def test_a_file_that_another_holds_is_put_in_order_another_time(storage: SQLiteStorage, path: Path) -> None:
    storage.install([KIND])
    _put(storage, range(10))
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageError) as refused:
            storage.tidy()
    assert refused.value.code == "storage-busy"
