"""Postings: the terms that a record carries, as integers.

A term becomes a keyed 63-bit hash of its text. The key is random for each database and never leaves it, so nobody can
choose texts that collide. Among ten million different terms of one database the odds of any collision are about 1 to
180,000, and a reader notices one only if they know the records of both texts. Adapters therefore do not compare the
texts again.

Facets and access terms have separate hashes: a facet with the text of an access term grants nothing.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from contactcore.storage.records import Order, Record

if TYPE_CHECKING:
    from collections.abc import Callable
    from hashlib import blake2b

__all__ = ["KEY_BYTES", "Postings"]

KEY_BYTES = 32
"""The length in bytes of the secret key, which is made once for each database."""

_KNOWN = 50_000
_MASK = (1 << 63) - 1


class _Numbers(dict[str, int]):
    """Text of a term -> its number. A cache that computes missing numbers and is emptied when it is full."""

    def __init__(self, key: bytes, person: bytes) -> None:
        super().__init__()
        self._key = key
        self._person = person

    @cached_property
    def _begin(self) -> Callable[[], blake2b]:
        """Begins the keyed hash of a text; copying it is faster than making one."""
        from hashlib import blake2b  # loads OpenSSL, which a session that asks for nothing yet does not need

        return blake2b(digest_size=8, key=self._key, person=self._person).copy

    def __missing__(self, text: str) -> int:
        begun = self._begin()
        begun.update(text.encode())
        number = int.from_bytes(begun.digest(), "big") & _MASK
        if len(self) >= _KNOWN:
            self.clear()
        self[text] = number
        return number


class Postings:
    """The terms of one database as integers.

    Args:
        key: The database's secret, `KEY_BYTES` random bytes.
    """

    def __init__(self, key: bytes) -> None:
        self._facets = _Numbers(key, b"facet")
        self._accesses = _Numbers(key, b"access")

    def facet(self, text: str) -> int:
        """Return the number of a facet."""
        return self._facets[text]

    def access(self, text: str) -> int:
        """Return the number of an access term."""
        return self._accesses[text]

    def facets(self, order: Order, terms: frozenset[str]) -> list[int]:
        """Return the numbers of those terms that can be combined with an order."""
        numbers, posted = self._facets, order.terms
        if posted is None:
            return [numbers[term] for term in terms]
        return [numbers[term] for term in terms if term.startswith(posted)]

    def accesses(self, access: frozenset[str]) -> list[int]:
        """Return the numbers of access terms, under which a record is posted in each of its orders."""
        numbers = self._accesses
        return [numbers[term] for term in access]

    def of_record(self, order: Order, record: Record) -> set[int]:
        """Return the numbers of all terms under which a record is posted in an order."""
        return {*self.facets(order, record.terms), *self.accesses(record.access)}
