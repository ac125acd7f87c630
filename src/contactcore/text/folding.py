"""Folding: the normal form of text for comparisons that ignore accents, case and apostrophes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

__all__ = ["APOSTROPHES", "Folding", "fold", "fold_character"]

APOSTROPHES = frozenset("'`´‘’‛′ʹʻʼʽʾʿ՚׳ꞌ＇")
"""All characters that people type as an apostrophe."""

# Letters that Unicode does not decompose, as a reader of another language types them.
_TRANSLITERATIONS = {
    "æ": "ae",
    "œ": "oe",
    "ð": "d",
    "þ": "th",
    "ŋ": "n",
    "ı": "i",
    "ȷ": "j",
    "ĸ": "q",
    "ə": "e",
    "ɛ": "e",
    "ɔ": "o",
    "ʉ": "u",
    "ẞ": "ss",
    "ґ": "г",
    "ғ": "г",
    "қ": "к",
    "ң": "н",
    "ҳ": "х",
    "ұ": "у",
    "ۀ": "ه",
    "ة": "ه",
    "ى": "ي",
    "ی": "ي",
    "ې": "ي",
    "ک": "ك",
    "ٱ": "ا",
    "ہ": "ه",
    "ھ": "ه",
    "ـ": "",
}
_LATIN_WITH_MARK = re.compile(r"LATIN SMALL LETTER ([A-Z]) WITH ")
_SURROGATES = range(0xD800, 0xE000)
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f")
# Readers of South and South-East Asian scripts regard marks for vowels and tones as letters, not as accents.
_LETTER_MARK_CLASSES = frozenset({0, 9}) | frozenset(range(84, 133))
_KATAKANA = range(0x30A1, 0x30F7)
_TO_HIRAGANA = 0x60
_CACHE_LIMIT = 20_000


def _is_dropped(char: str) -> bool:
    category = unicodedata.category(char)
    if category in {"Cf", "Me"} or char in _FILLERS or "\ufe00" <= char <= "\ufe0f" or char >= "\U000e0000":
        return category != "Co"
    return category == "Mn" and unicodedata.combining(char) not in _LETTER_MARK_CLASSES


def _fold_once(text: str) -> str:
    found = []
    # Marks are removed before casefold, because casefold turns the Greek iota subscript into a letter.
    letters = "".join(char for char in unicodedata.normalize("NFKD", text) if not _is_dropped(char))
    for char in letters.casefold():
        if char in APOSTROPHES:
            found.append("'")
        elif char in _TRANSLITERATIONS:
            found.append(_TRANSLITERATIONS[char])
        elif char.isdecimal():
            found.append(str(unicodedata.decimal(char)))
        elif ord(char) in _KATAKANA:
            found.append(chr(ord(char) - _TO_HIRAGANA))
        elif latin := _LATIN_WITH_MARK.match(unicodedata.name(char, "")):
            found.append(latin[1].lower())
        else:
            found.append(char)
    return "".join(found)


def fold_character(code: int) -> str:
    """The folded form of one character: `'` for every kind of apostrophe, U+FFFD for a lone surrogate.

    Args:
        code: The code point of the character.

    >>> fold_character(ord("Ł")), fold_character(ord("’"))
    ('l', "'")
    """
    char = chr(code)
    if char in APOSTROPHES:
        return "'"
    if code in _SURROGATES:
        return "\ufffd"
    while (folded := _fold_once(char)) != char:
        char = folded
    return char


class Folding(dict[int, str]):
    """A table of folded characters for `str.translate`; each entry is computed on first use.

    Args:
        finish: A function that is applied to each folded character (see `fold_character`).
    """

    def __init__(self, finish: Callable[[str], str]) -> None:
        self._finish = finish

    def __missing__(self, code: int) -> str:
        # A hostile text that contains every code point must not fill the memory.
        if len(self) >= _CACHE_LIMIT:
            self.clear()
        folded = self[code] = self._finish(fold_character(code))
        return folded


_TABLE = Folding(lambda folded: folded.replace("'", ""))


def fold(text: str) -> str:
    """The text without accents, case, apostrophes and invisible characters (DIR-10).

    The result is the same in every language. Letters with a stroke lose it (ł, ø, đ), ligatures are written out
    (æ, œ, ß, þ), katakana becomes hiragana, and digits of every script become 0 to 9. A lone surrogate becomes
    U+FFFD; no text is refused. Folding is idempotent.

    Args:
        text: Any text of any length.

    >>> fold("Żółć"), fold("O’Neil") == fold("oneil"), fold("Straße")
    ('zolc', True, 'strasse')
    """
    if text.isascii():
        return text.lower().replace("'", "").replace("`", "")
    folded = text.translate(_TABLE)
    return folded if folded.isascii() else unicodedata.normalize("NFC", folded)
