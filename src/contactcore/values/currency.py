"""Currencies by their ISO 4217 codes."""

from __future__ import annotations

from contactcore.errors import Invalid
from contactcore.frozen import frozen
from contactcore.values.country import is_currency
from contactcore.values.texts import clean_line

__all__ = ["Currency"]


@frozen(init=False)
class Currency:
    """A currency of today or of the past.

    Past currencies are accepted because old invoices are in francs or in German marks.

    Args:
        text: An ISO 4217 code in any case.

    Raises:
        Invalid: `currency-unknown`, and the codes of `contactcore.values.texts`.

    >>> str(Currency("eur"))
    'EUR'

    Source: DIR-6; ISO 4217.
    """

    text: str

    def __init__(self, text: str) -> None:
        code = clean_line(text).upper()
        if not is_currency(code):
            raise Invalid("currency-unknown", "Give the three letters of a currency, like EUR.", value=text)
        self.__attrs_init__(code)

    def __str__(self) -> str:
        return self.text
