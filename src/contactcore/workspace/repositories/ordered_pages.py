"""Pages, index letters and counts of records in the order of a directory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from contactcore.errors import Invalid
from contactcore.frozen import frozen
from contactcore.storage import Card, Query
from contactcore.workspace.kernel.transaction import Transaction

__all__ = ["OrderedPage", "OrderedPages"]


@frozen
class OrderedPage:
    """The cards of one page, with the cursors of the pages beside it.

    Attributes:
        cards: The stored cards, in the order of the directory.
        next: The cursor for `after`; None on the last page.
        previous: The cursor for `before`; None on the first page.
    """

    cards: tuple[Card, ...]
    next: str | None
    previous: str | None


class OrderedPages:
    """Pages, letters and counts in the language of a workspace (DIR-9).

    Args:
        transaction: The transaction that reads.
        query: Makes the query for all records of the directory; it takes further fields of the query.
        descending: Whether pages begin at the end of the order, as for the newest first; False by default.
    """

    def __init__(self, transaction: Transaction, query: Callable[..., Query], *, descending: bool = False) -> None:
        self._transaction = transaction
        self._query = query
        self._descending = descending

    def page(self, letter: str | None, limit: int, after: str | None, before: str | None) -> OrderedPage:
        """One page behind a cursor, or before one.

        Raises:
            Invalid: `two-cursors`, `letter-unknown`, and the refusals of the storage.
        """
        found = self._transaction.reader.find(self.question(letter, limit, after, before))
        if before is not None:
            # The cursor comes from the following page, so there is always one.
            return OrderedPage(tuple(found.cards)[::-1], found.first, found.last if found.more else None)
        following = found.last if found.more else None
        return OrderedPage(tuple(found.cards), following, found.first if after is not None else None)

    def question(self, letter: str | None, limit: int, after: str | None, before: str | None) -> Query:
        """The query of `page`, to announce it.

        Raises:
            Invalid: `two-cursors`, `letter-unknown`.
        """
        bounds = self._bounds(letter)
        if after is not None and before is not None:
            raise Invalid("two-cursors", "Give after or before, not both.", path="before", value=before)
        backwards = before is not None
        cursor = before if backwards else after
        return self._query(**bounds, limit=limit, after=cursor, descending=backwards is not self._descending)

    def letters(self) -> dict[str, int]:
        """The number of records under each index letter, in the order of the letters."""
        rules = self._transaction.index_context.active.collation
        boundaries = [rules.bounds(letter)[0] for letter in rules.letters]
        counts = self._transaction.reader.count(self._query(), boundaries)
        return dict(zip(rules.letters, counts[1:], strict=True))

    def count(self, letter: str | None) -> int:
        """The number of records under a letter, or of all."""
        return self._transaction.reader.count(self._query(**self._bounds(letter)))[0]

    def _bounds(self, letter: str | None) -> Mapping[str, Any]:
        if letter is None or letter.casefold() == "all":
            return {}
        rules = self._transaction.index_context.active.collation
        start, stop = rules.bounds(rules.bucket(letter))
        return {"start": start, "stop": stop}
