"""Sorting and searching of text: the only package that knows these rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contactcore.text.collations import Collation, collation
    from contactcore.text.folding import fold
    from contactcore.text.search_words import name_prefix, query_spellings, query_words, with_digraphs, words
else:
    from contactcore.lazy_names import lazy_names

    # No module here has the name of a function, which would hide it.
    __getattr__ = lazy_names(
        __name__,
        {
            "contactcore.text.collations": "Collation collation",
            "contactcore.text.folding": "fold",
            "contactcore.text.search_words": "name_prefix query_spellings query_words with_digraphs words",
        },
    )

__all__ = ["Collation", "collation", "fold", "name_prefix", "query_spellings", "query_words", "with_digraphs", "words"]
