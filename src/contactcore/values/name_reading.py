"""Splitting a full name into its parts: a cautious guess that also keeps the full name."""

from __future__ import annotations

import re

from contactcore.values.names import PersonName
from contactcore.values.texts import clean_line

__all__ = ["split_full_name"]

_TITLES = frozenset(
    """
    mr mrs ms miss mx dr prof sir dame lord lady rev capt sgt mme mlle maître maitre monsieur madame
    mademoiselle docteur professeur herr frau dipl-ing dipling mgr sra srta doña dott dottssa sig sigra
    dr-ing drmed drphil drrernat drjur driur
    judr mudr
    """.split()  # noqa: SIM905 # a table of words is read as text
)
_TITLES_IN = {
    "fr": frozenset(("m", "me", "pr")),
    "es": frozenset(("don", "sr", "lic")),
    "it": frozenset(("don", "avv", "ing")),
    "pl": frozenset(("pan", "pani", "inż", "hab")),
    "cs": frozenset(("ing", "bc", "pan", "paní")),
    "de": frozenset(("ing", "mag")),
    "nl": frozenset(("drs", "ing")),
    "hu": frozenset(("ifj", "özv")),
}
"""Titles of one language that are names, initials or ordinary words in another language."""
_FACULTIES = frozenset(
    "med dent vet rer nat phil iur jur theol oec pol soc paed agr techn sc habil univ mult hc ing".split()  # noqa: SIM905 # a table of words is read as text
)
"""Words that continue a title, as in Dr. rer. nat. and Dr. h.c. mult."""

_SUFFIXES = frozenset(
    """
    jr sr jnr snr ii iii iv phd dphil mphil mba esq dds dmd cpa cfa pmp msc bsc meng beng mres llm llb fils père junior
    senior edd psyd pharmd obe mbe cbe frcs frcp mrcs rn kc qc md jd
    """.split()  # noqa: SIM905 # a table of words is read as text
) - {"md", "jd", "rn", "kc", "qc"}
_SUFFIXES_IN_CAPITALS = frozenset(("MA", "BA", "MD", "JD", "RN", "KC", "QC", "DO", "PE", "V"))
_GENERATION = re.compile(r"X{0,2}(?:I{2,3}|IV|VI{0,3}|IX)|XI{0,1}|XXI{0,1}")
"""Roman numbers after a name, in capitals; VI in small letters is a name."""
_POST_NOMINAL = re.compile(r"[A-Z][A-Za-z]{0,4}[A-Z](?:[-/][A-Z]{1,5})*|[A-Z]{2,8}(?:[-/][A-Z]{1,5})*")
"""Capitals, or a short word that ends with one, such as PMP, EdD and ACC-1."""
_DOTTED = re.compile(r"(?:[^\W\d_]{1,6}\.-?){2,6}(?:[^\W\d_]{1,4})?|[A-Z]\.?[a-z]{1,3}\.[^\W\d_]{0,4}")
"""Abbreviations with dots, such as M.Sc., B.Eng and Dipl.-Ing."""
_INITIALS = re.compile(r"(?:[^\W\d_]\.?-?){1,4}")
_CONSONANTS = re.compile(r"[BCDFGHJKLMNPQRSTVWXZ]{3,4}")
"""Initials without dots, such as JRR: no family name is without a vowel, except in the languages below."""
_WITHOUT_VOWELS = frozenset(("cs", "sk", "hr", "sr", "bs", "sl"))
_PARTICLES = frozenset(
    """
    van von vom zu zum zur der den des de del della delle dello di da dal dalla do dos das du la le les lo los
    las el al bin ibn ben bint abu ter ten te 't af av saint san santa st mc mac fitz nic degli dei ’t
    """.split()  # noqa: SIM905 # a table of words is read as text
)
_LINKS = frozenset(("in", "op", "aan", "uit", "bij", "over", "onder", "auf", "an", "am", "im", "het", "'s", "y", "e"))
"""Words that are particles beside another particle: `in 't Veld`, `op den Berg`, `auf der Heide`."""
_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")
"""A remark in brackets after a name; it stays in the full name but belongs to no part."""
_JOINING = frozenset(("&", "+", "and", "et", "und", "y", "e", "i", "en"))
_HUNGARIAN_FIRST = frozenset(("hu", "vi"))
_TWO_FAMILY_NAMES = frozenset(("es", "pt"))
_EAST_ASIAN = "[\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3]"  # compiled on first use


def _plain(word: str) -> str:
    return word.strip(".,").replace(".", "").casefold()


def split_full_name(text: str, language: str = "") -> PersonName:
    """The likely parts of a full name; `full` keeps the name as given.

    The function recognises a comma after the family name, a family name in capitals before the given name, titles,
    suffixes and particles. After two or more words, a comma separates a suffix that is known, in capitals or
    abbreviated. Particles after the given name belong to the family name (`Berg, Jan van der`). A remark in brackets
    belongs to no part. Otherwise the last word is the family name (in Hungarian and Vietnamese the first word). A
    single word is a given name. A name in Han or Hangul with a space has its family name first; without a space it is
    not split.

    Args:
        text: The full name.
        language: The language of the file or the workspace, a BCP 47 tag; `""` for unknown.

    Raises:
        Invalid: The codes of `contactcore.values.texts`.

    >>> name = split_full_name("Dr. Ludwig van Beethoven Jr.")
    >>> name.prefix, name.given, name.family, name.suffix
    ('Dr.', 'Ludwig', 'van Beethoven', 'Jr.')
    >>> split_full_name("Doe, Jane").family
    'Doe'

    Source: IMP-1, DIR-1.
    """
    full = " ".join(clean_line(text).split())
    base = language[:2].lower()
    head, tail, titles, suffixes = _cut_commas(_BRACKETS.sub(" ", full).strip() or full, base)
    if tail:
        before, names = _take_titles(head.split(), base)
        names, of_family = _take_suffixes(names, keep=1)
        names, behind = _take_particles(names, capitals=False)
        prefix, words = _take_titles(tail.split(), base)
        prefix += before
        words, more = _take_suffixes(words)
        words, particles = _take_particles(words, capitals=head.isupper())
        given, middle, family = words[0], " ".join(words[1:]), " ".join(particles + behind + names)
        more = of_family + more
    else:
        prefix, words = _take_titles(head.split(), base)
        words, more = _take_suffixes(words)
        given, middle, family = _order(words, base, titled=bool(prefix or titles))
    return PersonName(
        given=given,
        middle=middle,
        family=family,
        prefix=" ".join(titles + prefix),
        suffix=" ".join(more + suffixes),
        full=full,
    )


def _cut_commas(full: str, base: str) -> tuple[str, str, list[str], list[str]]:
    """The text before the first comma, the text after it, and the titles and suffixes that follow a comma."""
    pieces = [stripped for piece in full.split(",") if (stripped := piece.strip())]
    names: list[str] = []
    first: list[str] = []
    titles: list[str] = []
    suffixes: list[str] = []
    for piece in pieces:
        words = piece.split()
        if names and all(_is_title(word, base) or (place and _is_faculty(word)) for place, word in enumerate(words)):
            titles += words
        elif names and (_are_suffixes(words) or _may_be_suffixes(words, first, len(names), base)):
            suffixes.append(piece)
        elif names and piece.islower() and len(_take_particles(["", *words], capitals=False)[0]) == 1:
            names[0] = f"{piece} {names[0]}"  # Berg, van der, Jan
        else:
            names.append(piece)
            first = first or [word for word in words if not _is_title(word, base)]
    if not names:
        return "", "", titles, suffixes
    return names[0], " ".join(names[1:]), titles, suffixes


def _are_suffixes(words: list[str]) -> bool:
    """Whether all words are known suffixes, of which one may have blanks inside (`Ph. D.`)."""
    return all(map(_is_suffix, words)) or (all(word.endswith(".") for word in words) and _is_suffix("".join(words)))


def _may_be_suffixes(words: list[str], first: list[str], pieces: int, base: str) -> bool:
    """Whether unknown words after a comma are suffixes: two words of a name stand before them, and none is a name.

    Args:
        words: The words.
        first: The words before the first comma, without titles.
        pieces: The number of pieces of the name before these words.
        base: The language.
    """
    if len(first) + pieces < 3 or first[0].casefold() in _PARTICLES:  # van der Berg, JAN
        return False
    # A name that is written in capitals says nothing about a word in capitals after it, unless both parts are there.
    in_capitals = pieces > 1 or not (first[-1].isupper() and len(first[-1]) > 1 and first[0].isupper())
    return all(_is_suffix(word) or _looks_like_suffix(word, base, in_capitals=in_capitals) for word in words)


def _looks_like_suffix(word: str, base: str, *, in_capitals: bool) -> bool:
    if "." in word:
        # Two initials may be the given names after a Spanish or Portuguese family name of two words.
        initials = _INITIALS.fullmatch(word) is not None
        letters = sum(map(str.isalpha, word))
        return _DOTTED.fullmatch(word) is not None and not (initials and (letters < 2 or base in _TWO_FAMILY_NAMES))
    if base in _TWO_FAMILY_NAMES and not _CONSONANTS.fullmatch(word):
        return False
    return in_capitals and _POST_NOMINAL.fullmatch(word) is not None


def _take_titles(words: list[str], base: str) -> tuple[list[str], list[str]]:
    """The titles at the start of a name, and the rest, which has at least one word."""
    count = 0
    while count < len(words) - 1 and (
        _is_title(words[count], base)
        or (count and _is_faculty(words[count]))
        or (count and words[count].casefold() in _JOINING and _is_title(words[count + 1], base))
    ):
        count += 1
    return words[:count], words[count:]


def _is_title(word: str, base: str) -> bool:
    plain = _plain(word)
    return plain in _TITLES or plain in _TITLES_IN.get(base, ())


def _is_faculty(word: str) -> bool:
    return word.endswith(".") and _plain(word) in _FACULTIES


def _is_suffix(word: str) -> bool:
    bare = word.replace(".", "")
    return _plain(word) in _SUFFIXES or bare in _SUFFIXES_IN_CAPITALS or _GENERATION.fullmatch(bare) is not None


def _take_suffixes(words: list[str], *, keep: int = 2) -> tuple[list[str], list[str]]:
    """The words without the suffixes at their end, of which some are kept, and these suffixes."""
    end = len(words)
    while end > keep and _is_suffix(words[end - 1]):
        end -= 1
    return words[:end], words[end:]


def _take_particles(words: list[str], *, capitals: bool) -> tuple[list[str], list[str]]:
    """The given names without the particles of the family name after them, and these particles.

    A particle is in small letters there. In capitals it is a name, unless the whole name is in capitals.
    """
    start = len(words)
    while start > 1 and (words[start - 1].islower() or capitals):
        word = words[start - 1].casefold()
        if word not in _PARTICLES and not (word in _LINKS and (start < len(words) or words[start - 2].islower())):
            break
        start -= 1
    return words[:start], words[start:]


def _order(words: list[str], base: str, *, titled: bool) -> tuple[str, str, str]:
    """Given, middle and family name."""
    if len(words) < 2:
        alone = " ".join(words)
        return ("", "", alone) if titled else (alone, "", "")
    if base in _HUNGARIAN_FIRST or re.search(_EAST_ASIAN, "".join(words)):
        if base == "vi":
            return words[-1], " ".join(words[1:-1]), words[0]
        return words[1], " ".join(words[2:]), words[0]
    capitals = _leading_capitals(words, base)
    if capitals:
        return words[capitals], " ".join(words[capitals + 1 :]), " ".join(words[:capitals])
    start = _family_starts(words)
    if base == "es" and start == len(words) - 1 and start > 1:
        start -= 1  # a Spanish family name has two words: the father's name and the mother's name
    return words[0], " ".join(words[1:start]), " ".join(words[start:])


def _leading_capitals(words: list[str], base: str) -> int:
    """The number of words in capitals at the start of a name; 0 if they are not a family name.

    French administrations write the family name first and in capitals. Two capitals are initials, and so are three or
    four without a vowel. A name that is entirely in capitals gives no information.
    """
    count = 0
    while count < len(words) and words[count].isupper() and "." not in words[count]:
        count += 1
    if count == len(words) or not any(len(word) > 2 for word in words[:count]):
        return 0
    if base not in _WITHOUT_VOWELS and _CONSONANTS.fullmatch(words[0]):
        return 0
    return 0 if any(word.isupper() and len(word) > 1 for word in words[count:]) else count


def _family_starts(words: list[str]) -> int:
    """The index of the first word of the family name."""
    for index in range(1, len(words) - 1):
        word = words[index].casefold()
        if word in _PARTICLES or (word[-1] in "'’" and len(word) <= 3):  # D' Souza, O' Brien
            return index
        if word in _LINKS and words[index].islower() and words[index + 1].casefold() in _PARTICLES | {"het"}:
            return index
        if word in ("y", "i") and index > 1:  # Ortega y Gasset, Pi i Margall
            return index - 1
    return len(words) - 1
