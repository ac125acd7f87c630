"""The headers of address books, one module per language.

Each module defines `EXACT` (whole headers: field -> headers), `NOUNS`, `KINDS`, `LABEL` and `VALUE` (words that headers
are composed of), and `FILL` (words without a meaning). Headers and words are separated by `|` and compared without
case, accents and punctuation.
"""
