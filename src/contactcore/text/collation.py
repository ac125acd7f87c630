"""The order in which a language lists names, and the letters by which they are browsed."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from functools import cache, lru_cache

from contactcore.errors import Invalid
from contactcore.text.scripts import OTHER, SCRIPTS
from contactcore.text.tailorings import ALIASES, ROOT, TAILORINGS, Tailoring
from contactcore.text.weights import COMMON, Weights

__all__ = ["Collation", "collation"]

_SIGNS = "#"
_SEPARATOR = "\x01"
_LETTERS, _ACCENTS, _SHAPES = 128, 62, 62
_READ = 1024
_REMEMBERED = 20_000
_TABLES = "1"


class _Level(dict[int, str]):
    """One level of the elements of characters, each worked out when it is first met."""

    def __init__(self, weights: Weights, name: str) -> None:
        self._weights = weights
        self._name = name

    def __missing__(self, code: int) -> str:
        weight: str = getattr(self._weights.of(chr(code)), self._name)
        # A hostile text with every code point there is must not stay in memory.
        if len(self) >= _REMEMBERED:
            self.clear()
        self[code] = weight
        return weight


class Collation:
    """The order of one language: sort keys and index letters (DIR-9).

    Keys are compared by code point. They follow the Unicode CLDR: first the letters of the whole text, then its
    accents, then its case; signs sort before digits, digits before letters, the language's own script before all
    others. A name that begins with a sign or a digit is listed under "#".

    Attributes:
        tag: The language whose rules these are; "root" for those that need none (en, fr, de, ...).
        version: Changes whenever the same text might get another key; equal for languages of equal order.
        letters: The index letters in directory order, "#" first, the other scripts at the end.
    """

    def __init__(self, tag: str, tailoring: Tailoring) -> None:
        self.tag = tag
        self.version = f"{tag}-{_TABLES}"
        self._weights = Weights(tailoring)
        self._groups = self._weights.groups
        self._octets = self._weights.octets()
        self._first, self._second, self._third = (
            _Level(self._weights, name) for name in ("letters", "accents", "shapes")
        )
        self._starts, self.letters = self._index(tailoring)
        self._ends: tuple[str | None, ...] = (*self._starts[1:], None)

    def _index(self, tailoring: Tailoring) -> tuple[tuple[str, ...], tuple[str, ...]]:
        starts = {"": _SIGNS}
        own = tailoring.script
        names = tailoring.index.split()
        if own == "Latin":
            names = [*"ABCDEFGHIJKLMNOPQRSTUVWXYZ", *names]
        for name in names:
            label, first = (name[0], name[1]) if own == "Hangul" else (name, name)
            starts.setdefault(self._weights.spelt(first).letters, label)
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

        Two texts get the same key only if they are canonically equivalent as far as they are read: 128 letters, 62
        of them with their accents and case, and never more than 1,024 code points.

        Args:
            text: Any text of any length.

        >>> order = collation("fr")
        >>> sorted(["Zoé", "Élan", "elan", "Elbe"], key=order.key)
        ['elan', 'Élan', 'Elbe', 'Zoé']
        """
        text = text[:_READ]
        simple = text.isascii()
        if not simple:
            text = unicodedata.normalize("NFC", text)
        if self._groups is not None and self._groups.search(text):
            text = self._weights.prepared(text)
            simple = False
        if simple and self._octets is not None and text.isprintable():
            octets = text.encode()
            accents = ""
            letters = octets.translate(self._octets[0]).decode()
            shapes = octets.translate(self._octets[1]).decode()
        else:
            letters = text.translate(self._first)
            accents = text.translate(self._second).rstrip(COMMON)
            shapes = text.translate(self._third)
        accents, shapes = accents[:_ACCENTS], shapes.rstrip(COMMON)[:_SHAPES]
        return f"{letters[:_LETTERS]}{_SEPARATOR}{accents}{_SEPARATOR}{shapes}".rstrip(_SEPARATOR)

    def letter(self, text: str) -> str:
        """The index letter under which a text is listed.

        >>> collation("fr").letter("Élan"), collation("pl").letter("Łoś"), collation("fr").letter("3M")
        ('E', 'Ł', '#')
        """
        return self.letters[bisect_right(self._starts, self.key(text)) - 1]

    def bounds(self, letter: str) -> tuple[str, str | None]:
        """The keys under an index letter: from the first on, up to but without the second (None: no end).

        Args:
            letter: One of `letters`, or what `bucket` takes for one.

        Raises:
            Invalid: There is no such letter (`letter-unknown`).

        >>> start, end = collation("fr").bounds("E")
        >>> start <= collation("fr").key("Élan") < end
        True
        """
        place = self.letters.index(self.bucket(letter))
        return self._starts[place], self._ends[place]

    def bucket(self, asked: str) -> str:
        """The index letter that somebody means who asks for `asked`: case and accents are forgiven.

        Args:
            asked: A letter or the name of a script, as it was typed.

        Raises:
            Invalid: There is no such letter (`letter-unknown`); the message lists those that there are.

        >>> collation("fr").bucket("é"), collation("ru").bucket("latin")
        ('E', 'Latin')
        """
        if asked in self.letters:
            return asked
        short = unicodedata.normalize("NFC", asked[:64]).strip()
        if short:
            weight = self._weights.spelt(short).letters
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
def _known(tag: str) -> Collation:
    return Collation(tag, TAILORINGS.get(tag, ROOT))


@lru_cache(maxsize=256)
def collation(language: str) -> Collation:
    """The order of a language, made once; its base language's if it has none, and the root order if none is known.

    Args:
        language: A BCP 47 tag in any case, such as `"fr"`, `"de-AT"` or `"pt_BR"`.

    >>> collation("fr-CA") is collation("en"), collation("pl").letters[:5]
    (True, ('#', 'A', 'B', 'C', 'Ć'))
    """
    tag = language[:64].replace("_", "-").lower()
    while tag:
        found = ALIASES.get(tag, tag)
        if found in TAILORINGS:
            return _known(found)
        tag = tag.rpartition("-")[0]
    return _known("root")
