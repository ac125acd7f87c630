"""The words of a record as a text for FTS5, and questions about words as FTS5 expressions.

The tokenizer splits at white space only and changes nothing, and words hold no white space, so a record's text is its
words with blanks between. Access terms stand among them as tokens that begin with a sign no word can hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

__all__ = ["access_tokens", "expression", "impossible"]

# Never in a word (a control character), always in a token (above ASCII).
_ACCESS = "\x80"
_DIGIT = 20
_DIGITS = (1 << _DIGIT) - 1
_PLANES = 0x10000
_IMPOSSIBLE = re.compile(r"[\x00-\x20\x7fA-Z]")


def access_tokens(terms: Iterable[int]) -> str:
    """Access terms as tokens: of each, 60 bits in three characters."""
    return " ".join(map(_token, sorted(terms)))


@lru_cache(4_096)
def _token(term: int) -> str:
    digits = (term >> shift & _DIGITS for shift in (0, _DIGIT, 2 * _DIGIT))
    return _ACCESS + "".join(chr(_PLANES + digit) for digit in digits)


def impossible(words: Sequence[str]) -> bool:
    """Whether one of these can begin no word, so that nothing answers."""
    return any(_IMPOSSIBLE.search(word) for word in words)


def expression(words: Sequence[str], access: Iterable[int] | None) -> str:
    """All records that have a word beginning with each of these and, unless None, one of the access terms."""
    parts = ['"' + word.replace('"', '""') + '"*' for word in words]
    if access is not None:
        parts.append("(" + " OR ".join(f'"{token}"' for token in access_tokens(access).split(" ")) + ")")
    return " AND ".join(parts)
