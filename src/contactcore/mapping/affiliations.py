"""Conversion between affiliations and records.

An affiliation has the search words of its person and of its contact's name, and it has the order keys of its contact.
A search for a company by its people therefore walks in directory order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from operator import attrgetter
from typing import Any

import attrs

from contactcore.mapping import json, parts
from contactcore.mapping.index_context import IndexContext
from contactcore.mapping.indexed_names import IndexedName, indexed_name_of, named_term
from contactcore.mapping.terms import email_words, phone_words, term, without_prefixes, words_of_name
from contactcore.mapping.trash import Trashed
from contactcore.model import Affiliation, Authority, Contact, NotificationPreferences, PermissionSet, Person
from contactcore.rules.access import trash_access
from contactcore.storage import Record, Stored

__all__ = ["affiliation_of", "affiliation_record"]

_TEXTS = ("contact_id", "person_id", "position", "department", "information", "since")


def affiliation_record(
    affiliation: Affiliation,
    contact: Contact,
    person: Person,
    index_context: IndexContext,
    access: frozenset[str],
    *,
    trashed: Trashed | None = None,
    indexed_names: tuple[IndexedName, IndexedName] | None = None,
) -> Record:
    """The record of an affiliation.

    Args:
        affiliation: The affiliation, with its id and version.
        contact: The contact that the person acts for.
        person: The person.
        index_context: The index context of the workspace.
        access: The access terms of actors who see both the contact and the person.
        trashed: How the affiliation came to the trash; None for an affiliation that is not there.
        indexed_names: The indexed names of the contact and of the person if they are known already, else None.
    """
    body = _body(affiliation)
    contact_name, person_name = indexed_names or (
        indexed_name_of(contact, index_context),
        indexed_name_of(person, index_context),
    )
    card = json.dump(_card(affiliation, person_name))
    references = {"contact": affiliation.contact_id, "person": affiliation.person_id}
    if trashed is not None:
        return Record(
            kind="affiliation",
            id=affiliation.id,
            version=affiliation.version,
            body=json.dump({**body, "trashed": attrs.asdict(trashed)}),
            orders={"trash": trashed.at},
            terms=frozenset(
                {
                    f"trash:{trashed.root}",
                    f"was:contact:{affiliation.contact_id}",
                    f"was:person:{affiliation.person_id}",
                }
            ),
            references=references,
            owner=affiliation.contact_id,
            access=trash_access(access),
        )
    terms = {
        f"contact:{affiliation.contact_id}",
        f"person:{affiliation.person_id}",
        named_term(person_name.display_name, contact_name.display_name),
    }
    if affiliation.primary:
        terms.add(f"primary:{affiliation.contact_id}")
    if affiliation.email is not None:
        terms.add(term("email", affiliation.email.key))
    terms.update([term("email", address.key) for address in affiliation.retired])
    words = person_name.words.union(words_of_name(contact_name.display_name))
    if affiliation.email is not None:
        words |= email_words([affiliation.email])
    if affiliation.phone is not None:
        words |= phone_words([affiliation.phone])
    return Record(
        kind="affiliation",
        id=affiliation.id,
        version=affiliation.version,
        body=json.dump(body),
        card=card,
        orders=contact_name.orders,
        terms=frozenset(terms),
        words=without_prefixes(words),
        references=references,
        owner=affiliation.contact_id,
        access=access,
    )


def _card(affiliation: Affiliation, person_name: IndexedName) -> dict[str, Any]:
    card: dict[str, Any] = {"name": person_name.display_name}
    if person_name.emails:
        card["emails"] = person_name.emails
    if person_name.phones:
        card["phones"] = person_name.phones
    if affiliation.position:
        card["position"] = affiliation.position
    card["person_id"] = affiliation.person_id
    if affiliation.primary:
        card["primary"] = True
    return card


def _body(affiliation: Affiliation) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for (name, dump), value in zip(_DUMPERS.items(), _dumped(affiliation), strict=True):
        if value:
            body[name] = dump(value)
    # Empty and unset differ here: an empty set permits nothing, an unset one means the workspace's default.
    if affiliation.permissions is not None:
        body["permissions"] = affiliation.permissions.modules
    if affiliation.notifications is not None:
        body["notifications"] = affiliation.notifications.topics
    if not affiliation.active:
        body["active"] = False
    if affiliation.revision and affiliation.revision != affiliation.version:
        body["revision"] = affiliation.revision
    if affiliation.primary_sequence != int(affiliation.primary):
        body["primary_sequence"] = affiliation.primary_sequence
    return body


def _dump_authority(authority: Authority) -> dict[str, Any]:
    return parts.without_empty(
        {
            "slug": authority.slug,
            "start": authority.start.isoformat() if authority.start else "",
            "end": authority.end.isoformat() if authority.end else "",
            "joint": authority.joint,
            "evidence": authority.evidence,
        }
    )


def _as_is(value: Any) -> Any:
    return value


_DUMPERS: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys((*_TEXTS, "primary", "purposes"), _as_is),
    "authorities": lambda authorities: [_dump_authority(authority) for authority in authorities],
    "start": date.isoformat,
    "end": date.isoformat,
    "email": lambda email: parts.dump_emails([email])[0],
    "phone": lambda phone: parts.dump_phones([phone])[0],
    "retired": parts.dump_emails,
}
_dumped = attrgetter(*_DUMPERS)


def affiliation_of(stored: Stored, person: Person | None = None) -> Affiliation:
    """The affiliation of a stored record.

    Args:
        stored: The record.
        person: The person, if it was read too; None by default.
    """
    body = json.load(stored.body)
    values: dict[str, Any] = {name: body[name] for name in _AS_THEY_ARE if name in body}
    values |= {
        "id": stored.id,
        "version": stored.version,
        "person": person,
        "revision": body.get("revision", stored.version),
        "primary_sequence": body.get("primary_sequence", int(body.get("primary", False))),
    }
    for name, load in _LOADERS.items():
        if name in body:
            values[name] = load(body[name])
    return Affiliation.restore(values)


_AS_THEY_ARE = (*_TEXTS, "primary", "active")
_LOADERS: Mapping[str, Callable[[Any], Any]] = {
    "email": lambda email: parts.load_emails([email])[0],
    "phone": lambda phone: parts.load_phones([phone])[0],
    "retired": parts.load_emails,
    "start": date.fromisoformat,
    "end": date.fromisoformat,
    "purposes": tuple,
    "authorities": lambda entries: tuple(Authority(**entry) for entry in entries),
    "permissions": PermissionSet,
    "notifications": NotificationPreferences,
}
