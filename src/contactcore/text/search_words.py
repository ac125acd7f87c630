"""Search words: the words of a text, and the words of a query."""

from __future__ import annotations

import re
import unicodedata

from contactcore.text.folding import Folding

__all__ = ["name_prefix", "query_spellings", "query_words", "with_digraphs", "words"]

_WORD_LIMIT = 128
_PREFIX_LIMIT = 127
_PARTS_LIMIT = 64
# Names are short. The limit prevents a hostile text of megabytes from producing millions of words.
_READ_LIMIT = 10_000
_SPELLINGS_LIMIT = 4

# Scripts that are written without spaces, and Hangul, where no space separates the family name from the given name:
# Thai, Lao, Myanmar, Khmer, Kana, Han (with its iteration mark, numeral zero and extensions), Hangul.
_UNSPACED = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3021-\u3029\u3031-\u3035"
    "\u3038-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\ua9e0-\ua9ff\uaa60-\uaa7f"
    "\uac00-\ud7ff\uf900-\ufaff\U0001b000-\U0001b16f\U00020000-\U0003ffff]+)"
)

# A single letter beside other signs than letters: only such a text can have initials.
_SINGLE = re.compile(r"(?<!\w)[^\W\d_](?!\w)")
# Letters joined by signs ("E.ON", "AT&T", "S.A.R.L."), or single letters side by side ("J. R. R.", "H & M").
_SIGNED = re.compile(r"(?<![\w.])[^\W_]{1,2}(?:[.&+/-]{1,2}[^\W_]{1,20})+(?!\w)")
_APART = re.compile(r"(?<![\w.])[^\W\d_]\.?(?:(?:\s?[&+]\s?|\s)[^\W\d_]\.?)+(?![.]?\w)")
_SIGNS = re.compile(r"[\W_]+")

# Letters that people without them write with two letters, in German and in the Nordic languages.
_DIGRAPHS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
_DIGRAPHS |= str.maketrans({"Ø": "Oe", "Å": "Aa"})

_CONJUNCTIONS = frozenset(("and", "und", "et", "y", "e", "ed", "i", "oraz", "en", "og", "och", "ja", "és", "a", "și"))
"""Words that stand for the sign in names such as `Ernst & Young`."""


def _with_spaces(folded: str) -> str:
    """The folded text with a space in place of every character that cannot be part of a word."""
    return "".join(char if char == "'" or unicodedata.category(char)[0] in "LNM" else " " for char in folded)


_TABLE = Folding(_with_spaces)
_ASCII_TABLE = b"".join(_TABLE[code].encode() for code in range(128)) + b" " * 128


def _spaced(text: str) -> str:
    """The folded text with spaces between its words; apostrophes are kept."""
    text = text[:_READ_LIMIT]
    if text.isascii():
        return text.encode().translate(_ASCII_TABLE).decode()
    folded = text.translate(_TABLE)
    return folded if folded.isascii() else unicodedata.normalize("NFC", folded)


def _pieces(spaced: str) -> list[tuple[str, bool]]:
    """The pieces of a spaced text in reading order, each with a flag: whether its script is written without spaces."""
    if spaced.isascii() or not _UNSPACED.search(spaced):
        return [(piece, False) for piece in spaced.split()]
    return [
        (run, place % 2 == 1) for piece in spaced.split() for place, run in enumerate(_UNSPACED.split(piece)) if run
    ]


def _initials(text: str) -> list[str]:
    """Initials that are written apart, each joined into one word."""
    if not _SINGLE.search(text):
        return []
    runs = [run for run in _SIGNED.findall(text) if _SINGLE.search(run)]
    joined = map(_joined, (*runs, *_APART.findall(text)))
    # In a script without spaces, a query for the joined letters is a query for each run of them.
    return [word[:_WORD_LIMIT] for word in joined if word.isalpha() and not _UNSPACED.search(word)]


def _joined(run: str) -> str:
    return _spaced(_SIGNS.sub("", run))


def with_digraphs(text: str) -> str:
    """The text with two letters in place of letters that many keyboards lack; the same text if it has none.

    >>> with_digraphs("Müller"), with_digraphs("Søren Åkesson"), with_digraphs("Zoé")
    ('Mueller', 'Soeren Aakesson', 'Zoé')
    """
    if text.isascii():
        return text
    composed = unicodedata.normalize("NFC", text)
    expanded = composed.translate(_DIGRAPHS)
    return text if expanded == composed else expanded


def query_spellings(text: str) -> tuple[str, ...]:
    """The spellings of a query under which names are found: as typed, then those that stand for the same.

    Initials may be joined, a conjunction between two words may stand for `&`, and letters may be digraphs.

    Args:
        text: The text that was typed so far.

    >>> query_spellings("ernst and young"), query_spellings("e.on"), query_spellings("Müller")
    (('ernst and young', 'ernst young'), ('e.on', 'eon'), ('Müller', 'Mueller'))
    """
    found = [text]
    for respelled in (with_digraphs, _with_initials, _without_conjunctions):
        found += [other for spelling in found[:_SPELLINGS_LIMIT] if (other := respelled(spelling)) != spelling]
    return tuple(dict.fromkeys(found))[:_SPELLINGS_LIMIT]


def _with_initials(text: str) -> str:
    short = text[:_READ_LIMIT]
    if not _SINGLE.search(short):
        return text
    joined = _SIGNED.sub(lambda run: _joined(run[0]) if _SINGLE.search(run[0]) else run[0], short)
    return _APART.sub(lambda run: _joined(run[0]) + (" " if run[0][-1].isspace() else ""), joined)


def _without_conjunctions(text: str) -> str:
    parts = text.split()
    kept = [part for part in parts[1:-1] if part.lower() not in _CONJUNCTIONS]
    return text if len(kept) == len(parts) - 2 or len(parts) < 3 else " ".join((parts[0], *kept, parts[-1]))


def words(text: str) -> tuple[str, ...]:
    """The folded search words of a text in reading order, without duplicates (DIR-10).

    A word is a run of letters, digits and marks of at most 128 code points. There are four additions:

    - The part after an apostrophe is a word too: "Oréal" finds "L'Oréal".
    - Initials also form one word: "sarl" finds "S.A.R.L. Bois", "eon" finds "E.ON", and "hm" finds "H & M".
    - A letter that many keyboards lack also counts as two letters: "mueller" finds "Müller".
    - In scripts without spaces, each suffix of a run that starts within its first 64 characters is a word. A given name
      is therefore found without its family name.

    Only the first 10,000 characters of a text are read.

    Args:
        text: Any text of any length.

    >>> words("Bois & Fils")
    ('bois', 'fils')
    >>> words("O'Neil"), words("李小龍")
    (('oneil', 'neil'), ('李小龍', '小龍', '龍'))
    >>> words("U.S. Steel"), words("Müller")
    (('u', 's', 'steel', 'us'), ('muller', 'mueller'))
    """
    if text.isascii() and len(text) <= _WORD_LIMIT and "'" not in text and "`" not in text:
        plain = text.encode().translate(_ASCII_TABLE).decode().split()
        if 1 not in map(len, plain):  # nothing that could be an initial
            return tuple(dict.fromkeys(plain))
    found = _plain_words(_spaced(text))
    short = text[:_READ_LIMIT]
    initials = _initials(short)
    expanded = with_digraphs(short)
    if not initials and expanded is short:
        return found
    more = _plain_words(_spaced(expanded)) if expanded is not short else ()
    return tuple(dict.fromkeys((*found, *initials, *more)))


def _plain_words(spaced: str) -> tuple[str, ...]:
    if len(spaced) <= _WORD_LIMIT and "'" not in spaced and spaced.isascii():
        return tuple(dict.fromkeys(spaced.split()))
    if "'" not in spaced and (spaced.isascii() or not _UNSPACED.search(spaced)):
        return tuple(dict.fromkeys([word[:_WORD_LIMIT] for word in spaced.split()]))
    found: dict[str, None] = {}
    for piece, unspaced in _pieces(spaced):
        parts = piece.split("'", _PARTS_LIMIT) if "'" in piece else [piece]
        parts[-1] = parts[-1].replace("'", "")
        for first, part in enumerate(parts):
            if part:
                found["".join(parts[first:])[:_WORD_LIMIT]] = None
        if unspaced:
            run = parts[0]
            for start in range(1, min(len(run), _PARTS_LIMIT)):
                if unicodedata.category(run[start])[0] != "M":
                    found[run[start : start + _WORD_LIMIT]] = None
    return tuple(found)


def query_words(text: str) -> tuple[str, ...]:
    """The folded words of a query, without duplicates (DIR-10).

    A query matches a contact if each word of the query is a prefix of some word of the contact.

    Args:
        text: The text that was typed so far.

    >>> query_words("  BOI fi"), query_words("O’Ne"), query_words("小龍")
    (('boi', 'fi'), ('one',), ('小龍',))
    """
    joined = (piece.replace("'", "")[:_WORD_LIMIT] for piece, _ in _pieces(_spaced(text)))
    return tuple(dict.fromkeys(word for word in joined if word))


def name_prefix(text: str) -> str:
    """All words of a text joined into one, at most 127 code points.

    A name begins with a query if the joined words of the name begin with the joined words of the query.

    Args:
        text: A name, or a query.

    >>> name_prefix("Bois & Fils").startswith(name_prefix("bois f"))
    True
    """
    return "".join(_spaced(text).replace("'", "").split())[:_PREFIX_LIMIT]
