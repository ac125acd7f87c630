"""How a contact appears: its name as shown, its places in the directory, and the words that it is found by.

Worked out once for a contact, and used for its own record and for those of all its affiliations.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from operator import attrgetter

import attrs

from contactcore.mapping.index_context import IndexContext
from contactcore.mapping.terms import order_key, search_words, starts, starts_of_parts, term
from contactcore.model import Contact, Person
from contactcore.model.name_fields import PERSON_NAME_FIELDS
from contactcore.storage import LONGEST_TERM
from contactcore.text import fold

__all__ = ["IndexedName", "folded", "indexed_name_of", "name_in", "named_term", "sort_name"]

_searched = [field for field in PERSON_NAME_FIELDS if field.searched]
_plain_texts = attrgetter(*(field.attribute for field in _searched if field.plain))
_searched_texts = attrgetter(*(field.attribute for field in _searched))


@attrs.frozen
class IndexedName:
    """What is derived from a contact's name, e-mails and phones.

    Attributes:
        shown: The name in the workspace's language.
        sorted_as: What it stands in the directory under.
        orders: Its order keys.
        words: The words of its name, its e-mail addresses and phone numbers.
        starts: The marks of how its name begins.
        emails, phones: As a card shows them.
    """

    shown: str
    sorted_as: str
    orders: Mapping[str, str]
    words: frozenset[str]
    starts: set[str]
    emails: tuple[str, ...]
    phones: tuple[str, ...]


def name_in(contact: Contact, language: str) -> str:
    """How a contact is shown in a language."""
    if isinstance(contact, Person):
        return contact.display_name_in(str(contact.language or language))
    return contact.display_name


def sort_name(contact: Contact, language: str) -> str:
    """What a contact stands in the directory under: a person's family name first."""
    if isinstance(contact, Person):
        return contact.sort_name_in(language)
    return contact.display_name


def named_term(name: str, company: str = "") -> str:
    """The facet by which imports find a company by its name, and a person by their name and company.

    >>> named_term("Zoë  Doe", "ACME")
    'named:zoe doe|acme'
    """
    return term("named", f"{folded(name)}|{folded(company)}")


@lru_cache(maxsize=10_000)
def _folded(name: str) -> str:
    return " ".join(fold(name).split())


def folded(name: str) -> str:
    """A name as names are compared.

    >>> folded("Zoë  Doe")
    'zoe doe'
    """
    # The same companies come again and again; a text of megabytes is not kept.
    return _folded(name) if len(name) <= LONGEST_TERM else " ".join(fold(name).split())


def indexed_name_of(contact: Contact, index_context: IndexContext) -> IndexedName:
    """How a contact appears under the settings in force."""
    names: Iterable[str]
    plain = (
        contact.plain_names(index_context.language) if isinstance(contact, Person) and not contact.language else None
    )
    if plain is not None:
        # Nearly every name: its parts, which many people share, say all.
        given, family = plain
        shown, sorted_as = f"{given} {family}", f"{family} {given}"
        names = _plain_texts(contact)
        marks = starts_of_parts(given, family)
    else:
        shown, sorted_as = name_in(contact, index_context.language), sort_name(contact, index_context.language)
        names = (*_searched_texts(contact), shown, sorted_as) if isinstance(contact, Person) else (shown,)
        marks = starts(shown, sorted_as) if sorted_as != shown else starts(shown)
    if index_context.at_rest:
        orders = {index_context.active.order: order_key(index_context.active.collation.key(sorted_as))}
    else:
        orders = index_context.keys(lambda language: sort_name(contact, language))
    emails, phones = contact.emails, contact.phones
    return IndexedName(
        shown,
        sorted_as,
        orders,
        frozenset(search_words(names, emails, phones)),
        marks,
        tuple([email.text for email in emails]),
        tuple([str(phone) for phone in phones]),
    )
