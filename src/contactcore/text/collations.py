"""The sort order of names in a language, and the index letters of a directory."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from functools import cache, lru_cache

from contactcore.errors import Invalid
from contactcore.text.scripts import OTHER, SCRIPTS
from contactcore.text.tailorings import ALIASES, ROOT, TAILORINGS, Tailoring
from contactcore.text.weights import COMMON, Weights

__all__ = ["Collation", "collation"]

_SYMBOLS_LABEL = "#"
_SEPARATOR = "\x01"
_LETTERS_LIMIT, _ACCENTS_LIMIT, _SHAPES_LIMIT = 128, 62, 62
_READ_LIMIT = 1024
_CACHE_LIMIT = 20_000
_TABLES_VERSION = "1"


class _Level(dict[int, str]):
    """One level of the collation elements of characters; each entry is computed on first use."""

    def __init__(self, weights: Weights, name: str) -> None:
        self._weights = weights
        self._name = name

    def __missing__(self, code: int) -> str:
        weight: str = getattr(self._weights.of(chr(code)), self._name)
        # A hostile text that contains every code point must not fill the memory.
        if len(self) >= _CACHE_LIMIT:
            self.clear()
        self[code] = weight
        return weight


class Collation:
    """The sort order of one language: sort keys and index letters (DIR-9).

    Keys are compared by code point. They follow the Unicode CLDR: a key orders by the letters of the whole text, then
    by its accents, then by its case. Punctuation and symbols sort before digits, and digits before letters. The
    language's own script sorts before all other scripts. A name that begins with a symbol or a digit is listed under
    "#".

    Attributes:
        tag: The language that defines the rules; "root" for languages without rules of their own (en, fr, de, ...).
        version: A name that changes whenever the key of any text may change; languages of equal order share it.
        letters: The index letters in directory order: "#" first, other scripts last.
    """

    def __init__(self, tag: str, tailoring: Tailoring) -> None:
        self.tag = tag
        self.version: str = f"{tag}-{_TABLES_VERSION}"
        self._weights = Weights(tailoring)
        self._contractions = self._weights.contractions
        self._ascii_tables = self._weights.ascii_tables()
        self._first, self._second, self._third = (
            _Level(self._weights, name) for name in ("letters", "accents", "shapes")
        )
        starts, letters = self._index(tailoring)
        self._starts = starts
        self.letters: tuple[str, ...] = letters
        self._ends: tuple[str | None, ...] = (*self._starts[1:], None)

    def _index(self, tailoring: Tailoring) -> tuple[tuple[str, ...], tuple[str, ...]]:
        starts = {"": _SYMBOLS_LABEL}
        own = tailoring.script
        names = tailoring.index.split()
        if own == "Latin":
            names = [*"ABCDEFGHIJKLMNOPQRSTUVWXYZ", *names]
        for name in names:
            label, first = (name[0], name[1]) if own == "Hangul" else (name, name)
            starts.setdefault(self._weights.of_text(first).letters, label)
        block = self._weights.layout.starts
        if names:
            ordered = sorted(starts)
            starts[block[own]] = starts.pop(ordered[1])
        else:
            starts[block[own]] = own
        for label in (*(script.label for script in SCRIPTS), OTHER):
            if label != own:
                starts[block[label]] = label
        ordered = sorted(starts)
        return tuple(ordered), tuple(starts[start] for start in ordered)

    def key(self, text: str) -> str:
        """The sort key of a text: at most 254 code points, without NUL and lone surrogates.

        A key covers the first 128 letters, and the accents and case of the first 62. No more than 1,024 code points
        of the text are read. Two texts have the same key only if these parts are canonically equivalent.

        Args:
            text: Any text of any length.

        >>> order = collation("fr")
        >>> sorted(["Zoé", "Élan", "elan", "Elbe"], key=order.key)
        ['elan', 'Élan', 'Elbe', 'Zoé']
        """
        text = text[:_READ_LIMIT]
        simple = text.isascii()
        if not simple:
            text = unicodedata.normalize("NFC", text)
        if self._contractions is not None and self._contractions.search(text):
            text = self._weights.contracted(text)
            simple = False
        if simple and self._ascii_tables is not None and text.isprintable():
            octets = text.encode()
            accents = ""
            letters = octets.translate(self._ascii_tables[0]).decode()
            shapes = octets.translate(self._ascii_tables[1]).decode()
        else:
            letters = text.translate(self._first)
            accents = text.translate(self._second).rstrip(COMMON)
            shapes = text.translate(self._third)
        accents, shapes = accents[:_ACCENTS_LIMIT], shapes.rstrip(COMMON)[:_SHAPES_LIMIT]
        return f"{letters[:_LETTERS_LIMIT]}{_SEPARATOR}{accents}{_SEPARATOR}{shapes}".rstrip(_SEPARATOR)

    def letter(self, text: str) -> str:
        """The index letter under which a text is listed.

        Args:
            text: Any text of any length.

        >>> collation("fr").letter("Élan"), collation("pl").letter("Łoś"), collation("fr").letter("3M")
        ('E', 'Ł', '#')
        """
        return self.letters[bisect_right(self._starts, self.key(text)) - 1]

    def bounds(self, letter: str) -> tuple[str, str | None]:
        """The range of keys under an index letter: first key (included) and end key (excluded; None for no end).

        Args:
            letter: One of `letters`, or any text that `bucket` accepts.

        Raises:
            Invalid: `letter-unknown`: there is no such letter.

        >>> start, end = collation("fr").bounds("E")
        >>> start <= collation("fr").key("Élan") < end
        True
        """
        place = self.letters.index(self.bucket(letter))
        return self._starts[place], self._ends[place]

    def bucket(self, asked: str) -> str:
        """The index letter that a request means; case and accents are ignored.

        Args:
            asked: A letter, or the label of a script, as a user typed it.

        Raises:
            Invalid: `letter-unknown`: there is no such letter; the message lists the known ones.

        >>> collation("fr").bucket("é"), collation("ru").bucket("latin")
        ('E', 'Latin')
        """
        if asked in self.letters:
            return asked
        short = unicodedata.normalize("NFC", asked[:64]).strip()
        if short:
            weight = self._weights.of_text(short).letters
            if weight and weight in self._starts:
                return self.letters[self._starts.index(weight)]
            if len(short) == 1 and weight:
                return self.letter(short)
            for label in self.letters:
                if len(label) > 1 and label.casefold() == short.casefold():
                    return label
        shown = ", ".join(self.letters)
        raise Invalid(
            "letter-unknown",
            f"There is no such index letter; ask for one of {shown}.",
            path="letter",
            value=asked,
            facts={"letters": self.letters},
        )


@cache
def _collation_of_tag(tag: str) -> Collation:
    return Collation(tag, TAILORINGS.get(tag, ROOT))


@lru_cache(maxsize=256)
def collation(language: str) -> Collation:
    """The order of a language, computed once.

    A tag without rules of its own gets the order of its base language; an unknown language gets the root order.

    Args:
        language: A BCP 47 tag in any case, such as `"fr"`, `"de-AT"` or `"pt_BR"`.

    >>> collation("fr-CA") is collation("en"), collation("pl").letters[:5]
    (True, ('#', 'A', 'B', 'C', 'Ć'))
    """
    tag = language[:64].replace("_", "-").lower()
    while tag:
        found = ALIASES.get(tag, tag)
        if found in TAILORINGS:
            return _collation_of_tag(found)
        tag = tag.rpartition("-")[0]
    return _collation_of_tag("root")
