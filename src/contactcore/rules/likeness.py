"""Likeness: how much speaks for two contacts being the same person or company, and why (IMP-7).

Each compared field gives a reason with a weight in bits: the binary logarithm of how many times more often the field
agrees like this in duplicates than in other pairs (Fellegi and Sunter, 1969). The weights are added to that of a pair
about which nothing is known, and the sum becomes a score between 0 and 1. This is the only module that imports
rapidfuzz.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from itertools import islice, product
from types import SimpleNamespace
from typing import Any

import attrs

from contactcore.errors import Invalid
from contactcore.frozen import frozen
from contactcore.model import Company, Contact, Person
from contactcore.text import query_words
from contactcore.values import Address, PhoneNumber

__all__ = ["Compared", "Likeness", "Reason", "block_keys", "compare", "compared_fields", "likeness_library", "names_of"]

_PRIOR = -5.0
"""The weight of a pair about which nothing is known. A pair is only compared if it shares a key."""
_LIKE_NAME = 0.87
_LIKE_STREET = 0.85
_LIKE_COMPANY = 90.0
_WHOLE_DATE = len("2026-01-31")
_BORN_ALIKE = -5.0
"""The smallest weight of two names of people with the same birthday."""
_MOST_VALUES = 20
"""The maximum number of values of a list that are compared. Nobody is recognised by the hundredth phone number."""
_SHORTEST_LIKE_EMAIL = 6
_LONGEST_TEXT = 200

_LEGAL_FORMS = frozenset(
    (
        *("ab", "ag", "as", "bv", "co", "company", "corp", "corporation", "cie", "eg", "eirl", "eurl", "ev", "gmbh"),
        *("inc", "incorporated", "kft", "kg", "lda", "limited", "llc", "llp", "ltd", "ltda", "mbh", "nv", "ohg", "oy"),
        *("plc", "sa", "sarl", "sas", "sasu", "sci", "scop", "sl", "snc", "sp", "spa", "spzoo", "sprl", "srl", "zoo"),
    )
)
_CONJUNCTIONS = frozenset(("and", "und", "et", "y", "e", "i", "en", "og", "och", "the", "le", "la", "les", "de", "of"))


@cache
def likeness_library() -> Any:
    """The functions of rapidfuzz that are used.

    Raises:
        Invalid: `extra-missing`.
    """
    try:
        from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler
        from rapidfuzz.fuzz import token_sort_ratio
    except ImportError:
        message = "The search for duplicates needs its extra: pip install 'contactcore[dedupe]'."
        raise Invalid("extra-missing", message, facts={"extra": "dedupe"}) from None
    return SimpleNamespace(edits=DamerauLevenshtein.distance, like=JaroWinkler.similarity, words_like=token_sort_ratio)


@frozen
class Reason:
    """The agreement or contradiction of two contacts in one field.

    Attributes:
        field: `"name"`, `"division"`, `"email"`, `"phone"`, `"address"`, `"birthday"` or `"website"`.
        verdict: `"same"`, `"similar"`, `"swapped"` (the words of the name in another sequence, such as given
            and family name), `"short"` (an initial, or a short form of
            the given name), `"part"` (one name contains the other), `"given-only"` (another family name, as after a
            marriage), `"family-only"` (another given name, as in a family) or `"different"`.
        weight: The weight in bits; below 0 for a contradiction.
    """

    field: str
    verdict: str
    weight: float


@frozen
class Likeness:
    """The result of a comparison.

    Attributes:
        score: 0 (certainly different) to 1 (certainly the same).
        reasons: The compared fields in which both contacts have a value, the heaviest first.
    """

    score: float
    reasons: tuple[Reason, ...]


@frozen
class Compared:
    """The compared fields of a contact, folded: without case, accents and multiple spaces.

    Attributes:
        id: The id of the contact; `""` for a draft.
        kind: `"person"` or `"company"`.
        given, family: The given and the family name of a person; `""` for a company.
        name: All words of the name; of a company without its legal form.
        division: The division of a company.
        emails: The e-mail addresses.
        phones: The phone numbers in E.164, without extensions.
        addresses: Street, postal code and city of each postal address.
        websites: The hosts of the websites.
        birthday: The birthday in the form of ISO 8601; `""` for unknown.
    """

    id: str
    kind: str
    given: str = ""
    family: str = ""
    name: str = ""
    division: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    addresses: tuple[tuple[str, str, str], ...] = ()
    websites: tuple[str, ...] = ()
    birthday: str = ""

    @property
    def digest(self) -> str:
        """A digest of all fields but the id: it changes with each compared field."""
        import hashlib

        values = attrs.astuple(self, recurse=False)[1:]
        return hashlib.sha256(repr(values).encode(errors="surrogatepass")).hexdigest()[:32]


def compared_fields(contact: Contact) -> Compared:
    """The compared fields of a contact.

    Args:
        contact: A person or a company. Phone numbers that are still text are left out.

    >>> compared_fields(Company("Bois & Fils SARL", emails=["Office@bois.fr"])).name
    'bois fils'
    """
    given, family, name = names_of(contact)
    return Compared(
        id=contact.id,
        kind=contact.kind,
        given=given,
        family=family,
        name=name,
        division=_spaced(contact.division) if isinstance(contact, Company) else "",
        emails=_first(email.key for email in contact.emails),
        phones=_first(phone.e164 for phone in contact.phones if isinstance(phone, PhoneNumber)),
        addresses=tuple(filter(any, map(_place, contact.addresses[:_MOST_VALUES]))),
        websites=_first(website.key.partition("/")[0] for website in contact.websites),
        birthday=str(contact.birthday or "") if isinstance(contact, Person) else "",
    )


def names_of(contact: Contact) -> tuple[str, str, str]:
    """The folded given name, family name and whole name of a contact; `""` for each one that is missing.

    Args:
        contact: A person or a company.

    >>> names_of(Person("Zoë", "Doe-Smith"))
    ('zoe', 'doe smith', 'zoe doe smith')
    >>> names_of(Person(full_name="Zoë Doe"))
    ('zoe', 'doe', 'zoe doe')
    """
    if isinstance(contact, Company):
        return "", "", _company_name(contact.name)
    if not isinstance(contact, Person):
        return "", "", ""
    given, family = _spaced(contact.given_name), _spaced(contact.family_name)
    if not (given or family):
        given, _, family = _spaced(contact.full_name or contact.nickname).rpartition(" ")
    return given, family, " ".join(filter(None, (given, family)))


def _first(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(islice(dict.fromkeys(values), _MOST_VALUES))


@lru_cache(maxsize=20_000)
def _spaced(text: str) -> str:
    return " ".join(query_words(text[:_LONGEST_TEXT]))


@lru_cache(maxsize=20_000)
def _company_name(name: str) -> str:
    parts = _spaced("".join(name.split(".")) if "." in name else name).split()
    kept = [part for part in parts if part not in _LEGAL_FORMS and part not in _CONJUNCTIONS]
    return " ".join(kept or parts)


def _place(address: Address) -> tuple[str, str, str]:
    street = " ".join(filter(None, (address.street, address.street2)))
    if not (street or address.city or address.postal_code):
        return _spaced(address.formatted), "", ""
    return _spaced(street), _spaced(address.postal_code).replace(" ", ""), _spaced(address.city)


def compare(one: Compared, other: Compared) -> Likeness:
    """Compare two contacts.

    Args:
        one: The compared fields of one contact.
        other: The compared fields of the other contact.

    Returns:
        The score with its reasons; score 0 for a person and a company.

    >>> jane = compared_fields(Person("Jane", "Doe", emails=["jane@bois.fr"]))
    >>> likeness = compare(jane, compared_fields(Person("Doe", "Jane", emails=["jane@bois.fr"])))
    >>> round(likeness.score, 2), [(one.field, one.verdict) for one in likeness.reasons]
    (0.99, [('email', 'same'), ('name', 'swapped')])

    Raises:
        Invalid: `extra-missing`.
    """
    library = likeness_library()
    if one.kind != other.kind:
        return Likeness(0.0, ())
    found: list[Reason] = []
    found.extend(_person_names(one, other) if one.kind == "person" else _company_names(one, other, library))
    found.extend(_emails(one, other, library))
    found.extend(_phones(one, other))
    found.extend(_addresses(one, other, library))
    found.extend(_birthdays(one, other, library))
    found.extend(_websites(one, other))
    found.sort(key=lambda reason: (-reason.weight, reason.field))
    bits = _PRIOR + sum(reason.weight for reason in found)
    return Likeness(1 / (1 + 2.0 ** -max(min(bits, 60.0), -60.0)), tuple(found))


def _person_names(one: Compared, other: Compared) -> Iterator[Reason]:
    if not one.name or not other.name:
        return
    born = len(one.birthday) == _WHOLE_DATE and one.birthday == other.birthday
    given, family = _alike(one.given, other.given), _alike(one.family, other.family)
    straight = _name_verdict(given, family)
    if one.name.replace(" ", "") == other.name.replace(" ", ""):
        straight = _SAME_NAME
    elif straight.weight < _SWAPPED.weight and one.given and one.family:
        crossed = _alike(one.given, other.family), _alike(one.family, other.given)
        if min(crossed) >= _SIMILAR or sorted(one.name.split()) == sorted(other.name.split()):
            yield _SWAPPED
            return
    # Members of a family share nearly everything, but seldom the birthday.
    yield attrs.evolve(straight, weight=_BORN_ALIKE) if born and straight.weight < _BORN_ALIKE else straight


_SAME, _SIMILAR, _SHORT, _UNKNOWN, _DIFFERENT = 4, 3, 2, 1, 0
_SAME_NAME = Reason("name", "same", 5.5)
_SWAPPED = Reason("name", "swapped", 5.0)


@lru_cache(maxsize=200_000)
def _alike(one: str, other: str) -> int:
    """How much two names of the same sort agree."""
    library = likeness_library()
    if not one or not other:
        return _UNKNOWN
    if one == other:
        return _SAME
    short, long = sorted((one, other), key=len)
    if library.like(one, other) >= _LIKE_NAME or (len(short) > 3 and library.edits(one, other, score_cutoff=1) <= 1):
        return _SIMILAR
    if long.startswith(short):
        return _SHORT
    words, others = one.split(), other.split()
    # "Maria Anna" and "Anna Maria" are one name.
    if len(words) == len(others) > 1 and library.like(" ".join(sorted(words)), " ".join(sorted(others))) >= _LIKE_NAME:
        return _SIMILAR
    # One of two given or family names: "Anne Marie" and "Anne", "Doe" and "Doe Smith".
    return _SHORT if {*words} < {*others} or {*others} < {*words} else _DIFFERENT


def _name_verdict(given: int, family: int) -> Reason:
    if given == family == _SAME:
        return _SAME_NAME
    if min(given, family) >= _SIMILAR:
        return Reason("name", "similar", 4.5 if given + family == _SAME + _SIMILAR else 3.0)
    if _DIFFERENT in (given, family):
        return _other_name(given, family)
    if _UNKNOWN in (given, family):
        return Reason("name", "part", 1.5 if max(given, family) >= _SIMILAR else -0.5)
    return Reason("name", "short", 3.0)


def _other_name(given: int, family: int) -> Reason:
    if given >= _SIMILAR:
        return Reason("name", "given-only", -1.5)
    if family >= _SIMILAR:
        return Reason("name", "family-only", -14.0)
    return Reason("name", "different", -16.0)


def _company_names(one: Compared, other: Compared, library: Any) -> Iterator[Reason]:
    if one.name and other.name:
        joined = one.name.replace(" ", ""), other.name.replace(" ", "")
        if joined[0] == joined[1] or sorted(one.name.split()) == sorted(other.name.split()):
            yield _SAME_NAME
        elif library.like(*joined) >= 0.94 or library.words_like(one.name, other.name) >= _LIKE_COMPANY:
            yield Reason("name", "similar", 4.5)
        elif {*one.name.split()} < {*other.name.split()} or {*other.name.split()} < {*one.name.split()}:
            yield Reason("name", "part", 0.0)
        else:
            yield Reason("name", "different", -8.0)
    if one.division != other.division:
        alike = one.division and other.division and library.like(one.division, other.division) >= _LIKE_NAME
        if not alike:
            both = one.division and other.division
            yield Reason("division", "different", -12.0 if both else -3.0)


def _emails(one: Compared, other: Compared, library: Any) -> Iterator[Reason]:
    if not one.emails or not other.emails:
        return
    if set(one.emails) & set(other.emails):
        yield Reason("email", "same", 7.0 if one.kind == "person" else 5.0)
        return
    for first, second in product(one.emails[:3], other.emails[:3]):
        if min(len(first), len(second)) >= _SHORTEST_LIKE_EMAIL and library.edits(first, second, score_cutoff=1) <= 1:
            yield Reason("email", "similar", 3.5)
            return
    locals_ = [{email.partition("@")[0] for email in side.emails} for side in (one, other)]
    if one.kind == "person" and any(len(local) > 4 for local in locals_[0] & locals_[1]):
        yield Reason("email", "part", 1.0)


def _phones(one: Compared, other: Compared) -> Iterator[Reason]:
    if set(one.phones) & set(other.phones):
        yield Reason("phone", "same", 5.0)


def _addresses(one: Compared, other: Compared, library: Any) -> Iterator[Reason]:
    if not one.addresses or not other.addresses:
        return
    yield max(
        (_address(*pair, one.kind, library) for pair in product(one.addresses[:3], other.addresses[:3])),
        key=lambda reason: reason.weight,
    )


def _address(one: tuple[str, str, str], other: tuple[str, str, str], kind: str, library: Any) -> Reason:
    street = bool(one[0] and other[0]) and library.like(one[0], other[0]) >= _LIKE_STREET
    numbers = [{part for part in place[0].split() if part[:1].isdigit()} for place in (one, other)]
    if street and numbers[0] and numbers[1] and not numbers[0] & numbers[1]:
        street = False
    code = bool(one[1]) and one[1] == other[1]
    city = bool(one[2] and other[2]) and (one[2] == other[2] or library.like(one[2], other[2]) >= 0.9)
    if street and (code or city or not ((one[1] or one[2]) and (other[1] or other[2]))):
        return Reason("address", "same", 4.0)
    if street:
        return Reason("address", "similar", 2.5)
    if code or city:
        return Reason("address", "part", 1.5 if code and city else 1.0)
    return Reason("address", "different", -7.0 if kind == "company" else -1.0)


def _birthdays(one: Compared, other: Compared, library: Any) -> Iterator[Reason]:
    first, second = one.birthday, other.birthday
    if not first or not second:
        return
    if first == second:
        yield Reason("birthday", "same", 6.0 if len(first) == _WHOLE_DATE else 2.0)
    elif len(first) == len(second) == _WHOLE_DATE:
        swapped = first[:5] + first[8:] + "-" + first[5:7] == second
        edits = 1 if swapped else library.edits(first.replace("-", ""), second.replace("-", ""), score_cutoff=2)
        verdicts = {1: Reason("birthday", "similar", 2.5), 2: Reason("birthday", "part", 0.0)}
        yield verdicts.get(edits, Reason("birthday", "different", -5.0))
    elif first.lstrip("-") in second or second.lstrip("-") in first:
        yield Reason("birthday", "part", 1.0)
    else:
        yield Reason("birthday", "different", -4.0)


def _websites(one: Compared, other: Compared) -> Iterator[Reason]:
    if set(one.websites) & set(other.websites):
        yield Reason("website", "same", 3.0)


def block_keys(one: Compared) -> Iterator[str]:
    """Yield the keys of a contact; the search for duplicates compares only contacts that share one.

    They are the e-mail addresses, the phone numbers, the name in any sequence of its words, the beginnings of the
    names, a name with the city, a name with the birthday, and the street with the postal code.

    Args:
        one: The compared fields of the contact.

    >>> sorted(block_keys(compared_fields(Company("Bois & Fils", phones=["+33144556677"]))))
    ['company:f:fils|bois', 'company:n:bois fils', 'company:p:+33144556677']
    """
    kind = one.kind
    for email in one.emails:
        yield f"{kind}:e:{email}"
    for phone in one.phones:
        yield f"{kind}:p:{phone}"
    parts = one.name.split()
    if parts:
        yield f"{kind}:n:{' '.join(sorted(parts))}"
    longest = sorted(parts, key=len, reverse=True)[:2]
    if len(longest) == 2:
        first, second = sorted(longest, key=parts.index)
        yield f"{kind}:f:{second}|{first}" if kind == "company" else f"{kind}:f:{second}|{first[:1]}"
        if kind == "person":
            yield f"{kind}:g:{first}|{second[:1]}"
            yield f"{kind}:s:{''.join(sorted((first[:3], second[:3])))}"
    for street, code, city in one.addresses:
        place = city or code
        if place:
            yield from (f"{kind}:c:{part}|{place}" for part in longest)
        if street and (code or city):
            yield f"{kind}:a:{street}|{code or city}"
    if one.birthday:
        yield from (f"{kind}:b:{part[:3]}|{one.birthday}" for part in longest)
    yield from (f"{kind}:w:{host}" for host in one.websites if kind == "company")
