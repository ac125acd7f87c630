"""History: the changes of contacts and of the records that belong to them, as people see them (DIR-14)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from contactcore.frozen import frozen

__all__ = ["FieldChange", "HistoryEntry", "RecordChange"]


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
