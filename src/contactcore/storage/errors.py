"""The refusals of a storage, by name.

A refused write voids its whole transaction, even if the caller caught the refusal: every later call on that writer
raises `StorageError(code="transaction-void")`, and none of its writes are kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contactcore.errors import ContactCoreError

if TYPE_CHECKING:
    from contactcore.storage.records import Stored

__all__ = ["BrokenReference", "DuplicateKey", "MissingRecord", "Refused", "StaleRecord"]


class Refused(ContactCoreError):
    """The root of all refusals of a write."""

    code = "refused"


class DuplicateKey(Refused):
    """A unique key, or an id, belongs to another record already.

    Attributes:
        key: The key that is taken; the id itself if an id is taken.
        existing: The id of the record that has it.
    """

    code = "duplicate-key"

    def __init__(self, key: str, existing: str) -> None:
        self.key = key
        self.existing = existing
        super().__init__(f"The key {key!r} belongs to the record {existing} already.")

    def __reduce__(self) -> tuple[type[DuplicateKey], tuple[str, str]]:
        return (DuplicateKey, (self.key, self.existing))


class StaleRecord(Refused):
    """The stored version differs from the expected one.

    Attributes:
        current: The stored record.
    """

    code = "stale-record"

    def __init__(self, current: Stored) -> None:
        self.current = current
        super().__init__(f"The {current.kind} {current.id} is at version {current.version} now.")

    def __reduce__(self) -> tuple[type[StaleRecord], tuple[Stored]]:
        return (StaleRecord, (self.current,))


class MissingRecord(Refused):
    """The workspace holds no record of this kind and id."""

    code = "missing-record"

    def __init__(self, kind: str, id: str) -> None:
        self.kind = kind
        self.id = id
        super().__init__(f"There is no {kind} {id}.")

    def __reduce__(self) -> tuple[type[MissingRecord], tuple[str, str]]:
        return (MissingRecord, (self.kind, self.id))


class BrokenReference(Refused):
    """A reference would point to no record: the target does not exist, or a referenced record would be deleted.

    Attributes:
        kind: The kind of the target.
        id: The id of the target.
        by: The id of the record that refers to it.
    """

    code = "broken-reference"

    def __init__(self, kind: str, id: str, by: str) -> None:
        self.kind = kind
        self.id = id
        self.by = by
        super().__init__(f"The record {by} refers to the {kind} {id}, which would not exist.")

    def __reduce__(self) -> tuple[type[BrokenReference], tuple[str, str, str]]:
        return (BrokenReference, (self.kind, self.id, self.by))
