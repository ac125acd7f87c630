"""Copying: dumping a workspace and loading it elsewhere."""

from __future__ import annotations

import attrs

from contactcore.errors import Invalid
from contactcore.storage import BrokenReference, DuplicateKey, Published, Record
from contactcore.testing.fixtures import (
    ACME,
    Law,
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

__all__ = ["LAWS"]


def _full(id: str) -> Record:
    """A record with something in every field."""
    return Record(
        kind="contact",
        id=id,
        version=3,
        body=b'"body"',
        card=b'"card"',
        orders={"name": "doe", "name:pl": "Doe", "recent": "9"},
        terms=some("tag:a", "type:b"),
        words=some("^doe", "doe"),
        keys=some(f"k:{id}"),
        references={"owner": id},
        owner="s",
        access=some("visible:*"),
    )


def a_dump_holds_whole_records(open_storage: OpenStorage) -> None:
    """A dump gives all fields of all records as they were written, also of records without access, orders or terms.

    Kept because it has a record without access, orders and terms, as trash has.
    """
    trash = contact("2", orders={}, access=some(), terms=some("trash:2"), keys=some("was:k"))
    with open_storage() as storage:
        put(storage, _full("1"), trash, Record(kind="bare", id="3"))
        with storage.read(ACME) as reader:
            assert reader.dump("contact") == [_full("1"), trash]
            assert reader.dump("bare") == [Record(kind="bare", id="3")]
            assert reader.dump("note") == []


def a_dump_goes_by_id(open_storage: OpenStorage) -> None:
    """A dump is sorted by the code points of the ids, begins behind `after_id` and holds at most `limit` records."""
    ids = ["1", "10", "9", "A", "a", "é", "\uffff", "\U0001f980"]
    with open_storage() as storage:
        put(storage, *(contact(id, "same") for id in sorted(ids, key=len)))
        with storage.read(ACME) as reader:
            assert [record.id for record in reader.dump("contact")] == ids
            assert [record.id for record in reader.dump("contact", limit=3)] == ids[:3]
            assert [record.id for record in reader.dump("contact", "9", 2)] == ids[3:5]
            assert [record.id for record in reader.dump("contact", "B")] == ids[4:]
            assert reader.dump("contact", ids[-1]) == []


def a_dump_shows_the_present(open_storage: OpenStorage) -> None:
    """A dump shows the results of `replace`, `set_access`, `reindex` and `claim`.

    Kept because it compares the results of four kinds of change in one dump.
    """
    with open_storage() as storage:
        put(storage, contact("1"), contact("2", owner="s"), contact("3"), contact("4", "z"))
        with storage.write(ACME) as writer:
            writer.replace(contact("1", "new", version=2), 1)
            writer.set_access("contact", "s", some("visible:ann"))
            writer.reindex([contact("3", orders={"name:pl": "x"}, card=b"card")])
            writer.claim(ask(start="z"), "zz")
        with storage.read(ACME) as reader:
            assert reader.dump("contact") == [
                contact("1", "new", version=2),
                contact("2", owner="s", access=some("visible:ann")),
                contact("3", orders={"name:pl": "x"}, card=b"card"),
                contact("4", "zz"),
            ]


def what_was_dumped_can_be_loaded(open_storage: OpenStorage) -> None:
    """A dump loaded elsewhere gives the same records, versions, postings, keys and positions of the feed."""
    with open_storage() as storage:
        put(storage, _full("1"), note("2", about="1", orders={"due": "5"}), _full("3"))
        publish(storage, "a", "b")
        with storage.read(ACME) as reader:
            contacts, notes, events = reader.dump("contact"), reader.dump("note"), reader.feed()
        with storage.write("copy") as writer:
            writer.load(notes)
            writer.load(contacts, events[:1])
            writer.load([], events[1:])
        with storage.read("copy") as reader:
            assert (reader.dump("contact"), reader.dump("note"), reader.feed()) == (contacts, notes, events)
            assert reader.holders(["k:1"]) == [("contact", "1")]
        for question in ({"words": ("^d",)}, {"where": (some("tag:a"),), "order": "recent"}, {"order": "name:pl"}):
            assert find(storage, workspace="copy", **question) == ["1", "3"]
        assert storage.workspaces(due_before="6") == [ACME, "copy"]
        with refused(BrokenReference), storage.write("copy") as writer:
            writer.delete("contact", "1", 3)


def a_loaded_feed_goes_on(open_storage: OpenStorage) -> None:
    """Loaded events keep their positions; events that are published with them or later come behind."""
    with open_storage() as storage:
        with storage.write(ACME) as writer:
            writer.load([], [Published(3, event("c")), Published(7, event("g"))])
            writer.publish([event("h")])
        publish(storage, "i")
        assert [(one.position, one.event.name) for one in feed(storage)] == [(3, "c"), (7, "g"), (8, "h"), (9, "i")]
        with storage.write("other") as writer:
            writer.publish([event("x")])
            writer.load([], [Published(5, event("e"))])
            writer.publish([event("y")])
        assert [(one.position, one.event.name) for one in feed(storage, "other")] == [(5, "e"), (6, "x"), (7, "y")]


def a_taken_position_is_refused(open_storage: OpenStorage) -> None:
    """Loading an event at a position that is not behind all others, or not below 2**62, is `feed-position-taken`."""
    with open_storage() as storage:
        publish(storage, "a", "b")
        for positions in ((2,), (1,), (0,), (-1,), (3, 3), (4, 3), (2**70,)):
            with refused(Invalid, code="feed-position-taken"), storage.write(ACME) as writer:
                writer.load([], [Published(position, event()) for position in positions])
        with refused(Invalid, code="feed-position-taken"), storage.write(ACME) as writer:
            writer.publish([event()])
            writer.load([], [Published(3, event())])
        assert len(feed(storage)) == 2


def loading_over_something_is_refused(open_storage: OpenStorage) -> None:
    """Loading a record whose id or key is taken is refused with `DuplicateKey`."""
    with open_storage() as storage:
        put(storage, contact("1", keys=some("k")))
        with refused(DuplicateKey, key="1", existing="1"), storage.write(ACME) as writer:
            writer.load([contact("1", version=2)])
        with refused(DuplicateKey, key="k", existing="1"), storage.write(ACME) as writer:
            writer.load([attrs.evolve(contact("2"), keys=some("k"))])
        with refused(DuplicateKey, key="2", existing="2"), storage.write(ACME) as writer:
            writer.load([contact("2"), contact("2")])
        assert find(storage) == ["1"]


def loaded_references_are_checked_at_the_end(open_storage: OpenStorage) -> None:
    """A reference may be loaded before its target; a reference without target is refused when the context ends."""
    with open_storage() as storage:
        with refused(BrokenReference, kind="contact", id="gone", by="n"), storage.write(ACME) as writer:
            writer.load([note("n", about="gone")])
            writer.load([contact("1")])
        assert storage.workspaces() == []
        with storage.write(ACME) as writer:
            writer.load([note("n", about="1")])
            writer.load([contact("1")])
        assert find(storage, kind="note", order="time") == ["n"]
        with storage.write(ACME) as writer:
            writer.load([note("gone", about="gone"), note("mended", about="gone")])
            writer.delete("note", "gone", 1)
            writer.replace(note("mended", about="1", version=2), 1)
        assert find(storage, kind="note", order="time") == ["mended", "n"]


LAWS: tuple[Law, ...] = (
    a_dump_holds_whole_records,
    a_dump_goes_by_id,
    a_dump_shows_the_present,
    what_was_dumped_can_be_loaded,
    a_loaded_feed_goes_on,
    a_taken_position_is_refused,
    loading_over_something_is_refused,
    loaded_references_are_checked_at_the_end,
)
