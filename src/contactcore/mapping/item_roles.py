"""Conversion between the roles of contacts for items and records.

An actor sees a role only if the actor sees both the contact of the item and the responsible contact.
"""

from __future__ import annotations

from typing import Any

from contactcore.mapping import json
from contactcore.mapping.entity_type import EntityType, Placement
from contactcore.mapping.index_context import IndexContext
from contactcore.mapping.kinds import KIND_OF
from contactcore.mapping.trash import trash_record
from contactcore.model import ItemRole
from contactcore.storage import Record, Stored
from contactcore.values.moment import parse_moment, timestamp

__all__ = ["ITEM_ROLES"]

_AS_THEY_ARE = ("item_id", "contact_id", "holder_id", "role", "information")


def _record(one: ItemRole, placement: Placement) -> Record:
    body = {name: value for name in _AS_THEY_ARE if (value := getattr(one, name))}
    if one.since is not None:
        body["since"] = timestamp(one.since)
    references = {"contact": one.contact_id, "holder": one.holder_id, "item": one.item_id}
    if placement.trashed is not None:
        return trash_record("item-role", one, body, placement.trashed, references)
    return Record(
        kind="item-role",
        id=one.id,
        version=one.version,
        body=json.dump(body),
        orders={"added": ""},
        terms=frozenset(f"{name}:{id}" for name, id in references.items()),
        references=references,
        owner=one.contact_id,
        access=placement.access,
    )


def _item_role(stored: Stored, context: IndexContext, *, as_stored: bool = False) -> ItemRole:
    body = json.load(stored.body)
    values: dict[str, Any] = {name: body[name] for name in _AS_THEY_ARE if name in body}
    if "since" in body:
        values["since"] = parse_moment(body["since"])
    if "role" in values and not as_stored:
        values["role"] = context.settings.item_roles.resolve(values["role"])
    return ItemRole.restore({"id": stored.id, "version": stored.version, **values})


ITEM_ROLES: EntityType[ItemRole] = EntityType(
    kind=KIND_OF["item-role"],
    load=_item_role,
    load_as_stored=lambda stored, context: _item_role(stored, context, as_stored=True),
    record=_record,
    owners=("contact", "holder"),
    follows_owner=True,
    part_of="item",
    kept_in_history=True,
    event_data=lambda one: {"contact": one.contact_id, "holder": one.holder_id, "item": one.item_id},
)
