"""JSON in and out of bodies and cards: the only module that imports msgspec."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from contactcore.errors import StorageError

__all__ = ["dump", "load", "load_as"]

_T = TypeVar("_T")


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


def load_as(kind: type[_T], data: bytes) -> _T:
    """The value of a body or card that `dump` made, as a typed dictionary or a class; what that has no field for goes.

    >>> from typing import TypedDict
    >>> Card = TypedDict("Card", {"emails": tuple[str, ...]})
    >>> load_as(Card, b'{"emails":["jo@bois.fr"],"phones":[]}')
    {'emails': ('jo@bois.fr',)}

    Raises:
        StorageError: as `load`.
    """
    hashable: Any = kind
    try:
        value: _T = _decoder(hashable)(data)
    except ValueError as error:  # msgspec's own are such
        raise StorageError(f"A stored record cannot be read: {error}.", code="body-unreadable") from None
    return value


@cache
def _decoder(kind: Any) -> Callable[[bytes], Any]:
    import msgspec

    return msgspec.json.Decoder(kind).decode
