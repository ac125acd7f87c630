"""Unique keys, and inserting records that exist."""

from __future__ import annotations

from typing import Any

from contactcore.errors import Invalid
from contactcore.storage import BrokenReference, DuplicateKey
from contactcore.testing.fixtures import ACME, Law, OpenStorage, changed, contact, find, get, note, put, refused, some

__all__ = ["LAWS"]


def a_taken_key_is_refused_by_name(open_storage: OpenStorage) -> None:
    """A taken key is refused with `DuplicateKey`, which names the key, also among several, and its record."""
    with open_storage() as storage:
        put(storage, contact("1", keys=some("a", "m", "z")))
        with refused(DuplicateKey, key="m", existing="1"), storage.write(ACME) as writer:
            writer.insert([contact("2", keys=some("b", "m", "y"))])
        put(storage, contact("3", keys=some("c")))
        with refused(DuplicateKey, key="c", existing="3"), storage.write(ACME) as writer:
            writer.replace(contact("1", version=2, keys=some("a", "c", "z")), 1)


def keys_are_unique_across_kinds(open_storage: OpenStorage) -> None:
    """A key is unique among the records of all kinds.

    Kept because it is about an insert that refuses; the laws that fail with it are about inserts that keep.
    """
    with open_storage() as storage:
        put(storage, contact("1", keys=some("k")))
        with refused(DuplicateKey, key="k", existing="1"), storage.write(ACME) as writer:
            writer.insert([note("2", keys=some("k"))])


def a_key_of_another_kind_is_not_taken_over(open_storage: OpenStorage) -> None:
    """`replace` and `reindex` refuse a key that a record of another kind has, also one with the same id."""
    with open_storage() as storage:
        put(storage, contact("1", keys=some("k")), note("1"), note("2"))
        for id in ("1", "2"):
            with refused(DuplicateKey, key="k"), storage.write(ACME) as writer:
                writer.replace(note(id, version=2, keys=some("k")), 1)
            with refused(DuplicateKey, key="k"), storage.write(ACME) as writer:
                writer.reindex([note(id, keys=some("k"))])
        with storage.read(ACME) as reader:
            assert reader.holders(["k"]) == [("contact", "1")]


def keys_are_unique_within_one_insert(open_storage: OpenStorage) -> None:
    """If two records of one insert have the same key, the second is refused."""
    with open_storage() as storage, refused(DuplicateKey, key="k"), storage.write(ACME) as writer:
        writer.insert([contact("1", keys=some("k")), contact("2", keys=some("k"))])


def a_record_keeps_its_own_key(open_storage: OpenStorage) -> None:
    """A replacement may keep the keys that its record has.

    Kept because it states the promise alone, where the others fail on the way to something else.
    """
    record = contact("1", keys=some("k", "l"))
    with open_storage() as storage:
        put(storage, record)
        with storage.write(ACME) as writer:
            writer.replace(changed(record, keys=some("k", "m")), 1)
            assert writer.holders(["k", "l", "m"]) == [("contact", "1"), None, ("contact", "1")]


def a_key_given_up_is_free(open_storage: OpenStorage) -> None:
    """A key that its record gave up can be taken, also in the same transaction.

    Kept because it is the only law in which the key is taken in the transaction that gave it up by replacing.
    """
    record = contact("1", keys=some("k"))
    with open_storage() as storage:
        put(storage, record)
        with storage.write(ACME) as writer:
            writer.replace(changed(record, keys=some()), 1)
            writer.insert([contact("2", keys=some("k"))])
        with storage.read(ACME) as reader:
            assert reader.holders(["k"]) == [("contact", "2")]


def what_was_deleted_is_free_at_once(open_storage: OpenStorage) -> None:
    """Id and keys of a deleted record can be taken in the same transaction, and nothing of it is found by them."""
    old = contact("1", words=some("old"), terms=some("tag:old"), keys=some("k"), owner="s", body=b"old")
    with open_storage() as storage:
        put(storage, old)
        with storage.write(ACME) as writer:
            writer.delete("contact", "1", 1)
            writer.insert([contact("1", words=some("new"), body=b"new"), note("2", keys=some("k"))])
            assert writer.holders(["k"]) == [("note", "2")]
        with storage.read(ACME) as reader:
            assert reader.dump("contact") == [contact("1", words=some("new"), body=b"new")]
        assert find(storage, words=("old",)) == find(storage, where=(some("tag:old"),)) == []
        assert find(storage, words=("new",)) == ["1"]


def keys_can_be_exchanged(open_storage: OpenStorage) -> None:
    """Two records can exchange their keys in one transaction, if they give them up first."""
    one, two = contact("1", keys=some("k")), contact("2", keys=some("l"))
    with open_storage() as storage:
        put(storage, one, two)
        with storage.write(ACME) as writer:
            writer.replace(changed(one, keys=some()), 1)
            writer.replace(changed(two, keys=some("k")), 1)
            writer.replace(changed(one, version=3, keys=some("l")), 2)
        with storage.read(ACME) as reader:
            assert reader.holders(["k", "l"]) == [("contact", "2"), ("contact", "1")]


def keys_are_compared_exactly(open_storage: OpenStorage) -> None:
    """Keys that differ in case, accents, composition or white space are different keys."""
    alike = ["straße", "STRASSE", "Straße", "straße ", "é", "e\u0301", "e", "a%", "a_", "ab", ""]
    with open_storage() as storage:
        put(storage, *(contact(f"{number}", keys=some(key)) for number, key in enumerate(alike)))
        with storage.read(ACME) as reader:
            assert reader.holders(alike) == [("contact", f"{number}") for number in range(len(alike))]


def keep_leaves_the_stored_record_alone(open_storage: OpenStorage) -> None:
    """With `existing="keep"` a record whose id or key is taken is left out; the answer is the id of the stored one."""
    with open_storage() as storage:
        put(storage, contact("1", body=b"old", keys=some("k")))
        with storage.write(ACME) as writer:
            answer = writer.insert(
                [
                    contact("2", "two"),
                    contact("1", "again", version=4, body=b"new", keys=some("x")),
                    contact("3", "three", body=b"new", keys=some("k", "y")),
                ],
                existing="keep",
            )
        assert answer == ["2", "1", "1"]
        assert find(storage) == ["1", "2"]
        stored = get(storage, "contact", "1")
        assert stored is not None
        assert (stored.version, stored.body) == (1, b"old")
        with storage.read(ACME) as reader:
            assert reader.holders(["x", "y"]) == [None, None]


def keep_answers_one_stored_record(open_storage: OpenStorage) -> None:
    """With `existing="keep"` the record with the id is kept, though others have its keys; else the smallest id."""
    with open_storage() as storage:
        put(storage, contact("a", keys=some("x")), contact("b", keys=some("y", "z")), note("n", keys=some("k")))
        with storage.write(ACME) as writer:
            before = writer.dump("contact")
            asked = [
                contact("b", keys=some("x")),
                contact("a", keys=some("k", "free")),
                contact("c", keys=some("z", "x")),
                contact("0", keys=some("y", "x", "free")),
            ]
            assert writer.insert(asked, existing="keep") == ["b", "a", "a", "a"]
            assert (writer.dump("contact"), writer.holders(["free", "k"])) == (before, [None, ("note", "n")])
        with refused(DuplicateKey, key="k", existing="n"), storage.write(ACME) as writer:
            writer.insert([contact("c", keys=some("x", "k"))], existing="keep")


def keep_knows_doubles_of_one_insert(open_storage: OpenStorage) -> None:
    """With `existing="keep"` the first of several equal records of one insert is kept."""
    with open_storage() as storage, storage.write(ACME) as writer:
        doubles = [contact("1", keys=some("k")), contact("2", keys=some("k")), contact("1", "other")]
        assert writer.insert(doubles, existing="keep") == ["1", "1", "1"]
        assert [record.orders["name"] for record in writer.dump("contact")] == ["1"]


def keep_is_for_records_of_the_same_kind(open_storage: OpenStorage) -> None:
    """A key that belongs to a record of another kind is refused even with `existing="keep"`.

    Kept because it has a record without any holder of its own kind; the law beside it has both.
    """
    with open_storage() as storage:
        put(storage, contact("1", keys=some("k")))
        with refused(DuplicateKey, key="k", existing="1"), storage.write(ACME) as writer:
            writer.insert([note("2", keys=some("k"))], existing="keep")


def a_left_out_record_is_no_target(open_storage: OpenStorage) -> None:
    """A reference to a record that `existing="keep"` left out is refused: it does not exist."""
    with open_storage() as storage:
        put(storage, contact("1", keys=some("k")))
        with refused(BrokenReference, kind="contact", id="2", by="3"), storage.write(ACME) as writer:
            writer.insert([contact("2", keys=some("k")), note("3", about="2")], existing="keep")


def a_left_out_record_refers_to_nothing(open_storage: OpenStorage) -> None:
    """The references of a record that `existing="keep"` left out are neither judged nor stored."""
    with open_storage() as storage:
        put(storage, contact("1"), note("n"))
        with storage.write(ACME) as writer:
            writer.insert([note("n", about="nothing")], existing="keep")
            writer.insert([note("n", about="1")], existing="keep")
            writer.delete("contact", "1", 1)


def what_exists_is_refused_or_kept(open_storage: OpenStorage) -> None:
    """Any other `existing` than `"refuse"` and `"keep"` is refused as `existing-unknown`, whether or not any exists."""
    unknown: tuple[Any, ...] = ("replace", "Keep", "", None, True)
    with open_storage() as storage:
        put(storage, contact("1", body=b"old"))
        for existing in unknown:
            for records in ([contact("1", body=b"new")], [contact("2")], []):
                with refused(Invalid, code="existing-unknown", path="existing"), storage.write(ACME) as writer:
                    writer.insert(records, existing=existing)
        assert find(storage) == ["1"]


LAWS: tuple[Law, ...] = (
    a_taken_key_is_refused_by_name,
    keys_are_unique_across_kinds,
    a_key_of_another_kind_is_not_taken_over,
    keys_are_unique_within_one_insert,
    a_record_keeps_its_own_key,
    a_key_given_up_is_free,
    what_was_deleted_is_free_at_once,
    keys_can_be_exchanged,
    keys_are_compared_exactly,
    keep_leaves_the_stored_record_alone,
    keep_answers_one_stored_record,
    keep_knows_doubles_of_one_insert,
    keep_is_for_records_of_the_same_kind,
    a_left_out_record_is_no_target,
    a_left_out_record_refers_to_nothing,
    what_exists_is_refused_or_kept,
)
