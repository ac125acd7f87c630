"""Contact parts: the parts of a record that do not depend on the user, the time or the access.

They are derived from the contact alone, so another process can derive them before the contact is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from operator import attrgetter
from typing import Any

from contactcore.mapping import json, parts
from contactcore.mapping.indexed_names import ContactParts, IndexedName, firm_term, named_term
from contactcore.mapping.terms import tag_words, term, without_prefixes
from contactcore.model import Company, Contact, Person
from contactcore.model.contact import own_fields
from contactcore.values import Tag

__all__ = ["COMPANY_TEXTS", "PERSON_TEXTS", "body_begin", "body_end", "contact_parts", "members"]

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
    if contact.kind == "person":
        body = {name: value for name, value in zip(_PERSON, _values_of_person(contact), strict=True) if value}
    else:
        body = {name: value for name, value in zip(_COMPANY, _values_of_company(contact), strict=True) if value}
    for name, dump in _DUMPED:
        if name in body:
            body[name] = dump(body[name])
    return json.dump(body)[:-1]


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


def contact_parts(contact: Contact, indexed: IndexedName) -> ContactParts:  # noqa: C901, PLR0912 - one pass over the contact
    """The parts of the record of a contact.

    Args:
        contact: The contact, whose phones are read.
        indexed: Its indexed name.
    """
    listed, name = contact.listed, indexed.display_name
    emails, phones = indexed.emails, indexed.phones
    kind, type_, categories = contact.kind, contact.type, contact.categories
    card: dict[str, Any] = {"kind": kind, "name": name}
    terms = [f"kind:{kind}"]
    words = [*indexed.words, *indexed.name_prefixes]
    if emails:
        card["emails"] = emails
        terms += [term("email", email.key) for email in contact.emails]
    if phones:
        card["phones"] = phones
        terms += [term("phone", phone) for phone in phones]
    if type_:
        card["type"] = type_
        terms.append(f"type:{type_}")
    else:
        terms.append("without:type")
    if categories:
        card["categories"] = categories
        terms += [f"category:{slug}" for slug in categories]
    else:
        terms.append("without:category")
    if contact.tags:
        texts = card["tags"] = [tag.text for tag in contact.tags]
        terms += _tag_terms(tuple(texts))
        words += tag_words(texts)
    else:
        terms.append("without:tag")
    if contact.addresses:
        place = contact.billing_address or contact.addresses[0]
        if place.city:
            card["city"] = place.city
    end: dict[str, Any] = {}
    if indexed.sort_name != name:
        end["sorted"] = indexed.sort_name
    if not listed:
        end["listed"] = False
        terms.append("role:person")
    firm = b""
    if kind == "company" and isinstance(contact, Company):
        terms.append(named_term(name))
        if contact.division:
            card["division"] = contact.division
            if contact.name:
                firm = members({"firm": contact.name})
                terms.append(firm_term(contact.name))
    if contact.external_id:
        terms.append(term("external", contact.external_id))
    return ContactParts(
        body_begin(contact), body_end(contact), json.dump(card)[:-1], members(end), firm, terms, without_prefixes(words)
    )
