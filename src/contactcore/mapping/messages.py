"""Conversion between messages and records."""

from __future__ import annotations

from contactcore.mapping import json, parts
from contactcore.mapping.entity_type import EntityType, Placement
from contactcore.mapping.terms import term
from contactcore.model.message import Message
from contactcore.storage import Kind, Order, Record, Stored
from contactcore.values import EmailAddress, Language

__all__ = ["MESSAGES", "message_of", "message_record"]

_TEXTS = (
    "to_name",
    "html",
    "template",
    "due",
    "last_error",
    "message_id",
    "key",
    "created",
    "sent",
)


def message_record(message: Message, _placement: Placement | None = None) -> Record:
    """The record of a message; only a waiting message has a key in the order `due`.

    Args:
        message: The message, with its id and version.
    """
    body = {
        "to": message.to.text,
        "subject": message.subject,
        "state": message.state,
        **parts.without_empty(
            {
                **{name: getattr(message, name) for name in _TEXTS},
                "text": message.text,
                "language": str(message.language or ""),
                "headers": dict(message.headers),
                "attempts": message.attempts,
                "about": message.about,
                "confidential": message.confidential,
            }
        ),
    }
    orders = {"added": ""}
    if message.state == "waiting":
        orders["due"] = message.due
    return Record(
        kind="message",
        id=message.id,
        version=message.version,
        body=json.dump(body),
        orders=orders,
        terms=frozenset({f"state:{message.state}", *(term("about", id) for id in message.about)}),
        keys=frozenset({term("message", message.key)}),  # a second message with the same key is not queued
    )


def message_of(stored: Stored) -> Message:
    """The message of a stored record.

    Args:
        stored: The record.
    """
    body = json.load(stored.body)
    return Message(
        id=stored.id,
        version=stored.version,
        to=EmailAddress.restore(body["to"]),
        subject=body["subject"],
        text=body.get("text", ""),
        language=Language.restore(body["language"]) if "language" in body else None,
        headers=body.get("headers", {}),
        state=body["state"],
        attempts=body.get("attempts", 0),
        about=tuple(body.get("about", ())),
        confidential=body.get("confidential", False),
        **{name: body[name] for name in _TEXTS if name in body},
    )


MESSAGES: EntityType[Message] = EntityType(
    kind=Kind(
        "message",
        # Only what waits to be sent stands in the order `due`.
        (Order("due", terms=(), due=True), Order("added", terms=("state:", "about:"))),
    ),
    load=lambda stored, _: message_of(stored),
    record=message_record,
    event_data=lambda message: {"about": message.about},
)
