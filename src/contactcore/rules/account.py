"""Rules of accounts: the same entry posted again, amendments, and the history of an invoice (POR-7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import attrgetter

from contactcore.errors import Problem
from contactcore.model import AccountEntry
from contactcore.model.account import InvoiceHistory, InvoiceVersion
from contactcore.model.account_entry import due_problems
from contactcore.model.restoring import altered

__all__ = ["amendment_problems", "history_of", "same_content", "with_item_of"]

_content = attrgetter("type", "amount", "key", "date", "due", "number", "text", "amends")


def same_content(posted: AccountEntry, stored: AccountEntry) -> bool:
    """Whether an entry that is posted again says what the stored one says.

    Args:
        posted: The entry as it is posted.
        stored: The stored entry with the same key.

    >>> from datetime import date
    >>> paid = AccountEntry("payment", "5 EUR", key="P1", date=date(2026, 1, 31))
    >>> same_content(paid, AccountEntry("payment", "5.00 EUR", key="P1", date="2026-01-31"))
    True
    """
    # An amendment has the item of its invoice, which need not be repeated.
    is_same_item = posted.item_id in {stored.item_id, "" if stored.amends else stored.item_id}
    return _content(posted) == _content(stored) and is_same_item


def amendment_problems(amendment: AccountEntry, invoice: AccountEntry) -> Iterator[Problem]:
    """The problems of an amendment of an invoice of the same contact.

    Args:
        amendment: The amendment.
        invoice: The invoice that it corrects.
    """
    currency = invoice.amount.currency
    if amendment.amount.currency != currency:
        message = f"The invoice is in {currency}, and so is its correction."
        yield Problem("amendment-currency", "amount.currency", message, str(amendment.amount.currency))
    if amendment.date < invoice.date:
        message = f"The invoice is of {invoice.date.isoformat()}: nothing corrects it before."
        yield Problem("amendment-too-early", "date", message, amendment.date.isoformat())
    yield from due_problems(amendment.due, invoice.date)
    if amendment.item_id not in {"", invoice.item_id}:
        message = "An amendment has the item of its invoice: leave this out."
        yield Problem("amendment-item", "item_id", message, amendment.item_id)


def with_item_of(amendment: AccountEntry, invoice: AccountEntry) -> AccountEntry:
    """An amendment with the item of the invoice that it corrects.

    Args:
        amendment: The amendment.
        invoice: The invoice.
    """
    return altered(amendment, {"item_id": invoice.item_id, "item_name": invoice.item_name})


def history_of(invoice: AccountEntry, amendments: Iterable[AccountEntry]) -> InvoiceHistory:
    """An invoice with a version for each of its amendments.

    Args:
        invoice: The invoice.
        amendments: Its amendments, oldest first. What an amendment leaves out stays as it was.

    >>> from datetime import date
    >>> invoice = AccountEntry("invoice", "120 EUR", key="F1", date=date(2026, 1, 1), number="F1")
    >>> less = AccountEntry("amendment", "-20 EUR", key="F1a", date=date(2026, 1, 9), amends="F1")
    >>> [(str(version.total), version.number) for version in history_of(invoice, [less]).versions]
    [('120.00 EUR', 'F1'), ('100.00 EUR', 'F1')]
    """
    due, number, text, total = invoice.due, invoice.number, invoice.text, invoice.amount
    versions = [InvoiceVersion(entry=invoice, total=total, due=due, number=number, text=text)]
    for one in amendments:
        due, number, text = one.due or due, one.number or number, one.text or text
        total += one.amount
        versions.append(InvoiceVersion(entry=one, total=total, due=due, number=number, text=text))
    return InvoiceHistory(tuple(versions))
