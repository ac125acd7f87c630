"""Languages by their BCP 47 tags."""

from __future__ import annotations

import re

from contactcore.errors import Invalid
from contactcore.frozen import frozen
from contactcore.values.country import is_language
from contactcore.values.texts import clean_line

__all__ = ["Language"]

_LIMIT = 64
_TAG = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*", re.ASCII)


def _normal(tag: str) -> str:
    """The tag in the case that RFC 5646 section 2.1.1 recommends."""
    parts = tag.lower().split("-")
    after_singleton = False
    for index, part in enumerate(parts[1:], 1):
        after_singleton = after_singleton or len(part) == 1
        if after_singleton:
            continue
        if len(part) == 4 and part.isalpha():
            parts[index] = part.title()
        elif len(part) == 2:
            parts[index] = part.upper()
    return "-".join(parts)


@frozen(init=False)
class Language:
    """A language tag in its normal case.

    Args:
        text: A BCP 47 tag, or a POSIX locale with underscores and a suffix (`fr_FR.UTF-8`, `de_DE@euro`).

    Raises:
        Invalid: `language-syntax`, `language-unknown`, and the codes of `contactcore.values.texts`.

    >>> str(Language("FR_ca.UTF-8")), str(Language("zh-hant")), Language("pt-BR").base
    ('fr-CA', 'zh-Hant', 'pt')

    Source: SIT-3; RFC 5646.
    """

    text: str

    def __init__(self, text: str) -> None:
        tag = re.split("[.@]", clean_line(text, limit=_LIMIT), maxsplit=1)[0].replace("_", "-")
        if not _TAG.fullmatch(tag):
            raise Invalid("language-syntax", "Give a language tag like fr, fr-CA or zh-Hant.", value=text)
        normal = _normal(tag)
        if not is_language(normal.partition("-")[0]):
            raise Invalid("language-unknown", "Give the code of a language, like fr, fr-CA or zh-Hant.", value=text)
        self.__attrs_init__(normal)

    @classmethod
    def restore(cls, text: str) -> Language:
        """Rebuilds a stored language without validating it.

        Args:
            text: The stored tag.
        """
        language = cls.__new__(cls)
        language.__attrs_init__(text)
        return language

    @property
    def base(self) -> str:
        """The language without script and region."""
        return self.text.partition("-")[0]

    def __str__(self) -> str:
        return self.text
