"""The orientation in EXIF data. Nothing else of EXIF is read."""

from __future__ import annotations

from typing import Final, Literal

__all__ = ["orientation_of"]

_ORIENTATION: Final = 0x0112


def orientation_of(exif: bytes) -> int:
    r"""The orientation in EXIF data, from 1 to 8; 1 for data that is damaged or does not have one.

    Args:
        exif: The data, with or without the prefix `Exif\0\0`.

    >>> orientation_of(b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0")
    6
    >>> orientation_of(b"noise")
    1
    """
    exif = exif.removeprefix(b"Exif\0\0")
    order: Literal["little", "big"] = "little" if exif[:2] == b"II" else "big"
    if exif[:4] not in {b"II*\0", b"MM\0*"}:
        return 1
    start = int.from_bytes(exif[4:8], order)
    count = int.from_bytes(exif[start : start + 2], order)
    for entry in range(start + 2, min(start + 2 + 12 * count, len(exif) - 11), 12):
        if int.from_bytes(exif[entry : entry + 2], order) == _ORIENTATION:
            found = int.from_bytes(exif[entry + 8 : entry + 10], order)
            return found if 1 <= found <= 8 else 1
    return 1
