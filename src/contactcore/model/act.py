"""Acts: the changes of one transaction, as the history stores them (DIR-14); the first session of a workspace does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from contactcore.frozen import frozen
from contactcore.read_only import EMPTY

__all__ = ["Act", "Change"]


class Change(NamedTuple):
    """The change of one record, as it is stored.

    Attributes:
        kind: The kind of the record; `"person"` or `"company"` for a contact.
        id: The id of the record.
        owners: The ids of the contacts that the record belongs to, before and after; none for a contact.
        before: The stored version before the act; 0 if there was none.
        after: The stored version after the act; the former one if the record was removed.
        what: As `RecordChange.what`.
        fields: The keys of the body that changed, each with the value before and after; None for a missing key.
        shown: The version that people are shown, if it is not `after`; 0 otherwise.
    """

    kind: str
    id: str
    owners: tuple[str, ...]
    before: int
    after: int
    what: str
    fields: Mapping[str, Any] = EMPTY
    shown: int = 0

    @property
    def record_kind(self) -> str:
        """The kind of the record in the storage.

        >>> Change("person", "1", (), 0, 1, "add").record_kind
        'contact'
        """
        return "contact" if self.kind in {"person", "company"} else self.kind

    @property
    def contacts(self) -> tuple[str, ...]:
        """The contacts under which the change is found: the contact itself, or the owners of the record.

        >>> Change("site", "7", ("1",), 0, 1, "add").contacts
        ('1',)
        """
        return (self.id,) if self.record_kind == "contact" else self.owners


@frozen(kw_only=True)
class Act:
    """The changes of one actor in one transaction, or a part of them, as they are stored.

    Attributes:
        id: The id of the record: the id of the act for its first part.
        version: The number of stored versions.
        act: The id of the act.
        at: The time of the act, ISO 8601 in UTC.
        by: The name of the actor.
        cause: Why the change was made, as `contactcore.model.history.HistoryEntry.cause`.
        cause_id: As `HistoryEntry.cause_id`.
        undoes: The ids of the acts that this act undid.
        parts: The number of parts of the act.
        changes: The changes.
        pieces: The number of further records over which the changes are spread, because they are too large for one;
            0 for none.
        piece: The text of such a further record; `""` for any other.
    """

    id: str
    version: int = 1
    act: str
    at: str
    by: str
    cause: str = "hand"
    cause_id: str = ""
    undoes: tuple[str, ...] = ()
    parts: int = 1
    changes: tuple[Change, ...] = ()
    pieces: int = 0
    piece: str = ""
