"""The words of a record as a text for FTS5, and questions about words as FTS5 expressions.

The tokenizer splits at white space only and changes nothing, and words hold no white space, so a record's text is its
words with blanks between.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

__all__ = ["LISTED", "essential", "expression", "impossible"]

LISTED = 5
"""Beginnings of words up to so many characters have a list of their own: FTS5 reads it no further than it is asked."""

_IMPOSSIBLE = re.compile(r"[\x00-\x20\x7fA-Z]")


def impossible(words: Sequence[str]) -> bool:
    """Whether one of these can begin no word, so that nothing answers."""
    return any(map(_IMPOSSIBLE.search, words))


def essential(words: Sequence[str]) -> tuple[str, ...]:
    """These without the ones that hold wherever another of them holds.

    >>> essential(("ma", "maria", "con", "con"))
    ('maria', 'con')
    """
    if len(words) < 2:
        return tuple(words)
    once = tuple(dict.fromkeys(words))
    return tuple(word for word in once if not any(other != word and other.startswith(word) for other in once))


def expression(words: Iterable[str]) -> str:
    """All records that have a word beginning with each of these."""
    return " AND ".join(['"' + word.replace('"', '""') + '"*' for word in dict.fromkeys(words)])
