"""Postal addresses: parts as they were given, lines as the country writes them."""

from __future__ import annotations

from functools import partial
from typing import Any

import attrs

from contactcore.errors import Invalid, collect
from contactcore.values.address_formats import country_order
from contactcore.values.country import country_name, read_country
from contactcore.values.texts import clean_line, clean_text

__all__ = ["Address"]

_FORMATTED_LIMIT = 10_000
_LINES = ("street", "street2", "city", "region", "postal_code", "country", "po_box", "label", "country_text")


def _mark(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise Invalid("yes-no-type", "Give True or False.", value=value)


@attrs.frozen(init=False)
class Address:
    """One postal address. No part is required, but something must be told.

    Args:
        street: Street and number.
        street2: Building, floor, care of.
        city: Town.
        region: State, province, county.
        postal_code: Kept as it is written.
        country: ISO 3166 alpha-2 or alpha-3, or a country's name in one of some thirty languages; what
            cannot be read is kept in `country_text`.
        po_box: Number of the post-office box.
        label: What the contact calls the place (`"Head office"`).
        billing: Whether invoices go there; that only one address is main is the contact's rule (DIR-4).
        formatted: The address as one text of several lines, where its parts are not known or its writer set
            them otherwise; it goes before the parts in `lines`.
        country_text: The country as it was given, when it is not known.

    Raises:
        Invalid: `address-empty` (a label or a billing mark alone is no address), and the codes of
            `contactcore.values.texts`, of all parts at once, each with its part as path.

    >>> address = Address("1 rue Vauban", city="Lyon", postal_code="69006", country="Frankreich")
    >>> address.country, address.lines("en")
    ('FR', ('1 rue Vauban', '69006 Lyon', 'France'))

    Source: DIR-4, DIR-12; RFC 6350 section 6.3.1, UPU S42.
    """

    street: str = ""
    street2: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""
    po_box: str = ""
    label: str = ""
    billing: bool = False
    formatted: str = ""
    country_text: str = ""

    def __init__(  # the parts of an address have one order everywhere
        self,
        street: str = "",
        street2: str = "",
        city: str = "",
        region: str = "",
        postal_code: str = "",
        country: str = "",
        po_box: str = "",
        label: str = "",
        billing: bool = False,
        formatted: str = "",
        country_text: str = "",
    ) -> None:
        try:
            said = clean_line(country) or clean_line(country_text)
            code = (read_country(said) or "") if said else ""
            # Most parts of most addresses are empty.
            self.__attrs_init__(
                street if street == "" else clean_line(street),
                street2 if street2 == "" else clean_line(street2),
                city if city == "" else clean_line(city),
                region if region == "" else clean_line(region),
                postal_code if postal_code == "" else clean_line(postal_code),
                code,
                po_box if po_box == "" else clean_line(po_box),
                label if label == "" else clean_line(label),
                billing if billing is True or billing is False else _mark(billing),
                formatted if formatted == "" else clean_text(formatted, limit=_FORMATTED_LIMIT),
                "" if code else said,
            )
        except Invalid:
            # Only a refusal is worth asking which parts it was about.
            lines = (street, street2, city, region, postal_code, country, po_box, label, country_text)
            collect(
                *((part, partial(clean_line, line)) for part, line in zip(_LINES, lines, strict=True)),
                ("formatted", partial(clean_text, formatted, limit=_FORMATTED_LIMIT)),
                ("billing", partial(_mark, billing)),
            )
            raise
        if not said and self.is_empty and not self.region:
            raise Invalid("address-empty", "Give at least one part of the address, or leave it out.")

    @classmethod
    def restore(cls, **parts: Any) -> Address:
        """The address whose parts were stored earlier, taken as they are; what is not given is empty.

        >>> Address.restore(city="Lyon", country="FR") == Address(city="Lyon", country="France")
        True
        """
        self = cls.__new__(cls)
        self.__attrs_init__(**parts)
        return self

    @property
    def is_empty(self) -> bool:
        """Whether the address names no place within its country or region."""
        return not any((self.street, self.street2, self.city, self.postal_code, self.po_box, self.formatted))

    def lines(self, language: str = "en", *, home: str = "") -> tuple[str, ...]:
        """The address as its country writes it, a line each, without empty ones.

        Args:
            language: The language of the country's name, a BCP 47 tag.
            home: The country that mail is sent from; its own name is left out.

        >>> Address("1 Main St", city="Springfield", region="IL", postal_code="62701", country="US").lines(home="US")
        ('1 Main St', 'Springfield, IL 62701')
        """
        if self.formatted:
            return tuple(line.strip() for line in self.formatted.split("\n") if line.strip())
        place = country_order(
            self.country,
            street=self.street,
            street2=self.street2,
            city=self.city,
            region=self.region,
            postal_code=self.postal_code,
            po_box=self.po_box,
        )
        name = country_name(self.country, language) if self.country and self.country != home else self.country_text
        return (*place, name) if name else place

    def format(self, language: str = "en", *, home: str = "") -> str:
        """The lines as one text.

        Args:
            language: The language of the country's name, a BCP 47 tag.
            home: The country that mail is sent from; its own name is left out.
        """
        return "\n".join(self.lines(language, home=home))

    def __str__(self) -> str:
        return self.format()
