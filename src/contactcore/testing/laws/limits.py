"""The limits of the port, the same on every storage."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs

from contactcore.errors import Invalid
from contactcore.storage import (
    LONGEST_BODY,
    LONGEST_KEY,
    LONGEST_TERM,
    BrokenReference,
    DuplicateKey,
    Published,
    Reader,
    Record,
    Writer,
)
from contactcore.testing.fixtures import (
    ACME,
    KINDS,
    Law,
    OpenStorage,
    ask,
    contact,
    count,
    event,
    expect_same,
    find,
    note,
    put,
    refused,
    some,
)

__all__ = ["LAWS"]

_TEXTS: dict[str, tuple[int, Callable[[str], dict[str, Any]]]] = {
    "id": (LONGEST_TERM, lambda text: {"id": text}),
    "owner": (LONGEST_TERM, lambda text: {"owner": text}),
    "orders": (LONGEST_KEY, lambda text: {"orders": {"name": text}}),
    "terms": (LONGEST_TERM, lambda text: {"terms": some(text, "tag:fine")}),
    "words": (LONGEST_TERM, lambda text: {"words": some(text, "fine")}),
    "keys": (LONGEST_TERM, lambda text: {"keys": some(text)}),
    "access": (LONGEST_TERM, lambda text: {"access": some(text, "visible:*")}),
}
_UNSTORABLE = {"a\x00b": "text-nul", "\x00": "text-nul", "a\ud800": "text-surrogate", "\udfff": "text-surrogate"}


def texts_are_limited(open_storage: OpenStorage) -> None:
    """An order key holds 256 code points, any other text 128; a longer one is `text-too-long`.

    Kept because it tries each field with characters of one, two and four bytes.
    """
    with open_storage() as storage:
        for number, (field, (limit, changes)) in enumerate(_TEXTS.items()):
            for character in ("x", "é", "🦀"):
                with refused(Invalid, code="text-too-long", path=field), storage.write(ACME) as writer:
                    writer.insert([attrs.evolve(contact("1"), **changes(character * (limit + 1)))])
                fits = attrs.evolve(contact(f"{number}{character}"), **changes(character * limit))
                put(storage, fits)
                with storage.read(ACME) as reader:
                    assert fits in reader.dump("contact")


def long_texts_differ_to_their_end(open_storage: OpenStorage) -> None:
    """Texts of the largest length are compared whole: their last character makes them differ and sorts them."""
    with open_storage() as storage:
        for filler in ("x", "é", "🦀"):
            stem, key = filler * (LONGEST_TERM - 1), filler * (LONGEST_KEY - 1)
            # The ids run the other way: a cut key would be sorted by id, and its records would change places.
            for end, other in zip("acbd", "dbca", strict=True):
                texts: dict[str, Any] = {
                    field: some(field[0] + stem[1:] + end) for field in ("terms", "words", "keys", "access")
                }
                orders = {"name": key + end, "name:" + stem[5:] + end: "x"}
                put(storage, contact(stem + other, orders=orders, owner=stem + end, **texts))
            ids = [stem + other for other in "dcba"]
            assert find(storage, start=key) == ids
            assert find(storage, start=key, descending=True) == ids[::-1]
            assert find(storage, start=key + "b", stop=key + "d") == ids[1:3]
            assert count(storage, key + "b", key + "c", start=key) == (1, 1, 2)
            assert len(find(storage, start=key, distinct_owner=True)) == 4
            with storage.read(ACME) as reader:
                page = reader.find(ask(start=key, limit=2))
                assert [card.id for card in reader.find(ask(after=page.last, limit=2)).cards] == ids[2:]
                assert [card.key for card in page.cards] == [key + "a", key + "b"]
                assert reader.dump("contact", stem + "b", 2) == reader.dump("contact", stem + "a", 3)[1:]
                assert [stored and stored.id for stored in reader.get("contact", ids)] == ids
                assert reader.get("contact", [stem + "e", stem]) == [None, None]
                assert reader.holders(["k" + stem[1:] + end for end in "abcde"]) == [
                    *(("contact", id) for id in ids),
                    None,
                ]
            for end, id in zip("abcd", ids, strict=True):
                text = stem[1:] + end
                assert find(storage, where=(some("t" + text),)) == [id]
                assert find(storage, words=("w" + text,)) == [id]
                assert find(storage, access=some("a" + text)) == [id]
                assert find(storage, order="name:" + stem[5:] + end) == [id]
            taken = "k" + stem[1:] + "a"
            with refused(DuplicateKey, key=taken, existing=stem + "d"), storage.write(ACME) as writer:
                writer.insert([contact("new", keys=some(taken))])
            with storage.write(ACME) as writer:
                writer.set_access("contact", stem + "a", some("visible:ann"))
                writer.delete("contact", stem + "a", 1)
            assert find(storage, start=key) == ids[:3]
            assert find(storage, start=key, access=some("visible:ann")) == ids[:1]


def long_names_differ_to_their_end(open_storage: OpenStorage) -> None:
    """Workspaces, digests and references whose names differ at the end of the largest length only are kept apart."""
    stem = "🦀" * (LONGEST_TERM - 1)
    with open_storage() as storage:
        for end in "bca":
            with storage.write(stem + end) as writer:
                writer.insert([contact(stem + end, keys=some("k")), note("n", about=stem + end)])
                writer.publish([event(end)])
                for other in "xyz":
                    writer.keep_blob(stem + other, (end + other).encode())
                writer.drop_blob(stem + "z")
        assert storage.workspaces() == [stem + end for end in "abc"]
        assert storage.workspaces(after=stem + "a") == [stem + "b", stem + "c"]
        with refused(BrokenReference, kind="contact", id=stem + "b"), storage.write(stem + "a") as writer:
            writer.insert([note("m", about=stem + "b")])
        with refused(BrokenReference, kind="contact", id=stem + "a", by="n"), storage.write(stem + "a") as writer:
            writer.delete("contact", stem + "a", 1)
        for end in "abc":
            with storage.read(stem + end) as reader:
                assert [one.id for one in reader.dump("contact")] == [stem + end]
                assert [one.event.name for one in reader.feed()] == [end]
                digests = [stem + other for other in "xyz"]
                assert [reader.blob(digest) for digest in digests] == [f"{end}x".encode(), f"{end}y".encode(), None]
        assert storage.drop(stem + "b") is True
        assert storage.workspaces() == [stem + "a", stem + "c"]
        with storage.read(stem + "c") as reader:
            assert reader.get("contact", [stem + "c"]) != [None]


def unstorable_text_is_refused(open_storage: OpenStorage) -> None:
    """NUL is refused as `text-nul` and a lone surrogate as `text-surrogate`, in every text of a record.

    Kept because it compares the path of each refusal.
    """
    with open_storage() as storage:
        for text, code in _UNSTORABLE.items():
            for field, (_, changes) in _TEXTS.items():
                with refused(Invalid, code=code, path=field), storage.write(ACME) as writer:
                    writer.insert([attrs.evolve(contact("1"), **changes(text))])
            with refused(Invalid, code=code, path="references"), storage.write(ACME) as writer:
                writer.insert([note("1", about=text)])
        assert find(storage) == []


def unstorable_text_cannot_be_asked_for(open_storage: OpenStorage) -> None:
    """NUL, lone surrogates and over-long texts are refused by the same codes in every question."""
    questions: list[Callable[[Reader, str], object]] = [
        lambda reader, text: reader.get("contact", ["1", text]),
        lambda reader, text: reader.holders(["k", text]),
        lambda reader, text: reader.find(ask(start=text)),
        lambda reader, text: reader.find(ask(stop=text)),
        lambda reader, text: reader.find(ask(words=("fine", text))),
        lambda reader, text: reader.find_records(ask(start=text)),
        lambda reader, text: reader.find(ask(access=some("fine", text))),
        lambda reader, text: reader.count(ask(where=(some("fine"), some(text)))),
        lambda reader, text: reader.count(ask(), ["", text]),
        lambda reader, text: reader.blob(text),
        lambda reader, text: reader.dump("contact", text),
    ]
    with open_storage() as storage, storage.read(ACME) as reader:
        for question in questions:
            for text, code in (*_UNSTORABLE.items(), ("x" * (LONGEST_KEY + 1), "text-too-long")):
                with refused(Invalid, code=code):
                    question(reader, text)


def bodies_are_limited(open_storage: OpenStorage) -> None:
    """Body and card hold 1,000,000 bytes each; a larger one is refused as `record-too-large`.

    Kept because it stores a body of the largest size, which the law of all writes does not.
    """
    large = b'"' + b"x" * (LONGEST_BODY - 2) + b'"'
    with open_storage() as storage:
        put(storage, contact("1", body=large, card=large))
        with storage.read(ACME) as reader:
            (record,) = reader.dump("contact")
            expect_same(record.body, large)
            expect_same(record.card, large)
            expect_same(record, contact("1", body=large, card=large))
        for field, record in (
            ("body", contact("2", body=large + b" ")),
            ("card", contact("2", card=large + b" ")),
        ):
            with refused(Invalid, code="record-too-large", path=field), storage.write(ACME) as writer:
                writer.insert([record])


def every_write_keeps_the_limits(open_storage: OpenStorage) -> None:
    """Every writing call refuses the same values as `insert`, by the same codes."""
    wrongs: dict[str, dict[str, Any]] = {
        "text-nul": {"terms": some("a\x00")},
        "text-too-long": {"orders": {"name": "x" * (LONGEST_KEY + 1)}},
        "word-not-folded": {"words": some("Jane")},
        "order-unknown": {"orders": {"shoe-size": "42"}},
        "record-too-large": {"card": b"x" * (LONGEST_BODY + 1)},
    }
    calls: tuple[tuple[str, Callable[[Writer], object]], ...] = (
        ("text-nul", lambda writer: writer.set_access("contact", "", some("a\x00"))),
        ("text-nul", lambda writer: writer.set_access("contact", "\x00", some())),
        ("text-nul", lambda writer: writer.set_access("contact", "", some(), ["\x00"])),
        ("text-too-long", lambda writer: writer.claim(ask(), "x" * (LONGEST_KEY + 1))),
        ("text-surrogate", lambda writer: writer.keep_blob("\ud800", b"")),
        ("text-nul", lambda writer: writer.drop_blob("\x00")),
        ("text-nul", lambda writer: writer.delete("contact", "\x00", 1)),
        ("text-nul", lambda writer: writer.lock("contact", "\x00")),
        ("text-nul", lambda writer: writer.load([], [Published(9, event("\x00"))])),
    )
    with open_storage() as storage:
        put(storage, contact("1"))
        for code, fields in wrongs.items():
            wrong = contact("1", **fields)
            with refused(Invalid, code=code), storage.write(ACME) as writer:
                writer.replace(attrs.evolve(wrong, version=2), 1)
            with refused(Invalid, code=code), storage.write(ACME) as writer:
                writer.reindex([wrong])
            with refused(Invalid, code=code), storage.write(ACME) as writer:
                writer.load([attrs.evolve(wrong, id="2")])
        for code, call in calls:
            with refused(Invalid, code=code), storage.write(ACME) as writer:
                call(writer)


def the_largest_texts_can_be_asked_for(open_storage: OpenStorage) -> None:
    """Bounds, boundaries, `until` and `due_before` hold 256 code points; every other text of a call holds 128."""
    key, term = "🦀" * LONGEST_KEY, "🦀" * (LONGEST_TERM + 1)
    with open_storage() as storage:
        put(storage, note("1", orders={"due": "1"}))
        with storage.write(ACME) as writer:
            assert [one.id for one in writer.claim(ask(kind="note", order="due"), key)] == ["1"]
        assert find(storage, kind="note", order="due", start=key, stop="\U0010ffff") == ["1"]
        assert find(storage, kind="note", order="due", stop=key) == []
        assert storage.workspaces(due_before=key) == []
        with storage.read(ACME) as reader:
            assert reader.count(ask(kind="note", order="due"), [key]) == (0, 1)
            calls: tuple[Callable[[], object], ...] = (
                lambda: reader.get("note", [term]),
                lambda: reader.holders([term]),
                lambda: reader.blob(term),
                lambda: reader.dump("note", term),
                lambda: reader.find(ask(words=(term,))),
                lambda: reader.find(ask(where=(some(term),))),
                lambda: storage.workspaces(term),
                lambda: storage.workspaces(due_before=key + "x"),
            )
            for call in calls:
                with refused(Invalid, code="text-too-long"):
                    call()
        for text, code in _UNSTORABLE.items():
            with refused(Invalid, code=code):
                storage.workspaces(text)
            with refused(Invalid, code=code):
                storage.workspaces(due_before=text)


def ids_and_versions_are_real(open_storage: OpenStorage) -> None:
    """An empty id is `id-empty`, a version below 1 `version-not-positive`, one of over 64 bits `version-too-large`.

    A version of 64 bits comes back to its last digit.
    """
    with open_storage() as storage:
        with refused(Invalid, code="id-empty"), storage.write(ACME) as writer:
            writer.insert([contact("")])
        for version in (0, -1):
            with refused(Invalid, code="version-not-positive"), storage.write(ACME) as writer:
                writer.insert([contact("1", version=version)])
        put(storage, contact("1"), contact("2", version=2**63 - 1), contact("4", version=2**53 + 1))
        with storage.write(ACME) as writer:
            writer.replace(contact("4", version=2**53 + 3), 2**53 + 1)
        with storage.read(ACME) as reader:
            versions = {card.id: card.version for card in reader.find(ask()).cards}
        assert versions == {"1": 1, "2": 2**63 - 1, "4": 2**53 + 3}
        with refused(Invalid, code="version-too-large"), storage.write(ACME) as writer:
            writer.insert([contact("3", version=2**63)])
        with refused(Invalid, code="version-too-large"), storage.write(ACME) as writer:
            writer.replace(contact("1", version=2**63), 1)


def events_are_limited(open_storage: OpenStorage) -> None:
    """An event's texts hold 128 code points and no unstorable text, its data 1,000,000 bytes (`event-too-large`)."""
    with open_storage() as storage:
        for wrong, code in (
            (event("x" * (LONGEST_TERM + 1)), "text-too-long"),
            (event(subject="a\x00"), "text-nul"),
            (attrs.evolve(event(), at="\ud800"), "text-surrogate"),
            (attrs.evolve(event(), data=b"x" * (LONGEST_BODY + 1)), "event-too-large"),
        ):
            with refused(Invalid, code=code), storage.write(ACME) as writer:
                writer.publish([event(), wrong])


def names_of_workspaces_are_limited(open_storage: OpenStorage) -> None:
    """The name of a workspace holds 1 to 128 code points and no unstorable text, in every call that takes one."""
    with open_storage() as storage:
        for name, code in (*_UNSTORABLE.items(), ("x" * (LONGEST_TERM + 1), "text-too-long"), ("", "workspace-empty")):
            with refused(Invalid, code=code):
                storage.create(name)
            with refused(Invalid, code=code):
                storage.drop(name)
            with refused(Invalid, code=code), storage.read(name):
                pass
            with refused(Invalid, code=code), storage.write(name):
                pass
        assert storage.workspaces() == []
        assert storage.create("x" * LONGEST_TERM) is True


def hostile_text_is_stored_unchanged(open_storage: OpenStorage) -> None:
    """Quotes, SQL, wildcards, escapes, bidi controls and control characters are stored and found unchanged.

    Kept because it tries what databases, drivers and terminals treat as special.
    """
    hostile = [
        "'; DROP TABLE x; --", '"', "\\", "\\x00", "%s", "{}", "$1", "?", ":a", "\u202e", "\ufeff", "\n",
        "\t", "\x01", "\x7f", "\u0085", "\u2028", "é\u0301\u0301", "NULL", "0x41", "{a,b}", "\\N", "\\.",
    ]  # fmt: skip
    with open_storage() as storage:
        records: list[Record] = [
            Record(
                kind="contact",
                id=text,
                orders={"name": text, "name:" + text: text},
                terms=some("tag:" + text),
                keys=some(text),
                owner=text,
                access=some("visible:" + text),
            )
            for text in hostile
        ]
        put(storage, *records, *(Record(kind=kind.name, id="plain") for kind in KINDS))
        for text in hostile:
            assert find(storage, start=text, stop=text + "\x01", limit=1, access=some("visible:" + text)) == [text]
            assert find(storage, where=(some("tag:" + text),)) == [text]
            assert find(storage, order="name:" + text) == [text]
        with storage.read(ACME) as reader:
            assert reader.holders(hostile) == [("contact", text) for text in hostile]
            dumped = {record.id: record for record in reader.dump("contact")}
            assert [dumped[record.id] for record in records] == records


LAWS: tuple[Law, ...] = (
    texts_are_limited,
    long_texts_differ_to_their_end,
    long_names_differ_to_their_end,
    unstorable_text_is_refused,
    unstorable_text_cannot_be_asked_for,
    bodies_are_limited,
    every_write_keeps_the_limits,
    the_largest_texts_can_be_asked_for,
    ids_and_versions_are_real,
    events_are_limited,
    names_of_workspaces_are_limited,
    hostile_text_is_stored_unchanged,
)
