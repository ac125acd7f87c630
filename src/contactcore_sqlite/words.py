"""The word index: the expressions that search it, and its upkeep.

The tokenizer splits at white space only and changes nothing, and words hold no white space. The indexed text of a
record is therefore its words, separated by blanks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager

from contactcore_sqlite.connection import Connection

__all__ = ["PREFIX_LENGTH", "PendingWords", "cannot_match", "match_expression", "merge_words", "without_implied"]

PREFIX_LENGTH = 5
"""The longest prefix that has a list of its own. FTS5 reads such a list no further than needed."""

_PAGES_AT_ONCE = 250
_FORBIDDEN = re.compile(r"[\x00-\x20\x7fA-Z]")


class PendingWords:
    """The changes of the word index that a transaction has collected.

    If FTS5 gets them in one sequence, at the end of the transaction, it writes one segment. Otherwise it writes one for
    each statement that opens a savepoint.
    """

    def __init__(self) -> None:
        # Position -> the text that the index has, and the text that it is to have; None for no text.
        self._changes: dict[int, tuple[str | None, str | None]] = {}

    def remove(self, at: int, text: str) -> None:
        """Remove the words at a position, which has exactly this text."""
        self._changes[at] = (self._changes.get(at, (text, None))[0], None)

    def add(self, at: int, text: str) -> None:
        """Add words at a position that has none."""
        self._changes[at] = (self._changes.get(at, (None, None))[0], text)

    def write(self, connection: Connection) -> None:
        """Write the changes, in ascending positions, to the index."""
        if not self._changes:
            return
        rows: list[tuple[str | None, int, str]] = []
        for at in sorted(self._changes):
            before, after = self._changes[at]
            if before != after:
                rows += [("delete", at, before)] if before is not None else []
                rows += [(None, at, after)] if after is not None else []
        self._changes = {}
        connection.many("INSERT INTO word (word, rowid, words) VALUES (?, ?, ?)", rows)


def cannot_match(words: Sequence[str]) -> bool:
    """Return whether one of these prefixes begins no word, so that no record answers."""
    return any(map(_FORBIDDEN.search, words))


def without_implied(words: Sequence[str]) -> tuple[str, ...]:
    """Return these prefixes without the ones that another of them implies.

    >>> without_implied(("ma", "maria", "con", "con"))
    ('maria', 'con')
    """
    if len(words) < 2:
        return tuple(words)
    once = tuple(dict.fromkeys(words))
    return tuple(word for word in once if not any(other != word and other.startswith(word) for other in once))


def match_expression(words: Iterable[str]) -> str:
    """Return the FTS5 expression for the records that have, for each of these prefixes, a word that begins with it."""
    return " AND ".join(['"' + word.replace('"', '""') + '"*' for word in dict.fromkeys(words)])


def merge_words(
    transaction: Callable[[], AbstractContextManager[Connection]], pages: int, *, whole: bool = False
) -> None:
    """Merge segments of the word index. FTS5 searches each segment, and every transaction adds one.

    Args:
        transaction: A function that opens a writing transaction. Each one takes some hundredths of a second, so that
            other writers do not wait long.
        pages: The most pages to merge, even if other writers add more.
        whole: Whether to merge all segments into one; otherwise only segments of similar size are merged.
    """
    # With a negative number FTS5 starts to merge all segments; with a positive one it continues a merge.
    step = -_PAGES_AT_ONCE if whole else _PAGES_AT_ONCE
    for _ in range(0, pages, _PAGES_AT_ONCE):
        with transaction() as connection:
            # A single changed row means that there was nothing to merge.
            if connection.changed("INSERT INTO word (word, rank) VALUES ('merge', ?)", (step,)) < 2:
                return
        step = _PAGES_AT_ONCE
