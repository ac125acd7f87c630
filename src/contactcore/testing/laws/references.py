"""References between records."""

from __future__ import annotations

from collections.abc import Callable

from contactcore.errors import Invalid
from contactcore.storage import BrokenReference, Writer
from contactcore.testing.fixtures import ACME, Law, OpenStorage, ask, changed, contact, get, note, put, refused, some

__all__ = ["LAWS"]


def a_reference_to_nothing_is_refused(open_storage: OpenStorage) -> None:
    """A reference to a missing record is refused with `BrokenReference`, on insert and on replace.

    Kept because it compares all three facts of the refusal, for inserts and for replacements.
    """
    with open_storage() as storage:
        with refused(BrokenReference, kind="contact", id="gone", by="n"), storage.write(ACME) as writer:
            writer.insert([note("n", about="gone")])
        put(storage, contact("1"), note("n", about="1"))
        with refused(BrokenReference, kind="contact", id="gone", by="n"), storage.write(ACME) as writer:
            writer.replace(note("n", about="gone", version=2), 1)


def a_reference_points_to_a_kind(open_storage: OpenStorage) -> None:
    """A record of another kind with the same id is no target."""
    with open_storage() as storage:
        put(storage, note("1"))
        with refused(BrokenReference, kind="contact", id="1", by="2"), storage.write(ACME) as writer:
            writer.insert([note("2", about="1")])


def records_of_one_insert_may_refer_to_each_other(open_storage: OpenStorage) -> None:
    """Records of one insert may refer to each other in any sequence, in a ring, and to themselves.

    Kept because it has rings and self-references; the laws that fail with it only pass by.
    """
    with open_storage() as storage:
        put(
            storage,
            note("n", about="1"),
            contact("1", references={"owner": "2"}),
            contact("2", references={"owner": "1"}),
            contact("3", references={"owner": "3"}),
        )
        assert get(storage, "note", "n") is not None


def what_is_referred_to_cannot_be_deleted(open_storage: OpenStorage) -> None:
    """Deleting a record that another one refers to is refused with `BrokenReference`, which names both.

    Kept because it states the promise alone; nine laws rest on it.
    """
    with open_storage() as storage:
        put(storage, contact("1"), note("n", about="1"))
        with refused(BrokenReference, kind="contact", id="1", by="n"), storage.write(ACME) as writer:
            writer.delete("contact", "1", 1)
        assert get(storage, "contact", "1") is not None


def the_last_reference_frees_its_target(open_storage: OpenStorage) -> None:
    """A record can be deleted when no record refers to it any more: each was deleted or refers to another record."""
    author = note("a", references={"author": "1", "about": "1"})
    with open_storage() as storage:
        put(storage, contact("1"), contact("2"), note("n", about="1"), author)
        with storage.write(ACME) as writer:
            writer.replace(changed(author, references={"author": "2", "about": "1"}), 1)
            writer.delete("note", "n", 1)
        with refused(BrokenReference, kind="contact", id="1", by="a"), storage.write(ACME) as writer:
            writer.delete("contact", "1", 1)
        with storage.write(ACME) as writer:
            writer.replace(changed(author, version=3, references={"author": "2"}), 2)
            writer.delete("contact", "1", 1)
        assert get(storage, "contact", "1") is None


def a_record_does_not_hold_itself(open_storage: OpenStorage) -> None:
    """A record to which only itself refers can be deleted.

    Kept because a storage may treat loaded and inserted self-references differently.
    """
    with open_storage() as storage:
        put(storage, contact("1", references={"owner": "1"}))
        with storage.write(ACME) as writer:
            writer.delete("contact", "1", 1)
        assert get(storage, "contact", "1") is None


def a_replaced_target_stays_a_target(open_storage: OpenStorage) -> None:
    """Replacing a record leaves the references to it as they are."""
    record = contact("1")
    with open_storage() as storage:
        put(storage, record, note("n", about="1"))
        with storage.write(ACME) as writer:
            writer.replace(changed(record, body=b"2"), 1)
        with refused(BrokenReference, kind="contact", id="1", by="n"), storage.write(ACME) as writer:
            writer.delete("contact", "1", 2)


def a_deleted_record_is_no_target(open_storage: OpenStorage) -> None:
    """A reference to a deleted record is refused, also in the same transaction."""
    with open_storage() as storage:
        put(storage, contact("1"), note("m"))
        with refused(BrokenReference, kind="contact", id="1", by="n"), storage.write(ACME) as writer:
            writer.delete("contact", "1", 1)
            writer.insert([note("n", about="1")])
        with refused(BrokenReference, kind="contact", id="1", by="m"), storage.write(ACME) as writer:
            writer.delete("contact", "1", 1)
            writer.replace(note("m", about="1", version=2), 1)


def upkeep_frees_no_target(open_storage: OpenStorage) -> None:
    """`set_access`, `reindex` and `claim` leave the references of a record as they are."""
    upkeep: tuple[Callable[[Writer], object], ...] = (
        lambda writer: writer.set_access("note", "s", some("visible:ann")),
        lambda writer: writer.reindex([note("n")]),
        lambda writer: writer.claim(ask(kind="note", order="time"), "9"),
    )
    for act in upkeep:
        with open_storage() as storage:
            put(storage, contact("1"), note("n", about="1", owner="s"))
            with storage.write(ACME) as writer:
                act(writer)
                assert writer.dump("note")[0].references == {"about": "1"}
            with refused(BrokenReference, kind="contact", id="1", by="n"), storage.write(ACME) as writer:
                writer.delete("contact", "1", 1)


def references_are_declared(open_storage: OpenStorage) -> None:
    """A reference that the kind does not declare is refused as `reference-unknown`."""
    with open_storage() as storage:
        put(storage, contact("1"))
        with refused(Invalid, code="reference-unknown"), storage.write(ACME) as writer:
            writer.insert([note("2", references={"friend": "1"})])


LAWS: tuple[Law, ...] = (
    a_reference_to_nothing_is_refused,
    a_reference_points_to_a_kind,
    records_of_one_insert_may_refer_to_each_other,
    what_is_referred_to_cannot_be_deleted,
    the_last_reference_frees_its_target,
    a_record_does_not_hold_itself,
    a_replaced_target_stays_a_target,
    a_deleted_record_is_no_target,
    upkeep_frees_no_target,
    references_are_declared,
)
