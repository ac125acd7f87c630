"""The first directory of a TIFF file."""

from __future__ import annotations

from typing import Final, Literal

from contactcore.formats.pictures.containers.source import Source, broken

__all__ = ["scan_tiff"]

_NAME: Final = "TIFF"
_WIDTH: Final = 256
_HEIGHT: Final = 257
_ORIENTATION: Final = 274
_SINGLE: Final = frozenset({_WIDTH, _HEIGHT, 259, 262, 266, 277, 278, 284, 292, 293, 317, 322, 323})
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
    numbers = {_WIDTH: 0, _HEIGHT: 0, _ORIENTATION: 1}
    stored = 0
    for place in range(start + 2, start + 2 + 12 * count, 12):
        entry = data[place : place + 12]
        tag, type = int.from_bytes(entry[:2], order), int.from_bytes(entry[2:4], order)
        if tag in numbers:
            numbers[tag] = int.from_bytes(entry[8:10] if type == 3 else entry[8:12], order)
        if tag not in _SINGLE | _LISTS:
            continue
        values = int.from_bytes(entry[4:8], order)
        length = _SIZES.get(type, 0) * values
        outside = length > 4 and int.from_bytes(entry[8:12], order) + length > len(data)
        stored += length
        if not length or outside or stored > len(data) or tag in kept or (tag in _SINGLE and values != 1):
            raise broken(_NAME, "is damaged: its directory is not as it should be")
        kept[tag] = entry
    # The directory at the end of the file replaces the one that the header named; an even place, as the format asks.
    body = data[8:] + b"\0" * (len(data) % 2)
    directory = len(kept).to_bytes(2, order) + b"".join(kept[tag] for tag in sorted(kept)) + bytes(4)
    copy = data[:4] + (8 + len(body)).to_bytes(4, order) + body + directory
    orientation = numbers[_ORIENTATION]
    return Source(_NAME, numbers[_WIDTH], numbers[_HEIGHT], copy, orientation if 1 <= orientation <= 8 else 1)
