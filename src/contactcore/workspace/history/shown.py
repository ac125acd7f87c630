"""Acts as one actor sees them: the history shows an actor no more than the records do (ACC-3).

A change is shown if the actor sees its record today, in the trash too. The change of a record that was removed for good
is shown if the actor sees the contacts that it belonged to. The primary flag and the purposes move between
affiliations, some of which may be hidden, so only admins are shown where they moved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from contactcore.formats.plain import to_plain
from contactcore.mapping import json
from contactcore.mapping.entities import ENTITY_OF
from contactcore.mapping.history import CUSTOM, told
from contactcore.mapping.trash import trashed_of
from contactcore.model.act import Act, Change
from contactcore.model.history import FieldChange, HistoryEntry, RecordChange
from contactcore.rules.access import may_see, read_terms, trash_access
from contactcore.storage import Stored
from contactcore.values.moment import parse_moment
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.redirects import redirected

__all__ = ["Viewer", "entry_of"]

_KEPT_BY_LIBRARY = frozenset(
    {"changed", "revision", "primary_sequence", "since", "contact_version", "before", "digest"}
)
"""The keys of a body that nobody changes; they are stored, so that an earlier state is complete."""
_FOR_ADMINS = frozenset({"primary", "purposes"})
_MENTIONS: Mapping[str, str] = {
    "contact_id": "contact",
    "person_id": "contact",
    "holder_id": "contact",
    "site_id": "site",
    "item_id": "item",
}
"""The fields that name another record -> its kind."""

Record = tuple[str, str]
"""Kind and id of a record."""


class Viewer:
    """The history as one actor sees it, in one transaction.

    Args:
        transaction: The transaction of the actor.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._trash_terms = trash_access(read_terms(transaction.actor))
        self._stored: dict[Record, Stored | None] = {}

    def entries(self, acts: Iterable[tuple[Act, Sequence[Change]]]) -> list[HistoryEntry]:
        """The entries of acts, without those of which the actor sees no change.

        Args:
            acts: The acts, each with the changes that are asked for.
        """
        found = [(act, changes) for act, changes in acts if changes]
        self.seen([change for _, changes in found for change in changes])
        self._read_mentions(change for _, changes in found for change in changes)
        entries = []
        for act, changes in found:
            shown = tuple(one for change in changes if (one := self._shown(change)) is not None)
            if shown:
                entries.append(entry_of(act, shown))
        return entries

    def seen(self, changes: Sequence[Change]) -> list[Change]:
        """Those of the changes whose records the actor sees; their fields are not reduced."""
        self._read((change.record_kind, change.id) for change in changes)
        self._read(("contact", id) for change in changes for id in self._owners(change))
        return [change for change in changes if self._sees(change)]

    def sees_record(self, kind: str, id: str) -> bool:
        """Whether the actor sees a record that is stored, in the trash too."""
        self._read([(kind, id)])
        stored = self._stored[kind, id]
        if stored is None:
            return False
        if kind == "contact":
            return self._sees_contact(id)
        owners = _owners_of(stored)
        self._read(("contact", owner) for owner in owners)
        return all(map(self._sees_contact, owners)) and self._sees_in_trash(stored)

    def _sees(self, change: Change) -> bool:
        kind = change.record_kind
        if self._stored[kind, change.id] is not None:
            return self.sees_record(kind, change.id)
        return kind != "contact" and all(map(self._sees_contact, change.owners))

    def _sees_contact(self, id: str) -> bool:
        stored = self._stored[("contact", id)]
        if stored is None:
            return False
        return bool(may_see(self._transaction.actor, stored.access)) or bool(self._trash_terms & stored.access)

    def _sees_in_trash(self, stored: Stored) -> bool:
        """Whether the actor sees a record whose owners the actor sees; in the trash it has access terms of its own."""
        trashed = trashed_of(stored)
        if trashed is None:
            return True
        if ENTITY_OF[stored.kind].reached_through_owner and trashed.root != stored.id:
            return True
        return bool(self._trash_terms & stored.access)

    def _owners(self, change: Change) -> tuple[str, ...]:
        stored = self._stored[change.record_kind, change.id]
        return change.owners if stored is None else _owners_of(stored)

    def _read(self, records: Iterable[Record]) -> None:
        """Read records that were not read yet, each kind at once."""
        wanted: dict[str, dict[str, None]] = {}
        for kind, id in records:
            if (kind, id) not in self._stored:
                wanted.setdefault(kind, {})[id] = None
        for kind, ids in wanted.items():
            read = dict(zip(ids, self._transaction.reader.get(kind, [*ids]), strict=True))
            missing = [id for id, stored in read.items() if stored is None]
            if missing and kind in {"contact", "affiliation"}:
                # What was merged into another record is seen by those who see that one.
                read |= redirected(self._transaction, kind, missing)
            self._stored |= {(kind, id): stored for id, stored in read.items()}

    def _read_mentions(self, changes: Iterable[Change]) -> None:
        mentioned = [
            (_MENTIONS[field], id)
            for change in changes
            for field, values in change.fields.items()
            if field in _MENTIONS
            for id in values
            if id
        ]
        self._read(mentioned)

    def _shown(self, change: Change) -> RecordChange | None:
        if not self._sees(change):
            return None
        fields = tuple(self._fields(change)) if change.what in {"change", "restore", "remove"} else ()
        if change.what == "change" and not fields:
            return None
        return RecordChange(
            kind=change.kind,
            id=change.id,
            name=self.name(change),
            what=change.what,
            version=change.shown or change.after,
            fields=fields,
        )

    def name(self, change: Change) -> str:
        """The name of the record of a change today; `""` if it has none, or is gone.

        Args:
            change: A change whose record `seen` or `sees_record` was asked for.
        """
        stored = self._stored[change.record_kind, change.id]
        if stored is None:
            return ""
        name: str = json.load(stored.card).get("name", "")
        if not name:
            entity = ENTITY_OF[stored.kind].load(stored, self._transaction.index_context)
            name = getattr(entity, "display_name", "")
        return name

    def _fields(self, change: Change) -> Iterator[FieldChange]:
        """The fields of a change as the actor sees them, with values as `to_plain` writes them."""
        left_out = _KEPT_BY_LIBRARY if self._transaction.actor.admin else _KEPT_BY_LIBRARY | _FOR_ADMINS
        before, after = (self._entity(change, side) for side in (0, 1))
        for field, values in change.fields.items():
            if field in left_out:
                continue
            pair = [_plain(one, field, value) for one, value in zip((before, after), values, strict=True)]
            if field in _MENTIONS:
                pair = [value if value and self.sees_record(_MENTIONS[field], value) else "" for value in pair]
            if pair[0] != pair[1]:
                yield FieldChange(field, *pair)

    def _entity(self, change: Change, side: int) -> Any:
        """An entity that has the values of a change before (0) or after (1) it, and no others."""
        values = {field: pair[side] for field, pair in change.fields.items()}
        kind = change.record_kind
        if kind == "contact":
            values["kind"] = values.get("kind") or change.kind
        body = json.dump(told(values))
        stored = Stored(kind=kind, id=change.id, version=1, body=body, card=b"{}", owner="", access=frozenset())
        return ENTITY_OF[kind].load_as_stored(stored, self._transaction.index_context)


def entry_of(act: Act, changes: tuple[RecordChange, ...] = ()) -> HistoryEntry:
    """The entry of an act with the changes that an actor sees."""
    return HistoryEntry(
        id=act.act, at=parse_moment(act.at), by=act.by, cause=act.cause, cause_id=act.cause_id, changes=changes
    )


def _owners_of(stored: Stored) -> tuple[str, ...]:
    body = json.load(stored.body)
    return tuple(id for name in ENTITY_OF[stored.kind].owners if (id := body.get(f"{name}_id")))


def _plain(entity: Any, field: str, value: Any) -> Any:
    if field.startswith(CUSTOM):
        return to_plain(entity.fields.get(field.removeprefix(CUSTOM)))
    if field in {"access", "responsibles"}:
        return value
    known = {one.name for one in attrs.fields(type(entity))}
    # A person that became a company has no birthday any more.
    return to_plain(getattr(entity, field)) if field in known or field == "kind" else None
