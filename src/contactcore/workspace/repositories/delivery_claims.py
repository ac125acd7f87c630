"""Taking messages that are due, and writing down what became of them (NOT-7).

A message is claimed in one transaction, sent outside any, and settled in another. Until it is settled nothing of its
record has changed but the moment at which it is due again, so that whoever dies in between leaves it to the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import attrs

from contactcore.errors import Invalid, StorageError
from contactcore.mapping import json
from contactcore.mapping.messages import message_of, message_record
from contactcore.model.message import Message
from contactcore.rules.redelivery import DELAYS, Outcome, next_delay
from contactcore.storage import SYSTEM, Event, Query, Writer
from contactcore.workspace.kernel.ids import timestamp

__all__ = ["claim_due", "release", "settle", "settled", "up_to"]

_LONGEST_REASON = 500


def up_to(moment: datetime) -> str:
    """The first order key that is not due at a moment."""
    return timestamp(moment + timedelta(microseconds=1))


def claim_due(writer: Writer, now: datetime, until: datetime, limit: int) -> list[Message]:
    """Messages that are due, which nobody else gets before `until`.

    Args:
        writer: In a transaction that is committed before anything is sent.
        now: The present moment.
        until: The end of the lease.
        limit: At most so many.
    """
    query = Query(kind="message", order="due", access=SYSTEM, stop=up_to(now), limit=limit)
    messages = []
    for stored in writer.claim(query, timestamp(until)):
        # A record that was damaged stays claimed again and again; it must not keep the others from being sent.
        with suppress(Invalid, StorageError):
            messages.append(message_of(stored))
    return messages


def settled(message: Message, outcome: Outcome, now: datetime, delays: Sequence[timedelta] = DELAYS) -> Message:
    """The message after an attempt to send it, one version further.

    A failed attempt puts it off, the longer the more there were; after the last of them, or when no attempt can ever
    succeed, it is dead. Confidential texts are forgotten with the last attempt.

    >>> message = Message(id="1", version=1, to="jo@x.fr", subject="Hello", text="Hello")
    >>> settled(message, Outcome("never", "550 No such mailbox"), datetime(2026, 1, 31)).state
    'dead'
    """
    attempts = message.attempts + 1
    after = attrs.evolve(message, version=message.version + 1, attempts=attempts, last_error=_tidy(outcome.reason))
    delay = next_delay(attempts, delays)
    if outcome.kind == "sent":
        after = attrs.evolve(after, state="sent", sent=timestamp(now), last_error="")
    elif outcome.kind == "never" or delay is None:
        after = attrs.evolve(after, state="dead")
    else:
        after = attrs.evolve(after, due=timestamp(now + delay))
    return attrs.evolve(after, text="", html="") if after.forgotten else after


def settle(
    writer: Writer, message: Message, outcome: Outcome, now: datetime, delays: Sequence[timedelta] = DELAYS
) -> Message | None:
    """Write down how an attempt ended; gives the message as it is stored then, None if it was erased.

    Somebody may have settled or cancelled it meanwhile. That it was sent is true whatever they wrote; what else came
    of the attempt no longer matters then.
    """
    (there,) = writer.get("message", [message.id])
    if there is None:
        return None
    current = message_of(writer.lock("message", message.id))
    if current.version != message.version and (outcome.kind != "sent" or current.state == "sent"):
        return current
    after = settled(current, outcome, now, delays)
    writer.replace(message_record(after), current.version)
    if after.state != current.state:
        data = json.dump({"actor": "system", "about": after.about})
        writer.publish([Event(name=f"message.{after.state}", subject=after.id, at=timestamp(now), data=data)])
    return after


def release(writer: Writer, messages: Iterable[Message]) -> None:
    """Give back claimed messages that were not tried, so that they need not wait for the end of the lease."""
    for message in messages:
        (there,) = writer.get("message", [message.id])
        if there is None:
            continue
        stored = writer.lock("message", message.id)
        if stored.version == message.version:
            writer.reindex([message_record(message_of(stored))])


def _tidy(reason: str) -> str:
    """What a server said, as one line that every storage keeps."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in reason).split())
    return line if len(line) <= _LONGEST_REASON else line[: _LONGEST_REASON - 1] + "…"
