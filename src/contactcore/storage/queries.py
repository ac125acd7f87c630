"""Queries: the questions that a storage answers, and the definition of their answers in plain Python.

A query that no index can answer cannot be asked. The functions `matches`, `sort_key` and `continues` define the answer.
An adapter may compute it in any way that gives the same records in the same sequence.
"""

from __future__ import annotations

import binascii
import json
from enum import Enum
from itertools import chain
from typing import Final, Literal

from contactcore.errors import Invalid
from contactcore.frozen import frozen
from contactcore.storage.records import LONGEST_KEY, LONGEST_TERM, Kind, Record, Stored, check_text

__all__ = [
    "LARGEST_PAGE",
    "SYSTEM",
    "Access",
    "Card",
    "Found",
    "FoundRecords",
    "Query",
    "check_query",
    "continues",
    "cursor_of",
    "matches",
    "read_cursor",
    "sort_key",
]

LARGEST_PAGE = 1_000
"""The most cards of one answer."""


class _System(Enum):
    SYSTEM = "system"

    def __repr__(self) -> str:
        return "SYSTEM"


SYSTEM: Final = _System.SYSTEM
"""The access of the library itself: every record. No query of a user is ever made with it."""

Access = frozenset[str] | Literal[_System.SYSTEM]


@frozen(kw_only=True)
class Query:
    """One question about the records of one kind, answered in one order.

    Records with equal keys are sorted by id. Keys and ids compare by code point.

    Attributes:
        kind: The kind of the records.
        order: The order to walk, with its variant (`"name:pl"`). Records without a key in it are not found.
        access: The access terms of the actor, one of which a record must carry, or `SYSTEM`. There is no default, so
            that no read can forget it.
        where: Groups of terms that must all hold. A group holds if the record has one of its terms; access terms count
            as terms here. An empty group never holds. A group never widens `access`.
        words: Prefixes, each of which must begin some word of the record.
        start: The smallest order key.
        stop: The first order key that is too large; None for no end.
        after: A cursor of the same order, to return only records that follow it in the direction of the walk.
        limit: The most records to return, 1 to 1,000.
        descending: Whether to walk from the end.
        distinct_owner: Whether to return only the first record of each owner. All records without an owner count as
            the records of one owner. The owners before the cursor do not count.
    """

    kind: str
    order: str
    access: Access
    where: tuple[frozenset[str], ...] = ()
    words: tuple[str, ...] = ()
    start: str = ""
    stop: str | None = None
    after: str | None = None
    limit: int = 50
    descending: bool = False
    distinct_owner: bool = False


@frozen
class Card:
    """One record that was found, as lists need it.

    Attributes:
        id, version, owner, card: The stored values.
        key: Its key in the order of the query, by which a caller can merge several answers.
    """

    id: str
    version: int
    owner: str
    card: bytes
    key: str = ""


@frozen
class Found:
    """The answer to a query.

    Attributes:
        cards: The cards, in the order and direction of the query.
        first: The cursor of the first card, to page back from it; None if nothing was found.
        last: The cursor of the last card; None if nothing was found.
        more: Whether further records follow the last card.
    """

    cards: tuple[Card, ...]
    first: str | None
    last: str | None
    more: bool


@frozen
class FoundRecords:
    """The answer to a query, with whole records.

    Attributes:
        records: The records, in the order and direction of the query.
        first, last, more: As in `Found`.
    """

    records: tuple[Stored, ...]
    first: str | None
    last: str | None
    more: bool


def check_query(kind: Kind, query: Query) -> tuple[str, str] | None:
    """Refuse a query that cannot be asked. Return key and id of its cursor, or None if it has no cursor.

    Every adapter calls this first in `find`, `find_records` and `claim`. In `count` it calls
    `check_query(kind, attrs.evolve(query, after=None, limit=1))`, because a count ignores cursor and limit.

    Raises:
        Invalid: `order-unknown`, `order-without-words`, `limit-out-of-range`, `cursor-unreadable`, `cursor-outdated`,
            or a limit of the port.
    """
    order = kind.order(query.order)
    if not 1 <= query.limit <= LARGEST_PAGE:
        raise Invalid(
            "limit-out-of-range",
            f"Ask for 1 to {LARGEST_PAGE:,} at a time.",
            path="limit",
            value=query.limit,
            facts={"limit": LARGEST_PAGE},
        )
    if query.words and not order.words:
        raise Invalid("order-without-words", f"{query.order} cannot be searched by words.", path="words")
    _check_texts(query)
    return None if query.after is None else read_cursor(query.order, query.after)


def _check_texts(query: Query) -> None:
    bounds = (query.start, query.stop or "")
    access: frozenset[str] = frozenset() if query.access is SYSTEM else query.access
    texts = (*query.words, *access, *chain.from_iterable(query.where))
    joined = "".join((*bounds, *texts))
    if joined.isascii() and "\x00" not in joined:
        # If the joined texts keep the limits, each text does. Most queries are that short.
        if len(joined) <= LONGEST_TERM:
            return
        if max(map(len, texts), default=0) <= LONGEST_TERM and max(map(len, bounds)) <= LONGEST_KEY:
            return
    for word in query.words:
        check_text("words", word, LONGEST_TERM)
    for bound in bounds:
        check_text("start", bound, LONGEST_KEY)
    for term in access.union(*query.where):
        check_text("where", term, LONGEST_TERM)


def matches(kind: Kind, query: Query, record: Record) -> bool:
    """Return whether a record belongs to the answer, apart from cursor, limit and distinct_owner.

    >>> from contactcore.storage.records import Order
    >>> kind = Kind("contact", (Order("name", words=True),))
    >>> record = Record(kind="contact", id="1", orders={"name": "doe"}, words=frozenset({"jane", "doe"}))
    >>> matches(kind, Query(kind="contact", order="name", access=SYSTEM, words=("ja", "d")), record)
    True
    """
    key = record.orders.get(query.order)
    if record.kind != query.kind or key is None or key < query.start:
        return False
    if query.stop is not None and key >= query.stop:
        return False
    if query.access is not SYSTEM and not (query.access & record.access):
        return False
    order = kind.order(query.order)
    posted = {term for term in record.terms if order.posts(term)} | record.access
    if not all(group & posted for group in query.where):
        return False
    return all(any(word.startswith(prefix) for word in record.words) for prefix in query.words)


def sort_key(query: Query, record: Record) -> tuple[str, str]:
    """Return key and id of a record: its place in the order of the query."""
    return (record.orders[query.order], record.id)


def continues(query: Query, cursor: tuple[str, str] | None, place: tuple[str, str]) -> bool:
    """Return whether a place lies behind the cursor, in the direction of the walk."""
    if cursor is None:
        return True
    return place < cursor if query.descending else place > cursor


def cursor_of(order: str, key: str, id: str) -> str:
    """Return the cursor of a place: opaque text that is safe in a web address.

    >>> read_cursor("name:fr", cursor_of("name:fr", "doe", "42"))
    ('doe', '42')
    """
    # The JSON of three texts. An encoder takes ten times as long, and every page has two cursors.
    listed = f"[{_quoted(order)},{_quoted(key)},{_quoted(id)}]"
    return binascii.b2a_base64(listed.encode()).rstrip(b"=\n").translate(_SAFE).decode()


_quoted = json.encoder.encode_basestring_ascii
_SAFE = bytes.maketrans(b"+/", b"-_")


def read_cursor(order: str, cursor: str) -> tuple[str, str]:
    """Return key and id of a cursor.

    Raises:
        Invalid: `cursor-unreadable` if the text is no cursor; `cursor-outdated` if the cursor belongs to another order,
            as after a change of the language of the workspace.
    """
    from base64 import b64decode

    try:
        parts = json.loads(b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        parts = None
    if not (isinstance(parts, list) and len(parts) == 3 and all(isinstance(part, str) for part in parts)):
        raise Invalid("cursor-unreadable", "This is no cursor: begin at the first page.", path="after", value=cursor)
    its_order, key, id = parts
    if its_order != order:
        raise Invalid(
            "cursor-outdated",
            "The directory was put in another order: begin at the first page.",
            path="after",
        )
    check_text("after", key, LONGEST_KEY)
    check_text("after", id, LONGEST_TERM)
    return key, id
