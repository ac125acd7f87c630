"""The conversion of a search text to a query of PostgreSQL's full-text search."""

from __future__ import annotations

from benchmarks.folding import query_words

__all__ = ["prefix_query"]


def prefix_query(text: str) -> str:
    """Return the `tsquery` in which every word of the text is a prefix.

    >>> prefix_query("Éric du")
    "'eric':* & 'du':*"
    """
    quoted = (word.replace("\\", "\\\\").replace("'", "''") for word in query_words(text))
    return " & ".join(f"'{word}':*" for word in quoted)
