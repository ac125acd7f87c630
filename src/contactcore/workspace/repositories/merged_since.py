"""What others became a part of since a moment: a merge that changes no value of a record leaves its version alone.

An undo that compares versions or values would take away what the others had too (IMP-7).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from contactcore.mapping import json
from contactcore.mapping.history import values_of
from contactcore.mapping.redirects import REDIRECTS
from contactcore.model.redirect import Redirect
from contactcore.storage import Stored
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.jobs import JobRepository
from contactcore.workspace.repositories.repository import Repository

__all__ = ["MergedSince"]

_OF_WINNER = frozenset({"access", "responsibles"})
"""The values that a merge takes from the winner alone."""


class MergedSince:
    """The contacts and affiliations that others became a part of since a moment.

    Args:
        transaction: The transaction that reads.
        contact_ids: The ids of contacts; their affiliations are looked at too.
        moment: The moment, as a timestamp.
        without: The id of a merge that is left out; `""`, the default, for none.
    """

    def __init__(self, transaction: Transaction, contact_ids: Iterable[str], moment: str, *, without: str = "") -> None:
        self._jobs = JobRepository(transaction)
        repository: Repository[Redirect] = Repository(transaction, REDIRECTS)
        wanted = sorted({*contact_ids})
        found = [one.entity for one in repository.owned_by(*wanted)] if wanted else []
        merges = self._jobs.get_many(sorted({one.merge_id for one in found}))
        earlier = {id for id, one in merges.items() if one.entity.started < moment} | {without}
        self._redirects = [one for one in found if one.merge_id not in earlier]
        self._images: dict[str, dict[tuple[str, str], Mapping[str, Any]]] = {}

    def __contains__(self, id: str) -> bool:
        """Whether others became a part of a contact or of an affiliation."""
        return any(one.to_id == id for one in self._redirects)

    def had(self, kind: str, id: str, field: str, before: Any, after: Any) -> bool:
        """Whether one of the others had the value that an act gave to a record, or an entry that it added to a list.

        Args:
            kind: The kind of the record.
            id: Its id.
            field: The key of the value, as in `values_of`.
            before, after: The values before and after the act.
        """
        if field in _OF_WINNER or not after:
            return False
        given = {_key(one) for one in _entries(after)} - {_key(one) for one in _entries(before)}
        return any(not given.isdisjoint(map(_key, _entries(values.get(field)))) for values in self._of_others(kind, id))

    def _of_others(self, kind: str, id: str) -> Iterator[dict[str, Any]]:
        """The values of the records that became a part of one, before they did."""
        for one in self._redirects:
            # What a loser took in before belongs to its contact too, and leads to the loser.
            if one.kind == kind and (one.to_id == id or (kind == "contact" and one.contact_id == id)):
                image = self._images_of(one.merge_id).get((kind, one.old_id))
                if image is not None:
                    yield values_of(_stored(image))

    def _images_of(self, merge_id: str) -> Mapping[tuple[str, str], Mapping[str, Any]]:
        if merge_id not in self._images:
            (job,) = self._jobs.stored([merge_id])
            merge = None if job is None else self._jobs.loaded(job).entity
            numbers = range(0) if merge is None else range(merge.counts.get("first", 0), merge.parts)
            parts = (self._jobs.part(merge_id, number) for number in numbers)
            self._images[merge_id] = {
                (image["kind"], image["id"]): image for part in parts for image in part.get("images", ())
            }
        return self._images[merge_id]


def _stored(image: Mapping[str, Any]) -> Stored:
    return Stored(
        kind=image["kind"],
        id=image["id"],
        version=image["version"],
        body=image["body"].encode(),
        card=b"{}",
        owner=image["owner"],
        access=frozenset(image["access"]),
    )


def _entries(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _key(entry: Any) -> str:
    """An entry of a list as it is compared: without its label, and in any case; a phone number by its digits."""
    if isinstance(entry, dict):
        left_out = {"label", "billing", "text" if "number" in entry else ""}
        entry = {name: one for name, one in entry.items() if name not in left_out}
    text: str = json.dump(entry).decode().casefold()
    return text
