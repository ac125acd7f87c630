"""Conversion between affiliations and records.

An affiliation has the search words of its person and of its contact's name, and it has the order keys of its contact.
A search for a company by its people therefore walks in directory order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any, TypedDict

import attrs

from contactcore.mapping import json, parts
from contactcore.mapping.contact_parts import members
from contactcore.mapping.entity_type import EntityType, Placement
from contactcore.mapping.index_keys import term
from contactcore.mapping.indexed_names import AffiliationParts, IndexedName, named_term
from contactcore.mapping.kinds import KIND_OF
from contactcore.mapping.terms import email_words, phone_words, without_prefixes, words_of_name
from contactcore.mapping.trash import trash_record
from contactcore.model import Affiliation, Authority, NotificationPreferences, PermissionSet, Person
from contactcore.model.restoring import restored
from contactcore.storage import Record, Stored
from contactcore.values.moment import parse_moment, timestamp

__all__ = [
    "AFFILIATIONS",
    "acts_on",
    "affiliation_body",
    "affiliation_of",
    "affiliation_parts",
    "affiliation_record",
    "plain_affiliation_record",
]

_TEXTS = ("contact_id", "person_id", "site_id", "position", "department", "information")


def affiliation_record(affiliation: Affiliation, placement: Placement) -> Record:
    """The record of an affiliation whose id and version are set.

    Raises:
        TypeError: the owner behind the reference `person` is a company.
    """
    body, trashed = affiliation_body(affiliation), placement.trashed
    references = {"contact": affiliation.contact_id, "person": affiliation.person_id}
    if trashed is not None:
        return trash_record("affiliation", affiliation, body, trashed, references)
    owner, acting = placement.owners["contact"], placement.owners["person"]
    if not isinstance(acting, Person):
        raise TypeError(f"the affiliation {affiliation.id} names a company as its person")
    client, person = placement.indexed_name(owner), placement.indexed_name(acting)
    terms = [
        f"contact:{affiliation.contact_id}",
        f"person:{affiliation.person_id}",
        named_term(person.display_name, client.display_name),
    ]
    if affiliation.primary:
        terms.append(f"primary:{affiliation.contact_id}")
    if affiliation.site_id:
        terms.append(f"site:{affiliation.site_id}")
    if affiliation.email is not None:
        terms.append(term("email", affiliation.email.key))
    terms += [term("email", address.key) for address in affiliation.retired]
    words = [*person.words, *words_of_name(client.display_name)]
    if affiliation.email is not None:
        words += email_words([affiliation.email])
    if affiliation.phone is not None:
        words += phone_words([affiliation.phone])
    card = _card(person, affiliation.position)
    card["person_id"] = affiliation.person_id
    if affiliation.primary:
        card["primary"] = True
    texts = (json.dump(body), json.dump(card))
    found, access = without_prefixes(words), placement.access
    return _record(affiliation.id, affiliation.version, texts, client, terms, found, references, access)


def affiliation_parts(person: IndexedName, company: str, position: str, department: str) -> AffiliationParts:
    """The parts of the record of a new affiliation that depend on no id and no time.

    Args:
        person: The indexed name of the person.
        company: The display name of the contact.
        position: The position of the person.
        department: The department of the person.
    """
    texts = {}
    if position:
        texts["position"] = position
    if department:
        texts["department"] = department
    return AffiliationParts(
        *(company, position, department, members(texts), json.dump(_card(person, position))[:-1]),
        named_term(person.display_name, company),
        without_prefixes([*person.words, *words_of_name(company)]),
    )


def plain_affiliation_record(
    values: Mapping[str, Any], client: IndexedName, person: IndexedName, access: frozenset[str]
) -> Record:
    """The record of a new affiliation, as `affiliation_record` makes it of the affiliation.

    Args:
        values: The values of the affiliation by field: `id`, `contact_id`, `person_id`, `position`, `department` and
            `since`, and `primary` for the primary one of a new company.
        client: The indexed name of the contact.
        person: The indexed name of the person.
        access: Its access terms.
    """
    contact_id, person_id, primary = values["contact_id"], values["person_id"], "primary" in values
    company, position, department = client.display_name, values["position"], values["department"]
    made = person.placed
    if made is None or made[:3] != (company, position, department):
        made = affiliation_parts(person, company, position, department)
    body = json.dump({"contact_id": contact_id, "person_id": person_id})[:-1]
    flag = _PRIMARY if primary else b""
    body = b"".join((body, made.body, flag, _since_member(values["since"]), b"}"))
    card = b"".join((made.card, members({"person_id": person_id}), flag, b"}"))
    terms = [f"contact:{contact_id}", f"person:{person_id}", made.named]
    if primary:
        terms.append(f"primary:{contact_id}")
    references = {"contact": contact_id, "person": person_id}
    return _record(values["id"], 1, (body, card), client, terms, made.words, references, access)


def _record(
    id: str,
    version: int,
    texts: tuple[bytes, bytes],
    client: IndexedName,
    terms: Iterable[str],
    words: frozenset[str],
    references: Mapping[str, str],
    access: frozenset[str],
) -> Record:
    # An import makes thousands of records, and each assignment to a frozen class costs as much as a call.
    return restored(
        Record,
        {
            "kind": "affiliation",
            "id": id,
            "version": version,
            "body": texts[0],
            "card": texts[1],
            "orders": client.orders,
            "terms": frozenset(terms),
            "words": words,
            "references": references,
            "owner": references["contact"],
            "access": access,
        },
    )


_PRIMARY = members({"primary": True})


def _card(person: IndexedName, position: str) -> dict[str, Any]:
    """The beginning of the card, up to the id of the person."""
    card: dict[str, Any] = {"name": person.display_name}
    if person.emails:
        card["emails"] = person.emails
    if person.phones:
        card["phones"] = person.phones
    if position:
        card["position"] = position
    return card


def affiliation_body(affiliation: Affiliation) -> dict[str, Any]:
    """The body of the record of an affiliation, as JSON-ready data.

    Args:
        affiliation: An affiliation.
    """
    body = {name: value for name, value in zip(_DUMPED, _dumped(affiliation), strict=True) if value}
    for name, dump in _DUMPERS.items():
        if name in body:
            body[name] = dump(body[name])
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


@lru_cache(maxsize=64)  # all affiliations of a batch are added at one time
def _since(since: datetime) -> str:
    return timestamp(since)


@lru_cache(maxsize=64)
def _since_member(since: datetime) -> bytes:
    return members({"since": _since(since)})


_DUMPED = (
    *(*_TEXTS, "primary", "purposes"),
    *("authorities", "since", "start", "end", "email", "phone", "retired"),
)
_DUMPERS: Mapping[str, Callable[[Any], Any]] = {
    "authorities": lambda authorities: [_dump_authority(authority) for authority in authorities],
    "since": _since,
    "start": date.isoformat,
    "end": date.isoformat,
    "email": lambda email: parts.dump_emails([email])[0],
    "phone": lambda phone: parts.dump_phones([phone])[0],
    "retired": parts.dump_emails,
}
"""The values that are not stored as they are."""
_dumped = attrgetter(*_DUMPED)


def affiliation_of(stored: Stored) -> Affiliation:
    """The affiliation of a stored record, without its person."""
    body = json.load(stored.body)
    values: dict[str, Any] = {name: body[name] for name in _AS_THEY_ARE if name in body}
    values |= {
        "id": stored.id,
        "version": stored.version,
        "revision": body.get("revision", stored.version),
        "primary_sequence": body.get("primary_sequence", int(body.get("primary", False))),
    }
    for name, load in _LOADERS.items():
        if name in body:
            values[name] = load(body[name])
    return Affiliation.restore(values)


class _Term(TypedDict, total=False):
    active: bool
    start: str
    end: str


# A text of the affiliation may hold one of these, too. The body is then read.
_TERM_NAMES = (b'"active"', b'"start"', b'"end"')


def acts_on(stored: Stored, on: date) -> bool:
    """Whether the person of a stored affiliation acts for the contact on a day: `Affiliation.is_current`, much faster.

    Args:
        stored: The record of the affiliation.
        on: The day.
    """
    if not any(name in stored.body for name in _TERM_NAMES):
        return True
    term: _Term = json.load_as(_Term, stored.body)
    day = on.isoformat()
    return term.get("active", True) and term.get("start", day) <= day <= term.get("end", day)


_AS_THEY_ARE = (*_TEXTS, "primary", "active")
_LOADERS: Mapping[str, Callable[[Any], Any]] = {
    "email": lambda email: parts.load_emails([email])[0],
    "phone": lambda phone: parts.load_phones([phone])[0],
    "retired": parts.load_emails,
    "since": parse_moment,
    "start": date.fromisoformat,
    "end": date.fromisoformat,
    "purposes": tuple,
    "authorities": lambda entries: tuple(Authority(**entry) for entry in entries),
    "permissions": PermissionSet,
    "notifications": NotificationPreferences,
}


def _raised(affiliation: Affiliation) -> Affiliation:
    """One version further, and one revision: the version that people are shown."""
    revision = (affiliation.revision or affiliation.version) + 1
    return attrs.evolve(affiliation, version=affiliation.version + 1, revision=revision)


AFFILIATIONS: EntityType[Affiliation] = EntityType(
    kind=KIND_OF["affiliation"],
    load=lambda stored, _: affiliation_of(stored),
    record=affiliation_record,
    owners=("contact", "person"),
    follows_owner=True,
    order="name",
    found_by_owner=True,
    addresses_of="person",
    matched_by="person",
    raised=_raised,
    kept_in_history=True,
    event_data=lambda one: {"contact": one.contact_id, "person": one.person_id},
)
