"""Cells of an address that hold more than their column says: a code with its city, several addresses."""

from __future__ import annotations

import re

__all__ = ["each_address", "parted"]

_POSTAL_CITY = re.compile(
    r"((?:[A-Z]{1,3}[- ])?\d{2,4}[- ]?\d{2,4}|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|\d{4} ?[A-Z]{2})[\s,]+([^\W\d].*)"
)


def parted(found: list[tuple[int, str, str]], *, number_first: bool = False) -> list[tuple[int, str, str]]:
    """The parts of an address, with the cells that hold a postal code and a city parted, and street and number joined.

    Args:
        found: The column, the part and the text of each cell.
        number_first: Whether the number of the house stands before the street.

    >>> parted([(0, "street", "Ring"), (1, "number", "5"), (2, "postal_city", "50667 Köln")])
    [(0, 'street', 'Ring 5'), (2, 'postal_code', '50667'), (2, 'city', 'Köln')]
    """
    parted: list[tuple[int, str, str]] = []
    for index, part, text in _with_number(found, number_first=number_first):
        if part != "postal_city":
            parted.append((index, part, text))
        elif match := _POSTAL_CITY.fullmatch(text):
            parted += [(index, "postal_code", match[1]), (index, "city", match[2])]
        else:
            parted.append((index, "city", text))
    return parted


def _with_number(found: list[tuple[int, str, str]], *, number_first: bool) -> list[tuple[int, str, str]]:
    numbers = [(index, text) for index, part, text in found if part == "number"]
    if not numbers:
        return found
    number = "/".join(text for _, text in numbers)
    rest = [one for one in found if one[1] != "number"]
    for place, (index, part, street) in enumerate(rest):
        if part == "street":
            there = street.startswith(f"{number} ") or re.search(rf"\W{re.escape(number)}$", street)
            both = f"{number} {street}" if number_first else f"{street} {number}"
            rest[place] = (index, part, street if there else both)
            return rest
    return [*rest, (numbers[0][0], "street", number)]


def each_address(parts: dict[str, str]) -> list[dict[str, str]]:
    """Google puts several addresses of one label into one group of cells, parted by ` ::: `.

    >>> each_address({"street": "1 rue A ::: 2 rue B", "city": "Paris"})
    [{'street': '1 rue A', 'city': 'Paris'}, {'street': '2 rue B'}]
    """
    if " ::: " not in "\n".join(parts.values()):
        return [parts]
    split = {part: [piece.strip() for piece in text.split(" ::: ")] for part, text in parts.items()}
    count = max(map(len, split.values()))
    several = [
        {part: pieces[number] for part, pieces in split.items() if number < len(pieces) and pieces[number]}
        for number in range(count)
    ]
    return [one for one in several if one]
