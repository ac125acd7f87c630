"""Terms and words: what records are found by."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

from contactcore.storage import LONGEST_KEY, LONGEST_TERM
from contactcore.text import fold, name_prefix, query_words, words
from contactcore.values import EmailAddress, PhoneNumber, Tag

__all__ = [
    "email_words",
    "name_words",
    "order_key",
    "parse_query",
    "phone_words",
    "search_words",
    "starts",
    "starts_of_parts",
    "tag_words",
    "term",
    "without_beginnings",
    "words_of_name",
]

_PHONE_RUN = re.compile(r"\+?[\d(][\d\s().\-/]*\d")
_DIGITS = re.compile(r"\d+")
_EXTENSION = re.compile(r"\s{0,3}(?:ext(?:ension)?|poste|x)\.?\s?\d{1,7}\b", re.IGNORECASE)
_TRUNK_ZERO = re.compile(r"\(0\)")
_FEWEST_DIGITS = 3
_MOST_QUERY_WORDS = 20
_SHORT = 64
"""Characters of a name whose words are remembered."""


def term(prefix: str, value: str) -> str:
    """A facet such as `tag:vip`; one that is too long for a storage becomes its digest.

    >>> term("tag", "vip")
    'tag:vip'
    """
    whole = f"{prefix}:{value}"
    if len(whole) <= LONGEST_TERM:
        return whole
    import hashlib

    return f"{prefix}:#{hashlib.sha256(value.encode(errors='surrogatepass')).hexdigest()}"


def order_key(key: str) -> str:
    """An order key within the limit of the port; what is cut off is told apart by the id."""
    return key[:LONGEST_KEY]


def search_words(names: Iterable[str], emails: Iterable[EmailAddress], phones: Iterable[PhoneNumber | str]) -> set[str]:
    """The words of names, e-mail addresses and phone numbers.

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
    return set(found)


def without_beginnings(words: Iterable[str]) -> frozenset[str]:
    """Words without those that another one begins with: whatever is typed finds a record by that one as well.

    >>> sorted(without_beginnings(["bois", "bois.fr", "jo", "jo@bois.fr"]))
    ['bois.fr', 'jo@bois.fr']
    """
    # What begins with a word stands right behind it.
    ordered = sorted(words)
    kept = [word for word, following in pairwise(ordered) if not following.startswith(word)]
    return frozenset((*kept, *ordered[-1:]))


def words_of_name(name: str) -> tuple[str, ...]:
    """The words of one name or label, in reading order."""
    return _known_words(name) if len(name) <= _SHORT else words(name)


def name_words(*names: str) -> set[str]:
    """The words of names and labels."""
    return search_words(names, (), ())


def tag_words(tags: Iterable[Tag]) -> tuple[str, ...]:
    """The words of tags, of very many those that stand first."""
    # One reading of all of them; a line break belongs to no word.
    return words_of_name("\n".join([tag.text for tag in tags]))


@lru_cache(maxsize=10_000)
def _known_words(name: str) -> tuple[str, ...]:
    # Given names, companies and sets of tags come again and again.
    return words(name)


@lru_cache(maxsize=10_000)
def _known_beginning(name: str) -> str:
    return name_prefix(name)


def starts(*names: str) -> set[str]:
    """The marks that tell whether a name begins with what is typed.

    >>> starts("Bois & Fils")
    {'^boisfils'}
    """
    return {f"^{start}" for name in names if name and (start := name_prefix(name))}


def starts_of_parts(given: str, family: str) -> set[str]:
    """The marks of a name that is written with either part first.

    >>> starts_of_parts("Jo", "Doe") == starts("Jo Doe", "Doe Jo")
    True
    """
    if len(given) > _SHORT or len(family) > _SHORT:
        return starts(f"{given} {family}", f"{family} {given}")
    first, second = _known_beginning(given), _known_beginning(family)
    if not (first or second):
        return set()
    return {f"^{first}{second}"[:LONGEST_TERM], f"^{second}{first}"[:LONGEST_TERM]}


def _email_word(text: str) -> str:
    return "".join(fold(text).split())[:LONGEST_TERM]


@lru_cache(maxsize=10_000)
def _domain_words(domain: str) -> tuple[str, ...]:
    return (_email_word(domain), *words(domain.rpartition(".")[0]))


def email_words(emails: Iterable[EmailAddress]) -> set[str]:
    """The address as a whole, the words of its first part, its domain, and the words of that without the ending.

    >>> sorted(email_words([EmailAddress("jane.doe@bois.fr")]))
    ['bois', 'bois.fr', 'doe', 'jane', 'jane.doe@bois.fr']
    """
    return search_words((), emails, ())


def phone_words(phones: Iterable[PhoneNumber | str]) -> set[str]:
    """The digit strings under which somebody may type a number."""
    return search_words((), (), phones)


def parse_query(query: str) -> list[tuple[tuple[str, ...], str]]:
    """The ways to read what is typed into a search box: words to be found, and how a name would begin.

    Digits that are typed with blanks, hyphens or dots may be one phone number or several words, and what has a dot
    inside may be a domain or several words: such a query has two parse_query.

    >>> parse_query("jo du")
    [(('jo', 'du'), '^jodu')]
    >>> parse_query("+33 (0)1 44")
    [(('33144',), ''), (('33', '0', '1', '44'), '^330144')]
    >>> parse_query("jo bois.f")
    [(('jo', 'bois', 'f'), '^joboisf'), (('jo', 'bois.f'), '')]
    """
    if query.isascii() and query.replace(" ", "").isalpha():
        return _plain_reading(query)
    return _every_reading(query)


def _plain_reading(query: str) -> list[tuple[tuple[str, ...], str]]:
    """The one way to read plain letters: what is mostly typed, several times quicker."""
    parts = query.lower().split()
    plain = dict.fromkeys([word[:LONGEST_TERM] for word in parts])
    return [(tuple(plain)[:_MOST_QUERY_WORDS], f"^{''.join(parts)}"[:LONGEST_TERM])]


def _every_reading(query: str) -> list[tuple[tuple[str, ...], str]]:
    plain = _words_of(query)
    begins = name_prefix(query)
    as_words = [(plain, f"^{begins}" if begins else "")] if plain else []
    if "@" in query or "." in query:
        domains = _words_of(query, whole_domains=True)
        if domains != plain:
            as_words.append((domains, ""))
    joined: list[str] = []
    rest = query
    for found in _PHONE_RUN.finditer(query):
        run = found[0]
        digits = "".join(_DIGITS.findall(_TRUNK_ZERO.sub("", run)))
        if len(digits) >= _FEWEST_DIGITS and not run.isdigit():
            joined.append(digits.removeprefix("00")[:LONGEST_TERM])
            extension = _EXTENSION.match(query, found.end())
            rest = rest.replace(run + (extension[0] if extension else ""), " ", 1)
        elif run.isdigit() and run.startswith("00") and len(run) > _FEWEST_DIGITS:
            joined.append(run.removeprefix("00")[:LONGEST_TERM])
            rest = rest.replace(run, " ", 1)
    if not joined:
        return as_words
    as_phone = (*joined, *_words_of(rest))
    return [(as_phone, ""), *as_words]


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
    """Whether the beginning of a domain may be meant."""
    bare = token.lstrip("@")
    return (bare != token or "." in bare.strip(".")) and any(map(str.isalpha, bare))
