"""The order of an answer, and ranges of it."""

from __future__ import annotations

from contactcore.errors import Invalid
from contactcore.testing.fixtures import ACME, Law, OpenStorage, ask, contact, find, note, put, refused

__all__ = ["LAWS"]

_ASCENDING = (
    "", " ", "!", "0", "10", "9", "A", "B", "Z", "_", "a", "a ", "a!", "aa", "b", "z", "~", "ß", "é", "ł", "Ω", "я",
    "あ", "中", "\ue000", "\uff21", "\uffff", "\U0001f980", "\U0010ffff",
)  # fmt: skip
"""Keys by code point. UTF-16 puts the last two before U+E000; a language's collation moves nearly all."""


def keys_stand_by_code_point(open_storage: OpenStorage) -> None:
    """Records are sorted by the code points of their keys, beyond the BMP too, a shorter key first."""
    with open_storage() as storage:
        put(storage, *(contact(f"{100 - number}", key) for number, key in enumerate(_ASCENDING)))
        expected = [f"{100 - number}" for number in range(len(_ASCENDING))]
        assert find(storage) == expected
        assert find(storage, descending=True) == expected[::-1]


def equal_keys_stand_by_id(open_storage: OpenStorage) -> None:
    """Records with equal keys are sorted by the code points of their ids, and in reverse when descending.

    Kept because it has ids that differ in length, script and case; other laws have digits.
    """
    ids = ["1", "10", "9", "A", "a", "é", "\uffff", "\U0001f980"]
    with open_storage() as storage:
        put(storage, *(contact(id, "same") for id in sorted(ids, key=len)))
        assert find(storage) == ids
        assert find(storage, descending=True) == ids[::-1]


def only_records_with_a_key_are_found(open_storage: OpenStorage) -> None:
    """An order holds the records of its kind that have a key for it, an empty key included, and no others.

    Kept because it separates an empty key from none; the others meet an empty key by the way.
    """
    with open_storage() as storage:
        put(storage, contact("1"), contact("2", orders={"recent": ""}), contact("3", orders={}), note("4"))
        assert find(storage) == ["1"]
        assert find(storage, order="recent") == ["2"]
        assert find(storage, kind="note", order="time") == ["4"]
        assert find(storage, kind="note", order="due") == []


def variants_are_orders_of_their_own(open_storage: OpenStorage) -> None:
    """A variant of an order (`name:pl`) is an order of its own, with the keys that records have for this variant.

    Kept because it states the promise with languages, as the library uses it.
    """
    with open_storage() as storage:
        put(
            storage,
            contact("1", orders={"name": "a", "name:pl": "z"}),
            contact("2", orders={"name": "b", "name:pl": "y"}),
            contact("3", orders={"name:fr": "x"}),
        )
        assert find(storage) == ["1", "2"]
        assert find(storage, order="name:pl") == ["2", "1"]
        assert find(storage, order="name:fr") == ["3"]
        assert find(storage, order="name:de") == []


def orders_are_declared(open_storage: OpenStorage) -> None:
    """An order that the kind does not declare is refused as `order-unknown`, in records and in questions.

    Kept because it is about readers and records, the law that fails with it about writers.
    """
    with open_storage() as storage:
        for kind, order in (("contact", "time"), ("contact", "nam"), ("contact", ""), ("bare", "name")):
            with storage.read(ACME) as reader:
                with refused(Invalid, code="order-unknown"):
                    reader.find(ask(kind=kind, order=order))
                with refused(Invalid, code="order-unknown"):
                    reader.count(ask(kind=kind, order=order))
        with refused(Invalid, code="order-unknown"), storage.write(ACME) as writer:
            writer.insert([contact("1", orders={"time": "x"})])


def a_range_includes_its_start_and_not_its_stop(open_storage: OpenStorage) -> None:
    """A range holds the keys from `start` on and below `stop`, compared by code point, in both directions.

    Kept because it tries both ends on keys of all scripts, in both directions.
    """
    keys = ["a", "b", "ba", "c", "é", "\uffff", "\U0001f980"]
    with open_storage() as storage:
        put(storage, *(contact(key) for key in keys))
        assert find(storage, start="b", stop="c") == ["b", "ba"]
        assert find(storage, start="b", stop="c", descending=True) == ["ba", "b"]
        assert find(storage, start="b", stop="b!") == ["b"]
        assert find(storage, start="é") == ["é", "\uffff", "\U0001f980"]
        assert find(storage, stop="\U0001f980", start="d") == ["é", "\uffff"]
        assert find(storage, start="c", stop="b") == []
        assert find(storage, stop="") == []


def a_page_stops_at_its_limit(open_storage: OpenStorage) -> None:
    """A page holds at most `limit` records, and `more` says whether a larger limit would have found more.

    Kept because it tries each limit around the number of answers.
    """
    with open_storage() as storage:
        put(storage, contact("a"), contact("b"), contact("c"))
        with storage.read(ACME) as reader:
            for limit, more in ((1, True), (2, True), (3, False), (1_000, False)):
                found = reader.find(ask(limit=limit))
                assert ([card.id for card in found.cards], found.more) == (["a", "b", "c"][:limit], more)
            assert reader.find(ask(limit=2, stop="c")).more is False
            assert reader.find(ask(limit=2, descending=True)).more is True


def a_limit_is_between_1_and_1_000(open_storage: OpenStorage) -> None:
    """A limit below 1 or above 1,000 is `limit-out-of-range`; for feed, dump and list a limit below 1 is.

    Kept because it tries each call that has a limit; the mutants of it fail elsewhere by chance.
    """
    with open_storage() as storage:
        with storage.read(ACME) as reader:
            for limit in (0, -1, 1_001, 10**30):
                with refused(Invalid, code="limit-out-of-range"):
                    reader.find(ask(limit=limit))
            with refused(Invalid, code="limit-out-of-range"):
                reader.feed(limit=0)
            with refused(Invalid, code="limit-out-of-range"):
                reader.dump("contact", limit=-1)
        with refused(Invalid, code="limit-out-of-range"):
            storage.workspaces(limit=0)


def a_card_shows_what_lists_need(open_storage: OpenStorage) -> None:
    """A card carries id, version, owner and the small JSON of its record, and its key in the order of the question."""
    small = '{"n": "Zoë"} '.encode()
    with open_storage() as storage:
        put(
            storage, contact("1", version=3, owner="s", card=small, body=b'"long"', orders={"name": "é", "recent": "9"})
        )
        with storage.read(ACME) as reader:
            for order, key in (("name", "é"), ("recent", "9")):
                (card,) = reader.find(ask(order=order)).cards
                assert (card.id, card.version, card.owner, card.card, card.key) == ("1", 3, "s", small, key)


LAWS: tuple[Law, ...] = (
    keys_stand_by_code_point,
    equal_keys_stand_by_id,
    only_records_with_a_key_are_found,
    variants_are_orders_of_their_own,
    orders_are_declared,
    a_range_includes_its_start_and_not_its_stop,
    a_page_stops_at_its_limit,
    a_limit_is_between_1_and_1_000,
    a_card_shows_what_lists_need,
)
