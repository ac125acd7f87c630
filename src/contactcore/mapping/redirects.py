"""Conversion between redirects and records.

A redirect has no access terms. It is read by the id of a record that is not there, before the rights are checked, and
shows nothing but where to look.
"""

from __future__ import annotations

from contactcore.mapping import json
from contactcore.mapping.entity_type import EntityType, Placement, no_access
from contactcore.mapping.kinds import KIND_OF
from contactcore.mapping.trash import trash_record
from contactcore.model.redirect import Redirect
from contactcore.storage import LONGEST_TERM, Record, Stored

__all__ = ["REDIRECTS", "redirect_id"]

_AS_THEY_ARE = ("kind", "old_id", "to_id", "contact_id", "merge_id")


def redirect_id(kind: str, id: str) -> str:
    """The id of the redirect of a record; `""` if the id of the record is so long that it has none.

    Args:
        kind: The kind of the record.
        id: The id of the record.

    >>> redirect_id("contact", "42")
    'contact:42'
    """
    found = f"{kind}:{id}"
    return found if len(found) <= LONGEST_TERM else ""


def _record(one: Redirect, placement: Placement) -> Record:
    body = {name: getattr(one, name) for name in _AS_THEY_ARE}
    references = {"contact": one.contact_id}
    if placement.trashed is not None:
        return trash_record("redirect", one, body, placement.trashed, references)
    return Record(
        kind="redirect",
        id=one.id,
        version=one.version,
        body=json.dump(body),
        orders={"added": ""},
        terms=frozenset({f"contact:{one.contact_id}", f"merge:{one.merge_id}"}),
        references=references,
        owner=one.contact_id,
    )


def _redirect(stored: Stored) -> Redirect:
    return Redirect.restore(
        {"version": stored.version, **{name: json.load(stored.body)[name] for name in _AS_THEY_ARE}}
    )


REDIRECTS: EntityType[Redirect] = EntityType(
    kind=KIND_OF["redirect"],
    load=lambda stored, _: _redirect(stored),
    record=_record,
    owners=("contact",),
    access=no_access,
    follows_owner=True,
    reached_through_owner=True,
    event_data=lambda one: {"contact": one.contact_id},
)
