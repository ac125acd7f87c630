"""JSON in and out of bodies and cards: the only module that imports msgspec."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from contactcore.errors import StorageError

__all__ = ["dump", "load", "load_as"]


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
    return load_as(Any, data)


def load_as(kind: Any, data: bytes) -> Any:
    """The value of a body or card that `dump` made, as a typed dictionary or a class; what that has no field for goes.

    >>> from typing import TypedDict
    >>> Card = TypedDict("Card", {"emails": tuple[str, ...]})
    >>> load_as(Card, b'{"emails":["jo@bois.fr"],"phones":[]}')
    {'emails': ('jo@bois.fr',)}

    Raises:
        StorageError: as `load`.
    """
    import msgspec

    try:
        return _decoder(kind)(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise StorageError(f"A stored record cannot be read: {error}.", code="body-unreadable") from None


@cache
def _decoder(kind: Any) -> Callable[[bytes], Any]:
    import msgspec

    return msgspec.json.Decoder(kind).decode
