"""Whole records that answer a question: `find_records` answers as `find` and `get` do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any, Final

from contactcore.storage import (
    FoundRecords,
    Query,
    Reader,
    Record,
    Storage,
    Writer,
    check_query,
    continues,
    cursor_of,
    matches,
    sort_key,
)
from contactcore.testing.fixtures import (
    ACME,
    KINDS,
    Law,
    OpenStorage,
    ask,
    changed,
    contact,
    note,
    put,
    some,
)

__all__ = ["LAWS"]

_ANN: Final = some("visible:*", "visible:ann")
_RECORDS: Final = (
    contact("1", "a", owner="s", words=some("doe", "jane"), terms=some("tag:a"), body=b"\xff\x00\r\n", card=b'"1" '),
    contact("2", orders={"name": "a", "recent": "2", "name:pl": "x"}, owner="s", access=some("visible:ann")),
    contact("3", "b", owner="t", words=some("doe"), terms=some("tag:a", "tag:b"), access=_ANN),
    contact("4", orders={"name": "\U0001f980", "recent": "1"}, terms=some("tag:b"), words=some("dot"), body=b""),
    contact("5", "b", owner="5", version=7, access=some("visible:bob"), words=some("doe"), card=b"\xff"),
    contact("6", orders={}),
    contact("7", "\uffff", access=some(), owner="t", terms=some("tag:a")),
    note("n", about="1", orders={"time": "2", "due": "1"}, body=b"n"),
    note("o", orders={"due": "2"}, access=some("visible:ann"), card=b"o"),
)
_QUESTIONS: Final[tuple[dict[str, Any], ...]] = (
    {},
    {"access": _ANN},
    {"access": some("visible:ann")},
    {"access": some()},
    {"where": (some("tag:a", "tag:b"), some("tag:a", "visible:bob"))},
    {"where": (some(),)},
    {"where": (some("tag:a", "visible:bob", *(f"tag:{number}" for number in range(9))),), "access": _ANN},
    {"words": ("do",)},
    {"words": ("do", "j"), "where": (some("tag:a"),), "access": some("visible:*")},
    {"start": "a", "stop": "c"},
    {"order": "recent"},
    {"order": "name:pl"},
    {"kind": "note", "order": "due", "access": _ANN},
    {"kind": "note", "order": "time"},
)


def _defined(query: Query, records: Sequence[Record]) -> FoundRecords:
    """The answer as `contactcore.storage.queries` defines it."""
    kind = next(kind for kind in KINDS if kind.name == query.kind)
    cursor = check_query(kind, query)
    hits = [one for one in records if matches(kind, query, one) and continues(query, cursor, sort_key(query, one))]
    hits.sort(key=lambda one: sort_key(query, one), reverse=query.descending)
    if query.distinct_owner:
        hits = [one for at, one in enumerate(hits) if one.owner not in {other.owner for other in hits[:at]}]
    page = hits[: query.limit]
    cursors = [cursor_of(query.order, *sort_key(query, one)) for one in (page[:1] + page[-1:])]
    first, last = cursors or (None, None)
    return FoundRecords(tuple(one.stored() for one in page), first, last, len(hits) > len(page))


def records_are_found_as_cards_are(open_storage: OpenStorage) -> None:
    """`find_records` answers every question page by page with the records of the cards, and with the same cursors."""
    with open_storage() as storage:
        put(storage, *_RECORDS)
        with storage.read(ACME) as reader:
            for question, descending, distinct_owner, limit in product(
                _QUESTIONS, (False, True), (False, True), (1, 2, 50)
            ):
                after, more = None, True
                while more:
                    query = ask(
                        **question, after=after, limit=limit, descending=descending, distinct_owner=distinct_owner
                    )
                    expected = _defined(query, _RECORDS)
                    assert reader.find_records(query) == expected, f"{query}"
                    # A page of owners that begins anew would never end.
                    after, more = expected.last, expected.more and not distinct_owner


_CHANGES: Final[tuple[tuple[str, Callable[[Writer], object]], ...]] = (
    ("replace", lambda writer: writer.replace(changed(_RECORDS[0], body=b"new", card=b"new", owner="t"), 1)),
    ("set_access", lambda writer: writer.set_access("contact", "t", some("visible:bob"))),
    ("reindex", lambda writer: writer.reindex([contact("4", "a", card=b"reindexed", access=some("visible:ann"))])),
    ("claim", lambda writer: writer.claim(ask(kind="note", order="due", limit=1), "9")),
    ("replace of a note", lambda writer: writer.replace(changed(_RECORDS[7], body=b"newer"), 1)),
    ("insert", lambda writer: writer.insert([contact("8", body=b"8"), note("p", orders={"due": "3"})])),
    ("load", lambda writer: writer.load([contact("9", body=b"9", card=b"", owner="s")])),
    ("insert_fresh", lambda writer: writer.insert_fresh([contact("10", body=b"10")])),
    ("delete", lambda writer: writer.delete("contact", "2", 1)),
)


def _check_whole(reader: Reader, after: str) -> None:
    stored = {kind.name: reader.dump(kind.name) for kind in KINDS}
    for question in _QUESTIONS:
        query = ask(**question)
        assert reader.find_records(query) == _defined(query, stored[query.kind]), f"after {after}: {query}"


def records_are_found_as_they_are_stored(open_storage: OpenStorage) -> None:
    """`find_records` returns body, card, version, owner and access as they are after each kind of write, to all."""

    def check(storage: Storage, after: str) -> None:
        with storage.read(ACME) as reader:
            _check_whole(reader, after)

    with open_storage() as storage:
        put(storage, *_RECORDS)
        for name, change in _CHANGES:
            check(storage, "nothing")
            with storage.write(ACME) as writer:
                _check_whole(writer, "nothing")
                change(writer)
                _check_whole(writer, name)
            check(storage, name)


LAWS: tuple[Law, ...] = (records_are_found_as_cards_are, records_are_found_as_they_are_stored)
