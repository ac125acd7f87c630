"""Merging: the values of a contact that several contacts become, and of affiliations that become one (IMP-7).

Values are taken in groups, because a name or an address put together from two contacts would be nobody's. Nothing is
decided by the time of the last change unless the caller asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from operator import attrgetter
from typing import Any, TypeVar

import attrs

from contactcore.errors import Problem
from contactcore.frozen import frozen
from contactcore.model import Affiliation, Authority, Company, Contact, NotificationPreferences, PermissionSet, Person
from contactcore.model.restoring import altered
from contactcore.values import Address

__all__ = ["MERGE_RULES", "FieldMerge", "check_rules", "joined_affiliation", "merged_contact"]

_C = TypeVar("_C", bound=Contact)

_NAME_GROUPS: Mapping[type[Contact], tuple[str, ...]] = {
    Person: (
        *("given_name", "family_name", "middle_name", "prefix", "suffix", "full_name"),
        *("phonetic_given_name", "phonetic_family_name"),
    ),
    Company: ("name", "division"),
}
"""The fields that are taken together, under the name `name`."""
_LISTS = ("emails", "phones", "websites", "socials", "addresses", "categories", "tags")
_JOINED = ("description",)
_SINGLE = ("type", "currency", "language", "external_id")
_OF_PERSON = ("nickname", "birthday", "gender")
_FIELDS = "fields."

MERGE_RULES = ("winner", "newest", "union")
"""The rules by which a field is merged, beside the id of the contact whose value is taken."""


@frozen
class FieldMerge:
    """One field in which the contacts of a merge differ.

    Attributes:
        field: The name of the field or group: `name` stands for all parts of the name, `fields.<slug>` for a custom
            field.
        rule: The rule that was applied: `"winner"`, `"newest"`, `"union"` or the id of a contact.
        values: The value of each contact by its id, in the sequence of the contacts; the winner comes first.
        result: The value of the result.
    """

    field: str
    rule: str
    values: Mapping[str, Any]
    result: Any


def check_rules(rules: Mapping[str, str], contacts: Sequence[Contact]) -> Iterator[Problem]:
    """Yield the problems of the rules that a caller gives.

    Args:
        rules: Field -> rule.
        contacts: The contacts of the merge.
    """
    ids = {contact.id for contact in contacts}
    known = {"name", *_LISTS, *_JOINED, *_SINGLE, *(_OF_PERSON if isinstance(contacts[0], Person) else ())}
    known |= {f"{_FIELDS}{slug}" for contact in contacts for slug in contact.fields}
    for field, rule in rules.items():
        path = f"rules[{field}]"
        if field not in known:
            message = f"Fields are {', '.join(sorted(known))}."
            yield Problem("field-unknown", path, message, field)
        elif rule not in ids and rule not in MERGE_RULES:
            message = "Give winner, newest, union, or the id of one of the contacts."
            yield Problem("merge-rule-unknown", path, message, rule)
        elif rule == "union" and field not in {*_LISTS, *_JOINED}:
            yield Problem("merge-rule-unknown", path, "One value cannot be a union: choose winner or newest.", rule)


def merged_contact(
    contacts: Sequence[_C], rules: Mapping[str, str], default: PermissionSet | None = None
) -> tuple[_C, tuple[FieldMerge, ...]]:
    """The values of the contact that several contacts of one kind become, and the fields in which they differ.

    The result has the id, the access, the responsible users, the source and the stamps of the winner.

    Args:
        contacts: The winner first, then the others.
        rules: Field -> rule, for fields with another rule than the default: union for lists and the description, and
            the value of the winner for all others, or the first one that is filled.
        default: The permissions of the workspace for people without their own; no permissions by default.

    >>> from contactcore.model import Company
    >>> one = Company("Bois", id="1", emails=["a@bois.fr"])
    >>> other = Company("Bois & Fils", id="2", emails=["b@bois.fr"], type="customer")
    >>> merged, differences = merged_contact([one, other], {"name": "2"})
    >>> merged.name, merged.type, len(merged.emails), [one.field for one in differences]
    ('Bois & Fils', 'customer', 2, ['name', 'emails', 'type'])
    """
    winner = contacts[0]
    changes: dict[str, Any] = {}
    found: list[FieldMerge] = []

    def merge(field: str, rule: str, read: Callable[[Contact], Any], combine: Callable[[Sequence[Any]], Any]) -> Any:
        values = {contact.id: read(contact) for contact in contacts}
        chosen = rules.get(field, rule)
        result = combine([*values.values()]) if chosen == "union" else _chosen(chosen, contacts, values)
        if any(value != values[winner.id] for value in values.values()):
            found.append(FieldMerge(field, chosen, values, result))
        return result

    names = _NAME_GROUPS[Person if isinstance(winner, Person) else Company]
    group = merge("name", "winner", lambda contact: _group(contact, names), _first)
    changes |= dict(zip(names, group or ("",) * len(names), strict=True))
    for name in _LISTS:
        changes[name] = merge(name, "union", attrgetter(name), _UNIONS[name])
    for name in _JOINED:
        changes[name] = merge(name, "union", attrgetter(name), _joined_texts)
    for name in (*_SINGLE, *(_OF_PERSON if isinstance(winner, Person) else ())):
        changes[name] = merge(name, "winner", attrgetter(name), _first)
    slugs = dict.fromkeys(slug for contact in contacts for slug in contact.fields)
    values = {slug: merge(f"{_FIELDS}{slug}", "winner", partial(_field, slug), _first) for slug in slugs}
    changes["fields"] = {slug: value for slug, value in values.items() if value is not None}
    unmapped: dict[str, str] = {}
    for contact in contacts:
        unmapped |= {name: text for name, text in contact.unmapped.items() if name not in unmapped}
    changes["unmapped"] = unmapped
    changes["listed"] = any(contact.listed for contact in contacts)
    if isinstance(winner, Person):
        people = [contact for contact in contacts if isinstance(contact, Person)]
        changes["permissions"] = _permissions(
            [one.permissions for one in people], default or PermissionSet(), strict=True
        )
        changes["notifications"] = _topics([one.notifications for one in people], strict=True)
    return attrs.evolve(winner, **changes), tuple(found)


def _group(contact: Contact, names: Iterable[str]) -> tuple[str, ...]:
    """The parts of a name; empty if none is filled."""
    parts = tuple(getattr(contact, name) for name in names)
    return parts if any(parts) else ()


def _field(slug: str, contact: Contact) -> Any:
    return contact.fields.get(slug)


def _chosen(rule: str, contacts: Sequence[Contact], values: Mapping[str, Any]) -> Any:
    if rule in values:
        return values[rule]
    ordered = list(contacts)
    if rule == "newest":
        ordered.sort(key=lambda contact: contact.changed_at.timestamp() if contact.changed_at else 0.0, reverse=True)
    return _first([values[contact.id] for contact in ordered])


def _first(values: Sequence[Any]) -> Any:
    return next((value for value in values if value not in (None, "", ())), values[0])


def _united(key: Callable[[Any], Any]) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    def unite(lists: Sequence[Iterable[Any]]) -> tuple[Any, ...]:
        found: dict[Any, Any] = {}
        for values in lists:
            for value in values:
                found.setdefault(key(value), value)
        return tuple(found.values())

    return unite


def _united_addresses(lists: Sequence[Iterable[Address]]) -> tuple[Address, ...]:
    """The addresses of all contacts; the billing address is the first one that has the flag."""
    found: dict[Any, Address] = {}
    billing: Any = None
    for addresses in lists:
        for address in addresses:
            key = attrs.astuple(attrs.evolve(address, billing=False, label=""))
            found.setdefault(key, attrs.evolve(address, billing=False))
            if address.billing and billing is None:
                billing = key
    return tuple(attrs.evolve(one, billing=True) if key == billing else one for key, one in found.items())


def _joined_texts(texts: Sequence[str]) -> str:
    return "\n\n".join(dict.fromkeys(text for text in texts if text))


def _itself(value: Any) -> Any:
    return value


_UNIONS: Mapping[str, Callable[[Sequence[Any]], Any]] = {
    "emails": _united(lambda email: email.key),
    "phones": _united(str),
    "websites": _united(lambda website: website.key),
    "socials": _united(_itself),
    "addresses": _united_addresses,
    "categories": _united(_itself),
    "tags": _united(lambda tag: tag.key),
}


def joined_affiliation(
    affiliations: Sequence[Affiliation],
    on: date,
    default: PermissionSet,
    *,
    strict: bool = True,
) -> Affiliation:
    """The affiliation that several affiliations of one person with one contact become.

    Args:
        affiliations: The affiliation that stays, then the others.
        on: Today. If some of them are current, only these decide on rights, dates, the primary flag and the
            purposes.
        default: The permissions of the workspace for affiliations without their own.
        strict: Whether the rights are those that all of them have, and not those that one of them has; True by default.

    >>> one = Affiliation(id="1", position="CFO", authorities=["represent", "contact"], permissions=["invoices"])
    >>> other = Affiliation(id="2", position="CEO", authorities=["contact"], permissions=["invoices", "projects"])
    >>> joined = joined_affiliation([one, other], date(2026, 1, 31), PermissionSet([]))
    >>> joined.position, [one.slug for one in joined.authorities], joined.permissions.modules
    ('CFO', ['contact'], ('invoices',))
    """
    kept = affiliations[0]
    deciding = [one for one in affiliations if one.is_current(on)] or list(affiliations)
    senior = min(deciding, key=lambda one: one.seniority)
    texts = ("position", "department", "information", "site_id", "email", "phone")
    changes: dict[str, Any] = {name: _first([getattr(one, name) for one in affiliations]) for name in texts}
    changes["information"] = _joined_texts([one.information for one in affiliations])
    # An address that does not stay still finds the person.
    kept_email = None if changes["email"] is None else changes["email"].key
    left = [one.email for one in affiliations if one.email is not None and one.email.key != kept_email]
    changes |= {
        "retired": _united(lambda email: email.key)([*(one.retired for one in affiliations), tuple(left)]),
        "purposes": _united(_itself)([one.purposes for one in deciding]),
        "authorities": _authorities([one.authorities for one in deciding], strict=strict),
        "permissions": _permissions([one.permissions for one in deciding], default, strict=strict),
        "notifications": _topics([one.notifications for one in deciding], strict=strict),
        "start": senior.start,
        "end": senior.end,
        "active": any(one.active for one in deciding),
        "primary": any(one.primary for one in deciding),
        # The last flag that one of them got. A flag for some viewers only is negative.
        "primary_sequence": max((one.primary_sequence for one in deciding if one.primary_sequence), default=0),
    }
    return altered(kept, changes)


def _authorities(lists: Sequence[Sequence[Authority]], *, strict: bool) -> tuple[Authority, ...]:
    slugs = dict.fromkeys(one.slug for authorities in lists for one in authorities)
    found = []
    for slug in slugs:
        same = [one for authorities in lists for one in authorities if one.slug == slug]
        if strict and len(same) < len(lists):
            continue
        if not strict:
            found.append(same[0])
            continue
        starts, ends = [one.start for one in same if one.start], [one.end for one in same if one.end]
        start, end = max(starts, default=None), min(ends, default=None)
        if start is None or end is None or start <= end:
            joint = any(one.joint for one in same)
            found.append(attrs.evolve(same[0], start=start, end=end, joint=joint))
    return tuple(found)


def _permissions(sets: Sequence[PermissionSet | None], default: PermissionSet, *, strict: bool) -> PermissionSet | None:
    if all(one == sets[0] for one in sets):
        return sets[0]
    given = [(default if one is None else one).modules for one in sets]
    return PermissionSet(_of_sets(given, strict=strict))


def _topics(sets: Sequence[NotificationPreferences | None], *, strict: bool) -> NotificationPreferences | None:
    """The topics; who wants the default of the workspace does not say which topics these are, so the others decide."""
    given = [one.topics for one in sets if one is not None]
    return NotificationPreferences(_of_sets(given, strict=strict)) if given else None


def _of_sets(given: Sequence[Sequence[str]], *, strict: bool) -> tuple[str, ...]:
    everything = dict.fromkeys(one for some in given for one in some)
    return tuple(one for one in everything if not strict or all(one in some for some in given))
