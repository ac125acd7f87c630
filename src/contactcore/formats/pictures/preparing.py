"""From untrusted bytes to the picture that is served."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs

from contactcore.errors import Invalid
from contactcore.formats.pictures.containers import scan
from contactcore.formats.pictures.crop import Crop, clamped, crop_of, region_of
from contactcore.formats.pictures.limits import (
    LARGEST_FILE,
    PICTURE_HEIGHT,
    PICTURE_WIDTH,
    THUMBNAIL_HEIGHT,
    THUMBNAIL_WIDTH,
    UPRIGHT_SIDE,
)
from contactcore.formats.pictures.pixels import Still, decode
from contactcore.frozen import frozen
from contactcore.model.picture import PictureContent

__all__ = ["PreparedPicture", "check_prepared", "prepare"]

_LOSSY: Final = {"JPEG", "WebP"}


def _shown(data: bytes) -> str:
    return f"<{len(data)} bytes>"


@frozen
class PreparedPicture:
    """A picture that can be served: one still image without metadata, at most 200 x 300 pixels (PIC-2).

    Attributes:
        data: The bytes of a JPEG or PNG file.
        width: The width, in pixels.
        height: The height, in pixels.
        media_type: `image/jpeg` or `image/png`.
        upright: The whole picture, upright, re-encoded, without metadata, at most 2,000 pixels on a side and 10 MB, for
            adjusting it again (PIC-5). `prepare` accepts its bytes. Keep it in place of the file that was sent.
        thumbnail: The same part as `data`, at most 64 x 96 pixels, for lists.
        crop: The part that is shown.
    """

    data: bytes = attrs.field(repr=_shown)
    width: int
    height: int
    media_type: str
    upright: PictureContent
    thumbnail: PictureContent
    crop: Crop


def prepare(
    data: bytes | bytearray | memoryview, crop: Crop | Mapping[str, Any] | None = None, *, clamp: bool = False
) -> PreparedPicture:
    """The picture of a file that nobody trusts, ready to be served (PIC-2, PIC-3, PIC-5).

    Args:
        data: The content of a JPEG, PNG, GIF, WebP, BMP or TIFF file, at most 10 MB. Names and declared types of files
            do not matter.
        crop: The part to show; the whole picture by default. A mapping with `zoom`, `x` and `y` is accepted too.
        clamp: Whether a part that would reach over an edge is moved to the edge, as sliders need it, instead of being
            refused; False by default. The `crop` of the result says where it is then.

    Returns:
        The picture, at most 200 x 300 pixels and never enlarged. JPEG and WebP files without transparency give JPEG,
        all others PNG. The same arguments give the same bytes.

    Raises:
        Invalid: For `data`: `picture-type`, `picture-empty`, `picture-too-large`, `picture-format`, `picture-pixels`,
            `picture-broken`, `picture-colours`. For `crop`: `crop-type`, `crop-zoom`, `crop-offset`.

    >>> from contactcore.formats.pictures import prepare
    >>> bitmap = b"BM" + bytes.fromhex("3a000000 00000000 36000000 28000000 01000000 01000000 0100 1800") + bytes(28)
    >>> picture = prepare(bitmap)
    >>> picture.media_type, picture.width, picture.height
    ('image/png', 1, 1)
    >>> try:
    ...     prepare(b"<svg onload='alert(1)'/>")
    ... except ValueError as error:
    ...     print(error.path, error.code, error.problems[0].facts["found"])
    data picture-format an SVG drawing
    """
    part = Crop() if crop is None else _under("crop", crop_of, crop)
    source = _under("data", lambda given: scan(_checked(given)), data)
    whole = _under("data", decode, source)
    if clamp:
        part = clamped(part, *whole.size)
    shown = whole.part(_under("crop", lambda crop: region_of(crop, *whole.size), part))
    lossless = whole.transparent or source.format not in _LOSSY
    served = shown.within(PICTURE_WIDTH, PICTURE_HEIGHT)
    media_type = "image/png" if lossless else "image/jpeg"
    width, height = served.size
    small = served.within(THUMBNAIL_WIDTH, THUMBNAIL_HEIGHT)
    return PreparedPicture(
        data=served.encoded(lossless=lossless),
        width=width,
        height=height,
        media_type=media_type,
        upright=_upright_copy(whole, lossless=lossless),
        thumbnail=PictureContent(small.encoded(lossless=lossless), small.size[0], small.size[1], media_type),
        crop=part,
    )


def check_prepared(picture: PreparedPicture) -> None:
    """Refuse a prepared picture that `prepare` did not return, such as one whose bytes came back from a form.

    Nothing is decoded. The check finds everything that a browser could take for something else than a small picture:
    other formats, metadata, bytes behind the end, other sizes.

    Args:
        picture: The picture.

    Raises:
        Invalid: `picture-unprepared`.

    >>> from attrs import evolve
    >>> bitmap = b"BM" + bytes.fromhex("3a000000 00000000 36000000 28000000 01000000 01000000 0100 1800") + bytes(28)
    >>> try:
    ...     check_prepared(evolve(prepare(bitmap), data=b"<svg onload='alert(1)'/>"))
    ... except Invalid as error:
    ...     print(error.code)
    picture-unprepared
    """
    try:
        region_of(picture.crop, picture.upright.width, picture.upright.height)
        made = (
            _is_made(picture, PICTURE_WIDTH, PICTURE_HEIGHT)
            and _is_made(picture.upright, UPRIGHT_SIDE, UPRIGHT_SIDE)
            and _is_made(picture.thumbnail, THUMBNAIL_WIDTH, THUMBNAIL_HEIGHT)
            and picture.media_type == picture.upright.media_type == picture.thumbnail.media_type
        )
    except (Invalid, ArithmeticError, AttributeError, TypeError):
        made = False
    if not made:
        message = "Give what prepare or preview returned, unchanged, or the bytes of the file."
        raise Invalid("picture-unprepared", message)


def _is_made(content: PreparedPicture | PictureContent, width: int, height: int) -> bool:
    """Whether bytes are a file that `Still.encoded` may have made, of at most this size."""
    source = scan(_checked(content.data))
    return (
        {"JPEG": "image/jpeg", "PNG": "image/png"}.get(source.format) == content.media_type
        and (source.width, source.height) == (content.width, content.height)
        and source.width <= width
        and source.height <= height
        and source.orientation == 1
        and source.data == content.data
    )


def _under(path: str, act: Any, given: Any) -> Any:
    try:
        return act(given)
    except Invalid as error:
        raise error.under(path) from error.__cause__


def _checked(data: object) -> bytes:
    """The bytes of an argument, of an acceptable length."""
    if not isinstance(data, bytes | bytearray | memoryview):
        message = "Give the content of the file as bytes; read the file first."
        raise Invalid("picture-type", message, facts={"type": type(data).__name__})
    size = data.nbytes if isinstance(data, memoryview) else len(data)
    if not size:
        raise Invalid("picture-empty", "The file is empty. Send the picture again.")
    if size > LARGEST_FILE:
        message = f"A picture has at most {LARGEST_FILE} bytes: save it smaller, or as JPEG."
        raise Invalid("picture-too-large", message, facts={"size": size, "most": LARGEST_FILE})
    return bytes(data)


def _upright_copy(whole: Still, *, lossless: bool) -> PictureContent:
    """The copy for adjusting again; made smaller until it is a file that `prepare` accepts."""
    data = whole.encoded(lossless=lossless)
    while len(data) > LARGEST_FILE:
        whole = whole.within(whole.size[0] * 3 // 4, whole.size[1] * 3 // 4)
        data = whole.encoded(lossless=lossless)
    width, height = whole.size
    return PictureContent(data, width, height, "image/png" if lossless else "image/jpeg")
