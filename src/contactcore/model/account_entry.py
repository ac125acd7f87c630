"""Entries of the accounts of contacts: invoices, credit notes, payments, refunds and amendments (POR-7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Literal, Self, get_args

import attrs

from contactcore.errors import Invalid, Problem, with_article
from contactcore.frozen import frozen
from contactcore.model import conversion, parsing, value_conversion
from contactcore.model.restoring import restored
from contactcore.values import Money
from contactcore.values.card_numbers import refuse_card_number
from contactcore.values.texts import clean_line, clean_text

__all__ = ["ENTRY_TYPES", "PAYMENT_TYPES", "AccountEntry", "EntryType", "due_problems", "money"]

EntryType = Literal["invoice", "credit-note", "payment", "refund", "amendment"]
"""The type of an entry decides whether the entry adds to the balance or reduces it."""

ENTRY_TYPES: tuple[str, ...] = get_args(EntryType)
PAYMENT_TYPES = ("payment", "refund")
"""The types of entries by which money moves."""

_REDUCING = ("credit-note", "payment")


def _find_type(value: str) -> str:
    refuse_card_number(value)
    found = clean_line(value)
    if found not in ENTRY_TYPES:
        raise Invalid("entry-type-unknown", f"An entry is one of {', '.join(ENTRY_TYPES)}.", value=value)
    return found


def _parse_line(value: str | None) -> str:
    # First of all, because other refusals contain the value.
    refuse_card_number(value)
    return "" if value is None else clean_line(value)


def _parse_text(value: str | None) -> str:
    refuse_card_number(value)
    return "" if value is None else clean_text(value)


_read_type = parsing.converter(_find_type)
_read_line = parsing.converter(_parse_line)
_read_text = parsing.converter(_parse_text)
_read_money = parsing.converter(lambda value: value if isinstance(value, Money) else Money.parse(value))


def _type(value: str) -> str:
    return _read_type(value)


def _line(value: str | None) -> str:
    return _read_line(value)


def _text(value: str | None) -> str:
    return _read_text(value)


def money(value: Money | str) -> Money:
    """A converter for money; text such as `"120.00 EUR"` is parsed."""
    return _read_money(value)


def _day(value: dt.date | str) -> dt.date:
    read = value_conversion.day(value)
    if read is None:
        refused: dt.date = parsing.reject("date-empty", "Give the date of the entry.")
        return refused
    return read


def due_problems(due: object, invoiced: dt.date) -> Iterable[Problem]:
    """The problem of an invoice that is due before its own date; no day is no problem.

    Args:
        due: The day when the invoice is due.
        invoiced: The date of the invoice.
    """
    if isinstance(due, dt.date) and due < invoiced:
        message = f"The invoice is of {invoiced.isoformat()}, and would be due before: correct one of the days."
        yield Problem("due-too-early", "due", message, due.isoformat())


@frozen
class AccountEntry:
    """An entry of the account of a contact, as the host posts it (POR-7).

    The types have a fixed meaning for the balance, which is what the contact owes. An invoice and a refund add their
    amount to it; a credit note and a payment reduce it. Their amounts are never negative. An amendment corrects an
    invoice by the difference: `-20.00` if the invoice of 120.00 should have been one of 100.00.

    Attributes:
        type: `"invoice"`, `"credit-note"`, `"payment"`, `"refund"` or `"amendment"`.
        amount: The amount, `Money` or text such as `"120.00 EUR"`. Only that of an amendment may be negative; only
            those of an invoice and an amendment may be zero.
        key: The key of the entry in the host, unique in the workspace, by which posting is idempotent.
        date: The day of the entry, which decides the balances in which it counts.
        due: The day when an invoice is due; for an amendment the new one; None for none.
        number: The number on the paper, such as that of the invoice.
        text: What the entry is for. The client reads it.
        amends: For an amendment, the key of the invoice that it corrects.
        item_id: The id of the item of the contact that the entry is for; `""` for none.
        item_name: The name of that item when the entry was posted; set by the library.
        id: The id that the library assigns; `""` before the entry is stored.
        version: The number of stored versions. Only the trash stores new ones.
        contact_id: The id of the contact; set by the library.
        since: The time when the entry was posted, in UTC; set by the library.

    Raises:
        Invalid: One error lists all problems, each with its field as path: the codes of `Money`; `entry-type-unknown`,
            `key-missing`, `amount-negative`, `amount-zero`, `due-misplaced`, `due-too-early`, `amends-missing`,
            `amends-misplaced`; `card-number` for a text that contains one.

    >>> from datetime import date
    >>> paid = AccountEntry("payment", "50 EUR", key="P1", date=date(2026, 1, 31))
    >>> str(paid.amount), str(paid.effect)
    ('50.00 EUR', '-50.00 EUR')
    """

    type: str = attrs.field(converter=_type)
    amount: Money = attrs.field(converter=money)
    key: str = attrs.field(converter=_line, kw_only=True)
    date: dt.date = attrs.field(converter=_day, kw_only=True)
    due: dt.date | None = attrs.field(default=None, converter=value_conversion.day, kw_only=True)
    number: str = attrs.field(default="", converter=_line, kw_only=True)
    text: str = attrs.field(default="", converter=_text, kw_only=True)
    amends: str = attrs.field(default="", converter=_line, kw_only=True)
    item_id: str = attrs.field(default="", converter=_line, kw_only=True)
    item_name: str = attrs.field(default="", converter=parsing.line, kw_only=True)
    id: str = attrs.field(default="", converter=parsing.as_given, kw_only=True)
    version: int = attrs.field(default=0, converter=parsing.whole_number, kw_only=True)
    contact_id: str = attrs.field(default="", converter=parsing.as_given, kw_only=True)
    since: dt.datetime | None = attrs.field(default=None, converter=conversion.moment, kw_only=True)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self, self._problems())

    def _problems(self) -> Iterable[Problem]:
        if self.key == "":
            yield Problem("key-missing", "key", "Give the key by which you know the entry.")
        if not isinstance(self.type, str):
            return
        if isinstance(self.amount, Money):
            yield from self._amount_problems(self.amount)
        if self.due is not None and self.type not in {"invoice", "amendment"}:
            yield Problem("due-misplaced", "due", "Only an invoice is due: leave this out.", str(self.due))
        if self.type == "invoice" and isinstance(self.date, dt.date):
            yield from due_problems(self.due, self.date)
        if self.type == "amendment" and self.amends == "":
            yield Problem("amends-missing", "amends", "Give the key of the invoice that this corrects.")
        if self.type != "amendment" and self.amends != "" and isinstance(self.amends, str):
            message = "Only an amendment corrects an invoice: leave this out."
            yield Problem("amends-misplaced", "amends", message, self.amends)

    def _amount_problems(self, amount: Money) -> Iterable[Problem]:
        if self.type == "amendment":
            return
        if amount.amount < 0:
            message = "Give the amount without a sign: the type says whether the contact owes more or less."
            yield Problem("amount-negative", "amount", message, str(amount))
        if amount.amount.is_zero() and self.type != "invoice":
            yield Problem(
                "amount-zero", "amount", f"{with_article(self.type, 'A')} of nothing changes nothing.", str(amount)
            )

    @classmethod
    def restore(cls, values: Mapping[str, Any]) -> Self:
        """Rebuilds a stored entry without validating its fields.

        Args:
            values: The stored fields by name; a missing field has its default.
        """
        return restored(cls, values)

    @property
    def kind(self) -> str:
        """`"account-entry"`."""
        return "account-entry"

    @property
    def effect(self) -> Money:
        """The change of the balance, which is what the contact owes: negative if it owes less."""
        return -self.amount if self.type in _REDUCING else self.amount
