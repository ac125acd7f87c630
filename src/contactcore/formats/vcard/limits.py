"""The limits of a text of vCards; each refusal names its limit."""

__all__ = ["LONGEST_LINE", "LONGEST_TEXT", "MOST_CARDS", "MOST_LEVELS", "MOST_LINES"]

LONGEST_TEXT = 200_000_000
"""Bytes, or characters of a `str`."""
LONGEST_LINE = 20_000_000
"""Characters of one unfolded line."""
MOST_CARDS = 100_000
MOST_LINES = 10_000
"""Lines of one card, unfolded."""
MOST_LEVELS = 8
"""Objects inside each other."""
