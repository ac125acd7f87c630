"""Saved payment methods of contacts: a reference and a mask, never the number of a card (POR-7)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Self

import attrs

from contactcore.errors import Invalid, Problem
from contactcore.frozen import frozen
from contactcore.model import conversion, parsing, value_conversion
from contactcore.model.restoring import restored
from contactcore.values import PartialDate
from contactcore.values.card_numbers import refuse_card_number
from contactcore.values.texts import clean_line

__all__ = ["PaymentMethod"]

_FOUR_DIGITS = re.compile(r"\d{4}", re.ASCII)


def _parse_line(value: str | None) -> str:
    # First of all, because other refusals contain the value.
    refuse_card_number(value)
    return "" if value is None else clean_line(value)


def _parse_last_four(value: str | None) -> str:
    refuse_card_number(value)
    line = value.strip() if isinstance(value, str) else value
    if line is None or line == "":
        return ""
    if not isinstance(line, str) or not _FOUR_DIGITS.fullmatch(line):
        # The value stays out of the error, because it may be most of a number.
        raise Invalid("last-four-syntax", "Give the last four digits, as text, and no others.")
    return line


def _parse_expiry(value: PartialDate | str | None) -> PartialDate | None:
    refuse_card_number(value)
    read = value_conversion.partial_date(value)
    if isinstance(read, parsing.Refusal):
        raise Invalid(read.problems)
    if read is not None and (read.year is None or read.month is None or read.day is not None):
        raise Invalid("expiry-syntax", "Write the year and the month, like 2027-05.", value=str(read))
    return read


_read_line = parsing.converter(_parse_line)
_read_last_four = parsing.converter(_parse_last_four)
_read_expiry = parsing.converter(_parse_expiry)


def _line(value: str | None) -> str:
    return _read_line(value)


def _last_four(value: str | None) -> str:
    return _read_last_four(value)


def _expiry(value: PartialDate | str | None) -> PartialDate | None:
    return _read_expiry(value)


@frozen
class PaymentMethod:
    """A payment method that a contact has saved with the host's payment service (POR-7).

    Attributes:
        reference: The reference by which the payment service knows the method. Portal users do not see it.
        brand: The name of the brand or the bank, such as `"Visa"`.
        last_four: The last four digits of the number; `""` for none.
        expiry: The last month in which the method is valid, such as `"2027-05"`; None for none.
        id: The id that the library assigns; `""` before the method is stored.
        version: The number of stored versions; 0 before the method is stored.
        contact_id: The id of the contact; set by the library.
        since: The time when the method was saved, in UTC; set by the library.

    Raises:
        Invalid: One error lists all problems, each with its field as path: `reference-missing`, `last-four-syntax`,
            `expiry-syntax`; `card-number` for a text that contains one, which the error does not repeat.

    >>> PaymentMethod("tok_1", brand="Visa", last_four="4242", expiry="2027-05").mask
    'Visa •••• 4242, 2027-05'
    >>> PaymentMethod("4111 1111 1111 1111")
    Traceback (most recent call last):
    contactcore.errors.Invalid: reference: This contains the number of a payment card: store a reference and a mask \
instead.
    """

    reference: str = attrs.field(default="", converter=_line)
    brand: str = attrs.field(default="", converter=_line, kw_only=True)
    last_four: str = attrs.field(default="", converter=_last_four, kw_only=True)
    expiry: PartialDate | None = attrs.field(default=None, converter=_expiry, kw_only=True)
    id: str = attrs.field(default="", converter=parsing.as_given, kw_only=True)
    version: int = attrs.field(default=0, converter=parsing.whole_number, kw_only=True)
    contact_id: str = attrs.field(default="", converter=parsing.as_given, kw_only=True)
    since: datetime | None = attrs.field(default=None, converter=conversion.moment, kw_only=True)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self, self._problems())

    def _problems(self) -> Iterable[Problem]:
        if self.reference == "":
            yield Problem("reference-missing", "reference", "Give the reference of the payment service.")

    @classmethod
    def restore(cls, values: Mapping[str, Any]) -> Self:
        """Rebuilds a stored method without validating its fields.

        Args:
            values: The stored fields by name; a missing field has its default.
        """
        return restored(cls, values)

    @property
    def kind(self) -> str:
        """`"payment-method"`."""
        return "payment-method"

    @property
    def mask(self) -> str:
        """The method as a client knows it: brand, last four digits and expiry."""
        named = " ".join(part for part in (self.brand, f"•••• {self.last_four}" if self.last_four else "") if part)
        return ", ".join(part for part in (named, str(self.expiry or "")) if part)
