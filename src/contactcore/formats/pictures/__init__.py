"""Pictures: untrusted bytes become one small still picture without metadata (PIC-2, PIC-3, PIC-5).

Attaching pictures to contacts is not part of this format. It needs no workspace and no storage.
"""

from contactcore.formats.pictures.crop import LARGEST_ZOOM, Crop
from contactcore.formats.pictures.limits import (
    LARGEST_FILE,
    LONGEST_SIDE,
    MOST_PIXELS,
    PICTURE_HEIGHT,
    PICTURE_WIDTH,
    UPRIGHT_SIDE,
)
from contactcore.formats.pictures.preparing import Picture, UprightCopy, prepare

__all__ = [
    "LARGEST_FILE",
    "LARGEST_ZOOM",
    "LONGEST_SIDE",
    "MOST_PIXELS",
    "PICTURE_HEIGHT",
    "PICTURE_WIDTH",
    "UPRIGHT_SIDE",
    "Crop",
    "Picture",
    "UprightCopy",
    "prepare",
]
