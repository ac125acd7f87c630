"""How a text that somebody types is asked of PostgreSQL's full-text search."""

from __future__ import annotations

from benchmarks.folding import query_words

__all__ = ["prefix_query"]


def prefix_query(text: str) -> str:
    """Every word of the text begins some word, as a `tsquery`.

    >>> prefix_query("Éric du")
    "'eric':* & 'du':*"
    """
    quoted = (word.replace("\\", "\\\\").replace("'", "''") for word in query_words(text))
    return " & ".join(f"'{word}':*" for word in quoted)
