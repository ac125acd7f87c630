"""First answers: who is first in a list, which a writing connection remembers as long as nobody can be before them.

A contact that is added has each of its tags in the spelling of the first contact that has it. Programs add one contact
after the other, with the same few tags.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from contactcore.storage import Found, Query, Record
from contactcore_sqlite.connection import Memory

__all__ = ["FirstAnswers", "first_answers_of"]

_MOST_KNOWN = 64
_LARGEST_KNOWN = 10_000


class FirstAnswers:
    """The answers to queries for one record from the beginning of an order, in one workspace.

    Such an answer says which record is the first one, and whether further ones follow. A new record behind the first
    one changes neither if further ones follow already. Every other change of a record of the kind may.
    """

    def __init__(self) -> None:
        self._known: dict[Query, tuple[str, str, Found]] = {}

    def get(self, query: Query) -> Found | None:
        """Return the answer to a query; None if it is not known."""
        if query.limit != 1 or query.words:
            return None
        known = self._known.get(query)
        return None if known is None else known[2]

    def keep(self, query: Query, found: Found) -> None:
        """Remember the answer to a query, if it is one that can be kept."""
        if query.limit != 1 or query.words or not found.more or query.after is not None or query.descending:
            return
        (card,) = found.cards
        if len(card.card) > _LARGEST_KNOWN:
            return
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[query] = (card.key, card.id, found)

    def add(self, records: Sequence[Record]) -> None:
        """Forget the answers that new records may change."""
        if not self._known:
            return
        for query, (key, id, _) in [*self._known.items()]:
            for record in records:
                at = record.orders.get(query.order) if record.kind == query.kind else None
                if at is not None and (at, record.id) < (key, id):
                    del self._known[query]
                    break

    def change(self, kinds: Iterable[str]) -> None:
        """Forget the answers about kinds of which records are changed or removed."""
        if self._known:
            gone = set(kinds)
            self._known = {query: known for query, known in self._known.items() if query.kind not in gone}


def first_answers_of(memory: Memory, workspace: int) -> FirstAnswers:
    """Return the first answers of a workspace, as the connection remembers them."""
    key = ("first answers", workspace)
    answers: FirstAnswers | None = memory.get(key)
    if answers is None:
        answers = memory[key] = FirstAnswers()
    return answers
