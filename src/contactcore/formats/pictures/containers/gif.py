"""The blocks of a GIF file."""

from __future__ import annotations

from typing import Final

from contactcore.formats.pictures.containers.source import Source, broken

__all__ = ["scan_gif"]

_NAME: Final = "GIF"
_EXTENSION: Final = 0x21
_FRAME: Final = 0x2C
_CONTROL: Final = 0xF9
_TABLE: Final = 0x80


def scan_gif(data: bytes) -> Source:
    """The first frame of a GIF file, without comments, application data, further frames and trailing bytes.

    Args:
        data: The content of the file.

    Raises:
        Invalid: `picture-broken`: the file ends early, or has no frame.
    """
    place = 13 + _table_length(data, 10)
    head = b"GIF89a" + data[6:place]
    control = b""
    while _byte(data, place) == _EXTENSION:
        end = _after_blocks(data, place + 2)
        if _byte(data, place + 1) == _CONTROL and end - place == 8:
            control = data[place:end]
        place = end
    if _byte(data, place) != _FRAME:
        raise broken(_NAME, "has no picture")
    end = _after_blocks(data, place + 10 + _table_length(data, place + 9) + 1)
    left, top, width, height = (int.from_bytes(data[at : at + 2], "little") for at in range(place + 1, place + 9, 2))
    screen = int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
    if not width or not height:
        raise broken(_NAME, "has a picture without pixels")
    size = max(screen[0], left + width), max(screen[1], top + height)
    return Source(_NAME, *size, head + control + data[place:end] + b";")


def _byte(data: bytes, place: int) -> int:
    if place >= len(data):
        raise broken(_NAME, "ends early")
    return data[place]


def _table_length(data: bytes, place: int) -> int:
    """Length of the colour table that the flags at a place announce, in bytes."""
    flags = _byte(data, place)
    return 3 << ((flags & 7) + 1) if flags & _TABLE else 0


def _after_blocks(data: bytes, place: int) -> int:
    """The place after a sequence of sub-blocks and its end."""
    while length := _byte(data, place):
        place += 1 + length
    return place + 1
