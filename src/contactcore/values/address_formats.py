"""Address formats: the order in which each country writes the parts of an address."""

from __future__ import annotations

import re

__all__ = ["country_order"]


_CODE_FIRST = "S|T|B|P C|R"
"""The format of most countries: street, postal code before the city, region."""

_FORMATS = {
    "S|T|B|C, R P": "US PR GU VI AS MP",
    "S|T|B|C R P": "CA AU",
    "S|T|B|C|R|P": "GB GG JE IM IE GI FK",
    "S|T|B|P C R": "IT SM VA",
    "S|T|B|C R|P": "IN PK BD LK",
    "S|T|B|C - R|P": "BR",
    "S|T|B|C P|R": "NZ SG TH ID TW SA JO IQ BH ZA KE NG",
    "C|S|T|B|P": "HU",
    "S|T|B|C|R P": "CN KR VN PH",
    "S|T|B|C, R|P": "JP",
    "S|T|B|P C, R": "MX ES AR",
}
_BY_COUNTRY = {country: form for form, countries in _FORMATS.items() for country in countries.split()}
_FROM_LARGE_TO_SMALL = {"JP": "〒P|RC|S T|B", "CN": "P|RC|S T|B", "TW": "P|RC|S T|B", "KR": "RC|S T|B|P"}
_EAST_ASIAN = "[\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3]"  # compiled on first use


def country_order(
    country: str, *, street: str, street2: str, city: str, region: str, postal_code: str, po_box: str
) -> tuple[str, ...]:
    """The lines of an address in the order of its country, without the country and without empty lines.

    Args:
        country: An ISO 3166 alpha-2 code; an unknown country gets the postal code before the city.
        street: As in `Address`, like all further parts.
        street2: See `street`.
        city: See `street`.
        region: See `street`.
        postal_code: See `street`.
        po_box: See `street`.

    >>> country_order("GB", street="1 High St", street2="", city="Bath", region="", postal_code="BA1", po_box="")
    ('1 High St', 'Bath', 'BA1')

    Source: UPU postal addressing systems.
    """
    box = f"PO Box {po_box}" if po_box.isdigit() else po_box
    form = _BY_COUNTRY.get(country, _CODE_FIRST)
    if form is _CODE_FIRST:  # most addresses, in a fraction of the time of the general way
        place = f"{postal_code} {city}" if postal_code and city else postal_code or city
        return tuple([line for line in (street, street2, box, place, region) if line])
    large = _FROM_LARGE_TO_SMALL.get(country)
    if large and re.search(_EAST_ASIAN, street + city + region):
        form = large
    parts = {"S": street, "T": street2, "B": box, "P": postal_code, "C": city, "R": region}
    return tuple(line for line in (_fill(line, parts) for line in form.split("|")) if line)


def _fill(form: str, parts: dict[str, str]) -> str:
    """One line: the known parts, with the separators between them."""
    line = ""
    separator = ""
    for token in form:
        if token not in parts:
            separator += token
        elif parts[token]:
            line += (separator if line or separator == "〒" else "") + parts[token]
            separator = ""
        elif line and separator:
            separator = " " if "," not in separator else ", "
    return line
