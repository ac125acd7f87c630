"""Key holders: the numbers of the contacts that have a match key, for the millions of keys of a file."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from typing import Any

from contactcore.workspace.imports.compact_hash_map import CompactHashMap

__all__ = ["KeyHolders"]

_NOBODY = (1 << 32) - 1
"""The number under a key that nobody has any longer."""


class KeyHolders:
    """The numbers of the contacts with each key, in some twenty bytes for each contact of a key.

    A key mostly has one contact. The further ones of all keys stand in one pair of arrays: each has the place of the
    next one of its key, and the last one that of the first.

    Args:
        rank: The rank of a number; the contact of a key with the least rank comes first. None, the default, for the
            number itself.

    >>> holders = KeyHolders()
    >>> for number in (5, 3, 7):
    ...     holders.add("p:person:+33144556677", number)
    >>> holders.first("p:person:+33144556677"), [*holders.all("p:person:+33144556677")]
    (3, [3, 5, 7])
    >>> holders.remove_first("p:person:+33144556677")
    5
    """

    def __init__(self, rank: Callable[[int], Any] | None = None) -> None:
        self._rank: Callable[[int], Any] = rank or _itself
        self._firsts = CompactHashMap()
        self._lasts = CompactHashMap()
        self._numbers = array("I")
        self._next = array("I")
        self.is_empty: bool = True

    def first(self, key: str) -> int | None:
        """The number of the first contact with a key; None for none.

        Args:
            key: The key.
        """
        number = None if self.is_empty else self._firsts.get(key)
        return None if number == _NOBODY else number

    def all(self, key: str) -> Iterator[int]:
        """The numbers of the contacts with a key, the first one first; one may come twice.

        Args:
            key: The key.
        """
        first = self.first(key)
        if first is None:
            return
        yield first
        last = self._lasts.get(key)
        if last is None or last == _NOBODY:
            return
        place = self._next[last]
        while place != last:
            yield self._numbers[place]
            place = self._next[place]
        yield self._numbers[last]

    def add(self, key: str, number: int) -> None:
        """Add a contact to those with a key; one that is there already may stay there twice.

        Args:
            key: The key.
            number: The number of the contact.
        """
        self.is_empty = False
        first = self._firsts.setdefault(key, number)
        if first == number:
            return
        if first == _NOBODY:
            self._firsts.put(key, number)
            return
        if self._rank(number) < self._rank(first):
            self._firsts.put(key, number)
            number = first
        self._add_further(key, number)

    def remove_first(self, key: str) -> int | None:
        """Remove the first contact with a key; returns the number of the next one, None for none.

        Args:
            key: The key.
        """
        last = self._lasts.get(key)
        if last is None or last == _NOBODY:
            self._firsts.put(key, _NOBODY)
            return None
        following = self._next[last]
        if following == last:
            self._lasts.put(key, _NOBODY)
        else:
            self._next[last] = self._next[following]
        number = self._numbers[following]
        self._firsts.put(key, number)
        return number

    def _add_further(self, key: str, number: int) -> None:
        place = len(self._numbers)
        last = self._lasts.get(key)
        if last is None or last == _NOBODY:
            self._append(number, place)
            self._lasts.put(key, place)
            return
        rank = self._rank(number)
        if rank >= self._rank(self._numbers[last]):
            # Nearly always: the contacts of a file come in their order.
            if number != self._numbers[last]:
                self._append(number, self._next[last])
                self._next[last] = place
                self._lasts.put(key, place)
            return
        before = last
        while self._rank(self._numbers[self._next[before]]) < rank:
            before = self._next[before]
        self._append(number, self._next[before])
        self._next[before] = place

    def _append(self, number: int, following: int) -> None:
        self._numbers.append(number)
        self._next.append(following)


def _itself(number: int) -> int:
    return number
