"""The limits of vCards; each refusal names its limit."""

__all__ = ["LARGEST_CARD", "LONGEST_LINE", "LONGEST_TEXT", "MOST_CARDS", "MOST_LEVELS", "MOST_LINES"]

LONGEST_TEXT = 200_000_000
"""Bytes, or characters of a `str`, that are read at once. A stream has no such limit."""
LARGEST_CARD = 50_000_000
"""Characters of the lines of one card."""
LONGEST_LINE = 20_000_000
"""Bytes of one unfolded line."""
MOST_CARDS = 100_000
"""Cards of a text that is read at once. A stream has no such limit."""
MOST_LINES = 10_000
"""Lines of one card, unfolded."""
MOST_LEVELS = 8
"""Objects inside each other."""
