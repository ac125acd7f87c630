"""The first directory of a TIFF file."""

from __future__ import annotations

import math
from typing import Final, Literal

from contactcore.formats.pictures.containers.source import Source, broken
from contactcore.formats.pictures.limits import MOST_PIXELS

__all__ = ["scan_tiff"]

_NAME: Final = "TIFF"
_WIDTH: Final = 256
_HEIGHT: Final = 257
_ORIENTATION: Final = 274
_COMPRESSION: Final = 259
_COMPRESSIONS: Final = frozenset({1, 2, 3, 4, 5, 7, 8, 32773, 32946})  # none, fax, LZW, JPEG, deflate, PackBits
_TILE_SIDES: Final = (322, 323)
_SMALLEST_TILE: Final = 16
_PIECE_LENGTHS: Final = (279, 325)
_READ: Final = {_WIDTH, _HEIGHT, _COMPRESSION, _ORIENTATION, *_TILE_SIDES, *_PIECE_LENGTHS}
_SINGLE: Final = frozenset({_WIDTH, _HEIGHT, _COMPRESSION, 262, 266, 277, 278, 284, 292, 293, 317, *_TILE_SIDES})
_LISTS: Final = frozenset({258, 273, 279, 320, 324, 325, 338, 339, 347, 529, 530, 531, 532, 34675})
_SIZES: Final = {1: 1, 3: 2, 4: 4, 5: 8, 7: 1}
"""Type of a value -> its size, in bytes: byte, short, long, rational, undefined."""


def scan_tiff(data: bytes) -> Source:
    """The first picture of a TIFF file: only the entries that say how it is decoded, and no further page.

    Args:
        data: The content of the file.

    Raises:
        Invalid: `picture-broken`: the directory is damaged, or a value lies outside the file.
    """
    order: Literal["little", "big"] = "little" if data[:1] == b"I" else "big"
    start = int.from_bytes(data[4:8], order)
    count = int.from_bytes(data[start : start + 2], order)
    if not count or start + 2 + 12 * count > len(data):
        raise broken(_NAME, "ends early or is damaged")
    kept: dict[int, bytes] = {}
    numbers: dict[int, list[int]] = {}
    stored = 0
    for place in range(start + 2, start + 2 + 12 * count, 12):
        entry = data[place : place + 12]
        tag, type, values = (int.from_bytes(entry[at:to], order) for at, to in ((0, 2), (2, 4), (4, 8)))
        if tag not in _SINGLE | _LISTS | {_ORIENTATION} or tag in kept:
            continue
        size = _SIZES.get(type, 0)
        length = size * values
        first = int.from_bytes(entry[8:12], order) if length > 4 else place + 8
        stored += length
        if not length or first + length > len(data) or stored > len(data) or (tag not in _LISTS and values != 1):
            raise broken(_NAME, "is damaged: its directory is not as it should be")
        kept[tag] = entry
        if tag in _READ:
            numbers[tag] = [int.from_bytes(data[at : at + size], order) for at in range(first, first + length, size)]
    _check_pieces(numbers, len(data))
    orientation = numbers.get(_ORIENTATION, [1])[0]
    kept.pop(_ORIENTATION, None)
    # The directory at the end of the file replaces the one that the header named; an even place, as the format asks.
    body = data[8:] + b"\0" * (len(data) % 2)
    directory = len(kept).to_bytes(2, order) + b"".join(kept[tag] for tag in sorted(kept)) + bytes(4)
    copy = data[:4] + (8 + len(body)).to_bytes(4, order) + body + directory
    width, height = (numbers.get(tag, [0])[0] for tag in (_WIDTH, _HEIGHT))
    return Source(_NAME, width, height, copy, orientation if 1 <= orientation <= 8 else 1)


def _check_pieces(numbers: dict[int, list[int]], length: int) -> None:
    """Refuses compressions that pictures do not use, and pieces that cost more than their bytes.

    Args:
        numbers: Tag -> its values.
        length: Length of the file, in bytes.
    """
    if numbers.get(_COMPRESSION, [1])[0] not in _COMPRESSIONS:
        raise broken(_NAME, "has a compression that is not read here")
    sides = [numbers.get(tag, [_SMALLEST_TILE])[0] for tag in _TILE_SIDES]
    wrong = min(sides) < _SMALLEST_TILE or math.prod(sides) > MOST_PIXELS[_NAME]
    if wrong or any(sum(numbers.get(tag, [])) > length for tag in _PIECE_LENGTHS):
        raise broken(_NAME, "is damaged: its pieces are not as they should be")
