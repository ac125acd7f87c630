"""Conversion between tags and records: a workspace has one record for each tag in use (DIR-6)."""

from __future__ import annotations

from contactcore.mapping import json
from contactcore.mapping.entity_type import EntityType, Placement
from contactcore.mapping.index_keys import order_key, term
from contactcore.mapping.kinds import KIND_OF
from contactcore.storage import Record, Stored
from contactcore.text import fold
from contactcore.values import Tag

__all__ = ["TAGS"]


def _id(tag: Tag) -> str:
    return term("tag", tag.key)


def _record(tag: Tag, _placement: Placement) -> Record:
    text = json.dump({"text": tag.text})
    return Record(kind="tag", id=_id(tag), body=text, card=text, orders={"name": order_key(fold(tag.key))})


def _tag(stored: Stored) -> Tag:
    return Tag.restore(json.load(stored.card)["text"])


TAGS: EntityType[Tag] = EntityType(
    personal="none",
    kind=KIND_OF["tag"],
    load=lambda stored, _: _tag(stored),
    record=_record,
    id_of=_id,
)
