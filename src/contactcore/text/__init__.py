"""Sorting and searching of text: the only package that knows these rules."""

from contactcore.text.collation import Collation, collation
from contactcore.text.folding import fold
from contactcore.text.words import name_prefix, query_spellings, query_words, with_digraphs, words

__all__ = ["Collation", "collation", "fold", "name_prefix", "query_spellings", "query_words", "with_digraphs", "words"]
