"""Sorted runs of places: what a posting is made of. A run never changes; a change gives a new run that shares most."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Final

import attrs

__all__ = ["Chunks", "Entry", "SortedRun", "prefix_end"]

Entry = tuple[str, ...]
"""Where something stands, compared part by part and by code point: `(order key, id)`, `(word, order key, id)`."""

Chunks = tuple[tuple[Entry, ...], ...]
"""How a run is kept: in exact tuples, which the garbage collector need not visit again and again."""

_CHUNK: Final = 512  # copied whole for one change; a hundred thousand places make two hundred of them
_LAST: Final = "\U0010ffff"
_first = itemgetter(0)


@attrs.frozen(eq=False)
class SortedRun:
    """Places in ascending order, each once, in chunks that are never empty and never change."""

    chunks: Chunks = ()

    def changed(self, added: Iterable[Entry], removed: Iterable[Entry] = ()) -> SortedRun:
        """The run with places added and places removed."""
        chunks = list(self.chunks) or [()]
        fresh: dict[int, list[Entry]] = {}
        for place in removed:
            chunk = self._chunk(place, chunks, fresh)
            at = bisect_left(chunk, place)
            if at < len(chunk) and chunk[at] == place:
                del chunk[at]
        for place in added:
            insort(self._chunk(place, chunks, fresh), place)
        if not fresh:
            return self
        for number in sorted(fresh, reverse=True):
            chunk = fresh[number]
            step = len(chunk) if len(chunk) <= 2 * _CHUNK else _CHUNK
            chunks[number : number + 1] = [tuple(chunk[at : at + step]) for at in range(0, len(chunk), step or 1)]
        return SortedRun(tuple(chunks))

    def _chunk(self, place: Entry, chunks: Sequence[tuple[Entry, ...]], fresh: dict[int, list[Entry]]) -> list[Entry]:
        # The original first places are compared: a fresh copy may have been emptied meanwhile.
        number = max(bisect_right(self.chunks, place, key=_first) - 1, 0)
        if number not in fresh:
            fresh[number] = list(chunks[number])
        return fresh[number]

    def _seek(self, place: Entry | None) -> tuple[int, int]:
        if place is None:
            return len(self.chunks), 0
        number = bisect_right(self.chunks, place, key=_first) - 1
        return (number, bisect_left(self.chunks[number], place)) if number >= 0 else (0, 0)

    def size(self, low: Entry, high: Entry | None) -> int:
        """How many places stand from `low` up to below `high`."""
        (first, begin), (last, end) = self._seek(low), self._seek(high)
        if (first, begin) >= (last, end):
            return 0
        return sum(map(len, self.chunks[first:last])) - begin + end

    def walk(self, low: Entry = (), high: Entry | None = None, *, descending: bool = False) -> Iterator[Entry]:
        """The places from `low` up to below `high`, or the same backwards."""
        (first, begin), (last, end) = self._seek(low), self._seek(high)
        if (first, begin) >= (last, end):
            return
        numbers = range(first, min(last + 1, len(self.chunks)))
        for number in reversed(numbers) if descending else numbers:
            chunk = self.chunks[number]
            part = chunk[begin if number == first else 0 : end if number == last else len(chunk)]
            yield from reversed(part) if descending else part


def prefix_end(prefix: str) -> str | None:
    """The first text behind all that begin with a prefix; None where that is the end of all texts.

    >>> prefix_end("ab"), prefix_end("a" + chr(0x10FFFF)), prefix_end("")
    ('ac', 'b', None)
    """
    stem = prefix.rstrip(_LAST)
    return stem[:-1] + chr(ord(stem[-1]) + 1) if stem else None
