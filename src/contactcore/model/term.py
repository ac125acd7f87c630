"""The term by which a workspace calls its items: patients, vehicles, cases (SIT-3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

import attrs

from contactcore.errors import Invalid, check_text
from contactcore.frozen import frozen
from contactcore.model import parsing
from contactcore.read_only import read_only
from contactcore.values.country import plural_category
from contactcore.values.texts import clean_line

__all__ = ["OWN_TERM", "TERMS", "Term"]

_FALLBACK_LANGUAGE = "en"
OWN_TERM = "own"
"""The slug of a term that an admin made."""

# Language -> slug -> the words for one, for several, and, where the language has them, for few, many and fractions.
# The categories are those of the Unicode CLDR, "Language Plural Rules".
_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "clients": "client, clients",
        "patients": "patient, patients",
        "students": "student, students",
        "accounts": "account, accounts",
        "pets": "pet, pets",
        "vehicles": "vehicle, vehicles",
        "projects": "project, projects",
        "cases": "case, cases",
        "jobs": "job, jobs",
        "opportunities": "opportunity, opportunities",
        "properties": "property, properties",
    },
    "fr": {
        "clients": "client, clients",
        "patients": "patient, patients",
        "students": "élève, élèves",
        "accounts": "compte, comptes",
        "pets": "animal, animaux",
        "vehicles": "véhicule, véhicules",
        "projects": "projet, projets",
        "cases": "dossier, dossiers",
        "jobs": "intervention, interventions",
        "opportunities": "opportunité, opportunités",
        "properties": "bien, biens",
    },
    "de": {
        "clients": "Kunde, Kunden",
        "patients": "Patient, Patienten",
        "students": "Schüler, Schüler",
        "accounts": "Konto, Konten",
        "pets": "Haustier, Haustiere",
        "vehicles": "Fahrzeug, Fahrzeuge",
        "projects": "Projekt, Projekte",
        "cases": "Fall, Fälle",
        "jobs": "Auftrag, Aufträge",
        "opportunities": "Verkaufschance, Verkaufschancen",
        "properties": "Immobilie, Immobilien",
    },
    "pl": {
        "clients": "klient, klienta, klienci, klientów",
        "patients": "pacjent, pacjenta, pacjenci, pacjentów",
        "students": "uczeń, ucznia, uczniowie, uczniów",
        "accounts": "konto, konta, konta, kont",
        "pets": "zwierzę, zwierzęcia, zwierzęta, zwierząt",
        "vehicles": "pojazd, pojazdu, pojazdy, pojazdów",
        "projects": "projekt, projektu, projekty, projektów",
        "cases": "sprawa, sprawy, sprawy, spraw",
        "jobs": "zlecenie, zlecenia, zlecenia, zleceń",
        "opportunities": "szansa sprzedaży, szansy sprzedaży, szanse sprzedaży, szans sprzedaży",
        "properties": "nieruchomość, nieruchomości, nieruchomości, nieruchomości",
    },
    "es": {
        "clients": "cliente, clientes",
        "patients": "paciente, pacientes",
        "students": "alumno, alumnos",
        "accounts": "cuenta, cuentas",
        "pets": "mascota, mascotas",
        "vehicles": "vehículo, vehículos",
        "projects": "proyecto, proyectos",
        "cases": "caso, casos",
        "jobs": "trabajo, trabajos",
        "opportunities": "oportunidad, oportunidades",
        "properties": "propiedad, propiedades",
    },
    "it": {
        "clients": "cliente, clienti",
        "patients": "paziente, pazienti",
        "students": "studente, studenti",
        "accounts": "conto, conti",
        "pets": "animale, animali",
        "vehicles": "veicolo, veicoli",
        "projects": "progetto, progetti",
        "cases": "caso, casi",
        "jobs": "lavoro, lavori",
        "opportunities": "opportunità, opportunità",
        "properties": "immobile, immobili",
    },
}
_CATEGORIES = {2: ("one", "other"), 4: ("one", "other", "few", "many")}

TERMS = tuple(_WORDS["en"])
"""The slugs of the eleven terms that every workspace can choose."""


def _read_words(words: Mapping[str, str]) -> Mapping[str, str]:
    refused: Mapping[str, str]
    if not isinstance(words, Mapping):
        refused = parsing.reject("not-a-mapping", "Give the words by their plural categories.", words)
        return refused
    if not ({"one", "other"} <= set(words) <= _PLURALS):
        message = "Give a word for one and for other; zero, two, few and many are optional."
        refused = parsing.reject("term-words", message, sorted(map(str, words)))
        return refused
    try:
        cleaned = {category: clean_line(words[category]) for category in words}
    except Invalid as error:
        refused = parsing.reject(error.code, error.reason, facts=error.facts)
        return refused
    if not all(cleaned.values()):
        refused = parsing.reject("term-words", "Give a word, not an empty text.")
        return refused
    return read_only(cleaned)


_PLURALS = {"zero", "one", "two", "few", "many", "other"}


@frozen(kw_only=True)
class Term:
    """The name of items on the screen, in one language, with its plural forms.

    Attributes:
        slug: The slug of one of the eleven terms, or `"own"` for a term that an admin made.
        language: The language whose plural rules apply, a BCP 47 tag.
        words: The word for each plural category of the Unicode CLDR: `"one"` and `"other"`, and `"zero"`, `"two"`,
            `"few"` and `"many"` in languages that have them.

    Raises:
        Invalid: `term-words`.

    >>> term = Term.known("patients", "pl")
    >>> [f"{count} {term.of(count)}" for count in (1, 3, 5)], term.plural
    (['1 pacjent', '3 pacjenci', '5 pacjentów'], 'pacjenci')
    """

    slug: str = attrs.field(converter=parsing.line)
    language: str = attrs.field(default=_FALLBACK_LANGUAGE, converter=parsing.line)
    words: Mapping[str, str] = attrs.field(converter=_read_words, hash=False)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self)

    @classmethod
    def known(cls, slug: str, language: str) -> Self:
        """One of the eleven terms, in a language that has names of its own, else in English.

        Args:
            slug: The slug of the term.
            language: A BCP 47 tag.

        Raises:
            Invalid: `text-type`; `term-unknown` for any other slug.

        >>> Term.known("vehicles", "fr-CA").plural, Term.known("vehicles", "ja").plural
        ('véhicules', 'vehicles')
        """
        check_text(slug=slug, language=language)
        if slug not in TERMS:
            raise Invalid("term-unknown", f"Terms are {', '.join(TERMS)}.", path="slug", value=slug)
        base = language.partition("-")[0]
        spoken = base if base in _WORDS else _FALLBACK_LANGUAGE
        forms = _WORDS[spoken][slug].split(", ")
        return cls(slug=slug, language=spoken, words=dict(zip(_CATEGORIES[len(forms)], forms, strict=True)))

    def of(self, count: float) -> str:
        """The word as it follows a number.

        Args:
            count: The number, 0 or more.

        Raises:
            Invalid: `number-type` for anything else.

        >>> Term.known("students", "en").of(1), Term.known("students", "en").of(0)
        ('student', 'students')
        """
        if isinstance(count, bool) or not isinstance(count, int | float) or not 0 <= count < float("inf"):
            raise Invalid("number-type", "Give a number of items, 0 or more.", path="count")
        return self.words.get(plural_category(self.language, count), self.words["other"])

    @property
    def singular(self) -> str:
        """The word for one item."""
        return self.words["one"]

    @property
    def plural(self) -> str:
        """The word for several items, as the heading of a list."""
        return self.words.get("few", self.words["other"])
