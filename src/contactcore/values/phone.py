"""Phone numbers: parsed once with the rules of a country, stored in their international spelling."""

from __future__ import annotations

import re
from collections.abc import Iterable

import attrs

from contactcore.errors import Invalid, check_list, check_text
from contactcore.frozen import frozen
from contactcore.values import phone_plans
from contactcore.values.kind import clean_kind_field
from contactcore.values.texts import clean_line

__all__ = ["PhoneNumber"]

_TEXT_LIMIT = 250
"""The digits at the end of a number that people remember and type."""
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
"""Invisible characters that address books put around numbers; they have no meaning in a number."""
_THIN_SPACES = re.compile("[\u1680\u2000-\u200a\u202f\u205f]")
"""Typographic spaces between digits, which phonenumbers does not recognise."""

_REMARK = re.compile(r"\d.*\((?!\s*(?:e?xt|int|anexo|доб))[^()\d]*[^\W\d_]{3}", re.IGNORECASE)
"""A word in brackets after digits (`0711/123-0 (Zentrale)`); vanity letters are never in brackets."""


@frozen(init=False, order=False)
class PhoneNumber:
    """One phone number that can be dialled from any country; all its spellings are equal.

    A number is accepted if its length is possible in its country. An unassigned number is accepted too, because real
    address books contain many of them; `valid` says whether the numbering plan has assigned the number.

    Args:
        text: The number as people write it: `01 44 55 66 77`, `+33 1 44 55 66 77`, `00 33 …`, `tel:…`, with vanity
            letters, with an extension (`x123`, `;ext=123`).
        country: The ISO 3166 code of the region whose rules apply to a number without country code. None means that
            the region is unknown; then only numbers with `+` are accepted.
        kind: `"work"`, `"mobile"`, … (see `PHONE_KINDS`) or any other word, stored as a slug; `""` for unknown.

    Raises:
        Invalid: `phone-empty`, `phone-country-missing`, `phone-syntax`, `phone-calling-code`,
            `phone-too-short`, `phone-too-long`, `phone-not-possible`, and the codes of
            `contactcore.values.texts`.

    >>> number = PhoneNumber("01 44 55 66 77 x12", country="FR", kind="work")
    >>> str(number), number.extension, number.country, number.national
    ('+33144556677', '12', 'FR', '01 44 55 66 77 ext. 12')
    >>> PhoneNumber("0033 1 44 55 66 77", "DE") == PhoneNumber("+33144556677")
    True

    Source: DIR-3; ITU-T E.164.
    """

    e164: str
    extension: str = ""
    kind: str = ""
    text: str = attrs.field(default="", eq=False)

    def __init__(self, text: str, country: str | None = None, kind: str = "") -> None:
        cleaned = clean_line(text, limit=_TEXT_LIMIT)
        region = _region(country)
        e164 = phone_plans.accept_plain(cleaned, region)
        extension = ""
        if not e164:
            if not cleaned.isascii():
                cleaned = _THIN_SPACES.sub(" ", _INVISIBLE.sub("", cleaned)).strip()
            if not cleaned:
                raise Invalid("phone-empty", "A phone number is needed, like +33 1 44 55 66 77.", value=text)
            if _REMARK.search(cleaned):
                raise Invalid("phone-syntax", "Leave the words out: they would be read as digits.", value=text)
            e164, extension = phone_plans.parse_by_library(cleaned, region)
        self.__attrs_init__(e164, extension, clean_kind_field(kind), cleaned)

    @classmethod
    def restore(cls, e164: str, *, extension: str = "", kind: str = "", text: str = "") -> PhoneNumber:
        """Rebuilds a stored number without validating it.

        A stored number stays readable even if newer metadata would refuse it.

        Args:
            e164: The number in E.164 format.
            extension: The digits of the extension; `""` for none.
            kind: The kind, a slug; `""` for unknown.
            text: The number as originally written; `""` for unknown.

        >>> PhoneNumber.restore("+33144556677") == PhoneNumber("+33144556677")
        True
        """
        self = cls.__new__(cls)
        self.__attrs_init__(e164, extension, kind, text)
        return self

    @classmethod
    def parse_in(cls, text: str, countries: Iterable[str], kind: str = "") -> PhoneNumber:
        """Parses a number that may be national in one of several countries.

        The first country where the number is valid decides, else the first one where it is possible.

        Args:
            text: The number as people write it.
            countries: ISO 3166 codes, the likeliest first; none for an unknown country.
            kind: The kind, as for the constructor.

        Raises:
            Invalid: The refusal in the likeliest country; the codes of the constructor; `not-a-list` for countries that
                are no list.

        >>> [str(PhoneNumber.parse_in(text, ["US", "FR"])) for text in ("(212) 555-1234", "06 12 34 56 78")]
        ['+12125551234', '+33612345678']
        """
        check_list(countries=countries)
        given = tuple(filter(None, countries))
        check_text(**{f"countries[{index}]": country for index, country in enumerate(given)})
        several = tuple(dict.fromkeys(given))
        if len(several) < 2:
            return cls(text, several[0] if several else None, kind)
        refusal: Invalid | None = None
        possible: PhoneNumber | None = None
        for country in several:
            try:
                number = cls(text, country, kind)
            except Invalid as error:
                refusal = refusal or error
                continue
            if number.valid:
                return number
            possible = possible or number
        if possible is None:
            raise refusal or AssertionError("there is a country")
        return possible

    @property
    def valid(self) -> bool:
        """Whether the numbering plan of the country has assigned the range of the number."""
        return phone_plans.is_valid(self.e164)

    @property
    def country(self) -> str:
        """The ISO 3166 code of the number's region; `""` for non-geographic numbers and for an unknown region."""
        return phone_plans.region_of(self.e164)

    @property
    def national(self) -> str:
        """The number in the national format of its country."""
        return phone_plans.format_number(self.e164, self.extension, "NATIONAL")

    @property
    def international(self) -> str:
        """The number in international format: `+`, the country code, and groups of digits."""
        return phone_plans.format_number(self.e164, self.extension, "INTERNATIONAL")

    @property
    def uri(self) -> str:
        """The number as a link with the scheme `tel` (RFC 3966).

        >>> PhoneNumber("+33 1 44 55 66 77 x12").uri
        'tel:+33144556677;ext=12'
        """
        return f"tel:{self.e164};ext={self.extension}" if self.extension else f"tel:{self.e164}"

    @property
    def key(self) -> str:
        """The form that all spellings of one number share: the number and its extension, without the kind."""
        return f"{self.e164}x{self.extension}" if self.extension else self.e164

    def search_digits(self) -> tuple[str, ...]:
        """The digit strings by which a search finds the number (DIR-10): by its beginning, or by its last six digits.

        >>> PhoneNumber("01 44 55 66 77", "FR").search_digits()
        ('33144556677', '0144556677', '144556677', '556677')
        """
        return phone_plans.search_digits(self.e164)

    def with_kind(self, kind: str) -> PhoneNumber:
        """The same number with another kind.

        Args:
            kind: `"work"`, `"mobile"`, … or any other word; `""` for unknown.

        Raises:
            Invalid: As for `clean_kind`, with the path `kind`.

        >>> PhoneNumber("+33144556677").with_kind("mobile").kind
        'mobile'
        """
        return self.restore(self.e164, extension=self.extension, kind=clean_kind_field(kind), text=self.text)

    def __str__(self) -> str:
        return self.e164


def _region(country: str | None) -> str:
    """The code of the region in upper case; `""` for none. UK is accepted for GB."""
    if country is None or country == "":
        return ""
    if type(country) is str and len(country) == 2 and country.isascii() and country.isupper():
        return "GB" if country == "UK" else country
    try:
        region = clean_line(country, limit=_TEXT_LIMIT).upper()
    except Invalid as error:
        raise error.under("country") from None
    return "GB" if region == "UK" else region
