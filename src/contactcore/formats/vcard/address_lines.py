"""Postal addresses as ADR and LABEL (RFC 6350 section 6.3.1; TYPE=billing is of RFC 9554)."""

from __future__ import annotations

from functools import lru_cache

import attrs

from contactcore.formats.vcard.content_lines import ContentLine, components, escape_all, unescape
from contactcore.values import Address
from contactcore.values.country import country_name, read_country

__all__ = ["ADDRESS_PARTS", "address_of", "address_value", "with_label"]

ADDRESS_PARTS = ("po_box", "street2", "street", "city", "region", "postal_code", "country")
"""The components of ADR, as fields of an address."""


def address_of(line: ContentLine, label: str) -> Address | None:
    r"""The address of an ADR; None for one without any text.

    Args:
        line: The property.
        label: The name of the place.

    Raises:
        Invalid: The codes of `Address`.

    >>> address_of(ContentLine("ADR", ";;Hauptstr. 1\\nHinterhaus;Köln;;;"), "").lines()
    ('Hauptstr. 1', 'Hinterhaus', 'Köln')
    """
    texts = [*components(line.value), *("",) * len(ADDRESS_PARTS)][: len(ADDRESS_PARTS)]
    given = dict(zip(ADDRESS_PARTS, texts, strict=True))
    code = line.parameter("CC").strip()  # RFC 8605
    if code and read_country(given["country"]) is None and read_country(code):
        given["country"] = code
    street, *more = filter(None, map(str.strip, given["street"].split("\n"))) if given["street"] else ("",)
    formatted = unescape(line.parameter("LABEL"))  # RFC 6350 writes its line breaks as in a value
    if not any(text for part, text in given.items() if part != "street") and len(more) > 1 and not formatted:
        formatted = given["street"]  # a whole address in one component
        street, more = "", []
    given["street"] = street
    given["street2"] = ", ".join(filter(None, (given["street2"], *more)))
    if not (any(given.values()) or formatted.strip()):
        return None
    return Address(**given, label=label, billing="billing" in line.types, formatted=formatted)


def with_label(address: Address | None, text: str, label: str = "") -> Address:
    """The address with its lines as written; a new one without parts for None.

    Args:
        address: The address, or None.
        text: The lines.
        label: The name of the place of a new address.

    Raises:
        Invalid: The codes of `Address`.
    """
    if address is None:
        return Address(formatted=text, label=label)
    return Address(**{**attrs.asdict(address), "formatted": text})


@lru_cache(maxsize=300)
def _written_country(code: str) -> str:
    """The English name of a country, or its code if the name is not read back as this country."""
    name = country_name(code)
    return name if read_country(name) == code else code


def address_value(address: Address) -> str:
    """The value of ADR, with the English name of the country.

    >>> address_value(Address("1 rue X", city="Paris", postal_code="75001", country="FR"))
    ';;1 rue X;Paris;;75001;France'
    """
    country = _written_country(address.country) if address.country else address.country_text
    return escape_all(
        (
            *(address.po_box, address.street2, address.street, address.city),
            *(address.region, address.postal_code, country),
        )
    )
