"""Conversion between consents, marks of erased people, and records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from contactcore.mapping import json
from contactcore.mapping.entity_type import EntityType, Placement, no_access
from contactcore.mapping.kinds import KIND_OF
from contactcore.mapping.trash import trash_record
from contactcore.model.consent import Consent
from contactcore.model.privacy import Suppression
from contactcore.storage import Record, Stored
from contactcore.values.moment import parse_moment, timestamp

__all__ = ["CONSENTS", "SUPPRESSIONS"]

_MOMENTS = ("given", "withdrawn", "since")
_AS_THEY_ARE = ("contact_id", "purpose", "wording", "wording_version", "source")
_DUMPERS: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(_AS_THEY_ARE, lambda value: value),
    **dict.fromkeys(_MOMENTS, timestamp),
}


def _record(consent: Consent, placement: Placement) -> Record:
    body = {name: dump(value) for name, dump in _DUMPERS.items() if (value := getattr(consent, name))}
    references = {"contact": consent.contact_id}
    if placement.trashed is not None:
        return trash_record("consent", consent, body, placement.trashed, references)
    return Record(
        kind="consent",
        id=consent.id,
        version=consent.version,
        body=json.dump(body),
        orders={"added": ""},
        terms=frozenset({f"contact:{consent.contact_id}"}),
        references=references,
        owner=consent.contact_id,
        access=placement.access,
    )


def _consent(stored: Stored) -> Consent:
    body = json.load(stored.body)
    values = {name: parse_moment(body[name]) if name in _MOMENTS else body[name] for name in _DUMPERS if name in body}
    return Consent.restore({"id": stored.id, "version": stored.version, **values})


CONSENTS: EntityType[Consent] = EntityType(
    kind=KIND_OF["consent"],
    load=lambda stored, _: _consent(stored),
    record=_record,
    owners=("contact",),
    access=no_access,
    follows_owner=True,
    reached_through_owner=True,
    kept_in_history=True,
    event_data=lambda consent: {"contact": consent.contact_id},
)

SUPPRESSIONS: EntityType[Suppression] = EntityType(
    personal="none",
    kind=KIND_OF["suppression"],
    load=lambda stored, _: Suppression(id=stored.id, version=stored.version, **json.load(stored.body)),
    record=lambda mark, _: Record(
        kind="suppression",
        id=mark.id,
        version=mark.version,
        body=json.dump({name: text for name in ("salt", "of") if (text := getattr(mark, name))}),
    ),
)
