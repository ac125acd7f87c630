"""A long job sees whether somebody waits to write: a thread, or another process."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from contactcore.errors import StorageError
from contactcore_sqlite import SQLiteStorage
from contactcore_sqlite.waiting_writers import WaitingWriters


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def waiting(path: Path, clock: Clock) -> WaitingWriters:
    Path(f"{path}-shm").touch()
    return WaitingWriters(str(path), clock)


@pytest.fixture
def storage(path: Path) -> Iterator[SQLiteStorage]:
    with closing(SQLiteStorage(path)) as opened:
        opened.install([])
        yield opened


def test_nobody_is_expected_who_never_waited(waiting: WaitingWriters) -> None:
    assert [waiting.expected() for _ in range(3)] == [False] * 3


def test_another_process_that_waits_is_expected_for_ten_seconds(
    path: Path, waiting: WaitingWriters, clock: Clock
) -> None:
    assert not waiting.expected()
    WaitingWriters(str(path)).tell()
    found = []
    for passed in (0.0, 9.0, 0.9, 0.2):
        clock.now += passed
        found.append(waiting.expected())
    assert found == [True, True, True, False]


def test_a_thread_that_waits_is_expected_while_it_waits_and_ten_seconds_longer(
    waiting: WaitingWriters, clock: Clock
) -> None:
    with waiting.thread():
        assert waiting.expected()
    clock.now += 9.9
    assert waiting.expected()
    clock.now += 0.2
    assert not waiting.expected()


def test_a_file_that_is_not_there_or_may_not_be_touched_says_nothing(path: Path) -> None:
    unknown = WaitingWriters(str(path / "nowhere"))
    unknown.tell()
    assert not unknown.expected()
    assert not unknown.expected()


def test_a_writer_is_awaited_after_another_process_tried_in_vain(storage: SQLiteStorage, path: Path) -> None:
    with closing(SQLiteStorage(path, patience=0)) as other, storage.write("acme") as writer:
        before = writer.is_awaited()
        with pytest.raises(StorageError, match="Another writer"), other.write("acme"):
            pass
        assert (before, writer.is_awaited()) == (False, True)


def test_a_writer_is_awaited_while_a_thread_of_its_process_waits(storage: SQLiteStorage) -> None:
    def write() -> None:
        with storage.write("acme"):
            pass

    thread = threading.Thread(target=write)
    with storage.write("acme") as writer:
        assert not writer.is_awaited()
        thread.start()
        deadline = time.monotonic() + 60
        while not writer.is_awaited():
            assert time.monotonic() < deadline
    thread.join()


def test_readers_are_no_writers_that_wait(storage: SQLiteStorage, path: Path) -> None:
    with storage.write("acme") as writer:
        assert not writer.is_awaited()
        with storage.read("acme") as reader:
            reader.feed()
        assert not writer.is_awaited()


def test_who_waits_changes_no_byte_and_no_time_of_the_file_itself(storage: SQLiteStorage, path: Path) -> None:
    with storage.write("acme"):
        pass
    before = path.stat()
    with closing(SQLiteStorage(path, patience=0)) as other, storage.write("acme"), pytest.raises(StorageError):
        other.create("beta")
    after = path.stat()
    assert (before.st_mtime_ns, before.st_size) == (after.st_mtime_ns, after.st_size)
