"""Conversion between distinctions and records.

An actor sees a distinction only if the actor sees both contacts.
"""

from __future__ import annotations

from contactcore.mapping import json
from contactcore.mapping.entity_type import EntityType, Placement
from contactcore.mapping.index_keys import term
from contactcore.mapping.kinds import KIND_OF
from contactcore.mapping.trash import trash_record
from contactcore.model.distinction import Distinction
from contactcore.storage import Record, Stored
from contactcore.values.moment import parse_moment, timestamp

__all__ = ["DISTINCTIONS", "distinction_key"]

_AS_THEY_ARE = ("contact_id", "other_id", "digest", "other_digest", "by")


def distinction_key(contact_id: str, other_id: str) -> str:
    """The unique key of the distinction between two contacts, in any sequence.

    Args:
        contact_id: The id of one contact.
        other_id: The id of the other contact.

    >>> distinction_key("2", "1")
    'distinction:1 2'
    """
    return term("distinction", " ".join(sorted((contact_id, other_id))))


def _record(one: Distinction, placement: Placement) -> Record:
    body = {name: value for name in _AS_THEY_ARE if (value := getattr(one, name))}
    if one.at is not None:
        body["at"] = timestamp(one.at)
    references = {"contact": one.contact_id, "other": one.other_id}
    keys = frozenset({distinction_key(one.contact_id, one.other_id)})
    if placement.trashed is not None:
        return trash_record("distinction", one, body, placement.trashed, references, keys=keys)
    return Record(
        kind="distinction",
        id=one.id,
        version=one.version,
        body=json.dump(body),
        orders={"added": ""},
        terms=frozenset(f"{name}:{id}" for name, id in references.items()),
        keys=keys,
        references=references,
        owner=one.contact_id,
        access=placement.access,
    )


def _distinction(stored: Stored) -> Distinction:
    body = json.load(stored.body)
    values = {name: body[name] for name in _AS_THEY_ARE if name in body}
    if "at" in body:
        values["at"] = parse_moment(body["at"])
    return Distinction.restore({"id": stored.id, "version": stored.version, **values})


DISTINCTIONS: EntityType[Distinction] = EntityType(
    kind=KIND_OF["distinction"],
    load=lambda stored, _: _distinction(stored),
    record=_record,
    owners=("contact", "other"),
    follows_owner=True,
    event_data=lambda one: {"contact": one.contact_id, "other": one.other_id},
)
