"""Contact parts: the parts of a record that do not depend on the user, the time or the access.

They are derived from the contact alone, so another process can derive them before the contact is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from operator import attrgetter
from typing import Any, Protocol

from contactcore.mapping import json, parts
from contactcore.mapping.index_context import IndexContext
from contactcore.mapping.index_keys import term
from contactcore.mapping.indexed_names import (
    ContactParts,
    IndexedName,
    firm_term,
    indexed_name_in,
    indexed_name_of,
    named_term,
)
from contactcore.mapping.terms import pruned_words, tag_words
from contactcore.model import Company, Contact, Person
from contactcore.model.contact import own_fields
from contactcore.values import Tag
from contactcore.values.email import email_key

__all__ = [
    "COMPANY_TEXTS",
    "PERSON_TEXTS",
    "PlainContact",
    "body_begin",
    "body_end",
    "body_values",
    "contact_parts",
    "derived_name",
    "members",
    "parts_of_body",
]

PERSON_TEXTS = tuple(name for name in own_fields(Person) if name not in {"birthday", "permissions", "notifications"})
COMPANY_TEXTS = own_fields(Company)


_TEXTS_AND_LISTS = (
    *("emails", "phones", "websites", "socials", "addresses", "type", "categories", "tags", "description"),
    *("currency", "language", "fields", "external_id", "unmapped"),
)
_DUMPED: tuple[tuple[str, Callable[[Any], Any]], ...] = (
    ("emails", parts.dump_emails),
    ("phones", parts.dump_phones),
    ("websites", parts.dump_websites),
    ("socials", parts.dump_socials),
    ("addresses", parts.dump_addresses),
    ("tags", lambda tags: [tag.text for tag in tags]),
    ("currency", str),
    ("language", str),
)
"""The values that are not stored as they are."""
_PERSON = ("kind", *PERSON_TEXTS, *_TEXTS_AND_LISTS)
_COMPANY = ("kind", *COMPANY_TEXTS, *_TEXTS_AND_LISTS)
_values_of_person = attrgetter(*_PERSON)
_values_of_company = attrgetter(*_COMPANY)


def members(values: Mapping[str, Any]) -> bytes:
    """The members of a JSON object behind another one; `b""` for none.

    >>> members({"source": "hand"})
    b',"source":"hand"'
    """
    return b"," + json.dump(values)[1:-1] if values else b""


def body_begin(contact: Contact) -> bytes:
    """The beginning of a contact's body, up to the source."""
    return json.dump(body_values(contact))[:-1]


def body_values(contact: Contact) -> dict[str, Any]:
    """The beginning of a contact's body, up to the source, as values; empty ones are left out."""
    if contact.kind == "person":
        body = {name: value for name, value in zip(_PERSON, _values_of_person(contact), strict=True) if value}
    else:
        body = {name: value for name, value in zip(_COMPANY, _values_of_company(contact), strict=True) if value}
    for name, dump in _DUMPED:
        if name in body:
            body[name] = dump(body[name])
    return body


def body_end(contact: Contact) -> bytes:
    """The members of a contact's body between the source and the stamps."""
    body: dict[str, Any] = {}
    if contact.kind == "person" and isinstance(contact, Person):
        if contact.birthday:
            body["birthday"] = str(contact.birthday)
        if contact.permissions is not None:
            body["permissions"] = contact.permissions.modules
        if contact.notifications is not None:
            body["notifications"] = contact.notifications.topics
    if not contact.listed:
        body["listed"] = False
    return members(body)


@lru_cache(maxsize=10_000)
def _tag_terms(texts: tuple[str, ...]) -> tuple[str, ...]:
    # Sets of tags recur often.
    return tuple(term("tag", Tag.restore(text).key) for text in texts)


def contact_parts(contact: Contact, indexed: IndexedName) -> ContactParts:
    """The parts of the record of a contact.

    Args:
        contact: The contact, whose phones are read.
        indexed: Its indexed name.
    """
    return parts_of_body(body_values(contact), body_end(contact), indexed, listed=contact.listed)


class PlainContact(Protocol):
    """A new contact that the directory lists, as the body of its record."""

    @property
    def body(self) -> Mapping[str, Any]:
        """The beginning of the body, as `body_values` returns it."""

    @property
    def birthday(self) -> str:
        """The birthday of a person as text; `""` for none."""

    @property
    def contact(self) -> Contact:
        """The contact itself."""


def derived_name(plain: PlainContact, index_context: IndexContext) -> IndexedName:
    """The indexed name of a contact with the parts of its record, from its body.

    Args:
        plain: The contact.
        index_context: The index context of the workspace.
    """
    name = indexed_name_in(plain.body, index_context) or indexed_name_of(plain.contact, index_context)
    end = members({"birthday": plain.birthday}) if plain.birthday else b""
    name.derived = (plain, parts_of_body(plain.body, end, name))
    return name


def parts_of_body(body: Mapping[str, Any], end: bytes, indexed: IndexedName, *, listed: bool = True) -> ContactParts:  # noqa: C901, PLR0912 - one pass over the body
    """The parts of the record of a contact, from its body.

    Args:
        body: The beginning of its body, as `body_values` returns it.
        end: The end of its body, as `body_end` returns it.
        indexed: Its indexed name.
        listed: Whether the directory lists the contact; True by default.
    """
    name, emails, phones = indexed.display_name, indexed.emails, indexed.phones
    kind = body["kind"]
    card: dict[str, Any] = {"kind": kind, "name": name}
    terms = [f"kind:{kind}"]
    words = [*indexed.words, *indexed.name_prefixes]
    if emails:
        card["emails"] = emails
        terms += [term("email", email_key(email)) for email in emails]
    if phones:
        card["phones"] = phones
        terms += [term("phone", phone) for phone in phones]
    if "type" in body:
        type_ = card["type"] = body["type"]
        terms.append(f"type:{type_}")
    else:
        terms.append("without:type")
    if "categories" in body:
        categories = card["categories"] = body["categories"]
        terms += [f"category:{slug}" for slug in categories]
    else:
        terms.append("without:category")
    if "tags" in body:
        tags = card["tags"] = body["tags"]
        terms += _tag_terms(tuple(tags))
        words += tag_words(tags)
    else:
        terms.append("without:tag")
    if "addresses" in body:
        places = body["addresses"]
        place = next((place for place in places if "billing" in place), places[0])
        if "city" in place:
            card["city"] = place["city"]
    card_end: dict[str, Any] = {}
    if indexed.sort_name != name:
        card_end["sorted"] = indexed.sort_name
    if not listed:
        card_end["listed"] = False
        terms.append("role:person")
    firm = b""
    if kind == "company":
        terms.append(named_term(name))
        if "division" in body:
            card["division"] = body["division"]
            if "name" in body:
                firm = members({"firm": body["name"]})
                terms.append(firm_term(body["name"]))
    if "external_id" in body:
        terms.append(term("external", body["external_id"]))
    return ContactParts(
        *(json.dump(body)[:-1], end, json.dump(card)[:-1], members(card_end), firm),
        *(terms, frozenset(pruned_words(words))),
    )
