"""A large workspace: no answer and no call has a limit of its own.

The laws share one workspace and leave it as it is.
"""

from __future__ import annotations

import attrs

from contactcore.storage import LARGEST_PAGE, BrokenReference, DuplicateKey, Published, Record, Storage
from contactcore.testing import fixtures
from contactcore.testing.fixtures import (
    ACME,
    LargeLaw,
    ask,
    contact,
    count,
    event,
    expect_same,
    feed,
    find,
    get,
    note,
    refused,
    some,
    undone,
)

__all__ = ["LAWS", "fill"]

_ALL = 2**31 - 1
"""The largest limit of `feed` and `dump`."""
_OWNER = "large"
_BOTH = some("visible:*", "visible:ann")


def _bare(number: int) -> Record:
    return Record(kind="bare", id=f"{number:05}", owner=_OWNER, keys=some(f"b{number}"))


def _listed(number: int) -> Record:
    return contact(
        f"{number:05}",
        orders={"name": f"{number:05}", "recent": f"{99_999 - number}"},
        terms=some("tag:all", f"tag:{number % 3}"),
        words=some("all", f"w{number}"),
        keys=some(f"c{number}"),
        access=some("visible:*" if number % 2 else "visible:ann"),
        owner=f"{number // 2}",
    )


def fill(storage: Storage) -> None:
    """Put the large workspace into a fresh storage: in three calls of one transaction."""
    with storage.write(ACME) as writer:
        writer.insert([_listed(number) for number in range(fixtures.LISTED)])
        writer.insert([_bare(number) for number in range(fixtures.LARGE)])
        writer.publish(event(f"e{number}") for number in range(fixtures.LARGE))


def a_count_has_no_ceiling(storage: Storage) -> None:
    """A count counts every record that answers, whatever their number, also by ranges, terms, words and access."""
    size = fixtures.LISTED
    third, half = (size + 2) // 3, (size + 1) // 2
    assert count(storage) == (size,)
    assert count(storage, "00001", f"{size - 1:05}") == (1, size - 2, 1)
    assert count(storage, access=_BOTH) == (size,)
    assert count(storage, access=some("visible:ann")) == (half,)
    assert count(storage, where=(some("tag:all"),)) == (size,)
    assert count(storage, where=(some("tag:0"), some("tag:all")), access=_BOTH) == (third,)
    assert count(storage, words=("a",)) == count(storage, words=("w",)) == (size,)
    assert count(storage, words=("a", "w"), where=(some("tag:0", "tag:1", "tag:2"),), access=_BOTH) == (size,)
    assert count(storage, order="recent") == (size,)


def a_count_takes_any_number_of_boundaries(storage: Storage) -> None:
    """A count takes any number of boundaries."""
    boundaries = [f"{number:05}" for number in range(1, fixtures.LISTED)]
    expect_same(count(storage, *boundaries), (1,) * fixtures.LISTED)


def a_feed_has_no_ceiling(storage: Storage) -> None:
    """The feed gives as many events as it is asked for, and begins behind any position, whatever its length.

    Kept because it has more events than any cap that was seen; the law that fails with it has 1,002.
    """
    size = fixtures.LARGE
    with storage.read(ACME) as reader:
        whole = reader.feed(limit=_ALL)
        expect_same([published.position for published in whole], list(range(1, size + 1)))
        expect_same([published.event.name for published in whole], [f"e{number}" for number in range(size)])
        assert reader.feed(size - 1) == whole[-1:]
        assert reader.feed(size - 5, 2) == whole[-5:-3]
    assert len(feed(storage)) == min(size, 1_000)


def a_dump_has_no_ceiling(storage: Storage) -> None:
    """A dump gives as many records as it is asked for, and begins behind any id.

    Kept because it has more records than any cap that was seen; the law that fails with it has 1,002.
    """
    size = fixtures.LARGE
    with storage.read(ACME) as reader:
        expect_same(
            [record.id for record in reader.dump("bare", limit=_ALL)], [f"{number:05}" for number in range(size)]
        )
        assert reader.dump("bare", f"{size - 3:05}") == [_bare(size - 2), _bare(size - 1)]
        assert len(reader.dump("contact", limit=_ALL)) == fixtures.LISTED
        assert len(reader.dump("bare")) == min(size, 1_000)


def pages_reach_the_last_record(storage: Storage) -> None:
    """Pages join to all records that answer, however many there are, in both directions.

    Kept because it has more pages than the law that fails with it, and groups.
    """
    whole = [f"{number:05}" for number in range(fixtures.LISTED)]
    questions: tuple[tuple[dict[str, object], list[str]], ...] = (
        ({"access": _BOTH}, whole),
        ({"where": (some("tag:all"), some("tag:1"))}, whole[1::3]),
        ({"words": ("all", "w"), "access": some("visible:*")}, whole[1::2]),
        ({"order": "recent"}, whole[::-1]),
    )
    with storage.read(ACME) as reader:
        for question, expected in questions:
            for descending in (False, True):
                seen: list[str] = []
                after, more = None, True
                while more and len(seen) <= len(expected):
                    found = reader.find(ask(**question, descending=descending, after=after, limit=LARGEST_PAGE))
                    seen += [card.id for card in found.cards]
                    after, more = found.last, found.more
                expect_same(seen, expected[::-1] if descending else expected)


def the_last_of_many_are_found(storage: Storage) -> None:
    """A range, a word, a term or a key finds the last of many records as it finds the first.

    Kept because its message names the one record that was not found.
    """
    last = f"{fixtures.LISTED - 1:05}"
    assert find(storage, start=last) == find(storage, words=(f"w{fixtures.LISTED - 1}",)) == [last]
    assert find(storage, where=(some(f"tag:{(fixtures.LISTED - 1) % 3}"),), descending=True, limit=1) == [last]
    owners = find(storage, distinct_owner=True, descending=True, limit=LARGEST_PAGE)
    expect_same(
        owners, [f"{fixtures.LISTED - 1 - 2 * number:05}" for number in range(min(1_000, fixtures.LISTED // 2))]
    )
    assert get(storage, "bare", f"{fixtures.LARGE - 1:05}") is not None


def many_records_are_read_at_once(storage: Storage) -> None:
    """`get` and `holders` answer any number of names, each of which exists.

    Kept because all the names exist, so that the answer is large too.
    """
    ids = [f"{number:05}" for number in range(fixtures.LARGE)]
    with storage.read(ACME) as reader:
        expect_same([stored and stored.id for stored in reader.get("bare", ids)], ids)
        expect_same(reader.holders([f"b{number}" for number in range(fixtures.LARGE)]), [("bare", id) for id in ids])


def one_call_changes_any_number_of_records(storage: Storage) -> None:
    """`reindex` and `set_access` change any number of records in one call, to the last of them."""
    with undone(storage) as writer:
        many = fixtures.LARGE // 5
        writer.reindex([attrs.evolve(_bare(number), card=b"new") for number in range(many)])
        last = f"{many - 1:05}"
        assert [(one.id, one.card) for one in writer.dump("bare", f"{many - 2:05}", 1)] == [(last, b"new")]
        writer.set_access("bare", _OWNER, some("visible:bob"))
        last = f"{fixtures.LARGE - 1:05}"
        dumped = writer.dump("bare", f"{fixtures.LARGE - 2:05}")
        assert [(one.id, one.access) for one in dumped] == [(last, some("visible:bob"))]


def one_load_takes_any_number_of_records(storage: Storage) -> None:
    """`load` takes any number of records and events in one call."""
    size = fixtures.LARGE
    new = [Record(kind="bare", id=f"{number:05}") for number in range(size)]
    events = [Published(2 * number + 1, event(f"{number}")) for number in range(size)]
    try:
        with storage.write("loaded") as writer:
            writer.load(new, events)
        with storage.read("loaded") as reader:
            assert reader.dump("bare", f"{size - 3:05}") == new[-2:]
            assert reader.feed(2 * size - 5) == events[-2:]
            assert reader.get("bare", [record.id for record in new]).count(None) == 0
    finally:
        storage.drop("loaded")


def the_last_of_many_is_judged(storage: Storage) -> None:
    """The last of many records of one call is refused or kept as the first one is."""
    known = [_bare(number) for number in range(fixtures.LARGE)]
    ids, last = [record.id for record in known], known[-1]
    taken, new = Record(kind="bare", id="new", keys=last.keys), Record(kind="bare", id="newer")
    with undone(storage) as writer:
        expect_same(writer.insert([*known, taken, new], existing="keep"), [*ids, last.id, new.id])
        assert [record.id for record in writer.dump("bare", last.id)] == ["newer"]
    many = [Record(kind="bare", id=f"new{number}") for number in range(fixtures.LARGE)]
    with refused(BrokenReference, kind="contact", id="gone", by="new"), storage.write(ACME) as writer:
        writer.insert([*many, note("new", about="gone")])
    with refused(DuplicateKey, key=last.id, existing=last.id), storage.write(ACME) as writer:
        writer.insert([*many, last])


LAWS: tuple[LargeLaw, ...] = (
    a_count_has_no_ceiling,
    a_count_takes_any_number_of_boundaries,
    a_feed_has_no_ceiling,
    a_dump_has_no_ceiling,
    pages_reach_the_last_record,
    the_last_of_many_are_found,
    many_records_are_read_at_once,
    one_call_changes_any_number_of_records,
    one_load_takes_any_number_of_records,
    the_last_of_many_is_judged,
)
