"""The format of a file, judged by its content, and the scan of the file."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from contactcore.errors import Invalid
from contactcore.formats.pictures.containers.bmp import scan_bmp
from contactcore.formats.pictures.containers.gif import scan_gif
from contactcore.formats.pictures.containers.jpeg import scan_jpeg
from contactcore.formats.pictures.containers.png import scan_png
from contactcore.formats.pictures.containers.source import Source, broken
from contactcore.formats.pictures.containers.tiff import scan_tiff
from contactcore.formats.pictures.containers.webp import scan_webp
from contactcore.formats.pictures.limits import LONGEST_SIDE, MOST_PIXELS

__all__ = ["scan"]

_SCANS: Final[tuple[tuple[re.Pattern[bytes], Callable[[bytes], Source]], ...]] = (
    (re.compile(rb"\xff\xd8\xff"), scan_jpeg),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), scan_png),
    (re.compile(rb"GIF8[79]a"), scan_gif),
    (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), scan_webp),
    (re.compile(rb"BM.{4}.{4}.{4}[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0", re.DOTALL), scan_bmp),
    (re.compile(rb"II\*\0|MM\0\*"), scan_tiff),
)
_REFUSED: Final[tuple[tuple[re.Pattern[bytes], str], ...]] = (
    (re.compile(rb".{4}ftyphe(?:i|v)", re.DOTALL), "a HEIC photo"),
    (re.compile(rb".{4}ftypm[is]f1", re.DOTALL), "a HEIF photo"),
    (re.compile(rb".{4}ftypavi[fs]", re.DOTALL), "an AVIF picture"),
    (re.compile(rb".{4}ftyp", re.DOTALL), "a video"),
    (re.compile(rb"\0\0\0\x0cjP  |\xff\x4f\xff\x51"), "a JPEG 2000 picture"),
    (re.compile(rb"\0\0\0\x0cJXL |\xff\x0a"), "a JPEG XL picture"),
    (re.compile(rb"\0\0[\1\2]\0"), "an icon file"),
    (re.compile(rb"8BPS"), "a Photoshop file"),
    (re.compile(rb"%PDF|%!PS"), "a PDF or PostScript document"),
    (re.compile(rb"II\+\0|MM\0\+"), "a BigTIFF picture"),
    (re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:svg|(?:[?!].{0,2000}?<svg))", re.DOTALL | re.IGNORECASE), "an SVG drawing"),
    (re.compile(rb"(?:\xef\xbb\xbf)?\s*<"), "a text with markup"),
)
_ACCEPTED: Final = "JPEG, PNG, GIF, WebP, BMP and TIFF"


def scan(data: bytes) -> Source:
    """The picture in a file, checked against the limits and without metadata; nothing is decoded.

    Args:
        data: The content of the file.

    Raises:
        Invalid: `picture-format`, `picture-broken`, `picture-pixels`.
    """
    for pattern, read in _SCANS:
        if pattern.match(data):
            source = read(data)
            _check_size(source)
            return source
    known = next((name for pattern, name in _REFUSED if pattern.match(data)), "no picture that is known here")
    message = f"The file is {known}. Save the picture as JPEG or PNG; {_ACCEPTED} are accepted."
    raise Invalid("picture-format", message, facts={"found": known})


def _check_size(source: Source) -> None:
    if source.width < 1 or source.height < 1:
        raise broken(source.format, "has a picture without pixels")
    most = MOST_PIXELS[source.format]
    if source.width * source.height > most or max(source.width, source.height) > LONGEST_SIDE:
        raise Invalid(
            "picture-pixels",
            f"The picture has {source.width} x {source.height} pixels. A {source.format} picture has at most {most} "
            f"pixels, and {LONGEST_SIDE} on a side: save it smaller.",
            facts={"width": source.width, "height": source.height, "most": most, "longest": LONGEST_SIDE},
        )
