"""Immutable sorted runs of index entries. A change gives a new run that shares most of its chunks with the old one."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Final

import attrs

__all__ = ["Chunks", "Entry", "SortedRun", "prefix_end"]

Entry = tuple[str, ...]
"""An index entry, compared part by part and by code point: `(order key, id)`, `(word, order key, id)`."""

Chunks = tuple[tuple[Entry, ...], ...]
"""The stored form of a run: exact tuples, which the garbage collector stops visiting."""

_CHUNK: Final = 512  # one change copies a whole chunk; a hundred thousand entries make two hundred chunks
_LAST: Final = "\U0010ffff"
_first = itemgetter(0)


@attrs.frozen(eq=False)
class SortedRun:
    """Distinct entries in ascending order, in chunks that are never empty and never change."""

    chunks: Chunks = ()

    def changed(self, added: Iterable[Entry], removed: Iterable[Entry] = ()) -> SortedRun:
        """Return the run with some entries added and others removed."""
        chunks = list(self.chunks) or [()]
        fresh: dict[int, list[Entry]] = {}
        for entry in removed:
            chunk = self._chunk(entry, chunks, fresh)
            at = bisect_left(chunk, entry)
            if at < len(chunk) and chunk[at] == entry:
                del chunk[at]
        for entry in added:
            insort(self._chunk(entry, chunks, fresh), entry)
        if not fresh:
            return self
        for number in sorted(fresh, reverse=True):
            chunk = fresh[number]
            step = len(chunk) if len(chunk) <= 2 * _CHUNK else _CHUNK
            chunks[number : number + 1] = [tuple(chunk[at : at + step]) for at in range(0, len(chunk), step or 1)]
        return SortedRun(tuple(chunks))

    def _chunk(self, entry: Entry, chunks: Sequence[tuple[Entry, ...]], fresh: dict[int, list[Entry]]) -> list[Entry]:
        # The first entries of the original chunks are compared, because a changed copy may be empty.
        number = max(bisect_right(self.chunks, entry, key=_first) - 1, 0)
        if number not in fresh:
            fresh[number] = list(chunks[number])
        return fresh[number]

    def _seek(self, entry: Entry | None) -> tuple[int, int]:
        if entry is None:
            return len(self.chunks), 0
        number = bisect_right(self.chunks, entry, key=_first) - 1
        return (number, bisect_left(self.chunks[number], entry)) if number >= 0 else (0, 0)

    def size(self, low: Entry, high: Entry | None) -> int:
        """Count the entries from `low` up to below `high`."""
        (first, begin), (last, end) = self._seek(low), self._seek(high)
        if (first, begin) >= (last, end):
            return 0
        return sum(map(len, self.chunks[first:last])) - begin + end

    def walk(self, low: Entry = (), high: Entry | None = None, *, descending: bool = False) -> Iterator[Entry]:
        """Yield the entries from `low` up to below `high`, or the same entries backwards."""
        (first, begin), (last, end) = self._seek(low), self._seek(high)
        if (first, begin) >= (last, end):
            return
        numbers = range(first, min(last + 1, len(self.chunks)))
        for number in reversed(numbers) if descending else numbers:
            chunk = self.chunks[number]
            part = chunk[begin if number == first else 0 : end if number == last else len(chunk)]
            yield from reversed(part) if descending else part


def prefix_end(prefix: str) -> str | None:
    """Return the first text behind all texts with a prefix; None if no text follows them.

    >>> prefix_end("ab"), prefix_end("a" + chr(0x10FFFF)), prefix_end("")
    ('ac', 'b', None)
    """
    stem = prefix.rstrip(_LAST)
    return stem[:-1] + chr(ord(stem[-1]) + 1) if stem else None
