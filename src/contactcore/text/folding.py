"""How text is compared when accents, case and apostrophes do not matter."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

__all__ = ["APOSTROPHES", "Folding", "fold", "fold_character"]

APOSTROPHES = frozenset("'`´‘’‛′ʹʻʼʽʾʿ՚׳ꞌ＇")
"""Every sign that people type for an apostrophe."""

# Letters that Unicode does not take apart, as a reader of another language types them.
_SPELT = {
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
_WITH = re.compile(r"LATIN SMALL LETTER ([A-Z]) WITH ")
_SURROGATES = range(0xD800, 0xE000)
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f")
# Vowels and tones of South and South-East Asian scripts are letters to their readers, not accents.
_SPOKEN_CLASSES = frozenset({0, 9}) | frozenset(range(84, 133))
_KATAKANA = range(0x30A1, 0x30F7)
_TO_HIRAGANA = 0x60
_REMEMBERED = 20_000


def _dropped(char: str) -> bool:
    category = unicodedata.category(char)
    if category in {"Cf", "Me"} or char in _FILLERS or "\ufe00" <= char <= "\ufe0f" or char >= "\U000e0000":
        return category != "Co"
    return category == "Mn" and unicodedata.combining(char) not in _SPOKEN_CLASSES


def _step(text: str) -> str:
    found = []
    # Marks go first: casefold would make a letter of the Greek iota below.
    letters = "".join(char for char in unicodedata.normalize("NFKD", text) if not _dropped(char))
    for char in letters.casefold():
        if char in APOSTROPHES:
            found.append("'")
        elif char in _SPELT:
            found.append(_SPELT[char])
        elif char.isdecimal():
            found.append(str(unicodedata.decimal(char)))
        elif ord(char) in _KATAKANA:
            found.append(chr(ord(char) - _TO_HIRAGANA))
        elif latin := _WITH.match(unicodedata.name(char, "")):
            found.append(latin[1].lower())
        else:
            found.append(char)
    return "".join(found)


def fold_character(code: int) -> str:
    """One character folded, with `'` for every kind of apostrophe; U+FFFD for a lone surrogate.

    Args:
        code: The code point.

    >>> fold_character(ord("Ł")), fold_character(ord("’"))
    ('l', "'")
    """
    char = chr(code)
    if char in APOSTROPHES:
        return "'"
    if code in _SURROGATES:
        return "\ufffd"
    while (folded := _step(char)) != char:
        char = folded
    return char


class Folding(dict[int, str]):
    """Folded characters, each worked out when it is first met, for `str.translate`.

    Args:
        finish: What becomes of a folded character (see `fold_character`).
    """

    def __init__(self, finish: Callable[[str], str]) -> None:
        self._finish = finish

    def __missing__(self, code: int) -> str:
        # A hostile text with every code point there is must not stay in memory.
        if len(self) >= _REMEMBERED:
            self.clear()
        folded = self[code] = self._finish(fold_character(code))
        return folded


_TABLE = Folding(lambda folded: folded.replace("'", ""))


def fold(text: str) -> str:
    """The text without accents, case, apostrophes and invisible signs, the same in every language (DIR-10).

    Letters that only look accented are folded too (ł, ø, đ), ligatures are spelt out (æ, œ, ß, þ), katakana
    becomes hiragana, and digits of every script become 0 to 9. Folding twice changes nothing. A lone surrogate
    becomes U+FFFD; nothing is refused here.

    Args:
        text: Any text of any length.

    >>> fold("Żółć"), fold("O’Neil") == fold("oneil"), fold("Straße")
    ('zolc', True, 'strasse')
    """
    if text.isascii():
        return text.lower().replace("'", "").replace("`", "")
    folded = text.translate(_TABLE)
    return folded if folded.isascii() else unicodedata.normalize("NFC", folded)
