"""The subject of an erasure: the person, and the texts by which records of others name the person (IMP-8)."""

from __future__ import annotations

import re
from functools import cached_property

import attrs

from contactcore.mapping.indexed_names import folded, name_in
from contactcore.model import Company, Person

__all__ = ["REDACTED", "Subject"]

REDACTED = "…"
"""The text in the place of what was erased."""

_GAP = r"[\s().\-/]{0,3}"
_WORD = re.compile(r"\w+")
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
        former: Those of these contacts that the history still knows, as they were before, and the person with its
            former names, addresses and numbers.
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

    def has_number(self, text: str) -> bool:
        """Whether a text is a phone number of the person.

        Args:
            text: The text.
        """
        return self._numbers is not None and self._numbers.fullmatch(text.strip()) is not None

    def redacted(self, text: str) -> str:
        """A text without the names, e-mail addresses and phone numbers of the person.

        Args:
            text: A text of any length.
        """
        if self._pattern is not None:
            text = self._pattern.sub(REDACTED, text)
        if self._numbers is not None:
            text = self._numbers.sub(REDACTED, text)
        return self._without_names(text)

    def _without_names(self, text: str) -> str:
        """A text without the names, however their accents, case and spaces are written."""
        if self._folded_names is None:
            return text
        pieces = [folded(one) or (" " if one.isspace() else "") for one in text]
        # The position of each folded character in the text.
        origin = [position for position, piece in enumerate(pieces) for _ in piece]
        done, kept = 0, []
        for found in self._folded_names.finditer("".join(pieces)):
            start, end = origin[found.start()], origin[found.end() - 1] + 1
            # Combining accents belong to the letter before.
            while end < len(text) and not pieces[end]:
                end += 1
            kept += [text[done:start], REDACTED]
            done = end
        return "".join([*kept, text[done:]])

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
        longest_first = sorted({*emails, *self.emails}, key=lambda text: (-len(text), text))
        pattern = "|".join(re.escape(text) for text in longest_first)
        return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE) if pattern else None

    @cached_property
    def _folded_names(self) -> re.Pattern[str] | None:
        """Each name with any characters between its words that are no letters."""
        names = {tuple(_WORD.findall(folded(name))) for name in self._written_names}
        # A name with a comma is that of the person too: "Doe, Jane".
        longest_first = sorted((name for name in names if name), key=lambda name: (-len("".join(name)), name))
        pattern = "|".join(r"[\W_]{1,3}".join(map(re.escape, name)) for name in longest_first)
        return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)") if pattern else None

    @cached_property
    def _numbers(self) -> re.Pattern[str] | None:
        """Each phone number, with and without its country code, whatever stands between its digits."""
        written = set()
        for phone in (phone for one in self._everybody for phone in one.phones):
            digits = _NO_DIGIT.sub("", phone if isinstance(phone, str) else phone.e164).lstrip("0")
            if len(digits) < _FEWEST_DIGITS:
                continue
            written.add(rf"(?:00)?{_GAP.join(digits)}")
            # The code of a country has up to three digits. At home, a 0 is in its place, and some write both.
            for code in range(1, 4):
                at_home = digits[code:]
                if len(at_home) >= _FEWEST_DIGITS:
                    with_code = rf"(?:00)?{_GAP.join(digits[:code])}{_GAP}(?:0{_GAP})?"
                    written.add(rf"(?:{with_code}|0{_GAP})?{_GAP.join(at_home)}")
        pattern = "|".join(sorted(written, key=lambda one: (-len(one), one)))
        return re.compile(rf"(?<!\d)[+(]{{0,2}}(?:{pattern})(?!\d)") if pattern else None


def _sorted(name: str) -> str:
    return " ".join(sorted(folded(name).split()))
