"""Claiming: taking work that is due."""

from __future__ import annotations

import threading
from typing import Any

import attrs

from contactcore.storage import Query
from contactcore.testing import fixtures
from contactcore.testing.fixtures import (
    ACME,
    Law,
    OpenStorage,
    ask,
    contact,
    find,
    get,
    in_threads,
    note,
    put,
    refused,
    some,
)

__all__ = ["LAWS"]


def _due(**more: Any) -> Query:
    return ask(kind="note", order="due", **more)


def a_claim_takes_what_answers(open_storage: OpenStorage) -> None:
    """`claim` takes the stored records that answer a question, in its order and within its range, access and limit."""
    with open_storage() as storage:
        put(storage, *(note(id, orders={"due": due}) for id, due in (("a", "3"), ("b", "2"), ("c", "1"), ("d", "9"))))
        put(storage, note("e", orders={"due": "1"}, access=some("visible:ann"), body=b"e", version=2))
        expected = [get(storage, "note", id) for id in "cb"]
        with storage.write(ACME) as writer:
            assert writer.claim(_due(stop="5", access=some("visible:*"), limit=2), "7") == expected
            assert [one.id for one in writer.claim(_due(stop="5", descending=True, limit=1), "7")] == ["a"]
            assert [one.body for one in writer.claim(_due(stop="5"), "7")] == [b"e"]


def a_claim_moves_what_it_takes(open_storage: OpenStorage) -> None:
    """A claimed record moves to `until` in the order of the question, and is not found before it any more.

    Kept because it asks for the place before and after, with access.
    """
    with open_storage() as storage:
        put(storage, note("1", orders={"due": "1", "time": "1"}), note("2", orders={"due": "2", "time": "2"}))
        with storage.write(ACME) as writer:
            assert len(writer.claim(_due(stop="2"), "5")) == 1
            assert writer.claim(_due(stop="2"), "5") == []
        assert find(storage, kind="note", order="due") == ["2", "1"]
        assert find(storage, kind="note", order="due", start="5", stop="6") == ["1"]
        assert find(storage, kind="note", order="due", start="5", access=some("visible:*")) == ["1"]
        assert find(storage, kind="note", order="time") == ["1", "2"]


def a_claim_changes_nothing_else(open_storage: OpenStorage) -> None:
    """`claim` changes one order key and neither version nor body: a write with the version that was read succeeds.

    Kept because it ends with a write that expects the version of before.
    """
    record = note("1", orders={"due": "1", "time": "t"}, version=4, body=b"b", keys=some("k"), terms=some("tag:a"))
    with open_storage() as storage:
        put(storage, record)
        with storage.write(ACME) as writer:
            writer.claim(_due(), "5")
        with storage.write(ACME) as writer:
            assert writer.dump("note") == [attrs.evolve(record, orders={"due": "5", "time": "t"})]
            writer.delete("note", "1", 4)


def a_claim_keeps_words_and_terms(open_storage: OpenStorage) -> None:
    """Records can be claimed in any order; their words and terms are found at the new place."""
    with open_storage() as storage:
        put(storage, contact("1", "a", words=some("doe"), terms=some("tag:a")), contact("2", "b", words=some("dot")))
        with storage.write(ACME) as writer:
            assert [one.id for one in writer.claim(ask(words=("doe",)), "z")] == ["1"]
        assert find(storage, words=("do",)) == ["2", "1"]
        assert find(storage, start="z", where=(some("tag:a"),)) == ["1"]


def a_claim_asks_the_whole_question(open_storage: OpenStorage) -> None:
    """A claim respects terms, cursor, `distinct_owner` and variant; a record that is already at `until` stays there."""
    records = [
        note(id, orders={"time": "5", "time:x": id}, owner=owner, terms=some("tag:t" + owner))
        for id, owner in (("a", "1"), ("b", "1"), ("c", "2"), ("d", "2"))
    ]
    with open_storage() as storage:
        put(storage, *records)
        with storage.read(ACME) as reader:
            behind_a = reader.find(ask(kind="note", order="time:x", limit=1)).last
        questions: tuple[tuple[dict[str, Any], list[str]], ...] = (
            ({"where": (some("tag:t2"),)}, ["c", "d"]),
            ({"after": behind_a, "stop": "d"}, ["b", "c"]),
            ({"distinct_owner": True}, ["a", "c"]),
            ({"descending": True, "limit": 1}, ["d"]),
        )
        for question, claimed in questions:
            with refused(ZeroDivisionError), storage.write(ACME) as writer:
                taken = writer.claim(ask(kind="note", order="time:x", **question), "z")
                assert [one.id for one in taken] == claimed
                moved = writer.find(ask(kind="note", order="time:x", start="z"))
                assert [card.id for card in moved.cards] == claimed
                raise ZeroDivisionError
        with storage.write(ACME) as writer:
            writer.claim(ask(kind="note", order="time"), "5")
            assert writer.dump("note") == records
        assert find(storage, kind="note", order="time") == ["a", "b", "c", "d"]


def an_undone_claim_leaves_the_work(open_storage: OpenStorage) -> None:
    """Records that an undone transaction claimed can be claimed again.

    Kept because it is what a worker that dies relies on.
    """
    with open_storage() as storage:
        put(storage, note("1", orders={"due": "1"}))
        with refused(ZeroDivisionError), storage.write(ACME) as writer:
            writer.claim(_due(stop="5"), "9")
            raise ZeroDivisionError
        with storage.write(ACME) as writer:
            assert [one.id for one in writer.claim(_due(stop="5"), "9")] == ["1"]


def work_is_claimed_once(open_storage: OpenStorage) -> None:
    """Two workers at the same time never take the same record, and in the end all records are taken."""
    with open_storage() as storage:
        put(storage, *(note(f"{number}", orders={"due": f"{number}"}) for number in range(6)))
        taken: list[str] = []
        begun, ended = threading.Event(), threading.Event()

        def second() -> None:
            begun.set()
            with storage.write(ACME) as writer:
                taken.extend(one.id for one in writer.claim(_due(stop="8", limit=4), "9"))
            ended.set()

        other = threading.Thread(target=in_threads, args=(second,), daemon=True)
        with storage.write(ACME) as writer:
            taken.extend(one.id for one in writer.claim(_due(stop="8", limit=3), "9"))
            other.start()
            assert begun.wait(60)
            ended.wait(fixtures.MOMENT)
        other.join(60)
        with storage.write(ACME) as writer:
            taken.extend(one.id for one in writer.claim(_due(stop="8"), "9"))
        assert sorted(taken) == ["0", "1", "2", "3", "4", "5"]


LAWS: tuple[Law, ...] = (
    a_claim_takes_what_answers,
    a_claim_moves_what_it_takes,
    a_claim_changes_nothing_else,
    a_claim_keeps_words_and_terms,
    a_claim_asks_the_whole_question,
    an_undone_claim_leaves_the_work,
    work_is_claimed_once,
)
