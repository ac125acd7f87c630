"""Decoding, colours and encoding. This is the only module that imports Pillow.

Pillow gets a file without metadata, and a class of the format that was found: `Image.open` would try other formats,
warn through the process-wide filters, and read EXIF. Pillow raises nearly any exception on hostile data; all of
them mean a broken file.
"""

from __future__ import annotations

import importlib
import io
from typing import TYPE_CHECKING, Any, Final

from contactcore.errors import Invalid
from contactcore.formats.pictures.containers.png import scan_png
from contactcore.formats.pictures.containers.source import Source, broken
from contactcore.formats.pictures.limits import UPRIGHT_SIDE
from contactcore.frozen import frozen

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["Still", "decode"]

_LARGEST_PROFILE: Final = 4_000_000
_QUALITY: Final = 90
_MODES: Final = {
    "1": "L",
    "LA": "RGBA",
    "La": "RGBA",
    "PA": "RGBA",
    "RGBX": "RGB",
    "RGBa": "RGBA",
    "YCbCr": "RGB",
}
"""Mode of Pillow -> the mode of the same colours that is resized and read by a colour profile."""
_SIXTEEN_BITS: Final = {"I;16", "I;16L", "I;16B", "I;16N"}


@frozen
class Still:
    """A decoded upright picture of RGB or RGBA pixels in sRGB, at most 2,000 pixels on a side."""

    image: Image

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, in pixels."""
        return self.image.size

    @property
    def transparent(self) -> bool:
        """Whether any pixel lets the ground through."""
        return self.image.mode == "RGBA"

    def part(self, region: tuple[int, int, int, int]) -> Still:
        """A part of the picture.

        Args:
            region: Left, top, right and bottom, in pixels.
        """
        return Still(self.image.crop(region))

    def within(self, width: int, height: int) -> Still:
        """The picture made smaller to fit into a box; the same picture if it fits already.

        Args:
            width: The width of the box, in pixels.
            height: The height of the box, in pixels.
        """
        return Still(_within(self.image, width, height))

    def encoded(self, *, lossless: bool) -> bytes:
        """The bytes of a PNG or JPEG file without any metadata; the same bytes for the same pixels.

        Args:
            lossless: Whether the file is PNG; a transparent picture must be.
        """
        image = self.image.copy()
        image.info = {}
        file = io.BytesIO()
        if lossless:
            image.save(file, "PNG", compress_level=6)
            # Pillow divides the pixels into chunks of 64 kB. A scan joins them, and leaves a file of its own as it is.
            return scan_png(file.getvalue()).data
        image.save(file, "JPEG", quality=_QUALITY)
        return file.getvalue()


def decode(source: Source) -> Still:
    """The upright picture of a file, made smaller to at most 2,000 pixels on a side.

    Args:
        source: The scanned file.

    Raises:
        Invalid: `picture-broken`; `picture-colours`: its colours cannot be shown, such as 32-bit measurements.
    """
    try:
        image = _decoded(source)
        if image.mode in {"RGB", "RGBA", "L", "CMYK"}:
            return Still(_upright(_srgb(_within(image, UPRIGHT_SIDE, UPRIGHT_SIDE)), source.orientation))
    except Exception as fault:  # Pillow raises nearly anything on hostile data
        raise broken(source.format, "ends early or is damaged") from fault
    message = "The colours of the picture cannot be shown. Save it with 8 or 16 bits for each of red, green and blue."
    raise Invalid("picture-colours", message, facts={"mode": image.mode})


def _decoded(source: Source) -> Image:
    """The pixels of a file in a mode that can be resized, if there is one."""
    plugin: Any = importlib.import_module(f"PIL.{_plugin_name(source.format)}ImagePlugin")
    image: Any = getattr(plugin, f"{_plugin_name(source.format)}ImageFile")(io.BytesIO(source.data))
    if image.size != (source.width, source.height):
        raise ValueError("the decoder finds another size than the scan")
    if source.format == "JPEG":
        image.draft(image.mode, (UPRIGHT_SIDE, UPRIGHT_SIDE))
    image.load()
    if image.mode in _SIXTEEN_BITS:
        return image.point(lambda value: value * (1 / 256)).convert("L")  # type: ignore[no-any-return]
    if image.mode == "P":
        return image.convert("RGBA" if "transparency" in image.info else "RGB")  # type: ignore[no-any-return]
    if image.mode in {"1", "L", "RGB"} and "transparency" in image.info:
        return image.convert("RGBA")  # type: ignore[no-any-return]
    return image.convert(_MODES.get(image.mode, image.mode))  # type: ignore[no-any-return]


def _plugin_name(format: str) -> str:
    return {"JPEG": "Jpeg", "PNG": "Png", "GIF": "Gif", "WebP": "WebP", "BMP": "Bmp", "TIFF": "Tiff"}[format]


def _within(image: Image, width: int, height: int) -> Image:
    from PIL.Image import Resampling

    scale = min(width / image.width, height / image.height)
    if scale >= 1:
        return image
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    return image.resize(size, Resampling.LANCZOS, reducing_gap=3.0)


def _srgb(image: Image) -> Image:
    """The colours of a picture in sRGB, by its own profile if it has one that can be read."""
    from PIL import ImageCms

    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    colours = image.convert("RGB") if alpha else image
    profile = image.info.get("icc_profile")
    if profile and len(profile) <= _LARGEST_PROFILE:
        try:
            given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            shown = ImageCms.profileToProfile(colours, given, ImageCms.createProfile("sRGB"), outputMode="RGB")
            colours = shown or colours
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass  # a damaged profile, or one of other colours: the picture is read as if it had none
    colours = colours.convert("RGB")
    if alpha and alpha.getextrema() != (255, 255):
        colours.putalpha(alpha)
    return colours


def _upright(image: Image, orientation: int) -> Image:
    from PIL.Image import Transpose

    turns = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    return image.transpose(turns[orientation]) if orientation in turns else image
