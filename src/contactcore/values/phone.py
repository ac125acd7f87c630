"""Phone numbers: read once in the light of a country, kept in their international spelling."""

from __future__ import annotations

import re

import attrs

from contactcore.errors import Invalid
from contactcore.values import phone_plans
from contactcore.values.kind import own_kind
from contactcore.values.texts import clean_line

__all__ = ["PhoneNumber"]

_TEXT_LIMIT = 250
_MARKS = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
"""Invisible marks that address books put around numbers; a number has no use for them."""
_BLANKS = re.compile("[\u1680\u2000-\u200a\u202f\u205f]")
"""The thin blanks that typesetters put between digits, which the number plan's library does not know."""

_REMARK = re.compile(r"\d.*\((?!\s*(?:e?xt|int|anexo|доб))[^()\d]*[^\W\d_]{3}", re.IGNORECASE)
"""Words in brackets behind digits (`0711/123-0 (Zentrale)`): vanity letters stand in no brackets."""


@attrs.frozen(init=False, order=False)
class PhoneNumber:
    """One phone number that can be dialled from anywhere; two spellings of it are equal.

    A number is accepted when its length is possible in its country. Whether the plan has assigned it is told
    by `valid`, and an unassigned number is kept: exports of real address books are full of them.

    Args:
        text: The number as people write it: `01 44 55 66 77`, `+33 1 44 55 66 77`, `00 33 …`, `tel:…`, vanity
            letters, an extension (`x123`, `;ext=123`).
        country: The ISO 3166 region of a number that is written without its country code; None when
            nothing is known, then only spellings with `+` are accepted.
        kind: `"work"`, `"mobile"`, … (see `PHONE_KINDS`) or any word; a slug.

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
        shown = clean_line(text, limit=_TEXT_LIMIT)
        region = _region(country)
        e164 = phone_plans.accept_plain(shown, region)
        extension = ""
        if not e164:
            if not shown.isascii():
                shown = _BLANKS.sub(" ", _MARKS.sub("", shown)).strip()
            if not shown:
                raise Invalid("phone-empty", "A phone number is needed, like +33 1 44 55 66 77.", value=text)
            if _REMARK.search(shown):
                raise Invalid("phone-syntax", "Leave the words out: they would be read as digits.", value=text)
            e164, extension = phone_plans.parse_by_library(shown, region)
        self.__attrs_init__(e164, extension, own_kind(kind), shown)

    @classmethod
    def restore(cls, e164: str, *, extension: str = "", kind: str = "", text: str = "") -> PhoneNumber:
        """The number whose parts were stored earlier, taken as they are.

        Stored numbers must stay readable when newer metadata would refuse them.

        >>> PhoneNumber.restore("+33144556677") == PhoneNumber("+33144556677")
        True
        """
        self = cls.__new__(cls)
        self.__attrs_init__(e164, extension, kind, text)
        return self

    @property
    def valid(self) -> bool:
        """Whether the numbering plan of its country has assigned the number's range."""
        return phone_plans.is_valid(self.e164)

    @property
    def country(self) -> str:
        """The ISO 3166 region of the number; `""` for non-geographic numbers and where the plan cannot tell."""
        return phone_plans.region_of(self.e164)

    @property
    def national(self) -> str:
        """The number as it is written in its own country."""
        return phone_plans.format_number(self.e164, self.extension, "NATIONAL")

    @property
    def international(self) -> str:
        """The number with + and its country code, in groups."""
        return phone_plans.format_number(self.e164, self.extension, "INTERNATIONAL")

    @property
    def uri(self) -> str:
        """The number as a link (RFC 3966).

        >>> PhoneNumber("+33 1 44 55 66 77 x12").uri
        'tel:+33144556677;ext=12'
        """
        return f"tel:{self.e164};ext={self.extension}" if self.extension else f"tel:{self.e164}"

    @property
    def key(self) -> str:
        """What two spellings of one line share: the number and its extension, whatever the kind."""
        return f"{self.e164}x{self.extension}" if self.extension else self.e164

    def search_digits(self) -> tuple[str, ...]:
        """The digits under which somebody may type the number (DIR-10).

        >>> PhoneNumber("01 44 55 66 77", "FR").search_digits()
        ('33144556677', '0144556677', '144556677')
        """
        code, number = phone_plans.split(self.e164)
        trunk = phone_plans.trunk_prefix(code)
        if not code:
            return (number,)
        whole = code + number
        return (whole, number) if trunk in ("", code) else (whole, trunk + number, number)

    def with_kind(self, kind: str) -> PhoneNumber:
        """The same number with another kind."""
        return self.restore(self.e164, extension=self.extension, kind=own_kind(kind), text=self.text)

    def __str__(self) -> str:
        return self.e164


def _region(country: str | None) -> str:
    """The region's code in upper case, `""` for none; the United Kingdom is also known as UK."""
    if country is None or country == "":
        return ""
    if type(country) is str and len(country) == 2 and country.isascii() and country.isupper():
        return "GB" if country == "UK" else country
    try:
        region = clean_line(country, limit=_TEXT_LIMIT).upper()
    except Invalid as error:
        raise error.under("country") from None
    return "GB" if region == "UK" else region
