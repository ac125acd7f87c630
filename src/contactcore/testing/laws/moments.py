"""The snapshot of a reader, and several readers and writers of one thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from contactcore.storage import Reader
from contactcore.testing.fixtures import (
    ACME,
    Law,
    OpenStorage,
    ask,
    contact,
    count,
    event,
    find,
    get,
    publish,
    put,
    refused,
    some,
)

__all__ = ["LAWS"]

_WAYS: Final[tuple[Callable[[Reader], object], ...]] = (
    lambda reader: reader.get("contact", ["1", "2", "3"]),
    lambda reader: reader.holders(["k", "l"]),
    lambda reader: reader.find(ask(access=some("visible:*"), words=("d",))),
    lambda reader: reader.find_records(ask()),
    lambda reader: reader.count(ask(), ["2"]),
    lambda reader: reader.feed(),
    lambda reader: [reader.blob("d"), reader.blob("e")],
    lambda reader: reader.dump("contact"),
)


def the_first_look_fixes_the_moment(open_storage: OpenStorage) -> None:
    """The first read of a reader fixes its snapshot for every way of reading."""
    for first in _WAYS:
        with open_storage() as storage:
            put(storage, contact("1", owner="s", words=some("doe"), keys=some("k")), contact("2"))
            with storage.write(ACME) as writer:
                writer.keep_blob("d", b"bytes")
            with storage.read(ACME) as reader:
                before = [way(reader) for way in _WAYS]
            with storage.read(ACME) as reader:
                first(reader)
                with storage.write(ACME) as writer:
                    writer.set_access("contact", "s", some("visible:ann"))
                    writer.delete("contact", "2", 1)
                    writer.insert([contact("3", words=some("dot"), keys=some("l"))])
                    writer.publish([event()])
                    writer.drop_blob("d")
                    writer.keep_blob("e", b"")
                assert [way(reader) for way in _WAYS] == before


def a_reader_outlives_its_workspace(open_storage: OpenStorage) -> None:
    """A reader keeps its snapshot when its workspace is dropped or created again, also a snapshot of no workspace."""
    with open_storage() as storage:
        with storage.read(ACME) as reader:
            nothing = [way(reader) for way in _WAYS]
            put(storage, contact("1", words=some("doe"), keys=some("k")))
            publish(storage, "a")
            assert [way(reader) for way in _WAYS] == nothing
        with storage.read(ACME) as reader:
            before = [way(reader) for way in _WAYS]
            assert storage.drop(ACME) is True
            assert [way(reader) for way in _WAYS] == before
            put(storage, contact("2"))
            assert [way(reader) for way in _WAYS] == before
        assert find(storage) == ["2"]


def a_thread_may_read_while_it_writes(open_storage: OpenStorage) -> None:
    """One thread may have several readers and a writer open; the readers do not see the uncommitted writes."""
    with open_storage() as storage:
        put(storage, contact("1"))
        put(storage, contact("2"), contact("3"), workspace="other")
        with storage.read(ACME) as one, storage.read("other") as other, storage.read(ACME) as again:
            assert [reader.count(ask()) for reader in (one, other, again)] == [(1,), (2,), (1,)]
        with storage.read(ACME) as early, storage.write(ACME) as writer:
            writer.insert([contact("4")])
            writer.delete("contact", "1", 1)
            assert (find(storage), count(storage)) == (["1"], (1,))
            assert get(storage, "contact", "4") is None
            assert early.count(ask()) == (1,)
            assert writer.count(ask()) == (1,)
        assert find(storage) == ["4"]


def an_error_leaves_a_reader_too(open_storage: OpenStorage) -> None:
    """The error that ends a reader's context leaves it unchanged, and the storage can be read again."""
    with open_storage() as storage:
        put(storage, contact("1"))
        with refused(ZeroDivisionError, args=("mine",)), storage.read(ACME) as reader:
            reader.get("contact", ["1"])
            raise ZeroDivisionError("mine")
        assert find(storage) == ["1"]


LAWS: tuple[Law, ...] = (
    the_first_look_fixes_the_moment,
    a_reader_outlives_its_workspace,
    a_thread_may_read_while_it_writes,
    an_error_leaves_a_reader_too,
)
