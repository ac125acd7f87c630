"""Pictures in cards: PHOTO and LOGO as base64 or as a data URI (RFC 2426, RFC 6350, RFC 2397)."""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import unquote_to_bytes

import attrs

from contactcore.errors import Invalid
from contactcore.formats.vcard.content_lines import ContentLine
from contactcore.frozen import frozen

__all__ = ["CardPicture", "picture_line", "picture_of"]

_DATA = re.compile(r"data:([^,;]*+)((?:;[^,;]*+)*+),", re.IGNORECASE)
_MEDIA = re.compile(r"[\w.+-]++/[\w.+-]++", re.ASCII)


@frozen
class CardPicture:
    """A picture inside a card. Its bytes are those of the card, and nobody has looked at them.

    Attributes:
        kind: `"photo"` or `"logo"`.
        media_type: The type that the card claims, such as `"image/jpeg"`; `""` for none.
        data: The bytes. Give them to `contactcore.formats.pictures.prepare` before you show them.
    """

    kind: str
    media_type: str
    data: bytes = attrs.field(repr=False)


def picture_of(line: ContentLine) -> CardPicture | None:
    """The picture of a line; None for the address of a picture, which is never fetched.

    Raises:
        Invalid: `picture-unreadable` for a text that is no base64.

    >>> picture_of(ContentLine("PHOTO", "data:image/gif;base64,R0lG"))
    CardPicture(kind='photo', media_type='image/gif')
    """
    text = line.text.strip()
    found = _DATA.match(text)
    if found is None and "ENCODING" not in line.parameters:
        return None
    media, coded, data = "", True, text
    if found is not None:
        media, coded, data = found[1].strip().lower(), ";base64" in found[2].lower(), text[found.end() :]
    if not _MEDIA.fullmatch(media):
        claimed = line.parameter("MEDIATYPE").partition(";")[0].strip().lower()
        named = next((kind for kind in line.types if kind not in ("pref", "home", "work")), "")
        media = claimed or (named if "/" in named else f"image/{named}" if named else "")
        media = media if _MEDIA.fullmatch(media) else ""
    plain = unquote_to_bytes(data)
    if not coded:
        return CardPicture(line.name.lower(), media, plain)
    packed = b"".join(plain.split()).rstrip(b"=")
    # A text that was cut off has a rest that is no whole byte.
    whole = packed[: len(packed) - 1] if len(packed) % 4 == 1 else packed
    try:
        content = base64.b64decode(whole + b"=" * (-len(whole) % 4), validate=True)
    except binascii.Error:
        content = b""
    if not content:
        reason = "The picture is no base64 and was left out: save the card again, or give the picture as a file."
        raise Invalid("picture-unreadable", reason)
    return CardPicture(line.name.lower(), media, content)


def picture_line(picture: CardPicture, version: str) -> ContentLine:
    """The property of a picture.

    Args:
        picture: The picture.
        version: `"3.0"` or `"4.0"`.

    >>> str(picture_line(CardPicture("photo", "image/gif", b"GIF"), "4.0"))
    'PHOTO:data:image/gif;base64,R0lG'
    """
    text = base64.b64encode(picture.data).decode()
    media = picture.media_type or "application/octet-stream"
    name = picture.kind.upper()
    if version == "4.0":
        return ContentLine(name, f"data:{media};base64,{text}")
    parameters = {"ENCODING": ("b",)}
    if media.startswith("image/"):
        parameters["TYPE"] = (media.removeprefix("image/").upper(),)
    return ContentLine(name, text, parameters)
