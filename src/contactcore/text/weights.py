"""Collation elements: the weights that each character adds to the three levels of a key in one language."""

from __future__ import annotations

import re
import unicodedata

from contactcore.frozen import frozen
from contactcore.text.folding import APOSTROPHES
from contactcore.text.layout import Layout, script_of
from contactcore.text.scripts import MARKS, STROKES, VARIANTS
from contactcore.text.tailorings import Tailoring

__all__ = ["COMMON", "Element", "Weights"]

COMMON = "\x02"
"""The weight of "no accent" and of "no special shape"; it is omitted at the end of a level."""

_TAILORED_ACCENT = 0x03
_FIRST_ACCENT = 0x10
_ESCAPE = "\x04"
_MIXED, _TITLE, _CAPITAL = "\x06", "\x08", "\x10"
# Another spelling of a letter sorts after the letter's own forms, or among them if capitals sort first.
_SPELLINGS_BEHIND = "\x20\x21\x22\x23"
_SPELLINGS_AMONG = "\x11\x09\x08\x03"
_ACCENTS = {mark: chr(_FIRST_ACCENT + place) for place, mark in enumerate(MARKS)}
# In the scripts of South and South-East Asia, vowel signs are letters, not accents.
_ACCENTED_SCRIPTS = frozenset({"Latin", "Greek", "Cyrillic", "Georgian", "Armenian", "Hebrew", "Arabic", "Kana", "Han"})
_TOKENS = 0xDC00


@frozen
class Element:
    """The collation element of a character: its weights at the three levels of a key.

    Attributes:
        letters: The primary weights.
        accents: The secondary weights.
        shapes: The tertiary weights: case and variant shapes.
    """

    letters: str = ""
    accents: str = ""
    shapes: str = ""

    def __add__(self, other: Element) -> Element:
        return Element(self.letters + other.letters, self.accents + other.accents, self.shapes + other.shapes)


class Weights:
    """The collation elements of characters and contractions in one language.

    A contraction is a group of letters that sorts as one letter.

    Args:
        tailoring: The tailoring of the language.

    Attributes:
        layout: The primary weights.
        contractions: A pattern that finds the contractions in a text; None if the language has none.
    """

    def __init__(self, tailoring: Tailoring) -> None:
        self.layout: Layout = Layout(tailoring.script)
        self._small, self._capital = (_CAPITAL, COMMON) if tailoring.upper_first else (COMMON, _CAPITAL)
        shapes = (self._small, _MIXED, _TITLE, self._capital)
        spellings = _SPELLINGS_AMONG if tailoring.upper_first else _SPELLINGS_BEHIND
        self._spellings = dict(zip(shapes, spellings, strict=True))
        self._special: dict[str, Element] = {}
        self._named: dict[str, str] = {}
        self._tokens: dict[str, str] = {}
        self.contractions: re.Pattern[str] | None = None
        for rule in tailoring.rules:
            self._read(rule)
            self._compile()

    def _compile(self) -> None:
        groups = sorted((one for one in self._special if len(one) > 1), key=len, reverse=True)
        self._tokens = {group: chr(_TOKENS + place) for place, group in enumerate(sorted(groups))}
        self._named = {token: group for group, token in self._tokens.items()}
        # Lone surrogates represent contractions inside a text. The text's own lone surrogates are therefore removed.
        self.contractions = re.compile("|".join(["[\ud800-\udfff]", *groups])) if groups else None

    def _read(self, rule: str) -> None:
        anchor, *links = re.split(r" (<+) ", rule)
        late, anchor = anchor.endswith("*"), anchor.rstrip("*")
        if "/" in anchor:
            self._define(anchor, self.of(anchor[0]))
            return
        current = self.of_text(anchor)
        weight, letters, accents = current.letters, 0, 0
        for link, letter in zip(links[::2], links[1::2], strict=True):
            if link == "<":
                current = Element(self.layout.after(weight, letters, late=late), COMMON, self._small)
                letters, accents = letters + 1, 0
                self._define(letter, current)
            elif link == "<<":
                accented = current.accents[:-1] + chr(_TAILORED_ACCENT + accents)
                accents += 1
                self._define(letter, Element(current.letters, accented, current.shapes))
            else:
                self._define(letter, current, spelling=True)

    def _define(self, letter: str, base: Element, *, spelling: bool = False) -> None:
        small, _, capital = letter.partition("/")
        # If two forms are the same text, the later one wins.
        forms = {small[0] + small[1:].upper(): _MIXED, small.capitalize(): _TITLE} if len(small) > 1 else {}
        forms |= {capital or small.upper(): self._capital, small: self._small}
        for form, shape in forms.items():
            first = self._spellings[shape] if spelling else shape
            self._special[form] = Element(base.letters, base.accents, first + base.shapes[1:])

    def contracted(self, text: str) -> str:
        """The text with each contraction replaced by one character, a lone surrogate.

        Args:
            text: A text in NFC.
        """
        if self.contractions is None:
            return text
        return self.contractions.sub(lambda found: self._tokens.get(found[0], "\ufffd"), text)

    def ascii_tables(self) -> tuple[bytes, bytes] | None:
        """The letters and the shapes of printable ASCII, as two tables for `bytes.translate`.

        None if the language gives a character of ASCII an accent or a longer weight. Contractions are not considered.
        """
        elements = [self.of(chr(code)) for code in range(0x20, 0x7F)]
        if any(len(one.letters) != 1 or not one.letters.isascii() or one.accents != COMMON for one in elements):
            return None
        if any(form.isascii() and one.accents.strip(COMMON) for form, one in self._special.items()):
            return None
        first, rest = bytes(0x20), bytes(0x81)
        return (
            first + "".join(one.letters for one in elements).encode() + rest,
            first + "".join(one.shapes for one in elements).encode() + rest,
        )

    def of_text(self, text: str) -> Element:
        """The sum of the elements of a text."""
        found = Element()
        for char in self.contracted(unicodedata.normalize("NFC", text)):
            found += self.of(char)
        return found

    def of(self, char: str) -> Element:
        """The element of one character of a text that `contracted` returned."""
        if special := self._special.get(self._named.get(char, char)):
            return special
        if "\ud800" <= char <= "\udfff":
            char = "\ufffd"
        return self._rooted(char) or self._derived(char) or self._other(char)

    def _rooted(self, char: str) -> Element | None:
        """The element of a combining mark, or of a character that the root order lists."""
        if char in APOSTROPHES and not char.isascii():
            return Element(self.layout.symbol(char, "apostrophes"), COMMON, COMMON)
        if unicodedata.category(char)[0] == "M":
            return self._mark(char)
        small = char.lower()
        if weight := self.layout.letters.get(small):
            return Element(weight, COMMON, self._shape(char, small))
        return None

    def _derived(self, char: str) -> Element | None:
        """The element of a character that derives from other characters, such as a letter with an accent."""
        if parts := unicodedata.decomposition(char):
            return self._shaped(char, char) if parts.startswith("<") else self._composed(char)
        if char.lower() in STROKES:
            return self._stroke(char, char.lower())
        if char in VARIANTS:
            return self._shaped(char, VARIANTS[char])
        if char.isdecimal() and not char.isascii():
            return self._shaped(char, str(unicodedata.decimal(char)))
        return None

    def _shape(self, char: str, small: str) -> str:
        if char == small:
            return self._small
        return self._capital if char == small.upper() else char

    def _mark(self, char: str) -> Element:
        script = script_of(char)
        if script and script.label not in _ACCENTED_SCRIPTS:
            return Element(self.layout.weight(char), COMMON, COMMON)
        if unicodedata.category(char) == "Mn" and unicodedata.combining(char) == 0:
            return _invisible(char)
        return Element("", _ACCENTS.get(char, char), COMMON)

    def _composed(self, char: str) -> Element:
        base, *marks = list(unicodedata.normalize("NFD", char))
        for place, mark in enumerate(marks):
            # A mark may only move before marks that have another position on the letter.
            if unicodedata.combining(mark) in map(unicodedata.combining, marks[:place]):
                continue
            letter = unicodedata.normalize("NFC", base + mark)
            if letter != char and (letter in self._special or letter in self.layout.letters):
                base = letter
                del marks[place]
                break
        found = self.of(base)
        for mark in marks:
            found += self.of(mark)
        return found

    def _stroke(self, char: str, small: str) -> Element:
        base = STROKES[small]
        return self.of_text(base if char == small else base.upper()) + Element("", small, COMMON)

    def _shaped(self, char: str, letters: str) -> Element:
        base = self.of_text(unicodedata.normalize("NFKD", letters))
        if not base.letters:
            return Element(base.letters, base.accents, base.shapes) + _invisible(char)
        return Element(base.letters, base.accents, char + base.shapes[1:])

    def _other(self, char: str) -> Element:
        category, small = unicodedata.category(char), char.lower()
        if category == "Cf" or (category == "Cc" and not char.isspace()):
            return _invisible(char)
        script = script_of(char)
        if script and category[0] in "LN":
            if script.label == "Kana":
                return self._kana(char)
            small = small if len(small) == 1 else char
            return Element(self.layout.weight(small), COMMON, self._shape(char, small))
        return Element(self._symbol(char, category), COMMON, COMMON)

    def _kana(self, char: str) -> Element:
        code = ord(char) - 0x60 if "\u30a1" <= char <= "\u30f6" else ord(char)
        if " SMALL " in unicodedata.name(char, "") and "\u3041" <= chr(code) <= "\u308e":
            code += 1
        return Element(self.layout.weight(chr(code)), COMMON, COMMON if chr(code) == char else char)

    def _symbol(self, char: str, category: str) -> str:
        groups = {"Pd": "dashes", "Pi": "quotes", "Pf": "quotes", "Sc": "currency", "Lm": "symbols"}
        group = groups.get(category) or {
            "Z": "whitespace",
            "C": "whitespace",
            "P": "punctuation",
            "S": "symbols",
            "N": "numbers",
        }.get(category[0])
        if group is None or category in {"Cn", "Co"}:
            return self.layout.starts["Other"] + char
        return self.layout.symbol(char, "quotes" if char in "‚„" else group)


def _invisible(char: str) -> Element:
    """An element that has weights at the last level only."""
    return Element("", "", char if char > "\x9f" else _ESCAPE + chr(0x100 + ord(char)))
