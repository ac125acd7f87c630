"""Transactions: all or nothing, one snapshot, and waiting for other writers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import suppress

from contactcore.errors import Invalid, StorageError
from contactcore.storage import (
    BrokenReference,
    DuplicateKey,
    MissingRecord,
    Published,
    Reader,
    Refused,
    StaleRecord,
    Storage,
    Writer,
)
from contactcore.testing import fixtures
from contactcore.testing.fixtures import (
    ACME,
    KINDS,
    Law,
    OpenStorage,
    ask,
    comes_true,
    contact,
    count,
    event,
    feed,
    find,
    get,
    in_threads,
    note,
    put,
    refused,
    some,
)

__all__ = ["LAWS"]


def an_error_undoes_every_write(open_storage: OpenStorage) -> None:
    """When an error leaves a writer's context, all its writes to records are undone."""
    with open_storage() as storage:
        put(storage, contact("1", owner="s", words=some("doe"), keys=some("k")), contact("2"), contact("3"))
        put(storage, note("4", orders={"due": "1"}))
        before = _everything(storage)
        with refused(ZeroDivisionError), storage.write(ACME) as writer:
            writer.insert([contact("5", keys=some("l")), note("6", about="1")])
            writer.replace(contact("1", "new", version=2, words=some("new")), 1)
            writer.delete("contact", "2", 1)
            writer.set_access("contact", "s", some("visible:ann"))
            writer.reindex([contact("3", "new")])
            writer.claim(ask(kind="note", order="due"), "9")
            writer.load([contact("7", keys=some("m"))])
            raise ZeroDivisionError
        assert _everything(storage) == before
        assert find(storage, words=("doe",)) == ["1"]
        assert find(storage, kind="note", order="due", stop="2") == ["4"]
        put(storage, contact("7", keys=some("l", "m")))


def an_interrupt_undoes_as_an_error_does(open_storage: OpenStorage) -> None:
    """A `BaseException` (an interrupt, the end of a generator) undoes a writer too, and others can write on."""
    with open_storage() as storage:
        put(storage, contact("1"))
        with refused(KeyboardInterrupt), storage.write(ACME) as writer:
            writer.insert([contact("2")])
            raise KeyboardInterrupt

        def begin() -> Generator[None, None, None]:
            with storage.write(ACME) as writer:
                writer.insert([contact("3")])
                yield

        begun = begin()
        next(begun)
        begun.close()
        put(storage, contact("4"))
        assert find(storage) == ["1", "4"]


def _everything(storage: Storage) -> list[object]:
    with storage.read(ACME) as reader:
        return [*reader.dump("contact"), *reader.dump("note"), *reader.holders(["k", "l"]), *reader.feed()]


def an_error_undoes_blobs_and_events(open_storage: OpenStorage) -> None:
    """When an error leaves a writer's context, no event was published, no blob kept and none dropped.

    Kept because it has a blob that was dropped; the law that fails with it has a new one.
    """
    with open_storage() as storage:
        with storage.write(ACME) as writer:
            writer.keep_blob("old", b"old")
        with refused(ZeroDivisionError), storage.write(ACME) as writer:
            writer.keep_blob("new", b"new")
            writer.drop_blob("old")
            writer.publish([event()])
            raise ZeroDivisionError
        with storage.read(ACME) as reader:
            assert (reader.blob("new"), reader.blob("old"), reader.feed()) == (None, b"old", [])


def an_error_leaves_as_it_was_raised(open_storage: OpenStorage) -> None:
    """The error that ends a writer's context leaves it unchanged, also a refusal of the storage itself."""
    with open_storage() as storage:
        with refused(ZeroDivisionError, args=("mine",)), storage.write(ACME) as writer:
            writer.insert([contact("1")])
            raise ZeroDivisionError("mine")
        with refused(MissingRecord, kind="contact", id="1"), storage.write(ACME) as writer:
            writer.delete("contact", "1", 1)


def _refusals() -> list[tuple[type[Exception], Callable[[Writer], object]]]:
    return [
        (DuplicateKey, lambda writer: writer.insert([contact("1")])),
        (BrokenReference, lambda writer: writer.insert([note("n", about="gone")])),
        (StaleRecord, lambda writer: writer.replace(contact("1", version=9), 8)),
        (MissingRecord, lambda writer: writer.delete("contact", "gone", 1)),
        (MissingRecord, lambda writer: writer.lock("contact", "gone")),
        (StaleRecord, lambda writer: writer.reindex([contact("1", version=9)])),
        (Invalid, lambda writer: writer.insert([contact("fine"), contact("\x00")])),
        (Invalid, lambda writer: writer.replace(contact("1"), 1)),
        (Invalid, lambda writer: writer.publish([event("\x00")])),
        (Invalid, lambda writer: writer.set_access("contact", "s", some("\x00"))),
        (Invalid, lambda writer: writer.claim(ask(), "\x00")),
        (Invalid, lambda writer: writer.keep_blob("\x00", b"")),
        (Invalid, lambda writer: writer.load([], [Published(0, event())])),
    ]


def a_refused_write_voids_its_transaction(open_storage: OpenStorage) -> None:
    """A refused write undoes its transaction, even if the refusal was caught; its end raises `transaction-void`."""
    for error, act in _refusals():
        with open_storage() as storage:
            put(storage, contact("1"))
            with refused(StorageError, code="transaction-void"), storage.write(ACME) as writer:
                writer.insert([contact("before")])
                writer.keep_blob("d", b"bytes")
                writer.publish([event()])
                with refused(error):
                    act(writer)
            assert find(storage) == ["1"]
            assert feed(storage) == []
            with storage.read(ACME) as reader:
                assert reader.blob("d") is None
            with refused(StorageError, code="transaction-void"), storage.write("other") as writer, refused(error):
                writer.insert([contact("1")])
                act(writer)
            assert storage.workspaces() == [ACME]
            with storage.write(ACME) as writer:
                writer.publish([event("next")])
            assert [(one.position, one.event.name) for one in feed(storage)] == [(1, "next")]


_READING: tuple[Callable[[Writer], object], ...] = (
    lambda writer: writer.get("contact", ["1"]),
    lambda writer: writer.holders(["k"]),
    lambda writer: writer.find(ask()),
    lambda writer: writer.find_records(ask()),
    lambda writer: writer.count(ask()),
    lambda writer: writer.feed(),
    lambda writer: writer.blob("d"),
    lambda writer: writer.dump("contact"),
)
_WRITING: tuple[Callable[[Writer], object], ...] = (
    lambda writer: writer.insert([contact("2")]),
    lambda writer: writer.replace(contact("1", version=2), 1),
    lambda writer: writer.delete("contact", "1", 1),
    lambda writer: writer.lock("contact", "1"),
    lambda writer: writer.set_access("contact", "s", some()),
    lambda writer: writer.reindex([contact("1")]),
    lambda writer: writer.publish([event()]),
    lambda writer: writer.claim(ask(kind="note", order="due"), "9"),
    lambda writer: writer.keep_blob("d", b""),
    lambda writer: writer.drop_blob("d"),
    lambda writer: writer.load([], [Published(1, event())]),
)


def a_void_transaction_answers_nothing(open_storage: OpenStorage) -> None:
    """In a void transaction every call is refused as `transaction-void`, also a reading one."""
    with open_storage() as storage:
        put(storage, contact("1"))
        with refused(StorageError, code="transaction-void"), storage.write(ACME) as writer:
            with refused(DuplicateKey):
                writer.insert([contact("1")])
            for call in (*_READING, *_WRITING):
                with refused(StorageError, code="transaction-void"):
                    call(writer)
        assert find(storage) == ["1"]


def a_refused_question_voids_nothing(open_storage: OpenStorage) -> None:
    """A refused question does not void its transaction."""
    with open_storage() as storage:
        with storage.write(ACME) as writer:
            writer.insert([contact("1")])
            with refused(Invalid, code="limit-out-of-range"):
                writer.find(ask(limit=0))
            with refused(Invalid, code="limit-out-of-range"):
                writer.find_records(ask(limit=0))
            with refused(Invalid, code="order-unknown"):
                writer.count(ask(order="shoe-size"))
        assert find(storage) == ["1"]


def a_writer_ends_with_its_context(open_storage: OpenStorage) -> None:
    """A writer whose context has ended refuses each writing call with `StorageError`."""
    with open_storage() as storage:
        put(storage, contact("1", owner="s"))
        with storage.write(ACME) as writer:
            writer.keep_blob("e", b"")
        with refused(ZeroDivisionError), storage.write(ACME) as failed:
            raise ZeroDivisionError
        before = _everything(storage)
        for call in _WRITING:
            for ended in (writer, failed):
                with refused(StorageError):
                    call(ended)
        with storage.write(ACME) as next_writer:
            assert next_writer.blob("d") is None
        assert _everything(storage) == before


def a_reader_sees_one_moment(open_storage: OpenStorage) -> None:
    """A reader sees one snapshot, in every way of reading, whatever others commit meanwhile.

    Kept because its change is committed by another thread, as in a server.
    """

    def seen(reader: Reader) -> list[object]:
        return [
            reader.get("contact", ["1", "2"]),
            reader.holders(["k", "l"]),
            reader.find(ask()),
            reader.find(ask(words=("n",))),
            reader.find_records(ask()),
            reader.count(ask(), ["5"]),
            reader.feed(),
            reader.blob("d"),
            reader.dump("contact"),
        ]

    def change() -> None:
        with storage.write(ACME) as writer:
            writer.replace(contact("1", "new", version=2, words=some("new"), keys=some("l")), 1)
            writer.insert([contact("2")])
            writer.publish([event()])
            writer.keep_blob("d", b"bytes")

    with open_storage() as storage:
        put(storage, contact("1", keys=some("k")))
        with storage.read(ACME) as reader:
            before = seen(reader)
            in_threads(change)
            assert seen(reader) == before
        with storage.read(ACME) as reader:
            assert seen(reader) != before


def a_commit_appears_whole(open_storage: OpenStorage) -> None:
    """While a writer commits, each new reader sees the records, keys, events and blobs of a transaction, or none."""
    over = threading.Event()

    def write() -> None:
        try:
            for number in range(20):
                with storage.write(ACME) as writer:
                    writer.insert([contact(f"{number:02}", keys=some(f"k{number}")), contact(f"z{number:02}")])
                    writer.keep_blob(f"d{number}", b"x")
                    writer.publish([event()])
        finally:
            over.set()

    def watch() -> None:
        is_last = False
        while not is_last:
            is_last = over.is_set()
            with storage.read(ACME) as reader:
                parts = {
                    "records": len(reader.find(ask(stop="z")).cards),
                    "other records": len(reader.find(ask(start="z")).cards),
                    "events": len(reader.feed()),
                    "keys": sum(holder is not None for holder in reader.holders([f"k{each}" for each in range(20)])),
                    "blobs": sum(reader.blob(f"d{each}") is not None for each in range(20)),
                }
            assert len(set(parts.values())) == 1, f"a reader saw a part of a transaction: {parts}"

    with open_storage() as storage:
        storage.create(ACME)
        in_threads(write, watch)


def readers_do_not_wait(open_storage: OpenStorage) -> None:
    """A reader neither waits for a writer nor sees uncommitted writes.

    Kept because it asks from other threads while a writer is open.
    """
    with open_storage() as storage:
        put(storage, contact("1"))
        seen: list[object] = []
        with storage.write(ACME) as writer:
            writer.insert([contact("2")])
            writer.delete("contact", "1", 1)
            in_threads(lambda: seen.append(find(storage)), lambda: seen.append(count(storage)))
        assert sorted(map(str, seen)) == ["(1,)", "['1']"]
        assert find(storage) == ["2"]


def lock_answers_the_record(open_storage: OpenStorage) -> None:
    """`lock` answers the stored record; it refuses a missing record and a version that is not the stored one."""
    with open_storage() as storage:
        put(storage, contact("1", version=3, body=b"3"))
        with storage.write(ACME) as writer:
            stored = writer.lock("contact", "1")
            assert stored == writer.lock("contact", "1", 3)
        assert stored == get(storage, "contact", "1")
        with refused(StaleRecord, current=stored), storage.write(ACME) as writer:
            writer.lock("contact", "1", 2)
        with refused(MissingRecord, kind="note", id="1"), storage.write(ACME) as writer:
            writer.lock("note", "1")


def lock_holds_the_record(open_storage: OpenStorage) -> None:
    """`lock` of a record that another writer has locked waits, and then sees what the other writer committed.

    Kept because the mutant without any waiting fails everywhere; a storage that waits elsewhere fails only here.
    """
    with open_storage() as storage:
        put(storage, contact("root"))
        trying, got_it = threading.Event(), threading.Event()
        seen: list[int] = []

        def add(id: str, started: Callable[[], None]) -> None:
            trying.set()
            with storage.write(ACME) as writer:
                writer.lock("contact", "root")
                if id == "second":
                    got_it.set()
                started()
                seen.append(len(writer.dump("note")))
                writer.insert([note(id, about="root")])

        def hold() -> None:
            second = threading.Thread(target=in_threads, args=(lambda: add("second", lambda: None),), daemon=True)
            trying.clear()
            second.start()
            assert trying.wait(60)
            waiters.append(second)
            assert not got_it.wait(fixtures.MOMENT), "two writers hold one record"

        waiters: list[threading.Thread] = []
        try:
            add("first", hold)
        finally:
            for waiter in waiters:
                waiter.join(60)  # it must not outlive the storage
        assert seen == [0, 1]


def a_writer_knows_who_waits(open_storage: OpenStorage) -> None:
    """`is_awaited` answers True or False, and soon True once another writer waits for the transaction."""
    with open_storage() as storage:
        put(storage, contact("root"))
        ended = threading.Event()
        waiters: list[threading.Thread] = []

        def second() -> None:
            try:
                # One that has waited too long has waited as well.
                with suppress(StorageError), storage.write(ACME) as writer:
                    writer.lock("contact", "root")
            finally:
                ended.set()

        def awaited(writer: Writer) -> bool:
            answer = writer.is_awaited()
            assert isinstance(answer, bool)
            return answer

        try:
            with storage.write(ACME) as writer:
                writer.lock("contact", "root")
                waiters.append(threading.Thread(target=second, daemon=True))
                waiters[0].start()
                assert comes_true(lambda: awaited(writer), ended), "a writer waits, and nobody knows of it"
        finally:
            for waiter in waiters:
                waiter.join(60)  # it must not outlive the storage


def versions_let_no_change_be_lost(open_storage: OpenStorage) -> None:
    """If many writers each read a version and replace it, no change of a writer that was not refused is lost.

    Kept because it proves writers that do not lock, by their versions alone.
    """
    with open_storage() as storage:
        put(storage, contact("1", body=b"0"))
        done: list[int] = []

        def work() -> None:
            for _ in range(5):
                try:
                    with storage.write(ACME) as writer:
                        stored = writer.get("contact", ["1"])[0]
                        assert stored is not None
                        body = b"%d" % (int(stored.body) + 1)
                        writer.replace(contact("1", version=stored.version + 1, body=body), stored.version)
                except Refused:
                    continue
                done.append(1)

        in_threads(work, work, work)
        stored = get(storage, "contact", "1")
        assert stored is not None
        assert done
        assert (stored.version, stored.body) == (len(done) + 1, b"%d" % len(done))


def a_second_writer_of_a_thread_is_refused(open_storage: OpenStorage) -> None:
    """While a thread has a writer, its other calls that write are `writer-open` at once, and the writer goes on."""
    with open_storage() as storage:
        put(storage, contact("1"))
        put(storage, contact("1"), workspace="other")

        def write(workspace: str) -> None:
            with storage.write(workspace) as second:
                second.insert([contact("lost")])

        calls: tuple[Callable[[], object], ...] = (
            lambda: write(ACME),
            lambda: write("other"),
            lambda: write("new"),
            lambda: storage.create("new"),
            lambda: storage.drop(ACME),
            lambda: storage.drop("other"),
            lambda: storage.install(KINDS),
            storage.scrub,
        )
        with storage.write(ACME) as writer:
            writer.insert([contact("2")])
            for call in calls:
                with refused(StorageError, code="writer-open"):
                    call()
                assert writer.count(ask()) == (2,)
            assert (find(storage), find(storage, workspace="other")) == (["1"], ["1"])
        assert find(storage) == ["1", "2"]
        assert storage.workspaces() == [ACME, "other"]
        for call in calls:
            call()


def an_open_transaction_keeps_a_storage_open(open_storage: OpenStorage) -> None:
    """`close` is refused as `storage-in-use` while a reader or writer is open, in any thread, and changes nothing."""
    with open_storage() as storage:
        put(storage, contact("1"))
        with storage.read(ACME) as reader:
            with refused(StorageError, code="storage-in-use"):
                storage.close()
            assert reader.count(ask()) == (1,)
            in_threads(lambda: _refuse_to_close(storage))
        with storage.write(ACME) as writer:
            writer.insert([contact("2")])
            in_threads(lambda: _refuse_to_close(storage))
            with refused(StorageError, code="storage-in-use"):
                storage.close()
            writer.insert([contact("3")])
        with refused(ZeroDivisionError), storage.write(ACME):
            raise ZeroDivisionError
        assert find(storage) == ["1", "2", "3"]
        storage.close()
        with refused(StorageError), storage.read(ACME) as reader:
            reader.count(ask())


def _refuse_to_close(storage: Storage) -> None:
    with refused(StorageError, code="storage-in-use"):
        storage.close()


LAWS: tuple[Law, ...] = (
    an_error_undoes_every_write,
    an_error_undoes_blobs_and_events,
    an_interrupt_undoes_as_an_error_does,
    an_error_leaves_as_it_was_raised,
    a_refused_write_voids_its_transaction,
    a_void_transaction_answers_nothing,
    a_refused_question_voids_nothing,
    a_writer_ends_with_its_context,
    a_reader_sees_one_moment,
    a_commit_appears_whole,
    readers_do_not_wait,
    lock_answers_the_record,
    lock_holds_the_record,
    a_writer_knows_who_waits,
    versions_let_no_change_be_lost,
    a_second_writer_of_a_thread_is_refused,
    an_open_transaction_keeps_a_storage_open,
)
