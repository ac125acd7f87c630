"""The trash: the data by which a deleted record is found there and restored completely (DIR-11)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from contactcore.frozen import frozen
from contactcore.mapping import json
from contactcore.rules.access import trash_access
from contactcore.storage import Record, Stored

__all__ = ["ROOTS", "Trashed", "trash_record", "trashed_body", "trashed_of"]

ROOTS = "was:root"
"""The term of a record that was deleted itself, not together with another one."""

_TRASHED_FIELD = b'"trashed"'


@frozen
class Trashed:
    """How a record came to the trash, and the data that restoring it needs.

    Attributes:
        at: The time of the deletion, ISO 8601 in UTC.
        by: The name of the user who deleted the record.
        root: The id of the record that was deleted; other records went to the trash together with it.
        access: The access terms that the record had.
        lost: The kind and the access terms of each record that was purged meanwhile and that this one would need to be
            restored whole: an affiliation with a contact, a site, a portal login.
        hidden: Whether nobody finds the contact in the trash any more, because it is being erased.
    """

    at: str
    by: str
    root: str
    access: tuple[str, ...]
    lost: tuple[tuple[str, tuple[str, ...]], ...] = ()
    hidden: bool = False

    def without(self, kind: str, access: Iterable[str]) -> Trashed:
        """The same deletion after a record that belonged to this one was removed for good.

        Args:
            kind: The kind of the record that was removed.
            access: Its access terms: the users with one of them learn of the loss.
        """
        return attrs.evolve(self, lost=(*self.lost, (kind, tuple(sorted(access)))))


def trashed_of(stored: Stored) -> Trashed | None:
    """How a stored record came to the trash; None if it is not there.

    Args:
        stored: The record.
    """
    if _TRASHED_FIELD not in stored.body:  # the search in the bytes is faster than decoding, and nearly always enough
        return None
    trashed = json.load(stored.body).get("trashed")
    if trashed is None:
        return None
    lost = tuple((kind, tuple(access)) for kind, access in trashed.get("lost", ()))
    return Trashed(**{**trashed, "access": tuple(trashed["access"]), "lost": lost})


def trashed_body(trashed: Trashed) -> dict[str, Any]:
    """How a record came to the trash, as its body has it."""
    body = attrs.asdict(trashed)
    if not trashed.lost:
        del body["lost"]
    if not trashed.hidden:
        del body["hidden"]
    return body


def trash_record(
    kind: str,
    entity: Any,
    body: Mapping[str, Any],
    trashed: Trashed,
    references: Mapping[str, str],
    *,
    card: bytes = b"{}",
    keys: frozenset[str] = frozenset(),
) -> Record:
    """The record of an entity in the trash that belongs to a contact.

    Args:
        kind: The kind of the record.
        entity: The entity, with `id`, `version` and `contact_id`.
        body: The body of the record.
        trashed: How the entity came to the trash.
        references: The ids of the records that it refers to, by the names of the references. Each has a term `was:...`.
        card: The card, which the list of the trash shows; empty by default.
        keys: The unique keys, which stay taken until the purge; none by default.
    """
    was = {f"was:{name}:{id}" for name, id in references.items()}
    root = {ROOTS} if trashed.root == entity.id else set()
    return Record(
        kind=kind,
        id=entity.id,
        version=entity.version,
        body=json.dump({**body, "trashed": trashed_body(trashed)}),
        card=card,
        orders={"trash": trashed.at},
        terms=frozenset({f"trash:{trashed.root}"} | was | root),
        keys=keys,
        references=references,
        owner=entity.contact_id,
        access=trash_access(frozenset(trashed.access)),
    )
