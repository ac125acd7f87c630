"""The form of a contact: what the browser sent, as the plain data that the library reads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from contactcore import Contact, to_plain
from contactcore.rules.entry import EntryField

from .web import Visit

__all__ = ["SHOWN", "address_sent", "contact_sent", "custom_sent", "form_values", "rows_sent"]

SHOWN = (
    *("name", "division", "prefix", "given_name", "middle_name", "family_name", "suffix", "nickname", "birthday"),
    *("type", "emails", "phones", "addresses", "websites", "socials"),
    *("categories", "tags", "description", "currency", "language"),
)
"""The built-in fields that this form can show, in its order; it has no place for the rest."""

LISTS = {"emails": "text", "phones": "text", "websites": "url"}
ADDRESS = ("street", "street2", "postal_code", "city", "region", "country", "label")


def asked(fields: Iterable[EntryField]) -> list[EntryField]:
    """The fields of the form: those that the workspace asks for, as far as this form can show them."""
    by_name = {one.name: one for one in fields}
    built_in = [by_name[name] for name in SHOWN if name in by_name]
    return built_in + [one for one in by_name.values() if one.definition is not None]


def form_values(contact: Contact) -> dict[str, Any]:
    """What the form shows of a contact at first."""
    values: dict[str, Any] = to_plain(contact)
    values.setdefault("fields", {})
    return values


def rows_sent(visit: Visit, name: str, part: str) -> list[dict[str, str]]:
    """The filled rows of a list of values with kinds."""
    kinds = visit.sent_all(f"{name}-kind")
    texts = visit.sent_all(name)
    kinds += [""] * (len(texts) - len(kinds))
    rows = [{part: text, "kind": kind} for text, kind in zip(texts, kinds, strict=False) if text]
    return [row if row["kind"] else {part: row[part]} for row in rows]


def address_sent(visit: Visit, name: str, index: int) -> dict[str, Any]:
    """The filled parts of the address in one row of the form."""
    parts = {part: visit.sent_all(f"{name}-{part}")[index : index + 1] for part in ADDRESS}
    return {part: texts[0] for part, texts in parts.items() if texts and texts[0]}


def custom_sent(visit: Visit, fields: Iterable[EntryField]) -> dict[str, Any]:
    """The values of custom fields; one that was left empty is None, which empties it."""
    values: dict[str, Any] = {}
    for one in fields:
        if one.definition is not None and one.name in visit.form:
            several = one.definition.type.value == "choices"
            sent = [value for value in visit.sent_all(one.name) if value]
            values[one.definition.slug] = (sent or None) if several else (sent[0] if sent else None)
    return values


def contact_sent(visit: Visit, fields: Iterable[EntryField]) -> dict[str, Any]:
    """The values of the fields that the form asked for; a field that was left empty is None, which empties it."""
    data: dict[str, Any] = {}
    fields = list(fields)
    for one in fields:
        name = one.name
        key = "addresses-street" if name == "addresses" else name
        if one.definition is not None or key not in visit.form:
            continue
        if name in LISTS:
            data[name] = rows_sent(visit, name, LISTS[name])
        elif name == "socials":
            handles = zip(visit.sent_all("socials-service"), visit.sent_all(name), strict=False)
            data[name] = [{"service": service, "handle": handle} for service, handle in handles if handle]
        elif name == "addresses":
            billing = visit.sent("addresses-billing")
            rows = enumerate(address_sent(visit, name, row) for row in range(len(visit.sent_all("addresses-street"))))
            data[name] = [row | ({"billing": True} if billing == str(at) else {}) for at, row in rows if row]
        elif name == "categories":
            data[name] = [slug for slug in visit.sent_all(name) if slug]
        elif name == "tags":
            data[name] = [tag for text in visit.sent_all(name) if (tag := text.strip())]
            data[name] = [tag.strip() for text in data[name] for tag in text.split(",") if tag.strip()]
        else:
            data[name] = visit.sent(name) or None
    custom = custom_sent(visit, fields)
    return data | ({"fields": custom} if custom else {})
