"""Workspaces: sealed from each other, listed, dropped."""

from __future__ import annotations

import threading
from collections.abc import Callable

import attrs

from contactcore.errors import Invalid, StorageError
from contactcore.storage import BrokenReference, Kind, MissingRecord, Order, Published, Record, Writer
from contactcore.testing.fixtures import (
    ACME,
    KINDS,
    Law,
    OpenStorage,
    ask,
    changed,
    contact,
    count,
    event,
    feed,
    find,
    get,
    in_threads,
    note,
    publish,
    put,
    refused,
    some,
)

__all__ = ["LAWS"]


def records_stay_in_their_workspace(open_storage: OpenStorage) -> None:
    """Records of a workspace are not read, found, counted or dumped in another; their ids and keys are free there.

    Kept because it goes through every way of reading.
    """
    record = contact("1", "doe", words=some("doe"), terms=some("tag:a"), keys=some("k"), body=b"acme")
    with open_storage() as storage:
        put(storage, record)
        put(storage, contact("2", "roe"), workspace="other")
        with storage.read("other") as reader:
            assert reader.get("contact", ["1"]) == [None]
            assert reader.holders(["k"]) == [None]
            assert [card.id for card in reader.find(ask()).cards] == ["2"]
            assert reader.find(ask(words=("do",))).cards == ()
            assert [record.id for record in reader.find_records(ask()).records] == ["2"]
            assert reader.find(ask(where=(some("tag:a"),))).cards == ()
            assert reader.count(ask()) == (1,)
            assert [dumped.id for dumped in reader.dump("contact")] == ["2"]
        put(storage, contact("1", keys=some("k"), body=b"other"), workspace="other")
        stored = get(storage, "contact", "1")
        assert stored is not None
        assert stored.body == b"acme"


def writes_stay_in_their_workspace(open_storage: OpenStorage) -> None:
    """No write and no reference reaches a record of another workspace.

    Kept because it goes through every way of writing.
    """
    with open_storage() as storage:
        put(storage, contact("1", owner="s"), contact("2"), note("3", orders={"due": "1"}))
        with storage.write("other") as writer:
            writer.set_access("contact", "s", some("visible:ann"))
            assert writer.claim(ask(kind="note", order="due"), "9") == []
        with refused(MissingRecord), storage.write("other") as writer:
            writer.replace(contact("1", version=2), 1)
        with refused(MissingRecord), storage.write("other") as writer:
            writer.delete("contact", "2", 1)
        with refused(BrokenReference), storage.write("other") as writer:
            writer.insert([note("4", about="1")])
        put(storage, contact("1"), note("5", about="1"), workspace="other")
        with storage.write(ACME) as writer:
            writer.delete("contact", "1", 1)
        assert find(storage, access=some("visible:*")) == ["2"]
        assert find(storage, kind="note", order="due", stop="2") == ["3"]


def feeds_and_blobs_stay_in_their_workspace(open_storage: OpenStorage) -> None:
    """Each workspace has a feed of its own, counted from 1, and blobs of its own.

    Kept because it is about short names, as hosts use them, and drops a blob.
    """
    with open_storage() as storage:
        publish(storage, "a", "b")
        publish(storage, "c", workspace="other")
        with storage.write(ACME) as writer:
            writer.keep_blob("d", b"acme")
        assert [(one.position, one.event.name) for one in feed(storage, "other")] == [(1, "c")]
        with storage.write("other") as writer:
            assert writer.blob("d") is None
            writer.keep_blob("d", b"other")
        with storage.write("other") as writer:
            writer.drop_blob("d")
        with storage.read(ACME) as reader:
            assert reader.blob("d") == b"acme"


def a_workspace_is_created_once(open_storage: OpenStorage) -> None:
    """`create` makes an empty workspace; it answers False if the workspace exists, and leaves it as it is."""
    with open_storage() as storage:
        assert storage.create(ACME) is True
        assert storage.workspaces() == [ACME]
        assert count(storage) == (0,)
        put(storage, contact("1"))
        assert storage.create(ACME) is False
        assert find(storage) == ["1"]


def many_create_one_workspace(open_storage: OpenStorage) -> None:
    """If many create a workspace at once, one gets True; if many write first at once, nothing is lost."""
    with open_storage() as storage:
        together, made = threading.Barrier(3), list[bool]()

        def create() -> None:
            together.wait(60)
            made.append(storage.create(ACME))

        def write(id: str) -> None:
            together.wait(60)
            with storage.write("other") as writer:
                writer.insert([contact(id)])
                writer.publish([event(id)])

        in_threads(create, create, create)
        assert sorted(made) == [False, False, True]
        in_threads(lambda: write("1"), lambda: write("2"), lambda: write("3"))
        assert find(storage, workspace="other") == ["1", "2", "3"]
        assert [published.position for published in feed(storage, "other")] == [1, 2, 3]


def writing_creates_a_workspace(open_storage: OpenStorage) -> None:
    """A writer that commits creates its workspace, even if it wrote nothing; a writer that fails does not.

    Kept because it states what was an open question: a commit without a write creates the workspace.
    """
    with open_storage() as storage:
        with refused(ZeroDivisionError), storage.write("failed") as writer:
            writer.insert([contact("1")])
            raise ZeroDivisionError
        assert storage.workspaces() == []
        with storage.write(ACME):
            pass
        assert storage.workspaces() == [ACME]


def workspaces_are_listed_by_code_point(open_storage: OpenStorage) -> None:
    """`workspaces` lists names by code point, behind `after`, at most `limit`; names are compared exactly."""
    names = [" ", "%", "A", "B", "_", "a", "a b", "b", "é", "\uffff", "\U0001f980", "🦀'; --"]
    with open_storage() as storage:
        for name in sorted(names, key=len):
            assert storage.create(name) is True
        expected = sorted(names, key=lambda name: [ord(character) for character in name])
        assert storage.workspaces() == expected
        assert storage.workspaces(limit=3) == expected[:3]
        assert storage.workspaces(after=expected[2], limit=2) == expected[3:5]
        assert storage.workspaces(after="b") == expected[expected.index("b") + 1 :]
        assert storage.workspaces(after="aa") == expected[expected.index("b") :]
        assert storage.workspaces(after=expected[-1]) == []


def due_work_is_listed_by_workspace(open_storage: OpenStorage) -> None:
    """`due_before` lists only workspaces with a record below that key in a `due` order of any variant."""
    with open_storage() as storage:
        put(storage, note("1", orders={"due": "3"}), note("2", orders={"due": "8"}), workspace="a")
        put(storage, note("1", orders={"due": "5"}), workspace="b")
        put(storage, note("1", orders={"time": "1"}), contact("2", "1"), workspace="c")
        put(storage, note("1", orders={"due:slow": "2"}), workspace="d")
        storage.create("e")
        assert storage.workspaces(due_before="3") == ["d"]
        assert storage.workspaces(due_before="4") == ["a", "d"]
        assert storage.workspaces(due_before="9") == ["a", "b", "d"]
        assert storage.workspaces(due_before="9", after="a", limit=1) == ["b"]
        with storage.write("a") as writer:
            writer.claim(ask(kind="note", order="due", stop="4"), "6")
        with storage.write("d") as writer:
            writer.delete("note", "1", 1)
        assert storage.workspaces(due_before="6") == ["b"]
        assert storage.workspaces(due_before="9", after="a", limit=1) == ["b"]
        assert storage.workspaces(due_before="6", limit=1) == ["b"]
        put(storage, note("hidden", orders={"due": ""}, access=some()), workspace="e")
        assert storage.workspaces(due_before="1") == ["e"]
        assert storage.workspaces(due_before="") == []


def work_is_due_as_it_was_last_written(open_storage: OpenStorage) -> None:
    """After `replace` and `reindex`, `due_before` goes by the new keys of a record, and by none that it has left."""
    writes: tuple[Callable[[Writer, Record], object], ...] = (
        lambda writer, record: writer.replace(changed(record), 1),
        lambda writer, record: writer.reindex([record]),
    )
    for write in writes:
        with open_storage() as storage:
            for workspace, due in (("earlier", "5"), ("later", "2"), ("left", "2"), ("new", None), ("variant", "2")):
                put(storage, note("1", orders={} if due is None else {"due": due}), workspace=workspace)
            assert storage.workspaces(due_before="3") == ["later", "left", "variant"]
            moved = {"earlier": {"due": "1"}, "later": {"due": "4"}, "left": {}, "new": {"due": "2"}}
            for workspace, orders in (*moved.items(), ("variant", {"due:slow": "4"})):
                with storage.write(workspace) as writer:
                    write(writer, note("1", orders=orders))
            assert storage.workspaces(due_before="3") == ["earlier", "new"]
            assert storage.workspaces(due_before="5") == ["earlier", "later", "new", "variant"]


def a_dropped_workspace_is_gone(open_storage: OpenStorage) -> None:
    """`drop` removes a workspace with all its contents; created again it is empty and its feed begins at 1."""
    with open_storage() as storage:
        put(storage, contact("1", keys=some("k"), words=some("doe")), note("2", about="1", orders={"due": "1"}))
        publish(storage, "a", "b")
        with storage.write(ACME) as writer:
            writer.keep_blob("d", b"bytes")
        put(storage, contact("1"), workspace="other")
        assert storage.drop(ACME) is True
        assert storage.drop(ACME) is False
        assert storage.workspaces() == ["other"]
        assert storage.workspaces(due_before="9") == []
        assert find(storage, workspace="other") == ["1"]
        publish(storage, "c")
        with storage.read(ACME) as reader:
            assert (reader.find(ask()).cards, reader.find(ask(words=("doe",))).cards) == ((), ())
            assert (reader.holders(["k"]), reader.blob("d"), reader.dump("note")) == ([None], None, [])
        assert [(one.position, one.event.name) for one in feed(storage)] == [(1, "c")]
        put(storage, contact("1", keys=some("k")))
        with storage.write(ACME) as writer:
            writer.delete("contact", "1", 1)


def scrubbing_changes_nothing(open_storage: OpenStorage) -> None:
    """`scrub` keeps all that was not deleted: records of any access, blobs, the feed with its gaps, workspaces."""
    with open_storage() as storage:
        put(storage, contact("1", words=some("doe"), keys=some("k")), contact("2"), contact("3"))
        with storage.write(ACME) as writer:
            writer.load([contact("trash", orders={}, access=some())], [Published(5, event("loaded"))])
            writer.keep_blob("d", b"bytes")
            writer.delete("contact", "3", 1)
        storage.create("empty")
        storage.scrub()
        storage.scrub()
        publish(storage, "next")
        assert storage.workspaces() == [ACME, "empty"]
        assert find(storage, words=("do",)) == ["1"]
        with storage.read(ACME) as reader:
            assert [record.id for record in reader.dump("contact")] == ["1", "2", "trash"]
            assert (reader.holders(["k"]), reader.blob("d")) == ([("contact", "1")], b"bytes")
            assert [published.position for published in reader.feed()] == [5, 6]


def installing_again_changes_nothing(open_storage: OpenStorage) -> None:
    """`install` can be called again with the same or with further kinds; installed kinds and their records stay."""
    with open_storage() as storage:
        put(storage, contact("1", words=some("doe")), note("2", about="1"))
        storage.install(KINDS)
        storage.install([*KINDS, Kind("stranger", KINDS[1].orders)])
        storage.install([Kind("another")])
        assert find(storage, words=("do",)) == ["1"]
        assert find(storage, kind="note", order="time") == ["2"]
        assert find(storage, kind="stranger", order="time") == []
        put(storage, contact("3"))
        assert find(storage) == ["1", "3"]


def a_kind_may_grow(open_storage: OpenStorage) -> None:
    """A kind may be installed with more orders and references; a stored record enters them when it is written again."""
    small, large = _growing(words=False), _growing(words=True)
    with open_storage() as storage:
        storage.install([small])
        put(storage, *(Record(kind="thing", id=id, orders={"name": id}, words=some("doe")) for id in "123"))
        storage.install([large])
        more = {"name": "1", "extra": "x"}
        assert find(storage, kind="thing") == ["1", "2", "3"]
        assert find(storage, kind="thing", order="extra") == []
        with storage.write(ACME) as writer:
            writer.reindex([Record(kind="thing", id="1", orders=more, words=some("doe"), terms=some("tag:a"))])
            references = {"of": "1"}
            two = Record(kind="thing", id="2", version=2, orders=more, words=some("doe"), references=references)
            writer.replace(two, 1)
        assert find(storage, kind="thing", order="extra", words=("d",)) == ["1", "2"]
        assert find(storage, kind="thing", order="extra", where=(some("tag:a"),)) == ["1"]
        assert storage.workspaces(due_before="y") == [ACME]
        with storage.write(ACME) as writer:
            writer.delete("thing", "2", 2)
            writer.delete("thing", "1", 1)
            writer.set_access("thing", "", some("visible:a"))
            writer.delete("thing", "3", 1)
        assert find(storage, kind="thing", order="extra") == find(storage, kind="thing") == []


def _growing(*, words: bool) -> Kind:
    orders = (Order("name", terms=("tag:",)), *((Order("extra", words=True, due=True),) if words else ()))
    return Kind("thing", orders, {"of": "thing"} if words else {})


def a_kind_keeps_its_orders(open_storage: OpenStorage) -> None:
    """A kind that lacks or changes an installed order or reference is `kind-redeclared`, and nothing is installed."""
    name, owner = Order("name", words=True), {"owner": "contact"}
    redeclared = (
        Kind("contact"),
        Kind("contact", (name,), owner),
        Kind("contact", (name, Order("recent")), owner),
        Kind("contact", (attrs.evolve(name, words=False), KINDS[0].orders[1]), owner),
        Kind("contact", (attrs.evolve(name, due=True), KINDS[0].orders[1]), owner),
        Kind("contact", KINDS[0].orders, {}),
        Kind("contact", KINDS[0].orders, {"owner": "note"}),
    )
    with open_storage() as storage:
        put(storage, contact("1", words=some("doe")))
        for kind in redeclared:
            with refused(Invalid, code="kind-redeclared", path="kinds"):
                storage.install([Kind("stranger"), kind])
        with storage.read(ACME) as reader, refused(Invalid, code="kind-unknown"):
            reader.dump("stranger")
        assert find(storage, words=("d",)) == ["1"]


def a_closed_storage_is_closed(open_storage: OpenStorage) -> None:
    """Closing twice does nothing; a closed storage refuses every call with `StorageError`."""
    with open_storage() as storage:
        put(storage, contact("1"))
        storage.close()
        storage.close()
        with refused(StorageError), storage.read(ACME) as reader:
            reader.get("contact", ["1"])
        with refused(StorageError), storage.write(ACME) as writer:
            writer.insert([contact("2")])
        calls: tuple[Callable[[], object], ...] = (
            storage.workspaces,
            storage.scrub,
            lambda: storage.create("other"),
            lambda: storage.drop(ACME),
            lambda: storage.install(KINDS),
        )
        for call in calls:
            with refused(StorageError):
                call()


LAWS: tuple[Law, ...] = (
    records_stay_in_their_workspace,
    writes_stay_in_their_workspace,
    feeds_and_blobs_stay_in_their_workspace,
    a_workspace_is_created_once,
    many_create_one_workspace,
    writing_creates_a_workspace,
    workspaces_are_listed_by_code_point,
    due_work_is_listed_by_workspace,
    work_is_due_as_it_was_last_written,
    a_dropped_workspace_is_gone,
    scrubbing_changes_nothing,
    installing_again_changes_nothing,
    a_kind_may_grow,
    a_kind_keeps_its_orders,
    a_closed_storage_is_closed,
)
