"""Durability, for storages that can be opened again at the same place."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from contactcore.storage import Published, Storage
from contactcore.testing.fixtures import (
    ACME,
    KINDS,
    OpenStorage,
    ask,
    contact,
    event,
    feed,
    find,
    note,
    publish,
    put,
    refused,
    some,
)

__all__ = ["LAWS", "DurableLaw", "Reopen"]

Reopen: TypeAlias = Callable[[Storage], Storage]
"""Closes a storage and opens another one at the same place."""

DurableLaw: TypeAlias = Callable[[OpenStorage, Reopen], None]


def what_was_committed_is_there_again(open_storage: OpenStorage, reopen: Reopen) -> None:
    """A reopened storage holds everything that was committed: records, postings, keys, blobs, feed, names."""
    record = contact("1", "doe", words=some("doe"), terms=some("tag:a"), keys=some("k"), body=b"body", owner="s")
    with open_storage() as storage:
        put(storage, record, note("2", about="1", orders={"due": "5"}))
        publish(storage, "a")
        with storage.write(ACME) as writer:
            writer.keep_blob("d", b"bytes")
        storage.create("other")
        again = reopen(storage)
        try:
            again.install(KINDS)
            assert again.workspaces() == [ACME, "other"]
            assert again.workspaces(due_before="6") == [ACME]
            assert find(again, words=("do",), where=(some("tag:a"),), access=some("visible:*")) == ["1"]
            with again.read(ACME) as reader:
                assert reader.dump("contact") == [record]
                assert (reader.holders(["k"]), reader.blob("d")) == ([("contact", "1")], b"bytes")
            publish(again, "b")
            assert [(one.position, one.event.name) for one in feed(again)] == [(1, "a"), (2, "b")]
        finally:
            again.close()


def what_was_changed_is_there_as_it_became(open_storage: OpenStorage, reopen: Reopen) -> None:
    """A reopened storage holds the results of `replace`, `delete`, `set_access`, `reindex`, `claim` and `drop`."""
    with open_storage() as storage:
        put(storage, *(contact(id, owner="s", keys=some(id), words=some("doe")) for id in "123"))
        put(storage, note("4", orders={"due": "1"}), note("5"))
        put(storage, contact("1"), workspace="dropped")
        with storage.write(ACME) as writer:
            for digest in "de":
                writer.keep_blob(digest, b"bytes")
            writer.load([contact("6", "z", version=7)], [Published(5, event("e"))])
        with storage.write(ACME) as writer:
            writer.replace(contact("1", "new", version=2, words=some("new")), 1)
            writer.delete("contact", "2", 1)
            writer.delete("note", "5", 1)
            writer.set_access("contact", "s", some())
            writer.reindex([contact("3", orders={"recent": "9"}, card=b"card")])
            writer.claim(ask(kind="note", order="due"), "9")
            writer.drop_blob("d")
        assert storage.drop("dropped") is True
        before = _held(storage)
        for _ in range(2):
            storage = reopen(storage)  # noqa: PLW2901 - the first one is closed by now
            storage.install(KINDS)
            assert storage.workspaces() == [ACME]
            assert storage.workspaces(due_before="9") == []
            assert _held(storage) == before
            storage.scrub()
        publish(storage, "f")
        assert [published.position for published in feed(storage)] == [5, 6]
        put(storage, contact("2", keys=some("2")))
        storage.close()


def _held(storage: Storage) -> list[object]:
    with storage.read(ACME) as reader:
        return [
            *reader.dump("contact"),
            *reader.dump("note"),
            *reader.holders(["1", "2", "3"]),
            *(reader.blob(digest) for digest in "de"),
            *reader.feed(),
            reader.find(ask(words=("",))),
            reader.find(ask(order="recent")),
        ]


def what_was_undone_is_not_there_again(open_storage: OpenStorage, reopen: Reopen) -> None:
    """A reopened storage holds nothing that was undone."""
    with open_storage() as storage:
        put(storage, contact("1"))
        with refused(ZeroDivisionError), storage.write(ACME) as writer:
            writer.insert([contact("2", keys=some("k"))])
            writer.keep_blob("d", b"bytes")
            raise ZeroDivisionError
        again = reopen(storage)
        try:
            again.install(KINDS)
            assert find(again) == ["1"]
            with again.read(ACME) as reader:
                assert (reader.holders(["k"]), reader.blob("d")) == ([None], None)
        finally:
            again.close()


LAWS: tuple[DurableLaw, ...] = (
    what_was_committed_is_there_again,
    what_was_changed_is_there_as_it_became,
    what_was_undone_is_not_there_again,
)
