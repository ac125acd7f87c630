"""The heads of the lines of plain cards: what stands before a colon, as far as the quick door needs it."""

from __future__ import annotations

import binascii
import unicodedata
import zlib
from collections.abc import Mapping
from typing import Any, Final

from contactcore.formats.vcard.card_values import REASON, extras_of
from contactcore.formats.vcard.content_lines import ContentLine, rank_of
from contactcore.formats.vcard.extras import UNMAPPED, unmapped_name
from contactcore.formats.vcard.kinds import kind_of, plain_label
from contactcore.formats.vcard.line_blocks import BASE64, QUOTED_PRINTABLE
from contactcore.read_only import ReadOnlyDict
from contactcore.values import clean_kind
from contactcore.values.texts import IGNORABLE, clean_line

__all__ = [
    "BLANK",
    "LABELS",
    "LISTS",
    "SINGLE",
    "TEXTS",
    "Shape",
    "Slots",
    "Values",
    "decoded",
    "in_order",
    "is_plain",
    "parameter_entry",
    "rank",
    "shape_of",
]

BLANK: Final = "; \t"
"""Characters of a value without any text."""
_UTF8 = frozenset(("utf-8", "utf8"))
LISTS: Final[Mapping[str, str]] = {
    **{name: name for name in ("EMAIL", "TEL", "URL", "ADR")},
    **dict.fromkeys(("X-SOCIALPROFILE", "SOCIALPROFILE", "IMPP"), "SOCIAL"),
}
"""Property -> the slot of its values."""
TEXTS: Final[Mapping[str, str]] = {
    "NICKNAME": "nickname",
    "UID": "external_id",
    "X-PHONETIC-FIRST-NAME": "phonetic_given_name",
    "X-PHONETIC-LAST-NAME": "phonetic_family_name",
}
SINGLE: Final = frozenset(("N", "FN", "BDAY", "NOTE", *TEXTS))
_WITHOUT_PARAMETERS: Final = frozenset(("VERSION", "CATEGORIES", "KIND", "X-ABSHOWAS"))
LABELS: Final = ("X-ABLABEL", "X-ABADR")
PICTURES: Final = ("PHOTO", "LOGO")
_CAREFUL: Final = frozenset(
    (
        *("BEGIN", "END", "X-ADDRESSBOOKSERVER-KIND", REASON, UNMAPPED, "AGENT"),
        *("X-GENDER", "GENDER", "LANG", "X-LANG", "X-CONTACTCORE-FULL-NAME"),
    )
)
"""Properties that only the careful reader reads."""


class Shape:
    """What stands before the colon of a line, as far as plain cards need it.

    Attributes:
        name: The property.
        slot: A name for a property that is read, else `""` for one that is kept as it is.
        group: The group of a value of a list, of a picture, or of a label.
        quoted: Whether the value is in quoted-printable.
        kind: The kind of a value of a list.
        rank: The place of a value among its kind.
        parameters: The entry of `unmapped` for the parameters of a value, up to its checksum; `""` for none.
        text_parameters: The same for a number that stays text, which has no kind.
        head: The head as it is kept, with the colon.
        types: The types, without that of a preferred value.
        unmapped: The name in `unmapped`.
        line: A line of this shape without a value.
    """

    __slots__ = (
        *("group", "head", "kind", "line", "name", "parameters"),
        *("quoted", "rank", "slot", "text_parameters", "types", "unmapped"),
    )

    def __init__(self, line: ContentLine, *, quoted: bool = False, label: str = "", region: str = "") -> None:
        name = line.name
        self.name: str = name
        self.line = line
        self.quoted = quoted
        self.group: str = line.group
        self.slot: str = LISTS.get(name, name if name in SINGLE or name in _WITHOUT_PARAMETERS else "")
        if name in PICTURES:
            self.slot = "PICTURE"
        elif name == "LABEL":
            self.slot = "ADR"  # among the addresses, because it belongs to one before it
        elif line.group and name in LABELS:
            self.slot = name
        self.kind: str = self._kind(line, label) if name in LISTS else ""
        self.rank: int = rank_of(line)
        self.types: frozenset[str] = frozenset(line.types) - {"pref"}
        self.parameters: str = self._parameters(line, self.kind, label, region)
        self.text_parameters: str = self._parameters(line, "", label, region) if name == "TEL" else ""
        self.head: str = str(line)
        self.unmapped: str = unmapped_name(name)

    @staticmethod
    def _kind(line: ContentLine, label: str) -> str:
        text = plain_label(label)
        if not text:
            return kind_of(line.name, line.types) if line.name in ("EMAIL", "TEL", "URL", "ADR") else ""
        if line.name in _SOCIAL:
            return ""
        return clean_line(text) if line.name == "ADR" else clean_kind(text)

    @staticmethod
    def _parameters(line: ContentLine, kind: str, label: str, region: str) -> str:
        if line.name not in LISTS and line.name not in SINGLE:
            return ""
        extras = dict(extras_of(line, kind))
        if line.name in SINGLE:
            extras.pop("X-APPLE-OMIT-YEAR", None)
            if line.parameter("PREF"):
                extras["PREF"] = line.parameters["PREF"]
            elif "pref" in line.types:
                extras["PREF"] = ("1",)
        if label and plain_label(label) != kind:
            extras["X-ABLABEL"] = (label,)
        if region and line.name == "ADR":
            extras["X-ABADR"] = (region,)
        return str(ContentLine(line.name, "", extras)) if extras else ""


_SOCIAL: Final = tuple(name for name, slot in LISTS.items() if slot == "SOCIAL")


def shape_of(line: ContentLine, head: str) -> Shape | None:  # noqa: PLR0911 - one return for each reason
    """The shape of a line; None if only the careful reader reads such a line."""
    name, given = line.name, line.parameters
    if name in _CAREFUL or (name in LABELS and not line.group):
        return None
    encoding = line.parameter("ENCODING").upper()
    if encoding not in ("", "QUOTED-PRINTABLE") and name not in PICTURES:
        return None
    if line.parameter("CHARSET").lower() not in ("", *_UTF8):
        return None
    raw = f"{head}:".encode()
    quoted, coded = encoding == "QUOTED-PRINTABLE", encoding in ("B", "BASE64")
    if bool(QUOTED_PRINTABLE.match(raw)) != quoted or bool(BASE64.match(raw)) != coded:
        return None
    if encoding or "CHARSET" in given:
        rest = {key: one for key, one in given.items() if key not in ("ENCODING", "CHARSET")}
        if coded:
            rest["ENCODING"] = ("b",)
        given = ReadOnlyDict(rest)
        line = line._replace(parameters=given)
    if line.group and (name in SINGLE or name in _WITHOUT_PARAMETERS or name == "LABEL"):
        return None
    if given and name in _WITHOUT_PARAMETERS:
        return None
    if name == "ADR" and ("LABEL" in given or "CC" in given or "billing" in line.types):
        return None
    return Shape(line, quoted=quoted)


Values = list[tuple[Shape, str]]
"""The values of a property, each with the shape of its head."""
Slots = dict[str, Values]
"""The values of the properties that are read."""


def is_plain(text: str) -> bool:
    """Whether a text has nothing but printable characters in their only spelling."""
    if not text.isprintable():
        return False
    return text.isascii() or (unicodedata.is_normalized("NFC", text) and IGNORABLE.search(text) is None)


def decoded(value: str) -> str | None:
    """The value of a line in quoted-printable; None if the careful reader has to decode it."""
    if value.endswith("="):
        return None
    try:
        text = binascii.a2b_qp(value.encode()).decode()
    except ValueError:
        return None
    text = text.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")
    return text if is_plain(text) else None


def in_order(several: Values) -> Values:
    """The values of a list, the preferred ones first."""
    return sorted(several, key=rank) if len(several) > 1 else several


def rank(one: tuple[Shape, *tuple[Any, ...]]) -> int:
    """The place among its kind of a value whose shape stands first."""
    return one[0].rank


def parameter_entry(shape: Shape, value: object) -> str:
    """The entry of `unmapped` for the parameters beside a value."""
    return f"{shape.parameters}{zlib.crc32(str(value).encode()):08x}"
