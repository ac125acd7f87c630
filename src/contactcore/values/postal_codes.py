"""Postal codes of digits alone whose leading zeros a spreadsheet drops."""

from __future__ import annotations

__all__ = ["with_leading_zeros"]

# The length of the codes, and the fewest digits that are left of one.
_LENGTHS = {
    **dict.fromkeys(("DE", "ES", "FI", "FR", "KR", "MX", "MY", "TR", "UA"), (5, 4)),
    **dict.fromkeys(("IT", "LT", "PR", "US", "VA"), (5, 3)),
    "CN": (6, 5),
}


def with_leading_zeros(code: str, country: str) -> str:
    """A postal code with the zeros before it that are missing; any other text as it is.

    Args:
        code: The postal code.
        country: An ISO 3166 alpha-2 code; `""` for an unknown one.

    >>> with_leading_zeros("1000", "FR"), with_leading_zeros("118", "IT"), with_leading_zeros("1000", "BE")
    ('01000', '00118', '1000')

    Source: UPU postal addressing systems.
    """
    length, fewest = _LENGTHS.get(country, (0, 0))
    return code.zfill(length) if fewest <= len(code) < length and code.isascii() and code.isdigit() else code
