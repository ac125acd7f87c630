"""The wording of dates, numbers, lists and yes or no in a language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import copy
from datetime import date, datetime

from contactcore.model import ENTRY_TYPES
from contactcore.values import Address, Money
from contactcore.values.country import country_name, locale_of
from contactcore.values.money import decimals_of

__all__ = ["country_of", "day", "entry_type", "join", "money", "number", "yes_no"]

_LETTER_BEFORE_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)")
_YES_NO = {
    "de": ("ja", "nein"),
    "en": ("yes", "no"),
    "es": ("sí", "no"),
    "fr": ("oui", "non"),
    "it": ("sì", "no"),
    "nl": ("ja", "nee"),
    "pl": ("tak", "nie"),
    "pt": ("sim", "não"),
}


_ENTRY_TYPES = {
    "de": ("Rechnung", "Gutschrift", "Zahlung", "Erstattung", "Korrektur"),
    "en": ("Invoice", "Credit note", "Payment", "Refund", "Amendment"),
    "es": ("Factura", "Abono", "Pago", "Reembolso", "Rectificación"),
    "fr": ("Facture", "Avoir", "Paiement", "Remboursement", "Rectification"),
    "it": ("Fattura", "Nota di credito", "Pagamento", "Rimborso", "Rettifica"),
    "nl": ("Factuur", "Creditnota", "Betaling", "Terugbetaling", "Correctie"),
    "pl": ("Faktura", "Nota uznaniowa", "Płatność", "Zwrot", "Korekta"),
    "pt": ("Fatura", "Nota de crédito", "Pagamento", "Reembolso", "Retificação"),
}
"""Language -> the words for the types of the entries of accounts, in the sequence of `ENTRY_TYPES`."""


def join(parts: Sequence[str], language: str) -> str:
    """Join parts to one phrase with the list patterns of CLDR.

    Args:
        parts: Texts to join.
        language: Language code, such as `"fr-CA"`.

    >>> join(["A", "B"], "en"), join(["A", "B", "C"], "fr"), join(["A", "B"], "pl")
    ('A and B', 'A, B et C', 'A i B')
    """
    if len(parts) < 2:
        return "".join(parts)
    patterns = locale_of(language).list_patterns["standard"]
    if len(parts) == 2:
        return _pair(patterns["2"], *parts)
    result = _pair(patterns["end"], parts[-2], parts[-1])
    for part in reversed(parts[1:-2]):
        result = _pair(patterns["middle"], part, result)
    return _pair(patterns["start"], parts[0], result)


def _pair(pattern: str, first: str, second: str) -> str:
    """Fill the two places of a pattern. The braces of the values are not interpreted."""
    before, _, rest = pattern.partition("{0}")
    between, _, after = rest.partition("{1}")
    return before + first + between + second + after


def day(value: date, language: str) -> str:
    """Write a date in the long form of a language.

    >>> day(date(2026, 3, 5), "en"), day(date(2026, 3, 5), "fr"), day(date(2026, 3, 5), "pl")
    ('March 5, 2026', '5 mars 2026', '5 marca 2026')
    """
    locale = locale_of(language)
    midnight = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - a day has no time zone
    return str(locale.date_formats["long"].apply(midnight, locale))


def number(value: float, language: str) -> str:
    """Write a number with the language's decimal mark, all digits and no grouping, because it may be a reference.

    >>> number(12.5, "fr"), number(1234567, "fr")
    ('12,5', '1234567')
    """
    from decimal import Decimal

    written = format(Decimal(repr(value)), "f")
    symbols = locale_of(language).number_symbols
    return written.replace(".", str(symbols.get("latn", symbols).get("decimal", ".")))


def yes_no(value: bool, language: str) -> str:
    """Return the word for yes or no, in English if the language is unknown.

    >>> yes_no(True, "fr-CA"), yes_no(False, "pl")
    ('oui', 'nie')
    """
    return _YES_NO.get(language.partition("-")[0].lower(), _YES_NO["en"])[0 if value else 1]


def money(value: Money, language: str) -> str:
    r"""Write money as the language does, with the decimals of the currency by ISO 4217.

    >>> money(Money("1234.5", "EUR"), "en"), money(Money("12.50", "HUF"), "en"), money(Money(-5, "JPY"), "en")
    ('€1,234.50', 'HUF\xa012.50', '-¥5')
    """
    locale = locale_of(language)
    decimals = decimals_of(value.currency)
    code = value.currency.text
    pattern = copy(locale.currency_formats["standard"])
    # The decimals of babel are those of prices in shops, and would round an invoice.
    pattern.frac_prec = (decimals, decimals)
    written = pattern.apply(value.amount, locale, currency=code, currency_digits=False)
    # CLDR puts a space between the letters of a code and digits, and babel does not.
    return _LETTER_BEFORE_DIGIT.sub("\u00a0", str(written))


def entry_type(type: str, language: str) -> str:
    """Return the word for the type of an entry of an account, in English if the language is unknown.

    >>> entry_type("credit-note", "fr-CA"), entry_type("invoice", "xx")
    ('Avoir', 'Invoice')
    """
    words = _ENTRY_TYPES.get(language.partition("-")[0].lower(), _ENTRY_TYPES["en"])
    return words[ENTRY_TYPES.index(type)]


def country_of(address: Address, language: str) -> str:
    """Return the name of an address's country in a language, or the country as it was given."""
    return country_name(address.country, language) if address.country else address.country_text
