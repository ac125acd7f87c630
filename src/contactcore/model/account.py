"""Answers about the account of a contact: pages of entries, the history of an invoice, and statements (POR-7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from contactcore.frozen import frozen
from contactcore.model.account_entry import AccountEntry
from contactcore.values import Currency, Money

__all__ = ["AccountPage", "AmendedPage", "InvoiceHistory", "InvoiceVersion", "Statement"]


@frozen
class AccountPage:
    """One page of the entries of an account, newest first; iteration yields the entries.

    Attributes:
        items: The entries.
        next: The cursor for `after`; None on the last page.
    """

    items: tuple[AccountEntry, ...]
    next: str | None = None

    def __iter__(self) -> Iterator[AccountEntry]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


@frozen(kw_only=True)
class InvoiceVersion:
    """An invoice as it was from one entry to the next.

    Attributes:
        entry: The entry that made the version: the invoice itself, or an amendment.
        total: The total of the invoice.
        due: The day when it is due; None for none.
        number: Its number.
        text: Its text.
    """

    entry: AccountEntry
    total: Money
    due: dt.date | None
    number: str
    text: str


@frozen
class InvoiceHistory:
    """An invoice with everything that corrected it.

    Attributes:
        versions: The versions, oldest first. The first one is the invoice as it was posted, the last one is in force.
    """

    versions: tuple[InvoiceVersion, ...]

    @property
    def invoice(self) -> AccountEntry:
        """The invoice as it was posted."""
        return self.versions[0].entry

    @property
    def current(self) -> InvoiceVersion:
        """The version in force."""
        return self.versions[-1]


@frozen
class AmendedPage:
    """One page of amended invoices, that with the latest amendment first; iteration yields their histories.

    Attributes:
        items: The histories.
        next: The cursor for `after`; None on the last page.
    """

    items: tuple[InvoiceHistory, ...]
    next: str | None = None

    def __iter__(self) -> Iterator[InvoiceHistory]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


@frozen(kw_only=True)
class Statement:
    """The account of a contact in one currency over a period.

    Attributes:
        contact_id: The id of the contact.
        currency: The currency.
        start, end: The first and the last day.
        opening: The balance before the first day.
        entries: The entries of the period, oldest first.
        closing: The balance after the last day, which is the opening balance of the next statement.
    """

    contact_id: str
    currency: Currency
    start: dt.date
    end: dt.date
    opening: Money
    entries: tuple[AccountEntry, ...]
    closing: Money
