"""Indexed names: the display name of a contact, its order keys in the directory, and its search words.

An indexed name is computed once for a contact, and used for its own record and for the records of its affiliations.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

import attrs

from contactcore.mapping.index_context import IndexContext
from contactcore.mapping.terms import distinct_words, name_prefixes, name_prefixes_of_parts, order_key, term
from contactcore.model import Contact, Person
from contactcore.model.name_fields import PERSON_NAME_FIELDS
from contactcore.storage import LONGEST_TERM
from contactcore.text import fold
from contactcore.values.names import filed_name

__all__ = [
    "ContactParts",
    "IndexedName",
    "firm_term",
    "folded",
    "indexed_name_of",
    "name_in",
    "named_term",
    "sort_name",
]

_ARTICLES = frozenset("'’‘`")
"""Apostrophes, with which the name of a Dutch company may begin (`'t Hof`)."""
_searched = [field for field in PERSON_NAME_FIELDS if field.searched]
_plain_texts = attrgetter(*(field.attribute for field in _searched if field.plain))
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
        derived: The contact whose parts another process has derived, and the parts; None for none.
    """

    display_name: str
    sort_name: str
    orders: Mapping[str, str]
    words: Sequence[str]
    name_prefixes: set[str]
    emails: Sequence[str]
    phones: Sequence[str]
    derived: tuple[Contact, ContactParts] | None = attrs.field(default=None, eq=False, repr=False)

    def parts_of(self, contact: Contact) -> ContactParts | None:
        """The parts of the record of a contact if they were derived from this very contact, else None.

        Args:
            contact: The contact.
        """
        return self.derived[1] if self.derived is not None and self.derived[0] is contact else None


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
    name = contact.display_name
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
    names: Iterable[str]
    plain = (
        contact.plain_names(index_context.language) if isinstance(contact, Person) and not contact.language else None
    )
    if plain is not None:
        # Nearly all names are plain. Their words are the words of their parts, which are cached for many people.
        given, family = plain
        displayed, sorted_as = f"{given} {family}", f"{family} {given}"
        names = _plain_texts(contact)
        prefixes = name_prefixes_of_parts(given, family)
    else:
        displayed, sorted_as = name_in(contact, index_context.language), sort_name(contact, index_context.language)
        names = (*_searched_texts(contact), displayed, sorted_as) if isinstance(contact, Person) else (displayed,)
        prefixes = name_prefixes(displayed, sorted_as) if sorted_as != displayed else name_prefixes(displayed)
    if index_context.has_one_order:
        orders = {index_context.active.order: order_key(index_context.active.collation.key(sorted_as))}
    else:
        orders = index_context.keys(lambda language: sort_name(contact, language))
    emails, phones = contact.emails, contact.phones
    return IndexedName(
        displayed,
        sorted_as,
        orders,
        distinct_words(names, emails, phones),
        prefixes,
        [email.text for email in emails],
        [str(phone) for phone in phones],
    )
