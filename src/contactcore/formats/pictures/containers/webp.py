"""The chunks of a WebP file."""

from __future__ import annotations

from typing import Final

from contactcore.formats.pictures.containers.exif import orientation_of
from contactcore.formats.pictures.containers.source import Source, broken

__all__ = ["scan_webp"]

_NAME: Final = "WebP"


def scan_webp(data: bytes) -> Source:
    """The picture of a WebP file, without trailing bytes. Its decoder gives the first frame, and reads no metadata.

    Args:
        data: The content of the file.

    Raises:
        Invalid: `picture-broken`: the file ends early, or has no picture.
    """
    end = 8 + int.from_bytes(data[4:8], "little")
    if len(data) < end:
        raise broken(_NAME, "ends early")
    size = _size(data)
    if size is None:
        raise broken(_NAME, "has no picture")
    return Source(_NAME, *size, data[:end], _orientation(data, end))


def _size(data: bytes) -> tuple[int, int] | None:
    """Width and height in the first chunk."""
    body = data[20:30]
    match data[12:16]:
        case b"VP8X" if len(body) == 10:
            return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
        case b"VP8 " if body[3:6] == b"\x9d\x01\x2a":
            return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF
        case b"VP8L" if body[:1] == b"\x2f":
            bits = int.from_bytes(body[1:5], "little")
            return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return None


def _orientation(data: bytes, end: int) -> int:
    place = 12
    while place + 8 <= end:
        length = int.from_bytes(data[place + 4 : place + 8], "little")
        if data[place : place + 4] == b"EXIF":
            return orientation_of(data[place + 8 : place + 8 + length])
        place += 8 + length + length % 2
    return 1
