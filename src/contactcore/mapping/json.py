"""JSON of bodies and cards: the only module that imports msgspec."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from contactcore.errors import StorageError

__all__ = ["dump", "load", "load_as", "pack", "reader_of", "unpack"]

_T = TypeVar("_T")


def dump(value: Any) -> bytes:
    """The value as JSON in UTF-8.

    Args:
        value: A value of JSON types or their subclasses, or of other types that msgspec encodes.

    >>> dump({"name": "Zoë"}).decode()
    '{"name":"Zoë"}'
    """
    return _encoder()(value)


def load(data: bytes) -> Any:
    """The value of a body or card that `dump` wrote.

    Args:
        data: The JSON.

    Raises:
        StorageError: `body-unreadable`: the data are damaged.
    """
    return load_as(Any, data)


def load_as(kind: Any, data: bytes) -> Any:
    """The value of a body or card that `dump` wrote, as a certain type; values without a field in it are dropped.

    Args:
        kind: A typed dictionary or a class.
        data: The JSON.

    Raises:
        StorageError: `body-unreadable`: the data are damaged.

    >>> from typing import TypedDict
    >>> Card = TypedDict("Card", {"emails": tuple[str, ...]})
    >>> load_as(Card, b'{"emails":["jo@bois.fr"],"phones":[]}')
    {'emails': ('jo@bois.fr',)}
    """
    import msgspec

    try:
        return _decoder(kind)(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _unreadable(error) from None


@cache
def reader_of(kind: Callable[[], _T]) -> Callable[[bytes], _T]:
    """The function that reads bodies or cards that `dump` wrote, as objects, in less time than dictionaries take.

    Values without a field are dropped. The function raises `StorageError` as `load` does.

    Args:
        kind: A class that declares the fields with their types and defaults. The objects are none of its instances.

    >>> class Card:
    ...     name: str
    ...     emails: tuple[str, ...] = ()
    >>> card = reader_of(Card)(b'{"name":"Jo","emails":["jo@bois.fr"],"phones":[]}')
    >>> card.name, card.emails
    ('Jo', ('jo@bois.fr',))
    """
    from typing import get_type_hints

    import msgspec

    declared: Any = kind
    hints, defaults = get_type_hints(declared), vars(declared)
    fields = [(name, hint, defaults[name]) if name in defaults else (name, hint) for name, hint in hints.items()]
    # Fields are parts of JSON, so no object refers to itself.
    decode = msgspec.json.Decoder(msgspec.defstruct(declared.__name__, fields, frozen=True, gc=False)).decode
    errors = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

    def read(data: bytes) -> Any:
        try:
            return decode(data)
        except errors as error:
            raise _unreadable(error) from None

    return read


def _unreadable(error: Exception) -> StorageError:
    return StorageError(f"A stored record cannot be read: {error}.", code="body-unreadable")


def pack(value: Any) -> bytes:
    """The value as MessagePack, for another process of this library; it takes a third of the time of pickle.

    Args:
        value: A value of JSON types.

    >>> unpack(pack({"name": "Zoë"}))
    {'name': 'Zoë'}
    """
    import msgspec

    return msgspec.msgpack.encode(value)


def unpack(data: bytes) -> Any:
    """The value that `pack` wrote.

    Args:
        data: The MessagePack.
    """
    import msgspec

    return msgspec.msgpack.decode(data)


@cache
def _encoder() -> Callable[[Any], bytes]:
    import msgspec

    return msgspec.json.Encoder(enc_hook=_plain).encode


def _plain(value: Any) -> str | int | float:
    """A text or a number of a class of its own, such as the marked text of a template engine, as a plain one."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int.__int__(value)
    if isinstance(value, float):
        return float.__float__(value)
    raise TypeError(f"{type(value).__name__} is no type of JSON")


@cache
def _decoder(kind: Any) -> Callable[[bytes], Any]:
    import msgspec

    return msgspec.json.Decoder(kind).decode
