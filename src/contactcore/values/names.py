"""Names of persons: their parts, and how the parts are put together."""

from __future__ import annotations

import re
from functools import partial

import attrs

from contactcore.errors import Invalid, collect
from contactcore.values.texts import clean_line

__all__ = ["PersonName"]

_FAMILY_FIRST = frozenset(("hu", "ja", "zh", "ko", "vi"))
_HAN = "\u2e80-\u2fdf\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HANGUL = "\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3"
_KANA = "\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f"
_EAST_ASIAN = f"[{_HAN}{_HANGUL}{_KANA}\\s]+"
_HAN_OR_HANGUL = f"[{_HAN}{_HANGUL}]"  # compiled on first use: the import stays light


def _part(text: str) -> str:
    return " ".join(clean_line(text).split()) if text != "" else text


def _join(*parts: str) -> str:
    return " ".join(filter(None, parts))


@attrs.frozen(init=False)
class PersonName:
    """The parts of a person's name as vCard has them, each composed (NFC) and without stray blanks.

    Every part may be empty, and so may the whole: a contact may be known by an e-mail alone (DIR-1).

    Args:
        given: First name.
        family: Last name, with its particles (`van Beethoven`).
        middle: Further given names.
        prefix: Titles before the name.
        suffix: Titles and generations after it (`Jr.`, `PhD`).
        nickname: What friends say.
        phonetic_given: How the given name sounds, for sorting (furigana).
        phonetic_family: How the family name sounds.
        full: The whole as its owner writes it (vCard FN); it goes before what the parts would give.

    Raises:
        Invalid: The codes of `contactcore.values.texts`; a part has at most 1,000 characters.

    >>> PersonName("  Ada ", "Lovelace").full_name()
    'Ada Lovelace'

    Source: DIR-1; RFC 6350 sections 6.2.1-6.2.3.
    """

    given: str = ""
    family: str = ""
    middle: str = ""
    prefix: str = ""
    suffix: str = ""
    nickname: str = ""
    phonetic_given: str = ""
    phonetic_family: str = ""
    full: str = ""

    def __init__(  # vCard gives the parts of a name this order
        self,
        given: str = "",
        family: str = "",
        middle: str = "",
        prefix: str = "",
        suffix: str = "",
        nickname: str = "",
        phonetic_given: str = "",
        phonetic_family: str = "",
        full: str = "",
    ) -> None:
        parts = (given, family, middle, prefix, suffix, nickname, phonetic_given, phonetic_family, full)
        try:
            self.__attrs_init__(*map(_part, parts))
        except Invalid:
            # Only a refusal is worth asking which parts it was about.
            names = (field.name for field in attrs.fields(PersonName))
            collect(*((name, partial(_part, part)) for name, part in zip(names, parts, strict=True)))
            raise

    @classmethod
    def restore(cls, *parts: str) -> PersonName:
        """The name whose parts were cleaned earlier, in the order of the arguments; taken as they are but for blanks.

        >>> PersonName.restore("Ada", "Lovelace") == PersonName("Ada", "Lovelace")
        True
        """
        self = cls.__new__(cls)
        self.__attrs_init__(*(part if part.isalnum() or not part else " ".join(part.split()) for part in parts))
        return self

    @property
    def is_empty(self) -> bool:
        """Whether no part is known."""
        return self == _NOBODY

    def full_name(self, language: str = "") -> str:
        """The name as it is written out in a language.

        The owner's own spelling goes first, then the parts, then the nickname. The family name stands first
        in Hungarian, Japanese, Chinese, Korean and Vietnamese, and whenever the name itself is written in
        Han or Hangul, whose readers know no other order; those scripts take no blank between the parts. A
        name in kana alone is often foreign: it follows the language.

        Args:
            language: The workspace's language, a BCP 47 tag.

        >>> PersonName("János", "Kovács", prefix="Dr.").full_name("hu")
        'Dr. Kovács János'
        >>> PersonName("太郎", "山田").full_name("fr")
        '山田太郎'
        """
        if self.full:
            return self.full
        name = self._given_and_family(language)
        return _join(self.prefix, name, self.suffix) if name else self.nickname or _join(self.prefix, self.suffix)

    def _given_and_family(self, language: str) -> str:
        both = self.family + self.given + self.middle
        base = _base(language)
        if (
            not both.isascii()
            and re.fullmatch(_EAST_ASIAN, both)
            and (base in _FAMILY_FIRST or re.search(_HAN_OR_HANGUL, both))
        ):
            return self.family + self.given + self.middle
        if base == "vi":
            return _join(self.family, self.middle, self.given)
        if base in _FAMILY_FIRST:
            return _join(self.family, self.given, self.middle)
        return _join(self.given, self.middle, self.family)

    def sort_name(self, language: str = "") -> str:
        """The name as a directory orders it: family name, then given names.

        In Japanese the sound goes before the spelling, since a spelling has no order of its own.

        Args:
            language: The workspace's language, a BCP 47 tag.

        >>> PersonName("Ludwig", "van Beethoven", prefix="Herr").sort_name("de")
        'van Beethoven Ludwig'
        """
        family, given = self.family, self.given
        if _base(language) == "ja":
            family, given = self.phonetic_family or family, self.phonetic_given or given
        return _join(family, given, self.middle) or self.full or self.nickname or _join(self.prefix, self.suffix)

    def __str__(self) -> str:
        return self.full_name()


def _base(language: str) -> str:
    return language[:3].lower().replace("_", "-").partition("-")[0]


_NOBODY = PersonName()
