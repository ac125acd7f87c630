"""Exact amounts of money in currencies of ISO 4217."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Context, Decimal, Inexact, InvalidOperation

from contactcore.errors import Invalid, collect, records_of
from contactcore.frozen import frozen
from contactcore.read_only import ReadOnlyDict
from contactcore.values.card_numbers import has_card_number
from contactcore.values.currency import Currency
from contactcore.values.iso_codes import CURRENCY_DECIMALS, WITHOUT_DECIMALS

__all__ = ["LARGEST_AMOUNT", "Money", "decimals_of"]

LARGEST_AMOUNT = 10**15
"""The first amount that is too large, of either sign."""

# The result of a calculation never depends on the context of the application's thread, and is exact or an error.
_EXACT = Context(prec=100, traps=[Inexact, InvalidOperation])
_WRITTEN = re.compile(r"[+-]?\d{1,100}(?:\.\d{1,100})?", re.ASCII)
_LONGEST = 200


def decimals_of(currency: Currency) -> int:
    """The number of decimals of a currency by ISO 4217.

    Args:
        currency: The currency; a currency of the past has two decimals here.

    Raises:
        Invalid: `currency-decimals` for a code without decimals, such as XAU (gold) and XXX (no currency).

    >>> [decimals_of(Currency(code)) for code in ("EUR", "JPY", "KWD", "HUF")]
    [2, 0, 3, 2]
    """
    if currency.text in WITHOUT_DECIMALS:
        message = "Nobody pays in this: ISO 4217 gives it no decimals. Choose the currency of a country."
        raise Invalid("currency-decimals", message, value=currency.text)
    return CURRENCY_DECIMALS.get(currency.text, 2)


def _parse_amount(value: object) -> Decimal:
    """The number in a text, a whole number or a `Decimal`, still with the given decimals."""
    if isinstance(value, str):
        line = value.strip() if len(value) <= _LONGEST else ""
        if not _WRITTEN.fullmatch(line):
            shown = None if len(value) > _LONGEST or has_card_number(value) else value
            raise Invalid("amount-syntax", "Write the amount as 1234.50, with digits and a point.", value=shown)
        return Decimal(line)
    if isinstance(value, int) and not isinstance(value, bool):
        # The text of an int of thousands of digits cannot be made.
        return Decimal(value) if abs(value) < LARGEST_AMOUNT else Decimal(LARGEST_AMOUNT)
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise Invalid("amount-not-finite", "Give an amount that is a number.", value=str(value))
        return value
    message = f"Give a Decimal, a whole number or text, not {type(value).__name__}: only these are exact."
    raise Invalid("amount-type", message, value=value)


def _parse_currency(value: object) -> Currency:
    currency = value if isinstance(value, Currency) else Currency(value)  # type: ignore[arg-type] # it refuses
    decimals_of(currency)
    return currency


@frozen(init=False)
class Money:
    """An exact amount in a currency, with the decimals that ISO 4217 gives the currency.

    Args:
        amount: A `Decimal`, a whole number, or text such as `"1234.50"`. A float is refused, because it is not exact.
            More decimals than the currency has are accepted if they are zeros.
        currency: A currency, or its ISO 4217 code.

    Raises:
        Invalid: All problems at once: `amount-type`, `amount-syntax`, `amount-not-finite`, `amount-decimals`,
            `amount-too-large` from 10**15 on, `currency-unknown`, `currency-decimals`.

    >>> str(Money("120", "EUR")), str(Money("120", "JPY"))
    ('120.00 EUR', '120 JPY')
    >>> str(Money("0.10", "EUR") + Money("0.20", "EUR"))
    '0.30 EUR'
    >>> Money("1.005", "EUR")
    Traceback (most recent call last):
    contactcore.errors.Invalid: amount: EUR has 2 decimals: round the amount yourself. (got '1.005')

    Source: POR-7; ISO 4217.
    """

    amount: Decimal
    currency: Currency

    def __init__(self, amount: Decimal | int | str, currency: Currency | str) -> None:
        number, of = collect(("amount", lambda: _parse_amount(amount)), ("currency", lambda: _parse_currency(currency)))
        assert isinstance(number, Decimal)
        assert isinstance(of, Currency)
        self.__attrs_init__(_rounded(number, of), of)

    @classmethod
    def parse(cls, text: str) -> Money:
        """The money that a text states.

        Args:
            text: The amount and the currency, such as `"120.00 EUR"`.

        Raises:
            Invalid: `amount-syntax`, and the codes of the constructor.

        >>> Money.parse("-5 EUR").amount
        Decimal('-5.00')
        """
        if not isinstance(text, str):
            raise Invalid("amount-type", f"Give Money, or text like 120.00 EUR, not {type(text).__name__}.", value=text)
        amount, blank, currency = text.strip().rpartition(" ") if len(text) <= _LONGEST else ("", "", "")
        try:
            if blank:
                return cls(amount, currency)
        except Invalid:
            # The parts of a card number in groups stay out of the error too.
            if not has_card_number(text):
                raise
        shown = None if len(text) > _LONGEST or has_card_number(text) else text
        raise Invalid("amount-syntax", "Write the amount and the currency as 120.00 EUR.", value=shown)

    @classmethod
    def restore(cls, amount: str, currency: str) -> Money:
        """Rebuilds stored money without validating it.

        Args:
            amount: The amount as it is stored.
            currency: The ISO 4217 code.

        >>> Money.restore("120.00", "EUR") == Money(120, "EUR")
        True
        """
        return _made(Decimal(amount), Currency(currency))

    @classmethod
    def zero(cls, currency: Currency) -> Money:
        """No money in a currency.

        Args:
            currency: The currency.

        >>> str(Money.zero(Currency("EUR")))
        '0.00 EUR'
        """
        return cls(0, currency)

    @classmethod
    def totals(cls, amounts: Iterable[Money]) -> ReadOnlyDict[str, Money]:
        """The sum of amounts in each of their currencies, by the ISO 4217 code in alphabetical order.

        Args:
            amounts: Amounts in any currencies.

        Raises:
            Invalid: `not-a-list`; `record-type` for anything but money.

        >>> totals = Money.totals([Money(1, "USD"), Money(2, "EUR"), Money(3, "USD")])
        >>> [str(total) for total in totals.values()]
        ['2.00 EUR', '4.00 USD']
        """
        sums: dict[str, Money] = {}
        for one in records_of(Money, amounts=amounts):
            code = one.currency.text
            sums[code] = sums[code] + one if code in sums else one
        return ReadOnlyDict(dict(sorted(sums.items())))

    def __add__(self, other: Money) -> Money:
        if not isinstance(other, Money):
            return NotImplemented
        if other.currency != self.currency:
            message = f"Amounts in {self.currency} and {other.currency} have no sum: use Money.totals."
            raise Invalid("currency-differs", message, value=str(other))
        return _made(_EXACT.add(self.amount, other.amount), self.currency)

    def __neg__(self) -> Money:
        return self if self.amount.is_zero() else _made(self.amount.copy_negate(), self.currency)

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}"


def _made(amount: Decimal, currency: Currency) -> Money:
    made = Money.__new__(Money)
    made.__attrs_init__(amount, currency)
    return made


def _rounded(number: Decimal, currency: Currency) -> Decimal:
    """The number with the decimals of the currency, if it needs no rounding."""
    if not number.is_zero() and number.adjusted() >= len(str(LARGEST_AMOUNT)) - 1:
        message = f"An amount has at most {len(str(LARGEST_AMOUNT)) - 1} digits before the point."
        raise Invalid("amount-too-large", message, path="amount", facts={"limit": LARGEST_AMOUNT})
    decimals = decimals_of(currency)
    try:
        # A zero without a sign: minus nothing is nothing.
        exact = Decimal(0) if number.is_zero() else number
        return exact.quantize(Decimal(1).scaleb(-decimals, _EXACT), context=_EXACT)
    except (Inexact, InvalidOperation):
        message = f"{currency} has {decimals} decimals: round the amount yourself."
        facts = {"decimals": decimals}
        shown = str(number)[:_LONGEST]
        raise Invalid("amount-decimals", message, path="amount", value=shown, facts=facts) from None
