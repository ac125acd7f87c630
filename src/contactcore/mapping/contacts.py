"""Conversion between contacts and records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any

import attrs

from contactcore.mapping import json, parts
from contactcore.mapping.index_context import IndexContext
from contactcore.mapping.indexed_names import IndexedName, indexed_name_of, named_term
from contactcore.mapping.terms import tag_words, term, without_prefixes
from contactcore.mapping.trash import ROOTS, Trashed
from contactcore.model import Company, Contact, Person, resolve
from contactcore.rules.access import policy_of, responsibles_of, trash_access
from contactcore.storage import Record, Stored
from contactcore.values import Currency, Language, PartialDate, Tag

__all__ = ["body_of", "contact_of", "record_of"]

_PERSON_TEXTS = (
    "given_name",
    "family_name",
    "middle_name",
    "prefix",
    "suffix",
    "nickname",
    "phonetic_given_name",
    "phonetic_family_name",
    "full_name",
    "gender",
)
_COMPANY_TEXTS = ("name", "division")


def record_of(
    contact: Contact,
    index_context: IndexContext,
    access: frozenset[str],
    *,
    trashed: Trashed | None = None,
    terms: frozenset[str] = frozenset(),
    indexed_name: IndexedName | None = None,
) -> Record:
    """The record of a contact.

    Args:
        contact: The contact, with its id and version, and with parsed phone numbers.
        index_context: The index context of the workspace.
        access: The access terms of the contact.
        trashed: How the contact came to the trash; None for a contact that is not there.
        terms: More terms, such as the one of the import that created the contact; none by default.
        indexed_name: The indexed name of the contact if it is known already, else None.
    """
    body = _body(contact)
    indexed = indexed_name or indexed_name_of(contact, index_context)
    card = json.dump(_card(contact, indexed, access))
    if trashed is not None:
        return Record(
            kind="contact",
            id=contact.id,
            version=contact.version,
            body=json.dump({**body, "trashed": attrs.asdict(trashed)}),
            card=card,
            orders={"trash": trashed.at},
            terms=frozenset(
                {
                    f"trash:{trashed.root}",
                    *({ROOTS} if trashed.root == contact.id else ()),
                    *(term("was", f"email:{email.key}") for email in contact.emails),
                }
            ),
            owner=contact.id,
            access=trash_access(access),
        )
    return Record(
        kind="contact",
        id=contact.id,
        version=contact.version,
        body=json.dump(body),
        card=card,
        orders=indexed.orders,
        terms=_terms(contact, indexed, terms),
        words=without_prefixes(indexed.words.union(indexed.name_prefixes, tag_words(contact.tags))),
        owner=contact.id,
        access=access,
    )


def _as_is(value: Any) -> Any:
    return value


_DUMPERS: Mapping[str, Callable[[Any], Any]] = {
    "emails": parts.dump_emails,
    "phones": parts.dump_phones,
    "websites": parts.dump_websites,
    "socials": parts.dump_socials,
    "addresses": parts.dump_addresses,
    "type": _as_is,
    "categories": _as_is,
    "tags": lambda tags: [tag.text for tag in tags],
    "description": _as_is,
    "currency": str,
    "language": str,
    "fields": _as_is,
    "external_id": _as_is,
    "unmapped": _as_is,
}


def body_of(contact: Contact) -> bytes:
    """The body of a contact's record, without the parts that derive from it.

    Args:
        contact: The contact.
    """
    return json.dump(_body(contact))


_person_texts = attrgetter(*_PERSON_TEXTS)
_company_texts = attrgetter(*_COMPANY_TEXTS)
_dumped = attrgetter(*_DUMPERS)


def _body(contact: Contact) -> dict[str, Any]:
    body: dict[str, Any] = {"kind": contact.kind}
    if isinstance(contact, Person):
        body.update([pair for pair in zip(_PERSON_TEXTS, _person_texts(contact), strict=True) if pair[1]])
    else:
        body.update([pair for pair in zip(_COMPANY_TEXTS, _company_texts(contact), strict=True) if pair[1]])
    for (name, dump), value in zip(_DUMPERS.items(), _dumped(contact), strict=True):
        if value:
            body[name] = dump(value)
    if isinstance(contact, Person) and contact.birthday:
        body["birthday"] = str(contact.birthday)
    if not contact.listed:
        body["listed"] = False
    return body


def _card(contact: Contact, indexed: IndexedName, access: frozenset[str]) -> dict[str, Any]:
    card: dict[str, Any] = {"kind": contact.kind, "name": indexed.display_name}
    if indexed.emails:
        card["emails"] = indexed.emails
    if indexed.phones:
        card["phones"] = indexed.phones
    if contact.type:
        card["type"] = contact.type
    if contact.categories:
        card["categories"] = contact.categories
    if contact.tags:
        card["tags"] = [tag.text for tag in contact.tags]
    card["access"] = policy_of(access).value
    if indexed.sort_name != indexed.display_name:
        card["sorted"] = indexed.sort_name
    if not contact.listed:
        card["listed"] = False
    return card


def _terms(contact: Contact, indexed: IndexedName, more: frozenset[str]) -> frozenset[str]:
    found = [f"kind:{contact.kind}", *more]
    if isinstance(contact, Company):
        found.append(named_term(indexed.display_name))
    if not contact.listed:
        found.append("role:person")
    if contact.type:
        found.append(f"type:{contact.type}")
    found += [f"category:{slug}" for slug in contact.categories]
    found += [term("tag", tag.key) for tag in contact.tags]
    found += [term("email", email.key) for email in contact.emails]
    found += [term("phone", phone) for phone in indexed.phones]
    if contact.external_id:
        found.append(term("external", contact.external_id))
    return frozenset(found)


def contact_of(stored: Stored, index_context: IndexContext, *, as_stored: bool = False) -> Person | Company:
    """The contact of a stored record.

    Args:
        stored: The record.
        index_context: The index context of the workspace.
        as_stored: Whether the stored types and categories are kept, which reindexing needs. By default, removed ones
            are replaced according to the settings.
    """
    body = json.load(stored.body)
    settings = index_context.settings
    access = stored.access
    if "trashed" in body:
        access = frozenset(body["trashed"]["access"])
    shared: dict[str, Any] = {
        "id": stored.id,
        "version": stored.version,
        "responsibles": responsibles_of(access),
        "access": policy_of(access),
    }
    for name, load in _LOADERS.items():
        if name in body:
            shared[name] = load(body[name])
    if "type" in shared and not as_stored:
        shared["type"] = resolve(settings.types, shared["type"])
    if "categories" in shared and not as_stored:
        resolved = (resolve(settings.categories, slug) for slug in shared["categories"])
        shared["categories"] = tuple(dict.fromkeys(slug for slug in resolved if slug))
    if body["kind"] == "company":
        return Company.restore(shared | {name: body[name] for name in _COMPANY_TEXTS if name in body})
    if "birthday" in body:
        shared["birthday"] = PartialDate.parse(body["birthday"])
    return Person.restore(shared | {name: body[name] for name in _PERSON_TEXTS if name in body})


_LOADERS = {
    "emails": parts.load_emails,
    "phones": parts.load_phones,
    "websites": parts.load_websites,
    "socials": parts.load_socials,
    "addresses": parts.load_addresses,
    "type": _as_is,
    "categories": tuple,
    "tags": lambda texts: tuple(Tag.restore(text) for text in texts),
    "description": _as_is,
    "currency": Currency,
    "language": Language,
    "fields": lambda fields: {slug: tuple(v) if isinstance(v, list) else v for slug, v in fields.items()},
    "external_id": _as_is,
    "unmapped": _as_is,
    "listed": _as_is,
}
