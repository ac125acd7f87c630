"""Compact hash maps: maps from texts to small numbers, for millions of texts."""

from __future__ import annotations

import hashlib
from array import array

__all__ = ["CompactHashMap"]

_PARTS = 64
_SMALLEST = 64
_GROWTH = 1.25
_LOAD = 0.7


class CompactHashMap:
    """A map from text to a small number that needs some twenty bytes per text of any length.

    It is an open-addressed table of eight-byte digests. The table has 64 parts, and growing copies one part at a time.
    The probability that any two of a million texts have the same digest is below one in a million.

    >>> numbers = CompactHashMap()
    >>> numbers.put("e:jo@x.fr", 7)
    >>> numbers.get("e:jo@x.fr"), numbers.get("e:joan@x.fr")
    (7, None)
    >>> numbers.setdefault("e:jo@x.fr", 8), numbers.setdefault("e:joan@x.fr", 9)
    (7, 9)
    """

    def __init__(self) -> None:
        self._keys = [array("Q", bytes(8 * _SMALLEST)) for _ in range(_PARTS)]
        self._numbers = [array("I", bytes(4 * _SMALLEST)) for _ in range(_PARTS)]
        self._counts = [0] * _PARTS

    def get(self, text: str) -> int | None:
        """The number of a text; None for a text without one.

        Args:
            text: The text.
        """
        digest = _digest(text)
        part = digest % _PARTS
        slot = _slot(self._keys[part], digest)
        return self._numbers[part][slot] if self._keys[part][slot] else None

    def put(self, text: str, number: int) -> None:
        """Set the number of a text.

        Args:
            text: The text.
            number: A whole number from 0 to 4,294,967,295.
        """
        part, slot, _ = self._place(text)
        self._numbers[part][slot] = number

    def setdefault(self, text: str, number: int) -> int:
        """The number of a text; a text without one gets this number.

        Args:
            text: The text.
            number: A whole number from 0 to 4,294,967,295.
        """
        part, slot, is_new = self._place(text)
        if is_new:
            self._numbers[part][slot] = number
        return self._numbers[part][slot]

    def _place(self, text: str) -> tuple[int, int, bool]:
        """The part and the slot of a text, and whether it is new there."""
        digest = _digest(text)
        part = digest % _PARTS
        slot = _slot(self._keys[part], digest)
        is_new = not self._keys[part][slot]
        if is_new:
            if self._counts[part] > len(self._keys[part]) * _LOAD:
                self._grow(part)
                slot = _slot(self._keys[part], digest)
            self._counts[part] += 1
            self._keys[part][slot] = digest
        return part, slot, is_new

    def _grow(self, part: int) -> None:
        size = int(len(self._keys[part]) * _GROWTH) + 1
        keys, numbers = array("Q", bytes(8 * size)), array("I", bytes(4 * size))
        for digest, number in zip(self._keys[part], self._numbers[part], strict=True):
            if digest:
                slot = _slot(keys, digest)
                keys[slot] = digest
                numbers[slot] = number
        self._keys[part], self._numbers[part] = keys, numbers


def _digest(text: str) -> int:
    data = text.encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "little") or 1


def _slot(keys: array[int], digest: int) -> int:
    size = len(keys)
    slot = digest // _PARTS % size
    while keys[slot] and keys[slot] != digest:
        slot = slot + 1 if slot + 1 < size else 0
    return slot
