"""The feed of events."""

from __future__ import annotations

import threading
from itertools import pairwise

import attrs

from contactcore.storage import Event, Published
from contactcore.testing import fixtures
from contactcore.testing.fixtures import (
    ACME,
    Law,
    OpenStorage,
    contact,
    event,
    feed,
    in_threads,
    publish,
    put,
    refused,
)

__all__ = ["LAWS"]


def positions_count_from_1(open_storage: OpenStorage) -> None:
    """Events have the positions 1, 2, 3, ..., in the sequence in which they were published.

    Kept because it has empty calls and iterators between the events.
    """
    with open_storage() as storage:
        publish(storage, "b", "a")
        with storage.write(ACME) as writer:
            writer.publish([event("d")])
            writer.publish([])
            writer.publish(iter([event("c"), event("e")]))
        shown = [(published.position, published.event.name) for published in feed(storage)]
        assert shown == [(1, "b"), (2, "a"), (3, "d"), (4, "c"), (5, "e")]


def an_event_comes_back_as_published(open_storage: OpenStorage) -> None:
    """Name, subject, time and data of an event come back as they were published, byte for byte."""
    happened = Event(
        name="contact.tagged", subject="é🦀", at="2026-02-28T23:59:59.999999Z", data='{"n": "Zoë"} '.encode()
    )
    odd = attrs.evolve(happened, data=b"\r\n\xff\xfe\x00\r")
    with open_storage() as storage:
        with storage.write(ACME) as writer:
            writer.publish([happened, happened, odd])
        assert feed(storage) == [Published(1, happened), Published(2, happened), Published(3, odd)]


def the_feed_is_read_in_pieces(open_storage: OpenStorage) -> None:
    """`feed` gives the events behind a position, oldest first, at most `limit`.

    Kept because it has positions beyond 64 bits.
    """
    with open_storage() as storage:
        publish(storage, *"abcde")
        with storage.read(ACME) as reader:
            for after, limit, expected in (
                (0, 2, [1, 2]),
                (2, 2, [3, 4]),
                (4, 2, [5]),
                (5, 2, []),
                (9, 1, []),
                (-(2**70), 1, [1]),
                (2**70, 1, []),
                (1, 9, [2, 3, 4, 5]),
            ):
                assert [published.position for published in reader.feed(after, limit)] == expected


def the_feed_is_read_from_behind_a_gap(open_storage: OpenStorage) -> None:
    """`feed` begins behind any position, also one in a gap that loaded events left, before and after further events."""
    with open_storage() as storage:
        with storage.write(ACME) as writer:
            writer.load([], [Published(position, event(f"{position}")) for position in (3, 7, 20)])
        for more in ([], [21]):
            with storage.read(ACME) as reader:
                for after in range(22):
                    expected = [position for position in [3, 7, 20, *more] if position > after]
                    assert [one.position for one in reader.feed(after)] == expected
                    assert [one.position for one in reader.feed(after, 1)] == expected[:1]
                    assert [one.position for one in reader.feed(after, 2)] == expected[:2]
            if not more:
                publish(storage, "21")


def events_keep_the_sequence_of_their_publishing(open_storage: OpenStorage) -> None:
    """Events stand in the sequence in which they were published, whatever their times, names and subjects are."""
    times = [f"2026-01-{day:02}T00:00:00Z" for day in range(9, 0, -1)]
    published = [attrs.evolve(event("b" if n % 2 else "a", f"{9 - n}"), at=at) for n, at in enumerate(times)]
    with open_storage() as storage:
        with storage.write(ACME) as writer:
            writer.publish(published)
        with storage.write(ACME) as writer:
            for one in published:
                writer.publish([one])
        assert [one.event for one in feed(storage)] == published * 2
        with storage.write("loaded") as writer:
            writer.load([], [Published(number, one) for number, one in enumerate(published, 1)])
        assert [one.event for one in feed(storage, "loaded")] == published


def a_rollback_leaves_no_gap(open_storage: OpenStorage) -> None:
    """An undone transaction takes no position."""
    with open_storage() as storage:
        publish(storage, "a")
        with refused(ZeroDivisionError), storage.write(ACME) as writer:
            writer.publish([event("lost"), event("lost")])
            raise ZeroDivisionError
        publish(storage, "b")
        assert [(one.position, one.event.name) for one in feed(storage)] == [(1, "a"), (2, "b")]


def events_appear_with_the_commit(open_storage: OpenStorage) -> None:
    """A published or loaded event appears when its transaction commits: before, not even its own writer sees it."""
    with open_storage() as storage:
        with storage.write(ACME) as writer:
            writer.load([], [Published(4, event("loaded"))])
            writer.publish([event()])
            assert writer.feed() == []
            seen: list[int] = []
            in_threads(lambda: seen.append(len(feed(storage))))
            assert seen == [0]
        assert [published.position for published in feed(storage)] == [4, 5]


def no_event_appears_behind_a_reader(open_storage: OpenStorage) -> None:
    """A reader of the feed up to a position later finds every other event above it, whichever writer began first.

    Kept because a storage that numbers by a sequence fails only here.
    """
    with open_storage() as storage:
        begun, ended = threading.Event(), threading.Event()

        def overtake() -> None:
            begun.set()
            with storage.write(ACME) as writer:
                writer.insert([contact("2")])
                writer.publish([event("second")])
            ended.set()

        other = threading.Thread(target=overtake, daemon=True)
        with storage.write(ACME) as writer:
            writer.insert([contact("1")])
            writer.publish([event("first")])
            other.start()
            assert begun.wait(60)
            ended.wait(fixtures.MOMENT)
            before: list[Published] = []
            in_threads(lambda: before.extend(feed(storage)))
        other.join(60)
        last = before[-1].position if before else 0
        with storage.read(ACME) as reader:
            later = reader.feed(after=last)
        assert sorted(one.event.name for one in before + later) == ["first", "second"]


def many_writers_make_one_feed(open_storage: OpenStorage) -> None:
    """With many writers positions have no gaps, events of a transaction are adjacent, and no reader misses any.

    Kept because it watches the feed while writers commit, which needs more threads than the other laws.
    """
    with open_storage() as storage:
        put(storage, contact("0"))
        looks: list[list[Published]] = []
        writing = threading.Semaphore(0)

        over = threading.Event()

        def write(name: str) -> None:
            try:
                for number in range(5):
                    publish(storage, f"{name}{number}.1", f"{name}{number}.2")
            finally:
                writing.release()

        def watch() -> None:
            finished = 0
            while finished < 3 and not over.is_set():
                finished += writing.acquire(blocking=False)
                looks.append(feed(storage))

        try:
            in_threads(lambda: write("a"), lambda: write("b"), lambda: write("c"), watch)
        finally:
            over.set()  # a watcher of writers that failed or wait would look for ever
        whole = feed(storage)
        assert [published.position for published in whole] == list(range(1, 31))
        names = [published.event.name for published in whole]
        assert len(set(names)) == 30
        assert all(left[:-1] == right[:-1] for left, right in zip(names[::2], names[1::2], strict=True))
        assert all(look == whole[: len(look)] for look in looks)
        assert all(len(left) <= len(right) for left, right in pairwise(looks))


LAWS: tuple[Law, ...] = (
    positions_count_from_1,
    an_event_comes_back_as_published,
    the_feed_is_read_in_pieces,
    the_feed_is_read_from_behind_a_gap,
    events_keep_the_sequence_of_their_publishing,
    a_rollback_leaves_no_gap,
    events_appear_with_the_commit,
    no_event_appears_behind_a_reader,
    many_writers_make_one_feed,
)
