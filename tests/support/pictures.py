"""Pictures for tests, made as they are needed."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Iterable

from PIL import Image

__all__ = ["CORNERS", "LOGO", "PHOTO", "Kept", "corners", "exif", "opened", "png", "saved"]

CORNERS = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0))
"""Colours of a test picture: top left, top right, bottom left, bottom right."""


def corners(width: int = 120, height: int = 80, mode: str = "RGB") -> Image.Image:
    """A picture with another colour in each quarter."""
    image = Image.new("RGB", (width, height))
    for number, colour in enumerate(CORNERS):
        left, top = number % 2 * (width // 2), number // 2 * (height // 2)
        image.paste(colour, (left, top, width if number % 2 else width // 2, height if number // 2 else height // 2))
    return image.convert(mode)


def saved(image: Image.Image, format: str, **options: object) -> bytes:
    """The bytes of a picture file."""
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def opened(data: bytes) -> Image.Image:
    """A decoded picture file."""
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def exif(orientation: int, text: str = "") -> bytes:
    """EXIF data with an orientation, a GPS position and a comment."""
    data = Image.Exif()
    data[0x0112] = orientation
    data[0x010E] = text or "secret words"
    data.get_ifd(0x8825)[1] = "N"
    return data.tobytes()


def png(chunks: Iterable[tuple[bytes, bytes]]) -> bytes:
    """A PNG file of any chunks, with right check sums."""
    parts = [b"\x89PNG\r\n\x1a\n"]
    for name, body in chunks:
        parts.append(struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)))
    return b"".join(parts)


LOGO = saved(corners(400, 240), "PNG")
PHOTO = saved(corners(300, 600), "JPEG")
Kept = Callable[[], int]
"""Counts the contents of pictures that a storage keeps, after a check that each has a record and a picture."""
