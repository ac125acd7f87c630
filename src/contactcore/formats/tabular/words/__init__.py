"""What the columns of address books are called, language by language.

Each module holds `EXACT` (whole headers: field to labels), `NOUNS` and `KINDS` (words that headers are put
together from) and `FILL` (words that add nothing). Labels are separated by `|` and are compared without
case, accents and punctuation.
"""
