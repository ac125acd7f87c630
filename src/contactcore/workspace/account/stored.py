"""Accounts in the storage: the answers from the entries that the host posted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

import attrs

from contactcore.mapping.account import ACCOUNT_ENTRIES, PAYMENT_METHODS, amends_term, effect_on, entry_key
from contactcore.mapping.index_keys import term
from contactcore.model import AccountEntry, PaymentMethod
from contactcore.model.account import AccountPage, AmendedPage, InvoiceHistory, Statement
from contactcore.rules.account import history_of
from contactcore.storage import LARGEST_PAGE, SYSTEM, Card, Query, Stored, cursor_of
from contactcore.values import Currency, Money
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.belonging import BelongingRepository

__all__ = ["StoredAccount"]


class StoredAccount:
    """The accounts in the storage, for an actor who may see them. It answers as `ProvidedAccount` does.

    Args:
        transaction: The transaction that reads.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._reader = transaction.reader
        self.entries: BelongingRepository[AccountEntry] = BelongingRepository(transaction, ACCOUNT_ENTRIES)
        self.saved_methods: BelongingRepository[PaymentMethod] = BelongingRepository(transaction, PAYMENT_METHODS)

    def by_key(self, key: str) -> AccountEntry | None:
        """Return the entry with a key, even if the actor does not see it or it is in the trash; None if there is none.

        Args:
            key: The key of the entry in the host.
        """
        (holder,) = self._reader.holders([entry_key(key)])
        (stored,) = (None,) if holder is None else self.entries.stored([holder[1]])
        return None if stored is None else self.entries.loaded(stored).entity

    def history(
        self, contact_id: str, *, types: Sequence[str], item_id: str, limit: int, after: str | None
    ) -> AccountPage:
        """Return a page of the entries of a contact, newest first.

        Args:
            contact_id: The id of the contact.
            types: The types of the entries; empty for all types.
            item_id: The id of the item of the entries; `""` for all entries.
            limit: The maximum number of entries.
            after: The cursor of the previous page; None for the first page.
        """
        query = _query(contact_id, item_id, types, limit=limit, after=after, descending=True)
        found = self._reader.find_records(query)
        return AccountPage(self._entries_of(found.records), found.last if found.more else None)

    def amended(self, contact_id: str, *, item_id: str, limit: int, after: str | None) -> AmendedPage:
        """Return a page of the amended invoices of a contact, that with the latest amendment first.

        Args:
            contact_id, item_id, limit, after: As for `history`.
        """
        items: list[InvoiceHistory] = []
        query = _query(contact_id, item_id, ("amendment",), limit=limit, after=after, descending=True)
        while True:
            found = self._reader.find_records(query)
            for place, one in enumerate(self._entries_of(found.records)):
                history = self.invoice(contact_id, one.amends)
                # An invoice is listed once, at its latest amendment.
                if history is None or history.current.entry.id != one.id:
                    continue
                items.append(history)
                if len(items) == limit:
                    is_last = place == len(found.records) - 1 and not found.more
                    return AmendedPage(
                        tuple(items), None if is_last else cursor_of("date", one.date.isoformat(), one.id)
                    )
            if not found.more:
                return AmendedPage(tuple(items))
            query = attrs.evolve(query, after=found.last)

    def invoice(self, contact_id: str, key: str) -> InvoiceHistory | None:
        """Return an invoice of a contact with its amendments; None if the contact has no such invoice.

        Args:
            contact_id: The id of the contact.
            key: The key of the invoice in the host.
        """
        invoice = self.by_key(key)
        if invoice is None or invoice.type != "invoice" or invoice.contact_id != contact_id:
            return None
        return history_of(invoice, self._entries_of(self._records(_query(contact_id, amends=key))))

    def balance(self, contact_id: str, *, on: date | None, item_id: str) -> Iterable[Money]:
        """Return the sum of the entries of a contact in each currency.

        Args:
            contact_id: The id of the contact.
            on: The last day whose entries count; None for all entries.
            item_id: The id of the item of the entries; `""` for all entries.
        """
        return Money.totals(map(effect_on, self._cards(_query(contact_id, item_id, stop=_after(on))))).values()

    def statement(self, contact_id: str, start: date, end: date, currency: Currency) -> Statement:
        """Return the opening balance, the entries and the closing balance of a period.

        Args:
            contact_id: The id of the contact.
            start: The first day.
            end: The last day.
            currency: The currency.
        """
        before = _query(contact_id, currency=currency, stop=start.isoformat())
        opening = sum(map(effect_on, self._cards(before)), Money.zero(currency))
        within = _query(contact_id, currency=currency, start=start.isoformat(), stop=_after(end))
        entries = self._entries_of(self._records(within))
        return Statement(
            contact_id=contact_id,
            currency=currency,
            start=start,
            end=end,
            opening=opening,
            entries=entries,
            closing=sum((one.effect for one in entries), opening),
        )

    def methods(self, contact_id: str) -> Iterable[PaymentMethod]:
        """Return the saved payment methods of a contact, in the sequence in which they were saved.

        Args:
            contact_id: The id of the contact.
        """
        return tuple(one.entity for one in self.saved_methods.of(contact_id))

    def _cards(self, query: Query) -> Iterator[Card]:
        """All cards that answer a query."""
        while True:
            found = self._reader.find(query)
            yield from found.cards
            if not found.more:
                return
            query = attrs.evolve(query, after=found.last)

    def _records(self, query: Query) -> Iterator[Stored]:
        """All records that answer a query."""
        while True:
            found = self._reader.find_records(query)
            yield from found.records
            if not found.more:
                return
            query = attrs.evolve(query, after=found.last)

    def _entries_of(self, records: Iterable[Stored]) -> tuple[AccountEntry, ...]:
        return tuple(self.entries.loaded(stored).entity for stored in records)


def _after(day: date | None) -> str | None:
    """The first order key behind a day; None for no end."""
    return None if day is None else f"{day.isoformat()}!"


def _query(
    contact_id: str,
    item_id: str = "",
    types: Sequence[str] = (),
    *,
    currency: Currency | None = None,
    amends: str = "",
    limit: int = LARGEST_PAGE,
    **more: Any,
) -> Query:
    """The query for entries of a contact, which the actor was seen to see, in the order of their days."""
    groups = [
        frozenset({f"contact:{contact_id}"}),
        frozenset({term("item", item_id)} if item_id else ()),
        frozenset(f"type:{type}" for type in types),
        frozenset({f"currency:{currency}"} if currency else ()),
        frozenset({amends_term(amends)} if amends else ()),
    ]
    where = tuple(group for group in groups if group)
    return Query(kind="account-entry", order="date", access=SYSTEM, where=where, limit=limit, **more)
