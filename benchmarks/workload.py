"""The generated files that every stack imports, from a seed, with exact counts of good, bad and duplicate rows.

Ninety per cent of the rows hold a person with an employer, five per cent a person alone, and five per cent a company
alone. The rows of one company have the same access: shared for reading (70 %), private to one of eight owners, or
private to `few`. The user `few` sees about a hundred private contacts.
"""

from __future__ import annotations

import contextlib
import csv
import random
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs

from benchmarks import names
from benchmarks.folding import contact_words, directory_key, words

__all__ = [
    "EXPORT_HEADER",
    "FEW",
    "FIELDS",
    "HEADER",
    "OWNERS",
    "READER",
    "SHARED",
    "Counts",
    "Entry",
    "Field",
    "Part",
    "RowMaker",
    "Workload",
    "generate",
    "unique_phone",
]

HEADER = (
    *("First name", "Last name", "Company", "Position", "Email", "Email 2", "Phone", "Mobile"),
    *("Street", "City", "Postal code", "Country", "Tags", "Notes"),
)
SHARED, FEW, READER = "*", "few", "owner1"
OWNERS = tuple(f"owner{n}" for n in range(1, 9))
_BAD_EMAILS = ("{0} at example.com", "{0}@@example.com", "{0}..x@example.com", "{0}@", "@example.com")
_BAD_PHONES = ("01 23 45", "+33 99", "call me", "+999 123 456 789")
_BUFFER = 500


@attrs.frozen
class Field:
    """A custom field: its type is one of contactcore's, and `slug` is the key of its values."""

    name: str
    type: str
    choices: tuple[str, ...] = ()

    @property
    def slug(self) -> str:
        """The name in small letters."""
        return self.name.lower()


FIELDS = (
    Field("Since", "date"),
    Field("Discount", "number"),
    Field("Level", "choice", ("gold", "silver", "basic")),
    Field("Badge", "text"),
)
EXPORT_HEADER = (
    *("Name", "Company", "Job title", "E-mail", "Phone", "Street", "City", "Postal code", "Country", "Tags", "Notes"),
    *(field.name for field in FIELDS),
)
"""The columns of an export of another program: full names in one cell, and custom fields."""


@attrs.frozen
class Counts:
    """Numbers of rows by their result."""

    good: int
    bad: int
    duplicate: int


@attrs.frozen
class Part:
    """One file and its owner: `SHARED` if all users may read its contacts, otherwise the only user who may."""

    path: Path
    owner: str


@attrs.define
class Entry:
    """One contact that a correct import creates."""

    kind: str
    name: str
    key: str
    owner: str
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    city: str = ""
    people: list[Entry] = attrs.field(factory=list)
    fields: dict[str, Any] = attrs.field(factory=dict)

    def words(self) -> list[str]:
        """Return the search words by which the contact and its employer are found."""
        return contact_words(self.name, self.emails, self.phones).split()

    def own_words(self) -> list[str]:
        """Return the search words of the contact without its contact persons."""
        return [*self.words(), *(word for tag in self.tags for word in words(tag))]


@attrs.frozen
class Workload:
    """The files, the counts that an import must report, and the contacts that it must create."""

    rows: int
    parts: tuple[Part, ...]
    counts: Counts
    entries: tuple[Entry, ...]
    fields: tuple[Field, ...] = ()


def unique_phone(serial: int, *, mobile: bool = False, country: names.Country = names.COUNTRIES[0]) -> tuple[str, str]:
    """Return a unique valid phone number for a serial number, as its first digits and seven more."""
    return (country.mobile if mobile else country.fixed), f"{serial * 7_368_787 % 10_000_000:07d}"


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "".join(c for c in plain.lower() if c.isalnum())


class RowMaker:
    """A generator of rows and their contacts, with one serial number each."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.serial = 0

    def phone(self, *, mobile: bool) -> tuple[str, str]:
        """Return a number as typed, and in E.164."""
        rng = self.random
        country = names.COUNTRIES[0] if rng.random() < 0.7 else rng.choice(names.COUNTRIES[1:])
        head, tail = unique_phone(self.serial, mobile=mobile, country=country)
        typed = rng.choice(country.spellings).format(cc=country.calling, head=head, a=tail[:3], b=tail[3:])
        return typed, f"+{country.calling}{head}{tail}"

    def row(self, first: str, last: str, company: str, owner: str) -> tuple[list[str], Entry]:
        """Return a row and its main contact."""
        rng, self.serial = self.random, self.serial + 1
        local = f"{_ascii(first)}.{_ascii(last)}{self.serial}" if last else f"contact{self.serial}"
        domain = f"{_ascii(company)}.example.com" if company else rng.choice(names.MAILS)
        emails = [f"{local}@{domain}"] if rng.random() < 0.97 else [""]
        emails.append(f"{local}.perso@{rng.choice(names.MAILS)}" if rng.random() < 0.87 else "")
        phones = [self.phone(mobile=False) if rng.random() < 0.92 else ("", "")]
        phones.append(self.phone(mobile=True) if rng.random() < 0.72 else ("", ""))
        tags = rng.sample(names.TAGS, rng.choice((0, 0, 1, 1, 2)))
        city, postal = rng.choice(names.CITIES)
        home = [f"{rng.randrange(1, 199)} {rng.choice(names.STREETS)}", city, postal, "FR"]
        home = home if rng.random() < 0.8 else [""] * 4
        row = [first, last, company, rng.choice(names.POSITIONS) if last and company else ""]
        row += [*emails, phones[0][0], phones[1][0], *home]
        row += ["; ".join(tags), rng.choice(names.NOTES) if rng.random() < 0.4 else ""]
        name = f"{first} {last}" if last else company
        entry = Entry("person" if last else "company", name, directory_key(name, last, first), owner)
        entry.emails = tuple(dict.fromkeys(email for email in emails if email))
        entry.phones = tuple(number for _, number in phones if number)
        entry.tags = tuple(tags)
        entry.city = home[1]
        return row, entry

    def family(self) -> str:
        """Return a family name, one half from a list and one half invented."""
        rng = self.random
        if rng.random() < 0.5:
            return rng.choice(names.LAST)
        return names.stem(rng.randrange(40_000))[:6] + rng.choice(("ski", "mann", "ez", "ini", "eau", "er", "á"))

    def cluster(self, owner: str, room: int) -> tuple[list[tuple[list[str], Entry]], list[Entry]]:
        """Return the rows of one company or one person, and all their contacts."""
        rng = self.random
        company = rng.choice(names.FORMS).format(names.stem(self.serial))
        kind = rng.random()
        if kind < 0.095:  # a cluster of persons has 1.85 rows, which makes this one row in twenty
            rows = [self.row("", "", company, owner)]
            return rows, [rows[0][1]]
        if kind < 0.19:
            rows = [self.row(rng.choice(names.FIRST), names.stem(self.serial) + "er", "", owner)]
            return rows, [rows[0][1]]
        size = min(room, rng.choices((1, 2, 3), (40, 35, 25))[0])
        rows = [self.row(first, self.family(), company, owner) for first in rng.sample(names.FIRST, size)]
        whole = Entry("company", company, directory_key(company, "", ""), owner)
        whole.people = [entry for _, entry in rows]
        return rows, [whole, *(entry for _, entry in rows)]

    def spoilt(self) -> list[str]:
        """Return a row that must be rejected because of its e-mail address or its phone number."""
        rng = self.random
        row, _ = self.row(rng.choice(names.FIRST), self.family(), f"{names.stem(self.serial)} Refusé", SHARED)
        if rng.random() < 0.5:
            row[4] = rng.choice(_BAD_EMAILS).format("jo")
        else:
            row[6] = rng.choice(_BAD_PHONES)
        return row


def _rows(maker: RowMaker, counts: Counts, few: int, entries: list[Entry] | None) -> Iterator[tuple[str, list[str]]]:
    """Yield owner and row, in an order in which a duplicate follows its original."""
    rng, good = maker.random, counts.good
    spoilt, twice = set(rng.sample(range(good), counts.bad)), set(rng.sample(range(good), counts.duplicate))
    waiting: list[tuple[str, list[str], bool]] = []
    done = 0
    while done < good:
        owner = FEW if few > 0 else SHARED if rng.random() < 0.7 else rng.choice(OWNERS)
        rows, made = maker.cluster(owner, good - done)
        few -= len(made) if owner == FEW else 0
        for row, entry in rows:
            if done in twice and not row[4]:
                row[4] = f"again{maker.serial}.{done}@{names.MAILS[0]}"
                entry.emails = (row[4], *entry.emails)
            waiting.append((owner, row, done in twice))
            if done in spoilt:
                waiting.append((SHARED, maker.spoilt(), False))
            done += 1
        if entries is not None:
            entries += made
        while len(waiting) > _BUFFER:
            yield from _release(waiting, rng)
    while waiting:
        yield from _release(waiting, rng)


def _release(waiting: list[tuple[str, list[str], bool]], rng: random.Random) -> Iterator[tuple[str, list[str]]]:
    place = rng.randrange(len(waiting))
    waiting[place], waiting[-1] = waiting[-1], waiting[place]
    owner, row, again = waiting.pop()
    yield owner, row
    if again:
        copy = [*row]
        copy[4] = row[4].replace("example", "EXAMPLE")
        waiting.append((owner, copy, False))


def generate(rows: int, folder: Path, seed: int = 2026, *, remember: bool = True) -> Workload:
    """Generate a file for each owner, with `rows` rows together; `remember=False` keeps no contacts in memory."""
    bad, duplicate = round(rows * 0.02), round(rows * 0.03)
    counts = Counts(rows - bad - duplicate, bad, duplicate)
    entries: list[Entry] | None = [] if remember else None
    with contextlib.ExitStack() as stack:
        writers: dict[str, Any] = {}
        paths: dict[str, Path] = {}
        for owner in (SHARED, *OWNERS, FEW):
            paths[owner] = folder / f"{'shared' if owner == SHARED else owner}.csv"
            file = stack.enter_context(paths[owner].open("w", encoding="utf-8", newline=""))
            writers[owner] = csv.writer(file)
            writers[owner].writerow(HEADER)
        used = set()
        for owner, row in _rows(RowMaker(seed), counts, min(100, rows // 10), entries):
            used.add(owner)
            writers[owner].writerow(row)
    parts = tuple(Part(path, owner) for owner, path in paths.items() if owner in used)
    return Workload(rows, parts, counts, tuple(entries or ()))
