"""Numbers and answers as people of a language write them: `1.234,5` in German, `oui` in French."""

from __future__ import annotations

import re
from functools import lru_cache

from contactcore.values.country import number_signs

__all__ = ["read_number", "read_yes_no"]

_LONGEST = 60
_PLAIN = re.compile(r"[+-]?\d{1,30}(?:\.\d{1,20})?", re.ASCII)
_SPACES = re.compile("[ \u00a0\u2007\u2009\u202f'’](?=\\d{3}(?!\\d))")
"""Signs between groups of three digits that no language has as its decimal sign."""
_MARKED = re.compile(r"([+-]?)(\d[\d.,]*)", re.ASCII)
_DIGITS = frozenset("0123456789")

_ANSWERS = {
    True: "yes true oui vrai ja wahr tak prawda sí si verdadero vero sì waar sim verdadeiro 1 ✓ ✔ ☑",
    False: "no false non faux nein falsch nie fałsz falso nee onwaar não 0 ✗ ✘ ☐",
}
_ANSWER_OF = {word: answer for answer, words in _ANSWERS.items() for word in words.split()}
_LETTERS = {
    "en": "yn",
    "fr": "on",
    "de": "jn",
    "pl": "tn",
    "es": "sn",
    "it": "sn",
    "nl": "jn",
    "pt": "sn",
}
"""Base language -> the first letters of yes and no."""


@lru_cache(maxsize=64)
def _signs(language: str) -> tuple[str, str]:
    return number_signs(language)


def read_number(text: str, language: str = "") -> int | float | None:
    """Read a number in the notation of a language.

    A notation that only another language has is accepted too, if it has one meaning. A sign before exactly three digits
    is read as the language writes it: `1.234` is 1234 in German.

    Args:
        text: Text of at most 60 characters.
        language: BCP 47 tag; `""` for the notation of programs (`1234.5`) alone.

    Returns:
        The number, or None if the text is no number, or if it may be two numbers.

    >>> read_number("1,5", "fr"), read_number("1.234,50", "de"), read_number("1,234.50", "en")
    (1.5, 1234.5, 1234.5)
    >>> read_number("1.234", "de"), read_number("1.234"), read_number("1,5", "en"), read_number("12 %", "fr")
    (1234, 1.234, None, None)
    """
    line = text.strip()
    if len(line) > _LONGEST:
        return None
    if not language:
        return _number(line)
    line = _SPACES.sub("", line.replace("\u2212", "-"))
    match = _MARKED.fullmatch(line)
    digits = _without_marks(match[2], *_signs(language)) if match else None
    return _number(f"{match[1]}{digits}") if match and digits else None


def _number(plain: str) -> int | float | None:
    if not _PLAIN.fullmatch(plain):
        return None
    return float(plain) if "." in plain else int(plain)


def _without_marks(digits: str, decimal: str, group: str) -> str | None:
    """The digits with a point as the decimal sign and without other signs; None if they are ambiguous or no number."""
    marks = [char for char in digits if char not in _DIGITS]
    if not marks:
        return digits
    last = marks[-1]
    if len(set(marks)) == 2:
        whole, _, rest = digits.rpartition(last)
        grouped = _ungrouped(whole, marks[0])
        return f"{grouped}.{rest}" if grouped and rest and last not in whole else None
    if len(marks) > 1 or (last == group and len(digits) - digits.index(last) == 4):
        return _ungrouped(digits, last)
    # Programs write a point in every language. A sign for groups that separates none is a slip.
    return digits.replace(last, ".") if last in {decimal, "."} or last != group else None


def _ungrouped(digits: str, sign: str) -> str | None:
    first, *others = digits.split(sign)
    return first + "".join(others) if 1 <= len(first) <= 3 and all(len(one) == 3 for one in others) else None


def read_yes_no(text: str, language: str = "") -> bool | None:
    """Read an answer: a word of one of several languages, or its first letter in the given language.

    Args:
        text: Text.
        language: BCP 47 tag; `""` for English words alone.

    Returns:
        The answer, or None if the text is none.

    >>> read_yes_no("oui", "fr"), read_yes_no("NIE", "pl"), read_yes_no("o", "fr"), read_yes_no("o", "en")
    (True, False, True, None)
    >>> read_yes_no("yes"), read_yes_no("oui")
    (True, None)
    """
    word = text.strip().casefold() if len(text) <= _LONGEST else ""
    if not language:
        return {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}.get(word)
    if len(word) == 1 and word.isalpha():
        for base in (language[:2].lower(), "en"):
            letters = _LETTERS.get(base, "")
            if word in letters:
                return word == letters[0]
        return None
    return _ANSWER_OF.get(word)
