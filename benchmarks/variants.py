"""Adversarial files: each variant is a file that is hard for some stack, with the searches that are hard in it.

python -m benchmarks --variants               all of them
python -m benchmarks --variants half,cyrillic
"""

from __future__ import annotations

import csv
import itertools
import random
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import attrs

from benchmarks import names
from benchmarks.folding import fold, words
from benchmarks.truth import Truth
from benchmarks.workload import (
    EXPORT_HEADER,
    FIELDS,
    HEADER,
    OWNERS,
    READER,
    SHARED,
    Counts,
    Entry,
    Part,
    RowMaker,
    Workload,
)

__all__ = ["VARIANTS", "Variant", "build"]

_HALF, _FIFTH = "Vandenberghe", "Wojciechowska"
_GIVEN, _FAMILY = "Jean", "Martin"
_MOST_EQUAL = 10_000
_TWO_TAGS = ("adhérent", "sympathisant")
_OTHERS = tuple(owner for owner in OWNERS if owner != READER)
_FIRST_EMAIL, _TAGS = 4, 12  # columns of a row
_TEXTS = (0, 1, 2, 3, 8, 9, 12, 13)  # the columns that Cyrillic letters can be in
_LATIN, _CYRILLIC = "abcdefghijklmnopqrstuvwxyz", "абцдефгхийклмнопщрстувшжыз"
_TO_CYRILLIC = str.maketrans(_LATIN + _LATIN.upper() + "łŁ", _CYRILLIC + _CYRILLIC.upper() + "лЛ", "\u0301")

Searches = dict[str, list[str]]
"""Shape of a search -> the searched texts."""


@attrs.frozen
class Variant:
    """A file with its expected answers.

    Attributes:
        workload: The files and the counts of an import.
        truth: The expected answers.
        searches: The searched texts by the shape of the search.
        place: The number of contacts before the page in the depth.
    """

    workload: Workload
    truth: Truth
    searches: Mapping[str, Sequence[str]]
    place: int


@attrs.define
class _Row:
    owner: str
    cells: list[str]
    entry: Entry | None = None


@attrs.define
class _File:
    """The rows in their order, the copies of rows that follow them, and the contacts that an import creates."""

    maker: RowMaker
    rows: list[_Row] = attrs.field(factory=list)
    copies: list[_Row] = attrs.field(factory=list)
    entries: list[Entry] = attrs.field(factory=list)
    header: Sequence[str] = HEADER

    def fill(self, rows: int, owner: Callable[[], str] | None = None) -> None:
        """Add companies and people until there are `rows` rows; by default 70 % of them are shared."""
        rng = self.maker.random
        while len(self.rows) < rows:
            whose = owner() if owner else SHARED if rng.random() < 0.7 else rng.choice(OWNERS)
            made, entries = self.maker.cluster(whose, rows - len(self.rows))
            self.rows += [_Row(whose, cells, entry) for cells, entry in made]
            self.entries += entries

    def copy(self, row: _Row, email: int = _FIRST_EMAIL) -> None:
        """Add a duplicate of a row, which writes its e-mail address in another way."""
        cells = [*row.cells]
        cells[email] = cells[email].replace("example", "EXAMPLE")
        self.copies.append(_Row(row.owner, cells))

    def written(self, folder: Path) -> Workload:
        """Write the rows of each owner to a file, and the copies to files after them."""
        parts = []
        for kind, rows in (("rows", self.rows), ("copies", self.copies)):
            for number, owner in enumerate(dict.fromkeys(row.owner for row in rows)):
                path = folder / f"{kind}-{number}.csv"
                with path.open("w", encoding="utf-8", newline="") as file:
                    csv.writer(file).writerows([self.header, *(row.cells for row in rows if row.owner == owner)])
                parts.append(Part(path, owner))
        good = sum(row.entry is not None for row in self.rows)
        counts = Counts(good, len(self.rows) - good, len(self.copies))
        fields = FIELDS if self.header == EXPORT_HEADER else ()
        return Workload(len(self.rows) + len(self.copies), tuple(parts), counts, tuple(self.entries), fields)


def _with_email(file: _File, row: _Row) -> _Row:
    """Give the contact of a row an e-mail address in its first column, because copies are known by it."""
    if row.entry is not None and not row.cells[_FIRST_EMAIL]:
        row.cells[_FIRST_EMAIL] = f"only{len(file.rows)}.{file.maker.random.randrange(10**9)}@{names.MAILS[0]}"
        row.entry.emails = (row.cells[_FIRST_EMAIL], *row.entry.emails)
    return row


# The files.


def _private(rows: int, seed: int) -> _File:
    """99.5 % of the contacts are private to other users than the reader, and the rest is shared."""
    file, number = _File(RowMaker(seed)), itertools.count()
    file.fill(rows, lambda: file.maker.random.choice(_OTHERS) if next(number) % 200 else SHARED)
    return file


class _NameMaker(RowMaker):
    """A maker that gives a share of the people one family name, and each row one of two tags."""

    def __init__(self, seed: int, family: str, share: float) -> None:
        super().__init__(seed)
        self._family, self._share = family, share

    def family(self) -> str:
        return self._family if self.random.random() < self._share else super().family()

    def row(self, first: str, last: str, company: str, owner: str) -> tuple[list[str], Entry]:
        row, entry = super().row(first, last, company, owner)
        row[_TAGS] = _TWO_TAGS[self.serial % 2]
        entry.tags = (row[_TAGS],)
        return row, entry


def _half(rows: int, seed: int) -> _File:
    """Half of all contacts have one family name, or employ somebody of this name. Each row has one of two tags."""
    file = _File(_NameMaker(seed, _HALF, 0.45))
    file.fill(rows)
    return file


def _fifth(rows: int, seed: int) -> _File:
    """A fifth of all contacts have one long family name, or employ somebody of this name."""
    file = _File(_NameMaker(seed, _FIFTH, 0.16))
    file.fill(rows)
    return file


def _equal(rows: int, seed: int) -> _File:
    """10,000 people, or half of the rows if that is less, have one name and different e-mail addresses."""
    file = _File(RowMaker(seed))
    for _ in range(min(_MOST_EQUAL, rows // 2)):
        cells, entry = file.maker.row(_GIVEN, _FAMILY, "", SHARED)
        file.rows.append(_with_email(file, _Row(SHARED, cells, entry)))
        file.entries.append(entry)
    file.fill(rows)
    file.maker.random.shuffle(file.rows)
    return file


def _in_cyrillic(text: str) -> str:
    """Return a text with a Cyrillic letter in place of each Latin one, without accents.

    >>> _in_cyrillic("Agnès Łuczak")
    'Агнес Луцзак'
    """
    plain = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return plain.replace("ß", "ss").translate(_TO_CYRILLIC)


def _cyrillic(rows: int, seed: int) -> _File:
    """All texts but e-mail addresses and the codes of countries are in Cyrillic letters."""
    file = _File(RowMaker(seed))
    file.fill(rows)
    for row in file.rows:
        for column in _TEXTS:
            row.cells[column] = _in_cyrillic(row.cells[column])
    for entry in file.entries:
        entry.name, entry.city = _in_cyrillic(entry.name), _in_cyrillic(entry.city)
        entry.key = fold(_in_cyrillic(entry.key))
        entry.tags = tuple(_in_cyrillic(tag) for tag in entry.tags)
    return file


def _bad(rows: int, seed: int) -> _File:
    """Every row has an e-mail address or a telephone number that is none."""
    file = _File(RowMaker(seed))
    file.rows = [_Row(SHARED, file.maker.spoilt()) for _ in range(rows)]
    return file


def _duplicates(rows: int, seed: int) -> _File:
    """Every row is a duplicate, but the twentieth part of them that comes first."""
    file = _File(RowMaker(seed))
    file.fill(max(1, rows // 20), lambda: SHARED)
    for row in itertools.islice(itertools.cycle([_with_email(file, row) for row in file.rows]), rows - len(file.rows)):
        file.copy(row)
    return file


_WRONG_FIELDS = (("2024-06-31", "", "", ""), ("", "12,5 €?", "", ""), ("", "", "copper", ""))


def _export(rows: int, seed: int) -> _File:
    """An export with full names in one cell and four custom fields. 2 % of the rows are bad, 3 % are duplicates."""
    file = _File(RowMaker(seed), header=EXPORT_HEADER)
    rng, bad, again = file.maker.random, round(rows * 0.02), round(rows * 0.03)
    file.fill(rows - bad - again)
    for row in file.rows:
        entry = row.entry
        assert entry is not None
        cells = [
            rng.choice(("2024-06-05", "1999-12-31", "2020-02-29", "")),
            rng.choice(("12.5", "7", "0.25", "")),
            rng.choice((*FIELDS[2].choices, "")),
            f"K-{rng.randrange(10**6)}",
        ]
        entry.emails = tuple(email for email in entry.emails if email == row.cells[_FIRST_EMAIL])
        entry.phones = entry.phones[:1] if row.cells[6] else ()
        values = dict(zip((field.slug for field in FIELDS), cells, strict=True))
        entry.fields = {slug: float(cell) if slug == "discount" else cell for slug, cell in values.items() if cell}
        row.cells = _exported(row.cells, cells)
    with_email = [row for row in file.rows if row.cells[3]]
    for row in rng.sample(with_email, again):
        file.copy(row, email=3)
    for number in range(bad):
        cells, _ = file.maker.row(rng.choice(names.FIRST), file.maker.family(), f"{names.stem(number)} Refusé", SHARED)
        file.rows.append(_Row(SHARED, _exported(cells, _WRONG_FIELDS[number % len(_WRONG_FIELDS)])))
    rng.shuffle(file.rows)
    return file


def _exported(cells: Sequence[str], fields: Iterable[str]) -> list[str]:
    first, last, company, position, email, _, phone, _, *rest = cells
    return [f"{first} {last}".strip(), company, position, email, phone, *rest, *fields]


# The searches.


def _seen(truth: Truth, count: int) -> list[Entry]:
    """Return random people whom the reader sees, with an e-mail address and a name of two words."""
    people = [entry for entry in truth.visible(READER) if entry.kind == "person" and entry.emails]
    seen = [entry for entry in people if len(words(entry.name)) == 2]
    return random.Random(7).sample(seen, min(count, len(seen)))


def _locals(people: Iterable[Entry]) -> list[str]:
    return [entry.emails[0].partition("@")[0] for entry in people]


def _usual(truth: Truth) -> Searches:
    """Return searches as somebody types them who knows a name or an address."""
    people = _seen(truth, 24)
    named = [words(entry.name) for entry in people]
    return {
        "begin of a name": [family[: 3 + number % 3] for number, (_, family) in enumerate(named[:8])],
        "two words": [f"{given} {family[:3]}" for given, family in named[8:16]],
        "one contact": _locals(people[16:]) or _locals(people),
        "no contact": ["zzqx", "qxz", "wxyz", "0999999"],
    }


def _searches_of_private(truth: Truth) -> Searches:
    return {**_usual(truth), "word of most": ["example", "perso", "exam"]}


def _searches_of_half(truth: Truth) -> Searches:
    word, (one, other) = fold(_HALF), (fold(tag) for tag in _TWO_TAGS)
    local = _locals(_seen(truth, 8))
    return {
        "half": [word, word[:8], word[:4]],
        "half and one": [f"{word} {text}" for text in local] + [f"{text} {word[:5]}" for text in local],
        "two halves that never meet": [f"{one} {other}", f"{other[:5]} {one[:5]}"],
        "half and none": [f"{word} zzqx", f"zzqx {word}", f"{word[:4]} wxyz"],
        "no contact": ["zzqx", "qxz", "wxyz"],
    }


def _searches_of_equal(truth: Truth) -> Searches:
    given, family = _GIVEN.lower(), _FAMILY.lower()
    alike = [entry for entry in truth.visible(READER) if entry.name == f"{_GIVEN} {_FAMILY}"]
    some = random.Random(7).sample(alike, min(8, len(alike)))
    return {
        "the equal name": [f"{given} {family}", f"{family} {given}", f"{given} {family[:1]}", family],
        "one of the equal": _locals(some),
        "name and number of one": [f"{given} {entry.phones[0][1:]}" for entry in some if entry.phones],
    }


def _searches_of_fifth(truth: Truth) -> Searches:
    word = fold(_FIFTH)
    people = [entry for entry in _seen(truth, 200) if not entry.name.endswith(_FIFTH)]
    families = [words(entry.name)[1] for entry in people]
    result: Searches = {}
    for letters in range(1, 11):
        length = "1 letter" if letters == 1 else f"{letters} letters"
        result[f"{length} of a name"] = [name[:letters] for name in families if len(name) >= letters][:8]
        result[f"{length} of the fifth"] = [word[:letters]]
    result["whole word of the fifth"] = [word]
    result["two words"] = [f"{words(entry.name)[0]} {words(entry.name)[1][:3]}" for entry in people[:8]]
    result["the fifth and a first name"] = [f"{word} {words(entry.name)[0][:2]}" for entry in people[:8]]
    result["the fifth and one"] = [f"{word} {text}" for text in _locals(people[:8])]
    result["the fifth and none"] = [f"{word} zzqx"]
    return result


def _searches_of_cyrillic(truth: Truth) -> Searches:
    return {**_usual(truth), "no contact": ["ъъъ", "щъ", "эюя", "ма ъъ"]}


def _searches_of_bad(_: Truth) -> Searches:
    return {"no contact": ["marie", "d", "example"]}


def _middle(truth: Truth) -> int:
    """Return the middle of the directory; of the contacts of an equal name, if many have one."""
    seen = [entry.name for entry in truth.visible(READER)]
    alike = [place for place, name in enumerate(seen) if name == f"{_GIVEN} {_FAMILY}"]
    return alike[len(alike) // 2] if len(alike) > len(seen) // 5 else len(seen) // 2


VARIANTS: Mapping[str, tuple[Callable[[int, int], _File], Callable[[Truth], Searches]]] = {
    "private": (_private, _searches_of_private),
    "half": (_half, _searches_of_half),
    "prefixes": (_fifth, _searches_of_fifth),
    "equal": (_equal, _searches_of_equal),
    "cyrillic": (_cyrillic, _searches_of_cyrillic),
    "bad": (_bad, _searches_of_bad),
    "duplicates": (_duplicates, _usual),
    "export": (_export, _usual),
}


def build(name: str, rows: int, folder: Path, seed: int = 2026) -> Variant:
    """Write the files of a variant with so many rows, and compute its expected answers."""
    file_of, searches_of = VARIANTS[name]
    workload = file_of(rows, seed).written(folder)
    truth = Truth(workload)
    searches = {
        shape: [text for text in texts if text and truth.is_settled(READER, text)]
        for shape, texts in searches_of(truth).items()
    }
    return Variant(workload, truth, {shape: texts for shape, texts in searches.items() if texts}, _middle(truth))
