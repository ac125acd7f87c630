"""Contact <-> Record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from contactcore.mapping import json, parts
from contactcore.mapping.derivation import Derivation
from contactcore.mapping.terms import email_words, name_words, phone_words, starts, term
from contactcore.mapping.trash import ROOTS, Trashed
from contactcore.model import Company, Contact, Person, resolve
from contactcore.rules.access import policy_of, responsibles_of, trash_access
from contactcore.storage import Record, Stored
from contactcore.text import fold
from contactcore.values import Currency, Language, PartialDate, Tag

__all__ = ["body_of", "contact_of", "name_in", "named_term", "record_of", "sort_name"]

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


def name_in(contact: Contact, language: str) -> str:
    """How a contact is shown in a language."""
    own = str(contact.language or language)
    return contact.display_name_in(own) if isinstance(contact, Person) else contact.display_name


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
    return term("named", f"{' '.join(fold(name).split())}|{' '.join(fold(company).split())}")


def record_of(
    contact: Contact,
    derivation: Derivation,
    access: frozenset[str],
    *,
    trashed: Trashed | None = None,
    terms: frozenset[str] = frozenset(),
) -> Record:
    """The record of a contact.

    Args:
        contact: With its id and version set and its phones read.
        derivation: The workspace's.
        access: Its access terms.
        trashed: Given while it is in the trash.
        terms: More facets, as of the import that made it.
    """
    body = _body(contact)
    shown = name_in(contact, derivation.language)
    card = json.dump(_card(contact, shown, access))
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
            scope=contact.id,
            access=trash_access(access),
        )
    sorted_as = sort_name(contact, derivation.language)
    if derivation.at_rest:
        orders = derivation.keys(lambda _language: sorted_as)
    else:
        orders = derivation.keys(lambda language: sort_name(contact, language))
    return Record(
        kind="contact",
        id=contact.id,
        version=contact.version,
        body=json.dump(body),
        card=card,
        orders=orders,
        terms=terms | _terms(contact, shown),
        words=frozenset(_words(contact, shown, sorted_as)),
        scope=contact.id,
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
    """The body alone: what a contact is made of, without what it is found by."""
    return json.dump(_body(contact))


def _body(contact: Contact) -> dict[str, Any]:
    names = _PERSON_TEXTS if isinstance(contact, Person) else _COMPANY_TEXTS
    body: dict[str, Any] = {"kind": contact.kind}
    for name in names:
        if value := getattr(contact, name):
            body[name] = value
    for name, dump in _DUMPERS.items():
        if value := getattr(contact, name):
            body[name] = dump(value)
    if isinstance(contact, Person) and contact.birthday:
        body["birthday"] = str(contact.birthday)
    if not contact.listed:
        body["listed"] = False
    return body


def _card(contact: Contact, shown: str, access: frozenset[str]) -> dict[str, Any]:
    card = parts.filled(
        {
            "kind": contact.kind,
            "name": shown,
            "emails": [email.text for email in contact.emails],
            "phones": [str(phone) for phone in contact.phones],
            "type": contact.type,
            "categories": contact.categories,
            "tags": [tag.text for tag in contact.tags],
            "access": policy_of(access).value,
        }
    )
    if not contact.listed:
        card["listed"] = False
    return card


def _terms(contact: Contact, shown: str) -> frozenset[str]:
    found = {f"kind:{contact.kind}"}
    if isinstance(contact, Company):
        found.add(named_term(shown))
    if not contact.listed:
        found.add("role:person")
    if contact.type:
        found.add(f"type:{contact.type}")
    found.update(f"category:{slug}" for slug in contact.categories)
    found.update(term("tag", tag.key) for tag in contact.tags)
    found.update(term("email", email.key) for email in contact.emails)
    found.update(term("phone", str(phone)) for phone in contact.phones)
    if contact.external_id:
        found.add(term("external", contact.external_id))
    return frozenset(found)


def _words(contact: Contact, shown: str, sorted_as: str) -> set[str]:
    names = [shown, sorted_as]
    if isinstance(contact, Person):
        names += [contact.given_name, contact.family_name, contact.middle_name, contact.nickname]
        names += [contact.phonetic_given_name, contact.phonetic_family_name, contact.full_name]
    else:
        names.append(contact.display_name)
    found = name_words(*names, *(tag.text for tag in contact.tags))
    found |= starts(shown, sorted_as)
    return found | email_words(contact.emails) | phone_words(contact.phones)


def contact_of(stored: Stored, derivation: Derivation, *, as_stored: bool = False) -> Person | Company:
    """The contact of a stored record.

    Args:
        stored: The record.
        derivation: The workspace's.
        as_stored: With the very types and categories that it was stored with, for deriving its record anew; else those
            that were removed are replaced as the settings say.
    """
    body = json.load(stored.body)
    settings = derivation.settings
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
