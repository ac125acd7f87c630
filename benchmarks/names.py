"""The names, places and phone spellings of the generated file."""

from __future__ import annotations

import attrs

__all__ = [
    "CITIES",
    "COUNTRIES",
    "FIRST",
    "FORMS",
    "LAST",
    "MAILS",
    "NOTES",
    "POSITIONS",
    "STREETS",
    "TAGS",
    "Country",
    "stem",
]

FIRST = """
Marie Jean Amélie Éric Zoé François Chloé René Anaïs Loïc Hélène Mathieu Sophie Camille Noël Agnès
Jürgen Käthe Björn Anna Lukas Jörg Ulrike Stefan Martina Agnieszka Paweł Małgorzata Zofia Jan Ewa
Marek José María Ángel Lucía Begoña Íñigo Carmen Giulia Marco Niccolò Alessandra Luca Emma Oliver
Siân Niamh Thomas Alice Arthur Maxime Manon Sarah Samuel Benoît Cécile David Elise Victor Yann
""".split()  # noqa: SIM905 - a list of names reads better without quotes
LAST = """
Martin Bernard Dupont Dubois Lefèvre Moreau Laurent Girard André Mercier Lévêque Gauthier Mathieu
Müller Schäfer Groß Köhler Weiß Bauer Maier Schröder Voß Nowak Kowalski Wiśniewski Wójcik Łuczak
Zając García Núñez Martínez Gómez Peña Ibáñez Rossi Esposito D'Angelo Marino Conti Smith Brown
O'Brien Murphy Walker Évrard Durand Petit Robert Richard Simon Michel Leroy Roux Fournier Bonnet
Lambert Fontaine Rousseau Vincent Masson Marchand Aubert Arnaud Sanchez Perrin Morin Nicolas
""".split()  # noqa: SIM905 - a list of names reads better without quotes
POSITIONS = ("CEO", "Accountant", "Buyer", "Head of sales", "Secretary", "Engineer", "Gérante", "Directeur")
STREETS = ("rue de la Paix", "avenue Foch", "place du Marché", "boulevard Voltaire", "chemin des Prés")
CITIES = (
    ("Paris", "75002"),
    ("Orléans", "45000"),
    ("Besançon", "25000"),
    ("Saint-Étienne", "42000"),
    ("Nîmes", "30000"),
    ("Lyon", "69003"),
    ("Angoulême", "16000"),
)
TAGS = ("vip", "client", "prospect", "fournisseur", "newsletter", "presse", "salon 2025", "à rappeler")
NOTES = (
    "Rencontrée au salon, à rappeler en septembre.",
    "Prefers mail, no calls before ten.",
    "Zahlt pünktlich; Angebot für Wartung folgt.",
    "Demande un devis pour l'entretien des façades, accès par la cour.",
)
MAILS = ("mail.example.com", "post.example.org", "courriel.example.net", "poczta.example.com")
FORMS = ("{} & Fils", "{} SARL", "{} GmbH", "{} Ltd", "{} Conseil", "Atelier {}", "{} S.A.", "Établissements {}")

_SYLLABLES = [c + v for c in "bcdfgklmnprstv" for v in "aeiouy"]
_STEMS = len(_SYLLABLES) ** 4
_STRIDE = 22_695_479  # coprime with the number of stems, which makes every stem unique


def stem(index: int) -> str:
    """Return a pronounceable word that is unique to the index.

    >>> stem(1) == stem(1), stem(1) == stem(2)
    (True, False)
    """
    rest = (index * _STRIDE + 12_345) % _STEMS
    parts = []
    for _ in range(4):
        rest, place = divmod(rest, len(_SYLLABLES))
        parts.append(_SYLLABLES[place])
    return "".join(parts).capitalize()


@attrs.frozen
class Country:
    """The telephone numbers of a country: calling code, first digits, and spellings of the other seven digits."""

    code: str
    calling: str
    fixed: str
    mobile: str
    spellings: tuple[str, ...]


_INTERNATIONAL = ("+{cc} {head} {a} {b}", "+{cc} {head}{a}{b}", "+{cc}-{head}-{a}-{b}")
COUNTRIES = (
    Country("FR", "33", "14", "61", ("0{head}{a}{b}", "0{head} {a} {b}", "0{head}.{a}.{b}", *_INTERNATIONAL)),
    Country("DE", "49", "302", "1511", _INTERNATIONAL),
    Country("GB", "44", "207", "778", _INTERNATIONAL),
    Country("PL", "48", "22", "60", _INTERNATIONAL),
    Country("ES", "34", "91", "61", _INTERNATIONAL),
    Country("NL", "31", "20", "61", _INTERNATIONAL),
)
