"""The subject of an erasure: the person, and the texts by which records of others name the person (IMP-8)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

import attrs

from contactcore.frozen import frozen
from contactcore.mapping.decoded_text import DecodedText, base64_words
from contactcore.mapping.indexed_names import folded, name_in
from contactcore.mapping.named import named_by_email, named_by_id, named_by_number
from contactcore.model import Company, Person
from contactcore.text import with_digraphs
from contactcore.values import PhoneNumber
from contactcore.values.phone_plans import split, trunk_prefix

__all__ = ["REDACTED", "Subject"]

REDACTED = "…"
"""The text in the place of what was erased."""

_GAP = r"[\s().\-/·‑–]{0,3}"
_WORD = re.compile(r"\w+")
_NO_DIGIT = re.compile(r"\D")
_FEWEST_DIGITS = 7
_BEFORE_NUMBER = re.compile(r"\+[\d\s().\-/·‑–]*$")
_LONGEST_BEFORE = 30
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]+")
"""Scripts whose words are not separated by spaces, or are followed by endings that belong to them."""


@frozen(eq=False)
class Subject:
    """A person who is erased, or reported.

    Attributes:
        id: The id of the person.
        person: The person; None if the record is gone already, so that only the id is known.
        alone: The keys of those of the present e-mail addresses that nobody else has. A record with such an address is
            about the person, whatever else it says.
        language: The language of the workspace.
        absorbed: The ids of contacts that were merged into the person. Records may still name the person by them.
        former: Those of these contacts that the history still knows, as they were before, and the person with its
            former names, addresses and numbers.
        never_others: The keys of those of all e-mail addresses, former ones included, that nobody else has. A letter to
            such an address went to the person. Somebody else may have taken over a former one since.
    """

    id: str
    person: Person | Company | None
    alone: frozenset[str]
    language: str
    absorbed: tuple[str, ...] = ()
    former: tuple[Person | Company, ...] = ()
    never_others: frozenset[str] = attrs.field(default=attrs.Factory(lambda self: self.alone, takes_self=True))

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

    @cached_property
    def named_by(self) -> tuple[str, ...]:
        """The terms by which records that may name the person are found."""
        emails = [named_by_email(email) for one in self._everybody for email in one.emails]
        numbers = [named_by_number(_digits_of(phone)) for one in self._everybody for phone in one.phones]
        return tuple(dict.fromkeys(filter(None, [*map(named_by_id, sorted(self.ids)), *emails, *numbers])))

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
        return self._numbers is not None and self._numbers.fullmatch(DecodedText.of(text).text.strip()) is not None

    def redacted(self, text: str) -> str:
        """A text without the names, e-mail addresses and phone numbers of the person, in whatever notation.

        A name of one word is often a word of the language too ("May", "Rose"). It is found with a capital letter only.

        Args:
            text: A text of any length.
        """
        done, kept = 0, []
        for start, end in _joined([*self._places(text, single_words=True)]):
            kept += [text[done:start], REDACTED]
            done = end
        return "".join([*kept, text[done:]])

    def is_in(self, text: str) -> bool:
        """Whether a text has an e-mail address, a phone number or the whole name of the person, in whatever notation.

        A name of one word does not count, because it may be a word of the language.

        Args:
            text: A text of any length.
        """
        decoded = DecodedText.of(text).text
        return self._names_are_in(decoded) or any(self._names_are_in(inside) for inside, _, _ in base64_words(text))

    def _names_are_in(self, text: str) -> bool:
        """Whether a decoded text names the person; faster than the search for the places."""
        if self._emails is not None and self._emails.search(text) is not None:
            return True
        if self._numbers is not None and any(True for _ in self._places_of_numbers(text)):
            return True
        pattern, _ = self._folded_names
        return pattern is not None and pattern.search(folded(text)) is not None

    def _places(self, text: str, *, single_words: bool) -> Iterator[tuple[int, int]]:
        """The places in a text that name the person."""
        decoded = DecodedText.of(text)
        for start, end in self._places_in(decoded.text, single_words=single_words):
            last = decoded.ends[end - 1]
            yield decoded.starts[start], last
        for inside, start, end in base64_words(text):
            if self._names_are_in(inside):
                yield start, end

    def _places_in(self, text: str, *, single_words: bool) -> Iterator[tuple[int, int]]:
        if self._emails is not None:
            yield from (found.span() for found in self._emails.finditer(text))
        yield from self._places_of_numbers(text)
        yield from self._places_of_names(text, single_words=single_words)

    def _places_of_numbers(self, text: str) -> Iterator[tuple[int, int]]:
        for found in () if self._numbers is None else self._numbers.finditer(text):
            # The end of the number of somebody else, which begins with the code of a country.
            before = text[max(0, found.start() - _LONGEST_BEFORE) : found.start()]
            if "+" in found[0] or _BEFORE_NUMBER.search(before) is None:
                yield found.span()

    def _places_of_names(self, text: str, *, single_words: bool) -> Iterator[tuple[int, int]]:
        """The places of the names, however their accents, case and spaces are written."""
        pattern, single = self._folded_names
        if pattern is None and not (single_words and single):
            return
        pieces = [folded(one) or (" " if one.isspace() else "") for one in text]
        # The position of each folded character in the text.
        origin = [position for position, piece in enumerate(pieces) for _ in piece]
        whole = "".join(pieces)
        for one in filter(None, (pattern, single if single_words else None)):
            for found in one.finditer(whole):
                start, end = origin[found.start()], origin[found.end() - 1] + 1
                if one is single and text[start].islower():
                    continue
                # Combining accents belong to the letter before.
                while end < len(text) and not pieces[end]:
                    end += 1
                yield start, end

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
    def _emails(self) -> re.Pattern[str] | None:
        emails = [email.text for one in self._everybody for email in one.emails]
        longest_first = sorted({*emails, *self.emails}, key=lambda text: (-len(text), text))
        pattern = "|".join(map(re.escape, longest_first))
        # Another address may end with one of the person, or begin with it.
        return re.compile(rf"(?<![\w.+\-])(?:{pattern})(?!\w|[.\-]\w)", re.IGNORECASE) if pattern else None

    @cached_property
    def _folded_names(self) -> tuple[re.Pattern[str] | None, re.Pattern[str] | None]:
        """The names of several words, with any characters between them that are no letters, and those of one word."""
        several: set[str] = set()
        single: set[str] = set()
        for name in self._written_names:
            written = _WORD.findall(name)
            if written and all(map(_UNSPACED.fullmatch, written)) and len("".join(written)) > 1:
                # Such a name stands in a text without anything around it.
                several.add(r"[\W_]{0,3}".join(re.escape(folded(word)) for word in written))
                continue
            for spelling in {folded(name), folded(with_digraphs(name))}:
                # A name with a comma is that of the person too: "Doe, Jane".
                words = _WORD.findall(spelling)
                if words:
                    whole = r"[\W_]{1,3}".join(map(re.escape, words))
                    (several if len(words) > 1 else single).add(rf"(?<!\w){whole}(?!\w)")
        return _any_of(several), _any_of(single)

    @cached_property
    def _numbers(self) -> re.Pattern[str] | None:
        """Each phone number, with and without its country code, whatever stands between its digits."""
        written = set()
        for phone in (phone for one in self._everybody for phone in one.phones):
            digits = _digits_of(phone)
            if len(digits) < _FEWEST_DIGITS:
                continue
            written.add(rf"(?:00)?{_GAP.join(digits)}")
            code, at_home = split(phone.e164) if isinstance(phone, PhoneNumber) else ("", "")
            if code and len(at_home) >= _FEWEST_DIGITS:
                # At home, a prefix is in the place of the country code, and some write both.
                trunk = "|".join(_GAP.join(one) for one in sorted({"0", trunk_prefix(code)} - {""}))
                with_code = rf"(?:00)?{_GAP.join(code)}{_GAP}(?:(?:{trunk}){_GAP})?"
                written.add(rf"(?:{with_code}|(?:{trunk}){_GAP})?{_GAP.join(at_home)}")
        pattern = "|".join(sorted(written, key=lambda one: (-len(one), one)))
        return re.compile(rf"(?<!\d)[+(]{{0,2}}(?:{pattern})(?!\d)") if pattern else None


def _any_of(patterns: set[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(sorted(patterns, key=lambda one: (-len(one), one)))) if patterns else None


def _joined(places: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The places in their sequence, those that overlap as one."""
    last: tuple[int, int] | None = None
    for start, end in sorted(places):
        if last is not None and start < last[1]:
            last = (last[0], max(last[1], end))
            continue
        if last is not None:
            yield last
        last = (start, end)
    if last is not None:
        yield last


def _digits_of(phone: PhoneNumber | str) -> str:
    return _NO_DIGIT.sub("", phone if isinstance(phone, str) else phone.e164).lstrip("0")


def _sorted(name: str) -> str:
    return " ".join(sorted(folded(name).split()))
