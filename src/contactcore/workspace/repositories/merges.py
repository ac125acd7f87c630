"""Merges in the storage: records that a merge removes are kept as images, from which the undo stores them again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeVar

import attrs

from contactcore.mapping import json
from contactcore.mapping.affiliations import AFFILIATIONS
from contactcore.mapping.entities import ENTITIES, ENTITY_OF
from contactcore.mapping.entity_type import EntityType
from contactcore.mapping.history import difference, told, values_of
from contactcore.mapping.redirects import redirect_id
from contactcore.mapping.trash import trashed_of
from contactcore.model import Affiliation
from contactcore.model.restoring import altered
from contactcore.storage import Stored
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.affiliations import AffiliationRepository
from contactcore.workspace.repositories.repository import Loaded, Repository
from contactcore.workspace.repositories.themself import without_second_mark

__all__ = ["OWNER_KEYS", "MergedRecords", "image_of"]

E = TypeVar("E")

_LEFT_OUT = frozenset({"changed", "revision", "epoch"})
"""The keys that the library counts on; an undo does not turn them back."""
_DAYS = ("start", "end")
_FLAGS = frozenset({"primary", "primary_sequence"})
_NEVER = frozenset({"job", "job-part", "history", "settings", "counter", "tag", "redirect"})
"""The kinds whose changes belong to no merge."""
OWNER_KEYS = ("contact_id", "person_id", "holder_id", "other_id")
"""The keys by which a record refers to contacts."""
_SEQUENCE = {entity_type.name: number for number, entity_type in enumerate(ENTITIES)}


def image_of(stored: Stored) -> dict[str, Any]:
    """A record as JSON, from which it can be stored again.

    Args:
        stored: The record.
    """
    return {
        "kind": stored.kind,
        "id": stored.id,
        # By this id, the purge of the winner finds the image.
        "redirect": redirect_id(stored.kind, stored.id),
        "version": stored.version,
        "body": stored.body.decode(),
        "access": sorted(stored.access),
        "owner": stored.owner,
    }


class MergedRecords:
    """The records that a merge changes and removes, in one transaction.

    Args:
        transaction: The transaction of the merge, or of its undo.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._removed: dict[tuple[str, str], Stored] = {}
        self._present: set[str] = set()

    def remove(self, repository: Repository[Any], one: Loaded[Any], *, event: str = "") -> None:
        """Remove a record, and keep its image as it was before the merge."""
        key = (one.stored.kind, one.stored.id)
        former = self._transaction.replaced.get(key)
        self._removed[key] = former[0] if former else one.stored
        repository.remove(one.entity, one.stored, event=event)

    def entries(self) -> list[tuple[str, Any]]:
        """The entries of the job for the undo: what was changed, and what was removed."""
        found: list[tuple[str, Any]] = []
        keys = [key for key in self._transaction.replaced if key[0] not in _NEVER and key not in self._removed]
        for kind in sorted({kind for kind, _ in keys}, key=_SEQUENCE.__getitem__):
            ids = sorted(id for its_kind, id in keys if its_kind == kind)
            for after in self._transaction.reader.get(kind, ids):
                if after is not None:
                    before = self._transaction.replaced[kind, after.id][0]
                    old, new = values_of(before), values_of(after)
                    changed = difference(old, new)
                    kept = {key: values for key, values in changed.items() if key not in _LEFT_OUT}
                    if kept:
                        # By the contacts, an erasure finds the values of a record that is gone since.
                        of = sorted({one[name] for one in (old, new) for name in OWNER_KEYS if one.get(name)})
                        found.append(("changed", {"kind": kind, "id": after.id, "of": of, "fields": kept}))
        found += [("images", image_of(stored)) for stored in self._removed.values()]
        return found

    def add_again(self, image: Mapping[str, Any]) -> Loaded[Any]:
        """Store a removed record again, with a version that nobody has seen yet.

        Args:
            image: The result of `image_of`.
        """
        kind, id = image["kind"], image["id"]
        transaction = self._transaction
        repository: Repository[Any] = Repository(transaction, ENTITY_OF[kind])
        former = Stored(
            kind=kind,
            id=id,
            version=image["version"],
            body=image["body"].encode(),
            card=b"{}",
            owner=image["owner"],
            access=frozenset(image["access"]),
        )
        entity = repository.type.load_as_stored(former, transaction.index_context)
        entity = repository.type.raised(entity)
        trashed = trashed_of(former)
        record = repository.record(entity, former.access, trashed=trashed)
        with transaction.refusals(entity):
            transaction.writer.insert([record])
        transaction.locked[kind, id] = record.stored()
        if repository.type.kept_in_history:
            transaction.remember(None, record, repository.type.owner_ids(entity))
        return Loaded(entity, record.stored())

    def change_back(self, changes: Sequence[Mapping[str, Any]]) -> None:
        """Change records back as far as nobody changed them since; a record that is gone stays so.

        A record whose former contact was removed for good stays where it is.

        Args:
            changes: Entries `"changed"` of the job.
        """
        for kind, same in groupby(changes, key=itemgetter("kind")):
            repository: Repository[Any] = Repository(self._transaction, ENTITY_OF[kind])
            wanted = {one["id"]: one["fields"] for one in same}
            for stored in repository.stored([*wanted]):
                if stored is not None:
                    values = values_of(stored)
                    fields = wanted[stored.id].items()
                    former = {key: before for key, (before, after) in fields if values.get(key) == after}
                    if kind == "credential" and "opened" not in former:
                        former |= _opened_back(values.get("opened", ()), *wanted[stored.id].get("opened", ((), ())))
                    if kind == AFFILIATIONS.name:
                        former = _place_back(values, former, wanted[stored.id])
                    if kind == AFFILIATIONS.name and former and _FLAGS.issuperset(former):
                        self._flag(repository.loaded(stored), {**values, **former})
                    elif former and self._has_owners(former):
                        self._store(repository, repository.loaded(stored), {**values, **former})

    def _flag(self, locked: Loaded[Affiliation], values: Mapping[str, Any]) -> None:
        """Give an affiliation its flag back. Its version for actors stays the same, as when the flag moved."""
        former = self._with_values(AFFILIATIONS, locked, values)
        flags = {name: getattr(former, name) for name in _FLAGS}
        back = altered(locked.entity, flags)
        AffiliationRepository(self._transaction).move_flags([back], {back.id: locked.stored})

    def _has_owners(self, former: Mapping[str, Any]) -> bool:
        """Whether the contacts to which a record would go back are still stored."""
        ids = [former[name] for name in OWNER_KEYS if former.get(name)]
        missing = [id for id in ids if id not in self._present]
        if missing:
            found = self._transaction.reader.get("contact", missing)
            self._present |= {stored.id for stored in found if stored is not None}
        return self._present.issuperset(ids)

    def _with_values(self, entity_type: EntityType[E], locked: Loaded[E], values: Mapping[str, Any]) -> E:
        """A stored entity with other values."""
        body, former = told(values), json.load(locked.stored.body)
        body |= {key: former[key] for key in ("added", "trashed") if key in former}
        image = attrs.evolve(locked.stored, body=json.dump(body))
        return entity_type.load_as_stored(image, self._transaction.index_context)

    def _store(self, repository: Repository[Any], locked: Loaded[Any], values: Mapping[str, Any]) -> None:
        stored, trashed = locked.stored, trashed_of(locked.stored)
        entity = self._with_values(repository.type, locked, values)
        if trashed is None:
            entity = without_second_mark(self._transaction, entity)
        repository.put(entity, stored, trashed=trashed, event="")


def _place_back(
    now: Mapping[str, Any], former: Mapping[str, Any], fields: Mapping[str, Sequence[Any]]
) -> dict[str, Any]:
    """The former values of an affiliation that go together with those that were changed since.

    Args:
        now: The values that it has now.
        former: The former values of what was not changed since.
        fields: The values before and after the merge.
    """
    back = {**now, **former}
    if back.get("start") and back.get("end") and back["start"] > back["end"]:
        # Somebody changed one of the days since; together with the former other one they would be no time.
        former = {key: value for key, value in former.items() if key not in _DAYS}
    before, after = (one or () for one in fields.get("purposes", ((), ())))
    present = now.get("purposes") or ()
    if "purposes" in fields and "purposes" not in former:
        # Purposes of the other affiliation leave with it, and those that somebody gave it since stay.
        left = [one for one in present if one in before or one not in after]
        if left != list(present):
            former = {**former, "purposes": left}
    return dict(former)


def _opened_back(now: Sequence[str], before: Sequence[str] | None, after: Sequence[str] | None) -> dict[str, Any]:
    """What a login opened before the merge, with what was opened to it since; nothing if something was closed since.

    Args:
        now, before, after: The ids of the affiliations that it opens now, and opened before and after the merge.
    """
    if before == after or not set(after or ()).issubset(now):
        return {}
    return {"opened": [*(before or ()), *(id for id in now if id not in (after or ()))]}
