"""Where each country puts the parts of an address."""

from __future__ import annotations

import re

__all__ = ["country_order"]


_CODE_FIRST = "S|T|B|P C|R"
"""Street, postal code before the town, then the region: most of the world."""

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
    """The lines of an address as its country orders them, without the country and without empty lines.

    Args:
        country: ISO 3166 alpha-2; an unknown one is written with the postal code before the town.
        street: As in `Address`, like the others.

    >>> country_order("GB", street="1 High St", street2="", city="Bath", region="", postal_code="BA1", po_box="")
    ('1 High St', 'Bath', 'BA1')

    Source: UPU postal addressing systems.
    """
    form = _BY_COUNTRY.get(country, _CODE_FIRST)
    large = _FROM_LARGE_TO_SMALL.get(country)
    if large and re.search(_EAST_ASIAN, street + city + region):
        form = large
    box = f"PO Box {po_box}" if po_box.isdigit() else po_box
    parts = {"S": street, "T": street2, "B": box, "P": postal_code, "C": city, "R": region}
    return tuple(line for line in (_fill(line, parts) for line in form.split("|")) if line)


def _fill(form: str, parts: dict[str, str]) -> str:
    """One line: the parts that are known, with the marks that stand between two known ones."""
    line = ""
    marks = ""
    for token in form:
        if token not in parts:
            marks += token
        elif parts[token]:
            line += (marks if line or marks == "〒" else "") + parts[token]
            marks = ""
        elif line and marks:
            marks = " " if "," not in marks else ", "
    return line
