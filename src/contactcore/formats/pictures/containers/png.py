"""The chunks of a PNG file."""

from __future__ import annotations

import zlib
from typing import Final

from contactcore.formats.pictures.containers.exif import orientation_of
from contactcore.formats.pictures.containers.source import Source, broken

__all__ = ["scan_png"]

_NAME: Final = "PNG"
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_KEPT: Final = (b"IHDR", b"iCCP", b"PLTE", b"tRNS", b"IDAT")
_ANCILLARY: Final = 0x20  # the bit of the first letter that says that a reader may skip the chunk


def scan_png(data: bytes) -> Source:
    """The still picture of a PNG file, without text, times, EXIF and the frames of an animation.

    Args:
        data: The content of the file.

    Raises:
        Invalid: `picture-broken`: the file ends early, a check sum is wrong, or a chunk is missing or unknown.
    """
    chunks: dict[bytes, list[bytes]] = {name: [] for name in _KEPT}
    orientation = 1
    place = len(_SIGNATURE)
    while True:
        length = int.from_bytes(data[place : place + 4], "big")
        name = data[place + 4 : place + 8]
        body = data[place + 8 : place + 8 + length]
        if len(data) < place + 12 + length:
            raise broken(_NAME, "ends early")
        if name in chunks and zlib.crc32(name + body) != int.from_bytes(
            data[place + 8 + length : place + 12 + length], "big"
        ):
            raise broken(_NAME, "is damaged: a check sum is wrong")
        place += 12 + length
        if name == b"IEND":
            break
        if name in chunks:
            chunks[name].append(body)
        elif name == b"eXIf":
            orientation = orientation_of(body)
        elif not name[:1].isalpha() or not name[0] & _ANCILLARY:
            raise broken(_NAME, "has a chunk that is not known")
    if len(chunks[b"IHDR"]) != 1 or len(chunks[b"IHDR"][0]) != 13 or not chunks[b"IDAT"]:
        raise broken(_NAME, "has no picture")
    header = chunks[b"IHDR"][0]
    chunks[b"IDAT"] = [b"".join(chunks[b"IDAT"])]
    kept = [_chunk(name, chunks[name][0]) for name in _KEPT if chunks[name]]
    size = int.from_bytes(header[:4], "big"), int.from_bytes(header[4:8], "big")
    return Source(_NAME, *size, b"".join((_SIGNATURE, *kept, _chunk(b"IEND", b""))), orientation)


def _chunk(name: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")
