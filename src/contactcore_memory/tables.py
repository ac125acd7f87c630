"""A hash table that is cheap to fork: the fork and the original share every bucket that neither has changed."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final, Generic, TypeVar

__all__ = ["Table"]

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_BUCKETS: Final = 1_024  # a power of two; a hundred thousand entries make buckets of a hundred


class Table(Generic[K, V]):
    """Entries in many small buckets, each of which is copied when a fork first writes to it.

    Only the newest fork is written to, and by one thread.

    >>> table = Table()
    >>> fork = table.fork()
    >>> fork.put("a", 1)
    >>> table.get("a"), fork.get("a")
    (None, 1)
    """

    __slots__ = ("_buckets", "_own")

    def __init__(self, buckets: list[dict[K, V]] | None = None) -> None:
        self._buckets = [{}] * _BUCKETS if buckets is None else buckets
        self._own: set[int] = set()

    def fork(self) -> Table[K, V]:
        """Return a table with the same entries. Changes of the fork do not reach this table."""
        return Table(self._buckets.copy())

    def get(self, key: K) -> V | None:
        """Return an entry; None if there is none."""
        return self._buckets[hash(key) % _BUCKETS].get(key)

    def put(self, key: K, value: V) -> None:
        """Set an entry."""
        self._bucket(key)[key] = value

    def drop(self, key: K) -> None:
        """Remove an entry, which need not exist."""
        self._bucket(key).pop(key, None)

    def _bucket(self, key: K) -> dict[K, V]:
        number = hash(key) % _BUCKETS
        if number not in self._own:
            self._own.add(number)
            self._buckets[number] = self._buckets[number].copy()
        return self._buckets[number]
