"""Which contacts the events of the feed concern, as far as cards show it."""

from __future__ import annotations

import json
from collections.abc import Iterable

from contactcore.storage import Published

__all__ = ["concerned"]

_OF_SUBJECT = frozenset((
    *("contact.added", "contact.changed", "contact.restricted", "contact.unrestricted", "contact.erased"),
    *("contact.reduced", "contact.regranted", "contact.converted", "contact.deleted", "contact.restored"),
    *("contact.purged", "contact.merged", "contact.unmerged"),
))  # fmt: skip
_NEVER_SHOWN = frozenset((
    *("site", "item", "item-role", "interaction", "account-entry", "payment-method", "consent", "distinction"),
    *("form", "submission", "notice", "message", "login", "responsible", "primary"),
))  # fmt: skip
"""The records of which a card shows nothing."""


def concerned(events: Iterable[Published]) -> set[str] | None:
    """The ids of the contacts whose cards may have changed; None if any card may have changed.

    Args:
        events: Events of the feed.

    >>> from contactcore.storage import Event
    >>> added = Event(name="contact.added", subject="4", at="2026-01-31T12:00:00Z")
    >>> concerned([Published(position=1, event=added)])
    {'4'}
    >>> given = Event(name="user.handed-over", subject="4", at="2026-01-31T12:00:00Z")
    >>> concerned([Published(position=2, event=given)]) is None
    True
    """
    found: set[str] = set()
    for one in events:
        event = one.event
        record, _, act = event.name.partition(".")
        if record in _NEVER_SHOWN:
            continue
        data = json.loads(event.data)
        if event.name in _OF_SUBJECT:
            found.update((event.subject, data.get("into", ""), data.get("winner", "")))
        elif (record in {"affiliation", "picture"}) and act != "merged" and "contact" in data:
            found.update((data["contact"], data.get("person", "")))
        elif event.name == "contacts.imported" and not (data.get("affiliations") or data.get("pictures")):
            found.update((*data.get("added", ()), *data.get("changed", ())))
        else:
            # Of jobs, settings and events of later releases nobody knows which cards they change.
            return None
    return found - {""}
