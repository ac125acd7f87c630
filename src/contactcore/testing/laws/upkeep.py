"""Changes of access and of derived fields, which do not change the version."""

from __future__ import annotations

import attrs

from contactcore.storage import DuplicateKey, MissingRecord, StaleRecord, Storage
from contactcore.testing.fixtures import ACME, Law, OpenStorage, contact, count, find, get, note, put, refused, some

__all__ = ["LAWS"]

_SECRET = some("visible:ann")


def set_access_sets_the_access_of_an_owner(open_storage: OpenStorage) -> None:
    """`set_access` sets the access of a kind's records that belong to an owner, in every order, and of no others.

    Kept because it asks in each order and variant and for another kind.
    """
    with open_storage() as storage:
        put(
            storage,
            contact("1", owner="s", orders={"name": "1", "recent": "1", "name:pl": "1"}, words=some("doe")),
            contact("2", owner="s"),
            contact("3", owner="t"),
            note("4", owner="s"),
        )
        with storage.write(ACME) as writer:
            writer.set_access("contact", "s", _SECRET)
        assert find(storage, access=_SECRET) == ["1", "2"]
        assert find(storage, access=_SECRET, order="recent") == ["1"]
        assert find(storage, access=_SECRET, order="name:pl") == ["1"]
        assert find(storage, access=_SECRET, words=("do",)) == ["1"]
        assert find(storage, access=some("visible:*")) == ["3"]
        assert count(storage, access=some("visible:*")) == (1,)
        assert find(storage, access=some("visible:*"), kind="note", order="time") == ["4"]


def set_access_touches_neither_body_nor_version(open_storage: OpenStorage) -> None:
    """`set_access` changes the access of a record and nothing else; a write with the version that was read succeeds.

    Kept because it ends with a write that expects the version of before.
    """
    record = contact("1", version=3, owner="s", body=b'"body"', terms=some("tag:a"), words=some("doe"), keys=some("k"))
    with open_storage() as storage:
        put(storage, record)
        with storage.write(ACME) as writer:
            writer.set_access("contact", "s", _SECRET)
        with storage.write(ACME) as writer:
            assert writer.dump("contact") == [attrs.evolve(record, access=_SECRET)]
            writer.replace(attrs.evolve(record, version=4), 3)


def set_access_can_pick_records(open_storage: OpenStorage) -> None:
    """With `ids` the access of those records changes that also belong to the owner; with no ids, of none."""
    with open_storage() as storage:
        put(storage, *(contact(id, owner="s") for id in "123"), contact("4", owner="t"))
        with storage.write(ACME) as writer:
            writer.set_access("contact", "s", _SECRET, ids=["1", "3", "4", "missing"])
            writer.set_access("contact", "s", some("visible:nobody"), ids=[])
            writer.set_access("contact", "missing", some("visible:nobody"))
        assert find(storage, access=_SECRET) == ["1", "3"]
        assert find(storage, access=some("visible:*")) == ["2", "4"]


def set_access_reaches_the_ownerless_and_the_hidden(open_storage: OpenStorage) -> None:
    """`set_access` may take all access away and give it back; the owner `""` stands for the records without owner."""
    with open_storage() as storage:
        put(storage, contact("1"), contact("2", owner="s"), contact("3", owner="s", orders={}))
        with storage.write(ACME) as writer:
            writer.set_access("contact", "s", some())
        assert find(storage, access=some("visible:*")) == ["1"]
        with storage.write(ACME) as writer:
            writer.set_access("contact", "s", _SECRET)
            writer.set_access("contact", "", some("visible:bob"))
            assert [record.access for record in writer.dump("contact")] == [some("visible:bob"), _SECRET, _SECRET]


def reindex_sets_what_is_derived(open_storage: OpenStorage) -> None:
    """`reindex` sets orders, terms, words, keys, access and card; body, version, owner and references stay.

    Kept because it compares each field, those that stay included.
    """
    old = contact("1", version=3, body=b'"body"', owner="s", references={"owner": "1"}, words=some("a"), keys=some("a"))
    new = contact("1", version=3, orders={"name:pl": "z"}, terms=some("tag:b"), words=some("b"), keys=some("b"))
    new = attrs.evolve(new, access=_SECRET, card=b'"card"', body=b'"ignored"', owner="ignored")
    with open_storage() as storage:
        put(storage, old)
        with storage.write(ACME) as writer:
            writer.reindex([new])
        with storage.read(ACME) as reader:
            expected = attrs.evolve(new, body=old.body, owner=old.owner, references=old.references)
            assert reader.dump("contact") == [expected]
            assert reader.holders(["a", "b"]) == [None, ("contact", "1")]
        assert find(storage) == []
        assert find(storage, order="name:pl", words=("b",), where=(some("tag:b"),), access=_SECRET) == ["1"]
        assert find(storage, order="name:pl", words=("a",)) == []


def reindex_needs_the_stored_version(open_storage: OpenStorage) -> None:
    """`reindex` refuses a version that is not the stored one (`StaleRecord`), a missing record, and a taken key.

    Kept because it is about the refusals of one call; the others are about voided transactions.
    """
    with open_storage() as storage:
        put(storage, contact("1", version=2), contact("2", keys=some("k")))
        current = get(storage, "contact", "1")
        with refused(StaleRecord, current=current), storage.write(ACME) as writer:
            writer.reindex([contact("1", "new", version=1)])
        with refused(MissingRecord, kind="contact", id="3"), storage.write(ACME) as writer:
            writer.reindex([contact("3")])
        with refused(DuplicateKey, key="k", existing="2"), storage.write(ACME) as writer:
            writer.reindex([contact("1", version=2, keys=some("k"))])
        assert find(storage) == ["1", "2"]


def tidying_changes_no_answer(open_storage: OpenStorage) -> None:
    """`tidy` changes no answer, whole or not."""
    with open_storage() as storage:
        storage.tidy()
        for number in range(6):
            put(storage, contact(f"{number}", words=some(f"doe{number % 3}", "jo")))
        before = _answers(storage)
        storage.tidy()
        assert _answers(storage) == before
        storage.tidy(whole=True)
        assert _answers(storage) == before


def _answers(storage: Storage) -> list[object]:
    with storage.read(ACME) as reader:
        stored = reader.dump("contact")
        events = [published.event for published in reader.feed()]
    return [stored, events, *(find(storage, words=(word,)) for word in ("do", "doe0", "jo"))]


LAWS: tuple[Law, ...] = (
    set_access_sets_the_access_of_an_owner,
    set_access_touches_neither_body_nor_version,
    set_access_can_pick_records,
    set_access_reaches_the_ownerless_and_the_hidden,
    reindex_sets_what_is_derived,
    reindex_needs_the_stored_version,
    tidying_changes_no_answer,
)
