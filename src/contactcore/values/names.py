"""Names of persons: their parts, and the rules that combine the parts."""

from __future__ import annotations

import re
from functools import partial

import attrs

from contactcore.errors import Invalid, check_text, collect
from contactcore.frozen import frozen
from contactcore.values.texts import clean_line

__all__ = ["PersonName", "filed_name"]

_APOSTROPHES = "'’‘`"
_DUTCH_PARTICLES = frozenset(
    """
    van von de der den des het 't 's 'n te ter ten tot uit op in aan bij over onder voor la le les l' d' du di da do dos
    das del della af zu zum zur vom
    """.split()  # noqa: SIM905 # a table of words is read as text
)
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


@frozen(init=False)
class PersonName:
    """The parts of a person's name as in vCard, each in NFC and with single spaces.

    Every part may be empty, and so may the whole name, because a contact may have only an e-mail address (DIR-1).

    Args:
        given: First name.
        family: Last name with its particles (`van Beethoven`).
        middle: Further given names.
        prefix: Titles before the name.
        suffix: Titles and generations after the name (`Jr.`, `PhD`).
        nickname: Informal name.
        phonetic_given: Pronunciation of the given name, for sorting (furigana).
        phonetic_family: Pronunciation of the family name, for sorting.
        full: The full name in the person's own spelling (vCard FN); it takes precedence over the combined parts.

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

    def __init__(  # positional arguments follow the same order as the fields
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
            # Collecting the problems of all parts costs time, so it is done only after a refusal.
            names = (field.name for field in attrs.fields(PersonName))
            collect(*((name, partial(_part, part)) for name, part in zip(names, parts, strict=True)))
            raise

    @classmethod
    def restore(cls, *parts: str) -> PersonName:
        """Rebuilds a stored name without validating its parts; only runs of spaces are reduced to one.

        Args:
            parts: The parts in the order of the constructor's arguments; missing parts are empty.

        >>> PersonName.restore("Ada", "Lovelace") == PersonName("Ada", "Lovelace")
        True
        """
        self = cls.__new__(cls)
        self.__attrs_init__(*(part if part.isalnum() or not part else " ".join(part.split()) for part in parts))
        return self

    @property
    def is_empty(self) -> bool:
        """Whether all parts are empty."""
        return self == _NOBODY

    def full_name(self, language: str = "") -> str:
        """The full name in the order of a language.

        `full` takes precedence over the parts, and the parts over the nickname. The family name comes first in
        Hungarian, Japanese, Chinese, Korean and Vietnamese. It also comes first in every name that is written in Han
        or Hangul, because these scripts have no other order; they have no space between the parts. A name in kana
        alone is often foreign, so its order follows the language.

        Args:
            language: The language of the workspace, a BCP 47 tag; `""` for the order of most languages.

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
        """The name by which a directory sorts: family name, then given names.

        In Japanese the phonetic names are used if there are any, because written names have no order of their own. In
        the Netherlands the particles of a family name stand behind the given names; in Belgium (`"nl-BE"`) they are
        part of the family name.

        Args:
            language: The language of the workspace, a BCP 47 tag; `""` for the order of most languages.

        >>> name = PersonName("Ludwig", "van Beethoven", prefix="Herr")
        >>> name.sort_name("de"), name.sort_name("nl")
        ('van Beethoven Ludwig', 'Beethoven Ludwig van')
        """
        family, given = self.family, self.given
        if _base(language) == "nl" and family:
            family, particles = filed_name(family, language)
            return _join(family, given, self.middle, particles)
        if _base(language) == "ja":
            family, given = self.phonetic_family or family, self.phonetic_given or given
        return _join(family, given, self.middle) or self.full or self.nickname or _join(self.prefix, self.suffix)

    def __str__(self) -> str:
        return self.full_name()


def filed_name(name: str, language: str) -> tuple[str, str]:
    """The part of a family name that Dutch directories sort by, and the particles that stand behind the whole name.

    In the Netherlands the particles stand behind; in Belgium they are part of the name, and only the apostrophe of an
    article is left out.

    Args:
        name: The family name, or the name of a company that begins with an article.
        language: A BCP 47 tag.

    >>> filed_name("van 't Hof", "nl"), filed_name("'t Hof", "nl-BE"), filed_name("De Wit", "fr")
    (('Hof', "van 't"), ('t Hof', ''), ('De Wit', ''))
    """
    if _base(language) != "nl":
        return name, ""
    if language[3:5].upper() == "BE":
        return name.lstrip(_APOSTROPHES) or name, ""
    words = name.split()
    count = 0
    while count < len(words) - 1 and words[count].casefold().replace("’", "'") in _DUTCH_PARTICLES:
        count += 1
    filed = " ".join(words[count:])
    return filed.lstrip(_APOSTROPHES) or filed, " ".join(words[:count])


def _base(language: str) -> str:
    if not isinstance(language, str):  # asked for each name of a list
        check_text(language=language)
    return language[:3].lower().replace("_", "-").partition("-")[0]


_NOBODY = PersonName()
