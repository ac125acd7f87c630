"""The directory of items: pages, letters and search under the workspace's term (SIT-8)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import islice

from contactcore.errors import Invalid
from contactcore.frozen import frozen
from contactcore.mapping import json
from contactcore.mapping.index_context import own_order
from contactcore.mapping.items import ITEMS
from contactcore.mapping.terms import parse_query
from contactcore.rules.access import read_terms
from contactcore.storage import Card, Query
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.ordered_pages import OrderedPages

__all__ = ["ItemCard", "ItemDirectory", "ItemPage"]

_LARGEST_ANSWER = 200


@frozen(kw_only=True)
class ItemCard:
    """One line of the directory of items, with the data that lists and pickers show.

    Attributes:
        id: The id of the item.
        version: The version of the item.
        name: The name of the item.
        type: The slug of the item type; `""` for none.
        status: `"open"` or `"closed"`.
        contact_id: The id of the contact to which the item belongs.
        contact: The display name of that contact.
    """

    id: str
    version: int
    name: str
    type: str = ""
    status: str = "open"
    contact_id: str = ""
    contact: str = ""


@frozen
class ItemPage:
    """One page of the directory of items; iteration yields its cards.

    Attributes:
        items: The cards, in the order of the names.
        next: The cursor for `page(after=...)`; None on the last page.
        previous: The cursor for `page(before=...)`; None on the first page.
    """

    items: tuple[ItemCard, ...]
    next: str | None
    previous: str | None

    def __iter__(self) -> Iterator[ItemCard]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


class ItemDirectory:
    """The items in one transaction, as its actor sees them.

    Args:
        transaction: The transaction.
        type: The slug of a type that the items must have; None for any.
        status: The status that the items must have; None for any.

    Raises:
        Invalid: `item-type-unknown`, `status-unknown`.
    """

    def __init__(self, transaction: Transaction, *, type: str | None, status: str | None) -> None:
        self._transaction = transaction
        groups = []
        if type is not None:
            types = transaction.settings.item_types
            if type not in types:
                choices = ", ".join(types.slugs) or "(none yet)"
                raise Invalid("item-type-unknown", f"Filter by one of {choices}.", path="type", value=type)
            groups.append(frozenset(f"type:{slug}" for slug in types.slugs_counting_as(type)))
        if status is not None:
            if status not in {"open", "closed"}:
                raise Invalid("status-unknown", "An item is open or closed.", path="status", value=status)
            groups.append(frozenset({f"status:{status}"}))
        self._where = tuple(groups)

    @property
    def pages(self) -> OrderedPages:
        """The pages, letters and counts, in the order of the items' names."""
        return OrderedPages(self._transaction, partial(self._query, own_order(self._transaction.order)))

    def page(self, letter: str | None, limit: int, after: str | None, before: str | None) -> ItemPage:
        """One page of the directory; see `Items.page`."""
        found = self.pages.page(letter, limit, after, before)
        return ItemPage(tuple(map(self._card, found.cards)), found.next, found.previous)

    def search(self, text: str, limit: int) -> tuple[ItemCard, ...]:
        """The items that a text finds; see `Items.search`."""
        if not 1 <= limit <= _LARGEST_ANSWER:
            message = f"Ask for 1 to {_LARGEST_ANSWER} hits."
            raise Invalid("limit-out-of-range", message, path="limit", value=limit, facts={"limit": _LARGEST_ANSWER})
        found: dict[str, Card] = {}
        for words, _ in parse_query(text):
            # Words are searched in the order of the contacts, in which every record has its words.
            query = self._query(self._transaction.order, words=words, limit=limit)
            found.update((card.id, card) for card in self._transaction.reader.find(query).cards)
        ordered = sorted(found.values(), key=lambda card: (card.key, card.id))
        return tuple(map(self._card, islice(ordered, limit)))

    def _query(self, order: str, **more: object) -> Query:
        fields: dict[str, object] = {"kind": ITEMS.name, "order": order, "where": self._where, **more}
        return Query(access=read_terms(self._transaction.actor), **fields)  # type: ignore[arg-type] # checked by the storage

    def _card(self, card: Card) -> ItemCard:
        fields = json.load(card.card)
        if "type" in fields:
            fields["type"] = self._transaction.settings.item_types.resolve(fields["type"])
        return ItemCard(id=card.id, version=card.version, **fields)
