"""A mapping that is cheap to fork: the fork and the original share all that neither has changed since."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final, Generic, TypeVar

__all__ = ["Shelf"]

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_BOXES: Final = 1_024  # a power of two; a hundred thousand entries make boxes of a hundred


class Shelf(Generic[K, V]):
    """Entries in many small boxes, each copied when a fork first writes into it.

    Only the newest fork is written to, and by one thread.

    >>> shelf = Shelf()
    >>> fork = shelf.fork()
    >>> fork.put("a", 1)
    >>> shelf.get("a"), fork.get("a")
    (None, 1)
    """

    __slots__ = ("_boxes", "_own")

    def __init__(self, boxes: list[dict[K, V]] | None = None) -> None:
        self._boxes = [{}] * _BOXES if boxes is None else boxes
        self._own: set[int] = set()

    def fork(self) -> Shelf[K, V]:
        """A shelf with the same entries; changing it changes nothing here."""
        return Shelf(self._boxes.copy())

    def get(self, key: K) -> V | None:
        """The entry, None where there is none."""
        return self._boxes[hash(key) % _BOXES].get(key)

    def put(self, key: K, value: V) -> None:
        """Set an entry."""
        self._box(key)[key] = value

    def drop(self, key: K) -> None:
        """Remove an entry; it need not exist."""
        self._box(key).pop(key, None)

    def _box(self, key: K) -> dict[K, V]:
        number = hash(key) % _BOXES
        if number not in self._own:
            self._own.add(number)
            self._boxes[number] = self._boxes[number].copy()
        return self._boxes[number]
