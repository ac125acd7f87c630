"""Conversion between acts of the history and records, and the differences between two versions of a record.

A change is the difference between two bodies, so that the former body is found again from the present one. Access
policy and responsible users are no part of a body, and are added to it. Stamps and the data of the trash are left out:
the act says when, by whom, and whether a record went to the trash.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contactcore.mapping import json
from contactcore.mapping.entity_type import EntityType, Placement, no_access
from contactcore.mapping.kinds import KIND_OF, NAMED
from contactcore.mapping.named import named_by_id
from contactcore.model.act import Act, Change
from contactcore.rules.access import policy_of, responsibles_of
from contactcore.storage import Record, Stored

__all__ = ["BEGIN", "CUSTOM", "HISTORY", "NAMING", "changes_of_text", "difference", "told", "values_of"]

BEGIN = "begin"
"""The id of the record that says since when the history is complete. It is no act."""

CUSTOM = "fields."
"""The prefix of the keys of custom fields, each of which changes alone."""

NAMING: Mapping[str, tuple[str, ...]] = {"interaction": ("person_id",)}
"""The fields by which records name people whom they do not belong to, by the kind of the record."""

_STAMPS = ("added", "trashed")
"""The keys of a body that no change contains."""


def values_of(one: Stored | Record) -> dict[str, Any]:
    """The values of a record by key: those of its body, custom fields one by one, and who may see a contact.

    Args:
        one: The record, in the trash or not.
    """
    values: dict[str, Any] = json.load(one.body)
    access, trashed = one.access, values.get("trashed")
    for key in _STAMPS:
        values.pop(key, None)
    for slug, value in values.pop("fields", {}).items():
        values[f"{CUSTOM}{slug}"] = value
    if one.kind == "contact":
        if trashed is not None:
            access = frozenset(trashed["access"])
        values["access"] = policy_of(access).value
        values["responsibles"] = [*responsibles_of(access)]
    return values


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The keys in which two versions of a record differ, each with the value before and after; None for no value.

    Args:
        before, after: The values of both versions, as `values_of` returns them.

    >>> difference({"name": "Bois", "type": "lead"}, {"name": "Bois & Fils", "type": "lead", "fields.siret": "42"})
    {'name': ('Bois', 'Bois & Fils'), 'fields.siret': (None, '42')}
    """
    keys = dict.fromkeys([*before, *after])
    return {
        key: (before.get(key), after.get(key))
        for key in keys
        # False equals 0 in Python, and a body may change from one to the other.
        if before.get(key) != after.get(key) or type(before.get(key)) is not type(after.get(key))
    }


def told(values: Mapping[str, Any]) -> dict[str, Any]:
    """The body that has these values; the opposite of `values_of`, without access, responsible users and stamps.

    Args:
        values: The values by key; those that are None are left out.

    >>> told({"name": "Bois", "fields.siret": "42", "access": "private", "type": None})
    {'name': 'Bois', 'fields': {'siret': '42'}}
    """
    body: dict[str, Any] = {}
    for key, value in values.items():
        if value is None or key in {"access", "responsibles"}:
            continue
        if key.startswith(CUSTOM):
            body.setdefault("fields", {})[key.removeprefix(CUSTOM)] = value
        else:
            body[key] = value
    return body


def _terms(act: Act) -> Iterator[str]:
    for change in act.changes:
        if change.record_kind == "contact":
            yield f"under:{change.id}"
            # The addition of a contact is found under the contact.
            if change.what != "add":
                yield f"of:{change.id}"
            continue
        for id in change.owners:
            yield f"under:{id}"
        yield f"of:{change.id}"
    for id in act.undoes:
        yield f"undo:{id}"


def _naming(act: Act) -> Iterator[str]:
    """The terms of the people whom records that do not belong to them named before or after a change."""
    for change in act.changes:
        for field in NAMING.get(change.kind, ()):
            yield from (named_by_id(id) for id in change.fields.get(field, ()) if isinstance(id, str) and id)


def _record(act: Act, _placement: Placement) -> Record:
    if act.piece:
        return Record(kind="history", id=act.id, version=act.version, body=json.dump({"piece": act.piece}))
    body: dict[str, Any] = {"at": act.at, "by": act.by}
    if act.act != act.id:
        body["act"] = act.act
    if act.cause != "hand":
        body["cause"] = [act.cause, act.cause_id]
    if act.undoes:
        body["undoes"] = act.undoes
    if act.parts != 1:
        body["parts"] = act.parts
    if act.pieces:
        body["pieces"] = act.pieces
    elif act.changes:
        body["changes"] = [_shortened(change) for change in act.changes]
    is_act = act.id != BEGIN
    naming = frozenset(_naming(act))
    orders = {"time": act.at} | dict.fromkeys([NAMED] if naming else (), "")
    return Record(
        kind="history",
        id=act.id,
        version=act.version,
        body=json.dump(body),
        orders=orders if is_act else {},
        terms=frozenset(_terms(act)) | naming if is_act else frozenset(),
    )


def _shortened(change: Change) -> list[Any]:
    """A change as a list, without its last parts if they are empty; most changes add a record."""
    parts: list[Any] = [*change]
    while parts and not parts[-1]:
        parts.pop()
    return parts


def changes_of_text(text: str) -> tuple[Change, ...]:
    """The changes of an act whose text was spread over several records."""
    return tuple(_change(parts) for parts in json.load(text.encode()))


def _change(parts: list[Any]) -> Change:
    kind, id, owners, *rest = parts
    return Change(kind, id, tuple(owners), *rest)


def _act(stored: Stored) -> Act:
    body = json.load(stored.body)
    if "piece" in body:
        return Act(id=stored.id, version=stored.version, act="", at="", by="", piece=body["piece"])
    cause, cause_id = body.get("cause", ("hand", ""))
    return Act(
        id=stored.id,
        version=stored.version,
        act=body.get("act", stored.id),
        at=body["at"],
        by=body["by"],
        cause=cause,
        cause_id=cause_id,
        undoes=tuple(body.get("undoes", ())),
        parts=body.get("parts", 1),
        changes=tuple(_change(parts) for parts in body.get("changes", ())),
        pieces=body.get("pieces", 0),
    )


HISTORY: EntityType[Act] = EntityType(
    personal="noted",
    # The acts of a contact are found under it; there is no list of all acts, so no access terms are needed.
    kind=KIND_OF["history"],
    load=lambda stored, _: _act(stored),
    record=_record,
    access=no_access,
    plain_order="time",
)
