"""The decision of an insert: which records are new, and which stored record stands for each of the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from contactcore.storage.errors import DuplicateKey
from contactcore.storage.records import Record

__all__ = ["holder_of", "new_records"]

Identity = tuple[str, str]
"""Kind and id of a record."""


def new_records(
    records: Sequence[Record], present: AbstractSet[Identity], holders: Mapping[str, Identity], *, keep: bool
) -> tuple[list[str], list[Record]]:
    """Separate the records that are to be added from those that exist. An earlier record of the batch counts as stored.

    Args:
        records: The records of the insert.
        present: Kind and id of those among them that are stored already.
        holders: Key -> kind and id of the stored record that has it, for the keys of these records.
        keep: Whether an existing record is kept; otherwise it is refused.

    Returns:
        The id that stands for each record, and the records that are to be added.

    Raises:
        DuplicateKey: a record exists and may not be kept.
    """
    present, holders = set(present), dict(holders)
    ids: list[str] = []
    fresh: list[Record] = []
    for record in records:
        identity = (record.kind, record.id)
        taken = {key: holders[key] for key in record.keys if key in holders}
        existing = holder_of(record, taken, present=identity in present, keep=keep)
        ids.append(record.id if existing is None else existing)
        if existing is None:
            fresh.append(record)
            present.add(identity)
            holders.update((key, identity) for key in record.keys)
    return ids, fresh


def holder_of(record: Record, taken: Mapping[str, Identity], *, present: bool, keep: bool) -> str | None:
    """Return the id of the existing record that is kept instead of a new one; None if the new one can be added.

    Args:
        record: The new record.
        taken: Those of its keys that another record has -> kind and id of that record.
        present: Whether a record of this kind and id exists.
        keep: Whether an existing record is kept; otherwise it is refused.

    Raises:
        DuplicateKey: a record exists and may not be kept.
    """
    if present:
        if keep:
            return record.id
        raise DuplicateKey(record.id, record.id)
    for key, (kind, id) in sorted(taken.items()):
        if not keep or kind != record.kind:
            raise DuplicateKey(key, id)
    return min((id for _, id in taken.values()), default=None)
