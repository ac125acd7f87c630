"""Postings: which records carry a term, as integers.

A term becomes a keyed 63-bit hash of its text. The key is random for each database and never leaves it, so nobody can
choose texts that collide; among ten million different terms of one database the odds that any two collide are about
1 to 180,000, and a reader must know both texts' records to notice. Equality is therefore not checked again.

Facets and access terms are hashed apart: a facet that reads like an access term grants nothing.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b

from contactcore.storage.queries import SYSTEM, Query
from contactcore.storage.records import Kind, Order, Record

__all__ = ["KEY_BYTES", "Postings"]

KEY_BYTES = 32
"""Bytes of the secret key that a database makes once."""

_CACHED = 50_000
_RECENT = 2_000
_MASK = (1 << 63) - 1


class Postings:
    """The terms of one database as integers.

    Args:
        key: The database's secret, `KEY_BYTES` random bytes.
    """

    def __init__(self, key: bytes) -> None:
        def facet(text: str) -> int:
            return (
                int.from_bytes(blake2b(text.encode(), digest_size=8, key=key, person=b"facet").digest(), "big") & _MASK
            )

        def access(text: str) -> int:
            return (
                int.from_bytes(blake2b(text.encode(), digest_size=8, key=key, person=b"access").digest(), "big") & _MASK
            )

        self.facet = lru_cache(_CACHED)(facet)
        self.access = lru_cache(_CACHED)(access)
        self._recent: dict[frozenset[str], dict[str, int]] = {}

    def of_record(self, order: Order, record: Record) -> set[int]:
        """The terms under which a record is posted in an order."""
        facets = self._facets(record.terms)
        if order.terms is None:
            found = set(facets.values())
        else:
            found = {number for term, number in facets.items() if term.startswith(order.terms)}
        found.update(map(self.access, record.access))
        return found

    def _facets(self, terms: frozenset[str]) -> dict[str, int]:
        # The orders of a record are asked one after the other, mostly in batches.
        known = self._recent.get(terms)
        if known is None:
            if len(self._recent) >= _RECENT:
                self._recent.clear()
            facet = self.facet
            known = self._recent[terms] = {term: facet(term) for term in terms}
        return known

    def groups(self, kind: Kind, query: Query) -> list[frozenset[int]]:
        """What must hold: of each group, a record must carry one term. The access comes first, if the query has one."""
        order = kind.order(query.order)
        groups = [] if query.access is SYSTEM else [frozenset(map(self.access, query.access))]
        for group in query.where:
            terms = {self.facet(term) for term in group if order.posts(term)}
            terms.update(map(self.access, group))
            groups.append(frozenset(terms))
        return groups
