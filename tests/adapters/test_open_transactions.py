"""Open readers and writers: a thread has one writer, and nobody closes the storage before they end."""

from __future__ import annotations

import gc
import multiprocessing
import threading
from collections.abc import Callable
from typing import Any

import pytest

from contactcore.errors import StorageError
from contactcore.storage import Kind, Order, Record, Storage

KINDS = (Kind("contact", (Order("name"),)),)
ACME = "acme"


@pytest.fixture
def storage(storage: Storage) -> Storage:
    storage.install(KINDS)
    storage.create(ACME)
    return storage


def refusal_of(call: Callable[[], object]) -> StorageError:
    with pytest.raises(StorageError) as caught:
        call()
    return caught.value


def put(storage: Storage, id: str, workspace: str = ACME) -> None:
    with storage.write(workspace) as writer:
        writer.insert([Record(kind="contact", id=id)])


SECOND_WRITES: dict[str, Callable[[Storage], object]] = {
    "write": lambda storage: put(storage, "2"),
    "write elsewhere": lambda storage: put(storage, "2", "other"),
    "create": lambda storage: storage.create("other"),
    "create again": lambda storage: storage.create(ACME),
    "drop": lambda storage: storage.drop(ACME),
    "drop elsewhere": lambda storage: storage.drop("other"),
    "install": lambda storage: storage.install(KINDS),
    "scrub": lambda storage: storage.scrub(),
}


@pytest.mark.parametrize("second", SECOND_WRITES)
def test_a_second_write_of_a_thread_is_refused_at_once_and_the_first_one_goes_on(storage: Storage, second: str) -> None:
    with storage.write(ACME) as writer:
        writer.insert([Record(kind="contact", id="1")])
        refused = refusal_of(lambda: SECOND_WRITES[second](storage))
        assert refused.code == "writer-open"
        assert "This thread has an open writer already" in str(refused)
        with storage.read(ACME) as reader:
            assert reader.dump("contact") == []
        assert storage.workspaces() == [ACME]
    put(storage, "3")
    with storage.read(ACME) as reader:
        assert [record.id for record in reader.dump("contact")] == ["1", "3"]


def test_another_thread_may_write_as_soon_as_the_first_writer_ends(storage: Storage) -> None:
    began, results = threading.Event(), []

    def write() -> None:
        began.set()
        put(storage, "2")
        results.append("written")

    with storage.write(ACME) as writer:
        writer.insert([Record(kind="contact", id="1")])
        other = threading.Thread(target=write)
        other.start()
        began.wait(60)
    other.join(60)
    assert results == ["written"]


@pytest.mark.parametrize("open_one", ["read", "write"])
def test_closing_with_an_open_transaction_is_refused_and_changes_nothing(storage: Storage, open_one: str) -> None:
    with getattr(storage, open_one)(ACME) as transaction:
        refused = refusal_of(storage.close)
        assert refused.code == "storage-in-use"
        assert "1 open transaction" in str(refused)
        assert transaction.dump("contact") == []
        with storage.read(ACME):
            assert "2 open transactions" in str(refusal_of(storage.close))
    put(storage, "1")
    storage.close()
    storage.close()
    assert refusal_of(lambda: put(storage, "2")).code == "storage-closed"


def test_closing_is_refused_while_another_thread_reads_and_not_after_a_failed_or_forgotten_one(
    storage: Storage,
) -> None:
    reading, may_end = threading.Event(), threading.Event()

    def read() -> None:
        with storage.read(ACME):
            reading.set()
            may_end.wait(60)

    other = threading.Thread(target=read)
    other.start()
    reading.wait(60)
    assert refusal_of(storage.close).code == "storage-in-use"
    may_end.set()
    other.join(60)
    with pytest.raises(ZeroDivisionError), storage.write(ACME):
        raise ZeroDivisionError
    for open_one in (storage.read, storage.write):
        forgotten: Any = open_one(ACME)
        forgotten.__enter__()
        del forgotten
        gc.collect()
    put(storage, "1")
    storage.close()


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="needs fork")
def test_a_fork_may_close_although_its_parent_has_a_reader(storage: Storage) -> None:
    context = multiprocessing.get_context("fork")
    answers, told = context.Pipe()

    def close() -> None:
        try:
            storage.close()
        except StorageError as error:
            told.send(error.code)
        else:
            told.send("closed")

    with storage.read(ACME) as reader:
        child = context.Process(target=close)
        child.start()
        assert answers.recv() == "closed"
        child.join(60)
        assert reader.dump("contact") == []
    put(storage, "1")
