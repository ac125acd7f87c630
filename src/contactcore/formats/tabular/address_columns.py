"""Address columns that do not say which address they belong to: told by their neighbours, or by being there twice."""

from __future__ import annotations

from collections.abc import Sequence

from contactcore.formats.tabular.fields import parse_field

__all__ = ["settle_addresses"]


def settle_addresses(fields: list[str | None], repeats: Sequence[int]) -> None:
    """Give the address columns without a kind to the address that they stand behind (`Home address, City, ZIP`).

    Thunderbird writes so in French and Spanish. Columns of a second address with the same headers as the first are
    that second address.

    Args:
        fields: The field of each column, changed in place.
        repeats: Which of several columns of the same header each is, from 1.

    >>> fields = ["addresses[home].street", "addresses.city", "addresses[work].street", "addresses.city"]
    >>> settle_addresses(fields, [1, 1, 1, 2])
    >>> fields[1], fields[3]
    ('addresses[home].city', 'addresses[work].city')
    """
    taken = {field for field in fields if field}
    current = ""
    for index, field in enumerate(fields):
        target = parse_field(field) if field and field.startswith("addresses") else None
        if target is None:
            current = ""
        elif target.key:
            current = "" if target.key.isdecimal() else target.key
        elif current:
            parts = [target.part, "country"] if target.part == "region" else [target.part]
            free = (path for part in parts if (path := f"addresses[{current}].{part}") not in taken)
            if mine := next(free, None):
                fields[index] = mine
                taken.add(mine)
    for number in sorted(set(repeats) - {1}):
        again = [
            index
            for index, field in enumerate(fields)
            if field and repeats[index] == number and field.startswith("addresses.")
        ]
        if len(again) > 1:
            for index in again:
                fields[index] = str(fields[index]).replace("addresses.", f"addresses[{number}].")
