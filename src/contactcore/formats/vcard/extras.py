"""What a line says beside the value that the model keeps: parameters, types and labels without a place of their own.

They are kept in `unmapped` beside a checksum of the value. A changed value has another checksum, and gets none of
them.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping

from contactcore.formats.vcard.content_lines import ContentLine, parse_line

__all__ = [
    "CONSUMED",
    "GROUP",
    "LINES",
    "NAME",
    "PARAMETERS",
    "PROFILE",
    "UNMAPPED",
    "VALUE",
    "Extras",
    "checksum",
    "unmapped_name",
]

CONSUMED = frozenset(("PREF", "VALUE", "ENCODING", "TYPE"))
"""Parameters that the model keeps, or that say how the value is written."""
PARAMETERS = "vCard parameters"
"""The entry of `unmapped` that keeps parameters."""
GROUP = "X-GROUP"
"""The parameter that keeps the group of a line which other lines belong to."""
VALUE = "X-VALUE"
"""The parameter that keeps the value as it was written, if the model cannot hold all of it."""
LINES = "X-LINES"
"""The parameter that says that the lines of the value are kept as they were written."""
NAME = "X-NAME"
"""The parameter that keeps the property, if the value is written as another one."""
PROFILE = "SOCIALPROFILE"
"""The property under which the parameters of all social profiles are kept."""
UNMAPPED = "X-CONTACTCORE-UNMAPPED"
"""The property of an entry of `unmapped` that is no line of a card: its name and its text."""


def unmapped_name(name: str) -> str:
    """The name in `unmapped` of the lines of a property.

    >>> unmapped_name("X-MS-MANAGER")
    'vCard X-MS-MANAGER'
    """
    return f"vCard {name}"


def checksum(value: object) -> str:
    """The checksum of a value, which finds its parameters again.

    >>> checksum("jo@bois.fr")
    '38543d81'
    """
    return f"{zlib.crc32(str(value).encode('utf-8', 'surrogatepass')):08x}"


class Extras:
    """The parameters of a contact's lines, by property and checksum.

    Args:
        text: The entry of `unmapped`; `""` for none.
    """

    def __init__(self, text: str = "") -> None:
        lines = list(map(parse_line, text.split("\n"))) if text else []
        self._lines: list[ContentLine] = [line for line in lines if line is not None]
        self.readable = len(self._lines) == len(lines)
        self._found: dict[tuple[str, str], Mapping[str, tuple[str, ...]]] = {}
        for line in self._lines:
            self._found.setdefault((line.name, line.value), line.parameters)

    def of(self, name: str, value: object) -> Mapping[str, tuple[str, ...]]:
        """The parameters of a value; none for an unknown one."""
        return self._found.get((name, checksum(value)), {}) if self._found else {}

    def whole(self, name: str) -> bool:
        """Whether the lines of a property are kept as they were written."""
        return any(line.name == name and LINES in line.parameters for line in self._lines)

    @staticmethod
    def text(found: Iterable[tuple[str, object, Mapping[str, tuple[str, ...]]]]) -> str:
        """The entry of `unmapped` for properties with their values and parameters."""
        lines = (str(ContentLine(name, checksum(value), given)) for name, value, given in found if given)
        return "\n".join(dict.fromkeys(lines))
