"""Counting, by cuts, and each scope once."""

from __future__ import annotations

from contactcore.errors import Invalid
from contactcore.testing.stage import ACME, Law, OpenStorage, ask, contact, count, find, put, refused, some

__all__ = ["LAWS"]


def a_count_is_what_would_be_found(open_storage: OpenStorage) -> None:
    """A count is the number of records that answer; cursor, limit, direction and collapse are not looked at."""
    with open_storage() as storage:
        put(storage, *(contact(letter, scope="s", terms=some(f"tag:{letter in 'ab'}")) for letter in "abcde"))
        with storage.read(ACME) as reader:
            cursor = reader.find(ask(limit=3)).last
        assert count(storage) == (5,)
        assert count(storage, limit=1, after=cursor, descending=True, collapse=True) == (5,)
        assert count(storage, limit=0, after="no cursor") == (5,)
        assert count(storage, start="b", stop="e") == (3,)
        assert count(storage, where=(some("tag:True"),)) == (2,)


def cuts_count_by_ranges(open_storage: OpenStorage) -> None:
    """`n` cuts give `n + 1` numbers: below the first cut, from each cut up to below the next, from the last cut on."""
    keys = ["", "a", "a", "b", "bz", "c", "é", "\uffff", "\U0001f980"]
    with open_storage() as storage:
        put(storage, *(contact(f"{number}", key) for number, key in enumerate(keys)))
        assert count(storage, "a", "b", "c", "d", "é", "\U0001f980") == (1, 2, 2, 1, 0, 2, 1)
        assert count(storage, "") == (0, 9)
        assert count(storage, "b", "b") == (3, 0, 6)
        assert count(storage, "b", "c", start="a", stop="é") == (2, 2, 1)
        assert count(storage, "b", "c", start="a", stop="é", descending=True) == (2, 2, 1)
        assert count(storage, "a", "é", start="b", stop="c") == (0, 2, 0)


def cuts_respect_the_question(open_storage: OpenStorage) -> None:
    """Every number counts only what the asker may see and what answers the words and terms."""
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


def cuts_ascend(open_storage: OpenStorage) -> None:
    """Cuts that do not ascend are refused as `cuts-not-ascending`."""
    with open_storage() as storage, storage.read(ACME) as reader, refused(Invalid, code="cuts-not-ascending"):
        reader.count(ask(), ["b", "a"])


def collapse_shows_each_scope_once(open_storage: OpenStorage) -> None:
    """With `collapse` only the first of a scope's records that answer is shown, in the direction of the walk."""
    with open_storage() as storage:
        put(
            storage,
            contact("1", "a", scope="x", words=some("no")),
            contact("2", "b", scope="x", words=some("yes")),
            contact("3", "c", scope="y", words=some("yes")),
            contact("4", "d", scope="x", words=some("yes")),
            contact("5", "e", scope="y", words=some("yes")),
        )
        assert find(storage, collapse=True) == ["1", "3"]
        assert find(storage, collapse=True, descending=True) == ["5", "4"]
        assert find(storage, collapse=True, words=("yes",)) == ["2", "3"]
        assert find(storage, collapse=False) == ["1", "2", "3", "4", "5"]


def collapse_fills_its_page(open_storage: OpenStorage) -> None:
    """A collapsed page holds up to `limit` scopes; `more` tells whether there is another scope behind them."""
    with open_storage() as storage:
        put(storage, *(contact(f"{number:02}", scope=f"s{number // 4}") for number in range(12)))
        with storage.read(ACME) as reader:
            for limit, ids, more in ((1, ["00"], True), (2, ["00", "04"], True), (3, ["00", "04", "08"], False)):
                found = reader.find(ask(collapse=True, limit=limit))
                assert ([card.id for card in found.cards], found.more) == (ids, more)


def a_cursor_starts_collapse_anew(open_storage: OpenStorage) -> None:
    """Behind a cursor a scope is shown again, by the first of its records that stand there."""
    with open_storage() as storage:
        put(storage, *(contact(id, scope=scope) for id, scope in zip("abcde", "xyxxy", strict=True)))
        with storage.read(ACME) as reader:
            cursor = reader.find(ask(limit=2)).last
            found = reader.find(ask(after=cursor, collapse=True))
        assert [card.id for card in found.cards] == ["c", "e"]


def no_scope_is_one_scope(open_storage: OpenStorage) -> None:
    """Records without a scope count as one scope for `collapse`."""
    with open_storage() as storage:
        put(storage, contact("1"), contact("2", scope="s"), contact("3"))
        assert find(storage, collapse=True) == ["1", "2"]


LAWS: tuple[Law, ...] = (
    a_count_is_what_would_be_found,
    cuts_count_by_ranges,
    cuts_respect_the_question,
    cuts_ascend,
    collapse_shows_each_scope_once,
    collapse_fills_its_page,
    a_cursor_starts_collapse_anew,
    no_scope_is_one_scope,
)
