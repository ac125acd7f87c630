"""Conversion between items and records.

An item has two orders: `name` is the order of its contact, in which a search for a contact by its items walks, and
`own` is the order of the items' own directory (SIT-8).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from contactcore.mapping import json
from contactcore.mapping.entity_type import EntityType, Placement
from contactcore.mapping.index_context import IndexContext
from contactcore.mapping.index_keys import term
from contactcore.mapping.kinds import KIND_OF
from contactcore.mapping.terms import without_prefixes, words_of_name
from contactcore.mapping.trash import trash_record
from contactcore.model import Item, conversion
from contactcore.rules.portal_view import known_item
from contactcore.storage import Record, Stored
from contactcore.values.moment import parse_moment, timestamp

__all__ = ["ITEMS", "item_body"]

_AS_THEY_ARE = ("contact_id", "name", "type", "description", "of_themself", "external_id")
_DUMPERS: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(_AS_THEY_ARE, lambda value: value),
    "fields": dict,
    "since": timestamp,
}


def item_body(item: Item) -> dict[str, Any]:
    """The body of the record of an item, as JSON-ready data.

    Args:
        item: An item.
    """
    body = {name: dump(value) for name, dump in _DUMPERS.items() if (value := getattr(item, name))}
    if item.status != "open":
        body["status"] = item.status
    return body


def _record(item: Item, placement: Placement) -> Record:
    body = item_body(item)
    card = {"name": item.name, "contact_id": item.contact_id}
    if item.type:
        card["type"] = item.type
    if item.status != "open":
        card["status"] = item.status
    references = {"contact": item.contact_id}
    if placement.trashed is not None:
        return trash_record("item", item, body, placement.trashed, references, card=json.dump(card))
    owner = placement.indexed_name(placement.owners["contact"])
    terms = {f"contact:{item.contact_id}", f"status:{item.status}"}
    if item.type:
        terms.add(f"type:{item.type}")
    if item.of_themself:
        terms.add(f"self:{item.contact_id}")
    if item.external_id:
        terms.add(term("external", item.external_id))
    return Record(
        kind="item",
        id=item.id,
        version=item.version,
        body=json.dump(body),
        card=json.dump({**card, "contact": owner.display_name}),
        orders={**owner.orders, **placement.context.own_keys(item.name)},
        terms=frozenset(terms),
        words=without_prefixes({*words_of_name(item.name), *words_of_name(owner.display_name)}),
        references=references,
        owner=item.contact_id,
        access=placement.access,
    )


def _item(stored: Stored, context: IndexContext, *, as_stored: bool = False) -> Item:
    body = json.load(stored.body)
    values = {name: body[name] for name in (*_AS_THEY_ARE, "status") if name in body}
    if "fields" in body:
        values["fields"] = conversion.fields(body["fields"])
    if "since" in body:
        values["since"] = parse_moment(body["since"])
    if "type" in values and not as_stored:
        values["type"] = context.settings.item_types.resolve(values["type"])
    return Item.restore({"id": stored.id, "version": stored.version, **values})


ITEMS: EntityType[Item] = EntityType(
    kind=KIND_OF["item"],
    load=_item,
    load_as_stored=lambda stored, context: _item(stored, context, as_stored=True),
    record=_record,
    owners=("contact",),
    follows_owner=True,
    deleted_alone=True,
    order="name",
    found_by_owner=True,
    matched_by="item",
    for_client=known_item,
    kept_in_history=True,
    event_data=lambda item: {"contact": item.contact_id},
)
