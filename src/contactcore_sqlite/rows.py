"""Records as rows of the table `record`, and back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Any

from contactcore.storage import Record, Stored

__all__ = ["STORED", "WHOLE", "access_held", "access_text", "derived_of", "stored_of", "whole_of", "words_text"]

STORED = "id, version, body, card, owner, access"
"""The columns of a `Stored`."""
WHOLE = "id, version, body, card, owner, access, words, derived"
"""The columns of a `Record`."""

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


@lru_cache(4_096)
def access_text(access: frozenset[str]) -> str:
    """Access terms as they are stored; equal sets give equal texts."""
    return _encode(sorted(access))


@lru_cache(256)
def access_held(access: frozenset[str]) -> tuple[str, tuple[str, ...]]:
    """A condition on the record `r`, and its values: whether it carries one of these access terms.

    Each stands in its text behind a bracket or a comma, in quotes, and nothing else there reads like that: quotes
    within a term are escaped.
    """
    condition = " OR ".join(["instr(',' || substr(r.access, 2), ?) > 0"] * len(access))
    return f"({condition})", tuple(f",{_encode(term)}" for term in sorted(access))


@lru_cache(4_096)
def words_text(words: frozenset[str]) -> str:
    """Words as they are stored and indexed."""
    return " ".join(sorted(words))


def derived_of(record: Record) -> bytes:
    """What must be known to take a record out of the indexes again."""
    orders, references, keys = record.orders, record.references, record.keys
    # No text of a record holds NUL. Joining is several times quicker than JSON.
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


def stored_of(kind: str, row: tuple[Any, ...]) -> Stored:
    """A row of the columns `STORED`."""
    id, version, body, card, owner, access = row
    return Stored(kind=kind, id=id, version=version, body=body, card=card, owner=owner, access=_access_of(access))


def whole_of(kind: str, row: tuple[Any, ...]) -> Record:
    """A row of the columns `WHOLE`."""
    id, version, body, card, owner, access, words, derived = row
    counts, *texts = derived.decode().split("\0")
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
        owner=owner,
        access=_access_of(access),
    )


def _mapping(texts: Iterator[str], count: int) -> dict[str, str]:
    """The next so many names, and then as many values."""
    return dict(zip(list(islice(texts, count)), islice(texts, count), strict=True))


@lru_cache(4_096)
def _access_of(text: str) -> frozenset[str]:
    return frozenset(json.loads(text))
