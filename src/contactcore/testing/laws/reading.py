"""Reading by id and by key."""

from __future__ import annotations

from collections.abc import Callable

from contactcore.errors import Invalid
from contactcore.storage import FoundRecords, Record, Stored, Writer
from contactcore.testing.fixtures import (
    ACME,
    Law,
    OpenStorage,
    ask,
    contact,
    count,
    find,
    get,
    note,
    put,
    refused,
    some,
)

__all__ = ["LAWS"]


def a_record_comes_back_as_it_was_written(open_storage: OpenStorage) -> None:
    """Version, body, card, owner and access of a record come back as they were written, byte for byte.

    Kept because it asks for every stored field by name, in one record that a reader of a failure can compare.
    """
    body, card = '{"name":"Zoë 🦀 \\\\ \\"%_"}'.encode(), b'{ "spaces" :  1 }\n'
    with open_storage() as storage:
        put(storage, contact("1", version=7, body=body, card=card, owner="s", access=some("visible:a", "visible:b")))
        expected = Stored(
            kind="contact", id="1", version=7, body=body, card=card, owner="s", access=some("visible:a", "visible:b")
        )
        assert get(storage, "contact", "1") == expected


def any_bytes_come_back(open_storage: OpenStorage) -> None:
    """Body and card are opaque: line ends, NUL, blanks at the ends and bytes that are no UTF-8 come back unchanged."""
    samples = (b"", b"\r\n", b"a\rb\nc\r\n\r\n", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf{}", b"\xed\xa0\x80", b" {} \t\n",
               b"\x1a", b"\\x41", b'{"a":1,"a":2}', b"1e400", bytes(range(256)))  # fmt: skip
    with open_storage() as storage:
        put(storage, *(contact(f"{number:02}", body=it, card=it[::-1]) for number, it in enumerate(samples)))
        with storage.read(ACME) as reader:
            stored = reader.get("contact", [f"{number:02}" for number in range(len(samples))])
            assert [one and (one.body, one.card) for one in stored] == [(it, it[::-1]) for it in samples]
            assert [(one.body, one.card) for one in reader.dump("contact")] == [(it, it[::-1]) for it in samples]
            assert [card.card for card in reader.find(ask()).cards] == [it[::-1] for it in samples]
        with storage.write(ACME) as writer:
            for number, it in enumerate(samples):
                writer.replace(contact(f"{number:02}", version=2, body=it[::-1], card=it), 1)
            assert [(one.body, one.card) for one in writer.dump("contact")] == [(it[::-1], it) for it in samples]


def get_answers_in_the_sequence_asked_for(open_storage: OpenStorage) -> None:
    """`get` answers in the sequence of the ids, repeated ids included, with None for each missing record.

    Kept because the laws of many names ask for a sequence too, but do not repeat a name.
    """
    with open_storage() as storage:
        put(storage, contact("a"), contact("b"), contact("c"))
        with storage.read(ACME) as reader:
            found = reader.get("contact", ["c", "missing", "a", "c"])
            assert [record and record.id for record in found] == ["c", None, "a", "c"]
            assert reader.get("contact", []) == []


def ids_belong_to_a_kind(open_storage: OpenStorage) -> None:
    """Records of different kinds may have the same id, and each is read, replaced and deleted on its own."""
    with open_storage() as storage:
        put(storage, contact("1", body=b'"contact"'), note("1", body=b'"note"'))
        with storage.write(ACME) as writer:
            writer.delete("note", "1", 1)
        assert get(storage, "note", "1") is None
        kept = get(storage, "contact", "1")
        assert kept is not None
        assert kept.body == b'"contact"'
        assert find(storage) == ["1"]


def holders_tell_who_has_a_key(open_storage: OpenStorage) -> None:
    """`holders` gives kind and id of each key's record, in the sequence of the keys; None if no record has the key.

    Kept because it is the only law in which holders of two kinds and a repeated key are asked for at once.
    """
    with open_storage() as storage:
        put(storage, contact("1", keys=some("tag:vip", "mail:a")), note("2", keys=some("mail:b")))
        with storage.read(ACME) as reader:
            asked = ["mail:b", "mail:c", "tag:vip", "mail:b"]
            assert reader.holders(asked) == [("note", "2"), None, ("contact", "1"), ("note", "2")]


def an_unknown_workspace_is_empty(open_storage: OpenStorage) -> None:
    """Reading a workspace that does not exist finds nothing and does not create it."""
    with open_storage() as storage:
        with storage.read("nowhere") as reader:
            assert reader.get("contact", ["1"]) == [None]
            assert reader.holders(["k"]) == [None]
            found = reader.find(ask())
            assert (found.cards, found.first, found.last, found.more) == ((), None, None, False)
            assert reader.find_records(ask()) == FoundRecords((), None, None, more=False)
            assert reader.count(ask(), ["m"]) == (0, 0)
            assert reader.feed() == []
            assert reader.blob("d") is None
            assert reader.dump("contact") == []
        assert storage.workspaces() == []


def a_writer_sees_its_own_writes(open_storage: OpenStorage) -> None:
    """A writer sees what it wrote, before it commits, in every way of reading.

    Kept because it goes through every way of reading; the laws that fail with it use one each.
    """
    with open_storage() as storage:
        with storage.write(ACME) as writer:
            writer.insert([contact("1", "doe", keys=some("k"), words=some("doe"))])
            writer.keep_blob("d", b"bytes")
            assert writer.get("contact", ["1"])[0] is not None
            assert writer.holders(["k"]) == [("contact", "1")]
            assert [card.id for card in writer.find(ask(words=("do",))).cards] == ["1"]
            assert [one.id for one in writer.find_records(ask()).records] == ["1"]
            assert writer.count(ask()) == (1,)
            assert writer.blob("d") == b"bytes"
            assert [record.id for record in writer.dump("contact")] == ["1"]
            writer.delete("contact", "1", 1)
            assert writer.get("contact", ["1"]) == [None]
            assert writer.count(ask()) == (0,)
        assert count(storage) == (0,)


def a_kind_must_be_installed(open_storage: OpenStorage) -> None:
    """A kind that was not installed is refused as `kind-unknown`, in reading and in writing."""
    with open_storage() as storage:
        with storage.read(ACME) as reader:
            with refused(Invalid, code="kind-unknown"):
                reader.get("stranger", ["1"])
            with refused(Invalid, code="kind-unknown"):
                reader.find(ask(kind="stranger"))
            with refused(Invalid, code="kind-unknown"):
                reader.find_records(ask(kind="stranger"))
            with refused(Invalid, code="kind-unknown"):
                reader.count(ask(kind="stranger"))
            with refused(Invalid, code="kind-unknown"):
                reader.dump("stranger")
        with refused(Invalid, code="kind-unknown"), storage.write(ACME) as writer:
            writer.insert([contact("1"), note("2"), Record(kind="stranger", id="3")])
        stranger = Record(kind="stranger", id="3", version=2)
        calls: tuple[Callable[[Writer], object], ...] = (
            lambda writer: writer.replace(stranger, 1),
            lambda writer: writer.delete("stranger", "3", 1),
            lambda writer: writer.lock("stranger", "3"),
            lambda writer: writer.set_access("stranger", "s", some()),
            lambda writer: writer.reindex([stranger]),
            lambda writer: writer.claim(ask(kind="stranger"), "9"),
            lambda writer: writer.load([stranger]),
        )
        for call in calls:
            with refused(Invalid, code="kind-unknown"), storage.write(ACME) as writer:
                call(writer)


def an_announced_question_changes_no_answer(open_storage: OpenStorage) -> None:
    """A question that was announced is answered with all writes before it is asked, and is refused only then."""
    with open_storage() as storage:
        put(storage, contact("1", body=b"1"), contact("2"))
        with storage.read(ACME) as reader:
            assert reader.get("contact", ["3"]) == [None]  # fixes the moment
            reader.announce(("contact", ["2", "1"]), ask(), ask(limit=0), ask(kind="stranger"), ("stranger", ["1"]))
            reader.announce(("contact", ["\x00"]), records=[ask(), ask(limit=0), ask(kind="stranger")])
            put(storage, contact("3"))
            assert reader.get("contact", ["3"]) == [None]
            assert [one and one.id for one in reader.get("contact", ["2", "1"])] == ["2", "1"]
            assert [one and one.id for one in reader.get("contact", ["2", "1"])] == ["2", "1"]
            assert [card.id for card in reader.find(ask()).cards] == ["1", "2"]
            for _ in range(2):
                assert [(one.id, one.body) for one in reader.find_records(ask()).records] == [("1", b"1"), ("2", b"{}")]
            with refused(Invalid, code="limit-out-of-range"):
                reader.find(ask(limit=0))
            with refused(Invalid, code="limit-out-of-range"):
                reader.find_records(ask(limit=0))
            with refused(Invalid, code="kind-unknown"):
                reader.get("stranger", ["1"])
        with storage.write(ACME) as writer:
            writer.announce(("contact", ["1"]), ("contact", ["4"]), ask(), records=[ask()])
            assert writer.get("contact", ["9"]) == [None]
            writer.replace(contact("1", version=2, body=b"2"), 1)
            writer.insert([contact("4")])
            stored, added = (*writer.get("contact", ["1"]), *writer.get("contact", ["4"]))
            assert stored is not None
            assert added is not None
            assert (stored.version, stored.body) == (2, b"2")
            assert [card.id for card in writer.find(ask()).cards] == ["1", "2", "3", "4"]
            there = writer.find_records(ask()).records
            assert there[0] == stored
            assert [(one.id, one.version) for one in there] == [("1", 2), ("2", 1), ("3", 1), ("4", 1)]
            writer.announce(("contact", ["4"]))
            writer.delete("contact", "4", 1)
            assert writer.get("contact", ["4"]) == [None]
            seen, tagged = some("visible:*"), some("tag:a")
            writes: tuple[tuple[Callable[[], object], list[str]], ...] = (
                (lambda: writer.insert([contact("5", "e", access=seen, keys=some("k5"))]), ["1", "2", "3", "5"]),
                (lambda: writer.insert([contact("6", "f", keys=some("k6"))], "keep"), ["1", "2", "3", "5", "6"]),
                (lambda: writer.insert_fresh([contact("7", "g", keys=some("k7"))]), ["1", "2", "3", "5", "6", "7"]),
                (lambda: writer.load([contact("8", "0", owner="s")]), ["8", "1", "2", "3", "5", "6", "7"]),
                (
                    lambda: writer.replace(contact("5", "0", version=2, keys=some("k8")), 1),
                    ["5", "8", "1", "2", "3", "6", "7"],
                ),
                (lambda: writer.reindex([contact("2", "z", terms=tagged)]), ["5", "8", "1", "3", "6", "7", "2"]),
                (lambda: writer.set_access("contact", "s", some("visible:a")), ["5", "1", "3", "6", "7", "2"]),
            )
            for write, expected in writes:
                # Everything is asked in the middle of the write, at the latest.
                question = ask(access=seen)
                writer.announce(question, *(("contact", [id]) for id in "12345678"), records=[question])
                write()
                assert [card.id for card in writer.find(question).cards] == expected
                assert list(writer.find_records(question).records) == writer.get("contact", expected)
                for id in "12345678":
                    (found,) = writer.get("contact", [id])
                    assert (found is not None and "visible:*" in found.access) == (id in expected)


LAWS: tuple[Law, ...] = (
    a_record_comes_back_as_it_was_written,
    any_bytes_come_back,
    get_answers_in_the_sequence_asked_for,
    ids_belong_to_a_kind,
    holders_tell_who_has_a_key,
    an_unknown_workspace_is_empty,
    a_writer_sees_its_own_writes,
    a_kind_must_be_installed,
    an_announced_question_changes_no_answer,
)
