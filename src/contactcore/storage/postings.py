"""Postings: which records carry a term, as integers.

A term becomes a keyed 63-bit hash of its text. The key is random for each database and never leaves it, so nobody can
choose texts that collide; among ten million different terms of one database the odds that any two collide are about
1 to 180,000, and a reader must know both texts' records to notice. Equality is therefore not checked again.

Facets and access terms are hashed apart: a facet that reads like an access term grants nothing.
"""

from __future__ import annotations

from hashlib import blake2b

from contactcore.storage.queries import SYSTEM, Query
from contactcore.storage.records import Kind, Order, Record

__all__ = ["KEY_BYTES", "Postings"]

KEY_BYTES = 32
"""Bytes of the secret key that a database makes once."""

_KNOWN = 50_000
_MASK = (1 << 63) - 1


class _Numbers(dict[str, int]):
    """The numbers of terms by their texts, worked out when they are first asked for; all are forgotten now and then."""

    def __init__(self, key: bytes, person: bytes) -> None:
        super().__init__()
        # A copy of a hash that was begun is quicker than a new one.
        self._begun = blake2b(digest_size=8, key=key, person=person)

    def __missing__(self, text: str) -> int:
        begun = self._begun.copy()
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
        """The number of a facet."""
        return self._facets[text]

    def access(self, text: str) -> int:
        """The number of an access term."""
        return self._accesses[text]

    def facets(self, order: Order, record: Record) -> list[int]:
        """The facets under which a record is posted in an order."""
        numbers, posted = self._facets, order.terms
        if posted is None:
            return [numbers[term] for term in record.terms]
        return [numbers[term] for term in record.terms if term.startswith(posted)]

    def accesses(self, access: frozenset[str]) -> list[int]:
        """The access terms under which a record is posted in each of its orders."""
        numbers = self._accesses
        return [numbers[term] for term in access]

    def of_record(self, order: Order, record: Record) -> set[int]:
        """The terms under which a record is posted in an order."""
        return {*self.facets(order, record), *self.accesses(record.access)}

    def groups(self, kind: Kind, query: Query) -> list[frozenset[int]]:
        """What must hold: of each group, a record must carry one term. The access comes first, if the query has one."""
        numbers = self._accesses
        groups = [] if query.access is SYSTEM else [frozenset([numbers[term] for term in query.access])]
        if not query.where:
            return groups
        order = kind.order(query.order)
        for group in query.where:
            terms = {self.facet(term) for term in group if order.posts(term)}
            terms.update(map(self.access, group))
            groups.append(frozenset(terms))
        return groups
