"""Tags: free labels that ignore case."""

from __future__ import annotations

import re
import unicodedata

import attrs

from contactcore.errors import Invalid
from contactcore.frozen import frozen
from contactcore.values.texts import clean_line

__all__ = ["Tag"]

_LIMIT = 100
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")


def _key(text: str) -> str:
    if text.isascii():
        return text.lower()
    key = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).casefold()
    return " ".join(unicodedata.normalize("NFKC", key).split())


@frozen(init=False)
class Tag:
    """A label in its original spelling; tags that differ only in case, width or whitespace are equal (DIR-6).

    Args:
        text: The label, at most 100 characters; runs of whitespace become one space.

    Raises:
        Invalid: `tag-empty`, and the codes of `contactcore.values.texts`.

    >>> Tag("VIP") == Tag(" vip "), str(Tag("VIP")), Tag("Straße").key
    (True, 'VIP', 'strasse')
    """

    text: str = attrs.field(eq=False)
    key: str

    def __init__(self, text: str) -> None:
        line = " ".join(clean_line(text, limit=_LIMIT).split())
        key = _key(line)
        if not key:
            raise Invalid("tag-empty", "A tag needs a name.", value=text)
        self.__attrs_init__(line, key)

    @classmethod
    def restore(cls, text: str) -> Tag:
        """Rebuilds a stored tag without validating it.

        Args:
            text: The result of `str()`.
        """
        self = cls.__new__(cls)
        self.__attrs_init__(text, _key(text))
        return self

    def __str__(self) -> str:
        return self.text
