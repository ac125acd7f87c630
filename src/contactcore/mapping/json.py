"""JSON in and out of bodies and cards: the only module that imports msgspec."""

from __future__ import annotations

from typing import Any

from contactcore.errors import StorageError

__all__ = ["dump", "load"]


def dump(value: Any) -> bytes:
    """The value as JSON in UTF-8.

    >>> dump({"name": "Zoë"}).decode()
    '{"name":"Zoë"}'
    """
    import msgspec

    return msgspec.json.encode(value)


def load(data: bytes) -> Any:
    """The value of a body or card that `dump` made.

    Raises:
        StorageError: `body-unreadable` when another program damaged it.
    """
    import msgspec

    try:
        return msgspec.json.decode(data)
    except msgspec.DecodeError as error:
        raise StorageError(f"A stored record cannot be read: {error}.", code="body-unreadable") from None
