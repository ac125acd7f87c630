"""The part of a picture that is shown: zoom and offset (PIC-3)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from contactcore.errors import Invalid, Problem
from contactcore.frozen import frozen

__all__ = ["LARGEST_ZOOM", "Crop", "crop_of"]

LARGEST_ZOOM: Final = 50
"""Greatest zoom of a crop."""


def _number(value: object) -> float | None:
    """The value as a finite float; None if it is no number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


@frozen
class Crop:
    """The part of a picture that is seen through a frame of 200 x 300 pixels (PIC-3).

    Attributes:
        zoom: The enlargement, from 1 to 50. At 1 the whole picture fits into the frame; 2 shows it twice as large, and
            the frame hides what does not fit.
        x: The distance from the centre of the picture to the centre of the part, as a fraction of the picture's width;
            positive to the right. 0 by default, the centre.
        y: The same distance as a fraction of the picture's height; positive downwards.

    Raises:
        Invalid: A value is no finite number (`crop-type`), `crop-zoom`, or an offset is outside -0.5 to 0.5
            (`crop-offset`).

    >>> Crop(zoom=2, x=0.25)
    Crop(zoom=2.0, x=0.25, y=0.0)
    """

    zoom: float = 1.0
    x: float = 0.0
    y: float = 0.0

    def __attrs_post_init__(self) -> None:
        problems = []
        for name in ("zoom", "x", "y"):
            given = getattr(self, name)
            number = _number(given)
            if number is None:
                problems.append(Problem("crop-type", name, "Give a number such as 1.5.", given))
            elif name == "zoom" and not 1 <= number <= LARGEST_ZOOM:
                message = f"The zoom is from 1 (the whole picture) to {LARGEST_ZOOM}."
                problems.append(Problem("crop-zoom", name, message, given, {"least": 1, "most": LARGEST_ZOOM}))
            elif name != "zoom" and not -0.5 <= number <= 0.5:
                message = "The offset is a fraction of the picture, from -0.5 to 0.5."
                problems.append(Problem("crop-offset", name, message, given, {"most": 0.5}))
            else:
                object.__setattr__(self, name, number + 0.0)  # no negative zero
        if problems:
            raise Invalid(problems)


def crop_of(given: Crop | Mapping[str, Any]) -> Crop:
    """The crop of an argument.

    Args:
        given: A crop, or a mapping with some of the keys `zoom`, `x` and `y`, as a form sends it: the numbers may be
            texts, and an empty text means the default.

    Raises:
        Invalid: `crop-type`, `crop-zoom`, `crop-offset`.

    >>> crop_of({"zoom": 3})
    Crop(zoom=3.0, x=0.0, y=0.0)
    >>> crop_of({"zoom": "1.5", "x": "0.1", "y": ""})
    Crop(zoom=1.5, x=0.1, y=0.0)
    """
    if isinstance(given, Crop):
        return given
    if not isinstance(given, Mapping):
        raise Invalid("crop-type", "Give a Crop, or a mapping with zoom, x and y.", value=given)
    for key in given:
        if key not in {"zoom", "x", "y"}:
            raise Invalid("crop-type", "A crop has zoom, x and y, and nothing else.", path=str(key), value=given[key])
    return Crop(**{key: _as_number(value) for key, value in given.items() if value != ""})


def _as_number(value: object) -> Any:
    """The number of a text; anything else as it is, because the crop refuses it."""
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value
