"""The meaning of a column's header: known headers are looked up first, others are composed from known words."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from importlib import import_module
from types import ModuleType

__all__ = ["LANGUAGES", "PATRONYMIC_LAST", "family_first", "language_of", "meaning_of", "normal_header", "recognised"]

_MODULES = {
    "en": "english",
    "fr": "french",
    "de": "german",
    "pl": "polish",
    "es": "spanish",
    "it": "italian",
    "nl": "dutch",
    "pt": "portuguese",
    "sv": "swedish",
    "da": "danish",
    "nb": "norwegian",
    "fi": "finnish",
    "cs": "czech",
    "hu": "hungarian",
    "ro": "romanian",
    "tr": "turkish",
    "ru": "russian",
    "ja": "japanese",
    "zh": "chinese",
}
_SAME_WORDS = {"no": "nb", "nn": "nb", "sk": "cs", "uk": "ru"}
"""Languages whose headers are among those of another one."""

LANGUAGES = tuple(_MODULES)
"""Languages of the known headers."""

_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "œ": "oe", "æ": "ae", "ı": "i", "°": " ", "’": "'", "º": " "}
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_POSSESSIVE = re.compile(r"'s\b")
_BREAKS = re.compile(r"[\W_]+")
_DIGITS = re.compile(r"(?<=[a-z])(?=\d)")
_EMAIL = re.compile(r"\be (mail\w*)")
_PLAIN = re.compile(r"(?!.*(?:\be mail|linked in|git hub))[a-z]+(?: [a-z]+)*")
"""A short header in its normal form."""
_RECORD = re.compile(r"\s*(?:Person|Organi[sz]ation|Lead|Company|Account)\s+-\s+(.+)", re.DOTALL)
_REMARK = re.compile(r"([^()\[\]]+)[(\[]([^()\[\]]{1,80})[)\]]\W*")
_GROUPED = re.compile(
    r"(email|phone|address|website|web site|event|organization|custom field|relation|im|jot|external id)"
    r" (\d+) (.+)"
)
_PERSONS = {
    "en": "contact|contact person|person",
    "fr": "contact|interlocuteur|personne",
    "de": "ansprechpartner|kontakt|kontaktperson|person",
    "pl": "kontakt|osoba|osoba kontaktowa",
    "es": "contacto|persona de contacto|persona",
    "it": "contatto|referente|persona",
    "nl": "contact|contactpersoon|persoon",
    "pt": "contato|contacto|pessoa de contato",
}
_PERSON_OF_SEVERAL = {language: re.compile(rf"(?:{nouns}) (\d{{1,2}})\b *(.*)") for language, nouns in _PERSONS.items()}
_OF_SEVERAL = re.compile(rf"(?:{'|'.join(_PERSONS.values())}) (\d{{1,2}})\b *(.*)")
_PHONE_NOUNS = ("phone", "mobile", "fax", "pager")
_ADDRESS_NOUNS = {"street", "number", "city", "region", "postal_code", "country", "po_box", "extended", "formatted"}
PATRONYMIC_LAST = frozenset(("фио", "ф и о", "піб", "фамилия имя отчество"))
"""Headers, in normal form, of full names that are a family name, a given name and a patronymic."""
_FAMILY_FIRST = {
    *("last name first name", "surname name", "surname first name", "nachname vorname", "name vorname"),
    *("nazwisko i imie", "nazwisko imie", "cognome e nome", "cognome nome"),
    *("apellidos y nombre", "apellido y nombre", "apellidos nombre"),
    *("prijmeni a jmeno", "priezvisko a meno", "nume si prenume", "nume prenume"),
    *("фамилия имя", "фамилия и имя", "прізвище та ім я"),
    *PATRONYMIC_LAST,
}
_READ = 200
_LONGEST = 5
_SHORTEST_WORD, _LONGEST_GLUED, _SHORTEST_GLUED = 3, 40, 7
_CACHE_SIZE = 8192  # bounded, because cells of many files are passed here


@lru_cache(_CACHE_SIZE)
def normal_header(header: str) -> str:
    """Normalise a header: lower case, without accents and punctuation, words separated by one blank.

    >>> normal_header("Dép/Région (bureau)"), normal_header("postalCode"), normal_header("E-mail 1 - Value")
    ('dep region bureau', 'postal code', 'email 1 value')
    """
    if len(header) <= _READ and _PLAIN.fullmatch(header):
        return header
    text = _CAMEL.sub(" ", header.replace("\ufeff", "")[:_READ]).casefold().translate(_LETTERS)
    text = unicodedata.normalize("NFKD", text)
    text = "".join(char for char in text if not unicodedata.combining(char)).translate(_LETTERS)
    text = _BREAKS.sub(" ", _POSSESSIVE.sub("", text)).strip()
    text = _EMAIL.sub(lambda match: "e" + match[1], _DIGITS.sub(" ", text))
    return _BREAKS.sub(" ", text).replace("linked in", "linkedin").replace("git hub", "github")


def family_first(header: str) -> bool:
    """Return whether a header announces full names with the family name first.

    >>> family_first("Cognome e nome"), family_first("Nome e cognome")
    (True, False)
    """
    return normal_header(header) in _FAMILY_FIRST


@cache
def _module(language: str) -> ModuleType:
    return import_module(f"{__package__}.words.{_MODULES[language]}")


@cache
def _exact(language: str) -> dict[str, str]:
    known: dict[str, str] = {}
    for field, labels in _module(language).EXACT.items():
        for label in labels.split("|"):
            known.setdefault(normal_header(label), field)
    return known


@cache
def _glued(language: str) -> dict[str, str]:
    """Return the known headers of several words, written as one word, such as `dateofbirth`."""
    glued: dict[str, str] = {}
    for label, field in _exact(language).items():
        if " " in label and len(label) >= _SHORTEST_GLUED:
            glued.setdefault(label.replace(" ", ""), field)
    return glued


@cache
def _words(language: str) -> dict[str, tuple[str, str]]:
    """Return phrase -> (role, meaning). A phrase with two roles is a noun."""
    module = _module(language)
    words: dict[str, tuple[str, str]] = dict.fromkeys(_normal(module.FILL), ("fill", ""))
    words.update(dict.fromkeys(_normal(module.LABEL), ("label", "")))
    words.update(dict.fromkeys(_normal(module.VALUE), ("value", "")))
    for kind, phrases in module.KINDS.items():
        words.update(dict.fromkeys(_normal(phrases), ("kind", kind)))
    for noun, phrases in module.NOUNS.items():
        words.update(dict.fromkeys(_normal(phrases), ("noun", noun)))
    return words


def _normal(phrases: str) -> list[str]:
    return [normal_header(phrase) for phrase in phrases.split("|")]


@cache
def _known_words(language: str) -> dict[str, tuple[str, str]]:
    """Return the words of English and of a language; the language decides about a phrase of both."""
    return {**_words("en"), **_words(language)}


def _parts(text: str, language: str) -> list[tuple[str, str]] | None:
    """Return the roles of all words in a header, longest phrases first, or None if a word is unknown."""
    known = _known_words(language)
    tokens = text.split()
    parts: list[tuple[str, str]] = []
    at = 0
    while at < len(tokens):
        for size in range(min(_LONGEST, len(tokens) - at), 0, -1):
            phrase = " ".join(tokens[at : at + size])
            if phrase in known:
                parts.append(known[phrase])
                at += size
                break
        else:
            if tokens[at].isdecimal() and len(tokens[at]) <= 3:
                parts.append(("number", tokens[at]))
            elif glued := _unglued(tokens[at], known):
                parts += glued
            else:
                return None
            at += 1
    return parts


def _unglued(token: str, known: dict[str, tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the roles of the known words that a token is glued of, such as `workphone`; none if a word is unknown."""
    if not _SHORTEST_WORD * 2 <= len(token) <= _LONGEST_GLUED:
        return []
    found: list[list[tuple[str, str]] | None] = [[], *[None] * len(token)]
    for end in range(_SHORTEST_WORD, len(token) + 1):
        for start in range(end - _SHORTEST_WORD + 1):
            before, word = found[start], token[start:end]
            if before is not None and word in known and known[word][0] != "fill":
                better = [*before, known[word]]
                if found[end] is None or len(better) < len(found[end] or ()):
                    found[end] = better
    return found[-1] or []


def _phone(nouns: list[str], kind: str) -> str:
    if "fax" in nouns:
        return f"{kind}-fax" if kind else "fax"
    for noun in ("pager", "mobile"):
        if noun in nouns:
            return noun
    return kind


def _composed(text: str, language: str) -> str | None:  # noqa: C901, PLR0911 - one return for each kind of column
    """Return the field of a header that is composed of known words, such as `Téléphone 2 (bureau)`."""
    parts = _parts(text, language)
    if parts is None:
        return None
    nouns = [meaning for role, meaning in parts if role == "noun"]
    kind = next((meaning for role, meaning in parts if role == "kind"), "")
    number = next((meaning for role, meaning in parts if role == "number"), "")
    roles = {role for role, _ in parts}
    if not nouns:
        return None
    bracket = number if roles & {"label", "value"} and number else kind
    key = f"[{bracket}]" if bracket else ""
    tail = ".label" if "label" in roles else ""
    if tail and not number:
        return None
    if "email" in nouns:
        return None if set(nouns) - {"email", "address"} else f"emails{key}{tail}"
    if any(noun in _PHONE_NOUNS for noun in nouns):
        if set(nouns) - set(_PHONE_NOUNS):
            return None
        phone = _phone(nouns, kind)
        return f"phones[{phone}]" if phone and not tail and not (roles & {"value"}) else f"phones{key}{tail}"
    address = [noun for noun in nouns if noun in _ADDRESS_NOUNS]
    if address:
        if set(nouns) - _ADDRESS_NOUNS - {"address"}:
            return None
        part = "postal_city" if {"postal_code", "city"} <= set(address) else address[-1]
        if part == "street" and number in {"2", "3"} and not roles & {"label", "value"}:
            part += number
        return f"addresses{key}.{part}"
    if nouns == ["address"]:
        return f"addresses{key}{tail or ('.street' + number if number in {'2', '3'} and not tail else '.street')}"
    return f"websites{key}{tail}" if set(nouns) == {"website"} else None


_GOOGLE_ADDRESS = {
    "type": "label",
    "formatted": "formatted",
    "street": "street",
    "city": "city",
    "po box": "po_box",
    "region": "region",
    "postal code": "postal_code",
    "country": "country",
    "extended address": "extended",
}


def _grouped(text: str) -> str | None:
    """Return the field of a numbered column of Google, such as `Phone 1 - Value` or `Address 2 - Postal Code`."""
    match = _GROUPED.fullmatch(text)
    if match is None:
        return None
    noun, number, rest = match.groups()
    rest = "type" if rest == "label" else rest
    many = {"email": "emails", "phone": "phones", "website": "websites", "event": "dates"}.get(noun)
    if many and rest in {"type", "value"}:
        return f"{many}[{number}]" + (".label" if rest == "type" else "")
    if noun == "address" and rest in _GOOGLE_ADDRESS:
        return f"addresses[{number}].{_GOOGLE_ADDRESS[rest]}"
    if noun == "organization":
        return {"name": "company", "title": "position", "department": "department"}.get(rest, "ignore")
    return "ignore" if noun not in {"email", "phone", "address", "website"} else None


def _of_person(number: str, rest: str, language: str) -> str:
    """Return the field of a column about one of several people in a row, such as `Contact 2 Email`.

    A row makes one person, so the columns about all but the first one are kept unmapped: an address of somebody else
    is nobody's own.
    """
    if int(number) != 1:
        return "ignore"
    meaning = meaning_of(rest, language) if rest else "full_name"
    return "full_name" if meaning in {"?family-or-full", "?given-or-full"} else meaning or "ignore"


@lru_cache(_CACHE_SIZE)  # English is tried after every other language
def _meaning_in(text: str, language: str) -> str | None:
    """Return the field of a header in its normal form in one language, or None if the header is unknown."""
    exact = _exact(language).get(text) or _glued(language).get(text)
    return _composed(text, language) if exact is None else exact


@lru_cache(_CACHE_SIZE)
def meaning_of(header: str, language: str) -> str | None:
    """Return the field of a header, or None if the header is unknown.

    Args:
        header: Header as in the file.
        language: Language of the file; English headers are always recognised.

    Returns:
        A path of `FIELDS`. After a `?` it depends on the other columns of the file.

    >>> meaning_of("Rue (bureau) 2", "fr"), meaning_of("Telefon geschäftlich", "de")
    ('addresses[work].street2', 'phones[work]')
    """
    text = normal_header(header)
    if not text:
        return None
    if grouped := _grouped(text):
        return grouped
    for candidate in dict.fromkeys((_SAME_WORDS.get(language, language), "en")):
        several = _PERSON_OF_SEVERAL.get(candidate)
        if several is not None and (match := several.fullmatch(text)):
            return _of_person(match[1], match[2], language)
        if candidate in _MODULES and (meaning := _meaning_in(text, candidate)) is not None:
            return meaning
    shorter = _shorter(header, language)
    return meaning_of(shorter, language) if shorter else None


def _shorter(header: str, language: str) -> str:
    """Remove the record type (`Person - Name`) or a bracketed remark from a header; return `""` if it has neither.

    A remark with a meaning of its own stays, as in `Name (company)`.
    """
    if match := _RECORD.fullmatch(header):
        return match[1]
    match = _REMARK.fullmatch(header)
    if (
        match is None
        or not normal_header(match[1])
        or meaning_of(match[2], language)
        or _parts(normal_header(match[2]), language)
    ):
        return ""
    return match[1]


@cache
def _all_headers() -> frozenset[str]:
    """The known headers of all languages."""
    return frozenset(text for language in LANGUAGES for known in (_exact(language), _glued(language)) for text in known)


@cache
def _all_words() -> tuple[frozenset[str], dict[str, tuple[str, str]]]:
    """The single words of the known phrases of all languages, and the phrases that may be glued together."""
    phrases = [(phrase, meaning) for language in LANGUAGES for phrase, meaning in _words(language).items()]
    words = frozenset(word for phrase, _ in phrases for word in phrase.split())
    return words, {phrase: meaning for phrase, meaning in phrases if meaning[0] != "fill"}


def _may_be_known(header: str) -> bool:
    """Whether some language may know a header; False is certain, and found several times faster than by `meaning_of`.

    Most cells that are asked about are no headers.
    """
    text = normal_header(header)
    if not text:
        return False
    if text in _all_headers() or _GROUPED.fullmatch(text) or _OF_SEVERAL.fullmatch(text):
        return True
    if _RECORD.fullmatch(header) or _REMARK.fullmatch(header):
        return True
    words, phrases = _all_words()
    return all(
        word in words or (word.isdecimal() and len(word) <= 3) or _unglued(word, phrases) for word in text.split()
    )


@lru_cache(_CACHE_SIZE)
def recognised(header: str) -> bool:
    """Return whether a cell is a known header in any of the known languages."""
    if not _may_be_known(header):
        return False
    meanings = (meaning_of(header, language) for language in LANGUAGES)
    return any(meaning is not None and not meaning.startswith("?phones") for meaning in meanings)


def language_of(headers: tuple[str, ...], preferred: str) -> str:
    """Detect the language of a file's headers.

    A language must explain two headers that English does not explain, or a third of all headers. The preferred
    language must explain one.

    Args:
        headers: Headers of the file.
        preferred: Language of the workspace, returned if the headers decide nothing.

    >>> language_of(("Nazwisko", "Imię", "Telefon"), "en"), language_of(("First name", "Service"), "de")
    ('pl', 'en')
    """
    plain = [header for header in headers if normal_header(header)]
    preferred = _SAME_WORDS.get(preferred, preferred)
    english = {header for header in plain if meaning_of(header, "en") is not None}
    best, best_count = "en", 0
    order = [preferred, *LANGUAGES] if preferred in _MODULES else list(LANGUAGES)
    for language in dict.fromkeys(order):
        if language == "en":
            continue
        own = sum(1 for header in plain if header not in english and meaning_of(header, language) is not None)
        if own > best_count and (own >= 2 or own * 3 >= len(plain) or language == preferred):
            best, best_count = language, own
    if best == "en" and not english and preferred in _MODULES:
        return preferred
    return best
