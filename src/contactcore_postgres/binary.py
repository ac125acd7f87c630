"""Rows in the format of binary COPY (PostgreSQL manual, "COPY", "Binary Format").

The encoder of the driver handles an array element by element in Python. These functions encode only the types of a
record, and take about a quarter less time for a row (28 instead of 38 microseconds).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from functools import lru_cache
from struct import Struct
from typing import Final

__all__ = ["BEGIN", "END", "bigint", "bigints", "bytea", "jsonb", "row", "text", "texts"]

BEGIN: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
"""The bytes before the first row."""
END: Final = b"\xff\xff"
"""The bytes behind the last row."""

_TEXT, _BIGINT = 25, 20

_short = Struct(">h").pack
_length = Struct(">i").pack
_bigint = Struct(">iq").pack
_array = Struct(">iiiii").pack


def row(*fields: bytes) -> bytes:
    """Encode a row of encoded fields."""
    return _short(len(fields)) + b"".join(fields)


def bytea(data: bytes) -> bytes:
    """Encode bytes."""
    return _length(len(data)) + data


def text(value: str) -> bytes:
    """Encode a text."""
    data = value.encode()
    return _length(len(data)) + data


def bigint(value: int) -> bytes:
    """Encode a 64-bit integer."""
    return _bigint(8, value)


def jsonb(value: Mapping[str, str]) -> bytes:
    """Encode a small JSON object. Most are empty."""
    return bytea(b"\x01" + json.dumps(dict(value), ensure_ascii=False).encode()) if value else _NO_JSON


def texts(values: Collection[str]) -> bytes:
    """Encode an array of texts."""
    if not values:
        return _NO_TEXTS
    parts = [_array(1, 0, _TEXT, len(values), 1)]
    for value in values:
        data = value.encode()
        parts += (_length(len(data)), data)
    return bytea(b"".join(parts))


def bigints(values: Collection[int]) -> bytes:
    """Encode an array of 64-bit integers."""
    if not values:
        return _NO_BIGINTS
    return bytea(_bigints(len(values)).pack(1, 0, _BIGINT, len(values), 1, *[x for one in values for x in (8, one)]))


@lru_cache
def _bigints(number: int) -> Struct:
    return Struct(">iiiii" + "iq" * number)


_NO_JSON: Final = bytea(b"\x01{}")
_NO_TEXTS: Final = bytea(Struct(">iii").pack(0, 0, _TEXT))
_NO_BIGINTS: Final = bytea(Struct(">iii").pack(0, 0, _BIGINT))
