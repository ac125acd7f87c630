"""Tags that are in use (DIR-6)."""

from __future__ import annotations

from collections.abc import Iterable

from contactcore.mapping import json
from contactcore.mapping.terms import order_key, term
from contactcore.rules.access import read_terms
from contactcore.storage import LARGEST_PAGE, SYSTEM, Query, Record
from contactcore.text import fold
from contactcore.values import Tag
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.preparation import first_spelling

__all__ = ["remember_tags", "tags_in_use"]


def remember_tags(transaction: Transaction, tags: Iterable[Tag]) -> None:
    """Note that tags exist; tags that are known stay as they are."""
    records = [
        Record(
            kind="tag",
            id=term("tag", tag.key),
            body=json.dump({"text": tag.text}),
            card=json.dump({"text": tag.text}),
            orders={"name": order_key(fold(tag.key))},
        )
        for tag in tags
    ]
    if records:
        known = transaction.reader.get("tag", [record.id for record in records])
        fresh = [record for record, stored in zip(records, known, strict=True) if stored is None]
        if fresh:
            transaction.writer.insert(fresh, existing="keep")


def tags_in_use(transaction: Transaction) -> tuple[Tag, ...]:
    """The tags on contacts that the actor sees, each in its first spelling there, in alphabetical order.

    A tag that only hidden contacts have is not told (ACC-3).
    """
    seen = []
    after = None
    while True:
        found = transaction.reader.find(Query(kind="tag", order="name", access=SYSTEM, after=after, limit=LARGEST_PAGE))
        for card in found.cards:
            tag = Tag.restore(json.load(card.card)["text"])
            if _is_used(transaction, tag):
                seen.append(first_spelling(transaction, tag))
        if not found.more:
            return tuple(seen)
        after = found.last


def _is_used(transaction: Transaction, tag: Tag) -> bool:
    query = Query(
        kind="contact",
        order=transaction.order,
        access=read_terms(transaction.actor),
        where=(frozenset({term("tag", tag.key)}),),
        limit=1,
    )
    return bool(transaction.reader.find(query).cards)
