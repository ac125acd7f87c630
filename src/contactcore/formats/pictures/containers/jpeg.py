"""The segments of a JPEG file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from contactcore.formats.pictures.containers.exif import orientation_of
from contactcore.formats.pictures.containers.source import Source, broken

__all__ = ["scan_jpeg"]

_NAME: Final = "JPEG"
_MOST_SCANS: Final = 40  # a progressive picture has about ten; each one costs a pass over the whole picture
_START_OF_FRAME: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SCAN: Final = 0xDA
_DECODED: Final = _START_OF_FRAME | {0xC4, 0xCC, 0xDB, 0xDD, _SCAN}  # frames, tables, restarts and scans
_EXIF: Final = 0xE1
_END: Final = 0xD9
_KEPT_APPLICATION: Final = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
_MARKER: Final = re.compile(rb"\xff+([^\x00\xff])")
_AFTER_ENTROPY: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def scan_jpeg(data: bytes) -> Source:
    """The picture of a JPEG file: from its start to its end marker, without comments and application data.

    Args:
        data: The content of the file.

    Raises:
        Invalid: `picture-broken`: the file ends early, has more than one frame, or more than 40 scans.
    """
    kept = [b"\xff\xd8"]
    frames: list[bytes] = []
    orientations: list[int] = []
    scans = 0
    for marker, segment in _segments(data):
        if marker in _START_OF_FRAME:
            frames.append(segment)
        elif marker == _SCAN:
            scans += 1
        elif marker == _EXIF and segment[2:8] == b"Exif\0\0":
            orientations.append(orientation_of(segment[2:]))
        if marker in _DECODED or _is_kept(marker, segment):
            kept += (bytes((0xFF, marker)), segment)
    if len(frames) != 1 or len(frames[0]) < 8 or not scans:
        raise broken(_NAME, "does not hold one picture")
    if scans > _MOST_SCANS:
        raise broken(_NAME, f"has {scans} scans, more than {_MOST_SCANS}")
    kept.append(b"\xff\xd9")
    height, width = int.from_bytes(frames[0][3:5], "big"), int.from_bytes(frames[0][5:7], "big")
    return Source(_NAME, width, height, b"".join(kept), orientations[0] if orientations else 1)


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and content of each segment up to the end marker; a scan with its entropy-coded data."""
    place = 2
    while True:
        found = _MARKER.match(data, place)
        if found is None:
            raise broken(_NAME, "ends early or is damaged")
        marker, start = found[1][0], found.end()
        if marker == _END:
            return
        end = start + int.from_bytes(data[start : start + 2], "big")
        if end < start + 2 or end > len(data):
            raise broken(_NAME, "ends early or is damaged")
        if marker == _SCAN:
            following = _AFTER_ENTROPY.search(data, end)
            if following is None:
                raise broken(_NAME, "ends early")
            end = following.start()
        yield marker, data[start:end]
        place = end


def _is_kept(marker: int, segment: bytes) -> bool:
    """Whether application data says how the colours are meant."""
    prefix = _KEPT_APPLICATION.get(marker)
    return prefix is not None and segment[2:].startswith(prefix)
