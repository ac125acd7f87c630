"""Terms and search words: the index entries by which records are found."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

from contactcore.storage import LONGEST_TERM
from contactcore.text import fold, name_prefix, query_spellings, query_words, with_digraphs, words
from contactcore.values import EmailAddress, PhoneNumber
from contactcore.values.phone_plans import search_digits

__all__ = [
    "distinct_words",
    "email_words",
    "name_prefixes",
    "name_prefixes_of_parts",
    "name_words",
    "parse_query",
    "phone_words",
    "pruned_words",
    "search_words",
    "tag_words",
    "without_prefixes",
    "words_of_name",
]

# Digits behind a letter belong to a word, as in the address `jean.martin2195`.
_PHONE_RUN = re.compile(r"(?<!\w)\+?[\d(][\d\s().\-/]*\d")
_DIGITS = re.compile(r"\d+")
_EXTENSION = re.compile(r"\s{0,3}(?:ext(?:ension)?|poste|x)\.?\s?\d{1,7}\b", re.IGNORECASE)
_TRUNK_ZERO = re.compile(r"\(0\)")
_FEWEST_DIGITS = 3
_FEWEST_LAST_DIGITS = 4
_MOST_QUERY_WORDS = 20
_SHORT = 64
"""The maximum length of a name whose words are cached, in characters."""


def search_words(names: Iterable[str], emails: Iterable[EmailAddress], phones: Iterable[PhoneNumber | str]) -> set[str]:
    """The search words of names, e-mail addresses and phone numbers.

    Args:
        names: Names and labels.
        emails: E-mail addresses.
        phones: Phone numbers; numbers that are still text have no words.

    >>> sorted(search_words(["Jo Doe"], [EmailAddress("jo@bois.fr")], []))
    ['bois', 'bois.fr', 'doe', 'jo', 'jo@bois.fr']
    """
    found: list[str] = []
    for name in names:
        if name:
            found += words_of_name(name)
    for email in emails:
        local, _, domain = email.text.partition("@")
        found.append(_email_word(email.text))
        found += words(local)
        found += _domain_words(domain)
    for phone in phones:
        if isinstance(phone, PhoneNumber):
            found += phone.search_digits()
            found.append(_from_the_end(phone.e164[1:]))
    return set(found)


def distinct_words(names: Iterable[str], emails: Iterable[str], numbers: Iterable[str]) -> list[str]:
    """The search words of names, e-mail addresses and phone numbers, as `pruned_words` returns them.

    Args:
        names: Names and labels.
        emails: E-mail addresses in their normal form.
        numbers: Phone numbers in E.164 format.

    >>> distinct_words(["Jo Doe"], ["jo@bois.fr"], [])
    ['bois.fr', 'doe', 'jo@bois.fr']
    """
    found: list[str] = []
    for name in names:
        if name:
            found += words_of_name(name)
    for text in emails:
        local, _, domain = text.partition("@")
        whole, parts = _email_word(text), words(local)
        # The first word of an address mostly begins the whole address, and need not be sorted.
        found += parts[1:] if parts and whole.startswith(parts[0]) else parts
        found += _pruned_domain_words(domain)
        found.append(whole)
    for number in numbers:
        found += search_digits(number)
        found.append(_from_the_end(number[1:]))
    return pruned_words(found)


def pruned_words(words: Iterable[str]) -> list[str]:
    """The words in ascending order, each once, without those that are a prefix of another word.

    A query that matches the prefix of a word matches the word too.

    Args:
        words: The words. They are sorted faster if they are mostly in order.

    >>> pruned_words(["bois", "bois.fr", "jo", "jo", "jo@bois.fr"])
    ['bois.fr', 'jo@bois.fr']
    """
    # In sorted order, a word is directly followed by the words that begin with it.
    ordered = sorted(words)
    kept = [word for word, following in pairwise(ordered) if not following.startswith(word)]
    kept += ordered[-1:]
    return kept


def without_prefixes(words: Iterable[str]) -> frozenset[str]:
    """As `pruned_words`, without an order.

    Args:
        words: The words.

    >>> sorted(without_prefixes(["bois", "bois.fr", "jo", "jo@bois.fr"]))
    ['bois.fr', 'jo@bois.fr']
    """
    return frozenset(pruned_words(words))


def words_of_name(name: str) -> tuple[str, ...]:
    """The search words of one name or label, in reading order."""
    return _cached_words(name) if len(name) <= _SHORT else words(name)


def name_words(*names: str) -> set[str]:
    """The search words of names and labels."""
    return search_words(names, (), ())


def tag_words(texts: Iterable[str]) -> tuple[str, ...]:
    """The search words of the texts of tags; if there are very many, of the first ones."""
    # One call for all tags is faster; the line break separates words.
    return words_of_name("\n".join(texts))


@lru_cache(maxsize=10_000)
def _cached_words(name: str) -> tuple[str, ...]:
    # Given names, companies and sets of tags recur often.
    return words(name)


@lru_cache(maxsize=10_000)
def _cached_name_prefix(name: str) -> str | None:
    """The name prefix of a part of a name; None for a part with letters that also count as two."""
    return name_prefix(name) if with_digraphs(name) is name else None


def name_prefixes(*names: str) -> set[str]:
    """The name prefixes of names: index words by which names are found that begin with a query.

    A name prefix is `^` and all words of the name joined.

    Args:
        names: The names, such as the display name and the sort name of a contact.

    >>> name_prefixes("Bois & Fils"), sorted(name_prefixes("Müller"))
    ({'^boisfils'}, ['^mueller', '^muller'])
    """
    spellings = {spelling for name in names if name for spelling in (name, with_digraphs(name))}
    return {f"^{prefix}" for spelling in spellings if (prefix := name_prefix(spelling))}


def name_prefixes_of_parts(given: str, family: str) -> set[str]:
    """The name prefixes of a person's name, with either part first.

    Args:
        given: The given name.
        family: The family name.

    >>> name_prefixes_of_parts("Jo", "Doe") == name_prefixes("Jo Doe", "Doe Jo")
    True
    """
    if len(given) > _SHORT or len(family) > _SHORT:
        return name_prefixes(f"{given} {family}", f"{family} {given}")
    first, second = _cached_name_prefix(given), _cached_name_prefix(family)
    if first is None or second is None:
        return name_prefixes(f"{given} {family}", f"{family} {given}")
    if not (first or second):
        return set()
    return {f"^{first}{second}"[:LONGEST_TERM], f"^{second}{first}"[:LONGEST_TERM]}


def _email_word(text: str) -> str:
    folded = fold(text)
    return folded if len(folded) <= LONGEST_TERM and folded.isprintable() and " " not in folded else _joined(folded)


def _joined(folded: str) -> str:
    return "".join(folded.split())[:LONGEST_TERM]


@lru_cache(maxsize=10_000)
def _domain_words(domain: str) -> tuple[str, ...]:
    return (_email_word(domain), *words(domain.rpartition(".")[0]))


@lru_cache(maxsize=10_000)
def _pruned_domain_words(domain: str) -> tuple[str, ...]:
    return tuple(pruned_words((_email_word(domain), *words(domain.rpartition(".")[0]))))


def email_words(emails: Iterable[EmailAddress]) -> set[str]:
    """The search words of e-mail addresses.

    They are the whole address, the words of its local part, its domain, and the words of the domain without its ending.

    Args:
        emails: E-mail addresses.

    >>> sorted(email_words([EmailAddress("jane.doe@bois.fr")]))
    ['bois', 'bois.fr', 'doe', 'jane', 'jane.doe@bois.fr']
    """
    return search_words((), emails, ())


def _from_the_end(digits: str) -> str:
    """The word by which a number is found by any of its last digits: a prefix of it stands for the end of the number.

    One such word costs an import less than a word for each number of last digits.
    """
    return f"${digits[::-1]}"[:LONGEST_TERM]


def phone_words(phones: Iterable[PhoneNumber | str]) -> set[str]:
    """The search words of phone numbers: the digits from their beginnings, and those from their end, behind a `$`.

    >>> sorted(phone_words([PhoneNumber("01 44 55 66 77", "FR")]))
    ['$77665544133', '0144556677', '144556677', '33144556677', '556677']
    """
    return search_words((), (), phones)


def parse_query(query: str) -> list[tuple[tuple[str, ...], str]]:
    """The possible interpretations of the text in a search box: pairs of search words and a name prefix.

    The name prefix is `""` in an interpretation that is not a name. Digits with spaces, hyphens or dots may be one
    phone number or several words. Four digits or more may be the last ones of a number. A text with a dot inside may be
    a domain or several words. Initials, conjunctions and umlauts have several spellings. Such a query has several
    interpretations.

    Args:
        query: The text.

    >>> parse_query("jo du")
    [(('jo', 'du'), '^jodu')]
    >>> parse_query("+33 (0)1 44")
    [(('33144',), ''), (('$44133',), ''), (('33', '0', '1', '44'), '^330144')]
    >>> parse_query("jo 4567")
    [(('jo', '4567'), '^jo4567'), (('$7654', 'jo'), '')]
    >>> parse_query("jo bois.f")
    [(('jo', 'bois', 'f'), '^joboisf'), (('jo', 'bois.f'), '')]
    >>> parse_query("ernst and young")
    [(('ernst', 'and', 'young'), '^ernstandyoung'), (('ernst', 'young'), '^ernstyoung')]
    """
    found: dict[tuple[tuple[str, ...], str], None] = {}
    for spelling in query_spellings(query):
        plain = spelling.isascii() and spelling.replace(" ", "").isalpha()
        found.update(dict.fromkeys(_parse_letters(spelling) if plain else _parse_other(spelling)))
    return list(found)


def _parse_letters(query: str) -> list[tuple[tuple[str, ...], str]]:
    """The only interpretation of plain ASCII letters, computed several times faster than by `_parse_other`."""
    parts = query.lower().split()
    plain = dict.fromkeys([word[:LONGEST_TERM] for word in parts])
    return [(tuple(plain)[:_MOST_QUERY_WORDS], f"^{''.join(parts)}"[:LONGEST_TERM])]


def _parse_other(query: str) -> list[tuple[tuple[str, ...], str]]:
    plain = _words_of(query)
    prefix = name_prefix(query)
    as_words = [(plain, f"^{prefix}" if prefix else "")] if plain else []
    if "@" in query or "." in query:
        domains = _words_of(query, whole_domains=True)
        if domains != plain:
            as_words.append((domains, ""))
    joined: list[str] = []
    rest = query
    plain_digits = True
    for found in _PHONE_RUN.finditer(query):
        run = found[0]
        digits = "".join(_DIGITS.findall(_TRUNK_ZERO.sub("", run)))
        if run.isdigit():
            known, fewest = run.startswith("00"), _FEWEST_LAST_DIGITS
        else:
            known, fewest = True, _FEWEST_DIGITS
        extension = None if run.isdigit() else _EXTENSION.match(query, found.end())
        if len(digits) < fewest or (extension is None and query[found.end() : found.end() + 1].isalpha()):
            continue
        plain_digits = plain_digits and not known
        joined.append(digits.removeprefix("00")[:LONGEST_TERM])
        rest = rest.replace(run + (extension[0] if extension else ""), " ", 1)
    if not joined:
        return as_words
    others = _words_of(rest)
    as_number = [] if plain_digits else [((*joined, *others), "")]
    if min(map(len, joined)) < _FEWEST_LAST_DIGITS:
        return [*as_number, *as_words]
    as_end = ((*map(_from_the_end, joined), *others), "")
    return [*as_words, as_end] if plain_digits else [*as_number, as_end, *as_words]


def _words_of(query: str, *, whole_domains: bool = False) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for token in query.split():
        if "@" in token.strip("@"):
            found[_email_word(token)] = None
        elif whole_domains and _is_domain(token):
            found[_email_word(token.lstrip("@"))] = None
        else:
            found.update(dict.fromkeys(query_words(token)))
    return tuple(found)[:_MOST_QUERY_WORDS]


def _is_domain(token: str) -> bool:
    """Whether a token may be the beginning of a domain."""
    bare = token.lstrip("@")
    return (bare != token or "." in bare.strip(".")) and any(map(str.isalpha, bare))
