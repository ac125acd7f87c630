"""People."""

from __future__ import annotations

from operator import attrgetter

import attrs

from contactcore.model import conversion, parsing
from contactcore.model.contact import Contact
from contactcore.model.name_fields import PERSON_NAME_FIELDS
from contactcore.text import query_words, words
from contactcore.values import PartialDate, PersonName

__all__ = ["Person"]

_sufficient_texts = attrgetter(*(field.attribute for field in PERSON_NAME_FIELDS if field.suffices))
_ORDERED_OTHERWISE = ("hu", "ja", "zh", "ko", "vi")
_FAR = "\u1100"
"""Scripts with rules of their own begin here: Hangul, and behind it Kana and Han; also most unusual blanks."""


@attrs.frozen
class Person(Contact):
    """A person, in the directory in their own right or as the contact person of somebody.

    Attributes:
        given_name, family_name: As on the person's own card; either may be missing.
        middle_name, prefix, suffix, nickname: The rest of vCard's N, and NICKNAME (RFC 6350, 6.2).
        phonetic_given_name, phonetic_family_name: How the name is spoken or sorted, in kana for example.
        full_name: The full name as the person's own card spells it (FN); `""` to have it composed.
        birthday: Whole or in part.
        gender: Free text.

    >>> Person("Jane", "Doe", emails=["jane@example.org"]).display_name
    'Jane Doe'
    >>> Person(emails=["info@example.org"]).display_name
    'info@example.org'
    """

    given_name: str = attrs.field(default="", converter=parsing.line)
    family_name: str = attrs.field(default="", converter=parsing.line)
    middle_name: str = attrs.field(default="", converter=parsing.line, kw_only=True)
    prefix: str = attrs.field(default="", converter=parsing.line, kw_only=True)
    suffix: str = attrs.field(default="", converter=parsing.line, kw_only=True)
    nickname: str = attrs.field(default="", converter=parsing.line, kw_only=True)
    phonetic_given_name: str = attrs.field(default="", converter=parsing.line, kw_only=True)
    phonetic_family_name: str = attrs.field(default="", converter=parsing.line, kw_only=True)
    full_name: str = attrs.field(default="", converter=parsing.line, kw_only=True)
    birthday: PartialDate | None = attrs.field(default=None, converter=conversion.partial_date, kw_only=True)
    gender: str = attrs.field(default="", converter=parsing.line, kw_only=True)

    @property
    def kind(self) -> str:
        """`"person"`."""
        return "person"

    @property
    def name(self) -> PersonName:
        """All parts of the name as one value."""
        return PersonName.restore(
            self.given_name,
            self.family_name,
            self.middle_name,
            self.prefix,
            self.suffix,
            self.nickname,
            self.phonetic_given_name,
            self.phonetic_family_name,
            self.full_name,
        )

    @property
    def display_name(self) -> str:
        """The person's name as shown; `display_name_in` puts it in the order of a language."""
        return self.display_name_in(str(self.language or ""))

    def display_name_in(self, language: str) -> str:
        """The name in the order of a language: surname first in Hungarian, Japanese, Chinese, Korean, Vietnamese.

        The card's own full name wins as long as it still holds the given and the family name: after a marriage it
        must not show the old one.

        >>> Person("Béla", "Bartók").display_name_in("hu")
        'Bartók Béla'
        """
        plain = self.plain_names(language)
        if plain is not None:
            return " ".join(plain)
        if self.full_name and self._full_name_is_current():
            return self.full_name
        name = self.name
        return name.full_name(language) or self.nickname or self.full_name or self._reachable_name()

    def sort_name_in(self, language: str) -> str:
        """What the person stands in a directory under: the family name first.

        >>> Person("Jane", "Doe").sort_name_in("en")
        'Doe Jane'
        """
        plain = self.plain_names(language)
        if plain is not None:
            return " ".join(reversed(plain))
        return self.name.sort_name(language) or self.display_name

    def plain_names(self, language: str) -> tuple[str, str] | None:
        """Given and family name, where they are all that is shown and need no rule; None otherwise.

        >>> Person("Jane", "Doe").plain_names("en"), Person("Jane", "Doe", prefix="Dr").plain_names("en")
        (('Jane', 'Doe'), None)
        """
        given, family = self.given_name, self.family_name
        if not (given and family) or self.middle_name or self.prefix or self.suffix or self.full_name:
            return None
        if language[:2].lower() in _ORDERED_OTHERWISE:
            return None
        both = f"{given} {family}"
        if not both.isascii() and (max(both) >= _FAR or "\xa0" in both):
            return None
        return None if "  " in both else (given, family)

    def _full_name_is_current(self) -> bool:
        if not (self.given_name or self.family_name):
            return True
        return {*query_words(self.given_name), *query_words(self.family_name)} <= set(words(self.full_name))

    def _has_name(self) -> bool:
        return any(_sufficient_texts(self))
