"""The words that a text is found by, and the words of a query."""

from __future__ import annotations

import re
import unicodedata

from contactcore.text.folding import Folding

__all__ = ["beginning", "query_words", "words"]

_WORD = 128
_BEGINNING = 127
_PARTS = 64
# Names are searched, not books: this keeps a hostile text of megabytes from becoming millions of words.
_READ = 10_000

# Scripts that are written without blanks, and Hangul, where a given name follows the family name at once:
# Thai, Lao, Myanmar, Khmer, Kana, Han (with its iteration mark, numeral zero and extensions), Hangul.
_UNSPACED = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3021-\u3029\u3031-\u3035"
    "\u3038-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\ua9e0-\ua9ff\uaa60-\uaa7f"
    "\uac00-\ud7ff\uf900-\ufaff\U0001b000-\U0001b16f\U00020000-\U0003ffff]+)"
)

# Letters that a dot stands between, as in "S.A.R.L." and "U.S. Steel"; the ending of a domain is none.
_INITIALS = re.compile(r"(?<![\w.])[^\W\d_](?:\.[^\W\d_])+(?!\w)")


def _separated(folded: str) -> str:
    """Blanks instead of everything that no word is made of."""
    return "".join(char if char == "'" or unicodedata.category(char)[0] in "LNM" else " " for char in folded)


_TABLE = Folding(_separated)
_OCTETS = b"".join(_TABLE[code].encode() for code in range(128)) + b" " * 128


def _blanked(text: str) -> str:
    """The folded text with blanks between its words, apostrophes kept."""
    text = text[:_READ]
    if text.isascii():
        return text.encode().translate(_OCTETS).decode()
    folded = text.translate(_TABLE)
    return folded if folded.isascii() else unicodedata.normalize("NFC", folded)


def _pieces(blanked: str) -> list[tuple[str, bool]]:
    """The pieces of a blanked text in reading order, each with whether it is written without blanks."""
    if blanked.isascii() or not _UNSPACED.search(blanked):
        return [(piece, False) for piece in blanked.split()]
    return [
        (run, place % 2 == 1) for piece in blanked.split() for place, run in enumerate(_UNSPACED.split(piece)) if run
    ]


def _initials(text: str) -> list[str]:
    """Letters with dots between them, written together."""
    joined = (_blanked(run.replace(".", "")) for run in _INITIALS.findall(text[:_READ]))
    return [word[:_WORD] for word in joined if word.isalpha()]


def words(text: str) -> tuple[str, ...]:
    """The folded words that a text is found by, in reading order, each once (DIR-10).

    A word is a run of letters, digits and marks, at most 128 code points. What follows an apostrophe is a word
    too, so that "Oréal" finds "L'Oréal"; so are letters with dots between them, together, so that "sarl" finds
    "S.A.R.L. Bois"; and where no blanks are written every later part of a run is one, so
    that a given name is found without its family name (for the first 64 characters of a run). Of a longer text
    the first 10,000 characters are read.

    Args:
        text: Any text of any length.

    >>> words("Bois & Fils")
    ('bois', 'fils')
    >>> words("O'Neil"), words("李小龍")
    (('oneil', 'neil'), ('李小龍', '小龍', '龍'))
    >>> words("U.S. Steel")
    ('u', 's', 'steel', 'us')
    """
    blanked = _blanked(text)
    if "." in text and (initials := _initials(text)):
        return tuple(dict.fromkeys((*_plain_words(blanked), *initials)))
    return _plain_words(blanked)


def _plain_words(blanked: str) -> tuple[str, ...]:
    if len(blanked) <= _WORD and "'" not in blanked and blanked.isascii():
        return tuple(dict.fromkeys(blanked.split()))
    if "'" not in blanked and (blanked.isascii() or not _UNSPACED.search(blanked)):
        return tuple(dict.fromkeys([word[:_WORD] for word in blanked.split()]))
    found: dict[str, None] = {}
    for piece, unspaced in _pieces(blanked):
        parts = piece.split("'", _PARTS) if "'" in piece else [piece]
        parts[-1] = parts[-1].replace("'", "")
        for first, part in enumerate(parts):
            if part:
                found["".join(parts[first:])[:_WORD]] = None
        if unspaced:
            run = parts[0]
            for start in range(1, min(len(run), _PARTS)):
                if unicodedata.category(run[start])[0] != "M":
                    found[run[start : start + _WORD]] = None
    return tuple(found)


def query_words(text: str) -> tuple[str, ...]:
    """The folded words of a query: a contact is found if each is the prefix of some word of it (DIR-10).

    Args:
        text: What was typed so far.

    >>> query_words("  BOI fi"), query_words("O’Ne"), query_words("小龍")
    (('boi', 'fi'), ('one',), ('小龍',))
    """
    joined = (piece.replace("'", "")[:_WORD] for piece, _ in _pieces(_blanked(text)))
    return tuple(dict.fromkeys(word for word in joined if word))


def beginning(text: str) -> str:
    """All words of a text in one, at most 127 code points: a name starts with a query if this does.

    Args:
        text: A name, or a query.

    >>> beginning("Bois & Fils").startswith(beginning("bois f"))
    True
    """
    return "".join(_blanked(text).replace("'", "").split())[:_BEGINNING]
