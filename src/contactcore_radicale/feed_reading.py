"""The events behind a position of the feed, and the contacts that they concern, as far as cards show it."""

from __future__ import annotations

import json
from collections.abc import Iterable

from contactcore.storage import Published
from contactcore.workspace.session import Session

__all__ = ["MOST_EVENTS", "concerned", "end_of_feed", "events_after", "mark_of"]

MOST_EVENTS = 5_000
"""Events that are read one by one; after more of them all cards are compared."""

_PAGE = 1_000
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


def events_after(session: Session, position: int, mark: str) -> list[Published] | None:
    """The events behind a position; None if the event at it is another one, as after a restoration from a backup.

    If there are more than `MOST_EVENTS`, those between them and the last one are left out.

    Args:
        session: A session of an admin.
        position: The position of the last event that was read; 0 for none.
        mark: What `mark_of` says of that event.
    """
    found = session.feed(after=max(position - 1, 0), limit=_PAGE)
    if position and (not found or mark_of(found[0]) != mark):
        return None
    events = found[1:] if position else found
    while len(found) == _PAGE and len(events) <= MOST_EVENTS:
        found = session.feed(after=found[-1].position, limit=_PAGE)
        events += found
    if len(events) > MOST_EVENTS:
        last, _ = end_of_feed(session, events[-1])
        events += session.feed(after=last - 1, limit=1)
    return events


def end_of_feed(session: Session, last: Published | None = None) -> tuple[int, str]:
    """The position of the last event and its mark; the cost grows with the digits of the position.

    Args:
        session: A session of an admin.
        last: An event to begin with; None, the default, for the beginning of the feed.
    """
    low = 0 if last is None else last.position
    step = 1
    while found := session.feed(after=low + step - 1, limit=1):
        last, low, step = found[0], found[0].position, step * 2
    while step > 1:
        step //= 2
        if found := session.feed(after=low + step - 1, limit=1):
            last, low = found[0], found[0].position
    return (0, "") if last is None else (last.position, mark_of(last))


def mark_of(one: Published) -> str:
    """A text by which an event is known again."""
    return f"{one.position} {one.event.at} {one.event.name} {one.event.subject}"
