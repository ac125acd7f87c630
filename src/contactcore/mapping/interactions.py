"""Conversion between interactions and records.

An interaction has no access terms: it is reached through its contact. A page of the timeline is one posting, whatever
it is filtered by: there is a term for each of contact, item, site and person, alone and with the type, the state, or
both. The order `type` sorts by type first, so that one count gives the number of each type.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

import attrs

from contactcore.mapping import json, parts
from contactcore.mapping.entity_type import EntityType, Placement, no_access
from contactcore.mapping.index_context import IndexContext
from contactcore.mapping.index_keys import order_key, term
from contactcore.mapping.kinds import INTERACTION_SCOPES, KIND_OF, NAMED
from contactcore.mapping.named import named_by_id
from contactcore.mapping.subject import Subject
from contactcore.mapping.trash import trash_record
from contactcore.model import Interaction, LinkedFile
from contactcore.model.payload import payload
from contactcore.model.restoring import altered
from contactcore.storage import Record, Stored
from contactcore.values.moment import parse_moment, timestamp

__all__ = ["INTERACTIONS", "person_scope", "scope_term", "time_key", "type_key", "without_texts_about"]


def time_key(moment: datetime) -> str:
    """The key of a time in the order `time`: ISO 8601 in UTC, always of the same length."""
    return timestamp(moment)


def type_key(type: str) -> str:
    """The smallest key of a type in the order `type`; the keys of different types never mix.

    Args:
        type: The slug of the type.
    """
    return f"{type} "


def person_scope(contact_id: str, person_id: str) -> str:
    """The id of the interactions of a contact with a person, for `scope_term`."""
    return f"{contact_id}|{person_id}"


def scope_term(scope: str, id: str, type: str = "", state: str = "") -> str:
    """The term of the interactions in a scope, with a type and in a state.

    Args:
        scope: `"contact"`, `"item"`, `"site"` or `"person"`.
        id: The id of the record; the `person_scope` for a person.
        type: The slug of the type; `""` for all.
        state: The state; `""` for all.

    >>> scope_term("item", "7"), scope_term("item", "7", "note", "done")
    ('item:7', 'item.type.state:7|note|done')
    """
    prefix = scope + (".type" if type else "") + (".state" if state else "")
    return term(prefix, "|".join(filter(None, (id, type, state))))


def _terms(interaction: Interaction) -> Iterator[str]:
    person = person_scope(interaction.contact_id, interaction.person_id) if interaction.person_id else ""
    ids = (interaction.contact_id, interaction.item_id, interaction.site_id, person)
    for scope, id in zip(INTERACTION_SCOPES, ids, strict=True):
        if id:
            for type in {"", interaction.type}:
                for state in {"", interaction.state}:
                    yield scope_term(scope, id, type, state)


_AS_THEY_ARE = (
    *("contact_id", "item_id", "site_id", "person_id", "type", "state", "title", "body", "timezone", "actor"),
)
_DUMPERS: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(_AS_THEY_ARE, lambda value: value),
    **dict.fromkeys(("start", "end", "since"), time_key),
    "payload": dict,
    "attachments": lambda files: [parts.without_empty(attrs.asdict(one)) for one in files],
}
_LOADERS: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("start", "end", "since"), parse_moment),
    "payload": payload,
    "attachments": lambda files: tuple(LinkedFile(**one) for one in files),
}


def _record(interaction: Interaction, placement: Placement) -> Record:
    body = {name: dump(value) for name, dump in _DUMPERS.items() if (value := getattr(interaction, name))}
    references = {"contact": interaction.contact_id}
    if interaction.item_id:
        references["item"] = interaction.item_id
    naming = frozenset({named_by_id(interaction.person_id)} if interaction.person_id else ())
    named = dict.fromkeys([NAMED] if naming else (), "")
    if placement.trashed is not None:
        card = json.dump({"name": interaction.display_name})
        record = trash_record("interaction", interaction, body, placement.trashed, references, card=card)
        return attrs.evolve(record, orders={**record.orders, **named}, terms=record.terms | naming)
    time = "" if interaction.start is None else time_key(interaction.start)
    return Record(
        kind="interaction",
        id=interaction.id,
        version=interaction.version,
        body=json.dump(body),
        orders={"time": time, "type": order_key(type_key(interaction.type) + time), **named},
        terms=frozenset(_terms(interaction)) | naming,
        references=references,
        owner=interaction.contact_id,
        access=placement.access,
    )


def _interaction(stored: Stored, context: IndexContext, *, as_stored: bool = False) -> Interaction:
    body = json.load(stored.body)
    values = {name: _LOADERS[name](body[name]) if name in _LOADERS else body[name] for name in _DUMPERS if name in body}
    type = values.get("type", "")
    values["type"] = type if as_stored else context.settings.interaction_types.resolve(type)
    return Interaction.restore({"id": stored.id, "version": stored.version, **values})


def _moved(interaction: Interaction, contact_id: str) -> Interaction:
    """An interaction whose item was given to another contact; the site belongs to the old contact, and is left out."""
    return altered(interaction, {"contact_id": contact_id, "site_id": ""})


def _forget(interaction: Interaction, subject: Subject) -> Interaction:
    """An interaction with another contact that names the person: without its id and details."""
    if interaction.person_id not in subject.ids:
        return interaction
    return altered(without_texts_about(interaction, subject), {"person_id": ""})


def without_texts_about(interaction: Interaction, subject: Subject) -> Interaction:
    """An interaction without the names, addresses and numbers of a person in its texts; the same one if it has none.

    Args:
        interaction: The interaction.
        subject: The person.
    """
    texts = {name: subject.redacted(getattr(interaction, name)) for name in ("title", "body")}
    values = _redacted(interaction.payload, subject)
    files = tuple(
        # The address of a file may name the person too. The file itself is the application's.
        attrs.evolve(one, name=subject.redacted(one.name), reference=subject.redacted(one.reference))
        for one in interaction.attachments
    )
    changed = altered(interaction, {**texts, "payload": payload(values), "attachments": files})
    return interaction if changed == interaction else changed


def _redacted(value: Any, subject: Subject) -> Any:
    """A payload with each of its texts and names redacted, whatever their depth."""
    if isinstance(value, str):
        return subject.redacted(value)
    if isinstance(value, Mapping):
        return {subject.redacted(name): _redacted(one, subject) for name, one in value.items()}
    return [_redacted(one, subject) for one in value] if isinstance(value, list | tuple) else value


INTERACTIONS: EntityType[Interaction] = EntityType(
    kind=KIND_OF["interaction"],
    load=_interaction,
    load_as_stored=lambda stored, context: _interaction(stored, context, as_stored=True),
    record=_record,
    owners=("contact",),
    access=no_access,
    follows_owner=True,
    part_of="item",
    deleted_alone=True,
    mentions={"site_id": "site", "person_id": "contact"},
    reached_through_owner=True,
    plain_order="time",
    moved=_moved,
    forget=_forget,
    kept_in_history=True,
    event_data=lambda interaction: {"contact": interaction.contact_id},
)
