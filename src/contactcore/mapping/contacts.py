"""Conversion between contacts and records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import attrs

from contactcore.mapping import json, parts
from contactcore.mapping.contact_parts import (
    COMPANY_TEXTS,
    PERSON_TEXTS,
    body_begin,
    body_end,
    contact_parts,
    members,
)
from contactcore.mapping.entity_type import EntityType, Placement
from contactcore.mapping.field_terms import field_terms
from contactcore.mapping.former_terms import former_terms
from contactcore.mapping.index_context import IndexContext
from contactcore.mapping.index_keys import term
from contactcore.mapping.indexed_names import ContactParts, IndexedName
from contactcore.mapping.kinds import KIND_OF
from contactcore.mapping.trash import ROOTS, trashed_body
from contactcore.model import Company, Contact, NotificationPreferences, PermissionSet, Person, Settings, conversion
from contactcore.model.restoring import restored
from contactcore.read_only import read_only
from contactcore.rules.access import RESTRICTED, access_of, policy_of, responsibles_of, trash_access
from contactcore.rules.portal_view import known_contact
from contactcore.storage import LONGEST_BODY, Record, Stored
from contactcore.values import Currency, Language, PartialDate, Tag
from contactcore.values.moment import parse_moment, timestamp

__all__ = [
    "CONTACTS",
    "WITHOUT",
    "FirstStamps",
    "body_of",
    "contact_of",
    "contact_record",
    "fits_in_record",
    "plain_record",
]


def contact_record(contact: Contact, placement: Placement) -> Record:
    """The record of a contact whose id and version are set and whose phones are read."""
    indexed, access, trashed = placement.indexed_name(contact), placement.access, placement.trashed
    parts = indexed.taken_parts(contact) or contact_parts(contact, indexed)
    stamps, times = _stamps(contact.added_at, contact.added_by, contact.changed_at, contact.changed_by)
    source = contact.source
    body, card = _texts(parts, source, stamps, contact.responsibles, access)
    if trashed is not None:
        return Record(
            kind="contact",
            id=contact.id,
            version=contact.version,
            body=body[:-1] + members({"trashed": trashed_body(trashed)}) + b"}",
            card=card,
            orders={"trash": trashed.at},
            terms=frozenset(
                {
                    f"trash:{trashed.root}",
                    *({ROOTS} if trashed.root == contact.id else ()),
                    *former_terms(contact, indexed.display_name),
                }
            ),
            owner=contact.id,
            access=frozenset() if trashed.hidden else trash_access(access),
        )
    terms = [*parts.terms, *_source_terms(source)]
    if contact.fields:
        terms += field_terms(contact.fields, placement.context.settings)
    return _record(contact.id, contact.version, body, card, indexed, terms, parts.words, times, access)


@attrs.frozen(kw_only=True)
class FirstStamps:
    """What the new contacts of one import have in common.

    Attributes:
        source: The way in which they came.
        added_at: The time when they are added, in UTC.
        added_by: The user who adds them.
        responsibles: The names of their responsible users.
    """

    source: str
    added_at: datetime
    added_by: str
    responsibles: tuple[str, ...]


def plain_record(
    id: str,
    name: IndexedName,
    parts: ContactParts,
    first: FirstStamps,
    access: frozenset[str],
    more_terms: Iterable[str] = (),
) -> Record:
    """The record of a new contact, as `contact_record` makes it of the contact.

    Args:
        id: The id of the contact.
        name: Its indexed name.
        parts: The parts of its record.
        first: What it has in common with the others.
        access: Its access terms.
        more_terms: The terms of its custom fields; none by default.
    """
    stamps, times = _stamps(first.added_at, first.added_by, first.added_at, first.added_by)
    body, card = _texts(parts, first.source, stamps, first.responsibles, access)
    terms = [*parts.terms, *_source_terms(first.source), *more_terms]
    return _record(id, 1, body, card, name, terms, parts.words, times, access)


def _texts(
    parts: ContactParts, source: str, stamps: bytes, responsibles: tuple[str, ...], access: frozenset[str]
) -> tuple[bytes, bytes]:
    """The body and the card."""
    body = b"".join((parts.body, _source(source), parts.body_end, stamps, b"}"))
    middle = _card_middle(responsibles, source, access)
    return body, b"".join((parts.card, middle, parts.card_end, stamps, parts.firm, b"}"))


def _record(
    id: str,
    version: int,
    body: bytes,
    card: bytes,
    indexed: IndexedName,
    terms: Sequence[str],
    words: frozenset[str],
    times: Mapping[str, str],
    access: frozenset[str],
) -> Record:
    # An import makes thousands of records, and each assignment to a frozen class costs as much as a call.
    return restored(
        Record,
        {
            "kind": "contact",
            "id": id,
            "version": version,
            "body": body,
            "card": card,
            "orders": {**indexed.orders, **times},
            "terms": frozenset(terms),
            "words": words,
            "owner": id,
            "access": access,
        },
    )


def body_of(contact: Contact) -> bytes:
    """The body of a contact's record, without the parts that derive from it.

    Args:
        contact: The contact.
    """
    stamps, _ = _stamps(contact.added_at, contact.added_by, contact.changed_at, contact.changed_by)
    return b"".join((body_begin(contact), _source(contact.source), body_end(contact), stamps, b"}"))


def fits_in_record(contact: Contact) -> bool:
    """Whether the body of the contact is within the limit of the storage."""
    return len(body_of(contact)) <= LONGEST_BODY


@lru_cache(maxsize=64)
def _source(source: str) -> bytes:
    return members({"source": source}) if source else b""


@lru_cache(maxsize=64)
def _source_terms(source: str) -> tuple[str, ...]:
    # An import is found with all others, and alone.
    return (term("source", source.partition(":")[0]), term("source", source)) if source else ()


@lru_cache(maxsize=256)
def _card_middle(responsibles: tuple[str, ...], source: str, access: frozenset[str]) -> bytes:
    filled = {"responsibles": responsibles, "source": source, "access": policy_of(access).value}
    return members({name: value for name, value in filled.items() if value})


def _read_stamps(body: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for act in ("added", "changed"):
        stamp = body.get(act) or body.get("added")
        if stamp is not None:
            yield f"{act}_at", parse_moment(stamp[0])
            yield f"{act}_by", stamp[1]


@lru_cache(maxsize=64)  # all records of a batch have the same stamps
def _stamps(
    added_at: datetime | None, added_by: str, changed_at: datetime | None, changed_by: str
) -> tuple[bytes, Mapping[str, str]]:
    """When, and by whom, the contact was added and changed last; a contact that was only added was not changed.

    Returns:
        The members of the body and the card, and the keys in the orders of time.
    """
    stamps, times = {}, {}
    if added_at is not None:
        times["added"] = timestamp(added_at)
        stamps["added"] = (times["added"], added_by)
    if changed_at is not None:
        times["changed"] = timestamp(changed_at)
        if (changed_at, changed_by) != (added_at, added_by):
            stamps["changed"] = (times["changed"], changed_by)
    return members(stamps), times


WITHOUT = ("type", "tag", "category")
"""The parts that a contact may lack, by which a filter asks."""


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
        "restricted": RESTRICTED in access,
    }
    for name, load in _LOADERS.items():
        if name in body:
            shared[name] = load(body[name])
    if "type" in shared and not as_stored:
        shared["type"] = settings.types.resolve(shared["type"])
    if "categories" in shared and not as_stored:
        resolved = (settings.categories.resolve(slug) for slug in shared["categories"])
        shared["categories"] = tuple(dict.fromkeys(slug for slug in resolved if slug))
    shared.update(_read_stamps(body))
    if body["kind"] == "company":
        return Company.restore(shared | {name: body[name] for name in COMPANY_TEXTS if name in body})
    if "birthday" in body:
        shared["birthday"] = PartialDate.parse(body["birthday"])
    if "permissions" in body:
        shared["permissions"] = PermissionSet(body["permissions"])
    if "notifications" in body:
        shared["notifications"] = NotificationPreferences(body["notifications"])
    return Person.restore(shared | {name: body[name] for name in PERSON_TEXTS if name in body})


def _as_is(value: Any) -> Any:
    return value


_LOADERS: Mapping[str, Callable[[Any], Any]] = {
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
    "language": Language.restore,
    "fields": conversion.fields,
    "external_id": _as_is,
    "unmapped": read_only,
    "source": _as_is,
    "listed": _as_is,
}


def _access(
    contact: Contact, settings: Settings, stored: frozenset[str], _owners: tuple[frozenset[str], ...]
) -> frozenset[str]:
    return access_of(contact, settings.default_access, stored)


CONTACTS: EntityType[Person | Company] = EntityType(
    personal="owned",
    kind=KIND_OF["contact"],
    load=contact_of,
    load_as_stored=lambda stored, context: contact_of(stored, context, as_stored=True),
    record=contact_record,
    access=_access,
    for_client=known_contact,
    order="name",
    kept_in_history=True,
)
