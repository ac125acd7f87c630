"""How national phone numbers in plain data are read: the countries that are tried."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeGuard

from contactcore.errors import Invalid, collect
from contactcore.frozen import frozen
from contactcore.values import clean_line
from contactcore.values.country import read_country

__all__ = ["PhoneReading", "read_region"]


def read_region(country: str | None) -> str | None:
    """The ISO 3166 code of a country, which may be given by its name."""
    if country is None or country == "":
        return None
    (name,) = collect(("country", lambda: clean_line(country)))
    code = read_country(name)
    if code is None:
        raise Invalid("country-unknown", "Give a country by its code, such as FR.", path="country", value=country)
    return code


@frozen
class PhoneReading:
    """How the national phone numbers in plain data are read.

    Attributes:
        countries: The likeliest country first: those of the addresses in the data, then that of the caller.
        country: The country of the caller; None for unknown.
        texts: Whether numbers that are text are read too; otherwise, and without a country, they stay text.
    """

    countries: tuple[str, ...]
    country: str | None
    texts: bool = True

    @classmethod
    def of(cls, data: Mapping[str, Any], country: str | None) -> PhoneReading:
        """How the phone numbers of an entity are read.

        Args:
            data: The plain data of the entity.
            country: The country of the caller; None for unknown.
        """
        addresses = data.get("addresses") or [data.get("address")]
        named = [one.get("country") for one in addresses if isinstance(one, Mapping)] if _is_list(addresses) else []
        read = [read_country(name) for name in named if isinstance(name, str)]
        return cls(tuple(code for code in (*read, country) if code), country)


def _is_list(value: object) -> TypeGuard[list[Any] | tuple[Any, ...]]:
    return isinstance(value, list | tuple)
