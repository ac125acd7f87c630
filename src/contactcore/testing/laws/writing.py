"""Inserting, replacing and deleting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs

from contactcore.errors import Invalid
from contactcore.storage import BrokenReference, DuplicateKey, MissingRecord, Record, StaleRecord, Writer
from contactcore.testing.fixtures import (
    ACME,
    Law,
    OpenStorage,
    ask,
    changed,
    contact,
    count,
    find,
    get,
    note,
    put,
    refused,
    some,
)

__all__ = ["LAWS"]


def insert_answers_the_ids(open_storage: OpenStorage) -> None:
    """`insert` answers the id of each record, of whatever kinds, in their sequence.

    Kept because it mixes kinds in one call; the laws of kept records answer ids of one kind.
    """
    with open_storage() as storage, storage.write(ACME) as writer:
        assert writer.insert([contact("b"), note("c"), contact("a")]) == ["b", "c", "a"]
        assert writer.insert([]) == []


def a_taken_id_is_refused(open_storage: OpenStorage) -> None:
    """Inserting an id that the kind has already is refused with `DuplicateKey`, which names the id.

    Kept because it states the promise alone, and the laws that fail with it are about transactions.
    """
    with open_storage() as storage:
        put(storage, contact("1", body=b"1"))
        with refused(DuplicateKey, key="1", existing="1"), storage.write(ACME) as writer:
            writer.insert([contact("2"), contact("1", body=b"2")])
        stored = get(storage, "contact", "1")
        assert stored is not None
        assert stored.body == b"1"
        assert find(storage) == ["1"]


def an_id_is_taken_within_one_insert(open_storage: OpenStorage) -> None:
    """If two records of one insert have the same id, the second is refused."""
    with open_storage() as storage, refused(DuplicateKey, key="1", existing="1"), storage.write(ACME) as writer:
        writer.insert([contact("1"), contact("1")])


def a_fresh_record_is_added_or_refused_by_the_end(open_storage: OpenStorage) -> None:
    """`insert_fresh` adds records, which their writer sees at once, or refuses them by the end of its context.

    A taken id, a taken key and a broken reference are refused with the errors of `insert`, and leave nothing.
    """
    with open_storage() as storage:
        with storage.write(ACME) as writer:
            writer.insert_fresh([contact("1", body=b"1", keys=some("k")), note("n", about="1")])
            writer.insert_fresh([])
            (seen,) = writer.get("contact", ["1"])
            assert seen is not None
            assert [card.id for card in writer.find(ask()).cards] == ["1"]
        for record, error in (
            (contact("1", body=b"2"), DuplicateKey),
            (contact("2", keys=some("k")), DuplicateKey),
            (note("m", about="gone"), BrokenReference),
        ):
            for asked in (False, True):
                with refused(error), storage.write(ACME) as writer:
                    writer.insert_fresh([contact("3")])
                    writer.insert_fresh([record])
                    if asked:
                        writer.get("contact", ["1"])
        with refused(Invalid), storage.write(ACME) as writer:
            writer.insert_fresh([contact("\x00")])
        stored = get(storage, "contact", "1")
        assert stored is not None
        assert stored.body == b"1"
        assert find(storage) == ["1"]


def replace_leaves_nothing_of_the_old_record(open_storage: OpenStorage) -> None:
    """A replaced record is found by its new order keys, terms, words and keys, and by none of the old.

    Kept because it asks for each derived field of one replacement; every other law asks for some.
    """
    old = contact("1", "old", terms=some("tag:old"), words=some("old"), keys=some("k:old"), owner="x")
    new = changed(old, orders={"name": "new"}, terms=some("tag:new"), words=some("new"), keys=some("k:new"), body=b"2")
    with open_storage() as storage:
        put(storage, old)
        with storage.write(ACME) as writer:
            writer.replace(new, 1)
        with storage.read(ACME) as reader:
            assert reader.holders(["k:old", "k:new"]) == [None, ("contact", "1")]
            assert reader.dump("contact") == [new]
        assert find(storage, start="new", stop="new!") == ["1"]
        assert find(storage, start="old", stop="old!") == []
        assert find(storage, where=(some("tag:new"),)) == ["1"]
        assert find(storage, where=(some("tag:old"),)) == []
        assert find(storage, words=("new",)) == ["1"]


def replace_sets_the_owner_and_access_too(open_storage: OpenStorage) -> None:
    """A replaced record belongs to its new owner and is visible by its new access.

    Kept because it reads both back.
    """
    old = contact("1", owner="x", access=some("visible:a"), words=some("doe"))
    with open_storage() as storage:
        put(storage, old)
        with storage.write(ACME) as writer:
            writer.replace(changed(old, owner="y", access=some("visible:b")), 1)
        stored = get(storage, "contact", "1")
        assert stored is not None
        assert (stored.owner, stored.access) == ("y", some("visible:b"))
        for words in ((), ("doe",)):
            assert find(storage, access=some("visible:a"), words=words) == []
            assert find(storage, access=some("visible:b"), words=words) == ["1"]


def a_record_follows_its_new_owner(open_storage: OpenStorage) -> None:
    """After `replace`, `set_access` of the new owner reaches a record, and `set_access` of the old one does not."""
    with open_storage() as storage:
        for id, before, after in (("1", "x", "y"), ("2", "", "y"), ("3", "x", "")):
            put(storage, contact(id, owner=before))
            with storage.write(ACME) as writer:
                writer.replace(changed(contact(id, owner=after)), 1)
        for owner, reached in (("x", []), ("y", ["1", "2"])):
            for how, ids in (("named", ["1", "2", "3"]), ("all", None)):
                access = some(f"visible:{owner}:{how}")
                with storage.write(ACME) as writer:
                    writer.set_access("contact", owner, access, ids)
                assert find(storage, access=access) == reached, f"set_access of the owner {owner!r}, {how} ids"


def a_change_of_access_takes_the_old_one_back(open_storage: OpenStorage) -> None:
    """After `replace`, `reindex` or `set_access` no order, variant, word or count shows a record by its old access."""
    orders = {"name": "a", "name:pl": "b", "recent": "c"}
    old = contact("1", owner="s", orders=orders, access=some("visible:a", "visible:x"), words=some("doe"))
    new = attrs.evolve(old, access=some("visible:b", "visible:x"))
    moved = attrs.evolve(new, orders={"name": "z", "name:pl": "y", "recent": "x"}, words=some("dot"))
    writes: tuple[Callable[[Writer], object], ...] = (
        lambda writer: writer.replace(changed(new), 1),
        lambda writer: writer.replace(changed(moved), 1),
        lambda writer: writer.reindex([new]),
        lambda writer: writer.reindex([moved]),
        lambda writer: writer.set_access("contact", "s", new.access),
        lambda writer: writer.set_access("contact", "s", new.access, ["1"]),
    )
    for write in writes:
        with open_storage() as storage:
            put(storage, old)
            with storage.write(ACME) as writer:
                write(writer)
            for access, seen in (("visible:a", []), ("visible:b", ["1"]), ("visible:x", ["1"])):
                for order in orders:
                    for words in ((),) if order == "recent" else ((), ("do",)):
                        question: dict[str, Any] = {"order": order, "words": words}
                        assert find(storage, access=some(access), **question) == seen
                        assert find(storage, where=(some(access),), **question) == seen
                        assert count(storage, "m", access=some(access), **question)[::-1].count(1) == len(seen)
            assert count(storage, access=some("visible:a", "visible:b", "visible:x")) == (1,)


def a_replacement_may_leave_an_order(open_storage: OpenStorage) -> None:
    """A record is in the orders for which it has a key: a replacement can leave an order and enter another.

    Kept because it asks in the orders themselves.
    """
    old = contact("1")
    with open_storage() as storage:
        put(storage, old)
        with storage.write(ACME) as writer:
            writer.replace(changed(old, orders={"recent": "5"}), 1)
        assert find(storage) == []
        assert find(storage, order="recent") == ["1"]


def replacing_or_deleting_nothing_is_refused(open_storage: OpenStorage) -> None:
    """Replacing or deleting a missing record is refused with `MissingRecord`, which carries kind and id.

    Kept because it separates a missing record from one of another workspace.
    """
    with open_storage() as storage:
        put(storage, note("1"))
        with refused(MissingRecord, kind="contact", id="1"), storage.write(ACME) as writer:
            writer.replace(contact("1", version=2), 1)
        with refused(MissingRecord, kind="contact", id="1"), storage.write(ACME) as writer:
            writer.delete("contact", "1", 1)


def a_deleted_record_is_gone(open_storage: OpenStorage) -> None:
    """A deleted record is gone from every way of reading, and its id and keys are free again.

    Kept because it asks in every way of reading after one deletion.
    """
    record = contact("1", words=some("doe"), keys=some("k"), terms=some("tag:vip"))
    with open_storage() as storage:
        put(storage, record, contact("2"))
        with storage.write(ACME) as writer:
            writer.delete("contact", "1", 1)
        with storage.read(ACME) as reader:
            assert reader.get("contact", ["1"]) == [None]
            assert reader.holders(["k"]) == [None]
            assert [kept.id for kept in reader.dump("contact")] == ["2"]
        assert find(storage) == ["2"]
        assert find(storage, words=("doe",)) == []
        assert find(storage, where=(some("tag:vip"),)) == []
        put(storage, record)
        assert find(storage, words=("doe",)) == ["1"]


def versions_count_up(open_storage: OpenStorage) -> None:
    """A replacement has the version that it carries; a version not above the expected one is `version-not-larger`.

    Kept because it states who gives the version; the laws that fail with it are about limits and refusals.
    """
    with open_storage() as storage:
        put(storage, contact("1"))
        with storage.write(ACME) as writer:
            writer.replace(contact("1", version=5), 1)
        stored = get(storage, "contact", "1")
        assert stored is not None
        assert stored.version == 5
        with refused(Invalid, code="version-not-larger"), storage.write(ACME) as writer:
            writer.replace(contact("1", version=5), 5)


def a_stale_replace_is_refused(open_storage: OpenStorage) -> None:
    """Replacing a version that is not the stored one is refused with `StaleRecord`, which carries the stored record.

    Kept because it tries versions below and above the stored one, and compares what the refusal carries.
    """
    with open_storage() as storage:
        put(storage, contact("1", version=3, body=b"3", owner="s"))
        current = get(storage, "contact", "1")
        for expected in (2, 4):
            with refused(StaleRecord, current=current), storage.write(ACME) as writer:
                writer.replace(contact("1", version=9), expected)
        assert get(storage, "contact", "1") == current


def a_stale_delete_is_refused(open_storage: OpenStorage) -> None:
    """Deleting a version that is not the stored one is refused with `StaleRecord`, which carries the stored record."""
    with open_storage() as storage:
        put(storage, contact("1", version=3, body=b"3"))
        current = get(storage, "contact", "1")
        for expected in (2, 4):
            with refused(StaleRecord, current=current), storage.write(ACME) as writer:
                writer.delete("contact", "1", expected)
        assert get(storage, "contact", "1") == current


def what_was_handed_over_is_not_shared(open_storage: OpenStorage) -> None:
    """Changes of a record's mappings after it was written, or dumped, do not reach the stored record."""
    writes: tuple[Callable[[Writer, Record], object], ...] = (
        lambda writer, record: writer.insert([record]),
        lambda writer, record: writer.replace(attrs.evolve(record, version=2), 1),
        lambda writer, record: writer.reindex([attrs.evolve(record, version=2)]),
        lambda writer, record: writer.load([attrs.evolve(record, id="2")]),
    )
    with open_storage() as storage:
        for write in writes:
            orders, references = {"name": "doe"}, {"owner": "1"}
            with storage.write(ACME) as writer:
                write(writer, contact("1", orders=orders, references=references))
            orders["name"] = "changed"
            references.clear()
            with storage.read(ACME) as reader:
                dumped = reader.dump("contact")[-1]
                assert (dumped.orders, dumped.references) == ({"name": "doe"}, {"owner": "1"})
                for mapping in (dumped.orders, dumped.references):
                    if isinstance(mapping, dict):
                        mapping.clear()
            with storage.read(ACME) as reader:
                dumped = reader.dump("contact")[-1]
                assert (dumped.orders, dumped.references) == ({"name": "doe"}, {"owner": "1"})


LAWS: tuple[Law, ...] = (
    insert_answers_the_ids,
    a_taken_id_is_refused,
    an_id_is_taken_within_one_insert,
    a_fresh_record_is_added_or_refused_by_the_end,
    replace_leaves_nothing_of_the_old_record,
    replace_sets_the_owner_and_access_too,
    a_record_follows_its_new_owner,
    a_change_of_access_takes_the_old_one_back,
    a_replacement_may_leave_an_order,
    replacing_or_deleting_nothing_is_refused,
    a_deleted_record_is_gone,
    versions_count_up,
    a_stale_replace_is_refused,
    a_stale_delete_is_refused,
    what_was_handed_over_is_not_shared,
)
