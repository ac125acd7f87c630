"""Indexed names: the display name of a contact, its order keys in the directory, and its search words.

An indexed name is computed once for a contact, and used for its own record and for the records of its affiliations.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple

import attrs

from contactcore.mapping.index_context import IndexContext
from contactcore.mapping.index_keys import order_key, term
from contactcore.mapping.terms import distinct_words, name_prefixes, name_prefixes_of_parts
from contactcore.model import Contact, Person
from contactcore.model.name_fields import PERSON_NAME_FIELDS
from contactcore.model.person import are_plain_names
from contactcore.storage import LONGEST_TERM
from contactcore.text import fold
from contactcore.values import PhoneNumber
from contactcore.values.names import filed_name

__all__ = [
    "AffiliationParts",
    "ContactParts",
    "IndexedName",
    "firm_term",
    "folded",
    "indexed_name_in",
    "indexed_name_of",
    "name_in",
    "named_term",
    "shown_name_in",
    "sort_name",
]

_ARTICLES = frozenset("'’‘`")
"""Apostrophes, with which the name of a Dutch company may begin (`'t Hof`)."""
_searched = [field for field in PERSON_NAME_FIELDS if field.searched]
_PLAIN = tuple(field.attribute for field in _searched if field.plain)
# A full name is plain if it only joins the given and the family name.
_NOT_PLAIN = frozenset(
    ("language", *(field.attribute for field in PERSON_NAME_FIELDS if not field.plain and field.part != "full_name"))
)
_plain_texts = attrgetter(*_PLAIN)
_searched_texts = attrgetter(*(field.attribute for field in _searched))


class ContactParts(NamedTuple):
    """The parts of a contact's record that are derived from the contact alone (see `contact_parts`).

    Attributes:
        body: The beginning of the body, up to the source.
        body_end: The members of the body between the source and the stamps.
        card: The beginning of the card, up to the responsible users.
        card_end: The members of the card between the access policy and the stamps.
        firm: The members of the card behind the stamps.
        terms: The terms, without those of the source and of custom fields.
        words: The search words.
    """

    body: bytes
    body_end: bytes
    card: bytes
    card_end: bytes
    firm: bytes
    terms: list[str]
    words: frozenset[str]


class AffiliationParts(NamedTuple):
    """The parts of an affiliation's record that derive from its person, the name of its contact and its own texts.

    Attributes:
        company: The display name of the contact.
        position: The position of the person.
        department: The department of the person.
        body: The members of the body for position and department.
        card: The beginning of the card, up to the id of the person.
        named: The term by which imports find the person by their name and company.
        words: The search words.
    """

    company: str
    position: str
    department: str
    body: bytes
    card: bytes
    named: str
    words: frozenset[str]


@attrs.define
class IndexedName:
    """The derived data of a contact's name, e-mail addresses and phone numbers.

    Attributes:
        display_name: The name in the workspace's language.
        sort_name: The name by which the directory sorts.
        orders: The order keys by the names of the orders.
        words: The search words of the name, the e-mail addresses and the phone numbers (see `terms.pruned_words`).
        name_prefixes: The name prefixes, which find names that begin with a query (see `terms.name_prefixes`).
        emails, phones: The addresses and numbers as text, for the card.
        derived: The contact whose parts were derived with its name, and the parts; None for none.
        placed: The parts of the affiliation of a person, if another process has derived them; else None.
    """

    display_name: str
    sort_name: str
    orders: Mapping[str, str]
    words: Sequence[str]
    name_prefixes: set[str]
    emails: Sequence[str]
    phones: Sequence[str]
    derived: tuple[object, ContactParts] | None = attrs.field(default=None, eq=False, repr=False)
    placed: AffiliationParts | None = attrs.field(default=None, eq=False, repr=False)

    def taken_parts(self, contact: object) -> ContactParts | None:
        """The parts of the record of a contact if they were derived from this very contact, else None.

        They are released, because they are needed once, and would take more memory than the names.

        Args:
            contact: The contact, or the plain contact of a row.
        """
        derived, self.derived = self.derived, None
        return derived[1] if derived is not None and derived[0] is contact else None


def name_in(contact: Contact, language: str) -> str:
    """The display name of a contact.

    Args:
        contact: The contact.
        language: The language of the workspace, a BCP 47 tag; a person's own language takes precedence.
    """
    if isinstance(contact, Person):
        return contact.display_name_in(str(contact.language or language))
    return contact.display_name


def sort_name(contact: Contact, language: str) -> str:
    """The name by which the directory sorts a contact; for a person, the family name comes first.

    Args:
        contact: The contact.
        language: The language of the workspace, a BCP 47 tag.
    """
    if isinstance(contact, Person):
        return contact.sort_name_in(language)
    return _filed(contact.display_name, language)


def _filed(name: str, language: str) -> str:
    """The name by which the directory sorts a company."""
    return " ".join(filter(None, filed_name(name, language))) if name[:1] in _ARTICLES else name


def named_term(name: str, company: str = "") -> str:
    """The term by which imports find a company by its name, and a person by their name and company.

    Args:
        name: The display name of the company or the person.
        company: The display name of the person's company; `""` for a company.

    >>> named_term("Zoë  Doe", "ACME")
    'named:zoe doe|acme'
    """
    return term("named", f"{folded(name)}|{folded(company)}")


def firm_term(name: str) -> str:
    """The term by which imports find a company with a division by its name alone.

    Args:
        name: The name of the company.

    >>> firm_term("ACME")
    'named:acme|/'
    """
    return term("named", f"{folded(name)}|/")


@lru_cache(maxsize=10_000)
def _folded(name: str) -> str:
    return " ".join(fold(name).split())


def folded(name: str) -> str:
    """The form of a name for comparisons: folded, with single spaces.

    Args:
        name: The name.

    >>> folded("Zoë  Doe")
    'zoe doe'
    """
    # The same companies recur often, so short names are cached; a text of megabytes is not.
    return _folded(name) if len(name) <= LONGEST_TERM else " ".join(fold(name).split())


def indexed_name_of(contact: Contact, index_context: IndexContext) -> IndexedName:
    """The indexed name of a contact.

    Args:
        contact: The contact.
        index_context: The index context of the workspace.
    """
    emails, phones = [email.text for email in contact.emails], [str(phone) for phone in contact.phones]
    numbers = [phone.e164 for phone in contact.phones if isinstance(phone, PhoneNumber)]
    language = index_context.language
    person = contact if contact.kind == "person" and isinstance(contact, Person) else None
    plain = person.plain_names(language) if person is not None and not person.language else None
    if plain is not None and index_context.has_one_order:
        orders = _only_order(index_context, f"{plain[1]} {plain[0]}")
    else:
        orders = index_context.keys(lambda language: sort_name(contact, language))
    if plain is not None:
        return _of_plain_names(*plain, _plain_texts(contact), emails, phones, numbers, orders)
    displayed, sorted_as = name_in(contact, language), sort_name(contact, language)
    names = (displayed,) if person is None else (*_searched_texts(person), displayed, sorted_as)
    return _of_names(displayed, sorted_as, orders, names, emails, phones, numbers)


def indexed_name_in(body: Mapping[str, Any], index_context: IndexContext) -> IndexedName | None:
    """The indexed name of a new contact, from its body alone; None if the contact itself is needed.

    Args:
        body: The body of the contact, as values; its phones are read.
        index_context: The index context of the workspace.
    """
    displayed = shown_name_in(body, index_context.language)
    if displayed is None:
        return None
    emails = [email["text"] for email in body["emails"]] if "emails" in body else []
    phones = [phone["number"] for phone in body["phones"]] if "phones" in body else []
    if body["kind"] == "person":
        if not index_context.has_one_order:
            return None
        given, family = body["given_name"], body["family_name"]
        names = [body[name] for name in _PLAIN if name in body]
        orders = _only_order(index_context, f"{family} {given}")
        return _of_plain_names(given, family, names, emails, phones, phones, orders)
    orders = index_context.keys(lambda language: _filed(displayed, language))
    sorted_as = _filed(displayed, index_context.language)
    return _of_names(displayed, sorted_as, orders, (displayed,), emails, phones, phones)


def shown_name_in(body: Mapping[str, Any], language: str) -> str | None:
    """The display name of a contact from its body alone; None if the contact itself is needed.

    Args:
        body: The body of the contact, as values.
        language: The language of the workspace, a BCP 47 tag.
    """
    if body["kind"] == "company":
        return ", ".join([body[name] for name in ("name", "division") if name in body]) or None
    given, family = body.get("given_name", ""), body.get("family_name", "")
    if not (given and family and _NOT_PLAIN.isdisjoint(body) and are_plain_names(given, family, language)):
        return None
    both = f"{given} {family}"
    return both if body.get("full_name", both) == both else None


def _only_order(index_context: IndexContext, sorted_as: str) -> dict[str, str]:
    return {index_context.active.order: order_key(index_context.active.collation.key(sorted_as))}


def _of_plain_names(
    given: str,
    family: str,
    names: Iterable[str],
    emails: Sequence[str],
    phones: Sequence[str],
    numbers: Sequence[str],
    orders: Mapping[str, str],
) -> IndexedName:
    # Nearly all names are plain. Their words are the words of their parts, which are cached for many people.
    displayed, sorted_as = f"{given} {family}", f"{family} {given}"
    words = distinct_words(names, emails, numbers)
    return IndexedName(displayed, sorted_as, orders, words, name_prefixes_of_parts(given, family), emails, phones)


def _of_names(
    displayed: str,
    sorted_as: str,
    orders: Mapping[str, str],
    names: Iterable[str],
    emails: Sequence[str],
    phones: Sequence[str],
    numbers: Sequence[str],
) -> IndexedName:
    prefixes = name_prefixes(displayed, sorted_as) if sorted_as != displayed else name_prefixes(displayed)
    words = distinct_words(names, emails, numbers)
    return IndexedName(displayed, sorted_as, orders, words, prefixes, emails, phones)
