"""Conversion between contacts and records."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from operator import attrgetter
from typing import Any

from contactcore.mapping import json, parts
from contactcore.mapping.entity_type import EntityType, Placement
from contactcore.mapping.field_terms import field_terms
from contactcore.mapping.former_terms import former_terms
from contactcore.mapping.index_context import IndexContext
from contactcore.mapping.indexed_names import IndexedName, firm_term, named_term
from contactcore.mapping.terms import tag_words, term, without_prefixes
from contactcore.mapping.trash import ROOTS, TRASH_ORDER, trashed_body
from contactcore.model import Company, Contact, NotificationPreferences, PermissionSet, Person, Settings, conversion
from contactcore.model.contact import own_fields
from contactcore.read_only import read_only
from contactcore.rules.access import RESTRICTED, access_of, policy_of, responsibles_of, trash_access
from contactcore.rules.portal_view import known_contact
from contactcore.storage import LONGEST_BODY, Kind, Order, Record, Stored, View
from contactcore.values import Currency, Language, PartialDate, Tag
from contactcore.values.moment import parse_moment, timestamp

__all__ = ["CONTACTS", "WITHOUT", "body_of", "contact_of", "contact_record", "fits_in_record"]

_PERSON_TEXTS = tuple(name for name in own_fields(Person) if name not in {"birthday", "permissions", "notifications"})
_COMPANY_TEXTS = own_fields(Company)


def contact_record(contact: Contact, placement: Placement) -> Record:
    """The record of a contact whose id and version are set and whose phones are read."""
    body = _body(contact)
    indexed, access, trashed = placement.indexed_name(contact), placement.access, placement.trashed
    card = json.dump(_card(contact, indexed, access))
    if trashed is not None:
        return Record(
            kind="contact",
            id=contact.id,
            version=contact.version,
            body=json.dump({**body, "trashed": trashed_body(trashed)}),
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
    return Record(
        kind="contact",
        id=contact.id,
        version=contact.version,
        body=json.dump(body),
        card=card,
        orders={**indexed.orders, **dict(_times(contact))},
        terms=_terms(contact, indexed, placement),
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
    "source": _as_is,
}


def body_of(contact: Contact) -> bytes:
    """The body of a contact's record, without the parts that derive from it.

    Args:
        contact: The contact.
    """
    return json.dump(_body(contact))


def fits_in_record(contact: Contact) -> bool:
    """Whether the body of the contact is within the limit of the storage."""
    return len(body_of(contact)) <= LONGEST_BODY


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
    if isinstance(contact, Person) and contact.permissions is not None:
        body["permissions"] = contact.permissions.modules
    if isinstance(contact, Person) and contact.notifications is not None:
        body["notifications"] = contact.notifications.topics
    if not contact.listed:
        body["listed"] = False
    body.update(_stamps(contact))
    return body


def _times(contact: Contact) -> Iterator[tuple[str, str]]:
    """The keys in the orders of time."""
    if contact.added_at is not None:
        yield "added", timestamp(contact.added_at)
    if contact.changed_at is not None:
        yield "changed", timestamp(contact.changed_at)


def _read_stamps(body: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for act in ("added", "changed"):
        stamp = body.get(act) or body.get("added")
        if stamp is not None:
            yield f"{act}_at", parse_moment(stamp[0])
            yield f"{act}_by", stamp[1]


def _stamps(contact: Contact) -> Iterator[tuple[str, tuple[str, str]]]:
    """When, and by whom, the contact was added and changed last; a contact that was only added was not changed."""
    if contact.added_at is not None:
        yield "added", (timestamp(contact.added_at), contact.added_by)
    if contact.changed_at is not None and (contact.changed_at, contact.changed_by) != (
        contact.added_at,
        contact.added_by,
    ):
        yield "changed", (timestamp(contact.changed_at), contact.changed_by)


def _card(contact: Contact, indexed: IndexedName, access: frozenset[str]) -> dict[str, Any]:
    place = contact.billing_address or next(iter(contact.addresses), None)
    filled = {
        "emails": indexed.emails,
        "phones": indexed.phones,
        "type": contact.type,
        "categories": contact.categories,
        "tags": [tag.text for tag in contact.tags],
        "city": "" if place is None else place.city,
        "division": contact.division if isinstance(contact, Company) else "",
        "responsibles": contact.responsibles,
        "source": contact.source,
    }
    card: dict[str, Any] = {"kind": contact.kind, "name": indexed.display_name}
    card.update([pair for pair in filled.items() if pair[1]])
    card["access"] = policy_of(access).value
    if indexed.sort_name != indexed.display_name:
        card["sorted"] = indexed.sort_name
    if not contact.listed:
        card["listed"] = False
    card.update(_stamps(contact))
    if isinstance(contact, Company) and contact.division and contact.name:
        card["firm"] = contact.name
    return card


WITHOUT = ("type", "tag", "category")
"""What a contact can be without, as a filter asks."""
_LIST_OF = {"type": "type", "tag": "tags", "category": "categories"}


def _terms(contact: Contact, indexed: IndexedName, placement: Placement) -> frozenset[str]:
    found = [f"kind:{contact.kind}"]
    if isinstance(contact, Company):
        found.append(named_term(indexed.display_name))
        if contact.division and contact.name:
            found.append(firm_term(contact.name))
    if not contact.listed:
        found.append("role:person")
    found += [f"without:{name}" for name in WITHOUT if not getattr(contact, _LIST_OF[name])]
    found += field_terms(contact.fields, placement.context.settings)
    if contact.type:
        found.append(f"type:{contact.type}")
    found += [f"category:{slug}" for slug in contact.categories]
    found += [term("tag", tag.key) for tag in contact.tags]
    found += [term("email", email.key) for email in contact.emails]
    found += [term("phone", phone) for phone in indexed.phones]
    if contact.external_id:
        found.append(term("external", contact.external_id))
    if contact.source:
        # An import is found with all others, and alone.
        found += {term("source", contact.source.partition(":")[0]), term("source", contact.source)}
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
        return Company.restore(shared | {name: body[name] for name in _COMPANY_TEXTS if name in body})
    if "birthday" in body:
        shared["birthday"] = PartialDate.parse(body["birthday"])
    if "permissions" in body:
        shared["permissions"] = PermissionSet(body["permissions"])
    if "notifications" in body:
        shared["notifications"] = NotificationPreferences(body["notifications"])
    return Person.restore(shared | {name: body[name] for name in _PERSON_TEXTS if name in body})


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


_KIND = Kind(
    "contact",
    (
        Order(
            "name",
            terms=(
                "kind:",
                "role:",
                "type:",
                "category:",
                "tag:",
                "email:",
                "phone:",
                "named:",
                "external:",
                "source:",
                "without:",
                "field:",
            ),
            words=True,
        ),
        Order("added", terms=()),
        Order("changed", terms=()),
        TRASH_ORDER,
    ),
)

CONTACTS: EntityType[Person | Company] = EntityType(
    personal="owned",
    kind=_KIND,
    load=contact_of,
    load_as_stored=lambda stored, context: contact_of(stored, context, as_stored=True),
    record=contact_record,
    access=_access,
    for_client=known_contact,
    order="name",
    kept_in_history=True,
    views=(
        View(
            "report_person",
            "contact",
            {
                "given_name": ("given_name",),
                "family_name": ("family_name",),
                "type": ("type",),
                "description": ("description",),
                "kind": ("kind",),
            },
        ),
        View(
            "report_company",
            "contact",
            {
                "name": ("name",),
                "division": ("division",),
                "type": ("type",),
                "description": ("description",),
                "kind": ("kind",),
            },
        ),
        View("report_email", "contact", {"email": ("text",), "kind": ("kind",)}, each=("emails",)),
        View("report_phone", "contact", {"phone": ("number",), "kind": ("kind",)}, each=("phones",)),
        View(
            "report_address",
            "contact",
            {
                "label": ("label",),
                "street": ("street",),
                "postal_code": ("postal_code",),
                "city": ("city",),
                "region": ("region",),
                "country": ("country",),
            },
            each=("addresses",),
        ),
    ),
)
