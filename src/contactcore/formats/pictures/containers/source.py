"""The facts about a picture that a scan of its file finds."""

from __future__ import annotations

import attrs

from contactcore.errors import Invalid
from contactcore.frozen import frozen

__all__ = ["Source", "broken"]


@frozen
class Source:
    """A picture that is not decoded yet.

    Attributes:
        format: The format, as its content says: JPEG, PNG, GIF, WebP, BMP or TIFF.
        width: The declared width, in pixels, before the picture is turned upright.
        height: The declared height, in pixels.
        data: The file with its first picture, without text, EXIF, XMP, further frames and trailing bytes.
        orientation: The orientation of EXIF, from 1 to 8.
    """

    format: str
    width: int
    height: int
    data: bytes = attrs.field(repr=False)
    orientation: int = 1


def broken(format: str, fault: str) -> Invalid:
    """The refusal of a damaged file.

    Args:
        format: The format of the file.
        fault: What is wrong, as the end of a sentence.
    """
    message = f"The {format} file {fault}. Save the picture again, or send the file again."
    return Invalid("picture-broken", message, facts={"format": format})
