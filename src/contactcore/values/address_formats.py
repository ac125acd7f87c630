"""Where each country puts the parts of an address."""

from __future__ import annotations

import re
from typing import Protocol

__all__ = ["PlaceParts", "country_order"]


class PlaceParts(Protocol):
    """What a format needs to know of an address."""

    @property
    def street(self) -> str: ...  # noqa: D102 # named like the address's own part
    @property
    def street2(self) -> str: ...  # noqa: D102 # see above
    @property
    def city(self) -> str: ...  # noqa: D102 # see above
    @property
    def region(self) -> str: ...  # noqa: D102 # see above
    @property
    def postal_code(self) -> str: ...  # noqa: D102 # see above
    @property
    def po_box(self) -> str: ...  # noqa: D102 # see above
    @property
    def country(self) -> str: ...  # noqa: D102 # see above


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
_FROM_LARGE_TO_SMALL = {"JP": "〒P|RC|ST|B", "CN": "P|RC|ST|B", "TW": "P|RC|ST|B", "KR": "RC|ST|B|P"}
_EAST_ASIAN = re.compile("[\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3]")
_LOOSE = re.compile(r"^[\s,〒-]+|[\s,-]+$")


def country_order(address: PlaceParts) -> tuple[str, ...]:
    """The lines of an address as its country orders them, without the country and without empty lines.

    Args:
        address: Its parts; an unknown country is written with the postal code before the town.

    Source: UPU postal addressing systems.
    """
    form = _BY_COUNTRY.get(address.country, _CODE_FIRST)
    large = _FROM_LARGE_TO_SMALL.get(address.country)
    if large and _EAST_ASIAN.search(address.street + address.city + address.region):
        form = large
    parts = {
        "S": address.street,
        "T": address.street2,
        "B": f"PO Box {address.po_box}" if address.po_box.isdigit() else address.po_box,
        "P": address.postal_code,
        "C": address.city,
        "R": address.region,
    }
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
