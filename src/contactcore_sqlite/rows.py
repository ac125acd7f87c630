"""Records as rows of the table `record`, and back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Any

from contactcore.storage import Record, Stored

__all__ = [
    "RECORD_COLUMNS",
    "STORED_COLUMNS",
    "AccessTerms",
    "access_of",
    "access_text",
    "index_data",
    "record_of",
    "stored_of",
    "words_text",
]

STORED_COLUMNS = "id, version, body, card, owner, access_set"
"""The columns of a `Stored`. The owner of a record that belongs to itself is NULL, and the access is a number."""
RECORD_COLUMNS = "id, version, body, card, owner, access_set, words, index_data"
"""The columns of a `Record`, likewise."""

AccessTerms = Callable[[int], frozenset[str]]
"""A function from the number of an access set to its terms."""

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


@lru_cache(4_096)
def access_text(access: frozenset[str]) -> str:
    """Return access terms as they are stored. Equal sets give equal texts."""
    return _encode(sorted(access))


def access_of(text: str) -> frozenset[str]:
    """Return the access terms of a stored text."""
    return frozenset(json.loads(text))


@lru_cache(4_096)
def words_text(words: frozenset[str]) -> str:
    """Return words as they are stored and indexed."""
    return " ".join(sorted(words))


def index_data(record: Record) -> bytes:
    """Return the data that is needed to remove a record from the indexes again."""
    orders, references, keys = record.orders, record.references, record.keys
    # No text of a record holds NUL. Joining is several times faster than JSON.
    return "\0".join(
        (
            f"{len(orders)} {len(references)} {len(keys)}",
            *orders,
            *orders.values(),
            *references,
            *references.values(),
            *keys,
            *record.terms,
        )
    ).encode()


def stored_of(kind: str, row: tuple[Any, ...], terms: AccessTerms) -> Stored:
    """Return the `Stored` of a row of `STORED_COLUMNS`."""
    id, version, body, card, owner, access = row
    return Stored(
        kind=kind,
        id=id,
        version=version,
        body=body,
        card=card,
        owner=id if owner is None else owner,
        access=terms(access),
    )


def record_of(kind: str, row: tuple[Any, ...], terms: AccessTerms) -> Record:
    """Return the `Record` of a row of `RECORD_COLUMNS`."""
    id, version, body, card, owner, access, words, data = row
    counts, *texts = data.decode().split("\0")
    rest = iter(texts)
    orders, references, keys = (int(count) for count in counts.split(" "))
    return Record(
        kind=kind,
        id=id,
        version=version,
        body=body,
        card=card,
        orders=_mapping(rest, orders),
        words=frozenset(words.split(" ")) if words else frozenset(),
        references=_mapping(rest, references),
        keys=frozenset(islice(rest, keys)),
        terms=frozenset(rest),
        owner=id if owner is None else owner,
        access=terms(access),
    )


def _mapping(texts: Iterator[str], count: int) -> dict[str, str]:
    """Read `count` names, and then as many values."""
    return dict(zip(list(islice(texts, count)), islice(texts, count), strict=True))
