"""Address cells with several values: a postal code with its city, or several addresses."""

from __future__ import annotations

import re

__all__ = ["each_address", "parted"]

_POSTAL_CITY = re.compile(
    r"((?:[A-Z]{1,3}[- ])?\d{2,4}[- ]?\d{2,4}|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|\d{4} ?[A-Z]{2})[\s,]+([^\W\d].*)"
)


def parted(found: list[tuple[int, str, str]], *, number_first: bool = False) -> list[tuple[int, str, str]]:
    """Split the cells that hold a postal code and a city, and join street and house number.

    Args:
        found: Column index, address part and text of each cell.
        number_first: Whether the house number is written before the street; False by default.

    >>> parted([(0, "street", "Ring"), (1, "number", "5"), (2, "postal_city", "50667 Köln")])
    [(0, 'street', 'Ring 5'), (2, 'postal_code', '50667'), (2, 'city', 'Köln')]
    """
    parts: list[tuple[int, str, str]] = []
    for index, part, text in _with_number(found, number_first=number_first):
        if part != "postal_city":
            parts.append((index, part, text))
        elif match := _POSTAL_CITY.fullmatch(text):
            parts += [(index, "postal_code", match[1]), (index, "city", match[2])]
        else:
            parts.append((index, "city", text))
    return parts


def _with_number(found: list[tuple[int, str, str]], *, number_first: bool) -> list[tuple[int, str, str]]:
    numbers = [(index, text) for index, part, text in found if part == "number"]
    if not numbers:
        return found
    number = "/".join(text for _, text in numbers)
    rest = [one for one in found if one[1] != "number"]
    for position, (index, part, street) in enumerate(rest):
        if part == "street":
            has_number = street.startswith(f"{number} ") or re.search(rf"\W{re.escape(number)}$", street)
            both = f"{number} {street}" if number_first else f"{street} {number}"
            rest[position] = (index, part, street if has_number else both)
            return rest
    return [*rest, (numbers[0][0], "street", number)]


def each_address(parts: dict[str, str]) -> list[dict[str, str]]:
    """Split the cells of several addresses, which Google writes into one group of cells, separated by ` ::: `.

    Args:
        parts: Text of each address part.

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
