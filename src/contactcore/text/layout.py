"""The primary weights: the code points that represent letters in a sort key."""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise

from contactcore.text.scripts import LATIN, OTHER, SCRIPTS, SYMBOLS, Script

__all__ = ["Layout", "script_of"]

# Every primary weight begins here or above; the separator of levels is smaller.
_FIRST_SYMBOL = 0x08
_FIRST_BLOCK = 0x100
_BEFORE_NEXT = "\u8000"
_TAILORED = 0x02
_RANGES = sorted((first, last, script) for script in SCRIPTS for first, last in script.ranges)
_STARTS = [first for first, _, _ in _RANGES]


def script_of(char: str) -> Script | None:
    """The script that a letter belongs to; None if the script has no bucket of its own."""
    place = bisect_right(_STARTS, ord(char)) - 1
    if place >= 0 and ord(char) <= _RANGES[place][1]:
        return _RANGES[place][2]
    return None


class Layout:
    """The primary weights of an order in which one script comes first.

    A weight is one code point, or two: a lead between two letters, and a second code point. Comparing keys by code
    point therefore compares letters. Symbols and digits have weights below 128, and so have the 26 letters where
    Latin comes first.

    Args:
        script: The label of the script that comes first.
    """

    def __init__(self, script: str) -> None:
        self.symbols: dict[str, str] = {name: chr(_FIRST_SYMBOL + place) for place, name in enumerate(SYMBOLS)}
        self.letters: dict[str, str] = {}
        self.starts: dict[str, str] = {}
        self._tails: dict[str, str] = {}
        at = _FIRST_BLOCK
        for block in sorted(SCRIPTS, key=lambda one: one.label != script):
            if block.label == "Latin" and script == "Latin":
                self._alphabet(block, _FIRST_SYMBOL + len(SYMBOLS))
            elif block.letters or block.label == "Latin":
                at = self._alphabet(block, at)
            else:
                first, last = block.ranges[0]
                self.starts[block.label] = chr(at)
                at += last - first + 1
                self._tails[block.label] = chr(at)
                at += 1
        self.starts[OTHER] = chr(at)

    def _alphabet(self, block: Script, at: int) -> int:
        self.starts[block.label] = chr(at)
        for group in LATIN.split() if block.label == "Latin" else block.letters:
            self.letters[group[0]] = chr(at)
            for place, extra in enumerate(group[1:]):
                self.letters[extra] = chr(at + 1) + chr(_FIRST_BLOCK + place)
            at += 2
        self._tails[block.label] = chr(at - 1)
        return at

    def weight(self, letter: str) -> str:
        """The primary weight of a small letter in the root order."""
        if found := self.letters.get(letter):
            return found
        script = script_of(letter)
        if script is None:
            return self.starts[OTHER] + letter
        first, last = script.ranges[0]
        listed = script.letters or script.label == "Latin"
        if not listed and first <= ord(letter) <= last:
            return chr(ord(self.starts[script.label]) + ord(letter) - first)
        return self._tails[script.label] + "\u9000" + letter

    def after(self, weight: str, place: int, *, late: bool) -> str:
        """The weight of a letter that a language places after another letter.

        Args:
            weight: The weight of the preceding letter.
            place: The number of other tailored letters between the two.
            late: Whether the letter follows everything that the root order has before the next basic letter.
        """
        if len(weight) == 1:
            return chr(ord(weight) + 1) + (chr(ord(_BEFORE_NEXT) + place) if late else chr(_TAILORED + place))
        return weight + chr(_TAILORED + place)

    def symbol(self, char: str, group: str) -> str:
        """The primary weight of a symbol.

        Args:
            char: The symbol.
            group: The group of `SYMBOLS` that the symbol belongs to if it is not listed itself.
        """
        return self.symbols.get(char) or self.symbols[group] + char


assert all(one[1] < other[0] for one, other in pairwise(_RANGES))
