"""The limits of pictures. They are checked before a picture is decoded."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

__all__ = [
    "LARGEST_FILE",
    "LONGEST_SIDE",
    "MOST_PIXELS",
    "PICTURE_HEIGHT",
    "PICTURE_WIDTH",
    "THUMBNAIL_HEIGHT",
    "THUMBNAIL_WIDTH",
    "UPRIGHT_SIDE",
]

LARGEST_FILE: Final = 10_000_000
"""Greatest size of a picture file, in bytes (PIC-2)."""

PICTURE_WIDTH: Final = 200
"""Greatest width of the picture that is served, in pixels (PIC-2)."""

PICTURE_HEIGHT: Final = 300
"""Greatest height of the picture that is served, in pixels (PIC-2)."""

THUMBNAIL_WIDTH: Final = 64
"""Greatest width of the small picture for lists, in pixels."""

THUMBNAIL_HEIGHT: Final = 96
"""Greatest height of the small picture for lists, in pixels."""

UPRIGHT_SIDE: Final = 2_000
"""Longest side of the upright copy, in pixels (PIC-5)."""

LONGEST_SIDE: Final = 30_000
"""Longest side of a picture file, in pixels."""

MOST_PIXELS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "JPEG": 65_000_000,  # JPEG is decoded at a reduced size
        "PNG": 40_000_000,
        "GIF": 40_000_000,
        "BMP": 40_000_000,
        "TIFF": 40_000_000,
        "WebP": 25_000_000,  # its decoder holds four copies of the picture
    }
)
"""Format -> greatest number of pixels (width times height) of a picture file."""
