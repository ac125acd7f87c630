"""Pictures: untrusted bytes become one small still picture without metadata (PIC-2, PIC-3, PIC-5).

It needs no workspace and no storage. `session.pictures` attaches pictures to contacts and items.
"""

from contactcore.formats.pictures.avatar_address import avatar_address
from contactcore.formats.pictures.crop import LARGEST_ZOOM, Crop
from contactcore.formats.pictures.limits import (
    LARGEST_FILE,
    LONGEST_SIDE,
    MOST_PIXELS,
    PICTURE_HEIGHT,
    PICTURE_WIDTH,
    THUMBNAIL_HEIGHT,
    THUMBNAIL_WIDTH,
    UPRIGHT_SIDE,
)
from contactcore.formats.pictures.preparing import PreparedPicture, prepare

__all__ = [
    "LARGEST_FILE",
    "LARGEST_ZOOM",
    "LONGEST_SIDE",
    "MOST_PIXELS",
    "PICTURE_HEIGHT",
    "PICTURE_WIDTH",
    "THUMBNAIL_HEIGHT",
    "THUMBNAIL_WIDTH",
    "UPRIGHT_SIDE",
    "Crop",
    "PreparedPicture",
    "avatar_address",
    "prepare",
]
