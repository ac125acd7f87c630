"""The pixels that a crop shows (PIC-3)."""

from __future__ import annotations

from typing import Final

from contactcore.errors import Invalid, Problem
from contactcore.formats.pictures.limits import PICTURE_HEIGHT, PICTURE_WIDTH
from contactcore.model.crop import LARGEST_ZOOM, Crop, crop_of

__all__ = ["LARGEST_ZOOM", "Crop", "clamped", "crop_of", "region_of"]

_ROUNDING: Final = 1e-9


def region_of(crop: Crop, width: int, height: int) -> tuple[int, int, int, int]:
    """The visible part of a picture, in pixels: left, top, right, bottom.

    Args:
        crop: The zoom and offset.
        width: The width of the upright picture, in pixels.
        height: The height of the upright picture, in pixels.

    Raises:
        Invalid: `crop-offset`: the part would reach over an edge of the picture.

    >>> region_of(Crop(zoom=2), 200, 300)
    (50, 75, 150, 225)
    >>> region_of(Crop(zoom=2, x=0.25, y=-0.25), 200, 300)
    (100, 0, 200, 150)
    """
    shown = _shown_parts(crop, width, height)
    problems = []
    for name, offset, part in zip("xy", (crop.x, crop.y), shown, strict=True):
        most = (1 - part) / 2
        if abs(offset) > most + _ROUNDING:
            message = (
                f"The part would reach over the edge: at this zoom the offset is from {-most:.4f} to {most:.4f}."
                if most > _ROUNDING
                else "At this zoom the whole side is shown: the offset is 0, or give a greater zoom."
            )
            problems.append(Problem("crop-offset", name, message, offset, {"most": most}))
    if problems:
        raise Invalid(problems)
    left, right = _span(width, crop.x, shown[0])
    top, bottom = _span(height, crop.y, shown[1])
    return left, top, right, bottom


def clamped(crop: Crop, width: int, height: int) -> Crop:
    """The crop with the nearest offset at which its part stays inside a picture.

    Args:
        crop: The zoom and offset.
        width: The width of the upright picture, in pixels.
        height: The height of the upright picture, in pixels.

    >>> clamped(Crop(zoom=2, x=0.4, y=-0.1), 200, 300)
    Crop(zoom=2.0, x=0.25, y=-0.1)
    """
    farthest = [(1 - part) / 2 for part in _shown_parts(crop, width, height)]
    x, y = (max(-most, min(most, one)) for one, most in zip((crop.x, crop.y), farthest, strict=True))
    return Crop(crop.zoom, x, y)


def _shown_parts(crop: Crop, width: int, height: int) -> tuple[float, float]:
    """The fractions of the width and of the height that the crop shows."""
    scale = min(PICTURE_WIDTH / width, PICTURE_HEIGHT / height) * crop.zoom
    return min(1.0, PICTURE_WIDTH / (width * scale)), min(1.0, PICTURE_HEIGHT / (height * scale))


def _span(length: int, offset: float, part: float) -> tuple[int, int]:
    """First and last pixel of a part of one side; at least one pixel, and never outside the side."""
    pixels = max(1, round(length * part))
    first = round(length * (0.5 + offset) - pixels / 2)
    first = min(max(first, 0), length - pixels)
    return first, first + pixels
