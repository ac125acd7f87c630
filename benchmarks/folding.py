"""How the floor and the peers fold, sort and split text: one way for all of them, none of contactcore's.

Sharing it keeps their answers comparable; not taking contactcore's keeps them independent of its mistakes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

__all__ = ["directory_key", "fold", "match_query", "phone_words", "search_text", "words"]

_WORD = re.compile(r"[^\W_]+")
_QUERY = re.compile(r"[^\s\"*^:()]+")
_TRUNK = {"33": "0", "49": "0", "44": "0", "31": "0", "48": "", "34": ""}


class _Folding(dict[int, str]):
    """Each character's fold, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        text = "".join(c for c in unicodedata.normalize("NFKD", chr(code)) if not unicodedata.combining(c))
        folded = self[code] = text.casefold().translate({0x142: "l", 0xF8: "o", 0x111: "d"})
        return folded


_FOLDING = _Folding()


def fold(text: str) -> str:
    """The text without case and accents.

    >>> fold("Éric Groß, Łódź")
    'eric gross, lodz'
    """
    return text.lower() if text.isascii() else text.translate(_FOLDING)


def words(text: str) -> list[str]:
    """The folded words of a name.

    >>> words("D'Angelo & Fils")
    ['d', 'angelo', 'fils']
    """
    return _WORD.findall(fold(text))


def directory_key(name: str, family: str, given: str) -> str:
    """Where a contact stands in the directory: a company by its name, a person by the family name.

    >>> directory_key("Zoé Évrard", "Évrard", "Zoé")
    'evrard zoe'
    """
    return " ".join(words(f"{family} {given}" if family or given else name))


def phone_words(number: str) -> list[str]:
    """An E.164 number as somebody would type its digits, with the country's code and without.

    >>> phone_words("+33144556677")
    ['33144556677', '0144556677']
    """
    digits = number[1:]
    trunk = _TRUNK.get(digits[:2])
    return [digits] if trunk is None else [digits, trunk + digits[2:]]


def search_text(name: str, emails: Iterable[str], phones: Iterable[str], tags: Iterable[str]) -> str:
    """Everything a contact is found by, as words between spaces."""
    found = words(name)
    found += [email.casefold() for email in emails]
    for phone in phones:
        found += phone_words(phone)
    for tag in tags:
        found += words(tag)
    return " ".join(found)


def match_query(text: str) -> str:
    """The FTS5 question: every word of the text begins some word.

    >>> match_query("Éric du")
    '"eric"* AND "du"*'
    """
    return " AND ".join(f'"{word}"*' for word in _QUERY.findall(fold(text)))
