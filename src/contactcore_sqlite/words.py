"""The words of a record as a text for FTS5, and questions about words as FTS5 expressions.

The tokenizer splits at white space only and changes nothing, and words hold no white space, so a record's text is its
words with blanks between.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager

from contactcore_sqlite.link import Link

__all__ = ["LISTED", "essential", "expression", "impossible", "merge_words"]

LISTED = 5
"""Beginnings of words up to so many characters have a list of their own: FTS5 reads it no further than it is asked."""

_PAGES_AT_ONCE = 250
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


def merge_words(transaction: Callable[[], AbstractContextManager[Link]], pages: int, *, whole: bool = False) -> None:
    """Merge segments of the word index: FTS5 looks for a word in each of them, and every transaction adds one.

    Args:
        transaction: Opens one; each takes some hundredths of a second, so that nobody waits long for the lock.
        pages: At most so many, even if others go on writing.
        whole: Not only segments of like size: all into one.
    """
    # A negative number makes FTS5 begin to merge all that there is; a positive one goes on with what was begun.
    step = -_PAGES_AT_ONCE if whole else _PAGES_AT_ONCE
    for _ in range(0, pages, _PAGES_AT_ONCE):
        with transaction() as link:
            # One change alone says that there was nothing to do.
            if link.changed("INSERT INTO word (word, rank) VALUES ('merge', ?)", (step,)) < 2:
                return
        step = _PAGES_AT_ONCE
