"""The postal addresses of plain cards: ADR and LABEL."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from contactcore.errors import Invalid
from contactcore.formats.vcard.address_lines import ADDRESS_PARTS
from contactcore.formats.vcard.card_values import extras_of
from contactcore.formats.vcard.content_lines import LONGEST_HEAD, ContentLine, components, is_list, unescape
from contactcore.formats.vcard.extras import checksum
from contactcore.formats.vcard.plain_shapes import Shape, Values, parameter_entry, rank
from contactcore.model.restoring import altered, restored
from contactcore.values import Address
from contactcore.values.country import read_country
from contactcore.values.texts import LINE_LIMIT, clean_text

__all__ = ["MOST_COUNTRIES", "PlainAddresses"]

MOST_COUNTRIES = 5_000
"""Names of countries that are remembered: a file has few of them."""
_STREET, _STREET2 = ADDRESS_PARTS.index("street"), ADDRESS_PARTS.index("street2")
_LONGEST_LABEL = 5_000
"""Characters of a LABEL; the careful reader reads a longer one."""


class PlainAddresses:
    """Reads the addresses of plain cards. The names of countries are remembered."""

    def __init__(self) -> None:
        self._codes: dict[str, str] = {}

    def countries(self, several: Values) -> dict[str, bool]:
        """The codes of the countries of a card's addresses, in their order."""
        countries = {}
        for shape, value in several:
            if shape.name == "LABEL":
                continue
            texts = components(value)[6:7] if "\\" in value else value.split(";")[6:7]
            code = self._code(texts[0].strip()) if texts else ""
            if code:
                countries[code] = True
        return countries

    def _code(self, text: str) -> str:
        """The code of a country; `""` for an unknown one."""
        code = self._codes.get(text)
        if code is None and len(text) > LONGEST_HEAD:
            return ""  # no country has such a name
        if code is None:
            if len(self._codes) >= MOST_COUNTRIES:
                self._codes.clear()
            code = self._codes[text] = read_country(text) or "" if text else ""
        return code

    def read(self, several: Values, found: dict[str, Any], parameters: list[str]) -> bool:
        """Read the addresses; False leaves the card to the careful reader."""
        found_ones: list[tuple[Shape, str, Address]] = []
        for shape, value in several:
            if shape.name == "LABEL":
                if not with_lines(found_ones, shape, value):
                    return False
                continue
            address = self._address(shape, value)
            if address is None:
                return False
            found_ones.append((shape, value, address))
        if len(found_ones) > 1:
            found_ones.sort(key=rank)
        for shape, value, address in found_ones:
            if "," in value and is_list(value):
                if shape.group:
                    return False
                line = shape.line._replace(value=value)
                parameters.append(str(ContentLine("ADR", checksum(address), extras_of(line, shape.kind))))
            elif shape.parameters:
                parameters.append(parameter_entry(shape, address))
        addresses = tuple([address for _, _, address in found_ones])
        found["addresses"] = addresses
        return len(addresses) < 2 or len(set(addresses)) == len(addresses)

    def _address(self, shape: Shape, value: str) -> Address | None:
        """The address of a value; None for one that the careful reader has to judge."""
        if len(value) > LINE_LIMIT:
            return None
        texts = components(value) if "\\" in value else [text.strip() for text in value.split(";")]
        if len(texts) > len(ADDRESS_PARTS):
            return None
        if "\n" in "".join(texts) and not split_street(texts):
            return None
        parts = {part: text for part, text in zip(ADDRESS_PARTS, texts, strict=False) if text}
        country = parts.pop("country", "")
        if not parts or (len(parts) == 1 and "region" in parts):
            return None  # nothing but a region
        if country:
            code = self._code(country)
            parts["country" if code else "country_text"] = code or country
        if shape.kind:
            parts["label"] = shape.kind
        return restored(Address, parts)


def with_lines(found: list[tuple[Shape, str, Address]], label: Shape, value: str) -> bool:
    """Give the lines of LABEL to the only address before it with the same types; False if there is another number."""
    types = label.types
    places = [at for at, (shape, _, _) in enumerate(found) if shape.types == types]
    if len(places) != 1 or len(value) > _LONGEST_LABEL:
        return False
    shape, written, address = found[places[0]]
    if address.formatted or shape.group:
        return False
    if len(found) > 1 and [place_of(one) for _, _, one in found].count(place_of(address)) > 1:
        return False
    try:
        lines = clean_text(unescape(value))
    except Invalid:
        return False
    found[places[0]] = shape, written, altered(address, {"formatted": lines})
    return True


def split_street(texts: list[str]) -> bool:
    """Give the further lines of a street their place; False if others have lines, or if nothing else is known."""
    others = [text for at, text in enumerate(texts) if at != _STREET]
    if "\n" in "".join(others) or not any(others):
        return False
    street, *more = filter(None, map(str.strip, texts[_STREET].split("\n")))
    texts[_STREET] = street
    texts[_STREET2] = ", ".join(filter(None, (texts[_STREET2], *more)))
    return len(texts[_STREET2]) <= LINE_LIMIT


place_of: Callable[[Address], tuple[object, ...]] = attrgetter(
    *("street", "street2", "city", "region", "postal_code", "country", "country_text", "po_box", "billing")
)
"""What an address is without its label and its lines."""
