"""The header of a BMP file."""

from __future__ import annotations

from typing import Final

from contactcore.formats.pictures.containers.source import Source, broken

__all__ = ["scan_bmp"]

_NAME: Final = "BMP"
_OLD_HEADER: Final = 12


def scan_bmp(data: bytes) -> Source:
    """The picture of a BMP file. The format has no metadata.

    Args:
        data: The content of the file.

    Raises:
        Invalid: `picture-broken`: the file ends early.
    """
    if len(data) < 26:
        raise broken(_NAME, "ends early")
    if data[14] == _OLD_HEADER:
        size = int.from_bytes(data[18:20], "little"), int.from_bytes(data[20:22], "little")
    else:
        height = int.from_bytes(data[22:26], "little", signed=True)  # negative: the first row is the top one
        size = int.from_bytes(data[18:22], "little", signed=True), abs(height)
    return Source(_NAME, *size, data)
