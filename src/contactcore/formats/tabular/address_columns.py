"""Address columns whose header names no address. Their neighbours or a repeated header decide the address."""

from __future__ import annotations

from collections.abc import Sequence

from contactcore.formats.tabular.fields import parse_field

__all__ = ["assign_addresses"]


def assign_addresses(fields: list[str | None], repeats: Sequence[int]) -> None:
    """Assign address columns without a kind to the address of the columns before them (`Home address, City, ZIP`).

    Thunderbird writes such columns in French and Spanish. Columns with a repeated header belong to a second address.

    Args:
        fields: Field of each column; the list is changed in place.
        repeats: Number of each column among the columns with the same header, from 1.

    >>> fields = ["addresses[home].street", "addresses.city", "addresses[work].street", "addresses.city"]
    >>> assign_addresses(fields, [1, 1, 1, 2])
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
            if found := next(free, None):
                fields[index] = found
                taken.add(found)
    _assign_repeated(fields, repeats)


def _assign_repeated(fields: list[str | None], repeats: Sequence[int]) -> None:
    repeated: dict[int, list[int]] = {}
    for index, field in enumerate(fields):
        if field and repeats[index] > 1 and field.startswith("addresses."):
            repeated.setdefault(repeats[index], []).append(index)
    for number, indexes in repeated.items():
        if len(indexes) > 1:
            for index in indexes:
                fields[index] = str(fields[index]).replace("addresses.", f"addresses[{number}].")
