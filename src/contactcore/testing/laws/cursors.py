"""Cursors: the next page, the page before, and changes in between."""

from __future__ import annotations

from typing import Any

from contactcore.errors import Invalid
from contactcore.storage import Record, Storage
from contactcore.testing.fixtures import ACME, Law, OpenStorage, ask, contact, find, put, refused, some

__all__ = ["LAWS"]


def _directory() -> list[Record]:
    """Ten records in the order of the directory, with ties and keys beyond ASCII."""
    keys = ["a", "b", "b", "b", "c", "é", "é", "\uffff", "\U0001f980", "\U0001f980"]
    return [contact(f"{number}", key) for number, key in enumerate(keys)]


def _walk(storage: Storage, limit: int, *, descending: bool, **question: Any) -> list[str]:
    seen: list[str] = []
    after = None
    with storage.read(ACME) as reader:
        for _ in range(100):
            found = reader.find(ask(after=after, limit=limit, descending=descending, **question))
            assert found.cards or after is None, "more was told, and nothing follows"
            seen.extend(card.id for card in found.cards)
            after = found.last
            if not found.more:
                return seen
    raise AssertionError(f"a walk in pages of {limit} does not end")


def pages_join_to_the_whole(open_storage: OpenStorage) -> None:
    """Pages of any size, each asked for behind the last cursor, show every record once, in both directions.

    Kept because it has ties at every border of a page.
    """
    with open_storage() as storage:
        records = _directory()
        put(storage, *records)
        whole = [record.id for record in records]
        for limit in range(1, 12):
            assert _walk(storage, limit, descending=False) == whole
            assert _walk(storage, limit, descending=True) == whole[::-1]


def pages_of_any_question_join(open_storage: OpenStorage) -> None:
    """Pages join, and `more` is right, also with words, terms, access and `distinct_owner`."""
    shown = {"access": some("visible:a", "visible:b"), "words": some("w", "wx"), "terms": some("tag:a", "tag:b")}
    hidden = (
        {**shown, "access": some("visible:c")},
        {**shown, "words": some("x")},
        {**shown, "terms": some("tag:c")},
        shown,
    )
    with open_storage() as storage:
        put(storage, *(contact(f"{n:02}", f"{n // 8}", owner=f"{n % 4}{n // 8}", **hidden[n % 4]) for n in range(24)))
        questions: tuple[tuple[dict[str, Any], set[int]], ...] = (
            ({"access": some("visible:a", "visible:b")}, {1, 2, 3}),
            ({"words": ("w",)}, {0, 2, 3}),
            ({"where": (some("tag:a", "tag:b"),)}, {0, 1, 3}),
            ({"access": some("visible:b"), "words": ("w", "wx"), "where": (some("tag:b"),)}, {3}),
        )
        for question, kinds in questions:
            ids = [f"{n:02}" for n in range(24) if n % 4 in kinds]
            for limit in (1, 2, len(ids), len(ids) + 1):
                assert _walk(storage, limit, descending=False, **question) == ids
                assert _walk(storage, limit, descending=True, **question) == ids[::-1]
            with storage.read(ACME) as reader:
                page = reader.find(ask(**question, distinct_owner=True, limit=3 * len(kinds)))
                assert (len(page.cards), page.more) == (3 * len(kinds), False)


def a_walk_can_turn_back(open_storage: OpenStorage) -> None:
    """The records before a page are found behind its first cursor in the other direction.

    Kept because it is the only law that uses the first cursor against the direction of its page.
    """
    with open_storage() as storage:
        put(storage, *_directory())
        with storage.read(ACME) as reader:
            page = reader.find(ask(start="b", limit=3, after=reader.find(ask(limit=3)).last))
            assert [card.id for card in page.cards] == ["3", "4", "5"]
            back = reader.find(ask(after=page.first, descending=True, limit=2))
            assert [card.id for card in back.cards] == ["2", "1"]
            assert reader.find(ask(after=back.last)).first == back.first


def a_page_knows_its_ends(open_storage: OpenStorage) -> None:
    """`first` and `last` are the cursors of the first and the last card, and None when nothing was found.

    Kept because it is the only law about the cursors of a page without cards.
    """
    with open_storage() as storage:
        put(storage, contact("a"), contact("b"), contact("c"))
        with storage.read(ACME) as reader:
            one = reader.find(ask(limit=1))
            assert one.first == one.last
            two = reader.find(ask(limit=2))
            assert two.first == one.first
            assert [card.id for card in reader.find(ask(after=two.last)).cards] == ["c"]
            assert [card.id for card in reader.find(ask(after=two.first)).cards] == ["b", "c"]
            none = reader.find(ask(start="x"))
            assert (none.first, none.last) == (None, None)


def a_cursor_outlives_its_record(open_storage: OpenStorage) -> None:
    """A cursor is a place in the order: it stays valid when its record is deleted or moved."""
    with open_storage() as storage:
        put(storage, contact("a"), contact("b"), contact("c"), contact("d"))
        with storage.read(ACME) as reader:
            behind_a, behind_c = (reader.find(ask(start=key, limit=1)).last for key in ("a", "c"))
        with storage.write(ACME) as writer:
            writer.delete("contact", "c", 1)
            writer.replace(contact("a", "z", version=2), 1)
        assert find(storage, after=behind_c) == ["d", "a"]
        assert find(storage, after=behind_c, descending=True) == ["b"]
        assert find(storage, after=behind_a) == ["b", "d", "a"]


def a_cursor_stays_within_the_range(open_storage: OpenStorage) -> None:
    """A cursor before the range of a question leaves the range as it is; a cursor behind it leaves nothing.

    Kept because it has cursors outside of the range, on both sides.
    """
    with open_storage() as storage:
        put(storage, *(contact(letter) for letter in "abcdef"))
        with storage.read(ACME) as reader:
            at = {letter: reader.find(ask(start=letter, limit=1)).last for letter in "abcdef"}
        assert find(storage, start="c", stop="e", after=at["a"]) == ["c", "d"]
        assert find(storage, start="c", stop="e", after=at["c"]) == ["d"]
        assert find(storage, start="c", stop="e", after=at["f"]) == []
        assert find(storage, start="c", stop="e", after=at["f"], descending=True) == ["d", "c"]
        assert find(storage, start="c", stop="e", after=at["a"], descending=True) == []


def a_cursor_belongs_to_its_order(open_storage: OpenStorage) -> None:
    """A cursor of another order, or of another variant of the order, is refused as `cursor-outdated`."""
    with open_storage() as storage:
        put(storage, contact("1", orders={"name": "a", "name:pl": "a", "recent": "a"}))
        with storage.read(ACME) as reader:
            cursor = reader.find(ask(order="name:pl")).last
            for order in ("name", "name:fr", "recent"):
                with refused(Invalid, code="cursor-outdated"):
                    reader.find(ask(order=order, after=cursor))


def what_is_no_cursor_is_refused(open_storage: OpenStorage) -> None:
    """Text that is no cursor is refused as `cursor-unreadable`."""
    with open_storage() as storage, storage.read(ACME) as reader:
        for text in ("", "x", "42", "é", "'; --", "[]", "W10", "eyJhIjoxfQ", "\x00", "\ud800", "A" * 10_000):
            with refused(Invalid, code="cursor-unreadable"):
                reader.find(ask(after=text))


LAWS: tuple[Law, ...] = (
    pages_join_to_the_whole,
    pages_of_any_question_join,
    a_walk_can_turn_back,
    a_page_knows_its_ends,
    a_cursor_outlives_its_record,
    a_cursor_stays_within_the_range,
    a_cursor_belongs_to_its_order,
    what_is_no_cursor_is_refused,
)
