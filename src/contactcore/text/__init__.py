"""How text sorts and how it is found: the only place that knows."""

from contactcore.text.collation import Collation, collation
from contactcore.text.folding import fold
from contactcore.text.words import beginning, query_words, words

__all__ = ["Collation", "beginning", "collation", "fold", "query_words", "words"]
