"""Durability, for storages that can be opened again at the same place."""

from __future__ import annotations

from typing import Any

from contactcore.errors import Invalid
from contactcore.storage import BrokenReference, DuplicateKey, Kind, Order, Published, Record, Storage, matches
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
from contactcore.testing.hooks import HookedLaw, Hooks

__all__ = ["LAWS", "NEEDS"]

NEEDS = ("reopen",)


def what_was_committed_is_there_again(open_storage: OpenStorage, hooks: Hooks) -> None:
    """A reopened storage holds everything that was committed: records, postings, keys, blobs, feed, names."""
    record = contact("1", "doe", words=some("doe"), terms=some("tag:a"), keys=some("k"), body=b"body", owner="s")
    with open_storage() as storage:
        put(storage, record, note("2", about="1", orders={"due": "5"}))
        publish(storage, "a")
        with storage.write(ACME) as writer:
            writer.keep_blob("d", b"bytes")
        storage.create("other")
        again = hooks.reopen(storage)
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


def what_was_changed_is_there_as_it_became(open_storage: OpenStorage, hooks: Hooks) -> None:
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
            storage = hooks.reopen(storage)  # noqa: PLW2901 - the first one is closed
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


def what_was_undone_is_not_there_again(open_storage: OpenStorage, hooks: Hooks) -> None:
    """A reopened storage holds nothing that was undone."""
    with open_storage() as storage:
        put(storage, contact("1"))
        with refused(ZeroDivisionError), storage.write(ACME) as writer:
            writer.insert([contact("2", keys=some("k"))])
            writer.keep_blob("d", b"bytes")
            raise ZeroDivisionError
        again = hooks.reopen(storage)
        try:
            again.install(KINDS)
            assert find(again) == ["1"]
            with again.read(ACME) as reader:
                assert (reader.holders(["k"]), reader.blob("d")) == ([None], None)
        finally:
            again.close()


def what_was_stored_before_can_be_written(open_storage: OpenStorage, hooks: Hooks) -> None:
    """A reopened storage writes to what was stored before: nothing of the old state is found, also later."""
    rich: dict[str, Any] = {"words": some("doe"), "terms": some("tag:a"), "owner": "s"}
    with open_storage() as storage:
        put(storage, *(contact(id, keys=some(id), **rich) for id in "1234567"), note("n", about="3"), note("d"))
        put(storage, note("due", orders={"due": "1"}))
        storage = hooks.reopen(storage)  # noqa: PLW2901 - the first one is closed
        storage.install(KINDS)
        with storage.write(ACME) as writer:
            writer.delete("contact", "1", 1)
            writer.replace(contact("2", "z", version=2, words=some("new"), access=some("visible:ann")), 1)
            writer.set_access("contact", "s", some("visible:bob"), ["3", "4"])
            writer.reindex([contact("5", orders={"name:pl": "x"}, words=some("other"), keys=some("new"))])
            writer.claim(ask(kind="note", order="due"), "9")
            writer.delete("note", "d", 1)
        with storage.write(ACME) as writer:
            writer.set_access("contact", "s", some("visible:eve"), ["6"])
        for _ in range(2):
            _check_written(storage)
            storage = hooks.reopen(storage)  # noqa: PLW2901 - see above
            storage.install(KINDS)
        storage.close()


def _check_written(storage: Storage) -> None:
    kinds = {kind.name: kind for kind in KINDS}
    with storage.read(ACME) as reader:
        stored = reader.dump("contact") + reader.dump("note")
        for query in (
            *(ask(access=some(f"visible:{who}")) for who in ("*", "ann", "bob", "eve")),
            ask(),
            ask(words=("doe",)),
            ask(words=("new",)),
            ask(order="name:pl", words=("o",)),
            ask(where=(some("tag:a"),)),
            ask(start="z"),
            ask(kind="note", order="due", stop="5"),
            ask(kind="note", order="time"),
        ):
            expected = sorted(record.id for record in stored if matches(kinds[query.kind], query, record))
            assert sorted(card.id for card in reader.find(query).cards) == expected, f"find {query}"
            assert reader.count(query) == (len(expected),), f"count {query}"
        assert reader.holders(["1", "2", "3", "5", "new"]) == [None, None, ("contact", "3"), None, ("contact", "5")]
    assert [(one.id, one.access) for one in stored if one.access != some("visible:*")] == [
        ("2", some("visible:ann")),
        ("3", some("visible:bob")),
        ("4", some("visible:bob")),
        ("6", some("visible:eve")),
    ]
    assert (storage.workspaces(due_before="5"), storage.workspaces(due_before="91")) == ([], [ACME])


def what_was_stored_before_is_respected(open_storage: OpenStorage, hooks: Hooks) -> None:
    """A reopened storage refuses what it refused before: taken ids, keys, positions and names, referred-to records."""
    with open_storage() as storage:
        put(storage, contact("1", keys=some("k")), note("n", about="1"))
        with storage.write(ACME) as writer:
            writer.load([], [Published(3, event("c")), Published(7, event("g"))])
            writer.keep_blob("d", b"bytes")
        again = hooks.reopen(storage)
        try:
            with refused(Invalid, code="kind-unknown"), again.read(ACME) as reader:
                reader.dump("contact")
            again.install(KINDS)
            with refused(BrokenReference, kind="contact", id="1", by="n"), again.write(ACME) as writer:
                writer.delete("contact", "1", 1)
            with refused(DuplicateKey, key="k", existing="1"), again.write(ACME) as writer:
                writer.insert([contact("2", keys=some("k"))])
            with refused(DuplicateKey, key="1", existing="1"), again.write(ACME) as writer:
                writer.insert([contact("1")])
            with refused(Invalid, code="feed-position-taken"), again.write(ACME) as writer:
                writer.load([], [Published(7, event("h"))])
            assert again.create(ACME) is False
            with again.write(ACME) as writer:
                assert writer.insert([contact("2", keys=some("k"))], existing="keep") == ["1"]
                writer.insert([note("m", about="1")])
                writer.keep_blob("d", b"other")
                assert writer.blob("d") == b"bytes"
            publish(again, "h")
            with again.read(ACME) as reader:
                for after, positions in ((0, [3, 7, 8]), (3, [7, 8]), (4, [7, 8]), (7, [8]), (8, [])):
                    assert [one.position for one in reader.feed(after)] == positions
        finally:
            again.close()


def a_kind_may_grow_over_a_reopening(open_storage: OpenStorage, hooks: Hooks) -> None:
    """A storage may be reopened with more orders and references of a kind; stored records enter them when written."""
    more = Kind("thing", (Order("name", words=True), Order("extra", due=True)), {"of": "thing"})
    with open_storage() as storage:
        storage.install([Kind("thing", more.orders[:1])])
        put(storage, *(Record(kind="thing", id=id, orders={"name": id}, words=some("doe")) for id in "123"))
        again = hooks.reopen(storage)
        try:
            again.install([more])
            assert find(again, kind="thing", words=("d",)) == ["1", "2", "3"]
            orders, references = {"name": "1", "extra": "x"}, {"of": "2"}
            with again.write(ACME) as writer:
                writer.replace(Record(kind="thing", id="1", version=2, orders=orders, references=references), 1)
            assert find(again, kind="thing", order="extra") == ["1"]
            assert find(again, kind="thing", words=("d",)) == ["2", "3"]
            assert again.workspaces(due_before="y") == [ACME]
            with refused(BrokenReference, kind="thing", id="2", by="1"), again.write(ACME) as writer:
                writer.delete("thing", "2", 1)
        finally:
            again.close()


def a_kind_keeps_its_orders_over_a_reopening(open_storage: OpenStorage, hooks: Hooks) -> None:
    """A reopened storage refuses a kind that lacks or changes an order or reference as `kind-redeclared`, whole."""
    more = Kind("thing", (Order("name"), Order("extra", terms=())), {"of": "thing"})
    redeclared = (
        Kind("thing", more.orders[:1], more.references),
        Kind("thing", (Order("name", words=True), more.orders[1]), more.references),
        Kind("thing", (more.orders[0], Order("extra", terms=("a:",))), more.references),
        Kind("thing", (more.orders[0], Order("extra")), more.references),
        Kind("thing", (more.orders[0], Order("extra", terms=(), due=True)), more.references),
        Kind("thing", more.orders),
        Kind("thing", more.orders, {"of": "contact"}),
    )
    with open_storage() as storage:
        storage.install([Kind("thing", more.orders[:1])])
        storage.install([more])
        put(storage, Record(kind="thing", id="1", orders={"name": "1", "extra": "x"}))
        storage.install(KINDS)
        for kind in redeclared:
            storage = hooks.reopen(storage)  # noqa: PLW2901 - the one before is closed
            for _ in range(2):
                with refused(Invalid, code="kind-redeclared", path="kinds"):
                    storage.install([Kind("stranger", (Order("a"),)), kind])
            with storage.read(ACME) as reader, refused(Invalid, code="kind-unknown"):
                reader.dump("stranger")
        storage.install([more, Kind("stranger", (Order("b"),))])
        assert find(storage, kind="thing", order="extra") == ["1"]
        storage.close()


LAWS: tuple[HookedLaw, ...] = (
    what_was_committed_is_there_again,
    what_was_changed_is_there_as_it_became,
    what_was_undone_is_not_there_again,
    what_was_stored_before_can_be_written,
    what_was_stored_before_is_respected,
    a_kind_may_grow_over_a_reopening,
    a_kind_keeps_its_orders_over_a_reopening,
)
