"""Countries, currencies, numbers and plurals: codes, and how languages write them.

This is the only module that imports babel, and it does so only when a name is needed.
"""

from __future__ import annotations

import functools
import unicodedata
from typing import TYPE_CHECKING

from contactcore.values.iso_codes import COUNTRY_ALIASES, COUNTRY_CODES, CURRENCY_CODES, LANGUAGE_CODES
from contactcore.values.texts import refuse_unstorable

if TYPE_CHECKING:
    from babel import Locale

__all__ = [
    "country_name",
    "currency_name",
    "is_currency",
    "is_language",
    "locale_of",
    "number_signs",
    "plural_category",
    "read_country",
]

_FIRST = ("en", "fr", "de", "pl", "es", "it", "nl", "pt")
_SECOND = (
    *("hu", "cs", "sk", "sl", "hr", "ro", "bg", "el", "sv", "da", "nb", "fi", "et", "lv", "lt", "is"),
    *("tr", "ru", "uk", "ja", "zh", "zh_Hant", "ko", "ar", "he", "vi", "ca"),
)
_NAME_LIMIT = 100


def _key(name: str) -> str:
    """A name without case, accents, spaces and punctuation."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in decomposed if c.isalnum())


def _names(languages: tuple[str, ...]) -> dict[str, str]:
    from babel import Locale

    names: dict[str, str] = {}
    for language in languages:
        for code, name in Locale.parse(language).territories.items():
            if code in COUNTRY_CODES:
                names.setdefault(_key(name), code)
    return names


@functools.cache
def _common_names() -> dict[str, str]:
    from babel.core import get_global

    three = {
        alias.casefold(): codes[0]
        for alias, codes in get_global("territory_aliases").items()
        if len(alias) == 3 and alias.isalpha() and len(codes) == 1 and codes[0] in COUNTRY_CODES
    }
    return three | _names(_FIRST)


@functools.cache
def _other_names() -> dict[str, str]:
    return _names(_SECOND)


def is_language(code: str) -> bool:
    """Whether there is a language with a code of ISO 639.

    Args:
        code: Two or three letters in lower case.

    >>> is_language("fr"), is_language("gsw"), is_language("xx"), is_language("english")
    (True, True, False, False)
    """
    if len(code) != 3:
        return code in LANGUAGE_CODES
    from babel import Locale

    return code in Locale.parse("en").languages or code in {"und", "mul", "zxx"}


def read_country(text: str) -> str | None:
    """The ISO 3166 alpha-2 code of a country; None if the country is unknown.

    Args:
        text: An ISO 3166 code of two or three letters, or a name in one of some thirty languages; in any case, with
            or without accents.

    Raises:
        Invalid: `text-nul`, `text-surrogate`.

    >>> read_country("fr"), read_country("Deutschland"), read_country("U.S.A."), read_country("Narnia")
    ('FR', 'DE', 'US', None)

    Source: DIR-4; ISO 3166-1, CLDR.
    """
    line = refuse_unstorable(text).strip()
    upper = line.upper()
    if upper in COUNTRY_CODES:
        return upper
    if not line or len(line) > _NAME_LIMIT:
        return None
    key = _key(line)
    if key in COUNTRY_ALIASES:
        return COUNTRY_ALIASES[key]
    if not key or key.isdigit():
        return None
    return _common_names().get(key) or _other_names().get(key)


@functools.lru_cache(maxsize=64)
def locale_of(language: str) -> Locale:
    """The CLDR locale of a language.

    A tag without a locale of its own gets the locale of its base language; an unknown language gets English.

    Args:
        language: A BCP 47 tag.

    >>> str(locale_of("pl-PL")), str(locale_of("fr-XX")), str(locale_of("xx"))
    ('pl_PL', 'fr', 'en')
    """
    from babel import Locale, UnknownLocaleError

    parts = language.replace("_", "-").split("-")
    while parts:
        try:
            return Locale.parse("_".join(parts))
        except (UnknownLocaleError, ValueError, TypeError):
            parts.pop()
    return Locale.parse("en")


def number_signs(language: str) -> tuple[str, str]:
    """The signs in numbers of a language: the decimal sign and the sign between groups of three digits.

    Args:
        language: A BCP 47 tag.

    >>> number_signs("de"), number_signs("en"), number_signs("es-MX")
    ((',', '.'), ('.', ','), ('.', ','))
    """
    signs = locale_of(language).number_symbols["latn"]
    return str(signs["decimal"]), str(signs["group"])


def plural_category(language: str, count: float) -> str:
    """The plural category of a number: `"zero"`, `"one"`, `"two"`, `"few"`, `"many"` or `"other"`.

    Args:
        language: A BCP 47 tag.
        count: The number, 0 or more.

    >>> [plural_category("pl", count) for count in (1, 3, 5)], plural_category("fr", 0)
    (['one', 'few', 'many'], 'one')

    Source: Unicode CLDR, Language Plural Rules.
    """
    return locale_of(language).plural_form(count)


@functools.lru_cache(maxsize=4_000)
def country_name(code: str, language: str = "en") -> str:
    """The name of a country in a language; the code itself if there is no name.

    Args:
        code: An ISO 3166 alpha-2 code.
        language: A BCP 47 tag; English by default and for an unknown language.

    >>> country_name("DE", "fr"), country_name("DE", "pl-PL"), country_name("DE", "xx")
    ('Allemagne', 'Niemcy', 'Germany')
    """
    return str(locale_of(language).territories.get(code, code))


def currency_name(code: str, language: str = "en") -> str:
    """The name of a currency in a language; the code itself if there is no name.

    Args:
        code: An ISO 4217 code in upper case.
        language: A BCP 47 tag; English by default and for an unknown language.

    >>> currency_name("PLN", "pl"), currency_name("EUR")
    ('złoty polski', 'Euro')
    """
    return str(locale_of(language).currencies.get(code, code))


@functools.cache
def _past_currencies() -> frozenset[str]:
    from babel.core import get_global

    return frozenset(get_global("all_currencies"))


def is_currency(code: str) -> bool:
    """Whether ISO 4217 lists a code, or listed it in the past.

    Args:
        code: The code in upper case.

    >>> is_currency("PLN"), is_currency("FRF"), is_currency("XYZ")
    (True, True, False)
    """
    if code in CURRENCY_CODES:
        return True
    return len(code) == 3 and code.isascii() and code.isalpha() and code in _past_currencies()
