"""Random records and questions from small pools of ids, keys, words and terms, some of them unusual.

Small pools make questions find records. A `random.Random` makes each value, therefore a seeded history needs no
Hypothesis; the strategies pass a `Random` that Hypothesis can replay and shrink.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

import attrs
from hypothesis import strategies as st

from contactcore.storage import SYSTEM, Access, Event, Query, Record, cursor_of

__all__ = ["DIGESTS", "KEYS", "next_version", "queries", "random_event", "random_query", "random_record", "records"]

T = TypeVar("T")

_IDS = ("1", "10", "11", "2", "3", "9", "Z", "a", "aa", "b", "é", "\uffff", "\U0001f980")
_ORDER_KEYS = ("", "a", "aa", "b", "B", "ba", "é", "\uffff", "\U0001f980", "~")
_WORDS = ("jane", "jan", "j", "^jane", "doe", "jo@x.fr", "é", "e", "50%", "a_b", "\U0001f980", "\U0010ffff", '"')
_TERMS = ("tag:a", "tag:b", "type:x", "of:1", "visible:ann")
_ACCESS = ("visible:*", "visible:ann", "visible:bob")
KEYS = ("k", "K", "é", "k ", "k%", "l", "m", "n")
DIGESTS = ("d1", "d2")
_ORDERS = {
    "contact": ("name", "name:pl", "recent"),
    "note": ("time", "due"),
    "bare": (),
}
_REFERENCES = {"contact": ("owner",), "note": ("about", "author"), "bare": ()}


def _some(random: Random, pool: Sequence[T], most: int) -> frozenset[T]:
    return frozenset(random.choice(pool) for _ in range(random.randint(0, most)))


def random_record(random: Random, targets: Sequence[str] = _IDS, kind: str | None = None) -> Record:
    """A random record.

    Args:
        random: Source of the random choices.
        targets: Ids that a reference may name.
        kind: Kind of the record; None for a random one.
    """
    kind = kind or random.choice(("contact", "contact", "contact", "note", "note", "bare"))
    references = {name: random.choice(targets) for name in _REFERENCES[kind] if targets and random.random() < 0.3}
    return Record(
        kind=kind,
        id=random.choice(_IDS),
        version=random.randint(1, 2),
        body=b"%d" % random.randint(0, 99),
        card=b"%d" % random.randint(0, 99),
        orders={order: random.choice(_ORDER_KEYS) for order in _ORDERS[kind] if random.random() < 0.8},
        terms=_some(random, _TERMS, 3),
        words=_some(random, _WORDS, 4) if kind == "contact" else frozenset(),
        keys=_some(random, KEYS, 2) if random.random() < 0.3 else frozenset(),
        references=references,
        owner=random.choice(("", "s", "t")),
        access=_some(random, _ACCESS, 2),
    )


def random_query(random: Random, kind: str | None = None, order: str | None = None) -> Query:
    """A random question about the kinds of the laws."""
    kind = kind or random.choice(("contact", "contact", "note"))
    order = order or random.choice(_ORDERS[kind])
    access: Access = SYSTEM if random.random() < 0.4 else _some(random, _ACCESS, 2)
    after = None
    if random.random() < 0.3:
        after = cursor_of(order, random.choice(_ORDER_KEYS), random.choice(_IDS))
    words: tuple[str, ...] = ()
    if order.startswith("name") and random.random() < 0.4:
        words = tuple(word[: random.randint(0, 3)] for word in sorted(_some(random, _WORDS, 2)))
    return Query(
        kind=kind,
        order=order,
        access=access,
        where=tuple(_some(random, (*_TERMS, *_ACCESS), 3) for _ in range(random.choice((0, 0, 1, 2)))),
        words=words,
        start=random.choice(_ORDER_KEYS) if random.random() < 0.3 else "",
        stop=random.choice(_ORDER_KEYS) if random.random() < 0.3 else None,
        after=after,
        limit=random.choice((1, 2, 3, 50)),
        descending=random.random() < 0.5,
        distinct_owner=random.random() < 0.3,
    )


def random_event(random: Random) -> Event:
    """A random event."""
    return Event(name=random.choice(("a", "b")), subject=random.choice(_IDS), at="2026-01-01", data=b"{}")


def records() -> st.SearchStrategy[Record]:
    """Records of the kinds of the laws."""
    return st.randoms(use_true_random=False).map(random_record)


def queries() -> st.SearchStrategy[Query]:
    """Questions about the kinds of the laws, with or without a cursor."""
    return st.randoms(use_true_random=False).map(random_query)


def next_version(random: Random, record: Record, targets: Sequence[str]) -> Record:
    """A random next version of a record."""
    other = random_record(random, targets, record.kind)
    return attrs.evolve(other, id=record.id, version=record.version + random.randint(1, 2))
