"""Second times: the same question again after a change, and a transaction of many calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from contactcore.storage import Query, Reader, Writer, matches, sort_key
from contactcore.testing import fixtures
from contactcore.testing.fixtures import (
    ACME,
    KINDS,
    Law,
    OpenStorage,
    ask,
    changed,
    contact,
    count,
    event,
    feed,
    find,
    get,
    note,
    publish,
    put,
    refused,
    some,
    undone,
)

__all__ = ["LAWS"]

_QUESTIONS: Final[tuple[Query, ...]] = (
    ask(),
    ask(access=some("visible:*")),
    ask(access=some("visible:ann", "visible:bob")),
    ask(where=(some("tag:a"),)),
    ask(words=("do",)),
    ask(words=("do",), access=some("visible:*")),
    ask(order="recent"),
    ask(order="name:pl", words=("",)),
    ask(start="b", stop="y"),
    ask(kind="note", order="due"),
)
"""Questions that are asked again and again: the very same objects."""

_FIRST: Final = contact("1", "a", owner="s", words=some("doe"), terms=some("tag:a"), references={"owner": "1"})
_SECOND: Final = contact("2", orders={"name": "b", "recent": "2", "name:pl": "x"}, owner="t", words=some("dot"))
_CHANGES: Final[tuple[tuple[str, Callable[[Writer], object]], ...]] = (
    ("insert", lambda writer: writer.insert([_FIRST, _SECOND, note("n", about="1", orders={"due": "1"})])),
    ("replace", lambda writer: writer.replace(changed(_FIRST, orders={"name": "c"}, words=some("roe")), 1)),
    ("set_access", lambda writer: writer.set_access("contact", "s", some("visible:ann"))),
    ("reindex", lambda writer: writer.reindex([contact("2", "z", terms=some("tag:a"), words=some("doe"))])),
    ("claim", lambda writer: writer.claim(ask(kind="note", order="due"), "9")),
    ("set_access again", lambda writer: writer.set_access("contact", "s", some("visible:*"))),
    ("insert again", lambda writer: writer.insert([contact("3", words=some("doe"), terms=some("tag:a"))])),
    ("delete", lambda writer: writer.delete("contact", "2", 1)),
    ("load", lambda writer: writer.load([contact("4", "aa", words=some("do"), owner="s")])),
    ("delete again", lambda writer: writer.delete("note", "n", 1)),
)


def _check_answers(reader: Reader, after: str) -> None:
    kinds = {kind.name: kind for kind in KINDS}
    stored = {kind.name: reader.dump(kind.name) for kind in KINDS}
    for query in _QUESTIONS:
        hits = [record for record in stored[query.kind] if matches(kinds[query.kind], query, record)]
        ids = [record.id for record in sorted(hits, key=lambda record: sort_key(query, record))]
        assert reader.count(query) == (len(hits),), f"after {after}"
        assert [card.id for card in reader.find(query).cards] == ids, f"after {after}"


def a_question_asked_again_answers_the_present(open_storage: OpenStorage) -> None:
    """A count or page that was asked before answers the present after each kind of write, to its writer and to all.

    Kept because it asks after every kind of write, and its message names the write.
    """
    with open_storage() as storage:
        for name, change in _CHANGES:
            with storage.read(ACME) as reader:
                _check_answers(reader, "nothing")
            with storage.write(ACME) as writer:
                _check_answers(writer, "nothing")
                change(writer)
                _check_answers(writer, name)
            with storage.read(ACME) as reader:
                _check_answers(reader, name)


def a_lookup_asked_again_answers_the_present(open_storage: OpenStorage) -> None:
    """An id, a key, a blob or a list that was asked for before is answered as it is now, also if it was missing."""
    record = contact("1", keys=some("k"), body=b"1")
    with open_storage() as storage:
        for body, version in ((None, 0), (b"1", 1), (b"2", 2), (None, 0)):
            with storage.write(ACME) as writer:
                if version == 1:
                    writer.insert([record])
                    writer.keep_blob("d", b"bytes")
                elif version == 2:
                    writer.replace(changed(record, body=b"2"), 1)
                elif writer.get("contact", ["1"]) != [None]:
                    writer.delete("contact", "1", 2)
                    writer.drop_blob("d")
            for _ in range(2):
                there = get(storage, "contact", "1")
                assert (there and there.body) == body
                with storage.read(ACME) as reader:
                    assert reader.holders(["k"]) == [None if body is None else ("contact", "1")]
                    assert reader.blob("d") == (None if body is None else b"bytes")
                    assert [one.version for one in reader.dump("contact")] == ([version] if version else [])
        for due, expected in (("5", []), ("1", [ACME]), ("7", [])):
            with storage.write(ACME) as writer:
                writer.insert([note("n", orders={"due": due}, body=due.encode())])
            there = get(storage, "note", "n")
            assert there is not None
            assert there.body == due.encode()
            assert storage.workspaces(due_before="3") == storage.workspaces(due_before="3") == expected
            with storage.write(ACME) as writer:
                assert writer.get("note", ["n"]) == [there]
                writer.delete("note", "n", 1)
                assert writer.get("note", ["n"]) == [None]
            assert get(storage, "note", "n") is None


def an_undone_answer_is_forgotten(open_storage: OpenStorage) -> None:
    """Answers that a writer got are forgotten when it is undone: the next ones are those of before.

    Kept because it is the only law in which a writer that was undone had asked.
    """
    with open_storage() as storage:
        put(storage, contact("1", words=some("doe")))
        with refused(ZeroDivisionError), storage.write(ACME) as writer:
            assert writer.get("note", ["n"]) == [None]
            writer.insert([note("n")])
            assert writer.get("note", ["n"]) != [None]
            writer.insert([contact("2", words=some("doe"), keys=some("k"))])
            writer.keep_blob("d", b"bytes")
            assert writer.count(ask(words=("d",))) == (2,)
            assert (writer.holders(["k"]), writer.blob("d")) == ([("contact", "2")], b"bytes")
            raise ZeroDivisionError
        assert (count(storage, words=("d",)), find(storage)) == ((1,), ["1"])
        with storage.write(ACME) as writer:
            assert (writer.holders(["k"]), writer.blob("d")) == ([None], None)
            assert writer.get("note", ["n"]) == [None]
            assert writer.count(ask(words=("d",))) == (1,)


def a_transaction_takes_any_number_of_calls(open_storage: OpenStorage) -> None:
    """A transaction of many calls is kept whole or not at all, and nobody sees a part of it before its end."""
    calls = fixtures.CALLS
    for undo in (True, False):
        with open_storage() as storage:
            put(storage, contact("0"))
            with undone(storage) if undo else storage.write(ACME) as writer:
                for number in range(1, calls):
                    writer.insert([contact(f"{number}", keys=some(f"k{number}"))])
                    writer.publish([event(f"e{number}")])
                    if number % 50 == 0:
                        assert writer.count(ask()) == (number + 1,)
                        assert (find(storage), feed(storage)) == (["0"], [])
            assert count(storage) == ((1,) if undo else (calls,))
            assert len(feed(storage)) == (0 if undo else calls - 1)
            with storage.read(ACME) as reader:
                assert reader.holders(["k1"]) == [None if undo else ("contact", "1")]


def many_transactions_make_one_history(open_storage: OpenStorage) -> None:
    """After many transactions every version, event and answer is that of the last one."""
    record = contact("1", "a", words=some("w0"))
    with open_storage() as storage:
        put(storage, record)
        for number in range(1, fixtures.CALLS // 4):
            with storage.write(ACME) as writer:
                writer.replace(changed(record, orders={"name": f"{number}"}, words=some(f"w{number}")), number)
                writer.publish([event(f"e{number}")])
            record = changed(record)
        last = fixtures.CALLS // 4 - 1
        there = get(storage, "contact", "1")
        assert there is not None
        assert there.version == last + 1
        assert find(storage, words=(f"w{last}",)) == find(storage, start=f"{last}") == ["1"]
        assert find(storage, words=(f"w{last - 1}!",)) == find(storage, words=("w0",)) == []
        assert [one.position for one in feed(storage)] == list(range(1, last + 1))


def a_dropped_workspace_asked_again_is_empty(open_storage: OpenStorage) -> None:
    """A workspace that was read, dropped and written again answers as a new one, each time.

    Kept because it asks more than once, each time before and after.
    """
    with open_storage() as storage:
        for number in range(3):
            assert (find(storage), count(storage), feed(storage)) == ([], (0,), [])
            put(storage, contact(f"{number}", words=some("doe"), keys=some("k"), terms=some("tag:a")))
            publish(storage, f"{number}")
            assert find(storage, words=("d",), where=(some("tag:a"),)) == [f"{number}"]
            assert [(one.position, one.event.name) for one in feed(storage)] == [(1, f"{number}")]
            assert storage.drop(ACME) is True
            assert storage.workspaces() == []


LAWS: tuple[Law, ...] = (
    a_question_asked_again_answers_the_present,
    a_lookup_asked_again_answers_the_present,
    an_undone_answer_is_forgotten,
    a_transaction_takes_any_number_of_calls,
    many_transactions_make_one_history,
    a_dropped_workspace_asked_again_is_empty,
)
