"""Address books with varied values, as some programs write them."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator

__all__ = [
    "CITIES",
    "FIRMS",
    "FORMS",
    "GIVEN",
    "STEMS",
    "STREETS",
    "TAGS",
    "TITLES",
    "WORDS",
    "plain_ascii",
    "varied_cards",
]

GIVEN = (
    *(
        "Jane",
        "Marie",
        "Zoé",
        "Łukasz",
        "Jürgen",
        "Ana",
        "François",
        "Giulia",
        "Ola",
        "Søren",
        "Chloé",
        "Mehmet",
        "Ewa",
    ),
    *(
        "Peter",
        "Jean-Pierre",
        "Anne",
        "Carmen",
        "Ivan",
        "Nadia",
        "Tom",
        "Élodie",
        "Piotr",
        "Lars",
        "Inês",
        "Max",
        "Lea",
    ),
)
STEMS = (
    "Dubois",
    "Müller",
    "Nowak",
    "García",
    "Rossi",
    "O'Brien",
    "Çelik",
    "Smith",
    "Jansen",
    "Lefèvre",
    "Kovács",
    "Berg",
)
_ENDS = ("", "", "son", "ski", "er", "-Martin", " da Silva", "ova", "ini", "mann")
FIRMS = ("Bois", "Acme", "Nord", "Atelier", "Hôtel", "Garage", "Studio", "Cabinet", "Imprimerie", "Müller")
FORMS = ("& Fils", "SARL", "GmbH", "S.A.", "Ltd", "et associés", "AG", "Sp. z o.o.")
TITLES = (
    "CEO",
    "Chief financial officer",
    "Directrice commerciale",
    "Einkauf",
    "Sales manager",
    "Architecte",
    "Assistant",
)
STREETS = ("rue de la Paix", "avenue Foch", "Hauptstraße", "ulica Długa", "High Street", "via Roma", "place du Marché")
CITIES = (
    ("Paris", "France"),
    ("Lyon", "France"),
    ("Köln", "Germany"),
    ("Warszawa", "Poland"),
    ("London", "United Kingdom"),
)
WORDS = (
    "met",
    "at",
    "the",
    "fair",
    "in",
    "spring",
    "likes",
    "coffee",
    "call",
    "back",
    "réunion",
    "Angebot",
    "client",
    "since",
)
TAGS = ("VIP", "Customers", "Family", "Newsletter", "Supplier", "Press", "Friends", "Fournisseur")
_PHONES = ("+336", "+331", "+49151", "+4822", "+4420", "+3906")


def varied_cards(count: int, seed: int, style: str = "mixed") -> str:
    """A file of vCards 3.0 and 4.0 in which each card has other values, and other properties.

    Args:
        count: The number of cards.
        seed: The seed of the values.
        style: `"plain"` for cards of programs without groups, `"apple"` for groups with labels, `"national"` for
            national phone numbers, `"mixed"`, the default, for all of them.
    """
    chance = random.Random(seed)
    styles = ("plain", "plain", "apple", "national") if style == "mixed" else (style,)
    return "".join(_card(chance, chance.choice(styles)) for _ in range(count))


def _card(chance: random.Random, style: str) -> str:
    lines = [line for line in _lines(chance, style) if line]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _folded(line: str) -> str:
    return "\r\n ".join(line[place : place + 70] for place in range(0, len(line), 70))


def _lines(chance: random.Random, style: str) -> Iterator[str]:  # noqa: C901 - one branch for each property
    given, family = chance.choice(GIVEN), chance.choice(STEMS) + chance.choice(_ENDS)
    middle = chance.choice(GIVEN) if chance.random() < 0.15 else ""
    prefix = chance.choice(("Dr.", "Mme", "Prof.")) if chance.random() < 0.1 else ""
    firm = f"{chance.choice(FIRMS)} {chance.choice(FORMS)} {chance.randrange(5_000)}"
    number = chance.randrange(10**9)
    version = chance.choice(("3.0", "4.0"))
    group = iter(range(1, 99))
    yield "BEGIN:VCARD"
    yield f"VERSION:{version}"
    yield f"N:{family};{given};{middle};{prefix};"
    yield "FN:" + " ".join(filter(None, (prefix, given, middle, family)))
    if chance.random() < 0.6:
        yield f"ORG:{firm}" + (f";{chance.choice(('Sales', 'Achats', 'IT'))}" if chance.random() < 0.3 else "")
        yield f"TITLE:{chance.choice(TITLES)}"
    for kind in chance.sample(("WORK", "HOME"), chance.choice((0, 1, 1, 1, 2))):
        place = f"{plain_ascii(firm.partition(' ')[0])}{number % 700}.example"
        mail = f"{plain_ascii(given)}.{plain_ascii(family)}{number % 1_000}@{place}"
        head = f"item{next(group)}.EMAIL" if style == "apple" else "EMAIL"
        yield f"{head};TYPE=INTERNET,{kind}:{mail if kind == 'WORK' else 'p.' + mail}"
        if style == "apple":
            yield f"{head.partition('.')[0]}.X-ABLabel:_$!<{kind.title()}>!$_"
    for kind in chance.sample(("CELL", "WORK", "HOME"), chance.choice((0, 1, 1, 2, 2, 3))):
        digits = f"{chance.randrange(10**8):08}"
        if style == "national":
            yield f"TEL;TYPE={kind}:0{chance.choice('16')} " + " ".join(digits[at : at + 2] for at in range(0, 8, 2))
        else:
            yield f"TEL;TYPE={kind}:{chance.choice(_PHONES)}{digits}"
    if chance.random() < 0.5:
        # A national number is read with the country of the card.
        city, country = chance.choice(CITIES[:2] if style == "national" else CITIES)
        comma = "\\, bâtiment 2" if chance.random() < 0.2 else ""
        street = f"{chance.randrange(1, 300)} {chance.choice(STREETS)}{comma}"
        code = chance.randrange(10_000, 99_999)
        yield f"ADR;TYPE={chance.choice(('WORK', 'HOME'))}:;;{street};{city};;{code};{country}"
    if chance.random() < 0.3:
        page = chance.choice(("", "contact", "team/x"))
        yield f"URL:https://{plain_ascii(firm.partition(' ')[0])}{number % 999}.example/{page}"
    if chance.random() < 0.3:
        day = (chance.randrange(1930, 2010), chance.randrange(1, 13), chance.randrange(1, 29))
        yield "BDAY:" + ("%04d-%02d-%02d" if version == "3.0" else "%04d%02d%02d") % day
    if chance.random() < 0.4:
        yield "CATEGORIES:" + ",".join(chance.sample(TAGS, chance.randint(1, 3)))
    if chance.random() < 0.4:
        yield (
            "NOTE:"
            + " ".join(chance.choices(WORDS, k=chance.randint(2, 40)))
            + ("\\nSecond line" if number % 3 else "")
        )
    yield f"UID:{uuid.UUID(int=chance.getrandbits(128))}"
    if chance.random() < 0.3:
        yield f"X-AIM:{plain_ascii(given)}{number}"
    yield f"REV:20{number % 26:02}-01-15T10:{number % 60:02}:12Z"
    yield "END:VCARD"


def plain_ascii(text: str) -> str:
    """The letters and digits of ASCII in a text, in lower case."""
    return "".join(letter for letter in text.lower() if letter.isascii() and letter.isalnum())
