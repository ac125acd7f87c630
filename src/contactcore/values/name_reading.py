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

_SUFFIXES = frozenset(("jr", "sr", "ii", "iii", "iv", "phd", "mba", "esq", "dds", "cpa", "msc", "bsc", "llm", "fils"))
_SUFFIXES_IN_CAPITALS = frozenset(("MA", "BA", "MD", "JD", "V"))
_PARTICLES = frozenset(
    """
    van von vom zu zum zur der den des de del della delle dello di da dal dalla do dos das du la le les lo los
    las el al bin ibn ben bint abu ter ten te 't af av saint san santa st
    """.split()  # noqa: SIM905 # a table of words is read as text
)
_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")
"""A remark in brackets after a name; it stays in the full name but belongs to no part."""
_JOINING = frozenset(("&", "+", "and", "et", "und", "y", "e", "i", "en"))
_HUNGARIAN_FIRST = frozenset(("hu", "vi"))
_EAST_ASIAN = "[\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3]"  # compiled on first use


def _plain(word: str) -> str:
    return word.strip(".,").replace(".", "").casefold()


def split_full_name(text: str, language: str = "") -> PersonName:
    """The likely parts of a full name; `full` keeps the name as given.

    The function recognises a comma after the family name, a family name in capitals before the given name, titles,
    suffixes and particles. It leaves a remark in brackets out of the parts. Otherwise the last word is the family name
    (in Hungarian and Vietnamese the first word). A single word is a given name. A name in Han or Hangul with a space
    has its family name first; without a space it is not split.

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
    head, tail, suffixes = _cut_commas(_BRACKETS.sub(" ", full).strip() or full)
    base = language[:2].lower()
    if tail:
        before, names = _take_titles(head.split(), base)
        prefix, words = _take_titles(tail.split(), base)
        prefix += before
        more, words = _take_suffixes(words)
        given, middle, family = words[0], " ".join(words[1:]), " ".join(names)
    else:
        prefix, words = _take_titles(head.split(), base)
        more, words = _take_suffixes(words)
        given, middle, family = _order(words, base, titled=bool(prefix))
    return PersonName(
        given=given,
        middle=middle,
        family=family,
        prefix=" ".join(prefix),
        suffix=" ".join(more + suffixes),
        full=full,
    )


def _cut_commas(full: str) -> tuple[str, str, list[str]]:
    """The text before the first comma, the text after it, and the suffixes that follow a comma."""
    pieces = [piece.strip() for piece in full.split(",")]
    pieces = [piece for piece in pieces if piece]
    suffixes: list[str] = []
    while len(pieces) > 1 and all(_is_suffix(word) for word in pieces[-1].split()):
        suffixes.insert(0, pieces.pop())
    if not pieces:
        return "", "", suffixes
    return pieces[0], " ".join(pieces[1:]), suffixes


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
    return _plain(word) in _SUFFIXES or word.replace(".", "") in _SUFFIXES_IN_CAPITALS


def _take_suffixes(words: list[str]) -> tuple[list[str], list[str]]:
    """The suffixes at the end of a name, and the rest, which keeps at least two words."""
    end = len(words)
    while end > 2 and _is_suffix(words[end - 1]):
        end -= 1
    return words[end:], words[:end]


def _order(words: list[str], base: str, *, titled: bool) -> tuple[str, str, str]:
    """Given, middle and family name."""
    if len(words) < 2:
        alone = " ".join(words)
        return ("", "", alone) if titled else (alone, "", "")
    if base in _HUNGARIAN_FIRST or re.search(_EAST_ASIAN, "".join(words)):
        if base == "vi":
            return words[-1], " ".join(words[1:-1]), words[0]
        return words[1], " ".join(words[2:]), words[0]
    capitals = _leading_capitals(words)
    if capitals:
        return words[capitals], " ".join(words[capitals + 1 :]), " ".join(words[:capitals])
    start = _family_starts(words)
    if base == "es" and start == len(words) - 1 and start > 1:
        start -= 1  # a Spanish family name has two words: the father's name and the mother's name
    return words[0], " ".join(words[1:start]), " ".join(words[start:])


def _leading_capitals(words: list[str]) -> int:
    """The number of words in capitals at the start of a name; 0 if they are not a family name.

    French administrations write the family name first and in capitals. Two capitals are initials. A name that is
    entirely in capitals gives no information.
    """
    count = 0
    while count < len(words) and words[count].isupper() and "." not in words[count]:
        count += 1
    if count == len(words) or not any(len(word) > 2 for word in words[:count]):
        return 0
    return 0 if any(word.isupper() and len(word) > 1 for word in words[count:]) else count


def _family_starts(words: list[str]) -> int:
    """The index of the first word of the family name."""
    for index in range(1, len(words) - 1):
        word = words[index].casefold()
        if word in _PARTICLES:
            return index
        if word in ("y", "i") and index > 1:  # Ortega y Gasset, Pi i Margall
            return index - 1
    return len(words) - 1
