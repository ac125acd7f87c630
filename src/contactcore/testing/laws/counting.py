"""Counting, by boundaries, and `distinct_owner`."""

from __future__ import annotations

from contactcore.errors import Invalid
from contactcore.testing.fixtures import ACME, Law, OpenStorage, ask, contact, count, find, put, refused, some

__all__ = ["LAWS"]


def a_count_is_what_would_be_found(open_storage: OpenStorage) -> None:
    """A count is the number of records that answer; cursor, limit, direction and `distinct_owner` are ignored."""
    with open_storage() as storage:
        put(storage, *(contact(letter, owner="s", terms=some(f"tag:{letter in 'ab'}")) for letter in "abcde"))
        with storage.read(ACME) as reader:
            cursor = reader.find(ask(limit=3)).last
        assert count(storage) == (5,)
        assert count(storage, limit=1, after=cursor, descending=True, distinct_owner=True) == (5,)
        assert count(storage, limit=0, after="no cursor") == (5,)
        assert count(storage, start="b", stop="e") == (3,)
        assert count(storage, where=(some("tag:True"),)) == (2,)


def boundaries_count_by_ranges(open_storage: OpenStorage) -> None:
    """`n` boundaries give `n + 1` numbers: below the first, from each one to below the next, and from the last on."""
    keys = ["", "a", "a", "b", "bz", "c", "é", "\uffff", "\U0001f980"]
    with open_storage() as storage:
        put(storage, *(contact(f"{number}", key) for number, key in enumerate(keys)))
        assert count(storage, "a", "b", "c", "d", "é", "\U0001f980") == (1, 2, 2, 1, 0, 2, 1)
        assert count(storage, "") == (0, 9)
        assert count(storage, "b", "b") == (3, 0, 6)
        assert count(storage, "b", "c", start="a", stop="é") == (2, 2, 1)
        assert count(storage, "b", "c", start="a", stop="é", descending=True) == (2, 2, 1)
        assert count(storage, "a", "é", start="b", stop="c") == (0, 2, 0)


def boundaries_respect_the_question(open_storage: OpenStorage) -> None:
    """Each number counts only the records that answer the access, the words and the terms."""
    with open_storage() as storage:
        put(
            storage,
            contact("1", "a", words=some("x"), access=some("visible:ann")),
            contact("2", "a", words=some("x"), access=some("visible:bob")),
            contact("3", "b", words=some("y"), access=some("visible:ann")),
            contact("4", "b", words=some("x"), access=some("visible:ann", "visible:bob")),
        )
        both = some("visible:ann", "visible:bob")
        assert count(storage, "b", access=some("visible:ann")) == (1, 2)
        assert count(storage, "b", access=some("visible:ann"), words=("x",)) == (1, 1)
        assert count(storage, "b", access=both, words=("x",)) == (2, 1)
        assert count(storage, "b", access=both) == (2, 2)


def boundaries_ascend(open_storage: OpenStorage) -> None:
    """Boundaries that do not ascend are refused as `cuts-not-ascending`."""
    with open_storage() as storage, storage.read(ACME) as reader, refused(Invalid, code="cuts-not-ascending"):
        reader.count(ask(), ["b", "a"])


def distinct_owner_shows_each_owner_once(open_storage: OpenStorage) -> None:
    """With `distinct_owner` only the first of an owner's records that answer is shown, in the direction of the walk.

    Kept because it asks for cards, and by words; the law that fails with it asks for whole records.
    """
    with open_storage() as storage:
        put(
            storage,
            contact("1", "a", owner="x", words=some("no")),
            contact("2", "b", owner="x", words=some("yes")),
            contact("3", "c", owner="y", words=some("yes")),
            contact("4", "d", owner="x", words=some("yes")),
            contact("5", "e", owner="y", words=some("yes")),
        )
        assert find(storage, distinct_owner=True) == ["1", "3"]
        assert find(storage, distinct_owner=True, descending=True) == ["5", "4"]
        assert find(storage, distinct_owner=True, words=("yes",)) == ["2", "3"]
        assert find(storage, distinct_owner=False) == ["1", "2", "3", "4", "5"]


def distinct_owner_shows_the_first_that_answers(open_storage: OpenStorage) -> None:
    """A hidden record of an owner hides no other: the owner's first record that answers access and terms is shown.

    Kept because it has terms beside access; the law that fails with it has access only.
    """
    with open_storage() as storage:
        put(
            storage,
            contact("1", owner="x", access=some("visible:bob"), terms=some("tag:a")),
            contact("2", owner="x", access=some("visible:ann")),
            contact("3", owner="x", access=some("visible:ann"), terms=some("tag:a")),
            contact("4", owner="y", access=some("visible:bob"), terms=some("tag:a")),
            contact("5", owner="y", access=some()),
        )
        ann = some("visible:ann")
        assert find(storage, distinct_owner=True, access=ann) == ["2"]
        assert find(storage, distinct_owner=True, access=ann, where=(some("tag:a"),)) == ["3"]
        assert find(storage, distinct_owner=True, access=ann, descending=True) == ["3"]
        assert find(storage, distinct_owner=True, access=some("visible:bob")) == ["1", "4"]


def distinct_owner_fills_its_page(open_storage: OpenStorage) -> None:
    """A distinct page holds up to `limit` owners; `more` says whether another owner follows.

    Kept because it has owners whose records fill a page by themselves.
    """
    with open_storage() as storage:
        put(storage, *(contact(f"{number:02}", owner=f"s{number // 4}") for number in range(12)))
        with storage.read(ACME) as reader:
            for limit, ids, more in ((1, ["00"], True), (2, ["00", "04"], True), (3, ["00", "04", "08"], False)):
                found = reader.find(ask(distinct_owner=True, limit=limit))
                assert ([card.id for card in found.cards], found.more) == (ids, more)


def a_cursor_starts_distinct_owner_anew(open_storage: OpenStorage) -> None:
    """Behind a cursor an owner is shown again, by its first record there."""
    with open_storage() as storage:
        put(storage, *(contact(id, owner=owner) for id, owner in zip("abcde", "xyxxy", strict=True)))
        with storage.read(ACME) as reader:
            cursor = reader.find(ask(limit=2)).last
            found = reader.find(ask(after=cursor, distinct_owner=True))
        assert [card.id for card in found.cards] == ["c", "e"]


def no_owner_is_one_owner(open_storage: OpenStorage) -> None:
    """Records without an owner count as one owner for `distinct_owner`.

    Kept because it asks for cards, and nothing else is in its way; the law that fails with it asks for whole records.
    """
    with open_storage() as storage:
        put(storage, contact("1"), contact("2", owner="s"), contact("3"))
        assert find(storage, distinct_owner=True) == ["1", "2"]


LAWS: tuple[Law, ...] = (
    a_count_is_what_would_be_found,
    boundaries_count_by_ranges,
    boundaries_respect_the_question,
    boundaries_ascend,
    distinct_owner_shows_each_owner_once,
    distinct_owner_shows_the_first_that_answers,
    distinct_owner_fills_its_page,
    a_cursor_starts_distinct_owner_anew,
    no_owner_is_one_owner,
)
