"""The folding, sorting and splitting of text in the floor and the peers.

They share this code, which keeps their answers comparable. It uses nothing of contactcore, which keeps the expected
answers independent of contactcore's mistakes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

__all__ = ["contact_words", "directory_key", "fold", "match_query", "query_words", "words"]

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_QUERY = re.compile(r"[^\s\"*^:()]+")
_TRUNK = {"33": "0", "49": "0", "44": "0", "31": "0", "48": "", "34": ""}


class _Folding(dict[int, str]):
    """Cache of the folded form of each character."""

    def __missing__(self, code: int) -> str:
        text = "".join(c for c in unicodedata.normalize("NFKD", chr(code)) if not unicodedata.combining(c))
        folded = self[code] = text.casefold().translate({0x142: "l", 0xF8: "o", 0x111: "d"})
        return folded


_FOLDING = _Folding()


def fold(text: str) -> str:
    """Remove case and accents from a text.

    >>> fold("Éric Groß, Łódź")
    'eric gross, lodz'
    """
    return text.lower() if text.isascii() else text.translate(_FOLDING)


def words(text: str) -> list[str]:
    """Return the folded words of a name; the part after an apostrophe is a word too.

    >>> words("D'Angelo & Fils")
    ['dangelo', 'fils', 'angelo']
    """
    found = _WORD.findall(fold(text))
    if "'" in text:
        later = [word.partition("'")[2].replace("'", "") for word in found if "'" in word]
        return [word.replace("'", "") for word in found] + later
    return found


def directory_key(name: str, family: str, given: str) -> str:
    """Return the sort key of a contact: the name of a company, or the family name and given name of a person.

    >>> directory_key("Zoé Évrard", "Évrard", "Zoé")
    'evrard zoe'
    """
    return " ".join(_WORD.findall(fold(f"{family} {given}" if family or given else name)))


def _phone_words(number: str) -> list[str]:
    """Return the digits of an E.164 number as people type them, with and without the country code.

    >>> _phone_words("+33144556677")
    ['33144556677', '0144556677', '144556677']
    """
    digits = number[1:]
    national = digits[2:]
    trunk = _TRUNK[digits[:2]]
    return [digits, trunk + national, national] if trunk else [digits, national]


def _email_words(email: str) -> list[str]:
    """Return a whole e-mail address, the words of its local part, and those of its domain without the last label.

    >>> _email_words("jane.doe@bois.fr")
    ['jane.doe@bois.fr', 'jane', 'doe', 'bois']
    """
    folded = email.casefold()
    return [folded, *_WORD.findall(folded.rpartition(".")[0])]


def contact_words(name: str, emails: Iterable[str], phones: Iterable[str]) -> str:
    """Return the search words of a contact, without its tags, separated by spaces."""
    found = words(name)
    for email in emails:
        found += _email_words(email)
    for phone in phones:
        found += _phone_words(phone)
    return " ".join(dict.fromkeys(found))


def query_words(text: str) -> list[str]:
    """Return the folded words of a search text, without the operators of query languages.

    >>> query_words("Éric (du*")
    ['eric', 'du']
    """
    return _QUERY.findall(fold(text))


def match_query(text: str) -> str:
    """Return the FTS5 query in which every word of the text is a prefix.

    >>> match_query("Éric du")
    '"eric"* AND "du"*'
    """
    return " AND ".join(f'"{word}"*' for word in query_words(text))
