"""Postal addresses: the parts as given, and the lines in the format of the country."""

from __future__ import annotations

from functools import partial
from typing import Any

from contactcore.errors import Invalid, collect
from contactcore.frozen import frozen
from contactcore.values.address_formats import country_order
from contactcore.values.country import country_name, read_country
from contactcore.values.texts import clean_line, clean_text

__all__ = ["Address"]

_FORMATTED_LIMIT = 10_000
_LINES = ("street", "street2", "city", "region", "postal_code", "country", "po_box", "label", "country_text")


def _yes_no(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise Invalid("yes-no-type", "Give True or False.", value=value)


@frozen(init=False)
class Address:
    """One postal address; no single part is required, but one must be given.

    Args:
        street: Street and number.
        street2: Building, floor, care of.
        city: City or town.
        region: State, province, county.
        postal_code: The postal code, stored as written.
        country: An ISO 3166 alpha-2 or alpha-3 code, or the name of a country in one of some thirty languages. An
            unknown country is stored in `country_text`.
        po_box: Number of the post-office box.
        label: The contact's own name for the place (`"Head office"`).
        billing: Whether invoices go to this address; the contact enforces that only one address has this flag (DIR-4).
        formatted: The address as one text of several lines, for an address whose parts are unknown or whose lines
            have another format than the country's. `lines` prefers it to the parts.
        country_text: The country as given, if it is unknown.

    Raises:
        Invalid: `address-empty` (a label or the billing flag alone is not an address), and the codes of
            `contactcore.values.texts`. One error lists the problems of all parts, each with its part as path.

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

    def __init__(  # positional arguments follow the same order as the fields
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
            given_country = clean_line(country) or clean_line(country_text)
            code = (read_country(given_country) or "") if given_country else ""
            # Most parts of most addresses are empty, and the comparison is faster than the call.
            self.__attrs_init__(
                street if street == "" else clean_line(street),
                street2 if street2 == "" else clean_line(street2),
                city if city == "" else clean_line(city),
                region if region == "" else clean_line(region),
                postal_code if postal_code == "" else clean_line(postal_code),
                code,
                po_box if po_box == "" else clean_line(po_box),
                label if label == "" else clean_line(label),
                billing if billing is True or billing is False else _yes_no(billing),
                formatted if formatted == "" else clean_text(formatted, limit=_FORMATTED_LIMIT),
                "" if code else given_country,
            )
        except Invalid:
            # Collecting the problems of all parts costs time, so it is done only after a refusal.
            lines = (street, street2, city, region, postal_code, country, po_box, label, country_text)
            collect(
                *((part, partial(clean_line, line)) for part, line in zip(_LINES, lines, strict=True)),
                ("formatted", partial(clean_text, formatted, limit=_FORMATTED_LIMIT)),
                ("billing", partial(_yes_no, billing)),
            )
            raise
        if not given_country and self.is_empty and not self.region:
            raise Invalid("address-empty", "Give at least one part of the address, or leave it out.")

    @classmethod
    def restore(cls, **parts: Any) -> Address:
        """Rebuilds a stored address without validating its parts.

        Args:
            parts: The parts by field name; missing parts are empty.

        >>> Address.restore(city="Lyon", country="FR") == Address(city="Lyon", country="France")
        True
        """
        self = cls.__new__(cls)
        self.__attrs_init__(**parts)
        return self

    @property
    def is_empty(self) -> bool:
        """Whether the address has nothing more precise than a country and a region."""
        return not any((self.street, self.street2, self.city, self.postal_code, self.po_box, self.formatted))

    def lines(self, language: str = "en", *, home: str = "") -> tuple[str, ...]:
        """The lines of the address in the format of its country, without empty lines.

        Args:
            language: The language of the country's name, a BCP 47 tag; English by default.
            home: The ISO 3166 alpha-2 code of the sender's country, whose name is omitted; `""` to write every name.

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
        r"""The lines of the address joined by `\n`.

        Args:
            language: As in `lines`.
            home: As in `lines`.

        >>> print(Address("1 rue X", city="Paris", postal_code="75001", country="FR").format())
        1 rue X
        75001 Paris
        France
        """
        return "\n".join(self.lines(language, home=home))

    def __str__(self) -> str:
        return self.format()
