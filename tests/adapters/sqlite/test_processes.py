from __future__ import annotations

import importlib.util
import multiprocessing
import random
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from contactcore.errors import StorageError
from contactcore_sqlite import SQLiteStorage

CHILDREN = Path(__file__).with_name("sqlite_children.py")

# Tests are no package: a module that they share with their child processes is loaded by its path.
_spec = importlib.util.spec_from_file_location("sqlite_children", CHILDREN)
assert _spec is not None
assert _spec.loader is not None
children: Any = importlib.util.module_from_spec(_spec)
sys.modules["sqlite_children"] = children
_spec.loader.exec_module(children)

_RUN = "import sys; sys.path.insert(0, sys.argv[1]); import sqlite_children; sqlite_children.{call}"


def check_whole(path: Path, ids: set[str]) -> None:
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        file.execute("INSERT INTO word (word) VALUES ('integrity-check')")
    with closing(SQLiteStorage(path)) as storage:
        storage.install(children.KINDS)
        with storage.read("acme") as reader:
            assert {card.id for card in reader.find(children.BY_NAME).cards} == ids
            assert {record.id for record in reader.dump("contact")} == ids
            assert reader.holders([f"key:{id}" for id in ids]) == [("contact", id) for id in ids]
            assert reader.count(children.BY_NAME) == (len(ids),)


def test_processes_that_start_at_once_all_write(path: Path) -> None:
    names = ["a", "b", "c"]
    call = "add_some(sys.argv[2], sys.argv[3], 15)"
    processes = [
        subprocess.Popen([sys.executable, "-c", _RUN.format(call=call), str(CHILDREN.parent), str(path), name])
        for name in names
    ]
    assert [process.wait(timeout=60) for process in processes] == [0, 0, 0]
    check_whole(path, {f"{name}-{number}" for name in names for number in range(15)})
    with closing(SQLiteStorage(path)) as storage, storage.read("acme") as reader:
        assert [published.position for published in reader.feed()] == list(range(1, 46))


@pytest.mark.parametrize("seed", range(4))
def test_after_a_kill_all_that_was_acknowledged_is_there_and_nothing_half(path: Path, seed: int) -> None:
    kill_after = random.Random(seed).randint(0, 60)
    process = subprocess.Popen([sys.executable, str(CHILDREN), str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for acknowledged in process.stdout:
        if int(acknowledged) >= kill_after:
            break
    process.send_signal(signal.SIGKILL)
    rest = process.stdout.read().split()
    process.stdout.close()
    assert process.wait(timeout=60) == -signal.SIGKILL
    last = int(rest[-1]) if rest else kill_after
    with closing(SQLiteStorage(path)) as storage:
        storage.install(children.KINDS)
        with storage.read("acme") as reader:
            events = [int(published.event.subject) for published in reader.feed()]
    # The one that was under way may be there as well, or not; but only whole.
    assert events in (list(range(last + 1)), list(range(last + 2)))
    check_whole(path, {f"{number}-{side}" for number in events for side in ("left", "right")})


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="needs fork")
def test_a_fork_opens_connections_of_its_own(path: Path) -> None:
    context = multiprocessing.get_context("fork")
    with closing(SQLiteStorage(path)) as storage:
        storage.install(children.KINDS)
        with storage.write("acme") as writer:
            writer.insert([children.contact("parent")])
        queue = context.Queue()
        process = context.Process(target=children.add_in_fork, args=(storage, queue))
        process.start()
        assert queue.get(timeout=60) == ["child", "parent"]
        process.join(timeout=60)
        assert process.exitcode == 0
        with storage.write("acme") as writer:
            writer.insert([children.contact("later")])
    check_whole(path, {"parent", "child", "later"})


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="needs fork")
def test_what_a_fork_writes_stays_whatever_its_parent_does_with_the_file(path: Path) -> None:
    context = multiprocessing.get_context("fork")
    with closing(SQLiteStorage(path)) as storage:
        storage.install(children.KINDS)
        with storage.read("acme"):
            pass
        tell, told = context.Pipe()
        process = context.Process(target=children.add_in_fork_when_told, args=(storage, told))
        process.start()
        tell.send("write")
        assert tell.recv() == ""
    tell.send("write again, now that the parent has closed the file")
    assert tell.recv() == ""
    process.join(60)
    with closing(SQLiteStorage(path)) as storage:
        storage.install(children.KINDS)
        with storage.write("acme") as writer:
            writer.insert([children.contact("later")])
    check_whole(path, {"first", "second", "later"})


@pytest.mark.parametrize("way", ["read", "write"])
@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="needs fork")
def test_a_process_forked_amid_a_transaction_is_told_that_it_cannot_use_the_file(path: Path, way: str) -> None:
    context = multiprocessing.get_context("fork")
    with closing(SQLiteStorage(path, patience=0.0)) as storage:
        storage.install(children.KINDS)
        tell, told = context.Pipe()
        process = context.Process(target=children.add_in_fork_when_told, args=(storage, told))
        with getattr(storage, way)("acme"):
            process.start()
        for _ in range(2):
            tell.send("write")
            assert "forked while a transaction was under way" in tell.recv()
        process.join(60)
        with storage.write("acme") as writer:
            writer.insert([children.contact("later")])
    check_whole(path, {"later"})


def test_threads_write_one_after_the_other_and_read_meanwhile(path: Path) -> None:
    with closing(SQLiteStorage(path)) as storage:
        storage.install(children.KINDS)
        seen: list[bool] = []

        def add(name: str) -> None:
            for number in range(10):
                with storage.write("acme") as writer:
                    writer.insert([children.contact(f"{name}-{number}")])
                with storage.read("acme") as reader:
                    seen.append(reader.get("contact", [f"{name}-{number}"]) != [None])

        threads = [threading.Thread(target=add, args=(name,)) for name in "abcd"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert seen == [True] * 40
    check_whole(path, {f"{name}-{number}" for name in "abcd" for number in range(10)})


def test_what_was_closed_stays_closed(path: Path) -> None:
    storage = SQLiteStorage(path)
    storage.install(children.KINDS)
    storage.close()
    storage.close()
    with pytest.raises(StorageError) as refusal:
        storage.workspaces()
    assert refusal.value.code == "storage-closed"
