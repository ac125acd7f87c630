"""Records as rows of the table `record`, and back."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from contactcore.storage import Record, Stored

__all__ = ["STORED", "WHOLE", "access_text", "derived_text", "stored_of", "whole_of", "words_text"]

STORED = "id, version, body, card, scope, access"
"""The columns of a `Stored`."""
WHOLE = "id, version, body, card, scope, access, words, derived"
"""The columns of a `Record`."""

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


@lru_cache(4_096)
def access_text(access: frozenset[str]) -> str:
    """Access terms as they are stored; equal sets give equal texts."""
    return _encode(sorted(access))


@lru_cache(4_096)
def words_text(words: frozenset[str]) -> str:
    """Words as they are stored and indexed."""
    return " ".join(sorted(words))


def derived_text(record: Record) -> str:
    """What must be known to take a record out of the indexes again."""
    return _encode([dict(record.orders), list(record.terms), list(record.keys), dict(record.references)])


def stored_of(kind: str, row: tuple[Any, ...]) -> Stored:
    """A row of the columns `STORED`."""
    id, version, body, card, scope, access = row
    return Stored(kind=kind, id=id, version=version, body=body, card=card, scope=scope, access=_access_of(access))


def whole_of(kind: str, row: tuple[Any, ...]) -> Record:
    """A row of the columns `WHOLE`."""
    id, version, body, card, scope, access, words, derived = row
    orders, terms, keys, references = json.loads(derived)
    return Record(
        kind=kind,
        id=id,
        version=version,
        body=body,
        card=card,
        orders=orders,
        terms=frozenset(terms),
        words=frozenset(words.split(" ")) if words else frozenset(),
        keys=frozenset(keys),
        references=references,
        scope=scope,
        access=_access_of(access),
    )


@lru_cache(4_096)
def _access_of(text: str) -> frozenset[str]:
    return frozenset(json.loads(text))
