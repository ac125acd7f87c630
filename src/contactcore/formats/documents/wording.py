"""The wording of dates, numbers, lists and yes or no in a language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from contactcore.values import Address
from contactcore.values.country import country_name, locale_of

__all__ = ["country_of", "day", "join", "number", "yes_no"]

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


def country_of(address: Address, language: str) -> str:
    """Return the name of an address's country in a language, or the country as it was given."""
    return country_name(address.country, language) if address.country else address.country_text
