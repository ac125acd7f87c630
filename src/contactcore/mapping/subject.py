"""The subject of an erasure: the person, and the texts by which records of others name the person (IMP-8)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

import attrs

from contactcore.mapping.indexed_names import folded, name_in
from contactcore.model import Company, Person

__all__ = ["REDACTED", "Subject"]

REDACTED = "…"
"""The text in the place of what was erased."""

_NUMBER = re.compile(r"\+?\(?\d[\d\s().\-/]{4,}\d")
_NO_DIGIT = re.compile(r"\D")
_FEWEST_DIGITS = 7


@attrs.frozen(eq=False)
class Subject:
    """A person who is erased, or reported.

    Attributes:
        id: The id of the person.
        person: The person; None if the record is gone already, so that only the id is known.
        alone: The keys of those of the e-mail addresses that nobody else has. A record with such an address is about
            the person, whatever else it says.
        language: The language of the workspace.
        absorbed: The ids of contacts that were merged into the person. Records may still name the person by them.
        former: Those of these contacts that the history still knows, as they were before.
    """

    id: str
    person: Person | Company | None
    alone: frozenset[str]
    language: str
    absorbed: tuple[str, ...] = ()
    former: tuple[Person | Company, ...] = ()

    @cached_property
    def _everybody(self) -> tuple[Person | Company, ...]:
        return self.former if self.person is None else (self.person, *self.former)

    @cached_property
    def ids(self) -> frozenset[str]:
        """All ids by which records name the person."""
        return frozenset((self.id, *self.absorbed))

    @cached_property
    def emails(self) -> frozenset[str]:
        """The keys of all e-mail addresses of the person."""
        return frozenset(email.key for one in self._everybody for email in one.emails)

    def has_name(self, name: str) -> bool:
        """Whether a text is the whole name of the person, whatever the order of its words.

        Args:
            name: The text.
        """
        return bool(name.strip()) and _sorted(name) in self._names

    def redacted(self, text: str) -> str:
        """A text without the names, e-mail addresses and phone numbers of the person.

        Args:
            text: A text of any length.
        """
        if self._pattern is not None:
            text = self._pattern.sub(REDACTED, text)
        return _NUMBER.sub(lambda found: REDACTED if self._is_own(found[0]) else found[0], text)

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(_sorted(name) for name in self._written_names)

    @cached_property
    def _written_names(self) -> tuple[str, ...]:
        found: list[str] = []
        for one in self._everybody:
            found += [name_in(one, self.language), one.display_name]
            if isinstance(one, Person) and one.given_name and one.family_name:
                found += [f"{one.given_name} {one.family_name}", f"{one.family_name} {one.given_name}"]
        return tuple(dict.fromkeys(name for name in found if name.strip()))

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        emails = [email.text for one in self._everybody for email in one.emails]
        texts: Iterable[str] = {*self._written_names, *emails, *self.emails}
        longest_first = sorted(texts, key=lambda text: (-len(text), text))
        pattern = "|".join(re.escape(text) for text in longest_first)
        return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE) if pattern else None

    @cached_property
    def _digits(self) -> tuple[str, ...]:
        return tuple(_NO_DIGIT.sub("", str(phone)) for one in self._everybody for phone in one.phones)

    def _is_own(self, number: str) -> bool:
        digits = _NO_DIGIT.sub("", number).lstrip("0")
        return len(digits) >= _FEWEST_DIGITS and any(
            own.endswith(digits) or digits.endswith(own) for own in self._digits
        )


def _sorted(name: str) -> str:
    return " ".join(sorted(folded(name).split()))
