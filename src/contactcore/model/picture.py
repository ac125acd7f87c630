"""Pictures: the logo of a company, the photo of a person, the picture of an item."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

import attrs

from contactcore.errors import Invalid
from contactcore.frozen import frozen
from contactcore.model import conversion, parsing
from contactcore.model.crop import Crop, crop_of
from contactcore.model.restoring import restored

__all__ = ["Picture", "PictureContent", "PictureFile"]


def _shown(data: bytes) -> str:
    return f"<{len(data)} bytes>"


def _found_data(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    raise Invalid("bytes-type", f"Give bytes here, not {type(value).__name__}.")


_read_crop = parsing.converter(crop_of)
_read_data = parsing.converter(_found_data)


def _crop(value: Crop | Mapping[str, Any]) -> Crop:
    return _read_crop(value)


def _data(value: bytes) -> bytes:
    return _read_data(value)


@frozen
class PictureContent:
    """The bytes of a picture that can be served: one still image without metadata.

    Attributes:
        data: The bytes of a JPEG or PNG file. `to_plain` leaves them out.
        width: The width, in pixels.
        height: The height, in pixels.
        media_type: `image/jpeg` or `image/png`.

    >>> PictureContent(b"...", 200, 300, "image/png")
    PictureContent(data=<3 bytes>, width=200, height=300, media_type='image/png')
    """

    data: bytes = attrs.field(repr=_shown, converter=_data)
    width: int = attrs.field(converter=parsing.whole_number)
    height: int = attrs.field(converter=parsing.whole_number)
    media_type: str = attrs.field(converter=parsing.as_given)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self)

    @property
    def size(self) -> int:
        """The size of the file, in bytes."""
        return len(self.data)


_read_thumbnail = parsing.converter(parsing.only(PictureContent))


def _thumbnail(value: PictureContent | None) -> PictureContent | None:
    return None if value is None else _read_thumbnail(value)


def _former(value: Picture | None) -> Picture | None:
    return None if value is None else _read_former(value)


@frozen(kw_only=True)
class Picture:
    """The data of the picture of a contact or an item, without its bytes (PIC-1).

    The picture of a company is its logo, and that of a person a photo. A contact and an item have at most one. Only
    `session.pictures` makes and changes pictures.

    Attributes:
        id: The id that the library assigns.
        version: The number of stored versions. `id` and `version` name the bytes, for the cache of a browser.
        contact_id: The id of the contact to which the picture belongs; it follows a move of the item.
        item_id: The id of the item; `""` for the picture of the contact itself.
        media_type: `image/jpeg` or `image/png`.
        width: The width of the picture that is served, in pixels, at most 200.
        height: The height of the picture that is served, in pixels, at most 300.
        size: The size of the file that is served, in bytes.
        upright_width: The width of the upright copy, in pixels, at most 2,000.
        upright_height: The height of the upright copy, in pixels, at most 2,000.
        crop: The part of the upright copy that is shown.
        since: The time when the contact or the item got a picture, in UTC.

    >>> Picture(crop={"zoom": 2}).crop
    Crop(zoom=2.0, x=0.0, y=0.0)
    """

    id: str = attrs.field(default="", converter=parsing.as_given)
    version: int = attrs.field(default=0, converter=parsing.whole_number)
    contact_id: str = attrs.field(default="", converter=parsing.as_given)
    item_id: str = attrs.field(default="", converter=parsing.as_given)
    media_type: str = attrs.field(default="", converter=parsing.as_given)
    width: int = attrs.field(default=0, converter=parsing.whole_number)
    height: int = attrs.field(default=0, converter=parsing.whole_number)
    size: int = attrs.field(default=0, converter=parsing.whole_number)
    upright_width: int = attrs.field(default=0, converter=parsing.whole_number)
    upright_height: int = attrs.field(default=0, converter=parsing.whole_number)
    crop: Crop = attrs.field(default=Crop(), converter=_crop)
    since: datetime | None = attrs.field(default=None, converter=conversion.moment)
    # The library alone uses the names of the files, the small picture for lists, the id of the import that stored the
    # picture, which the undo takes away again ("" if anybody else stored or adjusted it), and the picture that this
    # import replaced, which the undo brings back.
    shown_file: str = attrs.field(default="", converter=parsing.as_given, repr=False)
    upright_file: str = attrs.field(default="", converter=parsing.as_given, repr=False)
    thumbnail: PictureContent | None = attrs.field(default=None, converter=_thumbnail, repr=False)
    import_id: str = attrs.field(default="", converter=parsing.as_given, repr=False)
    former: Picture | None = attrs.field(default=None, converter=_former, repr=False)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self)

    @classmethod
    def restore(cls, values: Mapping[str, Any]) -> Self:
        """Rebuilds a stored picture without validating its fields.

        Args:
            values: The stored fields by name; a missing field has its default.
        """
        return restored(cls, values)

    @property
    def owner_id(self) -> str:
        """The id of the item, or of the contact if this is the picture of the contact itself."""
        return self.item_id or self.contact_id


_read_former = parsing.converter(parsing.only(Picture))


@frozen
class PictureFile:
    """A content that pictures need; equal contents are kept once.

    Attributes:
        id: The SHA-256 of the content, 64 hexadecimal digits. No method of a session takes it, and none answers it.
        version: Always 1.
    """

    id: str
    version: int = 1
