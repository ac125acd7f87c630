"""People."""

from __future__ import annotations

from operator import attrgetter

import attrs

from contactcore.errors import check_text
from contactcore.frozen import frozen
from contactcore.model import parsing, value_conversion
from contactcore.model.contact import Contact
from contactcore.model.name_fields import PERSON_NAME_FIELDS
from contactcore.model.permissions import NotificationPreferences, PermissionSet, as_permissions, as_preferences
from contactcore.text import query_words, words
from contactcore.values import PartialDate, PersonName
from contactcore.values.names import filed_name

__all__ = ["Person", "are_plain_names"]

_sufficient_texts = attrgetter(*(field.attribute for field in PERSON_NAME_FIELDS if field.suffices))
_FAMILY_FIRST = ("hu", "ja", "zh", "ko", "vi")
_COMPLEX_SCRIPTS = "\u1100"
"""The first code point of the scripts with their own name order (Hangul, Kana, Han) and of most unusual spaces."""


def are_plain_names(given: str, family: str, language: str) -> bool:
    """Whether a name of these two parts alone is shown as they are, with a space between them.

    Args:
        given, family: The given and the family name, which are not empty.
        language: A BCP 47 tag; `""` for the order of most languages.
    """
    if not isinstance(language, str):  # asked for each name of a list
        check_text(language=language)
    base = language[:2].lower()
    if base in _FAMILY_FIRST or (base == "nl" and filed_name(family, language) != (family, "")):
        return False
    if _may_join(given, family) or _may_join(family, given):
        return False
    both = f"{given} {family}"
    if not both.isascii() and (max(both) >= _COMPLEX_SCRIPTS or "\xa0" in both):
        return False
    return "  " not in both


def _may_join(left: str, right: str) -> bool:
    """Whether a text may end with an initial and the next one begin with one: "J." and "R. Doe" have the word "jr"."""
    return not (len(left) > 1 and left[-2:].isalnum()) and not (len(right) > 1 and right[:2].isalnum())


@frozen
class Person(Contact):
    """A person, who is listed in the directory or is only a contact person of another contact.

    Attributes:
        given_name, family_name: First and last name; either may be empty.
        middle_name, prefix, suffix, nickname: The other parts of N, and NICKNAME (RFC 6350 section 6.2).
        phonetic_given_name, phonetic_family_name: The pronunciation of the name, in kana for example.
        full_name: The full name in the person's own spelling (FN); `""` to combine it from the parts.
        birthday: A complete or partial date.
        gender: Free text.
        permissions: The portal modules that a person who is a client sees for themself; None for the workspace's
            default (PER-7).
        notifications: The topics that a person who is a client wants by mail; None for the workspace's default (PER-7).

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
    birthday: PartialDate | None = attrs.field(default=None, converter=value_conversion.partial_date, kw_only=True)
    gender: str = attrs.field(default="", converter=parsing.line, kw_only=True)
    permissions: PermissionSet | None = attrs.field(default=None, converter=as_permissions, kw_only=True)
    notifications: NotificationPreferences | None = attrs.field(default=None, converter=as_preferences, kw_only=True)

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
        """The name in the order of the person's own language; see `display_name_in`."""
        return self.display_name_in(str(self.language or ""))

    def display_name_in(self, language: str) -> str:
        """The name in the order of a language: family name first in Hungarian, Japanese, Chinese, Korean, Vietnamese.

        `full_name` takes precedence if it contains the current given name and family name. Otherwise it is outdated,
        for example after a marriage.

        Args:
            language: A BCP 47 tag; `""` for the order of most languages.

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
        """The name by which a directory sorts: family name first.

        Args:
            language: A BCP 47 tag; `""` for the order of most languages.

        >>> Person("Jane", "Doe").sort_name_in("en")
        'Doe Jane'
        """
        plain = self.plain_names(language)
        if plain is not None:
            return " ".join(reversed(plain))
        return self.name.sort_name(language) or self.display_name

    def plain_names(self, language: str) -> tuple[str, str] | None:
        """The given and the family name if the displayed name has no other part and no special order, else None.

        A full name that only joins the two changes nothing.

        Args:
            language: A BCP 47 tag; `""` for the order of most languages.

        >>> Person("Jane", "Doe").plain_names("en"), Person("Jane", "Doe", prefix="Dr").plain_names("en")
        (('Jane', 'Doe'), None)
        """
        given, family = self.given_name, self.family_name
        if not (given and family) or self.middle_name or self.prefix or self.suffix:
            return None
        if self.full_name and self.full_name != f"{given} {family}":
            return None
        return (given, family) if are_plain_names(given, family, language) else None

    def _full_name_is_current(self) -> bool:
        if not (self.given_name or self.family_name):
            return True
        return {*query_words(self.given_name), *query_words(self.family_name)} <= set(words(self.full_name))

    def _has_name(self) -> bool:
        return any(_sufficient_texts(self))
