"""History: the acts that changed contacts and the records that belong to them (DIR-14)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from contactcore.frozen import frozen
from contactcore.read_only import EMPTY

__all__ = ["Act", "Change", "FieldChange", "HistoryEntry", "RecordChange"]


@frozen
class FieldChange:
    """One field of a record before and after an act.

    Attributes:
        field: The name of the field; `fields.<slug>` for a custom field.
        before: The former value, as `to_plain` writes it.
        after: The new value, as `to_plain` writes it.
    """

    field: str
    before: Any
    after: Any


@frozen(kw_only=True)
class RecordChange:
    """The change of one record by an act.

    Attributes:
        kind: `"person"`, `"company"`, `"affiliation"`, `"site"`, `"item"`, `"item-role"` or `"interaction"`.
        id: The id of the record.
        name: The name of the record today; `""` if it has none, or is gone.
        what: `"add"`, `"change"`, `"delete"` (to the trash), `"restore"` (from the trash) or `"remove"` (for good).
        version: The version of the record after the act.
        fields: The fields that changed, or that a record had when it was removed; none for a record that was added or
            deleted.
    """

    kind: str
    id: str
    name: str
    what: str
    version: int
    fields: tuple[FieldChange, ...] = ()


@frozen(kw_only=True)
class HistoryEntry:
    """One act: what one actor changed in one transaction, as another actor sees it.

    Attributes:
        id: The id of the act, for `history.undo`.
        at: The time of the act, in UTC.
        by: The name of the user who acted; `"system"` for the library, `"portal:<id>"` for a login of the portal.
        cause: `"hand"`, `"import"`, `"form"`, `"merge"`, `"restore"`, `"undo"`, `"bulk"` or `"hand-over"`.
        cause_id: The id of the import or job, of the submission of a form, of the act that was undone, or of the
            restored record; `""` for none.
        changes: What the act did to each record.
    """

    id: str
    at: datetime
    by: str
    cause: str
    cause_id: str
    changes: tuple[RecordChange, ...]


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
        cause: Why the change was made, as `HistoryEntry.cause`.
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
